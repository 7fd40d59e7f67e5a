/*
 * Whether a phone is still heard at the site where it lives. Phones register their location at least
 * every two hours; one that did not for longer is switched off or out of reach, and its user is not
 * to stay registered there. The rows are in presence_rows.h.
 *
 * That a phone is silent is in the base row of its site. When it was heard is in memory alone: it
 * would be a write for each of thousands of phones in every period, and after a start each phone is
 * watched again from when it is next heard. Phones that nobody tells about are not watched.
 */
#ifndef MOM__PRESENCE_H
#define MOM__PRESENCE_H

#include "fsm.h"
#include "idmap.h"

#include <momsync/engine.h>

#define MOM__PRESENCE_STATES(S)                                                                    \
    S(PRESENT, "present", "nothing is wrong, or nothing is known")                                 \
    S(SILENT, "silent", "it was not heard for too long, its registration was ended")
#define MOM__PRESENCE_EVENTS(E)                                                                    \
    E(HEARD, "heard", "it registered its location where it lives")                                 \
    E(SILENCE, "silence", "the timer `silence` ran out")
#define MOM__PRESENCE_GUARDS(G)                                                                    \
    G(ALWAYS, "", "")                                                                              \
    G(SERVED, "served",                                                                            \
      "the site has been up since it was heard and has the user, and no handoff is under way")
#define MOM__PRESENCE_ACTIONS(A)                                                                   \
    A(NONE, "nothing", "nothing")                                                                  \
    A(WATCH, "watch", "timer `silence`")                                                           \
    A(END, "end", "DEREGISTER at the site")                                                        \
    A(FORGET, "forget", "it is watched again when it is heard again")                              \
    A(RENEW, "renew", "REGISTER at the site; timer `silence`")

#define MOM__PRESENCE_STATE(id, name, text)  MOM__PRESENCE_##id,
#define MOM__PRESENCE_EVENT(id, name, text)  MOM__PRESENCE_ON_##id,
#define MOM__PRESENCE_GUARD(id, name, text)  MOM__PRESENCE_IF_##id,
#define MOM__PRESENCE_ACTION(id, name, text) MOM__PRESENCE_DO_##id,
enum mom__presence_state { MOM__PRESENCE_STATES(MOM__PRESENCE_STATE) MOM__PRESENCE_STATE_COUNT };
enum mom__presence_event { MOM__PRESENCE_EVENTS(MOM__PRESENCE_EVENT) MOM__PRESENCE_EVENT_COUNT };
enum mom__presence_guard { MOM__PRESENCE_GUARDS(MOM__PRESENCE_GUARD) MOM__PRESENCE_GUARD_COUNT };
enum mom__presence_action {
    MOM__PRESENCE_ACTIONS(MOM__PRESENCE_ACTION) MOM__PRESENCE_ACTION_COUNT
};

extern const struct mom__fsm mom__presence_fsm;

/* One phone that is watched, in the order in which they were heard. */
struct mom__presence {
    uint64_t device;
    int64_t heard_ms; /* monotonic */
    struct mom__presence *before, *after;
};

struct mom__presences {
    struct mom__idmap phones; /* device id → struct mom__presence */
    struct mom__presence *first, *last;
};

struct mom__work;
/* A device registered its location at the site where it lives. `start`: watch it if it was not. */
void mom__presence_heard(struct mom_engine *e, struct mom__work *w, bool start);
/* A site ended a registration: of a silent phone it is known from now on, until it is heard. */
void mom__presence_released(struct mom_engine *e, mom_site site, uint64_t device);
/* A device was heard elsewhere, and lives there by now: it is not silent at its new site, and has its whole time. */
void mom__presence_moved(struct mom_engine *e, const struct mom__work *w);
/* The site where a device lives bound it to somebody, and so registered him: one that was silent has its whole time. */
void mom__presence_bound(struct mom_engine *e, const struct mom__work *w);
void mom__presence_timers(struct mom_engine *e);
int64_t mom__presence_deadline(const struct mom_engine *e);
/* Nobody is watched any more; the memory is given back. */
void mom__presences_free(struct mom_engine *e);

#endif
