/*
 * What an import comes to: the file beside what is here, record by record, in a fixed order of
 * phases. The same walk counts and lists the differences and makes the inputs that carry them out,
 * so that what was shown is what is done.
 *
 * When records exchange a value that only one may have, each is in the other's way. Then the one that
 * has it gives it up first and is set right in the same batch, so in one transaction.
 */
#include "transfer_import.h"

#include <string.h>

struct plan {
    struct mom_import *imp;
    struct mom_view *view;
    struct mom_engine *engine;
    bool fill;
    struct mom__import_cursor *cursor;
    int rc;

    /* telling */
    struct mom_import_counts *counts;
    mom_import_visit *visit;
    void *user;
    bool stopped;
    struct mom__buf here, file;

    /* doing; batch NULL: only told */
    struct mom_batch *batch;
    size_t limit, added;
    struct mom__idmap done; /* records that the batch sets */
    struct mom__queue todo; /* records that gave something up */
};

/* --- telling ---------------------------------------------------------------------------------- */

static uint64_t *counter(struct mom_import_counts *counts, enum mom_import_kind kind)
{
    switch (kind) {
    case MOM_IMPORT_CREATE:
        return &counts->created;
    case MOM_IMPORT_REVIVE:
        return &counts->revived;
    case MOM_IMPORT_CHANGE:
        return &counts->changed;
    case MOM_IMPORT_GAP:
        return &counts->filled;
    case MOM_IMPORT_RELATE:
        return &counts->related;
    case MOM_IMPORT_DELETE:
        return &counts->deleted;
    case MOM_IMPORT_BURY:
        return &counts->buried;
    case MOM_IMPORT_KEEP:
        return &counts->kept;
    case MOM_IMPORT_CLASH:
        return &counts->clashes;
    case MOM_IMPORT_SITE:
        return &counts->sites;
    case MOM_IMPORT_SETTING:
        return &counts->settings;
    }
    return &counts->kept;
}

static void count(struct plan *p, enum mom_import_kind kind)
{
    if (p->counts)
        *counter(p->counts, kind) += 1;
}

static void tell(struct plan *p, const struct mom_import_difference *difference)
{
    if (p->visit && !p->stopped)
        p->stopped = !p->visit(p->user, difference);
}

static void add_text(struct mom__buf *buf, struct mom_str name, struct mom_str value)
{
    if (!value.ptr)
        return;
    if (buf->len > 0)
        mom__buf_u8(buf, ' ');
    mom__buf_bytes(buf, name.ptr, name.len);
    mom__buf_u8(buf, '=');
    mom__buf_bytes(buf, value.ptr, value.len);
}

/* A group as text; missing when there is nothing. */
static struct mom_str group_text(struct mom__buf *buf, const struct mom_record *r,
                                 enum mom_field group)
{
    mom__buf_reset(buf);
    for (enum mom_field f = group; r && f != mom__group_end(group); f++) {
        const struct mom_field_info *info = mom_field_info(f);
        struct mom_str value = mom__record_value(r, f);

        if (info->form == MOM_EXTRA) {
            for (size_t i = 0; i < r->extra_count; i++)
                add_text(buf, r->extra[i].name, r->extra[i].value);
        } else {
            bool secret = (info->flags & MOM_SECRET) && value.len > 0;

            add_text(buf, mom__str(info->name), secret ? mom__str("***") : value);
        }
    }
    return buf->len > 0 ? mom__buf_view(buf) : (struct mom_str){NULL, 0};
}

/* A record by what people know it by. */
static struct mom_str record_text(struct mom__buf *buf, const struct mom_record *r)
{
    mom__buf_reset(buf);
    if (r && r->type == MOM_USER) {
        add_text(buf, mom__str("num"), mom__record_value(r, MOM_USER_num));
        add_text(buf, mom__str("name"), mom__record_value(r, MOM_USER_name));
    } else if (r) {
        add_text(buf, mom__str("ipei"), mom__record_value(r, MOM_DEVICE_ipei));
    }
    return buf->len > 0 ? mom__buf_view(buf) : (struct mom_str){NULL, 0};
}

static void tell_record(struct plan *p, enum mom_import_kind kind, const struct mom_record *here,
                        const struct mom_record *file)
{
    const struct mom_record *r = file ? file : here;

    count(p, kind);
    if (p->visit && r)
        tell(p, &(struct mom_import_difference){.kind = kind,
                                                .type = r->type,
                                                .id = r->id,
                                                .here = record_text(&p->here, here),
                                                .file = record_text(&p->file, file)});
}

static void tell_group(struct plan *p, enum mom_import_kind kind, const struct mom_record *here,
                       const struct mom_record *file, enum mom_field group)
{
    if (p->visit)
        tell(p, &(struct mom_import_difference){.kind = kind,
                                                .type = here->type,
                                                .id = here->id,
                                                .group = group,
                                                .here = group_text(&p->here, here, group),
                                                .file = group_text(&p->file, file, group)});
}

/* --- doing ------------------------------------------------------------------------------------ */

static void add(struct plan *p, const struct mom_input *in)
{
    if (!p->batch || p->rc != MOM_OK)
        return;
    p->rc = mom_batch_add(p->batch, in);
    p->added++;
}

static void add_restore(struct plan *p, enum mom_restore how, uint64_t id, uint64_t bind_to)
{
    struct mom_input in = {.kind = MOM_IN_RESTORE, .restore = how, .tag = MOM_IMPORT_TAG, .id = id};
    struct mom__key key;

    if (!p->batch)
        return;
    in.has_bind = how == MOM_RESTORE_FILL_RELATION || how == MOM_RESTORE_CHANGE_RELATION;
    in.bind_to = bind_to;
    in.partial = !p->imp->info.secrets;
    if (p->rc == MOM_OK && how != MOM_RESTORE_RELEASE)
        p->rc = p->imp->store.ops->get(p->imp->txn, MOM_T_RECORD, mom__key_id(&key, id), &in.value);
    add(p, &in);
    if (how == MOM_RESTORE_FILL || how == MOM_RESTORE_CHANGE) {
        if (mom__idmap_put(&p->done, id, 1) != MOM_OK)
            p->rc = MOM_ENOMEM;
    }
}

static struct mom_record *file_record(struct plan *p, uint64_t id)
{
    struct mom_stamp deleted;
    struct mom_record *r = NULL;

    if (p->rc == MOM_OK)
        r = mom__import_record(p->imp, id, &p->imp->arena, &deleted, &p->rc);
    return r;
}

static struct mom_record *here_record(struct plan *p, uint64_t id)
{
    struct mom_record *r = NULL;

    if (p->rc == MOM_OK)
        r = mom__view_load(p->view, id, &p->imp->arena, &p->rc);
    if (p->rc == MOM_ENOENT)
        p->rc = MOM_OK;
    return r;
}

static bool is_live(const struct mom_record *r)
{
    return r && !(r->flags & MOM__DELETED);
}

/* The other record here that has a value which only one may have; 0: none. */
static uint64_t holder(struct plan *p, const struct mom_record *file, enum mom_field f)
{
    const struct mom_record *other =
        mom_view_find(p->view, f, mom__record_value(file, f)); /* empty: none */

    return other && other->id != file->id ? other->id : 0;
}

/* The file gives the value to that one, too: it is parked there, or this one is, and both are made. */
static bool is_shared(struct plan *p, uint64_t other, const struct mom_record *file,
                      enum mom_field f)
{
    const struct mom_record *r = file_record(p, other);

    return is_live(r) && r->type == file->type &&
           mom__equal(mom__record_value(r, f), mom__record_value(file, f));
}

static bool clashes(struct plan *p, const struct mom_record *file)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t n = mom__unique_fields(p->engine, file->type, true, fields);

    for (size_t i = 0; i < n && !(file->flags & MOM__PARKED); i++) {
        uint64_t other = holder(p, file, fields[i]);

        if (other && !is_shared(p, other, file, fields[i]))
            return true;
    }
    return false;
}

/* Who has what the file gives to this record gives it up, and is set right later in this batch. */
static void release_holders(struct plan *p, const struct mom_record *file)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t n = mom__unique_fields(p->engine, file->type, true, fields);

    for (size_t i = 0; i < n && p->batch && p->rc == MOM_OK; i++) {
        uint64_t id = holder(p, file, fields[i]);

        /* One that was set in this batch has its new values by now, whatever the view says. */
        if (!id || mom__idmap_has(&p->done, id) || !is_live(file_record(p, id)))
            continue;
        add_restore(p, MOM_RESTORE_RELEASE, id, 0);
        if (p->rc == MOM_OK)
            p->rc = mom__queue_put(&p->todo, id, false);
    }
}

/* --- one record ------------------------------------------------------------------------------- */

static void plan_change(struct plan *p, const struct mom_record *here,
                        const struct mom_record *file, bool forced)
{
    struct mom_record copy = *here;
    bool differs = (here->flags & MOM__PARKED) && !(file->flags & MOM__PARKED);

    for (enum mom_field f = mom__field_first(here->type); f != mom__field_end(here->type); f++) {
        if (!mom__restore_takes(f) ||
            !mom__restore_group(&copy, file, f, p->imp->info.secrets, &p->imp->arena, &p->rc))
            continue;
        tell_group(p, MOM_IMPORT_CHANGE, here, file, f);
        differs = true;
    }
    if (differs)
        count(p, MOM_IMPORT_CHANGE);
    else if (p->counts)
        p->counts->same++;
    if (!differs && !forced)
        return;
    release_holders(p, file);
    add_restore(p, MOM_RESTORE_CHANGE, file->id, 0);
}

static void plan_gaps(struct plan *p, const struct mom_record *here, const struct mom_record *file)
{
    bool gap = false, differs = false;
    int rc = MOM_OK;

    for (enum mom_field f = mom__field_first(here->type); f != mom__field_end(here->type); f++) {
        struct mom_record copy = *here;

        if (!mom__restore_takes(f) || !mom__record_has_group(file, f))
            continue;
        if (mom__record_has_group(here, f)) {
            differs |=
                mom__restore_group(&copy, file, f, p->imp->info.secrets, &p->imp->arena, &rc);
            continue;
        }
        mom__record_copy_group(&copy, file, f);
        if (clashes(p, &copy))
            continue;
        tell_group(p, MOM_IMPORT_GAP, here, file, f);
        gap = true;
    }
    if (rc != MOM_OK)
        p->rc = rc;
    if (gap) {
        count(p, MOM_IMPORT_GAP);
        add_restore(p, MOM_RESTORE_FILL, file->id, 0);
    }
    if (differs)
        tell_record(p, MOM_IMPORT_KEEP, here, file);
    else if (!gap && p->counts)
        p->counts->same++;
}

static void plan_live(struct plan *p, const struct mom_record *here, const struct mom_record *file,
                      bool forced)
{
    if (here && here->type != file->type) {
        tell_record(p, MOM_IMPORT_CLASH, here, file);
    } else if (p->fill && !here) {
        bool clash = clashes(p, file);

        tell_record(p, clash ? MOM_IMPORT_CLASH : MOM_IMPORT_CREATE, NULL, file);
        if (!clash)
            add_restore(p, MOM_RESTORE_FILL, file->id, 0);
    } else if (p->fill && !is_live(here)) {
        tell_record(p, MOM_IMPORT_KEEP, here, file);
    } else if (p->fill) {
        plan_gaps(p, here, file);
    } else if (!is_live(here)) {
        tell_record(p, here ? MOM_IMPORT_REVIVE : MOM_IMPORT_CREATE, here, file);
        release_holders(p, file);
        add_restore(p, MOM_RESTORE_CHANGE, file->id, 0);
    } else {
        plan_change(p, here, file, forced);
    }
}

static void plan_record(struct plan *p, uint64_t id, bool forced)
{
    const struct mom_record *file = file_record(p, id), *here = file ? here_record(p, id) : NULL;

    if (p->rc != MOM_OK || !file || mom__idmap_has(&p->done, id))
        return;
    if (is_live(file)) {
        plan_live(p, here, file, forced);
    } else if (!here) {
        tell_record(p, MOM_IMPORT_BURY, NULL, file);
        add_restore(p, MOM_RESTORE_FILL, id, 0);
    } else if (p->fill && is_live(here)) {
        tell_record(p, MOM_IMPORT_KEEP, here, file);
    }
}

/* A record, and those that gave something up for it. */
static void plan_records(struct plan *p, uint64_t id)
{
    plan_record(p, id, false);
    while (p->rc == MOM_OK && (id = mom__queue_take(&p->todo)) != 0)
        plan_record(p, id, true);
}

static void plan_delete(struct plan *p, uint64_t id)
{
    const struct mom_record *here = here_record(p, id);

    if (!is_live(here))
        return;
    if (p->counts)
        p->counts->here++;
    if (p->fill || is_live(file_record(p, id)) || p->rc != MOM_OK)
        return;
    tell_record(p, MOM_IMPORT_DELETE, here, NULL);
    add(p, &(struct mom_input){.kind = MOM_IN_DELETE, .id = id});
}

static void tell_relation(struct plan *p, const struct mom_record *here,
                          const struct mom_record *file)
{
    count(p, MOM_IMPORT_RELATE);
    if (!p->visit)
        return;
    struct mom__text texts[2];

    mom__text_init(&texts[0]);
    mom__text_init(&texts[1]);
    mom__text_uint(&texts[0], here->partner);
    mom__text_uint(&texts[1], file->partner);
    tell(p, &(struct mom_import_difference){.kind = MOM_IMPORT_RELATE,
                                            .type = MOM_DEVICE,
                                            .id = here->id,
                                            .group = MOM_DEVICE_relType,
                                            .here = mom__text_view(&texts[0]),
                                            .file = mom__text_view(&texts[1])});
}

/* What is bound is fixed or dynamic, whatever a file calls it. */
static bool is_fixed(const struct mom_record *device)
{
    return mom__equal_c(mom__record_value(device, MOM_DEVICE_relType), "Fixed");
}

static void plan_relation(struct plan *p, uint64_t id)
{
    const struct mom_record *file = file_record(p, id), *here = file ? here_record(p, id) : NULL;
    const struct mom_record *user;

    if (p->rc != MOM_OK || !is_live(file) || !is_live(here) || file->type != MOM_DEVICE ||
        here->type != MOM_DEVICE || ((file->flags | here->flags) & MOM__PARKED))
        return;
    user = file->partner ? here_record(p, file->partner) : NULL;
    if (p->fill) {
        if (!is_live(user) || here->partner || user->partner || (user->flags & MOM__PARKED))
            return;
    } else if (here->partner == file->partner &&
               (!file->partner || is_fixed(here) == is_fixed(file))) {
        return;
    }
    tell_relation(p, here, file);
    add_restore(p, p->fill ? MOM_RESTORE_FILL_RELATION : MOM_RESTORE_CHANGE_RELATION, id,
                file->partner);
}

/* --- sites and settings ----------------------------------------------------------------------- */

struct found {
    struct mom_str after, key, value;
    bool found;
};

static bool visit_first(void *user, struct mom_str key, struct mom_str value)
{
    struct found *found = user;

    if (found->after.len > 0 && mom__compare(key, found->after) <= 0)
        return true;
    found->key = key;
    found->value = value;
    found->found = true;
    return false;
}

/* The first row whose key is not below `from`; with `after` not that one either. */
static bool first(struct plan *p, enum mom_table table, struct mom_str from, bool after,
                  struct found *found)
{
    struct mom_import *imp = p->imp;

    *found = (struct found){.after = {from.ptr, after ? from.len : 0}};
    p->rc = imp->store.ops->scan(imp->txn, table, from, visit_first, found);
    return p->rc == MOM_OK && found->found;
}

static void plan_sari(struct plan *p)
{
    struct mom_park sari = mom_engine_sari(p->engine);

    if (p->batch && p->imp->info.sari.pli && !p->engine->sari.pli)
        add(p, &(struct mom_input){
                   .kind = MOM_IN_RESTORE, .restore = MOM_RESTORE_SARI, .park = p->imp->info.sari});
    if (p->batch && sari.pli && p->imp->info.sari.pli && !mom_park_equal(sari, p->imp->info.sari))
        p->rc = MOM_EIDENT;
}

/* Each node of a star has sites and settings of its own: with those of another node it would act for that one's OMM. A
 * file has the site beside the node that wrote it. */
static bool is_of_this_node(const struct plan *p)
{
    mom_site own = p->engine->own_site;
    struct mom__key room;
    struct mom_str value;

    return p->engine->shape != MOM_SHAPE_STAR || own == 0 ||
           p->imp->store.ops->get(p->imp->txn, MOM_T_SITE, mom__key_site(&room, own), &value) ==
               MOM_OK;
}

static bool next_site(struct plan *p)
{
    struct mom_site_info info;
    struct mom__key room;
    struct found found;
    mom_site site;

    if (p->cursor->after == 0)
        plan_sari(p);
    if (p->rc != MOM_OK || !is_of_this_node(p) ||
        !first(p, MOM_T_SITE, mom__key_site(&room, (uint32_t)p->cursor->after + 1), false, &found))
        return false;
    p->rc = mom__key_read_site(found.key, &site);
    if (p->rc != MOM_OK || found.value.len < MOM_PARK_HEX_LEN)
        return false;
    p->cursor->after = site;
    if (mom_engine_site(p->engine, site, &info))
        return true;
    count(p, MOM_IMPORT_SITE);
    found.value.ptr += MOM_PARK_HEX_LEN;
    found.value.len -= MOM_PARK_HEX_LEN;
    tell(p,
         &(struct mom_import_difference){.kind = MOM_IMPORT_SITE, .id = site, .file = found.value});
    add(p, &(struct mom_input){.kind = MOM_IN_SITE_ADD, .site = site, .name = found.value});
    return true;
}

static bool next_setting(struct plan *p)
{
    struct found found;

    if (!is_of_this_node(p) ||
        !first(p, MOM_T_SETTING, mom__buf_view(&p->cursor->name), true, &found))
        return false;
    mom__buf_reset(&p->cursor->name);
    mom__buf_bytes(&p->cursor->name, found.key.ptr, found.key.len);
    if (p->cursor->name.failed)
        p->rc = MOM_ENOMEM;
    if (mom_view_setting(p->view, found.key).ptr)
        return true;
    count(p, MOM_IMPORT_SETTING);
    tell(p, &(struct mom_import_difference){.kind = MOM_IMPORT_SETTING, .file = found.key});
    add(p, &(struct mom_input){.kind = MOM_IN_SETTING, .name = found.key, .value = found.value});
    return true;
}

/* --- the walk --------------------------------------------------------------------------------- */

static bool visit_id(void *user, struct mom_str key, struct mom_str value)
{
    uint64_t *id = user;

    (void)value;
    if (mom__key_read_id(key, id) != MOM_OK)
        *id = 0;
    return false;
}

/* The next id of RECORD of the file, or (`here`) of the store. */
static uint64_t next_id(struct plan *p, bool here)
{
    const struct mom_store_ops *ops = here ? p->engine->store.ops : p->imp->store.ops;
    uint64_t id = 0;
    struct mom__key key;

    if (p->cursor->after == UINT64_MAX)
        return 0;
    p->rc = ops->scan(here ? mom__view_txn(p->view) : p->imp->txn, MOM_T_RECORD,
                      mom__key_id(&key, p->cursor->after + 1), visit_id, &id);
    return p->rc == MOM_OK ? id : 0;
}

/* One site, setting or record; false when the phase is at its end. */
static bool one(struct plan *p)
{
    static void (*const record_phases[])(struct plan * p, uint64_t id) = {
        [MOM__PHASE_DELETE] = plan_delete,
        [MOM__PHASE_RECORDS] = plan_records,
        [MOM__PHASE_RELATIONS] = plan_relation,
    };
    enum mom__import_phase phase = p->cursor->phase;
    uint64_t id;

    if (phase == MOM__PHASE_SITES)
        return next_site(p);
    if (phase == MOM__PHASE_SETTINGS)
        return next_setting(p);
    id = next_id(p, phase == MOM__PHASE_DELETE);
    if (!id)
        return false;
    mom__arena_reset(&p->imp->arena, MOM__STEP_KEEP);
    p->cursor->after = id;
    record_phases[phase](p, id);
    return true;
}

static void walk(struct plan *p)
{
    while (p->rc == MOM_OK && !p->stopped && p->cursor->phase != MOM__PHASE_DONE) {
        if (p->limit && p->added >= p->limit)
            return;
        if (one(p) || p->rc != MOM_OK)
            continue;
        /* Records and their relations are not in one step: those of the batch are not in the view yet. */
        if (p->cursor->phase == MOM__PHASE_RECORDS && p->batch && p->added > 0) {
            p->cursor->phase = MOM__PHASE_RELATIONS;
            p->cursor->after = 0;
            return;
        }
        p->cursor->phase++;
        p->cursor->after = 0;
    }
}

static void plan_begin(struct plan *p, struct mom_import *imp, struct mom_view *view,
                       struct mom__import_cursor *cursor)
{
    memset(p, 0, sizeof *p);
    p->imp = imp;
    p->view = view;
    p->engine = mom__view_engine(view);
    p->cursor = cursor;
    mom__buf_init(&p->here, &imp->alloc);
    mom__buf_init(&p->file, &imp->alloc);
    mom__idmap_init(&p->done, &imp->alloc);
    mom__queue_init(&p->todo, &imp->alloc);
}

static void plan_end(struct plan *p)
{
    mom__buf_done(&p->here);
    mom__buf_done(&p->file);
    mom__idmap_done(&p->done);
    mom__queue_done(&p->todo);
}

int mom_import_compare(struct mom_import *import, struct mom_view *view, enum mom_import_mode mode,
                       mom_import_visit *visit, void *user, struct mom_import_counts *ret_counts)
{
    struct mom__import_cursor cursor = {.phase = MOM__PHASE_SITES};
    struct mom_import_counts counts = {.here = 0};
    struct plan p;

    if (!import || !view || !ret_counts)
        return MOM_EINVAL;
    if (import->state != MOM__IMPORT_READY)
        return MOM_ESTATE;
    mom__buf_init(&cursor.name, &import->alloc);
    plan_begin(&p, import, view, &cursor);
    p.fill = mode == MOM_IMPORT_FILL;
    p.visit = visit;
    p.user = user;
    p.counts = &counts;
    walk(&p);
    plan_end(&p);
    mom__buf_done(&cursor.name);
    if (p.rc == MOM_OK)
        *ret_counts = counts;
    return p.rc;
}

int mom_import_begin(struct mom_import *import, enum mom_import_mode mode)
{
    if (!import || (mode != MOM_IMPORT_FILL && mode != MOM_IMPORT_ROLL_BACK))
        return MOM_EINVAL;
    if (import->state != MOM__IMPORT_READY)
        return MOM_ESTATE;
    import->begun = true;
    import->mode = mode;
    import->cursor.phase = MOM__PHASE_SITES;
    import->cursor.after = 0;
    mom__buf_reset(&import->cursor.name);
    return MOM_OK;
}

int mom_import_next(struct mom_import *import, struct mom_view *view, struct mom_batch *batch,
                    size_t limit, bool *ret_more)
{
    struct plan p;

    if (!import || !view || !batch || !ret_more)
        return MOM_EINVAL;
    if (!import->begun)
        return MOM_ESTATE;
    plan_begin(&p, import, view, &import->cursor);
    p.fill = import->mode == MOM_IMPORT_FILL;
    p.batch = batch;
    p.limit = limit;
    walk(&p);
    plan_end(&p);
    if (p.rc == MOM_OK)
        *ret_more = import->cursor.phase != MOM__PHASE_DONE;
    return p.rc;
}
