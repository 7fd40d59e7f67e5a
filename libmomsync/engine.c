/*
 * The engine's life: new, load, step, deadline. A step is one transaction; its actions are given
 * out after the commit.
 */
#include "batch.h"
#include "neighbour.h"
#include "node.h"
#include "profile.h"
#include "schema.h"
#include "shape.h"

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

/* What is unique is decided with the first record: the rows of UNIQUE say no more than that. */
static void load_uniqueness(struct mom_engine *e)
{
    unsigned char value[8];
    uint64_t none = e->next_id > 1 ? 0 : UINT64_MAX;
    uint64_t stored = load_number(e, MOM__META_SIP, none);

    if (stored == UINT64_MAX) {
        mom__put(e, MOM_T_META, mom__str(MOM__META_SIP), mom__value_u64(value, e->unique_sip_auth));
        return;
    }
    if (e->unique_sip_auth != (stored == 1))
        mom__logf(e, MOM_LOG_WARNING,
                  "whether SIP authentication names are unique cannot be changed any more");
    e->unique_sip_auth = stored == 1;
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
    memset(&e->seen, 0, sizeof e->seen);
    if (mom__get(e, MOM_T_META, mom__str(MOM__META_SEEN), &value)) {
        if (value.len != MOM__STAMP_LEN)
            mom__fail(e, MOM_ECORRUPT);
        else
            e->seen = mom__stamp_decode((const unsigned char *)value.ptr);
    }
    e->next_id = load_number(e, MOM__META_NEXT_ID, 1);
    load_uniqueness(e);
    e->last_conflict = load_number(e, MOM__META_CONFLICT, 0);
}

static bool visit_site(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;

    mom__site_load(e, key, value);
    return e->failed == MOM_OK;
}

static bool visit_neighbour(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_engine *e = user;

    mom__neighbour_load(e, key, value);
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
    record = mom__step_room(e, sizeof *record);
    if (record && rc == MOM_OK)
        rc = mom__record_decode(value, id, &e->arena, record);
    mom__fail(e, rc);
    if (!record || e->failed != MOM_OK)
        return false;
    index.deleted = record->flags & MOM__DELETED;
    index.parked = !index.deleted && (record->flags & MOM__PARKED);
    index.live = !index.deleted && !index.parked;
    index.permanent = index.live && mom__is_permanent(record);
    mom__count(&e->counts, &index, record, 1);
    mom__neighbour_saw_id(e, id);
    return true;
}

static void forget_actions(struct mom_engine *e)
{
    e->actions = e->unread = NULL;
    e->actions_end = &e->actions;
}

/* `opening`: a new life of the store begins. */
static int load(struct mom_engine *e, const struct mom_now *now, const struct mom_config *opening)
{
    struct mom_store *store = &e->store;
    int rc;

    e->now = *now;
    e->reason = MOM_REASON_HANDOFF;
    e->dead = true;
    mom__handoffs_free(e);
    mom__logins_free(e);
    mom__presences_free(e);
    mom__tx_forget(e);
    mom__sites_free(e);
    mom__neighbours_free(e);
    mom__arena_reset(&e->arena, MOM__STEP_KEEP);
    forget_actions(e);
    e->news = e->own_news = NULL;
    e->telling = false;
    memset(&e->counts, 0, sizeof e->counts);
    rc = mom__tx_begin(e);
    if (rc != MOM_OK)
        return rc;
    load_meta(e);
    mom__incarnation_load(e, opening);
    mom__scan(e, MOM_T_SITE, mom__str(""), visit_site, e);
    mom__scan(e, MOM_T_NEIGHBOUR, mom__str(""), visit_neighbour, e);
    mom__scan(e, MOM_T_LOCAL, mom__str(""), visit_local, e);
    mom__scan(e, MOM_T_RECORD, mom__str(""), visit_record, e);
    mom__digest_load(e);
    e->collect_at = now->mono_ms + e->timers.collect_ms;
    if (e->failed == MOM_OK)
        mom__fail(e, store->ops->count(e->txn, MOM_T_CONFLICT, &e->counts.conflicts));
    mom__scan(e, MOM_T_HANDOFF, mom__str(""), visit_handoff, e);
    mom__handoff_resume(e);
    rc = mom__tx_end(e);
    forget_actions(e);
    e->dead = rc != MOM_OK;
    e->mixed = false;
    e->warned = 0;
    if (rc == MOM_OK)
        mom__capacity_check(e);
    return rc;
}

/* --- new, free -------------------------------------------------------------------------------- */

static void set_defaults(struct mom_engine *e)
{
    e->site_devices_by_platform = e->limits.site_devices == 0;
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
    if (e->history_ms == 0)
        e->history_ms = MOM__DEFAULT_HISTORY_DAYS * INT64_C(86400000);
    if (e->policy == MOM_POLICY_UNSET)
        e->policy = MOM_POLICY_RENEW;
    if (e->node == 0)
        e->node = MOM__DEFAULT_NODE;
    if (e->brake_percent == 0)
        e->brake_percent = MOM__DEFAULT_BRAKE;
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
    e->same_platform = config->same_platform;
    e->skew_ms = config->skew_ms;
    e->shape = config->shape;
    e->own_site = config->own_site;
    e->offline_delete = config->offline_delete;
    e->unique_sip_auth = config->unique_sip_auth;
    e->brake_percent = config->brake_percent;
    e->history_ms = config->history_ms;
    e->limits = config->limits;
    e->timers = config->timers;
    e->sealer = config->sealer;
    e->policy = config->policy;
    e->user = config->user;
    e->log = config->log;
    e->trace = config->trace;
    set_defaults(e);
    mom__arena_init(&e->arena, &e->alloc);
    mom__arena_init(&e->aside, &e->alloc);
    mom__buf_init(&e->buf, &e->alloc);
    mom__wire_out_init(&e->message, &e->alloc);
    mom__packs_init(&e->packs, &e->alloc, e->limits.per_step / 16);
    mom__idmap_init(&e->works, &e->alloc);
    mom__idmap_init(&e->handoffs, &e->alloc);
    mom__idmap_init(&e->logins, &e->alloc);
    mom__idmap_init(&e->presences.phones, &e->alloc);
    forget_actions(e);
    return e;
}

static void destroy(struct mom_engine *e)
{
    struct mom_alloc alloc = e->alloc;

    mom__handoffs_free(e);
    mom__idmap_done(&e->handoffs);
    mom__logins_free(e);
    mom__idmap_done(&e->logins);
    mom__presences_free(e);
    mom__idmap_done(&e->presences.phones);
    mom__sites_free(e);
    mom__neighbours_free(e);
    mom__idmap_done(&e->works);
    mom__buf_done(&e->buf);
    mom__wire_out_done(&e->message);
    mom__packs_forget(&e->packs);
    mom__arena_done(&e->arena);
    mom__arena_done(&e->aside);
    mom__free(&alloc, e);
}

/* The format of the store, brought to that of this build if it is older. */
static int open_store(struct mom_engine *e)
{
    struct mom__schema_report report;
    int rc = mom__schema_open_plan(&e->store, NULL, &report);

    if (rc == MOM_EFORMAT)
        mom__logf(e, MOM_LOG_ERROR,
                  "the store has format %u, which is newer than format %u of this version %s: "
                  "use the version that wrote it, or an export of it",
                  report.found, report.wanted, mom_version());
    else if (rc != MOM_OK)
        mom__logf(e, MOM_LOG_ERROR, "the store (format %u) cannot be opened: %s", report.found,
                  mom_err_text(rc));
    else if (report.found && report.found < report.wanted)
        mom__logf(e, MOM_LOG_NOTICE, "the store was brought from format %u to %u, %u rows",
                  report.found, report.wanted, report.rows);
    return rc;
}

int mom_engine_new(const struct mom_config *config, const struct mom_now *now,
                   struct mom_engine **ret_engine)
{
    struct mom_engine *e;
    int rc;

    if (!config || !now || !ret_engine || config->size != sizeof *config || !config->store.ops ||
        (config->node && config->node >> 24 != 1) ||
        (config->sealer.seal && !mom__can_seal(&config->sealer)) ||
        (unsigned)config->policy >= MOM_POLICY_END || (unsigned)config->shape > MOM_SHAPE_STAR)
        return MOM_EINVAL;
    e = make(config);
    if (!e)
        return MOM_ENOMEM;
    rc = open_store(e);
    if (rc == MOM_OK)
        rc = load(e, now, config);
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
    return load(engine, now, NULL);
}

/* --- the step --------------------------------------------------------------------------------- */

typedef void handler(struct mom_engine *e, const struct mom_input *in);

static handler *const handlers[] = {
    [MOM_IN_SITE_ADD] = mom__on_site_add,
    [MOM_IN_SITE_REMOVE] = mom__on_site_remove,
    [MOM_IN_SETTING] = mom__on_setting,
    [MOM_IN_CHANGE] = mom__on_change,
    [MOM_IN_DELETE] = mom__on_delete,
    [MOM_IN_IDENTIFIED] = mom__on_identified,
    [MOM_IN_IMPORT] = mom__on_import,
    [MOM_IN_RECORD] = mom__on_record,
    [MOM_IN_GONE] = mom__on_gone,
    [MOM_IN_IMPORTED] = mom__on_imported,
    [MOM_IN_DOWN] = mom__on_down,
    [MOM_IN_LOCATED] = mom__on_located,
    [MOM_IN_RESULT] = mom__on_result,
    [MOM_IN_RELEASED] = mom__on_released,
    [MOM_IN_RENEWED] = mom__on_renewed,
    [MOM_IN_NODE_ADD] = mom__on_node_add,
    [MOM_IN_NODE_REMOVE] = mom__on_node_remove,
    [MOM_IN_NODE_UP] = mom__on_node_up,
    [MOM_IN_NODE_BYTES] = mom__on_node_bytes,
    [MOM_IN_NODE_DOWN] = mom__on_node_down,
    [MOM_IN_NODE_AUDIT] = mom__on_node_audit,
    [MOM_IN_DECIDE] = mom__on_decide,
    [MOM_IN_UNDO] = mom__on_undo,
    [MOM_IN_RESTORE_AT] = mom__on_restore_at,
    [MOM_IN_RESTORE] = mom__on_restore,
    [MOM_IN_RESTORED_SEEN] = mom__on_restored_seen,
    [MOM_IN_HEARD] = mom__on_heard,
    [MOM_IN_LOGIN] = mom__on_login,
    [MOM_IN_LOGOUT] = mom__on_logout,
    [MOM_IN_SUBSCRIBE] = mom__on_subscribe,
    [MOM_IN_PROFILE] = mom__on_profile,
};

/* Why a record changes when the input changes it. Some rules know better. */
static const enum mom_reason reasons[] = {
    [MOM_IN_SITE_ADD] = MOM_REASON_ADMIN,     [MOM_IN_SITE_REMOVE] = MOM_REASON_ADMIN,
    [MOM_IN_SETTING] = MOM_REASON_ADMIN,      [MOM_IN_CHANGE] = MOM_REASON_ADMIN,
    [MOM_IN_DELETE] = MOM_REASON_ADMIN,       [MOM_IN_IDENTIFIED] = MOM_REASON_IMPORT,
    [MOM_IN_IMPORT] = MOM_REASON_IMPORT,      [MOM_IN_RECORD] = MOM_REASON_SITE,
    [MOM_IN_GONE] = MOM_REASON_SITE,          [MOM_IN_IMPORTED] = MOM_REASON_IMPORT,
    [MOM_IN_DOWN] = MOM_REASON_HANDOFF,       [MOM_IN_LOCATED] = MOM_REASON_HANDOFF,
    [MOM_IN_RESULT] = MOM_REASON_HANDOFF,     [MOM_IN_RELEASED] = MOM_REASON_HANDOFF,
    [MOM_IN_RENEWED] = MOM_REASON_HANDOFF,    [MOM_IN_UNDO] = MOM_REASON_UNDO,
    [MOM_IN_RESTORE_AT] = MOM_REASON_RESTORE, [MOM_IN_NODE_ADD] = MOM_REASON_ADMIN,
    [MOM_IN_NODE_REMOVE] = MOM_REASON_ADMIN,  [MOM_IN_NODE_UP] = MOM_REASON_MERGE,
    [MOM_IN_NODE_BYTES] = MOM_REASON_MERGE,   [MOM_IN_NODE_DOWN] = MOM_REASON_MERGE,
    [MOM_IN_NODE_AUDIT] = MOM_REASON_MERGE,   [MOM_IN_DECIDE] = MOM_REASON_ADMIN,
    [MOM_IN_RESTORE] = MOM_REASON_RESTORE,    [MOM_IN_RESTORED_SEEN] = MOM_REASON_ADMIN,
    [MOM_IN_HEARD] = MOM_REASON_HANDOFF,      [MOM_IN_LOGIN] = MOM_REASON_HANDOFF,
    [MOM_IN_LOGOUT] = MOM_REASON_HANDOFF,     [MOM_IN_SUBSCRIBE] = MOM_REASON_HANDOFF,
    [MOM_IN_PROFILE] = MOM_REASON_SITE,
};

static void take_inputs(struct mom_engine *e, const struct mom_batch *batch)
{
    for (size_t i = 0; batch && i < batch->count && e->failed == MOM_OK; i++) {
        const struct mom_input *in = &batch->inputs[i];

        if ((size_t)in->kind >= sizeof handlers / sizeof handlers[0])
            continue;
        mom__trace_input(e, in);
        e->teller = 0;
        e->reason = reasons[in->kind];
        handlers[in->kind](e, in);
        mom__settle(e);
        mom__news_tell(e);
    }
}

static void work_off(struct mom_engine *e)
{
    bool more;

    e->teller = 0;
    e->reason = MOM_REASON_HANDOFF;
    mom__handoff_timers(e);
    mom__login_timers(e);
    mom__presence_timers(e);
    mom__push_timers(e);
    do {
        mom__settle(e);
        mom__push_all(e);
        more = mom__shape(e)->check && mom__shape(e)->check(e);
        more |= mom__login_check(e);
    } while (e->failed == MOM_OK && more);
    mom__settle(e);
    mom__collect(e);
    mom__neighbours_work_off(e);
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
    e->news = e->own_news = NULL;
    e->telling = false;
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
    mom__capacity_check(e);
    if (mom__shape(e)->stepped)
        mom__shape(e)->stepped(e);
    return MOM_OK;
}

/* Deletions that everybody has seen can wait; without any there is nothing to forget. */
static int64_t collect_deadline(const struct mom_engine *e)
{
    return e->counts.tombstones > 0 ? e->collect_at : MOM_NEVER;
}

typedef int64_t deadline_of(const struct mom_engine *e);

static deadline_of *const deadlines[] = {mom__handoff_deadline,    mom__login_deadline,
                                         mom__presence_deadline,   mom__push_deadline,
                                         mom__neighbours_deadline, collect_deadline};

int64_t mom_engine_deadline(const struct mom_engine *engine)
{
    int64_t deadline = MOM_NEVER;

    if (engine->dead)
        return MOM_NEVER;
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        int64_t next = deadlines[i](engine);

        deadline = next < deadline ? next : deadline;
    }
    return deadline;
}
