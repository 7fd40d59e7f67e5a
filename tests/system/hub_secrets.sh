#!/bin/sh
# Passwords of sites and secrets of users are in no log, at no level, in no answer and on no command line, and sealed in the
# store, with a key that can be changed.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work secrets

account=Tr0ub4dor-account secret=Tr0ub4dor-sip other=Tr0ub4dor-other
printf '%s\n' "$account" >"$work/omm.password"
printf '%s\n' "$other" >"$work/other.password"
nowhere() { # command…: its output has none of them
    "$@" >"$work/seen" 2>&1 || true
    ! grep -a Tr0ub4dor "$work/seen"
}
set_secret() { printf '%s\n' "$secret" | momctl users set "$number" --secret sipPw; }
site_knows() { sim users 1 --json | grep -q "\"sipPw\":\"$secret\""; }

start_ommsim --users 20 --restart-delay 100 --password-file "$work/omm.password" --log-level debug
write_config "$work/momd.conf" "[system]" "log-level = debug"
sed -i '0,/^\[system\]/{/^\[system\]/d}; /^data-dir/d' "$work/momd.conf"
printf 'data-dir = %s/data\n' "$work" >>"$work/momd.conf"
start_momd "$work/momd.conf"
check "a site" add_site one "$(site_port 1)"
check "it comes up" momctl wait --timeout 20 sites-steady
check "a site with a wrong password" momctl sites add two "127.0.0.1:$(site_port 1)" --password-file "$work/other.password"
check "it does not come up" wait_for 10 sh -c "'$B/bin/momctl' --socket '$work/momd.sock' sites show two | grep -q 'auth failed'"
number=$(momctl users --json | sed -n '1s/.*"num":"\([^"]*\)".*/\1/p')
check "a secret of a user" set_secret
check "reaches its site" wait_for 10 site_knows
for question in status sites "sites show one" "sites show two" users "users show $number" devices conflicts "where $number"; do
    # shellcheck disable=SC2086
    check "none in: $question" nowhere momctl $question
    # shellcheck disable=SC2086
    check "none as JSON" nowhere momctl $question --json
done
check "none on the command line of momd" nowhere cat "/proc/$momd_pid/cmdline" "/proc/$momd_pid/environ"
stop_momd
check "none in the log of momd" nowhere cat "$work/momd.log"
check "debug was on" grep -q "debug:" "$work/momd.log"
check "none in the store" sh -c "! grep -aqE '$account|$other|$secret' '$work/data/store/data.mdb'"

mv "$work/data/node.key" "$work/data/node.key.old"
start_momd "$work/momd.conf"
check "with another key and the former one it comes up" momctl wait --timeout 20 sites-steady one
check "and says when the former one is not needed any more" wait_for 20 grep -q "node.key.old any more: it can be removed" "$work/momd.log"
stop_momd
rm "$work/data/node.key.old"
start_momd "$work/momd.conf"
check "then it does without" momctl wait --timeout 20 sites-steady one
stop_momd
check "nothing was lost" sh -c "! grep -q 'cannot be opened' '$work/momd.log'"

rm "$work/data/node.key"
start_momd "$work/momd.conf"
check "without its key the hub says what to do" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' sites show one | grep -q 'another node.key: enter it anew'"
check "and tries no login" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' sites show one --json | grep -q '\"state\":\"disabled\"'"
momctl sites set one --password-file "$work/omm.password" >/dev/null
check "with the password it goes on" momctl wait --timeout 20 sites-steady one
stop_momd
stop_ommsim
check "none in the log of ommsim" nowhere cat "$work/ommsim.err"
echo "$checks checks passed"
