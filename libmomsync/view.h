/*
 * A view: what the files that answer questions share.
 */
#ifndef MOM__VIEW_H
#define MOM__VIEW_H

#include "node.h"

struct mom_view {
    struct mom_engine *engine;
    struct mom_txn *txn;
    int failed;              /* the first failure; answers cannot carry it */
    struct mom__arena arena; /* the last answer */
    /* Large: not cleared. */
    struct mom_record record;
    struct mom__base base;
};

#endif
