/*
 * A server's session with a host that does the usual: it knows one password, answers requests with an empty answer,
 * takes files and gives one. What it sees is written down, one word or more per event, so that tests can compare it.
 */
#ifndef TESTS_AXI_SERVER_RIG_H
#define TESTS_AXI_SERVER_RIG_H

#include "axi/support.h"

#include <axi/server.h>

#define OPEN_OMM      "<Open username=\"omm\" password=\"secret\"/>"
#define OPEN_SYNC     "<Open username=\"omm\" password=\"secret\" UserDeviceSyncClient=\"1\"/>"
#define OPEN_READER   "<Open username=\"reader\" password=\"secret\"/>"
#define PERMISSION(p) "<permission>" p "</permission>"

struct rig {
    struct axi_server *server;
    struct axi_time now;
    bool decide_later;    /* leave logins to the test */
    struct axi_str serve; /* what GetFile gives */
    char log[8192];       /* what came */
    char *file;           /* the last file that came, a copy */
    size_t file_len;
};

__attribute__((format(printf, 2, 3))) static inline void note(struct rig *rig, const char *format,
                                                              ...)
{
    size_t len = strlen(rig->log);
    va_list args;
    va_start(args, format);
    vsnprintf(rig->log + len, sizeof rig->log - len, format, args);
    va_end(args);
}

/* What a send came to: what did not go well is written down. */
static inline void result(struct rig *rig, int rc)
{
    if (rc != AXI_OK)
        note(rig, "%s ", axi_err_name(rc));
}

static inline void rig_init(struct rig *rig, const struct axi_server_options *options)
{
    memset(rig, 0, sizeof *rig);
    rig->now.mono_ms = 1000;
    rig->now.wall_ms = 1700000000999;
    rig->server = axi_server_new(options);
}

static inline void rig_done(struct rig *rig)
{
    axi_server_free(rig->server);
    free(rig->file);
}

static inline void decide(struct rig *rig, const struct axi_server_login *login)
{
    bool reader = is(login->username, "reader");
    unsigned permissions = reader ? AXI_MAY_AllCnfRead : AXI_MAY_EVERYTHING;
    if (is(login->password, "secret"))
        axi_server_accept(rig->server, permissions);
    else
        axi_server_refuse(rig->server, AXI_V_EAuth);
    result(rig, axi_server_send(rig->server));
}

static inline void take_file(struct rig *rig, const struct axi_server_event *event)
{
    free(rig->file);
    rig->file = malloc(event->data.len + 1);
    if (event->data.len > 0)
        memcpy(rig->file, event->data.ptr, event->data.len);
    rig->file_len = event->data.len;
    note(rig, "file %.*s ", (int)event->name.len, event->name.ptr);
    axi_server_answer(rig->server, event->msg);
    result(rig, axi_server_send(rig->server));
}

static inline void handle(struct rig *rig, const struct axi_server_event *event)
{
    struct axi_str name = axi_elem_name(axi_msg_root(event->msg));
    const char *code = axi_value_text(event->code);
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        note(rig, "login%s%s ", code != NULL ? ":" : "", code != NULL ? code : "");
        if (!rig->decide_later)
            decide(rig, &event->login);
        break;
    case AXI_SERVER_REQUEST:
        note(rig, "%.*s%s ", (int)name.len, name.ptr, event->type == AXI_T_NONE ? "?" : "");
        axi_server_answer(rig->server, event->msg);
        result(rig, axi_server_send(rig->server));
        break;
    case AXI_SERVER_ANSWERED:
        note(rig, "(%.*s%s%s) ", (int)name.len, name.ptr, code != NULL ? ":" : "",
             code != NULL ? code : "");
        break;
    case AXI_SERVER_SUBSCRIBED:
        note(rig, "subscribed ");
        break;
    case AXI_SERVER_FILE:
        take_file(rig, event);
        break;
    case AXI_SERVER_GET_FILE:
        note(rig, "get %.*s ", (int)event->name.len, event->name.ptr);
        result(rig, axi_server_send_file(rig->server, event->msg, rig->serve));
        break;
    case AXI_SERVER_STRAY:
        note(rig, "stray ");
        break;
    case AXI_SERVER_BROKEN:
        note(rig, "broken ");
        break;
    case AXI_SERVER_IDLE:
        note(rig, "idle ");
        break;
    case AXI_SERVER_SLOW:
        note(rig, "slow ");
        break;
    }
}

/* Give these bytes; returns how many were left. */
static inline size_t give_bytes(struct rig *rig, const char *bytes, size_t len)
{
    struct axi_server_event event;
    while (axi_server_next(rig->server, rig->now, &bytes, &len, &event))
        handle(rig, &event);
    return len;
}

/* One message, or several with # where their NULs go. */
static inline size_t give(struct rig *rig, const char *messages)
{
    size_t len = strlen(messages);
    char *bytes = malloc(len + 1);
    for (size_t i = 0; i <= len; i++)
        bytes[i] = (char)(messages[i] == '#' ? '\0' : messages[i]);
    size_t left = give_bytes(rig, bytes, len + 1);
    free(bytes);
    return left;
}

/* Take the output, with # for its NULs; to be freed. */
static inline char *taken(struct rig *rig)
{
    struct axi_str out = axi_server_output(rig->server);
    char *text = malloc(out.len + 1);
    for (size_t i = 0; i < out.len; i++)
        text[i] = (char)(out.ptr[i] == '\0' ? '#' : out.ptr[i]);
    text[out.len] = '\0';
    axi_server_sent(rig->server, out.len);
    return text;
}

#define assert_sends(rig, text)                                                                    \
    do {                                                                                           \
        char *taken_ = taken(rig);                                                                 \
        assert_string_equal(taken_, text);                                                         \
        free(taken_);                                                                              \
    } while (0)

#define assert_sees(rig, text)                                                                     \
    do {                                                                                           \
        assert_string_equal((rig)->log, text);                                                     \
        (rig)->log[0] = '\0';                                                                      \
    } while (0)

/* An answer to the one message. */
#define assert_answer(rig, message, text)                                                          \
    do {                                                                                           \
        assert_int_equal(give(rig, message), 0);                                                   \
        assert_sends(rig, text "#");                                                               \
    } while (0)

/* A session that is open, with the events and answers of that forgotten. */
static inline void rig_open(struct rig *rig, const struct axi_server_options *options,
                            const char *open)
{
    rig_init(rig, options);
    assert_non_null(rig->server);
    assert_int_equal(give(rig, open), 0);
    assert_true(axi_server_is_open(rig->server));
    free(taken(rig));
    rig->log[0] = '\0';
}

#endif
