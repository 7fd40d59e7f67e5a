#!/bin/sh
# A star runs in 16 MiB of memory at each node, the program and its libraries included, with 512 users and 512 phones: the
# first synchronisation, changes, roaming, a restart with all records there. Counted is the most that was resident (VmHWM),
# in which the pages of the store that are mapped are, though the system can take those back.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-memory
bound=16384 phones=512
# A program with sanitizers needs several times as much: then it is only run.
[ -z "${SANITIZE:-}" ] || bound=10000000

users_are() { [ "$(status_of "$1" users)" = "$2" ]; }
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(star_pid "$1")/status"; }
fits() {
    kb=$(peak "$1")
    echo "node $1: $kb KiB at most"
    grep -E '^(VmRSS|RssAnon|RssFile):' "/proc/$(star_pid "$1")/status"
    [ "$kb" -le $bound ]
}
told() { check "$1" fits "$2"; sed 's/^/        /' "$work/check.out"; }

start_ommsim --sites 2 --users $((2 * phones)) --unbound 0 --key-bits 2048 --restart-delay 100
sim empty 2 >/dev/null # a new site
star_lines 2
for n in 1 2; do star_config $n "[store]" "batch-max = 16"; done # as on a machine with less than 256 MB
star_start 1
check "the central node has $phones users" wait_for 30 users_are 1 $phones
star_start 2
check "the remote node has them too" wait_for 30 users_are 2 $phones
check "both have the same, and so have their OMMs" wait_for 30 in_step
told "the central node after the first synchronisation" 1
told "the remote node" 2

i=0
sim users 1 --json | sed -n 's/.*"num":"\([^"]*\)".*/\1/p' >"$work/numbers"
for number in $(head -n 60 "$work/numbers"); do
    i=$((i + 1))
    sim edit 1 "$number" "name=Edited $i" >/dev/null
    printf 'pw%s\n' "$number" | starctl $((i % 2 + 1)) users set "$number" --secret sipPw >/dev/null
done
check "changes at both ends" wait_for 30 in_step
for number in $(head -n 200 "$work/numbers"); do sim locate "$number" 2 >/dev/null; done
number=$(sed -n 200p "$work/numbers")
check "200 phones walk to the other site" starctl 1 wait --timeout 30 at "$number" node-2
check "and both have the same" wait_for 30 in_step
told "the central node then" 1
told "the remote node" 2

star_stop 2
sim edit 1 20001 "name=Meanwhile" >/dev/null
star_start 2
star_stop 1
star_start 1
star_stop 2
star_start 2
check "both are in step after restarts" wait_for 30 in_step
told "the central node after a restart" 1
told "the remote node" 2
star_stop 2
star_stop 1
stop_ommsim
echo "$checks checks passed"
