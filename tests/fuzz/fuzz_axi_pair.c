/*
 * Fuzz target: libaxi's client and libaxi's server, each with a host of its own, over a link that
 * cuts and delays as it likes, and breaks.
 *
 *   - Neither side ever finds fault with what the other sends.
 *   - A read brings every record once. A file arrives as it was sent, in both directions.
 *   - What is published arrives if the session asked for it, and nothing else does.
 *   - Left alone, both come to rest: everything asked for has ended, and both sides hold the same
 *     subscriptions; after a break they come there again.
 *
 * Input: 6 bytes of options, then operations with what they need.
 */
#include "fuzz/fuzz_axi.h"

#include <axi/client.h>
#include <axi/server.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PR_USERS = 70, PR_TAGS = 512, PR_STEPS = 600, PR_FILE = 3000, PR_WAITING = 8 };

enum pr_kind { PR_ENDED, PR_REQUEST, PR_READ, PR_PUT, PR_GET };

struct pr {
    struct fuzz_bytes bytes;
    struct axi_client_options client_options;
    struct axi_server_options server_options;
    struct axi_client *client;
    struct axi_server *server;
    struct axi_time now;
    struct axi_buf to_server, to_client;
    struct axi_msg *msg;
    struct axi_msg *waiting[PR_WAITING];
    unsigned waiting_count;
    bool users[PR_USERS], sparse, late, refuses, refused;
    unsigned char kinds[PR_TAGS];
    bool seen[PR_TAGS][PR_USERS]; /* records that a read has brought */
    unsigned tag_count, steps;
    unsigned char file[PR_FILE]; /* of the server */
    size_t file_size, got, put_size;
    unsigned published, noticed, permissions;
};

/* --- the server's host --------------------------------------------------------------------------- */

static void pr_give_users(struct pr *pr, const struct axi_msg *request)
{
    struct axi_page page;
    if (axi_server_page(request, &page) != AXI_OK) {
        axi_server_error(pr->server, request, AXI_V_EInval, NULL, NULL, 0);
        return;
    }
    int64_t most = page.exact ? page.first : PR_USERS - 1;
    struct axi_elem *root = axi_server_answer(pr->server, request);
    unsigned count = 0;
    for (int64_t uid = page.first < 1 ? 1 : page.first;
         uid <= most && uid < PR_USERS && count < page.count; uid++) {
        if (!pr->users[uid])
            continue;
        struct axi_elem *user = axi_add_child(root, page.paging.element);
        axi_set_int(user, page.paging.record, uid);
        axi_set_cstr(user, AXI_A_name, "J\xc3\xb6rg <1> & \"2\"");
        count++;
    }
    if (count == 0 && (pr->sparse || page.exact))
        axi_server_error(pr->server, request, AXI_V_ENoEnt, NULL, NULL, 0);
}

static void pr_answer(struct pr *pr, const struct axi_msg *request)
{
    if (axi_msg_type(request) == AXI_T_GetPPUser)
        pr_give_users(pr, request);
    else if (axi_msg_type(request) == AXI_T_DeletePPUser)
        axi_server_error(pr->server, request, AXI_V_ENoEnt, "uid", "there is none", 0);
    else
        axi_server_answer(pr->server, request);
    must(axi_server_send(pr->server) == AXI_OK);
}

/* Only what an answer needs is kept: name, seq and what a page is asked by. */
static void pr_answer_later(struct pr *pr, const struct axi_msg *request)
{
    struct axi_msg *copy = axi_msg_new(NULL);
    struct axi_attr_view view;
    must(copy != NULL);
    struct axi_elem *root = axi_msg_start(copy, axi_msg_type(request));
    for (size_t i = 0; axi_attr_at(axi_msg_root(request), i, &view); i++)
        axi_set_named(root, view.name, view.value);
    must(axi_msg_error(copy) == AXI_OK);
    pr->waiting[pr->waiting_count++] = copy;
}

static void pr_answer_waiting(struct pr *pr, unsigned i)
{
    struct axi_msg *request = pr->waiting[i];
    pr->waiting[i] = pr->waiting[--pr->waiting_count];
    pr_answer(pr, request);
    axi_msg_free(request);
}

static void pr_login(struct pr *pr, const struct axi_server_event *event)
{
    must(fz_axi_is(event->login.username, "omm") && fz_axi_is(event->login.password, "pass<&\">"));
    must(event->login.code == AXI_V_NOTHING || pr->late);
    pr->refused = pr->refused || pr->refuses;
    if (pr->refuses)
        axi_server_refuse(pr->server, AXI_V_EAuth);
    else
        axi_server_accept(pr->server, pr->permissions);
    must(axi_server_send(pr->server) == AXI_OK);
}

static void pr_serve(struct pr *pr, const struct axi_server_event *event)
{
    struct axi_str content = {(const char *)pr->file, pr->file_size};
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        pr_login(pr, event);
        break;
    case AXI_SERVER_REQUEST:
        must(event->type != AXI_T_NONE);
        if (pr->waiting_count < PR_WAITING && fuzz_below(&pr->bytes, 3) == 2)
            pr_answer_later(pr, event->msg);
        else
            pr_answer(pr, event->msg);
        break;
    case AXI_SERVER_FILE:
        must(event->data.len == pr->put_size);
        must(event->data.len == 0 || memcmp(event->data.ptr, pr->file, event->data.len) == 0);
        axi_server_answer(pr->server, event->msg);
        must(axi_server_send(pr->server) == AXI_OK);
        break;
    case AXI_SERVER_GET_FILE:
        must(fz_axi_is(event->name, ":ima"));
        must(axi_server_send_file(pr->server, event->msg, content) == AXI_OK);
        break;
    case AXI_SERVER_ANSWERED: /* the one thing that is refused is a flag without permission */
        must(event->code == AXI_V_NOTHING || pr->late ||
             (event->code == AXI_V_EPerm && event->type == AXI_T_Subscribe));
        break;
    case AXI_SERVER_SUBSCRIBED:
        break;
    case AXI_SERVER_STRAY:
    case AXI_SERVER_BROKEN:
    case AXI_SERVER_IDLE:
    case AXI_SERVER_SLOW:
        must(false);
        break;
    }
}

/* --- the client's host --------------------------------------------------------------------------- */

static void pr_end(struct pr *pr, uint64_t tag, enum pr_kind kind)
{
    must(tag > 0 && tag <= pr->tag_count && pr->kinds[tag - 1] == (unsigned char)kind);
    pr->kinds[tag - 1] = PR_ENDED;
}

static void pr_records(struct pr *pr, const struct axi_client_event *event)
{
    bool *seen = pr->seen[event->tag - 1];
    const struct axi_elem *user = axi_first_child(axi_msg_root(event->msg), event->element);
    must(event->tag > 0 && pr->kinds[event->tag - 1] == PR_READ);
    for (; user != NULL; user = axi_next_sibling(user, event->element)) {
        int64_t uid = axi_get_int_or(user, AXI_A_uid, 0);
        must(uid > 0 && uid < PR_USERS && pr->users[uid] && !seen[uid]);
        seen[uid] = true;
    }
}

/* Nobody changes the users meanwhile, so the read brought all of them; `seen` was set below its first. */
static void pr_read_end(struct pr *pr, const struct axi_client_event *event)
{
    pr_end(pr, event->tag, PR_READ);
    must(event->code == AXI_V_NOTHING);
    for (unsigned uid = 1; uid < PR_USERS; uid++)
        must(pr->seen[event->tag - 1][uid] || !pr->users[uid]);
}

static void pr_timed_out(struct pr *pr, const struct axi_client_event *event)
{
    pr->late = true;
    if (event->tag == 0)
        return;
    must(event->tag <= pr->tag_count && pr->kinds[event->tag - 1] != PR_ENDED);
    pr->kinds[event->tag - 1] = PR_ENDED;
}

static void pr_host(struct pr *pr, const struct axi_client_event *event)
{
    switch (event->kind) {
    case AXI_CLIENT_OPENED:
        must(axi_client_permissions(pr->client) == axi_permissions_with_implied(pr->permissions));
        break;
    case AXI_CLIENT_REFUSED:
        must(pr->refused || pr->late);
        break;
    case AXI_CLIENT_ANSWER:
        pr_end(pr, event->tag, PR_REQUEST);
        must((event->code == AXI_V_ENoEnt) == (event->request == AXI_T_DeletePPUser));
        break;
    case AXI_CLIENT_TIMED_OUT:
        pr_timed_out(pr, event);
        break;
    case AXI_CLIENT_RECORDS:
        pr_records(pr, event);
        break;
    case AXI_CLIENT_READ_END:
        pr_read_end(pr, event);
        break;
    case AXI_CLIENT_NOTICE:
        pr->noticed++;
        break;
    case AXI_CLIENT_FILE_SENT:
        pr_end(pr, event->tag, PR_PUT);
        must(event->code == AXI_V_NOTHING || pr->late);
        break;
    case AXI_CLIENT_FILE_DATA:
        must(event->offset == pr->got && pr->got + event->data.len <= pr->file_size);
        must(event->data.len == 0 ||
             memcmp(event->data.ptr, pr->file + pr->got, event->data.len) == 0);
        pr->got += event->data.len;
        break;
    case AXI_CLIENT_FILE_END:
        pr_end(pr, event->tag, PR_GET);
        must(pr->late || (event->code == AXI_V_NOTHING && pr->got == pr->file_size));
        break;
    case AXI_CLIENT_SUBSCRIBED:
        must(event->code == AXI_V_NOTHING || pr->permissions != AXI_MAY_EVERYTHING);
        break;
    case AXI_CLIENT_CLOCK:
        must(axi_client_clock(pr->client)->offset_ms == 0);
        break;
    case AXI_CLIENT_STRAY:
        must(pr->late);
        break;
    case AXI_CLIENT_BROKEN:
        must(false);
        break;
    }
}

/* --- the link ------------------------------------------------------------------------------------ */

static void pr_drop(struct axi_buf *buf, size_t taken)
{
    if (taken > 0)
        memmove(buf->ptr, buf->ptr + taken, buf->len - taken);
    buf->len -= taken;
}

static void pr_to_server(struct pr *pr, size_t max)
{
    struct axi_str out;
    while (out = axi_client_output(pr->client), out.len > 0) {
        fz_axi_append(&pr->to_server, out.ptr, out.len);
        axi_client_sent(pr->client, out.len);
    }
    size_t len = max < pr->to_server.len ? max : pr->to_server.len, all = len;
    const char *at = pr->to_server.ptr;
    struct axi_server_event event;
    while (axi_server_next(pr->server, pr->now, &at, &len, &event))
        pr_serve(pr, &event);
    pr_drop(&pr->to_server, all - len);
}

static void pr_to_client(struct pr *pr, size_t max)
{
    struct axi_str out = axi_server_output(pr->server);
    size_t part = max < out.len ? max : out.len;
    fz_axi_append(&pr->to_client, out.ptr, part);
    axi_server_sent(pr->server, part);
    size_t len = max < pr->to_client.len ? max : pr->to_client.len, all = len;
    const char *at = pr->to_client.ptr;
    struct axi_client_event event;
    while (axi_client_next(pr->client, pr->now, &at, &len, &event))
        pr_host(pr, &event);
    must(len == 0);
    pr_drop(&pr->to_client, all);
}

static bool pr_is_quiet(const struct pr *pr)
{
    return axi_client_output(pr->client).len == 0 && axi_server_output(pr->server).len == 0 &&
           pr->to_server.len == 0 && pr->to_client.len == 0 && pr->waiting_count == 0 &&
           axi_client_pending(pr->client) == 0;
}

static void pr_rest(struct pr *pr)
{
    for (unsigned i = 0; i < 4 || !pr_is_quiet(pr); i++) {
        pr_to_server(pr, SIZE_MAX);
        while (pr->waiting_count > 0)
            pr_answer_waiting(pr, 0);
        pr_to_client(pr, SIZE_MAX);
        if (!axi_client_is_open(pr->client) && i >= 4)
            return; /* requests wait for the login */
        must(i < 5000);
    }
    for (unsigned i = 0; i < pr->tag_count && axi_client_is_open(pr->client); i++)
        must(pr->kinds[i] == PR_ENDED);
    must(pr->late || pr->published == pr->noticed);
    struct axi_subscription ours, theirs;
    for (size_t i = 0; !pr->late && axi_client_is_open(pr->client); i++) {
        bool more = axi_subscriptions_at(axi_client_subscriptions(pr->client), i, &ours);
        must(axi_subscriptions_at(axi_server_subscriptions(pr->server), i, &theirs) == more);
        if (!more)
            break;
        must(ours.event == theirs.event && ours.filter == theirs.filter);
        must(ours.item == theirs.item && fz_axi_same(ours.pattern, theirs.pattern));
    }
}

static void pr_break(struct pr *pr)
{
    axi_client_reset(pr->client);
    axi_server_free(pr->server);
    pr->server = axi_server_new(&pr->server_options);
    must(pr->server != NULL);
    pr->to_server.len = pr->to_client.len = 0;
    while (pr->waiting_count > 0)
        axi_msg_free(pr->waiting[--pr->waiting_count]);
    memset(pr->kinds, PR_ENDED, sizeof pr->kinds);
    pr->late = pr->refuses = pr->refused = false;
    pr->published = pr->noticed = 0;
    pr->tag_count = 0;
    memset(pr->seen, 0, sizeof pr->seen);
}

/* --- what the client's host asks for -------------------------------------------------------------- */

static bool pr_began(struct pr *pr, int rc, enum pr_kind kind)
{
    must(rc == AXI_OK || rc == AXI_EFULL || (rc == AXI_ESTATE && kind >= PR_PUT));
    if (rc == AXI_OK)
        pr->kinds[pr->tag_count++] = (unsigned char)kind;
    return rc == AXI_OK;
}

static void pr_request(struct pr *pr)
{
    static const enum axi_type types[] = {AXI_T_GetVersions, AXI_T_Limits, AXI_T_DeletePPUser};
    struct axi_elem *root = axi_msg_start(pr->msg, types[fuzz_below(&pr->bytes, 3)]);
    if (axi_msg_type(pr->msg) == AXI_T_DeletePPUser)
        axi_set_int(root, AXI_A_uid, 1);
    pr_began(pr, axi_client_request(pr->client, pr->msg, pr->tag_count + 1, 0, pr->now),
             PR_REQUEST);
}

static void pr_read(struct pr *pr)
{
    unsigned first = fuzz_below(&pr->bytes, 8) == 7 ? fuzz_below(&pr->bytes, PR_USERS) : 1;
    int rc = axi_client_read(pr->client, AXI_T_GetPPUser, first, pr->tag_count + 1, pr->now);
    if (pr_began(pr, rc, PR_READ))
        for (unsigned uid = 0; uid < first; uid++)
            pr->seen[pr->tag_count - 1][uid] = true;
}

static void pr_file(struct pr *pr, bool put)
{
    size_t size = (size_t)(fuzz_number(&pr->bytes, 2) % PR_FILE);
    struct axi_str data = {(const char *)pr->file, size},
                   name = fz_axi_str(put ? ":license" : ":ima");
    bool began =
        pr_began(pr,
                 put ? axi_client_put_file(pr->client, name, data, pr->tag_count + 1, pr->now)
                     : axi_client_get_file(pr->client, name, pr->tag_count + 1, pr->now),
                 put ? PR_PUT : PR_GET);
    if (began && put)
        pr->put_size = size;
    else if (began)
        pr->got = 0;
}

static void pr_subscribe(struct pr *pr)
{
    static const struct axi_subscription flags[] = {
        {.event = AXI_V_PPUserCnf, .filter = AXI_BY_UID, .item = -1},
        {.event = AXI_V_PPUserCnf, .filter = AXI_BY_UID, .item = 3},
        {.event = AXI_V_PPDevCnf, .filter = AXI_BY_PPN, .item = 5},
        {.event = AXI_V_RFPState, .filter = AXI_BY_RFP, .item = -1},
        {.event = AXI_V_SystemState},
        {.event = AXI_V_RFPSync, .filter = AXI_BY_RFP, .item = 2}, /* needs Monitoring */
    };
    struct axi_subscription flag = flags[fuzz_below(&pr->bytes, 6)];
    flag.on = fuzz_below(&pr->bytes, 3) > 0;
    if (flag.item >= 0 && flag.filter != 0)
        flag.item += fuzz_below(&pr->bytes, 40);
    int rc = axi_client_subscribe(pr->client, &flag, pr->now);
    must(rc == AXI_OK || rc == AXI_EFULL);
}

static void pr_publish(struct pr *pr)
{
    struct axi_elem *root = axi_msg_start(pr->msg, AXI_T_EventPPUserCnf);
    axi_set_int(axi_add_child(root, "user"), AXI_A_uid, fuzz_below(&pr->bytes, 45));
    pr->published += axi_server_publish(pr->server, pr->msg);
}

static void pr_open(struct pr *pr)
{
    struct axi_login login = {.username = fz_axi_str("omm"), .password = fz_axi_str("pass<&\">")};
    if (fuzz_below(&pr->bytes, 8) == 7 && !axi_client_is_open(pr->client))
        pr->refuses = !pr->refuses;
    int rc = axi_client_open(pr->client, &login, pr->now);
    must(rc == AXI_OK || rc == AXI_ESTATE);
}

/* --- the whole ----------------------------------------------------------------------------------- */

static void pr_step(struct pr *pr)
{
    unsigned op = fuzz_u8(&pr->bytes);
    switch (op % 16) {
    case 0:
        pr_request(pr);
        break;
    case 1:
    case 2:
        pr_read(pr);
        break;
    case 3:
        pr_file(pr, op & 16);
        break;
    case 4:
    case 5:
        pr_subscribe(pr);
        break;
    case 6:
        pr_open(pr);
        break;
    case 7:
        pr->now.mono_ms += fuzz_u8(&pr->bytes);
        break;
    case 8:
        if (axi_client_is_open(pr->client))
            must(axi_client_ping(pr->client, pr->now) <= 0);
        break;
    case 9:
    case 10:
        pr_publish(pr);
        break;
    case 11:
        if (pr->waiting_count > 0)
            pr_answer_waiting(pr, fuzz_below(&pr->bytes, pr->waiting_count));
        break;
    case 12:
        if (fuzz_below(&pr->bytes, 8) == 7)
            pr_break(pr);
        break;
    case 13:
        pr_rest(pr);
        break;
    case 14:
        pr_to_server(pr, fuzz_u8(&pr->bytes));
        break;
    default:
        pr_to_client(pr, fuzz_u8(&pr->bytes));
    }
    if (op & 64)
        pr_to_server(pr, op & 32 ? SIZE_MAX : fuzz_u8(&pr->bytes));
    if (op & 128)
        pr_to_client(pr, op & 32 ? SIZE_MAX : fuzz_u8(&pr->bytes));
}

static void pr_start(struct pr *pr, struct fz_axi_memory *memory)
{
    unsigned gaps = fuzz_u8(&pr->bytes), users = fuzz_below(&pr->bytes, PR_USERS);
    pr->client_options.parser.alloc = pr->server_options.parser.alloc = fz_axi_hook(memory);
    pr->client_options.window = 1 + fuzz_below(&pr->bytes, 6);
    pr->client_options.queue = 1 + fuzz_below(&pr->bytes, 30);
    pr->client_options.page = fuzz_below(&pr->bytes, 21);
    pr->client_options.pages = fuzz_below(&pr->bytes, 4);
    pr->client_options.timeout_ms = 1000;
    pr->client_options.ping_ms = -1;
    pr->server_options.idle_ms = -1;
    pr->permissions = gaps & 2 ? AXI_MAY_EVERYTHING : AXI_MAY_AllCnfWrite;
    for (unsigned uid = 1; uid < users; uid++)
        pr->users[uid] = gaps == 0 || (uid * gaps >> 3) % 3 != 0;
    pr->sparse = gaps & 1;
    for (unsigned i = 0; i < PR_FILE; i++)
        pr->file[i] = (unsigned char)(i * 7 + (i >> 5));
    pr->file_size = gaps * 11u;
    pr->now = (struct axi_time){1000, INT64_C(1700000000000)};
    pr->client = axi_client_new(&pr->client_options);
    pr->server = axi_server_new(&pr->server_options);
    pr->msg = axi_msg_new(NULL);
    must(pr->client != NULL && pr->server != NULL && pr->msg != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct pr pr;
    struct fz_axi_memory memory = {.bound = 16u << 20};
    if (size < 8)
        return 0;
    memset(&pr, 0, sizeof pr);
    pr.bytes = fuzz_open(data, size);
    pr_start(&pr, &memory);
    while (fuzz_left(&pr.bytes) > 0 && pr.tag_count < PR_TAGS - 1 && pr.steps++ < PR_STEPS)
        pr_step(&pr);
    pr_rest(&pr);
    while (pr.waiting_count > 0)
        axi_msg_free(pr.waiting[--pr.waiting_count]);
    axi_client_free(pr.client);
    axi_server_free(pr.server);
    must(memory.live == 0);
    axi_msg_free(pr.msg);
    axi_buf_done(&pr.to_server);
    axi_buf_done(&pr.to_client);
    return 0;
}
