/*
 * Before an OMM takes part for the first time: has it users or phones of its own? The UDS guide (2.3.1.2, 2.3.2) has
 * them deleted by hand, and the phones subscribed again. Here they may be merged, and what that would do is shown
 * before. What another OMM in its place has is looked at in the same way.
 */
#ifndef OMMSYNCD_FIRST_H
#define OMMSYNCD_FIRST_H

#include "ommsyncd.h"

struct first;

/* Look at the OMM, if that has not begun. `emptied`: what it has is deleted there without asking (a replaced OMM). */
void first_begin(struct star *star, bool emptied);
/* Look at it for a command, whoever it is; nothing is changed, nor decided. `found` gets an engine with what it has and
 * ends the request; when the OMM cannot be looked at the request is ended without it. */
typedef void first_found(const struct call *call, struct mom_engine *omm);
void first_look(const struct call *call, first_found *found);
/* Drop it at once. */
void first_drop(struct star *star);
/* The configuration was loaded again; `links`: something of [links] changed. With other settings of the OMM it is
 * looked at anew, and whoever decided before is asked again. A command that looks goes on with those that it began
 * with. */
void first_reload(struct star *star, bool links);
bool first_is_idle(const struct star *star);
/* Does what it has wait for a decision? */
bool first_asks(const struct star *star);
/* The OMM as it is looked at, before it takes part; NULL: it is not. */
const struct site *first_site(const struct star *star);
/* What it is at, for people; "" when there is nothing to say. */
const char *first_text(const struct star *star);

#endif
