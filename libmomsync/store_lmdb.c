/*
 * The store in LMDB: one environment in a folder, one named database for each table. The only file
 * that includes lmdb.h, and the only one of the library that touches files.
 *
 * LMDB wants one environment per path in a process and cannot see that by itself, so a lock file of
 * our own, locked with flock(), keeps every second opener out: of this process and of others.
 */
#define _DEFAULT_SOURCE /* flock, O_CLOEXEC */

#include "alloc.h"
#include "buf.h"
#include "keys.h"
#include "snapshot.h"
#include "text.h"

#include <momsync/limits.h>
#include <momsync/store.h>

#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h> /* rename */
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_MAX = MOM_STORE_KEY_BYTES,
    VALUE_MAX = MOM_STORE_VALUE_BYTES,
    FILE_MODE = 0600,
    FOLDER_MODE = 0700
};

#define MAP_LIMIT ((size_t)(sizeof(size_t) > 4 ? SIZE_MAX >> 20 : SIZE_MAX >> 2))

#define LOCK_NAME "/momsync.lock"
#define DATA_NAME "/data.mdb" /* LMDB's choice */
#define NEW_NAME  "/data.new" /* a store that is being made */

/* In META: LMDB's file format differs between its releases. */
#define META_LMDB        "lmdb"
#define LMDB_TEXT2(a, b) #a "." #b
#define LMDB_TEXT(a, b)  LMDB_TEXT2(a, b)
#define LMDB_VERSION     LMDB_TEXT(MDB_VERSION_MAJOR, MDB_VERSION_MINOR)

/* What the seam calls struct mom_txn. */
struct lmdb_txn {
    struct lmdb *lmdb;
    struct lmdb_txn *next;
    MDB_txn *txn;
    bool write;
    /* Kept from one call to the next: rows that are written one behind the other are found without a way down from
     * the root. NULL: none, or in use. */
    MDB_cursor *cursors[MOM_T_COUNT];
    /* A row was put that was not behind all others of the table. Until then each is tried as the last one: LMDB fills
     * pages with such rows, which it leaves half empty when it does not know, and new records come in the order of
     * their ids. */
    bool amid[MOM_T_COUNT];
};

struct lmdb {
    struct mom_alloc alloc;
    MDB_env *env;
    MDB_dbi tables[MOM_T_COUNT];
    struct lmdb_txn *open; /* list */
    bool writing;
    bool map_full; /* the last writer found no room in the map */
    bool broken;   /* the environment is of no use until it was opened again */
    int lock_fd;
    struct mom__buf folder; /* path */
    size_t map_size;        /* as asked for */
    unsigned flags;
};

static int open_again(struct lmdb *lmdb);

static int error_of(int rc)
{
    switch (rc) {
    case MDB_SUCCESS:
        return MOM_OK;
    case MDB_NOTFOUND:
        return MOM_ENOENT;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return MOM_EFULL;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_INVALID:
    case MDB_INCOMPATIBLE:
        return MOM_ECORRUPT;
    case MDB_VERSION_MISMATCH:
        return MOM_EFORMAT;
    case ENOMEM:
        return MOM_ENOMEM;
    case EAGAIN:
    case EBUSY:
        return MOM_ELOCKED;
    default:
        return MOM_ESTORE;
    }
}

static MDB_val to_val(struct mom_str text)
{
    /* LMDB only reads through the pointer of a key or of a value to put. */
    union {
        const char *in;
        void *out;
    } ptr = {.in = text.ptr};
    return (MDB_val){.mv_size = text.len, .mv_data = ptr.out};
}

static struct mom_str to_str(MDB_val val)
{
    return (struct mom_str){val.mv_size > 0 ? val.mv_data : "", val.mv_size};
}

static int check_key(enum mom_table table, struct mom_str key)
{
    bool ok = (unsigned)table < MOM_T_COUNT && key.len > 0 && key.len <= KEY_MAX;
    return ok ? MOM_OK : MOM_EINVAL;
}

/* Result of a write; remembers that the map was full, which `grow` needs to know. */
static int write_result(struct lmdb_txn *txn, int rc)
{
    if (rc == MDB_MAP_FULL)
        txn->lmdb->map_full = true;
    return error_of(rc);
}

/* Set the map to twice its size; false when that is not possible. */
static bool double_map(struct lmdb *lmdb, const MDB_envinfo *info)
{
    if (lmdb->open != NULL || info->me_mapsize > MAP_LIMIT / 2)
        return false;
    if (mdb_env_set_mapsize(lmdb->env, info->me_mapsize * 2) == MDB_SUCCESS)
        return true;
    lmdb->broken = true; /* LMDB has given up the old map by now */
    return false;
}

/* A map that is three quarters full is doubled before the next batch, so that a running node does not meet the end of
 * it: that would cost the batch. Free pages within the map count as used; a map too large costs address space only. */
static void make_room(struct lmdb *lmdb)
{
    MDB_envinfo info;
    MDB_stat stat;
    if (lmdb->open != NULL || mdb_env_info(lmdb->env, &info) != MDB_SUCCESS ||
        mdb_env_stat(lmdb->env, &stat) != MDB_SUCCESS)
        return;
    if (info.me_last_pgno + 1 > info.me_mapsize / stat.ms_psize / 4 * 3)
        (void)double_map(lmdb, &info);
}

/* --- transactions ----------------------------------------------------------------------------- */

static struct lmdb_txn *mine(struct mom_txn *txn)
{
    return (struct lmdb_txn *)(void *)txn;
}

static int lmdb_begin(void *store, bool write, struct mom_txn **ret_txn)
{
    struct lmdb *lmdb = store;
    if (lmdb->broken)
        return MOM_ESTORE;
    if (write && lmdb->writing)
        return MOM_ESTATE; /* LMDB would wait for ever */
    if (write)
        make_room(lmdb);
    if (lmdb->broken)
        return MOM_ESTORE;
    struct lmdb_txn *txn = mom__zalloc(&lmdb->alloc, sizeof *txn);
    if (txn == NULL)
        return MOM_ENOMEM;
    int rc = mdb_txn_begin(lmdb->env, NULL, write ? 0 : MDB_RDONLY, &txn->txn);
    if (rc != MDB_SUCCESS) {
        mom__free(&lmdb->alloc, txn);
        return error_of(rc);
    }
    txn->lmdb = lmdb;
    txn->write = write;
    txn->next = lmdb->open;
    lmdb->open = txn;
    if (write) {
        lmdb->writing = true;
        lmdb->map_full = false;
    }
    *ret_txn = (struct mom_txn *)(void *)txn;
    return MOM_OK;
}

/* After LMDB's part of a transaction is ended. */
static void forget(struct lmdb_txn *txn)
{
    struct lmdb_txn **at = &txn->lmdb->open;
    while (*at != txn)
        at = &(*at)->next;
    *at = txn->next;
    if (txn->write)
        txn->lmdb->writing = false;
    mom__free(&txn->lmdb->alloc, txn);
}

/* Before LMDB's part ends: cursors of a reader would outlive it. */
static void close_cursors(struct lmdb_txn *txn)
{
    for (int t = 0; t < MOM_T_COUNT; t++) {
        if (txn->cursors[t] != NULL)
            mdb_cursor_close(txn->cursors[t]);
        txn->cursors[t] = NULL;
    }
}

/* The cursor of a table, for the caller alone until it is put back. */
static int take_cursor(struct lmdb_txn *txn, enum mom_table table, MDB_cursor **ret_cursor)
{
    *ret_cursor = txn->cursors[table];
    txn->cursors[table] = NULL;
    return *ret_cursor != NULL ? MDB_SUCCESS
                               : mdb_cursor_open(txn->txn, txn->lmdb->tables[table], ret_cursor);
}

/* A visitor of a scan may have read the same table: then there is another one by now. */
static void put_back_cursor(struct lmdb_txn *txn, enum mom_table table, MDB_cursor *cursor)
{
    if (txn->cursors[table] != NULL)
        mdb_cursor_close(cursor);
    else
        txn->cursors[table] = cursor;
}

static void drop(struct lmdb_txn *txn)
{
    close_cursors(txn);
    mdb_txn_abort(txn->txn);
    forget(txn);
}

static void lmdb_abort(struct mom_txn *seam)
{
    drop(mine(seam));
}

static int lmdb_commit(struct mom_txn *seam)
{
    struct lmdb_txn *txn = mine(seam);
    close_cursors(txn);
    int rc = write_result(txn, mdb_txn_commit(txn->txn)); /* frees it whatever happens */
    forget(txn);
    return rc;
}

static int lmdb_get(struct mom_txn *seam, enum mom_table table, struct mom_str key,
                    struct mom_str *ret_value)
{
    struct lmdb_txn *txn = mine(seam);
    int rc = check_key(table, key);
    if (rc != MOM_OK)
        return rc;
    MDB_val k = to_val(key), v;
    MDB_cursor *cursor;
    rc = take_cursor(txn, table, &cursor);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_KEY);
    put_back_cursor(txn, table, cursor);
    if (rc == MDB_SUCCESS)
        *ret_value = to_str(v);
    return error_of(rc);
}

static int put_at(struct lmdb_txn *txn, enum mom_table table, MDB_cursor *cursor, MDB_val *key,
                  MDB_val *value)
{
    int rc = txn->amid[table] ? MDB_KEYEXIST : mdb_cursor_put(cursor, key, value, MDB_APPEND);
    if (rc != MDB_KEYEXIST)
        return rc;
    txn->amid[table] = true;
    return mdb_cursor_put(cursor, key, value, 0);
}

static int lmdb_put(struct mom_txn *seam, enum mom_table table, struct mom_str key,
                    struct mom_str value)
{
    struct lmdb_txn *txn = mine(seam);
    if (!txn->write)
        return MOM_ESTATE;
    int rc = check_key(table, key);
    if (rc != MOM_OK || value.len > VALUE_MAX)
        return MOM_EINVAL;
    MDB_val k = to_val(key), v = to_val(value);
    MDB_cursor *cursor;
    rc = take_cursor(txn, table, &cursor);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    rc = put_at(txn, table, cursor, &k, &v);
    put_back_cursor(txn, table, cursor);
    return write_result(txn, rc);
}

static int lmdb_del(struct mom_txn *seam, enum mom_table table, struct mom_str key)
{
    struct lmdb_txn *txn = mine(seam);
    if (!txn->write)
        return MOM_ESTATE;
    int rc = check_key(table, key);
    if (rc != MOM_OK)
        return rc;
    MDB_val k = to_val(key);
    return write_result(txn, mdb_del(txn->txn, txn->lmdb->tables[table], &k, NULL));
}

static int lmdb_scan(struct mom_txn *seam, enum mom_table table, struct mom_str from,
                     mom_visit *visit, void *user)
{
    struct lmdb_txn *txn = mine(seam);
    if ((unsigned)table >= MOM_T_COUNT || from.len > KEY_MAX)
        return MOM_EINVAL;
    MDB_cursor *cursor;
    int rc = take_cursor(txn, table, &cursor);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    MDB_val k = to_val(from), v;
    rc = mdb_cursor_get(cursor, &k, &v, from.len > 0 ? MDB_SET_RANGE : MDB_FIRST);
    while (rc == MDB_SUCCESS && visit(user, to_str(k), to_str(v)))
        rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT);
    put_back_cursor(txn, table, cursor);
    return rc == MDB_NOTFOUND ? MOM_OK : error_of(rc);
}

static int lmdb_count(struct mom_txn *seam, enum mom_table table, uint64_t *ret_count)
{
    struct lmdb_txn *txn = mine(seam);
    if ((unsigned)table >= MOM_T_COUNT)
        return MOM_EINVAL;
    MDB_stat stat;
    int rc = mdb_stat(txn->txn, txn->lmdb->tables[table], &stat);
    if (rc == MDB_SUCCESS)
        *ret_count = stat.ms_entries;
    return error_of(rc);
}

/* LMDB gives an environment up when it could not write the meta page: the outcome is known when it is opened again. */
static bool is_given_up(struct lmdb *lmdb)
{
    MDB_txn *txn;
    int rc = lmdb->broken ? MDB_PANIC : mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
    if (rc == MDB_SUCCESS)
        mdb_txn_abort(txn);
    return rc == MDB_PANIC;
}

/* Twice the map, when it was the map and not the disk that was full. An environment that was given up is opened again:
 * what made it fail may have passed. That is no more room. */
static int lmdb_grow(void *store)
{
    struct lmdb *lmdb = store;
    MDB_envinfo info;
    if (lmdb->open == NULL && is_given_up(lmdb)) {
        (void)open_again(lmdb); /* `broken` says how it went */
        return MOM_EFULL;
    }
    if (!lmdb->map_full || mdb_env_info(lmdb->env, &info) != MDB_SUCCESS ||
        !double_map(lmdb, &info))
        return MOM_EFULL;
    lmdb->map_full = false;
    return MOM_OK;
}

static void lmdb_close(void *store)
{
    struct lmdb *lmdb = store;
    while (lmdb->open != NULL)
        drop(lmdb->open);
    if (lmdb->env != NULL)
        mdb_env_close(lmdb->env);
    if (lmdb->lock_fd >= 0)
        close(lmdb->lock_fd);
    mom__buf_done(&lmdb->folder);
    struct mom_alloc alloc = lmdb->alloc;
    mom__free(&alloc, lmdb);
}

static const struct mom_store_ops lmdb_ops = {
    .begin = lmdb_begin,
    .get = lmdb_get,
    .put = lmdb_put,
    .del = lmdb_del,
    .scan = lmdb_scan,
    .count = lmdb_count,
    .commit = lmdb_commit,
    .abort = lmdb_abort,
    .close = lmdb_close,
    .grow = lmdb_grow,
};

/* --- opening ---------------------------------------------------------------------------------- */

/* Path of a file in the store's folder; NULL: no memory. */
static const char *path_of(const struct lmdb *lmdb, struct mom__buf *buf, const char *name)
{
    mom__buf_init(buf, &lmdb->alloc);
    mom__buf_bytes(buf, lmdb->folder.ptr, lmdb->folder.len - 1); /* without its NUL */
    mom__buf_bytes(buf, name, strlen(name) + 1);                 /* with its NUL */
    return buf->failed ? NULL : buf->ptr;
}

static int take_lock(struct lmdb *lmdb)
{
    struct mom__buf buf;
    const char *name = path_of(lmdb, &buf, LOCK_NAME);
    if (name != NULL)
        lmdb->lock_fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, FILE_MODE);
    int rc = name == NULL ? MOM_ENOMEM : lmdb->lock_fd < 0 ? error_of(errno) : MOM_OK;
    mom__buf_done(&buf);
    if (rc != MOM_OK)
        return rc;
    if (flock(lmdb->lock_fd, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK ? MOM_ELOCKED : MOM_ESTORE;
    return MOM_OK;
}

static int open_env(struct lmdb *lmdb, const char *path, unsigned flags)
{
    int rc = mdb_env_create(&lmdb->env);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    rc = mdb_env_set_mapsize(lmdb->env, lmdb->map_size);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_set_maxreaders(lmdb->env, MOM_LMDB_READERS);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_set_maxdbs(lmdb->env, MOM_T_COUNT);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_open(lmdb->env, path, lmdb->flags | flags, FILE_MODE);
    int dead;
    if (rc == MDB_SUCCESS)
        rc = mdb_reader_check(lmdb->env, &dead);
    return error_of(rc);
}

static void close_env(struct lmdb *lmdb)
{
    if (lmdb->env != NULL)
        mdb_env_close(lmdb->env);
    lmdb->env = NULL;
}

/* Open or make the tables. */
static int open_tables(struct lmdb *lmdb, MDB_txn *txn)
{
    static const char *const names[] = {
#define TABLE_NAME(id, name, key, value, source) name,
        MOM_TABLES(TABLE_NAME)
#undef TABLE_NAME
    };
    for (int t = 0; t < MOM_T_COUNT; t++) {
        int rc = mdb_dbi_open(txn, names[t], MDB_CREATE, &lmdb->tables[t]);
        if (rc != MDB_SUCCESS)
            return error_of(rc);
    }
    MDB_val key = to_val(mom__str(META_LMDB)), value;
    int rc = mdb_get(txn, lmdb->tables[MOM_T_META], &key, &value);
    if (rc == MDB_SUCCESS)
        return mom__equal_c(to_str(value), LMDB_VERSION) ? MOM_OK : MOM_EFORMAT;
    if (rc != MDB_NOTFOUND)
        return error_of(rc);
    value = to_val(mom__str(LMDB_VERSION));
    return error_of(mdb_put(txn, lmdb->tables[MOM_T_META], &key, &value, 0));
}

static int prepare(struct lmdb *lmdb)
{
    MDB_txn *txn;
    int rc = error_of(mdb_txn_begin(lmdb->env, NULL, 0, &txn));
    if (rc != MOM_OK)
        return rc;
    rc = open_tables(lmdb, txn);
    if (rc == MOM_OK)
        return error_of(mdb_txn_commit(txn));
    mdb_txn_abort(txn);
    return rc;
}

/* Names in the folder are on the disk when this is done; LMDB sees to the content of its file only. */
static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return error_of(errno);
    int rc = fsync(fd) == 0 ? MOM_OK : error_of(errno);
    close(fd);
    return rc;
}

/* A new store gets its name when it is whole and on the disk: a power cut while it is made leaves none, and not one
 * that LMDB takes for broken. */
static int make_as(struct lmdb *lmdb, const char *new_name, const char *name)
{
    if (access(name, F_OK) == 0)
        return MOM_OK;
    if (unlink(new_name) != 0 && errno != ENOENT)
        return error_of(errno);
    int rc = open_env(lmdb, new_name, MDB_NOSUBDIR | MDB_NOLOCK);
    if (rc == MOM_OK)
        rc = prepare(lmdb);
    close_env(lmdb);
    if (rc == MOM_OK && rename(new_name, name) != 0)
        rc = error_of(errno);
    return rc;
}

static int make_new(struct lmdb *lmdb)
{
    struct mom__buf a, b;
    const char *new_name = path_of(lmdb, &a, NEW_NAME), *name = path_of(lmdb, &b, DATA_NAME);
    int rc = new_name == NULL || name == NULL ? MOM_ENOMEM : make_as(lmdb, new_name, name);
    mom__buf_done(&a);
    mom__buf_done(&b);
    return rc;
}

/* How many of the pages from `first` on are in LMDB's list of free pages (database 0: transaction → number of pages,
 * pages). */
static int count_free(MDB_txn *txn, uint64_t first, uint64_t *ret_count)
{
    MDB_cursor *cursor;
    MDB_val key, list;
    int rc = mdb_cursor_open(txn, 0, &cursor);
    if (rc != MDB_SUCCESS)
        return rc;
    *ret_count = 0;
    while ((rc = mdb_cursor_get(cursor, &key, &list, MDB_NEXT)) == MDB_SUCCESS) {
        const char *at = list.mv_data;
        size_t room = list.mv_size / sizeof(size_t), count = 0, page;
        if (room > 0)
            memcpy(&count, at, sizeof count);
        for (size_t i = 1; i <= count && i < room; i++) {
            memcpy(&page, at + i * sizeof page, sizeof page);
            *ret_count += page >= first;
        }
    }
    mdb_cursor_close(cursor);
    return rc == MDB_NOTFOUND ? MDB_SUCCESS : rc;
}

static int check_missing(struct lmdb *lmdb, uint64_t first, uint64_t end)
{
    uint64_t count = 0;
    MDB_txn *txn;
    int rc = mdb_txn_begin(lmdb->env, NULL, MDB_RDONLY, &txn);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    rc = count_free(txn, first, &count);
    mdb_txn_abort(txn);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    return count == end - first ? MOM_OK : MOM_ECORRUPT;
}

/* LMDB maps its file, so that what was cut off it would be a SIGBUS where it is read. A file may be shorter than its
 * last page without harm: a page that was taken and given back in one transaction is never written. So the missing
 * pages have to be free ones; while that is looked up, the file has to have its whole length. */
static int check_size(struct lmdb *lmdb)
{
    MDB_envinfo info;
    MDB_stat stat;
    struct stat file;
    mdb_filehandle_t fd;
    int rc = mdb_env_info(lmdb->env, &info);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_stat(lmdb->env, &stat);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_get_fd(lmdb->env, &fd);
    if (rc == MDB_SUCCESS && fstat(fd, &file) != 0)
        rc = errno;
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    uint64_t end = (uint64_t)info.me_last_pgno + 1, have = (uint64_t)file.st_size / stat.ms_psize;
    if (have >= end)
        return MOM_OK;
    if (ftruncate(fd, (off_t)(end * stat.ms_psize)) != 0)
        return error_of(errno);
    rc = check_missing(lmdb, have, end);
    if (rc != MOM_OK && ftruncate(fd, file.st_size) != 0)
        rc = MOM_ECORRUPT; /* it is, whatever its length */
    return rc;
}

/* From the folder to the tables; the lock is taken. */
static int open_store(struct lmdb *lmdb)
{
    int rc = make_new(lmdb);
    if (rc == MOM_OK && !(lmdb->flags & MDB_NOSYNC))
        rc = sync_folder(lmdb->folder.ptr);
    if (rc == MOM_OK)
        rc = open_env(lmdb, lmdb->folder.ptr, 0);
    /* What a writer left that failed or died may be seen now and not be on the disk, or the other way round: a meta
     * page that was taken back. It must not be built upon before it lasts. */
    if (rc == MOM_OK && !(lmdb->flags & MDB_NOSYNC))
        rc = error_of(mdb_env_sync(lmdb->env, 1));
    if (rc == MOM_OK)
        rc = check_size(lmdb);
    if (rc == MOM_OK)
        rc = prepare(lmdb);
    return rc;
}

static int open_again(struct lmdb *lmdb)
{
    close_env(lmdb);
    lmdb->map_full = false;
    int rc = open_store(lmdb);
    lmdb->broken = rc != MOM_OK;
    return rc;
}

int mom_store_lmdb_open(const struct mom_lmdb_options *options, struct mom_store *ret_store)
{
    if (options == NULL || options->path == NULL || options->map_size > MAP_LIMIT)
        return MOM_EINVAL;
    struct lmdb *lmdb = mom__zalloc(&options->alloc, sizeof *lmdb);
    size_t map = options->map_size == 0 ? MOM_LMDB_MAP_BYTES : (size_t)options->map_size;
    if (lmdb == NULL)
        return MOM_ENOMEM;
    lmdb->alloc = options->alloc;
    lmdb->lock_fd = -1;
    lmdb->map_size = map < MOM_LMDB_MAP_LEAST ? MOM_LMDB_MAP_LEAST
                                              : (map + 0xffff) & ~(size_t)0xffff; /* whole pages */
    lmdb->flags = MDB_NOTLS | (options->no_sync ? MDB_NOSYNC : 0);
    mom__buf_init(&lmdb->folder, &lmdb->alloc);
    mom__buf_bytes(&lmdb->folder, options->path, strlen(options->path) + 1);
    int rc = lmdb->folder.failed ? MOM_ENOMEM : take_lock(lmdb);
    if (rc == MOM_OK)
        rc = open_store(lmdb);
    if (rc != MOM_OK) {
        lmdb_close(lmdb);
        return rc;
    }
    *ret_store = (struct mom_store){&lmdb_ops, lmdb};
    return MOM_OK;
}

/* --- backup ----------------------------------------------------------------------------------- */

/* The copy has this name until it is whole; then LMDB's own. */
#define PART_NAME "/data.mdb.part"
#define DATA_NAME "/data.mdb"

/* The paths of a copy under way. */
struct copy {
    const char *folder;
    struct mom__buf part, data, parent;
};

static int copy_paths(struct copy *copy, const char *path)
{
    const char *slash = strrchr(path, '/');
    copy->folder = path;
    mom__buf_init(&copy->part, NULL);
    mom__buf_init(&copy->data, NULL);
    mom__buf_init(&copy->parent, NULL);
    mom__buf_bytes(&copy->part, path, strlen(path));
    mom__buf_bytes(&copy->part, PART_NAME, sizeof PART_NAME); /* with its NUL */
    mom__buf_bytes(&copy->data, path, strlen(path));
    mom__buf_bytes(&copy->data, DATA_NAME, sizeof DATA_NAME);
    if (slash == NULL)
        mom__buf_bytes(&copy->parent, ".", 1);
    else
        mom__buf_bytes(&copy->parent, path, slash == path ? 1 : (size_t)(slash - path));
    mom__buf_u8(&copy->parent, '\0');
    bool failed = copy->part.failed || copy->data.failed || copy->parent.failed;
    return failed ? MOM_ENOMEM : MOM_OK;
}

static void copy_done(struct copy *copy)
{
    mom__buf_done(&copy->part);
    mom__buf_done(&copy->data);
    mom__buf_done(&copy->parent);
}

static int copy_content(struct lmdb *lmdb, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return error_of(errno);
    int rc = error_of(mdb_env_copyfd2(lmdb->env, fd, MDB_CP_COMPACT));
    if (rc == MOM_OK && fsync(fd) != 0)
        rc = error_of(errno);
    if (close(fd) != 0 && rc == MOM_OK)
        rc = error_of(errno);
    return rc;
}

static int put_mark(MDB_txn *txn, int64_t wall_ms)
{
    char bytes[MOM__SNAPSHOT_MAX];
    MDB_val key = to_val(mom__str(MOM__META_SNAPSHOT));
    MDB_val value = to_val(mom__snapshot_encode(bytes, wall_ms));
    MDB_dbi meta;
    int rc = mdb_dbi_open(txn, "meta", 0, &meta);
    return rc == MDB_SUCCESS ? mdb_put(txn, meta, &key, &value, 0) : rc;
}

/* Open the copy, which nobody else knows yet, and mark it; the commit waits for the disk. */
static int mark_copy(const char *path, int64_t wall_ms)
{
    MDB_env *env;
    MDB_txn *txn;
    int rc = mdb_env_create(&env);
    if (rc != MDB_SUCCESS)
        return error_of(rc);
    rc = mdb_env_set_maxdbs(env, 1);
    if (rc == MDB_SUCCESS)
        rc = mdb_env_open(env, path, MDB_NOSUBDIR | MDB_NOLOCK, FILE_MODE);
    if (rc == MDB_SUCCESS)
        rc = mdb_txn_begin(env, NULL, 0, &txn);
    if (rc == MDB_SUCCESS) {
        rc = put_mark(txn, wall_ms);
        if (rc == MDB_SUCCESS)
            rc = mdb_txn_commit(txn);
        else
            mdb_txn_abort(txn);
    }
    mdb_env_close(env);
    return error_of(rc);
}

int mom_store_lmdb_backup(const struct mom_store *store, const char *path, int64_t wall_ms)
{
    if (store == NULL || path == NULL || path[0] == '\0')
        return MOM_EINVAL;
    if (store->ops != &lmdb_ops)
        return MOM_ESTATE;
    struct lmdb *lmdb = store->store;
    if (lmdb->writing || lmdb->broken)
        return lmdb->writing ? MOM_ESTATE : MOM_ESTORE;
    struct copy copy;
    int rc = copy_paths(&copy, path);
    if (rc == MOM_OK && mkdir(path, FOLDER_MODE) != 0)
        rc = errno == EEXIST ? MOM_EEXIST : error_of(errno);
    if (rc != MOM_OK) {
        copy_done(&copy);
        return rc;
    }
    rc = copy_content(lmdb, copy.part.ptr);
    if (rc == MOM_OK)
        rc = mark_copy(copy.part.ptr, wall_ms);
    if (rc == MOM_OK && rename(copy.part.ptr, copy.data.ptr) != 0)
        rc = error_of(errno);
    if (rc == MOM_OK)
        rc = sync_folder(copy.folder);
    if (rc == MOM_OK)
        rc = sync_folder(copy.parent.ptr);
    if (rc != MOM_OK) {
        (void)unlink(copy.part.ptr);
        (void)unlink(copy.data.ptr);
        (void)rmdir(path);
    }
    copy_done(&copy);
    return rc;
}
