/*
 * Sessions: bytes in, requests dispatched in order, answers and events out. Also what a bad site does: being slow,
 * mute, cut off, restarting, or sending what no OMM should.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#define OVERSIZE_BYTES (100u * 1024 * 1024)
#define STREAM_CHUNK   (64u * 1024)

/* --- sending -------------------------------------------------------------------------------------- */

static void write_out(struct sim_session *session, const char *bytes, size_t len)
{
    session->site->stats.bytes_out += len;
    com_conn_write(session->conn, bytes, len);
}

static void send_late(void *user)
{
    struct sim_session *session = user;
    int64_t now = com_now_ms();
    while (session->late != NULL && session->late->due_ms <= now) {
        struct sim_late *late = session->late;
        session->late = late->next;
        if (!session->closing)
            write_out(session, late->bytes, late->len);
        free(late);
    }
    if (session->late == NULL)
        session->late_end = &session->late;
    else
        com_timer_start(session->late_timer, session->late->due_ms - now, 0);
}

static void write_later(struct sim_session *session, const char *bytes, size_t len)
{
    struct sim_late *late = malloc(sizeof *late + len);
    if (session->late_timer == NULL)
        session->late_timer = com_timer_new(session->site->world->loop, send_late, session);
    if (late == NULL || session->late_timer == NULL) {
        free(late);
        return;
    }
    late->next = NULL;
    late->len = len;
    late->due_ms = com_now_ms() + session->site->slow_ms;
    memcpy(late->bytes, bytes, len);
    if (session->late == NULL)
        com_timer_start(session->late_timer, session->site->slow_ms, 0);
    *session->late_end = late;
    session->late_end = &late->next;
}

/* Order is kept: what comes behind something late is late too. */
static void send_bytes(struct sim_session *session, const char *bytes, size_t len)
{
    if (session->closing || session->stream_left > 0)
        return;
    if (session->site->slow_ms > 0 || session->late != NULL)
        write_later(session, bytes, len);
    else
        write_out(session, bytes, len);
}

static bool encode(struct sim_site *site, const struct axi_msg *msg)
{
    site->out.len = 0;
    int rc = axi_encode(msg, 0, &site->out);
    if (rc != AXI_OK)
        com_error("site %d: a message could not be written: %s", site->number, axi_err_text(rc));
    return rc == AXI_OK;
}

void sim_send(struct sim_session *session, const struct axi_msg *msg)
{
    struct sim_site *site = session->site;
    if (site->fault == SIM_FAULT_MUTE || !encode(site, msg))
        return;
    site->stats.events++;
    send_bytes(session, site->out.ptr, site->out.len);
}

/* --- faults --------------------------------------------------------------------------------------- */

static void pump_stream(struct sim_session *session)
{
    static char chunk[STREAM_CHUNK];
    if (chunk[0] == '\0')
        memset(chunk, 'x', sizeof chunk);
    while (session->stream_left > 0 && !session->closing &&
           com_conn_queued(session->conn) <= COM_CONN_HIGH_WATER) {
        size_t len = session->stream_left < sizeof chunk ? session->stream_left : sizeof chunk;
        session->stream_left -= len;
        write_out(session, chunk, len);
        if (session->stream_left == 0)
            write_out(session, "\"/>", 4); /* with the byte 0 */
    }
}

static void send_garbage(struct sim_session *session)
{
    static const char garbage[] = "\xFF\xFE<not xml &&& \x01\x02\xC3\x28>\0\0<a b=c>\0\x80\x81]]>";
    send_bytes(session, garbage, sizeof garbage);
}

/* A message, a record attribute and an element that no catalogue has. */
static void add_unknown(struct sim_session *session, struct axi_elem *root)
{
    static const struct axi_str name = {"futureMode", 10}, value = {"sideways", 8};
    static const struct axi_str event = {"EventFutureThing", 16};
    struct sim_site *site = session->site;
    for (struct axi_elem *child = axi_first_child(root, NULL); child != NULL;
         child = axi_next_sibling(child, NULL))
        axi_set_named(child, name, value);
    axi_set_named(root, name, value);
    struct axi_elem *what = axi_msg_start_named(site->event, event);
    axi_set_named(what, name, value);
    axi_set_text(axi_add_child(what, "part"), value);
    sim_send(session, site->event);
}

static void send_answer(struct sim_session *session, const struct axi_msg *answer)
{
    struct sim_site *site = session->site;
    enum sim_fault fault = site->fault;
    if (fault == SIM_FAULT_UNKNOWN)
        add_unknown(session, axi_msg_root(answer));
    if (fault == SIM_FAULT_MUTE || !encode(site, answer))
        return;
    if (fault != SIM_FAULT_UNKNOWN)
        site->fault = SIM_FAULT_NONE; /* the others happen once */
    if (fault == SIM_FAULT_OVERSIZE) {
        static const char begin[] = "<OversizeResp filler=\"";
        send_bytes(session, begin, sizeof begin - 1);
        session->stream_left = OVERSIZE_BYTES;
        pump_stream(session);
    } else if (fault == SIM_FAULT_GARBAGE) {
        send_garbage(session);
    } else if (fault == SIM_FAULT_TRUNCATE) {
        send_bytes(session, site->out.ptr, site->out.len / 2);
        send_bytes(session, "", 1);
    } else {
        send_bytes(session, site->out.ptr, site->out.len);
    }
}

/* --- requests ------------------------------------------------------------------------------------- */

static void handle(struct sim_session *session, struct axi_msg *request)
{
    struct sim_site *site = session->site;
    struct sim_call call = {.session = session,
                            .site = site,
                            .request = request,
                            .in = axi_msg_root(request),
                            .answer = axi_msg_new(NULL)};
    if (call.answer == NULL) {
        com_conn_abort(session->conn);
        return;
    }
    site->stats.requests[axi_msg_type(request)]++;
    sim_dispatch(&call);
    site->stats.refused += call.refused;
    send_answer(session, call.answer);
    axi_msg_free(call.answer);
    sim_events_flush(site);
    if (call.after != NULL)
        call.after(&call);
    if (call.restart)
        sim_site_restart(site, site->world->options->restart_ms);
}

/* Take whole messages until the bytes are used up or the client is behind with its answers. */
static void take_messages(struct sim_session *session, const char **data, size_t *len)
{
    while (*len > 0 && !session->closing && session->stream_left == 0 &&
           com_conn_queued(session->conn) <= COM_CONN_HIGH_WATER) {
        struct axi_msg *msg;
        int rc = axi_parser_next(session->parser, data, len, &msg);
        if (rc != AXI_OK) {
            session->site->stats.parse_errors++;
            com_info("site %d: %s sent: %s", session->site->number, com_conn_peer(session->conn),
                     axi_parser_error(session->parser)->text);
            com_conn_close(session->conn); /* close on nonsense and overrun */
            session->closing = true;
        } else if (msg != NULL) {
            handle(session, msg);
        }
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
        take_messages(session, &data, &len);
    if (len > 0 && !session->closing)
        hold(session, data, len);
}

static void on_drain(struct com_conn *conn)
{
    struct sim_session *session = com_conn_user(conn);
    pump_stream(session);
    if (session->held.len == 0)
        return;
    const char *data = session->held.ptr;
    size_t len = session->held.len;
    take_messages(session, &data, &len);
    if (session->closing)
        return;
    if (len > 0)
        memmove(session->held.ptr, data, len);
    session->held.len = len;
    if (len == 0)
        com_conn_read_start(conn);
}

/* --- life of a session ----------------------------------------------------------------------------- */

static void session_free(struct sim_session *session)
{
    com_timer_free(session->late_timer);
    while (session->late != NULL) {
        struct sim_late *late = session->late;
        session->late = late->next;
        free(late);
    }
    sim_subscriptions_done(&session->subscriptions);
    axi_parser_free(session->parser);
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
    const struct sim_session *session = com_conn_user(conn);
    com_conn_set_idle(conn, session->site->world->options->idle_ms);
}

static const struct com_conn_ops session_ops = {
    .on_open = on_open, .on_data = on_data, .on_drain = on_drain, .on_close = on_close};

static void on_accept(void *user, struct com_conn *conn)
{
    struct sim_site *site = user;
    struct sim_session *session = calloc(1, sizeof *session);
    struct axi_parser *parser = axi_parser_new(NULL);
    if (session == NULL || parser == NULL) {
        axi_parser_free(parser);
        free(session);
        return;
    }
    session->site = site;
    session->conn = conn;
    session->parser = parser;
    session->late_end = &session->late;
    session->next = site->sessions;
    site->sessions = session;
    site->stats.accepted++;
    com_conn_accept(conn, &session_ops, session);
}

/* --- a site's link to the world ---------------------------------------------------------------------- */

bool sim_site_listen(struct sim_site *site, char *error, size_t max)
{
    struct com_listener_options options = {.host = site->world->options->host,
                                           .port = site->port,
                                           .tls = site->tls,
                                           .on_accept = on_accept,
                                           .user = site};
    site->listener = com_listener_new(site->world->loop, &options, error, max);
    if (site->listener == NULL)
        return false;
    site->port = com_listener_port(site->listener);
    site->link = SIM_UP;
    site->up_since_ms = com_now_ms();
    return true;
}

void sim_site_hang_up(struct sim_site *site, bool flush)
{
    com_listener_close(site->listener);
    site->listener = NULL;
    for (struct sim_session *s = site->sessions; s != NULL; s = s->next) {
        s->closing = true;
        if (flush)
            com_conn_close(s->conn);
        else
            com_conn_abort(s->conn);
    }
}

static void on_restarted(void *user)
{
    struct sim_site *site = user;
    char error[256];
    if (!sim_site_listen(site, error, sizeof error)) {
        com_warning("site %d cannot come back: %s", site->number, error);
        com_timer_start(site->restart_timer, site->world->options->restart_ms + 100, 0);
        return;
    }
    sim_sip_check_all(site);
    com_info("site %d is back", site->number);
}

void sim_site_restart(struct sim_site *site, int64_t down_ms)
{
    sim_site_hang_up(site, true);
    site->link = SIM_RESTARTING;
    sim_sip_check_all(site);
    if (site->restart_timer == NULL)
        site->restart_timer = com_timer_new(site->world->loop, on_restarted, site);
    if (site->restart_timer != NULL)
        com_timer_start(site->restart_timer, down_ms, 0);
    com_info("site %d restarts", site->number);
}

void sim_site_cut(struct sim_site *site)
{
    if (site->link == SIM_RESTARTING)
        com_timer_stop(site->restart_timer);
    sim_site_hang_up(site, false);
    site->link = SIM_CUT;
}

bool sim_site_heal(struct sim_site *site, char *error, size_t max)
{
    if (site->link == SIM_UP)
        return true;
    if (!sim_site_listen(site, error, max))
        return false;
    sim_sip_check_all(site);
    return true;
}
