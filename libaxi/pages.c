/*
 * Interval logic of the paged, pipelined reading: see axi/pages.h. It knows neither messages nor records.
 *
 * An id is at most INT64_MAX, so one more than an id is always a number.
 */
#include <axi/pages.h>

#include <string.h>

static uint64_t id_of(int64_t id)
{
    return id > 0 ? (uint64_t)id : 0;
}

void axi_pages_start(struct axi_pages *pages, int64_t first, int64_t last, unsigned page,
                     unsigned window)
{
    memset(pages, 0, sizeof *pages);
    pages->first = id_of(first);
    pages->last = id_of(last);
    pages->page = page > 0 ? page : 1;
    pages->window = window > 0 ? window : 1;
    if (pages->window > AXI_PAGES_WINDOW)
        pages->window = AXI_PAGES_WINDOW;
    pages->reach = pages->page;
}

static const struct axi_run *holder(const struct axi_run *runs, unsigned count, uint64_t id)
{
    for (unsigned i = 0; i < count; i++)
        if (runs[i].from <= id && id <= runs[i].to)
            return &runs[i];
    return NULL;
}

/* The smallest id that is neither answered nor asked for. */
static uint64_t first_open(const struct axi_pages *pages)
{
    uint64_t id = pages->first;
    const struct axi_run *run;
    while ((run = holder(pages->runs, pages->run_count, id)) != NULL ||
           (run = holder(pages->asked, pages->asked_count, id)) != NULL)
        id = run->to + 1;
    return id;
}

static uint64_t cut(const struct axi_run *runs, unsigned count, uint64_t from, uint64_t to)
{
    for (unsigned i = 0; i < count; i++)
        if (runs[i].from > from && runs[i].from <= to)
            to = runs[i].from - 1;
    return to;
}

bool axi_pages_next(struct axi_pages *pages, int64_t *ret_start, unsigned *ret_max)
{
    if (pages->asked_count >= pages->window ||
        pages->run_count + pages->asked_count >= AXI_PAGES_RUNS)
        return false;
    uint64_t from = first_open(pages);
    if (from > pages->last)
        return false;
    uint64_t to = pages->last;
    if (pages->reach - 1 < to - from)
        to = from + pages->reach - 1;
    to = cut(pages->runs, pages->run_count, from, to);
    to = cut(pages->asked, pages->asked_count, from, to);

    /* A hole needs no more records than it has ids. */
    uint64_t room = to - from + 1;
    unsigned max = room < pages->page ? (unsigned)room : pages->page;
    pages->asked[pages->asked_count].from = from;
    pages->asked[pages->asked_count].to = to;
    pages->asked_max[pages->asked_count++] = max;
    *ret_start = (int64_t)from;
    *ret_max = max;
    return true;
}

bool axi_pages_is_new(const struct axi_pages *pages, int64_t id)
{
    return id >= 0 && holder(pages->runs, pages->run_count, (uint64_t)id) == NULL;
}

/* Put a run in and join it with those that it overlaps or touches. There is room: see axi_pages_next. */
static void add_run(struct axi_pages *pages, struct axi_run run)
{
    struct axi_run kept[AXI_PAGES_RUNS];
    unsigned count = 0;
    bool placed = false;
    for (unsigned i = 0; i < pages->run_count; i++) {
        struct axi_run other = pages->runs[i];
        if (other.to + 1 < run.from) {
            kept[count++] = other;
        } else if (run.to + 1 < other.from) {
            if (!placed)
                kept[count++] = run;
            placed = true;
            kept[count++] = other;
        } else {
            run.from = other.from < run.from ? other.from : run.from;
            run.to = other.to > run.to ? other.to : run.to;
        }
    }
    if (!placed)
        kept[count++] = run;
    memcpy(pages->runs, kept, count * sizeof kept[0]);
    pages->run_count = count;
}

/* How far the next pages are guessed to reach: half of it is what this one did. */
static void learn(struct axi_pages *pages, uint64_t covered)
{
    pages->reach = pages->reach / 2 + covered / 2 + (pages->reach & covered & 1);
    if (pages->reach < pages->page)
        pages->reach = pages->page;
}

bool axi_pages_answer(struct axi_pages *pages, int64_t start, size_t count, int64_t last)
{
    struct axi_run run = {id_of(start), id_of(last)};
    unsigned i = 0;
    while (i < pages->asked_count && pages->asked[i].from != run.from)
        i++;
    if (start < 0 || i == pages->asked_count)
        return false;
    unsigned max = pages->asked_max[i];
    if (count < max)
        run.to = pages->last; /* there is nothing behind them */
    if (run.to < run.from || run.to > pages->last)
        return false;
    pages->asked_count--;
    pages->asked[i] = pages->asked[pages->asked_count];
    pages->asked_max[i] = pages->asked_max[pages->asked_count];
    add_run(pages, run);
    if (count >= max && max == pages->page)
        learn(pages, run.to - run.from + 1);
    return true;
}

unsigned axi_pages_asked(const struct axi_pages *pages)
{
    return pages->asked_count;
}

bool axi_pages_done(const struct axi_pages *pages)
{
    const struct axi_run *run = &pages->runs[0];
    return pages->first > pages->last ||
           (pages->run_count == 1 && run->from <= pages->first && run->to >= pages->last);
}
