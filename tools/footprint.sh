#!/bin/sh
# What libmomsync needs inside another program, as Markdown: code for three processors, memory and disk of the example of
# a site with 512 phones, stack. Called by `make footprint`; WRITE=yes puts it into docs/embedding.md.
#
# Compilers and emulator are Debian's. The foreign programs have the store in memory alone: LMDB's library is not there.
set -eu
cd "$(dirname "$0")/.."
: "${BUILD:=build}" "${WRITE:=}"
arches='x86-64 armhf s390x'
triplet() {
    case $1 in x86-64) echo x86_64-linux-gnu ;; armhf) echo arm-linux-gnueabihf ;; s390x) echo s390x-linux-gnu ;; esac
}
run() { # arch program
    case $1 in
    x86-64) "$2" ;;
    armhf) qemu-arm -L /usr/arm-linux-gnueabihf "$2" ;;
    s390x) qemu-s390x -L /usr/s390x-linux-gnu "$2" ;;
    esac
}
tools/deps.sh install gcc-x86-64-linux-gnu:x86_64-linux-gnu-gcc liblmdb-dev:lmdb.h python3:python3 >&2
for arch in armhf s390x; do
    tools/deps.sh install "gcc-$(triplet $arch):$(triplet $arch)-gcc" "libc6-dev-$arch-cross:/usr/$(triplet $arch)/include/stdio.h" \
        qemu-user:qemu-arm >&2
done

one=$BUILD/amalgamation
work=$BUILD/footprint
python3 tools/amalgamate.py "$one"
rm -rf "$work"
mkdir -p "$work/include" "$work/store"
# the same for every processor
printf '#include <lmdb.h>\n#if __has_include(<zlib.h>)\n#include <zlib.h>\n#endif\n' | gcc -M -x c - | tr ' \\' '\n\n' |
    grep -E '/(lmdb|zlib|zconf)\.h$' | xargs -I {} cp {} "$work/include/"
warnings=$(sed -n '/^OUR_WARNINGS/,/[^\\]$/p' Makefile | tr -d '\\\n' | sed 's/.*:= //; s/\$(if.*//')
alone=$(tools/amalgamate.py options) # leaves out all files that need a library
libs=$(sed -n 's/^momsync.pkgs := //p' libmomsync/module.mk | xargs -n 1 pkg-config --libs | tr '\n' ' ')
flags='-std=c11 -Os -fno-pie -fno-asynchronous-unwind-tables'
version=-DMOM_VERSION_TEXT=\"$(sed -n 's/^VERSION := //p' Makefile)\"
shares='32 8 1' # phones that the example tells in one step

# shellcheck disable=SC2086
compile_all() { # arch
    cc=$(triplet "$1")-gcc
    mkdir -p "$work/$1"
    for source in libmomsync/*.c; do
        $cc $flags "$version" -isystem "$work/include" -Iinclude -c "$source" -o "$work/$1/$(basename "$source" .c).o"
    done
    $cc $flags $warnings -Werror -isystem "$work/include" -c "$one/momsync.c" -o "$work/$1-all.o"
    (cd "$work" && $cc $flags $warnings -Werror $alone -fcallgraph-info=su -c "../amalgamation/momsync.c" -o "$1-plain.o")
    # the example calls this when it is given a folder
    printf '#include "momsync.h"\nint mom_store_lmdb_open(const struct mom_lmdb_options *o, struct mom_store *s) { (void)o; (void)s; return MOM_ESTATE; }\n' >"$work/no_lmdb.c"
    for share in $shares; do
        sed "s|<momsync/momsync.h>|\"momsync.h\"|; s/n % [0-9]* == 0/n % $share == 0/" examples/firmware_site.c >"$work/site-$share.c"
        $cc -std=c11 -Os -fno-pie -no-pie -I"$one" "$work/site-$share.c" "$work/no_lmdb.c" "$work/$1-plain.o" -o "$work/$1-site-$share"
    done
}
section() { # what object: bytes of text (with constants), data or bss
    case $1 in text) column=1 ;; data) column=2 ;; bss) column=3 ;; esac
    size "$2" | awk -v c=$column 'NR == 2 { print $c }'
}
row() { # text, and for each processor the output of a command that ends with its name
    printf '| %s |' "$1"
    shift
    for arch in $arches; do printf ' %s |' "$("$@" "$arch")"; done
    echo
}
head_row() {
    printf '| %s |' "$1"
    for arch in $arches; do printf ' %s |' "$arch"; done
    printf '\n| --- |'
    for arch in $arches; do printf ' ---: |'; done
    echo
}
of_file() { section text "$work/$2/$1.o"; }
of_sum() { for object in "$work/$1"/*.o; do section text "$object"; done | awk '{ sum += $1 } END { print sum }'; }
of_object() { section "$2" "$work/$3-$1.o"; }
peak() { sed -n "s/^memory: .*$1 \([0-9]*\).*/\1/p" "$work/$3.$2"; }
per_record() { echo $(($(peak store "$1" "$2") / records)); }
chain() { # function of the amalgamation, arch
    python3 tools/callgraph.py "$work/$2-plain.ci" chain "$1" | awk '{ print $2 }'
}

for arch in $arches; do
    compile_all "$arch"
    for share in $shares; do run "$arch" "$work/$arch-site-$share" >"$work/$arch.$share"; done
done
# shellcheck disable=SC2086
gcc -std=c11 -Os -fno-pie -no-pie -I"$one" "$work/site-8.c" "$work/x86-64-all.o" $libs -o "$work/site-lmdb"
"$work/site-lmdb" "$work/store" >"$work/lmdb"
records=1023 # 512 phones, 511 users at the end

report() {
    printf 'gcc %s, `-Os`, bytes. Code is instructions and constants (`text` of size(1)), without unwind tables.\n\n' "$(gcc -dumpversion)"
    head_row 'code'
    row '**`momsync.c`**' of_object all text
    row '`momsync.c` without LMDB' of_object plain text
    row 'its `data`' of_object all data
    row 'its `bss`' of_object all bss
    row 'files compiled one by one' of_sum
    for source in libmomsync/*.c; do row "\`$(basename "$source")\`" of_file "$(basename "$source" .c)"; done
    printf '\nMemory of `examples/firmware_site.c` (512 phones, 512 users, one handoff there and back), at most, as its hooks count it:\n\n'
    head_row 'memory'
    for share in $shares; do row "engine and batch, phones told in a step: $share" peak engine "$share"; done
    row 'store in memory' peak store 8
    row 'store in memory, a record with its index rows' per_record 8
    printf '\nOn disk, the same site in LMDB: %s bytes, %s a record with its index rows and the free pages.\n' \
        "$(stat -c %s "$work/store/data.mdb")" "$(($(stat -c %s "$work/store/data.mdb") / records))"
    printf '\nStack: the chain of calls that needs most, from gcc. What the store and the hooks of the host need comes on top:\n\n'
    head_row 'stack'
    row '`mom_engine_step`' chain mom_engine_step
    row '`mom_engine_new`' chain mom_engine_new
    row '`mom_view_find`' chain mom_view_find
    row '`mom_view_local`' chain mom_view_local
    row 'a write of the store in memory' chain store_mem_memory_put
    printf '\nFunctions with a frame of more than 4096 bytes: '
    for arch in $arches; do python3 tools/callgraph.py "$work/$arch-plain.ci" over 4096 | sed "s/^/$arch /"; done |
        awk '{ printf "%s`%s` %s (%s)", (NR > 1 ? ", " : ""), $2, $3, $1 } END { print (NR ? "." : "none.") }'
}
if [ "$WRITE" = yes ]; then report | tools/docpart.sh docs/embedding.md footprint write
else report; fi
