# Our own: an ommsyncd at the centre and at each remote, each beside an OMM (ommsim), over TLS. Durable at both ends.
# The OMM of the centre holds the records and the central node has read them before anything is measured; the OMMs of remotes are
# empty.

sys_modes=star
sys_needs="ommsyncd:$PWD/$B/bin/ommsyncd"
sys_port=12622
sys_figures() {
    case $2 in
    BIG) echo full memory reconnect restart slow ten ;;
    SMALL) echo slow ten ;;
    esac
}

mom_omm() { # WHERE NUMBER USERS
    : >"$sys_dir/omm$2.out"
    rm -f "$sys_dir/omm$2.ctl"
    spawn "$1" "$B/bin/ommsim" --users "$3" --unbound 0 --full-records --seed "$((1 + $2))" --base-port 12701 --restart-delay 200 \
        --ctl "$sys_dir/omm$2.ctl" >"$sys_dir/omm$2.out" 2>&1
    eval "omm_pid$2=$spawned"
    wait_for 30 grep -q '^ready' "$sys_dir/omm$2.out"
}

mom_node() { # WHERE NUMBER LINE…
    where=$1 number=$2
    shift 2
    mkdir -p "$sys_dir/consumer$number"
    {
        printf '[system]\nnode = %s\ndata-dir = %s\n' "$((1 + number))" "$sys_dir/consumer$number"
        printf '[control]\nsocket = %s\n' "$sys_dir/$number.sock"
        printf '[omm]\naddress = 127.0.0.1:12701\npassword-file = %s\n' "$work/password"
        printf '[links]\nretry = 500ms\nretry-jitter = 100ms\nrestart = 300ms\n'
        printf '%s\n' "$@" "password-file = $work/password"
    } >"$sys_dir/$number.conf"
    : >"$sys_dir/$number.log"
    spawn "$where" "$B/bin/ommsyncd" --config "$sys_dir/$number.conf" 2>>"$sys_dir/$number.log"
}

mom_ctl() { # NUMBER COMMAND…
    socket=$sys_dir/$1.sock
    shift
    "$B/bin/ommsyncctl" --socket "$socket" "$@"
}

mom_get() { # NUMBER KEY
    mom_ctl "$1" status --json 2>/dev/null | sed -n "s/.*\"$2\" *: *\"\{0,1\}\([^\",}]*\).*/\1/p"
}

mom_holds() { # NUMBER USERS
    [ "$(mom_get "$1" users)" = "$2" ] && [ "$(mom_get "$1" devices)" = "$2" ]
}

sys_start_source() {
    edits=0
    mom_omm centre 0 "$1" || return
    for remote in $(seq $REMOTES); do mom_omm "remote$remote" "$remote" 0 || return; done
    mom_node centre 0 '[remotes]' "listen = $NET_CENTRE" "port = $sys_port"
    source_pid=$spawned
    wait_for 120 mom_holds 0 "$1" && wait_for 60 mom_ctl 0 wait sites-steady
}

# Ten remotes share the cores here as they never do: who is in step first must not fill its OMM on the cores that others need.
sys_start_consumer() {
    [ "$figure" != ten ] || "$B/bin/ommsim" ctl "$sys_dir/omm$1.ctl" cut 1 >/dev/null || return
    mom_node "remote$1" "$1" '[central]' "address = $NET_CENTRE:$sys_port"
    eval "consumer_pid$1=$spawned"
}

sys_forget() { # a remote begins anew with an empty OMM
    eval "stop \$omm_pid$1"
    rm -f "$sys_dir/$1.sock"
    mom_omm "remote$1" "$1" 0
}

mom_has_edit() { # NUMBER NAME
    mom_ctl 0 users show "$1" --json | grep -q "\"$2\""
}

sys_change() {
    edits=$((edits + 1))
    python3 bench/star/records.py names 20001 "$1" $edits >"$sys_dir/names"
    while read -r number name; do
        "$B/bin/ommsim" ctl "$sys_dir/omm0.ctl" edit 1 "$number" name="$name" >/dev/null </dev/null || return
        last="$number $name"
    done <"$sys_dir/names"
    # shellcheck disable=SC2086
    wait_for 30 mom_has_edit $last
}

# A first synchronisation is done when all records are there and both nodes have found that they have the same. Later, all is
# there when the fingerprints over all records are the same; the remote's OMM may change them too, so that both are asked.
sys_equal() {
    sys_poll=0.02
    case $figure in
    full | slow | ten)
        # Asking costs the cores that are measured: seldom, and not before the node says so itself. Its log has the time.
        sys_poll=0.2
        grep -q 'both have the same records' "$sys_dir/$1.log" || return 1
        mom_ctl "$1" status --json >"$sys_dir/status" 2>/dev/null
        for want in "users $pairs" "devices $pairs" 'nodes_in_step 1'; do
            grep -q "\"${want% *}\" *: *${want#* }[,}]" "$sys_dir/status" || return 1
        done
        ;;
    *) [ "$(mom_get "$1" fingerprint)" = "$(mom_get 0 fingerprint)" ] ;;
    esac
}

sys_equal_at() {
    case $figure in
    full | slow | ten)
        said=$(cd "$sys_dir" && for of in $(seq "$1"); do sed -n '/both have the same records/s/ .*//p' "$of.log" | tail -n 1; done)
        date -d "$(printf '%s\n' "$said" | sort | tail -n 1)" +%s.%N
        ;;
    *) now ;;
    esac
}

# After a first synchronisation the remote fills its OMM, which says so record by record.
mom_omm_holds() {
    [ "$("$B/bin/ommsim" ctl "$sys_dir/omm$1.ctl" sites | awk 'NR == 2 { print $6, $7 }')" = "$pairs $pairs" ]
}
# What the OMM got, it may have registered: every such registration is ended, and the site that has the phone renews.
mom_idle() { [ "$(mom_get "$1" handoffs_active)" = 0 ]; }
sys_rest() {
    figure=rest
    wait_for 120 mom_omm_holds 1 && wait_for 120 mom_ctl 1 wait sites-steady && wait_for 120 mom_idle 1 &&
        wait_for 120 mom_idle 0 && wait_for 120 wire_silent 2 && wait_for 60 sys_equal 1
}
