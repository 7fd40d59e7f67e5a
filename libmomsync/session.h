/*
 * What the files of the conversation with a neighbour share: session.c says how it goes,
 * session_records.c and session_compare.c are parts of it.
 */
#ifndef MOM__SESSION_H
#define MOM__SESSION_H

#include "neighbour.h"
#include "node.h"
#include "wire.h"

/* --- session.c -------------------------------------------------------------------------------- */

/* A message: begun, filled by the caller, sent. */
struct mom__buf *mom__session_begin(struct mom_engine *e, struct mom__neighbour *n,
                                    enum mom__wire_kind kind);
void mom__session_send(struct mom_engine *e, struct mom__neighbour *n);
/* When the neighbour has to have answered. */
void mom__session_arm(struct mom_engine *e, struct mom__neighbour *n);
/* End the connection; the host will try again. */
void mom__session_close(struct mom_engine *e, struct mom__neighbour *n, enum mom_refusal reason,
                        const char *text);
void mom__session_drop_flight(struct mom_engine *e, struct mom__neighbour *n);

/* --- session_records.c ------------------------------------------------------------------------ */

/* One message; how many records it took from the queues. */
uint32_t mom__session_send_records(struct mom_engine *e, struct mom__neighbour *n);
void mom__session_send_want(struct mom_engine *e, struct mom__neighbour *n);
void mom__session_records(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__wire_in *message);
void mom__session_confirm(struct mom_engine *e, struct mom__neighbour *n,
                          struct mom__reader *reader);
void mom__session_wanted(struct mom_engine *e, struct mom__neighbour *n,
                         struct mom__reader *reader);

/* --- session_compare.c ------------------------------------------------------------------------ */

/* Nothing is waiting to be sent or confirmed. */
bool mom__session_is_drained(const struct mom__neighbour *n);
/* Both have the same records. */
void mom__session_steady(struct mom_engine *e, struct mom__neighbour *n);
/* Begin a comparison; `look`: differences are told and not mended. */
void mom__session_ask(struct mom_engine *e, struct mom__neighbour *n, bool look);
void mom__session_ranges(struct mom_engine *e, struct mom__neighbour *n,
                         struct mom__reader *reader);
void mom__session_found(struct mom_engine *e, struct mom__neighbour *n, struct mom__reader *reader);

#endif
