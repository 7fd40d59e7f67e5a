#!/bin/sh
# Whom a hub trusts: the first certificate of a site is remembered, another one is refused with both fingerprints until an
# administrator has it forgotten; authorities are asked when the configuration says so; no check takes anyone.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work tls

shown() { momctl sites show one --json | json_get "$1"; }
is() { [ "$(shown "$1")" = "$2" ]; }
reason_has() { momctl sites show one --json | sed 's/.*"reason":"\([^"]*\)".*/\1/' | grep -qF -- "$1"; }
log_says() { grep -qF -- "$1" "$work/momd.log"; }
another_certificate() { # the same site, restarted as a program: it makes a certificate at its start
    stop_ommsim
    start_ommsim --base-port "$port" --users 10 --restart-delay 100
}

start_ommsim --users 10 --restart-delay 100
port=$(site_port 1)
write_config "$work/momd.conf"
start_momd "$work/momd.conf"
add_site one "$port"
check "the first certificate is taken" momctl wait --timeout 20 sites-steady
first=$(shown fingerprint)
check "and remembered" [ "${#first}" = 64 ]
another_certificate
check "another one is refused" wait_for 10 is state "tls failed"
check "with the fingerprint that was expected" reason_has "expected is $first"
second=$(momctl sites show one --json | sed 's/.*its fingerprint is \([0-9a-f]*\).*/\1/')
check "and the one that came" [ "${#second}" = 64 ]
check "which is another" [ "$first" != "$second" ]
check "the log has both" log_says "its fingerprint is $second, expected is $first"
check "the first is still remembered" is fingerprint "$first"
stop_momd
start_momd "$work/momd.conf"
check "also after a restart" wait_for 10 is state "tls failed"
check "an administrator has it forgotten" momctl sites set one --forget-certificate
check "then the new one is taken" momctl wait --timeout 20 sites-steady
check "and remembered" is fingerprint "$second"

check "without a check" momctl sites set one --check none
check "anyone is taken" momctl wait --timeout 20 sites-steady
another_certificate
check "also somebody else" momctl wait --timeout 20 sites-steady
check "TLS where plain text is spoken" momctl sites set one --plain
check "does not come up" wait_for 10 sh -c "! '$B/bin/momctl' --socket '$work/momd.sock' wait --timeout 0 sites-steady"
check "with TLS again" momctl sites set one --tls
check "it does" momctl wait --timeout 20 sites-steady

if command -v openssl >/dev/null 2>&1; then
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$work/ca.key" -out "$work/ca.pem" \
        -subj /CN=authority -days 2 2>/dev/null
    write_config "$work/momd.conf" "[tls]" "ca-file = $work/ca.pem"
    kill -HUP "$momd_pid"
    check "authorities are configured" wait_for 20 log_says "[tls] ca-file changed"
    check "and asked for this site" momctl sites set one --check ca
    check "who is not of them is refused" wait_for 10 is state "tls failed"
    check "with the reason" reason_has "not trusted"
fi
stop_momd
stop_ommsim
echo "$checks checks passed"
