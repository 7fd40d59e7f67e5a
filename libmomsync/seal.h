/*
 * Sealing and opening single secrets through the host's hook.
 *
 * A sealed value is 'S', the number of the key, and what the hook made of the clear value. No clear
 * value begins like this: those with a prefix begin with 'P' or 'K', the others are hexadecimal.
 */
#ifndef MOM__SEAL_H
#define MOM__SEAL_H

#include "arena.h"

#include <momsync/record.h>
#include <momsync/seal.h>

enum { MOM__SEALED_AT_REST = 'S', MOM__SEAL_HEAD = 2 };

/* Is there a hook? */
bool mom__can_seal(const struct mom_sealer *sealer);
/* A secret as mom__seal_value made it. */
bool mom__is_sealed_value(enum mom_field field, struct mom_str value);
/* Both give texts in the arena. MOM_ESTORE: the hook could not. MOM_ENOMEM. */
MOM_MUST_CHECK int mom__seal_value(const struct mom_sealer *sealer, uint64_t id,
                                   enum mom_field field, struct mom_str clear,
                                   struct mom__arena *arena, struct mom_str *ret_sealed);
MOM_MUST_CHECK int mom__open_value(const struct mom_sealer *sealer, uint64_t id,
                                   enum mom_field field, struct mom_str sealed,
                                   struct mom__arena *arena, struct mom_str *ret_clear);

#endif
