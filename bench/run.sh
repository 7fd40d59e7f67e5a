#!/bin/sh
# The figures that the documentation claims, each beside what it cannot avoid, in one run on one machine:
#   import   one site with 10,000 users and 10,000 devices over TLS into a hub, until it is converged and on disk, beside
#            a bare expat pass over the same bytes plus as many LMDB puts in as many batches
#   memory   momd with three sites and 10,000 users
# Then every other bench program. RUNS says how often the import and the store are measured (default 3); the
# median is quoted.
set -eu
cd "$(dirname "$0")/.."
. tests/system/lib.sh

RUNS=${RUNS:-3}
begin_work bench

import_once() { # prints seconds; leaves the store in $work/data
    rm -rf "$work/data"
    start_momd "$work/momd.conf"
    add_site one "$(site_port 1)" --disabled
    from=$(date +%s.%N)
    momctl sites enable one >/dev/null
    momctl wait --timeout 120 sites-steady >/dev/null
    to=$(date +%s.%N)
    users=$(momctl status --json | json_get users)
    [ "$users" = 10000 ] || { echo "imported $users users, not 10000" >&2; exit 1; }
    stop_momd
    echo "$from $to" | awk '{ printf "%.3f\n", $2 - $1 }'
}

start_ommsim --sites 1 --users 10000 --unbound 0 --restart-delay 200
write_config "$work/momd.conf"
import_once >/dev/null # sets the SARI: the site restarts, later imports do not wait for that
for i in $(seq "$RUNS"); do import_once; done | sort -n >"$work/times"
stop_ommsim
took=$(sed -n "$(((RUNS + 1) / 2))p" "$work/times")

start_ommsim --sites 1 --users 10000 --unbound 0 --plain
bare=$("$B/bench/bench_import" 127.0.0.1 "$(site_port 1)" "$work/data/store")
stop_ommsim
echo "$bare $took" | awk '{
    sum = $2 + $5
    printf "import    10,000 users + 10,000 devices over TLS, %d bytes: %.2f s (median)\n", $1, $6
    printf "          bare expat %.2f s (%.0f MB/s) + %d LMDB puts in %d batches %.2f s = %.2f s\n", $2, $1 / 1e6 / $2, $3, $4, $5, sum
    printf "          ratio %.2f\n", $6 / sum }'

rm -rf "$work/data"
start_ommsim --sites 3 --users 10000 --restart-delay 200
start_momd "$work/momd.conf"
for i in 1 2 3; do add_site "s$i" "$(site_port $i)"; done
momctl wait --timeout 120 sites-steady >/dev/null
printf 'memory    momd, three sites, 10,000 users: %s now, %s at most\n' \
    "$(awk '/VmRSS/ { printf "%.1f MB", $2 / 1024 }' "/proc/$momd_pid/status")" \
    "$(awk '/VmHWM/ { printf "%.1f MB", $2 / 1024 }' "/proc/$momd_pid/status")"
stop_momd
stop_ommsim

for program in "$B"/bench/*; do
    case $program in *.o | *.d | */bench_import) continue ;; esac
    { [ -f "$program" ] && [ -x "$program" ]; } || continue # star holds programs of another bench
    case $program in */bench_store) set -- 50000 "$RUNS" ;; *) set -- ;; esac # pairs of records, rounds
    "$program" "$@"
done
