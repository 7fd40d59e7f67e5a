/*
 * Random runs: each has a number, from which all that is drawn in it follows. SEED=n repeats one, RUNS=n says how many.
 */
#ifndef RANDOM_RUNS_H
#define RANDOM_RUNS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t seed; /* a run begins with its number here */

static inline unsigned pick(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return n > 0 ? (unsigned)(seed >> 33) % n : 0;
}

/* The numbers of the runs are printed: the last one is that which failed. */
static inline void random_runs(uint64_t count, void (*run)(uint64_t number))
{
    const char *only = getenv("SEED"), *asked = getenv("RUNS");
    uint64_t first = only ? strtoull(only, NULL, 10) : 1;
    uint64_t last = only ? first : asked ? strtoull(asked, NULL, 10) : count;

    for (uint64_t i = first; i <= last; i++) {
        fprintf(stderr, "seed %llu\n", (unsigned long long)i);
        run(i);
    }
}

#endif
