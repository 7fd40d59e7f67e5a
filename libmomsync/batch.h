/*
 * The inside of a batch, for the engine that reads it.
 */
#ifndef MOM__BATCH_H
#define MOM__BATCH_H

#include "arena.h"

#include <momsync/engine.h>

struct mom_batch {
    struct mom_alloc alloc;
    struct mom__arena arena;
    struct mom_input *inputs;
    size_t count, size;
};

#endif
