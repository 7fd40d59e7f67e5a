/*
 * RSA for secrets in AXI: PKCS#1 v1.5, public keys as hexadecimal text, ciphertext as base64.
 */
#include <com/rsa.h>
#include "tls_compat.h"

#include <stdlib.h>
#include <string.h>

#define EXPONENT      65537
#define BYTES_MAX     (COM_RSA_BITS_MAX / 8)
#define PADDING       11
#define MAKE_ATTEMPTS 100

struct com_rsa {
    mbedtls_pk_context pk;
    char modulus[COM_RSA_HEX_MAX], exponent[COM_RSA_HEX_MAX];
};

const char *com_rsa_err_text(int code)
{
    switch (code) {
    case COM_RSA_OK:
        return "success";
    case COM_RSA_EKEY:
        return "the RSA key is not usable";
    case COM_RSA_ELONG:
        return "the text is longer than the RSA key takes";
    case COM_RSA_ESPACE:
        return "the result does not fit";
    case COM_RSA_EDATA:
        return "decryption failed";
    case COM_RSA_ENOMEM:
        return "out of memory";
    default:
        return "unknown error";
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copy without blanks; the number of characters, or -1 when they do not fit. */
static int strip(const char *text, size_t len, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (is_blank(text[i]))
            continue;
        if (n + 1 >= max)
            return -1;
        out[n++] = text[i];
    }
    out[n] = '\0';
    return (int)n;
}

/* --- public keys */

static int read_hex(mbedtls_mpi *number, const char *text, size_t len)
{
    /* a few leading zeros are common, more than the number itself is nonsense */
    char digits[COM_RSA_HEX_MAX + 64];
    int n = text ? strip(text, len, digits, sizeof digits) : -1;
    if (n <= 0 || strspn(digits, "0123456789abcdefABCDEF") != (size_t)n ||
        mbedtls_mpi_read_string(number, 16, digits) != 0)
        return COM_RSA_EKEY;
    return COM_RSA_OK;
}

/* Initialises `rsa` in any case. */
static int read_public(mbedtls_rsa_context *rsa, const struct com_rsa_public *key)
{
    mbedtls_mpi n, e;
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    compat_rsa_init(rsa);
    int err = read_hex(&n, key->modulus, key->modulus_len);
    if (err == COM_RSA_OK)
        err = read_hex(&e, key->exponent, key->exponent_len);
    size_t bits = mbedtls_mpi_bitlen(&n);
    if (err == COM_RSA_OK && (bits < COM_RSA_BITS_MIN || bits > COM_RSA_BITS_MAX ||
                              mbedtls_rsa_import(rsa, &n, NULL, NULL, NULL, &e) != 0 ||
                              mbedtls_rsa_complete(rsa) != 0 || mbedtls_rsa_check_pubkey(rsa) != 0))
        err = COM_RSA_EKEY;
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    return err;
}

unsigned com_rsa_public_bits(const struct com_rsa_public *key)
{
    mbedtls_mpi n;
    mbedtls_rsa_context rsa;
    unsigned bits = 0;
    mbedtls_mpi_init(&n);
    if (read_public(&rsa, key) == COM_RSA_OK &&
        mbedtls_rsa_export(&rsa, &n, NULL, NULL, NULL, NULL) == 0)
        bits = (unsigned)mbedtls_mpi_bitlen(&n);
    mbedtls_mpi_free(&n);
    mbedtls_rsa_free(&rsa);
    return bits;
}

size_t com_rsa_public_max(const struct com_rsa_public *key)
{
    unsigned bits = com_rsa_public_bits(key);
    return bits ? (bits + 7) / 8 - PADDING : 0;
}

int com_rsa_encrypt_base64(const struct com_rsa_public *key, struct com_bytes plain, char *ret_text,
                           size_t max, size_t *ret_len)
{
    static const unsigned char nothing[1];
    unsigned char block[BYTES_MAX];
    char text[COM_RSA_TEXT_MAX];
    size_t written = 0;
    mbedtls_rsa_context rsa;
    int err = read_public(&rsa, key);
    size_t size = err == COM_RSA_OK ? mbedtls_rsa_get_len(&rsa) : 0;
    if (err == COM_RSA_OK && plain.len > size - PADDING)
        err = COM_RSA_ELONG;
    if (err == COM_RSA_OK &&
        (com__crypto_start() != 0 ||
         compat_rsa_encrypt(&rsa, plain.len, plain.len ? plain.ptr : nothing, block) != 0))
        err = COM_RSA_EKEY;
    if (err == COM_RSA_OK &&
        mbedtls_base64_encode((unsigned char *)text, sizeof text, &written, block, size) != 0)
        err = COM_RSA_ESPACE;
    if (err == COM_RSA_OK && written + 1 > max)
        err = COM_RSA_ESPACE;
    mbedtls_rsa_free(&rsa);
    if (err != COM_RSA_OK)
        return err;
    memcpy(ret_text, text, written);
    ret_text[written] = '\0';
    *ret_len = written;
    return COM_RSA_OK;
}

/* --- own keys */

/* mbedTLS 3 makes no key under 1024 bits, but old peers are simulated with 512: from two primes it
 * does. */
static int make_small(mbedtls_rsa_context *rsa, unsigned bits)
{
    mbedtls_mpi p, q, n, e;
    mbedtls_mpi_init(&p);
    mbedtls_mpi_init(&q);
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    int err = mbedtls_mpi_lset(&e, EXPONENT), made = -1;
    for (int i = 0; err == 0 && made != 0 && i < MAKE_ATTEMPTS; i++) {
        err = mbedtls_mpi_gen_prime(&p, bits / 2, 0, com__rng, NULL);
        if (err == 0)
            err = mbedtls_mpi_gen_prime(&q, bits - bits / 2, 0, com__rng, NULL);
        if (err == 0)
            err = mbedtls_mpi_mul_mpi(&n, &p, &q);
        if (err != 0 || mbedtls_mpi_bitlen(&n) != bits || mbedtls_mpi_cmp_mpi(&p, &q) == 0)
            continue;
        mbedtls_rsa_free(rsa);
        compat_rsa_init(rsa);
        if (mbedtls_rsa_import(rsa, NULL, &p, &q, NULL, &e) == 0 &&
            mbedtls_rsa_complete(rsa) == 0 && mbedtls_rsa_check_privkey(rsa) == 0)
            made = 0;
    }
    mbedtls_mpi_free(&p);
    mbedtls_mpi_free(&q);
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    return made;
}

/* mbedTLS writes pairs of digits: take a leading zero away. */
static int hex_of(const mbedtls_mpi *number, char *hex, size_t max)
{
    size_t len;
    char text[COM_RSA_HEX_MAX + 2];
    if (mbedtls_mpi_write_string(number, 16, text, sizeof text, &len) != 0)
        return -1;
    const char *digits = text + strspn(text, "0");
    size_t size = strlen(digits) + 1;
    if (size > max)
        return -1;
    memcpy(hex, digits, size);
    return 0;
}

static int note_public(struct com_rsa *rsa)
{
    mbedtls_mpi n, e;
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    int err = mbedtls_rsa_export(mbedtls_pk_rsa(rsa->pk), &n, NULL, NULL, NULL, &e);
    if (err == 0)
        err = hex_of(&n, rsa->modulus, sizeof rsa->modulus);
    if (err == 0)
        err = hex_of(&e, rsa->exponent, sizeof rsa->exponent);
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    return err;
}

struct com_rsa *com_rsa_new(unsigned bits)
{
    if (bits < COM_RSA_BITS_MIN || bits > COM_RSA_BITS_MAX || bits % 8 != 0 ||
        com__crypto_start() != 0)
        return NULL;
    struct com_rsa *rsa = calloc(1, sizeof *rsa);
    if (!rsa)
        return NULL;
    mbedtls_pk_init(&rsa->pk);
    int err = mbedtls_pk_setup(&rsa->pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (err == 0 && bits < 1024)
        err = make_small(mbedtls_pk_rsa(rsa->pk), bits);
    else if (err == 0)
        err = mbedtls_rsa_gen_key(mbedtls_pk_rsa(rsa->pk), com__rng, NULL, bits, EXPONENT);
    if (err == 0)
        err = note_public(rsa);
    if (err == 0)
        return rsa;
    com_rsa_free(rsa);
    return NULL;
}

void com_rsa_free(struct com_rsa *rsa)
{
    if (!rsa)
        return;
    mbedtls_pk_free(&rsa->pk);
    free(rsa);
}

const char *com_rsa_modulus_hex(const struct com_rsa *rsa)
{
    return rsa->modulus;
}

const char *com_rsa_exponent_hex(const struct com_rsa *rsa)
{
    return rsa->exponent;
}

int com_rsa_decrypt_base64(struct com_rsa *rsa, struct com_bytes text, void *ret_plain, size_t max,
                           size_t *ret_len)
{
    char digits[COM_RSA_TEXT_MAX];
    unsigned char block[BYTES_MAX], plain[BYTES_MAX];
    size_t len = 0, plain_len = 0;
    mbedtls_rsa_context *context = mbedtls_pk_rsa(rsa->pk);
    int n = strip(text.ptr, text.len, digits, sizeof digits);
    if (n <= 0 ||
        mbedtls_base64_decode(block, sizeof block, &len, (unsigned char *)digits, (size_t)n) != 0 ||
        len != mbedtls_rsa_get_len(context))
        return COM_RSA_EDATA;
    int err = compat_rsa_decrypt(context, &plain_len, block, plain, sizeof plain);
    if (err != 0)
        err = COM_RSA_EDATA;
    else if (plain_len > max)
        err = COM_RSA_ESPACE;
    else if (plain_len > 0)
        memcpy(ret_plain, plain, plain_len);
    if (err == COM_RSA_OK)
        *ret_len = plain_len;
    com_wipe(plain, sizeof plain);
    return err;
}

int com_rsa_save_pem(struct com_rsa *rsa, char *ret_pem, size_t max)
{
    return mbedtls_pk_write_key_pem(&rsa->pk, (unsigned char *)ret_pem, max) == 0 ? COM_RSA_OK
                                                                                  : COM_RSA_ESPACE;
}

struct com_rsa *com_rsa_load_pem(const char *pem)
{
    if (com__crypto_start() != 0)
        return NULL;
    struct com_rsa *rsa = calloc(1, sizeof *rsa);
    if (!rsa)
        return NULL;
    mbedtls_pk_init(&rsa->pk);
    if (compat_pk_parse(&rsa->pk, (const unsigned char *)pem, strlen(pem) + 1) == 0 &&
        mbedtls_pk_get_type(&rsa->pk) == MBEDTLS_PK_RSA &&
        mbedtls_pk_get_len(&rsa->pk) <= BYTES_MAX &&
        mbedtls_rsa_check_privkey(mbedtls_pk_rsa(rsa->pk)) == 0 && note_public(rsa) == 0)
        return rsa;
    com_rsa_free(rsa);
    return NULL;
}
