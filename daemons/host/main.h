/*
 * The command line that both daemons have, and loading their configuration.
 */
#ifndef HOST_MAIN_H
#define HOST_MAIN_H

#include "host.h"

/* What a daemon's main does: options, configuration, then host_run. An exit code. */
int host_main(const struct host_program *program, void *daemon, int argc, char **argv);

#endif
