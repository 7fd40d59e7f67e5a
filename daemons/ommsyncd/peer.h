/*
 * A conversation with another node in this program: its connection, its timer and mom_node. Who is called learns from
 * the login which node it is.
 */
#ifndef OMMSYNCD_PEER_H
#define OMMSYNCD_PEER_H

#include "ommsyncd.h"

#include <com/conn.h>
#include <momsync/axi/node.h>

/* What of a conversation is not the same on both sides; each may be NULL. */
struct peer_side {
    /* Who calls: the conversation wants a connection; it is up; it was not made: true, another address is tried. */
    void (*dial)(struct peer *peer);
    void (*opened)(struct peer *peer);
    bool (*try_again)(struct peer *peer);
    /* Who is called: the other side is no node, and all that came is in mom_node_hand_over. True: the connection was
     * taken with peer_give. */
    bool (*hand_over)(struct peer *peer);
    /* Who calls: connect anew at once. Frees the peer. */
    void (*renew)(struct peer *peer);
    /* Who is called: the connection is gone. Frees the peer. */
    void (*ended)(struct peer *peer);
};

struct peer {
    struct peer *next;
    struct star *star;
    const struct peer_side *side;
    struct mom_node *node;
    struct com_conn *conn; /* NULL when there is none */
    struct com_timer *timer;
    bool opened, closing, reading_stopped;
    struct omm_kind told; /* of our OMM */
    enum mom_node_state shown;
    char where[128];  /* the other side's address, of this or the last connection */
    char reason[600]; /* of the last close, as the connection told it */
};

/* In the list of the star. `config` is completed with what is the same for all; it begins disabled. NULL when memory is
 * out. */
struct peer *peer_new(struct star *star, const struct peer_side *side,
                      struct mom_node_config *config);
/* Drop it at once; the engine is told nothing. NULL is allowed. */
void peer_free(struct peer *peer);
void peer_enable(struct peer *peer, bool enabled);
/* What is known of our OMM changed, or whether others are told: those to whom that makes a difference log in anew. */
void peers_tell_omm(struct star *star);
/* The rate of the settings, for the connection that there is. */
void peer_set_rate(struct peer *peer);
/* Take a connection of a listener, or make one. */
void peer_take(struct peer *peer, struct com_conn *conn);
void peer_connect(struct peer *peer, const struct com_conn_options *options);
/* There is no connection any more, or none could be made. */
void peer_closed(struct peer *peer, enum mom_node_state state, const char *reason);
/* Its connection goes to somebody else, who closes it. */
struct com_conn *peer_give(struct peer *peer);
/* End a conversation because the same node came anew: its end stands in the batch afterwards. */
void peer_replace(struct peer *peer);
void peer_act(struct peer *peer, const struct mom_action *action);
/* Write what waits; after each step. */
void peer_pump(struct peer *peer);

/* The node that it is with, 0: not known yet. */
uint32_t peer_node(const struct peer *peer);
struct peer *peer_by_node(const struct star *star, uint32_t node);
/* The same, or the node that was refused under its number: 0 unless that one is a neighbour and has no other
 * conversation that is up. */
uint32_t peer_node_or_claim(const struct peer *peer);
/* Why it is down, whole; "" when all is well. Borrowed. */
const char *peer_reason(const struct peer *peer, const struct mom_node_info *info);

#endif
