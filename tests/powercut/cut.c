/*
 * Power cuts. A run is recorded: every write to the store's file, every sync, every acknowledged operation. Then disks
 * are made as they may be found after a cut at any point: what was synced before is there; of what was written since,
 * any sectors or pages in any order, and of the write under way any of its sectors, or its front. Each must open and
 * hold the rows as they were after the last acknowledged operation or after the one under way.
 *
 * What is taken for granted of a disk: a sector of 512 bytes holds its old or its new content, or the front of the new
 * and the rest of the old; and what a finished sync reported is there.
 */
#include "disk.h"
#include "history.h"
#include "powercut.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPERATIONS = 120, IMAGE_MAX = 64 << 20, SECTOR = 512, PAGE = 4096, AFTERMATH = 16 };

/* A run, and where in its events the cut is. */
struct tape {
    struct powercut *p;
    uint64_t number, seed;
    bool heavy, faulty; /* faulty: calls fail, too */
    struct history history;
    struct oracle oracle;
    uint64_t digests[OPERATIONS + 1]; /* rows after so many operations */
    uint64_t
        undone[OPERATIONS + 1]; /* rows if the operation that failed as the n-th was done; else 0 */
    uint64_t acknowledged;
    unsigned char *durable, *image; /* IMAGE_MAX */
    size_t durable_len, image_len;
    size_t flight,
        current; /* events since the last sync: flight … current; `current` is under way */
    bool named, name_durable;
    uint64_t random; /* of this image */
    uint64_t lots;   /* for what an error left open */
};

/* Shared with the process that looks at the images: it may crash. */
struct progress {
    uint64_t counts[PC_COUNTS];
    unsigned failures;
    size_t event;
    bool finished;
};

static void failed(struct tape *t, const char *what, int rc)
{
    powercut_failed(t->p, "cut", t->number, "event %zu, %llu operations acknowledged: %s (%s)",
                    t->current, (unsigned long long)t->acknowledged, what,
                    rc ? mom_err_name(rc) : "rows");
}

/* --- the run ---------------------------------------------------------------------------------- */

/* Now and then a call of one of the next steps fails, after it did its work or without. */
static void arm(struct tape *t)
{
    if (!t->faulty || stream_pick(&t->random, 3) != 0)
        return;
    disk.fail_at = disk.calls + 1 + stream_pick(&t->random, 9);
    disk.fail_count = 1;
    disk.fail_error = EIO;
    disk.fail_effect = stream_pick(&t->random, 2) ? DISK_ALL : DISK_NOTHING;
}

static void one_operation(struct tape *t, struct stream *s, unsigned n)
{
    enum stream_op op = s->next;
    if (op == STREAM_STEP)
        arm(t);
    int rc = stream_advance(s);
    if (rc != MOM_OK && (op != STREAM_STEP || (rc != MOM_EFULL && rc != MOM_ESTORE))) {
        failed(t, "the run that is recorded does not go on", rc);
        return;
    }
    struct history done = t->history;
    history_did(&done, op);
    if (rc == MOM_OK) {
        t->history = done;
    } else {
        t->undone[n] = history_digest(&done);
        history_did(&t->history, HISTORY_TRIED);
    }
    disk_mark(n);
    t->digests[n] = oracle_digest(&t->oracle, &t->history);
}

/* Operations `from` … `to` in one process, the oracle beside it. */
static void run_life(struct tape *t, unsigned from, unsigned to)
{
    struct mom_store store;
    struct stream s;
    if (powercut_open(t->p, &store) != MOM_OK ||
        stream_init(&s, t->seed, t->heavy, store) != MOM_OK)
        abort();
    history_did(&t->history, HISTORY_AGAIN);
    unsigned failures = t->p->failures;
    for (unsigned i = from; i < to && t->p->failures == failures; i++)
        one_operation(t, &s, i + 1);
    stream_done(&s);
    store.ops->close(store.store);
}

static void record_run(struct tape *t)
{
    t->history = (struct history){.seed = t->seed, .heavy = t->heavy};
    t->random = powercut_seed(t->p, "cut-faults", t->number);
    t->digests[0] = oracle_digest(&t->oracle, &t->history);
    powercut_empty(t->p);
    disk_watch(t->p->folder);
    disk.recording = true;
    run_life(t, 0, OPERATIONS / 3);
    disk.fail_at = 0;
    run_life(t, OPERATIONS / 3, OPERATIONS);
    disk.recording = false;
    disk.folder[0] = '\0';
    oracle_done(&t->oracle);
}

/* --- a disk ----------------------------------------------------------------------------------- */

static void place(unsigned char *to, size_t *len, uint64_t at, const unsigned char *bytes,
                  size_t count)
{
    if (at + count > IMAGE_MAX)
        abort();
    if (at > *len)
        memset(to + *len, 0, at - *len);
    memcpy(to + at, bytes, count);
    if (at + count > *len)
        *len = at + count;
}

/* The piece of a write that falls into the same unit as `from`. */
static size_t piece(const struct disk_event *e, size_t from, size_t unit)
{
    size_t to = from + unit - (size_t)((e->at + from) % unit);
    return to < e->len ? to : e->len;
}

struct choice {
    size_t unit;
    unsigned share; /* of 16: how many of the pieces are there */
    bool in_order;  /* the first ones, or (reverse) all but the first */
    bool reverse;
    size_t turn, pieces; /* in order: where it turns */
    size_t seen, taken;
};

static bool is_there(struct tape *t, struct choice *c)
{
    bool yes =
        c->in_order ? (c->seen < c->turn) != c->reverse : stream_pick(&t->random, 16) < c->share;
    c->seen++;
    c->taken += yes;
    return yes;
}

static void put_write(struct tape *t, size_t i, struct choice *c)
{
    const struct disk_event *e = &disk.events[i];
    for (size_t from = 0, to; from < e->len; from = to) {
        to = piece(e, from, c->unit);
        if ((e->synced && i < t->current) || is_there(t, c))
            place(t->image, &t->image_len, e->at + from, e->bytes + from, to - from);
    }
}

static size_t count_pieces(const struct tape *t, size_t unit)
{
    size_t count = 0;
    for (size_t i = t->flight; i <= t->current; i++) {
        const struct disk_event *e = &disk.events[i];
        for (size_t from = 0; e->kind == DISK_WRITE && from < e->len; count++)
            from = piece(e, from, unit);
    }
    return count;
}

/* A sector that is half new: the front of the write under way. Not of one that takes a meta page back after an error:
 * docs/powercut.md, what is taken for granted. */
static void put_front(struct tape *t)
{
    if (t->current > 0 && disk.events[t->current - 1].kind == DISK_LOST)
        return;
    const struct disk_event *e = &disk.events[t->current];
    size_t len = stream_pick(&t->random, (unsigned)e->len + 1);
    if (e->kind == DISK_WRITE && len > 0)
        place(t->image, &t->image_len, e->at, e->bytes, len);
}

static void make_image(struct tape *t)
{
    static const unsigned shares[] = {0, 1, 8, 15, 16, 8};
    struct choice c = {.unit = stream_pick(&t->random, 2) ? SECTOR : PAGE};
    uint64_t end = t->durable_len;
    c.share = shares[stream_pick(&t->random, 6)];
    c.in_order = stream_pick(&t->random, 3) == 0;
    c.reverse = stream_pick(&t->random, 2);
    c.pieces = count_pieces(t, c.unit);
    c.turn = stream_pick(&t->random, (unsigned)c.pieces + 1);
    memcpy(t->image, t->durable, t->durable_len);
    t->image_len = t->durable_len;
    for (size_t i = t->flight; i <= t->current; i++) {
        const struct disk_event *e = &disk.events[i];
        if (e->kind != DISK_WRITE)
            continue;
        put_write(t, i, &c);
        end = e->at + e->len > end ? e->at + e->len : end;
    }
    if (stream_pick(&t->random, 4) == 0)
        put_front(t);
    /* The length may have reached the disk without the content. */
    if (end > t->image_len && stream_pick(&t->random, 2)) {
        memset(t->image + t->image_len, 0, end - t->image_len);
        t->image_len = end;
    }
    t->p->counts[PC_IMAGES]++;
    t->p->counts[PC_TORN] += c.taken > 0 && c.taken < c.seen;
}

/* Put it where it can be opened. A file that has no lasting name may have the new one, the old one or none. */
static void write_image(struct tape *t)
{
    char path[200];
    bool named = t->named && (t->name_durable || stream_pick(&t->random, 2));
    powercut_empty(t->p);
    t->p->counts[PC_EMPTY] += !named;
    if (!named && (t->name_durable || stream_pick(&t->random, 2)))
        return;
    snprintf(path, sizeof path, "%s/%s", t->p->folder, named ? "data.mdb" : "data.new");
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(t->image, 1, t->image_len, file) != t->image_len || fclose(file) != 0)
        abort();
}

/* --- looking at it ---------------------------------------------------------------------------- */

static int work_on(struct tape *t, struct mom_store store, unsigned steps)
{
    struct stream s;
    int rc = stream_init(&s, t->seed, t->heavy, store);
    for (unsigned i = 0; i < 2 + steps && rc == MOM_OK; i++)
        rc = stream_advance(&s);
    if (rc == MOM_EFULL && s.next == STREAM_RELOAD)
        rc = stream_advance(&s);
    stream_done(&s);
    return rc;
}

/* The operation under way; or one that was refused since the disk reported an error, as long as the reload is not done:
 * its meta page may have got there all the same. */
static bool is_next(const struct tape *t, uint64_t found)
{
    uint64_t k = t->acknowledged;
    return (k < OPERATIONS && (found == t->digests[k + 1] || found == t->undone[k + 1])) ||
           found == t->undone[k];
}

static void look(struct tape *t)
{
    struct mom_store store;
    uint64_t found = 0, before = 0, after = 1;
    unsigned steps = stream_pick(&t->random, 4) ? 0 : 3;
    int rc = powercut_open(t->p, &store);
    if (rc != MOM_OK) {
        failed(t, "the store does not open", rc);
        return;
    }
    t->p->counts[PC_OPENED]++;
    rc = stream_raw_digest(store, &found);
    bool exact = found == t->digests[t->acknowledged];
    if (rc != MOM_OK || (!exact && !is_next(t, found)))
        failed(t, "it holds neither what was acknowledged nor the next operation", rc);
    else if ((rc = work_on(t, store, steps)) != MOM_OK)
        failed(t, "the engine does not go on", rc);
    t->p->counts[exact ? PC_AT_K : PC_AT_NEXT]++;
    if (steps > 0 && rc == MOM_OK) {
        rc = stream_raw_digest(store, &before);
        store.ops->close(store.store);
        store.ops = NULL;
        if (rc == MOM_OK)
            rc = powercut_open(t->p, &store);
        if (rc == MOM_OK)
            rc = stream_raw_digest(store, &after);
        if (before != after)
            failed(t, "what it went on with is not there", rc);
        t->p->counts[PC_CONTINUED]++;
    }
    if (store.ops)
        store.ops->close(store.store);
}

/* --- from cut to cut -------------------------------------------------------------------------- */

/* What was under way is on the disk; `lost`: or is not, and never will be. */
static void end_flight(struct tape *t, size_t end, bool lost)
{
    for (; t->flight < end; t->flight++) {
        const struct disk_event *e = &disk.events[t->flight];
        for (size_t from = 0, to; e->kind == DISK_WRITE && from < e->len; from = to) {
            to = piece(e, from, SECTOR);
            if (!lost || e->synced || stream_pick(&t->lots, 2))
                place(t->durable, &t->durable_len, e->at + from, e->bytes + from, to - from);
        }
    }
}

/* The event is over. */
static void pass_event(struct tape *t, size_t i)
{
    const struct disk_event *e = &disk.events[i];
    if (e->kind == DISK_MARK)
        t->acknowledged = e->at;
    t->named |= e->kind == DISK_RENAME;
    t->name_durable |= e->kind == DISK_NAMES && t->named;
    if (e->kind == DISK_SIZE)
        abort(); /* no run does that */
    if (e->kind == DISK_SYNC || e->kind == DISK_LOST)
        end_flight(t, i, e->kind == DISK_LOST);
}

/* How often the cut is at an event: mostly after an error, where there is most to go wrong. */
static unsigned weight(size_t i, size_t lost)
{
    if (disk.events[i].kind == DISK_MARK)
        return 0;
    return i - lost < AFTERMATH ? 6 : 1;
}

/* The last error before an event; far away when there is none. */
static size_t last_lost(size_t i)
{
    size_t at = i;
    while (at > 0 && i - at < AFTERMATH && disk.events[at].kind != DISK_LOST)
        at--;
    return disk.events[at].kind == DISK_LOST ? at : i - AFTERMATH;
}

static void cut_at(struct tape *t, size_t images, uint64_t *number)
{
    for (size_t n = 0; n < images && t->p->failures < 5; n++) {
        t->random = powercut_seed(t->p, "image", t->number << 32 ^ (*number)++);
        make_image(t);
        write_image(t);
        look(t);
    }
}

static void cut_everywhere(struct tape *t, struct progress *progress, unsigned images)
{
    uint64_t number = 0, random = powercut_seed(t->p, "cut-at", t->number);
    size_t all = 0;
    for (size_t i = 0; i < disk.count; i++)
        all += weight(i, last_lost(i));
    for (size_t i = 0; i < disk.count && all > 0; i++) {
        t->current = progress->event = i;
        /* As many as fit, spread evenly; the rest of the division is drawn. */
        size_t share = (size_t)images * weight(i, last_lost(i));
        cut_at(t, (share + stream_pick(&random, (unsigned)all)) / all, &number);
        pass_event(t, i);
    }
}

void powercut_cut(struct powercut *p, uint64_t number, unsigned images)
{
    struct tape t = {.p = p,
                     .number = number,
                     .seed = powercut_seed(p, "cut", number),
                     .heavy = number % 4 == 3,
                     .faulty = number % 2 == 1};
    t.lots = powercut_seed(p, "cut-lots", number);
    struct progress *progress =
        mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    t.durable = malloc(IMAGE_MAX);
    t.image = malloc(IMAGE_MAX);
    if (progress == MAP_FAILED || !t.durable || !t.image)
        abort();
    unsigned before = p->failures;
    record_run(&t);
    pid_t pid = p->failures == before ? fork() : -1;
    if (pid == 0) {
        unsigned failures = p->failures;
        p->failures = 0;
        cut_everywhere(&t, progress, images);
        memcpy(progress->counts, p->counts, sizeof p->counts);
        progress->failures = failures + p->failures;
        progress->finished = true;
        _exit(0);
    }
    if (pid > 0 && waitpid(pid, NULL, 0) != pid)
        abort();
    if (pid < 0) {
        failed(&t, "no disks were made", MOM_ESTATE);
    } else if (progress->finished) {
        memcpy(p->counts, progress->counts, sizeof p->counts);
        p->failures = progress->failures;
    } else {
        t.current = progress->event;
        failed(&t, "looking at the image crashed", MOM_ECORRUPT);
    }
    disk_watch(NULL);
    munmap(progress, sizeof *progress);
    free(t.durable);
    free(t.image);
}
