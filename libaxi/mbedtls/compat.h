/*
 * mbedTLS 2.28 and 3.x behind one set of names, for what RSA needs. Every difference between the two is in this file.
 * `rng` is an mbedtls_ctr_drbg_context everywhere.
 */
#ifndef AXI__MBEDTLS_COMPAT_H
#define AXI__MBEDTLS_COMPAT_H

#include <mbedtls/base64.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#if MBEDTLS_VERSION_MAJOR >= 3

#include <psa/crypto.h>

static inline int compat_start(void)
{
    return psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

static inline int compat_pk_parse(mbedtls_pk_context *pk, const unsigned char *key, size_t len,
                                  void *rng)
{
    return mbedtls_pk_parse_key(pk, key, len, NULL, 0, mbedtls_ctr_drbg_random, rng);
}

static inline void compat_rsa_init(mbedtls_rsa_context *rsa)
{
    mbedtls_rsa_init(rsa);
}

static inline int compat_rsa_encrypt(mbedtls_rsa_context *rsa, void *rng, size_t len,
                                     const unsigned char *in, unsigned char *out)
{
    return mbedtls_rsa_pkcs1_encrypt(rsa, mbedtls_ctr_drbg_random, rng, len, in, out);
}

static inline int compat_rsa_decrypt(mbedtls_rsa_context *rsa, void *rng, size_t *len,
                                     const unsigned char *in, unsigned char *out, size_t max)
{
    return mbedtls_rsa_pkcs1_decrypt(rsa, mbedtls_ctr_drbg_random, rng, len, in, out, max);
}

#else /* 2.28 */

static inline int compat_start(void)
{
    return 0;
}

static inline int compat_pk_parse(mbedtls_pk_context *pk, const unsigned char *key, size_t len,
                                  void *rng)
{
    (void)rng;
    return mbedtls_pk_parse_key(pk, key, len, NULL, 0);
}

static inline void compat_rsa_init(mbedtls_rsa_context *rsa)
{
    mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V15, 0);
}

static inline int compat_rsa_encrypt(mbedtls_rsa_context *rsa, void *rng, size_t len,
                                     const unsigned char *in, unsigned char *out)
{
    return mbedtls_rsa_pkcs1_encrypt(rsa, mbedtls_ctr_drbg_random, rng, MBEDTLS_RSA_PUBLIC, len, in,
                                     out);
}

/* Without a generator 2.28 would work unblinded, and its timing would show the key. */
static inline int compat_rsa_decrypt(mbedtls_rsa_context *rsa, void *rng, size_t *len,
                                     const unsigned char *in, unsigned char *out, size_t max)
{
    return mbedtls_rsa_pkcs1_decrypt(rsa, mbedtls_ctr_drbg_random, rng, MBEDTLS_RSA_PRIVATE, len,
                                     in, out, max);
}

#endif
#endif
