#!/bin/sh
# The outcome of the star's demo does not depend on which ommsyncd is killed when: it is run without kills, and then with
# some, of nodes and OMMs, at moments and in calls that a seed chooses (tools/demo_star.sh). Each time all its checks must
# hold, and all records of all nodes and OMMs, who is registered where, and the lists of conflicts must be the same in the
# end; numbers and times apart, which no two runs have in common.
#
#   ROUNDS=1 KILLS=12 USERS=40   how much; SEED=1 is the seed of the first round, the others follow
#   KEEP=yes                     leave logs and stores of what fails there
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work star-kill

rounds=${ROUNDS:-1} seed=${SEED:-1}
demo() { # kills seed state
    USERS=${USERS:-40} KILLS=$1 SEED=$2 STATE=$3 tools/demo_star.sh >"$work/demo.out" 2>&1 ||
        { grep "^FAILED" "$work/demo.out"; tail -n 200 "$work/demo.out"; echo "SEED=$2 KILLS=$1 repeats it"; return 1; }
}
# Beside the four that the killer ends with.
deaths_are() { # at least
    sed -n 's/.*killed \([0-9]*\) times so far, \([0-9]*\) of them in a call.*/\1 \2/p' "$work/demo.out" |
        { read -r all in_calls && [ $((all - 4)) -ge "$1" ] && [ "$in_calls" -gt 0 ]; }
}

export B
check "without kills" demo 0 0 "$work/without"
[ -s "$work/without" ]
i=0
while [ $i -lt "$rounds" ]; do
    check "with kills, SEED=$seed" demo "${KILLS:-12}" "$seed" "$work/with"
    grep 'killed [0-9]* times' "$work/demo.out"
    check "nodes died, some of them in a call" deaths_are "$((${KILLS:-12} / 2))"
    check "the same outcome" diff "$work/without" "$work/with"
    seed=$((seed + 1)) i=$((i + 1))
done
echo "$checks checks passed"
