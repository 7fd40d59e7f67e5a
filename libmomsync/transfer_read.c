/*
 * Reading an export: lines of any origin, so everything is checked, and the first mistake is told
 * with its line. docs/store.md describes the form; its writer is transfer.c.
 */
#include "seal.h"
#include "transfer_import.h"
#include "transfer_text.h"

#include <string.h>

enum { ROW_BYTES = 250, MAX_DEFAULT_MIB = 256 };

/* --- life ------------------------------------------------------------------------------------- */

int mom_import_new(const struct mom_import_options *options, struct mom_import **ret_import)
{
    struct mom_import *imp;
    int rc;

    if (!options || options->size != sizeof *options || !ret_import)
        return MOM_EINVAL;
    imp = mom__zalloc(&options->alloc, sizeof *imp);
    if (!imp)
        return MOM_ENOMEM;
    imp->alloc = mom__alloc_copy(&options->alloc);
    imp->max_bytes = options->max_bytes ? options->max_bytes : (uint64_t)MAX_DEFAULT_MIB << 20;
    if (mom__can_seal(options->sealer))
        imp->sealer = *options->sealer;
    mom__buf_init(&imp->line, &imp->alloc);
    mom__buf_init(&imp->buf, &imp->alloc);
    mom__buf_init(&imp->cursor.name, &imp->alloc);
    mom__idmap_init(&imp->lines, &imp->alloc);
    mom__arena_init(&imp->arena, &imp->alloc);
    mom__text_init(&imp->error);
    rc = mom_store_memory_new(&imp->alloc, &imp->store);
    if (rc == MOM_OK)
        rc = imp->store.ops->begin(imp->store.store, true, &imp->txn);
    if (rc != MOM_OK) {
        mom_import_free(imp);
        return rc;
    }
    *ret_import = imp;
    return MOM_OK;
}

void mom_import_free(struct mom_import *import)
{
    struct mom_alloc alloc;

    if (!import)
        return;
    alloc = import->alloc;
    if (import->store.ops)
        import->store.ops->close(import->store.store);
    mom__buf_done(&import->line);
    mom__buf_done(&import->buf);
    mom__buf_done(&import->cursor.name);
    mom__idmap_done(&import->lines);
    mom__arena_done(&import->arena);
    mom__free(&alloc, import);
}

const char *mom_import_error(const struct mom_import *import)
{
    return import ? import->error.buf : "";
}

bool mom_import_info(const struct mom_import *import, struct mom_import_info *ret_info)
{
    if (!import || import->state != MOM__IMPORT_READY || !ret_info)
        return false;
    *ret_info = import->info;
    return true;
}

static int fail(struct mom_import *imp, uint64_t line, int rc, const char *wrong)
{
    imp->state = MOM__IMPORT_FAILED;
    imp->rc = rc;
    mom__text_init(&imp->error);
    mom__text_add(&imp->error, "line ");
    mom__text_uint(&imp->error, line);
    mom__text_add(&imp->error, ": ");
    mom__text_add(&imp->error, wrong);
    return rc;
}

/* Keep a row; false after a failure. */
static void keep(struct mom_import *imp, struct mom__words *words, enum mom_table table,
                 struct mom_str key, struct mom_str value)
{
    int rc;

    if (words->rc != MOM_OK)
        return;
    imp->bytes += key.len + value.len + ROW_BYTES;
    if (imp->bytes > imp->max_bytes) {
        mom__words_fail(words, MOM_ELIMIT, "more than an import may hold");
        return;
    }
    rc = imp->store.ops->put(imp->txn, table, key, value);
    if (rc != MOM_OK)
        mom__words_fail(words, rc == MOM_EINVAL ? MOM_ETOOLONG : rc, "a name or value is too long");
}

static bool is_known(struct mom_import *imp, enum mom_table table, struct mom_str key)
{
    struct mom_str value;

    return imp->store.ops->get(imp->txn, table, key, &value) == MOM_OK;
}

/* --- head, sites, settings -------------------------------------------------------------------- */

static struct mom_park read_park(struct mom__words *words)
{
    struct mom_park park = {0, 0};
    struct mom_str text = mom__words_name(words);

    if (mom_park_parse(text, &park) != MOM_OK)
        mom__words_fail(words, MOM_EIDENT, "a PARK or SARI has 10 hexadecimal digits");
    return park;
}

/* "key=": false at the end. */
static bool read_key(struct mom__words *words, struct mom_str *ret_key)
{
    if (mom__words_end(words))
        return false;
    *ret_key = mom__words_name(words);
    if (!mom__words_take(words, '='))
        mom__words_fail(words, MOM_EVALUE, "a '=' is missing");
    return words->rc == MOM_OK;
}

static void read_head(struct mom_import *imp, struct mom__words *words)
{
    struct mom_str key = mom__words_name(words);

    if (!mom__equal_c(key, MOM__TRANSFER_MAGIC)) {
        mom__words_fail(words, MOM_EVALUE, "this is no export of momsync");
        return;
    }
    (void)mom__words_end(words);
    if (mom__words_number(words, UINT32_MAX) > MOM_TRANSFER_FORMAT) {
        mom__words_fail(words, MOM_EFORMAT, "the export was written by a later version");
        return;
    }
    while (read_key(words, &key)) {
        if (mom__equal_c(key, "version")) {
            (void)mom__words_quoted(words);
        } else if (mom__equal_c(key, "time")) {
            imp->info.time_ms = mom__words_signed(words);
        } else if (mom__equal_c(key, "sari")) {
            imp->info.sari = read_park(words);
        } else if (mom__equal_c(key, "secrets")) {
            struct mom_str how = mom__words_name(words);

            imp->sealed = mom__equal_c(how, "sealed");
            if (!imp->sealed && !mom__equal_c(how, "none"))
                mom__words_fail(words, MOM_EVALUE, "secrets are sealed or none");
        } else {
            mom__words_fail(words, MOM_EFORMAT,
                            "the head has a word that this version does not know");
        }
    }
    imp->info.secrets = imp->sealed && imp->sealer.seal;
}

static void read_site(struct mom_import *imp, struct mom__words *words)
{
    mom_site site = (mom_site)mom__words_number(words, MOM__DEFAULT_NODE - 1);
    struct mom_park park = {0, 0};
    struct mom_str name = {"", 0}, key;
    char hex[MOM_PARK_HEX_LEN + 1];
    struct mom__key room;

    while (read_key(words, &key)) {
        if (mom__equal_c(key, "name"))
            name = mom__words_quoted(words);
        else if (mom__equal_c(key, "park"))
            park = read_park(words);
        else
            mom__words_fail(words, MOM_EFORMAT, "a site has no such word");
    }
    if (site == 0)
        mom__words_fail(words, MOM_EVALUE, "a site has a number from 1 on");
    if (name.len > 63)
        mom__words_fail(words, MOM_ETOOLONG, "the name of a site has at most 63 bytes");
    if (words->rc == MOM_OK && is_known(imp, MOM_T_SITE, mom__key_site(&room, site)))
        mom__words_fail(words, MOM_EEXIST, "the site was there already");
    mom_park_hex(park, hex);
    mom__buf_reset(&imp->buf);
    mom__buf_bytes(&imp->buf, hex, MOM_PARK_HEX_LEN);
    mom__buf_bytes(&imp->buf, name.ptr, name.len);
    if (imp->buf.failed)
        mom__words_fail(words, MOM_ENOMEM, "out of memory");
    keep(imp, words, MOM_T_SITE, mom__key_site(&room, site), mom__buf_view(&imp->buf));
    imp->info.sites++;
}

static void read_setting(struct mom_import *imp, struct mom__words *words)
{
    struct mom_str name = mom__words_quoted(words), value;

    (void)mom__words_end(words);
    value = mom__words_quoted(words);
    if (words->rc == MOM_OK && (name.len == 0 || name.len > MOM__KEY_MAX))
        mom__words_fail(words, MOM_ETOOLONG, "the name of a setting has 1 to 511 bytes");
    if (words->rc == MOM_OK && is_known(imp, MOM_T_SETTING, name))
        mom__words_fail(words, MOM_EEXIST, "the setting was there already");
    if (!mom__words_end(words))
        mom__words_fail(words, MOM_EVALUE, "something stands behind the value");
    keep(imp, words, MOM_T_SETTING, name, value);
    imp->info.settings++;
}

/* --- records ---------------------------------------------------------------------------------- */

struct reading {
    struct mom_import *imp;
    struct mom__words *words;
    struct mom_record record;
    struct mom_stamp stamp, deleted; /* of the groups that follow */
    bool has_stamp;
    struct mom_attr extra[MOM__EXTRA_MAX];
    size_t extra_count;
};

static void set_stamp(struct reading *r, enum mom_field group)
{
    if (!r->has_stamp)
        mom__words_fail(r->words, MOM_EVALUE, "a field stands before the first stamp");
    mom__record_set_stamp(&r->record, group, r->stamp);
}

/* '*', number of the key and sealed bytes as digits. */
static struct mom_str read_secret(struct reading *r, enum mom_field f)
{
    struct mom_str sealed, bytes, clear = {NULL, 0};
    char *copy;

    bytes = mom__words_hex(r->words);
    copy = mom__arena_bytes(r->words->arena, bytes.len + 1);
    if (!r->imp->sealed)
        mom__words_fail(r->words, MOM_EVALUE, "the head says that there are no secrets");
    if (!copy)
        mom__words_fail(r->words, MOM_ENOMEM, "out of memory");
    if (!copy || r->words->rc != MOM_OK || !r->imp->info.secrets)
        return clear;
    copy[0] = MOM__SEALED_AT_REST;
    memcpy(copy + 1, bytes.ptr, bytes.len);
    sealed = (struct mom_str){copy, bytes.len + 1};
    if (!mom__is_sealed_value(f, sealed) ||
        mom__open_value(&r->imp->sealer, r->record.id, f, sealed, r->words->arena, &clear) !=
            MOM_OK)
        mom__words_fail(r->words, MOM_EVALUE, "a secret cannot be opened: is it another key?");
    return clear;
}

static void read_field(struct reading *r, enum mom_field f)
{
    const struct mom_field_info *info = mom_field_info(f);
    struct mom_str value;

    set_stamp(r, f);
    if (!mom__words_take(r->words, '='))
        return; /* the stamp of a group without values */
    if (info->form == MOM_PARTNER || info->form == MOM_EXTRA ||
        mom__record_value(&r->record, f).ptr)
        mom__words_fail(r->words, MOM_EFIELD, "a field that cannot be set, or comes twice");
    if (!(info->flags & MOM_SECRET))
        value = mom__words_quoted(r->words);
    else if (mom__words_take(r->words, '*'))
        value = read_secret(r, f);
    else
        value = mom__words_quoted(r->words);
    if (r->words->rc != MOM_OK || !value.ptr)
        return;
    if ((info->flags & MOM_SECRET) && value.len > 0 && !r->imp->info.secrets)
        mom__words_fail(r->words, MOM_EVALUE, "the head says that there are no secrets");
    if (mom__is_sealed_value(f, value))
        mom__words_fail(r->words, MOM_EVALUE, "a secret that is sealed for a store");
    if (value.len > mom__field_bytes(f))
        mom__words_fail(r->words, MOM_ETOOLONG, mom_err_text(MOM_ETOOLONG));
    else if (mom__field_tolerant(f, value, r->words->arena, &value) != MOM_OK)
        mom__words_fail(r->words, MOM_ENOMEM, "out of memory");
    mom__record_set(&r->record, f, value);
}

static void read_extra(struct reading *r)
{
    enum mom_field group = mom__field_extra(r->record.type);
    struct mom_attr attr;
    char next = mom__words_peek(r->words);

    set_stamp(r, group);
    if (next == ' ' || next == '\0')
        return;
    attr.name = next == '"' ? mom__words_quoted(r->words) : mom__words_name(r->words);
    if (!mom__words_take(r->words, '='))
        mom__words_fail(r->words, MOM_EVALUE, "a '=' is missing");
    attr.value = mom__words_quoted(r->words);
    if (r->extra_count == MOM__EXTRA_MAX)
        mom__words_fail(r->words, MOM_ELIMIT, "too many unknown attributes");
    else
        r->extra[r->extra_count++] = attr;
}

/* Words of the record as a whole. False: it is none of these. */
static bool read_register(struct reading *r, struct mom_str key)
{
    struct mom_record *record = &r->record;

    if (mom__equal_c(key, "parked")) {
        record->flags |= MOM__PARKED;
        return true;
    }
    if (mom__words_peek(r->words) != '=')
        return false;
    r->words->at++;
    if (mom__equal_c(key, "created"))
        record->created = mom__words_stamp(r->words);
    else if (mom__equal_c(key, "deleted"))
        r->deleted = mom__words_stamp(r->words);
    else if (mom__equal_c(key, "site"))
        record->site = (uint32_t)mom__words_number(r->words, MOM__DEFAULT_NODE - 1);
    else if (mom__equal_c(key, "epoch"))
        record->epoch = (uint32_t)mom__words_number(r->words, UINT32_MAX);
    else if (mom__equal_c(key, "claim"))
        record->claim_ms = mom__words_signed(r->words);
    else if (mom__equal_c(key, "partner")) {
        record->partner = record->claimed = mom__words_number(r->words, UINT64_MAX);
        set_stamp(r, mom__relation_group(record->type));
    } else {
        r->words->at--;
        return false;
    }
    return true;
}

static void read_words(struct reading *r)
{
    while (!mom__words_end(r->words)) {
        struct mom_str key;
        enum mom_field f;

        if (mom__words_take(r->words, '@')) {
            r->stamp = mom__words_stamp(r->words);
            r->has_stamp = true;
            continue;
        }
        if (mom__words_take(r->words, '+')) {
            read_extra(r);
            continue;
        }
        key = mom__words_name(r->words);
        if (r->words->rc != MOM_OK || read_register(r, key))
            continue;
        f = mom_field_of(r->record.type, key);
        if (f == MOM_FIELD_NONE)
            mom__words_fail(r->words, MOM_EFIELD, "there is no such field");
        else
            read_field(r, f);
    }
}

static void check_record(struct reading *r)
{
    struct mom_record *record = &r->record;
    struct mom__key key;

    if (record->id == 0)
        mom__words_fail(r->words, MOM_EVALUE, "an id is not 0");
    if (mom__stamp_is_zero(record->created))
        mom__words_fail(r->words, MOM_EVALUE, "it is not told when the record was created");
    if (!mom__stamp_is_zero(r->deleted))
        record->flags = MOM__DELETED;
    if (record->partner && (record->flags || record->partner == record->id))
        mom__words_fail(r->words, MOM_ERELATION, "a record like this is bound to nobody");
    if (r->words->rc == MOM_OK && is_known(r->imp, MOM_T_RECORD, mom__key_id(&key, record->id)))
        mom__words_fail(r->words, MOM_EEXIST, "the id was there already");
}

static void read_record(struct mom_import *imp, struct mom__words *words, enum mom_type type)
{
    struct reading *r = mom__arena_zalloc(words->arena, sizeof *r);
    unsigned char stamp[MOM__STAMP_LEN];
    struct mom__key key;
    char *value;
    int rc;

    if (!r) {
        mom__words_fail(words, MOM_ENOMEM, "out of memory");
        return;
    }
    r->imp = imp;
    r->words = words;
    mom__record_init(&r->record, type, mom__words_number(words, UINT64_MAX));
    read_words(r);
    check_record(r);
    rc = mom__record_set_extra(&r->record, words->arena, r->extra, r->extra_count);
    if (rc == MOM_OK)
        rc = mom__record_encode(&r->record, &imp->buf);
    if (rc != MOM_OK)
        mom__words_fail(words, rc, "the record is too large");
    if (words->rc != MOM_OK)
        return;
    mom__stamp_encode(r->deleted, stamp);
    value = mom__arena_bytes(words->arena, sizeof stamp + imp->buf.len);
    if (!value || mom__idmap_put(&imp->lines, r->record.id, imp->number) != MOM_OK) {
        mom__words_fail(words, MOM_ENOMEM, "out of memory");
        return;
    }
    memcpy(value, stamp, sizeof stamp);
    memcpy(value + sizeof stamp, imp->buf.ptr, imp->buf.len);
    keep(imp, words, MOM_T_RECORD, mom__key_id(&key, r->record.id),
         (struct mom_str){value, sizeof stamp + imp->buf.len});
    if (r->record.flags & MOM__DELETED)
        imp->info.tombstones++;
    else
        *(type == MOM_USER ? &imp->info.users : &imp->info.devices) += 1;
}

/* --- lines ------------------------------------------------------------------------------------ */

static void read_body(struct mom_import *imp, struct mom__words *words)
{
    struct mom_str kind = mom__words_name(words);

    (void)mom__words_end(words);
    if (mom__equal_c(kind, "user")) {
        read_record(imp, words, MOM_USER);
    } else if (mom__equal_c(kind, "device")) {
        read_record(imp, words, MOM_DEVICE);
    } else if (mom__equal_c(kind, "site")) {
        read_site(imp, words);
    } else if (mom__equal_c(kind, "setting")) {
        read_setting(imp, words);
    } else if (mom__equal_c(kind, "end")) {
        if (mom__words_number(words, UINT64_MAX) != imp->number - 1 || !mom__words_end(words))
            mom__words_fail(words, MOM_EVALUE, "lines are missing or were added");
        imp->state = MOM__IMPORT_ENDED;
    } else {
        mom__words_fail(words, MOM_EFORMAT, "a line of a kind that this version does not know");
    }
}

/* A line without its end. Empty lines and those that begin with # are for people, and count. */
static int take_line(struct mom_import *imp, struct mom_str line)
{
    struct mom__words words;

    imp->number++;
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    mom__arena_reset(&imp->arena, MOM__RECORD_MAX);
    mom__words_init(&words, line, &imp->arena);
    if (mom__words_end(&words) || mom__words_peek(&words) == '#')
        return MOM_OK;
    if (imp->state == MOM__IMPORT_ENDED)
        mom__words_fail(&words, MOM_EVALUE, "something stands behind the end");
    else if (imp->state == MOM__IMPORT_HEAD)
        read_head(imp, &words);
    else
        read_body(imp, &words);
    if (words.rc != MOM_OK)
        return fail(imp, imp->number, words.rc, words.wrong);
    if (imp->state == MOM__IMPORT_HEAD)
        imp->state = MOM__IMPORT_BODY;
    return MOM_OK;
}

int mom_import_feed(struct mom_import *import, const void *bytes, size_t len)
{
    const char *at = bytes, *end = at + len;

    if (!import || (len > 0 && !bytes))
        return MOM_EINVAL;
    if (import->state == MOM__IMPORT_READY)
        return MOM_ESTATE;
    while (at < end && import->state != MOM__IMPORT_FAILED) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t part = (size_t)((stop ? stop : end) - at);

        if (import->line.len + part > MOM_TRANSFER_LINE_MAX)
            return fail(import, import->number + 1, MOM_ETOOLONG, "the line is too long");
        if (stop && import->line.len == 0) {
            (void)take_line(import, (struct mom_str){at, part});
        } else {
            mom__buf_bytes(&import->line, at, part);
            if (import->line.failed)
                return fail(import, import->number + 1, MOM_ENOMEM, "out of memory");
            if (stop) {
                (void)take_line(import, mom__buf_view(&import->line));
                mom__buf_reset(&import->line);
            }
        }
        at += part + (stop != NULL);
    }
    return import->state == MOM__IMPORT_FAILED ? import->rc : MOM_OK;
}

/* --- the file as a whole ---------------------------------------------------------------------- */

int mom__import_decode(struct mom_str value, uint64_t id, struct mom__arena *arena,
                       struct mom_stamp *ret_deleted, struct mom_record *ret_record)
{
    if (value.len < MOM__STAMP_LEN)
        return MOM_ECORRUPT;
    *ret_deleted = mom__stamp_decode((const unsigned char *)value.ptr);
    return mom__record_decode(
        (struct mom_str){value.ptr + MOM__STAMP_LEN, value.len - MOM__STAMP_LEN}, id, arena,
        ret_record);
}

struct mom_record *mom__import_record(struct mom_import *import, uint64_t id,
                                      struct mom__arena *arena, struct mom_stamp *ret_deleted,
                                      int *ret_rc)
{
    struct mom_record *record = mom__arena_alloc(arena, sizeof *record);
    struct mom_str value;
    struct mom__key key;

    *ret_rc = record
                  ? import->store.ops->get(import->txn, MOM_T_RECORD, mom__key_id(&key, id), &value)
                  : MOM_ENOMEM;
    if (*ret_rc == MOM_OK)
        *ret_rc = mom__import_decode(value, id, arena, ret_deleted, record);
    if (*ret_rc == MOM_OK)
        return record;
    if (*ret_rc == MOM_ENOENT)
        *ret_rc = MOM_OK;
    return NULL;
}

struct whole {
    struct mom_import *imp;
    uint64_t bad; /* id of the record with which something is wrong */
    int rc;
};

/* Who is bound to somebody is named by him too. */
static bool check_partner(void *user, struct mom_str key, struct mom_str value)
{
    struct whole *whole = user;
    struct mom_import *imp = whole->imp;
    struct mom_record *record, *partner;
    struct mom_stamp deleted;
    uint64_t id;

    mom__arena_reset(&imp->arena, MOM__STEP_KEEP);
    record = mom__arena_alloc(&imp->arena, sizeof *record);
    whole->rc = record ? mom__key_read_id(key, &id) : MOM_ENOMEM;
    if (whole->rc == MOM_OK)
        whole->rc = mom__import_decode(value, id, &imp->arena, &deleted, record);
    if (whole->rc != MOM_OK || !record->partner)
        return whole->rc == MOM_OK;
    partner = mom__import_record(imp, record->partner, &imp->arena, &deleted, &whole->rc);
    if (whole->rc == MOM_OK &&
        (!partner || partner->partner != id || partner->type == record->type))
        whole->bad = id;
    return whole->rc == MOM_OK && !whole->bad;
}

int mom_import_end(struct mom_import *import)
{
    struct whole whole = {.imp = import, .rc = MOM_OK};
    uint64_t line = 0;
    int rc;

    if (!import)
        return MOM_EINVAL;
    if (import->state == MOM__IMPORT_READY)
        return MOM_ESTATE;
    if (import->state != MOM__IMPORT_FAILED && import->line.len > 0) {
        (void)take_line(import, mom__buf_view(&import->line));
        mom__buf_reset(&import->line);
    }
    if (import->state == MOM__IMPORT_FAILED)
        return import->rc;
    if (import->state != MOM__IMPORT_ENDED)
        return fail(import, import->number + 1, MOM_EVALUE, "the file is not complete");
    rc = import->store.ops->commit(import->txn);
    import->txn = NULL;
    if (rc == MOM_OK)
        rc = import->store.ops->begin(import->store.store, false, &import->txn);
    if (rc == MOM_OK)
        rc =
            import->store.ops->scan(import->txn, MOM_T_RECORD, mom__str(""), check_partner, &whole);
    if (rc == MOM_OK)
        rc = whole.rc;
    if (rc != MOM_OK)
        return fail(import, import->number, rc, mom_err_text(rc));
    if (whole.bad) {
        (void)mom__idmap_get(&import->lines, whole.bad, &line);
        return fail(import, line, MOM_ERELATION, "its partner is not bound to it");
    }
    import->state = MOM__IMPORT_READY;
    return MOM_OK;
}
