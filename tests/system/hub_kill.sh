#!/bin/sh
# Nothing is lost or doubled whoever dies during an import: momd is killed (SIGKILL) at many points of the import of two
# sites, then a site restarts at many points, then the whole simulator is killed and started anew. Each time the hub must
# end with exactly the users and devices of the sites, each number once.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work kill

users=400
numbers() { momctl users --json | sed -n 's/.*"num":"\([^"]*\)".*/\1/p' | sort; }
ipeis() { momctl devices --json | sed -n 's/.*"ipei":"\([^"]*\)".*/\1/p' | sort; }
site_numbers() { for s in 1 2; do sim users $s --json; done | sed -n 's/.*"num":"\([^"]*\)".*/\1/p' | sort; }
site_ipeis() { for s in 1 2; do sim devices $s --json; done | sed -n 's/.*"ipei":"\([^"]*\)".*/\1/p' | sort; }
all_there() {
    momctl wait --timeout 60 sites-steady >/dev/null || return 1
    numbers >"$work/hub.numbers" && ipeis >"$work/hub.ipeis"
    cmp "$work/hub.numbers" "$work/numbers" && cmp "$work/hub.ipeis" "$work/ipeis" &&
        [ "$(momctl status --json | json_get parked)" = 0 ]
}
records_read() { # of site one
    momctl sites show one --json | json_get read
}
read_at_least() {
    [ "$(records_read)" -ge "$1" ] 2>/dev/null || momctl wait --timeout 0 sites-steady >/dev/null 2>&1
}

start_ommsim --sites 2 --users $users --restart-delay 100
site_numbers >"$work/numbers"
site_ipeis >"$work/ipeis"
check "the sites have $users users" [ "$(wc -l <"$work/numbers")" = $users ]
write_config "$work/momd.conf" "page = 10" "window = 1" "[store]" "map-size = 1MiB" # it has to grow, too

start_momd "$work/momd.conf"
add_site one "$(site_port 1)" --disabled
add_site two "$(site_port 2)" --disabled
momctl sites enable one >/dev/null # the SARI is set once; later imports begin at once
check "first import of one site" momctl wait --timeout 30 sites-steady
momctl sites enable two >/dev/null
check "first import of both" all_there
stop_momd

sim slow 1 15 >/dev/null
sim slow 2 15 >/dev/null
for point in 1 60 120 180 240 300 350; do
    rm -rf "$work/data"
    start_momd "$work/momd.conf"
    add_site one "$(site_port 1)" >/dev/null
    add_site two "$(site_port 2)" >/dev/null
    wait_for 20 read_at_least $point
    kill_momd
    start_momd "$work/momd.conf"
    check "momd killed when $point records were read" all_there
    stop_momd
done

for point in 1 100 200 300; do
    rm -rf "$work/data"
    start_momd "$work/momd.conf"
    add_site one "$(site_port 1)" >/dev/null
    add_site two "$(site_port 2)" >/dev/null
    wait_for 20 read_at_least $point
    sim restart 1 >/dev/null
    check "site restarted when $point records were read" all_there
    stop_momd
done

rm -rf "$work/data"
start_momd "$work/momd.conf"
add_site one "$(site_port 1)" >/dev/null
add_site two "$(site_port 2)" >/dev/null
wait_for 20 read_at_least 150
kill -9 "$ommsim_pid"
wait "$ommsim_pid" 2>/dev/null || true
start_ommsim --sites 2 --users $users --restart-delay 100
momctl sites set one --address "127.0.0.1:$(site_port 1)" --forget-certificate >/dev/null
momctl sites set two --address "127.0.0.1:$(site_port 2)" --forget-certificate >/dev/null
check "all sites killed in the middle and started anew" all_there
stop_momd
stop_ommsim
echo "$checks checks passed"
