/*
 * Histories, done again on the memory store.
 */
#include "history.h"

#include <stdlib.h>

void history_did(struct history *h, unsigned what)
{
    if (h->count == HISTORY_MAX)
        abort();
    h->did[h->count++] = (unsigned char)what;
}

static void begin(struct oracle *o, const struct history *h)
{
    if (mom_store_memory_new(NULL, &o->store) != MOM_OK ||
        stream_init(&o->stream, h->seed, h->heavy, o->store) != MOM_OK)
        abort();
    o->done = 0;
}

static int follow(struct oracle *o, const struct history *h, unsigned what)
{
    if (what == HISTORY_AGAIN) {
        stream_done(&o->stream);
        return stream_init(&o->stream, h->seed, h->heavy, o->store);
    }
    if (what == HISTORY_TRIED) {
        stream_refused(&o->stream);
        return MOM_OK;
    }
    o->stream.next = (enum stream_op)what;
    return stream_advance(&o->stream);
}

uint64_t oracle_digest(struct oracle *o, const struct history *h)
{
    uint64_t digest;
    if (!o->store.ops)
        begin(o, h);
    for (; o->done < h->count; o->done++) {
        if (follow(o, h, h->did[o->done]) != MOM_OK)
            abort();
    }
    if (stream_raw_digest(o->store, &digest) != MOM_OK)
        abort();
    return digest;
}

void oracle_done(struct oracle *o)
{
    if (!o->store.ops)
        return;
    stream_done(&o->stream);
    o->store.ops->close(o->store.store);
    o->store.ops = NULL;
}

uint64_t history_digest(const struct history *h)
{
    struct oracle o = {.done = 0};
    uint64_t digest = oracle_digest(&o, h);
    oracle_done(&o);
    return digest;
}
