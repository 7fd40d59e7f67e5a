/*
 * The store in memory: for each table a balanced (AVL) tree whose nodes are shared between
 * versions.
 *
 * The durable image is a root for each table. A transaction holds roots of its own; a writer copies
 * the nodes on its way that somebody else holds too (refs > 1) and changes its copies. So a commit
 * swaps roots, an abort or a crash drops them, and a reader keeps the state of its begin whatever
 * is written meanwhile. Depth is at most 1.44 log2(n), so recursion is bounded.
 */
#include "store_mem.h"

#include "alloc.h"
#include "text.h"

#include <momsync/limits.h>

#include <string.h>

enum { KEY_MAX = MOM_STORE_KEY_BYTES, VALUE_MAX = MOM_STORE_VALUE_BYTES };

/* A key with its value: shared by the copies of a node. */
struct item {
    size_t refs;
    size_t key_len, value_len;
    char bytes[]; /* key, value */
};

struct node {
    size_t refs;
    struct node *child[2];
    struct item *item;
    int height;
};

struct tree {
    struct node *root;
    uint64_t count;
};

struct memory {
    struct mom_alloc alloc;
    struct tree durable[MOM_T_COUNT];
    struct memory_txn *open; /* list */
    bool writing;
    uint64_t operations, fail_at; /* 0: never */
    int fail_code;
};

/* What the seam calls struct mom_txn. */
struct memory_txn {
    struct memory *memory;
    struct memory_txn *next;
    bool write, spoilt;
    struct tree tables[MOM_T_COUNT];
};

/* --- nodes ------------------------------------------------------------------------------------ */

static void item_drop(struct memory *m, struct item *item)
{
    if (--item->refs == 0)
        mom__free(&m->alloc, item);
}

static void node_drop(struct memory *m, struct node *node)
{
    if (node == NULL || --node->refs > 0)
        return;
    node_drop(m, node->child[0]);
    node_drop(m, node->child[1]);
    item_drop(m, node->item);
    mom__free(&m->alloc, node);
}

static struct node *node_hold(struct node *node)
{
    if (node != NULL)
        node->refs++;
    return node;
}

static struct item *item_new(struct memory *m, struct mom_str key, struct mom_str value)
{
    struct item *item = mom__alloc(&m->alloc, sizeof *item + key.len + value.len);
    if (item == NULL)
        return NULL;
    item->refs = 1;
    item->key_len = key.len;
    item->value_len = value.len;
    memcpy(item->bytes, key.ptr, key.len);
    if (value.len > 0)
        memcpy(item->bytes + key.len, value.ptr, value.len);
    return item;
}

static struct mom_str item_key(const struct item *item)
{
    return (struct mom_str){item->bytes, item->key_len};
}

static struct mom_str item_value(const struct item *item)
{
    return (struct mom_str){item->bytes + item->key_len, item->value_len};
}

/* Make the node at this place ours alone; false when there is no memory (or no node). */
static bool own(struct memory *m, struct node **at)
{
    struct node *node = *at;
    if (node == NULL || node->refs == 1)
        return node != NULL;
    struct node *copy = mom__alloc(&m->alloc, sizeof *copy);
    if (copy == NULL)
        return false;
    *copy = *node;
    copy->refs = 1;
    node_hold(copy->child[0]);
    node_hold(copy->child[1]);
    copy->item->refs++;
    node->refs--;
    *at = copy;
    return true;
}

static int height(const struct node *node)
{
    return node != NULL ? node->height : 0;
}

static void measure(struct node *node)
{
    int a = height(node->child[0]), b = height(node->child[1]);
    node->height = 1 + (a > b ? a : b);
}

/* The child on `side` comes up; both nodes are ours. */
static void rotate(struct node **at, int side)
{
    struct node *down = *at, *up = down->child[side];
    down->child[side] = up->child[1 - side];
    up->child[1 - side] = down;
    measure(down);
    measure(up);
    *at = up;
}

/* After one insertion or removal below a node of ours. */
static bool balance(struct memory *m, struct node **at)
{
    struct node *node = *at;
    measure(node);
    int lean = height(node->child[1]) - height(node->child[0]);
    if (lean >= -1 && lean <= 1)
        return true;
    int side = lean > 0 ? 1 : 0;
    if (!own(m, &node->child[side]))
        return false;
    struct node *child = node->child[side];
    if (height(child->child[1 - side]) > height(child->child[side])) {
        if (!own(m, &child->child[1 - side]))
            return false;
        rotate(&node->child[side], 1 - side);
    }
    rotate(at, side);
    return true;
}

static const struct item *find(const struct node *node, struct mom_str key)
{
    while (node != NULL) {
        int order = mom__compare(key, item_key(node->item));
        if (order == 0)
            return node->item;
        node = node->child[order > 0];
    }
    return NULL;
}

/* Put an item in; the tree holds it besides the caller. */
static bool insert(struct memory *m, struct node **at, struct item *item, bool *ret_new)
{
    if (*at == NULL) {
        struct node *node = mom__alloc(&m->alloc, sizeof *node);
        if (node == NULL)
            return false;
        *node = (struct node){.refs = 1, .item = item, .height = 1};
        item->refs++;
        *at = node;
        *ret_new = true;
        return true;
    }
    if (!own(m, at))
        return false;
    struct node *node = *at;
    int order = mom__compare(item_key(item), item_key(node->item));
    if (order == 0) {
        item->refs++;
        item_drop(m, node->item);
        node->item = item;
        return true;
    }
    return insert(m, &node->child[order > 0], item, ret_new) && balance(m, at);
}

/* Take the first node of a subtree out; its item is the caller's. */
static bool remove_first(struct memory *m, struct node **at, struct item **ret_item)
{
    if (!own(m, at))
        return false;
    struct node *node = *at;
    if (node->child[0] != NULL)
        return remove_first(m, &node->child[0], ret_item) && balance(m, at);
    *at = node_hold(node->child[1]);
    node->item->refs++;
    *ret_item = node->item;
    node_drop(m, node);
    return true;
}

static bool remove_here(struct memory *m, struct node **at)
{
    struct node *node = *at;
    if (node->child[0] == NULL || node->child[1] == NULL) {
        *at = node_hold(node->child[node->child[0] == NULL]);
        node_drop(m, node);
        return true;
    }
    struct item *item = NULL;
    bool done = remove_first(m, &node->child[1], &item);
    if (item != NULL) {
        item_drop(m, node->item);
        node->item = item;
    }
    return done && balance(m, at);
}

/* The key is there. */
static bool remove_key(struct memory *m, struct node **at, struct mom_str key)
{
    if (!own(m, at))
        return false;
    int order = mom__compare(key, item_key((*at)->item));
    if (order == 0)
        return remove_here(m, at);
    return remove_key(m, &(*at)->child[order > 0], key) && balance(m, at);
}

/* In order from `from` upwards; false when the visitor has had enough. */
static bool walk(const struct node *node, struct mom_str from, mom_visit *visit, void *user)
{
    if (node == NULL)
        return true;
    struct mom_str key = item_key(node->item);
    if (mom__compare(key, from) >= 0) {
        if (!walk(node->child[0], from, visit, user) || !visit(user, key, item_value(node->item)))
            return false;
    }
    return walk(node->child[1], from, visit, user);
}

static void trees_hold(struct tree to[MOM_T_COUNT], const struct tree from[MOM_T_COUNT])
{
    for (int t = 0; t < MOM_T_COUNT; t++)
        to[t] = (struct tree){node_hold(from[t].root), from[t].count};
}

static void trees_drop(struct memory *m, struct tree trees[MOM_T_COUNT])
{
    for (int t = 0; t < MOM_T_COUNT; t++) {
        node_drop(m, trees[t].root);
        trees[t] = (struct tree){NULL, 0};
    }
}

/* --- the seam --------------------------------------------------------------------------------- */

static struct memory_txn *mine(struct mom_txn *txn)
{
    return (struct memory_txn *)(void *)txn;
}

/* Count an operation; MOM_OK or the code that the test wants. */
static int operation(struct memory *m, struct memory_txn *txn)
{
    m->operations++;
    if (m->fail_at == 0 || m->operations < m->fail_at)
        return MOM_OK;
    if (txn != NULL)
        txn->spoilt = true;
    return m->fail_code;
}

static int check_key(enum mom_table table, struct mom_str key)
{
    bool ok = (unsigned)table < MOM_T_COUNT && key.len > 0 && key.len <= KEY_MAX;
    return ok ? MOM_OK : MOM_EINVAL;
}

static int memory_begin(void *store, bool write, struct mom_txn **ret_txn)
{
    struct memory *m = store;
    int rc = operation(m, NULL);
    if (rc != MOM_OK)
        return rc;
    if (write && m->writing)
        return MOM_ESTATE;
    struct memory_txn *txn = mom__zalloc(&m->alloc, sizeof *txn);
    if (txn == NULL)
        return MOM_ENOMEM;
    txn->memory = m;
    txn->write = write;
    trees_hold(txn->tables, m->durable);
    txn->next = m->open;
    m->open = txn;
    m->writing = m->writing || write;
    *ret_txn = (struct mom_txn *)(void *)txn;
    return MOM_OK;
}

static void end(struct memory_txn *txn)
{
    struct memory *m = txn->memory;
    struct memory_txn **at = &m->open;
    while (*at != txn)
        at = &(*at)->next;
    *at = txn->next;
    if (txn->write)
        m->writing = false;
    trees_drop(m, txn->tables);
    mom__free(&m->alloc, txn);
}

static void memory_abort(struct mom_txn *seam)
{
    end(mine(seam));
}

static int memory_commit(struct mom_txn *seam)
{
    struct memory_txn *txn = mine(seam);
    struct memory *m = txn->memory;
    int rc = operation(m, txn);
    if (rc == MOM_OK && txn->spoilt)
        rc = MOM_ESTORE;
    if (rc == MOM_OK && txn->write) {
        struct tree old[MOM_T_COUNT];
        memcpy(old, m->durable, sizeof old);
        trees_hold(m->durable, txn->tables);
        trees_drop(m, old);
    }
    end(txn);
    return rc;
}

static int memory_get(struct mom_txn *seam, enum mom_table table, struct mom_str key,
                      struct mom_str *ret_value)
{
    struct memory_txn *txn = mine(seam);
    int rc = operation(txn->memory, txn);
    if (rc == MOM_OK)
        rc = check_key(table, key);
    if (rc != MOM_OK)
        return rc;
    const struct item *item = find(txn->tables[table].root, key);
    if (item == NULL)
        return MOM_ENOENT;
    *ret_value = item_value(item);
    return MOM_OK;
}

/* What put and del check. */
static int check_write(struct memory_txn *txn, enum mom_table table, struct mom_str key)
{
    if (!txn->write)
        return MOM_ESTATE;
    int rc = operation(txn->memory, txn);
    if (rc == MOM_OK && txn->spoilt)
        rc = MOM_ESTORE;
    return rc == MOM_OK ? check_key(table, key) : rc;
}

static int memory_put(struct mom_txn *seam, enum mom_table table, struct mom_str key,
                      struct mom_str value)
{
    struct memory_txn *txn = mine(seam);
    struct memory *m = txn->memory;
    int rc = check_write(txn, table, key);
    if (rc != MOM_OK)
        return rc;
    if (value.len > VALUE_MAX)
        return MOM_EINVAL;
    struct item *item = item_new(m, key, value);
    bool is_new = false;
    bool done = item != NULL && insert(m, &txn->tables[table].root, item, &is_new);
    if (item != NULL)
        item_drop(m, item);
    if (is_new)
        txn->tables[table].count++;
    txn->spoilt = !done;
    return done ? MOM_OK : MOM_ENOMEM;
}

static int memory_del(struct mom_txn *seam, enum mom_table table, struct mom_str key)
{
    struct memory_txn *txn = mine(seam);
    int rc = check_write(txn, table, key);
    if (rc != MOM_OK)
        return rc;
    struct tree *tree = &txn->tables[table];
    if (find(tree->root, key) == NULL)
        return MOM_ENOENT;
    if (!remove_key(txn->memory, &tree->root, key)) {
        txn->spoilt = true;
        return MOM_ENOMEM;
    }
    tree->count--;
    return MOM_OK;
}

static int memory_scan(struct mom_txn *seam, enum mom_table table, struct mom_str from,
                       mom_visit *visit, void *user)
{
    struct memory_txn *txn = mine(seam);
    int rc = operation(txn->memory, txn);
    if (rc == MOM_OK && (unsigned)table >= MOM_T_COUNT)
        rc = MOM_EINVAL;
    if (rc == MOM_OK)
        walk(txn->tables[table].root, from, visit, user);
    return rc;
}

static int memory_count(struct mom_txn *seam, enum mom_table table, uint64_t *ret_count)
{
    struct memory_txn *txn = mine(seam);
    int rc = operation(txn->memory, txn);
    if (rc == MOM_OK && (unsigned)table >= MOM_T_COUNT)
        rc = MOM_EINVAL;
    if (rc == MOM_OK)
        *ret_count = txn->tables[table].count;
    return rc;
}

static void memory_close(void *store)
{
    struct memory *m = store;
    while (m->open != NULL)
        end(m->open);
    trees_drop(m, m->durable);
    struct mom_alloc alloc = m->alloc;
    mom__free(&alloc, m);
}

static const struct mom_store_ops memory_ops = {
    .begin = memory_begin,
    .get = memory_get,
    .put = memory_put,
    .del = memory_del,
    .scan = memory_scan,
    .count = memory_count,
    .commit = memory_commit,
    .abort = memory_abort,
    .close = memory_close,
};

int mom_store_memory_new(const struct mom_alloc *alloc, struct mom_store *ret_store)
{
    struct memory *m = mom__zalloc(alloc, sizeof *m);
    if (m == NULL)
        return MOM_ENOMEM;
    m->alloc = mom__alloc_copy(alloc);
    *ret_store = (struct mom_store){&memory_ops, m};
    return MOM_OK;
}

void mom_store_memory_crash(struct mom_store *store)
{
    struct memory *m = store->store;
    while (m->open != NULL)
        end(m->open);
}

void mom__store_memory_fail_after(struct mom_store *store, uint64_t n, int code)
{
    struct memory *m = store->store;
    m->fail_at = n == 0 ? 0 : m->operations + n;
    m->fail_code = code;
}

uint64_t mom__store_memory_operations(const struct mom_store *store)
{
    const struct memory *m = store->store;
    return m->operations;
}
