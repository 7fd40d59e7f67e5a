/*
 * RSA with PKCS#1 v1.5 padding, keys as hexadecimal text and results as base64: how AXI carries
 * secrets.
 */
#ifndef COM_RSA_H
#define COM_RSA_H

#include <com/crypto.h>

enum com_rsa_err {
    COM_RSA_OK = 0,
    COM_RSA_EKEY = -1,   /* not a usable key */
    COM_RSA_ELONG = -2,  /* text longer than the key takes */
    COM_RSA_ESPACE = -3, /* result does not fit */
    COM_RSA_EDATA = -4,  /* decryption failed; nothing tells why, on purpose */
    COM_RSA_ENOMEM = -5
};
const char *com_rsa_err_text(int code);

#define COM_RSA_BITS_MIN 512
#define COM_RSA_BITS_MAX 8192
#define COM_RSA_HEX_MAX  (COM_RSA_BITS_MAX / 4 + 1)
/* Base64 text of one block of the longest key, with its end. */
#define COM_RSA_TEXT_MAX 1369

/* A public key as text; blanks and line ends around and inside are ignored. Borrowed. */
struct com_rsa_public {
    const char *modulus;
    size_t modulus_len;
    const char *exponent;
    size_t exponent_len;
};

/* Bits of the modulus, 0 when the key is not usable. */
unsigned com_rsa_public_bits(const struct com_rsa_public *key);
/* Longest text that the key takes, in bytes; 0 when it is not usable. */
size_t com_rsa_public_max(const struct com_rsa_public *key);
/* Writes base64 with an end mark (not counted in ret_len). enum com_rsa_err. */
int com_rsa_encrypt_base64(const struct com_rsa_public *key, struct com_bytes plain, char *ret_text,
                           size_t max, size_t *ret_len);

struct com_rsa; /* an own key pair */

/* Make a key pair; 2048 bits take some 200 ms. NULL when the size is not possible. */
struct com_rsa *com_rsa_new(unsigned bits);
void com_rsa_free(struct com_rsa *rsa);
/* Upper case, no leading zeros. Borrowed. */
const char *com_rsa_modulus_hex(const struct com_rsa *rsa);
const char *com_rsa_exponent_hex(const struct com_rsa *rsa);
/* Decrypts base64 (blanks inside are ignored). ret_plain gets no end mark. enum com_rsa_err. */
int com_rsa_decrypt_base64(struct com_rsa *rsa, struct com_bytes text, void *ret_plain, size_t max,
                           size_t *ret_len);

/* The key pair as PEM text. `max` of COM_RSA_PEM_MAX is always enough. 0 or enum com_rsa_err. */
#define COM_RSA_PEM_MAX 8192
int com_rsa_save_pem(struct com_rsa *rsa, char *ret_pem, size_t max);
/* NULL when the text is not an RSA key pair. */
struct com_rsa *com_rsa_load_pem(const char *pem);

#endif
