/*
 * The handoff of a phone from one site to another: its states, events, guards and actions, and one
 * that is under way. The rows are in handoff_rows.h, the rules in words in docs/handoff.md.
 */
#ifndef MOM__HANDOFF_H
#define MOM__HANDOFF_H

#include <momsync/engine.h>

struct mom__site;

/* State: its code in the store, its name, what it means. HOME: nothing is under way, no row in the store. */
#define MOM__HANDOFF_STATES(S)                                                                     \
    S(HOME, 0, "home", "the phone is at the site where its records live")                          \
    S(DELIVERING, 1, "delivering", "the new site is being given the records")                      \
    S(RELEASING, 2, "releasing",                                                                   \
      "the records live at the new site; the former one ends its SIP registration")                \
    S(RENEWING, 3, "renewing", "the new site renews its SIP registration")

#define MOM__HANDOFF_EVENTS(E)                                                                     \
    E(LOCATED, "located", "a site says that the phone is there")                                   \
    E(DELIVERED, "delivered", "the new site has all records")                                      \
    E(REFUSED, "refused", "the new site refused a record")                                         \
    E(RELEASED, "released", "the former site ended the registration")                              \
    E(RENEWED, "renewed", "the new site renewed the registration")                                 \
    E(TIMEOUT, "timeout", "the timer of the state ran out")                                        \
    E(FROM_DOWN, "from-down", "the link to the former site is gone")                               \
    E(TO_DOWN, "to-down", "the link to the new site is gone")                                      \
    E(TO_UP, "to-up", "the new site was imported")                                                 \
    E(GONE, "gone", "the record of the phone was deleted or parked")                               \
    E(RELOADED, "reloaded", "the node was started again")

#define MOM__HANDOFF_GUARDS(G)                                                                     \
    G(ALWAYS, "", "")                                                                              \
    G(SAME, "same", "it is the site that the phone is moving to")                                  \
    G(BACK, "back", "it is the site where the records live")                                       \
    G(MISSING, "missing", "the new site does not have all records")                                \
    G(RELEASABLE, "releasable", "the former site is up and has the user")                          \
    G(HAS_USER, "has user", "a user is bound to the phone")

#define MOM__HANDOFF_ACTIONS(A)                                                                    \
    A(NONE, "nothing", "nothing")                                                                  \
    A(DELIVER, "deliver", "PUT what the new site lacks, before anything else; timer `deliver`")    \
    A(MOVE, "move", "the records live at the new site from now on")                                \
    A(MOVE_RELEASE, "move, release", "move; DEREGISTER at the former site; timer `release`")       \
    A(MOVE_RENEW, "move, renew", "move; REGISTER at the new site; timer `renew`")                  \
    A(RENEW, "renew", "REGISTER at the new site; timer `renew`")                                   \
    A(NOTE_RENEW, "note, renew", "the former site need not be told again; then as renew")          \
    A(NOTE, "note", "the former site need not be told again")                                      \
    A(GIVE_UP, "give up", "REJECT at the new site; the records stay where they live")              \
    A(STAY, "stay", "the records stay where they live")                                            \
    A(AWAIT, "await", "forget the former site (what it is owed is found at its import); no timer") \
    A(FINISH, "finish", "the former site is to remove the records unless they are permanent")

enum mom__handoff_state {
#define MOM__HANDOFF_STATE_ENUM(id, code, name, text) MOM__HANDOFF_##id = code,
    MOM__HANDOFF_STATES(MOM__HANDOFF_STATE_ENUM)
#undef MOM__HANDOFF_STATE_ENUM
        MOM__HANDOFF_STATE_COUNT
};
enum mom__handoff_event {
#define MOM__HANDOFF_EVENT_ENUM(id, name, text) MOM__EVENT_##id,
    MOM__HANDOFF_EVENTS(MOM__HANDOFF_EVENT_ENUM)
#undef MOM__HANDOFF_EVENT_ENUM
        MOM__EVENT_COUNT
};
enum mom__handoff_guard {
#define MOM__HANDOFF_GUARD_ENUM(id, name, text) MOM__GUARD_##id,
    MOM__HANDOFF_GUARDS(MOM__HANDOFF_GUARD_ENUM)
#undef MOM__HANDOFF_GUARD_ENUM
        MOM__GUARD_COUNT
};
enum mom__handoff_action {
#define MOM__HANDOFF_ACTION_ENUM(id, name, text) MOM__ACTION_##id,
    MOM__HANDOFF_ACTIONS(MOM__HANDOFF_ACTION_ENUM)
#undef MOM__HANDOFF_ACTION_ENUM
        MOM__ACTION_COUNT
};

struct mom__handoff_row {
    enum mom__handoff_state from;
    enum mom__handoff_event event;
    enum mom__handoff_guard guard;
    enum mom__handoff_action action;
    enum mom__handoff_state to;
};
/* The rows in order: the first whose state and event match and whose guard holds is taken. */
extern const struct mom__handoff_row mom__handoff_rows[];
extern const size_t mom__handoff_row_count;

const char *mom__handoff_state_name(enum mom__handoff_state state);
const char *mom__handoff_event_name(enum mom__handoff_event event);
struct mom__text;
/* "home + located (missing) -> delivering": names a row. */
void mom__handoff_row_text(const struct mom__handoff_row *row, struct mom__text *text);
/* The table as Markdown, line by line; false at the end. */
bool mom__handoff_markdown(size_t line, struct mom__text *ret_line);

/* One that is under way. */
struct mom__handoff {
    uint64_t device;
    enum mom__handoff_state state;
    mom_site from, to; /* from: the site that may still be registered, 0: none */
    uint32_t epoch;    /* of the claim of `to` */
    int64_t claim_ms;
    int64_t deadline; /* monotonic */
    enum mom__claim {
        MOM__CLAIM_NEW,
        MOM__CLAIM_SAME,
        MOM__CLAIM_BACK
    } claim; /* of the LOCATED event at hand */
};

struct mom__handoff *mom__handoff_of(const struct mom_engine *e, uint64_t device);
/* A phone is at a site: begin or continue. */
void mom__handoff_claim(struct mom_engine *e, uint64_t device, mom_site site, int64_t at_ms);
/* An event for one that is under way; nothing when there is none. */
void mom__handoff_event(struct mom_engine *e, uint64_t device, enum mom__handoff_event event);
/* An event for all in which the site is the one that the phone comes from or goes to. */
void mom__handoff_site(struct mom_engine *e, mom_site site, bool as_target,
                       enum mom__handoff_event event);
/* Look whose new site has all records by now; true when something happened. */
bool mom__handoff_check(struct mom_engine *e);
/* The new site of a handoff refused a record of the phone. */
void mom__handoff_refused(struct mom_engine *e, mom_site site, uint64_t device);
void mom__handoff_timers(struct mom_engine *e);
int64_t mom__handoff_deadline(const struct mom_engine *e);
void mom__handoff_load(struct mom_engine *e, struct mom_str key, struct mom_str value);
void mom__handoffs_free(struct mom_engine *e);
void mom__on_located(struct mom_engine *e, const struct mom_input *in);
void mom__on_released(struct mom_engine *e, const struct mom_input *in);
void mom__on_renewed(struct mom_engine *e, const struct mom_input *in);

#endif
