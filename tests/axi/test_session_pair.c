/*
 * Proves that client and server understand each other: both are wired back to back, bytes move in random pieces, and
 * the host of the client asks for anything at any time. Every answer, record, file and event comes once and whole,
 * nobody finds anything stray or broken, both have the same idea of the subscriptions, and connections may be lost at
 * any byte. What is random comes from a seed that a failure prints.
 */
#include "axi/support.h"

#include <axi/client.h>
#include <axi/server.h>

enum { USERS = 130, FILE_MAX = 3000, ROUNDS = 60, STEPS = 1500, TAGS = 4096 };

struct pipe {
    char bytes[2048];
    size_t len;
};

enum state { UNUSED, ASKED, ENDED };

struct pair {
    uint64_t seed, random;
    struct axi_client *c;
    struct axi_server *s;
    struct axi_time now;
    struct pipe up, down;
    bool refuse_once;
    unsigned permissions;
    int64_t users[USERS];
    size_t user_count;
    /* what the server's host has */
    char stored[FILE_MAX];
    size_t stored_len;
    struct axi_msg *later; /* requests that are answered later, as children */
    size_t published;
    /* what the client's host asked for and got */
    enum state asked[TAGS];
    enum axi_type kind[TAGS];
    size_t records[TAGS];
    uint64_t next_tag;
    char put[FILE_MAX];
    size_t put_len, got_len;
    size_t notices;
    size_t seen[AXI_CLIENT_BROKEN + 1], refused, connects; /* over all rounds */
};

static uint32_t pick(struct pair *p, uint32_t below)
{
    return next_random(&p->random) % below;
}

#define CHECK(p, condition)                                                                        \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fail_msg("seed %llu: %s", (unsigned long long)(p)->seed, #condition);                  \
    } while (0)

/* --- the server's host */

static void answer_page(struct pair *p, const struct axi_msg *request)
{
    struct axi_page page;
    CHECK(p, axi_server_page(request, &page) == AXI_OK);
    struct axi_elem *root = axi_server_answer(p->s, request);
    unsigned count = 0;
    for (size_t i = 0; i < p->user_count && count < page.count; i++) {
        if (p->users[i] < page.first)
            continue;
        struct axi_elem *user = axi_add_child(root, page.paging.element);
        axi_set_int(user, page.paging.record, p->users[i]);
        axi_set_cstr(user, AXI_A_name, "Z\xC3\xBC\xC3\xBC\n<x>");
        count++;
    }
    if (count == 0)
        (void)axi_server_error(p->s, request, AXI_V_ENoEnt, NULL, NULL, 0);
    CHECK(p, axi_server_send(p->s) == AXI_OK);
}

static void answer_later(struct pair *p)
{
    struct axi_elem *held = axi_msg_root(p->later);
    struct axi_msg *request = axi_msg_new(NULL);
    for (struct axi_elem *e = axi_first_child(held, NULL); e != NULL;
         e = axi_next_sibling(e, NULL)) {
        axi_set_str(axi_msg_start_named(request, axi_elem_name(e)), AXI_A_seq,
                    axi_get_str(e, AXI_A_seq));
        (void)axi_server_answer(p->s, request);
        CHECK(p, axi_server_send(p->s) == AXI_OK);
    }
    axi_msg_free(request);
    (void)axi_msg_start_named(p->later, str("later"));
}

static void answer_request(struct pair *p, const struct axi_msg *request, enum axi_type type)
{
    if (type == AXI_T_GetPPUser) {
        answer_page(p, request);
    } else if (pick(p, 3) == 0) {
        (void)axi_add_copy(axi_msg_root(p->later), axi_msg_root(request));
    } else {
        (void)axi_server_answer(p->s, request);
        CHECK(p, axi_server_send(p->s) == AXI_OK);
    }
}

static void serve_login(struct pair *p, const struct axi_server_event *event)
{
    CHECK(p, is(event->login.username, "omm") && is(event->login.password, "p&\"w"));
    CHECK(p, event->login.code == AXI_V_NOTHING);
    struct axi_elem *root;
    if (p->refuse_once)
        root = axi_server_refuse(p->s, AXI_V_EAuth);
    else
        root = axi_server_accept(p->s, p->permissions);
    p->refuse_once = false;
    axi_set_int(root, AXI_A_protocolVersion, 45);
    axi_set_cstr(root, AXI_A_ommStbState, "None");
    CHECK(p, axi_server_send(p->s) == AXI_OK);
}

static void serve(struct pair *p, const struct axi_server_event *event)
{
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        serve_login(p, event);
        break;
    case AXI_SERVER_REQUEST:
        answer_request(p, event->msg, event->type);
        break;
    case AXI_SERVER_FILE:
        CHECK(p, is(event->name, ":license") && event->data.len <= FILE_MAX);
        memcpy(p->stored, event->data.ptr != NULL ? event->data.ptr : "", event->data.len);
        p->stored_len = event->data.len;
        (void)axi_server_answer(p->s, event->msg);
        CHECK(p, axi_server_send(p->s) == AXI_OK);
        break;
    case AXI_SERVER_GET_FILE: {
        struct axi_str data = {p->stored, p->stored_len};
        CHECK(p, axi_server_send_file(p->s, event->msg, data) == AXI_OK);
        break;
    }
    case AXI_SERVER_ANSWERED:
    case AXI_SERVER_SUBSCRIBED:
        break;
    case AXI_SERVER_STRAY:
    case AXI_SERVER_BROKEN:
    case AXI_SERVER_IDLE:
    case AXI_SERVER_SLOW:
        fail_msg("seed %llu: server event %d", (unsigned long long)p->seed, (int)event->kind);
    }
}

static void publish(struct pair *p)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_elem *root = axi_msg_start(msg, AXI_T_EventPPUserCnf);
    axi_set_int(axi_add_child(root, "user"), AXI_A_uid, 1 + pick(p, 30));
    p->published += axi_server_publish(p->s, msg);
    axi_msg_free(msg);
}

/* --- the client's host */

static void end(struct pair *p, uint64_t tag, enum axi_type kind)
{
    CHECK(p, tag < TAGS && p->asked[tag] == ASKED && p->kind[tag] == kind);
    p->asked[tag] = ENDED;
}

static void take_records(struct pair *p, const struct axi_client_event *event)
{
    const struct axi_elem *e = axi_first_child(axi_msg_root(event->msg), event->element);
    CHECK(p, p->asked[event->tag] == ASKED && e != NULL);
    for (; e != NULL; e = axi_next_sibling(e, event->element)) {
        size_t n = p->records[event->tag]++;
        CHECK(p, n < p->user_count);
        CHECK(p, axi_get_int_or(e, AXI_A_uid, 0) == p->users[n]);
        CHECK(p, is(axi_get_str(e, AXI_A_name), "Z\xC3\xBC\xC3\xBC\n<x>"));
    }
}

static void take(struct pair *p, const struct axi_client_event *event)
{
    p->seen[event->kind]++;
    p->refused += event->kind == AXI_CLIENT_SUBSCRIBED && event->code == AXI_V_EPerm;
    switch (event->kind) {
    case AXI_CLIENT_ANSWER:
        end(p, event->tag, event->request);
        break;
    case AXI_CLIENT_RECORDS:
        take_records(p, event);
        break;
    case AXI_CLIENT_READ_END:
        CHECK(p, event->code == AXI_V_NOTHING);
        CHECK(p, p->records[event->tag] == p->user_count);
        end(p, event->tag, AXI_T_GetPPUser);
        break;
    case AXI_CLIENT_FILE_SENT:
        CHECK(p, event->code == AXI_V_NOTHING && p->stored_len == p->put_len);
        CHECK(p, memcmp(p->stored, p->put, p->put_len) == 0);
        end(p, event->tag, AXI_T_PutFile);
        break;
    case AXI_CLIENT_FILE_DATA:
        CHECK(p, event->offset == p->got_len && p->got_len + event->data.len <= p->stored_len);
        CHECK(p, memcmp(p->stored + p->got_len, event->data.ptr, event->data.len) == 0);
        p->got_len += event->data.len;
        break;
    case AXI_CLIENT_FILE_END:
        CHECK(p, event->code == AXI_V_NOTHING && p->got_len == p->stored_len);
        end(p, event->tag, AXI_T_GetFile);
        break;
    case AXI_CLIENT_NOTICE:
        CHECK(p, axi_msg_type(event->msg) == AXI_T_EventPPUserCnf);
        p->notices++;
        break;
    case AXI_CLIENT_OPENED:
    case AXI_CLIENT_REFUSED:
    case AXI_CLIENT_CLOCK:
    case AXI_CLIENT_SUBSCRIBED:
        CHECK(p, event->code == AXI_V_NOTHING || event->code == AXI_V_EAuth ||
                     event->code == AXI_V_EPerm);
        break;
    case AXI_CLIENT_TIMED_OUT:
    case AXI_CLIENT_STRAY:
    case AXI_CLIENT_BROKEN:
        fail_msg("seed %llu: client event %d", (unsigned long long)p->seed, (int)event->kind);
    }
}

static void begun(struct pair *p, int rc, enum axi_type kind)
{
    CHECK(p, rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ESTATE);
    if (rc != AXI_OK)
        return;
    p->asked[p->next_tag] = ASKED;
    p->kind[p->next_tag] = kind;
    p->records[p->next_tag] = 0;
    p->next_tag++;
}

static void subscribe(struct pair *p)
{
    static const struct {
        enum axi_value event;
        unsigned filter;
        int64_t items;
    } kinds[] = {{AXI_V_PPUserCnf, AXI_BY_UID, 30},
                 {AXI_V_PPDevCnf, AXI_BY_PPN, 10},
                 {AXI_V_RFPSync, AXI_BY_RFP, 5}, /* needs Monitoring */
                 {AXI_V_SiteCnf, 0, 0},
                 {AXI_V_AlarmTrigger, AXI_BY_TRIGGER, 0}};
    unsigned kind = pick(p, 5);
    char pattern[2] = {(char)('A' + pick(p, 4)), '\0'};
    struct axi_subscription flag = {
        kinds[kind].event, pick(p, 3) != 0, kinds[kind].filter, 0, {NULL, 0}};
    if (kinds[kind].items > 0)
        flag.item = pick(p, 8) == 0 ? -1 : (int64_t)pick(p, (uint32_t)kinds[kind].items) + 1;
    if (kind == 4)
        flag.pattern = str(pattern);
    int rc = axi_client_subscribe(p->c, &flag, p->now);
    CHECK(p, rc == AXI_OK || rc == AXI_EFULL);
}

static void ask_something(struct pair *p)
{
    static const enum axi_type types[] = {AXI_T_Limits, AXI_T_GetSARI, AXI_T_GetVersions,
                                          AXI_T_GetPPUserSummary};
    struct axi_msg *msg;
    enum axi_type type;
    struct axi_str data = {p->put, 0};
    int rc;
    switch (pick(p, 8)) {
    case 0:
    case 1:
        begun(p, axi_client_read(p->c, AXI_T_GetPPUser, 1, p->next_tag, p->now), AXI_T_GetPPUser);
        break;
    case 2:
        data.len = pick(p, FILE_MAX + 1);
        rc = axi_client_put_file(p->c, str(":license"), data, p->next_tag, p->now);
        p->put_len = rc == AXI_OK ? data.len : p->put_len;
        begun(p, rc, AXI_T_PutFile);
        break;
    case 3:
        rc = axi_client_get_file(p->c, str(":license"), p->next_tag, p->now);
        p->got_len = rc == AXI_OK ? 0 : p->got_len;
        begun(p, rc, AXI_T_GetFile);
        break;
    case 4:
        rc = axi_client_ping(p->c, p->now);
        CHECK(p, rc == AXI_OK || rc == AXI_EFULL || rc == AXI_ESTATE);
        break;
    case 5:
        for (unsigned n = pick(p, 30); n > 0; n--)
            subscribe(p);
        break;
    default:
        msg = axi_msg_new(NULL);
        type = types[pick(p, 4)];
        axi_msg_start(msg, type);
        begun(p, axi_client_request(p->c, msg, p->next_tag, 0, p->now), type);
        axi_msg_free(msg);
    }
}

/* --- the wire */

static size_t room(struct pair *p, const struct pipe *pipe, size_t len)
{
    size_t n = sizeof pipe->bytes - pipe->len;
    n = n < len ? n : len;
    return n > 0 ? 1 + pick(p, (uint32_t)n) : 0;
}

static size_t put_in(struct pair *p, struct pipe *pipe, struct axi_str out)
{
    size_t n = room(p, pipe, out.len);
    if (n > 0)
        memcpy(pipe->bytes + pipe->len, out.ptr, n);
    pipe->len += n;
    return n;
}

static void drop(struct pipe *pipe, size_t n)
{
    pipe->len -= n;
    memmove(pipe->bytes, pipe->bytes + n, pipe->len);
}

static void move_client(struct pair *p)
{
    struct axi_client_event event;
    size_t n = p->down.len > 0 ? pick(p, (uint32_t)p->down.len + 1) : 0, left = n;
    const char *at = p->down.bytes;
    while (axi_client_next(p->c, p->now, &at, &left, &event))
        take(p, &event);
    CHECK(p, left == 0);
    drop(&p->down, n);
    axi_client_sent(p->c, put_in(p, &p->up, axi_client_output(p->c)));
}

static void move_server(struct pair *p)
{
    struct axi_server_event event;
    size_t n = p->up.len > 0 ? pick(p, (uint32_t)p->up.len + 1) : 0, left = n;
    const char *at = p->up.bytes;
    while (axi_server_next(p->s, p->now, &at, &left, &event))
        serve(p, &event);
    drop(&p->up, n - left);
    axi_server_sent(p->s, put_in(p, &p->down, axi_server_output(p->s)));
}

/* --- rounds */

static void connect_again(struct pair *p)
{
    struct axi_login login = {.username = str("omm"), .password = str("p&\"w")};
    struct axi_server_options options = {.idle_ms = -1};
    p->connects++;
    axi_server_free(p->s);
    p->s = axi_server_new(&options);
    axi_client_reset(p->c);
    p->up.len = p->down.len = 0;
    (void)axi_msg_start_named(p->later, str("later"));
    for (uint64_t tag = 0; tag < p->next_tag; tag++)
        p->asked[tag] = p->asked[tag] == ASKED ? ENDED : p->asked[tag];
    p->published = p->notices = 0;
    for (unsigned n = pick(p, 4); n > 0; n--) /* before Open */
        ask_something(p);
    CHECK(p, axi_client_open(p->c, &login, p->now) == AXI_OK);
}

static void open_if_refused(struct pair *p)
{
    struct axi_login login = {.username = str("omm"), .password = str("p&\"w")};
    int rc = axi_client_open(p->c, &login, p->now);
    CHECK(p, rc == AXI_OK || rc == AXI_ESTATE);
}

static void quieten(struct pair *p)
{
    for (unsigned i = 0; i < 100000; i++) {
        open_if_refused(p);
        if (pick(p, 4) == 0)
            answer_later(p);
        move_client(p);
        move_server(p);
        if (axi_client_pending(p->c) == 0 && axi_client_is_open(p->c) && p->up.len == 0 &&
            p->down.len == 0 && axi_client_output(p->c).len == 0 &&
            axi_server_output(p->s).len == 0)
            return;
    }
    fail_msg("seed %llu: it does not end", (unsigned long long)p->seed);
}

static void compare(struct pair *p)
{
    const struct axi_subscriptions *a = axi_client_subscriptions(p->c);
    const struct axi_subscriptions *b = axi_server_subscriptions(p->s);
    struct axi_subscription x, y;
    size_t i = 0;
    for (; axi_subscriptions_at(a, i, &x); i++) {
        CHECK(p, axi_subscriptions_at(b, i, &y));
        CHECK(p, x.event == y.event && x.filter == y.filter && x.item == y.item);
        CHECK(p, x.pattern.len == y.pattern.len);
    }
    CHECK(p, !axi_subscriptions_at(b, i, &y));
    CHECK(p, p->notices == p->published);
    for (uint64_t tag = 0; tag < p->next_tag; tag++)
        CHECK(p, p->asked[tag] == ENDED);
    CHECK(p, axi_client_permissions(p->c) == axi_server_permissions(p->s));
}

static void play(struct pair *p, uint64_t seed)
{
    p->seed = p->random = seed;
    p->s = NULL;
    p->next_tag = p->stored_len = 0;
    struct axi_client_options options = {.window = 1 + pick(p, 12), .queue = 5 + pick(p, 100)};
    p->c = axi_client_new(&options);
    p->later = axi_msg_new(NULL);
    p->now.mono_ms = 1000;
    p->now.wall_ms = INT64_C(1700000000000);
    p->permissions = axi_permissions_with_implied(AXI_MAY_AllCnfWrite | AXI_MAY_Alerting |
                                                  (pick(p, 2) ? AXI_MAY_Monitoring : 0));
    p->refuse_once = pick(p, 4) == 0;
    p->user_count = pick(p, USERS + 1);
    for (size_t i = 0; i < p->user_count; i++)
        p->users[i] = (i > 0 ? p->users[i - 1] : 0) + 1 + pick(p, i % 3 == 0 ? 20 : 1);
    for (size_t i = 0; i < FILE_MAX; i++)
        p->put[i] = (char)pick(p, 256);
    connect_again(p);
    for (unsigned step = 0; step < STEPS && p->next_tag < TAGS - 40; step++) {
        uint32_t what = pick(p, 100);
        p->now.mono_ms += pick(p, 3);
        if (what < 40)
            move_client(p);
        else if (what < 80)
            move_server(p);
        else if (what < 88)
            ask_something(p);
        else if (what < 94)
            publish(p);
        else if (what < 97)
            answer_later(p);
        else if (what < 99)
            open_if_refused(p);
        else if (pick(p, 8) == 0)
            connect_again(p);
    }
    quieten(p);
    compare(p);
    axi_client_free(p->c);
    axi_server_free(p->s);
    axi_msg_free(p->later);
}

static void client_and_server_understand_each_other(void **state)
{
    (void)state;
    const char *only = getenv("SEED");
    struct pair *p = calloc(1, sizeof *p);
    if (only != NULL) {
        play(p, strtoull(only, NULL, 10));
        free(p);
        return;
    }
    for (uint64_t round = 1; round <= ROUNDS; round++)
        play(p, round * UINT64_C(1000003));
    /* The rounds are worth their time: much of everything happened. */
    for (unsigned kind = 0; kind <= AXI_CLIENT_BROKEN; kind++)
        assert_true((p->seen[kind] > ROUNDS / 10) ==
                    (kind != AXI_CLIENT_TIMED_OUT && kind != AXI_CLIENT_STRAY &&
                     kind != AXI_CLIENT_BROKEN));
    assert_true(p->refused > ROUNDS / 10);
    assert_true(p->connects > 2 * ROUNDS);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_and_server_understand_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
