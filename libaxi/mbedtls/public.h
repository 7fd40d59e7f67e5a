/*
 * Public keys as text, for the files of libaxi-mbedtls.
 */
#ifndef AXI__MBEDTLS_PUBLIC_H
#define AXI__MBEDTLS_PUBLIC_H

#include <axi/mbedtls.h>

#include "compat.h"

/* Hexadecimal text of the longest number, with its end. */
#define HEX_MAX       (AXI_RSA_BITS_MAX / 4 + 1)
#define BLOCK_MAX     (AXI_RSA_BITS_MAX / 8)
#define PKCS1_PADDING 11

/* Copy without blanks and with an end mark; the number of characters, or -1 when they do not fit. */
int axi__strip_blanks(struct axi_str text, char *out, size_t max);
/* Initialises `rsa` in any case; AXI_RSA_OK or AXI_RSA_EKEY. */
int axi__rsa_read_public(mbedtls_rsa_context *rsa, const struct axi_public_key *key);

#endif
