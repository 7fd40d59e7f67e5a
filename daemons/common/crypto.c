/*
 * The process's random generator, hashes, and sealing with AES-256-GCM.
 *
 * The generator is seeded once; a program must not fork after the first use, the child would repeat
 * its bytes.
 */
#include <com/crypto.h>
#include "tls_compat.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define NONCE 12
#define TAG   16

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int start_result = -1;

static void start(void)
{
    mbedtls_entropy_init(&entropy);
    mbedtls_ctr_drbg_init(&generator);
    if (compat_start() == 0 &&
        mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, NULL, 0) == 0)
        start_result = 0;
}

int com__crypto_start(void)
{
    pthread_once(&once, start);
    return start_result;
}

int com__rng(void *unused, unsigned char *bytes, size_t len)
{
    (void)unused;
    if (com__crypto_start() != 0)
        return MBEDTLS_ERR_CTR_DRBG_ENTROPY_SOURCE_FAILED;
    while (len > 0) {
        size_t part = len < MBEDTLS_CTR_DRBG_MAX_REQUEST ? len : MBEDTLS_CTR_DRBG_MAX_REQUEST;
        int err = mbedtls_ctr_drbg_random(&generator, bytes, part);
        if (err != 0)
            return err;
        bytes += part;
        len -= part;
    }
    return 0;
}

int com_random(void *bytes, size_t len)
{
    return com__rng(NULL, bytes, len) == 0 ? 0 : -1;
}

uint32_t com_random_below(uint32_t limit)
{
    uint64_t value = 0;
    if (limit == 0 || com_random(&value, sizeof value) != 0)
        return 0;
    return (uint32_t)(value % limit); /* 64 bits over 32: the bias does not matter for jitter */
}

void com_sha256(const void *bytes, size_t len, uint8_t ret_hash[32])
{
    static const unsigned char nothing[1];
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(MBEDTLS_MD_SHA256);
    if (mbedtls_md(info, len ? bytes : nothing, len, ret_hash) != 0)
        abort(); /* only when the library was built without SHA-256 */
}

void com_sha256_hex(const void *bytes, size_t len, char ret_hex[65])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t hash[32];
    com_sha256(bytes, len, hash);
    for (size_t i = 0; i < sizeof hash; i++) {
        ret_hex[2 * i] = digits[hash[i] >> 4];
        ret_hex[2 * i + 1] = digits[hash[i] & 15];
    }
    ret_hex[64] = '\0';
}

bool com_equal(const void *a, const void *b, size_t len)
{
    const volatile uint8_t *x = a, *y = b;
    unsigned difference = 0;
    for (size_t i = 0; i < len; i++)
        difference |= (unsigned)(x[i] ^ y[i]);
    return difference == 0;
}

void com_wipe(void *bytes, size_t len)
{
    if (len > 0)
        mbedtls_platform_zeroize(bytes, len);
}

/* A key is as long as one block of the function, so there is one block only. */
static int derive(mbedtls_md_context_t *md, const uint8_t salt[COM_SALT_SIZE], uint32_t iterations,
                  uint8_t key[COM_KEY_SIZE])
{
    static const uint8_t first_block[4] = {0, 0, 0, 1};
    uint8_t round[COM_KEY_SIZE];
    int err = mbedtls_md_hmac_update(md, salt, COM_SALT_SIZE);
    if (err == 0)
        err = mbedtls_md_hmac_update(md, first_block, sizeof first_block);
    if (err == 0)
        err = mbedtls_md_hmac_finish(md, round);
    memcpy(key, round, sizeof round);
    for (uint32_t i = 1; err == 0 && i < iterations; i++) {
        err = mbedtls_md_hmac_reset(md);
        if (err == 0)
            err = mbedtls_md_hmac_update(md, round, sizeof round);
        if (err == 0)
            err = mbedtls_md_hmac_finish(md, round);
        for (size_t k = 0; k < sizeof round; k++)
            key[k] ^= round[k];
    }
    com_wipe(round, sizeof round);
    return err;
}

int com_derive_key(struct com_bytes passphrase, const uint8_t salt[COM_SALT_SIZE],
                   uint32_t iterations, uint8_t ret_key[COM_KEY_SIZE])
{
    uint8_t key[COM_KEY_SIZE] = {0};
    mbedtls_md_context_t md;
    mbedtls_md_init(&md);
    int err = iterations == 0
                  ? -1
                  : mbedtls_md_setup(&md, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), 1);
    if (err == 0)
        err = mbedtls_md_hmac_starts(&md, passphrase.ptr, passphrase.len);
    if (err == 0)
        err = derive(&md, salt, iterations, key);
    mbedtls_md_free(&md);
    if (err == 0)
        memcpy(ret_key, key, sizeof key);
    com_wipe(key, sizeof key);
    return err == 0 ? 0 : -1;
}

struct com_sealing {
    mbedtls_gcm_context gcm;
};

static int make_ready(struct com_sealing *sealing, const uint8_t key[COM_KEY_SIZE])
{
    mbedtls_gcm_init(&sealing->gcm);
    return mbedtls_gcm_setkey(&sealing->gcm, MBEDTLS_CIPHER_ID_AES, key, COM_KEY_SIZE * 8);
}

static void wipe(struct com_sealing *sealing)
{
    mbedtls_gcm_free(&sealing->gcm);
}

struct com_sealing *com_sealing_new(const uint8_t key[COM_KEY_SIZE])
{
    struct com_sealing *sealing = malloc(sizeof *sealing);
    if (sealing && make_ready(sealing, key) != 0) {
        com_sealing_free(sealing);
        sealing = NULL;
    }
    return sealing;
}

void com_sealing_free(struct com_sealing *sealing)
{
    if (sealing)
        wipe(sealing);
    free(sealing);
}

int com_sealing_seal(struct com_sealing *sealing, struct com_bytes context, struct com_bytes plain,
                     uint8_t *ret_blob, size_t max, size_t *ret_len)
{
    if (plain.len > SIZE_MAX - COM_SEAL_OVERHEAD || max < plain.len + COM_SEAL_OVERHEAD ||
        com_random(ret_blob, NONCE) != 0 ||
        mbedtls_gcm_crypt_and_tag(&sealing->gcm, MBEDTLS_GCM_ENCRYPT, plain.len, ret_blob, NONCE,
                                  context.ptr, context.len, plain.ptr, ret_blob + NONCE, TAG,
                                  ret_blob + NONCE + plain.len) != 0)
        return -1;
    *ret_len = plain.len + COM_SEAL_OVERHEAD;
    return 0;
}

/* What was opened and turns out to be changed is not shown: it is opened beside. Most texts are short. */
int com_sealing_open(struct com_sealing *sealing, struct com_bytes context, struct com_bytes blob,
                     uint8_t *ret_plain, size_t max, size_t *ret_len)
{
    uint8_t room[256];
    if (blob.len < COM_SEAL_OVERHEAD || max < blob.len - COM_SEAL_OVERHEAD)
        return -1;
    const uint8_t *bytes = blob.ptr;
    size_t len = blob.len - COM_SEAL_OVERHEAD;
    uint8_t *plain = len <= sizeof room ? room : malloc(len);
    if (!plain)
        return -1;
    int err = mbedtls_gcm_auth_decrypt(&sealing->gcm, len, bytes, NONCE, context.ptr, context.len,
                                       bytes + NONCE + len, TAG, bytes + NONCE, plain);
    if (err == 0) {
        if (len > 0)
            memcpy(ret_plain, plain, len);
        *ret_len = len;
    }
    com_wipe(plain, len);
    if (plain != room)
        free(plain);
    return err == 0 ? 0 : -1;
}

int com_seal_in(const uint8_t key[COM_KEY_SIZE], struct com_bytes context, struct com_bytes plain,
                uint8_t *ret_blob, size_t max, size_t *ret_len)
{
    struct com_sealing sealing;
    int rc = make_ready(&sealing, key) == 0
                 ? com_sealing_seal(&sealing, context, plain, ret_blob, max, ret_len)
                 : -1;
    wipe(&sealing);
    return rc;
}

int com_seal(const uint8_t key[COM_KEY_SIZE], struct com_bytes plain, uint8_t *ret_blob, size_t max,
             size_t *ret_len)
{
    return com_seal_in(key, (struct com_bytes){NULL, 0}, plain, ret_blob, max, ret_len);
}

int com_open_in(const uint8_t key[COM_KEY_SIZE], struct com_bytes context, struct com_bytes blob,
                uint8_t *ret_plain, size_t max, size_t *ret_len)
{
    struct com_sealing sealing;
    int rc = make_ready(&sealing, key) == 0
                 ? com_sealing_open(&sealing, context, blob, ret_plain, max, ret_len)
                 : -1;
    wipe(&sealing);
    return rc;
}

int com_open(const uint8_t key[COM_KEY_SIZE], struct com_bytes blob, uint8_t *ret_plain, size_t max,
             size_t *ret_len)
{
    return com_open_in(key, (struct com_bytes){NULL, 0}, blob, ret_plain, max, ret_len);
}
