#!/bin/sh
# The first start of a node, which makes what is made once: its folder, key, store, certificate, incarnation, and then the
# first synchronisation. It dies in one call after the other that writes or sends (tests/system/die.c), is started again,
# and all is as if it had not: two nodes in step, all users at both OMMs.
#
#   FROM=6 TO=60 STEP=9   which calls
#   KEEP=yes              leave logs and stores of what fails there
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-first

users=20 starts=0 deaths=0
is_dead() { is_gone "$(cat "$work/n$1.pid")"; }
is_dead_or_answers() { is_dead "$1" || star_answers "$1"; }
is_dead_or_done() { is_dead "$1" || in_step; }
omms_have_all() { [ "$(sim sites --json | grep -c "\"users\":$users,")" = 2 ]; }
both_know_all() { [ "$(status_of 1 users),$(status_of 2 users)" = "$users,$users" ]; }
first_start() { # node call
    rm -rf "$work"/n[12] "$work"/*.log "$work/centre.port" "$work"/relay.*
    start_ommsim --sites 2 --users $users --filled 1 --restart-delay 100
    star_lines 2
    star_config 1
    star_config 2
    [ "$1" = 1 ] || star_start 1
    star_launch "$1" LD_PRELOAD="$B/bin/die.so" DIE_AT="$2" ASAN_OPTIONS=verify_asan_link_order=0
    if [ "$1" = 1 ]; then
        wait_for 20 is_dead_or_answers 1
        star_start 2
    fi
    wait_for 20 is_dead_or_done "$1"
    died="node $1 made no call $2"
    ! is_dead "$1" || { died="node $1 died in call $2" && deaths=$((deaths + 1)); }
    star_kill "$1"
    star_start "$1"
    wait_for 30 in_step && both_know_all && wait_for 20 omms_have_all
}
end() {
    star_stop 1
    star_stop 2
    stop_ommsim
    kill "$(cat "$work/relay.pid")"
    rm "$work/relay.pid"
}

nth=${FROM:-6}
while [ "$nth" -le "${TO:-60}" ]; do
    for node_of in 1 2; do
        check "first start of node $node_of, call $nth" first_start $node_of "$nth"
        echo "      $died"
        starts=$((starts + 1))
        end
    done
    nth=$((nth + ${STEP:-9}))
done
[ -n "${TO:-}" ] || check "each died where it was to die" [ $deaths = $starts ]
echo "$checks checks passed"
