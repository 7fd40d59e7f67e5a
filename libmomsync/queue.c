/*
 * The queue: a ring of ids and a map of its members. An id that is moved to the front leaves a hole
 * (0) where it was.
 */
#include "queue.h"

#include "alloc.h"

#include <string.h>

void mom__queue_init(struct mom__queue *queue, const struct mom_alloc *alloc)
{
    memset(queue, 0, sizeof *queue);
    queue->alloc = mom__alloc_copy(alloc);
    mom__idmap_init(&queue->members, alloc);
}

void mom__queue_done(struct mom__queue *queue)
{
    mom__idmap_done(&queue->members);
    mom__free(&queue->alloc, queue->ids);
    queue->ids = NULL;
    queue->size = queue->count = 0;
}

void mom__queue_reset(struct mom__queue *queue)
{
    mom__idmap_reset(&queue->members);
    queue->head = queue->count = 0;
}

static bool grow(struct mom__queue *queue)
{
    size_t size = queue->size ? 2 * queue->size : 64;
    uint64_t *ids = mom__alloc(&queue->alloc, size * sizeof *ids);

    if (!ids)
        return false;
    for (size_t i = 0; i < queue->count; i++)
        ids[i] = queue->ids[(queue->head + i) & (queue->size - 1)];
    mom__free(&queue->alloc, queue->ids);
    queue->ids = ids;
    queue->size = size;
    queue->head = 0;
    return true;
}

static void leave_hole(struct mom__queue *queue, uint64_t id)
{
    for (size_t i = 0; i < queue->count; i++) {
        uint64_t *slot = &queue->ids[(queue->head + i) & (queue->size - 1)];

        if (*slot == id)
            *slot = 0;
    }
}

int mom__queue_put(struct mom__queue *queue, uint64_t id, bool front)
{
    bool member = mom__idmap_has(&queue->members, id);

    if (member && !front)
        return MOM_OK;
    if (queue->count == queue->size && !grow(queue))
        return MOM_ENOMEM;
    if (member)
        leave_hole(queue, id);
    else if (mom__idmap_put(&queue->members, id, 1) != MOM_OK)
        return MOM_ENOMEM;
    if (front)
        queue->head = (queue->head - 1) & (queue->size - 1);
    queue->ids[(queue->head + (front ? 0 : queue->count)) & (queue->size - 1)] = id;
    queue->count++;
    return MOM_OK;
}

uint64_t mom__queue_take(struct mom__queue *queue)
{
    while (queue->count > 0) {
        uint64_t id = queue->ids[queue->head];

        queue->head = (queue->head + 1) & (queue->size - 1);
        queue->count--;
        if (id != 0) {
            mom__idmap_del(&queue->members, id);
            return id;
        }
    }
    return 0;
}
