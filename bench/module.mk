BENCHES += bench_import
bench_import.srcs := bench/bench_import.c
bench_import.libs := axi
bench_import.pkgs := expat lmdb
bench_import.cppflags := -D_GNU_SOURCE

BENCHES += bench_axi
bench_axi.srcs := bench/bench_axi.c
bench_axi.libs := axi
bench_axi.pkgs := expat
bench_axi.cppflags := -D_GNU_SOURCE
