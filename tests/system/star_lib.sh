# Shell library of what is done with stars: nodes (ommsyncd), each beside a simulated OMM, on loopback, with lines between
# them that can be cut. To be sourced after lib.sh. Node 1 is the central one. Node N's OMM is site N of lib.sh's
# start_ommsim, where phones can walk from site to site, or a process of its own:
#
#   start_omm N OPTION…      one simulated OMM, for node N
#   star_lines N…            lines to the central node for the remotes N: a first and a second address each; the first works
#   star_config N [LINE…]    configuration of node N with short timers; LINEs are appended. A remote without a line dials
#                            the central node itself, which has to run then (KEEP_ALIVE=500ms)
#   star_start N             start it, and wait until its control socket answers (START_LIMIT=20 seconds)
#   star_launch N [NAME=VALUE…]  do not wait; NAMEs are put in its environment
#                            RUN is put before the program; OMMSYNCD is another program
#   star_answers N           does it? Then its port is known too
#   star_pid N
#   star_stop N | star_kill N  SIGTERM and wait | SIGKILL and wait
#   starctl N COMMAND…       on that node
#   line N cut|deaf|heal     the first address of the centre for remote N
#   second N cut|deaf|heal   its second address
#   star_nodes               numbers of the nodes that have a configuration
#   status_of N KEY          a value of its status
#   health_says N TEXT       is the text in its health?
#   in_step N…               these have done everything and have the same records; without N all nodes
#   registered_at NUMBER     the sites that are registered for that user: 1,3
#   sip_password N NUMBER    enter one for a user at a node

start_omm() {
    n=$1
    shift
    "$B/bin/ommsim" --base-port 0 --seed "$n" --park "1F1028A3F$n" --ctl "$work/omm$n.ctl" --restart-delay 100 "$@" \
        >"$work/omm$n.out" 2>"$work/omm$n.err" &
    echo $! >"$work/omm$n.pid"
    wait_for 30 grep -q '^ready' "$work/omm$n.out" || { cat "$work/omm$n.err" >&2; return 1; }
}

omm_port() {
    if [ -e "$work/omm$1.out" ]; then
        sed -n 's/^site 1 [^ ]*:\([0-9]*\) .*/\1/p' "$work/omm$1.out"
    else
        site_port "$1"
    fi
}

# The ports of lines stay, whatever becomes of the daemons: a line looks for the central node where it is now.
star_lines() {
    # shellcheck disable=SC2046
    set -- $(for n; do echo "$work/line$n" "$work/second$n"; done)
    for file; do
        case $file in *line*) echo heal >"$file" ;; *) echo cut >"$file" ;; esac
    done
    "$B/bin/relay" "$work/centre.port" "$@" >"$work/relay.out" 2>"$work/relay.err" &
    echo $! >"$work/relay.pid"
    wait_for 10 grep -q '^ready' "$work/relay.out"
    i=0
    for file; do
        i=$((i + 1))
        sed -n "s/^line $i //p" "$work/relay.out" >"$file.port"
    done
}

tell_line() {
    echo "$2" >"$1.new"
    mv "$1.new" "$1"
    kill -HUP "$(cat "$work/relay.pid")"
}
line() { tell_line "$work/line$1" "$2"; }
second() { tell_line "$work/second$1" "$2"; }

star_config() {
    n=$1
    shift
    [ -f "$work/star.password" ] || echo star-secret >"$work/star.password"
    {
        cat <<CONFIG
[system]
node = $n
data-dir = $work/n$n

[control]
socket = $work/n$n.sock

[omm]
address = 127.0.0.1:$(omm_port "$n")
password-file = $work/omm.password

[links]
retry = 200ms
retry-jitter = 100ms
restart = 200ms
answer-timeout = 5s
keep-alive = ${KEEP_ALIVE:-500ms}

CONFIG
        if [ "$n" = 1 ]; then
            printf '[remotes]\nlisten = 127.0.0.1\nport = 0\n'
        elif [ -f "$work/line$n.port" ]; then
            printf '[central]\naddress = 127.0.0.1:%s\nsecond-address = 127.0.0.1:%s\n' \
                "$(cat "$work/line$n.port")" "$(cat "$work/second$n.port")"
        else
            printf '[central]\naddress = 127.0.0.1:%s\n' "$(status_of 1 port)"
        fi
        printf 'password-file = %s\n' "$work/star.password"
        for text; do printf '%s\n' "$text"; done
    } >"$work/n$n.conf"
}

star_nodes() { for conf in "$work"/n[0-9]*.conf; do conf=${conf##*/n} && echo "${conf%.conf}"; done | sort -n; }

star_launch() {
    launched=$1
    shift
    # shellcheck disable=SC2086
    env "$@" ${RUN:-} "${OMMSYNCD:-$B/bin/ommsyncd}" --config "$work/n$launched.conf" 2>>"$work/n$launched.log" &
    echo $! >"$work/n$launched.pid"
}

star_answers() {
    starctl "$1" status >/dev/null 2>&1 || return 1
    [ "$1" != 1 ] || status_of 1 port >"$work/centre.port"
}

star_start() {
    star_launch "$1"
    wait_for "${START_LIMIT:-20}" star_answers "$1" || { tail -n 20 "$work/n$1.log" >&2; return 1; }
}

star_pid() { cat "$work/n$1.pid"; }

# Whoever started it: a process that ended stays until its parent asks.
is_gone() {
    ! kill -0 "$1" 2>/dev/null || grep -q '^State:[[:space:]]*Z' "/proc/$1/status" 2>/dev/null
}

star_stop() {
    pid=$(star_pid "$1")
    kill "$pid"
    wait_for 10 is_gone "$pid" || return 1
    rm "$work/n$1.pid"
    status=0
    wait "$pid" || status=$?
    [ $status = 0 ] || [ $status = 127 ] # 127: another shell's
}

star_kill() {
    pid=$(star_pid "$1")
    kill -9 "$pid" 2>/dev/null || true
    wait_for 10 is_gone "$pid"
    wait "$pid" 2>/dev/null || true
    rm -f "$work/n$1.pid"
}

starctl() {
    node=$1
    shift
    "$B/bin/ommsyncctl" --socket "$work/n$node.sock" "$@"
}

status_of() { starctl "$1" status --json | json_get "$2"; }
health_says() { starctl "$1" status --json | sed 's/.*"health"//' | grep -qF -- "$2"; }

in_step() {
    # shellcheck disable=SC2046
    [ $# -gt 0 ] || set -- $(star_nodes)
    for n; do
        starctl "$n" wait --timeout 0 sites-steady >/dev/null 2>&1 || return 1
        starctl "$n" status --json >"$work/step.$n" || return 1
        [ "$(json_get nodes <"$work/step.$n")" = "$(json_get nodes_in_step <"$work/step.$n")" ] || return 1
        [ "$(json_get handoffs_active <"$work/step.$n")" = 0 ] || return 1
        [ "$(json_get sites_enabled <"$work/step.$n")" = 1 ] || return 1
        starctl "$n" links list --json >"$work/links.$n" || return 1
        ! grep -q '"pending":[1-9]' "$work/links.$n" || return 1
    done
    [ "$(for n; do json_get fingerprint <"$work/step.$n"; done | sort -u | wc -l)" = 1 ]
}

registered_at() { sim where "$1" --json | sed -n 's/.*"registeredAt":\[\([0-9,]*\)\].*/\1/p'; }

sip_password() { printf 'secret-of-%s\n' "$2" | starctl "$1" users set "$2" --secret sipPw >/dev/null; }
