/*
 * Neighbours: which there are, and what is kept of them.
 */
#include "neighbour.h"
#include "node.h"

#include <string.h>

enum { NEIGHBOUR_FORMAT = 1, FLAG_AGREED = 1, FLAG_ABOVE = 2, FLAGS_ALL = 3 };

static const struct {
    const char *name, *text;
} states[] = {
#define STATE(id, name, text) [MOM__NEIGHBOUR_##id] = {name, text},
    MOM__NEIGHBOUR_STATES(STATE)
#undef STATE
};

const char *mom__neighbour_state_name(enum mom__neighbour_state state)
{
    return states[state].name;
}

const char *mom__neighbour_state_text(enum mom__neighbour_state state)
{
    return states[state].text;
}

const struct mom__neighbour_move mom__neighbour_moves[] = {
#define MOVE(from, to, why) {MOM__NEIGHBOUR_##from, MOM__NEIGHBOUR_##to, why},
    MOM__NEIGHBOUR_MOVES(MOVE)
#undef MOVE
};
const size_t mom__neighbour_move_count =
    sizeof mom__neighbour_moves / sizeof mom__neighbour_moves[0];

static bool is_move(enum mom__neighbour_state from, enum mom__neighbour_state to)
{
    bool found = to == MOM__NEIGHBOUR_DOWN;

    for (size_t i = 0; i < mom__neighbour_move_count && !found; i++)
        found = mom__neighbour_moves[i].from == from && mom__neighbour_moves[i].to == to;
    return found;
}

void mom__neighbour_enter(struct mom_engine *e, struct mom__neighbour *n,
                          enum mom__neighbour_state state)
{
    if (n->state == state)
        return;
    if (!is_move(n->state, state))
        mom__logf(e, MOM_LOG_ERROR, "node %u: it should not go from %s to %s", MOM__U(n->node),
                  states[n->state].name, states[state].name);
    mom__trace_neighbour(e, n, state);
    n->state = state;
}

/* Index of the first neighbour whose number is not below. */
static size_t place(const struct mom_engine *e, uint32_t node)
{
    size_t at = 0;

    while (at < e->neighbour_count && e->neighbours[at]->node < node)
        at++;
    return at;
}

struct mom__neighbour *mom__neighbour(const struct mom_engine *e, uint32_t node)
{
    size_t at = place(e, node);

    return at < e->neighbour_count && e->neighbours[at]->node == node ? e->neighbours[at] : NULL;
}

static struct mom__neighbour *insert(struct mom_engine *e, uint32_t node)
{
    size_t at = place(e, node);
    struct mom__neighbour **list, *n;

    list = mom__realloc(&e->alloc, e->neighbours,
                        (e->neighbour_count + 1) * sizeof(struct mom__neighbour *));
    if (!list)
        return NULL;
    e->neighbours = list;
    n = mom__zalloc(&e->alloc, sizeof *n);
    if (!n)
        return NULL;
    n->node = node;
    mom__session_init(e, n);
    memmove(list + at + 1, list + at, (e->neighbour_count - at) * sizeof(struct mom__neighbour *));
    list[at] = n;
    e->neighbour_count++;
    return n;
}

static void neighbour_free(struct mom_engine *e, struct mom__neighbour *n)
{
    mom__session_done(e, n);
    mom__free(&e->alloc, n);
}

void mom__neighbours_free(struct mom_engine *e)
{
    for (size_t i = 0; i < e->neighbour_count; i++)
        neighbour_free(e, e->neighbours[i]);
    mom__free(&e->alloc, e->neighbours);
    e->neighbours = NULL;
    e->neighbour_count = 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

void mom__neighbour_load(struct mom_engine *e, struct mom_str key, struct mom_str value)
{
    struct mom__reader reader;
    struct mom__neighbour *n;
    struct mom_str name;
    uint32_t node;
    unsigned format, flags;

    mom__reader_init(&reader, value);
    format = mom__reader_u8(&reader);
    if (format > NEIGHBOUR_FORMAT || format == 0 || mom__key_read_site(key, &node) != MOM_OK) {
        mom__fail(e, format > NEIGHBOUR_FORMAT ? MOM_EFORMAT : MOM_ECORRUPT);
        return;
    }
    n = insert(e, node);
    if (!n) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    name = mom__reader_str(&reader);
    if (name.len < sizeof n->name)
        memcpy(n->name, name.ptr, name.len);
    flags = mom__reader_u8(&reader);
    n->agreed = flags & FLAG_AGREED;
    n->above = flags & FLAG_ABOVE;
    n->agreed_ms = mom__reader_zigzag(&reader);
    if (!mom__reader_ok(&reader) || flags > FLAGS_ALL)
        mom__fail(e, MOM_ECORRUPT);
}

void mom__neighbour_save(struct mom_engine *e, const struct mom__neighbour *n)
{
    struct mom__key key;

    mom__buf_reset(&e->buf);
    mom__buf_u8(&e->buf, NEIGHBOUR_FORMAT);
    mom__buf_str(&e->buf, mom__str(n->name));
    mom__buf_u8(&e->buf, (n->agreed ? FLAG_AGREED : 0u) | (n->above ? FLAG_ABOVE : 0u));
    mom__buf_zigzag(&e->buf, n->agreed_ms);
    if (e->buf.failed)
        mom__fail(e, MOM_ENOMEM);
    mom__put(e, MOM_T_NEIGHBOUR, mom__key_site(&key, n->node), mom__buf_view(&e->buf));
}

/* The number of the node that made an id. */
static uint32_t origin_of(uint64_t id)
{
    return (uint32_t)(id >> 40);
}

void mom__neighbour_saw_id(struct mom_engine *e, uint64_t id)
{
    uint64_t counter = id & ((UINT64_C(1) << 40) - 1);

    for (size_t i = 0; i < e->neighbour_count; i++) {
        struct mom__neighbour *n = e->neighbours[i];

        if ((n->node & 0xffffffu) == origin_of(id) && counter > n->greatest_id)
            n->greatest_id = counter;
    }
}

struct ids {
    struct mom_engine *e;
    uint32_t origin;
};

static bool visit_id(void *user, struct mom_str key, struct mom_str value)
{
    struct ids *ids = user;
    uint64_t id;

    (void)value;
    if (mom__key_read_id(key, &id) != MOM_OK) {
        mom__fail(ids->e, MOM_ECORRUPT);
        return false;
    }
    if (origin_of(id) != ids->origin)
        return false;
    mom__neighbour_saw_id(ids->e, id);
    return true;
}

/* Whoever was forgotten and is made known again may have lost his store meanwhile: the greeting tells him how far his
 * ids had come. */
static void see_ids(struct mom_engine *e, uint32_t node)
{
    struct ids ids = {e, node & 0xffffffu};
    const struct mom__idmap_slot *slot;
    struct mom__key key;
    size_t cursor = 0;

    mom__scan(e, MOM_T_RECORD, mom__key_id(&key, (uint64_t)ids.origin << 40), visit_id, &ids);
    while ((slot = mom__idmap_next(&e->works, &cursor)) != NULL)
        mom__neighbour_saw_id(e, slot->key); /* the store does not have what this step made */
}

/* --- inputs ----------------------------------------------------------------------------------- */

void mom__on_node_add(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);
    size_t len = in->name.ptr ? in->name.len : 0;
    bool known = n != NULL;

    if (in->node >> 24 != 1 || in->node == e->node) {
        mom__refuse(e, in, MOM_EINVAL, "a node's number is between 16777216 and 33554431");
        return;
    }
    if (len >= sizeof n->name) {
        mom__refuse(e, in, MOM_ETOOLONG, "the name of a node has at most 63 bytes");
        return;
    }
    if (!n && e->neighbour_count >= e->limits.neighbours) {
        mom__refuse(e, in, MOM_ELIMIT, "there are as many neighbours as a node may have");
        return;
    }
    if (!n)
        n = insert(e, in->node);
    if (!n) {
        mom__fail(e, MOM_ENOMEM);
        return;
    }
    memset(n->name, 0, sizeof n->name);
    if (len > 0)
        memcpy(n->name, in->name.ptr, len);
    mom__neighbour_save(e, n);
    if (!known)
        see_ids(e, n->node);
    mom__done(e, in, 0);
}

void mom__on_node_remove(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__neighbour *n = mom__neighbour(e, in->node);
    size_t at = place(e, in->node);
    struct mom__key key;

    if (!n) {
        mom__refuse(e, in, MOM_ENOENT, "no such neighbour");
        return;
    }
    mom__pending_forget(e, n->node);
    mom__hold_forget(e, n->node);
    mom__del(e, MOM_T_NEIGHBOUR, mom__key_site(&key, n->node));
    memmove(e->neighbours + at, e->neighbours + at + 1,
            (e->neighbour_count - at - 1) * sizeof(struct mom__neighbour *));
    e->neighbour_count--;
    neighbour_free(e, n);
    mom__done(e, in, 0);
}

/* --- questions -------------------------------------------------------------------------------- */

/* What waits to be sent, and what is under way. */
static uint32_t unconfirmed(const struct mom__neighbour *n)
{
    size_t count = n->outbox.count + n->whole.count;

    for (const struct mom__flight *f = n->flights; f; f = f->next) {
        for (const struct mom__sent *sent = f->sent; sent; sent = sent->next)
            count++;
    }
    return (uint32_t)count;
}

bool mom_engine_neighbour(const struct mom_engine *engine, uint32_t node,
                          struct mom_neighbour_info *ret_info)
{
    const struct mom__neighbour *n = engine ? mom__neighbour(engine, node) : NULL;

    if (!n || !ret_info)
        return false;
    memset(ret_info, 0, sizeof *ret_info);
    ret_info->node = node;
    memcpy(ret_info->name, n->name, sizeof ret_info->name);
    ret_info->state = mom__neighbour_state_name(n->state);
    ret_info->agreed = n->agreed;
    ret_info->pending = unconfirmed(n);
    ret_info->offset_ms = n->offset_ms;
    ret_info->agreed_ms = n->agreed_ms;
    ret_info->sent = n->sent_bytes;
    ret_info->received = n->received_bytes;
    ret_info->expected = n->expected;
    ret_info->got = n->got;
    return true;
}

uint32_t mom_engine_next_neighbour(const struct mom_engine *engine, uint32_t after)
{
    size_t at = after == UINT32_MAX ? engine->neighbour_count : place(engine, after + 1);

    return at < engine->neighbour_count ? engine->neighbours[at]->node : 0;
}
