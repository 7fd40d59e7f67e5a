#!/bin/sh
# The committed ids, tables and pages are what tools/axigen.py makes of libaxi/catalogue: nobody changed one and forgot
# the other.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work catalogue_current

check "ids, tables and pages are those of the catalogue" python3 tools/axigen.py --check
copy() { # the generator and its input alone
    mkdir -p "$work/tree/tools" "$work/tree/libaxi"
    cp tools/axigen.py tools/axigen_pages.py "$work/tree/tools/"
    cp -r libaxi/catalogue "$work/tree/libaxi/"
}
stale() { ! python3 "$work/tree/tools/axigen.py" --check 2>"$work/said" && grep -q "$1" "$work/said"; }
copy
check "files that are missing are stale" stale catalogue_ids.h
check "it writes them" python3 "$work/tree/tools/axigen.py"
check "and then they are current" python3 "$work/tree/tools/axigen.py" --check
check "they are the committed ones" cmp include/axi/catalogue_ids.h "$work/tree/include/axi/catalogue_ids.h"
echo '/* changed by hand */' >>"$work/tree/libaxi/catalogue_tables.inc"
check "a file that was changed by hand is stale" stale catalogue_tables.inc
printf 'request GetPPUser\n' >>"$work/tree/libaxi/catalogue/users.axi"
check "a message that is there twice is a mistake with its line" stale 'users.axi:[0-9]*: GetPPUser is there already'
