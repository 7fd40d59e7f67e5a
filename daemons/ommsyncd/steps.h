/*
 * What would be done with each user and phone of an OMM, as rows: of a first synchronisation, and of an OMM that was
 * replaced. Nothing is done here.
 */
#ifndef OMMSYNCD_STEPS_H
#define OMMSYNCD_STEPS_H

#include "ommsyncd.h"

#include <com/json.h>

#define STEPS_LISTED_MAX 10000 /* rows; all are counted */

enum steps_of {
    STEPS_BOTH,   /* both have the record: merge, replace */
    STEPS_THEIRS, /* what the OMM has: add, delete */
    STEPS_OURS,   /* what it lacks: write */
    STEPS_PARKED, /* what it has and the star cannot have besides: park */
    STEPS_KINDS
};

struct steps {
    const struct call *call;
    struct mom_view *ours, *theirs; /* theirs NULL: what our engine knows of the site */
    mom_site site;
    uint64_t rows;
    int64_t counts[STEPS_KINDS];
};

/* `theirs`: the engine with what the OMM has; NULL: what our engine knows of it counts. Both: false ends the request.
 * After true comes the end, before another call on either engine. */
bool steps_begin(struct steps *steps, const struct call *call, struct mom_engine *theirs);
bool steps_end(struct steps *steps);
/* Rows: what the OMM has stays and is merged with ours. */
void steps_merge(struct steps *steps);
/* It is emptied, and gets ours. */
void steps_replace(struct steps *steps);
/* The row of counts, after the end: begin, set what there is, send. How many rows were not listed is added to it. */
void steps_begin_counts(struct com_json *json);
void steps_send_counts(const struct steps *steps, struct com_json *json);

#endif
