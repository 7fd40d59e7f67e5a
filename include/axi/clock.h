/*
 * Time, as the host tells it, and the offset of the peer's clock.
 */
#ifndef AXI_CLOCK_H
#define AXI_CLOCK_H

#include <axi/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* mono_ms never goes back and drives all time-outs; wall_ms is Unix time in milliseconds, 0 when the host
 * does not know it (then clocks are not measured). */
struct axi_time {
    int64_t mono_ms;
    int64_t wall_ms;
};

/*
 * The peer's clock is measured with Ping: a request with a timeStamp is answered with the peer's own (AXI, Ping).
 * The peer tells whole seconds, so a measurement is within half a second plus half the way; an offset within
 * AXI_CLOCK_EQUAL_MS plus the way counts as none. Plain data: zero-initialise.
 */
#define AXI_CLOCK_EQUAL_MS 1500
struct axi_clock {
    bool known;        /* there was a measurement */
    bool asked;        /* one is under way */
    int64_t offset_ms; /* peer's clock minus ours */
    struct axi_time sent;
};
/* Put our time into a Ping request that goes out now. Without wall time nothing is asked. */
AXI_API void axi_clock_ask(struct axi_clock *clock, struct axi_elem *ping, struct axi_time now);
/* Take the answer. True when there was a measurement. */
AXI_API bool axi_clock_answer(struct axi_clock *clock, const struct axi_msg *answer,
                              struct axi_time now);
/* A time stamp of the peer (seconds) as our milliseconds; 0 when absent or not a time. */
AXI_API int64_t axi_clock_time(const struct axi_clock *clock, const struct axi_elem *elem,
                               enum axi_attr attr);

#ifdef __cplusplus
}
#endif
#endif
