LIBS += axi
axi.dir := libaxi
axi.srcs := $(wildcard libaxi/*.c)
axi.libs :=
axi.pkgs := expat
axi.public := yes
