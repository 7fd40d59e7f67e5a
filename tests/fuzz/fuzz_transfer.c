/*
 * Fuzz target: any text as a file to import. It is refused, or it is taken: into an empty store, from
 * which it is exported again and gives the same export; and into one with records of its own, by
 * filling and by rolling back. Afterwards values are unique, relations are whole and counters right.
 *
 * Input: byte 0 is the size of the pieces in which the text is fed, byte 1 the size of a batch; the
 * rest is the text.
 */
#include "fuzz/fuzz.h"

#include "../../libmomsync/text.h"

#include <momsync/momsync.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct ft {
    struct mom_engine *engine;
    struct mom_batch *batch;
    struct mom_now now;
};

/* Sealing that seals nothing, so that the fuzzer can write secrets. */
static int ft_copy(void *user, uint8_t key, struct mom_str context, struct mom_str in,
                   unsigned char *out)
{
    (void)user;
    must(context.len == 10);
    if (in.len > 0)
        memcpy(out, in.ptr, in.len);
    return key == 0 ? MOM_OK : MOM_ENOENT;
}

static const struct mom_sealer ft_sealer = {NULL, 0, 0, ft_copy, ft_copy};

static void ft_open(struct ft *ft)
{
    struct mom_config config = {.size = sizeof config};

    ft->now = (struct mom_now){1000, 1700000000000};
    must(mom_store_memory_new(NULL, &config.store) == MOM_OK);
    must(mom_engine_new(&config, &ft->now, &ft->engine) == MOM_OK);
    ft->batch = mom_batch_new(NULL);
    must(ft->batch != NULL);
}

static void ft_close(struct ft *ft)
{
    mom_engine_free(ft->engine);
    mom_batch_free(ft->batch);
}

static void ft_step(struct ft *ft)
{
    struct mom_action action;

    must(mom_engine_step(ft->engine, &ft->now, ft->batch) == MOM_OK);
    mom_batch_reset(ft->batch);
    while (mom_engine_next_action(ft->engine, &action))
        must(action.kind <= MOM_DO_PROFILE);
}

static void ft_change(struct ft *ft, enum mom_type type, const char *name, const char *value,
                      uint64_t bind_to)
{
    const struct mom_attr attr = {mom__str(name), mom__str(value)};
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = type, .attrs = &attr, .attr_count = 1};

    in.has_bind = bind_to != 0;
    in.bind_to = bind_to;
    must(mom_batch_add(ft->batch, &in) == MOM_OK);
    ft_step(ft);
}

/* Records that the file may know by id or by number. */
static void ft_populate(struct ft *ft)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 1, .name = {"one", 3}};

    must(mom_batch_add(ft->batch, &in) == MOM_OK);
    ft_change(ft, MOM_DEVICE, "ipei", "03074 0220259 3", 0);
    ft_change(ft, MOM_USER, "num", "4711", 1);
    ft_change(ft, MOM_USER, "num", "4712", 0);
    ft_change(ft, MOM_USER, "num", "1", 0);
    in = (struct mom_input){.kind = MOM_IN_DELETE, .id = 4};
    must(mom_batch_add(ft->batch, &in) == MOM_OK);
    ft_step(ft);
}

static char *ft_export(struct ft *ft, size_t *ret_len)
{
    struct mom_export_options options = {.size = sizeof options, .sealer = &ft_sealer};
    struct mom_export *x;
    struct mom_view *view;
    struct mom_str line;
    char *text = NULL;

    *ret_len = 0;
    must(mom_view_open(ft->engine, &view) == MOM_OK);
    must(mom_export_new(view, &options, &x) == MOM_OK);
    for (;;) {
        must(mom_export_next(x, &line) == MOM_OK);
        if (line.len == 0)
            break;
        must(line.len <= MOM_TRANSFER_LINE_MAX && line.ptr[line.len - 1] == '\n');
        text = realloc(text, *ret_len + line.len);
        must(text != NULL);
        memcpy(text + *ret_len, line.ptr, line.len);
        *ret_len += line.len;
    }
    mom_export_free(x);
    mom_view_close(view);
    return text;
}

static struct mom_import *ft_read(const char *text, size_t len, size_t piece, int *ret_rc)
{
    struct mom_import_options options = {.size = sizeof options, .sealer = &ft_sealer};
    struct mom_import *imp;

    options.max_bytes = 1 << 20;
    must(mom_import_new(&options, &imp) == MOM_OK);
    *ret_rc = MOM_OK;
    for (size_t at = 0; at < len && *ret_rc == MOM_OK; at += piece)
        *ret_rc = mom_import_feed(imp, text + at, len - at < piece ? len - at : piece);
    if (*ret_rc == MOM_OK)
        *ret_rc = mom_import_end(imp);
    must((*ret_rc == MOM_OK) == (mom_import_error(imp)[0] == '\0'));
    must(*ret_rc == MOM_OK || strncmp(mom_import_error(imp), "line ", 5) == 0);
    return imp;
}

/* False: it is of another system. */
static bool ft_run(struct ft *ft, struct mom_import *imp, enum mom_import_mode mode, size_t limit)
{
    bool more = true;

    must(mom_import_begin(imp, mode) == MOM_OK);
    for (int steps = 0; more; steps++) {
        struct mom_view *view;
        int rc;

        must(steps < 20000);
        must(mom_view_open(ft->engine, &view) == MOM_OK);
        rc = mom_import_next(imp, view, ft->batch, limit, &more);
        mom_view_close(view);
        if (rc == MOM_EIDENT)
            return false;
        must(rc == MOM_OK);
        ft_step(ft);
    }
    return true;
}

static bool ft_visit(void *user, const struct mom_import_difference *d)
{
    unsigned *seen = user;

    must(d->kind >= MOM_IMPORT_CREATE && d->kind <= MOM_IMPORT_SETTING);
    must(d->id != 0 || d->kind == MOM_IMPORT_SETTING);
    ++*seen;
    return true;
}

static struct mom_import_counts ft_compare(struct ft *ft, struct mom_import *imp,
                                           enum mom_import_mode mode)
{
    struct mom_import_counts counts, again;
    struct mom_view *view;
    unsigned seen = 0;

    must(mom_view_open(ft->engine, &view) == MOM_OK);
    must(mom_import_compare(imp, view, mode, NULL, NULL, &counts) == MOM_OK);
    must(mom_import_compare(imp, view, mode, ft_visit, &seen, &again) == MOM_OK);
    must(memcmp(&counts, &again, sizeof counts) == 0);
    mom_view_close(view);
    return counts;
}

static void ft_check_record(struct mom_view *view, uint64_t id)
{
    const struct mom_record *r = mom_view_record(view, id);
    enum mom_type type = mom_record_type(r);
    uint64_t partner = mom_record_partner(r);
    struct mom_str value;
    char copy[256];

    if (!mom_record_parked(r) &&
        mom_record_get(r, type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei, &value) &&
        value.len > 0 && value.len < sizeof copy) {
        memcpy(copy, value.ptr, value.len);
        value.ptr = copy;
        r = mom_view_find(view, type == MOM_USER ? MOM_USER_num : MOM_DEVICE_ipei, value);
        must(r != NULL && mom_record_id(r) == id);
    }
    r = partner ? mom_view_record(view, partner) : NULL;
    must(!partner || (r && mom_record_partner(r) == id && mom_record_type(r) != type));
}

/* The number of parked records. */
static uint64_t ft_check(struct ft *ft)
{
    uint64_t numbers[3] = {0, 0, 0}, parked = 0;
    struct mom_counts counts;
    struct mom_view *view;

    must(mom_view_open(ft->engine, &view) == MOM_OK);
    for (int type = MOM_USER; type <= MOM_DEVICE; type++) {
        const struct mom_record *r;
        uint64_t id = 0;

        while ((r = mom_view_next(view, (enum mom_type)type, id)) != NULL) {
            id = mom_record_id(r);
            parked += mom_record_parked(r);
            numbers[type]++;
            ft_check_record(view, id);
        }
    }
    must(mom_view_counts(view, &counts) == MOM_OK);
    must(counts.users == numbers[MOM_USER] && counts.devices == numbers[MOM_DEVICE]);
    must(counts.parked == parked);
    mom_view_close(view);
    return parked;
}

/* Into an empty store and out again, twice. */
static void ft_round_trip(struct mom_import *imp, size_t limit)
{
    struct ft first, second;
    size_t len, len_again;
    char *text, *again;
    struct mom_import *copy;
    int rc;

    ft_open(&first);
    ft_open(&second);
    must(ft_run(&first, imp, MOM_IMPORT_FILL, limit));
    (void)ft_check(&first);
    text = ft_export(&first, &len);
    copy = ft_read(text, len, 1000, &rc);
    must(rc == MOM_OK);
    must(ft_run(&second, copy, MOM_IMPORT_FILL, 0));
    again = ft_export(&second, &len_again);
    must(len == len_again && memcmp(text, again, len) == 0);
    mom_import_free(copy);
    free(text);
    free(again);
    ft_close(&first);
    ft_close(&second);
}

static void ft_into(struct mom_import *imp, enum mom_import_mode mode, size_t limit)
{
    struct mom_import_counts counts;
    struct ft ft;

    ft_open(&ft);
    ft_populate(&ft);
    (void)ft_compare(&ft, imp, mode);
    if (ft_run(&ft, imp, mode, limit)) {
        uint64_t parked = ft_check(&ft);

        counts = ft_compare(&ft, imp, mode);
        must(counts.sites == 0 && counts.settings == 0 && counts.deleted == 0);
        /* Records of the file that are in each other's way cannot all be as it says. */
        if (parked == 0 && mode == MOM_IMPORT_ROLL_BACK && counts.clashes == 0)
            must(counts.created + counts.revived + counts.changed + counts.related == 0);
        must(mom_engine_reload(ft.engine, &ft.now) == MOM_OK);
        must(ft_check(&ft) == parked);
    }
    ft_close(&ft);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = fuzz_open(data, size);
    size_t piece = 1 + (size_t)fuzz_u8(&bytes) * 16, limit = fuzz_u8(&bytes), len;
    struct mom_import *imp;
    const char *text;
    int rc;

    text = fuzz_take(&bytes, fuzz_left(&bytes), &len);
    imp = ft_read(text, len, piece, &rc);
    if (rc == MOM_OK) {
        ft_round_trip(imp, limit);
        ft_into(imp, MOM_IMPORT_FILL, limit);
        ft_into(imp, MOM_IMPORT_ROLL_BACK, limit);
    }
    mom_import_free(imp);
    return 0;
}
