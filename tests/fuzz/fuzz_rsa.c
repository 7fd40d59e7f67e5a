/*
 * Fuzz target: the public key that an OMM tells, and what is encrypted with it. A key is usable or
 * it is not, and all functions agree on that; a result is base64 of the length of the key.
 *
 * Input: length of the exponent's text and of the plain text, a byte each, then exponent, plain text
 * and modulus.
 */
#include "fuzz/fuzz.h"

#include <axi/mbedtls.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct axi_rsa *rsa;
    struct fuzz_bytes bytes = fuzz_open(data, size);
    size_t exponent_len = fuzz_u8(&bytes), plain_len = fuzz_u8(&bytes), len = 0;
    struct axi_public_key key;
    struct axi_str plain;
    char text[AXI_RSA_TEXT_MAX];
    unsigned bits;
    int rc;

    if (rsa == NULL)
        rsa = axi_rsa_new(NULL);
    must(rsa != NULL);
    key.exponent.ptr = fuzz_take(&bytes, exponent_len, &key.exponent.len);
    plain.ptr = fuzz_take(&bytes, plain_len, &plain.len);
    key.modulus.ptr = fuzz_take(&bytes, fuzz_left(&bytes), &key.modulus.len);
    bits = axi_rsa_public_bits(&key);
    must(bits == 0 || (bits >= AXI_RSA_BITS_MIN && bits <= AXI_RSA_BITS_MAX));
    must((axi_rsa_public_max(&key) == 0) == (bits == 0));
    rc = axi_rsa_encrypt(rsa, &key, plain, text, sizeof text, &len);
    if (bits == 0)
        must(rc == AXI_RSA_EKEY);
    else if (plain.len > axi_rsa_public_max(&key))
        must(rc == AXI_RSA_ELONG);
    else
        must(rc == AXI_RSA_OK || rc == AXI_RSA_EKEY);
    if (rc == AXI_RSA_OK)
        must(len == ((bits + 7) / 8 + 2) / 3 * 4);
    return 0;
}
