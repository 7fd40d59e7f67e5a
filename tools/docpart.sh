#!/bin/sh
# A part of a page that a program makes: what stands between <!-- NAME --> and <!-- /NAME -->, in a manual page between
# .\" NAME and .\" /NAME.
#   docpart.sh PAGE NAME check|write     the part as it should be comes on standard input
set -eu
page=$1 name=$2
part=$(mktemp) now=$(mktemp)
trap 'rm -f "$part" "$now"' EXIT
cat >"$part"
[ -s "$part" ] || { echo "$name: nothing was made" >&2; exit 1; }
case $page in
*.[1-8]) begin=".\\\" $name" end=".\\\" /$name" ;;
*) begin="<!-- $name -->" end="<!-- /$name -->" ;;
esac
for mark in "$begin" "$end"; do
    grep -qxF -- "$mark" "$page" || { echo "$page has no line $mark" >&2; exit 1; }
done
begin=$begin end=$end part=$part awk ' # not by -v: that would read backslashes
    BEGIN { begin = ENVIRON["begin"]; end = ENVIRON["end"]; part = ENVIRON["part"] }
    $0 == end { on = 0 }
    !on { print }
    $0 == begin { on = 1; while ((getline line < part) > 0) print line }' "$page" >"$now"
case $3 in
write) cat "$now" >"$page" ;;
check) cmp -s "$now" "$page" || { echo "$page: $name is not what is made now" >&2; diff "$page" "$now" >&2 || true; exit 1; } ;;
*) exit 2 ;;
esac
