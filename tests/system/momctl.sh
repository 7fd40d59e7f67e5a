#!/bin/sh
# Every command of momctl on a running hub: what it does, what it prints for people and for programs, its exit codes, and that no
# secret gets where others can read it.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work momctl

exits() { # status momctl-arguments…
    expected=$1 status=0
    shift
    momctl "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}
prints() { grep -qF -- "$1" "$work/out"; }
says() { grep -qF -- "$1" "$work/err"; }
rows_are_json() { [ -s "$work/out" ] && ! grep -qv '^{.*}$' "$work/out"; }
lines_are() { [ "$(wc -l <"$work/out")" = "$1" ]; }
site_is() { [ "$(momctl sites show "$1" --json | json_get "$2")" = "$3" ]; }
user_is_not() { ! user_is "$@"; }
user_is() { [ "$(momctl users show "$1" --json | json_get "$2")" = "$3" ]; }
at_site() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -q "$3"; }

# --- the command line
check "no command" exits 2
check "an unknown command" exits 2 sits
check "with the nearest" says "sites"
check "an unknown option" exits 2 status --nonsense
check "an option of another command" exits 2 status --parked
check "another word than its second" exits 2 sites lst
check "with the nearest of these" says '"sites list"'
check "arguments that are missing" exits 2 sites add one
check "are named" says "sites add takes NAME ADDRESS[:PORT]"
check "none of several" exits 2 sites remove
check "one too many" exits 2 bind 1 2 3
check "waiting for nothing" exits 2 wait
check "help" exits 0 --help
check "tells the exit codes" prints "5 partly done"
check "nobody listens" exits 3 status
check "says where" says "momd.sock"
check "the arguments are good" exits 3 users set 1
check "these too" exits 3 wait at 1 one
check "no list without an answer" exits 3 sites
check "not even a header" [ ! -s "$work/out" ]

# --- an empty hub
start_ommsim --sites 2 --users 60 --unbound 20 --restart-delay 100
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
check "too many arguments" exits 2 status now
check "status" exits 0 status
check "has the version" prints "version"
check "status as JSON" exits 0 status --json
check "one row" rows_are_json
check "no site is steady at once" exits 0 wait --timeout 5 sites-steady

# --- sites
check "a site needs a password" exits 2 sites add one "127.0.0.1:$(site_port 1)"
check "a bad name" exits 2 sites add "a/b" 127.0.0.1 --password-file "$work/omm.password"
check "a name with a control" exits 2 sites add "$(printf 'a\302\233b')" 127.0.0.1 --password-file "$work/omm.password"
check "a bad address" exits 2 sites add one "127.0.0.1:99999" --password-file "$work/omm.password"
check "a bad check" exits 2 sites add one 127.0.0.1 --check maybe --password-file "$work/omm.password"
check "ca without authorities" exits 2 sites add one 127.0.0.1 --check ca --password-file "$work/omm.password"
check "a password file that is not there" exits 2 sites add one 127.0.0.1 --password-file "$work/none"
check "add a site, disabled" exits 0 sites add one "127.0.0.1:$(site_port 1)" --password-file "$work/omm.password" --disabled
check "it does not connect" site_is one state disabled
check "the same name again" exits 1 sites add one 127.0.0.1 --password-file "$work/omm.password"
check "enable it" exits 0 sites enable one
check "it comes up" exits 0 wait --timeout 20 sites-steady one
sh -c "printf 'omm\n' | '$B/bin/momctl' --socket '$work/momd.sock' sites add two '127.0.0.1:$(site_port 2)' --password-stdin --check none"
check "a password from standard input" exits 0 wait --timeout 20 sites-steady
check "sites for people" exits 0 sites
check "a header and two lines" lines_are 3
check "the state" prints "steady"
check "sites as JSON" exits 0 sites --json
check "two rows" lines_are 2
check "all JSON" rows_are_json
check "the certificate was learnt" sh -c "[ $(momctl sites show one --json | json_get fingerprint | wc -c) = 65 ]"
check "but not with --check none" site_is two fingerprint ""
check "partly done" exits 5 sites disable two nowhere
check "says who not" says "nowhere"
check "nothing done" exits 1 sites disable nowhere
check "disabled" wait_for 20 site_is two state disabled
check "enabled again" exits 0 sites enable two
check "an unknown site" exits 1 sites show nowhere
check "waiting for an unknown site" exits 1 wait --timeout 0 sites-steady nowhere
check "waiting for nonsense" exits 2 wait rain
check "steady" exits 0 wait --timeout 20 sites-steady
check "another password" sh -c "printf 'wrong-horse\n' | '$B/bin/momctl' --socket '$work/momd.sock' sites set two --password-stdin"
check "is tried at once" wait_for 10 site_is two state "auth failed"
check "and the right one" sh -c "printf 'omm\n' | '$B/bin/momctl' --socket '$work/momd.sock' sites set two --password-stdin"
check "steady again" exits 0 wait --timeout 20 sites-steady

# --- lists
check "users" exits 0 users --json
check "all sixty" lines_are 60
check "all JSON" rows_are_json
check "those of a site" exits 0 users list --site one --json
check "thirty" lines_are 30
check "of no site" exits 1 users --site nowhere
number=$(momctl users --site one --json | grep '"device"' | sed -n '1s/.*"num":"\([^"]*\)".*/\1/p')
ipei=$(momctl users show "$number" --json | sed -n 's/.*"device":"\([^"]*\)".*/\1/p')
check "search" exits 0 users --search "$number" --json
check "finds one" lines_are 1
check "none is parked" exits 0 users --parked --json
check "indeed" lines_are 0
check "devices" exits 0 devices
check "the phone is there" prints "$ipei"
check "one phone" exits 0 devices show "$ipei"
check "no conflict" exits 0 conflicts --json
check "indeed" lines_are 0
check "where by number" exits 0 where "$number"
check "at site one" prints "one"
check "where by IPEI" exits 0 where "$ipei" --json
check "the number" prints "\"num\":\"$number\""
check "where of nobody" exits 1 where 1234567

# --- changes
new_ipei='57005 0782068 7'
check "an unknown field" exits 2 users set "$number" shoe=42
check "a field of the OMM" exits 1 users set "$number" lang=German
check "no field" exits 2 users set "$number"
check "nobody" exits 1 users set 999999 name=x
check "a secret as an argument" exits 2 users set "$number" sipPw=hush
check "hints at the option" says "--secret sipPw"
check "change two fields" exits 0 users set "$number" name="A = B" hierarchy1="x"
check "it is so" user_is "$number" name "A = B"
check "a value with a line end" exits 2 users set "$number" hierarchy2="$(printf 'a\nb')"
check "or with a C1 control" exits 2 users set "$number" hierarchy2="$(printf 'a\302\233b')"
check "is said" says "hierarchy2: a control character"
check "at the site too" wait_for 10 at_site 1 "$number" '"name":"A = B"'
check "a secret from standard input" sh -c "printf 'hush-hush\n' | '$B/bin/momctl' --socket '$work/momd.sock' users set $number --secret sipPw"
check "is shown as ***" user_is "$number" sipPw "***"
check "no secret field" sh -c "! printf 'x\n' | '$B/bin/momctl' --socket '$work/momd.sock' users set $number --secret name"
check "what it was" exits 0 history "$number" --json
check "with the change" prints "name=A = B"
check "by an administrator" prints '"reason":"admin"'
check "no secret in it" sh -c "! grep -q hush '$work/out'"
first=$(sed -n 's/.*"at":"\([^"]*\)".*"reason":"import".*/\1/p' "$work/out" | sed -n 1p)
check "as it came" exits 0 history at "$number" "$first"
check "not a time" exits 2 history at "$number" yesterday
check "before it was there" exits 1 history at "$number" 2001-01-01T00:00:00Z
check "is said" says "was not there"
check "put back" exits 0 restore "$number" "$first"
check "it is so" user_is_not "$number" name "A = B"
check "the change again" exits 0 users set "$number" name="A = B"
check "no such conflict" exits 1 undo 77
check "no number" exits 2 undo x
check "history of nobody" exits 1 history 999999
check "clear a field" exits 0 users set "$number" hierarchy1=
check "it is empty" user_is "$number" hierarchy1 ""
check "a new user" exits 0 users add num=5550 name=New
check "the number is taken" exits 1 users add num=5550 name=Again
check "is said" says "in use"
check "a new phone" exits 0 devices add ipei="$new_ipei"
check "its IPEI is taken" exits 1 devices add ipei="$new_ipei"
check "a bad IPEI" exits 1 devices add ipei=12345
check "bind" exits 0 bind 5550 "$new_ipei"
check "they are bound" user_is 5550 device "$new_ipei"
check "a phone that another has" exits 0 bind 5550 "$ipei"
check "leaves him" user_is "$number" relType Unbound
check "bind for good" exits 0 bind "$number" "$ipei" --fixed
check "and it is" user_is "$number" relType Fixed
check "the other has none" user_is 5550 relType Unbound
check "bind again" exits 0 bind 5550 "$new_ipei"
check "unbind" exits 0 unbind 5550
check "they are not" user_is 5550 relType Unbound
check "the sites have it" exits 0 wait --timeout 10 sites-steady
check "delete a phone" exits 0 devices delete "$new_ipei"
check "delete users, one of them unknown" exits 5 users delete 5550 5551
check "gone" exits 1 users show 5550

# --- watch
"$B/bin/momctl" --socket "$work/momd.sock" watch --count 1 >"$work/watched" &
watch_pid=$!
"$B/bin/momctl" --socket "$work/momd.sock" watch --json >"$work/watched.json" &
json_pid=$!
wait_for 20 grep -q watching "$work/watched.json"
edited() { momctl users set "$number" hierarchy2="mark $(date +%N)" >/dev/null && [ -s "$work/watched" ]; }
check "one change is seen" wait_for 20 edited
wait "$watch_pid"
check "and the watching ends by itself" grep -q "changed" "$work/watched"
momctl sites disable two
check "a site's state is seen" wait_for 20 grep -q '"what":"site","site":"two","state":"disabled"' "$work/watched.json"
momctl sites enable two
kill "$json_pid"
wait "$json_pid" 2>/dev/null || true

# --- roaming
sim locate "$number" 2 >/dev/null
check "wait for a phone" exits 0 wait --timeout 10 at "$number" two
check "not at another site" exits 1 wait --timeout 0 at "$number" one
check "says where it is" says "two"

# --- what comes back after a restart, and what does not
stop_momd
mv "$work/data/node.key" "$work/kept.key"
start_momd "$work/momd.conf"
check "without the node's key the password is not known" wait_for 10 site_is one state disabled
check "and the log says what to do" grep -q "enter it anew" "$work/momd.log"
stop_momd
mv "$work/kept.key" "$work/data/node.key"
start_momd "$work/momd.conf"
check "with it all is as before" exits 0 wait --timeout 20 sites-steady
check "remove a site" exits 0 sites remove two
check "its users stay" exits 0 users --json
check "all sixty" lines_are 60

# --- without TLS, and a standby
stop_ommsim
start_ommsim --sites 1 --users 10 --plain --park 1F10290000 --restart-delay 100
add_site three "$(site_port 1)" --plain
check "a site without TLS" exits 0 wait --timeout 20 sites-steady three
check "with TLS again" exits 0 sites set three --tls
check "it does not speak that" wait_for 10 site_is three state "tls failed"
check "the standby's address" exits 0 sites set three --plain --address 127.0.0.1:1 --standby "127.0.0.1:$(site_port 1)"
check "is tried in turn" exits 0 wait --timeout 20 sites-steady three
check "clear the standby" exits 0 sites set three --standby ""
check "nobody is at the other" wait_for 10 site_is three state unreachable

# --- who may ask
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null 2>&1; then
    stranger() { # no /work or the like: the program is copied where everybody may run it
        status=0
        setpriv --reuid 65534 --regid 65534 --clear-groups "$work/momctl" --socket "$work/momd.sock" status >"$work/out" 2>&1 || status=$?
        [ "$status" = 4 ]
    }
    chmod 755 "$work" && cp "$B/bin/momctl" "$work/momctl"
    check "another user is not let in by the file" stranger
    chmod 666 "$work/momd.sock"
    check "nor by the daemon" stranger
fi

stop_momd
check "no secret is in the log" sh -c "! grep -qE 'hush-hush|wrong-horse' '$work/momd.log'"
check "no password of a site is in the store" sh -c "! grep -qa 'wrong-horse' '$work/data/store/data.mdb'"
stop_ommsim
echo "$checks checks passed"
