#!/bin/sh
# Run fuzz targets, one after the other, on copies of their corpora: `make fuzz` has built them in $B/fuzz.
# What they find stays in $B/findings.
set -u
cd "$(dirname "$0")/../.." || exit 1
seconds=${FUZZ_SECONDS:-60} status=0
mkdir -p "$B/findings" || exit 1
for target in "$@"; do
    target=fuzz_${target#fuzz_}
    [ -x "$B/fuzz/$target" ] || { echo "fuzz: there is no target $target" >&2; exit 1; }
    work=$(mktemp -d) || exit 1
    cp "tests/fuzz/corpus/${target#fuzz_}"/* "$work"/
    known=$(find "$work" -type f | wc -l)
    "$B/fuzz/$target" -max_total_time="$seconds" -max_len="${FUZZ_LEN:-4096}" -timeout=20 -rss_limit_mb=1500 \
        -print_final_stats=1 -artifact_prefix="$B/findings/$target-" "$work" >"$work.log" 2>&1
    rc=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log")
    coverage=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$work.log" | tail -n 1)
    printf '%-18s %9s executions  %6s points covered  %4s inputs, %s of them committed\n' \
        "$target" "${runs:--}" "${coverage:--}" "$(find "$work" -type f | wc -l)" "$known"
    if [ $rc -ne 0 ]; then
        status=1
        grep -vE '^#[0-9]+|^INFO:' "$work.log" | tail -n 60
        echo "fuzz: $target has a finding: $(sed -n 's/.*Test unit written to //p' "$work.log")"
    fi
    if [ -n "${FUZZ_KEEP:-}" ]; then mkdir -p "$FUZZ_KEEP/$target" && cp "$work"/* "$FUZZ_KEEP/$target"/; fi
    rm -rf "$work" "$work.log"
done
exit $status
