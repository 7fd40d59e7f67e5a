/*
 * The hybrid logical clock that makes stamps, and their encoding.
 */
#ifndef MOM__STAMP_H
#define MOM__STAMP_H

#include <momsync/record.h>

enum { MOM__STAMP_LEN = 12 };

/* The greatest time of a stamp or claim: what fits into the encoding, until the year 10889. */
#define MOM__MS_MAX ((INT64_C(1) << 48) - 1)

/* The last stamp made or seen, without its origin. */
struct mom__hlc {
    int64_t ms;
    uint16_t counter;
};

/* A new stamp: greater than every one made or seen before, and not before the wall clock. A wall
 * clock that goes back or stands still only counts up the counter. */
struct mom_stamp mom__hlc_now(struct mom__hlc *hlc, int64_t wall_ms, uint32_t origin);
/* Remember a stamp that was seen: the next one made is greater. Give it clamped. */
void mom__hlc_after(struct mom__hlc *hlc, struct mom_stamp seen);
/* A stamp that is more than `skew_ms` ahead of the wall clock is put back to that limit (same
 * origin, counter 0), so that one wrong clock cannot win for years. True when that was needed. */
bool mom__stamp_clamp(struct mom_stamp *stamp, int64_t wall_ms, int64_t skew_ms);

static inline bool mom__stamp_is_zero(struct mom_stamp stamp)
{
    return stamp.ms == 0 && stamp.counter == 0 && stamp.origin == 0;
}

static inline bool mom__stamp_equal(struct mom_stamp a, struct mom_stamp b)
{
    return a.ms == b.ms && a.counter == b.counter && a.origin == b.origin;
}

/* 12 bytes whose order is the order of stamps. ms is kept within 0 … MOM__MS_MAX. */
void mom__stamp_encode(struct mom_stamp stamp, unsigned char ret_bytes[MOM__STAMP_LEN]);
struct mom_stamp mom__stamp_decode(const unsigned char bytes[MOM__STAMP_LEN]);

#endif
