/*
 * Server side of the control socket: who may ask, one request per connection, rows, end.
 */
#include <com/cli.h>
#include <com/conn.h>
#include <com/crypto.h>
#include <com/ctl.h>
#include <com/json.h>
#include <com/listener.h>
#include <com/log.h>
#include <com/loop.h>
#include "buffer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct com_ctl {
    uv_loop_t *loop;
    struct com_listener *listener;
    struct com_ctl_options options;
    struct com_ctl_request *requests;
    bool closing;
};

struct com_ctl_request {
    struct com_ctl *ctl;
    struct com_ctl_request *next, **link;
    struct com_conn *conn;
    struct com_timer *deadline;
    struct buffer line;
    json_t *root;
    bool allowed, asked, ended;
    void (*on_gone)(void *user);
    void *gone_user;
    void (*on_drain)(void *user);
    void *drain_user;
};

/* --- answering ----------------------------------------------------------------------------------
 */

int64_t com_ctl_row(struct com_ctl_request *request, const char *json)
{
    size_t len = strlen(json);
    if (request->ended || len > COM_CTL_ROW_MAX || memchr(json, '\n', len)) {
        com_error("a row of the control socket is not one line: dropped");
        return request->ended ? -1 : (int64_t)com_conn_queued(request->conn);
    }
    if (com_conn_write(request->conn, json, len) < 0)
        return -1;
    return com_conn_write(request->conn, "\n", 1);
}

void com_ctl_end(struct com_ctl_request *request, int code, const char *error)
{
    struct com_json json;
    if (request->ended)
        return;
    request->ended = true;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_bool(&json, "end", true);
    com_json_set_int(&json, "code", code);
    if (error)
        com_json_set_text(&json, "error", error);
    com_json_end(&json);
    const char *text = com_json_done_text(&json);
    if (text) {
        com_conn_write(request->conn, text, com_json_len(&json));
        com_conn_write(request->conn, "\n", 1);
    }
    com_json_done(&json);
    com_conn_close(request->conn);
}

void com_ctl_on_gone(struct com_ctl_request *request, void (*on_gone)(void *user), void *user)
{
    request->on_gone = on_gone;
    request->gone_user = user;
}

void com_ctl_on_drain(struct com_ctl_request *request, void (*on_drain)(void *user), void *user)
{
    request->on_drain = on_drain;
    request->drain_user = user;
}

/* --- asking -------------------------------------------------------------------------------------
 */

/* The form of a request; what is missing is added. NULL, or what is wrong. */
static const char *check_form(json_t *root)
{
    const char *key;
    json_t *value;
    size_t i;
    if (!json_is_object(root))
        return "the request is not an object";
    json_object_foreach(root, key, value)
    {
        if (strcmp(key, "args") != 0 && strcmp(key, "options") != 0)
            return "the request has an unknown member";
    }
    if (!json_object_get(root, "args"))
        json_object_set_new(root, "args", json_array());
    if (!json_object_get(root, "options"))
        json_object_set_new(root, "options", json_object());
    if (!json_is_object(json_object_get(root, "options")))
        return "options is not an object";
    if (!json_is_array(json_object_get(root, "args")))
        return "args is not an array";
    json_array_foreach(json_object_get(root, "args"), i, value)
    {
        if (!json_is_string(value))
            return "an argument is not a string";
    }
    return NULL;
}

json_t *com_ctl_parse(const char *line, size_t len, const char **ret_wrong)
{
    json_error_t error;
    json_t *root = json_loadb(line, len, JSON_REJECT_DUPLICATES, &error);
    const char *wrong = root ? check_form(root) : "the request is not JSON";
    if (wrong) {
        json_decref(root);
        *ret_wrong = wrong;
        return NULL;
    }
    return root;
}

static void ask(struct com_ctl_request *request, size_t len)
{
    const char *wrong = NULL;
    com_timer_stop(request->deadline);
    request->asked = true;
    request->root = com_ctl_parse((const char *)com__buffer_ptr(&request->line), len, &wrong);
    com_wipe(request->line.mem, request->line.cap); /* it may hold a password */
    com__buffer_done(&request->line);
    if (!request->root)
        com_ctl_end(request, COM_EXIT_USAGE, wrong);
    else
        request->ctl->options.handler(request->ctl->options.user, request, request->root);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct com_ctl_request *request = com_conn_user(conn);
    /* one request per connection; what follows has no meaning */
    if (request->asked || request->ended)
        return;
    const uint8_t *end = memchr(bytes, '\n', len);
    size_t part = end ? (size_t)(end - bytes) : len;
    if (request->line.len + part > COM_CTL_REQUEST_MAX) {
        com_ctl_end(request, COM_EXIT_USAGE, "the request is too long");
        return;
    }
    if (com__buffer_add(&request->line, bytes, part) != 0)
        com_conn_abort(conn);
    else if (end)
        ask(request, request->line.len);
}

static void on_deadline(void *user)
{
    com_ctl_end(user, COM_EXIT_USAGE, "no request came");
}

static void on_open(struct com_conn *conn)
{
    struct com_ctl_request *request = com_conn_user(conn);
    if (request->allowed)
        com_timer_start(request->deadline, COM_CTL_WAIT_MS, 0);
    else
        com_ctl_end(request, COM_EXIT_NOT_PERMITTED, "this user may not use the control socket");
}

static void on_drain(struct com_conn *conn)
{
    struct com_ctl_request *request = com_conn_user(conn);
    if (request->on_drain && !request->ended)
        request->on_drain(request->drain_user);
}

static void free_if_done(struct com_ctl *ctl)
{
    if (ctl->closing && !ctl->requests)
        free(ctl);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct com_ctl_request *request = com_conn_user(conn);
    struct com_ctl *ctl = request->ctl;
    (void)code;
    (void)reason;
    if (request->asked && !request->ended && request->on_gone)
        request->on_gone(request->gone_user);
    *request->link = request->next;
    if (request->next)
        request->next->link = request->link;
    com_timer_free(request->deadline);
    com__buffer_done(&request->line);
    json_decref(request->root);
    free(request);
    free_if_done(ctl);
}

static const struct com_conn_ops ops = {on_open, on_data, on_drain, on_close};

static bool is_allowed(const struct com_ctl *ctl, const struct com_conn *conn)
{
    uid_t uid;
    gid_t gid;
    if (!com_conn_peer_cred(conn, &uid, &gid))
        return false;
    return uid == 0 || uid == geteuid() ||
           (ctl->options.allow_group && com_conn_peer_in_group(conn, ctl->options.group));
}

static void on_accept(void *user, struct com_conn *conn)
{
    struct com_ctl *ctl = user;
    struct com_ctl_request *request = calloc(1, sizeof *request);
    if (!request)
        return;
    request->deadline = com_timer_new(ctl->loop, on_deadline, request);
    if (!request->deadline) {
        free(request);
        return;
    }
    request->ctl = ctl;
    request->conn = conn;
    request->allowed = is_allowed(ctl, conn);
    request->next = ctl->requests;
    request->link = &ctl->requests;
    if (request->next)
        request->next->link = &request->next;
    ctl->requests = request;
    com_conn_accept(conn, &ops, request);
}

struct com_ctl *com_ctl_new(uv_loop_t *loop, const struct com_ctl_options *options, char *error,
                            size_t max)
{
    struct com_ctl *ctl = calloc(1, sizeof *ctl);
    if (!ctl) {
        snprintf(error, max, "out of memory");
        return NULL;
    }
    struct com_listener_options listen = {
        .path = options->path, .on_accept = on_accept, .user = ctl, .max = COM_CTL_CLIENTS_MAX};
    ctl->loop = loop;
    ctl->options = *options;
    ctl->options.path = NULL; /* borrowed, not needed again */
    ctl->listener = com_listener_new(loop, &listen, error, max);
    if (!ctl->listener) {
        free(ctl);
        return NULL;
    }
    /* the credentials decide in any case, so a failure here only keeps the group out */
    if (options->allow_group &&
        (chown(options->path, (uid_t)-1, options->group) != 0 || chmod(options->path, 0660) != 0))
        com_warning("%s cannot be given to its group: %s", options->path, strerror(errno));
    return ctl;
}

void com_ctl_close(struct com_ctl *ctl)
{
    if (!ctl)
        return;
    com_listener_close(ctl->listener);
    ctl->closing = true;
    for (struct com_ctl_request *request = ctl->requests; request; request = request->next) {
        if (!request->ended) /* an answer that is on its way may arrive */
            com_conn_abort(request->conn);
    }
    free_if_done(ctl);
}

/* --- reading a request --------------------------------------------------------------------------
 */

const char *com_ctl_arg(const json_t *root, size_t index)
{
    return json_string_value(json_array_get(json_object_get(root, "args"), index));
}

size_t com_ctl_args(const json_t *root)
{
    return json_array_size(json_object_get(root, "args"));
}

static const json_t *option(const json_t *root, const char *name)
{
    return json_object_get(json_object_get(root, "options"), name);
}

const char *com_ctl_text(const json_t *root, const char *name, const char *fallback)
{
    const json_t *value = option(root, name);
    return json_is_string(value) ? json_string_value(value) : fallback;
}

json_int_t com_ctl_int(const json_t *root, const char *name, json_int_t fallback)
{
    const json_t *value = option(root, name);
    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool com_ctl_bool(const json_t *root, const char *name, bool fallback)
{
    const json_t *value = option(root, name);
    return json_is_boolean(value) ? json_is_true(value) : fallback;
}
