#!/bin/sh
# ommsyncd and ommsyncctl for a base station: static, small, stripped. Called by `make firmware`, with ARCH=armhf unless
# another is named; ARCH=native is this machine.
#   firmware.sh ARCH         MAKE and BUILD are set there
#
# The result is $BUILD/firmware/ARCH: the two programs, the sample configuration, and the programs with their symbols for
# whoever has to read a crash. Libraries are Debian's static ones, the C library is glibc: docs/firmware.md says what that
# means for names.
#
# It ends with a proof: the programs run, under emulation if need be, with no file of this system but their own, and come
# in step with a node of this machine. And with the sizes: a file above the bound is an error.
set -eu
cd "$(dirname "$0")/.."
: "${MAKE:=make}" "${BUILD:=build}"
arch=$1
# Bytes of a stripped program. On armhf ommsyncd has 1.6 MiB now, half of which are the C library and TLS. The smallest base
# stations keep their software in 16 MB of flash: what grows beyond an eighth of that has to be noticed. Code of 64 bits is
# half as large again.
case $arch in
armhf | armel | i386 | mipsel) daemon_most=2097152 tool_most=1048576 ;;
*) daemon_most=3145728 tool_most=1572864 ;;
esac

. tools/foreign.sh
if [ "$arch" = native ]; then
    triplet= emulator= root=
    cc=${CC:-gcc} ar=ar strip=strip size=size
    libraries=/usr/lib/$($cc -print-multiarch 2>/dev/null || true)
    [ -d "$libraries" ] || libraries=/usr/lib
else
    foreign_arch "$arch"
    foreign_libraries "$arch"
    cc=$triplet-gcc ar=$triplet-ar strip=$triplet-strip size=$triplet-size
fi
out=$BUILD/firmware/$arch
rm -rf "$out"
mkdir -p "$out/lib" "$out/symbols"
# Debian 12 gives libuv's archive another name.
for name in uv uv_a; do
    [ ! -e "$libraries/lib$name.a" ] || ln -sf "$libraries/lib$name.a" "$out/lib/libuv.a"
done
for name in uv:"$out/lib" lmdb:"$libraries" mbedtls:"$libraries" expat:"$libraries" jansson:"$libraries" z:"$libraries"; do
    [ -e "${name#*:}/lib${name%%:*}.a" ] || { echo "firmware: lib${name%%:*}.a is not there" >&2; exit 1; }
done

built=$BUILD/firmware-$arch/bin
# One copy of each function that is needed, and no tables for exceptions that C does not throw. The linker's warnings about
# name services of static programs are dealt with in docs/firmware.md; any other is shown.
$MAKE CC="$cc" AR="$ar" PKG_CONFIG=false BUILD="$BUILD" VARIANT="firmware-$arch" DEPS=no \
    CPPFLAGS="${root:+-isystem $root/usr/include}" \
    CFLAGS='-Os -g -ffunction-sections -fdata-sections -fno-pic -fno-pie -fno-asynchronous-unwind-tables' \
    LDFLAGS="-static -no-pie -Wl,--gc-sections -L$out/lib -L$libraries" \
    "$built/ommsyncd" "$built/ommsyncctl" 2>"$out/warnings" || { cat "$out/warnings" >&2; exit 1; }
grep -vE "statically linked applications|in function|In function" "$out/warnings" >&2 || true
rm "$out/warnings"
rm -r "$out/lib"
for program in ommsyncd ommsyncctl; do
    cp "$built/$program" "$out/symbols/$program"
    $strip -o "$out/$program" "$out/symbols/$program"
done
# A program that still asks for a loader would not start there.
for program in ommsyncd ommsyncctl; do
    ! LC_ALL=C grep -qa 'ld-linux' "$out/$program" || ! readelf -l "$out/$program" 2>/dev/null | grep -q INTERP ||
        { echo "firmware: $program is not static" >&2; exit 1; }
done

# The proof. Without -L the emulator has no folder of foreign libraries to look into.
PROGRAMS=$out RUN=$emulator BUILD=$BUILD tools/firmware_proof.sh

status=0
echo "$out:"
for program in ommsyncd ommsyncctl; do
    file=$(stat -c %s "$out/$program") most=$tool_most
    [ $program = ommsyncctl ] || most=$daemon_most
    $size "$out/$program" | awk -v name=$program -v file="$file" -v most=$most \
        'NR == 2 { printf "  %-11s file %d bytes (at most %d), text %d, data %d, bss %d\n", name, file, most, $1, $2, $3 }'
    [ "$file" -le $most ] || { echo "firmware: $program is larger than $most bytes" >&2; status=1; }
done
exit $status
