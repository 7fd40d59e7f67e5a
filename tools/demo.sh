#!/bin/sh
# The main job, running: three simulated sites and a hub on loopback. Every step is checked; the first that fails ends the
# demo with a non-zero status. Everything that was started is stopped, unless KEEP=yes.
set -eu
cd "$(dirname "$0")/.."
. tests/system/lib.sh
begin_work demo

users=10000
say() { printf '\n== %s\n' "$1"; }
user_has() { [ "$(momctl users show "$1" --json | json_get "$2")" = "$3" ]; }
site_has() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -q "\"$3\":\"$4\""; }
count_is() { [ "$(momctl status --json | json_get "$1")" = "$2" ]; }
registered_only_at() { # number site
    [ "$(sim registrations --json | grep "\"num\":\"$1\"" | grep -c '"state":"registered"')" = 1 ] &&
        sim registrations --json | grep "\"num\":\"$1\"" | grep '"state":"registered"' | grep -q "\"site\":$2\b"
}
bound_number() { # site: the first user there that has a phone
    sim users "$1" --json | sed -n '/"relType":"\(Dynamic\|Fixed\)"/s/.*"num":"\([^"]*\)".*/\1/p' | head -n 1
}
show_where() {
    momctl where "$1"
    sim registrations | sed -n "1p; /\b$1\b/p"
}
import_progress() {
    until momctl wait --timeout 1 sites-steady >/dev/null 2>&1; do
        momctl sites --json | sed 's/^/  /' | awk '
            { name = state = read = total = "" }
            match($0, /"name":"[^"]*"/) { name = substr($0, RSTART + 8, RLENGTH - 9) }
            match($0, /"state":"[^"]*"/) { state = substr($0, RSTART + 9, RLENGTH - 10) }
            match($0, /"read":[0-9]+/) { read = substr($0, RSTART + 7, RLENGTH - 7) }
            match($0, /"total":[0-9]+/) { total = substr($0, RSTART + 8, RLENGTH - 8) }
            { printf "  %s: %s%s", name, state, (total + 0 > 0 ? " " read "/" total : "") } END { print "" }'
        [ "$(date +%s)" -lt "$import_limit" ] || return 1
    done
}

say "three sites with $users users, each an OMM over TLS; a hub that knows nothing yet"
start_ommsim --sites 3 --users $users --restart-delay 500
cat "$work/ommsim.out"
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
check "the hub is empty" count_is users 0

say "the sites are added; the hub sets the SARI (the OMMs restart) and imports"
import_limit=$(($(date +%s) + 60))
for i in 1 2 3; do add_site "site$i" "$(site_port $i)" >/dev/null; done
import_progress
momctl sites
check "every user of every site is known to the hub" count_is users $users
momctl status

say "an administrator edits a user at site 1"
number=$(bound_number 1)
sim edit 1 "$number" name="Night ward"
check "the hub has the new name of $number" wait_for 10 user_has "$number" name "Night ward"

say "$number's phone walks to site 2"
echo "  its SIP password is known to site 1 only, encrypted for it; entered once at the hub, every site can have it"
printf 's3cret-of-%s\n' "$number" | momctl users set "$number" --secret sipPw >/dev/null
check "site 1 has it" wait_for 10 registered_only_at "$number" 1
show_where "$number"
sim locate "$number" 2 >/dev/null
check "the hub says site 2" momctl wait --timeout 10 at "$number" site2
check "registered at site 2 and no longer at site 1" wait_for 10 registered_only_at "$number" 2
show_where "$number"
sim locate "$number" 1 >/dev/null
check "and back: the hub says site 1" momctl wait --timeout 10 at "$number" site1
check "registered at site 1 and no longer at site 2" wait_for 10 registered_only_at "$number" 1
show_where "$number"

say "site 3 is cut off while both sides edit the same user"
other=$(bound_number 3)
sim cut 3 >/dev/null
check "the hub sees it" wait_for 10 sh -c "'$B/bin/momctl' --socket '$work/momd.sock' sites show site3 --json | grep -vq steady"
sim edit 3 "$other" hierarchy1="by the site" >/dev/null
momctl users set "$other" hierarchy2="by the hub" >/dev/null
sim heal 3 >/dev/null
check "site 3 is back" momctl wait --timeout 20 sites-steady
check "the hub has the site's edit" wait_for 10 user_has "$other" hierarchy1 "by the site"
check "and keeps its own" user_has "$other" hierarchy2 "by the hub"
check "site 3 has the hub's edit" wait_for 10 site_has 3 "$other" hierarchy2 "by the hub"
check "and keeps its own" site_has 3 "$other" hierarchy1 "by the site"
momctl users show "$other" | sed -n "/^\(num\|name\|site\|hierarchy\)/p"

say "the hub is killed (SIGKILL) and started again"
kill_momd
start_momd "$work/momd.conf"
check "every user is still there" count_is users $users
check "the edits too" user_has "$other" hierarchy2 "by the hub"
check "the sites come back" momctl wait --timeout 30 sites-steady
check "nothing was doubled" count_is users $users
check "the phone is where it was" momctl wait --timeout 5 at "$number" site1
momctl sites

printf '\ndemo: %s checks passed in %s s\n' "$checks" "$(($(date +%s) - import_limit + 60))"
if [ -n "$KEEP" ]; then
    trap - EXIT
    cat <<TEXT

Left running: momd (pid $momd_pid) and ommsim (pid $ommsim_pid) in $work
  $B/bin/momctl --socket $work/momd.sock sites
  $B/bin/momctl --socket $work/momd.sock watch
  $B/bin/ommsim ctl $work/ommsim.ctl locate $number 3
Stop them with: kill $momd_pid $ommsim_pid; rm -r $work
TEXT
fi
