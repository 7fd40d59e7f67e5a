/*
 * Sessions: bytes to libaxi's server and back, and what it leaves to us. Requests are answered in order.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

enum { BUSY_MS = 1000 };

/* --- events to the sessions --------------------------------------------------------------------------- */

bool sim_session_is_open(const struct sim_session *session)
{
    return axi_server_is_open(session->server);
}

bool sim_wants(const struct sim_session *session, enum axi_value type, int64_t ppn)
{
    struct axi_event_type known;
    struct axi_subscription wanted = {.event = type, .item = ppn};
    if (axi_event_type(type, &known))
        wanted.filter = known.filters;
    return !session->closing &&
           axi_subscriptions_has(axi_server_subscriptions(session->server), &wanted);
}

static void sent(struct sim_session *session)
{
    session->site->stats.events++;
    sim_output(session);
}

void sim_send(struct sim_session *session)
{
    if (axi_server_notify(session->server, session->site->event))
        sent(session);
}

void sim_publish(struct sim_site *site)
{
    for (struct sim_session *s = site->sessions; s != NULL; s = s->next)
        if (!s->closing && axi_server_publish(s->server, site->event))
            sent(s);
}

void sim_tell(struct sim_site *site, enum axi_value type)
{
    for (struct sim_session *s = site->sessions; s != NULL; s = s->next)
        if (sim_wants(s, type, 0))
            sim_send(s);
}

/* --- requests ------------------------------------------------------------------------------------------ */

static void answer(struct sim_session *session, const struct axi_server_event *event)
{
    struct sim_site *site = session->site;
    struct sim_call call = {.session = session,
                            .site = site,
                            .request = event->msg,
                            .in = axi_msg_root(event->msg),
                            .sync = axi_server_is_sync(session->server)};
    if (event->kind == AXI_SERVER_LOGIN)
        sim_login(&call, &event->login);
    else
        sim_dispatch(&call);
    site->stats.refused += call.refused;
    int rc = axi_server_send(session->server);
    if (rc != AXI_OK)
        com_error("site %d: an answer could not be written: %s", site->number, axi_err_text(rc));
    sim_output(session);
    sim_events_flush(site);
    if (call.after != NULL)
        call.after(&call);
    if (call.restart)
        sim_site_restart(site, site->world->options->restart_ms);
}

/* Close on nonsense and overrun, on silence, and on a client that does not read. */
static void hang_up(struct sim_session *session, const char *why)
{
    com_info("site %d: %s: %s", session->site->number, com_conn_peer(session->conn), why);
    session->closing = true;
    com_conn_close(session->conn);
}

static void handle(struct sim_session *session, const struct axi_server_event *event)
{
    struct sim_site_stats *stats = &session->site->stats;
    if (event->msg != NULL && event->kind != AXI_SERVER_STRAY)
        stats->requests[event->type]++;
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
    case AXI_SERVER_REQUEST:
    case AXI_SERVER_FILE:
    case AXI_SERVER_GET_FILE:
        answer(session, event);
        break;
    case AXI_SERVER_ANSWERED:
    case AXI_SERVER_SUBSCRIBED:
        stats->refused += event->code != AXI_V_NOTHING;
        break;
    case AXI_SERVER_STRAY:
        break;
    case AXI_SERVER_BROKEN:
        stats->parse_errors++;
        hang_up(session, axi_server_parse_error(session->server)->text);
        break;
    case AXI_SERVER_IDLE:
        hang_up(session, "silent for too long");
        break;
    case AXI_SERVER_SLOW:
        hang_up(session, "does not read");
        break;
    }
    sim_output(session);
}

/* Go on until the bytes are used up or the client is behind with its answers. */
static void run(struct sim_session *session, const char **data, size_t *len)
{
    struct axi_server_event event;
    while (!session->closing && session->stream_left == 0 &&
           com_conn_queued(session->conn) <= COM_CONN_HIGH_WATER) {
        int64_t wall_ms = com_wall_ms() + 1000 * session->site->clock_offset_s;
        struct axi_time now = {com_now_ms(), wall_ms};
        if (!axi_server_next(session->server, now, data, len, &event))
            return;
        handle(session, &event);
    }
}

static void hold(struct sim_session *session, const char *data, size_t len)
{
    struct axi_buf *held = &session->held;
    if (held->cap - held->len < len) {
        size_t cap = held->len + len;
        char *ptr = realloc(held->ptr, cap);
        if (ptr == NULL) {
            com_conn_abort(session->conn);
            return;
        }
        held->ptr = ptr;
        held->cap = cap;
    }
    memcpy(held->ptr + held->len, data, len);
    held->len += len;
    com_conn_read_stop(session->conn);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct sim_session *session = com_conn_user(conn);
    const char *data = (const char *)bytes;
    session->site->stats.bytes_in += len;
    if (session->held.len == 0)
        run(session, &data, &len);
    if (len > 0 && !session->closing)
        hold(session, data, len);
}

static void on_drain(struct com_conn *conn)
{
    struct sim_session *session = com_conn_user(conn);
    const char *data = session->held.ptr;
    size_t len = session->held.len;
    sim_output_drained(session);
    if (len == 0)
        return;
    run(session, &data, &len);
    if (session->closing)
        return;
    if (len > 0)
        memmove(session->held.ptr, data, len);
    session->held.len = len;
    if (len == 0)
        com_conn_read_start(conn);
}

/* --- life ---------------------------------------------------------------------------------------------- */

/* Looked at when the session as it was would have been silent for too long; again when it could not be, since the
 * client is behind with its answers. */
static void on_idle(void *user)
{
    struct sim_session *session = user;
    const char *data = "";
    size_t len = 0;
    run(session, &data, &len);
    int64_t deadline = axi_server_deadline(session->server);
    if (!session->closing && deadline != INT64_MAX) {
        int64_t left = deadline - com_now_ms();
        com_timer_start(session->idle_timer, left > 0 ? left : BUSY_MS, 0);
    }
}

static void session_free(struct sim_session *session)
{
    if (session == NULL)
        return;
    sim_output_done(session);
    com_timer_free(session->idle_timer);
    axi_server_free(session->server);
    free(session->held.ptr);
    free(session);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct sim_session *session = com_conn_user(conn);
    struct sim_site *site = session->site;
    com_debug("site %d: %s: %s (%s)", site->number, com_conn_peer(conn), reason,
              com_close_name(code));
    site->stats.closed++;
    for (struct sim_session **at = &site->sessions; *at != NULL; at = &(*at)->next) {
        if (*at != session)
            continue;
        *at = session->next;
        break;
    }
    if (site->controller == session)
        sim_control_end(site);
    session_free(session);
}

static void on_open(struct com_conn *conn)
{
    on_idle(com_conn_user(conn));
}

static const struct com_conn_ops session_ops = {
    .on_open = on_open, .on_data = on_data, .on_drain = on_drain, .on_close = on_close};

static struct sim_session *session_new(struct sim_site *site, struct com_conn *conn)
{
    int64_t idle_ms = site->world->options->idle_ms;
    struct axi_server_options options = {.idle_ms = idle_ms > 0 ? idle_ms : -1,
                                         .parser.max_message = SIM_REQUEST_MAX};
    struct sim_session *session = calloc(1, sizeof *session);
    if (session == NULL)
        return NULL;
    session->site = site;
    session->conn = conn;
    session->late_end = &session->late;
    session->server = axi_server_new(&options);
    session->idle_timer = com_timer_new(site->world->loop, on_idle, session);
    if (session->server != NULL && session->idle_timer != NULL)
        return session;
    session_free(session);
    return NULL;
}

void sim_session_accept(struct sim_site *site, struct com_conn *conn)
{
    struct sim_session *session = session_new(site, conn);
    if (session == NULL)
        return;
    session->next = site->sessions;
    site->sessions = session;
    site->stats.accepted++;
    com_conn_accept(conn, &session_ops, session);
}
