#!/bin/sh
# The star, running: a central node and three remotes on loopback, a simulated OMM beside each, and lines between them that
# can be cut. Every step is checked; the first that fails ends the demo with a non-zero status.
#
#   USERS=2000   users that the central OMM has
#   KILLS=0      so many times meanwhile (fewer if it is over before) a node dies by SIGKILL and is started again: at a
#                moment, while it starts, or in the middle of a call that writes to its store or sends; which node, how
#                and when is up to chance, sometimes two at once. So do OMMs, as often. SEED=1 repeats the choices
#   STATE=FILE   write there what all nodes and OMMs have in the end: records, registrations, lists of conflicts
#   KEEP=yes     leave the folder with logs and stores there if it fails
set -eu
cd "$(dirname "$0")/.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work demo-star
start=$(date +%s)

users=${USERS:-2000} kills=${KILLS:-0} state=${STATE:-}
say() { printf '\n== %s\n' "$1"; }
note() { printf '      %s\n' "$*"; }
is_past() { [ "$(now_ms)" -ge "$1" ]; }

# A node may be killed while it is asked: then it is asked again. What is done must be so that twice is once.
ctl() {
    ctl_limit=$(($(date +%s) + 20))
    while :; do
        ctl_status=0
        starctl "$@" || ctl_status=$?
        [ $ctl_status = 3 ] && [ "$(date +%s)" -lt $ctl_limit ] || return $ctl_status
        sleep 0.02
    done 2>>"$work/ctl.err"
}
user_of() { ctl "$1" users show "$2" --json; }
user_has() { [ "$(user_of "$1" "$2" | json_get "$3")" = "$4" ]; }
user_known() { user_of "$1" "$2" >/dev/null; }
add_user() { user_known "$1" "$2" || ctl "$1" users add num="$2" name="$3" || user_known "$1" "$2"; }
delete_user() { ! user_known "$1" "$2" || ctl "$1" users delete "$2" || ! user_known "$1" "$2"; }
all_nodes() { for i in 1 2 3 4; do "$1" $i "$2" "$3" "$4" || return 1; done; }
omm_has() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -q "\"$3\":\"$4\""; }
omm_lacks() { ! sim users "$1" --json | grep -q "\"num\":\"$2\""; }
all_lack() { for i in 1 2 3 4; do omm_lacks $i "$1" && ! user_known $i "$1" || return 1; done; }
all_count() { for i in 1 2 3 4; do [ "$(ctl $i status --json | json_get "$1")" = "$2" ] || return 1; done; }
omms_count() { # users: at each OMM
    [ "$(sim sites --json | grep -c "\"users\":$1,")" = 4 ]
}
omms_have_profile() { # number name data
    for i in 1 2 3 4; do sim profiles $i | grep -qE "^ +$i +$1 +$2 +$3 " || return 1; done
}
watched_at() { # number site: by the user monitoring of that site's OMM alone
    for i in 1 2 3 4; do
        omm_has $i "$1" monitoringMode "$([ $i = "$2" ] && echo Active || echo Off)" || return 1
    done
}
link_is_down() { ! ctl 1 links show "node-$1" --json | grep -q '"state":"steady"'; }
is_registered_too() { case ,$(registered_at "$1"), in *,"$2",*) ;; *) return 1 ;; esac; }
is_registered() { [ "$(registered_at "$1")" = "$2" ]; }
all_say_at() { for i in 1 2 3 4; do ctl $i where "$1" --json | grep -q "\"site\":\"$(name_at $i "$2")\"" || return 1; done; }
name_at() { # node site: what the node calls the site
    case $1,$2 in
    1,1 | 2,2 | 3,3 | 4,4) echo omm ;;
    1,*) echo "node-$2" ;;
    *,1) echo central ;;
    *) echo "site $2" ;;
    esac
}
bound() { sim users 1 --json | sed -n '/"relType":"\(Dynamic\|Fixed\)"/s/.*"num":"\([^"]*\)".*/\1/p' | sed -n "${1}p"; }
# From the moment when the phone is heard: the new site is registered at once, no moment without, in the end it alone.
watched_roam() { # number to
    from=$(registered_at "$1")
    began=$(now_ms)
    sim locate "$1" "$2" >/dev/null
    until [ "$(registered_at "$1")" = "$2" ]; do
        case ,$(registered_at "$1"), in
        *,"$2",*) ;;
        *) echo "$1 is not registered at site $2 but at '$(registered_at "$1")'"; return 1 ;;
        esac
        [ $(($(now_ms) - began)) -lt 20000 ] || return 1
    done
    echo "at $2 at once, no longer at $from after $(($(now_ms) - began)) ms" >"$work/roam"
}
progress() {
    until in_step; do
        for i in 2 3 4; do
            printf '  node %s: %s users' $i "$(status_of $i users)"
            starctl $i links --json | awk '
                function value(key) { return match($0, "\"" key "\":\"?[^\",]*") ? substr($0, RSTART + length(key) + 3, RLENGTH - length(key) - 3) : "" }
                { sub(/":"/, "\":\"") }
                value("kind") ~ /omm/ { omm = value("users") + 0 " at its OMM" }
                value("kind") ~ /central/ {
                    state = value("state") " " value("progress")
                    left = value("eta_s")
                    gsub(/"|null/, "", state)
                    if (left + 0 > 0) state = state ", " left " s left"
                }
                END { printf ", %s (%s);", omm, state }'
        done 2>/dev/null
        echo
        [ "$(date +%s)" -lt $((start + 120)) ] || return 1
        wait_for 1 in_step 2>/dev/null || true
    done
}

# --- killing ---------------------------------------------------------------------------------------------------

# A sequence of numbers that a seed repeats: the next one below $1, after $rand.
next_rand() { rand=$(((rand * 1103515245 + 12345) % 2147483648)) && pick=$((rand / 65536 % $1)); }
note_death() { # node how
    deaths=$((deaths + 1))
    printf '%s node %s %s\n' "$(date +%T.%3N)" "$1" "$2"
}
kill_one() {
    note_death "$1" "$2"
    star_kill "$1"
}
is_dead() { is_gone "$(cat "$work/n$1.pid")"; }
goes_on() { [ $deaths -lt "$kills" ] && [ ! -f "$work/enough" ]; }
is_dead_or_answers() { is_dead "$1" || star_answers "$1"; }
# It will die in its n-th call that writes, makes durable or sends (tests/system/die.c): small numbers come more often.
# One in four is killed before it has started.
launch_mortal() { # node
    next_rand 10
    n_th=$((1 << pick))
    next_rand $n_th
    n_th=$((n_th + pick))
    star_launch "$1" LD_PRELOAD="$B/bin/die.so" DIE_AT=$n_th ASAN_OPTIONS=verify_asan_link_order=0
    echo $n_th >"$work/n$1.die_at"
    next_rand 240
    [ $pick -lt 60 ] || return 0
    sleep 0."$(printf '%03d' "$pick")"
    is_dead "$1" || kill_one "$1" starting
}
note_if_dead() {
    [ -f "$work/n$1.pid" ] || return 0
    is_dead "$1" || return 1
    note_death "$1" "in call $(cat "$work/n$1.die_at")"
    star_kill "$1"
}
revive() {
    while goes_on; do
        launch_mortal "$1"
        [ ! -f "$work/n$1.pid" ] || wait_for 20 is_dead_or_answers "$1"
        note_if_dead "$1" || return 0
    done
    star_start "$1"
}
# An OMM dies in the middle of whatever it says, and comes back with its records; its phones do not notice.
dead_omm='' omm_deaths=0
omm_dies() {
    next_rand 4
    dead_omm=$((pick + 1)) omm_deaths=$((omm_deaths + 1))
    printf '%s OMM %s\n' "$(date +%T.%3N)" $dead_omm
    sim cut $dead_omm >/dev/null
}
omm_comes_back() {
    [ -n "$dead_omm" ] || return 0
    next_rand 300
    sleep 0."$(printf '%03d' "$pick")"
    sim heal $dead_omm >/dev/null
    dead_omm=
}
# One of the four, or two at once.
kill_some() {
    next_rand 4
    victims=$((pick + 1))
    next_rand 12
    [ $pick -gt 2 ] || victims="$victims $(((victims + pick) % 4 + 1))"
    for victim in $victims; do note_if_dead "$victim" || kill_one "$victim" running; done
    next_rand 300
    sleep 0."$(printf '%03d' "$pick")"
    for victim in $victims; do revive "$victim"; done
}
killer() {
    rand=${SEED:-1}
    deaths=0
    for i in 1 2 3 4; do revive $i; done # from their very first start on
    while goes_on; do
        next_rand 400
        sleep 0."$(printf '%03d' $((pick + 50)))"
        for i in 1 2 3 4; do ! note_if_dead $i || revive $i; done
        next_rand 4
        case $pick in
        0 | 1) omm_dies ;;
        2) omm_dies; kill_some ;;
        3) kill_some ;;
        esac
        omm_comes_back
    done
    for i in 1 2 3 4; do # none that may still die
        note_if_dead $i || kill_one $i running
        star_start $i
    done
    while [ $omm_deaths -lt "$kills" ] && [ ! -f "$work/enough" ]; do
        omm_dies
        omm_comes_back
        next_rand 900
        sleep 0."$(printf '%03d' "$pick")"
    done
}

# What must not depend on who was killed when: numbers of the OMMs, times and ids apart.
strip='s/"\(uid\|ppn\|ppnOld\|timeStamp[A-Za-z]*\|id\|sipPw\|version\|since\|renewals\|epoch\|created\|sequence\|decided\|kept_at\|lost_at\|told_at\|undone\|at\|clock_offset_ms\)":"\{0,1\}[^",}]*"\{0,1\},\{0,1\}//g'
final_state() {
    for i in 1 2 3 4; do
        echo "node $i"
        ctl $i users --json | sed "$strip" | sort
        ctl $i devices --json | sed "$strip" | sort
        echo "OMM $i"
        sim users $i --json | sed "$strip" | sort
        sim devices $i --json | sed "$strip" | sort
        sim registrations $i --json | sed "$strip" | sort
        ctl $i profiles --json | sed "$strip"
        sim profiles $i --json | sed "$strip"
        echo "conflicts $i"
        ctl $i conflicts --json | sed "$strip" | sort
    done
}

# --- the steps ----------------------------------------------------------------------------------------------------

say "four sites, an OMM each; the central one has $users users, the others none"
start_ommsim --sites 4 --users "$users" --filled 1 --restart-delay 200
star_lines 2 3 4
for i in 1 2 3 4; do star_config $i "[links]" "rate = ${RATE:-0}"; done
if [ "$kills" -gt 0 ]; then
    echo "  killing $kills times, SEED=${SEED:-1}"
    killer >"$work/killer.log" 2>&1 &
    echo $! >"$work/killer.pid"
else
    for i in 1 2 3 4; do star_start $i; done
fi

say "the first synchronisation"
progress
check "all nodes are in step" wait_for 60 in_step
check "each knows all users" wait_for 20 all_count users "$users"
check "each OMM has them" wait_for 20 omms_count "$users"
note "$(($(date +%s) - start)) s"
ctl 1 links || true

say "an edit at remote 2"
number=$(bound 1) other=$(bound 2) third=$(bound 3) fourth=$(bound 4)
sim edit 2 "$number" name="Night ward" >/dev/null
for i in 1 3 4; do check "is at site $i" wait_for 20 omm_has $i "$number" name "Night ward"; done
check "and at all nodes" wait_for 20 all_nodes user_has "$number" name "Night ward"
sim profile 2 7 name=Nurses data=Ringtone=3 >/dev/null
check "a CoA profile made at OMM 2 is at all" wait_for 20 omms_have_profile 7 Nurses Ringtone=3

say "$number's phone roams from 1 to 3, all lines work"
note "its SIP password was known to OMM 1 alone, encrypted for it: it is entered once"
for n in $number $other $third $fourth; do wait_for 20 sip_password 1 "$n"; done
for n in $number $other $third $fourth; do check "$n is registered at site 1" wait_for 20 is_registered "$n" 1; done
check "all have it" wait_for 20 in_step
wait_for 20 ctl 1 users set "$number" monitoringMode=Active
check "$number is monitored at site 1" wait_for 20 watched_at "$number" 1
check "never registered nowhere, in the end at site 3 only" watched_roam "$number" 3
rested=$(($(now_ms) + 4000)) # OMMs tell whole seconds, and clocks may be wrong by two: nobody walks twice in that time
note "$(cat "$work/roam")"
check "all nodes say so" wait_for 20 all_say_at "$number" 3
check "monitored at site 3 and missed nowhere" wait_for 20 watched_at "$number" 3

say "$other's phone roams from 1 to 4, whose line to the centre is cut"
line 4 cut
check "the centre sees that it is cut" wait_for 20 link_is_down 4
sim locate "$other" 4 >/dev/null
check "registered at site 4 at once" is_registered_too "$other" 4
check "and at site 1 as well, which cannot know: until the line is back, or the phone is silent there for 2.5 h" is_registered "$other" 1,4
healed=$(now_ms)
line 4 heal
check "the line is back: site 4 only" wait_for 20 is_registered "$other" 4
note "$(($(now_ms) - healed)) ms after the line was healed (bound: [links] retry + jitter, a login, one round trip)"
check "all nodes say so" wait_for 20 all_say_at "$other" 4

say "the line of remote 4 is deaf: nothing arrives, and nobody is told so"
line 4 deaf
sim locate "$fourth" 4 >/dev/null
check "registered at site 4 at once" is_registered_too "$fourth" 4
check "the centre finds out" wait_for 20 link_is_down 4
line 4 heal
check "site 4 only" wait_for 20 is_registered "$fourth" 4

say "a former site learns by another path: the line of remote 3 is cut, its second address of the centre is not"
line 3 cut
check "the centre sees that it is cut" wait_for 20 link_is_down 3
wait_for 5 is_past "$rested"
sim locate "$number" 2 >/dev/null
check "registered at site 2 at once" is_registered_too "$number" 2
check "and at site 3, which does not know it yet" is_registered "$number" 2,3
second 3 heal
check "site 3 has learnt it: site 2 only" wait_for 20 is_registered "$number" 2
check "all nodes say so" wait_for 20 all_say_at "$number" 2
line 3 heal
second 3 cut
check "by its first address again" wait_for 20 in_step

say "remotes 2 and 3 are cut, and people work on"
line 2 cut
line 3 cut
check "the centre sees it" wait_for 20 link_is_down 2
check "both" wait_for 20 link_is_down 3
gone=$(bound 5) edited=$(bound 6)
sim delete 2 "$gone" >/dev/null
check "deleted at 2: $gone" wait_for 20 not user_known 2 "$gone"
check "created at 2: 77001" add_user 2 77001 "New at two"
sim edit 3 "$third" hierarchy1="by three" >/dev/null
check "the same number entered at 2" add_user 2 77002 "First"
check "and at 3" add_user 3 77002 "Second"
# What an OMM adds of itself to a new user is in the record before the two meet, whoever was killed meanwhile.
for n in 2 3; do check "OMM $n has it" wait_for 20 user_has $n 77002 permanent 0; done
check "$edited gets a name at 2" ctl 2 users set "$edited" name="Name of two"
check "and another at 1" ctl 1 users set "$edited" name="Name of one"
check "$third gets another group changed at 1" ctl 1 users set "$third" hierarchy2="by one"
sim locate "$third" 3 >/dev/null
line 2 heal
line 3 heal
check "all converge" wait_for 60 in_step
check "$gone is deleted everywhere" wait_for 20 all_lack "$gone"
check "77001 is everywhere" wait_for 20 all_nodes user_has 77001 name "New at two"
check "77002 is the one that was entered first" wait_for 20 all_nodes user_has 77002 name First
check "the other is parked, not lost" wait_for 20 all_count parked 1
check "$edited has the later name" wait_for 20 all_nodes user_has "$edited" name "Name of one"
check "$third has both changes" wait_for 20 all_nodes user_has "$third" hierarchy1 "by three"
check "indeed both" wait_for 20 all_nodes user_has "$third" hierarchy2 "by one"
check "$third is registered at site 3 only" wait_for 20 is_registered "$third" 3

say "a conflict is listed where it was decided, and undone"
conflict() { ctl 2 conflicts --json | grep "\"num\":\"$1\"" | grep "\"group\":\"$2\""; }
check "that of the number 77002" wait_for 20 conflict 77002 num
check "and of $edited's name" wait_for 20 conflict "$edited" name
ctl 2 conflicts || true
undone=$(conflict "$edited" name | json_get sequence)
undo_once() { user_has 2 "$edited" name "Name of two" || { ctl 2 undo "$undone" && user_has 2 "$edited" name "Name of two"; }; }
check "the other side is put in place" wait_for 20 undo_once
check "everywhere" wait_for 20 all_nodes user_has "$edited" name "Name of two"

say "a phone that works with the PARI of its site only does not roam"
sim create 2 user num=77003 name="At two only" >/dev/null
sim create 2 device ipei=0081008625768 s=Yes subscribeToPARIOnly=1 >/dev/null
sim bind 2 77003 0081008625768 >/dev/null
check "all nodes know it" wait_for 20 all_nodes user_has 77003 name "At two only"
check "all in step" wait_for 20 in_step
for i in 1 3 4; do check "OMM $i does not have it" wait_for 20 omm_lacks $i 77003; done
check "it is refused elsewhere" not sim locate 77003 3

say "every daemon is killed (SIGKILL) and comes back, and its OMM starts anew"
touch "$work/enough"
if [ "$kills" -gt 0 ]; then
    wait "$(cat "$work/killer.pid")" || { cat "$work/killer.log" >&2; exit 1; }
    note "killed $(grep -c node "$work/killer.log") times so far, $(grep -c "in call" "$work/killer.log") of them in a call," \
        "and OMMs $(grep -c OMM "$work/killer.log") times"
fi
rm -f "$work/killer.pid"
for i in 1 2 3 4; do
    sim restart $i >/dev/null
    star_kill $i
    star_start $i
    check "node $i" wait_for 30 in_step
done
check "the same records at all nodes" wait_for 30 in_step
for i in 1 2 3 4; do note "node $i: fingerprint $(status_of $i fingerprint)"; done
check "as many users as there should be" wait_for 20 all_count users $((users + 3))
for n in "$number 2" "$other 4" "$third 3" "$fourth 4"; do
    check "$n: registered where it is, and only there" wait_for 20 is_registered "${n% *}" "${n#* }"
done
[ -z "$state" ] || final_state >"$state"
for i in 1 2 3 4; do check "node $i ends in order" star_stop $i; done
stop_ommsim

printf '\ndemo-star: %s checks passed in %s s\n' "$checks" "$(($(date +%s) - start))"
