# Shell library of a node of a star and the central one on loopback, after lib.sh: ommsyncd, each beside an ommsim of its own
# (star_lib.sh has more nodes, beside one ommsim). To be sourced with $work made.
#
#   start_omm N OPTION…        one simulated OMM, of node N, in a process of its own
#   omm_sim N COMMAND…         ommsim ctl of it
#   write_node N [LINE…]       configuration of node N with short timers; LINEs are appended
#   start_node N               and wait until it answers (RUN=… goes before the program)
#   stop_node N | kill_node N  SIGTERM and wait | SIGKILL and wait
#   node N COMMAND…            ommsyncctl on that node
#   node_pid N

# Before what lib.sh cleans: all that this file started.
trap 'status=$?; stop_star; clean_up || status=1; exit $status' EXIT

stop_star() {
    for file in "$work"/node*.pid "$work"/omm*.pid; do
        [ ! -e "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
}

start_omm() {
    n=$1
    shift
    "$B/bin/ommsim" --base-port 0 --seed "$n" --park "1F1028A3F$n" --ctl "$work/omm$n.ctl" --restart-delay 100 "$@" \
        >"$work/omm$n.out" 2>"$work/omm$n.err" &
    echo $! >"$work/omm$n.pid"
    wait_for 30 grep -q '^ready' "$work/omm$n.out" || { cat "$work/omm$n.err" >&2; return 1; }
}

omm_sim() {
    n=$1
    shift
    "$B/bin/ommsim" ctl "$work/omm$n.ctl" "$@"
}

# Of start_omm, or a site of lib.sh's start_ommsim.
omm_port() {
    if [ -e "$work/omm$1.out" ]; then
        sed -n 's/^site 1 [^ ]*:\([0-9]*\) .*/\1/p' "$work/omm$1.out"
    else
        site_port "$1"
    fi
}

write_node() {
    n=$1
    shift
    printf 'star\n' >"$work/star.password"
    cat >"$work/node$n.conf" <<CONFIG
[system]
data-dir = $work/node$n
node = $n

[control]
socket = $work/node$n.sock

[omm]
address = 127.0.0.1:$(omm_port "$n")
password-file = $work/omm.password

[links]
retry = 500ms
retry-jitter = 100ms
restart = 300ms
answer-timeout = 5s

CONFIG
    if [ "$n" = 1 ]; then
        printf '[remotes]\nlisten = 127.0.0.1\nport = 0\npassword-file = %s\n' "$work/star.password"
    else
        printf '[central]\naddress = 127.0.0.1:%s\npassword-file = %s\n' \
            "$(node 1 status --json | json_get port)" "$work/star.password"
    fi >>"$work/node$n.conf"
    for line in "$@"; do printf '%s\n' "$line" >>"$work/node$n.conf"; done
}

start_node() {
    n=$1
    # shellcheck disable=SC2086
    ${RUN:-} "${OMMSYNCD:-$B/bin/ommsyncd}" --config "$work/node$n.conf" 2>>"$work/node$n.log" &
    echo $! >"$work/node$n.pid"
    wait_for "${START_LIMIT:-20}" node "$n" status || { cat "$work/node$n.log" >&2; return 1; }
}

node_pid() { cat "$work/node$1.pid"; }

stop_node() {
    pid=$(node_pid "$1")
    rm "$work/node$1.pid"
    kill "$pid"
    wait "$pid"
}

kill_node() {
    pid=$(node_pid "$1")
    rm "$work/node$1.pid"
    kill -9 "$pid"
    wait "$pid" 2>/dev/null || true
}

node() {
    n=$1
    shift
    "$B/bin/ommsyncctl" --socket "$work/node$n.sock" "$@"
}
