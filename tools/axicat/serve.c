/*
 * A recording as an OMM: libaxi's server keeps the session, the recording has the answers. Each connection begins
 * at the first one: a request is answered as the first equal one that this connection did not use yet, or as the
 * last equal one; then come the events that were recorded behind it, if the client asked for them.
 */
#include "recorder.h"
#include "recording.h"
#include "replay.h"

#include <axi/server.h>
#include <com/config.h>
#include <com/listener.h>
#include <com/loop.h>
#include <stdlib.h>

#define CLIENTS_MAX 64
#define FINISH_MS   6000

struct serving {
    uv_loop_t loop;
    const struct cat_options *options;
    struct cat_recording recording;
    struct cat_printer *printer;
    struct cat_redactor redactor;
    struct com_tls *tls;
    struct com_listener *listener;
    struct com_signals *signals;
    struct com_timer *limit;
    struct client *clients;
    int64_t accepted, ended;
    char host[64];
    int port;
};

struct client {
    struct serving *serving;
    struct client *next;
    struct com_conn *conn;
    struct axi_server *server;
    struct cat_recorder *recorder;
    struct com_timer *timer;
    bool *used;          /* by entry of the recording */
    struct axi_buf held; /* bytes that have to wait */
    bool closing;
};

static void turn(struct client *client, const char *bytes, size_t len);

/* --- answers */

/* All of a recorded answer but its seq; the permissions of an OpenResp the server has written. */
static void fill(struct axi_elem *answer, const struct axi_msg *recorded)
{
    const struct axi_elem *from = axi_msg_root(recorded);
    bool login = axi_msg_type(recorded) == AXI_T_OpenResp;
    struct axi_attr_view attr;
    for (size_t i = 0; axi_attr_at(from, i, &attr); i++) {
        if (attr.id != AXI_A_seq)
            axi_set_named(answer, attr.name, attr.value);
    }
    if (axi_elem_text(from).ptr)
        axi_set_text(answer, axi_elem_text(from));
    for (const struct axi_elem *child = axi_first_child(from, NULL); child;
         child = axi_next_sibling(child, NULL)) {
        if (!login || !cat_is(axi_elem_name(child), "permission"))
            axi_add_copy(answer, child);
    }
}

static void send_now(struct client *client)
{
    int code = axi_server_send(client->server);
    if (code != AXI_OK)
        cat_say("an answer cannot be sent: %s", axi_err_text(code));
}

/* Events up to the next thing that the client of the recording said. */
static void publish_behind(struct client *client, size_t entry)
{
    const struct cat_recording *recording = &client->serving->recording;
    for (size_t i = entry + 1; i < recording->count && recording->entries[i].in; i++) {
        const struct cat_entry *event = &recording->entries[i];
        enum axi_type type = axi_msg_type(event->msg);
        if (type != AXI_T_NONE && axi_type_kind(type) == AXI_EVENT)
            (void)axi_server_publish(client->server, event->msg);
    }
}

/* The entry of the recording that is used for a request; CAT_NO_ENTRY when there is none like it. */
static size_t find_entry(struct client *client, const struct axi_msg *msg)
{
    const struct cat_recording *recording = &client->serving->recording;
    static const struct cat_comparison all = {NULL, 0, NULL, NULL};
    const struct axi_msg *now = cat_redact(&client->serving->redactor, msg, false);
    size_t last = CAT_NO_ENTRY;
    for (size_t i = 0; now && i < recording->count; i++) {
        const struct cat_entry *entry = &recording->entries[i];
        if (entry->in || cat_compare(axi_msg_root(entry->msg), axi_msg_root(now), &all) > 0 ||
            cat_recording_answer(recording, i) == CAT_NO_ENTRY)
            continue;
        last = i;
        if (!client->used[i])
            break;
    }
    if (last != CAT_NO_ENTRY)
        client->used[last] = true;
    return last;
}

static void answer_request(struct client *client, const struct axi_msg *msg)
{
    const struct cat_recording *recording = &client->serving->recording;
    size_t entry = find_entry(client, msg);
    if (entry == CAT_NO_ENTRY) {
        axi_server_error(client->server, msg, AXI_V_EFailed, NULL,
                         "the recording has no such request", 0);
        send_now(client);
        return;
    }
    for (size_t i = entry + 1; i < recording->count; i++) {
        if (!recording->entries[i].in || recording->entries[i].request != entry)
            continue;
        fill(axi_server_answer(client->server, msg), recording->entries[i].msg);
        send_now(client);
    }
    publish_behind(client, entry);
}

/* --- logins */

static const struct axi_msg *recorded_login(const struct client *client)
{
    const struct cat_recording *recording = &client->serving->recording;
    for (size_t i = 0; i < recording->count; i++) {
        if (recording->entries[i].in && axi_msg_type(recording->entries[i].msg) == AXI_T_OpenResp)
            return recording->entries[i].msg;
    }
    return NULL;
}

static unsigned permissions_of(const struct axi_msg *login)
{
    unsigned permissions = 0;
    for (const struct axi_elem *child = axi_first_child(axi_msg_root(login), "permission"); child;
         child = axi_next_sibling(child, "permission"))
        permissions |= axi_permission_of(axi_elem_text(child));
    return permissions;
}

/* Whoever it is: the recording decides. Behind a login that was recorded all may be asked; what was refused then is
 * refused now, by the recorded answer. */
static void answer_login(struct client *client, const struct axi_server_event *event)
{
    const struct axi_msg *login = recorded_login(client);
    enum axi_value code = login ? axi_answer_code(login) : AXI_V_NOTHING;
    code = event->login.code != AXI_V_NOTHING ? event->login.code : code;
    struct axi_elem *answer;
    if (code != AXI_V_NOTHING)
        answer = axi_server_refuse(client->server, code);
    else
        answer =
            axi_server_accept(client->server, login ? permissions_of(login) : AXI_MAY_EVERYTHING);
    if (login && (code == AXI_V_NOTHING) == (axi_answer_code(login) == AXI_V_NOTHING))
        fill(answer, login);
    send_now(client);
    if (code == AXI_V_NOTHING)
        axi_server_permit(client->server, AXI_MAY_EVERYTHING);
}

static void on_subscribed(struct client *client, const struct axi_msg *msg)
{
    size_t entry = find_entry(client, msg);
    if (entry != CAT_NO_ENTRY)
        publish_behind(client, entry);
}

/* --- one client */

static void hang_up(struct client *client, const char *why)
{
    if (client->closing)
        return;
    client->closing = true;
    if (why)
        cat_say("%s: %s", com_conn_peer(client->conn), why);
    com_conn_close(client->conn);
}

static void on_event(struct client *client, const struct axi_server_event *event)
{
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        answer_login(client, event);
        break;
    case AXI_SERVER_REQUEST:
    case AXI_SERVER_FILE:
    case AXI_SERVER_GET_FILE:
        answer_request(client, event->msg);
        break;
    case AXI_SERVER_SUBSCRIBED:
        on_subscribed(client, event->msg);
        break;
    case AXI_SERVER_BROKEN:
        hang_up(client, "what came is not AXI");
        break;
    case AXI_SERVER_IDLE:
        hang_up(client, "silent for too long");
        break;
    case AXI_SERVER_SLOW:
        hang_up(client, "does not read");
        break;
    default:
        break;
    }
}

static void flush(struct client *client)
{
    while (!client->closing && com_conn_queued(client->conn) < COM_CONN_HIGH_WATER) {
        struct axi_str out = axi_server_output(client->server);
        if (out.len == 0 || com_conn_write(client->conn, out.ptr, out.len) < 0)
            return;
        if (client->recorder)
            cat_recorder_take(client->recorder, true, out.ptr, out.len, com_wall_ms());
        axi_server_sent(client->server, out.len);
    }
}

static void run_server(struct client *client, const char **bytes, size_t *len)
{
    struct axi_time now = {com_now_ms(), com_wall_ms()};
    struct axi_server_event event;
    while (!client->closing && axi_server_next(client->server, now, bytes, len, &event)) {
        on_event(client, &event);
        flush(client);
    }
    flush(client);
}

/* Bytes that the server does not take yet are kept, and nothing more is read until it does. */
static bool keep(struct client *client, const char *bytes, size_t len)
{
    char *copy = len > 0 ? malloc(len) : NULL;
    if (len > 0 && !copy)
        return false;
    if (copy)
        memcpy(copy, bytes, len);
    free(client->held.ptr);
    client->held.ptr = copy;
    client->held.len = len;
    return true;
}

static void turn(struct client *client, const char *bytes, size_t len)
{
    if (client->held.len > 0) {
        bytes = client->held.ptr;
        len = client->held.len;
    }
    run_server(client, &bytes, &len);
    if (client->closing)
        return;
    if (!keep(client, bytes, len)) {
        hang_up(client, "out of memory");
        return;
    }
    if (client->held.len > 0)
        com_conn_read_stop(client->conn);
    else
        com_conn_read_start(client->conn);
    int64_t deadline = axi_server_deadline(client->server), now = com_now_ms();
    if (deadline == INT64_MAX)
        com_timer_stop(client->timer);
    else
        com_timer_start(client->timer, deadline > now ? deadline - now : 0, 0);
}

static void on_tick(void *user)
{
    turn(user, NULL, 0);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct client *client = com_conn_user(conn);
    if (client->recorder)
        cat_recorder_take(client->recorder, false, (const char *)bytes, len, com_wall_ms());
    turn(client, (const char *)bytes, len);
}

static void on_drain(struct com_conn *conn)
{
    turn(com_conn_user(conn), NULL, 0);
}

static void free_client(struct client *client)
{
    axi_server_free(client->server);
    (void)cat_recorder_free(client->recorder);
    com_timer_free(client->timer);
    free(client->held.ptr);
    free(client->used);
    free(client);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct client *client = com_conn_user(conn), **at;
    struct serving *serving = client->serving;
    (void)code;
    (void)reason;
    for (at = &serving->clients; *at != client;)
        at = &(*at)->next;
    *at = client->next;
    free_client(client);
    serving->ended++;
    if (serving->options->count > 0 && serving->ended >= serving->options->count)
        uv_stop(&serving->loop);
}

static void on_accept(void *user, struct com_conn *conn)
{
    static const struct com_conn_ops ops = {NULL, on_data, on_drain, on_close};
    struct serving *serving = user;
    struct axi_server_options options = {.parser = {.max_message = CAT_MESSAGE_MAX},
                                         .unchecked = true};
    struct cat_error error;
    struct client *client = calloc(1, sizeof *client);
    if (!client)
        return;
    client->serving = serving;
    client->server = axi_server_new(&options);
    client->used = calloc(serving->recording.count + 1, sizeof *client->used);
    client->timer = com_timer_new(&serving->loop, on_tick, client);
    if (serving->options->verbose)
        client->recorder =
            cat_recorder_new(NULL, serving->options->show_secrets, serving->printer, &error);
    if (!client->server || !client->used || !client->timer ||
        (serving->options->verbose && !client->recorder)) {
        free_client(client);
        return;
    }
    client->conn = conn;
    client->next = serving->clients;
    serving->clients = client;
    com_conn_accept(conn, &ops, client);
}

/* --- begin and end */

static void on_signal(void *user, enum com_signal signal)
{
    (void)signal;
    uv_stop(user);
}

static void on_limit(void *user)
{
    uv_stop(user);
}

static bool read_address(struct serving *serving, struct cat_error *error)
{
    const char *text = serving->options->listen ? serving->options->listen : "127.0.0.1:0";
    struct cat_options parsed = {.port = 0};
    int64_t port;
    if (com_parse_int(text, &port) && port >= 0 && port <= 65535) {
        snprintf(serving->host, sizeof serving->host, "127.0.0.1");
        serving->port = (int)port;
        return true;
    }
    if (!cat_options_target(&parsed, text, error))
        return false;
    if (strlen(parsed.host) >= sizeof serving->host)
        return cat_fail(error, "--listen: \"%s\" is no address", text);
    memcpy(serving->host, parsed.host, strlen(parsed.host) + 1);
    serving->port = parsed.port;
    return true;
}

static bool begin(struct serving *serving, struct cat_error *error)
{
    const struct cat_options *options = serving->options;
    struct com_tls_server_options tls = {.self_signed_name = "axicat",
                                         .min_version = options->tls_legacy ? "1.0" : "1.2"};
    char text[256] = "out of memory";
    serving->printer = cat_options_printer(options);
    serving->signals = com_signals_new(&serving->loop, on_signal, &serving->loop);
    serving->limit = com_timer_new(&serving->loop, on_limit, &serving->loop);
    if (!serving->printer || !serving->signals || !serving->limit ||
        !cat_redactor_init(&serving->redactor))
        return cat_fail(error, "out of memory");
    if (!options->plain && !(serving->tls = com_tls_server_new(&tls, text, sizeof text)))
        return cat_fail(error, "%s", text);
    struct com_listener_options listener = {.host = serving->host,
                                            .port = serving->port,
                                            .tls = serving->tls,
                                            .on_accept = on_accept,
                                            .user = serving,
                                            .max = CLIENTS_MAX};
    serving->listener = com_listener_new(&serving->loop, &listener, text, sizeof text);
    return serving->listener || cat_fail(error, "%s", text);
}

static bool announce(const struct serving *serving)
{
    char fingerprint[COM_FINGERPRINT_SIZE] = "";
    bool bracket = strchr(serving->host, ':') != NULL;
    if (serving->tls)
        com_tls_fingerprint(serving->tls, fingerprint);
    printf("listening %s%s%s:%d%s%s\n", bracket ? "[" : "", serving->host, bracket ? "]" : "",
           com_listener_port(serving->listener), serving->tls ? " pin " : "", fingerprint);
    return fflush(stdout) == 0;
}

static void finish(struct serving *serving)
{
    com_listener_close(serving->listener);
    for (struct client *client = serving->clients; client; client = client->next)
        com_conn_abort(client->conn);
    com_signals_free(serving->signals);
    com_timer_free(serving->limit);
    if (com_loop_finish(&serving->loop, FINISH_MS) != 0)
        cat_say("something was left open");
    com_tls_unref(serving->tls);
    cat_printer_free(serving->printer);
    cat_redactor_done(&serving->redactor);
    cat_recording_done(&serving->recording);
}

int cat_serve(const struct cat_options *options)
{
    struct serving serving = {.options = options};
    struct cat_error error;
    int code = CAT_DONE;
    if (uv_loop_init(&serving.loop) != 0)
        return CAT_USAGE;
    if (!cat_recording_read(&serving.recording, options->recording, &error) ||
        !read_address(&serving, &error)) {
        cat_say("%s", error.text);
        code = CAT_USAGE;
    } else if (!begin(&serving, &error)) {
        cat_say("%s", error.text);
        code = CAT_UNREACHABLE;
    } else if (!announce(&serving)) {
        cat_say_output();
        code = CAT_USAGE;
    } else {
        if (options->for_ms > 0)
            com_timer_start(serving.limit, options->for_ms, 0);
        uv_run(&serving.loop, UV_RUN_DEFAULT);
    }
    finish(&serving);
    return code;
}
