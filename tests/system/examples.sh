#!/bin/sh
# `make install` leaves a tree on which another program can be built: the examples are built against it with pkg-config,
# static and shared, and run. Then `make uninstall` takes every file away again.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work examples

root=$work/root
install_tree() {
    make -s "$1" CC="${CC:-gcc}" BUILD="${BUILD:-build}" SANITIZE="${SANITIZE:-}" prefix="$root" >"$work/install.out" 2>&1
}
flags=${SANITIZE:+-fsanitize=$SANITIZE}
compile() { # example package
    # shellcheck disable=SC2046,SC2086
    "${CC:-gcc}" -std=c11 -Wall -Wextra -Werror $flags "examples/$1.c" -o "$work/$1" \
        $(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags --libs "$2") "-Wl,-rpath,$root/lib"
}
run_axi_print() {
    printf '<SetPPUser><user uid="1" sipPw="c2VjcmV0"/></SetPPUser>\0<Ping/>\0' | "$work/axi_print" >"$work/printed"
    grep -q 'sipPw="\*\*\*"' "$work/printed" && grep -q '<Ping/>' "$work/printed"
}
check "install into an empty folder" install_tree install
check "axi_print builds against the installed libaxi" compile axi_print axi
check "axi_print masks secrets" run_axi_print
check "embed builds against the installed libmomsync" compile embed momsync
check "embed hands a phone over" "$work/embed"
check "the installed daemon runs" "$root/sbin/momd" --version
check "uninstall" install_tree uninstall
check "no file is left" sh -c "[ -z \"\$(find '$root' -type f -o -type l)\" ]"
