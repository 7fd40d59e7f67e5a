/*
 * The disk as a test would have it: the calls that change files in one folder go through here, because the test program
 * defines pwrite, fdatasync … itself. They are counted, and at the n-th the process can die or an error can come back;
 * they can be recorded, to build what a disk may hold after a power cut. Data never wait for the real disk.
 *
 * Only files whose names begin with "data." matter; LMDB's lock file and ours hold nothing that has to last.
 */
#ifndef POWERCUT_DISK_H
#define POWERCUT_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum disk_event_kind {
    DISK_WRITE,  /* bytes at an offset; `synced`: through a descriptor with O_DSYNC */
    DISK_SYNC,   /* what was written is on the disk */
    DISK_SIZE,   /* ftruncate */
    DISK_RENAME, /* the file got its name */
    DISK_LOST,   /* an error: what was not synced may be on the disk, and is not written again */
    DISK_NAMES,  /* the folder was synced: names are on the disk */
    DISK_MARK    /* the test's own: so many operations are acknowledged */
};

struct disk_event {
    enum disk_event_kind kind;
    bool synced;
    uint64_t at, len; /* WRITE: place; SIZE: len; MARK: at is the number */
    unsigned char *bytes;
};

/* What an error does before it comes back. */
enum disk_effect {
    DISK_NOTHING,
    DISK_PART,
    DISK_ALL,
    DISK_FIRST /* all, but nothing the next time */
};

struct disk {
    char folder[256]; /* "": nothing is watched */
    uint64_t calls;   /* so far */
    /* die */
    uint64_t kill_at;   /* at this call, 0: never */
    unsigned kill_part; /* 0 … 1000: how much of a write is done before */
    /* fail */
    uint64_t fail_at;    /* at this call, 0: never */
    uint64_t fail_count; /* so many calls */
    int fail_error;      /* errno */
    enum disk_effect fail_effect;
    bool failed_synced; /* a call that failed was a write with O_DSYNC */
    uint64_t failures;
    uint64_t full_at; /* no file gets longer than this, 0: no limit */
    /* record */
    bool recording;
    struct disk_event *events;
    size_t count, size;
};
extern struct disk disk;

/* Watch a folder from now on; everything else is reset, a record is dropped. */
void disk_watch(const char *folder);
void disk_mark(uint64_t number);

#endif
