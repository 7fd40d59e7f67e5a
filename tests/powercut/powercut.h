/*
 * What the three parts share: where images are kept, how much is done, what was counted. A failure is printed with the
 * line that repeats it.
 */
#ifndef POWERCUT_POWERCUT_H
#define POWERCUT_POWERCUT_H

#include "stream.h"

enum powercut_count {
    PC_KILLS,      /* processes that died in a call */
    PC_KILLS_FREE, /* processes killed from outside at any moment */
    PC_OPENED,     /* stores opened afterwards */
    PC_AT_K,       /* … that hold exactly what was acknowledged */
    PC_AT_NEXT,    /* … that hold the step under way too, whole */
    PC_STEPS,      /* steps acknowledged */
    PC_GROWN,      /* stores that outgrew their map meanwhile */
    PC_IMAGES,     /* disks after a power cut */
    PC_TORN,       /* … with a part of what was under way */
    PC_EMPTY,      /* … without a store: none was acknowledged */
    PC_CONTINUED,  /* … that worked on */
    PC_ERRORS,     /* runs with an error of the disk */
    PC_REFUSED,    /* operations that were refused for it */
    PC_REOPENED,   /* … of which the next reload was refused too */
    PC_OPEN_END,   /* … refused, but found done: the meta page was on the disk after all */
    PC_LENGTHS,    /* files cut off */
    PC_COUNTS
};

struct powercut {
    uint64_t seed;
    char folder[128]; /* of the stores, in memory where there is one */
    uint64_t counts[PC_COUNTS];
    unsigned failures;
    bool early;   /* planted: acknowledged before the commit */
    bool no_sync; /* planted: nothing waits for the disk */
    bool quiet;   /* failures are expected */
};

/* A folder for stores, empty; at the end it is removed. */
void powercut_init(struct powercut *p, uint64_t seed);
void powercut_done(struct powercut *p);
void powercut_empty(const struct powercut *p);
/* Note a failure: part, number of the chain, recording or run, and what was wrong. */
__attribute__((format(printf, 4, 5))) void powercut_failed(struct powercut *p, const char *part,
                                                           uint64_t number, const char *text, ...);
/* The store in the folder, with the smallest map. */
int powercut_open(const struct powercut *p, struct mom_store *ret_store);
/* A seed for the n-th of something. */
uint64_t powercut_seed(const struct powercut *p, const char *part, uint64_t number);

/* One chain: a store, `lives` processes on it one after the other, each killed. */
void powercut_kill(struct powercut *p, uint64_t number, unsigned lives);
/* One recorded run, about `images` disks made of it. */
void powercut_cut(struct powercut *p, uint64_t number, unsigned images);
/* One short run, repeated with an error at every call. At most `points` errors. */
void powercut_fault(struct powercut *p, uint64_t number, unsigned points);
/* A disk that is full, and has room again. */
void powercut_full(struct powercut *p, uint64_t number);
/* The file of a store, cut off at about `points` lengths. */
void powercut_length(struct powercut *p, uint64_t number, unsigned points);

#endif
