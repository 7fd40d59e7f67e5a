/*
 * Every bound of libmomsync that is set when it is compiled, in one place. A firmware with little memory sets smaller
 * ones with -D, the same for the library and for all that include its headers. What is set when a program runs is in
 * struct mom_limits (engine.h), with the number of sites, users and devices.
 *
 * Each has a line of the form "unit | what it bounds | what happens there": docs/embedding.md has the same as a table
 * (tools/limits.sh). Values that would not work are refused by the compiler (libmomsync/limits.c).
 */
#ifndef MOMSYNC_LIMITS_H
#define MOMSYNC_LIMITS_H

#include <stddef.h>

/* --- records ------------------------------------------------------------------------------------- */

/* bytes | an encoded record | never reached: the compiler refuses less than all fields and attributes together need */
#ifndef MOM_RECORD_BYTES
#define MOM_RECORD_BYTES 65536
#endif

/* attributes | those of a record that have no row in field_rows.h | a change is refused with MOM_ELIMIT, of an import
 * they are left out with a warning */
#ifndef MOM_EXTRA_COUNT
#define MOM_EXTRA_COUNT 256
#endif

/* bytes | names and values of these together, with their lengths | as above */
#ifndef MOM_EXTRA_BYTES
#define MOM_EXTRA_BYTES 8192
#endif

/* bytes | a value of a field of which no limit is known | a change is refused with MOM_ETOOLONG, of an import the value
 * is taken for missing */
#ifndef MOM_VALUE_BYTES
#define MOM_VALUE_BYTES 512
#endif

/* bytes | a secret: its mark, the fingerprint of a key, and what a key of 8192 bits makes of a text, in base64 | as
 * above */
#ifndef MOM_SECRET_BYTES
#define MOM_SECRET_BYTES 1400
#endif

/* --- stores -------------------------------------------------------------------------------------- */

/* bytes | a value in a store; only settings of the host are longer than a record | the setting is refused with
 * MOM_EINVAL */
#ifndef MOM_STORE_VALUE_BYTES
#define MOM_STORE_VALUE_BYTES 1048576
#endif

/* transactions | views and other readers of an LMDB store that are open at a time | opening a view fails with
 * MOM_ESTORE */
#ifndef MOM_LMDB_READERS
#define MOM_LMDB_READERS 16
#endif

/* bytes | address space of an LMDB store at first, where its options do not say | it is doubled when it is three
 * quarters full */
#ifndef MOM_LMDB_MAP_BYTES
#define MOM_LMDB_MAP_BYTES ((sizeof(size_t) > 4 ? 1024 : 64) * (size_t)1048576)
#endif

/* bytes | the least address space of an LMDB store: its tables and a small transaction | a smaller option is raised to
 * it */
#ifndef MOM_LMDB_MAP_LEAST
#define MOM_LMDB_MAP_LEAST ((size_t)262144)
#endif

/* --- work in one step ---------------------------------------------------------------------------- */

/* records | looked at for one site in one step, to find what it lacks, or sent to one neighbour, unless struct
 * mom_limits says another number | the others wait for the next step, which is due at once */
#ifndef MOM_STEP_EVALUATIONS
#define MOM_STEP_EVALUATIONS 1000
#endif

/* users | that a site of a star is asked to end at a time, when it got their records and their phones are elsewhere |
 * the others wait until half of these have ended */
#ifndef MOM_SITE_ENDS
#define MOM_SITE_ENDS 256
#endif

/* records | an import may delete so many without a question; of more, at most half of what the site had | the records
 * are put back at the site, and the log says so */
#ifndef MOM_IMPORT_BRAKE_LEAST
#define MOM_IMPORT_BRAKE_LEAST 10
#endif

/* --- memory that is kept ------------------------------------------------------------------------- */

/* bytes | memory of a step that is kept for the next | after a larger step all of it is given back */
#ifndef MOM_STEP_KEEP_BYTES
#define MOM_STEP_KEEP_BYTES 1048576
#endif

/* bytes | memory that a batch keeps when it is reset | that of a larger one is given back */
#ifndef MOM_BATCH_KEEP_BYTES
#define MOM_BATCH_KEEP_BYTES 524288
#endif

/* bytes | the first block that a step, a batch or a view takes; each further one is as large as all before | it only
 * sets how much a small one takes */
#ifndef MOM_BLOCK_BYTES
#define MOM_BLOCK_BYTES 4096
#endif

/* bytes | such a block, unless something in it is larger | further blocks have this size */
#ifndef MOM_BLOCK_MOST_BYTES
#define MOM_BLOCK_MOST_BYTES 524288
#endif

/* bytes | the first size of the buffer in which rows are encoded | it is doubled as needed */
#ifndef MOM_BUFFER_BYTES
#define MOM_BUFFER_BYTES 1024
#endif

/* bytes | a line of the log or of the trace, with its NUL | the line is cut behind a whole character and ends in … */
#ifndef MOM_LINE_BYTES
#define MOM_LINE_BYTES 512
#endif

/* messages | with records, on their way to one neighbour | the next one waits for a confirmation */
#ifndef MOM_NODE_WINDOW
#define MOM_NODE_WINDOW 16
#endif

/* messages | the same, to one that confirmed the last one within 50 ms | the next one waits for a confirmation */
#ifndef MOM_NODE_WINDOW_NEAR
#define MOM_NODE_WINDOW_NEAR 32
#endif

/* bytes | of records in one message to a neighbour, not packed | the message is closed and the next one begins */
#ifndef MOM_NODE_MESSAGE_FILL
#define MOM_NODE_MESSAGE_FILL 24576
#endif

/* --- fixed: they are part of the store's format or of public structures --------------------------- */

/* bytes | a key in a store, and so the name of a setting | the setting is refused with MOM_EINVAL */
#define MOM_STORE_KEY_BYTES 511

/* bytes | a unique value as it is in its key | a longer one is stored by its hash, and the record is compared */
#define MOM_UNIQUE_VALUE_BYTES 400

/* bytes | a message between nodes | a longer one ends the connection */
#define MOM_NODE_MESSAGE_MAX 131072

/* bytes | a message between nodes when it is unpacked | a longer one ends the connection */
#define MOM_NODE_UNPACKED_MAX 1048576

/* bytes | the name of a site, with its NUL | a longer one is refused with MOM_ETOOLONG */
#define MOM_SITE_NAME_BYTES 64

#endif
