/*
 * Two engines joined by the two ends of a link between nodes: the bytes go through pipes that split them, are cut
 * after a number of them, and are counted. Side 0 is above and is called, side 1 is below and calls.
 */
#ifndef TESTS_LINK_NODE_RIG_H
#define TESTS_LINK_NODE_RIG_H

#include "momsync/net.h"

#include <axi/axi.h>
#include <momsync/axi/node.h>

#include "../../libmomsync/batch.h"

#define PAIR_PASSWORD "sesame-4711"
#define PAIR_USER     "below"
#define PAIR_NO_ROOM  "there are 2 <remotes> already" /* net_number(2) is told so */

struct pair {
    struct net *net;
    struct mom_node *links[2];
    struct mom_batch *batches[2];
    bool connected, closing[2], reachable;
    size_t split;      /* bytes that are carried at a time; 0: all that wait */
    uint64_t random;   /* not 0: any number up to `split` of them */
    uint64_t budget;   /* bytes until the connection is cut */
    uint64_t bytes[2]; /* carried from each side, of this connection */
    uint64_t frames[2], payload[2];
    unsigned connects;
    char log[8192];
    size_t log_len;
};

static inline uint64_t pair_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline void pair_log(void *user, enum mom_level level, const char *line)
{
    struct pair *p = user;
    size_t len = strlen(line);

    net_log(NULL, level, line);
    if (p->log_len + len + 2 > sizeof p->log)
        return;
    memcpy(p->log + p->log_len, line, len);
    p->log_len += len;
    p->log[p->log_len++] = '\n';
    p->log[p->log_len] = '\0';
}

static inline bool pair_account(void *user, struct mom_str username, struct mom_str password)
{
    (void)user;
    return username.len == strlen(PAIR_USER) &&
           memcmp(username.ptr, PAIR_USER, username.len) == 0 &&
           password.len == strlen(PAIR_PASSWORD) &&
           memcmp(password.ptr, PAIR_PASSWORD, password.len) == 0;
}

static inline enum mom_node_state pair_know(void *user, uint32_t node, struct mom_str username,
                                            char *ret_why, size_t max)
{
    (void)user;
    (void)username;
    if (node == net_number(2)) {
        snprintf(ret_why, max, "%s", PAIR_NO_ROOM);
        return MOM_NODE_REFUSED;
    }
    return node == net_number(1) ? MOM_NODE_UP : MOM_NODE_WRONG_NODE;
}

static inline struct mom_node_config pair_config(struct pair *p, unsigned i)
{
    struct mom_node_config config = {.size = sizeof config, .node = net_number(i), .user = p};

    config.log = pair_log;
    config.seed = 7;
    config.protocol_version = 45;
    config.role = i == 0 ? MOM_NODE_REMOTE : MOM_NODE_CENTRAL;
    if (i == 0) {
        config.check_account = pair_account;
        config.know_node = pair_know;
    } else {
        config.neighbour = net_number(0);
        config.username = NS(PAIR_USER);
        config.password = NS(PAIR_PASSWORD);
    }
    return config;
}

static inline void pair_act(struct pair *p, unsigned i, const struct mom_action *a)
{
    if (a->kind == MOM_DO_NODE_BYTES) {
        p->frames[i]++;
        p->payload[i] += a->text.len;
    } else {
        net_act(p->net, i, a);
    }
    if (a->node != 0)
        assert_int_equal(mom_node_act(p->links[i], &p->net->now, a, p->batches[i]), MOM_OK);
}

/* Step the engine with what the link gave, or with `in`; NULL: only time passed. */
static inline void pair_step(struct pair *p, unsigned i, const struct mom_input *in)
{
    struct mom_engine *engine = p->net->nodes[i].engine;
    struct mom_now now = net_now(p->net, &p->net->nodes[i]);
    struct mom_action a;

    if (in)
        assert_int_equal(mom_batch_add(p->batches[i], in), MOM_OK);
    do {
        assert_int_equal(mom_engine_step(engine, &now, p->batches[i]), MOM_OK);
        mom_batch_reset(p->batches[i]);
        while (mom_engine_next_action(engine, &a))
            pair_act(p, i, &a);
    } while (mom_batch_count(p->batches[i]) > 0);
}

static inline void pair_flush(struct pair *p, unsigned i)
{
    if (mom_batch_count(p->batches[i]) > 0)
        pair_step(p, i, NULL);
}

static inline void pair_cut(struct pair *p)
{
    p->connected = false;
    for (unsigned i = 0; i < 2; i++) {
        p->closing[i] = false;
        assert_int_equal(
            mom_node_closed(p->links[i], &p->net->now, MOM_NODE_LOST, NS("cut"), p->batches[i]),
            MOM_OK);
        pair_flush(p, i);
    }
}

static inline void pair_connect(struct pair *p)
{
    p->connected = true;
    p->connects++;
    for (unsigned i = 0; i < 2; i++) {
        p->bytes[i] = p->payload[i] = p->frames[i] = 0;
        assert_int_equal(mom_node_opened(p->links[i], &p->net->now, p->batches[i]), MOM_OK);
    }
    for (unsigned i = 0; i < 2; i++)
        pair_flush(p, i);
}

static inline void pair_wants(struct pair *p, unsigned i)
{
    unsigned wants = mom_node_wants(p->links[i]);

    if (wants & MOM_NODE_WANT_CLOSE)
        p->closing[i] = true;
    if (!(wants & MOM_NODE_WANT_CONNECT))
        return;
    assert_false(p->connected);
    if (p->reachable)
        pair_connect(p);
    else
        assert_int_equal(mom_node_closed(p->links[i], &p->net->now, MOM_NODE_UNREACHABLE,
                                         NS("nobody there"), p->batches[i]),
                         MOM_OK);
}

/* Carry bytes from one side to the other; true when there were some. */
static inline bool pair_carry(struct pair *p, unsigned from)
{
    const char *data;
    size_t len = mom_node_output(p->links[from], &data), most = p->split;
    char *copy;

    if (!p->connected || len == 0)
        return false;
    if (p->random)
        most = 1 + (size_t)(pair_random(&p->random) % p->split);
    if (most > 0 && len > most)
        len = most;
    if (len > p->budget)
        len = (size_t)p->budget;
    p->budget -= len;
    p->bytes[from] += len;
    copy = malloc(len + 1);
    assert_non_null(copy);
    memcpy(copy, data, len);
    mom_node_sent(p->links[from], len);
    assert_int_equal(
        mom_node_received(p->links[1 - from], &p->net->now, copy, len, p->batches[1 - from]),
        MOM_OK);
    free(copy);
    pair_flush(p, 1 - from);
    if (p->budget == 0)
        pair_cut(p);
    return true;
}

static inline void pair_run(struct pair *p)
{
    int guard = 0;

    for (bool busy = true; busy;) {
        busy = false;
        if (++guard > 2000000)
            fail_msg("the nodes do not come to rest");
        for (unsigned i = 0; i < 2; i++) {
            pair_wants(p, i);
            busy |= pair_carry(p, i);
            pair_wants(p, i);
        }
        if (!busy && (p->closing[0] || p->closing[1])) {
            pair_cut(p);
            busy = true;
        }
    }
}

/* Time passes; the links and the engines are told at their deadlines. */
static inline void pair_wait(struct pair *p, int64_t ms)
{
    int64_t end = p->net->now.mono_ms + ms, next, due;

    for (;;) {
        pair_run(p);
        next = end;
        for (unsigned i = 0; i < 2; i++) {
            due = mom_node_deadline(p->links[i]);
            next = due < next ? due : next;
            due = mom_engine_deadline(p->net->nodes[i].engine);
            next = due < next ? due : next;
        }
        if (next > p->net->now.mono_ms) {
            p->net->now.wall_ms += next - p->net->now.mono_ms;
            p->net->now.mono_ms = next;
        }
        for (unsigned i = 0; i < 2; i++) {
            assert_int_equal(mom_node_timeout(p->links[i], &p->net->now, p->batches[i]), MOM_OK);
            pair_step(p, i, NULL);
        }
        if (p->net->now.mono_ms >= end)
            break;
    }
    pair_run(p);
}

static inline void pair_enable(struct pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(mom_node_enable(p->links[i], &p->net->now, true, p->batches[i]), MOM_OK);
    }
}

/* Two nodes that know each other and are not connected. `configs`: of both sides, or NULL. */
static inline struct pair *pair_new(const struct mom_node_config *configs)
{
    struct pair *p = calloc(1, sizeof *p);

    assert_non_null(p);
    p->net = calloc(1, sizeof *p->net);
    assert_non_null(p->net);
    p->net->now = (struct mom_now){1000, 1700000000000};
    p->reachable = true;
    p->budget = UINT64_MAX;
    for (unsigned i = 0; i < 2; i++) {
        struct mom_node_config config = configs ? configs[i] : pair_config(p, i);

        config.user = p;
        net_add_node(p->net);
        p->batches[i] = mom_batch_new(NULL);
        assert_non_null(p->batches[i]);
        assert_int_equal(mom_node_new(&config, &p->links[i]), MOM_OK);
    }
    net_know(p->net, 0, 1);
    return p;
}

static inline void pair_free(struct pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        mom_node_free(p->links[i]);
        mom_batch_free(p->batches[i]);
    }
    net_free(p->net);
    free(p);
}

static inline struct mom_node_info pair_info(const struct pair *p, unsigned i)
{
    struct mom_node_info info;

    mom_node_get_info(p->links[i], &info);
    return info;
}

static inline void pair_user(struct pair *p, unsigned i, uint64_t id, const char *num,
                             const char *name)
{
    struct mom_attr attrs[2] = {{NS("num"), NS(num)}, {NS("name"), NS(name)}};
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .id = id, .attrs = attrs, .attr_count = 2};

    p->net->now.wall_ms += 7;
    pair_step(p, i, &in);
}

/* Both are up and have the same records. */
static inline void pair_check_steady(struct pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        if (pair_info(p, i).state != MOM_NODE_UP)
            fail_msg("side %u is %s: %s", i, mom_node_state_name(pair_info(p, i).state),
                     pair_info(p, i).text);
        assert_string_equal(net_info(p->net, i, 1 - i).state, "steady");
    }
    net_check_equal(p->net);
}

#endif
