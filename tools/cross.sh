#!/bin/sh
# The libraries built for another processor, and their unit tests run under emulation.
#   cross.sh ARCH GROUP…     called by `make cross ARCH=armhf`; MAKE and BUILD are set there
set -eu
cd "$(dirname "$0")/.."
: "${MAKE:=make}" "${BUILD:=build}"
. tools/foreign.sh
arch=$1
shift
foreign_arch "$arch"
foreign_libraries "$arch"

# Emulation is slow: of random runs a share. What differs between processors shows in the first.
RUNS=${RUNS:-20} CASES=${CASES:-500}
export RUNS CASES
# The variant is named by its compiler. pkg-config would tell of this machine's libraries: the plain names are right here.
$MAKE CC="$triplet-gcc" AR="$triplet-ar" PKG_CONFIG=false BUILD="$BUILD" CPPFLAGS="-isystem $root/usr/include" \
    LDFLAGS="-L$libraries -Wl,-rpath,$libraries" RUNNER="$emulator -L /usr/$triplet" TEST_TIMEOUT="${TEST_TIMEOUT:-1200}" \
    publiclibs check T="$*"
