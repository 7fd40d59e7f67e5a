/*
 * The stream of the AXI bench: what an OMM sends when 10,000 users are read, made here and the same every time.
 */
#ifndef BENCH_AXI_STREAM_H
#define BENCH_AXI_STREAM_H

#include <axi/message.h>

enum {
    STREAM_USERS = 10000,
    STREAM_ATTRS = 65, /* of one user */
    STREAM_PAGE = 20,  /* users of one GetPPUserResp */
    STREAM_MESSAGES = STREAM_USERS / STREAM_PAGE
};

/* Name of the i-th attribute of a user, in the order in which an OMM writes them. */
const char *stream_attr(unsigned i);

/* Append the whole stream, NULs included; false on no memory. */
bool stream_write(struct axi_buf *out);

#endif
