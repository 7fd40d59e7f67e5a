#!/bin/sh
# Line coverage of the libraries that are named, from what the tests of the variant in $B left there: a line for each file and the
# sum of each library; exit 1 when one is below COVERAGE_MIN percent. V=1 names the lines that no test reached.
#   coverage.sh FOLDER…
# A line counts once however many objects hold it (inline functions of headers), and as reached when it is in one of them.
set -eu
: "${B:?}" "${COVERAGE_MIN:=95}"
gcov=${GCOV:-gcov}
command -v "$gcov" >/dev/null 2>&1 || { echo "coverage: $gcov is missing: apt-get install gcc" >&2; exit 1; }

status=0
for folder in "$@"; do
    set -- "$B/$folder"/*.gcda
    [ -e "$1" ] || { echo "coverage: no test left data in $B/$folder: make coverage" >&2; exit 1; }
    for object in "$B/$folder"/*.gcno; do "$gcov" --stdout "$object" 2>/dev/null; done | awk -v folder="$folder" -v min="$COVERAGE_MIN" \
        -v show="${V:-}" '
        # COUNT:LINE:TEXT; line 0 has the name of the file, "-" is no code, "#####" and "=====" were not reached
        $0 !~ /^ *[^ :]+: *[0-9]+:/ { next }
        {
            count = $0; sub(/:.*/, "", count); gsub(/ /, "", count)
            line = $0; sub(/^[^:]*: */, "", line); text = line; sub(/:.*/, "", line); sub(/^[0-9]+:/, "", text)
            if (line == 0) {
                if (text ~ /^Source:/) { file = substr(text, 8); ours = index(file, folder "/") == 1 && file !~ ("^" folder "/.*/") }
                next
            }
            if (!ours || count == "-") next
            if (!((file, line) in reached)) { reached[file, line] = 0; lines[file]++; source[file, line] = text; if (line > last[file]) last[file] = line }
            if (count !~ /^[#=]/ && !reached[file, line]) { reached[file, line] = 1; hit[file]++ }
        }
        END {
            sort = "sort"
            for (file in lines) {
                printf "  %-32s %5d of %5d lines %6.1f %%\n", file, hit[file], lines[file], 100 * hit[file] / lines[file] | sort
                sum += lines[file]; good += hit[file]
            }
            close(sort)
            printf "%-34s %5d of %5d lines %6.2f %%\n", folder, good, sum, sum ? 100 * good / sum : 0
            if (show) for (file in lines) for (i = 1; i <= last[file]; i++)
                if ((file, i) in reached && !reached[file, i]) print file ":" i ":" source[file, i]
            if (!sum || 100 * good / sum < min) { printf "coverage: %s is below %s %%%s\n", folder, min, show ? "" : " (V=1 shows the lines)" > "/dev/stderr"; exit 1 }
        }' || status=1
done
exit $status
