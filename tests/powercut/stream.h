/*
 * A node that works: an endless stream of changes, the same for the same seed and the same history. A step is a
 * function of the seed, of the time, of what is in the store and of what the sites were asked for since the process
 * began, so that a second stream on the memory store, led through the same operations, is the oracle of the first.
 *
 * The number of steps done is a setting in the store, written by each step in its own transaction.
 */
#ifndef POWERCUT_STREAM_H
#define POWERCUT_STREAM_H

#include <momsync/momsync.h>

enum { STREAM_SITES = 4, STREAM_PENDING = 64 };

/* Operations; each is one transaction at most. */
enum stream_op { STREAM_SCHEMA, STREAM_OPEN, STREAM_STEP, STREAM_RELOAD };

struct stream_pending {
    enum mom_action_kind kind;
    mom_site site;
    uint64_t token, device, user;
    enum mom_type type;
    uint32_t local, local_device, local_user;
    bool makes_device, makes_user;
};

struct stream {
    uint64_t seed;
    bool heavy; /* large values and batches: the store grows */
    struct mom_store store;
    struct mom_store_ops ops; /* the store's, but an engine must not close it */
    struct mom_engine *engine;
    struct mom_batch *batch;
    enum stream_op next;
    uint64_t step;   /* steps done */
    uint64_t clock;  /* steps tried: what time it is */
    uint64_t random; /* of this step */
    struct stream_pending pending[STREAM_PENDING];
    unsigned pending_count;
    unsigned kinds[MOM_IN_RENEWED + 1]; /* inputs given, for the report */
    uint64_t conflicts, handoffs;       /* actions seen */
};

/* Begin on a store that is open. The stream does not close it. */
int stream_init(struct stream *s, uint64_t seed, bool heavy, struct mom_store store);
/* Leave the store and forget what a process would forget. */
void stream_done(struct stream *s);
/* The next operation: MOM_OK or a code of the STORE band. After an error of a step or of a reload the next one is a
 * reload. */
int stream_advance(struct stream *s);
/* For an oracle: the step that comes next was tried and failed. */
void stream_refused(struct stream *s);

/* Hash over every row of every table, what LMDB's adapter notes for itself left out. */
int stream_raw_digest(struct mom_store store, uint64_t *ret_digest);
/* Hash over all that the engine's questions tell: records with their fields, partners, sites, numbers at the sites and
 * stamps, counts, conflicts, settings, sites. */
int stream_view_digest(struct stream *s, uint64_t *ret_digest);
/* A random number from a state (a splitmix64 generator), and one below n. */
uint64_t stream_random(uint64_t *state);
unsigned stream_pick(uint64_t *state, unsigned n);

#endif
