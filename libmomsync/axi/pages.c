/*
 * Interval logic of the paged, pipelined reading: see pages.h. It knows neither messages nor
 * records.
 */
#include "pages.h"

#include <string.h>

#define FIRST_ID 1 /* uid and ppn begin at 1; 0 says "none" */
#define LAST_ID  UINT32_MAX

void mom__pages_start(struct mom__pages *pages, uint32_t page, unsigned window)
{
    memset(pages, 0, sizeof(*pages));
    pages->page = page > 0 ? page : 1;
    pages->window = window > 0 ? window : 1;
    if (pages->window > MOM__PAGES_WINDOW)
        pages->window = MOM__PAGES_WINDOW;
    pages->reach = pages->page;
}

static const struct mom__run *holder(const struct mom__run *runs, unsigned count, uint64_t id)
{
    for (unsigned i = 0; i < count; i++) {
        if (runs[i].from <= id && id <= runs[i].to)
            return &runs[i];
    }
    return NULL;
}

/* The smallest id that is neither answered nor asked for. */
static uint64_t first_open(const struct mom__pages *pages)
{
    uint64_t id = FIRST_ID;
    const struct mom__run *run;

    while ((run = holder(pages->runs, pages->run_count, id)) != NULL ||
           (run = holder(pages->asked, pages->asked_count, id)) != NULL)
        id = run->to + 1;
    return id;
}

static uint64_t cut(const struct mom__run *runs, unsigned count, uint64_t from, uint64_t to)
{
    for (unsigned i = 0; i < count; i++) {
        if (runs[i].from > from && runs[i].from <= to)
            to = runs[i].from - 1;
    }
    return to;
}

bool mom__pages_next(struct mom__pages *pages, uint32_t *ret_start, uint32_t *ret_max)
{
    uint64_t from, to, room;

    if (pages->asked_count >= pages->window ||
        pages->run_count + pages->asked_count >= MOM__PAGES_RUNS)
        return false;
    from = first_open(pages);
    if (from > LAST_ID)
        return false;
    to = from + pages->reach - 1;
    if (to > LAST_ID)
        to = LAST_ID;
    to = cut(pages->runs, pages->run_count, from, to);
    to = cut(pages->asked, pages->asked_count, from, to);

    /* A hole needs no more records than it has ids. */
    room = to - from + 1;
    pages->asked[pages->asked_count] = (struct mom__run){from, to};
    *ret_start = (uint32_t)from;
    *ret_max = room < pages->page ? (uint32_t)room : pages->page;
    pages->asked_max[pages->asked_count++] = *ret_max;
    return true;
}

bool mom__pages_is_new(const struct mom__pages *pages, uint32_t id)
{
    return holder(pages->runs, pages->run_count, id) == NULL;
}

/* Put a run in and join it with those that it overlaps or touches. There is room: see
 * mom__pages_next. */
static void add_run(struct mom__pages *pages, struct mom__run run)
{
    struct mom__run kept[MOM__PAGES_RUNS];
    unsigned count = 0;
    bool placed = false;

    for (unsigned i = 0; i < pages->run_count; i++) {
        struct mom__run other = pages->runs[i];

        if (other.to + 1 < run.from) {
            kept[count++] = other;
        } else if (run.to + 1 < other.from) {
            if (!placed)
                kept[count++] = run;
            placed = true;
            kept[count++] = other;
        } else {
            if (other.from < run.from)
                run.from = other.from;
            if (other.to > run.to)
                run.to = other.to;
        }
    }
    if (!placed)
        kept[count++] = run;
    memcpy(pages->runs, kept, count * sizeof(kept[0]));
    pages->run_count = count;
}

bool mom__pages_answer(struct mom__pages *pages, uint32_t start, uint32_t count, uint32_t last)
{
    unsigned i = 0;
    uint32_t max;

    while (i < pages->asked_count && pages->asked[i].from != start)
        i++;
    if (i == pages->asked_count)
        return false;
    max = pages->asked_max[i];
    pages->asked_count--;
    pages->asked[i] = pages->asked[pages->asked_count];
    pages->asked_max[i] = pages->asked_max[pages->asked_count];

    if (count < max) {
        add_run(pages, (struct mom__run){start, LAST_ID});
        return true;
    }
    add_run(pages, (struct mom__run){start, last});
    if (max == pages->page) {
        uint64_t covered = (uint64_t)last - start + 1;

        pages->reach = (pages->reach + covered) / 2;
        if (pages->reach < pages->page)
            pages->reach = pages->page;
    }
    return true;
}

bool mom__pages_done(const struct mom__pages *pages)
{
    return pages->run_count == 1 && pages->runs[0].from <= FIRST_ID && pages->runs[0].to >= LAST_ID;
}
