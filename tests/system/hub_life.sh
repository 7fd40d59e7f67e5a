#!/bin/sh
# The main job in short: three sites, edits in both directions, creation and deletion at both sides, roaming there and back with the
# SIP registrations, roaming away from a site that is cut off, permanent users, and what a watcher sees.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work life

user_has() { [ "$(momctl users show "$1" --json | json_get "$2")" = "$3" ]; }
site_row() { sim users "$1" --json | grep "\"num\":\"$2\""; }
site_has() { site_row "$1" "$2" | grep -q "\"$3\":\"$4\""; }
site_lacks() { ! site_row "$1" "$2"; }
hub_lacks() { ! momctl users show "$1"; }
bound_number() { sim users "$1" --json | sed -n '/"relType":"\(Dynamic\|Fixed\)"/s/.*"num":"\([^"]*\)".*/\1/p' | sed -n "${2:-1}p"; }
registered_only_at() {
    [ "$(sim registrations --json | grep "\"num\":\"$1\"" | grep -c '"state":"registered"')" = 1 ] &&
        sim registrations --json | grep "\"num\":\"$1\"" | grep '"state":"registered"' | grep -q "\"site\":$2\b"
}
set_password() { printf 'pw%s\n' "$1" | momctl users set "$1" --secret sipPw >/dev/null; }

start_ommsim --sites 3 --users 300 --restart-delay 100
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
for i in 1 2 3; do add_site "site$i" "$(site_port $i)" >/dev/null; done
check "three sites" momctl wait --timeout 30 sites-steady
check "300 users" [ "$(momctl status --json | json_get users)" = 300 ]

"$B/bin/momctl" --socket "$work/momd.sock" watch --json >"$work/watch.out" &
watch_pid=$!
a=$(bound_number 1 1) b=$(bound_number 1 2) c=$(bound_number 2 1)

sim edit 1 "$a" name="Edited there" >/dev/null
check "an edit at a site reaches the hub" wait_for 10 user_has "$a" name "Edited there"
check "and a watcher" wait_for 10 grep -q changed "$work/watch.out"
momctl users set "$a" hierarchy1="Edited here" >/dev/null
check "an edit at the hub reaches the site" wait_for 10 site_has 1 "$a" hierarchy1 "Edited here"
kill "$watch_pid"
wait "$watch_pid" 2>/dev/null || true

sim create 2 user num=77001 name="New there" >/dev/null
check "a user created at a site" wait_for 10 user_has 77001 name "New there"
sim delete 2 77001 >/dev/null
check "and deleted there" wait_for 10 hub_lacks 77001
momctl users add num=77002 name="Everywhere" permanent=1 >/dev/null
for i in 1 2 3; do check "a permanent user reaches site $i" wait_for 10 site_has $i 77002 name "Everywhere"; done
momctl users delete 77002 >/dev/null
for i in 1 2 3; do check "and leaves site $i" wait_for 10 site_lacks $i 77002; done
check "a number that is in use is refused" sh -c "! '$B/bin/momctl' --socket '$work/momd.sock' users add num=$a name=Twice"

set_password "$b"
check "registered at site 1" wait_for 10 registered_only_at "$b" 1
sim locate "$b" 2 >/dev/null
check "roams to site 2" momctl wait --timeout 10 at "$b" site2
check "registered there only" wait_for 10 registered_only_at "$b" 2
check "site 1 has no record of it any more" wait_for 10 site_lacks 1 "$b"
sim edit 2 "$b" name="Edited away" >/dev/null
check "edited at site 2" wait_for 10 user_has "$b" name "Edited away"
sim locate "$b" 1 >/dev/null
check "and back" momctl wait --timeout 10 at "$b" site1
check "registered at site 1 only" wait_for 10 registered_only_at "$b" 1

set_password "$c"
sim cut 2 >/dev/null
check "site 2 is cut off" wait_for 10 sh -c "! '$B/bin/momctl' --socket '$work/momd.sock' wait --timeout 0 sites-steady"
sim locate "$c" 3 >/dev/null
check "its phone roams to site 3 without waiting for it" momctl wait --timeout 10 at "$c" site3
sim heal 2 >/dev/null
check "site 2 is back" momctl wait --timeout 20 sites-steady
check "and has learnt that the phone left" wait_for 10 site_lacks 2 "$c"
check "registered at site 3 only" wait_for 10 registered_only_at "$c" 3

kill -HUP "$momd_pid"
check "reloads" momctl status
stop_momd
start_momd "$work/momd.conf"
check "all is there after a restart" momctl wait --timeout 20 sites-steady
check "300 users" [ "$(momctl status --json | json_get users)" = 300 ]
stop_momd
check "no password is in the log" sh -c "! grep -qE 'pw$b|pw$c' '$work/momd.log'"
stop_ommsim
echo "$checks checks passed"
