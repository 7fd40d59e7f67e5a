/*
 * Fuzz target: a server between a client that sends requests, half requests and any bytes, and a
 * host that answers at once, later, wrongly, and publishes.
 *
 *   - Before a login is accepted the host sees logins and nothing else, and nothing is published;
 *     after it, only requests that the granted permissions cover.
 *   - Every request is answered once, under its name and with its seq, by the server or the host.
 *   - What the server sends is well-formed; what waits to be sent is bounded, and so is the memory;
 *     a client that does not read is reported, and then nothing more is kept for it. Memory may be refused.
 *   - What is published goes out exactly when the session asked for it.
 *   - When nothing is due, the next deadline is ahead; silence is reported, and nothing else as such.
 *
 * Input: 5 bytes of options, then operations with what they need.
 */
#include "fuzz/fuzz_axi.h"

#include <axi/server.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { SV_WAITING = 16, SV_STEPS = 1000, SV_SEQS = 4096 };

struct sv {
    struct fuzz_bytes bytes;
    struct axi_server_options options;
    struct fz_axi_memory memory;
    struct axi_server *server;
    struct axi_time now;
    int64_t heard;       /* when the last bytes came */
    struct axi_buf wire; /* on its way to the server */
    struct axi_msg *msg; /* what the client or the host makes */
    struct axi_parser *client;
    struct axi_msg *waiting[SV_WAITING]; /* requests that the host answers later */
    unsigned waiting_count, steps;
    int64_t next_seq;
    unsigned char asked[SV_SEQS], answered[SV_SEQS];
    bool clean; /* every byte so far was a request of ours, whole and small: all must be answered */
    bool slow, sending_file;
};

/* --- what the client sees ---------------------------------------------------------------------- */

static void sv_see(struct sv *sv, const struct axi_msg *msg)
{
    const struct axi_elem *root = axi_msg_root(msg);
    int64_t seq;
    bool file = fz_axi_is(axi_elem_name(root), "GetFileResp");
    must(fz_axi_ends_in(axi_elem_name(root), "Resp") ||
         axi_type_kind(axi_msg_type(msg)) == AXI_EVENT);
    if (axi_get_int(root, AXI_A_seq, &seq) != AXI_OK || seq <= 0 || seq >= SV_SEQS || !sv->clean)
        return;
    must(sv->asked[seq] && (!sv->answered[seq] || file));
    sv->answered[seq] = 1;
}

static void sv_carry(struct sv *sv)
{
    struct axi_str out;
    while (out = axi_server_output(sv->server), out.len > 0) {
        size_t part = fuzz_u8(&sv->bytes), taken = part == 0 || part > out.len ? out.len : part;
        const char *at = out.ptr;
        size_t len = taken;
        must(!sv->slow);
        for (struct axi_msg *msg = NULL;;) {
            int rc = axi_parser_next(sv->client, &at, &len, &msg);
            must(rc == AXI_OK);
            if (msg == NULL)
                break;
            must(!axi_msg_repaired(msg));
            sv_see(sv, msg);
        }
        axi_server_sent(sv->server, taken);
    }
}

/* --- what the host does ------------------------------------------------------------------------ */

static void sv_send(struct sv *sv)
{
    int rc = axi_server_send(sv->server);
    must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ESTATE ||
         (rc == AXI_ENOMEM && sv->memory.refuse_every > 0));
    if (rc == AXI_EFULL)
        sv->clean = false;
}

static void sv_reply(struct sv *sv, const struct axi_msg *request)
{
    unsigned how = fuzz_u8(&sv->bytes);
    struct axi_page page;
    if (how % 8 == 7) {
        axi_server_error(sv->server, request,
                         fz_axi_one_of(AXI_E_ResponseCodeType, fuzz_u8(&sv->bytes)),
                         how & 8 ? "user" : NULL, how & 16 ? "why" : NULL, how & 32 ? 20 : 0);
    } else {
        struct axi_elem *root = axi_server_answer(sv->server, request);
        if (axi_server_page(request, &page) == AXI_OK) {
            must(page.count >= 1 && page.count <= 20);
            for (unsigned i = 0; i < page.count; i++)
                axi_set_int(axi_add_child(root, page.paging.element), page.paging.record,
                            page.first < INT32_MAX ? page.first + i : i);
        }
        for (unsigned i = 0; i < (how >> 3); i++)
            axi_set_cstr(axi_add_child(root, "filler"), AXI_A_name, "a longer value than needed");
    }
    sv_send(sv);
}

static void sv_login(struct sv *sv, const struct axi_server_event *event)
{
    unsigned how = fuzz_u8(&sv->bytes);
    bool decided = event->login.code != AXI_V_NOTHING, was_open = axi_server_is_open(sv->server);
    must(axi_msg_type(event->msg) == AXI_T_Open && (decided || !was_open));
    if (how % 4 == 3)
        axi_server_refuse(sv->server, AXI_V_EAuth);
    else
        axi_server_accept(sv->server,
                          how % 4 == 2 ? 1u << fuzz_below(&sv->bytes, 10) : AXI_MAY_EVERYTHING);
    sv_send(sv);
    must(axi_server_is_open(sv->server) == (decided ? was_open : how % 4 != 3) || sv->slow ||
         !sv->clean);
}

static void sv_request(struct sv *sv, const struct axi_server_event *event)
{
    unsigned needed = axi_type_permission(event->type);
    must(axi_server_is_open(sv->server) && event->type != AXI_T_Open);
    must((axi_server_permissions(sv->server) & needed) == needed);
    if (!sv->options.unchecked && event->type != AXI_T_NONE) {
        struct axi_str unknown = {NULL, 0};
        struct axi_finding found[16];
        size_t count = axi_check(event->msg, unknown, found, 16);
        for (size_t i = 0; i < count && i < 16; i++)
            must(found[i].rule == AXI_RULE_UNKNOWN_ATTRIBUTE ||
                 found[i].rule == AXI_RULE_UNKNOWN_ELEMENT);
    }
    if (fuzz_below(&sv->bytes, 4) == 3 && sv->waiting_count < SV_WAITING) {
        struct axi_msg *copy = axi_msg_new(NULL);
        must(copy != NULL);
        struct axi_elem *root = axi_msg_start_named(copy, axi_elem_name(axi_msg_root(event->msg)));
        struct axi_attr_view view;
        for (size_t i = 0; axi_attr_at(axi_msg_root(event->msg), i, &view); i++)
            if (view.id != AXI_A_NONE)
                axi_set_str(root, view.id, view.value);
        if (axi_msg_error(copy) == AXI_OK) {
            sv->waiting[sv->waiting_count++] = copy;
            return;
        }
        axi_msg_free(copy); /* a name that came over the wire and cannot be built */
    }
    sv_reply(sv, event->msg);
}

static void sv_take_event(struct sv *sv, const struct axi_server_event *event)
{
    static const char content[3000];
    struct axi_str data = {content, (size_t)(fuzz_number(&sv->bytes, 2) % sizeof content)};
    int rc;
    if (event->kind != AXI_SERVER_IDLE && event->kind != AXI_SERVER_SLOW &&
        event->kind != AXI_SERVER_STRAY && event->kind != AXI_SERVER_BROKEN)
        sv->heard = sv->now.mono_ms;
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        sv_login(sv, event);
        break;
    case AXI_SERVER_REQUEST:
        sv_request(sv, event);
        break;
    case AXI_SERVER_ANSWERED:
        must(axi_server_is_open(sv->server) || event->code != AXI_V_NOTHING);
        break;
    case AXI_SERVER_SUBSCRIBED:
        must(axi_server_is_open(sv->server));
        break;
    case AXI_SERVER_STRAY:
        must(axi_msg_root(event->msg) != NULL && !sv->clean);
        break;
    case AXI_SERVER_FILE:
        must(axi_server_is_open(sv->server) && event->data.len <= sv->options.max_file);
        sv_reply(sv, event->msg);
        break;
    case AXI_SERVER_GET_FILE:
        must(axi_server_is_open(sv->server) && event->name.ptr != NULL);
        rc = data.len % 8 == 0 ? AXI_ESTATE : axi_server_send_file(sv->server, event->msg, data);
        must(rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ESTATE ||
             (rc == AXI_ENOMEM && sv->memory.refuse_every > 0));
        sv->sending_file = sv->sending_file || rc == AXI_OK;
        if (rc != AXI_OK) {
            axi_server_error(sv->server, event->msg, AXI_V_EFailed, NULL, NULL, 0);
            sv_send(sv);
        }
        break;
    case AXI_SERVER_BROKEN:
        must(axi_server_parse_error(sv->server)->code < 0 && !sv->clean);
        break;
    case AXI_SERVER_IDLE:
        must(sv->options.idle_ms > 0 && sv->now.mono_ms - sv->heard >= sv->options.idle_ms);
        break;
    case AXI_SERVER_SLOW:
        must(axi_server_output(sv->server).len == 0);
        sv->slow = true;
        sv->clean = false;
        break;
    }
}

static void sv_deliver(struct sv *sv, size_t max)
{
    size_t len = max < sv->wire.len ? max : sv->wire.len, all = len;
    const char *at = sv->wire.ptr;
    struct axi_server_event event;
    unsigned events = 0;
    if (sv->heard == 0)
        sv->heard = sv->now.mono_ms;
    while (axi_server_next(sv->server, sv->now, &at, &len, &event)) {
        sv_take_event(sv, &event);
        must(++events < 10000);
    }
    /* What is left waits until more of the output was sent, or until the link is closed. */
    must(len == 0 || sv->slow || axi_server_output(sv->server).len > sv->options.max_output / 4);
    must(axi_server_deadline(sv->server) > sv->now.mono_ms);
    all -= len;
    if (all > 0 && sv->wire.ptr != NULL)
        memmove(sv->wire.ptr, sv->wire.ptr + all, sv->wire.len - all);
    sv->wire.len -= all;
}

/* --- what the client sends --------------------------------------------------------------------- */

static void sv_put(struct sv *sv, struct axi_elem *root)
{
    unsigned how = fuzz_u8(&sv->bytes);
    if (how % 8 != 7 && sv->next_seq < SV_SEQS) {
        axi_set_int(root, AXI_A_seq, sv->next_seq);
        sv->asked[sv->next_seq++] = 1;
    }
    must(axi_encode(sv->msg, 0, &sv->wire) == AXI_OK);
}

static void sv_ask_open(struct sv *sv)
{
    struct axi_elem *root = axi_msg_start(sv->msg, AXI_T_Open);
    unsigned how = fuzz_u8(&sv->bytes);
    if (how != 255)
        axi_set_cstr(root, AXI_A_username, "omm");
    axi_set_cstr(root, AXI_A_password, how % 3 == 0 ? "" : "secret");
    if (how & 8)
        axi_set_bool(root, AXI_A_UserDeviceSyncClient, true);
    if (how & 16)
        axi_set_cstr(root, AXI_A_protocolVersion, how & 32 ? "45" : "x");
    sv_put(sv, root);
}

static void sv_ask_any(struct sv *sv)
{
    static const enum axi_type types[] = {AXI_T_GetPPUser, AXI_T_SetPPUser, AXI_T_GetVersions,
                                          AXI_T_Limits,    AXI_T_Ping,      AXI_T_DeletePPDev};
    unsigned choice = fuzz_u8(&sv->bytes);
    enum axi_type type = types[choice % 6];
    if (choice >= 128)
        do
            type = (enum axi_type)(1 + fuzz_number(&sv->bytes, 2) % (AXI_T_COUNT - 1));
        while (axi_type_kind(type) == AXI_RECORD && fuzz_left(&sv->bytes) > 0);
    struct axi_elem *root = axi_msg_start(sv->msg, type);
    struct axi_field field;
    for (size_t i = 0; axi_type_field_at(type, i, &field); i++)
        if (field.attr != AXI_A_seq &&
            ((field.flags & AXI_REQUIRED) || (fuzz_u8(&sv->bytes) & 7) == 7))
            axi_set_int(root, field.attr, fz_axi_small(&sv->bytes));
    if (choice & 64)
        axi_set_int(axi_add_child(root, choice & 32 ? "user" : "pp"), AXI_A_uid,
                    fuzz_u8(&sv->bytes));
    if (axi_type_kind(type) != AXI_REQUEST)
        sv->clean = false;
    sv_put(sv, root);
}

static void sv_ask_subscribe(struct sv *sv)
{
    struct axi_elem *root = axi_msg_start(sv->msg, AXI_T_Subscribe);
    for (unsigned n = fuzz_u8(&sv->bytes) % 24; n > 0; n--) {
        unsigned choice = fuzz_u8(&sv->bytes);
        struct axi_event_type type = fz_axi_event_type(choice);
        struct axi_subscription flag = {.event = type.name,
                                        .on = (choice & 128) == 0,
                                        .filter = type.filters & (1u << fuzz_below(&sv->bytes, 6)),
                                        .item = fz_axi_small(&sv->bytes),
                                        .pattern = fz_axi_str("*")};
        axi_subscription_write(root, &flag);
    }
    sv_put(sv, root);
}

static void sv_ask_file(struct sv *sv)
{
    unsigned how = fuzz_u8(&sv->bytes);
    bool get = how & 1;
    struct axi_elem *root = axi_msg_start_named(sv->msg, fz_axi_str(get ? "GetFile" : "PutFile"));
    axi_set_cstr(root, AXI_A_name, how & 2 ? ":ima" : ":license");
    if (!get) {
        axi_set_int(root, AXI_A_offset, (how >> 4) * 6);
        axi_set_cstr(root, AXI_A_data, how & 4 ? "" : how & 8 ? "bm8gYmFz" : "bm8g!");
        if (how & 4)
            axi_set_bool(root, AXI_A_eof, true);
    }
    sv_put(sv, root);
}

static void sv_noise(struct sv *sv)
{
    size_t len;
    const char *bytes = fuzz_take(&sv->bytes, fuzz_u8(&sv->bytes), &len);
    fz_axi_append(&sv->wire, bytes, len);
    sv->clean = false;
}

/* --- the whole --------------------------------------------------------------------------------- */

static void sv_publish(struct sv *sv)
{
    static const enum axi_type types[] = {AXI_T_EventPPCnf, AXI_T_EventPPUserCnf,
                                          AXI_T_EventPPState, AXI_T_EventRFPState};
    struct axi_elem *root = axi_msg_start(sv->msg, types[fuzz_below(&sv->bytes, 4)]);
    unsigned how = fuzz_u8(&sv->bytes);
    struct axi_elem *at = how & 1 ? root : axi_add_child(root, how & 2 ? "user" : "pp");
    axi_set_int(at, how & 4 ? AXI_A_uid : AXI_A_ppn, fz_axi_small(&sv->bytes));
    bool open = axi_server_is_open(sv->server), sync = axi_server_is_sync(sv->server);
    bool wanted = open && sync == (axi_msg_type(sv->msg) == AXI_T_EventPPCnf);
    if (axi_msg_type(sv->msg) == AXI_T_EventPPState || axi_msg_type(sv->msg) == AXI_T_EventRFPState)
        wanted = open;
    wanted = wanted && axi_subscriptions_want(axi_server_subscriptions(sv->server), sv->msg);
    size_t before = axi_server_output(sv->server).len;
    bool sent =
        how & 8 ? axi_server_notify(sv->server, sv->msg) : axi_server_publish(sv->server, sv->msg);
    must(sent == (axi_server_output(sv->server).len > before));
    must(!sent || (how & 8 ? open : wanted));
    must(sent || !(how & 8 ? open : wanted) || !sv->clean || sv->options.max_output < 8192);
}

static void sv_answer_later(struct sv *sv)
{
    if (sv->waiting_count == 0)
        return;
    struct axi_msg *request = sv->waiting[fuzz_below(&sv->bytes, sv->waiting_count)];
    for (unsigned i = 0; i < sv->waiting_count; i++)
        if (sv->waiting[i] == request)
            sv->waiting[i] = sv->waiting[--sv->waiting_count];
    sv_reply(sv, request);
    axi_msg_free(request);
}

static void sv_step(struct sv *sv)
{
    unsigned op = fuzz_u8(&sv->bytes);
    int64_t deadline = axi_server_deadline(sv->server);
    switch (op % 16) {
    case 0:
    case 1:
    case 2:
        sv_ask_any(sv);
        break;
    case 3:
        sv_ask_open(sv);
        break;
    case 4:
    case 5:
        sv_ask_subscribe(sv);
        break;
    case 6:
    case 7:
        sv_ask_file(sv);
        break;
    case 8:
        sv_noise(sv);
        break;
    case 9:
        sv->now.mono_ms += fuzz_u8(&sv->bytes);
        break;
    case 10:
        if (deadline < INT64_MAX && deadline > sv->now.mono_ms)
            sv->now.mono_ms = deadline;
        break;
    case 11:
    case 12:
        sv_answer_later(sv);
        break;
    case 13:
        axi_server_permit(sv->server, (unsigned)fuzz_number(&sv->bytes, 2) & AXI_MAY_EVERYTHING);
        break;
    default:
        sv_publish(sv);
    }
    sv_deliver(sv, op & 64 ? fuzz_u8(&sv->bytes) : SIZE_MAX);
    if (!(op & 128))
        sv_carry(sv);
    must(axi_server_permissions(sv->server) <= AXI_MAY_EVERYTHING);
    must(axi_server_output(sv->server).len <= sv->options.max_output + (1u << 16));
}

static void sv_drain(struct sv *sv)
{
    sv_deliver(sv, SIZE_MAX);
    while (sv->waiting_count > 0)
        sv_answer_later(sv);
    for (unsigned i = 0; i < 50 || (sv->wire.len > 0 && !sv->slow); i++) {
        sv_deliver(sv, SIZE_MAX); /* blocks of files follow as the output drains */
        sv_carry(sv);
    }
    for (int64_t seq = 1; seq < sv->next_seq && sv->clean; seq++)
        must(sv->answered[seq]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sv sv = {.bytes = fuzz_open(data, size), .memory = {.bound = 4u << 20}, .next_seq = 1};
    struct axi_parser_options wide = {.max_message = 1u << 20};
    if (size < 6)
        return 0;
    unsigned choice = fuzz_u8(&sv.bytes), scarce = fuzz_u8(&sv.bytes);
    sv.now = (struct axi_time){1000, INT64_C(1700000000000)};
    sv.options.parser.alloc = fz_axi_hook(&sv.memory);
    sv.options.unchecked = choice & 1;
    sv.options.idle_ms = choice & 2 ? -1 : 100 + 10 * (int64_t)fuzz_u8(&sv.bytes);
    sv.options.max_output = choice & 4 ? 256 + 16 * (size_t)fuzz_u8(&sv.bytes) : 1u << 20;
    sv.options.max_file = choice & 8 ? 12 : 4096;
    sv.options.max_items = choice & 16 ? 3 : 1000;
    sv.server = axi_server_new(&sv.options);
    sv.client = axi_parser_new(&wide);
    sv.msg = axi_msg_new(NULL);
    must(sv.server != NULL && sv.client != NULL && sv.msg != NULL);
    sv.memory.refuse_every = scarce < 128 ? 0 : 2 + (scarce & 63);
    sv.clean = scarce < 128;
    while (fuzz_left(&sv.bytes) > 0 && sv.steps++ < SV_STEPS)
        sv_step(&sv);
    sv_drain(&sv);
    axi_server_free(sv.server);
    must(sv.memory.live == 0);
    axi_parser_free(sv.client);
    axi_msg_free(sv.msg);
    axi_buf_done(&sv.wire);
    return 0;
}
