/*
 * The OMM's clock: when it is asked, and what the log says of it. The measuring is libaxi's (axi/clock.h).
 */
#include "omm_impl.h"

static struct axi_time axi_now(const struct mom_omm *link)
{
    return (struct axi_time){link->now.mono_ms, link->now.wall_ms};
}

void mom__omm_clock_begin(struct mom_omm *link, struct axi_elem *request)
{
    axi_clock_ask(&link->records.clock, request, axi_now(link));
    link->ping_at = link->now.mono_ms + link->config.ping_ms;
}

int mom__omm_clock_ask(struct mom_omm *link, uint64_t tag)
{
    mom__omm_clock_begin(link, axi_msg_start(link->request, AXI_T_Ping));
    return mom__omm_send(link, link->request, tag);
}

void mom__omm_clock_answer(struct mom_omm *link, const struct axi_msg *answer)
{
    struct axi_clock before = link->records.clock;
    int64_t offset, change;
    char line[120];

    if (!axi_clock_answer(&link->records.clock, answer, axi_now(link)))
        return;
    offset = link->records.clock.offset_ms;
    change = offset - before.offset_ms;
    if (offset == 0 ||
        (before.known && change <= AXI_CLOCK_EQUAL_MS && change >= -AXI_CLOCK_EQUAL_MS))
        return;
    mom__text_format(line, sizeof(line), "the OMM's clock differs by %d ms; times are corrected",
                     offset);
    mom__omm_log(link, MOM_LOG_WARNING, line);
}

int64_t mom__omm_time(const struct mom_omm *link, const struct axi_elem *elem, enum axi_attr attr)
{
    return axi_clock_time(&link->records.clock, elem, attr);
}
