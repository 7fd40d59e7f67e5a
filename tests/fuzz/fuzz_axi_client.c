/*
 * Fuzz target: a client between a host that asks for everything in any order and a peer that answers
 * rightly, wrongly, late, twice, never, or with any bytes.
 *
 *   - What the client sends is well-formed, numbered, and within the window; before Open is accepted
 *     it is Open and nothing else; a Subscribe has 1 to 20 flags.
 *   - Everything the host asked for ends once: answered, timed out, read, refused — or was forgotten
 *     by a reset, and then is never heard of again.
 *   - The queue and the memory keep their bounds; when nothing is due, the next deadline is ahead. Memory that is
 *     refused now and then costs what the header says, and nothing else.
 *
 * Input: 9 bytes of options, then operations with what they need.
 */
#include "fuzz/fuzz_axi.h"

#include <axi/client.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CL_SEEN = 64, CL_TAGS = 1024, CL_STEPS = 1000, CL_MESSAGE = 16384, CL_OWN = 64 };

/* A request that the peer has and has not answered. */
struct cl_seen {
    enum axi_type type;
    char name[48];
    bool has_seq;
    int64_t seq, key, count;
    int64_t until; /* it is under way at least until then */
};

enum cl_state { CL_UNKNOWN, CL_PENDING, CL_ENDED };

struct cl {
    struct fuzz_bytes bytes;
    struct axi_client_options options;
    struct fz_axi_memory memory;
    struct axi_client *client;
    struct axi_time now;
    struct axi_parser *peer;
    struct axi_msg *msg;
    struct axi_buf wire; /* on its way to the client */
    int64_t sent_since;  /* no unseen output is older */
    struct cl_seen seen[CL_SEEN];
    unsigned seen_count;
    bool noisy;    /* there were bytes that need not end with a message */
    bool doubt;    /* what is on the wire may be taken for the answer to anything */
    bool accepted; /* the client has been told that it may come in */
    unsigned char tags[CL_TAGS];
    int64_t last_key[CL_TAGS]; /* of a read */
    unsigned tag_count, steps;
};

/* --- what the peer sees ------------------------------------------------------------------------ */

static void cl_forget_seen(struct cl *cl, unsigned i)
{
    cl->seen[i] = cl->seen[--cl->seen_count];
}

static void cl_see(struct cl *cl, const struct axi_msg *msg)
{
    const struct axi_elem *root = axi_msg_root(msg);
    struct axi_str name = axi_elem_name(root);
    struct cl_seen seen = {.type = axi_msg_type(msg)};
    struct axi_paging paging;
    unsigned flags = 0;
    must(seen.type != AXI_T_NONE && axi_type_kind(seen.type) == AXI_REQUEST);
    must(cl->accepted || seen.type == AXI_T_Open);
    must(axi_get_int(root, AXI_A_seq, &seen.seq) == AXI_OK && seen.seq > 0);
    for (unsigned i = 0; i < cl->seen_count; i++)
        must(!cl->seen[i].has_seq || cl->seen[i].seq != seen.seq);
    for (const struct axi_elem *e = axi_first_child(root, "e"); e != NULL;
         e = axi_next_sibling(e, "e"))
        flags++;
    must(seen.type != AXI_T_Subscribe || (flags >= 1 && flags <= AXI_SUBSCRIBE_MAX));
    if (cl->seen_count == CL_SEEN)
        cl_forget_seen(cl, 0);
    must(name.len < sizeof seen.name);
    memcpy(seen.name, name.ptr, name.len);
    seen.has_seq = true;
    if (axi_type_paging(seen.type, &paging)) {
        seen.key = axi_get_int_or(root, paging.key, 0);
        seen.count = axi_get_int_or(root, AXI_A_maxRecords, 0);
    }
    seen.until = cl->doubt
                     ? INT64_MIN
                     : cl->sent_since + axi_get_int_or(root, AXI_A_timeout, cl->options.timeout_ms);
    cl->seen[cl->seen_count++] = seen;
}

/* Bytes travel from the client to the peer, in one or several goes. */
static void cl_carry(struct cl *cl)
{
    struct axi_str out;
    while (out = axi_client_output(cl->client), out.len > 0) {
        size_t part = fuzz_u8(&cl->bytes), taken = part == 0 || part > out.len ? out.len : part;
        const char *at = out.ptr;
        size_t len = taken;
        for (struct axi_msg *msg = NULL;;) {
            int rc = axi_parser_next(cl->peer, &at, &len, &msg);
            must(rc == AXI_OK);
            if (msg == NULL)
                break;
            must(!axi_msg_repaired(msg));
            cl_see(cl, msg);
        }
        axi_client_sent(cl->client, taken);
    }
    cl->sent_since = cl->now.mono_ms;
    cl->doubt = cl->doubt && (cl->noisy || cl->wire.len > 0);
    unsigned under_way = 0;
    for (unsigned i = 0; i < cl->seen_count; i++)
        under_way += cl->seen[i].until > cl->now.mono_ms && cl->seen[i].type != AXI_T_Open;
    must(under_way <= cl->options.window);
}

/* --- what the host is told --------------------------------------------------------------------- */

static void cl_end(struct cl *cl, uint64_t tag)
{
    must(tag > 0 && tag <= cl->tag_count && cl->tags[tag - 1] == CL_PENDING);
    cl->tags[tag - 1] = CL_ENDED;
}

/* Each record comes once, and in the order of the ids unless several pages are asked for at a time. */
static void cl_take_records(struct cl *cl, const struct axi_client_event *event)
{
    struct axi_paging paging;
    must(event->tag > 0 && cl->tags[event->tag - 1] == CL_PENDING && event->msg != NULL);
    must(axi_type_paging(event->request, &paging));
    must(strcmp(paging.element, event->element) == 0);
    const struct axi_elem *record = axi_first_child(axi_msg_root(event->msg), event->element);
    for (; record != NULL && cl->options.pages <= 1;
         record = axi_next_sibling(record, event->element)) {
        int64_t key = axi_get_int_or(record, paging.record, INT64_MIN);
        must(key > cl->last_key[event->tag - 1]);
        cl->last_key[event->tag - 1] = key;
    }
}

static void cl_take_event(struct cl *cl, const struct axi_client_event *event)
{
    switch (event->kind) {
    case AXI_CLIENT_OPENED:
        must(cl->accepted && axi_client_is_open(cl->client));
        must(axi_msg_type(event->msg) == AXI_T_OpenResp);
        break;
    case AXI_CLIENT_REFUSED:
        must(event->code != AXI_V_NOTHING && !axi_client_is_open(cl->client));
        break;
    case AXI_CLIENT_ANSWER:
        must(event->msg != NULL && axi_answer_code(event->msg) == event->code);
        cl_end(cl, event->tag);
        break;
    case AXI_CLIENT_TIMED_OUT:
        must(event->tag > 0 || event->request == AXI_T_Open || event->request == AXI_T_Ping ||
             event->request == AXI_T_Subscribe);
        if (event->tag > 0)
            cl_end(cl, event->tag);
        break;
    case AXI_CLIENT_RECORDS:
        cl_take_records(cl, event);
        break;
    case AXI_CLIENT_READ_END:
    case AXI_CLIENT_FILE_SENT:
    case AXI_CLIENT_FILE_END:
        cl_end(cl, event->tag);
        break;
    case AXI_CLIENT_FILE_DATA:
        must(event->tag > 0 && cl->tags[event->tag - 1] == CL_PENDING);
        must(event->data.len == 0 || event->data.ptr != NULL);
        break;
    case AXI_CLIENT_BROKEN:
        must(axi_client_parse_error(cl->client)->code < 0);
        break;
    case AXI_CLIENT_CLOCK:
        must(axi_client_clock(cl->client)->known);
        break;
    case AXI_CLIENT_NOTICE:
    case AXI_CLIENT_STRAY:
        must(axi_msg_root(event->msg) != NULL);
        break;
    case AXI_CLIENT_SUBSCRIBED:
        break;
    }
    if (event->msg != NULL)
        fz_axi_read(axi_msg_root(event->msg));
}

/* So many bytes of the wire reach the client, and time passes to where it is. */
static void cl_deliver(struct cl *cl, size_t max)
{
    size_t len = max < cl->wire.len ? max : cl->wire.len, all = len;
    const char *at = cl->wire.ptr;
    struct axi_client_event event;
    unsigned events = 0;
    while (axi_client_next(cl->client, cl->now, &at, &len, &event)) {
        cl_take_event(cl, &event);
        must(++events < 10000);
    }
    must(len == 0 && axi_client_deadline(cl->client) > cl->now.mono_ms);
    if (all > 0)
        memmove(cl->wire.ptr, cl->wire.ptr + all, cl->wire.len - all);
    cl->wire.len -= all;
}

/* --- what the peer says ------------------------------------------------------------------------ */

static void cl_say(struct cl *cl)
{
    if (axi_encode(cl->msg, 0, &cl->wire) != AXI_OK)
        must(axi_msg_error(cl->msg) != AXI_OK);
}

static void cl_fill_page(struct cl *cl, struct axi_elem *root, const struct cl_seen *seen,
                         const struct axi_paging *paging)
{
    unsigned choice = fuzz_u8(&cl->bytes);
    int64_t count = seen->count < 30 ? seen->count : 30;
    if (choice & 1)
        count = choice >> 4;
    for (int64_t i = 0; i < count; i++) {
        struct axi_elem *record = axi_add_child(root, paging->element);
        int64_t key = seen->key < INT32_MAX ? seen->key + i : i;
        if (choice & 8)
            key = fz_axi_small(&cl->bytes); /* in no order at all */
        if (!(choice & 4) || i > 0)
            axi_set_int(record, paging->record, key);
    }
}

static void cl_fill(struct cl *cl, struct axi_elem *root, const struct cl_seen *seen)
{
    static const char base64[] = "bW9tc3luYyBpcyBoZXJl";
    struct axi_paging paging;
    if (axi_type_paging(seen->type, &paging))
        cl_fill_page(cl, root, seen, &paging);
    if (seen->type == AXI_T_Open) {
        unsigned choice = fuzz_u8(&cl->bytes);
        for (unsigned bit = 1; bit < AXI_MAY_EVERYTHING; bit <<= 1)
            if (choice & bit)
                axi_set_text(axi_add_child(root, "permission"),
                             fz_axi_str(axi_permission_name(bit)));
        struct axi_elem *key = axi_add_child(root, "publicKey");
        axi_set_cstr(key, AXI_A_modulus, choice & 1 ? "C0FFEE" : "");
        axi_set_cstr(key, AXI_A_exponent, "010001");
    }
    if (seen->type == AXI_T_Ping)
        axi_set_int(root, AXI_A_timeStamp, (int64_t)fuzz_number(&cl->bytes, 4));
    if (strcmp(seen->name, "GetFile") == 0) {
        struct axi_str data = {base64, fuzz_u8(&cl->bytes) % sizeof base64};
        axi_set_int(root, AXI_A_offset, (int64_t)(fuzz_u8(&cl->bytes) & 0x3f));
        axi_set_str(root, AXI_A_data, data);
        axi_set_bool(root, AXI_A_eof, fuzz_u8(&cl->bytes) & 1);
    }
}

/* What the peer says now is perhaps the answer to another request than it seems, or to one that is still to come. */
static void cl_may_be_answered(struct cl *cl)
{
    cl->doubt = true;
    for (unsigned i = 0; i < cl->seen_count; i++)
        cl->seen[i].until = INT64_MIN;
}

/* Answer one of the requests that wait, rightly or with one thing wrong. */
static void cl_answer(struct cl *cl)
{
    char name[64];
    if (cl->seen_count == 0)
        return;
    unsigned i = fuzz_below(&cl->bytes, cl->seen_count), how = fuzz_u8(&cl->bytes);
    struct cl_seen seen = cl->seen[i];
    snprintf(name, sizeof name, "%s%s", seen.name, how % 16 == 1 ? "Rasp" : "Resp");
    struct axi_elem *root = axi_msg_start_named(cl->msg, fz_axi_str(name));
    if (how % 16 != 2)
        axi_set_int(root, AXI_A_seq, seen.seq + (how % 16 == 3));
    if (how % 16 == 4 || how % 16 == 5)
        axi_set_enum(root, AXI_A_errCode,
                     fz_axi_one_of(AXI_E_ResponseCodeType, fuzz_u8(&cl->bytes)));
    else if (how % 16 == 6)
        axi_set_cstr(root, AXI_A_errCode, "ESomethingNew");
    cl_fill(cl, root, &seen);
    if (seen.type == AXI_T_Open && axi_answer_code(cl->msg) == AXI_V_NOTHING)
        cl->accepted = true;
    cl_say(cl);
    if (how % 16 == 2 || how % 16 == 3)
        cl_may_be_answered(cl); /* perhaps another one than was meant */
    if (how < 128 || how % 16 == 1 || how % 16 == 3)
        cl_forget_seen(cl, i);
    else
        cl->seen[i].until = INT64_MIN; /* it may be answered once more */
}

static void cl_event(struct cl *cl)
{
    static const char *const names[] = {"EventPPCnf",     "EventPPUserCnf", "EventPermissionChange",
                                        "EventSomething", "Ping",           "PingResp",
                                        "OpenResp",       "GetFileResp"};
    struct axi_elem *root =
        axi_msg_start_named(cl->msg, fz_axi_str(names[fuzz_below(&cl->bytes, 8)]));
    if (fuzz_below(&cl->bytes, 2))
        axi_set_int(root, AXI_A_seq, fuzz_u8(&cl->bytes));
    for (unsigned n = fuzz_below(&cl->bytes, 4); n > 0; n--)
        axi_set_text(axi_add_child(root, "permission"),
                     fz_axi_str(axi_permission_name(1u << fuzz_below(&cl->bytes, 10))));
    if (fz_axi_is(axi_elem_name(root), "OpenResp"))
        cl->accepted = true; /* without a seq it may be what the client waits for */
    if (fz_axi_ends_in(axi_elem_name(root), "Resp"))
        cl_may_be_answered(cl);
    cl_say(cl);
}

static void cl_noise(struct cl *cl)
{
    size_t len;
    const char *bytes = fuzz_take(&cl->bytes, fuzz_u8(&cl->bytes), &len);
    fz_axi_append(&cl->wire, bytes, len);
    /* An answer can be spelt in bytes too. */
    cl->accepted = cl->noisy = true;
    cl_may_be_answered(cl);
}

/* --- what the host asks for -------------------------------------------------------------------- */

static void cl_may_lack(const struct cl *cl, int rc)
{
    must(rc != AXI_ENOMEM || cl->memory.refuse_every > 0);
}

static void cl_began(struct cl *cl, int rc)
{
    cl_may_lack(cl, rc);
    if (rc != AXI_OK)
        return;
    cl->last_key[cl->tag_count] = INT64_MIN;
    cl->tags[cl->tag_count++] = CL_PENDING;
}

static void cl_request(struct cl *cl)
{
    static const enum axi_type types[] = {AXI_T_GetPPUser, AXI_T_SetPPUser, AXI_T_GetVersions,
                                          AXI_T_Limits,    AXI_T_Ping,      AXI_T_DeletePPDev};
    unsigned choice = fuzz_u8(&cl->bytes);
    int64_t wait = choice & 64 ? 10 * fuzz_u8(&cl->bytes) : 0;
    struct axi_elem *root = axi_msg_start(cl->msg, types[choice % 6]);
    if (choice & 128)
        axi_set_int(root, AXI_A_seq, 7); /* the client's own number replaces it */
    if (wait > 0)
        axi_set_int(root, AXI_A_timeout, wait);
    int rc = axi_client_request(cl->client, cl->msg, cl->tag_count + 1, wait, cl->now);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ENOMEM);
    cl_began(cl, rc);
}

static void cl_read(struct cl *cl)
{
    enum axi_type type = (enum axi_type)(fuzz_number(&cl->bytes, 2) % AXI_T_COUNT);
    struct axi_paging paging;
    if (fuzz_below(&cl->bytes, 4) > 0)
        type = AXI_T_GetPPUser;
    int rc = axi_client_read(cl->client, type, fuzz_u8(&cl->bytes), cl->tag_count + 1, cl->now);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ENOMEM ||
         (rc == AXI_EINVAL && !axi_type_paging(type, &paging)));
    cl_began(cl, rc);
}

static void cl_subscribe(struct cl *cl)
{
    struct axi_subscription flag = {.on = fuzz_below(&cl->bytes, 4) != 0};
    unsigned choice = fuzz_u8(&cl->bytes);
    if (choice > 0) {
        struct axi_event_type type = fz_axi_event_type(choice);
        flag.event = type.name;
        flag.filter = type.filters & (1u << fuzz_below(&cl->bytes, 6));
        flag.item = fz_axi_small(&cl->bytes);
        flag.pattern = fz_axi_str(fuzz_below(&cl->bytes, 2) ? "*" : "LOC-*");
    }
    int rc = axi_client_subscribe(cl->client, &flag, cl->now);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_EINVAL || rc == AXI_ENOMEM);
    cl_may_lack(cl, rc);
    must(rc != AXI_OK || choice > 0);
}

static void cl_file(struct cl *cl, bool put)
{
    static const char content[2000];
    struct axi_str name = fz_axi_str(":license");
    struct axi_str data = {content, (size_t)(fuzz_number(&cl->bytes, 2) % sizeof content)};
    int rc = put ? axi_client_put_file(cl->client, name, data, cl->tag_count + 1, cl->now)
                 : axi_client_get_file(cl->client, name, cl->tag_count + 1, cl->now);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ESTATE || rc == AXI_ENOMEM);
    cl_began(cl, rc);
}

static void cl_open(struct cl *cl)
{
    struct axi_login login = {.username = fz_axi_str("omm"), .password = fz_axi_str("secret")};
    login.sync = fuzz_below(&cl->bytes, 2);
    int rc = axi_client_open(cl->client, &login, cl->now);
    must(rc == AXI_OK || rc == AXI_ESTATE || rc == AXI_ENOMEM);
    cl_may_lack(cl, rc);
    must(rc != AXI_ESTATE || cl->accepted || axi_client_pending(cl->client) > 0 ||
         axi_client_output(cl->client).len > 0);
}

static void cl_ping(struct cl *cl)
{
    int rc = axi_client_ping(cl->client, cl->now);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ENOMEM || !axi_client_is_open(cl->client));
}

static void cl_reset(struct cl *cl)
{
    axi_client_reset(cl->client);
    must(!axi_client_is_open(cl->client) && axi_client_output(cl->client).len == 0);
    must(axi_client_pending(cl->client) == 0);
    axi_parser_reset(cl->peer);
    cl->wire.len = cl->seen_count = 0;
    cl->accepted = cl->noisy = cl->doubt = false;
    for (unsigned i = 0; i < cl->tag_count; i++)
        cl->tags[i] = CL_ENDED;
}

/* --- the whole --------------------------------------------------------------------------------- */

static void cl_step(struct cl *cl)
{
    unsigned op = fuzz_u8(&cl->bytes);
    switch (op % 16) {
    case 0:
    case 1:
        cl_request(cl);
        break;
    case 2:
        cl_read(cl);
        break;
    case 3:
        cl_subscribe(cl);
        break;
    case 4:
        cl_file(cl, true);
        break;
    case 5:
        cl_file(cl, false);
        break;
    case 6:
        cl_open(cl);
        break;
    case 7:
        cl->now.mono_ms += 5 * (1 + fuzz_u8(&cl->bytes));
        cl->now.wall_ms += fuzz_u8(&cl->bytes);
        break;
    case 8: {
        int64_t deadline = axi_client_deadline(cl->client);
        if (deadline < INT64_MAX && deadline > cl->now.mono_ms)
            cl->now.mono_ms = deadline;
        break;
    }
    case 9:
        cl_event(cl);
        break;
    case 10:
        cl_noise(cl);
        break;
    case 11:
        if (fuzz_below(&cl->bytes, 4) == 3)
            cl_reset(cl);
        else
            cl_ping(cl);
        break;
    default:
        cl_answer(cl);
    }
    if (!(op & 128))
        cl_carry(cl);
    cl_deliver(cl, op & 64 ? fuzz_u8(&cl->bytes) : SIZE_MAX);
    if (!(op & 128))
        cl_carry(cl);
    must(axi_client_pending(cl->client) <= cl->options.queue + CL_OWN);
    must(axi_client_permissions(cl->client) <= AXI_MAY_EVERYTHING);
}

static bool cl_all_ended(const struct cl *cl)
{
    for (unsigned i = 0; i < cl->tag_count; i++)
        if (cl->tags[i] != CL_ENDED)
            return false;
    return axi_client_pending(cl->client) <= 1; /* a Ping may be under way */
}

/* Nobody answers any more: everything that was sent runs out of time. */
static void cl_drain(struct cl *cl)
{
    cl->memory.refuse_every = 0;
    cl_deliver(cl, SIZE_MAX);
    if (!axi_client_is_open(cl->client))
        return;
    for (unsigned i = 0; i < 3000 && !cl_all_ended(cl); i++) {
        int64_t deadline = axi_client_deadline(cl->client);
        cl_carry(cl);
        must(deadline < INT64_MAX);
        cl->now.mono_ms = deadline > cl->now.mono_ms ? deadline : cl->now.mono_ms;
        cl_deliver(cl, SIZE_MAX);
    }
    must(cl_all_ended(cl));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cl cl = {.bytes = fuzz_open(data, size), .memory = {.bound = 4u << 20}};
    struct axi_parser_options wide = {.max_message = 1u << 20};
    if (size < 10)
        return 0;
    unsigned scarce = fuzz_u8(&cl.bytes);
    cl.now = (struct axi_time){1000, fuzz_below(&cl.bytes, 4) ? INT64_C(1700000000000) : 0};
    cl.options.parser.alloc = fz_axi_hook(&cl.memory);
    cl.options.parser.max_message = CL_MESSAGE;
    cl.options.window = 1 + fuzz_below(&cl.bytes, 9);
    cl.options.queue = 1 + fuzz_below(&cl.bytes, 40);
    cl.options.timeout_ms = 1 + 100 * (int64_t)fuzz_u8(&cl.bytes);
    cl.options.ping_ms = 500 * (int64_t)fuzz_u8(&cl.bytes) - 500;
    cl.options.page = fuzz_below(&cl.bytes, 21);
    cl.options.pages = fuzz_below(&cl.bytes, 4);
    cl.options.max_items = 1 + fuzz_below(&cl.bytes, 50);
    cl.client = axi_client_new(&cl.options);
    cl.peer = axi_parser_new(&wide);
    cl.msg = axi_msg_new(NULL);
    must(cl.client != NULL && cl.peer != NULL && cl.msg != NULL);
    cl.sent_since = cl.now.mono_ms;
    cl.memory.refuse_every = scarce < 128 ? 0 : 2 + (scarce & 63);
    while (fuzz_left(&cl.bytes) > 0 && cl.tag_count < CL_TAGS - 1 && cl.steps++ < CL_STEPS)
        cl_step(&cl);
    cl_drain(&cl);
    axi_client_free(cl.client);
    must(cl.memory.live == 0);
    axi_parser_free(cl.peer);
    axi_msg_free(cl.msg);
    axi_buf_done(&cl.wire);
    return 0;
}
