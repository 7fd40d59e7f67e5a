/*
 * The order of claims.
 */
#include "claim.h"

#include "stamp.h"

int mom__claim_compare(struct mom__claim a, struct mom__claim b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    if (a.epoch != b.epoch)
        return a.epoch < b.epoch ? -1 : 1;
    return (a.site > b.site) - (a.site < b.site);
}

struct mom__claim mom__claim_of(const struct mom_record *record)
{
    return (struct mom__claim){record->claim_ms, record->epoch, record->site};
}

void mom__claim_set(struct mom_record *record, struct mom__claim claim)
{
    record->site = claim.site;
    record->epoch = claim.epoch;
    record->claim_ms = claim.ms;
}

struct mom__claim mom__claim_next(struct mom__claim current, uint32_t site, int64_t at_ms)
{
    struct mom__claim next = {at_ms, current.epoch, site};

    if (next.epoch < UINT32_MAX)
        next.epoch++;
    if (next.ms <= current.ms)
        next.ms = current.ms + (current.ms < MOM__MS_MAX); /* the epoch is greater all the same */
    return next;
}

struct mom__claim mom__claim_after(struct mom__claim current, struct mom__claim claim)
{
    struct mom__claim next = mom__claim_next(current, claim.site, claim.ms);

    if (next.epoch < claim.epoch)
        next.epoch = claim.epoch;
    return next;
}

bool mom__claim_outdates(struct mom__claim current, int64_t at_ms)
{
    return at_ms > current.ms;
}

bool mom__claim_outdates_clearly(struct mom__claim current, int64_t at_ms)
{
    return at_ms > current.ms && (uint64_t)at_ms - (uint64_t)current.ms > MOM__CLAIM_SLACK;
}
