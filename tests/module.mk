# A group is a folder: tests/GROUP/test_*.c, one cmocka program each. `needs` are built before the
# group runs, `scripts` run after its programs.
TEST_GROUPS += axi axi-mbedtls momsync powercut link common wire tools system

tests.axi.libs := axi
tests.axi-mbedtls.libs := axi-mbedtls axi
tests.momsync.libs := momsync
# Its calls to the disk are its own: tests/powercut/disk.c.
tests.powercut.libs := momsync
tests.powercut.cppflags := -D_GNU_SOURCE $(if $(SANITIZE),-DPOWERCUT_POINTS=600)
tests.powercut.extra := $(filter-out tests/powercut/test_%,$(sort $(wildcard tests/powercut/*.c)))
tests.momsync.needs = $(B)/bin/momsim
tests.momsync.scripts := tests/sim/share.sh
tests.link.libs := momsync-axi momsync axi
tests.link.cppflags := -D_GNU_SOURCE
tests.common.libs := common
tests.common.cppflags := -D_GNU_SOURCE
# Engines, links and connections together, on loopback; a simulated OMM at one end.
tests.wire.libs := common momsync-axi momsync axi
tests.wire.extra := bench/pairs.c
tests.wire.cppflags := -D_GNU_SOURCE
tests.wire.needs = $(B)/bin/ommsim
tests.tools.libs := axicat-core common axi-mbedtls axi
tests.tools.cppflags := -D_GNU_SOURCE
tests.system.libs := common axi-mbedtls axi
tests.system.cppflags := -D_GNU_SOURCE
# The unit tests of libmomsync are linked with the amalgamation there too.
tests.system.needs = $(PROGRAMS) $(SHARED) $(TESTS.momsync) $(STAR_BENCHES:%=$(B)/bench/star/%)
# A WAN line that scripts can cut.
PROGS += relay
relay.srcs := tests/system/relay.c
relay.libs := common
# Preloaded, it lets a daemon die in a call that a script chooses.
PROGS += die.so
die.so.srcs := tests/system/die.c
die.so.ldlibs := -shared -ldl
tests.system.scripts := $(filter-out tests/system/lib.sh tests/system/star_lib.sh,$(sort $(wildcard tests/system/*.sh)))
# Shares of the longer proofs.
tests.system.scripts += tests/sim/planted.sh tests/model/share.sh

# Fuzz targets: one file each, with libFuzzer's main() or that of replay.c. `make fuzz` runs them,
# tests/GROUP/test_fuzz_corpus.c runs what is in tests/fuzz/corpus.
FUZZERS += fuzz_axi_stream fuzz_axi_roundtrip fuzz_axi_grammar fuzz_axi_client fuzz_axi_server fuzz_axi_pair
FUZZERS += fuzz_ident fuzz_store fuzz_engine fuzz_node fuzz_transfer fuzz_link fuzz_node_link fuzz_uds fuzz_config fuzz_ctl fuzz_rsa fuzz_axicat
$(foreach f,$(filter fuzz_axi_%,$(FUZZERS)),$(eval $(f).libs := axi))
fuzz_ident.libs := momsync
fuzz_store.libs := momsync
fuzz_engine.libs := momsync
fuzz_node.libs := momsync
fuzz_transfer.libs := momsync
fuzz_link.libs := momsync-axi momsync axi
fuzz_node_link.libs := momsync-axi momsync axi
fuzz_uds.libs := momsync-axi momsync axi
fuzz_config.libs := common
fuzz_ctl.libs := common
fuzz_rsa.libs := axi-mbedtls axi
fuzz_axicat.libs := axicat-core common axi-mbedtls axi
fuzz.main := $(if $(findstring fuzzer,$(SANITIZE)),,tests/fuzz/replay.c)
$(foreach f,$(FUZZERS),$(eval $(f).srcs := tests/fuzz/$(f).c $(fuzz.main)))
$(foreach f,$(FUZZERS),$(eval $(f).cppflags := -Itests))
fuzz_axicat.cppflags += -D_GNU_SOURCE

# The C library's allocator is counted there.
tests/momsync/test_embedding.ldlibs := -Wl,--wrap=realloc,--wrap=malloc,--wrap=calloc
