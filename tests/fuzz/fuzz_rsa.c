/*
 * Fuzz target: the public key that an OMM tells, and what is encrypted with it. A key is usable or
 * it is not, and all functions agree on that; a result is base64 of the length of the key.
 *
 * Input: length of the exponent's text and of the plain text, a byte each, then exponent, plain text
 * and modulus.
 */
#include "fuzz/fuzz.h"

#include <com/rsa.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = fuzz_open(data, size);
    size_t exponent_len = fuzz_u8(&bytes), plain_len = fuzz_u8(&bytes), len = 0;
    struct com_rsa_public key;
    struct com_bytes plain;
    char text[COM_RSA_TEXT_MAX];
    unsigned bits;
    int rc;

    key.exponent = fuzz_take(&bytes, exponent_len, &key.exponent_len);
    plain =
        (struct com_bytes){(const uint8_t *)fuzz_take(&bytes, plain_len, &plain_len), plain_len};
    key.modulus = fuzz_take(&bytes, fuzz_left(&bytes), &key.modulus_len);
    bits = com_rsa_public_bits(&key);
    must(bits == 0 || (bits >= COM_RSA_BITS_MIN && bits <= COM_RSA_BITS_MAX));
    must((com_rsa_public_max(&key) == 0) == (bits == 0));
    rc = com_rsa_encrypt_base64(&key, plain, text, sizeof text, &len);
    if (bits == 0)
        must(rc == COM_RSA_EKEY);
    else if (plain_len > com_rsa_public_max(&key))
        must(rc == COM_RSA_ELONG);
    else
        must(rc == COM_RSA_OK || rc == COM_RSA_EKEY);
    if (rc == COM_RSA_OK)
        must(len == ((bits + 7) / 8 + 2) / 3 * 4 && text[len] == '\0');
    return 0;
}
