/*
 * The offset of the peer's clock, from the answers to Ping, and time stamps corrected by it.
 */
#include <axi/clock.h>

/* Times beyond these are nonsense; within them no sum below overflows. */
#define LARGEST_MS      (INT64_MAX / 8)
#define LARGEST_SECONDS (LARGEST_MS / 1000)

static bool is_wall_time(int64_t ms)
{
    return ms > 0 && ms <= LARGEST_MS;
}

void axi_clock_ask(struct axi_clock *clock, struct axi_elem *ping, struct axi_time now)
{
    clock->asked = is_wall_time(now.wall_ms);
    clock->sent = now;
    if (clock->asked)
        axi_set_int(ping, AXI_A_timeStamp, now.wall_ms / 1000);
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

/* The way there and back; false when the host's clock shows none that can be. */
static bool way_of(const struct axi_clock *clock, struct axi_time now, int64_t *ret_way)
{
    int64_t sent = clock->sent.mono_ms;
    if (now.mono_ms < sent || (sent < 0 && now.mono_ms > INT64_MAX + sent) ||
        now.mono_ms - sent > LARGEST_MS)
        return false;
    *ret_way = now.mono_ms - sent;
    return true;
}

bool axi_clock_answer(struct axi_clock *clock, const struct axi_msg *answer, struct axi_time now)
{
    int64_t seconds, way;
    bool asked = clock->asked;
    clock->asked = false;
    if (!asked || axi_get_int(axi_msg_root(answer), AXI_A_timeStamp, &seconds) != AXI_OK ||
        seconds <= 0 || seconds > LARGEST_SECONDS || !way_of(clock, now, &way))
        return false;
    int64_t offset = seconds * 1000 + 500 - (clock->sent.wall_ms + way / 2);
    if (distance(offset, 0) <= AXI_CLOCK_EQUAL_MS + way)
        offset = 0;
    else if (clock->known && distance(offset, clock->offset_ms) <= AXI_CLOCK_EQUAL_MS + way)
        offset = clock->offset_ms + (offset - clock->offset_ms) / 4;
    clock->offset_ms = offset;
    clock->known = true;
    return true;
}

int64_t axi_clock_time(const struct axi_clock *clock, const struct axi_elem *elem,
                       enum axi_attr attr)
{
    int64_t seconds;
    if (axi_get_int(elem, attr, &seconds) != AXI_OK || seconds <= 0 || seconds > LARGEST_SECONDS)
        return 0;
    int64_t ms = seconds * 1000 - clock->offset_ms;
    return ms > 0 ? ms : 0;
}
