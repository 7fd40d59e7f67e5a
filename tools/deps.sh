#!/bin/sh
# The Debian packages that momsync is built and tested with.
# Python is for tests: one makes the tables of the catalogue again and compares (tools/axigen.py).
#   deps.sh check     exit 1 and name what is missing, with the command that installs it
#   deps.sh install   install what is missing (apt-get, through sudo when not root); DEPS=no only checks
# Behind the word other packages can be named, which are then the only ones looked at: PACKAGE:WHAT, as below.
set -eu

# package, and what shows that it is there, so that other systems are not asked for dpkg: a command, a header, an absolute
# path, or the name of a pkg-config file
needs='gcc:cc make:make pkg-config:pkg-config
libexpat1-dev:expat.h liblmdb-dev:lmdb.h libuv1-dev:uv.h libmbedtls-dev:mbedtls/ssl.h
libjansson-dev:jansson.h zlib1g-dev:zlib.h libcmocka-dev:cmocka.h python3:python3'

CC=${CC:-cc}
missing() {
    for need in $needs; do
        package=${need%%:*} what=${need#*:}
        case $what in
        /*) [ -e "$what" ] || echo "$package" ;;
        *.pc) pkg-config --exists "${what%.pc}" 2>/dev/null || echo "$package" ;;
        *.h) printf '#include <stdarg.h>\n#include <stddef.h>\n#include <setjmp.h>\n#include <stdint.h>\n#define _GNU_SOURCE\n#include <%s>\n' "$what" |
            "$CC" -D_GNU_SOURCE -E -x c - >/dev/null 2>&1 || echo "$package" ;;
        *) command -v "$what" >/dev/null 2>&1 || echo "$package" ;;
        esac
    done
}

verb=$1
shift
[ $# -eq 0 ] || needs=$*

lacking=$(missing | tr '\n' ' ')
[ -n "$lacking" ] || exit 0
as_root=$([ "$(id -u)" = 0 ] || echo 'sudo ')
if [ "$verb" = check ] || [ "${DEPS:-auto}" = no ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "missing packages: $lacking" >&2
    echo "install them with: ${as_root}apt-get install $lacking" >&2
    exit 1
fi
echo "installing: $lacking" >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086
${as_root}apt-get update -qq >&2 && ${as_root}apt-get install -y -qq --no-install-recommends $lacking >&2
lacking=$(missing | tr '\n' ' ')
[ -z "$lacking" ] || { echo "still missing after installation: $lacking" >&2; exit 1; }
