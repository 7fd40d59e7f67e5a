/*
 * The control socket of a daemon: a Unix socket on which a client sends one request as one line of
 * JSON,
 *     {"args":["sites","add","berlin"],"options":{"port":12622}}
 * and gets rows, one JSON object per line, and at the end
 *     {"end":true,"code":0}      or      {"end":true,"code":1,"error":"no such site"}
 */
#ifndef COM_CTL_H
#define COM_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <jansson.h>
#include <uv.h>

#define COM_CTL_REQUEST_MAX (1024u * 1024)
#define COM_CTL_ROW_MAX     (16u * 1024 * 1024)
#define COM_CTL_CLIENTS_MAX 64
#define COM_CTL_WAIT_MS     10000 /* for the whole request line */

/* --- server -------------------------------------------------------------------------------------
 */

struct com_ctl;
struct com_ctl_request;

/* A request. `root` is a JSON object whose "args" is an array of strings and "options" an object
 * (both are always there); borrowed until the request ends. The handler ends the request with
 * com_ctl_end, now or later; if later, it must set com_ctl_on_gone before it returns. */
typedef void (*com_ctl_handler)(void *user, struct com_ctl_request *request, json_t *root);

struct com_ctl_options {
    const char *path;
    com_ctl_handler handler;
    void *user;
    bool allow_group; /* members of `group` may ask too, the file gets mode 0660 */
    gid_t group;
};

/* Callers are root, our own user and the group; others get an error line. NULL with a text in
 * `error`. */
struct com_ctl *com_ctl_new(uv_loop_t *loop, const struct com_ctl_options *options, char *error,
                            size_t max);
/* Stop listening and drop the requests that are under way: their on_gone is called. */
void com_ctl_close(struct com_ctl *ctl);

/* A row: one JSON object as text, without line ends inside and without a first member "end".
 * Returns the bytes that wait for the client, -1 when it is gone. */
int64_t com_ctl_row(struct com_ctl_request *request, const char *json);
/* The end; `error` may be NULL. The request is invalid afterwards and its on_gone will not be
 * called. */
void com_ctl_end(struct com_ctl_request *request, int code, const char *error);
/* Called when the client goes away before com_ctl_end; the request is invalid when it returns. */
void com_ctl_on_gone(struct com_ctl_request *request, void (*on_gone)(void *user), void *user);
/* Called when rows that piled up have been taken by the client: for long lists and slow readers. */
void com_ctl_on_drain(struct com_ctl_request *request, void (*on_drain)(void *user), void *user);

/* A request line without its end to a request, to be freed with json_decref; what is missing is
 * added. NULL with a static text in *ret_wrong. */
json_t *com_ctl_parse(const char *line, size_t len, const char **ret_wrong);

/* Reading a request: the argument at `index`, NULL when there is none; their number; an option or a
 * default when it is absent or of another type. */
const char *com_ctl_arg(const json_t *root, size_t index);
size_t com_ctl_args(const json_t *root);
const char *com_ctl_text(const json_t *root, const char *name, const char *fallback);
json_int_t com_ctl_int(const json_t *root, const char *name, json_int_t fallback);
bool com_ctl_bool(const json_t *root, const char *name, bool fallback);

/* --- client -------------------------------------------------------------------------------------
 */

struct com_ctl_call {
    const char *path;
    const char *server;  /* who should listen there, for the error text; may be NULL */
    const char *request; /* JSON text without line end */
    /* A row with its length; false ends the call (code 0). May be NULL. */
    bool (*on_row)(void *user, const char *json, size_t len);
    void *user;
    int timeout_ms; /* longest silence, 0: for ever (watch) */
    int code; /* result: the exit code that the server sent; of a failed call 3, 4 (we may not), 2
                 or 1 */
    char error[512]; /* result: its error text, or why the call failed; "" when there is none */
};

enum com_ctl_err {
    COM_CTL_OK = 0,        /* answered: look at code */
    COM_CTL_EREACH = -1,   /* nobody listens there, or we may not */
    COM_CTL_EBROKEN = -2,  /* the connection ended, timed out or made no sense */
    COM_CTL_EARGUMENT = -3 /* request too long or path not possible */
};

/* Blocking; needs no loop. enum com_ctl_err. */
int com_ctl_call(struct com_ctl_call *call);
/* Request text from arguments and options (may be NULL); free() it. NULL on no memory or when an
 * argument is not UTF-8. */
char *com_ctl_request_text(int argc, char *const *argv, const json_t *options);

#endif
