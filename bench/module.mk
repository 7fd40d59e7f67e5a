BENCHES += bench_import
bench_import.srcs := bench/bench_import.c
bench_import.libs := axi
bench_import.pkgs := expat lmdb
bench_import.cppflags := -D_GNU_SOURCE
