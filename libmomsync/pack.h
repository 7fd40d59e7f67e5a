/*
 * Making messages small. The only place that knows zlib; built with MOM_NO_ZLIB it packs nothing and
 * refuses what others packed.
 */
#ifndef MOM__PACK_H
#define MOM__PACK_H

#include "buf.h"

/* Append the packed form of `bytes`. False: it would not be smaller, or there is no memory (`buf` is as before). */
bool mom__pack(struct mom__buf *buf, struct mom_str bytes);
/* Unpack into `ret_bytes`, which has exactly `len` bytes. MOM_ECORRUPT, MOM_EFORMAT (built without), MOM_ENOMEM. */
MOM_MUST_CHECK int mom__unpack(struct mom_str bytes, const struct mom_alloc *alloc, char *ret_bytes,
                               size_t len);

#endif
