LIBS += common
common.dir := daemons/common
common.srcs := $(wildcard daemons/common/*.c)
common.libs :=
common.pkgs := libuv mbedtls jansson
common.cppflags := -D_GNU_SOURCE
common.usercppflags := -Idaemons/common -D_GNU_SOURCE
