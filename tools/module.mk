PROGS += momctl ommsim
momctl.srcs := $(wildcard tools/momctl/*.c)
momctl.libs := common
momctl.cppflags := -Itools/momctl
ommsim.srcs := $(wildcard tools/ommsim/*.c)
ommsim.libs := common axi
ommsim.cppflags := -Itools/ommsim
