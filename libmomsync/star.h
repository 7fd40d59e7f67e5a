/*
 * The handoff in a star, where every site has every record: what is left of it is who registers at
 * SIP. A node acts for its own sites alone, the one beside it (`own_site`) and those that were added at it,
 * and hears of the others by the claim in
 * the record of the device, which its neighbours carry as they carry any other change. The rows are
 * in star_rows.h, the rules in words in docs/handoff.md.
 *
 * Each own site goes through the rows by itself, as if it had a node of its own. What is done to the claim for one of
 * them is told to the others as news of a neighbour is (mom__news_add_own).
 *
 * Whether an own site may be registered for a phone that is elsewhere is in its base row (OWING):
 * it outlives the step, the link and the process.
 */
#ifndef MOM__STAR_H
#define MOM__STAR_H

#include "handoff.h"

/* State: its code in the store. HOME: no row in the store. */
#define MOM__STAR_STATES(S)                                                                        \
    S(HOME, 0, "home", "nothing is under way at this site")                                        \
    S(ANNOUNCING, 1, "announcing",                                                                 \
      "the phone is here and registered; the former site has not confirmed that it let go")        \
    S(RENEWING, 2, "renewing", "the site renews its SIP registration, the last step")              \
    S(LEAVING, 3, "leaving", "the phone is elsewhere; the site ends its SIP registration")         \
    S(ABSENT, 4, "absent",                                                                         \
      "the site says that another one has the phone, and none has claimed it yet")

#define MOM__STAR_EVENTS(E)                                                                        \
    E(LOCATED, "located", "the site says that the phone is there")                                 \
    E(TAKEN, "taken", "a neighbour told a later claim, of another site")                           \
    E(OWING, "owing",                                                                              \
      "the site can be asked, and may be registered for a phone that is elsewhere")                \
    E(ELSEWHERE, "elsewhere",                                                                      \
      "the site itself says, later than the claim, that another one has the phone")                \
    E(CONFIRMED, "confirmed", "a former site let go: a neighbour told its confirmation")           \
    E(GIVEN, "given", "a neighbour told a claim of this site that the node did not have any more") \
    E(OVERTAKEN, "overtaken", "the confirmation of this site was lost to another one")             \
    E(DELIVERED, "delivered", "the site has got what it lacked of the records")                    \
    E(RELEASED, "released", "the site ended the registration")                                     \
    E(RENEWED, "renewed", "the site renewed the registration")                                     \
    E(TIMEOUT, "timeout", "the timer of the state ran out")                                        \
    E(DOWN, "down", "the link to the site is gone")                                                \
    E(UP, "up", "the site was imported")                                                           \
    E(LET_GO, "let-go",                                                                            \
      "the site unbound or removed the user, who has a phone that works at another site only")     \
    E(PARTED, "parted", "the user who was to be ended is not bound to the phone any more")         \
    E(GONE, "gone", "the record of the phone was deleted or parked")                               \
    E(UNSUBSCRIBED, "unsubscribed", "the phone lost its subscription")                             \
    E(RELOADED, "reloaded", "the node was started again")

#define MOM__STAR_GUARDS(G)                                                                        \
    G(ALWAYS, "", "")                                                                              \
    G(OURS, "ours", "the claim in force is that of the site")                                      \
    G(PRESENT, "present", "a user is bound to the phone, and it was not silent for too long")      \
    G(FREE, "free", "no site had the phone, and a user is bound to it")                            \
    G(HAS_USER, "has user", "a user is bound to the phone")                                        \
    G(REACHABLE, "reachable", "the site is up and has the user")                                   \
    G(REGISTERED, "registered", "the site is reachable and may be registered for the user")        \
    G(BOUND_ANEW, "bound anew",                                                                    \
      "the site bound the user or heard the phone, and so registered, since it was asked to end")  \
    G(MOVING, "moving", "the records go with the phone: it works at one site only")                \
    G(QUIET, "quiet", "the claim was ours, and the site is known not to be registered")

#define MOM__STAR_ACTIONS(A)                                                                       \
    A(NONE, "nothing", "nothing")                                                                  \
    A(CLAIM, "claim", "the phone is at the site from now on: a new claim, which spreads")          \
    A(ANNOUNCE, "announce", "claim; REGISTER at the site; timer `announce`")                       \
    A(ASK, "ask", "REGISTER at the site; the timer runs on")                                       \
    A(CLAIM_RENEW, "claim, renew", "claim; then as renew")                                         \
    A(REFRESH, "refresh", "the claim gets the time of today")                                      \
    A(REFRESH_RENEW, "refresh, renew", "refresh; then as renew")                                   \
    A(RENEW, "renew", "REGISTER at the site; timer `renew`; if it is down, as await")              \
    A(AWAIT, "await", "no timer: it goes on when the site is up")                                  \
    A(FINISH, "finish", "it is counted")                                                           \
    A(END, "end", "DEREGISTER at the site; timer `release`")                                       \
    A(CONFIRM, "confirm", "the claim in force gets the confirmation of this site, which spreads")  \
    A(NOTE, "note", "the site need not be told again")                                             \
    A(WAIT, "wait", "timer `elsewhere`")                                                           \
    A(NOTE_WAIT, "note, wait", "note; then as wait")                                               \
    A(REPEAT, "repeat",                                                                            \
      "confirm, for it may have ended; DEREGISTER at the site again; timer `retry`")               \
    A(NOTE_CONFIRM, "note, confirm", "note; then as confirm")

enum mom__star_state {
#define MOM__STAR_STATE_ENUM(id, code, name, text) MOM__STAR_##id = code,
    MOM__STAR_STATES(MOM__STAR_STATE_ENUM)
#undef MOM__STAR_STATE_ENUM
        MOM__STAR_STATE_COUNT
};
#define MOM__STAR_EVENT(id, name, text)  MOM__STAR_ON_##id,
#define MOM__STAR_GUARD(id, name, text)  MOM__STAR_IF_##id,
#define MOM__STAR_ACTION(id, name, text) MOM__STAR_DO_##id,
enum mom__star_event { MOM__STAR_EVENTS(MOM__STAR_EVENT) MOM__STAR_EVENT_COUNT };
enum mom__star_guard { MOM__STAR_GUARDS(MOM__STAR_GUARD) MOM__STAR_GUARD_COUNT };
enum mom__star_action { MOM__STAR_ACTIONS(MOM__STAR_ACTION) MOM__STAR_ACTION_COUNT };

extern const struct mom__fsm mom__star_fsm;

/* What shape.c needs of it. */
struct mom__observed;
struct mom__news;
bool mom__star_holds(void *context, unsigned guard);
void mom__star_act(void *context, unsigned action);
const char *mom__star_objection(const struct mom_engine *e, mom_site site);
bool mom__star_wants(const struct mom__handoff *h, mom_site site);
void mom__star_place(struct mom_engine *e, struct mom__observed *seen);
void mom__star_claim(struct mom_engine *e, uint64_t device, struct mom__arrival arrival);
void mom__star_released(struct mom_engine *e, mom_site site, uint64_t device);
void mom__star_renewed(struct mom_engine *e, mom_site site, uint64_t device);
void mom__star_down(struct mom_engine *e, mom_site site);
void mom__star_up(struct mom_engine *e, mom_site site);
/* Look what became of the records of what is under way; true when something happened. */
bool mom__star_check(struct mom_engine *e);
void mom__star_parted(struct mom_engine *e, mom_site site, uint64_t user);
bool mom__star_owing(struct mom_engine *e, mom_site site, uint64_t device);
bool mom__star_is_ending(const struct mom__handoff *h);
void mom__star_joined(struct mom_engine *e, const struct mom__news *before);
void mom__star_stepped(struct mom_engine *e);

#endif
