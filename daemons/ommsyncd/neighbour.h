/*
 * What is remembered of each neighbour beside its conversation, as long as the program runs: why it is gone and since
 * when, and how fast it catches up. For status only.
 */
#ifndef OMMSYNCD_NEIGHBOUR_H
#define OMMSYNCD_NEIGHBOUR_H

#include "peer.h"

#define NEIGHBOUR_SECONDS 8

struct neighbour {
    struct neighbour *next;
    uint32_t node;
    /* of the last conversation that ended */
    enum mom_node_state state;
    int64_t last_seen_ms; /* wall time, 0: it was never here */
    uint64_t bytes_in, bytes_out;
    char where[128], reason[600];
    /* of catching up: records that were to be exchanged, that still are, and a second */
    uint64_t total, left, past[NEIGHBOUR_SECONDS];
    unsigned seconds; /* since it began */
    double per_s;
};

/* NULL when memory is out. */
struct neighbour *neighbour_of(struct star *star, uint32_t node);
/* Its conversation ended, or it was refused one. */
void neighbour_note(const struct peer *peer);
/* See how far all of them have come; every second. */
void neighbours_look(struct star *star);
void neighbours_free(struct star *star);

#endif
