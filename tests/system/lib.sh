# Shell library of the system tests, the demo and the bench: real programs in a temporary folder on loopback, stopped by
# their pids however the script ends. To be sourced from the project's root with B set to the build folder.
#
#   begin_work NAME          make the folder $work, arrange the clean-up (KEEP=yes: the folder of what failed stays)
#   start_ommsim OPTION…     simulated sites on free ports; $work/ommsim.ctl is their control socket
#   site_port N              port of site N
#   sim COMMAND…             ommsim ctl
#   write_config FILE [LINE…]  configuration of momd with short timers; LINEs are appended
#   start_momd FILE          and wait until its control socket answers
#   stop_momd | kill_momd    SIGTERM and wait | SIGKILL and wait
#   momctl COMMAND…          on that momd
#   add_site NAME PORT [OPTION…]
#   json_get KEY             first value of a key in JSON lines on standard input
#   wait_for SECONDS COMMAND…  repeat a command until it succeeds
#   exits STATUS COMMAND…    does it end with that? What it said is in $work/out and $work/err
#   says TEXT                is the text in $work/err?
#   not COMMAND…
#   now_ms
#   check TEXT COMMAND…      say and count a check; ends the script when it fails

: "${B:=build/gcc}"
momd_pid='' ommsim_pid='' checks=0 KEEP=${KEEP:-}

begin_work() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/momsync-$1-XXXXXX")
    trap 'status=$?; clean_up $status || status=1; exit $status' EXIT
    trap 'exit 130' INT TERM
    printf 'omm\n' >"$work/omm.password"
}

clean_up() {
    [ -z "$momd_pid" ] || kill "$momd_pid" 2>/dev/null || true
    [ -z "$ommsim_pid" ] || kill "$ommsim_pid" 2>/dev/null || true
    for file in "$work"/*.pid; do # of star_lib.sh
        [ ! -f "$file" ] || kill "$(cat "$file")" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    # what a sanitizer found in a program that nobody waited for
    found=0
    if grep -hE -A 40 'Sanitizer|runtime error:' "$work"/*.log "$work"/*.err >&2 2>/dev/null; then found=1; fi
    if [ -n "$KEEP" ] && [ "${1:-0}" != 0 ]; then
        echo "kept: $work" >&2
    else
        rm -rf "$work"
    fi
    return $found
}

wait_for() {
    limit=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$limit" ] || { echo "never happened: $*" >&2; return 1; }
        sleep 0.05
    done
}

start_ommsim() {
    : >"$work/ommsim.out" # before it is looked at: the one before may have left its own "ready" there
    "$B/bin/ommsim" --base-port 0 --seed 1 --ctl "$work/ommsim.ctl" "$@" >"$work/ommsim.out" 2>"$work/ommsim.err" &
    ommsim_pid=$!
    wait_for 30 grep -q '^ready' "$work/ommsim.out" || { cat "$work/ommsim.err" >&2; return 1; }
}

stop_ommsim() {
    pid=$ommsim_pid ommsim_pid=
    kill "$pid"
    wait "$pid"
}

site_port() {
    sed -n "s/^site $1 [^ ]*:\([0-9]*\) .*/\1/p" "$work/ommsim.out"
}

sim() {
    "$B/bin/ommsim" ctl "$work/ommsim.ctl" "$@"
}

write_config() {
    file=$1
    shift
    cat >"$file" <<CONFIG
[system]
data-dir = $work/data

[control]
socket = $work/momd.sock

[links]
retry = 500ms
retry-jitter = 100ms
restart = 300ms
answer-timeout = 5s
CONFIG
    for line in "$@"; do printf '%s\n' "$line" >>"$file"; done
}

start_momd() {
    "$B/bin/momd" --config "$1" 2>>"$work/momd.log" &
    momd_pid=$!
    wait_for 20 momctl status || { cat "$work/momd.log" >&2; return 1; }
}

stop_momd() {
    pid=$momd_pid momd_pid=
    kill "$pid"
    wait "$pid"
}

kill_momd() {
    kill -9 "$momd_pid"
    wait "$momd_pid" 2>/dev/null || true
    momd_pid=
}

momctl() {
    "$B/bin/momctl" --socket "$work/momd.sock" "$@"
}

add_site() {
    name=$1 port=$2
    shift 2
    momctl sites add "$name" "127.0.0.1:$port" --user omm --password-file "$work/omm.password" "$@"
}

json_get() {
    sed -n "s/.*\"$1\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p" | head -n 1
}

exits() {
    expected=$1 status=0
    shift
    "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$expected" ] || { echo "ended with $status"; cat "$work/out" "$work/err"; return 1; }
}

says() { grep -qF -- "$1" "$work/err" || { cat "$work/err"; return 1; }; }
not() { ! "$@"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }

check() {
    text=$1
    shift
    if "$@" >"$work/check.out" 2>&1; then
        checks=$((checks + 1))
        printf '  ok  %s\n' "$text"
    else
        printf 'FAILED  %s: %s\n' "$text" "$*" >&2
        cat "$work/check.out" >&2
        for log in "$work"/*.log; do
            [ ! -f "$log" ] || { echo "--- end of ${log##*/}:" >&2; tail -n 30 "$log" >&2; }
        done
        exit 1
    fi
}
