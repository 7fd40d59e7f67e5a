#!/bin/sh
# Put the built files where they belong, or take them away again. Called by `make install` and `make uninstall`, which
# set the folders; DESTDIR is put before each for packagers.
set -eu
: "${B:?}" "${VERSION:?}" "${SOVERSION:?}" "${bindir:?}" "${sbindir:?}" "${libdir:?}" "${includedir:?}" "${mandir:?}" "${docdir:?}"
: "${sysconfdir:?}" "${unitdir:?}" "${prefix:?}"
DESTDIR=${DESTDIR:-} INSTALL=${INSTALL:-install} verb=$1

put() { # mode file destination-file
    if [ "$verb" = install ]; then
        mkdir -p "$DESTDIR$(dirname "$3")"
        $INSTALL -m "$1" "$2" "$DESTDIR$3"
    else
        rm -f "$DESTDIR$3"
    fi
}
fill() { # template destination-file: with the folders of this installation
    if [ "$verb" = install ]; then
        mkdir -p "$DESTDIR$(dirname "$2")"
        sed -e "s|@prefix@|$prefix|; s|@libdir@|$libdir|; s|@includedir@|$includedir|; s|@version@|$VERSION|" \
            -e "s|@sbindir@|$sbindir|g; s|@sysconfdir@|$sysconfdir|g" "$1" >"$DESTDIR$2"
    else
        rm -f "$DESTDIR$2"
    fi
}
link() { # target name
    if [ "$verb" = install ]; then ln -sf "$1" "$DESTDIR$2"; else rm -f "$DESTDIR$2"; fi
}

for header in $(find include -name '*.h'); do put 644 "$header" "$includedir/${header#include/}"; done
for library in axi axi-mbedtls momsync momsync-axi; do
    put 644 "$B/lib$library.a" "$libdir/lib$library.a"
    put 755 "$B/lib$library.so.$SOVERSION" "$libdir/lib$library.so.$VERSION"
    link "lib$library.so.$VERSION" "$libdir/lib$library.so.$SOVERSION"
    link "lib$library.so.$SOVERSION" "$libdir/lib$library.so"
    fill "$(find libaxi libmomsync -name "$library.pc.in")" "$libdir/pkgconfig/$library.pc"
done
for daemon in momd ommsyncd; do put 755 "$B/bin/$daemon" "$sbindir/$daemon"; done
for tool in momctl ommsyncctl ommsim axicat; do put 755 "$B/bin/$tool" "$bindir/$tool"; done
for page in ${MANPAGES:-}; do put 644 "$page" "$mandir/man${page##*.}/$(basename "$page")"; done
for page in README.md LICENSE docs/*.md; do put 644 "$page" "$docdir/$(basename "$page")"; done
for page in docs/axi/*.md libaxi/README.md; do put 644 "$page" "$docdir/${page#docs/}"; done
put 644 packaging/completion/axicat "$(dirname "$mandir")/bash-completion/completions/axicat"
for daemon in momd ommsyncd; do
    put 644 packaging/$daemon.conf.sample "$docdir/$daemon.conf.sample"
    fill packaging/systemd/$daemon.service "$unitdir/$daemon.service"
    put 644 packaging/systemd/$daemon.sysusers "$(dirname "$(dirname "$unitdir")")/sysusers.d/$daemon.conf"
done
[ "$verb" = install ] || rmdir "$DESTDIR$includedir/momsync/axi" "$DESTDIR$includedir/momsync" "$DESTDIR$includedir/axi" \
    "$DESTDIR$docdir/axi" "$DESTDIR$docdir/libaxi" "$DESTDIR$docdir" 2>/dev/null || true
