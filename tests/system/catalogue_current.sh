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

# What cannot be right is refused with its place, and then nothing is written.
refused() { # line to append to users.axi, what is said
    copy
    printf '%b\n' "$1" >>"$work/tree/libaxi/catalogue/users.axi"
    ! python3 "$work/tree/tools/axigen.py" >"$work/said" 2>&1 && grep -q "$2" "$work/said"
}
check "a message that is there twice" refused 'request GetPPUser' 'users.axi:[0-9]*: GetPPUser is there already'
check "a base that is not there" refused 'event EventX : Nothing' 'users.axi:[0-9]*: there is no type Nothing'
check "types that are made of each other" refused 'type Xa : Xb\ntype Xb : Xa' 'is made of itself'
check "an attribute that is there twice" refused 'type X : ReqType\n    seq  int' 'X has the attribute seq twice'
check "a form that is none" refused 'type X\n    a  colour' 'there is no form or enumeration colour'
check "pages of what is no record of the answer" refused 'request GetX : GetRecordType  pages id x 0' 'cannot page over x by id'
check "a permission that is none" refused 'request X  needs Everything' 'users.axi:[0-9]*: needs one of'
check "an event type that brings no event" refused 'eventtype X\n    @ brings Open' 'Open is no event'
