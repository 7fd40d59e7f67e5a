/*
 * Which pages of a list to ask for next, when several are asked for before the first is answered:
 * interval logic only.
 *
 * An OMM answers "up to `max` records with an id of `start` or above". Ids have gaps, so where the
 * next page begins is known only when this one is answered. We guess: a page reaches as far as
 * pages did lately. What an answer proves (every id from its start to its last record) is kept as a
 * run; holes that a wrong guess leaves between runs are asked for again, and records that two
 * answers both brought are recognised by their run. The list is complete when one run reaches from
 * the first id to the last.
 */
#ifndef MOM_AXI_PAGES_H
#define MOM_AXI_PAGES_H

#include <stdbool.h>
#include <stdint.h>

#define MOM__PAGES_WINDOW 32
#define MOM__PAGES_RUNS   (2 * MOM__PAGES_WINDOW)

struct mom__run {
    uint64_t from, to; /* both included */
};

struct mom__pages {
    uint32_t page;
    unsigned window;
    uint64_t reach;                        /* how many ids a page is guessed to cover */
    struct mom__run runs[MOM__PAGES_RUNS]; /* answered: sorted, neither overlapping nor touching */
    unsigned run_count;
    struct mom__run asked[MOM__PAGES_WINDOW]; /* not answered: what each is guessed to bring */
    uint32_t asked_max[MOM__PAGES_WINDOW];
    unsigned asked_count;
};

/* Begin with nothing known. `window` is cut to MOM__PAGES_WINDOW, both are at least 1. */
void mom__pages_start(struct mom__pages *pages, uint32_t page, unsigned window);
/* The next request to send; false when none is to be sent before another answer. */
bool mom__pages_next(struct mom__pages *pages, uint32_t *ret_start, uint32_t *ret_max);
/* True when no answer has brought this id yet. */
bool mom__pages_is_new(const struct mom__pages *pages, uint32_t id);
/* The request that began at `start` brought `count` records, the last of them `last`. False when
 * there is no such request. */
bool mom__pages_answer(struct mom__pages *pages, uint32_t start, uint32_t count, uint32_t last);
bool mom__pages_done(const struct mom__pages *pages);

#endif
