/*
 * A queue of ids without doubles: records that a site's link has to look at, in the order in which
 * they came.
 */
#ifndef MOM__QUEUE_H
#define MOM__QUEUE_H

#include "idmap.h"

struct mom__queue {
    struct mom_alloc alloc;
    struct mom__idmap members;
    uint64_t *ids; /* a ring */
    size_t size, head, count;
};

void mom__queue_init(struct mom__queue *queue, const struct mom_alloc *alloc);
void mom__queue_done(struct mom__queue *queue);
void mom__queue_reset(struct mom__queue *queue);
/* Append, or with `front` put before all others; an id that is in the queue stays where it is, unless `front`.
 * MOM_ENOMEM leaves the queue as it was. */
MOM_MUST_CHECK int mom__queue_put(struct mom__queue *queue, uint64_t id, bool front);
/* The first id, 0 when empty. */
uint64_t mom__queue_take(struct mom__queue *queue);

#endif
