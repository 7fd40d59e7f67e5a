#!/bin/sh
# A share of `make model` for `make test`.
set -eu
[ -z "${RUNNER:-}${SANITIZE:-}" ] || exit 0 # the model has no machine
DEPS=${DEPS:-auto} tools/deps.sh install spin:spin python3:python3 || { echo 'the model is left out'; exit 0; }
MAKEFLAGS='' make -s model SHARE=yes
