/*
 * Files of messages beside the catalogue: axicat --validate.
 */
#ifndef AXICAT_VALIDATE_H
#define AXICAT_VALIDATE_H

#include "options.h"

/* 0 valid, 1 findings (printed), 2 something could not be read (said on stderr). */
int cat_validate(const struct cat_options *options);

#endif
