/*
 * Fuzz target: what anybody may say to a link between nodes, on both sides and in every state: right and wrong
 * greetings, frames, bytes that are neither; actions of an engine, connections that break, hosts that do not send,
 * time that passes, memory that runs out. The link asks for a bounded amount of memory, tells the engine nothing before
 * the login is good and balanced inputs afterwards, and says nothing but one message of AXI, or one frame of a login,
 * and whole frames.
 *
 * Input: byte 0 is the side, byte 1 says which allocation fails (0: none); the rest are operations, one byte each, and
 * what they need.
 */
#include "fuzz/fuzz_memory.h"

#include "../../libmomsync/batch.h"

#include <momsync/axi/node.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FC_ABOVE = 0x01000001, FC_BELOW, FC_STEPS = 400, FC_OUTPUT = 300000, FC_MEMORY = 2 << 20 };

struct fc {
    struct fuzz_bytes bytes;
    enum mom_node_role role;
    struct mom_now now;
    struct mom_node *link;
    struct mom_batch *batch;
    struct fuzz_memory memory;
    bool good;                 /* the other side has shown a good login in this conversation */
    bool up;                   /* as the engine was told */
    bool fresh;                /* the link has said nothing in this conversation */
    bool in_axi;               /* what the link says is still AXI */
    bool closing;              /* the link asked to close */
    size_t head, body, length; /* of the frame that the link is sending */
    unsigned kind;
};

/* --- the host's hooks --------------------------------------------------------------------------- */

static struct mom_str fc_str(const char *text)
{
    return (struct mom_str){text, strlen(text)};
}

static bool fc_account(void *user, struct mom_str username, struct mom_str password)
{
    (void)user;
    return username.len == 1 && username.ptr[0] == 'u' && password.len == 1 &&
           password.ptr[0] == 'p';
}

static enum mom_node_state fc_know(void *user, uint32_t node, struct mom_str username,
                                   char *ret_why, size_t max)
{
    struct fc *f = user;

    must(username.len == 1); /* the account was found good before */
    f->good = node == FC_BELOW;
    if (f->good)
        return MOM_NODE_UP;
    memset(ret_why, 'x', max); /* a hook that forgets the end does no harm */
    return node % 2 ? MOM_NODE_REFUSED : MOM_NODE_WRONG_NODE;
}

static void fc_log(void *user, enum mom_level level, const char *line)
{
    (void)user;
    must(level <= MOM_LOG_DEBUG && strlen(line) < 320);
}

/* --- what must hold ----------------------------------------------------------------------------- */

static void fc_check_inputs(struct fc *f)
{
    for (size_t i = 0; i < f->batch->count; i++) {
        const struct mom_input *in = &f->batch->inputs[i];

        must(in->node == (f->role == MOM_NODE_CENTRAL ? FC_ABOVE : FC_BELOW));
        must(f->good || in->kind == MOM_IN_NODE_DOWN);
        must(f->up == (in->kind != MOM_IN_NODE_UP));
        must(in->kind != MOM_IN_NODE_BYTES ||
             (in->value.len > 0 && in->value.len <= MOM_NODE_MESSAGE_MAX));
        must(in->kind == MOM_IN_NODE_UP || in->kind == MOM_IN_NODE_BYTES ||
             in->kind == MOM_IN_NODE_DOWN);
        f->up = in->kind != MOM_IN_NODE_DOWN;
    }
    mom_batch_reset(f->batch);
}

static void fc_closed(struct fc *f)
{
    int rc = mom_node_closed(f->link, &f->now, MOM_NODE_LOST, fc_str("closed"), f->batch);

    must(rc == MOM_OK); /* the batch has its own memory */
    fc_check_inputs(f);
    must(!f->up);
    f->closing = f->good = false;
}

static void fc_check(struct fc *f, int rc)
{
    struct mom_node_info info;

    fc_check_inputs(f);
    mom_node_get_info(f->link, &info);
    must(info.state < MOM_NODE_STATE_COUNT);
    must(memchr(info.text, '\0', sizeof info.text) != NULL);
    must(info.waiting <= FC_OUTPUT + 1024);
    must(rc == MOM_OK || rc == MOM_ENOMEM);
    if (rc == MOM_ENOMEM)
        fc_closed(f);
    else
        must(f->up == (info.state == MOM_NODE_UP) ||
             (f->up && info.state == MOM_NODE_LOGIN && info.short_login &&
              f->role == MOM_NODE_CENTRAL));
}

/* A byte that the link says. */
static void fc_hear(struct fc *f, unsigned char c)
{
    bool first = f->fresh;

    f->fresh = false;
    if (first && c == (f->role == MOM_NODE_CENTRAL ? 5 : 6))
        f->in_axi = false;
    if (f->in_axi) {
        f->in_axi = c != '\0';
        must(c != '\0' || f->head == 0);
        return;
    }
    if (f->head == 0) {
        must(c >= 1 && (c <= 4 || first));
        f->kind = c;
        f->head = 1;
        f->length = 0;
    } else if (f->body > 0) {
        f->body--;
        f->head = f->body > 0 ? f->head : 0;
    } else {
        must(f->head <= 3);
        f->length |= (size_t)(c & 0x7f) << (7 * (f->head - 1));
        f->head++;
        if ((c & 0x80) != 0)
            return;
        must(f->length <= MOM_NODE_MESSAGE_MAX);
        must((f->kind == 2 || f->kind == 3) == (f->length == 0));
        f->body = f->length;
        f->head = f->body > 0 ? f->head : 0;
    }
}

static void fc_send(struct fc *f, size_t most)
{
    const char *data;
    size_t len = mom_node_output(f->link, &data);

    len = len < most ? len : most;
    for (size_t i = 0; i < len; i++)
        fc_hear(f, (unsigned char)data[i]);
    mom_node_sent(f->link, len);
}

/* --- operations ---------------------------------------------------------------------------------- */

static int fc_received(struct fc *f, const char *data, size_t len)
{
    char *copy = malloc(len > 0 ? len : 1); /* of its exact size, for the sanitizer */
    int rc;

    must(copy != NULL);
    memcpy(copy, data, len);
    rc = mom_node_received(f->link, &f->now, copy, len, f->batch);
    free(copy);
    return rc;
}

/* A login in a frame, or the answer to one, right or nearly so. */
static int fc_short(struct fc *f, unsigned how, unsigned more)
{
    static const char names[] = "upux";
    bool central = f->role == MOM_NODE_CENTRAL;
    char frame[16];
    size_t len = 0;

    frame[len++] = central ? 6 : 5;
    frame[len++] = 0;
    if (central)
        frame[len++] = (char)(more & 8 ? how & 15 : 0);
    frame[len++] = (char)(1 + (how >> 6 == 1));
    frame[len++] = 1;
    frame[len++] = 0;
    frame[len++] = 0;
    frame[len++] = (char)(2 - central + (how >> 4 & 3));
    frame[len++] = (char)(more & 1 ? 44 : 45);
    if (!central) {
        frame[len++] = (char)(1 + (how & 1));
        memcpy(frame + len, names + (how & 2), 2);
        len += 2;
    }
    len += (size_t)(more >> 6 & 1);
    frame[len - 1] = more >> 6 & 1 ? 'z' : frame[len - 1];
    frame[1] = (char)(len - 2 + (more >> 5 & 1));
    return fc_received(f, frame, len - (more >> 7));
}

static int fc_greet(struct fc *f)
{
    static const char *const accounts[] = {"username='u' password='p'", "username='u' password='x'",
                                           "username='' password=''", ""};
    static const char *const syncs[] = {"UserDeviceSyncClient='1'", "", "errCode='EAuth'",
                                        "errCode='EInval' bad='momsync-carriage'"};
    static const char *const carriages[] = {"momsync-carriage='1'", "momsync-carriage='2'", "",
                                            "momsync-carriage='x'"};
    static const char *const nodes[] = {"16777217", "16777218", "0", "99999999999"};
    unsigned how = fuzz_u8(&f->bytes), more = fuzz_u8(&f->bytes);
    char text[400];
    bool central = f->role == MOM_NODE_CENTRAL;
    unsigned node = (how >> 4 & 3) ^ (central ? 0 : 1);

    if (more & 4)
        return fc_short(f, how, more);
    snprintf(text, sizeof text, "<Open%s protocolVersion='%u' %s %s %s momsync-node='%s'%s",
             central ? "Resp" : "", more & 1 ? 44 : 45, central ? "" : accounts[how & 3],
             syncs[(how >> 2 & 3) + (central && (how >> 2 & 3) == 0)], carriages[how >> 6],
             nodes[node], more & 2 ? ">" : "/>");
    return fc_received(f, text, strlen(text) + 1);
}

static int fc_raw(struct fc *f)
{
    size_t len;
    const char *data = fuzz_take(&f->bytes, fuzz_u8(&f->bytes), &len);

    return fc_received(f, data, len);
}

static int fc_frame(struct fc *f)
{
    static const size_t sizes[] = {1, 20, 127, 128, 16384, MOM_NODE_MESSAGE_MAX};
    static char frame[MOM_NODE_MESSAGE_MAX + 4];
    unsigned how = fuzz_u8(&f->bytes);
    size_t body = sizes[how % 6], len = 0, at = 0, part;
    int rc = MOM_OK;

    frame[len++] = 1;
    for (part = body; part >= 0x80; part >>= 7)
        frame[len++] = (char)(part | 0x80);
    frame[len++] = (char)part;
    len += body;
    part = (how >> 4) % 4 == 0 ? len : len / ((how >> 4) % 4 + 1) + 1;
    for (; at < len && rc == MOM_OK; at += part)
        rc = fc_received(f, frame + at, len - at < part ? len - at : part);
    return rc;
}

static int fc_act(struct fc *f, bool close)
{
    static const size_t sizes[] = {
        0, 1, 127, 128, 20000, MOM_NODE_MESSAGE_MAX, MOM_NODE_MESSAGE_MAX + 1};
    static char body[MOM_NODE_MESSAGE_MAX + 1];
    struct mom_action a = {.kind = close ? MOM_DO_NODE_CLOSE : MOM_DO_NODE_BYTES};
    unsigned how = fuzz_u8(&f->bytes);

    a.node = f->role == MOM_NODE_CENTRAL ? FC_ABOVE : FC_BELOW;
    if (how & 0x80)
        a.node = 7;
    a.text = (struct mom_str){body, sizes[how % 7]};
    a.reason = (enum mom_refusal)(how % 9 + 1);
    memset(body, 'a', sizeof body);
    return mom_node_act(f->link, &f->now, &a, f->batch);
}

static int fc_time(struct fc *f)
{
    unsigned how = fuzz_u8(&f->bytes);
    int64_t deadline = mom_node_deadline(f->link), ms = how * INT64_C(300);

    if ((how & 1) != 0 && deadline != MOM_NEVER && deadline > f->now.mono_ms)
        ms = deadline - f->now.mono_ms;
    f->now.mono_ms += ms;
    f->now.wall_ms += ms;
    return mom_node_timeout(f->link, &f->now, f->batch);
}

static int fc_opened(struct fc *f)
{
    struct mom_node_info before, after;
    int rc;

    mom_node_get_info(f->link, &before);
    rc = mom_node_opened(f->link, &f->now, f->batch);
    mom_node_get_info(f->link, &after);
    if (after.state == MOM_NODE_LOGIN && before.state != MOM_NODE_LOGIN) {
        f->in_axi = f->fresh = true;
        f->good = f->role == MOM_NODE_CENTRAL; /* whom TLS let through may say it in any bytes */
        f->head = f->body = 0;
    }
    return rc;
}

static int fc_do_something(struct fc *f)
{
    switch (fuzz_below(&f->bytes, 14)) {
    case 0:
        return fc_greet(f);
    case 1:
        return fc_raw(f);
    case 2:
        return fc_frame(f);
    case 3:
        return fc_received(f, "\x02\x00\x03\x00", 2 + 2 * fuzz_below(&f->bytes, 2));
    case 4:
        return fc_received(f, "\x04\x06\x05why?\n", 8);
    case 5:
        return fc_time(f);
    case 6:
        fc_closed(f);
        return MOM_OK;
    case 7:
    case 8:
        return fc_opened(f);
    case 9:
        return mom_node_enable(f->link, &f->now, fuzz_below(&f->bytes, 4) != 0, f->batch);
    case 10:
    case 11:
        return fc_act(f, false);
    case 12:
        return fc_act(f, true);
    default:
        fc_send(f, (size_t)fuzz_number(&f->bytes, 2));
        return MOM_OK;
    }
}

/* The host does what it is asked for, some of the time. */
static void fc_obey(struct fc *f)
{
    const char *data;
    unsigned wants = mom_node_wants(f->link);
    size_t handed = mom_node_hand_over(f->link, &data);

    must((handed > 0) >= ((wants & MOM_NODE_WANT_HAND_OVER) != 0));
    must(handed == 0 || data != NULL);
    if (wants & MOM_NODE_WANT_CLOSE)
        f->closing = true;
    if (f->closing && fuzz_below(&f->bytes, 2) == 0) {
        fc_send(f, SIZE_MAX);
        fc_closed(f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fc *f = calloc(1, sizeof *f);
    struct mom_node_config config = {.size = sizeof config, .protocol_version = 45, .user = f};

    must(f != NULL);
    f->bytes = fuzz_open(data, size);
    f->now = (struct mom_now){1000, INT64_C(1700000000000)};
    f->role = fuzz_below(&f->bytes, 2) ? MOM_NODE_REMOTE : MOM_NODE_CENTRAL;
    config.role = f->role;
    config.alloc = fuzz_alloc(&f->memory, FC_MEMORY);
    config.log = fc_log;
    config.max_output = FC_OUTPUT;
    config.node = f->role == MOM_NODE_CENTRAL ? FC_BELOW : FC_ABOVE;
    config.neighbour = f->role == MOM_NODE_CENTRAL ? FC_ABOVE : 0;
    config.username = fc_str("u");
    config.password = fc_str("p");
    config.check_account = fc_account;
    config.know_node = fc_know;
    f->batch = mom_batch_new(NULL);
    must(f->batch != NULL && mom_node_new(&config, &f->link) == MOM_OK);
    f->memory.fails_in = fuzz_u8(&f->bytes);
    fc_check(f, mom_node_enable(f->link, &f->now, true, f->batch));
    fc_check(f, fc_opened(f));
    for (unsigned i = 0; i < FC_STEPS && fuzz_left(&f->bytes) > 0; i++) {
        fc_check(f, fc_do_something(f));
        fc_obey(f);
    }
    f->memory.fails_in = 0;
    fc_closed(f);
    mom_node_free(f->link);
    must(f->memory.used == 0);
    mom_batch_free(f->batch);
    free(f);
    return 0;
}
