/*
 * The session. libaxi's client says what happens, this file prints it and says what comes next: first the login,
 * then the subscriptions, then the jobs in their order, then following. What is sent next is in talk_jobs.c.
 */
#include "talk_private.h"

#include <com/crypto.h>
#include <com/secret.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define FINISH_MS 6000 /* for what still has to be sent, and for the loop to close */

struct axi_time cat_now(void)
{
    struct axi_time now = {com_now_ms(), com_wall_ms()};
    return now;
}

void cat_talk_end(struct talk *talk, int code)
{
    talk->code = code > talk->code ? code : talk->code;
    if (talk->ending)
        return;
    talk->ending = true;
    if (talk->conn)
        com_conn_close(talk->conn);
    else
        uv_stop(&talk->loop);
}

void cat_talk_show(struct talk *talk, const struct axi_msg *msg)
{
    struct cat_stamp stamp = {"in", com_wall_ms()};
    if (talk->options->verbose) /* the recorder prints all */
        return;
    if (!cat_print(talk->printer, msg, &stamp)) {
        cat_say_output();
        cat_talk_end(talk, CAT_USAGE);
    }
}

void cat_talk_fail(struct talk *talk, const char *text)
{
    cat_say("%s", text);
    cat_talk_end(talk, CAT_USAGE);
}

/* --- what the client tells */

static void on_answer(struct talk *talk, const struct axi_client_event *event)
{
    if (event->tag == TAG_KEY) {
        cat_talk_took_key(talk);
        return;
    }
    talk->under_way--;
    if (talk->hook)
        talk->hook->on_answer(talk->hook->user, (size_t)(event->tag - TAG_FIRST_JOB), event->msg);
    else
        cat_talk_show(talk, event->msg);
    if (event->code == AXI_V_NOTHING || talk->hook)
        return;
    talk->code = talk->code > CAT_REFUSED ? talk->code : CAT_REFUSED;
    if (talk->options->stop_on_error)
        cat_talk_end(talk, CAT_REFUSED);
}

static void on_timed_out(struct talk *talk, const struct axi_client_event *event)
{
    const char *name = axi_type_name(event->request);
    cat_say("no answer to %s in time", name ? name : "a request");
    talk->code = talk->code > CAT_TIMEOUT ? talk->code : CAT_TIMEOUT;
    if (event->request == AXI_T_Open || event->request == AXI_T_Subscribe || event->tag == TAG_KEY)
        cat_talk_end(talk, CAT_TIMEOUT);
    else if (event->tag >= TAG_FIRST_JOB)
        talk->under_way--;
    if (event->request == AXI_T_PutFile || event->request == AXI_T_GetFile)
        cat_talk_drop_file(talk);
    if (talk->options->stop_on_error)
        cat_talk_end(talk, CAT_TIMEOUT);
}

static void on_notice(struct talk *talk, const struct axi_msg *msg)
{
    cat_talk_show(talk, msg);
    talk->events++;
    if (talk->options->count > 0 && talk->events >= talk->options->count)
        cat_talk_end(talk, CAT_DONE);
}

static void on_refused(struct talk *talk, const struct axi_msg *msg)
{
    struct axi_refusal refusal = axi_answer_refusal(msg);
    const char *why = refusal.code == AXI_V_EAuth    ? " (wrong user or password)"
                      : talk->options->protocol != 0 ? " (perhaps because of --protocol)"
                                                     : "";
    cat_say("login of %s refused: %.*s%s%.*s%s", talk->options->user, (int)refusal.text.len,
            refusal.text.ptr, refusal.info.ptr ? ": " : "", (int)refusal.info.len,
            refusal.info.ptr ? refusal.info.ptr : "", why);
    cat_talk_end(talk, CAT_LOGIN);
}

static void on_subscribed(struct talk *talk, const struct axi_client_event *event)
{
    if (event->code != AXI_V_NOTHING) {
        if (event->msg)
            cat_talk_show(talk, event->msg);
        cat_talk_end(talk, CAT_REFUSED);
    }
}

static void on_broken(struct talk *talk)
{
    const struct axi_parse_error *error = axi_client_parse_error(talk->client);
    const char *what = axi_err_text(error->code);
    const char *more = strcmp(what, error->text) == 0 ? "" : error->text;
    cat_say("what came is not AXI: %s%s%s%s%s", what, more[0] ? ": " : "", more,
            error->path[0] ? " at " : "", error->path);
    talk->code = talk->code > CAT_LOST ? talk->code : CAT_LOST;
}

static void on_read_end(struct talk *talk, const struct axi_client_event *event)
{
    if (event->code == AXI_V_NOTHING) {
        talk->under_way--;
        return;
    }
    if (axi_answer_code(event->msg) == AXI_V_NOTHING)
        cat_say("%s: the records are not in the order of their ids", axi_type_name(event->request));
    on_answer(talk, event);
}

static void on_event(struct talk *talk, const struct axi_client_event *event)
{
    switch (event->kind) {
    case AXI_CLIENT_OPENED:
        talk->logged_in = true;
        cat_talk_opened(talk);
        break;
    case AXI_CLIENT_REFUSED:
        on_refused(talk, event->msg);
        break;
    case AXI_CLIENT_ANSWER:
        on_answer(talk, event);
        break;
    case AXI_CLIENT_TIMED_OUT:
        on_timed_out(talk, event);
        break;
    case AXI_CLIENT_RECORDS:
        cat_talk_show(talk, event->msg);
        break;
    case AXI_CLIENT_READ_END:
        on_read_end(talk, event);
        break;
    case AXI_CLIENT_NOTICE:
        on_notice(talk, event->msg);
        break;
    case AXI_CLIENT_SUBSCRIBED:
        on_subscribed(talk, event);
        break;
    case AXI_CLIENT_STRAY:
        cat_talk_show(talk, event->msg);
        break;
    case AXI_CLIENT_BROKEN:
        on_broken(talk);
        break;
    case AXI_CLIENT_FILE_DATA:
        cat_talk_took_block(talk, event->data);
        break;
    case AXI_CLIENT_FILE_SENT:
    case AXI_CLIENT_FILE_END:
        talk->under_way--;
        cat_talk_file_over(talk, event);
        break;
    default: /* the clock */
        break;
    }
}

/* --- bytes and time */

static void flush(struct talk *talk)
{
    while (talk->conn && !talk->ending && com_conn_queued(talk->conn) < COM_CONN_HIGH_WATER) {
        struct axi_str out = axi_client_output(talk->client);
        if (out.len == 0 || com_conn_write(talk->conn, out.ptr, out.len) < 0)
            return;
        if (talk->recorder)
            cat_recorder_take(talk->recorder, true, out.ptr, out.len, com_wall_ms());
        axi_client_sent(talk->client, out.len);
    }
}

void cat_talk_turn(struct talk *talk, const char *bytes, size_t len)
{
    struct axi_client_event event;
    while (!talk->ending && axi_client_next(talk->client, cat_now(), &bytes, &len, &event))
        on_event(talk, &event);
    cat_talk_advance(talk);
    /* what was asked for just now, subscriptions among it, becomes bytes */
    while (!talk->ending && axi_client_next(talk->client, cat_now(), &bytes, &len, &event))
        on_event(talk, &event);
    flush(talk);
    if (talk->ending)
        return;
    int64_t deadline = axi_client_deadline(talk->client), now = com_now_ms();
    if (deadline == INT64_MAX)
        com_timer_stop(talk->timer);
    else
        com_timer_start(talk->timer, deadline > now ? deadline - now : 0, 0);
}

static void on_tick(void *user)
{
    cat_talk_turn(user, NULL, 0);
}

static void on_limit(void *user)
{
    struct talk *talk = user;
    cat_talk_end(talk, talk->options->count > 0 ? CAT_TIMEOUT : CAT_DONE);
}

/* --- the connection */

static void on_open(struct com_conn *conn)
{
    struct talk *talk = com_conn_user(conn);
    const struct cat_options *options = talk->options;
    struct axi_login login = {.username = cat_str(options->user),
                              .password = cat_str(talk->password),
                              .sync = options->sync,
                              .omp = options->omp,
                              .protocol_version = options->protocol};
    struct cat_error error;
    talk->connected = true;
    if (!cat_trusts(options, com_conn_fingerprint(conn), &error)) {
        cat_say("%s", error.text);
        cat_talk_end(talk, CAT_UNREACHABLE);
        return;
    }
    int code = axi_client_open(talk->client, &login, cat_now());
    com_wipe(talk->password, sizeof talk->password);
    if (code != AXI_OK) {
        cat_say("login: %s", axi_err_text(code));
        cat_talk_end(talk, CAT_USAGE);
        return;
    }
    cat_talk_turn(talk, NULL, 0);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct talk *talk = com_conn_user(conn);
    if (talk->recorder)
        cat_recorder_take(talk->recorder, false, (const char *)bytes, len, com_wall_ms());
    cat_talk_turn(talk, (const char *)bytes, len);
}

static void on_drain(struct com_conn *conn)
{
    flush(com_conn_user(conn));
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct talk *talk = com_conn_user(conn);
    const struct cat_options *options = talk->options;
    char address[CAT_ADDRESS_MAX];
    talk->conn = NULL;
    if (!talk->ending && talk->connected) {
        bool mute = options->plain && !talk->logged_in;
        cat_say("the connection was lost: %s%s", reason,
                mute ? " (if it wants TLS, leave --plain out)" : "");
        cat_talk_end(talk, CAT_LOST);
    } else if (!talk->ending && (code == COM_CLOSE_UNREACHABLE || code == COM_CLOSE_RESOLVE)) {
        cat_say("%s", reason); /* names the address */
        cat_talk_end(talk, CAT_UNREACHABLE);
    } else if (!talk->ending) {
        /* without a check of the certificate it is the handshake */
        bool handshake = code == COM_CLOSE_TLS && !options->pin && !options->ca_file;
        cat_say("%s: %s%s%s", cat_options_address(options, address),
                code == COM_CLOSE_TLS ? "TLS: " : "", reason,
                handshake && !options->tls_legacy
                    ? " (an old OMM needs --tls-legacy, a simulator without TLS --plain)"
                    : "");
        cat_talk_end(talk, CAT_UNREACHABLE);
    }
    uv_stop(&talk->loop);
}

static void on_signal(void *user, enum com_signal signal)
{
    struct talk *talk = user;
    (void)signal;
    talk->code = CAT_INTERRUPTED;
    if (talk->ending && talk->conn)
        com_conn_abort(talk->conn);
    cat_talk_end(talk, CAT_INTERRUPTED);
}

/* --- begin and end */

/* False with the exit code. */
static bool read_password(struct talk *talk)
{
    const char *path = talk->options->password_file, *own = getenv("AXICAT_PASSWORD");
    char error[256], what[400];
    int rc = 0;
    snprintf(what, sizeof what, "Password of %s at %s", talk->options->user, talk->options->host);
    if (path)
        rc = com_secret_read(strcmp(path, "-") == 0 ? NULL : path, talk->password, error,
                             sizeof error);
    else if (own && strlen(own) < sizeof talk->password)
        memcpy(talk->password, own, strlen(own) + 1);
    else
        rc = com_secret_ask(what, talk->password, error, sizeof error);
    if (rc == 0)
        return true;
    talk->code = !path && errno == EINTR ? CAT_INTERRUPTED : CAT_USAGE;
    if (talk->code == CAT_USAGE)
        cat_say("no password: %s%s", error,
                path ? "" : " (use --password-file or AXICAT_PASSWORD)");
    return false;
}

static bool connect_now(struct talk *talk, struct cat_error *error)
{
    static const struct com_conn_ops ops = {on_open, on_data, on_drain, on_close};
    const struct cat_options *options = talk->options;
    struct com_tls *tls = NULL;
    if (!options->plain && !(tls = cat_tls_client(options, error)))
        return false;
    struct com_conn_options conn = {.host = options->host,
                                    .port = options->port,
                                    .tls = tls,
                                    .timeout_ms = options->connect_ms};
    talk->conn = com_conn_connect(&talk->loop, &conn, &ops, talk);
    com_tls_unref(tls);
    return talk->conn || cat_fail(error, "out of memory");
}

static bool prepare(struct talk *talk, struct cat_error *error)
{
    const struct cat_options *options = talk->options;
    struct axi_client_options client = {
        .parser = {.max_message = CAT_MESSAGE_MAX, .strict = options->strict},
        .window = (unsigned)options->window,
        .timeout_ms = options->timeout_ms};
    talk->client = axi_client_new(&client);
    talk->printer = cat_options_printer(options);
    talk->timer = com_timer_new(&talk->loop, on_tick, talk);
    talk->limit = com_timer_new(&talk->loop, on_limit, talk);
    talk->signals = com_signals_new(&talk->loop, on_signal, talk);
    if (!talk->client || !talk->printer || !talk->timer || !talk->limit || !talk->signals ||
        !cat_talk_prepare(talk))
        return cat_fail(error, "out of memory");
    if (!options->record && !options->verbose)
        return true;
    talk->recorder = cat_recorder_new(options->record, options->show_secrets,
                                      options->verbose ? talk->printer : NULL, error);
    return talk->recorder != NULL;
}

static void clean_up(struct talk *talk)
{
    if (talk->conn)
        com_conn_abort(talk->conn);
    com_timer_free(talk->timer);
    com_timer_free(talk->limit);
    com_signals_free(talk->signals);
    cat_talk_done(talk);
    if (com_loop_finish(&talk->loop, FINISH_MS) != 0)
        cat_say("something was left open");
    if (!cat_recorder_free(talk->recorder)) {
        cat_say("the recording cannot be written");
        talk->code = talk->code > CAT_USAGE ? talk->code : CAT_USAGE;
    }
    cat_printer_free(talk->printer);
    axi_client_free(talk->client);
    com_wipe(talk->password, sizeof talk->password);
}

int cat_talk(const struct cat_options *options, struct cat_jobs *jobs,
             const struct cat_talk_hook *hook)
{
    struct talk talk = {.options = options, .jobs = jobs, .hook = hook, .file = -1};
    struct cat_error error;
    if (uv_loop_init(&talk.loop) != 0)
        return CAT_USAGE;
    if (!prepare(&talk, &error)) {
        cat_say("%s", error.text);
        talk.code = CAT_USAGE;
    } else if (!read_password(&talk)) {
        /* said */
    } else if (!connect_now(&talk, &error)) {
        cat_say("%s", error.text);
        talk.code = CAT_USAGE;
    } else {
        uv_run(&talk.loop, UV_RUN_DEFAULT);
    }
    clean_up(&talk);
    return talk.code;
}
