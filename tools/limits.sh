#!/bin/sh
# The table of bounds in docs/embedding.md, made from include/momsync/limits.h.
#   limits.sh print | check | write
set -eu
cd "$(dirname "$0")/.."
table() {
    echo '| bound | as it is | unit | what it bounds | at the bound |'
    echo '| --- | --- | --- | --- | --- |'
    awk '
        /^\/\* --- / { text = ""; next }
        /^\/\* .* \| / { text = ""; on = 1 }
        on { line = $0; sub(/^(\/\*| \*) */, "", line); on = line !~ /\*\/$/; sub(/ *\*\/$/, "", line); text = text (text == "" ? "" : " ") line; next }
        /^#ifndef/ { open = $2; next }
        /^#define/ && text != "" {
            name = $2
            value = $0; sub(/^#define +[A-Z_]+ +/, "", value)
            if (split(text, part, " [|] ") != 3) { print name ": its line has not three parts" >"/dev/stderr"; exit 1 }
            print "| `" name "` | " (value ~ /^[0-9]+$/ ? value : "`" value "`") (open == name ? "" : ", fixed") " | " part[1] " | " part[2] " | " part[3] " |"
            text = ""
        }' include/momsync/limits.h
}
case $1 in
print) table ;;
write) table | tools/docpart.sh docs/embedding.md limits write ;;
check) table | tools/docpart.sh docs/embedding.md limits check ;;
*) exit 2 ;;
esac
