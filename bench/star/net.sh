# Shell library: a centre and some remotes, each in a network namespace of its own, with two ways between them. To be sourced
# with B set to the build folder, $work to a folder, and by a script that already is in a network and a mount namespace of its
# own (net_enter): nothing here is seen by, or touches, the network of the machine, and all of it goes with the last process.
#
#   net_enter SCRIPT ARG…    run the script again inside; returns 77 when that is not allowed here
#   net_begin N              the centre 10.77.0.1 and remotes 1 … N, 10.77.1.I, with a fast way each (a veth pair)
#   net_slow I               a slow way for remote I: 1,000 kbit/s in both directions, 100 ms there and back
#   net_use I WAY            packets between centre and remote I go fast, slow or, with none, nowhere (connects fail at once)
#   net_cut I PORT           the same as none, and the connections to PORT of the centre end at both sides
#   at WHERE COMMAND…        run a command at centre, remote1, remote2 …
#   spawn WHERE COMMAND…     start one there, in the background; its pid is $spawned
#   stop PID                 end what was spawned, and wait;    stop_all
#   wire_begin PORT          count what TCP carries to and from PORT of the centre
#   wire_zero                count from now on
#   wire_silent SECONDS      whether nothing was carried for so long
#   wire                     connections, bytes to the centre, bytes from it, time of the first connection, time of the last byte
#
# The slow way is a queue (tbf) at each end and, between the ends, a program that keeps every packet 50 ms: that is the same on
# every kernel, whether it has netem or not.

NET_CENTRE=10.77.0.1
NET_RATE=1000kbit
NET_DELAY=50 # ms, each way

net_enter() {
    [ -z "${NET_INSIDE:-}" ] || return 0
    flags='--net --mount'
    [ "$(id -u)" = 0 ] || flags="$flags --user --map-root-user"
    for tool in unshare nsenter ip tc ss; do
        command -v "$tool" >/dev/null 2>&1 || { echo "skipped: there is no $tool (packages util-linux and iproute2)"; return 77; }
    done
    # shellcheck disable=SC2086
    unshare $flags sh -c 'mount -t tmpfs tmpfs /run && ip netns add try && ip link add type veth' >/dev/null 2>&1 ||
        { echo 'skipped: network namespaces are not allowed here'; return 77; }
    # shellcheck disable=SC2086
    NET_INSIDE=yes exec unshare $flags "$@"
}

at() {
    where=$1
    shift
    nsenter "--net=/run/netns/$where" "$@"
}

# A function in the background would be a shell of its own, with the program below it.
spawn() {
    where=$1
    shift
    nsenter "--net=/run/netns/$where" "$@" &
    spawned=$!
    spawned_all="${spawned_all:-} $spawned"
}

stop() {
    kill "$1" 2>/dev/null || true
    (sleep 10 && kill -9 "$1") >/dev/null 2>&1 &
    wait "$1" 2>/dev/null || true
    kill $! 2>/dev/null || true
    spawned_all=$(printf ' %s ' "$spawned_all" | sed "s/ $1 / /")
}

stop_all() {
    for pid in ${spawned_all:-}; do stop "$pid"; done
}

# What is learnt about a destination in one run must not be known in the next.
net_namespace() { # NAME ADDRESS
    ip netns add "$1"
    ip -n "$1" link set lo up
    ip -n "$1" address add "$2/32" dev lo
    nsenter "--net=/run/netns/$1" sh -c 'cd /proc/sys/net && echo 1 >ipv4/tcp_no_metrics_save; echo 1 >ipv6/conf/all/disable_ipv6' 2>/dev/null || true
}

net_begin() {
    mount -t tmpfs tmpfs /run # names of namespaces are the script's own
    net_namespace centre "$NET_CENTRE"
    for i in $(seq "$1"); do
        net_namespace "remote$i" "10.77.1.$i"
        ip link add "fast$i" netns centre type veth peer name fast netns "remote$i"
        ip -n centre address add "10.78.$i.1/24" dev "fast$i"
        ip -n "remote$i" address add "10.78.$i.2/24" dev fast
        ip -n centre link set "fast$i" up
        ip -n "remote$i" link set fast up
        net_use "$i" fast
    done
}

net_slow() {
    : >"$work/delay.$1"
    spawn centre "$B/bench/star/star_delay" /run/netns/centre "slow$1" "/run/netns/remote$1" slow "$NET_DELAY" >"$work/delay.$1" 2>&1
    for try in $(seq 100); do
        ! grep -q ready "$work/delay.$1" || break
        [ "$try" -lt 100 ] || { cat "$work/delay.$1"; echo 'skipped: no tun devices here'; return 77; }
        sleep 0.02
    done
    ip -n centre link set "slow$1" up
    ip -n "remote$1" link set slow up
    # 32 KB wait at most, a quarter of a second: what a small router has.
    tc -n centre qdisc add dev "slow$1" root tbf rate $NET_RATE burst 1600 limit 32768
    tc -n "remote$1" qdisc add dev slow root tbf rate $NET_RATE burst 1600 limit 32768
}

net_use() {
    case $2 in
    fast)
        ip -n centre route replace "10.77.1.$1/32" via "10.78.$1.2" src "$NET_CENTRE"
        ip -n "remote$1" route replace "$NET_CENTRE/32" via "10.78.$1.1" src "10.77.1.$1"
        ;;
    slow)
        ip -n centre route replace "10.77.1.$1/32" dev "slow$1" src "$NET_CENTRE"
        ip -n "remote$1" route replace "$NET_CENTRE/32" dev slow src "10.77.1.$1"
        ;;
    none)
        ip -n centre route replace unreachable "10.77.1.$1/32"
        ip -n "remote$1" route replace unreachable "$NET_CENTRE/32"
        ;;
    esac
}

net_cut() {
    net_use "$1" none
    at centre ss -K -H -n "sport = :$2 and dst 10.77.1.$1" >/dev/null 2>&1 || true
    at "remote$1" ss -K -H -n "dport = :$2" >/dev/null 2>&1 || true
    [ -z "$(at "remote$1" ss -H -n -t state established "dport = :$2")" ] ||
        { echo 'this kernel cannot end connections (INET_DIAG_DESTROY)' >&2; return 1; }
}

wire_begin() {
    : >"$work/wire"
    spawn centre "$B/bench/star/star_count" "$1" "$work/wire"
    wire_pid=$spawned
    for try in $(seq 100); do
        [ -s "$work/wire" ] && return 0
        sleep 0.02
    done
    echo 'no packet socket' >&2
    return 1
}

wire_zero() {
    read -r before rest <"$work/wire"
    kill -USR1 "$wire_pid"
    now=$before
    while [ "$now" = "$before" ]; do read -r now rest <"$work/wire"; done
}

wire() {
    read -r zeroed counts <"$work/wire"
    echo "$counts"
}

wire_silent() {
    read -r skip skip skip skip skip last <"$work/wire"
    awk "BEGIN { exit !($(date +%s.%N) - $last > $1) }"
}
