/*
 * A batch: inputs and copies of all that they point to, in one arena.
 */
#include "batch.h"

#include "alloc.h"

struct mom_batch *mom_batch_new(const struct mom_alloc *alloc)
{
    struct mom_batch *batch = mom__zalloc(alloc, sizeof *batch);

    if (batch) {
        batch->alloc = mom__alloc_copy(alloc);
        mom__arena_init(&batch->arena, alloc);
    }
    return batch;
}

void mom_batch_free(struct mom_batch *batch)
{
    struct mom_alloc alloc;

    if (!batch)
        return;
    alloc = batch->alloc;
    mom__free(&alloc, batch->inputs);
    mom__arena_done(&batch->arena);
    mom__free(&alloc, batch);
}

static bool copy_attrs(struct mom__arena *arena, struct mom_input *in)
{
    struct mom_attr *attrs = NULL;

    if (in->attr_count > 0) {
        attrs = mom__arena_alloc(arena, in->attr_count * sizeof *attrs);
        if (!attrs)
            return false;
    }
    for (size_t i = 0; i < in->attr_count; i++) {
        if (!mom__arena_dup(arena, in->attrs[i].name, &attrs[i].name) ||
            !mom__arena_dup(arena, in->attrs[i].value, &attrs[i].value))
            return false;
    }
    in->attrs = attrs;
    return true;
}

int mom_batch_add(struct mom_batch *batch, const struct mom_input *input)
{
    struct mom_input *in;

    if (!batch || !input || (input->attr_count > 0 && !input->attrs))
        return MOM_EINVAL;
    if (batch->count == batch->size) {
        size_t size = batch->size ? 2 * batch->size : 16;
        struct mom_input *inputs =
            mom__realloc(&batch->alloc, batch->inputs, size * sizeof *inputs);

        if (!inputs)
            return MOM_ENOMEM;
        batch->inputs = inputs;
        batch->size = size;
    }
    in = &batch->inputs[batch->count];
    *in = *input;
    if (!copy_attrs(&batch->arena, in) || !mom__arena_dup(&batch->arena, input->name, &in->name) ||
        !mom__arena_dup(&batch->arena, input->value, &in->value) ||
        !mom__arena_dup(&batch->arena, input->ipei, &in->ipei) ||
        !mom__arena_dup(&batch->arena, input->subscription, &in->subscription) ||
        !mom__arena_dup(&batch->arena, input->number, &in->number) ||
        !mom__arena_dup(&batch->arena, input->additional, &in->additional))
        return MOM_ENOMEM;
    batch->count++;
    return MOM_OK;
}

size_t mom_batch_count(const struct mom_batch *batch)
{
    return batch ? batch->count : 0;
}

void mom_batch_reset(struct mom_batch *batch)
{
    batch->count = 0;
    mom__arena_reset(&batch->arena, MOM_BATCH_KEEP_BYTES);
}
