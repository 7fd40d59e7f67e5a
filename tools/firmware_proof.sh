#!/bin/sh
# Do the programs of a firmware run? Called by tools/firmware.sh with PROGRAMS (their folder), RUN (an emulator, or nothing)
# and BUILD set. A central node of this machine has users; the firmware's node joins as a remote, gets them all, takes a
# change back and forth, and ends in order. The machine's own programs have to be built: `make firmware` does it.
set -eu
cd "$(dirname "$0")/.."
: "${PROGRAMS:?}" "${BUILD:?}" "${RUN:=}"
B=${B:-$BUILD/gcc}
. tests/system/lib.sh
. tests/system/star_lib.sh
begin_work firmware
emulator=$RUN
RUN=''
there() { # command…: with nothing of this machine's environment
    # shellcheck disable=SC2086
    env -i $(command -v ${emulator:-env}) "$@"
}
same() { [ "$(status_of 1 fingerprint)" = "$(status_of 2 fingerprint)" ]; }
users_are() { [ "$(there "$PROGRAMS/ommsyncctl" --socket "$work/n2.sock" status --json | json_get users)" = "$1" ]; }
name_is() { [ "$(starctl "$1" users show "$2" --json | json_get name)" = "$3" ]; }

check "it starts" there "$PROGRAMS/ommsyncd" --version
there "$PROGRAMS/ommsyncd" --sample-config >"$PROGRAMS/ommsyncd.conf.sample"
start_omm 1 --users 512 --unbound 0
start_omm 2 --users 0
KEEP_ALIVE=20s # an emulated node may be busy for a while
star_config 1
star_start 1
check "the central node of this machine has its users" starctl 1 wait sites-steady --timeout 60
star_config 2 "[store]" "batch-max = 16"
check "the configuration is good" there "$PROGRAMS/ommsyncd" --check-config --config "$work/n2.conf"
# Names of hosts and of groups are looked up without any shared library.
sed 's/127\.0\.0\.1:/localhost:/; s/^\[control\]/&\ngroup = root/' "$work/n2.conf" >"$work/names.conf"
mv "$work/names.conf" "$work/n2.conf"
check "also with names in it" there "$PROGRAMS/ommsyncd" --check-config --config "$work/n2.conf"
OMMSYNCD=$PROGRAMS/ommsyncd RUN=${emulator:+env -i $(command -v "$emulator")} START_LIMIT=60 star_start 2
check "the firmware's node gets all users" wait_for 120 users_are 512
check "both have the same" wait_for 120 same
starctl 1 users set 20001 name="From the centre" >/dev/null
check "a change reaches it" wait_for 60 name_is 2 20001 "From the centre"
there "$PROGRAMS/ommsyncctl" --socket "$work/n2.sock" users set 20002 name="From the firmware" >/dev/null
check "and one comes back" wait_for 60 name_is 1 20002 "From the firmware"
sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/        \1 KiB of memory at most/p' "/proc/$(star_pid 2)/status" |
    sed "s/\$/${emulator:+, with what the emulator needs itself}/"
check "it ends in order" star_stop 2
star_stop 1
echo "$checks checks passed"
