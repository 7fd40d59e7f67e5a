/*
 * Looking after the store beside the daily work: which life of it this is, and under which key its secrets lie.
 */
#ifndef MOMD_KEEPER_H
#define MOMD_KEEPER_H

#include "momd.h"

/* What the engine has to know of the store's past and of the keys. 0, or -1 (logged). */
int keeper_prepare(struct momd *momd, struct mom_config *config);
/* Note the incarnation of the store when it is a new one: after the opening and after every step. */
void keeper_note(struct momd *momd);
/* From a slow timer: seal some more secrets with the key of today. */
void keeper_work(struct momd *momd);

#endif
