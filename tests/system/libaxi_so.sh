#!/bin/sh
# libaxi.so as others link it: nothing but axi_… leaves it, it has its SONAME, it needs expat and the C library alone, and
# with the whole catalogue it is small. The size is a promise about the ordinary build (-O2, no sanitizer, no coverage).
set -eu
cd "$(dirname "$0")/../.."
: "${B:=build/gcc}"
library=$B/libaxi.so.0 limit=200000 status=0
fail() { echo "FAILED  $*" >&2; status=1; }

[ -e "$library" ] || { echo "$library is not built" >&2; exit 1; }
symbols=$(nm -D --defined-only "$library" | awk '$2 != "A" { print $3 }' | sed 's/@.*//') # A: names of versions
foreign=$(echo "$symbols" | grep -vE '^axi_[a-z0-9]' || true)
[ -z "$foreign" ] || fail "exported and not axi_…:" $foreign
echo "exports $(echo "$symbols" | wc -l) functions"
for name in axi_parser_next axi_encode axi_msg_start axi_get_str axi_check axi_version; do
    echo "$symbols" | grep -qx "$name" || fail "$name is not exported"
done

readelf -d "$library" >"${TMPDIR:-/tmp}/libaxi-$$.dynamic"
trap 'rm -f "${TMPDIR:-/tmp}/libaxi-$$".*' EXIT
grep -q 'SONAME.*\[libaxi\.so\.0\]' "${TMPDIR:-/tmp}/libaxi-$$.dynamic" || fail "the SONAME is not libaxi.so.0"

flags=$(cat "$B/flags")
case $flags in
*-fsanitize=* | *--coverage*)
    echo "size and needs: not looked at, the build is for checking: $flags"
    exit $status
    ;;
esac
needed=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "${TMPDIR:-/tmp}/libaxi-$$.dynamic" | tr '\n' ' ')
for one in $needed; do
    case $one in libc.so.* | libexpat.so.* | ld-linux*) ;; *) fail "needs $one" ;; esac
done
echo "needs $needed"

case $flags in
*-O2*) ;;
*)
    echo "size: not looked at, the build is not with -O2"
    exit $status
    ;;
esac
strip -o "${TMPDIR:-/tmp}/libaxi-$$.so" "$library"
# shellcheck disable=SC2046
set -- $(size "${TMPDIR:-/tmp}/libaxi-$$.so" | tail -n 1)
echo "stripped: text $1, data $2, bss $3, file $(wc -c <"${TMPDIR:-/tmp}/libaxi-$$.so") bytes; text is allowed $limit"
[ "$1" -lt $limit ] || fail "text of $1 bytes"
exit $status
