#!/bin/sh
# Run fuzz targets, FUZZ_JOBS of them at a time, on copies of their corpora: `make fuzz` has built them in $B/fuzz.
# What they find stays in $B/findings.
set -u
cd "$(dirname "$0")/../.." || exit 1
mkdir -p "$B/findings" || exit 1

one() {
    target=$1 status=0
    work=$(mktemp -d) || exit 1
    cp "tests/fuzz/corpus/${target#fuzz_}"/* "$work"/
    known=$(find "$work" -type f | wc -l)
    dict=
    case $target in fuzz_axi*) dict=-dict=tests/fuzz/axi.dict ;; esac
    "$B/fuzz/$target" ${dict:+"$dict"} -max_total_time="${FUZZ_SECONDS:-60}" -max_len="${FUZZ_LEN:-4096}" -timeout=20 \
        -rss_limit_mb=1500 -print_final_stats=1 -artifact_prefix="$B/findings/$target-" "$work" >"$work.log" 2>&1 || status=1
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")
    coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work.log" | tail -n 1)
    # one write, so that targets side by side do not mix their reports
    report=$(
        printf '%-20s %9s executions  %6s points covered  %4s inputs, %s of them committed\n' \
            "$target" "${runs:--}" "${coverage:--}" "$(find "$work" -type f | wc -l)" "$known"
        if [ $status -ne 0 ]; then
            grep -vE '^#[0-9]+|^INFO:' "$work.log" | tail -n 60
            echo "fuzz: $target has a finding: $(sed -n 's/.*Test unit written to //p' "$work.log")"
        fi
    )
    printf '%s\n' "$report" # one write: targets side by side do not mix their reports
    if [ -n "${FUZZ_KEEP:-}" ]; then mkdir -p "$FUZZ_KEEP/$target" && cp "$work"/* "$FUZZ_KEEP/$target"/; fi
    rm -rf "$work" "$work.log"
    exit $status
}

if [ "$1" = --one ]; then one "$2"; fi
for target in "$@"; do
    [ -x "$B/fuzz/fuzz_${target#fuzz_}" ] || { echo "fuzz: there is no target $target" >&2; exit 1; }
done
for target in "$@"; do echo "fuzz_${target#fuzz_}"; done | xargs -n 1 -P "${FUZZ_JOBS:-1}" "$0" --one
