/*
 * Sealing and opening single secrets through the host's hook.
 *
 * A sealed value is 'S', the number of the key, and what the hook made of the clear value. No clear
 * value begins like this: those with a prefix begin with 'P' or 'K', the others are hexadecimal.
 */
#ifndef MOM__SEAL_H
#define MOM__SEAL_H

#include "arena.h"
#include "buf.h"
#include "record.h"

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

/* A secret that is to be sealed in a store: it has content that somebody could read. */
bool mom__needs_seal(enum mom_field field, struct mom_str value);

/* The secrets of a record in memory: open those that can be opened; seal those that are not. */
MOM_MUST_CHECK int mom__record_open(const struct mom_sealer *sealer, struct mom__arena *arena,
                                    struct mom_record *record);
MOM_MUST_CHECK int mom__record_close(const struct mom_sealer *sealer, struct mom__arena *arena,
                                     struct mom_record *record);

/* What is between records in memory and in the store. Whoever reads or writes values of RECORD goes
 * through these two; who needs no secrets may decode alone.
 *
 * A secret that cannot be opened stays in the record as it is: mom_record_get does not give it, no
 * site is sent it, and it is written back unchanged. */
MOM_MUST_CHECK int mom__record_load(const struct mom_sealer *sealer, struct mom_str bytes,
                                    uint64_t id, struct mom__arena *arena,
                                    struct mom_record *ret_record);
/* Without a hook secrets are written as they are; when the hook fails nothing is: MOM_ESTORE. */
MOM_MUST_CHECK int mom__record_store(const struct mom_sealer *sealer,
                                     const struct mom_record *record, struct mom__arena *arena,
                                     struct mom__buf *buf);
/* A group of which a secret cannot be opened. */
bool mom__group_is_closed(const struct mom_record *record, enum mom_field group);

#endif
