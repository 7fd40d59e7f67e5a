/*
 * momd: what makes a host a hub.
 */
#include "main.h"
#include "momd.h"

#include <stdio.h>

/* clang-format off */
static const struct command commands[] = {
    HOST_COMMANDS,
    {{"sites", "list"}, cmd_sites_list, 0, 0, true},
    {{"sites", "show"}, cmd_sites_show, 1, 1, false},
    {{"sites", "add"}, cmd_sites_add, 2, 2, false},
    {{"sites", "set"}, cmd_sites_set, 1, 1, false},
    {{"sites", "remove"}, cmd_sites_remove, 1, COMMAND_MANY, false},
    {{"sites", "enable"}, cmd_sites_enable, 1, COMMAND_MANY, false},
    {{"sites", "disable"}, cmd_sites_disable, 1, COMMAND_MANY, false},
    {{NULL, NULL}, NULL, 0, 0, false},
};
/* clang-format on */

static void configure(const struct host *host, struct mom_config *config)
{
    const struct settings *settings = (const struct settings *)host->settings;
    config->shape = MOM_SHAPE_HUB;
    config->timers.deliver_ms = settings->deliver;
    config->policy = settings_policy(settings);
}

static void describe(const struct host *host, char *ret_text, size_t max)
{
    unsigned enabled, steady;
    host_count_sites(host, &enabled, &steady);
    snprintf(ret_text, max, "%u of %u sites steady", steady, enabled);
}

static const struct host_program program = {
    .name = "momd",
    .ctl = "momctl",
    .summary = "The hub of a multi-site DECT system.",
    .config_path = "/etc/momd/momd.conf",
    .self = "hub",
    .config = &settings_config,
    .commands = commands,
    .configure = configure,
    .describe = describe,
};

int main(int argc, char **argv)
{
    return host_main(&program, NULL, argc, argv);
}
