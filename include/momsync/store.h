/*
 * The store seam: what the engine needs of a store, and the two stores that come with the library. A host may bring
 * its own; tests/momsync/test_store.c is the conformance suite.
 *
 * A store has a fixed set of tables, each an ordered map of byte keys (1 to 511 bytes, compared as unsigned bytes) to
 * byte values (up to 1 MiB). There is one writer at a time and it sees its own writes; readers see the state of their
 * begin. One thread uses a store at a time.
 */
#ifndef MOMSYNC_STORE_H
#define MOMSYNC_STORE_H

#include <momsync/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The tables: T(id, name, key, value, source). The names are part of the store's format. A table with a source is an
 * index: a function of that table, made again from it when the format changes. The others are their own source.
 */
/* clang-format off */
#define MOM_TABLES(T)                                                                                              \
    T(META, "meta", "a name", "format number, writer, clock, counters, SARI, incarnation; a copy's mark", META)    \
    T(RECORD, "record", "id", "the record, deleted ones too; secrets sealed", RECORD)                              \
    T(LOCAL, "local", "site, type, uid or ppn", "id", BASE)                                                        \
    T(BASE, "base", "site, id", "what we and that site last agreed on, as hashes", BASE)                           \
    T(UNIQUE, "unique", "field, value, created, id", "who claims a value, by their rights; parked or not", RECORD) \
    T(RESIDENT, "resident", "site, id", "nothing: the record belongs at that site (2^32-1: at all)", RECORD)       \
    T(TOMBSTONE, "tombstone", "id", "when and by whom it was deleted, and what the deleter had seen", RECORD)      \
    T(HANDOFF, "handoff", "device id; in a star also site", "a handoff under way", HANDOFF)                        \
    T(SITE, "site", "number", "name, PARK, last import and contact", SITE)                                         \
    T(CONFLICT, "conflict", "number", "who lost against whom, by which rule, and what was lost", CONFLICT)         \
    T(SETTING, "setting", "name", "the host's own", SETTING)                                                       \
    T(NEIGHBOUR, "neighbour", "node", "its name, whether both agreed once, and when", NEIGHBOUR)                   \
    T(PENDING, "pending", "node, id", "registers that it has not confirmed, with their bases", PENDING)            \
    T(DIGEST, "digest", "id", "hash of the record's registers", RECORD)                                            \
    T(HELD, "held", "node or site, id", "what waits for a decision", HELD)                                         \
    T(HISTORY, "history", "id, number", "what a change replaced, when, by whom and why; secrets sealed", HISTORY)  \
    T(PROFILE, "profile", "0 or site, number", "a CoA profile; or hashes of what we and that site had of it", PROFILE)
/* clang-format on */

enum mom_table {
#define MOM_TABLE_ENUM(id, name, key, value, source) MOM_T_##id,
    MOM_TABLES(MOM_TABLE_ENUM)
#undef MOM_TABLE_ENUM
        MOM_T_COUNT
};

struct mom_txn; /* the store's own */

/* A visitor of a scan: return true to go on. Key and value are borrowed for the call. It must not write. */
typedef bool mom_visit(void *user, struct mom_str key, struct mom_str value);

/*
 * Every function returns MOM_OK or a code of the STORE band; get and del return MOM_ENOENT for a missing key.
 * After an error of a write function the transaction can only be aborted.
 *
 * MOM_EINVAL is for a key or a value out of bounds, MOM_ESTATE for a write in a transaction that only reads and for a
 * second writer; neither spoils the transaction.
 *
 * MOM_EFULL of put, del or commit: the batch has failed; the engine aborts, and at its reload it calls `grow`, with no
 * transaction open, before it goes on. A store that can grow does so ahead of need, so that this is rare.
 */
struct mom_store_ops {
    int (*begin)(void *store, bool write, struct mom_txn **ret_txn);
    /* Borrowed until the next write or the end of the transaction; not aligned. */
    int (*get)(struct mom_txn *txn, enum mom_table table, struct mom_str key,
               struct mom_str *ret_value);
    int (*put)(struct mom_txn *txn, enum mom_table table, struct mom_str key, struct mom_str value);
    int (*del)(struct mom_txn *txn, enum mom_table table, struct mom_str key);
    /* Visit keys from `from` (empty: the first) upwards. */
    int (*scan)(struct mom_txn *txn, enum mom_table table, struct mom_str from, mom_visit *visit,
                void *user);
    /* Number of keys of a table. */
    int (*count)(struct mom_txn *txn, enum mom_table table, uint64_t *ret_count);
    /* Durable when it returns MOM_OK; gone altogether when it does not. Ends the transaction either way. */
    int (*commit)(struct mom_txn *txn);
    void (*abort)(struct mom_txn *txn);
    void (*close)(void *store);
    /* After MOM_EFULL and the abort: MOM_OK when there is more room now, else MOM_EFULL (also when nothing was full).
     * A store that gave itself up after an error of the disk begins anew here, too. NULL: the store cannot grow. */
    int (*grow)(void *store);
};

/* A store: its functions and their first argument. By value; closing it ends the copies. */
struct mom_store {
    const struct mom_store_ops *ops;
    void *store;
};

/* Everything in memory: for tests, simulators and hosts without a disk. What was not committed is gone after
 * mom_store_memory_crash. */
MOM_MUST_CHECK MOM_API int mom_store_memory_new(const struct mom_alloc *alloc,
                                                struct mom_store *ret_store);
/* The power fails: an open transaction is ended, what was committed stays. */
MOM_API void mom_store_memory_crash(struct mom_store *store);

struct mom_lmdb_options {
    const char *path;  /* existing folder, for this store alone */
    uint64_t map_size; /* bytes to begin with, 0: 1 GiB on 64 bits, 64 MiB on 32; grows when full */
    bool no_sync;      /* for benchmarks: a commit does not wait for the disk */
    struct mom_alloc alloc; /* for what the adapter needs itself; LMDB has no hook */
};
/* LMDB in a folder. MOM_ELOCKED when another process has it, MOM_ECORRUPT when its file was cut off or is not LMDB's. A
 * store is made under another name first: after a crash or a power cut there is a whole one or none. */
MOM_MUST_CHECK MOM_API int mom_store_lmdb_open(const struct mom_lmdb_options *options,
                                               struct mom_store *ret_store);
/*
 * Copy a store that is in use into a new folder, without what it has free, as of the last commit. The copy is on the
 * disk when it returns MOM_OK, can be opened like any other store, and has a mark by which an engine knows it for a
 * copy (mom_engine_restored); the store itself is not changed. `wall_ms` is the time that stands in the mark.
 *
 * MOM_EEXIST: there is something at `path` already. MOM_ESTATE: a transaction that writes is open, or the store is not
 * one of LMDB. MOM_EFULL, MOM_ESTORE: nothing is left behind at `path`. It takes as long as writing the content does.
 */
MOM_MUST_CHECK MOM_API int mom_store_lmdb_backup(const struct mom_store *store, const char *path,
                                                 int64_t wall_ms);

#ifdef __cplusplus
}
#endif
#endif
