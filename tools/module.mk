PROGS += momctl ommsim axicat
momctl.srcs := $(wildcard tools/momctl/*.c)
momctl.libs := common
momctl.cppflags := -Itools/momctl
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
