/*
 * Those who watch: live changes as rows on the control socket, one line each.
 */
#ifndef HOST_WATCH_H
#define HOST_WATCH_H

#include "commands.h"

/* A site's state changed. */
void watch_site(struct host *host, const struct site *site, const struct mom_omm_info *info,
                const char *reason);
/* So many records of a site wait for a decision. */
void watch_held(struct host *host, const char *site, uint64_t count);
/* A CHANGED or CONFLICT action. */
void watch_action(struct host *host, const struct mom_action *action);

#endif
