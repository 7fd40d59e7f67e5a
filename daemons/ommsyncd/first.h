/*
 * Before an OMM takes part for the first time: has it users or phones of its own? The UDS guide (2.3.1.2, 2.3.2) has
 * them deleted by hand, and the phones subscribed again. Here they may be merged, and what that would do is shown
 * before.
 */
#ifndef OMMSYNCD_FIRST_H
#define OMMSYNCD_FIRST_H

#include "ommsyncd.h"

struct first;

/* Look at the OMM, if that has not begun. `emptied`: what it has is deleted there without asking (a replaced OMM). */
void first_begin(struct star *star, bool emptied);
/* Drop it at once. */
void first_drop(struct star *star);
bool first_is_idle(const struct star *star);
/* What it is at, for people; "" when there is nothing to say. */
const char *first_text(const struct star *star);

#endif
