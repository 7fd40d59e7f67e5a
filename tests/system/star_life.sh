#!/bin/sh
# A star from the outside: accounts, addresses, who is let in, what a node does when it is stopped, restarted, reloaded, and
# what it says of versions, platforms and clocks. Mistakes of a configuration are those of star_config.sh.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work star-life

log_says() { grep -qF -- "$2" "$work/n$1.log"; }
link_has() { starctl "$1" links show "$2" --json | grep -q "\"$3\":\"\{0,1\}$4"; } # node link key value
add_line() { printf '%s\n' "$2" "$3" >>"$work/n$1.conf"; }

start_ommsim --sites 4 --users 30 --filled 1 --restart-delay 100
star_lines 2 3 4
star_config 1 'max = 2'
for n in 2 3 4; do star_config $n; done

# --- accounts and addresses
sim cut 1 >/dev/null
star_start 1
star_start 4
check "a remote waits while the centre has not read its OMM" wait_for 10 link_has 4 central state refused
check "and is told so" wait_for 10 link_has 4 central reason "EPerm: the OMM of the centre was not read yet"
check "the OMM of the centre is named" wait_for 10 link_has 1 omm state unreachable
check "in its health" wait_for 10 health_says 1 "the OMM cannot be looked at: unreachable"
check "at both ends" log_says 1 "node 4: not let in: the OMM of the centre was not read yet"
star_stop 4
sim heal 1 >/dev/null
check "the centre reads its OMM" wait_for 20 starctl 1 wait --timeout 20 sites-steady
certificate=$(status_of 1 certificate)
check "it has a certificate" [ "${#certificate}" = 64 ]
echo wrong-secret >"$work/star2.password"
sed -i "s|star.password|star2.password|" "$work/n2.conf"
star_start 2
check "a wrong password is refused" wait_for 10 log_says 2 "auth failed"
check "the remote has nothing" [ "$(status_of 2 users)" = 0 ]
check "the centre does not know it" [ "$(status_of 1 nodes)" = 0 ]
cp "$work/star.password" "$work/star2.password"
kill -HUP "$(cat "$work/n2.pid")"
check "the right one, after a reload" wait_for 20 in_step 1 2
check "30 users" [ "$(status_of 2 users)" = 30 ]
status_has() { starctl "$1" status --json | grep -qF "$2"; }
check "and nothing to catch up" wait_for 5 status_has 2 '"progress":null,"eta_s":null'
check "a node gets the name that another one would get" starctl 1 remotes set node-2 --name node-3
line 3 cut
second 3 heal
star_start 3
check "by the second address alone" wait_for 20 in_step 1 2 3
check "there are two" [ "$(status_of 1 nodes)" = 2 ]
check "which have two names" log_says 1 "node 3: taken in as new-node-3"
check "the first gets its own back" starctl 1 remotes set node-3 --name node-2
check "then the second" starctl 1 remotes set new-node-3 --name node-3
star_start 4
check "one more than may be is refused" wait_for 10 log_says 1 "there are 2 remotes already"
check "which is said there too" wait_for 10 log_says 4 "refused: EPerm: there are 2 remotes already"
check "as its state" wait_for 10 link_has 4 central state refused
check "and its reason" wait_for 10 link_has 4 central reason "EPerm: there are 2 remotes already"
check "it has nothing" [ "$(status_of 4 users)" = 0 ]
check "the others go on" wait_for 20 in_step 1 2 3
star_stop 4
rm "$work/n4.conf"

# --- strangers
port=$(cat "$work/centre.port")
stranger() { # what-axicat-says its-arguments…
    stranger_text=$1
    shift
    ! "$B/bin/axicat" --timeout 5 "$@" >"$work/stranger" 2>&1 </dev/null && grep -F -- "$stranger_text" "$work/stranger" ||
        { cat "$work/stranger"; return 1; }
}
check "who speaks no TLS gets nothing" stranger "the connection was lost" --plain --password-file "$work/star.password" "ommsync@127.0.0.1:$port" GetVersions
check "who has no account gets nothing" stranger "login of nobody refused: EAuth" --insecure --password-file "$work/omm.password" \
    "nobody@127.0.0.1:$port" GetVersions
check "who has the wrong one neither" stranger "login of ommsync refused: EAuth" --insecure --sync --password-file "$work/omm.password" \
    "ommsync@127.0.0.1:$port" GetVersions
check "nor who has the account of nodes and is none" stranger "login of ommsync refused: EAuth" --insecure \
    --password-file "$work/star.password" "ommsync@127.0.0.1:$port" GetPPUserSummary
check "the star goes on" wait_for 20 in_step 1 2 3

# --- versions, platforms and clocks
starctl 1 watch --json >"$work/watched" 2>/dev/null &
echo $! >"$work/watch.pid"
check "somebody watches the centre" wait_for 10 grep -q watching "$work/watched"
sim fault 2 version 46 >/dev/null
sim restart 2 >/dev/null
check "another version of AXI stops the link" wait_for 20 link_has 2 central state "version mismatch"
check "it is said why" wait_for 10 link_has 2 central reason "another version"
check "in the health of the node too" wait_for 10 health_says 2 "version mismatch"
check "the centre says it of that remote" wait_for 10 link_has 1 node-2 state "version mismatch"
check "and why" wait_for 10 link_has 1 node-2 reason "another version of the protocol: .*protocol 46"
check "in its health too" wait_for 10 health_says 1 "node node-2: version mismatch another version of the protocol"
check "and to those who watch" wait_for 10 grep -q '"site":"node-2","state":"version mismatch"' "$work/watched"
kill "$(cat "$work/watch.pid")"
rm "$work/watch.pid"
for n in 1 2; do
    add_line $n '[links]' 'same-version = no'
    kill -HUP "$(cat "$work/n$n.pid")"
done
check "it may be another one, after a reload" wait_for 20 in_step 1 2 3
for n in 1 2; do
    sed -i '/^same-version/d' "$work/n$n.conf"
    kill -HUP "$(cat "$work/n$n.pid")"
done
check "or may not" wait_for 20 link_has 2 central state "version mismatch"
sim fault 2 none >/dev/null
sim restart 2 >/dev/null
check "it resumes by itself" wait_for 20 in_step 1 2 3
check "and nothing of it is left" wait_for 10 link_has 1 node-2 state steady
check "anywhere" wait_for 10 not health_says 1 "version mismatch"
mv "$work/star2.password" "$work/away"
sim fault 2 platform rfp >/dev/null
sim restart 2 >/dev/null
check "a password that is gone when the node logs in anew" wait_for 20 log_says 2 "star2.password: No such file"
mv "$work/away" "$work/star2.password"
check "is read when it is there again" wait_for 20 in_step 1 2 3
sim fault 2 none >/dev/null
sim restart 2 >/dev/null
check "all in step" wait_for 20 in_step 1 2 3
sim clock 3 90 >/dev/null
sim restart 3 >/dev/null
check "the clock of an OMM that is wrong is seen" wait_for 20 link_has 3 omm clock_offset_ms "[89][0-9]\{4\}[,}]"
sim clock 3 0 >/dev/null
sim restart 3 >/dev/null
check "all in step" wait_for 20 in_step 1 2 3
sim fault 3 platform rfp >/dev/null
sim restart 3 >/dev/null
check "another platform is seen" wait_for 20 link_has 3 omm platform "base-station"
check "and named at the centre" wait_for 20 health_says 1 "platform"
sim fault 3 none >/dev/null
sim restart 3 >/dev/null
check "no more" wait_for 20 link_has 3 omm platform server
check "nor there" wait_for 20 not health_says 1 "platform"
check "all in step" wait_for 20 in_step 1 2 3
sim cut 3 >/dev/null
check "an OMM that is away is named at its node" wait_for 20 health_says 3 "the OMM: unreachable cannot connect"
sim heal 3 >/dev/null
check "it is there again" wait_for 20 in_step 1 2 3
check "and no more named" not health_says 3 "the OMM:"
line 3 cut
second 3 cut
check "node 3 is cut off" wait_for 20 link_has 1 node-3 state lost
audit() { starctl 1 audit node-3 2>"$work/err"; }
check "it cannot be audited" not audit
check "and why" says "there is no connection to the node"
line 3 heal
check "all in step" wait_for 20 in_step 1 2 3

# --- reload, stop, restart
printf '[system]\nlog-level = debug\n' >>"$work/n2.conf"
kill -HUP "$(cat "$work/n2.pid")"
check "a reload takes what is new" wait_for 10 log_says 2 "log-level changed"
printf '[links]\nrate = fast\n' >>"$work/n3.conf"
kill -HUP "$(cat "$work/n3.pid")"
check "a mistake is told" wait_for 10 log_says 3 "rate"
check "and the configuration that there was stays" starctl 3 status
sed -i '/fast/d' "$work/n3.conf"
for n in 1 2 3; do
    began=$(date +%s)
    check "node $n stops in order" star_stop $n
    check "within 5 s" [ $(($(date +%s) - began)) -le 5 ]
done
for n in 1 2 3; do star_start $n; done
check "all in step again" wait_for 20 in_step 1 2 3
check "with the same certificate" [ "$(status_of 1 certificate)" = "$certificate" ]
check "nothing was doubled" [ "$(status_of 3 users)" = 30 ]
star_stop 1
mv "$work/n1/tls.key" "$work/key"
check "the centre does not start with its certificate alone" exits 1 timeout 20 "$B/bin/ommsyncd" --config "$work/n1.conf"
check "and says why" says "tls.cert is there without its key"
mv "$work/key" "$work/n1/tls.key"
star_start 1
check "with both it is the one that it was" [ "$(status_of 1 certificate)" = "$certificate" ]
star_stop 3
sed -i "s|^password-file.*star.password|&\nfingerprint = $(echo "$certificate" | tr '0-9a-f' '1-9a-f0')\n[tls]\ncheck = none|" "$work/n3.conf"
star_start 3
check "another certificate than the configured one is not taken, whatever [tls] check says" wait_for 20 link_has 3 central state "tls failed"
rm "$work/n1/tls.cert" "$work/n1/tls.key"
star_stop 1
star_start 1
check "another certificate is not taken" wait_for 20 log_says 2 "expected is $certificate"
check "and named" wait_for 10 link_has 2 central state "tls failed"
for n in 1 2 3; do star_stop $n; done
check "no password is in a log" not grep -qF secret "$work/n1.log" "$work/n2.log" "$work/n3.log"
stop_ommsim
echo "$checks checks passed"
