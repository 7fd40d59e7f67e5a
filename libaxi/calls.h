/*
 * For the client: requests that have their number already.
 */
#ifndef AXI__CALLS_H
#define AXI__CALLS_H

#include <axi/session.h>

/* Numbers that are given to requests. Clients and servers keep seq in 32 signed bits, and 0 means "none" to
 * some of them. */
static inline int64_t axi__seq_after(int64_t seq)
{
    return seq < INT32_MAX ? seq + 1 : 1;
}

/* Remember a request that was numbered by the caller; AXI_EFULL when there is no place. */
int axi__calls_add(struct axi_calls *calls, const struct axi_call *call);

#endif
