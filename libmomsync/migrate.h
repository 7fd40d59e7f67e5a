/*
 * From an older format of the store to this one: a table of steps, each from format n to n + 1, run
 * one after the other in the transaction that also writes the new number. Either all of it has
 * happened or nothing.
 *
 * What a step must keep to:
 *   - It uses what `struct mom__migration` has and nothing else: no engine is there yet.
 *   - It reads the old form with code of its own. The codecs of the library know the newest form;
 *     what they can still read of older ones is theirs to say.
 *   - A scan must not write. mom__migrate_rows gathers keys, a batch at a time, and calls back with
 *     no scan open; the memory of a batch is bounded, whatever the size of the table.
 *   - Nothing may depend on how often a step is run: when the store's map is full, everything is
 *     rolled back and run again after it has grown.
 */
#ifndef MOM__MIGRATE_H
#define MOM__MIGRATE_H

#include "arena.h"
#include "buf.h"

#include <momsync/store.h>

/* What a step works with. */
struct mom__migration {
    const struct mom_store_ops *ops;
    struct mom_txn *txn;
    /* For one row: reset before each call of a mom__migrate_row, and before each step. */
    struct mom__arena arena;
    struct mom__buf buf;
    uint64_t from; /* the format that the step finds */
    uint64_t rows; /* rows that steps have been given so far */
    struct mom_alloc alloc;
};

typedef int mom__migrate_run(struct mom__migration *m);

struct mom__migrate_step {
    uint64_t from; /* to: from + 1 */
    mom__migrate_run *run;
    const char *text; /* what changes, for people */
};

/* The steps to the format of this build, ascending by `from`, without a gap. */
extern const struct mom__migrate_step mom__migrate_steps[];
extern const size_t mom__migrate_step_count;

/* migrate_2.c */
MOM_MUST_CHECK int mom__migrate_1_to_2(struct mom__migration *m);

/* Run the steps from one format to another, in the transaction of `m`. MOM_ECORRUPT: there is no
 * step for a format between them. Otherwise the code of the step that failed; then the transaction
 * can only be aborted. */
MOM_MUST_CHECK int mom__migrate(struct mom__migration *m, const struct mom__migrate_step *steps,
                                size_t count, uint64_t from, uint64_t to);

/* One row of a table: key and value are in the arena, so the row may be put and deleted, and so may
 * any other. Rows that are put behind the key at hand are visited too: a step that gives a table
 * other keys must know its own when they come. A row that was deleted meanwhile is not visited. */
typedef int mom__migrate_row(struct mom__migration *m, struct mom_str key, struct mom_str value,
                             void *user);
/* Every row of a table, ascending. The first code that is not MOM_OK ends it. */
MOM_MUST_CHECK int mom__migrate_rows(struct mom__migration *m, enum mom_table table,
                                     mom__migrate_row *row, void *user);
/* Delete every row of a table: of one that can be made again from others. */
MOM_MUST_CHECK int mom__migrate_clear(struct mom__migration *m, enum mom_table table);

void mom__migration_init(struct mom__migration *m, const struct mom_store_ops *ops,
                         struct mom_txn *txn, const struct mom_alloc *alloc);
void mom__migration_done(struct mom__migration *m);

#endif
