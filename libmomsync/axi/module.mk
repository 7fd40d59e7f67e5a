LIBS += momsync-axi
momsync-axi.dir := libmomsync/axi
momsync-axi.srcs := $(wildcard libmomsync/axi/*.c)
momsync-axi.libs := momsync axi
momsync-axi.pkgs :=
momsync-axi.public := yes
