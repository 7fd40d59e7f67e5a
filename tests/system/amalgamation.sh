#!/bin/sh
# libmomsync in one file (tools/amalgamate.py): it compiles with every warning of the project as an error, exports nothing
# but mom_…, runs the example of a firmware, and passes the unit tests of the library. The tests know inner functions too:
# for them these are made visible.
set -eu
cd "$(dirname "$0")/../.."
. tests/system/lib.sh
begin_work amalgamation

CC=${CC:-gcc}
one=$work/one
libs=$(sed -n 's/^momsync.pkgs := //p' libmomsync/module.mk | xargs -n 1 pkg-config --libs | tr '\n' ' ') # what optional files need
alone=$(tools/amalgamate.py options)                      # leaves all of them out
flags="${SANITIZE:+-fsanitize=$SANITIZE -fno-sanitize-recover=all} -g"
warnings=$(sed -n '/^OUR_WARNINGS/,/[^\\]$/p' Makefile | tr -d '\\\n' | sed 's/.*:= //; s/\$(if.*//')
# shellcheck disable=SC2086
strict() { # compiler output [option …]
    compiler=$1 output=$2
    shift 2
    $compiler -std=c11 $warnings -Werror -c "$one/momsync.c" -o "$output" "$@"
}
exports_only_mom() {
    ! nm --defined-only "$1" | awk '$2 ~ /^[A-Z]$/ { print $3 }' | sed 's/^_*odr_asan_*gen_//' |
        grep -vE '^mom_|^__(asan|ubsan|sancov)|^asan\.|^DW\.ref' && nm --defined-only "$1" | grep -q ' T mom_engine_step$'
}
# Constant tables of pointers are relocated once, in .data.rel.ro.
no_writable() { ! objdump -t "$1" | grep -E ' O (\.data|\.bss|\*COM\*)' | grep -v '\.data\.rel\.ro' | grep .; }
# shellcheck disable=SC2086
without_lmdb() { strict "$CC" "$work/plain.o" $alone && ! nm "$work/plain.o" | grep -E ' (mdb_|open|close|flock)'; }
# the least that a host links: nothing is asked for but this
needs_little() {
    ! nm -u "$work/plain.o" | awk '{ print $2 }' | grep -vE '^(mem(cpy|cmp|move|set|chr)|str(len|cmp|ncmp|chr)|realloc|free|__stack_chk_.*|_GLOBAL_OFFSET_TABLE_)$'
}
# shellcheck disable=SC2086
small() {
    strict "$CC" "$work/small.o" $flags -DMOM__PRIVATE= -DMOM_RECORD_BYTES=59392 -DMOM_EXTRA_COUNT=16 -DMOM_EXTRA_BYTES=1024 \
        -DMOM_STEP_EVALUATIONS=20 -DMOM_STEP_KEEP_BYTES=0 -DMOM_BATCH_KEEP_BYTES=0 -DMOM_BLOCK_BYTES=64 -DMOM_BUFFER_BYTES=16 \
        -DMOM_LINE_BYTES=160
}
# Memory is taken in small pieces then: more allocations that can fail.
# shellcheck disable=SC2086
small_survives() {
    for name in test_embedding test_engine_handoff; do
        $CC $flags "$B/tests/momsync/$name.o" "$work/small.o" $(ldlibs $name) -lcmocka $libs -o "$work/$name" && "$work/$name" || return 1
    done
}
ldlibs() { sed -n "s|^tests/momsync/$1.ldlibs := ||p" tests/module.mk; }
too_small() { ! strict "$CC" "$work/small.o" -DMOM_RECORD_BYTES=4096 2>"$work/said" && grep -q 'larger than MOM_RECORD_BYTES' "$work/said"; }
# shellcheck disable=SC2086
example() { # name
    sed 's|<momsync/momsync.h>|"momsync.h"|' "examples/$1.c" >"$one/$1.c"
    $CC -std=c11 -Wall -Wextra -Werror $flags -I "$one" "$one/$1.c" "$work/momsync.o" $libs -o "$work/$1" && "$work/$1"
}
cplusplus() { command -v g++ >/dev/null || return 0; g++ -fsyntax-only -x c++ -Wall -Werror "$one/momsync.h"; }
# shellcheck disable=SC2086
units() {
    found=0
    for object in "$B"/tests/momsync/test_*.o; do
        name=$(basename "$object" .o)
        $CC $flags "$object" "$work/visible.o" $(ldlibs "$name") -lcmocka $libs -o "$work/$name" || return 1
        RUNS=10 "$work/$name" || return 1 # few of the random runs: they have been done
        found=$((found + 1))
    done
    [ $found -ge 16 ]
}

check "docs/embedding.md has the bounds of limits.h" tools/limits.sh check
check "it is made" python3 tools/amalgamate.py "$one"
# shellcheck disable=SC2086
check "every warning is an error, and there is none" strict "$CC" "$work/momsync.o" -O1 $flags
check "nothing is exported but mom_…" exports_only_mom "$work/momsync.o"
check "its header is one of C++ too" cplusplus
[ -n "${SANITIZE:-}" ] || check "it has no writable variable" no_writable "$work/momsync.o"
check "LMDB can be left out" without_lmdb
[ -n "${SANITIZE:-}" ] || check "and then it needs memory functions alone" needs_little
check "its bounds can be smaller" small
check "and then it works, and survives more failed allocations" small_survives
check "but not so small that it would not work" too_small
for compiler in gcc clang arm-linux-gnueabihf-gcc s390x-linux-gnu-gcc; do
    if command -v $compiler >/dev/null; then check "$compiler takes it too" strict $compiler "$work/other.o" -fsyntax-only $alone
    else echo "  --  $compiler is not here"; fi
done
check "the example of a firmware runs" example firmware_site
check "so does the first example" example embed
visible() {
    # shellcheck disable=SC2086
    strict "$CC" "$work/visible.o" -DMOM__PRIVATE= $flags && units
}
# With sanitizers they take long, and those of the library itself have just run with them.
[ -n "${SANITIZE:-}" ] || check "the unit tests of the library pass with it" visible

# What it is made of is made anew each time; a name that is in two files does not matter.
collide() {
    mkdir -p "$work/tree" && cp -r libmomsync include Makefile "$work/tree/" || return 1
    cat >>"$work/tree/libmomsync/ident.c" <<'C'
struct item { int place; };
enum { KEY_MAX = 1 };
static int place(struct item *item) { return item->place + KEY_MAX; }
int mom__ident_extra(void);
int mom__ident_extra(void) { struct item item = {.place = 1}; return place(&item); }
C
    (cd "$work/tree" && python3 "$OLDPWD/tools/amalgamate.py" "$work/two") && one=$work/two strict "$CC" "$work/two.o" -fsyntax-only
}
check "names of one file do not meet those of another" collide
