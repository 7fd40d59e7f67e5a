/*
 * Which server is trusted: TLS settings of the options, and the list of servers whose certificates are remembered
 * (a line "HOST:PORT FINGERPRINT" each).
 */
#ifndef AXICAT_TRUST_H
#define AXICAT_TRUST_H

#include "options.h"

#include <com/tls.h>

/* Settings of a client; NULL with the error. With --plain NULL without one: ask options->plain first. */
struct com_tls *cat_tls_client(const struct cat_options *options, struct cat_error *error);
/* After the handshake, before anything is sent: may this certificate see our password? With --trust a new server is
 * remembered. */
bool cat_trusts(const struct cat_options *options, const char *fingerprint,
                struct cat_error *error);

#endif
