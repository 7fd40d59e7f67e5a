#!/bin/sh
# Run test programs and scripts one after the other, each with a time limit, and sum up.
# The output of a program is shown when it fails (V=1: always). RUNNER is put before programs, for an emulator or a checker
# of memory; scripts run as they are.
set -u
passed=0 failed=0 cases=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
for test in "$@"; do
    name=${test#"${B:-build}"/}
    start=$(date +%s)
    case $test in *.sh) runner='' ;; *) runner=${RUNNER:-} ;; esac
    # shellcheck disable=SC2086
    if timeout "${TEST_TIMEOUT:-300}" $runner "$test" >"$log" 2>&1 </dev/null; then
        passed=$((passed + 1)) word=ok
    else
        status=$?
        failed=$((failed + 1)) word="FAILED ($status)"
    fi
    n=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | tail -n 1)
    cases=$((cases + ${n:-0}))
    printf '%-50s %4s tests %4ss  %s\n' "$name" "${n:--}" "$(($(date +%s) - start))" "$word"
    if [ "$word" != ok ] || [ -n "${V:-}" ]; then cat "$log"; fi
done
echo "$cases unit tests in $((passed + failed)) programs"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
