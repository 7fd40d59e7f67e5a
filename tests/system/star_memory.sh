#!/bin/sh
# A star runs in 16 MiB of memory at each node, the program and its libraries included, with 512 users and 512 phones: the
# first synchronisation, changes, roaming, a restart with all records there. Counted is the most that was resident (VmHWM),
# in which the pages of the store that are mapped are, though the system can take those back.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work memory
. tests/system/node_lib.sh
bound=16384 phones=512
# A program with sanitizers needs several times as much: then it is only run.
[ -z "${SANITIZE:-}" ] || bound=10000000

in_step() { [ "$(node "$1" status --json | json_get nodes_in_step)" = 1 ]; }
users_are() { [ "$(node "$1" status --json | json_get users)" = "$2" ]; }
same() { [ "$(node 1 status --json | json_get fingerprint)" = "$(node 2 status --json | json_get fingerprint)" ]; }
peak() { sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$(node_pid "$1")/status"; }
fits() {
    kb=$(peak "$1")
    echo "node $1: $kb KiB at most"
    grep -E '^(VmRSS|RssAnon|RssFile):' "/proc/$(node_pid "$1")/status"
    [ "$kb" -le $bound ]
}
told() { check "$1" fits "$2"; sed 's/^/        /' "$work/check.out"; }

start_ommsim --sites 2 --users $((2 * phones)) --unbound 0 --key-bits 2048 --restart-delay 100
sim empty 2 >/dev/null # a new site
write_node 1 "[store]" "batch-max = 16" # as on a machine with less than 256 MB
start_node 1
check "the central node has $phones users" wait_for 30 users_are 1 $phones
write_node 2 "[store]" "batch-max = 16"
start_node 2
check "the remote node has them too" wait_for 30 users_are 2 $phones
check "both are in step" wait_for 30 in_step 2
for n in 1 2; do check "node $n with its OMM" node $n wait sites-steady --timeout 30; done
check "and have the same" wait_for 30 same
told "the central node after the first synchronisation" 1
told "the remote node" 2

i=0
sim users 1 --json | sed -n 's/.*"num":"\([^"]*\)".*/\1/p' >"$work/numbers"
for number in $(head -n 60 "$work/numbers"); do
    i=$((i + 1))
    sim edit 1 "$number" "name=Edited $i" >/dev/null
    printf 'pw%s\n' "$number" | node $((i % 2 + 1)) users set "$number" --secret sipPw >/dev/null
done
check "changes at both ends" wait_for 30 same
for number in $(head -n 200 "$work/numbers"); do sim locate "$number" 2 >/dev/null; done
number=$(sed -n 200p "$work/numbers")
check "200 phones walk to the other site" node 1 wait --timeout 30 at "$number" node-2
check "and both have the same" wait_for 30 same
told "the central node then" 1
told "the remote node" 2

stop_node 2
sim edit 1 20001 "name=Meanwhile" >/dev/null
start_node 2
stop_node 1
start_node 1
sed -i "s/^address = .*:[0-9]*$/&/; /^\[central\]/,\$s/^address = .*/address = 127.0.0.1:$(node 1 status --json | json_get port)/" "$work/node2.conf"
stop_node 2
start_node 2
check "both are in step after restarts" wait_for 30 in_step 2
check "and have the same" wait_for 30 same
told "the central node after a restart" 1
told "the remote node" 2
stop_node 2
stop_node 1
echo "$checks checks passed"
