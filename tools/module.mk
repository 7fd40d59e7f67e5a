PROGS += momctl ommsyncctl ommsim axicat
# What the control programs of the daemons are.
LIBS += ctl
ctl.dir := tools/ctl
ctl.srcs := $(wildcard tools/ctl/*.c)
ctl.libs := common
ctl.cppflags := $(common.usercppflags)
ctl.usercppflags := -Itools/ctl
momctl.srcs := tools/momctl/main.c
momctl.libs := ctl common
ommsyncctl.srcs := tools/ommsyncctl/main.c
ommsyncctl.libs := ctl common
ommsim.srcs := $(wildcard tools/ommsim/*.c)
ommsim.libs := common axi-mbedtls axi
ommsim.cppflags := -Itools/ommsim

# axicat's files but the first, so that tests and the fuzz target reach them.
LIBS += axicat-core
axicat-core.dir := tools/axicat
axicat-core.srcs := $(filter-out tools/axicat/main.c,$(wildcard tools/axicat/*.c))
axicat-core.libs := common axi-mbedtls axi
axicat-core.cppflags := $(common.usercppflags) -Itools/axicat
axicat-core.usercppflags := -Itools/axicat
axicat.srcs := tools/axicat/main.c
axicat.libs := axicat-core common axi-mbedtls axi

# The simulator of whole systems: `make sim`. It sees the library's public headers.
PROGS += momsim
momsim.srcs := $(wildcard tools/momsim/*.c)
momsim.libs := momsync
momsim.cppflags := -Itools/momsim -D_GNU_SOURCE $(if $(findstring MOM_PLANT,$(CPPFLAGS)),-Ilibmomsync)
