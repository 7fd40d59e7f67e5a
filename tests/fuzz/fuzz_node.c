/*
 * Two neighbours and a network that the input controls: changes at both, messages delivered, lost,
 * doubled, damaged or made up, connections cut, crashes. No message does harm: every step succeeds,
 * and as long as none was damaged both have the same records once they were connected undisturbed.
 */
#include "fuzz.h"

#include <momsync/momsync.h>

enum { NODES = 2, QUEUED = 64, FIRST = 0x01000001 };

struct message {
    char *bytes;
    size_t len;
};

struct fuzz_net {
    struct mom_engine *engines[NODES];
    struct mom_now now;
    struct message queue[NODES][QUEUED]; /* to each node */
    size_t count[NODES];
    bool linked, damaged;
};

static struct mom_str fn_str(const char *s)
{
    return (struct mom_str){s, strlen(s)};
}

static void fn_clear(struct fuzz_net *net)
{
    for (unsigned i = 0; i < NODES; i++) {
        for (size_t m = 0; m < net->count[i]; m++)
            free(net->queue[i][m].bytes);
        net->count[i] = 0;
    }
}

static void fn_push(struct fuzz_net *net, unsigned to, const char *bytes, size_t len)
{
    struct message *m = &net->queue[to][net->count[to]];

    if (net->count[to] == QUEUED)
        return;
    m->bytes = malloc(len ? len : 1);
    must(m->bytes != NULL);
    if (len > 0)
        memcpy(m->bytes, bytes, len);
    m->len = len;
    net->count[to]++;
}

static void fn_cut(struct fuzz_net *net);

static void fn_step(struct fuzz_net *net, unsigned i, const struct mom_input *in)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_action a;
    bool closed = false;

    must(batch != NULL && mom_batch_add(batch, in) == MOM_OK);
    must(mom_engine_step(net->engines[i], &net->now, batch) == MOM_OK);
    mom_batch_free(batch);
    while (mom_engine_next_action(net->engines[i], &a)) {
        must(a.text.len <= MOM_NODE_MESSAGE_MAX);
        if (a.kind == MOM_DO_NODE_BYTES && net->linked)
            fn_push(net, 1 - i, a.text.ptr, a.text.len);
        closed |= a.kind == MOM_DO_NODE_CLOSE;
    }
    if (closed && net->linked)
        fn_cut(net);
}

static void fn_cut(struct fuzz_net *net)
{
    net->linked = false;
    fn_clear(net);
    for (unsigned i = 0; i < NODES; i++) {
        struct mom_input in = {.kind = MOM_IN_NODE_DOWN, .node = FIRST + 1 - i};

        fn_step(net, i, &in);
    }
}

static void fn_connect_both(struct fuzz_net *net)
{
    struct mom_input in = {.kind = MOM_IN_NODE_UP, .node = FIRST + 1};

    if (net->linked)
        fn_cut(net);
    net->linked = true;
    fn_step(net, 0, &in);
    in.node = FIRST;
    in.yes = true;
    fn_step(net, 1, &in);
}

static void fn_deliver(struct fuzz_net *net, unsigned to)
{
    struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = FIRST + 1 - to};
    struct message m;

    if (net->count[to] == 0)
        return;
    m = net->queue[to][0];
    net->count[to]--;
    memmove(&net->queue[to][0], &net->queue[to][1], net->count[to] * sizeof m);
    in.value = (struct mom_str){m.bytes, m.len};
    fn_step(net, to, &in);
    free(m.bytes);
}

static void fn_change(struct fuzz_net *net, unsigned i, struct fuzz_bytes *bytes)
{
    static const char *const names[] = {"num", "name", "hierarchy1", "sipPw"};
    char value[8];
    struct mom_attr attr;
    unsigned id = fuzz_u8(bytes);
    struct mom_input in = {
        .kind = MOM_IN_CHANGE, .type = MOM_USER, .attrs = &attr, .attr_count = 1};

    attr.name = fn_str(names[fuzz_below(bytes, 4)]);
    snprintf(value, sizeof value, "P%u", fuzz_u8(bytes) % 8);
    attr.value = fn_str(attr.name.len == 5 && attr.name.ptr[0] == 's' ? value : value + 1);
    if (id & 0x80) {
        in.id = (uint64_t)(1 + (id >> 4 & 1)) << 40 | (id & 7);
        if (id & 0x40)
            in.kind = MOM_IN_DELETE;
    } else {
        attr.name = fn_str("num");
        attr.value = fn_str(value + 1);
    }
    fn_step(net, i, &in);
}

static void fn_damage(struct fuzz_net *net, unsigned to, struct fuzz_bytes *bytes)
{
    struct message *m = &net->queue[to][0];
    unsigned at = (unsigned)fuzz_number(bytes, 2), by = fuzz_u8(bytes);

    if (net->count[to] == 0 || m->len == 0)
        return;
    net->damaged = true;
    m->bytes[at % m->len] ^= (char)by;
    if (by == 0)
        m->len = at % m->len;
}

static void fn_make_up(struct fuzz_net *net, unsigned to, struct fuzz_bytes *bytes)
{
    size_t len;
    const char *made = fuzz_take(bytes, fuzz_u8(bytes), &len);

    net->damaged = true;
    if (net->linked)
        fn_push(net, to, made, len);
}

static void fn_restart(struct fuzz_net *net, unsigned i)
{
    if (net->linked)
        fn_cut(net);
    must(mom_engine_reload(net->engines[i], &net->now) == MOM_OK);
}

static void fn_do_something(struct fuzz_net *net, struct fuzz_bytes *bytes)
{
    unsigned what = fuzz_u8(bytes), node = what & 1;

    net->now.mono_ms += what;
    net->now.wall_ms += what;
    switch (what >> 1 & 15) {
    case 0:
        fn_connect_both(net);
        break;
    case 1:
        if (net->linked)
            fn_cut(net);
        break;
    case 2:
    case 3:
    case 4:
        fn_change(net, node, bytes);
        break;
    case 5:
        fn_damage(net, node, bytes);
        fn_deliver(net, node);
        break;
    case 6:
        fn_make_up(net, node, bytes);
        break;
    case 7:
        fn_restart(net, node);
        break;
    case 8:
        if (net->count[node] > 0)
            fn_push(net, node, net->queue[node][0].bytes, net->queue[node][0].len);
        break;
    case 9:
        net->now.mono_ms += 70000;
        net->now.wall_ms += 70000;
        fn_step(net, node, &(struct mom_input){.kind = MOM_IN_NODE_DOWN, .node = 1});
        break;
    default:
        fn_deliver(net, node);
        break;
    }
}

static void fn_settle(struct fuzz_net *net)
{
    struct mom_input yes = {.kind = MOM_IN_DECIDE, .yes = true};

    fn_connect_both(net);
    for (unsigned i = 0; i < 400; i++) {
        fn_deliver(net, 0);
        fn_deliver(net, 1);
    }
    for (unsigned i = 0; i < NODES; i++) {
        yes.node = FIRST + 1 - i;
        fn_step(net, i, &yes);
    }
    for (unsigned i = 0; i < 400; i++) {
        fn_deliver(net, 0);
        fn_deliver(net, 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fn_run(const uint8_t *data, size_t size, enum mom_shape shape)
{
    struct fuzz_bytes bytes = fuzz_open(data, size);
    struct fuzz_net *net = calloc(1, sizeof *net);

    must(net != NULL);
    net->now = (struct mom_now){1000, INT64_C(1700000000000)};
    for (unsigned i = 0; i < NODES; i++) {
        struct mom_config config = {
            .size = sizeof config, .node = FIRST + i, .shape = shape, .own_site = i + 1};
        struct mom_input in = {
            .kind = MOM_IN_NODE_ADD, .node = FIRST + 1 - i, .name = fn_str("other")};

        must(mom_store_memory_new(NULL, &config.store) == MOM_OK);
        must(mom_engine_new(&config, &net->now, &net->engines[i]) == MOM_OK);
        fn_step(net, i, &in);
    }
    while (fuzz_left(&bytes) > 0)
        fn_do_something(net, &bytes);
    fn_settle(net);
    must(net->damaged ||
         mom_engine_fingerprint(net->engines[0]) == mom_engine_fingerprint(net->engines[1]));
    fn_clear(net);
    for (unsigned i = 0; i < NODES; i++)
        mom_engine_free(net->engines[i]);
    free(net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fn_run(data, size, MOM_SHAPE_HUB);
    fn_run(data, size, MOM_SHAPE_STAR);
    return 0;
}
