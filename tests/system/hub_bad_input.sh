#!/bin/sh
# Whatever one site does, it gets its documented state in `momctl sites`, and the other site goes on undisturbed: wrong password,
# wrong protocol version, wrong PARK type, a PARK that another site has, a message of 100 MB, truncated XML, unknown messages,
# silence, no OMM at all, something that does not speak TLS.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work bad

state_is() { # site state
    [ "$(momctl sites show "$1" --json | json_get state)" = "$2" ]
}
good_site_works() {
    mark=$((${mark:-0} + 1))
    sim edit 1 "$good_number" hierarchy1="mark $mark" >/dev/null
    wait_for 10 hub_has "mark $mark" && state_is good steady
}
hub_has() { [ "$(momctl users show "$good_number" --json | json_get hierarchy1)" = "$1" ]; }
bad_state() { # text state
    check "$1: $2" wait_for 15 state_is bad "$2"
    check "  the good site goes on" good_site_works
}

start_ommsim --sites 2 --users 200 --restart-delay 100
good_number=$(sim users 1 --json | sed -n 's/.*"num":"\([^"]*\)".*/\1/p' | head -n 1)
write_config "$work/momd.conf" "protocol-version = 45"
sed -i 's/^answer-timeout.*/answer-timeout = 700ms/' "$work/momd.conf"
start_momd "$work/momd.conf"
add_site good "$(site_port 1)" >/dev/null
check "the good site" momctl wait --timeout 20 sites-steady

printf 'wrong\n' >"$work/wrong.password"
momctl sites add bad "127.0.0.1:$(site_port 2)" --user omm --password-file "$work/wrong.password" >/dev/null
bad_state "wrong password" "auth failed"
check "the password is in no log" sh -c "! grep -q wrong '$work/momd.log'"
momctl sites remove bad >/dev/null
add_site bad "$(site_port 2)" >/dev/null
check "with the right one it comes up" wait_for 20 state_is bad steady

for fault in "version 44:version mismatch" "mute:no answer" "truncate:protocol error" "oversize:protocol error" "garbage:protocol error"; do
    words=${fault%%:*}
    # shellcheck disable=SC2086
    sim fault 2 $words >/dev/null
    sim restart 2 >/dev/null
    bad_state "$words" "${fault#*:}"
    sim fault 2 none >/dev/null
    check "  and it recovers" wait_for 20 state_is bad steady
done

sim fault 2 unknown >/dev/null
sim restart 2 >/dev/null
bad_state "unknown messages, attributes and events" steady
sim fault 2 none >/dev/null

momctl sites remove bad >/dev/null
park=$(sim sites --json | sed -n 's/.*"park":"\([^"]*\)".*/\1/p' | head -n 1)
sim fault 2 park "$park" >/dev/null
add_site bad "$(site_port 2)" >/dev/null
bad_state "the PARK of another site" "park duplicate"
sim fault 2 park 1B10280000 >/dev/null
sim restart 2 >/dev/null
bad_state "a PARK of another type" "park type mismatch"
momctl sites remove bad >/dev/null

add_site bad 1 >/dev/null
bad_state "nobody listens" "unreachable"
momctl sites remove bad >/dev/null

stop_momd
check "memory stayed small" sh -c "! grep -q 'out of memory' '$work/momd.log'"
stop_ommsim
echo "$checks checks passed"
