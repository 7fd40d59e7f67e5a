/*
 * The handoff of a phone from one site to another: its states, events, guards and actions, and one
 * that is under way. The rows are in handoff_rows.h, the rules in words in docs/handoff.md.
 */
#ifndef MOM__HANDOFF_H
#define MOM__HANDOFF_H

#include "claim.h"
#include "fsm.h"

#include <momsync/engine.h>

/* State: its code in the store, its name, what it means. HOME: nothing is under way, no row in the store. */
#define MOM__HANDOFF_STATES(S)                                                                     \
    S(HOME, 0, "home", "the phone is at the site where its records live")                          \
    S(DELIVERING, 1, "delivering", "the new site is being given the records")                      \
    S(RELEASING, 2, "releasing",                                                                   \
      "the records live at the new site; the former one ends its SIP registration")                \
    S(RENEWING, 3, "renewing",                                                                     \
      "the site where the records live renews its SIP registration, the last step")                \
    S(CLEARING, 4, "clearing",                                                                     \
      "the former site ends its SIP registration before the new one gets the records")             \
    S(REGISTERING, 5, "registering",                                                               \
      "the records live at the new site, which registers; the former one still is registered")     \
    S(ENDING, 6, "ending", "the former site ends its SIP registration, the last step")

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
    E(GONE, "gone", "the record of the phone was deleted or parked, or it was unsubscribed")       \
    E(RELOADED, "reloaded", "the node was started again")

#define MOM__HANDOFF_GUARDS(G)                                                                     \
    G(ALWAYS, "", "")                                                                              \
    G(SAME, "same", "it is the site that the phone is moving to")                                  \
    G(BACK, "back", "it is the site where the records live")                                       \
    G(MISSING, "missing", "the new site does not have all records")                                \
    G(RELEASABLE, "releasable",                                                                    \
      "the former site is up, has the user, and did not end its registration yet")                 \
    G(HAS_USER, "has user", "a user is bound to the phone")                                        \
    G(CLEARABLE, "clearable",                                                                      \
      "missing and releasable, and the new site's policy is `remove before register`")             \
    G(EARLY, "early", "releasable, and the new site's policy is `register before remove`")         \
    G(CLEARED, "cleared",                                                                          \
      "the site where the records live was told to end its registration, and the phone exists")    \
    G(BACK_USER, "back, has user", "back, and a user is bound to the phone")                       \
    G(ALONE, "alone", "no other site has to do with it, and the new one is still known")

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
    A(FINISH, "finish", "the former site is to remove the records unless they are permanent")      \
    A(CLEAR, "clear", "DEREGISTER at the former site, the records stay; timer `release`")          \
    A(ENDED, "ended", "the former site is not registered any more")                                \
    A(ENDED_DELIVER, "ended, deliver", "ended; then as deliver")                                   \
    A(RESTORE, "restore",                                                                          \
      "the records stay where they live; REGISTER there, as soon as that site is up; timer "       \
      "`renew`")                                                                                   \
    A(REJECT_RESTORE, "reject, restore", "REJECT at the new site; then as restore")                \
    A(END, "end", "DEREGISTER at the former site; timer `release`")                                \
    A(NOTE_FINISH, "note, finish", "the former site need not be told again; then as finish")

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

extern const struct mom__fsm mom__handoff_fsm;

/* One that is under way. */
struct mom__handoff {
    uint64_t device;
    mom_site own;              /* star: the own site that it is about; 0 in a hub */
    struct mom__handoff *next; /* star: of the same device at another own site, ascending */
    uint8_t state;     /* enum mom__handoff_state, or enum mom__star_state: HOME is 0 in both */
    mom_site from, to; /* from: the site that may still be registered, 0: none */
    uint32_t epoch;    /* of the claim of `to` */
    int64_t claim_ms;
    int64_t deadline; /* monotonic */
    enum mom__handoff_end {
        MOM__END_NOT_ASKED,
        MOM__END_ASKED, /* `from` was told to end its registration while the records live there */
        MOM__END_DONE   /* it did, or had its time for it */
    } end;
    bool subscribing; /* the new site asked because the phone wants a subscription there */
    /* `from` may have registered the user since it was last asked to end, or was not asked on this visit: what it
     * answers says nothing of that; memory only */
    bool answer_stale;
    bool subscribed; /* the phone had a subscription when it was last looked at; memory only */
    bool looked;     /* star: it was looked at; memory only */
    /* star, of the event at hand: when the phone came; the claim before it was that of the own site */
    int64_t arrived_ms;
    bool was_ours;
    /* star, memory only: the site is to register and does not have the records yet; the user whose registration is to
     * end */
    bool lacking;
    uint64_t ended;
    bool answered; /* it said that it has ended it */
    enum mom__handoff_whither {
        MOM__WHITHER_NEW,
        MOM__WHITHER_SAME,
        MOM__WHITHER_BACK
    } whither; /* of the LOCATED event at hand */
};

/* How a phone came to be at a site. */
struct mom__arrival {
    mom_site site;
    int64_t at_ms; /* wall time */
    bool subscribing;
};

/* A hub has one for a device at most, a star one for each of its own sites. */
struct mom__handoff *mom__handoff_of(const struct mom_engine *e, uint64_t device);
/* That which a site has to do with: in a hub the only one. NULL: there is none. */
struct mom__handoff *mom__handoff_at(const struct mom_engine *e, mom_site site, uint64_t device);
/* A phone is at a site: begin or continue. */
void mom__handoff_claim(struct mom_engine *e, uint64_t device, struct mom__arrival arrival);
/* What both shapes use: events are numbers of the shape's own machine. */
/* One that is under way, or a new one at HOME, for which a step has to follow. NULL after a failure. */
struct mom__handoff *mom__handoff_get(struct mom_engine *e, mom_site own, uint64_t device);
/* A step; one that ends at HOME is forgotten. */
void mom__handoff_step(struct mom_engine *e, struct mom__handoff *h, unsigned event);
/* An event for all of a device that are under way; nothing when there are none. */
void mom__handoff_event(struct mom_engine *e, uint64_t device, unsigned event);
/* A site may have registered the user since it was asked to end: what it answers to that says nothing of it. */
void mom__handoff_anew(struct mom_engine *e, mom_site site, uint64_t device);
/* The record of a phone was deleted or parked. */
void mom__handoff_gone(struct mom_engine *e, uint64_t device);
/* Visit all that are under way. A visitor may end any of them; true when one returned true. */
typedef bool mom__handoff_visit(struct mom_engine *e, struct mom__handoff *h, mom_site site);
bool mom__handoff_walk(struct mom_engine *e, mom__handoff_visit *visit, mom_site site);
/* The site is being forgotten, and in a star all that is under way for it. */
void mom__handoff_forget_site(struct mom_engine *e, mom_site site);
/* After the start: the rows of the other shape are dropped, the others go on. */
void mom__handoff_resume(struct mom_engine *e);

/* The hub's: shape.h says when. */
bool mom__handoff_wants(const struct mom__handoff *h, mom_site site);
struct mom__observed;
void mom__handoff_place(struct mom_engine *e, struct mom__observed *seen); /* import.c */
void mom__handoff_released(struct mom_engine *e, mom_site site, uint64_t device);
void mom__handoff_renewed(struct mom_engine *e, mom_site site, uint64_t device);
void mom__handoff_down(struct mom_engine *e, mom_site site);
void mom__handoff_up(struct mom_engine *e, mom_site site);
/* Look whose new site has all records by now, and whose phone is gone; true when something happened. */
bool mom__handoff_check(struct mom_engine *e);
/* The new site of a handoff refused a record of the phone. */
void mom__handoff_refused(struct mom_engine *e, mom_site site, uint64_t device);
/* Devices on their way to a site that it does not have yet. */
uint32_t mom__handoff_expected(struct mom_engine *e, mom_site site);
void mom__handoff_timers(struct mom_engine *e);
int64_t mom__handoff_deadline(const struct mom_engine *e);
void mom__handoff_load(struct mom_engine *e, struct mom_str key, struct mom_str value);
void mom__handoffs_free(struct mom_engine *e);

/* handoff_do.c: what the guards look at and the actions do. `context` is a struct mom__handoff_step. */
struct mom__work;
struct mom__handoff_step {
    struct mom_engine *e;
    struct mom__handoff *h;
    struct mom__work *w; /* the device, never NULL */
};
bool mom__handoff_holds(void *context, unsigned guard);
void mom__handoff_act(void *context, unsigned action);
/* Look at a device and its user for a site. */
void mom__want_both(struct mom_engine *e, mom_site number, const struct mom_record *device,
                    bool urgent);
/* DEREGISTER or REGISTER the user of a device at a site, if that is up. */
void mom__ask_sip(struct mom_engine *e, enum mom_action_kind kind, mom_site number,
                  const struct mom_record *device);

/* located.c: the inputs that become events. */
void mom__on_located(struct mom_engine *e, const struct mom_input *in);
void mom__on_subscribe(struct mom_engine *e, const struct mom_input *in);
void mom__on_heard(struct mom_engine *e, const struct mom_input *in);
void mom__on_released(struct mom_engine *e, const struct mom_input *in);
void mom__on_renewed(struct mom_engine *e, const struct mom_input *in);
bool mom__is_subscribed(const struct mom_record *device);

#endif
