/*
 * Those who watch: live changes as rows on the control socket, one line each.
 */
#ifndef MOMD_WATCH_H
#define MOMD_WATCH_H

#include "commands.h"

/* The command `watch`. */
void cmd_watch(const struct call *call);
/* A site's state changed. */
void watch_site(struct momd *momd, const struct site *site, const struct mom_omm_info *info,
                const char *reason);
/* So many records of a site wait for a decision. */
void watch_held(struct momd *momd, const char *site, uint64_t count);
/* A CHANGED or CONFLICT action. */
void watch_action(struct momd *momd, const struct mom_action *action);

#endif
