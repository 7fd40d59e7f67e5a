#!/bin/sh
# What becomes of an OMM's own records: first-sync at an OMM that has some, and omm replaced, dry (what is listed, and that
# nothing is done) and done: at an OMM that is steady, at another machine that is refused until then, and without any.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-omm

row() { # kind type number-or-ipei [why]
    grep "\"kind\":\"$1\",\"type\":\"$2\"" "$work/rows" | grep "\"\(num\|ipei\)\":\"$3\"" | grep -qF -- "${4:-}"
}
count_is() { [ "$(grep '"what":"counts"' "$work/rows" | json_get "$1")" = "$2" ]; }
ask() { starctl 2 "$@" --json >"$work/rows" 2>"$work/why"; }
said() { grep -qF -- "$1" "$work/why"; }
omm_dump() { sim dump "$1" --json | grep -v timeStamp | sort; }
omm_users() { [ "$(sim users "$1" --json | grep -c '"num"')" = "$2" ]; }
omm_has() { sim users "$1" --json | grep "\"num\":\"$2\"" | grep -q "\"name\":\"$3\""; }
link_is() { starctl 2 links show omm --json | grep -q "\"state\":\"$1\""; }
waits() { starctl 2 status --json | grep -q "see ommsyncctl first-sync"; }
point_at() { # another machine in the place of node 2's OMM
    sed -i "/^\[omm\]/,/^\[links\]/s/^address = .*/address = 127.0.0.1:$1/" "$work/n2.conf"
    kill -HUP "$(cat "$work/n2.pid")"
}

start_ommsim --sites 4 --users 20 --filled 1 --unbound 0 --restart-delay 100
star_lines 2
star_config 1
star_config 2

# --- a remote that is there from the beginning, while the OMM of the centre is slow
log_line() { grep -n "$1" "$work/n1.log" | head -n 1 | cut -d : -f 1; }
sim create 2 user num=777 name=Ours >/dev/null
sim slow 1 100 >/dev/null
star_start 1
star_start 2
check "the centre reads its OMM" starctl 1 wait --timeout 20 sites-steady
sim slow 1 0 >/dev/null
check "the remote comes" wait_for 20 grep -q "taken in as node-2" "$work/n1.log"
check "it had to wait" [ "$(log_line "not let in: the OMM of the centre was not read yet")" -gt 0 ]
check "until the centre had everything" [ "$(log_line "taken in as node-2")" -gt "$(log_line "imported 20 devices and 20 users")" ]
star_stop 2
rm -rf "$work/n2"

# --- settings of the OMM that are wrong at first: a reload is enough
cp "$work/n2.conf" "$work/good.conf"
echo wrong >"$work/omm2.password"
sed -i "s|omm.password|omm2.password|" "$work/n2.conf"
star_start 2
check "a wrong password of the OMM" wait_for 20 grep -q "auth failed" "$work/n2.log"
cp "$work/omm.password" "$work/omm2.password"
kill -HUP "$(cat "$work/n2.pid")"
waits_for() { starctl 2 status --json | grep -q "the OMM has 1 users"; }
check "the right one, after a reload" wait_for 20 waits_for
star_stop 2
rm -rf "$work/n2"
cp "$work/good.conf" "$work/n2.conf"

# --- first-sync: a user that the star has, another one with a number that it has, one that it has not
name=$(sim users 1 --json | grep '"num":"20003"' | json_get name)
sim create 2 user num=20001 name=Elsewhere >/dev/null
sim create 2 user num=20003 name="$name" hierarchy1=Elsewhere >/dev/null
star_start 2
check "an OMM with users waits for a decision" wait_for 20 waits
check "what would be done is listed" ask first-sync
check "a user that the star has" row merge user 20003 "the star has it: what was changed last wins"
check "another one with a number that it has" row park user 20001 'another user has the number'
check "and one that it has not" row add user 777 "nobody else has it"
check "no more" [ "$(wc -l <"$work/rows")" = 4 ]
check "counted" count_is would_merge 1
check "new ones" count_is would_add 1
check "and those that cannot be" count_is would_park 1
check "nothing was done" omm_users 1 20
check "decided" starctl 2 first-sync merge
check "in step" wait_for 20 in_step 1 2
check "the one is merged with the other" omm_users 1 21
check "and everywhere" omm_users 2 21
check "the other one is parked" [ "$(starctl 1 users list --parked --json | json_get num)" = 20001 ]
check "it alone" [ "$(starctl 1 users list --parked --json | wc -l)" = 1 ]
check "after that there is nothing to decide" not ask first-sync

# --- omm replaced at an OMM that is steady: from what is known of it
omm_dump 2 >"$work/before"
check "what replacing it would do" ask omm replaced
check "a user would be replaced" row replace user 777 "the star's is written in its place"
check "21 of them" [ "$(grep -c '"type":"user"' "$work/rows")" = 21 ]
check "every phone too" [ "$(grep -c '"type":"device"' "$work/rows")" = 20 ]
check "counted" count_is would_replace 41
check "nothing is deleted" count_is would_delete 0
check "nothing was done" count_is "done" false
omm_dump 2 >"$work/after"
check "nothing at all" cmp "$work/before" "$work/after"
check "the conversation goes on" link_is steady

# --- another machine, with another PARK, another certificate and records of its own
sim create 4 user num=20002 name=Old >/dev/null
sim create 4 user num=888 name=Stranger >/dev/null
omm_dump 4 >"$work/before"
point_at "$(site_port 4)"
check "it is refused" wait_for 20 link_is "park changed"
check "what replacing it would do" ask omm replaced
check "a user that the star has not is deleted there" row delete user 888 "the star has not got it"
check "one that it has is replaced" row replace user 20002 "the star's is written in its place; there it is"
check "what it lacks is written" row write user 20001 "the OMM has not got it"
check "phones too" [ "$(grep -c '"kind":"write","type":"device"' "$work/rows")" = 20 ]
check "counted: deleted" count_is would_delete 1
check "replaced" count_is would_replace 1
check "written" count_is would_write 40
starctl 2 omm replaced >"$work/table"
check "a table for people says the same" grep -qE "^delete +user +888 +Stranger " "$work/table"
omm_dump 4 >"$work/after"
check "nothing was done there" cmp "$work/before" "$work/after"
check "nor in the star" not starctl 1 users show 888
sim cut 4 >/dev/null
check "it is away" wait_for 20 link_is unreachable
check "then it cannot be looked at" not ask omm replaced
check "and why" said "the OMM cannot be looked at: unreachable: "
sim heal 4 >/dev/null
check "it is there again" wait_for 20 link_is "park changed"
sed -i "/^\[omm\]/,/^\[links\]/s/^address = .*/&\nstandby = 127.0.0.1:$(site_port 4)/" "$work/n2.conf"
point_at 1
link_says() { starctl 2 links show omm --json | grep -qF "$1"; }
check "only its standby answers" wait_for 20 link_says '"standby":"127.0.0.1:'
for again in 1 2 3; do check "it is looked at there" ask omm replaced; done
check "and is the same one" count_is would_delete 1
sim cut 4 >/dev/null
check "neither answers" not ask omm replaced
check "why not: the one" said "127.0.0.1:1: "
check "and the other" said "; cannot connect to 127.0.0.1:$(site_port 4)"
sim heal 4 >/dev/null
sed -i "/^standby/d" "$work/n2.conf"
point_at "$(site_port 4)"
check "it is there again" wait_for 20 link_is "park changed"
check "replaced" starctl 2 omm replaced --yes
check "in step" wait_for 30 in_step 1 2
check "it has what the star has" omm_users 4 21
check "and nothing else" not omm_has 4 888 Stranger
check "the star's own" not omm_has 4 20002 Old
check "nothing of it reached the star" omm_users 1 21

# --- who asked goes away while the OMM is dialled: its own link goes on
site_port 4 >"$work/omm.port"
echo heal >"$work/omm.line"
"$B/bin/relay" "$work/omm.port" "$work/omm.line" >"$work/omm.out" 2>"$work/omm.err" &
echo $! >"$work/omm.pid"
check "a line to the OMM" wait_for 10 grep -q '^ready' "$work/omm.out"
omm_line() {
    echo "$1" >"$work/omm.line"
    kill -HUP "$(cat "$work/omm.pid")"
}
sed -i 's/^retry = .*/retry = 1s/' "$work/n2.conf"
point_at "$(sed -n 's/^line 1 //p' "$work/omm.out")"
check "in step" wait_for 20 in_step 1 2
omm_line cut
check "it is cut" wait_for 10 link_is "tls failed"
omm_line deaf
"$B/bin/ommsyncctl" --socket "$work/n2.sock" omm replaced >"$work/table" 2>&1 &
asked=$!
check "the OMM's own link waits" wait_for 10 link_is connecting
kill $asked
wait $asked 2>/dev/null || true
looks_no_more() { ! starctl 2 first-sync 2>"$work/why" && said "takes part already"; }
check "nobody asks any more" wait_for 10 looks_no_more
omm_line heal
check "in step" wait_for 20 in_step 1 2

# --- a certificate that is configured
own=$(starctl 2 links show omm --json | json_get fingerprint)
fingerprint_is() {
    sed -i "/^fingerprint/d; s/^\[omm\]\$/&\nfingerprint = $1/" "$work/n2.conf"
    kill -HUP "$(cat "$work/n2.pid")"
}
fingerprint_is "$(echo "$own" | tr '0-9a-f' '1-9a-f0')"
check "another one is not taken" wait_for 20 link_is "tls failed"
check "and named" wait_for 5 link_says "its fingerprint is $own"
fingerprint_is "$(echo "$own" | tr 'a-f' 'A-F')"
check "the right one is, in either case" wait_for 20 link_is steady
fingerprint_is ""
check "and is remembered" wait_for 20 in_step 1 2
check "as it was" link_says "\"fingerprint\":\"$own\""
for n in 1 2; do star_stop $n; done
stop_ommsim
echo "$checks checks passed"
