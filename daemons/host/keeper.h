/*
 * Looking after the store beside the daily work: which life of it this is, and under which key its secrets lie.
 */
#ifndef HOST_KEEPER_H
#define HOST_KEEPER_H

#include "host.h"

/* What the engine has to know of the store's past and of the keys. 0, or -1 (logged). */
int keeper_prepare(struct host *host, struct mom_config *config);
/* Note the incarnation of the store when it is a new one: after the opening and after every step. */
void keeper_note(struct host *host);
/* From a slow timer: seal some more secrets with the key of today. */
void keeper_work(struct host *host);

#endif
