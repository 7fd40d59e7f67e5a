LIBS += axi-mbedtls
axi-mbedtls.dir := libaxi/mbedtls
axi-mbedtls.srcs := $(wildcard libaxi/mbedtls/*.c)
axi-mbedtls.libs := axi
axi-mbedtls.pkgs := mbedtls
axi-mbedtls.public := yes
