/*
 * The login of a user at a phone of another site (or of a site that does not have the user): the
 * site is given the user, the former site ends its registration, and only then are user and phone
 * bound. Until then nothing has changed, so a login that fails leaves the user where he was. The
 * rows are in login_rows.h.
 *
 * A login is in memory alone: who waits at a phone tries again.
 */
#ifndef MOM__LOGIN_H
#define MOM__LOGIN_H

#include "fsm.h"

#include <momsync/engine.h>

#define MOM__LOGIN_STATES(S)                                                                       \
    S(OUT, "out", "no login is under way")                                                         \
    S(GIVING, "giving", "the site is being given the user")                                        \
    S(ENDING, "ending", "the former site ends its SIP registration of the user")                   \
    S(BINDING, "binding", "user and phone are bound, and the site is being told")
#define MOM__LOGIN_EVENTS(E)                                                                       \
    E(ASKED, "asked", "a site says that a user wants to log in at a phone there")                  \
    E(GIVEN, "given", "the site has the user")                                                     \
    E(REFUSED, "refused", "the site refused a record")                                             \
    E(ENDED, "ended", "the former site ended the registration")                                    \
    E(BOUND, "bound", "the site has bound user and phone")                                         \
    E(TIMEOUT, "timeout", "the timer of the state ran out")                                        \
    E(FROM_DOWN, "from-down", "the link to the former site is gone")                               \
    E(TO_DOWN, "to-down", "the link to the site is gone")                                          \
    E(GONE, "gone",                                                                                \
      "the record of the user or of the phone was deleted or parked, or the phone left")
#define MOM__LOGIN_GUARDS(G)                                                                       \
    G(ALWAYS, "", "")                                                                              \
    G(MISSING, "missing", "the site does not have the user")                                       \
    G(REGISTERED, "registered",                                                                    \
      "the user is bound to a phone at another site, which is up and has the user")
#define MOM__LOGIN_ACTIONS(A)                                                                      \
    A(NONE, "nothing", "nothing")                                                                  \
    A(GIVE, "give", "PUT the user, unbound; timer `login`")                                        \
    A(END, "end", "DEREGISTER at the former site; timer `release`")                                \
    A(BIND, "bind", "the user is bound to the phone from now on; timer `login`")                   \
    A(ACCEPT, "accept", "LOGIN_RESULT without an error")                                           \
    A(REFUSE, "refuse", "LOGIN_RESULT with an error; what the site was given is removed")          \
    A(RESTORE, "restore", "REGISTER at the former site")                                           \
    A(REFUSE_RESTORE, "refuse, restore", "refuse; then as restore")

#define MOM__LOGIN_STATE(id, name, text)  MOM__LOGIN_##id,
#define MOM__LOGIN_EVENT(id, name, text)  MOM__LOGIN_ON_##id,
#define MOM__LOGIN_GUARD(id, name, text)  MOM__LOGIN_IF_##id,
#define MOM__LOGIN_ACTION(id, name, text) MOM__LOGIN_DO_##id,
enum mom__login_state { MOM__LOGIN_STATES(MOM__LOGIN_STATE) MOM__LOGIN_STATE_COUNT };
enum mom__login_event { MOM__LOGIN_EVENTS(MOM__LOGIN_EVENT) MOM__LOGIN_EVENT_COUNT };
enum mom__login_guard { MOM__LOGIN_GUARDS(MOM__LOGIN_GUARD) MOM__LOGIN_GUARD_COUNT };
enum mom__login_action { MOM__LOGIN_ACTIONS(MOM__LOGIN_ACTION) MOM__LOGIN_ACTION_COUNT };

extern const struct mom__fsm mom__login_fsm;

struct mom__login {
    uint64_t user, device;
    enum mom__login_state state;
    mom_site site, from; /* from: where the user is registered, 0: nowhere */
    uint64_t token;
    int64_t deadline;  /* monotonic */
    int rc;            /* why it is refused */
    const char *error; /* the same in words */
};

/* The login of a user that is under way at a site: the site is to have the user. */
bool mom__login_wants(const struct mom_engine *e, uint64_t user, mom_site site);
/* A site refused a record; the registration of a user ended at a site. */
void mom__login_refused(struct mom_engine *e, mom_site site, uint64_t user, int rc);
void mom__login_released(struct mom_engine *e, mom_site site, uint64_t user);
/* A link is gone. */
void mom__login_down(struct mom_engine *e, mom_site site);
/* Look which site has the user by now, and who is gone; true when something happened. */
bool mom__login_check(struct mom_engine *e);
void mom__login_timers(struct mom_engine *e);
int64_t mom__login_deadline(const struct mom_engine *e);
void mom__logins_free(struct mom_engine *e);
void mom__on_login(struct mom_engine *e, const struct mom_input *in);
void mom__on_logout(struct mom_engine *e, const struct mom_input *in);

#endif
