/*
 * Small cryptography: random bytes, hashes, sealing of secrets at rest.
 */
#ifndef COM_CRYPTO_H
#define COM_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of somebody else. */
struct com_bytes {
    const void *ptr;
    size_t len;
};

/* Fill with random bytes of the process's generator. 0, or -1 when the system has none (then
 * nothing may go on). */
int com_random(void *bytes, size_t len);
/* Random unsigned below limit (limit > 0), for jitter. */
uint32_t com_random_below(uint32_t limit);

void com_sha256(const void *bytes, size_t len, uint8_t ret_hash[32]);
void com_sha256_hex(const void *bytes, size_t len, char ret_hex[65]);
/* Comparison whose time does not depend on the content. */
bool com_equal(const void *a, const void *b, size_t len);
/* Overwrite a secret in a way that the compiler keeps. */
void com_wipe(void *bytes, size_t len);

#define COM_KEY_SIZE      32
#define COM_SALT_SIZE     16
#define COM_SEAL_OVERHEAD 28 /* nonce and tag */

/* A key from what a person remembers: PBKDF2 with HMAC-SHA-256 (RFC 8018). As slow as `iterations` make it, which are
 * above 0. 0, or -1 when it cannot be made. */
int com_derive_key(struct com_bytes passphrase, const uint8_t salt[COM_SALT_SIZE],
                   uint32_t iterations, uint8_t ret_key[COM_KEY_SIZE]);

/* AES-256-GCM. The blob is nonce, ciphertext, tag: COM_SEAL_OVERHEAD longer than the text. 0, or -1
 * when `max` is too small or, for com_open, when the key is another one or the blob was changed
 * (then nothing is written). */
int com_seal(const uint8_t key[COM_KEY_SIZE], struct com_bytes plain, uint8_t *ret_blob, size_t max,
             size_t *ret_len);
int com_open(const uint8_t key[COM_KEY_SIZE], struct com_bytes blob, uint8_t *ret_plain, size_t max,
             size_t *ret_len);
/* The same bound to a context, which is authenticated and not part of the blob: it opens with the same context only. */
int com_seal_in(const uint8_t key[COM_KEY_SIZE], struct com_bytes context, struct com_bytes plain,
                uint8_t *ret_blob, size_t max, size_t *ret_len);
int com_open_in(const uint8_t key[COM_KEY_SIZE], struct com_bytes context, struct com_bytes blob,
                uint8_t *ret_plain, size_t max, size_t *ret_len);

/* The same with a key that is kept ready, for many short texts: to prepare it takes longer than to seal one. NULL: no
 * memory. One thread at a time; the key is wiped when it is freed (NULL does nothing). */
struct com_sealing;
struct com_sealing *com_sealing_new(const uint8_t key[COM_KEY_SIZE]);
void com_sealing_free(struct com_sealing *sealing);
int com_sealing_seal(struct com_sealing *sealing, struct com_bytes context, struct com_bytes plain,
                     uint8_t *ret_blob, size_t max, size_t *ret_len);
int com_sealing_open(struct com_sealing *sealing, struct com_bytes context, struct com_bytes blob,
                     uint8_t *ret_plain, size_t max, size_t *ret_len);

#endif
