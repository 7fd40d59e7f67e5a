/*
 * What the two clients beside it need of a host: a connection, a clock, and one turn of the loop.
 */
#ifndef EXAMPLES_AXI_LINK_H
#define EXAMPLES_AXI_LINK_H

#include <axi/client.h>

struct link;

/* A connection to an OMM; NULL when there is none to be had. OMMs speak TLS; without it is for simulators. */
struct link *link_open(const char *host, const char *port, bool tls);
/* Takes NULL. */
void link_close(struct link *link);

/* Send what the client has to send, then wait until bytes come or the client's deadline. The bytes are for
 * axi_client_next. False when the connection is gone. */
bool link_turn(struct link *link, struct axi_client *client, const char **ret_data,
               size_t *ret_len);

struct axi_time link_now(void);

#endif
