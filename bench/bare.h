/*
 * Bare LMDB as a peer: it is given the puts that a store was given, in as many transactions, and is measured beside it.
 */
#ifndef BENCH_BARE_H
#define BENCH_BARE_H

#include <momsync/store.h>

enum { BENCH_FOLDER = 64 };

/* Seconds that passed, and of the processor (user and system). */
struct cost {
    double wall, cpu;
};

struct cost cost_now(void);
/* Add what it took since `start`. */
void cost_add(struct cost *sum, struct cost start);

/* Below TMPDIR (/tmp). */
void folder_make(char folder[BENCH_FOLDER]);
void folder_remove(const char *folder);

/* --- what a store was given -------------------------------------------------------------------- */

struct put {
    enum mom_table table;
    size_t key, key_len, value, value_len; /* places in `bytes` */
};

/* The puts of transactions that were committed, and where each transaction ends. */
struct puts {
    struct put *list;
    size_t count, size;
    size_t *ends;
    size_t transactions, ends_size;
    char *bytes;
    size_t used, room;
};

/* A store that notes its puts; it takes `inner` over. `puts` outlives it. */
struct mom_store puts_note(struct mom_store inner, struct puts *puts);
void puts_done(struct puts *puts);

/* --- the peer ---------------------------------------------------------------------------------- */

struct bare;

/* An empty environment in a folder of its own, durable like the store, with a database for each table. `puts` is
 * borrowed. */
struct bare *bare_new(const struct puts *puts);
void bare_free(struct bare *bare);
/* One transaction with the puts of transaction `n`. */
void bare_repeat(struct bare *bare, size_t n);
/* One transaction that puts records again as they are; they are named by the numbers in their ids. */
void bare_update(struct bare *bare, const uint64_t *numbers, size_t count);

#endif
