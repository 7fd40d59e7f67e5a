#!/bin/sh
# What a machine can hold: formatting, clang's warnings as errors, clang-tidy, house rules, shell scripts, manual pages.
# FILES="a.c b.c" looks at these alone.
set -u
cd "$(dirname "$0")/.." || exit 1
status=0
fail() { echo "lint: $*" >&2; status=1; }
need() { command -v "$1" >/dev/null 2>&1; }
: "${FILES:=$(git ls-files '*.c' '*.h')}"

if need clang-format; then
    # shellcheck disable=SC2086
    clang-format --dry-run --Werror $FILES || fail "formatting differs: make format"
else fail "clang-format is missing: apt-get install clang-format"; fi

for file in $FILES; do
    case $file in */samples/*) continue ;; esac
    lines=$(wc -l <"$file")
    case $file in include/axi/catalogue_ids.h) ;; *) [ "$lines" -le 900 ] || fail "$file has $lines lines: is it one idea?" ;; esac
    head -n 1 "$file" | grep -q '^/\*' || fail "$file does not begin with a comment that says what it is for"
done
# shellcheck disable=SC2086
{
    grep -nE '\b(strcpy|strcat|sprintf|vsprintf|strtok|gets|alloca)\(' $FILES && fail "functions that cannot be used safely"
    grep -nE '\b(TODO|FIXME|XXX)\b' $FILES && fail "unfinished work"
    LC_ALL=C awk '{ line = $0; gsub(/[\200-\277]/, "", line) } # characters, not bytes
        length(line) > 120 { print FILENAME ":" FNR ": longer than 120 columns"; bad = 1 } END { exit bad }' $FILES || fail "long lines"
}

if need ctags; then
    # shellcheck disable=SC2086
    long=$(ctags --kinds-C=f --fields=+ne -f - $FILES 2>/dev/null | awk -F'\t' '{ s = 0; e = 0
        for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) s = substr($i, 6); if ($i ~ /^end:/) e = substr($i, 5) }
        if (e - s > 70) print $2 ": " $1 " has " e - s " lines" }')
    [ -z "$long" ] || { echo "$long" >&2; fail "functions over 70 lines"; }
fi

if need clang-tidy; then
    for f in $FILES; do case $f in *.c) echo "$f" ;; esac; done | xargs -P "$(nproc)" -n 4 tools/tidy.sh || fail "clang-tidy"
else fail "clang-tidy is missing: apt-get install clang-tidy"; fi

# Public headers alone, in C99 and C++.
for header in $(git ls-files 'include/*.h'); do
    case $header in *_rows.h) continue ;; esac
    gcc -std=c99 -Wall -Wextra -Werror -pedantic -Iinclude -fsyntax-only -x c "$header" || fail "$header alone in C99"
    need g++ && { g++ -Iinclude -fsyntax-only -x c++ "$header" || fail "$header alone in C++"; }
done

for page in docs/man/*.[1-8]; do
    [ -e "$page" ] || continue
    if need mandoc; then mandoc -T lint -W warning "$page" || fail "$page"; fi
done
for script in $(git ls-files '*.sh' .ci/run); do sh -n "$script" 2>/dev/null || bash -n "$script" || fail "$script"; done
[ $status -eq 0 ] && echo "lint: clean"
exit $status
