/*
 * One side of a link between nodes whose other side is written by hand: what it hears, says, tells its engine and asks
 * for in memory.
 */
#ifndef TESTS_LINK_NODE_SOLO_H
#define TESTS_LINK_NODE_SOLO_H

#include "node_rig.h"

#define ANNOUNCED " momsync-node=\"16777217\" momsync-carriage=\"1\""
#define ACCOUNT   " username=\"" PAIR_USER "\" password=\"" PAIR_PASSWORD "\""
#define SYNC      " UserDeviceSyncClient=\"1\""

/* One link; what is outside is written by hand. */
struct solo {
    struct pair hooks; /* for the log */
    struct mom_node *link;
    struct mom_batch *batch;
    struct mom_now now;
    size_t memory, most;
    unsigned fails_in;
    bool watched; /* a block that is given back must not have the password */
};

union block {
    size_t size;
    max_align_t align;
};

static inline void check_given_back(const struct solo *s, const union block *block)
{
    size_t len = strlen(PAIR_PASSWORD);

    for (size_t i = 0; s->watched && block && i + len <= block->size; i++)
        assert_memory_not_equal((const char *)(block + 1) + i, PAIR_PASSWORD, len);
}

static inline void *solo_realloc(void *user, void *ptr, size_t size)
{
    union block *old = ptr ? (union block *)ptr - 1 : NULL, *block;
    size_t before = old ? old->size : 0;
    struct solo *s = user;

    if (s->fails_in > 0 && --s->fails_in == 0)
        return NULL;
    check_given_back(s, old);
    block = realloc(old, sizeof *block + size);
    assert_non_null(block);
    block->size = size;
    s->memory += size - before;
    s->most = s->memory > s->most ? s->memory : s->most;
    return block + 1;
}

static inline void solo_free_block(void *user, void *ptr)
{
    union block *block = ptr ? (union block *)ptr - 1 : NULL;
    struct solo *s = user;

    check_given_back(s, block);
    if (block)
        s->memory -= block->size;
    free(block);
}

static inline struct solo *solo_new(enum mom_node_role role)
{
    struct solo *s = calloc(1, sizeof *s);
    struct mom_node_config config;

    assert_non_null(s);
    s->now = (struct mom_now){1000, 1700000000000};
    config = pair_config(&s->hooks, role == MOM_NODE_CENTRAL);
    config.alloc = (struct mom_alloc){s, solo_realloc, solo_free_block};
    s->batch = mom_batch_new(NULL);
    assert_non_null(s->batch);
    assert_int_equal(mom_node_new(&config, &s->link), MOM_OK);
    assert_int_equal(mom_node_enable(s->link, &s->now, true, s->batch), MOM_OK);
    assert_int_equal(mom_node_wants(s->link), role == MOM_NODE_CENTRAL ? MOM_NODE_WANT_CONNECT : 0);
    assert_int_equal(mom_node_opened(s->link, &s->now, s->batch), MOM_OK);
    return s;
}

static inline void solo_free(struct solo *s)
{
    mom_node_free(s->link);
    mom_batch_free(s->batch);
    assert_int_equal(s->memory, 0);
    free(s);
}

static inline void hear(struct solo *s, const char *data, size_t len)
{
    char *copy = malloc(len + 1);

    assert_non_null(copy);
    memcpy(copy, data, len);
    assert_int_equal(mom_node_received(s->link, &s->now, copy, len, s->batch), MOM_OK);
    free(copy);
}

/* A message of AXI with its NUL. */
static inline void hear_text(struct solo *s, const char *text)
{
    hear(s, text, strlen(text) + 1);
}

static inline struct mom_node_info info_of(const struct solo *s)
{
    struct mom_node_info info;

    mom_node_get_info(s->link, &info);
    return info;
}

static inline void check_state(const struct solo *s, enum mom_node_state state)
{
    if (info_of(s).state != state)
        fail_msg("it is %s (%s) and not %s", mom_node_state_name(info_of(s).state), info_of(s).text,
                 mom_node_state_name(state));
}

/* What waits to be sent, taken away; with an end. */
static inline const char *said(struct solo *s, size_t *ret_len)
{
    static char text[200000];
    const char *data;
    size_t len = mom_node_output(s->link, &data);

    assert_true(len < sizeof text);
    if (len > 0)
        memcpy(text, data, len);
    text[len] = '\0';
    mom_node_sent(s->link, len);
    if (ret_len)
        *ret_len = len;
    return text;
}

static inline struct solo *agreed(enum mom_node_role role)
{
    struct solo *s = solo_new(role);

    if (role == MOM_NODE_CENTRAL)
        hear_text(s, "<OpenResp seq=\"1\" protocolVersion=\"45\"" ANNOUNCED "/>");
    else
        hear_text(s, "<Open seq=\"1\" protocolVersion=\"45\"" ACCOUNT SYNC
                     " momsync-node=\"16777218\" momsync-carriage=\"1\"/>");
    check_state(s, MOM_NODE_UP);
    (void)said(s, NULL);
    assert_int_equal(mom_batch_count(s->batch), 1);
    assert_int_equal(s->batch->inputs[0].kind, MOM_IN_NODE_UP);
    assert_int_equal(s->batch->inputs[0].yes, role == MOM_NODE_CENTRAL);
    mom_batch_reset(s->batch);
    return s;
}

#endif
