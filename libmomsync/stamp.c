/*
 * Stamps: a hybrid logical clock (Kulkarni and others, "Logical Physical Clocks", 2014) in
 * milliseconds.
 */
#include "stamp.h"

#include "keys.h"

int mom_stamp_compare(struct mom_stamp a, struct mom_stamp b)
{
    if (a.ms != b.ms)
        return a.ms < b.ms ? -1 : 1;
    if (a.counter != b.counter)
        return a.counter < b.counter ? -1 : 1;
    return (a.origin > b.origin) - (a.origin < b.origin);
}

static int64_t within(int64_t ms)
{
    return ms < 0 ? 0 : ms > MOM__MS_MAX ? MOM__MS_MAX : ms;
}

struct mom_stamp mom__hlc_now(struct mom__hlc *hlc, int64_t wall_ms, uint32_t origin)
{
    wall_ms = within(wall_ms);
    if (wall_ms > hlc->ms) {
        hlc->ms = wall_ms;
        hlc->counter = 0;
    } else if (hlc->counter < UINT16_MAX) {
        hlc->counter++;
    } else if (hlc->ms < MOM__MS_MAX) {
        /* 65,536 stamps in one millisecond: run ahead of the clock. */
        hlc->ms++;
        hlc->counter = 0;
    }
    return (struct mom_stamp){.ms = hlc->ms, .counter = hlc->counter, .origin = origin};
}

void mom__hlc_after(struct mom__hlc *hlc, struct mom_stamp seen)
{
    seen.ms = within(seen.ms);
    if (seen.ms > hlc->ms || (seen.ms == hlc->ms && seen.counter > hlc->counter)) {
        hlc->ms = seen.ms;
        hlc->counter = seen.counter;
    }
}

bool mom__stamp_clamp(struct mom_stamp *stamp, int64_t wall_ms, int64_t skew_ms)
{
    int64_t limit = wall_ms > INT64_MAX - skew_ms ? INT64_MAX : wall_ms + skew_ms;
    if (stamp->ms <= limit)
        return false;
    stamp->ms = limit;
    stamp->counter = 0;
    return true;
}

void mom__stamp_encode(struct mom_stamp stamp, unsigned char ret_bytes[MOM__STAMP_LEN])
{
    uint64_t ms = (uint64_t)within(stamp.ms);
    mom__put_be64(ret_bytes, ms << 16 | stamp.counter);
    mom__put_be32(ret_bytes + 8, stamp.origin);
}

struct mom_stamp mom__stamp_decode(const unsigned char bytes[MOM__STAMP_LEN])
{
    uint64_t high = mom__get_be64(bytes);
    return (struct mom_stamp){
        .ms = (int64_t)(high >> 16),
        .counter = (uint16_t)high,
        .origin = mom__get_be32(bytes + 8),
    };
}
