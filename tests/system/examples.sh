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
compile() { # example-or-path package [file-or-option …]
    name=${1##*/} package=$2
    case $1 in */*) source=$1.c ;; *) source=examples/$1.c ;; esac
    shift 2
    # shellcheck disable=SC2046,SC2086
    "${CC:-gcc}" -std=c11 -Wall -Wextra -Werror $flags "$source" "$@" -o "$work/$name" \
        $(PKG_CONFIG_PATH=$root/lib/pkgconfig pkg-config --cflags --libs "$package") "-Wl,-rpath,$root/lib"
}
compile_client() {
    compile "$1" axi examples/axi_link.c -lmbedtls -lmbedx509 -lmbedcrypto
}
export AXI_PASSWORD=omm
list_users() { # lines expected [option] host port
    lines=$1
    shift
    "$work/axi_list_users" "$@" omm >"$work/users" && [ "$(wc -l <"$work/users")" -eq "$lines" ]
}
refused() {
    ! AXI_PASSWORD=wrong "$work/axi_list_users" 127.0.0.1 "$(site_port 1)" omm 2>"$work/refused" &&
        grep -q 'refused: EAuth' "$work/refused"
}
follow_a_change() {
    "$work/axi_follow_events" 127.0.0.1 "$(site_port 1)" omm 1 >"$work/events" 2>"$work/follow" &
    follower=$!
    wait_for 10 grep -q following "$work/follow"
    sim edit 1 20001 name=Renamed >/dev/null
    wait "$follower" && grep -q 'Event.*uid=.*name="Renamed"' "$work/events"
}
serve_three() {
    "$work/axi_server60" 0 >"$work/server60" &
    server60_pid=$!
    wait_for 10 grep -q 127 "$work/server60"
    # shellcheck disable=SC2046
    list_users 3 --plain $(cat "$work/server60") && grep -q '^4712 *Reception ' "$work/users"
    rc=$?
    kill "$server60_pid"
    return $rc
}
run_axi_print() {
    printf '<SetPPUser><user uid="1" sipPw="c2VjcmV0"/></SetPPUser>\0<Ping/>\0' | "$work/axi_print" >"$work/printed"
    grep -q 'sipPw="\*\*\*"' "$work/printed" && grep -q '<Ping/>' "$work/printed"
}
# The pieces of C in a text are one program, and what it prints stands behind "It prints".
tour() {
    awk '/^```c$/ { on = 1; next } /^```/ { on = 0 } on' libaxi/README.md >"$work/tour.c"
    awk '/^```text$/ { on = 1; next } /^```/ { on = 0 } on' libaxi/README.md >"$work/tour.expected"
    compile "$work/tour" axi && "$work/tour" >"$work/tour.printed" && cmp "$work/tour.printed" "$work/tour.expected"
}
all_in_manual() {
    tr '\n' ' ' <"$1" | grep -o 'AXI_API [^;(]*' | sed 's/.*[ *]//' | grep '^axi_' | while read -r name; do
        grep -q "^\.Fn $name" docs/man/libaxi.3 || echo "libaxi(3) lacks $name"
    done
}
manual_is_complete() {
    for header in include/axi/*.h; do all_in_manual "$header"; done >"$work/lacking"
    cat "$work/lacking" && ! [ -s "$work/lacking" ]
}
manual() {
    sed -n '/^\.Bd -literal/,/^\.Ed/p' docs/man/libaxi.3 | sed '/^\.[BE]d/d; s/\\e/\\/g' >"$work/manual.c"
    compile "$work/manual" axi && [ "$("$work/manual")" = '<SetPPUser><user uid="7" name="Ward 3"/></SetPPUser>' ]
}
nobody_listens() {
    status=0
    AXI_PASSWORD=x "$work/axi_list_users" --plain 127.0.0.1 1 omm 2>"$work/err" || status=$?
    [ $status = 1 ] && grep -q '^no connection' "$work/err"
}
check "install into an empty folder" install_tree install
check "the tour of libaxi/README.md is a program and prints what it says" tour
check "libaxi(3) is installed" test -s "$root/share/man/man3/libaxi.3"
check "the pages of the messages are installed" test -s "$root/share/doc/momsync/axi/users.md"
check "the example of libaxi(3) is a program" manual
check "libaxi(3) names every function" manual_is_complete
check "axi_print builds against the installed libaxi" compile axi_print axi
check "axi_print masks secrets" run_axi_print
for client in axi_list_users axi_follow_events; do
    check "$client builds against the installed libaxi" compile_client "$client"
done
check "axi_server60 builds against the installed libaxi" compile axi_server60 axi
start_ommsim --users 55
check "axi_list_users reads every user over TLS, page by page" list_users 55 127.0.0.1 "$(site_port 1)"
check "axi_list_users says that nobody listens" nobody_listens
check "axi_list_users says why a login is refused" refused
check "axi_follow_events shows a change" follow_a_change
stop_ommsim
start_ommsim --users 20 --plain
check "axi_list_users reads a full last page without TLS" list_users 20 --plain 127.0.0.1 "$(site_port 1)"
stop_ommsim
check "axi_server60 gives its users" serve_three
check "embed builds against the installed libmomsync" compile embed momsync
check "embed hands a phone over" "$work/embed"
check "firmware_site builds against the installed libmomsync" compile firmware_site momsync
firmware_site() { # what it prints first, [folder]
    wanted=$1
    shift
    "$work/firmware_site" "$@" >"$work/site" && [ "$(head -n 1 "$work/site")" = "$wanted" ] &&
        grep -q '^3 PUT, 5 REMOVE, 2 REGISTER, 2 DEREGISTER$' "$work/site" && grep -q ' 0 at the end$' "$work/site"
}
nothing='0 users, 0 phones; user 4017 is at site 0'
check "a site of 512 phones runs on a store in memory" firmware_site "$nothing"
mkdir "$work/store"
check "the same on LMDB" firmware_site "$nothing" "$work/store"
check "and again, from what is in LMDB" firmware_site '511 users, 512 phones; user 4017 is at site 0' "$work/store"
check "the installed daemon runs" "$root/sbin/momd" --version
check "uninstall" install_tree uninstall
check "no file is left" sh -c "[ -z \"\$(find '$root' -type f -o -type l)\" ]"
