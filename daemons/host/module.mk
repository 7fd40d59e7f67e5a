# What momd and ommsyncd both are.
LIBS += host
host.dir := daemons/host
host.srcs := $(wildcard daemons/host/*.c)
host.libs := common momsync-axi momsync axi-mbedtls axi
host.cppflags := $(common.usercppflags)
host.usercppflags := -Idaemons/host
