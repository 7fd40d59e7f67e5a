PROGS += momd
momd.srcs := $(wildcard daemons/momd/*.c)
momd.libs := host common momsync-axi momsync axi-mbedtls axi
momd.cppflags := -Idaemons/momd
