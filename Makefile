# momsync: the whole build, one non-recursive Makefile and a module.mk per folder.
#
# A module.mk only lists things: it appends a name to LIBS or PROGS, says what the name is made of
# (NAME.srcs, NAME.libs, NAME.pkgs …) and leaves the rules to the templates below. Objects go to
# build/<variant>, so that builds with other compilers or sanitizers never share a file.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

-include config.mk

VERSION := 0.1.0
SOVERSION := 0

prefix ?= /usr/local
bindir ?= $(prefix)/bin
sbindir ?= $(prefix)/sbin
libdir ?= $(prefix)/lib
includedir ?= $(prefix)/include
mandir ?= $(prefix)/share/man
docdir ?= $(prefix)/share/doc/momsync
sysconfdir ?= $(if $(filter /usr,$(prefix)),/etc,$(prefix)/etc)
unitdir ?= $(prefix)/lib/systemd/system
DESTDIR ?=

CROSS_COMPILE ?=
ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
AR := $(CROSS_COMPILE)ar
INSTALL ?= install
PKG_CONFIG ?= $(CROSS_COMPILE)pkg-config
SANITIZE ?=
DEPS ?= auto
V ?=

# --- variants -------------------------------------------------------------------------------------
comma := ,
empty :=
space := $(empty) $(empty)
VARIANT ?= $(subst $(space),-,$(strip $(notdir $(firstword $(CC))) $(subst $(comma),-,$(SANITIZE))))
BUILD ?= build
B := $(BUILD)/$(VARIANT)

CFLAGS ?= -O3 -g
# Tests are compiled in half the time with less, and are as good.
TEST_CFLAGS ?= $(if $(filter -O3,$(CFLAGS)),-O1)
OUR_WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
  -Wmissing-prototypes -Wold-style-definition -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef \
  -Wvla -Wformat=2 -Wimplicit-fallthrough $(if $(filter no,$(WERROR)),,-Werror)
OUR_CFLAGS := -std=c11 -fvisibility=hidden -fPIC -fno-common -fstack-protector-strong $(OUR_WARNINGS)
# Folders and files of any size on 32 bits too.
OUR_CPPFLAGS := -Iinclude -D_FILE_OFFSET_BITS=64 -DMOM_VERSION_TEXT='"$(VERSION)"'
OUR_LDFLAGS := -Wl,-z,relro -Wl,-z,now
ifneq ($(SANITIZE),)
OUR_CFLAGS += -fsanitize=$(SANITIZE) -fno-sanitize-recover=all -fno-omit-frame-pointer
OUR_LDFLAGS += -fsanitize=$(SANITIZE)
endif

# Packages: pkg-config where it knows them, the plain library names where it does not.
fallback.libuv := -luv
fallback.lmdb := -llmdb
fallback.expat := -lexpat
fallback.mbedtls := -lmbedtls -lmbedx509 -lmbedcrypto
fallback.jansson := -ljansson
fallback.zlib := -lz
fallback.cmocka := -lcmocka
pkg.lookup = $(shell $(PKG_CONFIG) --libs $(1) 2>/dev/null || echo '$(fallback.$(1))')
$(foreach p,libuv lmdb expat jansson cmocka zlib,$(eval pkg.$(p) := $(call pkg.lookup,$(p))))
pkg.mbedtls := $(shell $(PKG_CONFIG) --libs mbedtls mbedx509 mbedcrypto 2>/dev/null || echo '$(fallback.mbedtls)')

ifeq ($(V),)
say = @printf '  %-7s %s\n' '$(1)' '$(2)';
else
say =
endif

# --- what there is -------------------------------------------------------------------------------
LIBS :=        # libraries: NAME.srcs, NAME.libs (our libraries below it), NAME.pkgs, NAME.public
PROGS :=       # programs: NAME.srcs, NAME.libs, NAME.pkgs, NAME.install (bindir or sbindir)
TEST_GROUPS := # tests/GROUP/test_*.c, one program each: tests.GROUP.libs, tests.GROUP.pkgs
BENCHES :=     # bench programs: as PROGS, run by `make bench`
STAR_BENCHES := # programs that `make bench-star` needs beside its scripts: as PROGS
FUZZERS :=     # fuzz targets: as PROGS, run by `make fuzz`
MANPAGES :=
OBJS :=

include libaxi/module.mk libaxi/mbedtls/module.mk libmomsync/module.mk libmomsync/axi/module.mk \
  daemons/common/module.mk daemons/host/module.mk daemons/momd/module.mk daemons/ommsyncd/module.mk tools/module.mk tests/module.mk bench/module.mk examples/module.mk docs/module.mk

# --- templates -----------------------------------------------------------------------------------
objects = $(patsubst %.c,$(B)/%.o,$(1))
archive = $(B)/lib$(1).a
# Static link closure of a list of our libraries, dependants first.
closure = $(foreach l,$(1),$(l) $(call closure,$($(l).libs)))
uniq_last = $(if $(1),$(call uniq_last,$(filter-out $(lastword $(1)),$(1))) $(lastword $(1)))
chain = $(strip $(call uniq_last,$(call closure,$(1))))
packages = $(sort $(foreach l,$(call chain,$(1)),$($(l).pkgs)) $(2))
link_libs = $(foreach p,$(call packages,$(1),$(2)),$(pkg.$(p)))

define LIBRARY
OBJS += $(call objects,$($(1).srcs))
$(call objects,$($(1).srcs)): MODULE_CPPFLAGS := $($(1).cppflags) -I$($(1).dir)
$(call archive,$(1)): $(call objects,$($(1).srcs))
	$$(call say,AR,$$@) rm -f $$@ && $(AR) rcs $$@ $$^
ifeq ($($(1).public),yes)
$(B)/lib$(1).so.$(SOVERSION): $(call objects,$($(1).srcs)) $(foreach l,$($(1).libs),$(B)/lib$(l).so.$(SOVERSION)) $($(1).dir)/lib$(1).map
	$$(call say,LD,$$@) $(CC) -shared -Wl,-soname,lib$(1).so.$(SOVERSION) \
	  -Wl,--version-script=$($(1).dir)/lib$(1).map $(if $(SANITIZE),,-Wl,--no-undefined) $(OUR_LDFLAGS) $$(LDFLAGS) -o $$@ \
	  $(call objects,$($(1).srcs)) $(foreach l,$($(1).libs),$(B)/lib$(l).so.$(SOVERSION)) $(foreach p,$($(1).pkgs),$(pkg.$(p)))
	@ln -sf lib$(1).so.$(SOVERSION) $(B)/lib$(1).so
SHARED += $(B)/lib$(1).so.$(SOVERSION)
endif
STATIC += $(call archive,$(1))
endef

define PROGRAM
OBJS += $(call objects,$($(1).srcs))
$(call objects,$($(1).srcs)): MODULE_CPPFLAGS := $($(1).cppflags) $(foreach l,$(call chain,$($(1).libs)),$($(l).usercppflags))
$(2): $(call objects,$($(1).srcs)) $(foreach l,$(call chain,$($(1).libs)),$(call archive,$(l)))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@) $(CC) $(OUR_LDFLAGS) $$(LDFLAGS) -o $$@ $$^ $(call link_libs,$($(1).libs),$($(1).pkgs)) $($(1).ldlibs)
endef

# A test program: one file of tests/GROUP, linked with what the group tests and with cmocka. It may
# include the internal headers of its own library.
define TEST
$(2).srcs := $(3) $(tests.$(1).extra)
$(2).libs := $(tests.$(1).libs)
$(2).pkgs := cmocka $(tests.$(1).pkgs)
$(2).cppflags := -Itests $(foreach l,$(tests.$(1).libs),-I$($(l).dir)) $(tests.$(1).cppflags)
TESTS.$(1) += $(B)/$(2)
$(B)/$(2).o: MODULE_CFLAGS := $(TEST_CFLAGS)
# Evaluated after the lines above: the template reads the variables that they set.
$$(eval $$(call PROGRAM,$(2),$(B)/$(2)))
endef

$(foreach l,$(LIBS),$(eval $(call LIBRARY,$(l))))
$(foreach p,$(PROGS),$(eval $(call PROGRAM,$(p),$(B)/bin/$(p))))
$(foreach p,$(BENCHES),$(eval $(call PROGRAM,$(p),$(B)/bench/$(p))))
$(foreach p,$(STAR_BENCHES),$(eval $(call PROGRAM,$(p),$(B)/bench/star/$(p))))
$(foreach p,$(FUZZERS),$(eval $(call PROGRAM,$(p),$(B)/fuzz/$(p))))
$(foreach g,$(TEST_GROUPS),$(foreach t,$(wildcard tests/$(g)/test_*.c),$(eval $(call TEST,$(g),$(t:.c=),$(t)))))

# The flags stamp: objects are made again when the effective flags change.
FLAGS := $(CC) $(OUR_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) $(OUR_LDFLAGS) $(LDFLAGS)
$(shell mkdir -p $(B); printf '%s\n' '$(subst ','\'',$(FLAGS))' | cmp -s - $(B)/flags || printf '%s\n' '$(subst ','\'',$(FLAGS))' > $(B)/flags)

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(OUR_CPPFLAGS) $(MODULE_CPPFLAGS) $(CPPFLAGS) $(OUR_CFLAGS) $(CFLAGS) $(MODULE_CFLAGS) -MMD -MP -MF $@.d -c -o $@ $<

-include $(patsubst %,%.d,$(sort $(OBJS)))

# --- targets -------------------------------------------------------------------------------------
PROGRAMS := $(PROGS:%=$(B)/bin/%)
.PHONY: model sim sim-scale exhaustive planted amalgamation footprint powercut doxygen all libs publiclibs check test coverage valgrind cross demo demo-star bench bench-star benches star-benches fuzz fuzzers lint format install uninstall catalogue clean help deps check-deps sansio

all: check-deps libs $(PROGRAMS) ## libraries, daemons and tools (default)
libs: $(STATIC) $(SHARED)
# Those that other programs link: they need no loop and no JSON.
publiclibs: $(foreach l,$(LIBS),$(if $(filter yes,$($(l).public)),$(call archive,$(l)))) $(SHARED)

check-deps:
	@tools/deps.sh check
deps: ## install the Debian packages that the build needs
	@DEPS=$(DEPS) tools/deps.sh install

# T=GROUP … runs only the tests of those groups, and builds only what they need.
T ?= $(TEST_GROUPS)
check: $(foreach g,$(T),$(TESTS.$(g)) $(tests.$(g).needs)) ## run the tests (T="axi momsync": only those groups; JOBS=1: one at a time)
	@B=$(B) SANITIZE=$(SANITIZE) TEST_JOBS='$(call jobs,)' tests/run.sh $(foreach g,$(T),$(TESTS.$(g)) $(tests.$(g).scripts))

# Targets that run only a part of the tests unless T says which.
groups = $(if $(filter file,$(origin T)),$(1),$(T))
libaxi.groups = $(filter axi axi-%,$(TEST_GROUPS))
COVERAGE_MIN ?= 95
coverage: ## line coverage of libaxi by its tests; fails below COVERAGE_MIN=95 (V=1 shows the lines that none reached)
	@rm -rf $(BUILD)/coverage
	@$(MAKE) CC='$(CC)' VARIANT=coverage CFLAGS='-O0 -g --coverage' LDFLAGS='--coverage' check T='$(call groups,$(libaxi.groups) link)'
	@B=$(BUILD)/coverage COVERAGE_MIN='$(COVERAGE_MIN)' V='$(V)' tools/coverage.sh $(foreach l,$(filter axi axi-%,$(LIBS)),$($(l).dir))

# What a static variable still holds at the end is no leak.
VALGRIND := valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite,indirect,possible
valgrind: ## the unit tests of libaxi (T=GROUP …) under valgrind; what leaks is an error
	@DEPS=$(DEPS) tools/deps.sh install valgrind:valgrind
	@$(MAKE) check T='$(call groups,$(libaxi.groups))' RUNNER='$(VALGRIND)' TEST_TIMEOUT=900

ARCH ?= armhf
cross: ## libraries and unit tests (T=GROUP …, else libaxi's) for ARCH=armhf, s390x … under emulation
	@DEPS=$(DEPS) MAKE='$(MAKE)' BUILD='$(BUILD)' tools/cross.sh $(ARCH) $(call groups,$(libaxi.groups))

firmware: ## ommsyncd and ommsyncctl for a base station, ARCH=armhf (or native …): static and small, their sizes, and a run of them
	@DEPS=$(DEPS) tools/deps.sh install
	@$(MAKE) all
	@DEPS=$(DEPS) MAKE='$(MAKE)' BUILD='$(BUILD)' B='$(B)' tools/firmware.sh $(ARCH)

test: ## install what is missing, build everything and run every test
	@DEPS=$(DEPS) tools/deps.sh install
	@$(MAKE) all
	@$(MAKE) check

demo: ## three simulated sites and a hub on loopback, every step checked (KEEP=yes leaves it running)
	@DEPS=$(DEPS) tools/deps.sh install
	@$(MAKE) all
	@B=$(B) KEEP=$(KEEP) tools/demo.sh

demo-star: ## a central node and three remotes on loopback, every step checked (USERS=2000 KILLS=0 SEED=1: kill daemons meanwhile)
	@DEPS=$(DEPS) tools/deps.sh install
	@$(MAKE) all
	@B=$(B) USERS='$(USERS)' KILLS='$(KILLS)' SEED='$(SEED)' tools/demo_star.sh

bench: ## print the figures that the documentation claims, beside their peers
	@DEPS=$(DEPS) tools/deps.sh install
	@DEPS=$(DEPS) tools/deps.sh install libxml2-dev:libxml-2.0.pc python3:python3 || echo 'bench: going on without these'
	@$(MAKE) benches
	@B=$(B) bench/run.sh
benches: all $(BENCHES:%=$(B)/bench/%)

# Peers that cannot be installed are left out; so is everything where network namespaces are not allowed.
FULL ?=
bench-star: ## nodes over a slow and long link, beside OpenLDAP and Redis, in one table (FULL=yes: nothing shortened; SYSTEMS="mom redis")
	@DEPS=$(DEPS) tools/deps.sh install
	@PATH=$$PATH:/usr/sbin:/sbin DEPS=$(DEPS) tools/deps.sh install iproute2:tc util-linux:nsenter openssl:openssl || true
	@$(MAKE) star-benches
	@B=$(B) DEPS=$(DEPS) FULL=$(FULL) SYSTEMS='$(SYSTEMS)' bench/star/run.sh || [ $$? -eq 77 ]
star-benches: all $(STAR_BENCHES:%=$(B)/bench/star/%)

# Simulated systems. What a seed does never changes by chance: a seed that failed once stays in tests/sim/seeds.
SEEDS ?= 1-200
VENDOR_SEEDS ?= 1-100
SCALE ?= 500
simrows = --rows docs/handoff.md --unreached tests/sim/unreached
sim: $(B)/bin/momsim ## simulate the systems SEEDS=1-200 (FROM-TO) and stars with vendor's remotes VENDOR_SEEDS=1-100 on JOBS=2 processes, and those that failed once; says which rows they took
	@$(B)/bin/momsim --file tests/sim/seeds --jobs $(call jobs,2) --rows docs/handoff.md
	@$(B)/bin/momsim --seeds $(SEEDS) --jobs $(call jobs,2) $(simrows)
	@$(B)/bin/momsim --shape vendors --seeds $(VENDOR_SEEDS) --jobs $(call jobs,2)
sim-scale: $(B)/bin/momsim ## one hub with SCALE=500 sites and ten people at each
	@$(B)/bin/momsim --seed 1 --sites $(SCALE)
LETTERS ?= 4
exhaustive: $(B)/bin/momsim ## every word of LETTERS=4 letters of what can happen to three sites, on JOBS=2 processes
	@$(B)/bin/momsim --words $(LETTERS) --jobs $(call jobs,2) --rows docs/handoff.md
PLANTED_SEEDS ?= 1-1000
PLANT ?=
planted: ## switch planted defects on one at a time: the simulator has to find each (PLANTED_SEEDS=1-1000 PLANT=: which)
	@$(MAKE) VARIANT=planted CPPFLAGS='-DMOM_PLANT' $(BUILD)/planted/bin/momsim
	@for plant in $(or $(PLANT:%=--plant=%),--planted); do \
	  $(BUILD)/planted/bin/momsim $$plant --file tests/sim/planted.seeds --seeds $(PLANTED_SEEDS) --jobs $(call jobs,2) --rows docs/handoff.md || exit 1; done
# JOBS, if it was asked for, else what the target thinks right.
jobs = $(if $(filter file,$(origin JOBS)),$(1),$(JOBS))

# The targets with libFuzzer are a variant of their own. Without it (`make fuzzers`) they replay files.
SECONDS ?= 60
JOBS ?= 1
TARGET ?= fuzz_%
SKIP ?=
fuzz.chosen = $(filter-out $(SKIP),$(filter $(TARGET),$(FUZZERS)))
FUZZ_CC ?= clang
fuzz: ## run the fuzz targets for SECONDS=60 each, JOBS=1 at a time (TARGET="fuzz_axi_%" SKIP=fuzz_rsa: which)
	@$(MAKE) CC='$(FUZZ_CC)' SANITIZE=fuzzer,address,undefined CFLAGS='-O1 -g' VARIANT=fuzz fuzzers
	@B=$(BUILD)/fuzz FUZZ_SECONDS='$(SECONDS)' FUZZ_JOBS='$(JOBS)' tests/fuzz/run.sh $(or $(fuzz.chosen),$(error there is no fuzz target $(TARGET)))
fuzzers: $(fuzz.chosen:fuzz_%=$(B)/fuzz/fuzz_%)

# What takes about a minute; a share of it is a test of its own.
POINTS ?= 24000
SEED ?= 1
powercut: $(TESTS.powercut) ## a writer killed, a disk cut, calls that fail: POINTS=24000 SEED=1 (PART= POINT= repeat one)
	@POINTS='$(POINTS)' SEED='$(SEED)' PART='$(PART)' POINT='$(POINT)' $(TESTS.powercut)
# A model is a row table of libmomsync with a Promela model around it: NAME, its header and its rows.
MODELS := handoff:handoff.h:handoff_rows.h
DEEP ?=
SHARE ?=
model: ## the handoff as a Promela model: every state, every row, every mutant (DEEP=yes: larger bounds, some minutes; SHARE=yes: a few)
	@DEPS=$(DEPS) tools/deps.sh install spin:spin python3:python3
	@for m in $(MODELS); do \
	  CC='$(CC)' python3 tests/model/run.py $(if $(DEEP),--deep)$(if $(SHARE),--share) $(BUILD)/model$(if $(SHARE),-share) $$(echo $$m | tr : " ") || exit 1; done

lint: ## formatting, static analysis, and the rules that a machine can hold
	@B=$(B) tools/lint.sh
format: ## format every C file
	@git ls-files '*.c' '*.h' | xargs clang-format -i

sansio: $(STATIC) ## the libraries call no socket, clock, thread, file or stdio function
	@tools/sansio.sh $(call archive,axi) $(call archive,momsync) $(call archive,momsync-axi)

amalgamation: ## libmomsync in one file: momsync.c and momsync.h, in build/amalgamation
	@DEPS=$(DEPS) tools/deps.sh install python3:python3
	@python3 tools/amalgamate.py '$(BUILD)/amalgamation'
	@echo '$(BUILD)/amalgamation/momsync.c momsync.h'
footprint: ## what libmomsync needs inside another program: code, memory, stack, disk (WRITE=yes: into docs/embedding.md)
	@DEPS=$(DEPS) BUILD='$(BUILD)' WRITE='$(WRITE)' tools/footprint.sh

doxygen: ## the pages of the public headers, in build/doxygen
	@DEPS=$(DEPS) tools/deps.sh install doxygen:doxygen
	@VERSION=$(VERSION) tools/doxygen.sh '$(BUILD)/doxygen'

install: all ## put everything below prefix (and DESTDIR before it)
	@B=$(B) VERSION=$(VERSION) SOVERSION=$(SOVERSION) DESTDIR='$(DESTDIR)' prefix='$(prefix)' bindir='$(bindir)' sbindir='$(sbindir)' \
	  libdir='$(libdir)' includedir='$(includedir)' mandir='$(mandir)' docdir='$(docdir)' sysconfdir='$(sysconfdir)' \
	  unitdir='$(unitdir)' INSTALL='$(INSTALL)' MANPAGES='$(MANPAGES)' tools/install.sh install
uninstall: ## take it away again
	@B=$(B) VERSION=$(VERSION) SOVERSION=$(SOVERSION) DESTDIR='$(DESTDIR)' prefix='$(prefix)' bindir='$(bindir)' sbindir='$(sbindir)' \
	  libdir='$(libdir)' includedir='$(includedir)' mandir='$(mandir)' docdir='$(docdir)' sysconfdir='$(sysconfdir)' \
	  unitdir='$(unitdir)' INSTALL='$(INSTALL)' MANPAGES='$(MANPAGES)' tools/install.sh uninstall

catalogue: ## make libaxi's ids, tables and pages again, after a change in libaxi/catalogue
	@python3 tools/axigen.py

clean: ## remove the build folder
	@rm -rf $(BUILD)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  \1\t\2/' | expand -t 14
	@echo 'Variables: prefix DESTDIR CC CFLAGS LDFLAGS CROSS_COMPILE SANITIZE=address,undefined V=1 DEPS=no WERROR=no T="GROUP …" KEEP=yes ARCH= JOBS='
