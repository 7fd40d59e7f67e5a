/*
 * die.so, preloaded into a daemon: the process dies by SIGKILL in its n-th call whose effect outlives it: one that
 * writes to a file, makes a write durable, or sends. DIE_AT=n in the environment says which; if n is odd it dies
 * before the call, else after it. Without DIE_AT nothing happens.
 *
 * For tools/demo_star.sh: what matters of a moment is which of these calls were done.
 */
#define _GNU_SOURCE
#undef _FILE_OFFSET_BITS /* each function under its own name */
#include <dlfcn.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_ulong calls;
static unsigned long die_at;

__attribute__((constructor)) static void begin(void)
{
    const char *text = getenv("DIE_AT");
    die_at = text ? strtoul(text, NULL, 10) : 0;
    unsetenv("DIE_AT");
}

static void die(void)
{
    (void)kill(getpid(), SIGKILL);
}

static unsigned long next_call(void)
{
    return die_at ? atomic_fetch_add(&calls, 1) + 1 : 0;
}

/* The function that is called, with ours around it. */
#define CALL(type, name, parameters, arguments)                                                    \
    __attribute__((visibility("default"))) type name parameters                                    \
    {                                                                                              \
        static type(*real) parameters;                                                             \
        unsigned long n = next_call();                                                             \
        if (!real)                                                                                 \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                             \
        if (n && n == die_at && n % 2 == 1)                                                        \
            die();                                                                                 \
        type result = real arguments;                                                              \
        if (n && n == die_at)                                                                      \
            die();                                                                                 \
        return result;                                                                             \
    }

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's own are reserved */
CALL(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))
CALL(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
CALL(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at))
CALL(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at),
     (fd, parts, count, at))
#ifdef __GLIBC__
CALL(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at))
CALL(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at),
     (fd, parts, count, at))
CALL(int, ftruncate64, (int fd, off64_t len), (fd, len))
#endif
CALL(int, fsync, (int fd), (fd))
CALL(int, fdatasync, (int fd), (fd))
CALL(int, msync, (void *at, size_t len, int flags), (at, len, flags))
CALL(int, ftruncate, (int fd, off_t len), (fd, len))
CALL(int, rename, (const char *from, const char *to), (from, to))
CALL(ssize_t, send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags))
CALL(ssize_t, sendmsg, (int fd, const struct msghdr *message, int flags), (fd, message, flags))
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
