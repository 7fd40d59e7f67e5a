/*
 * The two bare costs that an import cannot avoid, on the import's own data: one expat pass with
 * empty handlers over the bytes that the OMM sends, and the LMDB puts that put the same keys and
 * values on disk in as many equal batches.
 *
 *     bench_import HOST PORT STORE     reads the OMM at HOST:PORT (plain TCP), and the store that momd left in STORE
 *
 * Prints one line: bytes, expat seconds, puts, batches, lmdb seconds. bench/run.sh sets them beside momd's time.
 */
#include <axi/axi.h>
#include <expat.h>
#include <lmdb.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* --- the bytes of a full read -------------------------------------------------------------------- */

struct capture {
    int fd;
    char *bytes;
    size_t len, cap;
    struct axi_parser *parser;
    struct axi_msg *request;
    struct axi_buf out;
};

static void request(struct capture *c)
{
    c->out.len = 0;
    if (axi_encode(c->request, 0, &c->out) != AXI_OK)
        die("encode");
    for (size_t sent = 0; sent < c->out.len;) {
        ssize_t n = write(c->fd, c->out.ptr + sent, c->out.len - sent);
        if (n <= 0)
            die("write");
        sent += (size_t)n;
    }
}

/* One message; its bytes stay in the capture. The client asks for one at a time, so none is left over. */
static struct axi_msg *answer(struct capture *c)
{
    for (;;) {
        if (c->cap - c->len < 65536) {
            c->cap = c->cap * 2 + 65536;
            c->bytes = realloc(c->bytes, c->cap);
            if (c->bytes == NULL)
                die("memory");
        }
        ssize_t n = read(c->fd, c->bytes + c->len, c->cap - c->len);
        if (n <= 0)
            die("read");
        const char *data = c->bytes + c->len;
        size_t left = (size_t)n;
        struct axi_msg *msg = NULL;
        c->len += (size_t)n;
        if (axi_parser_next(c->parser, &data, &left, &msg) != AXI_OK)
            die("parse");
        if (msg != NULL)
            return msg;
    }
}

static void read_all(struct capture *c, enum axi_type type, enum axi_attr key)
{
    for (int64_t next = 0;;) {
        struct axi_elem *e = axi_msg_start(c->request, type);
        axi_set_int(e, key, next);
        axi_set_int(e, AXI_A_maxRecords, 20);
        request(c);
        struct axi_elem *record = axi_first_child(axi_msg_root(answer(c)), NULL);
        if (record == NULL)
            return;
        for (; record != NULL; record = axi_next_sibling(record, NULL))
            next = axi_get_int_or(record, key, 0) + 1;
    }
}

static void capture_site(struct capture *c, const char *host, const char *port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    if (inet_pton(AF_INET, host, &to.sin_addr) != 1)
        die("address");
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        die("connect");
    c->parser = axi_parser_new(NULL);
    c->request = axi_msg_new(NULL);
    struct axi_elem *open = axi_msg_start(c->request, AXI_T_Open);
    axi_set_cstr(open, AXI_A_username, "omm");
    axi_set_cstr(open, AXI_A_password, "omm");
    axi_set_bool(open, AXI_A_UserDeviceSyncClient, true);
    request(c);
    (void)answer(c);
    c->len = 0;
    read_all(c, AXI_T_GetPPDev, AXI_A_ppn);
    read_all(c, AXI_T_GetPPUser, AXI_A_uid);
    close(c->fd);
    axi_parser_free(c->parser);
    axi_msg_free(c->request);
    axi_buf_done(&c->out);
}

/* --- bare expat ------------------------------------------------------------------------------------ */

static void XMLCALL on_start(void *user, const char *name, const char **attrs)
{
    (void)user, (void)name, (void)attrs;
}

static void XMLCALL on_end(void *user, const char *name)
{
    (void)user, (void)name;
}

static double expat_pass(const struct capture *c)
{
    XML_Parser p = XML_ParserCreate("UTF-8");
    double from = seconds();
    for (size_t at = 0; at < c->len;) {
        size_t len = strnlen(c->bytes + at, c->len - at);
        XML_ParserReset(p, "UTF-8");
        XML_SetElementHandler(p, on_start, on_end);
        if (len > 0 && XML_Parse(p, c->bytes + at, (int)len, 1) != XML_STATUS_OK)
            die("expat");
        at += len + 1;
    }
    double took = seconds() - from;
    XML_ParserFree(p);
    return took;
}

/* --- bare LMDB --------------------------------------------------------------------------------------- */

struct row {
    unsigned table;
    MDB_val key, value;
};

struct rows {
    struct row *at;
    size_t count, cap;
    unsigned tables;
    size_t commits;
};

static MDB_val copy(MDB_val v)
{
    MDB_val c = {v.mv_size, malloc(v.mv_size + 1)};
    if (c.mv_data == NULL)
        die("memory");
    memcpy(c.mv_data, v.mv_data, v.mv_size);
    return c;
}

static void load_table(MDB_txn *txn, MDB_dbi dbi, struct rows *rows)
{
    MDB_cursor *cursor;
    MDB_val key, value;
    if (mdb_cursor_open(txn, dbi, &cursor) != 0)
        die("cursor");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        if (rows->count == rows->cap) {
            rows->cap = rows->cap * 2 + 1024;
            rows->at = realloc(rows->at, rows->cap * sizeof *rows->at);
            if (rows->at == NULL)
                die("memory");
        }
        rows->at[rows->count++] = (struct row){rows->tables, copy(key), copy(value)};
    }
    mdb_cursor_close(cursor);
    rows->tables++;
}

static void load_store(const char *path, struct rows *rows)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi names;
    MDB_envinfo info;
    MDB_cursor *cursor;
    MDB_val key, value;
    if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, 32) != 0 ||
        mdb_env_open(env, path, MDB_RDONLY, 0) != 0)
        die(path);
    mdb_env_info(env, &info);
    rows->commits = info.me_last_txnid;
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &txn) != 0 ||
        mdb_dbi_open(txn, NULL, 0, &names) != 0 || mdb_cursor_open(txn, names, &cursor) != 0)
        die("store");
    while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0) {
        char name[64];
        MDB_dbi dbi;
        snprintf(name, sizeof name, "%.*s", (int)key.mv_size, (const char *)key.mv_data);
        if (mdb_dbi_open(txn, name, 0, &dbi) == 0)
            load_table(txn, dbi, rows);
    }
    mdb_cursor_close(cursor);
    mdb_txn_abort(txn);
    mdb_env_close(env);
}

/* The rows go in by order of a multiplicative hash of their place: an import does not write in key order either. */
static double lmdb_puts(const struct rows *rows, const char *folder)
{
    MDB_env *env;
    MDB_dbi dbi[32];
    size_t per_batch = rows->count / (rows->commits ? rows->commits : 1) + 1, step = 7919;
    while (rows->count % step == 0)
        step += 2;
    if (mdb_env_create(&env) != 0 || mdb_env_set_maxdbs(env, 32) != 0 ||
        mdb_env_set_mapsize(env, (size_t)1 << 30) != 0 || mdb_env_open(env, folder, 0, 0600) != 0)
        die(folder);
    double from = seconds();
    for (size_t done = 0; done < rows->count;) {
        MDB_txn *txn;
        if (mdb_txn_begin(env, NULL, 0, &txn) != 0)
            die("begin");
        for (unsigned t = 0; done == 0 && t < rows->tables; t++) {
            char name[16];
            snprintf(name, sizeof name, "t%u", t);
            if (mdb_dbi_open(txn, name, MDB_CREATE, &dbi[t]) != 0)
                die("table");
        }
        for (size_t n = 0; n < per_batch && done < rows->count; n++, done++) {
            struct row row = rows->at[done * step % rows->count];
            if (mdb_put(txn, dbi[row.table], &row.key, &row.value, 0) != 0)
                die("put");
        }
        if (mdb_txn_commit(txn) != 0)
            die("commit");
    }
    double took = seconds() - from;
    mdb_env_close(env);
    return took;
}

int main(int argc, char **argv)
{
    struct capture c = {0};
    struct rows rows = {0};
    char folder[] = "/tmp/bench-import-XXXXXX", file[64];
    if (argc != 4) {
        fprintf(stderr, "usage: bench_import HOST PORT STORE\n");
        return 2;
    }
    capture_site(&c, argv[1], argv[2]);
    load_store(argv[3], &rows);
    if (mkdtemp(folder) == NULL)
        die("temporary folder");
    double expat = expat_pass(&c), lmdb = lmdb_puts(&rows, folder);
    printf("%zu %.3f %zu %zu %.3f\n", c.len, expat, rows.count, rows.commits, lmdb);
    for (int i = 0; i < 2; i++) {
        snprintf(file, sizeof file, "%s/%s", folder, i ? "lock.mdb" : "data.mdb");
        unlink(file);
    }
    rmdir(folder);
    for (size_t i = 0; i < rows.count; i++) {
        free(rows.at[i].key.mv_data);
        free(rows.at[i].value.mv_data);
    }
    free(rows.at);
    free(c.bytes);
    return 0;
}
