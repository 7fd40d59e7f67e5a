#!/bin/sh
# The libraries must call no socket, clock, thread, file, environment or stdio function: look at the undefined symbols of
# every object. The LMDB adapter may use files and LMDB, the allocation hook may use the C library's allocator.
set -eu
banned='socket|connect|bind|listen|accept4?|send|sendto|sendmsg|recv|recvfrom|recvmsg|poll|select|epoll_.*
time|gettimeofday|clock|clock_gettime|localtime.*|gmtime.*|mktime|nanosleep|usleep|sleep
pthread_.*|thrd_.*|fork|vfork|exec.*|system|signal|sigaction|getpid
open|open64|openat|creat|read|write|pread.*|pwrite.*|close|lseek.*|stat|fstat|mkdir|unlink|rename|ftruncate.*|flock|fcntl.*|fsync|mmap.*
fopen.*|fclose|fread|fwrite|printf|fprintf|sprintf|snprintf|vsnprintf|__.*printf_chk|puts|putchar|fputs|perror|scanf|sscanf|stdin|stdout|stderr
getenv|secure_getenv|rand|srand|random|getrandom|arc4random.*|strerror.*'
allocator='malloc|calloc|realloc|free|reallocarray'
pattern=$(printf '%s' "$banned" | tr '\n' '|')
status=0
check() { # library object pattern
    found=$(nm -u "$1" 2>/dev/null | awk -v member="$2" '
        /:$/ { current = $0; sub(/:$/, "", current) }
        $1 == "U" && current == member { print $2 }' | sed 's/@.*//' | grep -xE "$3" | sort -u || true)
    [ -z "$found" ] || { printf '%s(%s) calls: %s\n' "$1" "$2" "$(echo "$found" | tr '\n' ' ')" >&2; status=1; }
}
objects=0
for library in "$@"; do
    for object in $(ar t "$library"); do
        objects=$((objects + 1))
        case $object in
        store_lmdb.o) ;;
        alloc.o) check "$library" "$object" "$pattern" ;;
        *) check "$library" "$object" "$pattern|$allocator" ;;
        esac
    done
    # No writable globals: data and bss stay empty (relocated constant tables are in .data.rel.ro). One variable of the
    # thread is allowed: expat's allocation hook has no context (libaxi/heap.h).
    writable=$(nm "$library" 2>/dev/null | awk '$2 ~ /^[dDbBC]$/ { print $3 }' | sort -u)
    for symbol in $writable; do
        section=$(objdump -t "$library" 2>/dev/null | awk -v s="$symbol" '$NF == s { print $0 }' | grep -oE '\.(data|bss|tdata|tbss)(\.[a-zA-Z_.]*)?' | head -n 1)
        case $section/$symbol in .data.rel.ro*|.tbss/axi__heap_current) ;; *) echo "$library has a writable global: $symbol ($section)" >&2; status=1 ;; esac
    done
done
[ "$objects" -gt 0 ] || { echo "no objects to look at" >&2; exit 1; }
[ $status -ne 0 ] || echo "sansio: $objects objects call nothing that they must not"
exit $status
