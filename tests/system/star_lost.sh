#!/bin/sh
# A node whose data folder is gone, and ommsyncd(8) "A store that is lost" done by the letter: the centre with a copy of its
# certificate, without one, and with a backup of its store; a remote. Each time people go on working and roaming meanwhile.
# Nothing is lost, nobody is registered twice or where the phone is not, and the identity is what it was.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-lost

refused() { # node what-is-said command…
    refused_node=$1 refused_text=$2
    shift 2
    ! starctl "$refused_node" "$@" 2>"$work/why" && grep -qF -- "$refused_text" "$work/why"
}
link_is() { starctl "$1" links show "$2" --json | grep -q "\"state\":\"$3\""; }
link_says() { starctl "$1" links show "$2" --json | grep -qF -- "$3"; }
all_up() { for node; do link_is 1 "node-$node" steady || return 1; done; }
reload() { kill -HUP "$(cat "$work/n$1.pid")"; }
omm_name() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -qF "\"name\":\"$3\""; }
omm_count() { [ "$(sim users "$1" --json | grep -c '"num"')" = "$2" ]; }
omm_lacks() { ! sim users "$1" --json | grep -q "\"num\":\"$2\""; }
name_is() { [ "$(starctl "$1" users show "$2" --json | json_get name)" = "$3" ]; }
everywhere() { for at in 1 2 3; do name_is $at "$1" "$2" && omm_name $at "$1" "$2" || return 1; done; }
nowhere() { for at in 1 2 3; do omm_lacks $at "$1" && ! starctl $at users show "$1" >/dev/null 2>&1 || return 1; done; }
counts_are() { # users: at every node and OMM, with nothing parked
    for at in 1 2 3; do
        [ "$(status_of $at users)" = "$1" ] && [ "$(status_of $at parked)" = 0 ] || return 1
        omm_count $at "$1" || return 1
    done
}
# Users, phones, who is bound to which, and ids: all of a node; places apart, which each node tells in its own words.
records() { { starctl "$1" users list --json && starctl "$1" devices list --json; } | sed 's/"site":"[^"]*",//' | sort; }
one_site() { case $(registered_at "$1") in '' | *,*) return 1 ;; esac; }
at_home() { # after each of the parts below: every phone that ever registered is served by the site where it is, and by no other
    for number in 20001 20002 20003 20004; do
        one_site $number || return 1
        [ "$(sim where $number --json | json_get site)" = "$(registered_at $number)" ] || return 1
    done
}
move() { sim locate "$1" "$2" >/dev/null; }

start_ommsim --sites 4 --users 20 --filled 1 --unbound 0 --restart-delay 100
star_lines 2 3
for n in 1 2 3; do star_config $n; done
for n in 1 2 3; do star_start $n; done
check "a star" wait_for 20 in_step 1 2 3
number=20001
for site in 1 2 3 1; do
    sip_password 1 $number
    check "somebody is called" wait_for 20 in_step
    sim locate $number $site >/dev/null
    number=$((number + 1))
done
check "phones are at all sites" wait_for 20 at_home
starctl 2 users add num=777 name=Second >/dev/null
starctl 1 users delete 20010 >/dev/null
check "all in step" wait_for 20 in_step
check "20 users" wait_for 10 counts_are 20
certificate=$(status_of 1 certificate)
sari=$(status_of 1 sari)
[ -n "$sari" ]
cp -p "$work/n1/tls.cert" "$work/n1/tls.key" "$work"
records 1 >"$work/records"

# --- the centre, with a copy of its certificate
star_stop 1
rm -rf "$work/n1"
sim edit 1 20005 name="At the centre's OMM" >/dev/null
sim create 1 user num=778 name=First >/dev/null
sim edit 2 20006 name="At another OMM" >/dev/null
starctl 3 users set 20007 name="At another node" >/dev/null
starctl 3 users add num=779 name=Third >/dev/null
starctl 2 users delete 20011 >/dev/null
sim locate 20001 2 >/dev/null
check "a phone that leaves the centre is served" wait_for 10 sh -c "'$B/bin/ommsim' ctl '$work/ommsim.ctl' where 20001 --json | grep -q '\"registeredAt\":\[.*2'"
mkdir -m 700 "$work/n1"
cp -p "$work/tls.cert" "$work/tls.key" "$work/n1"
for n in 2 3; do line $n cut; done
star_start 1
check "what its OMM has waits" wait_for 10 health_says 1 "was in a star before: see ommsyncctl first-sync"
check "nothing of it is taken before a remote is there" refused 1 "no node with the star's records is in step" first-sync merge
check "nor deleted" refused 1 "nothing could be put back" first-sync delete --yes
check "not a record is here" [ "$(status_of 1 users)" = 0 ]
for n in 2 3; do line $n heal; done
check "remotes come by themselves" wait_for 20 all_up 2 3
check "the SARI is what it was" [ "$(status_of 1 sari)" = "$sari" ]
check "and the certificate" [ "$(status_of 1 certificate)" = "$certificate" ]
check "what its OMM has waits" wait_for 10 health_says 1 "see ommsyncctl first-sync"
starctl 1 first-sync --json >"$work/steps"
check "19 users and 20 phones are those of the star" [ "$(json_get would_merge <"$work/steps")" = 39 ]
check "what was made there is new" grep -q '"kind":"add","type":"user","num":"778"' "$work/steps"
check "and what was deleted elsewhere" grep -q '"kind":"add","type":"user","num":"20011"' "$work/steps"
check "no more" [ "$(json_get would_add <"$work/steps")" = 2 ]
check "nothing is there twice" [ "$(json_get would_park <"$work/steps")" = 0 ]
check "merged" starctl 1 first-sync merge
check "steady" starctl 1 wait --timeout 20 sites-steady
check "all in step" wait_for 20 in_step
check "what was deleted elsewhere is deleted once more" starctl 1 users delete 20011
check "21 users" wait_for 20 counts_are 21
check "an edit at the centre's OMM arrived" wait_for 10 everywhere 20005 "At the centre's OMM"
check "a new user of it too" wait_for 10 everywhere 778 First
check "an edit at another OMM" wait_for 10 everywhere 20006 "At another OMM"
check "an edit at another node" wait_for 10 everywhere 20007 "At another node"
check "a new user of it" wait_for 10 everywhere 779 Third
check "a deletion" wait_for 10 nowhere 20011
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home
check "records are what they were" sh -c "grep -vE '\"num\":\"(20005|20006|20007|20011)\"' '$work/records' >'$work/kept'"
records 1 >"$work/now"
check "with their numbers and phones" [ "$(comm -12 "$work/kept" "$work/now" | wc -l)" -ge $(($(wc -l <"$work/kept") - 1)) ]
check "only what was changed meanwhile is in the list of conflicts" [ "$(starctl 1 conflicts --json | wc -l)" -le 3 ]
move 20001 3
move 20003 1
move 20004 2
check "phones go on roaming, with the passwords that were entered before" wait_for 20 at_home

# --- the centre again, without a copy of its certificate
star_stop 1
rm -rf "$work/n1"
sim edit 3 20008 name="Once more" >/dev/null
move 20002 3
star_start 1
check "another certificate is refused" wait_for 20 link_says 2 central "expected is $certificate"
certificate=$(status_of 1 certificate)
for n in 2 3; do
    sed -i "s/^\[central\]\$/&\nfingerprint = $certificate/" "$work/n$n.conf"
    reload $n
done
check "until it is written into the configuration" wait_for 20 all_up 2 3
check "the SARI is what it was" [ "$(status_of 1 sari)" = "$sari" ]
check "what its OMM has waits" wait_for 10 health_says 1 "see ommsyncctl first-sync"
check "merged" starctl 1 first-sync merge
check "steady" starctl 1 wait --timeout 20 sites-steady
check "all in step" wait_for 20 in_step
check "21 users" wait_for 20 counts_are 21
check "an edit at another OMM arrived" wait_for 10 everywhere 20008 "Once more"
sed -i '/^fingerprint/d' "$work/n2.conf"
star_stop 2
star_start 2
check "the configuration need not name the certificate for ever" wait_for 20 link_is 2 central steady
check "all in step" wait_for 20 in_step
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home

# --- the centre with a backup of its store
check "a backup" starctl 1 backup "$work/backup"
cp -p "$work/n1/tls.cert" "$work/n1/tls.key" "$work/n1/node.key" "$work"
starctl 1 users add num=780 name=Later >/dev/null
starctl 1 users set 20009 name="After the backup" >/dev/null
starctl 1 users delete 779 >/dev/null
move 20002 1
check "all in step" wait_for 20 in_step
star_stop 1
rm -rf "$work/n1"
sim edit 2 20012 name="While it was away" >/dev/null
sim delete 1 20015 >/dev/null
starctl 3 users delete 20016 >/dev/null
mkdir -m 700 "$work/n1"
cp -p "$work/tls.cert" "$work/tls.key" "$work/node.key" "$work/n1"
cp -Rp "$work/backup" "$work/n1/store"
star_start 1
check "it says what it is" wait_for 10 health_says 1 "restored"
check "all in step" wait_for 20 in_step
check "19 users" wait_for 20 counts_are 19
check "what was deleted elsewhere meanwhile is deleted" nowhere 20016
check "and what was at its OMM" nowhere 20015
check "what was made after the backup is there" wait_for 10 everywhere 780 Later
check "what was changed" wait_for 10 everywhere 20009 "After the backup"
check "and deleted" wait_for 10 nowhere 779
check "what was changed meanwhile too" wait_for 10 everywhere 20012 "While it was away"
starctl 1 users add num=781 name=New >/dev/null
check "a new user takes nobody's place" wait_for 10 everywhere 781 New
check "20 users" wait_for 20 counts_are 20
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home
check "dealt with" starctl 1 restored accept

# --- a remote
star_stop 3
rm -rf "$work/n3"
starctl 1 users set 20013 name="Remote was away" >/dev/null
sim edit 3 20014 name="At the remote's OMM" >/dev/null
star_start 3
check "what its OMM has waits" wait_for 20 health_says 3 "see ommsyncctl first-sync"
starctl 3 first-sync --json >"$work/steps"
check "all of it would be merged" [ "$(json_get would_merge <"$work/steps")" = 40 ]
check "merged" starctl 3 first-sync merge
check "steady" starctl 3 wait --timeout 20 sites-steady
check "all in step" wait_for 20 in_step
check "20 users" wait_for 20 counts_are 20
check "an edit at the centre is there" wait_for 10 everywhere 20013 "Remote was away"
check "an edit at its OMM arrived" wait_for 10 everywhere 20014 "At the remote's OMM"
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home
move 20003 3
move 20001 2
check "phones go on roaming" wait_for 20 at_home

# --- a remote whose OMM is emptied instead
star_stop 3
rm -rf "$work/n3"
sim edit 3 20017 name="Not wanted" >/dev/null
starctl 2 users delete 20018 >/dev/null
star_start 3
check "what its OMM has waits" wait_for 20 health_says 3 "see ommsyncctl first-sync"
check "it is deleted" starctl 3 first-sync delete --yes
check "all in step" wait_for 30 in_step
check "19 users" wait_for 20 counts_are 19
check "what was deleted elsewhere stays deleted" nowhere 20018
check "what was changed there is gone" not name_is 1 20017 "Not wanted"
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home

# --- a remote with a backup of its store
check "a backup" starctl 2 backup "$work/backup2"
cp -p "$work/n2/node.key" "$work"
starctl 2 users add num=782 name=Later >/dev/null
check "all in step" wait_for 20 in_step
star_stop 2
rm -rf "$work/n2"
starctl 1 users delete 781 >/dev/null
sim edit 2 20019 name="At its OMM" >/dev/null
line 2 cut
mkdir -m 700 "$work/n2"
cp -p "$work/node.key" "$work/n2"
cp -Rp "$work/backup2" "$work/n2/store"
star_start 2
check "its OMM waits for the centre" wait_for 10 health_says 2 "the OMM waits until another node was in step"
line 2 heal
check "all in step" wait_for 20 in_step
check "19 users" wait_for 20 counts_are 19
check "what was made after the backup is there" wait_for 10 everywhere 782 Later
check "an edit at its OMM arrived" wait_for 10 everywhere 20019 "At its OMM"
check "what was deleted is" wait_for 10 nowhere 781
check "nobody is registered twice, nor where the phone is not" wait_for 20 at_home
line 2 cut
star_stop 2
star_start 2
check "without the centre it waits again" wait_for 10 health_says 2 "the OMM waits until another node was in step"
check "until somebody says that it need not" starctl 2 restored accept
check "then it takes part" starctl 2 wait --timeout 20 sites-steady omm
line 2 heal
check "all in step" wait_for 20 in_step

# --- the centre and its OMM: another machine with another PARK
move 20002 3
check "all in step" wait_for 20 in_step
star_stop 1
rm -rf "$work/n1"
sim cut 1 >/dev/null
sed -i "s/^address = 127.0.0.1:$(site_port 1)\$/address = 127.0.0.1:$(site_port 4)/; s/^\[system\]\$/&\nsari = $sari/" "$work/n1.conf"
mkdir -m 700 "$work/n1"
cp -p "$work/tls.cert" "$work/tls.key" "$work/n1"
starctl 3 users set 20003 name="Meanwhile" >/dev/null
star_start 1
check "all in step" wait_for 30 in_step
check "the SARI is what it was" [ "$(status_of 1 sari)" = "$sari" ]
check "the new OMM has it" wait_for 10 sh -c "'$B/bin/ommsim' ctl '$work/ommsim.ctl' sites --json | grep '\"site\":4,' | grep -q $sari"
check "and all users" wait_for 20 omm_count 4 19
check "as they are now" omm_name 4 20003 Meanwhile
move 20002 4
check "a phone comes to it" wait_for 20 at_home

# --- no node of the star is left
check "an export" starctl 2 export "$work/export"
sim delete 4 20020 >/dev/null
check "all in step" wait_for 20 in_step
for n in 1 2 3; do star_stop $n; done
rm -rf "$work/n1"
star_start 1
check "what its OMM has waits" wait_for 10 health_says 1 "was in a star before: see ommsyncctl first-sync"
check "it is all that there is" starctl 1 first-sync merge --yes
check "steady" starctl 1 wait --timeout 20 sites-steady
check "18 users" [ "$(status_of 1 users)" = 18 ]
check "the SARI is what it was" [ "$(status_of 1 sari)" = "$sari" ]
check "what it lacks" starctl 1 import "$work/export" --fill-gaps
check "is added" [ "$(status_of 1 users)" = 19 ]
check "what it is now" starctl 1 export "$work/export1"
check "the site of the other node is not with it" [ "$(grep -c '^site ' "$work/export1")" = 1 ]
check "nothing is there twice" [ "$(status_of 1 parked)" = 0 ]
star_stop 1
stop_ommsim
echo "$checks checks passed"
