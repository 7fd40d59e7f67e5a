PROGS += ommsyncd
ommsyncd.srcs := $(wildcard daemons/ommsyncd/*.c)
ommsyncd.libs := host common momsync-axi momsync axi-mbedtls axi
ommsyncd.cppflags := -Idaemons/ommsyncd
