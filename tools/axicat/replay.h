/*
 * A recording as one of the two sides: its requests sent to an OMM, or its answers given to clients.
 */
#ifndef AXICAT_REPLAY_H
#define AXICAT_REPLAY_H

#include "options.h"

/* Both return the exit code. The target of the first is in the options already. */
int cat_replay(const struct cat_options *options);
int cat_serve(const struct cat_options *options);

#endif
