#!/bin/sh
# Compares a model's table with the code's: states, events, guards, actions, rows, and which row is taken for every state
# and event with no guard, each one, each two and all of them holding. The code's side is compiled (rows.c), the model's
# is run by spin (compare.pml), so that a mistake of the generator shows.
#   compare.sh NAME HEADER ROWS FOLDER     FOLDER: where rows.py put what it made
set -eu
name=$1 header=$2 rows=$3 folder=$4
here=$(dirname "$0")
upper=$(echo "$name" | tr '[:lower:]' '[:upper:]')
fail() { echo "compare.sh: $*" >&2; exit 1; }

${CC:-cc} -std=c11 -Iinclude -Ilibmomsync -DNAME="$upper" -DHEADER="\"$header\"" -DROWS="\"$rows\"" \
    -o "$folder/rows" "$here/rows.c" || fail "rows.c does not compile with $header and $rows"
"$folder/rows" >"$folder/code.txt"
cp "$here/compare.pml" "$folder/compare.pml"
(cd "$folder" && spin -T compare.pml) >"$folder/spin.txt" || fail "spin: $(cat "$folder/spin.txt")"
{
    cat "$folder/words.txt"
    grep '^when ' "$folder/spin.txt"
} >"$folder/model.txt"
# Action and next state of each row that was taken, as names.
awk 'FNR == NR { if ($1 == "row") row[$2] = $6 " " $7; else word[$1, $2] = $3; next }
    $1 == "does" && row[$2] != word["action", $3] " " word["state", $4] {
        print "row " $2 " does " word["action", $3] " " word["state", $4] ", the code: " row[$2]; bad = 1 }
    END { exit bad }' "$folder/code.txt" "$folder/spin.txt" >&2 || fail "rows do not do what they do in the code"
if ! diff -u "$folder/code.txt" "$folder/model.txt" >"$folder/compare.diff"; then
    head -n 40 "$folder/compare.diff" >&2
    fail "model and code differ (code: -, model: +)"
fi
echo "$name: the model's table is the code's: $(grep -c '^row' "$folder/code.txt") rows," \
    "$(grep -c '^when' "$folder/code.txt") cases compared"
