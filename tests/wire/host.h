/*
 * Two nodes as daemons have them: an engine, a link and a connection with TLS each, over 127.0.0.1 and a wire that
 * counts. Side 0 is above and listens, side 1 is below and dials. The clocks of engines and links are virtual, so
 * that a minute until the next attempt takes no time.
 */
#ifndef TESTS_WIRE_HOST_H
#define TESTS_WIRE_HOST_H

#include "common/relay.h"
#include "momsync/net.h"

#include <momsync/axi/node.h>

#define HOST_USER     "ommsync-remote-1" /* 16 characters each */
#define HOST_PASSWORD "correct-horse-42"

struct host {
    struct wire *wire;
    unsigned i;
    struct mom_node *link;
    struct mom_batch *batch;
    struct com_conn *conn;
    bool opened, closing;
    size_t most; /* bytes that waited to be sent, in the link and in the connection */
};

struct wire {
    uv_loop_t loop;
    struct net net;
    struct host hosts[2];
    struct com_tls *server_tls, *client_tls;
    struct com_tls_session *session;
    struct com_listener *listener;
    struct relay relay;
    int relay_port;
    int64_t rate;
    uint64_t payload; /* what the engines said in this connection */
    bool resumed;
};

static inline bool host_account(void *user, struct mom_str username, struct mom_str password)
{
    (void)user;
    return username.len == strlen(HOST_USER) &&
           memcmp(username.ptr, HOST_USER, username.len) == 0 &&
           password.len == strlen(HOST_PASSWORD) &&
           memcmp(password.ptr, HOST_PASSWORD, password.len) == 0;
}

static inline enum mom_node_state host_know(void *user, uint32_t node, struct mom_str username,
                                            char *ret_why, size_t max)
{
    (void)user;
    (void)username;
    (void)ret_why;
    (void)max;
    return node == net_number(1) ? MOM_NODE_UP : MOM_NODE_WRONG_NODE;
}

static inline void host_make_link(struct host *host)
{
    struct mom_node_config config = {.size = sizeof config,
                                     .role = host->i == 0 ? MOM_NODE_REMOTE : MOM_NODE_CENTRAL,
                                     .node = net_number(host->i),
                                     .protocol_version = 45,
                                     .seed = 7,
                                     .log = net_log};
    mom_node_free(host->link);
    config.neighbour = host->i == 0 ? 0 : net_number(0);
    config.check_account = host_account;
    config.know_node = host_know;
    if (host->i == 1) {
        config.username = NS(HOST_USER);
        config.password = NS(HOST_PASSWORD);
    }
    assert_int_equal(mom_node_new(&config, &host->link), MOM_OK);
}

/* --- one host -------------------------------------------------------------------------------------- */

static inline void host_step(struct host *host)
{
    struct net_node *node = &host->wire->net.nodes[host->i];
    struct mom_now now = net_now(&host->wire->net, node);
    struct mom_action a;

    do {
        assert_int_equal(mom_engine_step(node->engine, &now, host->batch), MOM_OK);
        mom_batch_reset(host->batch);
        while (mom_engine_next_action(node->engine, &a)) {
            net_act(&host->wire->net, host->i, &a);
            if (a.kind == MOM_DO_NODE_BYTES)
                host->wire->payload += a.text.len;
            if (a.node != 0)
                assert_int_equal(mom_node_act(host->link, &now, &a, host->batch), MOM_OK);
        }
    } while (mom_batch_count(host->batch) > 0);
}

static inline void host_write(struct host *host)
{
    const char *data;
    size_t len = mom_node_output(host->link, &data), room;

    len += host->conn ? com_conn_queued(host->conn) : 0;
    host->most = len > host->most ? len : host->most;
    while (host->opened && !host->closing && (len = mom_node_output(host->link, &data)) > 0 &&
           (room = com_conn_room(host->conn)) > 0) {
        len = len < room ? len : room;
        assert_true(com_conn_write(host->conn, data, len) >= 0);
        mom_node_sent(host->link, len);
    }
}

static inline void host_dial(struct host *host);

/* The engine goes first, so that what it says goes out with what the link says. */
static inline void host_pump(struct host *host)
{
    unsigned wants;

    host_step(host);
    wants = mom_node_wants(host->link);
    host_write(host);
    if ((wants & MOM_NODE_WANT_CLOSE) && host->conn) {
        host->closing = true;
        com_conn_close(host->conn);
    }
    if (wants & MOM_NODE_WANT_CONNECT)
        host_dial(host);
}

static inline void host_open(struct com_conn *conn)
{
    struct host *host = com_conn_user(conn);

    host->opened = true;
    if (host->i == 1)
        host->wire->resumed = com_conn_resumed(conn);
    assert_int_equal(mom_node_opened(host->link, &host->wire->net.now, host->batch), MOM_OK);
    host_pump(host);
}

static inline void host_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    struct host *host = com_conn_user(conn);

    assert_int_equal(
        mom_node_received(host->link, &host->wire->net.now, (const char *)bytes, len, host->batch),
        MOM_OK);
    host_pump(host);
}

static inline void host_drain(struct com_conn *conn)
{
    host_pump(com_conn_user(conn));
}

static inline void host_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct host *host = com_conn_user(conn);

    (void)code;
    host->conn = NULL;
    host->opened = host->closing = false;
    assert_int_equal(
        mom_node_closed(host->link, &host->wire->net.now, MOM_NODE_LOST, NS(reason), host->batch),
        MOM_OK);
    host_pump(host);
}

static const struct com_conn_ops host_ops = {host_open, host_data, host_drain, host_close};

static inline void host_dial(struct host *host)
{
    struct wire *w = host->wire;
    struct com_conn_options options = {
        .host = "127.0.0.1", .port = w->relay_port, .tls = w->client_tls, .session = w->session};

    w->relay.bytes[0] = w->relay.bytes[1] = w->payload = 0;
    host->conn = com_conn_connect(&w->loop, &options, &host_ops, host);
    assert_non_null(host->conn);
    com_conn_set_rate(host->conn, w->rate);
}

static inline void host_accept(void *user, struct com_conn *conn)
{
    struct host *host = user;

    assert_null(host->conn);
    host->conn = conn;
    com_conn_accept(conn, &host_ops, host);
    com_conn_set_rate(conn, host->wire->rate);
}

/* --- both ------------------------------------------------------------------------------------------ */

static inline bool wire_rests(struct wire *w)
{
    struct mom_node_info infos[2];

    for (unsigned i = 0; i < 2; i++) {
        mom_node_get_info(w->hosts[i].link, &infos[i]);
        if (infos[i].state != MOM_NODE_UP || infos[i].waiting > 0 ||
            com_conn_queued(w->hosts[i].conn) > 0 ||
            strcmp(net_info(&w->net, i, 1 - i).state, "steady") != 0)
            return false;
    }
    return infos[0].bytes_out == infos[1].bytes_in && infos[1].bytes_out == infos[0].bytes_in;
}

/* Bytes on the wire, in both directions, of this connection. */
static inline uint64_t wire_bytes(const struct wire *w)
{
    return w->relay.bytes[0] + w->relay.bytes[1];
}

static inline void wire_cut(struct wire *w)
{
    relay_cut(&w->relay);
    RUN_UNTIL(&w->loop, !w->hosts[0].conn && !w->hosts[1].conn && w->relay.open == 0);
}

/* Connect and let both come to have the same records; the bytes that it took. */
static inline uint64_t wire_meet(struct wire *w)
{
    w->net.now.mono_ms += 66000;
    w->net.now.wall_ms += 66000;
    assert_int_equal(mom_node_timeout(w->hosts[1].link, &w->net.now, w->hosts[1].batch), MOM_OK);
    host_pump(&w->hosts[1]);
    RUN_UNTIL(&w->loop, wire_rests(w));
    net_check_equal(&w->net);
    return wire_bytes(w);
}

/* The program of the side below begins anew: what it has in memory only is lost. */
static inline void wire_restart_below(struct wire *w)
{
    struct host *host = &w->hosts[1];

    com_tls_session_drop(w->session);
    for (unsigned i = 0; i < 2; i++) { /* counted since they were made */
        host_make_link(&w->hosts[i]);
        assert_int_equal(mom_node_enable(w->hosts[i].link, &w->net.now, true, w->hosts[i].batch),
                         MOM_OK);
    }
    assert_int_equal(mom_node_wants(host->link), MOM_NODE_WANT_CONNECT);
    /* reported once: the link waits as if the host had failed */
    assert_int_equal(
        mom_node_closed(host->link, &w->net.now, MOM_NODE_UNREACHABLE, NS("not yet"), host->batch),
        MOM_OK);
}

static inline struct com_tls *wire_server(void)
{
    char error[256] = "";
    struct com_tls_server_options options = {.self_signed_name = "central.example.net",
                                             .sessions = 100};
    struct com_tls *tls = com_tls_server_new(&options, error, sizeof error);

    assert_string_equal(error, "");
    return tls;
}

static inline struct com_tls *wire_client(const struct com_tls *server)
{
    char error[256] = "", fingerprint[COM_FINGERPRINT_SIZE];
    struct com_tls_client_options options = {
        .check = COM_TLS_CHECK_PINNED, .fingerprint = fingerprint, .lean = true};
    struct com_tls *tls;

    com_tls_fingerprint(server, fingerprint);
    tls = com_tls_client_new(&options, error, sizeof error);
    assert_string_equal(error, "");
    return tls;
}

/* Two nodes that know each other and have not met. */
static inline struct wire *wire_new(void)
{
    struct wire *w = calloc(1, sizeof *w);
    struct com_listener_options options = {.on_accept = host_accept};
    char error[256] = "";

    assert_non_null(w);
    com_ignore_sigpipe();
    uv_loop_init(&w->loop);
    w->net.now = (struct mom_now){1000, 1700000000000};
    w->server_tls = wire_server();
    w->client_tls = wire_client(w->server_tls);
    w->session = com_tls_session_new();
    for (unsigned i = 0; i < 2; i++) {
        net_add_node(&w->net);
        w->hosts[i] = (struct host){.wire = w, .i = i, .batch = mom_batch_new(NULL)};
        host_make_link(&w->hosts[i]);
    }
    net_know(&w->net, 0, 1);
    options.tls = w->server_tls;
    options.user = &w->hosts[0];
    w->listener = com_listener_new(&w->loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    w->relay_port = relay_start(&w->relay, &w->loop, com_listener_port(w->listener));
    wire_restart_below(w);
    return w;
}

static inline void wire_free(struct wire *w)
{
    wire_cut(w);
    com_listener_close(w->listener);
    relay_stop(&w->relay);
    assert_int_equal(com_loop_finish(&w->loop, TEST_LIMIT_MS), 0);
    for (unsigned i = 0; i < 2; i++) {
        mom_node_free(w->hosts[i].link);
        mom_batch_free(w->hosts[i].batch);
        mom_engine_free(w->net.nodes[i].engine);
    }
    com_tls_unref(w->server_tls);
    com_tls_unref(w->client_tls);
    com_tls_session_free(w->session);
    free(w);
}

#endif
