/*
 * A client on a virtual clock, and an OMM for it: either the test says word by word what comes and looks at what was
 * sent, or a small OMM with tables, files and faults answers by itself. Events are written down as text, one a line.
 */
#ifndef TESTS_AXI_CLIENT_RIG_H
#define TESTS_AXI_CLIENT_RIG_H

#include "axi/support.h"

#include <axi/client.h>
#include <axi/pages.h>

#define START_MS INT64_C(1000)
#define WALL_MS  INT64_C(1700000000000)

struct omm {
    const int64_t *ids; /* users, ascending */
    size_t id_count;
    int64_t refuse_at; /* a page that begins here or later is refused with EFailed; 0: none */
    bool deaf;         /* answers nothing */
    bool hides_end;    /* the page behind the last is empty instead of ENoEnt */
    size_t held;      /* so many requests wait before they are answered, newest first; 0: at once */
    const char *file; /* GetFile brings it, in blocks of file_block bytes */
    size_t file_len, file_block;
    char *got; /* PutFile brought it */
    size_t got_len;
    int64_t refuse_block; /* PutFile at this offset gets EInProgress; -1: none */
    size_t most_flags, subscribes, pages;
    int64_t clock_s; /* its clock is so much ahead */
    uint64_t seed;   /* for the order of answers; 0: in order */
};

struct rig {
    struct axi_client *c;
    struct axi_parser *wire;
    struct axi_time now;
    size_t chunk; /* bytes come in pieces of this size; 0: whole */
    char *trace;  /* events */
    size_t trace_len, trace_room;
    char *sent; /* what went over the wire, a message a line */
    size_t sent_room;
    size_t on_wire, most_on_wire; /* requests without an answer, as the OMM counts them */
    struct omm omm;
    struct counting counting;
    unsigned events;
};

static inline void rig_init(struct rig *r, const struct axi_client_options *options)
{
    struct axi_client_options o = {0};
    memset(r, 0, sizeof *r);
    if (options != NULL)
        o = *options;
    r->now.mono_ms = START_MS;
    r->now.wall_ms = WALL_MS;
    r->omm.refuse_block = -1;
    o.parser.alloc = counting_hook(&r->counting);
    r->c = axi_client_new(&o);
    r->wire = axi_parser_new(NULL);
    r->trace_room = 1 << 20;
    r->trace = malloc(r->trace_room);
    r->trace[0] = '\0';
    assert_non_null(r->wire);
}

static inline void rig_done(struct rig *r)
{
    axi_client_free(r->c);
    axi_parser_free(r->wire);
    free(r->trace);
    free(r->sent);
    free(r->omm.got);
    assert_int_equal(r->counting.live, 0);
}

/* A scenario with bytes that come whole and in pieces of 1 to 7. */
static inline void for_chunks(const struct axi_client_options *options,
                              void (*scenario)(struct rig *))
{
    for (size_t chunk = 0; chunk <= 7; chunk++) {
        struct rig r;
        rig_init(&r, options);
        assert_non_null(r.c);
        r.chunk = chunk;
        scenario(&r);
        rig_done(&r);
    }
}

/* --- what the client tells */

static inline const char *event_name(enum axi_client_event_kind kind)
{
    static const char *const names[] = {
        [AXI_CLIENT_OPENED] = "OPENED",       [AXI_CLIENT_REFUSED] = "REFUSED",
        [AXI_CLIENT_ANSWER] = "ANSWER",       [AXI_CLIENT_TIMED_OUT] = "TIMED_OUT",
        [AXI_CLIENT_RECORDS] = "RECORDS",     [AXI_CLIENT_READ_END] = "READ_END",
        [AXI_CLIENT_NOTICE] = "NOTICE",       [AXI_CLIENT_SUBSCRIBED] = "SUBSCRIBED",
        [AXI_CLIENT_CLOCK] = "CLOCK",         [AXI_CLIENT_FILE_SENT] = "FILE_SENT",
        [AXI_CLIENT_FILE_DATA] = "FILE_DATA", [AXI_CLIENT_FILE_END] = "FILE_END",
        [AXI_CLIENT_STRAY] = "STRAY",         [AXI_CLIENT_BROKEN] = "BROKEN",
    };
    return names[kind];
}

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static inline void
note(struct rig *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(r->trace + r->trace_len, r->trace_room - r->trace_len, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < r->trace_room - r->trace_len);
    r->trace_len += (size_t)n;
}

static inline void note_event(struct rig *r, const struct axi_client_event *e)
{
    struct axi_str name = axi_elem_name(axi_msg_root(e->msg));
    r->events++;
    note(r, "%s", event_name(e->kind));
    if (e->kind == AXI_CLIENT_NOTICE || e->kind == AXI_CLIENT_STRAY)
        note(r, " %.*s", (int)name.len, name.ptr);
    if (e->kind == AXI_CLIENT_BROKEN)
        note(r, " %s", axi_err_name(axi_client_parse_error(r->c)->code));
    if (axi_type_name(e->request) != NULL && e->kind >= AXI_CLIENT_ANSWER)
        note(r, " %s", axi_type_name(e->request));
    if (e->tag != 0)
        note(r, " #%llu", (unsigned long long)e->tag);
    if (e->code != AXI_V_NOTHING)
        note(r, " %s", axi_value_text(e->code));
    if (e->kind == AXI_CLIENT_FILE_DATA)
        note(r, " %llu+%zu", (unsigned long long)e->offset, e->data.len);
    if (e->kind == AXI_CLIENT_RECORDS) {
        struct axi_paging paging;
        assert_true(axi_type_paging(e->request, &paging));
        const struct axi_elem *elem = axi_first_child(axi_msg_root(e->msg), e->element);
        for (; elem != NULL; elem = axi_next_sibling(elem, e->element))
            note(r, " %lld", (long long)axi_get_int_or(elem, paging.record, -1));
    }
    note(r, "\n");
}

/* Give bytes to the client, in chunks, and write down what it tells. */
static inline void give(struct rig *r, const char *bytes, size_t len)
{
    struct axi_client_event event;
    do {
        size_t n = r->chunk > 0 && r->chunk < len ? r->chunk : len, left = n;
        const char *at = bytes;
        while (axi_client_next(r->c, r->now, &at, &left, &event))
            note_event(r, &event);
        assert_int_equal(left, 0);
        bytes = at;
        len -= n;
    } while (len > 0);
}

/* One message from the OMM. */
static inline void say(struct rig *r, const char *text)
{
    give(r, text, strlen(text) + 1);
}

/* Time passes. */
static inline void pass(struct rig *r, int64_t ms)
{
    r->now.mono_ms += ms;
    r->now.wall_ms += ms;
    give(r, "", 0);
}

#define expect_events(r, text)                                                                     \
    do {                                                                                           \
        assert_string_equal((r)->trace, text);                                                     \
        (r)->trace_len = 0;                                                                        \
        (r)->trace[0] = '\0';                                                                      \
    } while (0)

/* --- what goes out */

/* All bytes that are to be sent, a message a line. */
static inline const char *take_sent(struct rig *r)
{
    size_t len = 0;
    struct axi_str out;
    while ((out = axi_client_output(r->c)).len > 0) {
        size_t n = r->chunk > 0 && r->chunk < out.len ? r->chunk : out.len;
        if (len + n + 1 > r->sent_room)
            r->sent = realloc(r->sent, r->sent_room = 2 * (len + n + 1));
        memcpy(r->sent + len, out.ptr, n);
        len += n;
        axi_client_sent(r->c, n);
    }
    if (r->sent == NULL)
        r->sent = calloc(r->sent_room = 64, 1);
    for (size_t i = 0; i < len; i++)
        if (r->sent[i] == '\0')
            r->sent[i] = '\n';
    r->sent[len] = '\0';
    return r->sent;
}

#define expect_sent(r, text) assert_string_equal(take_sent(r), text)

static inline struct axi_login login_of(const char *username, const char *password)
{
    struct axi_login login = {0};
    login.username = str(username);
    login.password = str(password);
    return login;
}

/* Open, accepted; its seq is 1 in a new client. */
static inline void open_session(struct rig *r)
{
    struct axi_login login = login_of("omm", "secret");
    assert_int_equal(axi_client_open(r->c, &login, r->now), AXI_OK);
    expect_sent(r, "<Open seq=\"1\" username=\"omm\" password=\"secret\"/>\n");
    say(r, "<OpenResp seq=\"1\" protocolVersion=\"45\"><permission>AllCnfWrite</permission>"
           "</OpenResp>");
    expect_events(r, "OPENED\n");
    assert_true(axi_client_is_open(r->c));
}

static inline struct axi_subscription flag(enum axi_value event, unsigned filter, int64_t item)
{
    struct axi_subscription f = {event, true, filter, item, {NULL, 0}};
    return f;
}

/* --- an OMM that answers by itself */

struct answers {
    struct axi_buf bytes;
    struct axi_msg *msg;
};

static inline void answer_users(struct rig *r, struct axi_elem *root, const struct axi_elem *asked)
{
    int64_t first = axi_get_int_or(asked, AXI_A_uid, -1);
    int64_t max = axi_get_int_or(asked, AXI_A_maxRecords, 0), count = 0;
    assert_true(max >= 1 && max <= 20);
    assert_true(first >= 0);
    r->omm.pages++;
    if (r->omm.refuse_at != 0 && first >= r->omm.refuse_at) {
        axi_set_enum(root, AXI_A_errCode, AXI_V_EFailed);
        return;
    }
    for (size_t i = 0; i < r->omm.id_count && count < max; i++) {
        if (r->omm.ids[i] < first)
            continue;
        struct axi_elem *user = axi_add_child(root, "user");
        axi_set_int(user, AXI_A_uid, r->omm.ids[i]);
        axi_set_cstr(user, AXI_A_name, "J\xC3\xBCrgen <42> & \"Co\"");
        count++;
    }
    if (count == 0 && !r->omm.hides_end)
        axi_set_enum(root, AXI_A_errCode, AXI_V_ENoEnt);
}

/* Base64 of its own, so that client and OMM do not share a mistake. */
static inline size_t base64(const unsigned char *data, size_t len, char *out)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n = 0;
    for (size_t i = 0; i < len; i += 3) {
        unsigned v = (unsigned)data[i] << 16 | (i + 1 < len ? (unsigned)data[i + 1] << 8 : 0) |
                     (i + 2 < len ? data[i + 2] : 0);
        out[n++] = letters[v >> 18];
        out[n++] = letters[v >> 12 & 63];
        out[n++] = i + 1 < len ? letters[v >> 6 & 63] : '=';
        out[n++] = i + 2 < len ? letters[v & 63] : '=';
    }
    return n;
}

static inline size_t unbase64(struct axi_str text, char *out)
{
    size_t n = 0;
    unsigned v = 0, bits = 0;
    for (size_t i = 0; i < text.len && text.ptr[i] != '='; i++) {
        char c = text.ptr[i];
        unsigned d = c >= 'A' && c <= 'Z'   ? (unsigned)(c - 'A')
                     : c >= 'a' && c <= 'z' ? (unsigned)(c - 'a' + 26)
                     : c >= '0' && c <= '9' ? (unsigned)(c - '0' + 52)
                                            : (c == '+' ? 62u : 63u);
        v = v << 6 | d;
        if ((bits += 6) >= 8)
            out[n++] = (char)(v >> (bits -= 8));
    }
    return n;
}

static inline void take_block(struct rig *r, struct axi_elem *root, const struct axi_elem *asked)
{
    int64_t offset = axi_get_int_or(asked, AXI_A_offset, -1);
    struct axi_str data = axi_get_str(asked, AXI_A_data);
    assert_str(axi_get_str(asked, AXI_A_name), ":license");
    if (offset == 0)
        r->omm.got_len = 0;
    assert_int_equal(offset, r->omm.got_len);
    assert_non_null(data.ptr);
    assert_int_equal(axi_get_bool_or(asked, AXI_A_eof, false), data.len == 0);
    if (offset == r->omm.refuse_block) {
        axi_set_enum(root, AXI_A_errCode, AXI_V_EInProgress);
        return;
    }
    r->omm.got = realloc(r->omm.got, r->omm.got_len + data.len + 1);
    r->omm.got_len += unbase64(data, r->omm.got + r->omm.got_len);
}

static inline void send_file(struct rig *r, struct answers *a, const struct axi_msg *request)
{
    size_t offset = 0;
    do {
        char text[4096];
        size_t left = r->omm.file_len - offset;
        size_t n = left < r->omm.file_block ? left : r->omm.file_block;
        struct axi_elem *root = axi_answer_start(a->msg, request);
        struct axi_str data = {text, 0};
        if (n > 0)
            data.len = base64((const unsigned char *)r->omm.file + offset, n, text);
        axi_set_int(root, AXI_A_offset, (int64_t)offset);
        axi_set_str(root, AXI_A_data, data);
        axi_set_bool(root, AXI_A_eof, n == left);
        assert_int_equal(axi_encode(a->msg, 0, &a->bytes), AXI_OK);
        offset += n;
    } while (offset < r->omm.file_len);
}

static inline void answer_one(struct rig *r, struct answers *a, const struct axi_msg *request)
{
    const struct axi_elem *asked = axi_msg_root(request);
    struct axi_elem *root = axi_answer_start(a->msg, request);
    size_t flags = 0;
    switch (axi_msg_type(request)) {
    case AXI_T_Open:
        axi_set_int(root, AXI_A_protocolVersion, 45);
        axi_set_text(axi_add_child(root, "permission"), str("AllCnfWrite"));
        break;
    case AXI_T_Ping:
        if (axi_has(asked, AXI_A_timeStamp))
            axi_set_int(root, AXI_A_timeStamp, r->now.wall_ms / 1000 + r->omm.clock_s);
        break;
    case AXI_T_Subscribe:
        for (struct axi_elem *e = axi_first_child(asked, "e"); e != NULL;
             e = axi_next_sibling(e, "e"))
            flags++;
        r->omm.subscribes++;
        if (flags > r->omm.most_flags)
            r->omm.most_flags = flags;
        break;
    case AXI_T_GetPPUser:
        answer_users(r, root, asked);
        break;
    case AXI_T_PutFile:
        take_block(r, root, asked);
        break;
    case AXI_T_GetFile:
        send_file(r, a, request);
        return;
    default:
        break;
    }
    assert_int_equal(axi_encode(a->msg, 0, &a->bytes), AXI_OK);
}

/* Let the OMM answer what was sent, and the client take the answers, until neither has anything to say. With a
 * seed the answers of what is on the wire at a time come in any order. */
static inline void converse(struct rig *r)
{
    struct answers a = {.msg = axi_msg_new(NULL)};
    struct axi_buf pieces[64];
    struct axi_str out;
    while ((out = axi_client_output(r->c)).len > 0 && !r->omm.deaf) {
        size_t count = 0;
        do {
            const char *at = out.ptr;
            size_t n = r->chunk > 0 && r->chunk < out.len ? r->chunk : out.len, left = n;
            struct axi_msg *request;
            for (;;) {
                assert_int_equal(axi_parser_next(r->wire, &at, &left, &request), AXI_OK);
                if (request == NULL)
                    break;
                assert_true(count < 64);
                memset(&a.bytes, 0, sizeof a.bytes);
                answer_one(r, &a, request);
                pieces[count++] = a.bytes;
            }
            axi_client_sent(r->c, n);
        } while ((out = axi_client_output(r->c)).len > 0);
        if (count > r->most_on_wire)
            r->most_on_wire = count;
        while (count > 0) {
            size_t i = r->omm.seed != 0 ? next_random(&r->omm.seed) % count : 0;
            struct axi_buf piece = pieces[i];
            memmove(pieces + i, pieces + i + 1, (--count - i) * sizeof pieces[0]);
            give(r, piece.ptr, piece.len);
            axi_buf_done(&piece);
        }
    }
    axi_msg_free(a.msg);
}

#endif
