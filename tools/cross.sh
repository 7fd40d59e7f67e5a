#!/bin/sh
# The libraries built for another processor, and their unit tests run under emulation.
#   cross.sh ARCH GROUP…     called by `make cross ARCH=armhf`; MAKE and BUILD are set there
#
# Compiler and emulator are Debian's. The foreign libraries (expat, cmocka, LMDB, mbedTLS) go to $BUILD/cross/ARCH, from the
# package sources of this machine read for that architecture: apt gets a state of its own there, so the system's list of
# installed packages and its architectures stay as they are, and nobody has to be root for it.
set -eu
arch=$1
shift
: "${MAKE:=make}" "${BUILD:=build}"

# Debian's name, the compiler's triplet, the emulator
case $arch in
armhf) triplet=arm-linux-gnueabihf emulator=qemu-arm ;; # 32 bits
armel) triplet=arm-linux-gnueabi emulator=qemu-arm ;;
arm64) triplet=aarch64-linux-gnu emulator=qemu-aarch64 ;;
i386) triplet=i686-linux-gnu emulator=qemu-i386 ;;
mipsel) triplet=mipsel-linux-gnu emulator=qemu-mipsel ;;
ppc64el) triplet=powerpc64le-linux-gnu emulator=qemu-ppc64le ;;
s390x) triplet=s390x-linux-gnu emulator=qemu-s390x ;; # big-endian
*)
    echo "cross: ARCH is one of armhf armel arm64 i386 mipsel ppc64el s390x" >&2
    exit 2
    ;;
esac
tools/deps.sh install "gcc-$triplet:$triplet-gcc" "libc6-dev-$arch-cross:/usr/$triplet/include/stdio.h" "qemu-user:$emulator"

mkdir -p "$BUILD/cross/$arch"
root=$(cd "$BUILD/cross/$arch" && pwd)
libraries=$root/usr/lib/$triplet
wanted='libexpat1-dev libcmocka-dev liblmdb-dev zlib1g-dev libmbedtls-dev'

fetch() {
    for tool in apt-get apt-cache dpkg-deb; do
        command -v $tool >/dev/null 2>&1 || { echo "cross: the foreign libraries come by $tool, which is not here" >&2; exit 1; }
    done
    mkdir -p "$root/apt/lists/partial" "$root/apt/archives/partial"
    : >"$root/apt/status"
    set -- -qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o APT::Sandbox::User= -o "Dir::State=$root/apt" \
        -o "Dir::State::status=$root/apt/status" -o "Dir::Cache=$root/apt" -o "Dir::Log=$root/apt"
    # An index that a mirror cannot give is left out by apt; what is missing then is missing below.
    apt-get "$@" update || echo "cross: not every package index could be read" >&2
    # The libraries with the shared objects that they need of each other; the C library is the compiler's.
    # shellcheck disable=SC2086
    packages=$(apt-cache "$@" depends --recurse --important $wanted | grep -xE 'lib(expat|cmocka|lmdb|mbed)[a-z0-9-]*|zlib1g[a-z0-9-]*' | sort -u)
    # shellcheck disable=SC2086
    (cd "$root/apt/archives" && rm -f -- *.deb && apt-get "$@" download $packages)
    for package in "$root"/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
    # Debian 12 still has some below /lib, and links there that would lead out of the folder.
    [ ! -d "$root/lib" ] || { cp -a "$root/lib/." "$root/usr/lib/" && rm -r "$root/lib"; }
    for link in "$root/usr/lib/$triplet"/*.so; do
        case $(readlink "$link" || true) in /*) ln -sf "$(basename "$(readlink "$link")")" "$link" ;; esac
    done
    rm -rf "$root/apt"
    echo "$wanted" >"$root/complete"
}
[ "$(cat "$root/complete" 2>/dev/null || true)" = "$wanted" ] || fetch

# Emulation is slow: of random runs a share. What differs between processors shows in the first.
RUNS=${RUNS:-60} CASES=${CASES:-500}
export RUNS CASES
# The variant is named by its compiler. pkg-config would tell of this machine's libraries: the plain names are right here.
$MAKE CC="$triplet-gcc" AR="$triplet-ar" PKG_CONFIG=false BUILD="$BUILD" CPPFLAGS="-isystem $root/usr/include" \
    LDFLAGS="-L$libraries -Wl,-rpath,$libraries" RUNNER="$emulator -L /usr/$triplet" TEST_TIMEOUT="${TEST_TIMEOUT:-1200}" \
    publiclibs check T="$*"
