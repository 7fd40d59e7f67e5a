#!/bin/sh
# A copy of the store is made while the hub works, and when it is put back the hub notices and gives no id a second time.
# An older copy of the files is noticed too.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work backup

id_of() { momctl users show "$1" --json | sed -n 's/.*"id":"\([0-9]*\)".*/\1/p'; }
restored() { momctl status --json | grep -q "\"restored\":$1"; }
knows() { momctl users show "$1" >/dev/null 2>&1; }
exits() { # code command…
    wanted=$1 code=0
    shift
    "$@" >/dev/null 2>&1 || code=$?
    [ "$code" = "$wanted" ]
}
put_back() { # folder
    stop_momd
    rm -rf "$work/data/store"
    cp -r "$1" "$work/data/store"
    start_momd "$work/momd.conf"
}

write_config "$work/momd.conf"
start_momd "$work/momd.conf"
check "a user" momctl users add num=4711 name=Before
check "a copy" momctl backup "$work/copy"
check "not a second time" exits 1 momctl backup "$work/copy"
check "not where nothing is" exits 1 momctl backup "$work/none/copy"
check "not with half a path" exits 2 momctl backup copy
check "the hub goes on" momctl users add num=4712
last=$(id_of 4712)
check "its store is no restored one" restored false
check "nothing to accept" exits 1 momctl restored accept
stop_momd
cp -r "$work/data/store" "$work/files"
start_momd "$work/momd.conf"
check "nor after a start" restored false

put_back "$work/copy"
check "a copy that is put back is noticed" restored true
check "and logged" grep -q "the store is a copy" "$work/momd.log"
check "what was in it is there" knows 4711
check "what came later is not" exits 1 knows 4712
check "a new user" momctl users add num=4713
check "does not get an id again" [ "$(id_of 4713)" -gt "$last" ]
check "it is accepted" momctl restored accept
check "then it is not told any more" restored false

put_back "$work/files"
check "older files are noticed as well" restored true
check "and logged" grep -q "an older state was restored" "$work/momd.log"
check "what was in them is there" knows 4712
stop_momd
echo "$checks checks passed"
