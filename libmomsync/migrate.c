/*
 * Running the steps from an older format of the store to this one, and walking over tables while
 * they are changed.
 */
#include "migrate.h"

#include "alloc.h"
#include "keys.h"
#include "text.h"

#include <string.h>

enum {
    BATCH = 128,         /* keys gathered at a time: 64 KiB at most */
    ARENA_KEEP = 2 << 20 /* bytes that a row may leave for the next: the largest value and some */
};

const struct mom__migrate_step mom__migrate_steps[] = {
    {1, mom__migrate_1_to_2, "registers of records, claimants of unique values, hashes of records"},
};
const size_t mom__migrate_step_count = sizeof mom__migrate_steps / sizeof mom__migrate_steps[0];

void mom__migration_init(struct mom__migration *m, const struct mom_store_ops *ops,
                         struct mom_txn *txn, const struct mom_alloc *alloc)
{
    memset(m, 0, sizeof *m);
    m->ops = ops;
    m->txn = txn;
    m->alloc = mom__alloc_copy(alloc);
    mom__arena_init(&m->arena, alloc);
    mom__buf_init(&m->buf, alloc);
}

void mom__migration_done(struct mom__migration *m)
{
    mom__buf_done(&m->buf);
    mom__arena_done(&m->arena);
}

static const struct mom__migrate_step *find(const struct mom__migrate_step *steps, size_t count,
                                            uint64_t from)
{
    for (size_t i = 0; i < count; i++) {
        if (steps[i].from == from)
            return &steps[i];
    }
    return NULL;
}

int mom__migrate(struct mom__migration *m, const struct mom__migrate_step *steps, size_t count,
                 uint64_t from, uint64_t to)
{
    /* Looked at before anything is written: a way that ends in the middle is not begun. */
    for (uint64_t at = from; at < to; at++) {
        if (!find(steps, count, at))
            return MOM_ECORRUPT;
    }
    for (m->from = from; m->from < to; m->from++) {
        int rc;

        mom__arena_reset(&m->arena, ARENA_KEEP);
        rc = find(steps, count, m->from)->run(m);
        if (rc != MOM_OK)
            return rc;
    }
    return MOM_OK;
}

/* --- rows ------------------------------------------------------------------------------------- */

struct keys {
    char *bytes; /* BATCH times MOM__KEY_MAX */
    size_t lens[BATCH];
    size_t count;
    struct mom_str after; /* empty: from the beginning */
};

static bool gather(void *user, struct mom_str key, struct mom_str value)
{
    struct keys *keys = user;

    (void)value;
    if (keys->after.len > 0 && mom__compare(key, keys->after) <= 0)
        return true;
    if (key.len > MOM__KEY_MAX)
        return true; /* no store has such a key */
    memcpy(keys->bytes + keys->count * MOM__KEY_MAX, key.ptr, key.len);
    keys->lens[keys->count++] = key.len;
    return keys->count < BATCH;
}

static int one_row(struct mom__migration *m, enum mom_table table, struct mom_str key,
                   mom__migrate_row *row, void *user)
{
    struct mom_str value;
    int rc;

    mom__arena_reset(&m->arena, ARENA_KEEP);
    rc = m->ops->get(m->txn, table, key, &value);
    if (rc == MOM_ENOENT)
        return MOM_OK; /* an earlier row took it away */
    if (rc != MOM_OK)
        return rc;
    if (!mom__arena_dup(&m->arena, key, &key) || !mom__arena_dup(&m->arena, value, &value))
        return MOM_ENOMEM;
    m->rows++;
    return row(m, key, value, user);
}

int mom__migrate_rows(struct mom__migration *m, enum mom_table table, mom__migrate_row *row,
                      void *user)
{
    struct keys keys = {.after = {"", 0}};
    char last[MOM__KEY_MAX];
    int rc = MOM_OK;

    keys.bytes = mom__alloc(&m->alloc, (size_t)BATCH * MOM__KEY_MAX);
    if (!keys.bytes)
        return MOM_ENOMEM;
    do {
        keys.count = 0;
        rc = m->ops->scan(m->txn, table, keys.after, gather, &keys);
        for (size_t i = 0; rc == MOM_OK && i < keys.count; i++) {
            struct mom_str key = {keys.bytes + i * MOM__KEY_MAX, keys.lens[i]};

            memcpy(last, key.ptr, key.len);
            keys.after = (struct mom_str){last, key.len};
            rc = one_row(m, table, key, row, user);
        }
    } while (rc == MOM_OK && keys.count == BATCH);
    mom__free(&m->alloc, keys.bytes);
    return rc;
}

struct clear {
    enum mom_table table;
};

static int clear_row(struct mom__migration *m, struct mom_str key, struct mom_str value, void *user)
{
    const struct clear *clear = user;

    (void)value;
    return m->ops->del(m->txn, clear->table, key);
}

int mom__migrate_clear(struct mom__migration *m, enum mom_table table)
{
    struct clear clear = {table};

    return mom__migrate_rows(m, table, clear_row, &clear);
}
