/*
 * The calls that LMDB and store_lmdb.c write with, defined here instead of in the C library. They reach the kernel by
 * calls that are not replaced: lseek and write, truncate, renameat.
 */
#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

struct disk disk;

void disk_watch(const char *folder)
{
    for (size_t i = 0; i < disk.count; i++)
        free(disk.events[i].bytes);
    free(disk.events);
    disk = (struct disk){.calls = 0};
    if (folder && !realpath(folder, disk.folder))
        abort();
}

/* --- whose file it is ------------------------------------------------------------------------- */

enum whose { NOBODYS, FOLDER, DATA };

static enum whose whose(int fd)
{
    char link[64], path[512];
    size_t len = strlen(disk.folder);
    if (len == 0)
        return NOBODYS;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0)
        return NOBODYS;
    path[n] = '\0';
    if (strncmp(path, disk.folder, len) != 0)
        return NOBODYS;
    if (path[len] == '\0')
        return FOLDER;
    return strncmp(path + len, "/data.", 6) == 0 ? DATA : NOBODYS;
}

/* --- recording -------------------------------------------------------------------------------- */

static struct disk_event *record(enum disk_event_kind kind)
{
    if (!disk.recording)
        return NULL;
    if (disk.count == disk.size) {
        disk.size = disk.size ? 2 * disk.size : 256;
        disk.events = realloc(disk.events, disk.size * sizeof *disk.events);
        if (!disk.events)
            abort();
    }
    struct disk_event *e = &disk.events[disk.count++];
    *e = (struct disk_event){.kind = kind};
    return e;
}

void disk_mark(uint64_t number)
{
    struct disk_event *e = record(DISK_MARK);
    if (e)
        e->at = number;
}

/* --- dying and failing ------------------------------------------------------------------------ */

/* Before a call: true when this is the one to die at. */
static bool count_call(void)
{
    disk.calls++;
    return disk.kill_at != 0 && disk.calls == disk.kill_at;
}

static void die(void)
{
    (void)raise(SIGKILL);
    abort(); /* not reached */
}

static bool fails(void)
{
    bool yes = disk.fail_at != 0 && disk.calls >= disk.fail_at &&
               disk.calls < disk.fail_at + disk.fail_count;
    disk.failures += yes;
    return yes;
}

/* A call without bytes: 0, or -1 with errno. */
static int pass(void)
{
    if (count_call())
        die();
    if (!fails())
        return 0;
    errno = disk.fail_error;
    return -1;
}

/* --- writing ---------------------------------------------------------------------------------- */

static ssize_t put(int fd, const unsigned char *bytes, size_t len, off_t at)
{
    off_t before = lseek(fd, 0, SEEK_CUR);
    if (before < 0 || lseek(fd, at, SEEK_SET) < 0)
        return -1;
    ssize_t n = write(fd, bytes, len);
    struct disk_event *e = n > 0 ? record(DISK_WRITE) : NULL;
    if (e) {
        e->at = (uint64_t)at;
        e->len = (uint64_t)n;
        e->synced = (fcntl(fd, F_GETFL) & O_DSYNC) == O_DSYNC;
        e->bytes = malloc((size_t)n);
        if (!e->bytes)
            abort();
        memcpy(e->bytes, bytes, (size_t)n);
    }
    int error = errno;
    (void)lseek(fd, before, SEEK_SET);
    errno = error;
    return n;
}

/* An error of the disk: what it leaves behind, and what comes back. */
static ssize_t fail(int fd, const unsigned char *bytes, size_t len, off_t at)
{
    bool synced = (fcntl(fd, F_GETFL) & O_DSYNC) == O_DSYNC;
    bool first = disk.fail_effect == DISK_FIRST && disk.calls == disk.fail_at;
    bool all = disk.fail_effect == DISK_ALL || first;
    size_t part = all ? len : disk.fail_effect == DISK_PART ? len / 2 : 0;
    if (part > 0 && put(fd, bytes, part, at) < 0)
        return -1;
    if (disk.recording && part > 0)
        disk.events[disk.count - 1].synced = false;
    if (synced)
        (void)record(DISK_LOST);
    disk.failed_synced |= synced;
    if (disk.fail_effect == DISK_PART && part > 0)
        return (ssize_t)part; /* a full disk takes what it can */
    errno = disk.fail_error;
    return -1;
}

static ssize_t write_at(int fd, const unsigned char *bytes, size_t len, off_t at)
{
    if (whose(fd) != DATA)
        return put(fd, bytes, len, at);
    if (count_call()) {
        size_t part = len * disk.kill_part / 1000;
        if (part > 0)
            (void)put(fd, bytes, part, at);
        die();
    }
    if (fails())
        return fail(fd, bytes, len, at);
    if (disk.full_at != 0 && (uint64_t)at + len > disk.full_at) {
        disk.failures++;
        if ((uint64_t)at >= disk.full_at) {
            errno = ENOSPC;
            return -1;
        }
        len = (size_t)(disk.full_at - (uint64_t)at);
    }
    return put(fd, bytes, len, at);
}

static ssize_t write_list(int fd, const struct iovec *list, int count, off_t at)
{
    size_t len = 0, done = 0;
    for (int i = 0; i < count; i++)
        len += list[i].iov_len;
    unsigned char *bytes = malloc(len + 1);
    if (!bytes)
        abort();
    for (int i = 0; i < count; done += list[i++].iov_len)
        memcpy(bytes + done, list[i].iov_base, list[i].iov_len);
    ssize_t n = write_at(fd, bytes, len, at);
    int error = errno;
    free(bytes);
    errno = error;
    return n;
}

/* --- the names that the linker finds ---------------------------------------------------------- */

/* Files of any size have two names for one call on some systems; both are ours. */
#define HOOK __attribute__((visibility("default")))
#define HOOK_PWRITE(name, symbol)                                                                  \
    HOOK ssize_t name(int fd, const void *bytes, size_t len, off_t at) __asm__(symbol);            \
    ssize_t name(int fd, const void *bytes, size_t len, off_t at)                                  \
    {                                                                                              \
        return write_at(fd, bytes, len, at);                                                       \
    }
#define HOOK_PWRITEV(name, symbol)                                                                 \
    HOOK ssize_t name(int fd, const struct iovec *list, int count, off_t at) __asm__(symbol);      \
    ssize_t name(int fd, const struct iovec *list, int count, off_t at)                            \
    {                                                                                              \
        return write_list(fd, list, count, at);                                                    \
    }
#define HOOK_FTRUNCATE(name, symbol)                                                               \
    HOOK int name(int fd, off_t len) __asm__(symbol);                                              \
    int name(int fd, off_t len)                                                                    \
    {                                                                                              \
        return resize(fd, len);                                                                    \
    }

static int resize(int fd, off_t len)
{
    char link[64];
    bool data = whose(fd) == DATA;
    if (data && pass() != 0)
        return -1;
    struct disk_event *e = data ? record(DISK_SIZE) : NULL;
    if (e)
        e->len = (uint64_t)len;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return truncate(link, len);
}

static int sync_it(int fd)
{
    enum whose of = whose(fd);
    if (of == NOBODYS)
        return 0;
    if (pass() != 0) {
        (void)record(DISK_LOST);
        return -1;
    }
    (void)record(of == FOLDER ? DISK_NAMES : DISK_SYNC);
    return 0;
}

HOOK_PWRITE(hook_pwrite, "pwrite")
HOOK_PWRITE(hook_pwrite64, "pwrite64")
HOOK_PWRITEV(hook_pwritev, "pwritev")
HOOK_PWRITEV(hook_pwritev64, "pwritev64")
HOOK_FTRUNCATE(hook_ftruncate, "ftruncate")
HOOK_FTRUNCATE(hook_ftruncate64, "ftruncate64")

HOOK ssize_t hook_writev(int fd, const struct iovec *list, int count) __asm__("writev");
ssize_t hook_writev(int fd, const struct iovec *list, int count)
{
    off_t at = lseek(fd, 0, SEEK_CUR);
    if (at < 0) /* no file: what stands in the first piece will do */
        return count > 0 ? write(fd, list[0].iov_base, list[0].iov_len) : 0;
    ssize_t n = write_list(fd, list, count, at);
    if (n > 0)
        (void)lseek(fd, n, SEEK_CUR);
    return n;
}

HOOK int hook_fdatasync(int fd) __asm__("fdatasync");
int hook_fdatasync(int fd)
{
    return sync_it(fd);
}

HOOK int hook_fsync(int fd) __asm__("fsync");
int hook_fsync(int fd)
{
    return sync_it(fd);
}

HOOK int hook_msync(void *at, size_t len, int flags) __asm__("msync");
/* Nothing may be written through a map: then the record would not be complete. */
int hook_msync(void *at, size_t len, int flags)
{
    (void)at;
    (void)len;
    (void)flags;
    abort();
}

HOOK int hook_rename(const char *from, const char *to) __asm__("rename");
int hook_rename(const char *from, const char *to)
{
    size_t len = strlen(disk.folder);
    bool ours = len > 0 && strncmp(to, disk.folder, len) == 0;
    if (ours && pass() != 0)
        return -1;
    if (ours)
        (void)record(DISK_RENAME);
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}
