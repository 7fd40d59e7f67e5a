# A group is a folder: tests/GROUP/test_*.c, one cmocka program each. `needs` are built before the
# group runs, `scripts` run after its programs.
TEST_GROUPS += axi momsync link common system

tests.axi.libs := axi
tests.momsync.libs := momsync
tests.link.libs := momsync-axi momsync axi
tests.common.libs := common
tests.common.cppflags := -D_GNU_SOURCE
tests.system.libs := common axi
tests.system.cppflags := -D_GNU_SOURCE
tests.system.needs = $(PROGRAMS)
tests.system.scripts := $(filter-out tests/system/lib.sh,$(sort $(wildcard tests/system/*.sh)))
