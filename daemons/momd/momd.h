/*
 * momd: a host (daemons/host) in the shape of a hub, with sites that an administrator adds.
 */
#ifndef MOMD_H
#define MOMD_H

#include "commands.h"
#include "sites.h"

/* settings.c: the table of keys and the structure that it fills. */
struct settings {
    struct host_settings host;
    int policy; /* index of a name */
    int64_t deliver;
};
extern const struct com_config settings_config;
enum mom_policy settings_policy(const struct settings *settings);

/* cmd_sites.c */
void cmd_sites_list(const struct call *call);
void cmd_sites_show(const struct call *call);
void cmd_sites_add(const struct call *call);
void cmd_sites_set(const struct call *call);
void cmd_sites_remove(const struct call *call);
void cmd_sites_enable(const struct call *call);
void cmd_sites_disable(const struct call *call);

#endif
