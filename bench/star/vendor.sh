# A vendor's remote at our central node: an OMM with a synchronisation of its own (ommsim), which downloads everything by pages
# of AXI, as it would from a central OMM. The manual gives it five minutes for 10,000 users over the slow link.

. bench/star/mom.sh
sys_modes=vendor
sys_figures() {
    case $2 in
    BIG) [ -z "$FULL" ] || echo slow ;;
    SMALL) echo slow ;;
    esac
}

vendor_park=1F1028A402

sys_start_source() {
    mom_omm centre 0 "$1" || return
    mom_node centre 0 '[remotes]' "listen = $NET_CENTRE" "port = $sys_port"
    source_pid=$spawned
    wait_for 120 mom_holds 0 "$1" && wait_for 60 mom_ctl 0 wait sites-steady &&
        mom_ctl 0 remotes add vendor --park $vendor_park --password-file "$work/password"
}

sys_start_consumer() {
    : >"$sys_dir/vendor.out"
    rm -f "$sys_dir/vendor.ctl"
    spawn "remote$1" "$B/bin/ommsim" --users 0 --base-port 12701 --park $vendor_park --restart-delay 200 --ctl "$sys_dir/vendor.ctl" \
        --uds-remote "$NET_CENTRE:$sys_port" --uds-user vendor --uds-password-file "$work/password" --uds-retry 500 >"$sys_dir/vendor.out" 2>&1
    eval "consumer_pid$1=$spawned"
}

sys_forget() { :; }

sys_equal_at() { now; } # its records are counted

sys_equal() {
    [ "$("$B/bin/ommsim" ctl "$sys_dir/vendor.ctl" sites | awk 'NR == 2 { print $6, $7 }')" = "$pairs $pairs" ] &&
        mom_ctl 0 remotes --json | grep -q '"state":"steady"'
}
