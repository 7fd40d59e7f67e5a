/*
 * Imports: one at a time. Who asks opens one, feeds the file in pieces, and says what to do with it; each of these is
 * a request of its own, tied together by a token.
 */
#ifndef HOST_IMPORT_H
#define HOST_IMPORT_H

#include "commands.h"

/* The engine refused something of the import under way. */
void import_refused(struct host *host, const struct mom_action *action);
/* At the end of the program. */
void import_forget(struct host *host);

#endif
