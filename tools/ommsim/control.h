/*
 * Commands of the control socket: one table for the server, its client and the help.
 */
#ifndef OMMSIM_CONTROL_H
#define OMMSIM_CONTROL_H

#include <com/ctl.h>

#include "sim.h"

struct sim_control {
    struct sim_world *world;
    struct com_ctl_request *request;
    const json_t *root;
};

struct sim_command {
    const char *name, *args, *help;
    size_t min, max; /* arguments behind the name */
    bool site;       /* the first one is a site's number (may be left out if min is 0) */
    void (*run)(struct sim_control *control, struct sim_site *site);
};
const struct sim_command *sim_commands(size_t *ret_count);

/* Argument behind the command's name, "" when there is none. */
const char *sim_arg(const struct sim_control *control, size_t index);
void sim_done(struct sim_control *control);
void sim_fail(struct sim_control *control, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sim_fail_refusal(struct sim_control *control, const struct sim_refusal *refusal);

/* control_show.c */
void sim_show_sites(struct sim_control *control, struct sim_site *site);
void sim_show_dump(struct sim_control *control, struct sim_site *site);
void sim_show_users(struct sim_control *control, struct sim_site *site);
void sim_show_devices(struct sim_control *control, struct sim_site *site);
void sim_show_profiles(struct sim_control *control, struct sim_site *site);
void sim_show_registrations(struct sim_control *control, struct sim_site *site);
void sim_show_phones(struct sim_control *control, struct sim_site *site);
void sim_show_where(struct sim_control *control, struct sim_site *site);
void sim_show_remotes(struct sim_control *control, struct sim_site *site);
void sim_show_stats(struct sim_control *control, struct sim_site *site);

#endif
