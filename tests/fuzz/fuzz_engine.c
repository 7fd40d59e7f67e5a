/*
 * Fuzz target: any sequence of inputs of several sites and an administrator, sensible and not. After
 * every step numbers and IPEIs belong to one live record each, relations are symmetric, the counters
 * are those of a recount, and the engine comes to rest. A reload gives the same records. The same is
 * done with a hub and with a node of a star.
 *
 * Input: operations, one byte each, and what they need. Alphabets are small, so that things meet.
 */
#include "fuzz/fuzz.h"

#include <momsync/momsync.h>

#define FZ_SECRET "sesame"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FZ_SITES = 3, FZ_OUTSTANDING = 64, FZ_RECORDS = 256, FZ_STEPS_MAX = 400 };

/* A PUT or REMOVE that a site has not answered. */
struct fz_call {
    mom_site site;
    uint64_t token;
    uint32_t device, user;
    bool new_device, new_user;
};

struct fz {
    struct fuzz_bytes bytes;
    enum mom_shape shape;
    struct mom_engine *engine;
    struct mom_batch *batch;
    struct mom_now now;
    struct fz_call calls[FZ_OUTSTANDING];
    unsigned call_count;
    uint64_t ids[FZ_RECORDS];
    unsigned id_count;
};

static struct mom_str fz_str(const char *text)
{
    struct mom_str str = {text, strlen(text)};

    return str;
}

/* --- what is told ----------------------------------------------------------------------------- */

static const char *const fz_user_names[] = {
    "num",     "name",   "addId",  "sipAuthId", "sipPw",       "pin",        "permanent",
    "relType", "sosNum", "extra1", "vip",       "forwardTime", "keyLockPin", "ppData"};
static const char *const fz_device_names[] = {
    "ipei", "encrypt", "relType", "s",   "uak", "subscriptionId", "subscribeToPARIOnly",
    "ac",   "ommId",   "extra1",  "ipei"};
static const char *const fz_values[] = {"",
                                        "1",
                                        "0",
                                        "2",
                                        "true",
                                        "00",
                                        "0x1",
                                        "K0000000000000001AAAA",
                                        "K0000000000000002AAAA",
                                        "Fixed",
                                        "Dynamic",
                                        "Unbound",
                                        "03074 0220259 3",
                                        "57005 0782068 7",
                                        "0307402202593",
                                        "Yes",
                                        "No",
                                        "00112233445566778899aabbccddeeff",
                                        "0503074220259",
                                        "0000000000000001"};

/* A value of any field; now and then one that is far too long. */
static struct mom_str fz_value(struct fz *f, const char *name)
{
    static char longest[70000];
    unsigned choice = fuzz_u8(&f->bytes);
    struct mom_str text;

    if (choice == 255) {
        memset(longest, 'x', sizeof longest);
        return (struct mom_str){longest, 1 + (size_t)fuzz_number(&f->bytes, 2)};
    }
    if (choice >= 240) {
        text.ptr = fuzz_take(&f->bytes, choice - 240, &text.len);
        return text;
    }
    if ((strcmp(name, "sipPw") == 0 || strcmp(name, "pin") == 0) && choice % 2 == 0)
        return fz_str("P" FZ_SECRET);
    if (strcmp(name, "ipei") == 0)
        return fz_str(fz_values[12 + choice % 3]);
    if (strcmp(name, "relType") == 0)
        return fz_str(fz_values[9 + choice % 3]);
    if (strcmp(name, "num") == 0)
        return fz_str(fz_values[1 + choice % 3]);
    return fz_str(fz_values[choice % (sizeof fz_values / sizeof fz_values[0])]);
}

static size_t fz_attrs(struct fz *f, enum mom_type type, struct mom_attr *attrs, size_t max)
{
    size_t count = fuzz_below(&f->bytes, (unsigned)max + 1);

    for (size_t i = 0; i < count; i++) {
        const char *name =
            type == MOM_USER
                ? fz_user_names[fuzz_below(&f->bytes,
                                           sizeof fz_user_names / sizeof fz_user_names[0])]
                : fz_device_names[fuzz_below(&f->bytes,
                                             sizeof fz_device_names / sizeof fz_device_names[0])];

        attrs[i].name = fz_str(name);
        attrs[i].value = fz_value(f, name);
    }
    return count;
}

static void fz_add(struct fz *f, const struct mom_input *input)
{
    must(mom_batch_add(f->batch, input) == MOM_OK);
}

static mom_site fz_site(struct fz *f)
{
    return 1 + fuzz_below(&f->bytes, FZ_SITES + 1);
}

static enum mom_type fz_type(struct fz *f)
{
    return fuzz_below(&f->bytes, 2) ? MOM_USER : MOM_DEVICE;
}

static uint64_t fz_id(struct fz *f)
{
    unsigned choice = fuzz_u8(&f->bytes);

    return f->id_count > 0 && choice < 250 ? f->ids[choice % f->id_count] : choice;
}

static int64_t fz_time(struct fz *f)
{
    unsigned choice = fuzz_u8(&f->bytes);

    if (choice < 64)
        return 0;
    if (choice == 255)
        return (int64_t)fuzz_number(&f->bytes, 8);
    return f->now.wall_ms + ((int)choice - 160) * 1000;
}

static void fz_record(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = fz_site(f), .type = fz_type(f)};
    struct mom_attr attrs[6];
    unsigned bits = fuzz_u8(&f->bytes);

    in.local = fuzz_below(&f->bytes, 5);
    in.partial = bits & 1;
    in.has_partner = bits & 2;
    if (in.has_partner)
        in.partner_local = fuzz_below(&f->bytes, 5);
    for (int k = 0; k < MOM_KINDS; k++)
        in.times_ms[k] = bits & 4u << k ? fz_time(f) : 0;
    in.attrs = attrs;
    in.attr_count = fz_attrs(f, in.type, attrs, 6);
    fz_add(f, &in);
}

/* A record that makes sense: a key, a relation and a partner. */
static void fz_sound_record(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = 1 + fuzz_below(&f->bytes, FZ_SITES)};
    unsigned local = fuzz_below(&f->bytes, 3);
    struct mom_attr attrs[3];

    in.type = fz_type(f);
    in.local = 1 + local;
    in.has_partner = true;
    in.partner_local = fuzz_below(&f->bytes, 4);
    attrs[0].name = fz_str(in.type == MOM_USER ? "num" : "ipei");
    attrs[0].value = fz_value(f, in.type == MOM_USER ? "num" : "ipei");
    attrs[1].name = fz_str("relType");
    attrs[1].value = fz_str(in.partner_local ? "Dynamic" : "Unbound");
    attrs[2].name = fz_str("permanent");
    attrs[2].value = fz_str(fuzz_below(&f->bytes, 4) ? "0" : "1");
    in.attrs = attrs;
    in.attr_count = in.type == MOM_USER ? 3 : 2;
    for (int k = 0; k < MOM_KINDS; k++)
        in.times_ms[k] = fz_time(f);
    fz_add(f, &in);
}

static void fz_change(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_CHANGE, .tag = 1 + fuzz_below(&f->bytes, 2)};
    struct mom_attr attrs[4];

    in.type = fz_type(f);
    in.id = fuzz_below(&f->bytes, 3) ? fz_id(f) : 0;
    in.attrs = attrs;
    in.attr_count = fz_attrs(f, in.type, attrs, 4);
    in.has_bind = fuzz_below(&f->bytes, 3) == 0;
    if (in.has_bind)
        in.bind_to = fuzz_below(&f->bytes, 3) ? fz_id(f) : 0;
    fz_add(f, &in);
}

static void fz_located(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = fz_site(f), .at_ms = fz_time(f)};

    if (fuzz_below(&f->bytes, 4))
        in.ipei = fz_value(f, "ipei");
    else
        in.subscription = fz_value(f, "subscriptionId");
    fz_add(f, &in);
}

static void fz_heard(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_HEARD, .site = fz_site(f)};

    in.local = fuzz_below(&f->bytes, 5);
    if (in.local == 0)
        in.ipei = fz_value(f, "ipei");
    fz_add(f, &in);
}

/* Somebody logs in or out, or subscribes a phone. */
static void fz_person(struct fz *f, enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .site = fz_site(f)};

    in.local_device = fuzz_below(&f->bytes, 5);
    in.token = fuzz_u8(&f->bytes);
    in.number = fz_value(f, "num");
    if (fuzz_below(&f->bytes, 2))
        in.additional = fz_value(f, "addId");
    if (kind == MOM_IN_SUBSCRIBE)
        in.ipei = fz_value(f, "ipei");
    fz_add(f, &in);
}

static void fz_profile(struct fz *f)
{
    struct mom_input in = {.kind = MOM_IN_PROFILE, .site = fz_site(f)};

    in.local = fuzz_below(&f->bytes, 23);
    in.name = fz_value(f, "name");
    in.value = fz_value(f, "ppData");
    in.at_ms = fz_time(f);
    fz_add(f, &in);
}

/* An answer to something that was asked, or to nothing. */
static void fz_result(struct fz *f)
{
    static const int codes[] = {MOM_OK,     MOM_OK,     MOM_OK,    MOM_ENOENT,
                                MOM_EEXIST, MOM_EVALUE, MOM_ELIMIT};
    struct mom_input in = {.kind = MOM_IN_RESULT};
    unsigned bits = fuzz_u8(&f->bytes), at = fuzz_u8(&f->bytes);

    in.rc = codes[fuzz_below(&f->bytes, sizeof codes / sizeof codes[0])];
    if (bits >= 240 || f->call_count == 0) {
        in.site = fz_site(f);
        in.token = fuzz_u8(&f->bytes);
        in.local_device = fuzz_below(&f->bytes, 5);
        in.local_user = fuzz_below(&f->bytes, 5);
    } else {
        struct fz_call *call = &f->calls[at % f->call_count];

        in.site = call->site;
        in.token = call->token;
        in.local_device = call->new_device ? 1 + fuzz_below(&f->bytes, 5) : call->device;
        in.local_user = call->new_user ? 1 + fuzz_below(&f->bytes, 5) : call->user;
        *call = f->calls[--f->call_count];
    }
    fz_add(f, &in);
}

static void fz_plain(struct fz *f, enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .site = fz_site(f), .type = fz_type(f)};
    unsigned choice = fuzz_u8(&f->bytes);

    in.local = choice % 6;
    in.name = fz_str(choice & 1 ? "x" : "");
    in.value = choice & 2 ? fz_str("y") : (struct mom_str){NULL, 0};
    if (kind == MOM_IN_SITE_ADD)
        in.policy = (enum mom_policy)(choice % (MOM_POLICY_END + 1));
    if (kind == MOM_IN_IDENTIFIED) {
        in.park = (struct mom_park){31, 0x10280000u + in.site};
        in.platform = (enum mom_platform)(choice % 5);
        if (choice >= 230)
            in.park = (struct mom_park){(uint8_t)(choice - 225), choice & 3};
    }
    if (kind == MOM_IN_DELETE) {
        in.id = fz_id(f);
        in.tag = 3;
    }
    if (kind == MOM_IN_SITE_REMOVE && choice < 200)
        return;
    fz_add(f, &in);
}

/* --- what must hold --------------------------------------------------------------------------- */

static uint64_t fz_hash(uint64_t hash, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ at[i]) * UINT64_C(1099511628211);
    return hash;
}

static void fz_check_unique(struct mom_view *view, const struct mom_record *record)
{
    enum mom_field field = mom_record_type(record) == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei;
    uint64_t id = mom_record_id(record);
    const struct mom_record *found;
    struct mom_str value;
    char copy[256];

    if (mom_record_parked(record) || !mom_record_get(record, field, &value) || value.len == 0)
        return;
    must(value.len < sizeof copy);
    memcpy(copy, value.ptr, value.len);
    value.ptr = copy;
    found = mom_view_find(view, field, value);
    must(found != NULL && mom_record_id(found) == id);
}

/* In a star being bound does not make a phone be anywhere. */
static void fz_check_partner(const struct fz *f, struct mom_view *view, uint64_t id)
{
    const struct mom_record *record = mom_view_record(view, id);
    enum mom_type type = mom_record_type(record);
    uint64_t partner = mom_record_partner(record);
    mom_site sites[2] = {mom_record_site(record), 0};

    if (partner == 0)
        return;
    record = mom_view_record(view, partner);
    must(record != NULL && mom_record_type(record) != type);
    must(mom_record_partner(record) == id);
    sites[1] = mom_record_site(record);
    must(sites[0] == sites[1] ||
         (f->shape == MOM_SHAPE_STAR && sites[type == MOM_DEVICE ? 0 : 1] == 0));
}

/* All that a record is; `whole`: where it is too. */
static uint64_t fz_hash_record(uint64_t hash, const struct mom_record *record, bool whole)
{
    uint64_t numbers[] = {mom_record_id(record),
                          mom_record_partner(record),
                          mom_record_parked(record),
                          whole ? mom_record_site(record) : 0,
                          whole ? mom_record_epoch(record) : 0,
                          whole ? mom_record_version(record) : 0};
    struct mom_attr extra;
    struct mom_str value;

    hash = fz_hash(hash, numbers, sizeof numbers);
    for (enum mom_field f = (enum mom_field)1; f < MOM_FIELD_COUNT; f++) {
        if (mom_field_info(f)->owner == mom_record_type(record) &&
            mom_record_get(record, f, &value))
            hash = fz_hash(hash, value.ptr, value.len);
    }
    for (size_t i = 0; mom_record_extra(record, i, &extra); i++)
        hash = fz_hash(fz_hash(hash, extra.name.ptr, extra.name.len), extra.value.ptr,
                       extra.value.len);
    return hash;
}

/* Every decision follows from its row. */
static void fz_check_conflicts(struct mom_view *view)
{
    struct mom_conflict conflict = {.sequence = 0};

    while (mom_view_next_conflict(view, conflict.sequence, &conflict))
        must(mom_conflict_check(&conflict));
}

/* What was is known, or said not to be. */
static void fz_check_past(struct fz *f, struct mom_view *view, uint64_t id)
{
    const struct mom_record *record;
    struct mom_version version;
    int rc = mom_view_version(view, id, 0, &version);

    must(rc == MOM_OK);
    must(version.at_ms <= f->now.wall_ms);
    must(mom_view_record_at(view, id, f->now.wall_ms, &record) == MOM_OK);
    must(mom_record_id(record) == id);
    rc = mom_view_record_at(view, id, version.at_ms - 1, &record);
    must(rc == MOM_OK || rc == MOM_ENOENT || rc == MOM_EHISTORY);
}

/* Everything that must hold; the hash is that of all records. */
static uint64_t fz_check(struct fz *f, bool whole)
{
    uint64_t hash = UINT64_C(14695981039346656037), users = 0, devices = 0, parked = 0;
    const struct mom_record *record;
    struct mom_counts counts;
    struct mom_view *view;

    f->id_count = 0;
    must(mom_view_open(f->engine, &view) == MOM_OK);
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        uint64_t id = 0;

        while ((record = mom_view_next(view, (enum mom_type)type, id)) != NULL) {
            id = mom_record_id(record);
            hash = fz_hash_record(hash, record, whole);
            *(type == MOM_USER ? &users : &devices) += 1;
            parked += mom_record_parked(record);
            if (f->id_count < FZ_RECORDS)
                f->ids[f->id_count++] = id;
            fz_check_unique(view, record);
            fz_check_partner(f, view, id);
            fz_check_past(f, view, id);
        }
    }
    fz_check_conflicts(view);
    must(mom_view_counts(view, &counts) == MOM_OK);
    must(counts.users == users && counts.devices == devices && counts.parked == parked);
    mom_view_close(view);
    return hash;
}

/* --- steps ------------------------------------------------------------------------------------ */

static void fz_take_action(struct fz *f, const struct mom_action *action)
{
    struct fz_call call = {.site = action->site, .token = action->token};

    if (action->kind != MOM_DO_PUT && action->kind != MOM_DO_REMOVE)
        return;
    must(action->token != 0 && action->site >= 1 && action->site <= FZ_SITES + 1);
    if (action->kind == MOM_DO_PUT) {
        must(action->device.id || action->user.id || action->relation.len);
        call.new_device = action->device.id && action->device.local == 0;
        call.new_user = action->user.id && action->user.local == 0;
        call.device = action->device.id ? action->device.local : action->local_device;
        call.user = action->user.id ? action->user.local : action->local_user;
    } else {
        must(action->local != 0);
    }
    if (f->call_count == FZ_OUTSTANDING)
        f->call_count--;
    f->calls[f->call_count++] = call;
}

static void fz_one_step(struct fz *f)
{
    struct mom_action action;

    must(mom_engine_step(f->engine, &f->now, f->batch) == MOM_OK);
    mom_batch_reset(f->batch);
    while (mom_engine_next_action(f->engine, &action))
        fz_take_action(f, &action);
}

/* Until nothing is due now. */
static void fz_step(struct fz *f)
{
    int guard = 0;

    do {
        fz_one_step(f);
        must(++guard < 50);
    } while (mom_engine_deadline(f->engine) <= f->now.mono_ms);
    (void)fz_check(f, true);
}

static void fz_wait(struct fz *f)
{
    int64_t deadline = mom_engine_deadline(f->engine);
    int64_t ms = (int64_t)fuzz_u8(&f->bytes) * 100;

    if (ms > 20000 && deadline != MOM_NEVER && deadline > f->now.mono_ms)
        ms = deadline - f->now.mono_ms;
    f->now.mono_ms += ms;
    f->now.wall_ms += ms;
    fz_step(f);
}

static void fz_reload(struct fz *f)
{
    struct mom_counts before, after;
    struct mom_view *view;
    uint64_t hash;

    fz_step(f);
    must(mom_view_open(f->engine, &view) == MOM_OK);
    must(mom_view_counts(view, &before) == MOM_OK);
    mom_view_close(view);
    /* A phone that is on its way may be found to have arrived, or to be back. */
    hash = fz_check(f, before.handoffs_active == 0);
    f->call_count = 0;
    must(mom_engine_reload(f->engine, &f->now) == MOM_OK);
    must(hash == fz_check(f, before.handoffs_active == 0));
    must(mom_view_open(f->engine, &view) == MOM_OK);
    must(mom_view_counts(view, &after) == MOM_OK);
    mom_view_close(view);
    must(before.tombstones == after.tombstones && before.permanent == after.permanent);
    must(before.conflicts == after.conflicts);
}

static void fz_put_back(struct fz *f)
{
    struct mom_input in = {.tag = 1};

    if (fuzz_below(&f->bytes, 2)) {
        in.kind = MOM_IN_UNDO;
        in.id = fuzz_below(&f->bytes, 8);
    } else {
        in.kind = MOM_IN_RESTORE_AT;
        in.id = fz_id(f);
        in.at_ms = fz_time(f);
    }
    fz_add(f, &in);
}

static void fz_operation(struct fz *f)
{
    unsigned op = fuzz_u8(&f->bytes) % 32;

    if (op < MOM_IN_RENEWED + 1u && op != MOM_IN_CHANGE && op != MOM_IN_RECORD &&
        op != MOM_IN_LOCATED && op != MOM_IN_RESULT)
        fz_plain(f, (enum mom_input_kind)op);
    else if (op == MOM_IN_CHANGE)
        fz_change(f);
    else if (op == MOM_IN_RECORD)
        fz_record(f);
    else if (op == MOM_IN_LOCATED)
        fz_located(f);
    else if (op == MOM_IN_RESULT || op == 15)
        fz_result(f);
    else if (op == 16)
        fz_profile(f);
    else if (op == 17)
        fz_reload(f);
    else if (op < 20)
        fz_wait(f);
    else if (op < 26)
        fz_sound_record(f);
    else if (op < 29)
        fz_person(f, op == 26 ? MOM_IN_LOGIN : op == 27 ? MOM_IN_LOGOUT : MOM_IN_SUBSCRIBE);
    else if (op == 29)
        fz_heard(f);
    else if (op == 30)
        fz_put_back(f);
    else
        fz_step(f);
}

/* Whatever a site says, a line is a line and shows no secret. */
static void fz_check_line(void *user, const char *line)
{
    (void)user;
    must(strchr(line, '\n') == NULL && strstr(line, FZ_SECRET) == NULL);
}

static void fz_check_log(void *user, enum mom_level level, const char *line)
{
    must(level <= MOM_LOG_DEBUG);
    fz_check_line(user, line);
}

static void fz_begin(struct fz *f, enum mom_shape shape)
{
    struct mom_config config = {.size = sizeof config,
                                .shape = shape,
                                .own_site = 2,
                                .limits = {.users = 40, .permanent = 4, .site_devices = 5}};
    struct mom_input in = {.kind = MOM_IN_SITE_ADD};

    config.log = fz_check_log;
    config.trace = fz_check_line;
    must(mom_store_memory_new(NULL, &config.store) == MOM_OK);
    f->now = (struct mom_now){1000, 1700000000000};
    must(mom_engine_new(&config, &f->now, &f->engine) == MOM_OK);
    f->batch = mom_batch_new(NULL);
    must(f->batch != NULL);
    for (in.site = 1; in.site <= FZ_SITES; in.site++) {
        in.kind = MOM_IN_SITE_ADD;
        in.name = fz_str("site");
        fz_add(f, &in);
        in.kind = MOM_IN_IDENTIFIED;
        in.park = (struct mom_park){31, 0x10280000u + in.site};
        fz_add(f, &in);
        in.kind = MOM_IN_IMPORT;
        fz_add(f, &in);
        in.kind = MOM_IN_IMPORTED;
        fz_add(f, &in);
    }
    fz_step(f);
}

static void fz_run(const uint8_t *data, size_t size, enum mom_shape shape)
{
    struct fz *f = calloc(1, sizeof *f);

    must(f != NULL);
    f->bytes = fuzz_open(data, size);
    for (size_t i = 0; i + strlen(FZ_SECRET) <= size; i++) {
        if (memcmp(data + i, FZ_SECRET, strlen(FZ_SECRET)) == 0) {
            f->bytes.end = data + i; /* it could be told as something else */
            break;
        }
    }
    f->shape = shape;
    fz_begin(f, shape);
    for (int i = 0; i < FZ_STEPS_MAX && fuzz_left(&f->bytes) > 0; i++)
        fz_operation(f);
    fz_reload(f);
    mom_engine_free(f->engine);
    mom_batch_free(f->batch);
    free(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fz_run(data, size, MOM_SHAPE_HUB);
    fz_run(data, size, MOM_SHAPE_STAR);
    return 0;
}
