#!/bin/sh
# The manual pages of the control programs: every command and option that a program knows is in its page, and what both
# pages say of the same commands is the same text. It is momctl's page that is written; UPDATE=yes copies it.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work man
momctl_page=docs/man/momctl.1 page=docs/man/ommsyncctl.1
verb=check
[ -z "${UPDATE:-}" ] || verb=write

shared() { # name: what stands in momctl's page, in the words of the other one
    name="shared $1" awk 'BEGIN { begin = ".\\\" " ENVIRON["name"]; end = ".\\\" /" ENVIRON["name"] }
        $0 == end { on = 0 } on { print } $0 == begin { on = 1 }' "$momctl_page" |
        sed 's/momctl/ommsyncctl/g; s/MOMCTL/OMMSYNCCTL/g; s/momd/ommsyncd/g; s/what a hub has/what a node has/'
}
part() { shared "$1" | tools/docpart.sh "$page" "shared $1" "$verb"; }
for name in $(sed -n 's/^\.\\" shared \(.*\)/\1/p' "$momctl_page"); do check "$name is the same" part "$name"; done
check "all parts were seen" [ "$checks" = 6 ]

items() { # page: the heads of lists, without the macros between the words
    sed -n 's/^\.It \(.*\)/ \1 /p' "$1" | sed -E 's/ (Ic|Ar|Fl|Op|Oo|Oc|Cm|Ns) / /g; s/ (Ic|Ar|Fl|Op|Oo|Oc|Cm|Ns) / /g' | tr -s ' '
}
commands() { # "users list" is said to be the same as "users"
    "$B/bin/$1" --help | sed -n '/^Commands:/,/^Options:/s/^  \([a-z-]*\( [a-z]\{2,\}\( \|$\)\)\{0,1\}\).*/\1/p' |
        sed 's/ *$//' | grep -v ' list$'
}
options() { "$B/bin/$1" --help | sed -n 's/^  --\([a-z-]*\) .*/\1/p'; }
for program in momctl ommsyncctl; do
    items "docs/man/$program.1" >"$work/items"
    commands $program >"$work/commands"
    check "$program has commands" [ "$(wc -l <"$work/commands")" -gt 30 ]
    while read -r command; do check "$program $command" grep -qE "(^|,) $command( |\$)" "$work/items"; done <"$work/commands"
    options $program >"$work/options"
    check "$program has options" [ "$(wc -l <"$work/options")" -gt 15 ]
    while read -r option; do check "$program --$option" grep -qE "Fl Fl $option( |\$)" "docs/man/$program.1"; done <"$work/options"
done
echo "$checks checks passed"
