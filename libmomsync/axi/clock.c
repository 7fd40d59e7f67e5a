/*
 * The OMM's clock: its offset to ours is measured with Ping, and its time stamps are corrected by
 * it.
 */
#include "omm_impl.h"

/* An OMM tells whole seconds, so what is measured is within half a second plus the way of the
 * answer. Clocks that differ by no more than this are taken for equal: correcting them would add
 * noise. */
#define EQUAL_MS 1500

void mom__omm_clock_begin(struct mom_omm *link, struct axi_elem *request)
{
    link->clock.asked = true;
    link->clock.sent_wall_ms = link->now.wall_ms;
    link->clock.sent_mono_ms = link->now.mono_ms;
    axi_set_int(request, AXI_A_timeStamp, link->now.wall_ms / 1000);
    link->ping_at = link->now.mono_ms + link->config.ping_ms;
}

int mom__omm_clock_ask(struct mom_omm *link, uint64_t tag)
{
    mom__omm_clock_begin(link, axi_msg_start(link->request, AXI_T_Ping));
    return mom__omm_send(link, link->request, tag);
}

static int64_t distance(int64_t a, int64_t b)
{
    return a > b ? a - b : b - a;
}

void mom__omm_clock_answer(struct mom_omm *link, const struct axi_msg *answer)
{
    int64_t way = link->now.mono_ms - link->clock.sent_mono_ms, seconds, offset;

    link->clock.asked = false;
    if (axi_get_int(axi_msg_root(answer), AXI_A_timeStamp, &seconds) != AXI_OK || seconds <= 0 ||
        seconds > INT64_MAX / 2000)
        return;
    offset = seconds * 1000 + 500 - (link->clock.sent_wall_ms + way / 2);
    if (distance(offset, 0) <= EQUAL_MS + way)
        offset = 0;
    else if (link->clock.known && distance(offset, link->clock.offset_ms) <= EQUAL_MS + way)
        offset = link->clock.offset_ms + (offset - link->clock.offset_ms) / 4;
    if (offset != 0 && (!link->clock.known || distance(offset, link->clock.offset_ms) > EQUAL_MS)) {
        char line[120];

        mom__text_format(line, sizeof(line),
                         "the OMM's clock differs by %d ms; times are corrected", offset);
        mom__omm_log(link, MOM_LOG_WARNING, line);
    }
    link->clock.offset_ms = offset;
    link->clock.known = true;
}

int64_t mom__omm_time(const struct mom_omm *link, const struct axi_elem *elem, enum axi_attr attr)
{
    int64_t seconds, ms;

    if (axi_get_int(elem, attr, &seconds) != AXI_OK || seconds <= 0 || seconds > INT64_MAX / 2000)
        return 0;
    ms = seconds * 1000 - link->clock.offset_ms;
    return ms > 0 ? ms : 0;
}
