/*
 * A neighbour: another node, and the conversation with it. neighbour.c says how it goes; pending.c
 * keeps what it has not confirmed, join.c merges what it tells, wire.c is how messages look.
 */
#ifndef MOM__NEIGHBOUR_H
#define MOM__NEIGHBOUR_H

#include "queue.h"
#include "register.h"

#include <momsync/engine.h>

enum {
    MOM__WINDOW = MOM_NODE_WINDOW,
    MOM__WINDOW_NEAR = MOM_NODE_WINDOW_NEAR,
    MOM__NEAR_MS = 50, /* who confirms within this time is near */
    MOM__MESSAGE_FILL = MOM_NODE_MESSAGE_FILL,
    MOM__ROUNDS = 8, /* comparisons after which two busy neighbours count as steady */
};

/* States of the conversation, in the order in which they are gone through. */
#define MOM__NEIGHBOUR_STATES(S)                                                                   \
    S(DOWN, "down", "there is no connection")                                                      \
    S(GREETING, "greeting", "connected; nothing was heard of the other one yet")                   \
    S(CATCHING_UP, "catching up", "both send what the other one has not confirmed")                \
    S(HELD, "held", "what came would delete too much and waits for a decision")                    \
    S(COMPARING, "comparing", "both compare all records")                                          \
    S(STEADY, "steady", "both had the same records; changes stream")

enum mom__neighbour_state {
#define MOM__NEIGHBOUR_STATE_ENUM(id, name, text) MOM__NEIGHBOUR_##id,
    MOM__NEIGHBOUR_STATES(MOM__NEIGHBOUR_STATE_ENUM)
#undef MOM__NEIGHBOUR_STATE_ENUM
        MOM__NEIGHBOUR_STATE_COUNT
};

/* How the conversation goes on: from, to, why. Every state goes back to DOWN when the connection ends. */
#define MOM__NEIGHBOUR_MOVES(M)                                                                    \
    M(DOWN, GREETING, "connected")                                                                 \
    M(GREETING, CATCHING_UP, "the other one has greeted")                                          \
    M(CATCHING_UP, STEADY, "both have the same records")                                           \
    M(CATCHING_UP, COMPARING, "both backlogs are through")                                         \
    M(CATCHING_UP, HELD, "a backlog would delete too much, here or there")                         \
    M(COMPARING, STEADY, "both have the same records")                                             \
    M(COMPARING, HELD, "the other one holds what it was told")                                     \
    M(HELD, CATCHING_UP, "somebody decided")

/* A record of a message that was not confirmed yet, with the stamps that were sent. */
struct mom__sent {
    uint64_t id;
    struct mom__sent *next;
    uint64_t claim; /* hash of its value: a confirmation changes no stamp */
    unsigned count;
    struct {
        uint8_t reg;
        struct mom_stamp stamp;
    } regs[];
};

struct mom__flight {
    uint64_t seq;
    int64_t sent_ms; /* monotonic */
    struct mom__sent *sent;
    struct mom__flight *next;
};

struct mom__neighbour {
    uint32_t node;
    char name[64];
    bool above;  /* we connect to it: it is nearer to the centre */
    bool agreed; /* both had the same records once: what is not in PENDING is known to both */
    int64_t agreed_ms;
    /* the connection */
    enum mom__neighbour_state state;
    bool caller;
    uint64_t last_sent, last_got; /* numbers of messages */
    struct mom__flight *flights, **flights_end;
    unsigned flight_count;
    bool near;                /* it confirmed the last message at once */
    struct mom__queue outbox; /* ids with a row in PENDING */
    struct mom__queue whole;  /* ids to be sent as they are, without bases */
    struct mom__queue want;   /* ids to be asked for */
    struct mom__idmap
        same; /* until both agreed: of these records it has what we have, see pending.c */
    bool said_drained, told_drained;
    bool owes_drained;  /* it asked, and what there is to send is not through yet */
    bool awaits_ranges; /* a comparison is under way */
    bool root_asked;    /* ... of everything: an empty answer means equal */
    bool auditing, repair;
    uint64_t audit_tag, differences;
    bool warned_future;
    unsigned rounds;
    int64_t ask_at;   /* after many rounds the next one begins no earlier, monotonic */
    uint64_t held;    /* records in HELD */
    int64_t deadline; /* for a confirmation, monotonic */
    int64_t offset_ms;
    uint64_t greatest_id; /* greatest counter of an id that it gave, as far as we know */
    uint64_t sent_bytes, received_bytes;
    uint64_t expected, got; /* records: announced by its greeting, and those that came since */
};

struct mom_engine;
struct mom__work;

struct mom__entry;

/* --- neighbour.c ------------------------------------------------------------------------------ */

const char *mom__neighbour_state_name(enum mom__neighbour_state state);
const char *mom__neighbour_state_text(enum mom__neighbour_state state);
struct mom__neighbour_move {
    enum mom__neighbour_state from, to;
    const char *why;
};
extern const struct mom__neighbour_move mom__neighbour_moves[];
extern const size_t mom__neighbour_move_count;
/* Go to another state: one of the moves, or DOWN. */
void mom__neighbour_enter(struct mom_engine *e, struct mom__neighbour *n,
                          enum mom__neighbour_state state);
struct mom__neighbour *mom__neighbour(const struct mom_engine *e, uint32_t node);
void mom__neighbour_load(struct mom_engine *e, struct mom_str key, struct mom_str value);
void mom__neighbour_save(struct mom_engine *e, const struct mom__neighbour *n);
void mom__neighbours_free(struct mom_engine *e);
/* An id is known here: of which neighbour is it? */
void mom__neighbour_saw_id(struct mom_engine *e, uint64_t id);
void mom__on_node_add(struct mom_engine *e, const struct mom_input *in);
void mom__on_node_remove(struct mom_engine *e, const struct mom_input *in);

/* --- session.c -------------------------------------------------------------------------------- */

void mom__session_init(struct mom_engine *e, struct mom__neighbour *n);
void mom__session_done(struct mom_engine *e, struct mom__neighbour *n);
void mom__on_node_up(struct mom_engine *e, const struct mom_input *in);
void mom__on_node_bytes(struct mom_engine *e, const struct mom_input *in);
void mom__on_node_down(struct mom_engine *e, const struct mom_input *in);
void mom__on_node_audit(struct mom_engine *e, const struct mom_input *in);
/* Send what there is to send, as far as the window allows. */
void mom__neighbours_work_off(struct mom_engine *e);
int64_t mom__neighbours_deadline(const struct mom_engine *e);
/* Deletions up to e->seen are known everywhere: tell all but `from`, who told it (NULL: nobody did). */
void mom__neighbours_tell_seen(struct mom_engine *e, const struct mom__neighbour *from);
/* The conversation goes on after a decision about what was held. */
void mom__neighbour_go_on(struct mom_engine *e, struct mom__neighbour *n);

/* --- pending.c -------------------------------------------------------------------------------- */

/* A row of PENDING: the registers that a neighbour has not confirmed, each with the stamp that both last agreed on. */
struct mom__pending {
    bool whole; /* the neighbour does not have the record: all registers, no bases */
    unsigned count;
    struct mom__pending_reg {
        unsigned reg;
        struct mom_stamp base;
    } regs[MOM__REGS_MAX]; /* ascending */
};

/* False: no row. */
bool mom__pending_get(struct mom_engine *e, uint32_t node, uint64_t id, enum mom_type type,
                      struct mom__pending *ret_pending);
/* An empty one is deleted. */
void mom__pending_put(struct mom_engine *e, uint32_t node, uint64_t id, enum mom_type type,
                      const struct mom__pending *pending);
/* NULL: not in it. */
struct mom__pending_reg *mom__pending_find(struct mom__pending *pending, unsigned reg);
/* Find or add. */
struct mom__pending_reg *mom__pending_add(struct mom__pending *pending, unsigned reg);
void mom__pending_remove(struct mom__pending *pending, unsigned reg);
/* A record was loaded or (`fresh`) is new to this node: what changes from now on is news. */
void mom__pending_watch(struct mom_engine *e, struct mom__work *w, bool fresh);
/* A register is about to get another value that may have the stamp of the old one: it is news all the same. */
void mom__pending_renew(struct mom__work *w, unsigned reg, struct mom_stamp stamp);
/* What changed in a record since this was last called is news for every neighbour. */
void mom__pending_note(struct mom_engine *e, struct mom__work *w);
/* Fill the outbox of a neighbour. */
void mom__pending_load(struct mom_engine *e, struct mom__neighbour *n);
/* Forget all rows of a neighbour. */
void mom__pending_forget(struct mom_engine *e, uint32_t node);
/* A neighbour confirmed what was sent of a record. */
void mom__same_sent(struct mom_engine *e, struct mom__neighbour *n, uint64_t id);
void mom__same_told(struct mom_engine *e, struct mom__neighbour *n, uint64_t id);
bool mom__is_same(const struct mom__neighbour *n, uint64_t id);
void mom__pending_confirm(struct mom_engine *e, struct mom__neighbour *n,
                          const struct mom__sent *sent);

/* The registers of a record as they were last noted. */
struct mom__noted {
    struct mom_stamp stamps[MOM__REGS_MAX]; /* of those that its type has */
    /* of the claim: a confirmation changes no stamp */
    int64_t confirmed_ms;
    uint32_t epoch, confirmed_by;
};

/* --- trace.c ---------------------------------------------------------------------------------- */

void mom__trace_neighbour(struct mom_engine *e, const struct mom__neighbour *n,
                          enum mom__neighbour_state to);

/* --- join.c ----------------------------------------------------------------------------------- */

/* Merge what a neighbour tells of a record. */
void mom__join(struct mom_engine *e, struct mom__neighbour *n, const struct mom__entry *entry);
/* The same without the deletion in it, which is kept for later. The newest group of ours that the neighbour has not
 * seen yet: it may have confirmed it when the deletion is done, and did not know it when it deleted. */
struct mom_stamp mom__join_but_deletion(struct mom_engine *e, struct mom__neighbour *n,
                                        const struct mom__entry *entry);

/* --- digest.c --------------------------------------------------------------------------------- */

/* Keep DIGEST and the fingerprint in step with a record. */
void mom__digest_save(struct mom_engine *e, struct mom__work *w);
void mom__digest_drop(struct mom_engine *e, uint64_t id);
void mom__digest_load(struct mom_engine *e);
/* Before the step ends: for all that was changed so far. */
void mom__digest_flush(struct mom_engine *e);

/* --- held.c ----------------------------------------------------------------------------------- */

/* Keep the deletion that a neighbour told for a decision; what it told besides is merged. */
void mom__hold_entry(struct mom_engine *e, struct mom__neighbour *n,
                     const struct mom__entry *entry);
/* A group of ours was changed that the neighbour did not tell: if its deletion of the record is kept, it did not know
 * that when it deleted, though it may have confirmed it when the deletion is done. */
void mom__hold_unseen(struct mom_engine *e, const struct mom__neighbour *n, uint64_t id,
                      struct mom_stamp unseen);
void mom__hold_forget(struct mom_engine *e, uint32_t where);
/* The backlog is complete: decide what was held, or wait for somebody to. True: go on. */
bool mom__hold_check(struct mom_engine *e, struct mom__neighbour *n);
/* How many of a neighbour wait for somebody's decision. */
uint64_t mom__hold_waiting(struct mom_engine *e, const struct mom__neighbour *n);
uint64_t mom__held_count(struct mom_engine *e, uint32_t where);
void mom__on_decide(struct mom_engine *e, const struct mom_input *in);

/* --- collect.c -------------------------------------------------------------------------------- */

void mom__collect(struct mom_engine *e);
/* Deletions up to this stamp are known to every node, as a neighbour tells. */
void mom__collect_up_to(struct mom_engine *e, struct mom_stamp seen,
                        const struct mom__neighbour *from);

#endif
