/*
 * What may have happened to a store, operation by operation, and what it holds then.
 */
#ifndef POWERCUT_HISTORY_H
#define POWERCUT_HISTORY_H

#include "stream.h"

enum { HISTORY_MAX = 400 };

/* Beside the operations (enum stream_op): the process began anew; a step was tried and failed. */
enum { HISTORY_AGAIN = 100, HISTORY_TRIED };

struct history {
    uint64_t seed;
    bool heavy;
    unsigned char did[HISTORY_MAX];
    size_t count;
};

void history_did(struct history *h, unsigned what);

/* An oracle that is led through a history. */
struct oracle {
    struct mom_store store; /* ops NULL: not begun */
    struct stream stream;
    size_t done; /* of the history */
};

/* Hash over the rows after a history that begins with what the oracle has done. */
uint64_t oracle_digest(struct oracle *o, const struct history *h);
void oracle_done(struct oracle *o);
/* The same from the beginning. */
uint64_t history_digest(const struct history *h);

#endif
