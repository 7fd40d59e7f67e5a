#!/bin/sh
# The configuration of ommsyncd from outside: sample and manual are those of the program (UPDATE=yes writes them), mistakes
# are told with their place and end with 78, each rule of a node in its star is held, what is printed can be read again, and
# what cannot start says why.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work node-config

ommsyncd() { "$B/bin/ommsyncd" "$@"; }
page=docs/man/ommsyncd.conf.5
settings_of_manual() { sed -n '/^\.Sh SETTINGS/,/^\.Sh ROLES/p' $page | sed '1d;$d'; }

if [ -n "${UPDATE:-}" ]; then
    ommsyncd --sample-config >packaging/ommsyncd.conf.sample
    {
        sed '/^\.Sh SETTINGS/q' $page
        ommsyncd --manual-config
        sed -n '/^\.Sh ROLES/,$p' $page
    } >"$work/page"
    cp "$work/page" $page
fi

check "version" exits 0 ommsyncd --version
check "help" exits 0 ommsyncd --help
check "an unknown option" exits 2 ommsyncd --nonsense
check "an argument" exits 2 ommsyncd start
check "a sample" exits 0 ommsyncd --sample-config
check "the sample in packaging is the program's" cmp "$work/out" packaging/ommsyncd.conf.sample
cp "$work/out" "$work/sample.conf"
check "the settings of the manual" exits 0 ommsyncd --manual-config
settings_of_manual >"$work/manual"
check "are those in ommsyncd.conf(5)" cmp "$work/out" "$work/manual"

# --- the two roles: every line that a rule needs, and one rule broken at a time
echo star-secret >"$work/star.password"
central() { # [sed-expression]
    sed "${1:-}" <<CONFIG >"$work/central.conf"
[system]
data-dir = $work/data
[control]
socket = $work/node.sock
[omm]
address = 127.0.0.1:1
password-file = $work/omm.password
[remotes]
listen = 127.0.0.1
port = 0
password-file = $work/star.password
CONFIG
}
remote() { # [sed-expression]
    sed "${1:-}" <<CONFIG >"$work/remote.conf"
[system]
data-dir = $work/data
node = 2
[control]
socket = $work/node.sock
[omm]
address = 127.0.0.1:1
password-file = $work/omm.password
[central]
address = 192.0.2.1
password-file = $work/star.password
CONFIG
}
good() { check "$1" exits 0 ommsyncd --check-config --config "$work/$2.conf"; }
bad() { # text role sed-expression what-is-said
    "$2" "$3"
    check "$1" exits 78 ommsyncd --check-config --config "$work/$2.conf"
    check "is said" says "$4"
}
central
good "a central node" central
remote
good "a remote node" remote
remote 's/^address = 192.*/&:12700\nsecond-address = centre.example:12700/'
good "a second address of the centre, with ports" remote
central 's/^password-file.*star.*/&\ncertificate = a\nkey = b/'
good "a certificate and its key" central
bad "a number of a remote node without a centre" central 's/^data-dir.*/&\nnode = 3/' \
    "[system] node: node 3 is no central node: set [central] address"
bad "a remote node with the number of the central one" remote 's/^node = 2/node = 1/' \
    "[system] node: a remote node needs a number of its own, from 2 on"
bad "a number that is too large" remote 's/^node = 2/node = 10000/' "remote.conf:3:8:"
bad "a central node without a password for its remotes" central '/star.password/d' \
    "[remotes] password-file must be set at the central node"
bad "a remote node without one" remote '/star.password/d' "[central] password-file must be set"
bad "a certificate without its key" central 's/^port.*/&\ncertificate = a/' "[remotes] certificate and key belong together"
bad "a key without its certificate" central 's/^port.*/&\nkey = b/' "[remotes] certificate and key belong together"
bad "no password of the OMM" central '/omm.password/d' "password-file in [omm] must be set"
bad "a rate that is none" central '$a [links]\nrate = fast' "central.conf:13:8:"
bad "an address of the OMM that is none" central 's/^address.*/address = here:there/' '[omm] address: "here:there" is not an address'
bad "one of its standby" central 's/^address.*/&\nstandby = a:0/' '[omm] standby: "a:0" is not an address'
bad "one of the centre" remote 's/^address = 192.*/address = 192.0.2.1:70000/' '[central] address: "192.0.2.1:70000" is not an address'
bad "a second one" remote 's/^address = 192.*/&\nsecond-address = :1/' '[central] second-address: ":1" is not an address'
bad "a password of the OMM that is not there" central 's/omm.password/none.password/' "none.password"
bad "one of the remotes" central 's/star.password/none.password/' "[remotes] password-file: "
bad "one of the centre" remote 's/star.password/none.password/' "[central] password-file: "
head -c 300 /dev/zero | tr '\0' a >"$work/long.password"
bad "one that is too long" remote 's/star.password/long.password/' "long.password: longer than "
bad "a fingerprint of the OMM that is none" central 's/^address.*/&\nfingerprint = 12:34/' '[omm] fingerprint: "12:34" is no SHA-256'
bad "one of the centre" remote 's/^address = 192.*/&\nfingerprint = none/' '[central] fingerprint: "none" is no SHA-256'
bad "a SARI that is none" central 's/^data-dir.*/&\nsari = 123/' "sari"
bad "a group that is none" central 's/^socket.*/&\ngroup = there-is-none/' '"there-is-none"'
bad "a key with a slip" central 's/^port.*/prot = 1/' "central.conf:10:1:"
bad "its name" central 's/^port.*/prot = 1/' "port"
bad "two mistakes" central 's/^port.*/prot = 1/; /star.password/d' "central.conf:10:1:"
check "ommsyncd does not start with them" exits 78 ommsyncd --config "$work/central.conf"
check "a file that is not there" exits 78 ommsyncd --check-config --config "$work/none.conf"
check "the sample alone lacks passwords" exits 78 ommsyncd --check-config --config "$work/sample.conf"
check "and says so" says "password-file in [omm] must be set"

for role in central remote; do
    $role
    check "the $role node's is dumped" exits 0 ommsyncd --dump-config --config "$work/$role.conf"
    cp "$work/out" "$work/dump.conf"
    check "and the dump is read" exits 0 ommsyncd --dump-config --config "$work/dump.conf"
    check "with the same result" cmp "$work/out" "$work/dump.conf"
    check "no password is in it" sh -c "! grep -qF star-secret '$work/dump.conf'"
done

printf '\n[links]\nretry = 500ms\nretry-jitter = 100ms\n' >>"$work/central.conf"
"$B/bin/ommsyncd" --config "$work/central.conf" 2>>"$work/node.log" &
ommsim_pid=$! # stopped by the clean-up, whatever it is
ctl() { "$B/bin/ommsyncctl" --socket "$work/node.sock" "$@"; }
check "a central node starts without its OMM" wait_for 20 ctl status
check "its data folder is its own alone" [ "$(stat -c %a "$work/data")" = 700 ]
check "its socket too" [ "$(stat -c %a "$work/node.sock")" = 600 ]
sed "s|^socket.*|socket = $work/second.sock|" "$work/central.conf" >"$work/second.conf"
check "a second one on the same data" exits 1 ommsyncd --config "$work/second.conf"
check "is told why" says "in use by another process"
cp "$work/central.conf" "$work/good.conf"
central 's/^port.*/prot = 1/'
kill -HUP "$ommsim_pid"
check "a reload with mistakes changes nothing" wait_for 20 grep -qF "the former one stays in force" "$work/node.log"
{
    cat "$work/good.conf"
    echo 'rate = 100KiB'
} >"$work/central.conf"
kill -HUP "$ommsim_pid"
check "a good reload" wait_for 20 grep -qF "configuration loaded again" "$work/node.log"
check "names what changed" grep -qF "[links] rate changed" "$work/node.log"

# --- what needs a restart: nothing of it is taken before
taken() { ctl status --json | grep -qF "$1"; }
reloads() { [ "$(grep -cF "configuration loaded again" "$work/node.log")" = "$1" ]; }
cp "$work/central.conf" "$work/good.conf"
mkdir "$work/other"
sed "s|^data-dir.*|data-dir = $work/other\nnode = 3|; s/^\[omm\]/[central]\naddress = 192.0.2.1\npassword-file = $(echo "$work" | sed 's|/|\\/|g')\/star.password\n&/" \
    "$work/good.conf" >"$work/central.conf"
check "another node in another folder" exits 0 ommsyncd --check-config --config "$work/central.conf"
kill -HUP "$ommsim_pid"
check "is read" wait_for 5 reloads 2
check "and named" grep -qF "[system] node changed: taken at the next start" "$work/node.log"
check "it is the node that it was" taken '"role":"central","node":1,'
check "with one OMM" taken '"sites":1,'
starts() { ctl users add num=1 name=x && ctl users delete 1; }
check "it goes on" starts
check "in its own folder" [ -z "$(ls "$work/other")" ]
cp "$work/good.conf" "$work/central.conf"
kill -HUP "$ommsim_pid"
check "and back" wait_for 5 reloads 3
check "still the same" taken '"role":"central","node":1,'
kill "$ommsim_pid"
pid=$ommsim_pid ommsim_pid=
check "SIGTERM ends it with 0" wait "$pid"
check "the socket is gone" [ ! -e "$work/node.sock" ]

if command -v systemd-analyze >/dev/null 2>&1; then
    sed 's|@sbindir@|/usr/sbin|; s|@sysconfdir@|/etc|' packaging/systemd/ommsyncd.service >"$work/ommsyncd.service"
    check "the unit is hardened" sh -c "systemd-analyze security --offline=true --threshold=20 '$work/ommsyncd.service'"
fi
echo "$checks checks passed"
