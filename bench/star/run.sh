#!/bin/sh
# The figures of a star, each beside its peers: see README.md. Prints one table; a system that cannot run is left out.
#   FULL=yes     nothing is shortened: a first synchronisation of slapd and Redis over the slow link takes minutes
#   SYSTEMS      which (mom vendor slapd redis); a system is a file beside this one
#   PAIRS, FEW   users and phones (10,000), and of what is shortened (2,000)
#   TRACE=yes    every figure as it comes
# A system's file says sys_modes (its columns), sys_needs (PACKAGE:WHAT), sys_port (counted at the centre), sys_poll (seconds),
# sys_figures MODE BIG|SMALL (what to measure with PAIRS and with FEW records), and does
#   sys_start_source N    the centre, holding N pairs; sets source_pid
#   sys_start_consumer I  remote I, on the folder that it left if it ran before; sets consumer_pidI
#   sys_change K          K users change at the centre
#   sys_equal I           whether remote I has all that the centre has
#   sys_equal_at N        optional: when the last of the remotes 1 … N found that it has, if it tells; else it is now
#   sys_forget I          optional: more to do than to empty remote I's folder, before it starts anew
#   sys_rest              optional: wait until what follows a first synchronisation at remote 1, beside the link, has been done
# in a folder $sys_dir of its own, which run.sh empties.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${B:=build/gcc}" "${FULL:=}" "${PAIRS:=10000}" "${FEW:=2000}" "${TRACE:=}" "${DEPS:=auto}"
[ "$PAIRS" -ge 1000 ] || { echo "PAIRS is 1,000 at least: so many are changed" >&2; exit 2; }
SYSTEMS=${SYSTEMS:-mom vendor slapd redis}
REMOTES=10
LONGEST=$([ -n "$FULL" ] && echo 900 || echo 240) # seconds for one figure
# shellcheck source-path=SCRIPTDIR
. bench/star/net.sh

# Packages of a peer: the services that come with them are neither started nor left enabled.
install_peer() { # SYSTEM
    # shellcheck disable=SC2046
    set -- $(sed -n "s/^sys_needs='\(.*\)'/\1/p" "bench/star/$1.sh")
    lacking=
    for need; do DEPS=no tools/deps.sh check "$need" 2>/dev/null || lacking="$lacking $need"; done
    [ -n "$lacking" ] || return 0
    as_root=$([ "$(id -u)" = 0 ] || echo sudo)
    made=
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee /usr/sbin/policy-rc.d >/dev/null && $as_root chmod 755 /usr/sbin/policy-rc.d
        made=yes
    fi
    # shellcheck disable=SC2086
    tools/deps.sh install $lacking
    for need in $lacking; do
        case $need in slapd:* | redis-server:*) $as_root update-rc.d "${need%%:*}" disable 2>/dev/null ;; esac
    done
    [ -z "$made" ] || $as_root rm -f /usr/sbin/policy-rc.d
}

PATH=$PATH:/usr/sbin:/sbin
if [ -z "${NET_INSIDE:-}" ] && [ "$DEPS" != no ]; then
    for system in $SYSTEMS; do install_peer "$system" >&2; done # what is missing all the same is told below
fi
net_enter "$0" || exit

work=$(mktemp -d "${TMPDIR:-/var/tmp}/momsync-star-XXXXXX") # on a disk: what is durable has to cost what it costs
[ "$(stat -f -c %T "$work")" != tmpfs ] || echo "bench-star: $work is no disk: what is durable costs nothing there (TMPDIR)"
column_pid=
finish() {
    [ -z "$column_pid" ] || { kill "$column_pid" && wait "$column_pid"; } 2>/dev/null
    stop_all
    [ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM
: >"$work/figures"

now() { date +%s.%N; }
calc() { awk "BEGIN { printf \"%.${2:-3}f\", ($1) }"; }
say() { # FIGURE VALUE
    printf '%s\t%s\t%s\n' "$1" "$column" "$2" >>"$work/figures"
    [ -z "$TRACE" ] || printf '%s: %s: %s\n' "$column" "$1" "$2"
}
wait_for() { # SECONDS COMMAND…
    limit=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$limit" ] || { echo "$column: never happened: $*" >&2; return 1; }
        sleep "${sys_poll:-0.05}"
    done
}

# --- what every system is measured with ------------------------------------------------------------

connected() {
    read -r zeroed connections rest <"$work/wire"
    [ "$connections" -ge "$1" ]
}

# Wait until remotes 1 … N are equal and the wire is quiet for half a second, if it ever is: some send signs of life.
# Sets bytes, and ended: when the last of them was equal or, if that was later, the last byte was carried.
settle() { # N
    wait_for 60 connected "$1" || return
    for remote in $(seq "$1"); do wait_for "$LONGEST" sys_equal "$remote" || return; done
    equal=$(sys_equal_at "$1")
    for try in $(seq 20); do
        set -- $(wire)
        quiet=$(calc "$(now) - $5 > 0.5" 0)
        [ "$quiet" = 0 ] || break
        sleep 0.1
    done
    bytes=$(($2 + $3)) first=$4
    ended=$(calc "$quiet && $5 > $equal ? $5 : $equal" 6)
}

first_sync() { # WAY FIGURE
    net_use 1 "$1"
    wire_zero
    began=$(now)
    sys_start_consumer 1
    settle 1 || return
    say "$2, s" "$(calc "$ended - $began")"
    say "$2, MB" "$(calc "$bytes / 1e6" 2)"
}

forget_consumers() {
    for remote in $(seq "$1"); do
        eval "stop \$consumer_pid$remote"
        rm -rf "$sys_dir/consumer$remote"*
        sys_forget "$remote"
    done
}

figure_full() {
    first_sync fast "first, fast link, $pairs"
}

memory_of() { # WHO PID
    say "memory, $1, MB" "$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$2/status")"
    say "memory, $1, anonymous, MB" "$(awk '/^RssAnon/ { printf "%.1f", $2 / 1024 }' "/proc/$2/status")"
}

figure_memory() {
    sys_rest || return
    memory_of centre "$source_pid"
    # shellcheck disable=SC2154
    memory_of remote "$consumer_pid1"
}

# Over the slow link, from the first byte of the new connection.
figure_reconnect() {
    for changes in 0 10 1000; do
        net_cut 1 $sys_port || return
        [ $changes = 0 ] || sys_change $changes || return
        wire_zero
        net_use 1 slow
        settle 1 || return
        say "link cut, $changes changes, bytes" "$bytes"
        say "link cut, $changes changes, s" "$(calc "$ended - $first")"
    done
}

figure_restart() {
    stop "$consumer_pid1"
    net_use 1 slow
    wire_zero
    sys_start_consumer 1
    settle 1 || return
    say "remote restarted, 0 changes, bytes" "$bytes"
    say "remote restarted, 0 changes, s" "$(calc "$ended - $first")"
}

figure_slow() {
    [ -z "${consumer_pid1:-}" ] || forget_consumers 1
    first_sync slow "first, slow link, $pairs"
}

figure_ten() {
    [ -z "${consumer_pid1:-}" ] || forget_consumers 1
    net_use 1 fast
    wire_zero
    began=$(now)
    for remote in $(seq $REMOTES); do sys_start_consumer "$remote"; done
    settle $REMOTES || return
    say "first, ten at once, $pairs, s" "$(calc "$ended - $began")"
    say "first, ten at once, $pairs, MB" "$(calc "$bytes / 1e6" 2)"
}

run_column() {
    spawned_all=
    trap stop_all EXIT
    trap 'exit 143' INT TERM
    wire_begin $sys_port || exit
    for size in BIG SMALL; do
        figures=$(sys_figures "$mode" $size)
        [ -n "$figures" ] || continue
        [ $size = BIG ] && pairs=$PAIRS || pairs=$FEW
        sys_dir=$work/$column.$pairs
        mkdir -p "$sys_dir"
        consumer_pid1=
        sys_start_source "$pairs" || exit
        for figure in $figures; do "figure_$figure" || exit; done
        for pid in $spawned_all; do [ "$pid" = "$wire_pid" ] || stop "$pid"; done
        [ -n "${KEEP:-}" ] || rm -rf "$sys_dir"
    done
    exit 0
}

# --- records, link, systems, table -----------------------------------------------------------------

make_records() {
    printf 'omm\n' >"$work/password"
    spawn centre "$B/bin/ommsim" --users "$PAIRS" --unbound 0 --full-records --base-port 12701 --plain --ctl "$work/records.ctl" \
        >"$work/records.out" 2>&1
    omm_pid=$spawned column=records
    wait_for 60 grep -q '^ready' "$work/records.out" || return
    for kind in users:GetPPUser devices:GetPPDev; do
        at centre "$B/bin/axicat" --plain --sync --password-file "$work/password" --show-secrets --json \
            --all "${kind#*:}" omm@127.0.0.1:12701 >"$work/${kind%%:*}" || return
    done
    stop "$omm_pid"
    python3 bench/star/records.py schema "$work/users" "$work/devices" >"$work/schema"
    echo "records   $PAIRS users and as many phones, $(python3 bench/star/records.py size "$work/users" "$work/devices") bytes of text a pair"
}

measure_link() {
    spawn centre python3 bench/star/link.py serve 7999
    link_pid=$spawned column=link
    wait_for 10 at centre sh -c 'ss -Hltn "sport = :7999" | grep -q .' || return
    net_use 1 slow
    # shellcheck disable=SC2046
    set -- $(at remote1 python3 bench/star/link.py measure $NET_CENTRE 7999)
    net_use 1 fast
    stop "$link_pid"
    echo "slow link $1 ms there and back, $2 kbit/s of payload to the remote, $3 from it ($NET_RATE with headers)"
}

net_begin $REMOTES && net_slow 1 || exit
measure_link && make_records || exit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=centre \
    -addext "subjectAltName=IP:$NET_CENTRE" -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
columns=
for system in $SYSTEMS; do
    sys_forget() { :; }
    sys_equal_at() { now; }
    sys_rest() { :; }
    # shellcheck source=/dev/null
    . "bench/star/$system.sh"
    # shellcheck disable=SC2086
    if ! DEPS=no tools/deps.sh check $sys_needs; then
        echo "bench-star: going on without $system"
        continue
    fi
    for mode in $sys_modes; do
        column=$system-$mode
        began=$(date +%s)
        run_column &
        column_pid=$!
        wait "$column_pid" || echo "bench-star: $column is not complete"
        column_pid=
        [ -z "$TRACE" ] || echo "$column: took $(($(date +%s) - began)) s"
        columns="$columns $column"
    done
done
awk -v columns="$columns" -f bench/star/table.awk "$work/figures"
