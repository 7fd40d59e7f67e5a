/*
 * Secrets in requests: encrypted with the public key of the OMM, as AXI wants them.
 */
#ifndef AXICAT_SECRETS_H
#define AXICAT_SECRETS_H

#include "axicat.h"

/* True when the message has a secret that would go out in clear. */
bool cat_has_clear_secrets(const struct axi_msg *msg, const struct axi_public_key *key);
/* Encrypt them. False with the error, which names the attribute and not its value. */
bool cat_encrypt_secrets(struct axi_msg *msg, const struct axi_public_key *key,
                         struct cat_error *error);

#endif
