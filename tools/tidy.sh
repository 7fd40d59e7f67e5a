#!/bin/sh
# clang-tidy on some C files. What was clean is remembered in build/lint by what the compiler sees of it, so that it is looked at
# again only when it, a header or the checks changed. Tests are run under sanitizers: for them a shallow analysis has to do.
set -u
cd "$(dirname "$0")/.." || exit 1
memory=build/lint
xml2=$(pkg-config --cflags libxml-2.0 2>/dev/null)
checks=$(clang-tidy --version; cat .clang-tidy)
bad=0
mkdir -p "$memory"
for file; do
    # Two libraries have headers of the same name: each file sees those of its own library first.
    case $file in */momsync/* | */powercut/*) own=-Ilibmomsync ;; *) own=-Ilibaxi ;; esac
    flags="-std=c11 -D_GNU_SOURCE -DMOM_VERSION_TEXT=\"0\" -Iinclude -Idaemons/common -Itests $own -Ilibaxi -Ilibmomsync
        -Ilibmomsync/axi -Idaemons/host -Idaemons/momd -Idaemons/ommsyncd -Itools/ctl -Itools/ommsim -Itools/momsim -Itools/axicat $xml2"
    case $file in tests/* | bench/*) depth=mode=shallow ;; *) depth=max-nodes=75000 ;; esac
    flags="$flags -Xclang -analyzer-config -Xclang $depth"
    # shellcheck disable=SC2086
    seen=$(clang $flags -E -CC "$file" 2>/dev/null) || { echo "$file: cannot be compiled" >&2; bad=1; continue; }
    mark=$memory/$(printf '%s\n' "$checks" "$flags" "$seen" | sha256sum | cut -d ' ' -f 1)
    [ -e "$mark" ] && continue
    # shellcheck disable=SC2086
    if clang-tidy --quiet "$file" -- $flags 2>/dev/null; then : >"$mark"; else bad=1; fi
done
exit $bad
