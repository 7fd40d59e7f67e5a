/*
 * The sealer of exports.
 */
#include "passphrase.h"

#include <stdio.h>
#include <string.h>

#define SCHEME         1
#define HEAD           (COM_SALT_SIZE + 4)
#define OVERHEAD       (HEAD + COM_SEAL_OVERHEAD)
#define ITERATIONS     600000  /* OWASP's recommendation for PBKDF2 with HMAC-SHA-256 */
#define ITERATIONS_MAX 5000000 /* a file must not hold us up for minutes */

_Static_assert(OVERHEAD <= MOM_SEAL_OVERHEAD_MAX,
               "a sealed secret has room for salt and iterations");

static struct com_bytes bytes_of(struct mom_str text)
{
    return (struct com_bytes){text.ptr, text.len};
}

static int make_key(struct passphrase *passphrase, const uint8_t *salt, uint32_t iterations)
{
    struct com_bytes text = {passphrase->text, strlen(passphrase->text)};
    if (com_derive_key(text, salt, iterations, passphrase->key) != 0)
        return -1;
    memcpy(passphrase->salt, salt, COM_SALT_SIZE);
    passphrase->iterations = iterations;
    return 0;
}

void passphrase_take(struct passphrase *passphrase, const char *text)
{
    memset(passphrase, 0, sizeof *passphrase);
    snprintf(passphrase->text, sizeof passphrase->text, "%s", text);
}

int passphrase_make(struct passphrase *passphrase, const char *text)
{
    uint8_t salt[COM_SALT_SIZE];
    passphrase_take(passphrase, text);
    if (com_random(salt, sizeof salt) != 0)
        return -1;
    return make_key(passphrase, salt, ITERATIONS);
}

void passphrase_wipe(struct passphrase *passphrase)
{
    com_wipe(passphrase, sizeof *passphrase);
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t get_u32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int seal(void *user, uint8_t number, struct mom_str context, struct mom_str clear,
                unsigned char *ret_sealed)
{
    const struct passphrase *passphrase = user;
    size_t len;
    if (number != SCHEME || passphrase->iterations == 0)
        return -1;
    memcpy(ret_sealed, passphrase->salt, COM_SALT_SIZE);
    put_u32(ret_sealed + COM_SALT_SIZE, passphrase->iterations);
    return com_seal_in(passphrase->key, bytes_of(context), bytes_of(clear), ret_sealed + HEAD,
                       clear.len + COM_SEAL_OVERHEAD, &len);
}

static int open_sealed(void *user, uint8_t number, struct mom_str context, struct mom_str sealed,
                       unsigned char *ret_clear)
{
    struct passphrase *passphrase = user;
    const uint8_t *bytes = (const uint8_t *)sealed.ptr;
    uint32_t iterations = get_u32(bytes + COM_SALT_SIZE);
    struct com_bytes blob = {bytes + HEAD, sealed.len - HEAD};
    size_t len;
    if (number != SCHEME || iterations == 0 || iterations > ITERATIONS_MAX)
        return -1;
    if (passphrase->iterations == 0 && make_key(passphrase, bytes, iterations) != 0)
        return -1;
    /* a key for each secret would take for ever */
    if (iterations != passphrase->iterations || memcmp(bytes, passphrase->salt, COM_SALT_SIZE) != 0)
        return -1;
    return com_open_in(passphrase->key, bytes_of(context), blob, ret_clear,
                       blob.len - COM_SEAL_OVERHEAD, &len);
}

struct mom_sealer passphrase_sealer(struct passphrase *passphrase)
{
    return (struct mom_sealer){passphrase, SCHEME, OVERHEAD, seal, open_sealed};
}
