#!/bin/sh
# The store fails while the hub works: its file may not grow any more. Nothing half-written stays, what is asked gets the reason,
# and when there is room again everything goes on by itself; a kill in the middle of the failing loses nothing either.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work store

command -v prlimit >/dev/null 2>&1 || { echo "prlimit is missing: skipped"; exit 0; }
status_is() { [ "$(momctl status --json | json_get "$1")" = "$2" ]; }
log_says() { grep -qF -- "$1" "$work/momd.log"; }
limit_to() { prlimit --pid "$momd_pid" --fsize="$1:unlimited"; }

start_ommsim --sites 2 --users 600 --restart-delay 100
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
add_site one "$(site_port 1)"
check "one site" momctl wait --timeout 20 sites-steady
before=$(momctl status --json | json_get users)
check "has three hundred users" [ "$before" = 300 ]

limit_to "$(($(stat -c %s "$work/data/store/data.mdb") + 65536))" # room for the site itself, not for its users
add_site two "$(site_port 2)"
check "the store fails during the second import" wait_for 10 log_says "the store failed"
check "status says so" wait_for 20 status_is store failed
check "a change is refused with the reason" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' users add num=1 name=x 2>&1 | grep -q 'store failed'"
limit_to unlimited
check "with room it goes on by itself" wait_for 20 status_is store good
check "both sites come" momctl wait --timeout 20 sites-steady
check "all users of both" status_is users 600
check "nothing is parked" status_is parked 0

limit_to 4096
edit() { momctl users add num="9$(date +%N)" name=x >/dev/null 2>&1 || true; log_says "attempt 2 of"; }
check "it fails again and again" wait_for 20 edit
kill_momd
start_momd "$work/momd.conf"
check "after a kill in the middle of that all is there" momctl wait --timeout 20 sites-steady one two
check "all users of both, at least" sh -c "[ $(momctl status --json | json_get users) -ge 600 ]"
stop_momd
stop_ommsim

refuses() { # text: momd ends with 1, says so and leaves the file as it is
    before=$(cksum <"$work/data/store/data.mdb") status=0
    timeout 20 "$B/bin/momd" --config "$work/momd.conf" >"$work/out" 2>&1 || status=$?
    cat "$work/out"
    [ "$status" = 1 ] && grep -qF -- "$1" "$work/out" && [ "$before" = "$(cksum <"$work/data/store/data.mdb")" ]
}
mv "$work/data/store/data.mdb" "$work/kept.mdb"
head -c 20000 /dev/urandom >"$work/data/store/data.mdb"
check "a file that is no store is refused and kept" refuses "not ours"
mv "$work/kept.mdb" "$work/data/store/data.mdb"
start_momd "$work/momd.conf"
check "the store itself is taken again" sh -c "[ $(momctl status --json | json_get users) -ge 600 ]"
stop_momd
echo "$checks checks passed"
