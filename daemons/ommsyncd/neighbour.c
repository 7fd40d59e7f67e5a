/*
 * What is remembered of neighbours.
 */
#include "neighbour.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct neighbour *neighbour_of(struct star *star, uint32_t node)
{
    struct neighbour *neighbour = star->neighbours;
    while (neighbour && neighbour->node != node)
        neighbour = neighbour->next;
    if (neighbour || !(neighbour = calloc(1, sizeof *neighbour)))
        return neighbour;
    neighbour->node = node;
    neighbour->next = star->neighbours;
    star->neighbours = neighbour;
    return neighbour;
}

void neighbour_note(const struct peer *peer)
{
    struct mom_node_info info;
    uint32_t node = peer_node_or_claim(peer);
    mom_node_get_info(peer->node, &info);
    struct neighbour *neighbour = node ? neighbour_of(peer->star, node) : NULL;
    if (!neighbour)
        return; /* a stranger: the log has it */
    neighbour->state = info.state;
    neighbour->last_seen_ms = com_wall_ms();
    neighbour->bytes_in += info.bytes_in;
    neighbour->bytes_out += info.bytes_out;
    snprintf(neighbour->where, sizeof neighbour->where, "%s", peer->where);
    snprintf(neighbour->reason, sizeof neighbour->reason, "%s", peer_reason(peer, &info));
}

/* Records a second, over the last seconds: a line is not as fast in each as in the one before. */
static double pace_of(struct neighbour *neighbour, uint64_t left)
{
    unsigned n = neighbour->seconds < NEIGHBOUR_SECONDS ? neighbour->seconds : NEIGHBOUR_SECONDS;
    uint64_t *slot = &neighbour->past[neighbour->seconds++ % NEIGHBOUR_SECONDS];
    uint64_t before = n < NEIGHBOUR_SECONDS ? neighbour->past[0] : *slot;
    *slot = left;
    return n > 0 && before > left ? (double)(before - left) / n : 0;
}

static void look(struct neighbour *neighbour, const struct mom_neighbour_info *info)
{
    uint64_t coming = info->expected > info->got ? info->expected - info->got : 0;
    bool catching_up =
        strcmp(info->state, "catching up") == 0 || strcmp(info->state, "comparing") == 0;
    if (!catching_up) {
        neighbour->total = neighbour->left = 0;
        neighbour->seconds = 0;
        return;
    }
    neighbour->left = coming + info->pending;
    neighbour->per_s = pace_of(neighbour, neighbour->left);
    if (neighbour->left > neighbour->total)
        neighbour->total = neighbour->left;
}

void neighbours_look(struct star *star)
{
    const struct mom_engine *engine = star->host->engine;
    struct mom_neighbour_info info;
    for (uint32_t node = 0; (node = mom_engine_next_neighbour(engine, node)) != 0;) {
        struct neighbour *neighbour = neighbour_of(star, node);
        if (neighbour && mom_engine_neighbour(engine, node, &info))
            look(neighbour, &info);
    }
}

void neighbours_free(struct star *star)
{
    struct neighbour *next;
    for (struct neighbour *neighbour = star->neighbours; neighbour; neighbour = next) {
        next = neighbour->next;
        free(neighbour);
    }
    star->neighbours = NULL;
}
