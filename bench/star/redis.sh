# Redis: the centre a primary, remotes replicas over TLS. A column for each kind of persistence:
#   memory    none
#   aof       append-only file, synced for each command: durable, as the others are
# A pair of records is one hash. A replica that is started again loads all once more, so that "restart" has no figure.

sys_modes='memory aof'
sys_needs='redis-server:redis-server redis-tools:redis-cli openssl:openssl'
sys_port=7000
sys_poll=0.02
sys_figures() {
    case $1-$2 in
    memory-BIG) echo "full memory reconnect ten ${FULL:+slow}" ;;
    aof-BIG) echo full memory reconnect ten ;;
    memory-SMALL) echo slow ten ;;
    aof-SMALL) echo ten ;;
    esac
}

redis_run() { # WHERE FOLDER TLS-ADDRESS OPTION…
    where=$1 folder=$2 bind=$3
    shift 3
    mkdir -p "$folder"
    [ "$mode" = memory ] || set -- "$@" --appendonly yes --appendfsync always
    spawn "$where" redis-server --port 7100 --tls-port $sys_port --bind 127.0.0.1 "$bind" --dir "$folder" --save '' \
        --tls-cert-file "$work/cert.pem" --tls-key-file "$work/key.pem" --tls-ca-cert-file "$work/cert.pem" \
        --tls-replication yes --repl-diskless-sync yes --repl-diskless-sync-delay 0 --repl-diskless-load on-empty-db \
        --repl-backlog-size 64mb --client-output-buffer-limit 'replica 0 0 0' --repl-timeout 600 --protected-mode no "$@" >>"$folder.log" 2>&1
}

redis_cli() { # WHERE COMMAND…
    where=$1
    shift
    at "$where" redis-cli -p 7100 "$@"
}

redis_info() { # WHERE KEY
    redis_cli "$1" INFO 2>/dev/null | sed -n "s/^$2:\([^\r]*\).*/\1/p"
}

sys_start_source() {
    stamp=1700000000
    records=$1
    redis_run centre "$sys_dir/source" $NET_CENTRE
    source_pid=$spawned
    wait_for 20 redis_cli centre PING || return
    python3 bench/star/records.py redis "$work/users" "$work/devices" "$1" | redis_cli centre --pipe >/dev/null
}

sys_start_consumer() {
    redis_run "remote$1" "$sys_dir/consumer$1" "10.77.1.$1" --replicaof "$NET_CENTRE $sys_port"
    eval "consumer_pid$1=$spawned"
}

sys_change() {
    stamp=$((stamp + 10000))
    python3 bench/star/records.py redis-changes 1 "$1" $stamp | redis_cli centre --pipe >/dev/null
}

# All of the records are there and so is the last change; what is durable is on disk.
sys_equal() {
    redis_cli "remote$1" INFO 2>/dev/null | tr -d '\r' >"$sys_dir/info$1"
    grep -q '^master_link_status:up' "$sys_dir/info$1" && grep -q "^db0:keys=$records," "$sys_dir/info$1" || return 1
    ! grep -qE '^(aof_rewrite_in_progress|aof_rewrite_scheduled|loading|async_loading):1' "$sys_dir/info$1" || return 1
    [ "$(redis_cli "remote$1" HGET n=1 u-timeStamp)" = "$(redis_cli centre HGET n=1 u-timeStamp)" ] || return 1
    [ "$(sed -n 's/^slave_repl_offset://p' "$sys_dir/info$1")" -ge "$(redis_info centre master_repl_offset)" ]
}
