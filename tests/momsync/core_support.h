/*
 * What the tests of libmomsync's foundation share: texts, a seeded generator, and an allocator that
 * counts and can be told to fail.
 */
#ifndef TESTS_MOMSYNC_CORE_SUPPORT_H
#define TESTS_MOMSYNC_CORE_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <momsync/momsync.h>

#include "text.h"

static inline bool is(struct mom_str s, const char *text)
{
    return mom__equal_c(s, text);
}

#define assert_str(s, text) assert_true(is(s, text))
#define assert_same(a, b)   assert_true(mom__equal(a, b))

/* --- seeded generator (xorshift64*) ----------------------------------------------------------- */

struct rng {
    uint64_t state;
};

/* MOM_SEED=… repeats a run. The seed stands in the output, which is shown when a test fails. */
static inline struct rng rng_new(uint64_t standard)
{
    const char *text = getenv("MOM_SEED");
    struct rng rng = {text != NULL ? strtoull(text, NULL, 0) : standard};
    rng.state += rng.state == 0;
    print_message("seed: MOM_SEED=%llu\n", (unsigned long long)rng.state);
    return rng;
}

static inline uint64_t rng_next(struct rng *rng)
{
    rng->state ^= rng->state >> 12;
    rng->state ^= rng->state << 25;
    rng->state ^= rng->state >> 27;
    return rng->state * UINT64_C(2685821657736338717);
}

/* 0 … n-1 */
static inline size_t rng_below(struct rng *rng, size_t n)
{
    return (size_t)(rng_next(rng) >> 11) % n;
}

/* --- allocator -------------------------------------------------------------------------------- */

struct counter {
    size_t live;    /* blocks */
    size_t calls;   /* of realloc */
    size_t fail_at; /* this call and all later ones fail; 0: none */
};

static inline void *counter_realloc(void *user, void *ptr, size_t size)
{
    struct counter *c = user;
    c->calls++;
    if (c->fail_at != 0 && c->calls >= c->fail_at)
        return NULL;
    void *result = realloc(ptr, size);
    c->live += result != NULL && ptr == NULL;
    return result;
}

static inline void counter_free(void *user, void *ptr)
{
    struct counter *c = user;
    c->live -= ptr != NULL;
    free(ptr);
}

static inline struct mom_alloc counting(struct counter *c)
{
    struct mom_alloc alloc = {c, counter_realloc, counter_free};
    return alloc;
}

#endif
