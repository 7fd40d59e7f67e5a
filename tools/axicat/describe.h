/*
 * What the catalogue knows, for people and for the completion: axicat --describe and --list.
 */
#ifndef AXICAT_DESCRIBE_H
#define AXICAT_DESCRIBE_H

#include "options.h"

/* CAT_DONE, or CAT_USAGE when a name is not known. */
int cat_describe(const struct cat_options *options);
int cat_list(const struct cat_options *options);

#endif
