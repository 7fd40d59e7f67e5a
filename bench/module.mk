BENCHES += bench_import
bench_import.srcs := bench/bench_import.c
bench_import.libs := axi
bench_import.pkgs := expat lmdb
bench_import.cppflags := -D_GNU_SOURCE

# libxml2 is a peer to be measured with, where it is installed; the bench is built without it too.
xml2.there := $(shell $(PKG_CONFIG) --exists libxml-2.0 2>/dev/null && echo yes)
BENCHES += bench_axi
bench_axi.srcs := bench/bench_axi.c bench/axi_stream.c bench/xml2$(if $(xml2.there),,_none).c
bench_axi.libs := axi
bench_axi.pkgs := expat
bench_axi.cppflags := -D_GNU_SOURCE
ifneq ($(xml2.there),)
bench_axi.cppflags += $(shell $(PKG_CONFIG) --cflags libxml-2.0)
bench_axi.ldlibs := $(shell $(PKG_CONFIG) --libs libxml-2.0)
endif

# What libmomsync's promises cost: bytes between nodes, and its store beside bare LMDB.
BENCHES += bench_sync
bench_sync.srcs := bench/bench_sync.c bench/pairs.c
bench_sync.libs := momsync
bench_sync.cppflags := -D_GNU_SOURCE
BENCHES += bench_store
bench_store.srcs := bench/bench_store.c bench/bare.c bench/pairs.c
bench_store.libs := momsync
bench_store.pkgs := lmdb
bench_store.cppflags := -D_GNU_SOURCE

# What `make bench-star` puts between two network namespaces: a long way, and a witness of the bytes. Not run by `make bench`.
STAR_BENCHES += star_delay star_count
star_delay.srcs := bench/star/delay.c
star_delay.cppflags := -D_GNU_SOURCE
star_count.srcs := bench/star/count.c
star_count.cppflags := -D_GNU_SOURCE
