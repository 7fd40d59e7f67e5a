/*
 * Fuzz target: what stands in a store. Single values are decoded and must come back from their own
 * encoding; a whole store of any rows is opened, read and worked with, and either works or is
 * refused with a code that says so.
 *
 * Input: byte 0 chooses record, base row, conflict, keys, row of the history or store. A store is a
 * list of rows: table, length of the key (from 128 on: a key of the table's form, made of the bytes
 * that follow), key, length of the value in two bytes, value.
 */
#include "fuzz/fuzz.h"

#include "../../libmomsync/base_row.h"
#include "../../libmomsync/group_codec.h"
#include "../../libmomsync/history_row.h"
#include "../../libmomsync/keys.h"
#include "../../libmomsync/node.h"
#include "../../libmomsync/record.h"
#include "../../libmomsync/schema.h"
#include "../../libmomsync/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct mom_str rest(struct fuzz_bytes *bytes)
{
    struct mom_str text;

    text.ptr = fuzz_take(bytes, fuzz_left(bytes), &text.len);
    return text;
}

static bool is_damage(int rc)
{
    return rc == MOM_ECORRUPT || rc == MOM_EFORMAT;
}

/* --- single values ---------------------------------------------------------------------------- */

static void same_records(const struct mom_record *a, const struct mom_record *b)
{
    must(a->type == b->type && a->flags == b->flags && a->version == b->version);
    must(a->site == b->site && a->epoch == b->epoch && a->claim_ms == b->claim_ms);
    must(a->partner == b->partner && mom_stamp_compare(a->created, b->created) == 0);
    for (size_t i = 0; i < mom__field_count(a->type); i++) {
        must((a->values[i].ptr == NULL) == (b->values[i].ptr == NULL));
        must(mom__equal(a->values[i], b->values[i]));
        must(mom_stamp_compare(a->stamps[i], b->stamps[i]) == 0);
    }
    must(a->extra_count == b->extra_count);
    for (size_t i = 0; i < a->extra_count; i++)
        must(mom__equal(a->extra[i].name, b->extra[i].name) &&
             mom__equal(a->extra[i].value, b->extra[i].value));
}

static void record_value(struct mom_str bytes)
{
    struct mom_record record, again;
    struct mom__arena arena;
    struct mom__buf buf;
    int rc;

    mom__arena_init(&arena, NULL);
    mom__buf_init(&buf, NULL);
    rc = mom__record_decode(bytes, 7, &arena, &record);
    must(rc == MOM_OK || is_damage(rc));
    if (rc == MOM_OK) {
        rc = mom__record_encode(&record, &buf);
        must(rc == MOM_OK || rc == MOM_ELIMIT);
    }
    if (rc == MOM_OK) {
        must(mom__record_decode(mom__buf_view(&buf), 7, &arena, &again) == MOM_OK);
        same_records(&record, &again);
        for (enum mom_field f = (enum mom_field)1; f < MOM_FIELD_COUNT; f++) {
            if (mom_field_info(f)->owner == record.type && mom__field_leads(f))
                must(mom__record_group_equal(&record, &again, f));
        }
    }
    mom__buf_done(&buf);
    mom__arena_done(&arena);
}

static void base_value(struct mom_str bytes)
{
    struct mom__base base, again;
    struct mom__buf buf;
    int rc = mom__base_decode(bytes, &base);

    must(rc == MOM_OK || is_damage(rc));
    if (rc != MOM_OK)
        return;
    mom__buf_init(&buf, NULL);
    must(mom__base_encode(&base, &buf) == MOM_OK);
    must(mom__base_decode(mom__buf_view(&buf), &again) == MOM_OK);
    must(base.type == again.type && base.local == again.local && base.flags == again.flags);
    must(base.partner == again.partner && base.count == again.count);
    must(memcmp(base.times_ms, again.times_ms, sizeof base.times_ms) == 0);
    for (size_t i = 0; i < base.count; i++) {
        const struct mom__base_entry *a = &base.entries[i], *b = &again.entries[i];

        must(a->group == b->group && a->hash == b->hash && a->open == b->open);
        must(a->has_pushed == b->has_pushed && a->pushed == b->pushed);
        must(a->pushed_open == b->pushed_open);
    }
    mom__buf_done(&buf);
}

static void conflict_value(struct mom_str bytes)
{
    struct mom_conflict conflict;
    struct mom__key key;
    int rc = mom__conflict_decode(mom__key_id(&key, 3), bytes, &conflict);

    must(rc == MOM_OK || is_damage(rc));
    if (rc != MOM_OK)
        return;
    must(conflict.sequence == 3 && conflict.kept.ptr && conflict.lost.ptr && conflict.rule.ptr);
    must(mom_conflict_check(&conflict) == mom_conflict_check(&conflict));
    /* Whatever the rule says, the values are read without harm. */
    for (size_t i = 0; mom_conflict_rule(i); i++) {
        conflict.rule = mom__str(mom_conflict_rule(i)->name);
        (void)mom_conflict_check(&conflict);
    }
}

static void history_value(struct mom_str bytes)
{
    struct mom__history row, again;
    struct mom__history_age age;
    struct mom_record record;
    struct mom__arena arena;
    struct mom__buf buf;
    int rc;

    mom__arena_init(&arena, NULL);
    mom__buf_init(&buf, NULL);
    rc = mom__history_decode(bytes, &arena, &row);
    must(rc == MOM_OK || is_damage(rc));
    if (rc == MOM_OK) {
        must(mom__history_read_age(bytes, &age) == MOM_OK);
        must(age.at_ms == row.at_ms && age.first == row.first);
        mom__history_encode(&row, &buf);
        must(mom__history_decode(mom__buf_view(&buf), &arena, &again) == MOM_OK);
        must(row.type == again.type && row.parts == again.parts && row.reason == again.reason);
        must(row.at_ms == again.at_ms && row.since_ms == again.since_ms);
        must(row.first == again.first && row.flags == again.flags);
        must(memcmp(row.replaced, again.replaced, sizeof row.replaced) == 0);
        same_records(&row.old, &again.old);
        mom__record_init(&record, row.type, 1);
        must(mom__history_apply(&row, &record) == MOM_OK);
        must(mom__record_encode(&record, &buf) != MOM_ENOMEM);
    }
    mom__buf_done(&buf);
    mom__arena_done(&arena);
}

static void any_key(struct mom_str bytes)
{
    struct mom__key key;
    enum mom_type type;
    uint32_t site, local;
    uint64_t id, number;

    if (mom__key_read_id(bytes, &id) == MOM_OK)
        must(mom__equal(bytes, mom__key_id(&key, id)));
    if (mom__key_read_site(bytes, &site) == MOM_OK)
        must(mom__equal(bytes, mom__key_site(&key, site)));
    if (mom__key_read_site_id(bytes, &site, &id) == MOM_OK)
        must(mom__equal(bytes, mom__key_site_id(&key, site, id)));
    if (mom__key_read_id_site(bytes, &id, &site) == MOM_OK)
        must(mom__equal(bytes, mom__key_id_site(&key, id, site)));
    if (mom__key_read_history(bytes, &id, &number) == MOM_OK)
        must(mom__equal(bytes, mom__key_history(&key, id, number)));
    if (mom__key_read_local(bytes, &site, &type, &local) == MOM_OK)
        must(mom__equal(bytes, mom__key_local(&key, site, type, local)));
    must(mom__key_unique(&key, MOM_USER_num, bytes).len <= MOM__KEY_MAX);
}

/* --- a whole store ---------------------------------------------------------------------------- */

static struct mom_str formed_key(struct fuzz_bytes *bytes, unsigned table, struct mom__key *key)
{
    static const char *const meta[] = {MOM__META_FORMAT,  MOM__META_WRITER,      MOM__META_CLOCK,
                                       MOM__META_NEXT_ID, MOM__META_CONFLICT,    MOM__META_NODE,
                                       MOM__META_SARI,    MOM__META_INCARNATION, MOM__META_SNAPSHOT,
                                       MOM__META_RESTORED};
    uint32_t site = fuzz_below(bytes, 4);

    switch (table) {
    case MOM_T_META:
        return mom__str(meta[fuzz_below(bytes, sizeof meta / sizeof meta[0])]);
    case MOM_T_LOCAL:
        return mom__key_local(key, site, fuzz_below(bytes, 2) ? MOM_USER : MOM_DEVICE,
                              fuzz_u8(bytes));
    case MOM_T_BASE:
    case MOM_T_RESIDENT:
        return mom__key_site_id(key, site ? site : MOM__ALL_SITES, fuzz_u8(bytes));
    case MOM_T_SITE:
        return mom__key_site(key, site);
    case MOM_T_HANDOFF:
        return site == 3 ? mom__key_id_site(key, fuzz_u8(bytes), site)
                         : mom__key_id(key, fuzz_u8(bytes));
    case MOM_T_HISTORY:
        return mom__key_history(key, fuzz_u8(bytes), site + 1);
    case MOM_T_UNIQUE:
        return mom__key_unique(key, site & 1 ? MOM_USER_num : MOM_DEVICE_ipei, rest(bytes));
    default:
        return mom__key_id(key, fuzz_u8(bytes));
    }
}

static void put_row(struct mom_store *store, struct mom_txn *txn, struct fuzz_bytes *bytes)
{
    unsigned table = fuzz_below(bytes, MOM_T_COUNT), form = fuzz_u8(bytes);
    struct mom__key room;
    struct mom_str key, value;
    int rc;

    if (form >= 128)
        key = formed_key(bytes, table, &room);
    else
        key.ptr = fuzz_take(bytes, form, &key.len);
    value.ptr = fuzz_take(bytes, (size_t)fuzz_number(bytes, 2), &value.len);
    rc = store->ops->put(txn, (enum mom_table)table, key, value);
    must(rc == MOM_OK || (rc == MOM_EINVAL && key.len == 0));
}

static void fill(struct mom_store *store, struct fuzz_bytes *bytes)
{
    unsigned char number[8];
    struct mom_txn *txn;

    must(store->ops->begin(store->store, true, &txn) == MOM_OK);
    must(store->ops->put(txn, MOM_T_META, mom__str(MOM__META_FORMAT),
                         mom__value_u64(number, MOM__SCHEMA_FORMAT)) == MOM_OK);
    while (fuzz_left(bytes) > 0)
        put_row(store, txn, bytes);
    must(store->ops->commit(txn) == MOM_OK);
}

static void walk_past(struct mom_view *view, uint64_t id, int64_t now)
{
    struct mom_version version = {.number = 0};
    struct mom_difference difference = {.id = 0};
    const struct mom_record *record;
    uint64_t last;
    int rc;

    do {
        last = version.number;
        rc = mom_view_version(view, id, last, &version);
        must(rc == MOM_OK || rc == MOM_ENOENT || is_damage(rc));
        must(rc != MOM_OK || last == 0 || version.number < last);
    } while (rc == MOM_OK);
    for (int i = 0; i < 4; i++) {
        rc = mom_view_record_at(view, id, now - (i << 20), &record);
        must(rc == MOM_OK || rc == MOM_ENOENT || rc == MOM_EHISTORY || is_damage(rc));
    }
    rc = mom_view_next_difference(view, MOM_USER, 0, now - 1000, now, &difference);
    must(rc == MOM_OK || rc == MOM_ENOENT || rc == MOM_EHISTORY || is_damage(rc));
}

static size_t walk(struct mom_engine *engine, uint64_t ids[16])
{
    struct mom_conflict conflict = {.sequence = 0};
    struct mom_attr setting = {{"", 0}, {"", 0}};
    struct mom_counts counts;
    struct mom_view *view;
    size_t count = 0;

    must(mom_view_open(engine, &view) == MOM_OK);
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        const struct mom_record *record;
        uint64_t id = 0;

        while ((record = mom_view_next(view, (enum mom_type)type, id)) != NULL) {
            must(mom_record_id(record) > id && mom_record_type(record) == (enum mom_type)type);
            id = mom_record_id(record);
            if (count < 16)
                ids[count++] = id;
            (void)mom_view_local(view, 1, id);
            walk_past(view, id, 1700000000000);
            (void)mom_engine_handoff(engine, id);
        }
    }
    while (mom_view_next_conflict(view, conflict.sequence, &conflict)) {
        must(conflict.sequence > 0);
        (void)mom_conflict_check(&conflict);
    }
    while (mom_view_next_setting(view, setting.name, &setting))
        must(mom_view_setting(view, (struct mom_str){"x", 1}).ptr != NULL || setting.name.len > 0);
    must(mom_view_counts(view, &counts) == MOM_OK);
    mom_view_close(view);
    return count;
}

static int step(struct mom_engine *engine, const struct mom_now *now, struct mom_batch *batch)
{
    struct mom_action action;
    int rc = mom_engine_step(engine, now, batch);

    must(rc == MOM_OK || is_damage(rc));
    while (rc == MOM_OK && mom_engine_next_action(engine, &action))
        must(action.kind <= MOM_DO_PROFILE);
    mom_batch_reset(batch);
    return rc;
}

static int add(struct mom_batch *batch, const struct mom_input *input)
{
    must(mom_batch_add(batch, input) == MOM_OK);
    return MOM_OK;
}

/* All sites come and have nothing; every record is changed, the last is deleted. */
static int work(struct mom_engine *engine, struct mom_now *now, struct mom_batch *batch)
{
    const struct mom_attr name = {{"name", 4}, {"x", 1}};
    uint64_t ids[16];
    size_t count = walk(engine, ids);
    int rc = MOM_OK, sites = 0;

    for (mom_site n = 0; (n = mom_engine_next_site(engine, n)) != 0 && sites < 4; sites++) {
        struct mom_site_info info;

        must(mom_engine_site(engine, n, &info));
        add(batch, &(struct mom_input){.kind = MOM_IN_IDENTIFIED, .site = n, .park = info.park});
        add(batch, &(struct mom_input){.kind = MOM_IN_IMPORT, .site = n});
        add(batch, &(struct mom_input){.kind = MOM_IN_IMPORTED, .site = n});
    }
    rc = step(engine, now, batch);
    for (size_t i = 0; i < count; i++)
        add(batch,
            &(struct mom_input){
                .kind = MOM_IN_CHANGE, .id = ids[i], .tag = 1, .attrs = &name, .attr_count = 1});
    if (count > 0)
        add(batch, &(struct mom_input){.kind = MOM_IN_DELETE, .id = ids[count - 1], .tag = 1});
    for (uint64_t n = 1; n <= 8; n++)
        add(batch, &(struct mom_input){.kind = MOM_IN_UNDO, .id = n, .tag = 1});
    for (size_t i = 0; i < count; i++)
        add(batch, &(struct mom_input){.kind = MOM_IN_RESTORE_AT,
                                       .id = ids[i],
                                       .tag = 1,
                                       .at_ms = now->wall_ms - ((int64_t)i << 16)});
    for (int i = 0; i < 20 && rc == MOM_OK; i++) {
        int64_t deadline = mom_engine_deadline(engine);

        rc = step(engine, now, batch);
        if (deadline > now->mono_ms && deadline < now->mono_ms + 100000)
            now->mono_ms = deadline;
    }
    return rc;
}

static void whole_store(struct fuzz_bytes bytes, enum mom_shape shape)
{
    struct mom_config config = {.size = sizeof config, .shape = shape, .own_site = 1};
    struct mom_now now = {1000, 1700000000000};
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_engine *engine;
    uint64_t ids[16];
    int rc;

    must(batch != NULL && mom_store_memory_new(NULL, &config.store) == MOM_OK);
    fill(&config.store, &bytes);
    rc = mom_engine_new(&config, &now, &engine);
    must(rc == MOM_OK || is_damage(rc));
    if (rc != MOM_OK) {
        config.store.ops->close(config.store.store);
    } else {
        (void)work(engine, &now, batch);
        rc = mom_engine_reload(engine, &now);
        must(rc == MOM_OK || is_damage(rc));
        if (rc == MOM_OK)
            walk(engine, ids);
        mom_engine_free(engine);
    }
    mom_batch_free(batch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = fuzz_open(data, size);

    switch (fuzz_u8(&bytes) % 8) {
    case 0:
        record_value(rest(&bytes));
        break;
    case 1:
        base_value(rest(&bytes));
        break;
    case 2:
        conflict_value(rest(&bytes));
        break;
    case 3:
        any_key(rest(&bytes));
        break;
    case 5:
        history_value(rest(&bytes));
        break;
    default:
        whole_store(bytes, MOM_SHAPE_HUB);
        whole_store(bytes, MOM_SHAPE_STAR);
        break;
    }
    return 0;
}
