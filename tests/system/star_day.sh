#!/bin/sh
# A day without lines: ten remotes are cut off, everywhere people edit, create, delete and walk, and then all lines are back
# at once. All nodes end with the same records, no edit has disappeared (it is in force, or in a list of conflicts), every
# phone is registered where it is and nowhere else. Prints how long it took and what each remote sent and received.
#
#   DAY=300   things that happen; SEED=1 repeats them; USERS=110, REMOTES=10
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-day

remotes=${REMOTES:-10} users=${USERS:-110} day=${DAY:-300} seed=${SEED:-1}
sites=$((remotes + 1))
nodes=$(seq 1 $sites)
links_are_down() {
    starctl 1 links list --json | grep '"kind":"remote"' >"$work/links.down"
    [ "$(wc -l <"$work/links.down")" = $remotes ] && ! grep -q '"state":"steady"' "$work/links.down"
}
omms_have() { [ "$(sim sites --json | grep -c "\"users\":$1,")" = "$sites" ]; }
bytes() { starctl 1 links list --json | sed -n 's/.*"node":\([0-9]*\),.*"bytes_in":\([0-9]*\),"bytes_out":\([0-9]*\).*/\1 \2 \3/p'; }
# Whom an OMM has, with all that people say of them: what is its own (numbers, times, what it only reports) apart.
users_of() {
    sim users "$1" --json | sed 's/"\(site\|uid\|ppn\|ppnOld\|timeStamp[A-Za-z]*\|sip\|lang\|calculatedSipPort\|sipRegisterCheck\)":"\{0,1\}[^",}]*"\{0,1\},\{0,1\}//g' | sort
}

# --- what happens ---------------------------------------------------------------------------------------------

# The first two thirds of the users are edited and walk, the others are edited and deleted; some numbers are entered twice.
script() {
    awk -v seed="$seed" -v day="$day" -v sites="$sites" -v users="$users" '
        function pick(n) { x = (x * 16807) % 2147483647; return int(x / 2147483647 * n) }
        BEGIN {
            x = seed * 7919 + 1
            for (i = 0; i < 10; i++)
                pick(2)
            kept = int(users * 2 / 3)
            for (i = 1; i <= day; i++) {
                if (i == int(day / 2)) {
                    print "noon"
                    split("", walked)
                }
                site = 1 + pick(sites)
                what = pick(10)
                if (what < 4)
                    print "edit", site, 20001 + pick(users), (pick(2) ? "name" : "hierarchy1"), "v" seed "x" i "."
                else if (what < 6)
                    print "create", site, 70001 + pick(day * 2), "v" seed "x" i "."
                else if (what < 7)
                    print "delete", site, 20001 + kept + pick(users - kept)
                else if (!walked[number = 20001 + pick(kept)]++)
                    print "locate", site, number
            }
        }'
}
past() { [ "$(date +%s)" -ge "$1" ]; }
# OMMs tell whole seconds, and clocks may be wrong by two: nobody walks twice within so short a time.
# What an OMM does not take (a number that it has, a user whom it does not have any more) did not happen.
live() {
    while read -r what site number field value; do
        case $what in
        edit) sim edit "$site" "$number" "$field=$value" ;;
        create) sim create "$site" user "num=$number" "name=$field" ;;
        delete) sim delete "$site" "$number" ;;
        locate) sim locate "$number" "$site" ;;
        noon) wait_for 10 past $(($(date +%s) + 4)) && continue ;;
        esac >/dev/null 2>&1 || continue
        echo "$what $site $number $field $value"
    done
}

# --- what must be so afterwards ----------------------------------------------------------------------------------

# Of what one site did to one field only the last counts.
last_edits() { awk '$1 == "edit" { last[$2 " " $3 " " $4] = $5 } END { for (k in last) print k, last[k] }' "$work/lived"; }
dump() {
    starctl 1 export "$work/export" >/dev/null
    for n in $nodes; do starctl "$n" conflicts --json; done >"$work/conflicts"
}
none_is_lost() {
    lost=0
    last_edits >"$work/edits"
    while read -r site number field value; do
        grep -qF "$value" "$work/export" "$work/conflicts" ||
            grep "\"num\":\"$number\"" "$work/conflicts" | grep -q 'delete' ||
            { echo "lost: at $site $number $field=$value"; lost=1; }
    done <"$work/edits"
    sed -n 's/^create [0-9]* [0-9]* \([^ ]*\).*/\1/p' "$work/lived" >"$work/created"
    while read -r value; do
        grep -qF "$value" "$work/export" || { echo "lost: created $value"; lost=1; }
    done <"$work/created"
    [ $lost = 0 ]
}
all_omms_are_equal() {
    users_of 1 >"$work/users.1"
    grep -q '"num":"20001"' "$work/users.1" || return 1
    for s in $nodes; do
        users_of "$s" >"$work/users"
        diff "$work/users.1" "$work/users" || return 1
    done
}
each_registered_where_it_is() {
    sim registrations --json | sed -n '/"state":"registered"/s/.*"site":\([0-9]*\),"num":"\([^"]*\)".*/\2 \1/p' | sort >"$work/registered"
    sim phones --json | sed -n '/"state":"served"/s/.*"num":"\([0-9][^"]*\)","site":\([0-9]*\).*/\1 \2/p' | sort >"$work/served"
    diff "$work/served" "$work/registered"
}

# --- the day --------------------------------------------------------------------------------------------------------

start_ommsim --sites "$sites" --users "$users" --filled 1 --shared-key --restart-delay 100
# shellcheck disable=SC2046
star_lines $(seq 2 $sites)
for n in $nodes; do star_config "$n"; done
began=$(now_ms)
for n in $nodes; do star_start "$n"; done
check "$sites nodes are in step" wait_for 60 in_step
check "each OMM has all users" omms_have "$users"
echo "  first synchronisation of $remotes remotes with $users users: $(($(now_ms) - began)) ms"

for n in $nodes; do [ "$n" = 1 ] || line "$n" cut; done
check "all lines are cut" wait_for 20 links_are_down
bytes >"$work/before"
script >"$work/script"
live <"$work/script" >"$work/lived"
check "things happened (SEED=$seed)" [ "$(wc -l <"$work/lived")" -ge $((day * 2 / 3)) ]
echo "  $(cut -d' ' -f1 "$work/lived" | sort | uniq -c | tr -s ' \n' ' ')"
began=$(now_ms)
for n in $nodes; do [ "$n" = 1 ] || line "$n" heal; done
check "all nodes have the same records" wait_for 60 in_step
echo "  after $(($(now_ms) - began)) ms"
check "all OMMs have the same users, as they are now" wait_for 20 all_omms_are_equal
check "each phone is registered where it is, and only there" wait_for 20 each_registered_where_it_is
check "all are still in step" wait_for 20 in_step
dump
check "no edit is lost" none_is_lost
echo "  $(wc -l <"$work/conflicts") conflicts are listed, $(status_of 1 parked) records are parked"
bytes >"$work/after"
paste -d' ' "$work/before" "$work/after" | awk '
    { printf "  remote %d: %d bytes sent, %d received\n", $1, $5 - $2, $6 - $3 }'
for n in $nodes; do check "node $n ends in order" star_stop "$n"; done
stop_ommsim
echo "$checks checks passed"
