/*
 * From format 1 of the store to format 2: records carry the stamp of their deletion and the partner
 * that they claim, UNIQUE lists all claimants of a value, and DIGEST has the hash of every record.
 */
#include "keys.h"
#include "migrate.h"
#include "node.h"
#include "register.h"

enum { TOMBSTONE_LEN = 1 + 2 * MOM__STAMP_LEN };

static int put_record(struct mom__migration *m, const struct mom_record *r)
{
    struct mom__key key;
    unsigned char value[8];
    int rc = mom__record_encode(r, &m->buf);

    if (rc == MOM_OK)
        rc = m->ops->put(m->txn, MOM_T_RECORD, mom__key_id(&key, r->id), mom__buf_view(&m->buf));
    if (rc == MOM_OK)
        rc = m->ops->put(m->txn, MOM_T_DIGEST, mom__key_id(&key, r->id),
                         mom__value_u64(value, mom__reg_digest(r)));
    return rc;
}

static int put_claims(struct mom__migration *m, const struct mom_record *r)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(NULL, r->type, false, fields);
    char parked = (r->flags & MOM__PARKED) != 0;
    int rc = MOM_OK;

    for (size_t i = 0; rc == MOM_OK && i < count; i++) {
        struct mom_str value = mom__record_value(r, fields[i]);
        struct mom__key key;

        if (value.len > 0)
            rc = m->ops->put(m->txn, MOM_T_UNIQUE,
                             mom__key_claimant(&key, fields[i], value, r->created, r->id),
                             (struct mom_str){&parked, 1});
    }
    return rc;
}

/* The deletion is later than whatever the record has, as the tombstone meant it. */
static int read_deletion(struct mom__migration *m, struct mom_record *r)
{
    struct mom_stamp newest = mom__record_newest(r);
    struct mom_str value;
    struct mom__key key;
    int rc = m->ops->get(m->txn, MOM_T_TOMBSTONE, mom__key_id(&key, r->id), &value);

    if (rc != MOM_OK || value.len != TOMBSTONE_LEN)
        return rc == MOM_OK || rc == MOM_ENOENT ? MOM_ECORRUPT : rc;
    r->deleted = mom__stamp_decode((const unsigned char *)value.ptr + 1);
    if (mom_stamp_compare(r->deleted, newest) < 0)
        r->deleted = newest;
    return MOM_OK;
}

static int read_record(struct mom__migration *m, struct mom_str key, struct mom_str value,
                       struct mom_record **ret_record)
{
    struct mom_record *r = mom__arena_alloc(&m->arena, sizeof *r);
    uint64_t id;
    int rc = r ? mom__key_read_id(key, &id) : MOM_ENOMEM;

    if (rc == MOM_OK)
        rc = mom__record_decode(value, id, &m->arena, r);
    *ret_record = r;
    return rc;
}

static int take_record(struct mom__migration *m, struct mom_str key, struct mom_str value,
                       void *user)
{
    struct mom_record *r;
    int rc = read_record(m, key, value, &r);

    (void)user;
    if (rc == MOM_OK && (r->flags & MOM__DELETED))
        rc = read_deletion(m, r);
    if (rc == MOM_OK)
        rc = put_record(m, r);
    if (rc == MOM_OK && !(r->flags & MOM__DELETED))
        rc = put_claims(m, r);
    return rc;
}

/* --- who is parked ---------------------------------------------------------------------------- */

struct search {
    struct mom_str prefix;
    uint64_t self;
    bool found;
};

static bool visit_earlier(void *user, struct mom_str key, struct mom_str value)
{
    struct search *search = user;
    uint64_t id;

    if (key.len < search->prefix.len ||
        !mom__equal((struct mom_str){key.ptr, search->prefix.len}, search->prefix) ||
        mom__key_read_claimant(key, &id) != MOM_OK || id == search->self)
        return false;
    search->found = value.len == 1 && value.ptr[0] == 0;
    return !search->found;
}

static int has_winner(struct mom__migration *m, const struct mom_record *r, bool *ret_has)
{
    enum mom_field fields[MOM__UNIQUE_MAX];
    size_t count = mom__unique_fields(NULL, r->type, true, fields);
    int rc = MOM_OK;

    *ret_has = false;
    for (size_t i = 0; rc == MOM_OK && !*ret_has && i < count; i++) {
        struct search search = {.self = r->id};
        struct mom_str value = mom__record_value(r, fields[i]);
        struct mom__key key;

        if (value.len == 0)
            continue;
        search.prefix = mom__key_unique(&key, fields[i], value);
        rc = m->ops->scan(m->txn, MOM_T_UNIQUE, search.prefix, visit_earlier, &search);
        *ret_has = search.found;
    }
    return rc;
}

/* A parked record whose value had become free stayed parked in format 1 until it was changed. */
static int free_record(struct mom__migration *m, struct mom_str key, struct mom_str value,
                       void *user)
{
    bool *again = user, has = false;
    struct mom_record *r;
    int rc = read_record(m, key, value, &r);

    if (rc != MOM_OK || !(r->flags & MOM__PARKED))
        return rc;
    rc = has_winner(m, r, &has);
    if (rc != MOM_OK || has)
        return rc;
    *again = true;
    r->flags &= ~(unsigned)MOM__PARKED;
    rc = put_record(m, r);
    return rc == MOM_OK ? put_claims(m, r) : rc;
}

int mom__migrate_1_to_2(struct mom__migration *m)
{
    bool again = true;
    int rc = mom__migrate_clear(m, MOM_T_UNIQUE);

    if (rc == MOM_OK)
        rc = mom__migrate_rows(m, MOM_T_RECORD, take_record, NULL);
    while (rc == MOM_OK && again) {
        again = false;
        rc = mom__migrate_rows(m, MOM_T_RECORD, free_record, &again);
    }
    return rc;
}
