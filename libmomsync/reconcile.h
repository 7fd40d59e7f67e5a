/*
 * Finding the differences of two ordered sets of (id, hash), range by range. Two sides send each
 * other lists of ranges that cover all ids; a range is known to be equal, or has a fingerprint of
 * what is in it, or the items themselves. Whoever gets a fingerprint that is not his answers with
 * smaller ranges, whoever gets items knows the differences. A list that would become too long ends
 * with one range for all that is left, so messages have a cap and nothing has to be remembered
 * between them. (A. Meyer, "Range-Based Set Reconciliation", 2023.)
 */
#ifndef MOM__RECONCILE_H
#define MOM__RECONCILE_H

#include "buf.h"

enum {
    MOM__RANGE_ITEMS = 24, /* so many items are sent as they are */
    MOM__RANGE_PARTS = 16, /* into how many parts a longer range is cut */
};

/* What an item adds to the fingerprint of its range, modulo 2^64. Part of the messages. */
uint64_t mom__range_part(uint64_t id, uint64_t hash);

/* A set. `scan` calls `visit` for the items from `from` upwards until it returns false. MOM_OK or a fatal code. */
typedef bool mom__range_visit(void *visitor, uint64_t id, uint64_t hash);
struct mom__range_source {
    void *user;
    int (*scan)(void *user, uint64_t from, mom__range_visit *visit, void *visitor);
};

enum mom__range_difference { MOM__RANGE_OURS, MOM__RANGE_THEIRS, MOM__RANGE_DIFFERENT };
typedef void mom__range_found(void *user, uint64_t id, enum mom__range_difference what);

/* One range with everything: begins a comparison. Appends to `buf`. */
void mom__range_begin(struct mom__buf *buf, uint64_t fingerprint, uint64_t count);
/*
 * Read a list, tell the differences that it shows, append the answer to `buf`: at most `cap` bytes more or less than a
 * hundred. *ret_more is false when the answer is empty: there is nothing more to find. MOM_OK, MOM_ECORRUPT, or what
 * scan returned.
 */
MOM_MUST_CHECK int mom__range_answer(const struct mom__range_source *source,
                                     struct mom__reader *reader, struct mom__buf *buf, size_t cap,
                                     mom__range_found *found, void *user, bool *ret_more);

#endif
