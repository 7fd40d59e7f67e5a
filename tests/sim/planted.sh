#!/bin/sh
# A share of `make planted` for `make test`: defects that some systems show, each in a few of them.
set -eu
[ -z "${RUNNER:-}${SANITIZE:-}" ] || exit 0 # a build of its own, for this machine
MAKEFLAGS='' make -s -j"$(nproc)" planted PLANTED_SEEDS=1-30 PLANT='WHOLE_SECONDS BASE_STAYS LEAVING_UNKNOWN FORMER_STAYS SENT_CONFIRMED'
