/*
 * The link of one site in this program: its connection, its timer and its conversation (mom_omm).
 */
#ifndef HOST_LINK_H
#define HOST_LINK_H

#include "sites.h"

/* Make the link of a site and enable it if the site is; one that connects to us has none. -1 when memory is out. */
int link_start(struct host *host, struct site *site);
/* A link of a site that is not one of the host: what it reports goes to another batch than the engine's, and actions
 * come from there. It learns no certificate. */
struct link_probe {
    struct mom_batch *batch;
    void (*filled)(void *user); /* something may be in the batch */
    void *user;
};
int link_probe(struct host *host, struct site *site, const struct link_probe *probe);
/* Drop it at once; no input reaches the engine any more. */
void link_free(struct link *link);
/* Switch on or off, as the site's configuration says. */
void link_enable(struct link *link, bool enabled);
/* End the conversation in order; link_is_idle is true when that is done. */
void link_end(struct link *link);
bool link_is_idle(const struct link *link);
/* Account, address or TLS of the site changed: connect anew with the new ones. */
void link_renew(struct link *link);
/* The settings of links changed: taken when the link next closes. */
void link_refresh(struct link *link);
/* The last connection was not made, and the next one is tried at the other configured address. */
bool link_tries_other(const struct link *link);
/* An action of the engine for this site. */
void link_act(struct link *link, const struct mom_action *action);
/* Links that wait for their turn to connect. */
void links_dial_waiting(struct host *host);

void link_info(const struct link *link, struct mom_omm_info *ret_info);
/* Why the link is down, whole; "" when all is well. Borrowed. */
const char *link_reason(const struct link *link, const struct mom_omm_info *info);

#endif
