#!/bin/sh
# Vendor's remotes: two OMMs with a synchronisation of their own at a central ommsyncd, and a node beside a third one. All
# records reach all, changes travel in both directions, phones roam between all of them, and what was done while the line was
# cut is there afterwards.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-vendor

users=40
echo vendor >"$work/vendor.password"
star_lines 2 4 # 2: the node beside site 2; 4: the vendor's OMMs 3 and 4
start_ommsim --sites 4 --users $users --filled 1 --unbound 0 --restart-delay 200 --uds-remote "127.0.0.1:$(cat "$work/line4.port")" \
    --uds-user - --uds-user - --uds-user west --uds-user east --uds-password-file "$work/vendor.password" --uds-retry 200

park_of() { sed -n "s/^site $1 .* PARK \([0-9A-F]*\) .*/\1/p" "$work/ommsim.out"; }
omm_has() { [ "$(sim users "$1" --json | grep -c '"num"')" = "$2" ]; }
omm_name() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -q "\"name\":\"$3\""; }
omm_profile() { # SITE NUMBER NAME; an empty name: there is none
    if [ -n "$3" ]; then sim profiles "$1" --json | grep "\"id\":$2[,}]" | grep -q "\"name\":\"$3\""
    else ! sim profiles "$1" --json | grep -q "\"id\":$2[,}]"; fi
}
profile_everywhere() { # NUMBER NAME
    for at in 1 2 3 4; do omm_profile $at "$1" "$2" || return 1; done
}
node_name() { [ "$(starctl "$1" users show "$2" --json | json_get name)" = "$3" ]; }
everywhere() { # NUMBER NAME
    for at in 1 2 3 4; do omm_name $at "$1" "$2" || return 1; done
    for at in 1 2; do node_name $at "$1" "$2" || return 1; done
}
clock_is_past() { [ "$(date +%s)" -gt "$1" ]; }
state_is() { starctl 1 remotes --json | grep "\"name\":\"$1\"" | grep -q "\"state\":\"$2\""; }
not_reading() { ! state_is "$1" reading && ! state_is "$1" steady; }
only_at() { [ "$(registered_at "$1")" = "$2" ]; }
phone_at() { starctl 1 wait --timeout 0 at "$1" "$2"; }

star_config 1
sim cut 1 >/dev/null
star_start 1
check "a remote OMM is entered too early" starctl 1 remotes add west --park "$(park_of 3)" --password-file "$work/vendor.password"
check "it has to wait for the central OMM" wait_for 20 grep -q "a remote OMM is not let in before" "$work/n1.log"
check "and has nothing to lose by that" not_reading west
check "it is removed again" starctl 1 remotes remove west
sim heal 1 >/dev/null
check "the central OMM is read" starctl 1 wait --timeout 20 sites-steady omm
star_config 2
star_start 2
check "a node joins" wait_for 20 in_step 1 2

check "a remote OMM needs its PARK" sh -c "! '$B/bin/ommsyncctl' --socket '$work/n1.sock' remotes add west --password-file '$work/vendor.password'"
check "a remote OMM is entered" starctl 1 remotes add west --park "$(park_of 3)" --password-file "$work/vendor.password"
check "it connects and reads everything" wait_for 20 state_is west steady
check "which can be waited for" starctl 1 wait --timeout 20 sites-steady west
check "it has all users" wait_for 20 omm_has 3 $users
check "its name stays" sh -c "! '$B/bin/ommsyncctl' --socket '$work/n1.sock' remotes set west --name other"
check "an account that nobody has is refused" wait_for 10 grep -q 'no account of a remote OMM' "$work/n1.log"
check "the other one is entered" starctl 1 remotes add east --park "$(park_of 4)" --password-file "$work/vendor.password"
check "it has all users" wait_for 20 omm_has 4 $users

echo guess >"$work/guess"
stranger() { "$B/bin/axicat" --insecure --sync --password-file "$work/guess" "west@127.0.0.1:$(cat "$work/line4.port")" GetVersions; }
check "who knows its account but not its password is refused" exits 4 stranger
check "it hears why" says EAuth
check "and the remote OMM stays connected" state_is west steady
check "without a break" not grep -q "remote connected anew" "$work/n1.log"

number=20001
check "a change at the centre is everywhere" starctl 1 users set $number name="From the centre"
check "... at all OMMs" wait_for 10 everywhere $number "From the centre"
sim edit 3 $number name="From the west" >/dev/null
check "a change at a remote OMM is everywhere" wait_for 10 everywhere $number "From the west"
sim create 4 user num=777 name=Newcomer >/dev/null
check "a new user of a remote OMM is everywhere" wait_for 10 everywhere 777 Newcomer
sim delete 3 777 >/dev/null
check "a deletion too" wait_for 10 omm_has 4 $users
check "... also at the node's OMM" wait_for 10 omm_has 2 $users

sim profile 3 1 name=West data=UD_A=1 >/dev/null
check "a CoA profile of a remote OMM is everywhere" wait_for 10 profile_everywhere 1 West
sim profile 2 1 name=Node data=UD_A=2 >/dev/null
changed=$(date +%s)
check "one that is changed at the node's OMM too" wait_for 10 profile_everywhere 1 Node
sim profile 1 2 name=Centre data=UD_B=1 >/dev/null
check "one of the centre's OMM" wait_for 10 profile_everywhere 2 Centre
sim profile 4 2 name= data= >/dev/null
check "one that is taken away at a remote OMM is nowhere" wait_for 10 profile_everywhere 2 ""

sip_password 1 $number
check "the user can register at the centre" wait_for 10 only_at $number 1
walked=0 # remotes tell whole seconds, and who is heard within two counts as there: nobody walks twice in that time
for way in 3 2 4 3 1; do
    wait_for 10 clock_is_past $((walked + 2))
    walked=$(date +%s)
    sim locate $number $way >/dev/null
    check "the phone walks to site $way: registered there alone" wait_for 15 only_at $number $way
done

line 4 cut
check "the line to the remote OMMs is cut" wait_for 10 state_is west lost
check "which is in the health of the node" sh -c "'$B/bin/ommsyncctl' --socket '$work/n1.sock' status | grep -q 'remote west: lost'"
sim edit 3 20002 name="While cut off" >/dev/null
starctl 1 users set 20003 name="Meanwhile" >/dev/null
starctl 1 users delete 20004 >/dev/null
wait_for 10 clock_is_past "$changed" # the later change wins, in whole seconds
sim profile 4 3 name="While cut off" data=UD_C=1 >/dev/null
sim profile 1 4 name="Meanwhile" data=UD_D=1 >/dev/null
sim profile 3 1 name= data= >/dev/null
line 4 heal
check "a CoA profile that was made at a remote OMM is everywhere" wait_for 20 profile_everywhere 3 "While cut off"
check "one that was made elsewhere too" wait_for 20 profile_everywhere 4 Meanwhile
check "one that was taken away at a remote OMM is nowhere" wait_for 20 profile_everywhere 1 ""
check "what was changed at the remote OMM is everywhere" wait_for 20 everywhere 20002 "While cut off"
check "what was changed elsewhere too" wait_for 20 everywhere 20003 "Meanwhile"
for at in 1 2 3 4; do check "what was deleted is gone from site $at" wait_for 20 omm_has $at $((users - 1)); done

star_kill 1
star_start 1
check "the central node is killed and comes back: the remote OMMs too" wait_for 20 state_is east steady
check "a change still travels" sim edit 4 20005 name="After the kill"
check "... everywhere" wait_for 15 everywhere 20005 "After the kill"

# Remote OMMs start anew in the middle of whatever they say, and so does the centre's. Deletions are not made meanwhile: an OMM
# without its link tells nobody of them.
for i in $(seq 10 19); do
    at=$((3 + i % 2))
    starctl 1 users set $((20000 + i)) name="Centre $i" >/dev/null
    sim edit $at $((20010 + i)) name="Remote $i" >/dev/null
    sim create $((7 - at)) user num=$((7700 + i)) name="New $i" >/dev/null
    sim restart $at --down $((5 * (i - 10))) >/dev/null
    [ $((i % 5)) != 0 ] || sim restart 1 --down 20 >/dev/null
done
for i in $(seq 10 19); do
    check "a change at the centre among restarts is everywhere" wait_for 20 everywhere $((20000 + i)) "Centre $i"
    check "one at a remote OMM that starts anew" wait_for 20 everywhere $((20010 + i)) "Remote $i"
    check "a new user of it" wait_for 20 everywhere $((7700 + i)) "New $i"
done
for at in 1 2 3 4; do check "nobody was lost or doubled at site $at" wait_for 20 omm_has $at $((users + 9)); done
check "the phone is where it was" wait_for 15 only_at $number 1
sim locate $number 3 >/dev/null
check "and can walk" wait_for 15 only_at $number 3

check "a remote OMM is removed" starctl 1 remotes remove east
check "its users stay" wait_for 10 omm_has 1 $((users + 9))
star_stop 2
star_stop 1
stop_ommsim
printf 'star_vendor: %s checks\n' "$checks"
