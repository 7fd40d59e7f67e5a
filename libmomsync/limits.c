/*
 * Bounds that cannot work do not compile. Nothing else is here.
 */
#include "field.h"
#include "record.h"

#include <momsync/limits.h>

/* What the fields of a type may be at most, and the lengths before them. */
#define VALUE(max, flags)                                                                          \
    ((flags)&MOM_SECRET ? MOM_SECRET_BYTES : (max) > 0 ? 4 * (max) : MOM_VALUE_BYTES)
enum {
    LENGTH = 4,  /* code and length of a field */
    GROUP = 14,  /* stamp and exception of a group */
    HEADER = 96, /* what stands before the fields */
    /* clang-format off */
    USER_BYTES = HEADER + MOM_EXTRA_BYTES
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits) \
    + (MOM_##own == MOM_USER ? LENGTH + VALUE(limit, bits) + GROUP * (MOM_##own##_##lead == MOM_##own##_##text) : 0)
#include <momsync/field_rows.h>
    ,
    DEVICE_BYTES = HEADER + MOM_EXTRA_BYTES
#define MOM_FIELD(number, own, text, shape, limit, lead, sort, bits) \
    + (MOM_##own == MOM_DEVICE ? LENGTH + VALUE(limit, bits) + GROUP * (MOM_##own##_##lead == MOM_##own##_##text) : 0)
#include <momsync/field_rows.h>
    /* clang-format on */
};

_Static_assert((int)USER_BYTES <= MOM_RECORD_BYTES, "a user may be larger than MOM_RECORD_BYTES");
_Static_assert((int)DEVICE_BYTES <= MOM_RECORD_BYTES,
               "a device may be larger than MOM_RECORD_BYTES");
_Static_assert(MOM_RECORD_BYTES <= MOM_STORE_VALUE_BYTES, "a store must take a record");
_Static_assert(MOM_EXTRA_COUNT >= 1 && MOM_EXTRA_BYTES >= 16, "MOM_EXTRA_…: one has room");
_Static_assert(MOM_VALUE_BYTES >= 32, "MOM_VALUE_BYTES: numbers and words have room");
_Static_assert(MOM_SECRET_BYTES >= 64, "MOM_SECRET_BYTES: a clear secret has room");
_Static_assert(MOM_LMDB_READERS >= 2, "MOM_LMDB_READERS: a view and a spare one");
_Static_assert(MOM_SITE_ENDS >= 2, "MOM_SITE_ENDS: half of them is at least one");
_Static_assert(MOM_STEP_EVALUATIONS >= 1, "MOM_STEP_EVALUATIONS: a step does something");
_Static_assert(MOM_IMPORT_BRAKE_LEAST >= 0, "MOM_IMPORT_BRAKE_LEAST is not negative");
_Static_assert(MOM_BLOCK_BYTES >= 64 && MOM_BUFFER_BYTES >= 16, "a first block has room");
_Static_assert(MOM_LINE_BYTES >= 128 && MOM_LINE_BYTES <= 65536, "MOM_LINE_BYTES: 128 to 65536");
_Static_assert(MOM_NODE_WINDOW >= 1, "MOM_NODE_WINDOW: a message is sent");
_Static_assert(MOM_NODE_WINDOW_NEAR >= MOM_NODE_WINDOW, "MOM_NODE_WINDOW_NEAR is not less");
_Static_assert(MOM_NODE_MESSAGE_FILL + MOM_RECORD_BYTES + 1024 <= MOM_NODE_MESSAGE_MAX,
               "MOM_NODE_MESSAGE_FILL: a message that does not pack has room");
