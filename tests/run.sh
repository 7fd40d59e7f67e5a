#!/bin/sh
# Run test programs and scripts, each with a time limit, and sum up. TEST_JOBS of them (as many as processors) run at a time:
# most wait for timers and for each other's answers. The output of a program is shown when it fails (V=1: always). RUNNER is
# put before programs, for an emulator or a checker of memory; scripts run as they are.
set -u

run_one() { # TEST: its line, and what else is to be shown
    name=${1#"${B:-build}"/}
    log=$results/$(echo "$name" | tr / _)
    start=$(date +%s)
    case $1 in *.sh) runner='' ;; *) runner=${RUNNER:-} ;; esac
    # shellcheck disable=SC2086
    if timeout -k 30 "${TEST_TIMEOUT:-300}" $runner "$1" >"$log.out" 2>&1 </dev/null; then
        word=ok
    else
        word="FAILED ($?)"
    fi
    n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log.out" | tail -n 1)
    {
        printf '%-50s %4s tests %4ss  %s\n' "$name" "${n:--}" "$(($(date +%s) - start))" "$word"
        if [ "$word" != ok ] || [ -n "${V:-}" ]; then cat "$log.out"; fi
    } >"$log.told"
    echo "${n:-0} $word" >"$log.result"
    flock "$results" cat "$log.told" # one piece
    rm -f "$log.out" "$log.told"
}

if [ "$1" = --one ]; then
    results=$2
    run_one "$3"
    exit 0
fi
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
printf '%s\n' "$@" | xargs -P "${TEST_JOBS:-$(nproc)}" -n 1 "$0" --one "$results"
cat "$results"/*.result | awk -v asked=$# '
    { cases += $1; if ($2 == "ok") passed++; else failed++ }
    END {
        printf "%d unit tests in %d programs\n%d passed, %d failed\n", cases, passed + failed, passed, failed
        if (passed + failed != asked) print asked - passed - failed " did not end"
        exit passed != asked || asked == 0
    }'
