/*
 * Public keys as AXI writes them: hexadecimal text that a stranger sent.
 */
#include "public.h"

#include <string.h>

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

int axi__strip_blanks(struct axi_str text, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (is_blank(text.ptr[i]))
            continue;
        if (n + 1 >= max)
            return -1;
        out[n++] = text.ptr[i];
    }
    out[n] = '\0';
    return (int)n;
}

static int read_hex(mbedtls_mpi *number, struct axi_str text)
{
    /* a few leading zeros are common, more than the number itself is nonsense */
    char digits[HEX_MAX + 64];
    int n = axi__strip_blanks(text, digits, sizeof digits);
    if (n <= 0 || strspn(digits, "0123456789abcdefABCDEF") != (size_t)n ||
        mbedtls_mpi_read_string(number, 16, digits) != 0)
        return AXI_RSA_EKEY;
    return AXI_RSA_OK;
}

int axi__rsa_read_public(mbedtls_rsa_context *rsa, const struct axi_public_key *key)
{
    mbedtls_mpi n, e;
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    compat_rsa_init(rsa);
    int rc = read_hex(&n, key->modulus);
    if (rc == AXI_RSA_OK)
        rc = read_hex(&e, key->exponent);
    size_t bits = mbedtls_mpi_bitlen(&n);
    if (rc == AXI_RSA_OK && (bits < AXI_RSA_BITS_MIN || bits > AXI_RSA_BITS_MAX ||
                             mbedtls_rsa_import(rsa, &n, NULL, NULL, NULL, &e) != 0 ||
                             mbedtls_rsa_complete(rsa) != 0 || mbedtls_rsa_check_pubkey(rsa) != 0))
        rc = AXI_RSA_EKEY;
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    return rc;
}

unsigned axi_rsa_public_bits(const struct axi_public_key *key)
{
    mbedtls_mpi n;
    mbedtls_rsa_context rsa;
    unsigned bits = 0;
    mbedtls_mpi_init(&n);
    if (axi__rsa_read_public(&rsa, key) == AXI_RSA_OK &&
        mbedtls_rsa_export(&rsa, &n, NULL, NULL, NULL, NULL) == 0)
        bits = (unsigned)mbedtls_mpi_bitlen(&n);
    mbedtls_mpi_free(&n);
    mbedtls_rsa_free(&rsa);
    return bits;
}

size_t axi_rsa_public_max(const struct axi_public_key *key)
{
    unsigned bits = axi_rsa_public_bits(key);
    return bits > 0 ? (bits + 7) / 8 - PKCS1_PADDING : 0;
}
