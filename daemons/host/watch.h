/*
 * Those who watch: live changes as rows on the control socket, one line each.
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include "commands.h"

/* The state of a site or neighbour changed. */
void watch_state(struct host *host, const char *name, const char *state, const char *reason);
/* So many records of a site wait for a decision. */
void watch_held(struct host *host, const char *site, uint64_t count);
/* A CHANGED or CONFLICT action. */
void watch_action(struct host *host, const struct mom_action *action);

#endif
