/*
 * The RSA that AXI's secrets need, with mbedTLS: PKCS#1 v1.5 padding, keys as hexadecimal text, results as base64.
 *
 * A library of its own, libaxi-mbedtls: who has other cryptography fills a struct axi_secret_ops with that. Unlike
 * libaxi it asks the system for randomness, and mbedTLS takes memory from the C library.
 *
 *     struct axi_rsa *rsa = axi_rsa_new(NULL);
 *     struct axi_secret_ops ops = axi_rsa_secret_ops(rsa);
 *     rc = axi_set_secret(user, AXI_A_sipPw, password, &key_of_the_peer, &ops);
 */
#ifndef AXI_MBEDTLS_H
#define AXI_MBEDTLS_H

#include <axi/session.h>

#ifdef __cplusplus
extern "C" {
#endif

enum axi_rsa_err {
    AXI_RSA_OK = 0,
    AXI_RSA_EKEY = -1,   /* not a usable key, or none */
    AXI_RSA_ELONG = -2,  /* text longer than the key takes */
    AXI_RSA_ESPACE = -3, /* result does not fit */
    AXI_RSA_EDATA = -4,  /* decryption failed; nothing tells why, on purpose */
    AXI_RSA_ERANDOM = -5 /* the system has no randomness */
};
/* Never NULL. */
AXI_API const char *axi_rsa_err_text(int code);

#define AXI_RSA_BITS_MIN 512
#define AXI_RSA_BITS_MAX 8192
/* Base64 text of one block of the longest key. */
#define AXI_RSA_TEXT_MAX AXI_SECRET_TEXT_MAX

/* --- keys of others: hexadecimal text, in which blanks and line ends are passed over ---------------- */

/* Bits of the modulus, 0 when the key is not usable. */
AXI_API unsigned axi_rsa_public_bits(const struct axi_public_key *key);
/* Longest text that the key takes, in bytes; 0 when it is not usable. */
AXI_API size_t axi_rsa_public_max(const struct axi_public_key *key);

/* --- a generator of random numbers, and at most one key pair ---------------------------------------- */

struct axi_rsa;

/* Without a key pair. NULL on no memory and no randomness. `alloc` is for the object itself. */
AXI_API struct axi_rsa *axi_rsa_new(const struct axi_alloc *alloc);
AXI_API void axi_rsa_free(struct axi_rsa *rsa);

/* Writes base64, without an end mark. */
AXI_MUST_CHECK AXI_API int axi_rsa_encrypt(struct axi_rsa *rsa, const struct axi_public_key *key,
                                           struct axi_str plain, char *ret_text, size_t max,
                                           size_t *ret_len);

/* Make a key pair in place of the one there was; 2048 bits take some 200 ms. AXI_RSA_EKEY when the size is not
 * possible (it is a multiple of 8). */
AXI_MUST_CHECK AXI_API int axi_rsa_make_key(struct axi_rsa *rsa, unsigned bits);
/* The key pair as PEM text with its end mark. `max` of AXI_RSA_PEM_MAX is always enough. It is a secret: wipe it
 * after use. */
#define AXI_RSA_PEM_MAX 8192
AXI_MUST_CHECK AXI_API int axi_rsa_save_key(struct axi_rsa *rsa, char *ret_pem, size_t max);
/* Take the key pair of a PEM text in place of the one there was. On error that one stays. */
AXI_MUST_CHECK AXI_API int axi_rsa_load_key(struct axi_rsa *rsa, const char *pem);
/* Its public half, in upper case without leading zeros; both texts have an end mark behind them. Borrowed until
 * the pair changes. Empty without one. */
AXI_API struct axi_public_key axi_rsa_public_key(const struct axi_rsa *rsa);
/* Decrypts base64, in which blanks are passed over. Writes no end mark. */
AXI_MUST_CHECK AXI_API int axi_rsa_decrypt(struct axi_rsa *rsa, struct axi_str text,
                                           char *ret_plain, size_t max, size_t *ret_len);

/* Both directions as libaxi wants them; `rsa` must outlive the use. Every error is AXI_ESECRET. Without a key pair
 * it cannot decrypt. */
AXI_API struct axi_secret_ops axi_rsa_secret_ops(struct axi_rsa *rsa);

#ifdef __cplusplus
}
#endif
#endif
