/*
 * Export: a view as lines of text, one for each record. docs/store.md describes the form; its
 * reader is transfer_read.c.
 */
#include "node.h"
#include "seal.h"
#include "transfer_text.h"

#include <momsync/transfer.h>

#include <string.h>

enum part { HEAD, SITES, SETTINGS, RECORDS, END, DONE };

struct mom_export {
    struct mom_view *view;
    struct mom_engine *engine;
    struct mom_alloc alloc;
    struct mom_export_options options;
    struct mom_sealer sealer;
    bool secrets;
    enum part part;
    mom_site site;
    uint64_t id, lines;
    struct mom__buf name; /* of the last setting */
    struct mom__buf line;
    struct mom__arena arena;
};

int mom_export_new(struct mom_view *view, const struct mom_export_options *options,
                   struct mom_export **ret_export)
{
    struct mom_export *x;

    if (!view || !options || options->size != sizeof *options || !ret_export)
        return MOM_EINVAL;
    x = mom__zalloc(&mom__view_engine(view)->alloc, sizeof *x);
    if (!x)
        return MOM_ENOMEM;
    x->view = view;
    x->engine = mom__view_engine(view);
    x->alloc = x->engine->alloc;
    x->options = *options;
    x->secrets = mom__can_seal(options->sealer);
    if (x->secrets)
        x->sealer = *options->sealer;
    mom__buf_init(&x->name, &x->alloc);
    mom__buf_init(&x->line, &x->alloc);
    mom__arena_init(&x->arena, &x->alloc);
    *ret_export = x;
    return MOM_OK;
}

void mom_export_free(struct mom_export *exporter)
{
    struct mom_alloc alloc;

    if (!exporter)
        return;
    alloc = exporter->alloc;
    mom__buf_done(&exporter->name);
    mom__buf_done(&exporter->line);
    mom__arena_done(&exporter->arena);
    mom__free(&alloc, exporter);
}

/* --- head, sites, settings -------------------------------------------------------------------- */

static void write_park(struct mom__buf *buf, const char *key, struct mom_park park)
{
    char hex[MOM_PARK_HEX_LEN + 1];

    if (!park.pli)
        return;
    mom_park_hex(park, hex);
    mom__write_key(buf, key);
    mom__write_text(buf, hex);
}

static void write_head(struct mom_export *x)
{
    struct mom__buf *buf = &x->line;

    mom__write_text(buf, MOM__TRANSFER_MAGIC " ");
    mom__write_number(buf, MOM_TRANSFER_FORMAT);
    mom__write_key(buf, "version");
    mom__write_quoted(buf, mom__str(mom_version()));
    mom__write_key(buf, "time");
    mom__write_number(buf, x->options.time_ms > 0 ? (uint64_t)x->options.time_ms : 0);
    write_park(buf, "sari", mom_engine_sari(x->engine));
    mom__write_key(buf, "secrets");
    mom__write_text(buf, x->secrets ? "sealed" : "none");
}

/* False when there are no more. */
static bool write_site(struct mom_export *x)
{
    struct mom_site_info info;

    x->site = mom_engine_next_site(x->engine, x->site);
    if (!x->site || !mom_engine_site(x->engine, x->site, &info))
        return false;
    mom__write_text(&x->line, "site ");
    mom__write_number(&x->line, x->site);
    mom__write_key(&x->line, "name");
    mom__write_quoted(&x->line, mom__str(info.name));
    write_park(&x->line, "park", info.park);
    return true;
}

static bool write_setting(struct mom_export *x)
{
    struct mom_attr setting;

    if (x->options.no_settings ||
        !mom_view_next_setting(x->view, mom__buf_view(&x->name), &setting))
        return false;
    mom__write_text(&x->line, "setting ");
    mom__write_quoted(&x->line, setting.name);
    mom__buf_u8(&x->line, ' ');
    mom__write_quoted(&x->line, setting.value);
    mom__buf_reset(&x->name);
    mom__buf_bytes(&x->name, setting.name.ptr, setting.name.len);
    return true;
}

/* --- records ---------------------------------------------------------------------------------- */

static bool is_left_out(const struct mom_export *x, enum mom_field f, struct mom_str value)
{
    bool secret = (mom_field_info(f)->flags & MOM_SECRET) && value.len > 0;

    /* One that could not be opened is of no use to anybody. */
    return secret && (!x->secrets || mom__is_sealed_value(f, value));
}

/* A secret in an export is a star and what the hook made of it. */
static int write_value(struct mom_export *x, const struct mom_record *r, enum mom_field f)
{
    struct mom_str value = mom__record_value(r, f), sealed;
    int rc;

    mom__write_key(&x->line, mom_field_info(f)->name);
    if (!(mom_field_info(f)->flags & MOM_SECRET) || value.len == 0) {
        mom__write_quoted(&x->line, value);
        return MOM_OK;
    }
    rc = mom__seal_value(&x->sealer, r->id, f, value, &x->arena, &sealed);
    if (rc != MOM_OK)
        return rc;
    mom__buf_u8(&x->line, '*');
    mom__write_hex(&x->line, (struct mom_str){sealed.ptr + 1, sealed.len - 1});
    return MOM_OK;
}

static bool is_plain_name(struct mom_str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_' || c == '-' || c == '.' || c == ':'))
            return false;
    }
    return name.len > 0;
}

static void write_extra(struct mom__buf *buf, const struct mom_attr *extra)
{
    mom__write_text(buf, " +");
    if (is_plain_name(extra->name))
        mom__buf_bytes(buf, extra->name.ptr, extra->name.len);
    else
        mom__write_quoted(buf, extra->name);
    mom__buf_u8(buf, '=');
    mom__write_quoted(buf, extra->value);
}

/* The fields of a group that have something to tell. */
static int write_group(struct mom_export *x, const struct mom_record *r, enum mom_field group,
                       bool *ret_wrote)
{
    int rc = MOM_OK;

    *ret_wrote = false;
    for (enum mom_field f = group; f != mom__group_end(group) && rc == MOM_OK; f++) {
        enum mom_form form = mom_field_info(f)->form;
        struct mom_str value = mom__record_value(r, f);

        if (form == MOM_PARTNER && r->partner) {
            mom__write_key(&x->line, "partner");
            mom__write_number(&x->line, r->partner);
            *ret_wrote = true;
        } else if (form == MOM_EXTRA) {
            for (size_t i = 0; i < r->extra_count; i++)
                write_extra(&x->line, &r->extra[i]);
            *ret_wrote |= r->extra_count > 0;
        } else if (value.ptr && !is_left_out(x, f, value)) {
            rc = write_value(x, r, f);
            *ret_wrote = true;
        }
    }
    return rc;
}

/* A group whose only content was left out is left out too: its stamp would say that it is empty. */
static bool has_secret(const struct mom_record *r, enum mom_field group)
{
    for (enum mom_field f = group; f != mom__group_end(group); f++) {
        if ((mom_field_info(f)->flags & MOM_SECRET) && mom__record_value(r, f).len > 0)
            return true;
    }
    return false;
}

static int write_groups(struct mom_export *x, const struct mom_record *r)
{
    struct mom_stamp current = {-1, 0, 0};
    int rc = MOM_OK;

    for (enum mom_field f = mom__field_first(r->type); f != mom__field_end(r->type); f++) {
        struct mom_stamp stamp = mom_record_stamp(r, f);
        size_t mark = x->line.len, begin;
        bool wrote;

        if (!mom__field_leads(f))
            continue;
        if (mom_stamp_compare(stamp, current) != 0) {
            mom__write_text(&x->line, " @");
            mom__write_stamp(&x->line, stamp);
        }
        begin = x->line.len;
        rc = write_group(x, r, f, &wrote);
        if (rc != MOM_OK || x->line.failed)
            break;
        if (!wrote && !mom__stamp_is_zero(stamp) && !has_secret(r, f)) {
            mom__write_text(&x->line, mom_field_info(f)->form == MOM_EXTRA ? " +" : " ");
            if (mom_field_info(f)->form != MOM_EXTRA)
                mom__write_text(&x->line, mom_field_info(f)->name);
        }
        if (x->line.len == begin)
            x->line.len = mark;
        else
            current = stamp;
    }
    return rc;
}

static int write_record(struct mom_export *x, const struct mom_record *r)
{
    struct mom__buf *buf = &x->line;

    mom__write_text(buf, r->type == MOM_USER ? "user " : "device ");
    mom__write_number(buf, r->id);
    mom__write_key(buf, "created");
    mom__write_stamp(buf, r->created);
    if (r->flags & MOM__DELETED) {
        mom__write_key(buf, "deleted");
        mom__write_stamp(buf, r->deleted);
    }
    if (r->flags & MOM__PARKED)
        mom__write_text(buf, " parked");
    if (r->site) {
        mom__write_key(buf, "site");
        mom__write_number(buf, r->site);
    }
    if (r->epoch || r->claim_ms) {
        mom__write_key(buf, "epoch");
        mom__write_number(buf, r->epoch);
        mom__write_key(buf, "claim");
        if (r->claim_ms < 0)
            mom__buf_u8(buf, '-');
        mom__write_number(buf, r->claim_ms < 0 ? 0 - (uint64_t)r->claim_ms : (uint64_t)r->claim_ms);
    }
    return write_groups(x, r);
}

static bool visit_id(void *user, struct mom_str key, struct mom_str value)
{
    struct mom_export *x = user;

    (void)value;
    if (mom__key_read_id(key, &x->id) != MOM_OK)
        x->id = 0;
    return false;
}

/* The next record that is not left out; NULL at the end. */
static int next_record(struct mom_export *x, const struct mom_record **ret_record)
{
    int rc = MOM_OK;

    *ret_record = NULL;
    while (rc == MOM_OK && !*ret_record && x->id < UINT64_MAX) {
        uint64_t after = x->id;
        struct mom__key key;
        const struct mom_record *r;

        mom__arena_reset(&x->arena, MOM__STEP_KEEP);
        rc = x->engine->store.ops->scan(mom__view_txn(x->view), MOM_T_RECORD,
                                        mom__key_id(&key, after + 1), visit_id, x);
        if (rc != MOM_OK || x->id == after)
            return rc;
        if (x->id == 0)
            return MOM_ECORRUPT;
        r = mom__view_load(x->view, x->id, &x->arena, &rc);
        if (r && !(x->options.no_tombstones && (r->flags & MOM__DELETED)))
            *ret_record = r;
    }
    return rc;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* A line of the part at hand, or an empty one and the next part. */
static int write_line(struct mom_export *x)
{
    const struct mom_record *record;
    int rc = MOM_OK;

    switch (x->part) {
    case HEAD:
        write_head(x);
        x->part = SITES;
        break;
    case SITES:
        if (!write_site(x))
            x->part = SETTINGS;
        break;
    case SETTINGS:
        if (!write_setting(x))
            x->part = RECORDS;
        break;
    case RECORDS:
        rc = next_record(x, &record);
        if (rc == MOM_OK && record)
            rc = write_record(x, record);
        else if (rc == MOM_OK)
            x->part = END;
        break;
    case END:
        mom__write_text(&x->line, "end ");
        mom__write_number(&x->line, x->lines);
        x->part = DONE;
        break;
    case DONE:
        break;
    }
    return rc;
}

int mom_export_next(struct mom_export *exporter, struct mom_str *ret_line)
{
    struct mom_export *x = exporter;
    int rc = MOM_OK;

    if (!x || !ret_line)
        return MOM_EINVAL;
    mom__buf_reset(&x->line);
    while (rc == MOM_OK && x->line.len == 0 && !x->line.failed && x->part != DONE)
        rc = write_line(x);
    if (x->line.len > 0)
        mom__buf_u8(&x->line, '\n');
    if (rc == MOM_OK && (x->line.failed || x->name.failed))
        rc = MOM_ENOMEM;
    if (rc != MOM_OK)
        return rc;
    x->lines++;
    *ret_line = mom__buf_view(&x->line);
    return MOM_OK;
}
