#!/bin/sh
# Shell library: compiler, emulator and libraries of another processor, all of them Debian's. To be sourced from the
# project's root by scripts that have BUILD set.
#
#   foreign_arch ARCH        sets triplet and emulator; installs the compiler and the emulator where they are missing
#   foreign_libraries ARCH   fetches the libraries that we need, and sets root and libraries to where they are
#
# The libraries go to $BUILD/cross/ARCH, from the package sources of this machine read for that architecture: apt gets a
# state of its own there, so the system's list of installed packages and its architectures stay as they are, and nobody has
# to be root for it.

foreign_arch() {
    # Debian's name, the compiler's triplet, the emulator
    case $1 in
    armhf) triplet=arm-linux-gnueabihf emulator=qemu-arm ;; # 32 bits
    armel) triplet=arm-linux-gnueabi emulator=qemu-arm ;;
    arm64) triplet=aarch64-linux-gnu emulator=qemu-aarch64 ;;
    i386) triplet=i686-linux-gnu emulator=qemu-i386 ;;
    mipsel) triplet=mipsel-linux-gnu emulator=qemu-mipsel ;;
    ppc64el) triplet=powerpc64le-linux-gnu emulator=qemu-ppc64le ;;
    s390x) triplet=s390x-linux-gnu emulator=qemu-s390x ;; # big-endian
    *)
        echo "ARCH is one of armhf armel arm64 i386 mipsel ppc64el s390x" >&2
        return 2
        ;;
    esac
    tools/deps.sh install "gcc-$triplet:$triplet-gcc" "libc6-dev-$1-cross:/usr/$triplet/include/stdio.h" "qemu-user:$emulator"
}

foreign_wanted='libexpat1-dev libcmocka-dev liblmdb-dev zlib1g-dev libmbedtls-dev libuv1-dev libjansson-dev'

foreign_fetch() { # arch
    for tool in apt-get apt-cache dpkg-deb; do
        command -v $tool >/dev/null 2>&1 || { echo "the foreign libraries come by $tool, which is not here" >&2; return 1; }
    done
    arch=$1
    mkdir -p "$root/apt/lists/partial" "$root/apt/archives/partial"
    : >"$root/apt/status"
    set -- -qq -o "APT::Architecture=$arch" -o "APT::Architectures=$arch" -o APT::Sandbox::User= -o "Dir::State=$root/apt" \
        -o "Dir::State::status=$root/apt/status" -o "Dir::Cache=$root/apt" -o "Dir::Log=$root/apt"
    # An index that a mirror cannot give is left out by apt; what is missing then is missing below.
    apt-get "$@" update || echo "not every package index could be read" >&2
    # The libraries with the shared objects that they need of each other; the C library is the compiler's.
    # shellcheck disable=SC2086
    packages=$(apt-cache "$@" depends --recurse --important $foreign_wanted |
        grep -xE 'lib(expat|cmocka|lmdb|mbed|uv|jansson)[a-z0-9-]*|zlib1g[a-z0-9-]*' | sort -u)
    # shellcheck disable=SC2086
    (cd "$root/apt/archives" && rm -f -- *.deb && apt-get "$@" download $packages)
    for package in "$root"/apt/archives/*.deb; do dpkg-deb -x "$package" "$root"; done
    # Debian 12 still has some below /lib, and links there that would lead out of the folder.
    [ ! -d "$root/lib" ] || { cp -a "$root/lib/." "$root/usr/lib/" && rm -r "$root/lib"; }
    for link in "$root/usr/lib/$triplet"/*.so; do
        case $(readlink "$link" || true) in /*) ln -sf "$(basename "$(readlink "$link")")" "$link" ;; esac
    done
    rm -rf "$root/apt"
    echo "$foreign_wanted" >"$root/complete"
}

foreign_libraries() { # arch
    mkdir -p "$BUILD/cross/$1"
    root=$(cd "$BUILD/cross/$1" && pwd)
    libraries=$root/usr/lib/$triplet
    [ "$(cat "$root/complete" 2>/dev/null || true)" = "$foreign_wanted" ] || foreign_fetch "$1"
}
