#!/bin/sh
# The link of bench-star and its witness: the slow way is never faster than it says, what is counted is exactly what was carried,
# and a connection that is cut ends at both sides. Bounds are those that a busy machine cannot break.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${B:=build/gcc}"
PATH=$PATH:/usr/sbin:/sbin
. tests/system/lib.sh # wait_for
. bench/star/net.sh
net_enter "$0"
status=$?
[ $status != 77 ] || exit 0
[ $status = 0 ] || exit 1

work=$(mktemp -d "${TMPDIR:-/tmp}/momsync-bench-star-XXXXXX")
trap 'stop_all; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
fail() { echo "FAILED  $*" >&2; exit 1; }

net_begin 1
net_slow 1 || exit 0
wire_begin 7999 || exit 0
spawn centre python3 bench/star/link.py serve 7999
listens() { at centre ss -Hltn 'sport = :7999' | grep -q .; }
wait_for 20 listens || fail 'nobody listens at the centre'

net_use 1 slow
wire_zero
# shellcheck disable=SC2046
set -- $(at remote1 python3 bench/star/link.py measure "$NET_CENTRE" 7999)
[ "$(printf '%.0f' "$1")" -ge 100 ] || fail "there and back in $1 ms"
[ "$2" -le 1000 ] && [ "$3" -le 1000 ] || fail "$2 kbit/s to the remote, $3 from it"

counted() { [ "$(wire | awk '{ print $1, $2, $3 }')" = "$1" ]; } # connections, bytes to the centre, bytes from it
wait_for 20 counted '2 250002 250001' || fail "counted: $(wire)" # what is under way arrives
wait_for 20 wire_silent 0.2 || fail 'something is still carried'
counted '2 250002 250001' || fail "counted more: $(wire)"

wire_zero
net_use 1 fast
spawn remote1 python3 -c "import socket, sys
peer = socket.create_connection(('$NET_CENTRE', 7999))
peer.sendall(b'u')
peer.recv(1)" 2>/dev/null
waiting=$spawned
wait_for 20 counted '1 1 0' || fail "counted: $(wire)"
net_cut 1 7999 || exit 0
! wait "$waiting" 2>/dev/null || fail 'a connection that was cut went on'
echo 'bench-star: link, witness and cut are what they say'
