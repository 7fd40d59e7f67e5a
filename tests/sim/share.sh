#!/bin/sh
# A share of `make sim` for `make test`: systems that failed once, some others, and that a seed is one course of events.
set -eu
# shellcheck disable=SC2086
: "${B:=build/gcc}"
sim="${RUNNER:-} $B/bin/momsim"
for shape in hub star vendors; do
    first=$($sim --shape $shape --seed 7 --rows docs/handoff.md | grep 'trace hash')
    second=$($sim --shape $shape --seed 7 --rows docs/handoff.md --trace | grep 'trace hash')
    [ "$first" = "$second" ] || { echo "$shape 7 is not one course of events: $first, $second"; exit 1; }
done
if [ -n "${RUNNER:-}" ]; then # another processor, emulated
    $sim --seeds 1-6 --jobs 2 --rows docs/handoff.md
else
    $sim --file tests/sim/seeds --jobs 2 --rows docs/handoff.md
    $sim --seeds 1-10 --jobs 2 --rows docs/handoff.md
    $sim --shape vendors --seeds 1-10 --jobs 2
    $sim --seed 1 --sites 20 --rows docs/handoff.md
    $sim --words 2 --jobs 2 --rows docs/handoff.md
fi
if $sim --seeds 2-1 2>/dev/null || $sim --days 0 2>/dev/null || $sim --sites 1 2>/dev/null; then echo "wrong options are taken"; exit 1; fi
# With UPDATE=1 the page is written.
$sim --picture | tools/docpart.sh docs/simulation.md "the simulator" "$([ -n "${UPDATE:-}" ] && echo write || echo check)"
