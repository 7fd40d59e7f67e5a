/*
 * A view: what the files that answer questions share.
 */
#ifndef MOM__VIEW_H
#define MOM__VIEW_H

#include "node.h"

struct mom_view {
    struct mom_engine *engine;
    struct mom_txn *txn;
    struct mom__arena arena; /* the last answer */
    struct mom_record record;
    struct mom__base base; /* too large for the stack of a small host */
    int failed;            /* the first failure; answers cannot carry it */
};

#endif
