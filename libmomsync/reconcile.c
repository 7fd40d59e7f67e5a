/*
 * Range-based reconciliation. A list of ranges: for each its upper end (as a difference to the one
 * before; 0: no end), its mode, and what the mode says. Ranges at the end that are equal are left
 * out.
 */
#include "reconcile.h"

#include "hash.h"

enum { MODE_EQUAL, MODE_FINGERPRINT, MODE_ITEMS };

uint64_t mom__range_part(uint64_t id, uint64_t hash)
{
    uint64_t words[2] = {id, hash};
    unsigned char bytes[16];

    for (int i = 0; i < 16; i++)
        bytes[i] = (unsigned char)(words[i / 8] >> (56 - 8 * (i % 8)));
    return mom__hash(bytes, sizeof bytes);
}

/* --- writing a list --------------------------------------------------------------------------- */

struct writer {
    struct mom__buf *buf;
    uint64_t
        at; /* upper end of the last range that was written; what is equal behind it is not written yet */
    bool any;
};

static void put_bound(struct writer *w, uint64_t end, unsigned mode)
{
    mom__buf_varint(w->buf, end ? end - w->at : 0);
    mom__buf_u8(w->buf, mode);
    w->at = end;
}

/* Whatever lies between the last range and this one is equal. */
static void put_range(struct writer *w, uint64_t from, uint64_t end, unsigned mode)
{
    if (w->at != from)
        put_bound(w, from, MODE_EQUAL);
    put_bound(w, end, mode);
    w->any = true;
}

static void put_fingerprint(struct writer *w, uint64_t from, uint64_t end, uint64_t fingerprint,
                            uint64_t count)
{
    put_range(w, from, end, MODE_FINGERPRINT);
    mom__buf_u64(w->buf, fingerprint);
    mom__buf_varint(w->buf, count);
}

void mom__range_begin(struct mom__buf *buf, uint64_t fingerprint, uint64_t count)
{
    struct writer w = {.buf = buf};

    put_fingerprint(&w, 0, 0, fingerprint, count);
}

/* --- looking at our side ---------------------------------------------------------------------- */

static bool is_inside(uint64_t id, uint64_t end)
{
    return end == 0 || id < end;
}

struct sum {
    uint64_t end, fingerprint, count;
};

static bool visit_sum(void *visitor, uint64_t id, uint64_t hash)
{
    struct sum *sum = visitor;

    if (!is_inside(id, sum->end))
        return false;
    sum->fingerprint += mom__range_part(id, hash);
    sum->count++;
    return true;
}

static int sum_up(const struct mom__range_source *source, uint64_t from, uint64_t end,
                  struct sum *ret_sum)
{
    *ret_sum = (struct sum){.end = end};
    return source->scan(source->user, from, visit_sum, ret_sum);
}

struct items {
    struct mom__buf *buf;
    uint64_t end, last;
};

static bool visit_item(void *visitor, uint64_t id, uint64_t hash)
{
    struct items *items = visitor;

    if (!is_inside(id, items->end))
        return false;
    mom__buf_varint(items->buf, id - items->last);
    mom__buf_u64(items->buf, hash);
    items->last = id;
    return true;
}

struct cut {
    struct writer *w;
    uint64_t from, end, size;
    uint64_t fingerprint, count;
};

/* A part ends where the next one begins. */
static bool visit_cut(void *visitor, uint64_t id, uint64_t hash)
{
    struct cut *cut = visitor;

    if (!is_inside(id, cut->end))
        return false;
    if (cut->count == cut->size) {
        put_fingerprint(cut->w, cut->from, id, cut->fingerprint, cut->count);
        cut->from = id;
        cut->fingerprint = cut->count = 0;
    }
    cut->fingerprint += mom__range_part(id, hash);
    cut->count++;
    return true;
}

static int answer_fingerprint(const struct mom__range_source *source, struct mom__reader *reader,
                              struct writer *w, uint64_t from, uint64_t end)
{
    uint64_t fingerprint = mom__reader_u64(reader), count = mom__reader_varint(reader);
    struct sum sum;
    struct items items = {w->buf, end, from};
    struct cut cut = {.w = w, .from = from, .end = end};
    int rc;

    if (reader->failed)
        return MOM_ECORRUPT;
    rc = sum_up(source, from, end, &sum);
    if (rc != MOM_OK || (sum.fingerprint == fingerprint && sum.count == count))
        return rc;
    if (sum.count <= MOM__RANGE_ITEMS) {
        put_range(w, from, end, MODE_ITEMS);
        mom__buf_varint(w->buf, sum.count);
        return source->scan(source->user, from, visit_item, &items);
    }
    cut.size = (sum.count + MOM__RANGE_PARTS - 1) / MOM__RANGE_PARTS;
    rc = source->scan(source->user, from, visit_cut, &cut);
    put_fingerprint(w, cut.from, end, cut.fingerprint, cut.count);
    return rc;
}

/* --- comparing with items --------------------------------------------------------------------- */

struct compare {
    struct mom__reader *reader;
    uint64_t end, left; /* items that were not read yet */
    uint64_t id, hash;  /* the one that was read last */
    bool has;
    mom__range_found *found;
    void *user;
};

static void next_item(struct compare *c)
{
    uint64_t by;

    c->has = c->left > 0 && !c->reader->failed;
    if (!c->has)
        return;
    c->left--;
    by = mom__reader_varint(c->reader);
    if (c->id + by < c->id || !is_inside(c->id + by, c->end))
        c->reader->failed = true;
    c->id += by;
    c->hash = mom__reader_u64(c->reader);
    if (c->reader->failed)
        c->has = false;
}

static bool visit_compare(void *visitor, uint64_t id, uint64_t hash)
{
    struct compare *c = visitor;

    if (!is_inside(id, c->end) || c->reader->failed)
        return false;
    while (c->has && c->id < id) {
        c->found(c->user, c->id, MOM__RANGE_THEIRS);
        next_item(c);
    }
    if (c->reader->failed)
        return false;
    if (!c->has || c->id != id) {
        c->found(c->user, id, MOM__RANGE_OURS);
        return true;
    }
    if (c->hash != hash)
        c->found(c->user, id, MOM__RANGE_DIFFERENT);
    next_item(c);
    return true;
}

static int compare_items(const struct mom__range_source *source, struct mom__reader *reader,
                         uint64_t from, struct compare *c)
{
    int rc;

    c->left = mom__reader_varint(reader);
    c->id = from;
    next_item(c);
    if (reader->failed)
        return MOM_ECORRUPT;
    rc = source->scan(source->user, from, visit_compare, c);
    while (rc == MOM_OK && c->has) {
        if (c->id)
            c->found(c->user, c->id, MOM__RANGE_THEIRS);
        next_item(c);
    }
    return rc == MOM_OK && reader->failed ? MOM_ECORRUPT : rc;
}

/* --- the answer ------------------------------------------------------------------------------- */

static int answer_rest(const struct mom__range_source *source, struct writer *w, uint64_t from)
{
    struct sum sum;
    int rc = sum_up(source, from, 0, &sum);

    put_fingerprint(w, from, 0, sum.fingerprint, sum.count);
    return rc;
}

int mom__range_answer(const struct mom__range_source *source, struct mom__reader *reader,
                      struct mom__buf *buf, size_t cap, mom__range_found *found, void *user,
                      bool *ret_more)
{
    struct writer w = {.buf = buf};
    size_t limit = buf->len + cap;
    uint64_t from = 0;
    int rc = MOM_OK;

    while (rc == MOM_OK && reader->at != reader->end) {
        uint64_t by, end;
        unsigned mode;
        struct compare c = {.reader = reader, .found = found, .user = user};

        if (buf->len > limit) { /* the other side will ask for what was not looked at */
            rc = answer_rest(source, &w, from);
            break;
        }
        by = mom__reader_varint(reader);
        end = by ? from + by : 0;
        mode = mom__reader_u8(reader);
        c.end = end;
        if (reader->failed || (by && end < from))
            return MOM_ECORRUPT;
        if (mode == MODE_FINGERPRINT)
            rc = answer_fingerprint(source, reader, &w, from, end);
        else if (mode == MODE_ITEMS)
            rc = compare_items(source, reader, from, &c);
        else if (mode != MODE_EQUAL)
            rc = MOM_ECORRUPT;
        if (end == 0)
            break;
        from = end;
    }
    *ret_more = w.any;
    if (rc == MOM_OK && buf->failed)
        return MOM_ENOMEM;
    return rc;
}
