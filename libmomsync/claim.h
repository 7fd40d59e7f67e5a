/*
 * Claims: which site a record lives at, since when, and in which order claims stand. Everybody who
 * compares two claims, whatever path they came by, does it here.
 */
#ifndef MOM__CLAIM_H
#define MOM__CLAIM_H

#include "record.h"

/* A notice may be so many ms older than the claim that it competes with. */
enum { MOM__CLAIM_SLACK = 2000 };

struct mom__claim {
    int64_t ms;     /* wall time since which the phone is at the site, by the claimant's node */
    uint32_t epoch; /* one more than that of the claim that it replaces */
    uint32_t site;  /* 0: at no site */
};

/* Below 0 when `a` has to give way to `b`: the later time wins, then the greater epoch, then the
 * greater site. 0 only for equal ones, so that all nodes decide alike. */
int mom__claim_compare(struct mom__claim a, struct mom__claim b);
/* The claim that a record has, and setting it. The confirmation stays: whoever makes a claim says by it which one he
 * knows of. */
struct mom__claim mom__claim_of(const struct mom_record *record);
void mom__claim_set(struct mom_record *record, struct mom__claim claim);
/* A claim of `site` since `at_ms` that replaces `current`: later than it, however the clocks stand. */
struct mom__claim mom__claim_next(struct mom__claim current, uint32_t site, int64_t at_ms);
/* The same for a claim that was decided on earlier: unchanged if its time and epoch are ahead of `current`. */
struct mom__claim mom__claim_after(struct mom__claim current, struct mom__claim claim);
/* What a site found out while nobody could hear it counts when it happened after the claim in force. */
bool mom__claim_outdates(struct mom__claim current, int64_t at_ms);
/* The same, and by more than notices may overtake each other and times are rounded. */
bool mom__claim_outdates_clearly(struct mom__claim current, int64_t at_ms);

#endif
