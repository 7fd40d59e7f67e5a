#!/bin/sh
# Export and import by momctl: what a file has and has not, what inspecting, filling and rolling back do here and at the site, what
# asks for a yes, and that a wrong file or passphrase changes nothing.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work transfer

exits() { # status momctl-arguments…
    expected=$1 status=0
    shift
    momctl "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}
prints() { grep -qF -- "$1" "$work/out"; }
says() { grep -qF -- "$1" "$work/err"; }
counts() { # name number: in the rows that were printed
    grep '"what":"counts"' "$work/out" | grep -q "\"$1\":$2[,}]" || { cat "$work/out"; return 1; }
}
user_is() { [ "$(momctl users show "$1" --json | json_get "$2")" = "$3" ]; }
knows() { momctl users show "$1" >/dev/null 2>&1; }
knows_not() { ! knows "$1"; }
at_site() { sim users 1 --json | grep "\"num\":\"$1\"" | grep -q "$2"; }
has() { grep -qF -- "$1" "$2"; }
has_not() { ! grep -qF -- "$1" "$2"; }
log_says() { grep -qF -- "$1" "$work/momd.log"; }

start_ommsim --sites 1 --users 30 --unbound 0 --restart-delay 100
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
add_site one "$(site_port 1)" >/dev/null
check "a site" exits 0 wait --timeout 20 sites-steady
a=20001 b=20002
printf 'hush-hush\n' | momctl users set "$a" --secret sipPw >/dev/null
check "steady" exits 0 wait --timeout 20 sites-steady
printf 'correct horse\n' >"$work/phrase"
printf 'battery staple\n' >"$work/wrong"
printf 'short\n' >"$work/short"

# --- what is in a file
check "export" exits 0 export "$work/plain"
check "for nobody else" [ "$(stat -c %a "$work/plain")" = 600 ]
check "with all users" [ "$(grep -c '^user ' "$work/plain")" = 30 ]
check "and its end" sh -c "tail -n 1 '$work/plain' | grep -q '^end '"
check "without secrets" has_not sipPw "$work/plain"
check "not twice" exits 1 export "$work/plain"
check "nor where nothing is" exits 1 export "$work/none/file"
check "with secrets" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' export '$work/sealed' --secrets <'$work/phrase'"
check "they are sealed" has "sipPw=*01" "$work/sealed"
check "not in clear" has_not hush-hush "$work/sealed"
check "a passphrase that is too short" exits 2 export "$work/weak" --passphrase-file "$work/short"
check "leaves no file" [ ! -e "$work/weak" ]

# --- inspecting
check "import does what is said" exits 2 import "$work/plain"
check "one thing only" exits 2 import "$work/plain" --inspect --roll-back
check "a file that is not there" exits 1 import "$work/none" --inspect
check "nothing differs" exits 0 import "$work/sealed" --inspect --json --passphrase-file "$work/phrase"
check "all are the same" counts same 60
check "none would be changed" counts changed 0
check "without the passphrase too" exits 0 import "$work/sealed" --inspect --json
check "all are the same" counts same 60
momctl users set "$a" name="Other" >/dev/null
momctl users delete "$b" >/dev/null
momctl users add num=7777 name=New >/dev/null
check "three differ" exits 0 import "$work/sealed" --inspect --json
check "a name" prints '"kind":"change","type":"user"'
check "as it is here" prints 'name=Other'
check "one that was deleted" counts revived 1
check "one that is new" counts deleted 1
check "no secret is shown" has_not hush "$work/out"
check "for people" exits 0 import "$work/sealed" --inspect
check "a table" prints "WOULD"
check "and counts" prints "revived"
check "nothing was done" user_is "$a" name Other

# --- filling and rolling back
check "filling gaps" exits 0 import "$work/plain" --fill-gaps --json
check "overwrites nothing" user_is "$a" name Other
check "revives nobody" knows_not "$b"
check "deletes nobody" knows 7777
check "rolling back a little" exits 0 import "$work/sealed" --roll-back --json --passphrase-file "$work/phrase"
check "the name is the former one" sh -c "! '$B/bin/momctl' --socket '$work/momd.sock' users show $a --json | grep -q Other"
check "the deleted one is back" knows "$b"
check "the new one is gone" knows_not 7777
check "at the site too" wait_for 10 at_site "$b" '"num"'
check "the secret is there" user_is "$a" sipPw "***"
check "it is logged" log_says "import: rolled back"
check "steady" exits 0 wait --timeout 20 sites-steady
for i in $(seq 20010 20029); do echo "$i"; done | xargs "$B/bin/momctl" --socket "$work/momd.sock" users delete >/dev/null
for i in $(seq 6001 6030); do momctl users add num="$i" >/dev/null; done
check "rolling back much asks" exits 1 import "$work/sealed" --roll-back
check "with the counts" says "delete 30 and revive 20 of 70 records"
check "for a yes" says "--yes"
check "nothing was done" knows 6001
check "with it" exits 0 import "$work/plain" --roll-back --yes
check "it is done" knows 20015
check "all of it" knows_not 6001
check "all is as in the file" exits 0 import "$work/sealed" --inspect --json
check "every record" counts same 60

# --- wrong files
check "a wrong passphrase" exits 1 import "$work/sealed" --roll-back --passphrase-file "$work/wrong"
check "is told with its line" says "is it another key?"
sed 's/\(=\*01[0-9a-f]\{32\}\)000927c0/\1ffffffff/' "$work/sealed" >"$work/slow"
check "a key that would take for ever to make" exits 1 import "$work/slow" --inspect --passphrase-file "$work/phrase"
check "is none" says "is it another key?"
awk 'index($0, "=*01") && ++n == 2 { if (!sub(/=\*01f/, "=*010")) sub(/=\*01./, "=*01f") } { print }' "$work/sealed" >"$work/salts"
check "two salts in one file" exits 1 import "$work/salts" --inspect --passphrase-file "$work/phrase"
check "are told" says "is it another key?"
head -n 20 "$work/sealed" >"$work/cut"
check "a file that was cut" exits 1 import "$work/cut" --roll-back --yes
check "is told" says "line "
head -c 3000 /dev/urandom >"$work/noise"
check "noise" exits 1 import "$work/noise" --inspect
sed 's/sari=[0-9A-F]*/sari=1F10299990/' "$work/plain" >"$work/foreign"
check "a file of another system" exits 1 import "$work/foreign" --fill-gaps
check "is told" says "another SARI"
check "nothing was done" exits 0 import "$work/sealed" --inspect --json
check "to any record" counts same 60

# --- a hub that lost its store
stop_momd
mkdir "$work/kept"
mv "$work/data/node.key" "$work/kept/"
rm -rf "$work/data"
mkdir -m 700 "$work/data"
mv "$work/kept/node.key" "$work/data/"
start_momd "$work/momd.conf"
check "knows nobody" knows_not "$a"
check "it gets all from the file" exits 0 import "$work/sealed" --fill-gaps --json --passphrase-file "$work/phrase"
check "sixty records" counts created 60
check "its site too, which connects by itself" exits 0 wait --timeout 20 sites-steady one
check "no user came twice" [ "$(momctl status --json | json_get users)" = 30 ]
check "nor was parked" [ "$(momctl status --json | json_get parked)" = 0 ]
check "the secret" user_is "$a" sipPw "***"
stop_momd
check "no secret is in the log" sh -c "! grep -qE 'hush-hush|correct horse|battery' '$work/momd.log'"
check "no file is left in the data folder" sh -c "! ls '$work/data' | grep -q export"
stop_ommsim
echo "$checks checks passed"
