# OpenLDAP: slapd with back-mdb, the centre a provider, remotes consumers by syncrepl over ldaps. A column for each mode:
#   plain     refreshAndPersist; whatever changed, a consumer that comes back is told of every entry that it may keep
#   sesslog   with a session log, the usual recommendation
#   delta     changes out of an access log
# A pair of records is one entry, which is in slapd's favour. Durable as slapd is by default: a transaction synced for each entry.

sys_modes=${SLAPD_MODES:-plain sesslog delta}
sys_needs='slapd:/usr/sbin/slapd ldap-utils:ldapsearch openssl:openssl'
sys_port=6360
sys_poll=0.1
# A first synchronisation is the same in all three modes, and long: one of them shows it, the others begin with a copy.
sys_figures() { # MODE BIG|SMALL
    case $1-$2 in
    sesslog-BIG) echo "full memory reconnect restart ${FULL:+slow ten}" ;;
    *-BIG) echo seed reconnect restart ;;
    sesslog-SMALL) echo slow ten ;;
    esac
}

slapd_head() {
    cat <<CONF
include /etc/ldap/schema/core.schema
include $work/schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
moduleload accesslog
TLSCACertificateFile $work/cert.pem
TLSCertificateFile $work/cert.pem
TLSCertificateKeyFile $work/key.pem
sizelimit unlimited
loglevel none
CONF
}

slapd_database() { # SUFFIX FOLDER INDEX
    cat <<CONF
database mdb
suffix $1
rootdn cn=admin,o=star
$([ "$1" != o=star ] || echo rootpw star)
maxsize 4294967296
directory $2
index objectClass,entryCSN,entryUUID,$3 eq
CONF
}

slapd_source_conf() { # MODE, or none: the database alone, to be filled
    slapd_head
    if [ "$1" = delta ]; then
        slapd_database cn=log "$sys_dir/log" reqStart,reqEnd,reqResult,reqDN
        printf 'overlay syncprov\nsyncprov-nopresent TRUE\nsyncprov-reloadhint TRUE\n'
    fi
    slapd_database o=star "$sys_dir/source" n
    [ "$1" = none ] || printf 'overlay syncprov\nsyncprov-checkpoint 100 10\n'
    case $1 in
    sesslog) echo syncprov-sessionlog 100000 ;;
    delta) printf 'overlay accesslog\nlogdb cn=log\nlogops writes\nlogsuccess TRUE\n' ;;
    esac
}

slapd_consumer_conf() { # FOLDER
    slapd_head
    slapd_database o=star "$1" n
    printf 'syncrepl rid=1 provider=ldaps://%s:%s type=refreshAndPersist retry="1 +" searchbase="o=star"\n' $NET_CENTRE $sys_port
    printf ' bindmethod=simple binddn="cn=admin,o=star" credentials=star tls_cacert=%s tls_reqcert=demand\n' "$work/cert.pem"
    [ "$mode" != delta ] ||
        printf ' logbase="cn=log" logfilter="(&(objectClass=auditWriteObject)(reqResult=0))" syncdata=accesslog\n'
}

slapd_run() { # WHERE CONF URLS
    spawn "$1" slapd -d 0 -f "$2" -h "$3" >>"$sys_dir/log.$1" 2>&1
}

slapd_csn() { # WHERE
    at "$1" ldapsearch -x -LLL -H ldap://127.0.0.1:3890 -D cn=admin,o=star -w star -s base -b o=star contextCSN 2>/dev/null |
        sed -n 's/^contextCSN: //p' | grep .
}

sys_start_source() { # PAIRS
    stamp=1700000000
    mkdir -p "$sys_dir/source" "$sys_dir/log"
    slapd_source_conf none >"$sys_dir/load.conf"
    slapd_source_conf "$mode" >"$sys_dir/source.conf"
    python3 bench/star/records.py ldif "$work/users" "$work/devices" "$1" >"$sys_dir/ldif"
    slapadd -q -w -f "$sys_dir/load.conf" -l "$sys_dir/ldif" || return
    rm "$sys_dir/ldif"
    cp -a --sparse=always "$sys_dir/source" "$sys_dir/copy"
    slapd_run centre "$sys_dir/source.conf" "ldap://127.0.0.1:3890 ldaps://$NET_CENTRE:$sys_port"
    source_pid=$spawned
    wait_for 20 slapd_csn centre && sys_change 1 # the access log has no time to begin with before the first change
}

sys_start_consumer() {
    mkdir -p "$sys_dir/consumer$1"
    slapd_consumer_conf "$sys_dir/consumer$1" >"$sys_dir/consumer$1.conf"
    slapd_run "remote$1" "$sys_dir/consumer$1.conf" ldap://127.0.0.1:3890
    eval "consumer_pid$1=$spawned"
}

sys_change() {
    stamp=$((stamp + 10000))
    python3 bench/star/records.py ldif-changes 1 "$1" $stamp >"$sys_dir/changes"
    at centre ldapmodify -x -H ldap://127.0.0.1:3890 -D cn=admin,o=star -w star -f "$sys_dir/changes" >/dev/null || return
    wanted=$(slapd_csn centre)
}

figure_seed() {
    cp -a --sparse=always "$sys_dir/copy" "$sys_dir/consumer1"
    sys_start_consumer 1
    settle 1
}

sys_equal() {
    [ "$(slapd_csn "remote$1")" = "$wanted" ]
}
