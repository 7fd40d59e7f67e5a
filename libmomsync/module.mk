LIBS += momsync
momsync.dir := libmomsync
momsync.srcs := $(wildcard libmomsync/*.c)
momsync.libs :=
momsync.pkgs := lmdb zlib
momsync.public := yes
