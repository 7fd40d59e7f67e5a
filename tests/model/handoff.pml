/*
 * The handoff of one phone (with its user) between a hub and three sites. docs/model.md says what is modelled and what
 * is not. The rows come from the code: rows.py makes table.pml of libmomsync/handoff_rows.h. What the words of the rows
 * mean is written here: GUARD_…, action_… and where the events come from.
 *
 * Two processes. System does what must happen by itself as long as nothing is broken; World is what may happen: roams
 * and faults, both bounded. When System has nothing left to do, everything is quiet, and then the promises must hold.
 */
#include "words.pml"

#ifndef ROAMS
#define ROAMS 2
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
/* Of the faults, at most so many of a kind. */
#ifndef CUTS
#define CUTS FAULTS /* links that are lost, with all that is under way on them */
#endif
#ifndef CRASHES
#define CRASHES FAULTS /* sites that die and start again */
#endif
#ifndef RESTARTS
#define RESTARTS FAULTS /* of the hub */
#endif
#ifndef LOSSES
#define LOSSES FAULTS /* answers and notices that get lost alone */
#endif
#ifndef LATE
#define LATE FAULTS /* timers that run out although the answer is still to come */
#endif
#ifndef REFUSALS
#define REFUSALS FAULTS /* records that the new site refuses */
#endif
#ifndef ECHOES
#define ECHOES FAULTS /* notices that come twice */
#endif
#ifndef DELETES
#define DELETES 0 /* the phone is deleted at the hub */
#endif
#ifndef UNSUBSCRIBES
#define UNSUBSCRIBES 0 /* the phone loses its subscription */
#endif
#ifndef FOREVER
#define FOREVER 0 /* links that are lost and never come back */
#endif
#ifndef MUTANT_SAME
#define MUTANT_SAME 0
#endif
#ifndef MUTANT_THIRD
#define MUTANT_THIRD 0
#endif
#ifndef MUTANT_OWING
#define MUTANT_OWING 0
#endif
#ifndef MUTANT_HOME
#define MUTANT_HOME 0
#endif
#ifndef MUTANT_ARRIVAL
#define MUTANT_ARRIVAL 0
#endif
#ifndef MUTANT_UNANSWERED
#define MUTANT_UNANSWERED 0
#endif
#ifndef USER
#define USER 1 /* is a user bound to the phone? */
#endif
#ifndef PERMANENT
#define PERMANENT 0
#endif
#ifndef SILENT
#define SILENT 0 /* a phone that is served does not come again, though its user is not registered */
#endif
#ifndef MUTANT_END
#define MUTANT_END 0
#endif
/* The registrar policies, as enum mom_policy has them apart from the numbers. */
#define P_RENEW 0
#define P_REMOVE_FIRST 1
#define P_REGISTER_FIRST 2
#define P_ANY 3 /* not drawn yet: when the phone first comes to the site */
#ifndef POLICY
#define POLICY P_RENEW /* of all sites; P_ANY: each has one of the three */
#endif

#define SITES 3
#define NOBODY SITES
#define CMDS 5    /* commands that may be under way to a site, */
#define ANSWERS 6 /* and answers from it: enough, which is asserted */

/* Commands to a site; what a site says. */
#define C_PUT 1
#define C_REMOVE 2
#define C_DEREGISTER 3
#define C_REGISTER 4
#define A_LOCATED 1
#define A_PUT_DONE 2
#define A_PUT_REFUSED 3
#define A_REMOVED 4
#define A_RELEASED 5
#define A_RENEWED 6
/* Beside the answers, what a step may be about. */
#define I_UP 8
#define I_IMPORT 9
#define I_DOWN 10
#define I_TIMER 11
#define I_RELEASE_TIMER 12
#define I_RETRY 13
#define I_DELETE 14
#define I_RELOAD 15
#define I_SITE 16   /* a site does what it was told; the hub has no part in it */
#define I_REFUSE 17 /* …and does not want to */
#define I_START 18  /* a site that died starts again */
#define I_LOSE 19
#define I_ECHO 20
#define I_ROAM 21
#define I_QUIET 22
#define I_UNSUBSCRIBE 23

/* Links. A site that is importing is up, but is given nothing yet. */
#define DOWN 0
#define IMPORTING 1
#define IMPORTED 2

/* Outstanding at a site. */
#define OP_NONE 0
#define OP_PUT 1
#define OP_REMOVE 2
#define OP_RELEASE 3

/* What the hub knows of a site. mapped, leaving, released, owing are in its store (a row of BASE). */
typedef Known {
    unsigned link : 2;
    unsigned op : 2;
    bit mapped;
    bit leaving;
    bit released;
    bit owing;
    bit pending;
    bit waiting;
    bit refused;
    unsigned seen : 4 /* when the phone came there, as the site last told */
}
/* What is true at a site. */
typedef Site {
    unsigned policy : 2;
    bit has;  /* device and user, bound */
    bit reg;  /* the user's SIP registration */
    bit dead; /* it crashed and has not started yet */
    bit away; /* its link never comes back */
    bit sure; /* it was told to register, and did: more than what it does by itself */
    bit left; /* the phone was there, and nothing has come to rest since */
    unsigned last : 4 /* when the phone last came to it, as its records tell */
}
Known hub[SITES];
Site site[SITES];
chan cmd[SITES] = [CMDS] of { byte };
chan ans[SITES] = [ANSWERS] of { byte, byte };

/* Was the site where the records live told to end the registration, and did it (enum mom__handoff_end)? */
#define END_NOT_ASKED 0
#define END_ASKED 1
#define END_DONE 2

/* The record, and the handoff that is under way: both in the store, the timer apart. */
byte rsite = 0, repoch = 1, rclaim = 0;
bit deleted = 0, lost = 0; /* lost: the phone has no subscription any more */
byte st = S_HOME, hfrom = NOBODY, hto = NOBODY, hepoch = 0, hclaim = 0, hend = END_NOT_ASKED;
bit armed = 0;

/* The phone, and the time: it moves on when the phone does. */
byte phone = 0, now_ = 0;
/* The newest claim that got the records, or that came from where they were. */
byte taken = 0;
byte claimant = NOBODY; /* the site that made the claim at hand */
/* For the promises of the policies other than the default: everything has come to rest since the phone last moved; it
 * moved on before; it moved on to where it had been. */
bit rested = 1, hasty = 0, returned = 0;

byte roams = ROAMS, faults = FAULTS;
byte cuts = CUTS, crashes = CRASHES, restarts = RESTARTS, losses = LOSSES, late = LATE, refusals = REFUSALS;
byte echoes = ECHOES, deletes = DELETES, forever = FOREVER, unsubscribes = UNSUBSCRIBES;
bit been = 0; /* at another site than the first */

/* The step at hand; all 0 between steps. */
byte what = 0, at = 0, s = 0, i = 0, n = 0, ev = 0, row = 0, action = 0, next = 0, claim = 0, abandoned = 0;
byte old = 0, told = 0;
bit claims = 0, changed = 0;

c_decl { \#include "reached.h" }

#define CLAIM_NEW 0
#define CLAIM_SAME 1
#define CLAIM_BACK 2

#define under_way (st != S_HOME)
#define before_move (st == S_DELIVERING || st == S_CLEARING)
#define desired(x) (!deleted && (rsite == x || \
    (under_way && (hfrom == x || (hto == x && st != S_CLEARING))) || PERMANENT))
#define has_part(x) (under_way && (MUTANT_THIRD || hfrom == x || hto == x))
#define has_all(x) (hub[x].mapped && !hub[x].leaving)

/* --- what the guards mean ---------------------------------------------------------------------- */

#define GUARD_ALWAYS (true)
#define GUARD_SAME (claim == CLAIM_SAME)
#define GUARD_BACK (claim == CLAIM_BACK)
#define GUARD_BACK_USER (claim == CLAIM_BACK && USER)
#define GUARD_MISSING (!has_all(hto))
#define GUARD_RELEASABLE (hfrom != NOBODY && hub[hfrom].link != DOWN && USER && hub[hfrom].mapped && hend != END_DONE)
#define GUARD_HAS_USER (USER)
#define GUARD_CLEARABLE (site[hto].policy == P_REMOVE_FIRST && GUARD_RELEASABLE && GUARD_MISSING)
#define GUARD_EARLY (site[hto].policy == P_REGISTER_FIRST && GUARD_RELEASABLE)
#define GUARD_CLEARED (hend != END_NOT_ASKED && rsite == hfrom && !deleted)
#define GUARD_ALONE (hfrom == NOBODY)

/* Whose answer the timer of a handoff waits for. */
#define waits_for ((st == S_RELEASING || st == S_CLEARING || st == S_ENDING) -> hfrom : hto)
#define is_there(x) (x == NOBODY || hub[x].link != DOWN)

/* --- the small change of push.c and desire.c --------------------------------------------------- */

inline want(x)
{
    if
    :: x != NOBODY && hub[x].link != DOWN -> hub[x].refused = 0; hub[x].pending = 1
    :: else
    fi
}

inline tell(x, message)
{
    assert(len(cmd[x]) < CMDS); /* the model's channels are long enough */
    cmd[x]!message;
    printf("trace tell %d %d\n", message, x)
}

inline ask_sip(x, message)
{
    if
    :: x != NOBODY && hub[x].link != DOWN -> tell(x, message)
    :: else
    fi
}

inline unmap(x)
{
    hub[x].mapped = 0; hub[x].leaving = 0; hub[x].released = 0; hub[x].owing = 0; hub[x].seen = 0
}

inline note_released(x)
{
    if
    :: x != NOBODY && hub[x].mapped -> hub[x].owing = 0; hub[x].released = 1
    :: else
    fi
}

inline note_owing(x, value)
{
    if
    :: hub[x].mapped -> hub[x].released = 0; hub[x].owing = value
    :: else
    fi
}

inline op_drop(x)
{
    hub[x].op = OP_NONE;
    if
    :: hub[x].waiting -> hub[x].waiting = 0; want(x)
    :: else
    fi
}

inline drain(x)
{
    do
    :: len(cmd[x]) > 0 -> cmd[x]?old
    :: len(cmd[x]) == 0 && len(ans[x]) > 0 -> ans[x]?old,told
    :: len(cmd[x]) == 0 && len(ans[x]) == 0 -> break
    od
}

/* --- what the actions do ------------------------------------------------------------------------ */

inline move()
{
    assert(site[hto].has);        /* records live where they are */
    assert(hepoch > repoch);      /* no claim counts twice, no older one counts */
    assert(hclaim >= taken);      /* the newest claim wins, */
    assert(hto == claimant);      /* and it is the site which made it that gets the records */
    taken = hclaim;
    if
    :: rsite != hto -> note_owing(rsite, 1); note_owing(hto, 0); want(rsite)
    :: else
    fi;
    rsite = hto; repoch = hepoch; rclaim = hclaim;
    if
    :: hend == END_DONE -> note_released(hfrom)
    :: else
    fi;
    changed = 1
}

inline stay()
{
    if
    :: !deleted ->
        repoch = hepoch;
        if
        :: claim == CLAIM_BACK -> rclaim = hclaim; taken = (taken > hclaim -> taken : hclaim)
        :: else
        fi;
        changed = 1
    :: else
    fi
}

/* From here on the site where the records live is the one to register. */
inline restore()
{
    stay();
    want(hto);
    hfrom = NOBODY; hto = rsite; hclaim = rclaim; hend = END_NOT_ASKED;
    ask_sip(hto, C_REGISTER); armed = (hub[hto].link != DOWN)
}

inline action_NONE() { skip }
inline action_DELIVER() { want(hto); armed = 1 }
inline action_MOVE() { move() }
inline action_MOVE_RELEASE() { move(); ask_sip(hfrom, C_DEREGISTER); armed = 1 }
inline action_MOVE_RENEW() { move(); ask_sip(hto, C_REGISTER); armed = 1 }
inline action_NOTE_RENEW() { note_released(hfrom); ask_sip(hto, C_REGISTER); armed = 1 }
inline action_RENEW() { ask_sip(hto, C_REGISTER); armed = 1 }
inline action_NOTE() { note_released(hfrom) }
inline action_GIVE_UP() { stay() } /* the phone, rejected, comes again: see is_restless */
inline action_STAY() { stay() }
inline action_RESTORE() { restore() }
inline action_AWAIT() { hfrom = NOBODY; armed = 0 }
inline action_FINISH() { skip }
inline action_NOTE_FINISH() { note_released(hfrom) }
inline action_CLEAR() { hend = END_ASKED; ask_sip(hfrom, C_DEREGISTER); armed = 1 }
inline action_ENDED() { hend = END_DONE }
inline action_ENDED_DELIVER() { hend = END_DONE; want(hto); armed = 1 }
inline action_REJECT_RESTORE() { restore() }
inline action_END() { ask_sip(hfrom, C_DEREGISTER); armed = 1 }

#include "table.pml"

/* --- the interpreter ---------------------------------------------------------------------------- */

/* In parts, for spin's d_step has a limit. What runs of it is one atomic step. */
inline fire()
{
    d_step { handoff_find(); c_code { reached_note(now.row); }; printf("trace row %d %d\n", row, ev) };
    if
    :: row != 0 ->
        d_step {
            if
            :: ev == E_TIMEOUT -> armed = 0
            :: else
            fi;
            handoff_act()
        };
        d_step {
            st = next;
            if
            :: changed -> changed = 0; want(rsite); want(hfrom); want(hto)
            :: else
            fi;
            if
            :: st == S_HOME ->
                want(hfrom); want(hto);
                if
                :: hfrom == NOBODY -> want(0); want(1); want(2) /* any of them may owe something */
                :: else
                fi;
                hfrom = NOBODY; hto = NOBODY; hepoch = 0; hclaim = 0; hend = END_NOT_ASKED; armed = 0;
                claimant = NOBODY
            :: else
            fi
        }
    :: else
    fi;
    d_step { want(abandoned); ev = 0; row = 0; action = 0; next = 0; claim = 0; abandoned = NOBODY }
}

/* mom__handoff_claim */
inline begin()
{
    abandoned = NOBODY;
    if
    :: under_way && hto == s ->
        claim = CLAIM_SAME;
        if
        :: at > hclaim && !MUTANT_SAME ->
            hclaim = at;
            if
            :: rsite == s -> rclaim = at; taken = at
            :: else
            fi
        :: else
        fi
    :: else ->
        assert(!under_way || at >= hclaim); /* a claim does not give way to an older one */
        hepoch = (hepoch > repoch -> hepoch : repoch);
#ifndef MUTANT_EPOCH
        hepoch++;
#endif
        hclaim = at;
        if
        :: before_move && rsite == s -> claim = CLAIM_BACK
        :: else ->
            claim = CLAIM_NEW;
            abandoned = (under_way -> (before_move -> hto : hfrom) : NOBODY);
            hend = (hfrom == rsite || MUTANT_END -> hend : END_NOT_ASKED);
            hfrom = rsite; hto = s
        fi
    fi;
    claimant = s;
    ev = E_LOCATED
}

/* --- inputs ------------------------------------------------------------------------------------- */

/* The phone was there when it had been elsewhere already, or is by now: what that site registered is to end. */
inline owes()
{
    if
    :: !MUTANT_OWING && rsite != s -> note_owing(s, 1); want(s)
    :: else
    fi
}

/* mom__on_located */
inline on_located()
{
    if
    :: deleted || lost -> skip
    :: !deleted && !lost && !under_way && rsite == s ->
        want(s);
        taken = (taken > at -> taken : at);
        rclaim = (rclaim > at || MUTANT_HOME -> rclaim : at)
    :: else ->
        if
#ifndef MUTANT_LATE_NOTICE
        :: at < (under_way -> hclaim : rclaim) -> owes()
#endif
        :: else -> claims = 1
        fi
    fi
}

/* A record that a site tells says when the phone came there. */
inline on_arrival(time)
{
    if
    :: !deleted && rsite != s && time > rclaim && (!under_way || time >= hclaim || MUTANT_ARRIVAL) -> at = time; claims = 1
    :: else ->
        if
        :: !deleted && time > hub[s].seen -> owes()
        :: else
        fi
    fi;
    hub[s].seen = time
}

inline on_put_done()
{
    op_drop(s);
    hub[s].mapped = 1; hub[s].leaving = 0; hub[s].released = 0;
    if
    :: USER && !deleted && rsite != s -> hub[s].owing = 1
    :: else
    fi;
    want(s);
    on_arrival(at)
}

inline on_released()
{
    if
    :: hub[s].op == OP_RELEASE -> op_drop(s); hub[s].owing = 0; hub[s].released = 1; want(s)
    :: else
    fi
}

/* end_release of push.c: a site that keeps the records and did not answer still owes its end, and is told again. */
inline on_release_timer()
{
    op_drop(s);
    if
    :: hub[s].mapped && hub[s].owing && !deleted && desired(s) && !MUTANT_UNANSWERED -> hub[s].refused = 1
    :: else ->
        if
        :: hub[s].mapped -> hub[s].owing = 0; hub[s].released = 1
        :: else
        fi;
        want(s)
    fi
}

/* The site's records are compared with what it had. Nobody deletes at a site here, so none may seem to be deleted. */
inline on_import()
{
    hub[s].link = IMPORTED;
    if
    :: site[s].has ->
        if
        :: !hub[s].mapped -> hub[s].mapped = 1; hub[s].owing = (USER && !deleted && rsite != s)
        :: else
        fi;
        if
        :: hub[s].leaving || hub[s].owing || !desired(s) -> want(s)
        :: else
        fi;
        on_arrival(site[s].last)
    :: else ->
        if
        :: hub[s].mapped ->
            assert(hub[s].leaving || deleted || !desired(s)); /* nothing is taken for deleted */
            unmap(s); want(s)
        :: else
        fi;
        if
        :: desired(s) -> want(s)
        :: else
        fi
    fi
}

/* What an input is about, first and second event. */
inline input_first()
{
    if
    :: what == A_LOCATED -> on_located()
    :: what == A_PUT_DONE -> on_put_done()
    :: what == A_PUT_REFUSED ->
        op_drop(s); hub[s].refused = 1; ev = (st == S_DELIVERING && hto == s -> E_REFUSED : 0)
    :: what == A_REMOVED -> op_drop(s); unmap(s); want(s)
    :: what == A_RELEASED && hub[s].mapped ->
        on_released(); ev = (under_way && hfrom == s -> E_RELEASED : 0)
    :: what == A_RENEWED && hub[s].mapped -> ev = (under_way && hto == s -> E_RENEWED : 0)
    :: what == I_UP -> hub[s].link = IMPORTING
    :: what == I_IMPORT -> on_import()
    :: what == I_DOWN -> drain(s); hub[s].link = DOWN; ev = (under_way && hfrom == s -> E_FROM_DOWN : 0)
    :: what == I_TIMER -> ev = E_TIMEOUT
    :: what == I_RELEASE_TIMER -> on_release_timer()
    :: what == I_RETRY -> want(s)
    :: what == I_DELETE ->
        deleted = 1; ev = (under_way -> E_GONE : 0); want(0); want(1); want(2)
    :: what == I_UNSUBSCRIBE -> lost = 1; ev = (under_way -> E_GONE : 0)
    :: what == I_RELOAD ->
        i = 0;
        do
        :: i < SITES -> drain(i); hub[i].link = DOWN; forget(i); i++
        :: else -> break
        od;
        armed = 0;
        ev = (under_way -> E_RELOADED : 0)
    :: else
    fi;
    if
    :: claims -> claims = 0; begin()
    :: else
    fi
}

inline forget(x)
{
    hub[x].pending = 0; hub[x].waiting = 0; hub[x].refused = 0; hub[x].op = OP_NONE
}

inline input_second()
{
    if
    :: what == I_DOWN -> ev = (under_way && hto == s -> E_TO_DOWN : 0)
    :: what == I_IMPORT -> ev = (under_way && hto == s -> E_TO_UP : 0)
    :: else
    fi
}

/* look() of push.c, for all sites that have to be looked at */
inline look(x)
{
    if
    :: hub[x].refused -> skip
    :: !hub[x].refused && hub[x].op != OP_NONE -> hub[x].waiting = 1
    :: else ->
        if
        :: desired(x) && hub[x].mapped -> hub[x].leaving = 0
        :: else
        fi;
        if
        :: desired(x) && !hub[x].mapped -> hub[x].op = OP_PUT; tell(x, C_PUT)
        :: hub[x].mapped && USER && !deleted && ((!desired(x) && !hub[x].released) ||
                (desired(x) && hub[x].owing && rsite != x && !has_part(x))) ->
            hub[x].op = OP_RELEASE; tell(x, C_DEREGISTER)
        :: hub[x].mapped && !desired(x) && (!USER || deleted || hub[x].released) ->
            hub[x].op = OP_REMOVE; hub[x].leaving = 1; tell(x, C_REMOVE)
        :: else
        fi
    fi
}

inline work_off()
{
    i = 0;
    do
    :: i < SITES ->
        if
        :: hub[i].link == IMPORTED && hub[i].pending -> hub[i].pending = 0; look(i)
        :: else
        fi;
        i++
    :: else -> break
    od;
    if
    :: st == S_DELIVERING && !deleted && hub[hto].link == IMPORTED && hub[hto].op == OP_NONE && has_all(hto) ->
        ev = E_DELIVERED
    :: else
    fi
}

/* One step of the hub: the input, its events, and the work that follows. */
inline hub_step()
{
    n = 0; abandoned = NOBODY;
    do
    :: n < 3 ->
        if
        :: n == 0 -> d_step { input_first() }
        :: n == 1 -> d_step { input_second() }
        :: n == 2 -> d_step { work_off() }
        fi;
        if
        :: n == 1 && what == I_DOWN && ev == 0 -> forget(s)
        :: else
        fi;
        if
        :: ev != 0 ->
            fire();
            if
            :: n == 1 && what == I_DOWN -> forget(s)
            :: else
            fi;
            n = (n == 2 -> 2 : n + 1)
        :: else -> n++
        fi
    :: else -> break
    od;
    /* No state without a way out: a timer, or the new site that has to come back after a restart of the hub. */
    assert(!under_way || armed || hub[hto].link != IMPORTED);
    /* A roam does not wait for a site that is down. */
    assert(!under_way || !armed || ((hub[hto].link != DOWN || st == S_ENDING) && is_there(waits_for)))
}

/* --- sites and the phone ------------------------------------------------------------------------- */

inline say(x, message, time)
{
    assert(len(ans[x]) < ANSWERS);
    ans[x]!message,time
}

/* The phone registers its location. A site that has the records serves it, linked or not. */
inline arrive()
{
    if
    :: !site[phone].dead && !lost ->
        if
        :: site[phone].has -> site[phone].reg = USER; site[phone].last = now_
        :: else
        fi;
        if
        :: hub[phone].link != DOWN -> say(phone, A_LOCATED, now_)
        :: else
        fi
    :: else
    fi
}

inline obey()
{
    cmd[s]?old;
    printf("trace obey %d\n", old);
    if
    :: old == C_PUT && what == I_REFUSE -> say(s, A_PUT_REFUSED, 0)
    :: old == C_PUT && what == I_SITE ->
        site[s].has = 1; site[s].reg = USER;
        if
        :: phone == s -> site[s].last = now_
        :: else
        fi;
        say(s, A_PUT_DONE, site[s].last)
    :: old == C_REMOVE ->
        assert(rsite != s || deleted); /* nothing is removed from where the records live, */
        assert(!site[s].reg || deleted || faults < FAULTS || returned || POLICY == P_RENEW); /* nor too early */
        site[s].has = 0; site[s].reg = 0; site[s].sure = 0; site[s].last = 0;
        say(s, A_REMOVED, 0)
    :: old == C_DEREGISTER -> site[s].reg = 0; site[s].sure = 0; say(s, A_RELEASED, 0)
    :: old == C_REGISTER && site[s].has ->
        site[s].reg = USER; site[s].sure = POLICY >= P_REGISTER_FIRST; say(s, A_RENEWED, 0)
    :: else
    fi
}

/* What the policy of the site that the phone came to promises, as long as nothing broke. */
#define registrations (site[0].reg + site[1].reg + site[2].reg)
inline check_policy()
{
    assert(faults < FAULTS || hasty || PERMANENT || site[phone].policy != P_REMOVE_FIRST || registrations <= 1);
    assert(faults < FAULTS || returned || (hasty && POLICY == P_ANY) || !USER ||
        site[phone].policy != P_REGISTER_FIRST || registrations >= 1);
    assert(faults < FAULTS || hasty || !USER || site[phone].policy != P_REGISTER_FIRST ||
        site[0].sure || site[1].sure || site[2].sure)
}

inline step()
{
    printf("trace what %d %d %d %d\n", what, s, (what < I_UP -> at : phone), now_);
    if
    :: what == I_SITE || what == I_REFUSE -> d_step { obey() }
    :: what == I_ROAM ->
        if
        :: site[s].policy == P_ANY ->
            if
            :: site[s].policy = P_RENEW
            :: site[s].policy = P_REMOVE_FIRST
            :: site[s].policy = P_REGISTER_FIRST
            fi
        :: else
        fi;
        d_step {
            now_++; been = 1; old = phone; phone = s;
            if
            :: POLICY != P_RENEW ->
                site[old].left = 1; hasty = hasty || !rested; returned = returned || site[s].left; rested = 0
            :: else
            fi;
            arrive()
        }
    :: what == I_ECHO -> d_step { arrive() }
    :: what == I_LOSE -> ans[s]?old,told
    :: what == I_START ->
        d_step {
            site[s].dead = 0;
            if
            :: phone == s -> arrive()
            :: else
            fi
        }
    :: what < I_UP -> ans[s]?what,at; printf("trace answer %d %d\n", what, at); hub_step()
    :: else ->
        if
        :: what != I_DOWN || hub[s].link != DOWN -> hub_step()
        :: else
        fi
    fi;
    d_step { check_policy(); what = 0; at = 0; s = 0; i = 0; n = 0; abandoned = 0; old = 0; told = 0 }
}

/* --- what must be true when everything is quiet --------------------------------------------------- */

#define linked(x) (hub[x].link == IMPORTED)
/* The phone registers its location again after a while: it is not served, or its user is not registered. */
#define is_restless (!site[phone].away && !deleted && !lost && (!site[phone].has || (USER && !site[phone].reg && !SILENT)))
/* Site x has what it should. One whose link stays away keeps what it has; and while the phone is at such a site, the
 * hub cannot know, and nobody needs to be registered; nor for a phone without subscription. */
#define is_right(x) (site[x].away || (site[x].has == (!deleted && (PERMANENT || rsite == x)) && \
    (site[x].reg == (USER && !deleted && rsite == x) || ((site[phone].away || lost) && !site[x].reg))))

inline forget_moves()
{
    hasty = 0; returned = 0; site[0].left = 0; site[1].left = 0; site[2].left = 0
}

inline check()
{
    assert(!under_way || !linked(hto));                     /* every handoff ends */
    assert(deleted || lost || site[phone].away || rsite == phone);  /* the records are where the phone is */
    assert(is_right(0)); /* and nowhere else, nor is a registration */
    assert(is_right(1));
    assert(is_right(2))
}

/* --- System: what happens by itself ---------------------------------------------------------------- */

/* Timers run out by themselves when no answer can come any more. A link whose PUT or REMOVE is not answered is ended by
 * its own time-out. */

#define is_still(x) (x == NOBODY || (len(cmd[x]) == 0 && len(ans[x]) == 0 && hub[x].link != IMPORTING))

#define SYSTEM(x) \
    :: len(cmd[x]) > 0 -> s = x; what = I_SITE \
    :: len(ans[x]) > 0 -> s = x; what = A_LOCATED \
    :: hub[x].link == DOWN && !site[x].dead && !site[x].away -> s = x; what = I_UP \
    :: hub[x].link == IMPORTING && len(ans[x]) == 0 -> s = x; what = I_IMPORT \
    :: site[x].dead -> s = x; what = I_START \
    :: hub[x].op == OP_RELEASE && is_still(x) -> s = x; what = I_RELEASE_TIMER \
    :: hub[x].refused && hub[x].link != DOWN && hub[x].op == OP_NONE -> s = x; what = I_RETRY \
    :: (hub[x].op == OP_PUT || hub[x].op == OP_REMOVE) && is_still(x) -> s = x; what = I_DOWN

proctype System()
{
rest:
    atomic {
        if
        SYSTEM(0)
        SYSTEM(1)
        SYSTEM(2)
        :: under_way && armed && is_still(waits_for) -> what = I_TIMER
        :: else ->
            what = (is_restless -> I_ECHO : I_QUIET);
            /* Unless something broke, no phone has to come again to be served and its user registered. */
            assert(what == I_QUIET || faults < FAULTS)
        fi;
        if
        :: what == I_QUIET -> d_step { check(); what = 0; old = 0; rested = 1; forget_moves() }; goto progress_quiet
        :: else -> step()
        fi
    };
    goto rest;
progress_quiet:
    skip;
    goto rest
}

/* --- World: what may happen -------------------------------------------------------------------------- */

/* A site that has the records tells of a phone twice, by a notice and by the record: not both get lost. */
/* By symmetry the first other site that the phone comes to is site 1. */
#define FAULT(kind) faults > 0 && kind > 0
#define WORLD(x) \
    :: roams > 0 && phone != x && (been || x == 1) -> roams--; s = x; what = I_ROAM \
    :: FAULT(cuts) && hub[x].link != DOWN -> faults--; cuts--; s = x; what = I_DOWN \
    :: FAULT(forever) && hub[x].link != DOWN -> \
        faults--; forever--; site[x].away = 1; s = x; what = I_DOWN \
    :: FAULT(crashes) && !site[x].dead -> \
        faults--; crashes--; site[x].dead = 1; s = x; what = I_DOWN \
    :: FAULT(losses) && ((ans[x]?[A_LOCATED,_] && !site[x].has) || ans[x]?[A_PUT_DONE,_] || \
        ans[x]?[A_REMOVED,_] || ans[x]?[A_RELEASED,_] || ans[x]?[A_RENEWED,_]) -> \
        faults--; losses--; s = x; what = I_LOSE \
    :: FAULT(late) && hub[x].op == OP_RELEASE && !is_still(x) -> \
        faults--; late--; s = x; what = I_RELEASE_TIMER \
    :: FAULT(refusals) && cmd[x]?[C_PUT] -> faults--; refusals--; s = x; what = I_REFUSE

proctype World()
{
end:
    atomic {
        if
        WORLD(0)
        WORLD(1)
        WORLD(2)
        :: FAULT(late) && under_way && armed && !is_still(waits_for) -> faults--; late--; what = I_TIMER
        :: FAULT(restarts) -> faults--; restarts--; what = I_RELOAD
        :: FAULT(echoes) && hub[phone].link != DOWN && len(ans[phone]) < ANSWERS ->
            faults--; echoes--; what = I_ECHO
        :: FAULT(deletes) && !deleted -> faults--; deletes--; what = I_DELETE
        :: FAULT(unsubscribes) && !deleted -> faults--; unsubscribes--; what = I_UNSUBSCRIBE
        fi;
        step()
    };
    goto end
}

init
{
    d_step {
        do
        :: i < SITES ->
            hub[i].link = IMPORTED;
            site[i].policy = POLICY;
            hub[i].mapped = (i == 0 || PERMANENT); site[i].has = hub[i].mapped;
            i++
        :: else -> break
        od;
        site[0].reg = USER;
        site[0].sure = POLICY >= P_REGISTER_FIRST;
        i = 0
    }
    atomic { run System(); run World() }
}
