/*
 * Which pages of a table to ask for next, when several are asked for before the first is answered:
 * interval logic only. It knows neither messages nor records.
 *
 *     axi_pages_start(&p, paging.first, INT64_MAX, 20, 4);
 *     while (axi_pages_next(&p, &start, &max))      send a request for `max` records from `start` on
 *     for each record of an answer:                 use it if axi_pages_is_new(&p, its id)
 *     axi_pages_answer(&p, start, how many, the last one's id), and ask again
 *     until axi_pages_done(&p)
 *
 * An OMM answers "up to `max` records with an id of `start` or above" (AXI, GetRecordType). Ids have gaps, so where
 * the next page begins is known only when this one is answered. We guess: a page reaches as far as pages did
 * lately. What an answer proves (every id from its start to its last record) is kept as a run; holes that a
 * wrong guess leaves between runs are asked for again, and records that two answers both brought are
 * recognised by their run. The table is read when one run reaches from the first id to the last. With a window of 1
 * nothing is guessed and no record comes twice.
 */
#ifndef AXI_PAGES_H
#define AXI_PAGES_H

#include <axi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define AXI_PAGES_WINDOW 32
#define AXI_PAGES_RUNS   (2 * AXI_PAGES_WINDOW)

/* Ids, both included. Unsigned, so that one may be added to the last of them. */
struct axi_run {
    uint64_t from, to;
};

/* Plain data, filled by axi_pages_start; nothing to free. */
struct axi_pages {
    uint64_t first, last; /* least and greatest id there can be */
    unsigned page, window;
    uint64_t reach;                      /* how many ids a page is guessed to cover */
    struct axi_run runs[AXI_PAGES_RUNS]; /* answered: sorted, neither overlapping nor touching */
    unsigned run_count;
    struct axi_run asked[AXI_PAGES_WINDOW]; /* not answered: what each is guessed to bring */
    unsigned asked_max[AXI_PAGES_WINDOW];
    unsigned asked_count;
};

/* Begin with nothing known. `first` and `last` are the least and the greatest id there can be; negative ones are
 * taken for 0. `page` (records of a request) is at least 1, `window` (requests at a time) 1 to AXI_PAGES_WINDOW; they
 * are cut to that. */
AXI_API void axi_pages_start(struct axi_pages *pages, int64_t first, int64_t last, unsigned page,
                             unsigned window);
/* The next request to send; false when none is to be sent before another answer. */
AXI_MUST_CHECK AXI_API bool axi_pages_next(struct axi_pages *pages, int64_t *ret_start,
                                           unsigned *ret_max);
/* True when no answer has brought this id yet. */
AXI_API bool axi_pages_is_new(const struct axi_pages *pages, int64_t id);
/* The request that began at `start` brought `count` records, the last of them `last` (which does not matter when there
 * were none). False, and nothing is changed, when there is no such request or `last` is no id that it can have brought.
 */
AXI_MUST_CHECK AXI_API bool axi_pages_answer(struct axi_pages *pages, int64_t start, size_t count,
                                             int64_t last);
/* Requests that were not answered. */
AXI_API unsigned axi_pages_asked(const struct axi_pages *pages);
/* True when every id there can be was asked for and answered. Requests that a wrong guess made may still be
 * under way. */
AXI_API bool axi_pages_done(const struct axi_pages *pages);

#ifdef __cplusplus
}
#endif
#endif
