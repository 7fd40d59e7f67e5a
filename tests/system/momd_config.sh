#!/bin/sh
# The configuration of momd from outside: sample and manual are those of the program, mistakes are told with their place and
# end with 78, what is printed can be read again, a reload is all or nothing, and what cannot start says why.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work config

momd() { "$B/bin/momd" "$@"; }
log_says() { grep -qF -- "$1" "$work/momd.log"; }
settings_of_manual() { sed -n '/^\.Sh SETTINGS/,/^\.Sh SEE ALSO/p' docs/man/momd.conf.5 | sed '1d;$d'; }

check "version" exits 0 momd --version
check "help" exits 0 momd --help
check "an unknown option" exits 2 momd --nonsense
check "an argument" exits 2 momd start
check "a sample" exits 0 momd --sample-config
check "the sample in packaging is the program's" cmp "$work/out" packaging/momd.conf.sample
cp "$work/out" "$work/sample.conf"
check "the sample is a good configuration" exits 0 momd --check-config --config "$work/sample.conf"
check "the settings of the manual" exits 0 momd --manual-config
settings_of_manual >"$work/manual"
check "are those in momd.conf(5)" cmp "$work/out" "$work/manual"
write_config "$work/momd.conf"
check "the configuration of the tests" exits 0 momd --check-config --config "$work/momd.conf"
check "is dumped" exits 0 momd --dump-config --config "$work/momd.conf"
cp "$work/out" "$work/dump.conf"
check "and the dump is read" exits 0 momd --dump-config --config "$work/dump.conf"
check "with the same result" cmp "$work/out" "$work/dump.conf"

cat >"$work/bad.conf" <<'CONFIG'
[system]
nmae = x
log-level = loud
[links]
retry = soon
page = 21
[nowhere]
CONFIG
check "mistakes end with 78" exits 78 momd --check-config --config "$work/bad.conf"
check "a key with a slip and the nearest" says "bad.conf:2:1:"
check "its name" says "name"
check "a bad choice" says "bad.conf:3:13:"
check "a bad duration" says "bad.conf:5:9:"
check "a number out of range" says "bad.conf:6:8:"
check "an unknown section" says "bad.conf:7:"
check "momd does not start with them" exits 78 momd --config "$work/bad.conf"
check "a file that is not there" exits 78 momd --check-config --config "$work/none.conf"
printf '[system]\nsari = 123\n' >"$work/sari.conf"
check "a SARI that is none" exits 78 momd --check-config --config "$work/sari.conf"
printf '[control]\ngroup = there-is-none\n' >"$work/group.conf"
check "a group that is none" exits 78 momd --check-config --config "$work/group.conf"
check "is named" says '"there-is-none"'
printf '[tls]\ncheck = ca\n' >"$work/ca.conf"
check "the check ca without authorities" exits 78 momd --check-config --config "$work/ca.conf"

printf '[system]\ndata-dir = %s/no/where\n' "$work" >"$work/dir.conf"
check "a data folder that cannot be made" exits 1 momd --config "$work/dir.conf"
check "is named" says "$work/no/where"

start_momd "$work/momd.conf"
check "the data folder is ours alone" [ "$(stat -c %a "$work/data")" = 700 ]
check "the store too" [ "$(stat -c %a "$work/data/store")" = 700 ]
check "the key too" [ "$(stat -c %a "$work/data/node.key")" = 600 ]
check "the socket too" [ "$(stat -c %a "$work/momd.sock")" = 600 ]
sed "s|^socket.*|socket = $work/second.sock|" "$work/momd.conf" >"$work/second.conf"
check "a second momd on the same data" exits 1 momd --config "$work/second.conf"
check "is told why" says "in use by another process"

cp "$work/bad.conf" "$work/momd.conf"
kill -HUP "$momd_pid"
check "a reload with mistakes changes nothing" wait_for 20 log_says "the former one stays in force"
check "and names them" log_says "momd.conf:3:13:"
write_config "$work/momd.conf" "window = 2" "[system]" "log-level = debug" "name = other"
sed -i '0,/^\[system\]/{/^\[system\]/d}' "$work/momd.conf"
sed -i "/^data-dir/d; s|^log-level|data-dir = $work/data\nlog-level|" "$work/momd.conf"
kill -HUP "$momd_pid"
check "a good reload" wait_for 20 log_says "configuration loaded again"
check "names what changed" log_says "[links] window changed"
check "and is in force" sh -c "'$B/bin/momctl' --socket '$work/momd.sock' status --json | grep -q '\"system\":\"other\"'"
check "SIGTERM ends with 0" stop_momd
check "the socket is gone" [ ! -e "$work/momd.sock" ]

chmod 644 "$work/data/node.key"
check "a key that others can read" exits 1 momd --config "$work/momd.conf"
check "is refused with its path" says "node.key"
chmod 600 "$work/data/node.key"
printf short >"$work/data/node.key"
check "a key that is none" exits 1 momd --config "$work/momd.conf"

if command -v systemd-analyze >/dev/null 2>&1; then
    sed 's|@sbindir@|/usr/sbin|; s|@sysconfdir@|/etc|' packaging/systemd/momd.service >"$work/momd.service"
    check "the unit is hardened" sh -c "systemd-analyze security --offline=true --threshold=20 '$work/momd.service'"
fi
echo "$checks checks passed"
