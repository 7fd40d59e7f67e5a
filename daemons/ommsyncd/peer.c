/*
 * Moves bytes between a connection and a conversation with a node, and keeps its timer. What is said, and what it
 * means, is not known here.
 *
 * What a conversation has to say is written after the step that it caused: an answer and the greeting of the engine are
 * one piece on the wire then.
 */
#include "peer.h"
#include "watch.h"

#include <com/log.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- who it is -------------------------------------------------------------------------------------- */

uint32_t peer_node(const struct peer *peer)
{
    struct mom_node_info info;
    mom_node_get_info(peer->node, &info);
    return info.neighbour;
}

struct peer *peer_by_node(const struct star *star, uint32_t node)
{
    struct peer *peer = star->peers;
    while (peer && peer_node(peer) != node)
        peer = peer->next;
    return peer;
}

static bool is_up(const struct peer *peer)
{
    struct mom_node_info info;
    mom_node_get_info(peer->node, &info);
    return info.state == MOM_NODE_UP;
}

uint32_t peer_node_or_claim(const struct peer *peer)
{
    const struct host *host = peer->star->host;
    struct mom_node_info info;
    struct mom_neighbour_info known;
    mom_node_get_info(peer->node, &info);
    if (info.neighbour || !info.claimed)
        return info.neighbour;
    if (host->broken || !mom_engine_neighbour(host->engine, info.claimed, &known))
        return 0;
    const struct peer *other = peer_by_node(peer->star, info.claimed);
    return other && is_up(other) ? 0 : info.claimed;
}

static const char *label(const struct peer *peer, char text[HOST_LABEL_SIZE])
{
    uint32_t node = peer->node ? peer_node_or_claim(peer) : 0;
    return node ? host_label(peer->star->host, node, text, HOST_LABEL_SIZE) : peer->where;
}

static void on_log(void *user, enum mom_level level, const char *line)
{
    const struct peer *peer = user;
    char text[HOST_LABEL_SIZE];
    /* the conversation knows nodes by number only, if at all; people know them by name */
    const char *said = strncmp(line, "node", 4) == 0 ? strstr(line, ": ") : NULL;
    com_log((enum com_level)level, "node %s: %s", label(peer, text), said ? said + 2 : line);
}

const char *peer_reason(const struct peer *peer, const struct mom_node_info *info)
{
    bool by_host = info->state == MOM_NODE_UNREACHABLE || info->state == MOM_NODE_TLS_FAILED ||
                   info->state == MOM_NODE_LOST;
    if (info->state < MOM_NODE_UNREACHABLE && info->state != MOM_NODE_NO_NODE)
        return "";
    return by_host && peer->reason[0] ? peer->reason : info->text;
}

/* --- what the conversation wants ------------------------------------------------------------------------ */

static void check(struct peer *peer, int rc)
{
    char text[HOST_LABEL_SIZE];
    if (rc == MOM_OK)
        return;
    com_error("node %s: %s", label(peer, text), mom_err_text(rc));
    if (peer->conn)
        com_conn_abort(peer->conn);
}

static void write_output(struct peer *peer)
{
    const char *data;
    size_t len, room;
    while (peer->conn && peer->opened && !peer->closing &&
           (len = mom_node_output(peer->node, &data)) > 0 &&
           (room = com_conn_room(peer->conn)) > 0) {
        len = len < room ? len : room;
        if (com_conn_write(peer->conn, data, len) < 0)
            break;
        mom_node_sent(peer->node, len);
    }
    /* who does not take what we say is not listened to */
    if (peer->conn && peer->opened && !peer->reading_stopped &&
        com_conn_queued(peer->conn) > COM_CONN_HIGH_WATER) {
        com_conn_read_stop(peer->conn);
        peer->reading_stopped = true;
    }
}

void peer_set_rate(struct peer *peer)
{
    if (peer->conn)
        com_conn_set_rate(peer->conn, settings_of(peer->star->host)->rate);
}

static void announce(struct peer *peer)
{
    struct mom_node_info info;
    char text[HOST_LABEL_SIZE];
    mom_node_get_info(peer->node, &info);
    if (info.state == peer->shown)
        return;
    peer->shown = info.state;
    watch_state(peer->star->host, label(peer, text), mom_node_state_name(info.state),
                peer_reason(peer, &info));
}

static void arm(struct peer *peer)
{
    int64_t deadline = mom_node_deadline(peer->node), now = com_now_ms();
    if (deadline == MOM_NEVER)
        com_timer_stop(peer->timer);
    else
        com_timer_start(peer->timer, deadline > now ? deadline - now : 0, 0);
}

/* True: the peer is gone. */
static bool serve(struct peer *peer)
{
    unsigned wants = mom_node_wants(peer->node);
    announce(peer);
    if (wants & MOM_NODE_WANT_HAND_OVER) {
        if (peer->side->hand_over && peer->side->hand_over(peer)) {
            peer_closed(peer, MOM_NODE_LOST, "");
            return true;
        }
        wants |= MOM_NODE_WANT_CLOSE;
    }
    if ((wants & MOM_NODE_WANT_CLOSE) && peer->conn) {
        write_output(peer);
        peer->closing = true;
        com_conn_close(peer->conn);
    } else if (wants & MOM_NODE_WANT_CLOSE) {
        peer_closed(peer, MOM_NODE_LOST, "");
        return true;
    }
    arm(peer);
    if (wants & MOM_NODE_WANT_CONNECT)
        peer->side->dial(peer);
    return false;
}

void peer_pump(struct peer *peer)
{
    if (!serve(peer))
        write_output(peer);
}

/* After an input: the step that it wants comes first, if there is one. */
static void react(struct peer *peer)
{
    struct host *host = peer->star->host;
    if (serve(peer))
        return;
    if (mom_batch_count(host->batch) == 0 || host->broken)
        write_output(peer);
    else
        host_hurry(host);
}

static void on_tick(void *user)
{
    struct peer *peer = user;
    struct mom_now now = host_now();
    check(peer, mom_node_timeout(peer->node, &now, peer->star->host->batch));
    react(peer);
}

/* --- what the connection tells ------------------------------------------------------------------------ */

static void on_open(struct com_conn *conn)
{
    struct peer *peer = com_conn_user(conn);
    struct mom_now now = host_now();
    if (!peer)
        return;
    peer->opened = true;
    peer->reason[0] = '\0';
    snprintf(peer->where, sizeof peer->where, "%s", com_conn_peer(conn));
    com_debug("node %s: connected %s", peer->where, com_conn_tls_text(conn));
    if (peer->side->opened)
        peer->side->opened(peer);
    check(peer, mom_node_opened(peer->node, &now, peer->star->host->batch));
    react(peer);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct peer *peer = com_conn_user(conn);
    struct mom_now now = host_now();
    if (!peer)
        return;
    struct host *host = peer->star->host;
    host->batch_bytes += len;
    check(peer, mom_node_received(peer->node, &now, (const char *)bytes, len, host->batch));
    react(peer);
    if (host_is_full(host)) /* last, as in link.c */
        com_conn_end_turn(conn);
}

static void on_drain(struct com_conn *conn)
{
    struct peer *peer = com_conn_user(conn);
    if (!peer)
        return;
    if (peer->reading_stopped)
        com_conn_read_start(conn);
    peer->reading_stopped = false;
    peer_pump(peer);
}

static enum mom_node_state state_of(enum com_close_code code, bool opened)
{
    static const enum mom_node_state states[] = {
        [COM_CLOSE_LOCAL] = MOM_NODE_LOST,          [COM_CLOSE_PEER] = MOM_NODE_LOST,
        [COM_CLOSE_RESET] = MOM_NODE_LOST,          [COM_CLOSE_TIMEOUT] = MOM_NODE_UNREACHABLE,
        [COM_CLOSE_RESOLVE] = MOM_NODE_UNREACHABLE, [COM_CLOSE_UNREACHABLE] = MOM_NODE_UNREACHABLE,
        [COM_CLOSE_TLS] = MOM_NODE_TLS_FAILED,      [COM_CLOSE_LIMIT] = MOM_NODE_LOST,
    };
    if (opened && code == COM_CLOSE_TIMEOUT)
        return MOM_NODE_NO_ANSWER;
    return states[code];
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct peer *peer = com_conn_user(conn);
    if (!peer)
        return;
    peer->conn = NULL;
    peer_closed(peer, state_of(code, peer->opened), reason);
}

static const struct com_conn_ops ops = {on_open, on_data, on_drain, on_close};

void peer_closed(struct peer *peer, enum mom_node_state state, const char *reason)
{
    struct host *host = peer->star->host;
    struct mom_now now = host_now();
    bool opened = peer->opened;
    snprintf(peer->reason, sizeof peer->reason, "%s", reason);
    peer->opened = peer->closing = peer->reading_stopped = false;
    if (!opened && peer->side->try_again && peer->side->try_again(peer))
        return;
    if (mom_node_closed(peer->node, &now, state, host_str(reason), host->batch) != MOM_OK)
        com_error("node %s: out of memory", peer->where);
    announce(peer);
    if (peer->side->ended) {
        peer->side->ended(peer);
    } else {
        react(peer);
    }
    host_hurry(host);
    host_link_closed(host);
}

/* --- for the others ---------------------------------------------------------------------------------------- */

/* False: it is told already. */
static bool tell_omm(struct peer *peer)
{
    struct host *host = peer->star->host;
    struct mom_now now = host_now();
    const struct omm_kind *omm = &peer->star->omm;
    int64_t version = settings_of(host)->same_version ? omm->version : 0;
    if (peer->told.version == version && peer->told.platform == omm->platform)
        return false;
    peer->told = (struct omm_kind){version, omm->platform};
    check(peer, mom_node_set_omm(peer->node, &now, version, omm->platform, host->batch));
    return true;
}

/* The login says what OMM there is here: what is up is made anew. Who was called waits for the other side to do so. The
 * peer may be gone afterwards. */
static void renew(struct peer *peer)
{
    struct mom_node_info info;
    char text[HOST_LABEL_SIZE];
    mom_node_get_info(peer->node, &info);
    if (info.state != MOM_NODE_UP || !peer->conn || peer->closing)
        return;
    com_info("node %s: it is told anew what OMM there is here", label(peer, text));
    if (peer->side->renew) {
        peer->side->renew(peer);
    } else {
        peer->closing = true;
        com_conn_close(peer->conn);
    }
}

void peers_tell_omm(struct star *star)
{
    struct peer *next;
    for (struct peer *peer = star->peers; peer; peer = next) {
        next = peer->next;
        if (!tell_omm(peer) || serve(peer))
            continue;
        write_output(peer);
        renew(peer);
    }
}

struct peer *peer_new(struct star *star, const struct peer_side *side,
                      struct mom_node_config *config)
{
    const struct settings *s = settings_of(star->host);
    struct peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->star = star;
    peer->side = side;
    peer->timer = com_timer_new(&star->host->loop, on_tick, peer);
    config->size = sizeof *config;
    config->node = star->host->node;
    config->user = peer;
    config->log = on_log;
    config->retry_ms = s->host.retry;
    config->first_retry_ms = s->first_retry;
    config->retry_jitter_ms = s->host.retry_jitter;
    config->login_ms = s->login_timeout;
    config->ping_ms = s->keep_alive;
    if (!peer->timer || com_random(&config->seed, sizeof config->seed) != 0 ||
        mom_node_new(config, &peer->node) != MOM_OK) {
        if (peer->timer)
            com_timer_free(peer->timer);
        free(peer);
        return NULL;
    }
    peer->next = star->peers;
    star->peers = peer;
    (void)tell_omm(peer);
    return peer;
}

void peer_free(struct peer *peer)
{
    struct peer **at;
    if (!peer)
        return;
    for (at = &peer->star->peers; *at != peer; at = &(*at)->next)
        ;
    *at = peer->next;
    if (peer->conn) {
        com_conn_set_user(peer->conn, NULL);
        com_conn_abort(peer->conn);
    }
    com_timer_free(peer->timer);
    mom_node_free(peer->node);
    free(peer);
}

void peer_enable(struct peer *peer, bool enabled)
{
    struct mom_now now = host_now();
    check(peer, mom_node_enable(peer->node, &now, enabled, peer->star->host->batch));
    react(peer);
}

void peer_take(struct peer *peer, struct com_conn *conn)
{
    snprintf(peer->where, sizeof peer->where, "%s", com_conn_peer(conn));
    peer->conn = conn;
    com_conn_accept(conn, &ops, peer);
    peer_set_rate(peer);
}

void peer_connect(struct peer *peer, const struct com_conn_options *options)
{
    snprintf(peer->where, sizeof peer->where, "%s", options->host);
    peer->conn = com_conn_connect(&peer->star->host->loop, options, &ops, peer);
    if (peer->conn)
        peer_set_rate(peer);
    else
        peer_closed(peer, MOM_NODE_UNREACHABLE, "out of memory");
}

struct com_conn *peer_give(struct peer *peer)
{
    struct com_conn *conn = peer->conn;
    peer->conn = NULL;
    return conn;
}

void peer_replace(struct peer *peer)
{
    struct host *host = peer->star->host;
    struct mom_now now = host_now();
    struct mom_str why = host_str("the node connected anew");
    if (mom_node_closed(peer->node, &now, MOM_NODE_LOST, why, host->batch) != MOM_OK)
        com_error("node %s: out of memory", peer->where);
    peer_free(peer);
}

void peer_act(struct peer *peer, const struct mom_action *action)
{
    struct mom_now now = host_now();
    check(peer, mom_node_act(peer->node, &now, action, peer->star->host->batch));
}
