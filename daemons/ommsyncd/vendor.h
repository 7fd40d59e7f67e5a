/*
 * A vendor's remote in this program: the connection that the door handed over, its timer and mom_uds.
 */
#ifndef OMMSYNCD_VENDOR_H
#define OMMSYNCD_VENDOR_H

#include "peer.h"

#include <momsync/axi/uds.h>

struct vendor;

/* Make the conversations of all vendor's remotes that are entered and have none, drop those that are entered no more or
 * otherwise. 0, or -1 (logged). */
int vendors_look(struct star *star);
/* Drop them at once; the engine is told nothing. */
void vendors_drop(struct star *star);
/* End them in order. */
void vendors_end(struct star *star);
bool vendors_are_idle(const struct star *star);
void vendors_act(struct star *star, const struct mom_action *action);
void vendors_stepped(struct star *star);
/* What is known of our OMM changed. */
void vendors_tell_omm(struct star *star);

/* A conversation's connection is none of a node: true when it was taken. */
bool vendor_take(struct peer *peer);
/* False: there is no such conversation. */
bool vendor_info(const struct star *star, mom_site site, struct mom_uds_info *ret_info,
                 const char **ret_where);

#endif
