/*
 * The engine's life: new, load, step, deadline. A step is one transaction; its actions are given
 * out after the commit.
 */
#include "batch.h"
#include "node.h"
#include "schema.h"

#include <momsync/engine.h>

#include <string.h>

/* --- loading ---------------------------------------------------------------------------------- */

static uint64_t load_number(struct mom_engine *e, const char *name, uint64_t otherwise)
{
    struct mom_str value;
    uint64_t number = otherwise;

    if (mom__get(e, MOM_T_META, mom__str(name), &value))
        mom__fail(e, mom__value_read_u64(value, &number));
    return number;
}

static void load_meta(struct mom_engine *e)
{
    struct mom_str value;

    memset(&e->sari, 0, sizeof e->sari);
    memset(&e->clock, 0, sizeof e->clock);
    if (mom__get(e, MOM_T_META, mom__str(MOM__META_SARI), &value) &&
        mom_park_parse(value, &e->sari) != MOM_OK)
        mom__fail(e, MOM_ECORRUPT);
    if (mom__get(e, MOM_T_META, mom__str(MOM__META_CLOCK), &value)) {
        if (value.len != MOM__STAMP_LEN)
            mom__fail(e, MOM_ECORRUPT);
        else
            mom__hlc_after(&e->clock, mom__stamp_decode((const unsigned char *)value.ptr));
    }
    e->next_id = load_number(e, MOM__META_NEXT_ID, 1);
    e->last_conflict = load_number(e, MOM__META_CONFLICT, 0);
}

static bool visit_site(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;

    mom__site_load(e, key, value);
    return e->failed == MOM_OK;
}

static bool visit_handoff(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;

    mom__handoff_load(e, key, value);
    return e->failed == MOM_OK;
}

static bool visit_local(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;
    struct mom__site *site;
    enum mom_type type;
    uint32_t number, local;

    (void)value;
    if (mom__key_read_local(key, &number, &type, &local) != MOM_OK) {
        mom__fail(e, MOM_ECORRUPT);
        return false;
    }
    site = mom__site(e, number);
    if (site)
        *(type == MOM_USER ? &site->users : &site->devices) += 1;
    return true;
}

static bool visit_record(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;
    struct mom__index index = {.resident = 0};
    struct mom_record *record;
    uint64_t id;
    int rc = mom__key_read_id(key, &id);

    mom__arena_reset(&e->arena, MOM__STEP_KEEP);
    record = mom__step_alloc(e, sizeof *record);
    if (record && rc == MOM_OK)
        rc = mom__record_decode(value, id, &e->arena, record);
    mom__fail(e, rc);
    if (!record || e->failed != MOM_OK)
        return false;
    index.deleted = record->flags & MOM__DELETED;
    index.parked = !index.deleted && (record->flags & MOM__PARKED);
    index.live = !index.deleted && !index.parked;
    if (index.live && mom__is_permanent(record))
        index.resident = MOM__ALL_SITES;
    mom__count(&e->counts, &index, record, 1);
    return true;
}

static bool visit_reloaded(void *user, struct mom_str key, struct mom_str value)
{
    struct mom__queue *ids = user;
    uint64_t id;

    (void)value;
    return mom__key_read_id(key, &id) == MOM_OK && mom__queue_put(ids, id, false) == MOM_OK;
}

/* Whatever a handoff waited for, it will not come: the links are down. */
static void resume_handoffs(struct mom_engine *e)
{
    struct mom__queue ids;
    uint64_t id;

    mom__queue_init(&ids, &e->alloc);
    mom__scan(e, MOM_T_HANDOFF, mom__str(""), visit_reloaded, &ids);
    while (e->failed == MOM_OK && !MOM__PLANTED(RELOAD_IGNORED) &&
           (id = mom__queue_take(&ids)) != 0)
        mom__handoff_event(e, id, MOM__EVENT_RELOADED);
    mom__queue_done(&ids);
    mom__settle(e);
}

static void forget_actions(struct mom_engine *e)
{
    e->actions = e->unread = NULL;
    e->actions_end = &e->actions;
}

static int load(struct mom_engine *e, const struct mom_now *now)
{
    struct mom_store *store = &e->store;
    int rc;

    e->now = *now;
    e->dead = true;
    mom__handoffs_free(e);
    mom__tx_forget(e);
    mom__sites_free(e);
    mom__arena_reset(&e->arena, MOM__STEP_KEEP);
    forget_actions(e);
    memset(&e->counts, 0, sizeof e->counts);
    rc = mom__tx_begin(e);
    if (rc != MOM_OK)
        return rc;
    load_meta(e);
    mom__scan(e, MOM_T_SITE, mom__str(""), visit_site, e);
    mom__scan(e, MOM_T_LOCAL, mom__str(""), visit_local, e);
    mom__scan(e, MOM_T_RECORD, mom__str(""), visit_record, e);
    if (e->failed == MOM_OK)
        mom__fail(e, store->ops->count(e->txn, MOM_T_CONFLICT, &e->counts.conflicts));
    mom__scan(e, MOM_T_HANDOFF, mom__str(""), visit_handoff, e);
    resume_handoffs(e);
    rc = mom__tx_end(e);
    forget_actions(e);
    e->dead = rc != MOM_OK;
    return rc;
}

/* --- new, free -------------------------------------------------------------------------------- */

static void set_defaults(struct mom_engine *e)
{
#define DEFAULT(name, value, why)                                                                  \
    if (e->limits.name == 0)                                                                       \
        e->limits.name = (value);
    MOM_LIMITS(DEFAULT)
#undef DEFAULT
#define DEFAULT(name, value, why)                                                                  \
    if (e->timers.name##_ms == 0)                                                                  \
        e->timers.name##_ms = (value);
    MOM_TIMERS(DEFAULT)
#undef DEFAULT
    if (e->skew_ms == 0)
        e->skew_ms = MOM__DEFAULT_SKEW;
    if (e->node == 0)
        e->node = MOM__DEFAULT_NODE;
}

static struct mom_engine *make(const struct mom_config *config)
{
    struct mom_engine *e = mom__zalloc(&config->alloc, sizeof *e);

    if (!e)
        return NULL;
    e->alloc = mom__alloc_copy(&config->alloc);
    e->store = config->store;
    e->node = config->node;
    e->configured_sari = config->sari;
    e->skew_ms = config->skew_ms;
    e->limits = config->limits;
    e->timers = config->timers;
    e->user = config->user;
    e->log = config->log;
    e->trace = config->trace;
    set_defaults(e);
    mom__arena_init(&e->arena, &e->alloc);
    mom__buf_init(&e->buf, &e->alloc);
    mom__idmap_init(&e->works, &e->alloc);
    mom__idmap_init(&e->handoffs, &e->alloc);
    forget_actions(e);
    return e;
}

static void destroy(struct mom_engine *e)
{
    struct mom_alloc alloc = e->alloc;

    mom__handoffs_free(e);
    mom__idmap_done(&e->handoffs);
    mom__sites_free(e);
    mom__idmap_done(&e->works);
    mom__buf_done(&e->buf);
    mom__arena_done(&e->arena);
    mom__free(&alloc, e);
}

int mom_engine_new(const struct mom_config *config, const struct mom_now *now,
                   struct mom_engine **ret_engine)
{
    struct mom_engine *e;
    int rc;

    if (!config || !now || !ret_engine || config->size != sizeof *config || !config->store.ops ||
        (config->node && config->node >> 24 != 1))
        return MOM_EINVAL;
    e = make(config);
    if (!e)
        return MOM_ENOMEM;
    rc = mom__schema_open(&e->store);
    if (rc == MOM_OK)
        rc = load(e, now);
    if (rc == MOM_OK && e->sari.pli && config->sari.pli && !mom_park_equal(e->sari, config->sari)) {
        mom__logf(e, MOM_LOG_ERROR,
                  "the configured SARI is not the one that the phones of this system have");
        rc = MOM_EIDENT;
    }
    if (rc != MOM_OK) {
        destroy(e);
        return rc;
    }
    *ret_engine = e;
    return MOM_OK;
}

void mom_engine_free(struct mom_engine *engine)
{
    if (!engine)
        return;
    engine->store.ops->close(engine->store.store);
    destroy(engine);
}

int mom_engine_reload(struct mom_engine *engine, const struct mom_now *now)
{
    if (!engine || !now)
        return MOM_EINVAL;
    if (engine->view)
        return MOM_ESTATE;
    /* A batch that did not fit may have been why: then the next one does. */
    if (engine->store.ops->grow)
        (void)engine->store.ops->grow(engine->store.store);
    return load(engine, now);
}

/* --- the step --------------------------------------------------------------------------------- */

typedef void handler(struct mom_engine *e, const struct mom_input *in);

static handler *const handlers[] = {
    [MOM_IN_SITE_ADD] = mom__on_site_add, [MOM_IN_SITE_REMOVE] = mom__on_site_remove,
    [MOM_IN_SETTING] = mom__on_setting,   [MOM_IN_CHANGE] = mom__on_change,
    [MOM_IN_DELETE] = mom__on_delete,     [MOM_IN_IDENTIFIED] = mom__on_identified,
    [MOM_IN_IMPORT] = mom__on_import,     [MOM_IN_RECORD] = mom__on_record,
    [MOM_IN_GONE] = mom__on_gone,         [MOM_IN_IMPORTED] = mom__on_imported,
    [MOM_IN_DOWN] = mom__on_down,         [MOM_IN_LOCATED] = mom__on_located,
    [MOM_IN_RESULT] = mom__on_result,     [MOM_IN_RELEASED] = mom__on_released,
    [MOM_IN_RENEWED] = mom__on_renewed,
};

static void take_inputs(struct mom_engine *e, const struct mom_batch *batch)
{
    for (size_t i = 0; batch && i < batch->count && e->failed == MOM_OK; i++) {
        const struct mom_input *in = &batch->inputs[i];

        if ((size_t)in->kind >= sizeof handlers / sizeof handlers[0])
            continue;
        mom__trace_input(e, in);
        e->teller = 0;
        handlers[in->kind](e, in);
        mom__settle(e);
    }
}

static void work_off(struct mom_engine *e)
{
    e->teller = 0;
    mom__handoff_timers(e);
    mom__push_timers(e);
    do {
        mom__settle(e);
        mom__push_all(e);
    } while (e->failed == MOM_OK && mom__handoff_check(e));
    mom__settle(e);
}

static void publish(struct mom_engine *e)
{
    e->unread = e->actions;
    for (const struct mom__action *a = e->actions; a && e->trace; a = a->next)
        mom__trace_action(e, &a->action);
}

int mom_engine_step(struct mom_engine *engine, const struct mom_now *now,
                    const struct mom_batch *batch)
{
    struct mom_engine *e = engine;
    int rc;

    if (!e || !now)
        return MOM_EINVAL;
    if (e->dead || e->unread || e->view)
        return MOM_ESTATE;
    e->now = *now;
    if (mom_batch_count(batch) == 0 && mom_engine_deadline(e) > now->mono_ms)
        return MOM_OK;
    forget_actions(e);
    mom__arena_reset(&e->arena, MOM__STEP_KEEP);
    rc = mom__tx_begin(e);
    if (rc == MOM_OK) {
        take_inputs(e, batch);
        work_off(e);
        rc = mom__tx_end(e);
    }
    if (rc != MOM_OK) {
        e->dead = true;
        if (MOM__PLANTED(SEND_FIRST))
            publish(e);
        else
            forget_actions(e);
        mom__logf(e, MOM_LOG_ERROR, "the store failed: %s", mom_err_text(rc));
        return rc;
    }
    publish(e);
    return MOM_OK;
}

int64_t mom_engine_deadline(const struct mom_engine *engine)
{
    int64_t handoff = mom__handoff_deadline(engine), push = mom__push_deadline(engine);

    if (engine->dead)
        return MOM_NEVER;
    return handoff < push ? handoff : push;
}
