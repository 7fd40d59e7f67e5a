/*
 * Shared by the reader (config.c) and the writers (config_print.c) of configuration.
 */
#ifndef COM_CONFIG_PRIVATE_H
#define COM_CONFIG_PRIVATE_H

#include <com/config.h>

/* Member of a key in the settings. */
static inline void *com__member(const struct com_key *key, void *settings)
{
    return (char *)settings + key->offset;
}

static inline const void *com__const_member(const struct com_key *key, const void *settings)
{
    return (const char *)settings + key->offset;
}

#endif
