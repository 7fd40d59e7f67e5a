#!/bin/sh
# A site that comes back empty deletes nothing until somebody decides, and either decision is carried out. A site of another
# platform is told or refused, and sites have a policy of their own.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work brake

exits() { # status momctl-arguments…
    expected=$1 status=0
    shift
    momctl "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}
prints() { grep -qF -- "$1" "$work/out"; }
says() { grep -qF -- "$1" "$work/err"; }
lines_are() { [ "$(wc -l <"$work/out")" = "$1" ]; }
log_says() { grep -qF -- "$1" "$work/momd.log"; }
site_is() { [ "$(momctl sites show "$1" --json | json_get "$2")" = "$3" ]; }
status_is() { [ "$(momctl status --json | json_get "$1")" = "$2" ]; }
health_says() { momctl status --json | grep -qF -- "$1"; }
sim_has() { [ "$(sim users "$1" --json | wc -l)" = "$2" ]; }
is_down() { site_is "$1" state unreachable || site_is "$1" state lost; }
come_back_empty() { # number name
    sim cut "$1" >/dev/null
    wait_for 10 is_down "$2"
    sim empty "$1" >/dev/null
    sim heal "$1" >/dev/null
}

start_ommsim --sites 2 --users 60 --unbound 0 --restart-delay 100
write_config "$work/momd.conf" "watch-phones = yes" "[records]" "brake-percent = 40" "unique-sip-auth = yes" "[handoff]" "policy = register-before-remove"
start_momd "$work/momd.conf"
for i in 1 2; do add_site "$([ $i = 1 ] && echo one || echo two)" "$(site_port $i)" >/dev/null; done
check "two sites" exits 0 wait --timeout 20 sites-steady
check "nothing is held" exits 0 held one --json
check "indeed" lines_are 0
check "nothing to decide" exits 1 decide one yes
check "is said" says "nothing is held"
check "at no site" exits 1 held nowhere
check "nor there" exits 1 decide nowhere no
check "the site of a decision" exits 2 decide one maybe

"$B/bin/momctl" --socket "$work/momd.sock" watch --json >"$work/watched.json" &
watch_pid=$!
wait_for 20 grep -q watching "$work/watched.json"
come_back_empty 1 one
check "a site that comes back empty is held" wait_for 20 site_is one held 60
check "with thirty users and phones" exits 0 held one --json
check "all of them" lines_are 60
check "for people" exits 0 held one
check "with a header" lines_are 61
check "the log says what to do" log_says "momctl decide one yes or no"
check "status too" health_says "site one: 60 records wait"
check "and who watches" grep -q '"what":"held","site":"one","records":60' "$work/watched.json"
kill "$watch_pid"
wait "$watch_pid" 2>/dev/null || true
check "nobody is deleted" status_is users 60
kill_momd
start_momd "$work/momd.conf"
check "a kill forgets nothing" wait_for 20 site_is one held 60
check "put them back" exits 0 decide one no
check "they are put back" wait_for 20 sim_has 1 30
check "nothing is held any more" site_is one held 0
check "no second time" exits 1 decide one no
check "steady" exits 0 wait --timeout 20 sites-steady
check "all users" status_is users 60

come_back_empty 1 one
check "empty again" wait_for 20 site_is one held 60
check "delete them" exits 0 decide one yes
check "they are gone" status_is users 30
check "at the other site nobody is" sim_has 2 30

# --- keys of the configuration that say how records are kept
check "a name at the registrar" exits 0 users add num=9001 sipAuthId=same
check "is one user's" exits 1 users add num=9002 sipAuthId=same
check "is said" says "in use"
check "it goes" exits 0 users delete 9001
stop_momd
write_config "$work/momd.conf" "[records]" "offline-delete = restore" "history-days = 1" "[handoff]" \
    "policy = register-before-remove"
start_momd "$work/momd.conf"
check "what was decided with the first record stays" log_says "unique cannot be changed any more"
check "two sites again" exits 0 wait --timeout 20 sites-steady
come_back_empty 2 two
check "with offline-delete = restore all comes back by itself" wait_for 20 sim_has 2 30
check "and nothing is held" site_is two held 0

# --- policy, capacity, platform
check "the policy of the configuration" site_is one policy register-before-remove
check "one of its own" exits 0 sites set one --policy remove-before-register
check "is in force" site_is one policy remove-before-register
check "the other site has its own" site_is two policy register-before-remove
check "its own is taken away" exits 0 sites set one --policy default
check "that of the configuration is in force" site_is one policy register-before-remove
check "no such policy" exits 2 sites set one --policy whatever
check "names them" says "renew-after-confirmation"
check "the limits" exits 0 status --json
check "of users" prints '{"of":"users","used":30,"limit":50000,"near":false}'
check "the platform" site_is one platform server
check "and what it may have" site_is one devices_limit 10000
check "counted" prints '"platforms":{"server":2}'
sim fault 2 platform rfp >/dev/null
sim restart 2 >/dev/null
check "another platform" wait_for 20 site_is two platform base-station
check "may have less" site_is two devices_limit 512
check "is told" health_says "sites of different platforms"
stop_momd
write_config "$work/momd.conf" "same-platform = yes"
start_momd "$work/momd.conf"
check "or refused" wait_for 20 site_is two state "platform mismatch"
check "with the reason" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' sites --json | grep -q 'its platform is another one'"
stop_momd
stop_ommsim
echo "$checks checks passed"
