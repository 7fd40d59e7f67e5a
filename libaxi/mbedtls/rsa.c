/*
 * The object: a generator of random numbers and a key pair, encrypting and decrypting.
 *
 * A failed decryption says nothing of its cause, so that nobody can feel his way to a plain text.
 */
#include "public.h"

#include <stdlib.h>
#include <string.h>

enum { EXPONENT = 65537, MAKE_ATTEMPTS = 100, EASY_BITS = 1024 };

struct axi_rsa {
    struct axi_alloc alloc;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context rng;
    mbedtls_pk_context pk; /* of type NONE without a key pair */
    char modulus[HEX_MAX], exponent[HEX_MAX];
};

const char *axi_rsa_err_text(int code)
{
    switch (code) {
    case AXI_RSA_OK:
        return "success";
    case AXI_RSA_EKEY:
        return "the RSA key is not usable";
    case AXI_RSA_ELONG:
        return "the text is longer than the RSA key takes";
    case AXI_RSA_ESPACE:
        return "the result does not fit";
    case AXI_RSA_EDATA:
        return "decryption failed";
    case AXI_RSA_ERANDOM:
        return "the system has no randomness";
    default:
        return "unknown error";
    }
}

/* --- life */

struct axi_rsa *axi_rsa_new(const struct axi_alloc *alloc)
{
    struct axi_alloc hook = {0};
    if (alloc != NULL)
        hook = *alloc;
    struct axi_rsa *rsa = hook.realloc != NULL ? hook.realloc(hook.user, NULL, sizeof *rsa)
                                               : realloc(NULL, sizeof *rsa);
    if (rsa == NULL)
        return NULL;
    memset(rsa, 0, sizeof *rsa);
    rsa->alloc = hook;
    mbedtls_entropy_init(&rsa->entropy);
    mbedtls_ctr_drbg_init(&rsa->rng);
    mbedtls_pk_init(&rsa->pk);
    if (compat_start() == 0 &&
        mbedtls_ctr_drbg_seed(&rsa->rng, mbedtls_entropy_func, &rsa->entropy, NULL, 0) == 0)
        return rsa;
    axi_rsa_free(rsa);
    return NULL;
}

void axi_rsa_free(struct axi_rsa *rsa)
{
    if (rsa == NULL)
        return;
    struct axi_alloc hook = rsa->alloc;
    mbedtls_pk_free(&rsa->pk);
    mbedtls_ctr_drbg_free(&rsa->rng);
    mbedtls_entropy_free(&rsa->entropy);
    if (hook.realloc == NULL)
        free(rsa);
    else if (hook.free != NULL)
        hook.free(hook.user, rsa);
}

/* --- encrypting */

int axi_rsa_encrypt(struct axi_rsa *rsa, const struct axi_public_key *key, struct axi_str plain,
                    char *ret_text, size_t max, size_t *ret_len)
{
    static const unsigned char nothing[1];
    unsigned char block[BLOCK_MAX];
    char text[AXI_RSA_TEXT_MAX + 1];
    size_t written = 0;
    mbedtls_rsa_context public;
    int rc = axi__rsa_read_public(&public, key);
    size_t size = rc == AXI_RSA_OK ? mbedtls_rsa_get_len(&public) : 0;
    const unsigned char *bytes = plain.len > 0 ? (const unsigned char *)plain.ptr : nothing;
    if (rc == AXI_RSA_OK && plain.len > size - PKCS1_PADDING)
        rc = AXI_RSA_ELONG;
    if (rc == AXI_RSA_OK && compat_rsa_encrypt(&public, &rsa->rng, plain.len, bytes, block) != 0)
        rc = AXI_RSA_EKEY;
    if (rc == AXI_RSA_OK &&
        (mbedtls_base64_encode((unsigned char *)text, sizeof text, &written, block, size) != 0 ||
         written > max))
        rc = AXI_RSA_ESPACE;
    mbedtls_rsa_free(&public);
    if (rc != AXI_RSA_OK)
        return rc;
    memcpy(ret_text, text, written);
    *ret_len = written;
    return AXI_RSA_OK;
}

/* --- own keys */

/* The four numbers from which a key is made. */
struct numbers {
    mbedtls_mpi p, q, n, e;
};

static bool fit(const struct numbers *numbers, unsigned bits)
{
    return mbedtls_mpi_bitlen(&numbers->n) == bits &&
           mbedtls_mpi_cmp_mpi(&numbers->p, &numbers->q) != 0;
}

/* mbedTLS 3 makes no key under 1024 bits, but old peers have them: from two primes it does. */
static int make_small(mbedtls_rsa_context *rsa, mbedtls_ctr_drbg_context *rng, unsigned bits)
{
    struct numbers k;
    mbedtls_mpi_init(&k.p);
    mbedtls_mpi_init(&k.q);
    mbedtls_mpi_init(&k.n);
    mbedtls_mpi_init(&k.e);
    int err = mbedtls_mpi_lset(&k.e, EXPONENT), made = -1;
    for (int i = 0; err == 0 && made != 0 && i < MAKE_ATTEMPTS; i++) {
        err = mbedtls_mpi_gen_prime(&k.p, bits / 2, 0, mbedtls_ctr_drbg_random, rng);
        if (err == 0)
            err = mbedtls_mpi_gen_prime(&k.q, bits - bits / 2, 0, mbedtls_ctr_drbg_random, rng);
        if (err == 0)
            err = mbedtls_mpi_mul_mpi(&k.n, &k.p, &k.q);
        if (err != 0 || !fit(&k, bits))
            continue;
        mbedtls_rsa_free(rsa);
        compat_rsa_init(rsa);
        if (mbedtls_rsa_import(rsa, NULL, &k.p, &k.q, NULL, &k.e) == 0 &&
            mbedtls_rsa_complete(rsa) == 0 && mbedtls_rsa_check_privkey(rsa) == 0)
            made = 0;
    }
    mbedtls_mpi_free(&k.p);
    mbedtls_mpi_free(&k.q);
    mbedtls_mpi_free(&k.n);
    mbedtls_mpi_free(&k.e);
    return made;
}

/* mbedTLS writes pairs of digits: take a leading zero away. */
static int hex_of(const mbedtls_mpi *number, char hex[HEX_MAX])
{
    size_t len;
    char text[HEX_MAX + 2];
    if (mbedtls_mpi_write_string(number, 16, text, sizeof text, &len) != 0)
        return -1;
    const char *digits = text + strspn(text, "0");
    size_t size = strlen(digits) + 1;
    if (size > HEX_MAX)
        return -1;
    memcpy(hex, digits, size);
    return 0;
}

/* Take over the key pair `pk` if it is a good one; else it is freed. */
static int use_pair(struct axi_rsa *rsa, mbedtls_pk_context *pk)
{
    char modulus[HEX_MAX], exponent[HEX_MAX];
    mbedtls_mpi n, e;
    mbedtls_mpi_init(&n);
    mbedtls_mpi_init(&e);
    int err = mbedtls_rsa_export(mbedtls_pk_rsa(*pk), &n, NULL, NULL, NULL, &e);
    if (err == 0)
        err = hex_of(&n, modulus);
    if (err == 0)
        err = hex_of(&e, exponent);
    mbedtls_mpi_free(&n);
    mbedtls_mpi_free(&e);
    if (err != 0) {
        mbedtls_pk_free(pk);
        return AXI_RSA_EKEY;
    }
    mbedtls_pk_free(&rsa->pk);
    rsa->pk = *pk;
    memcpy(rsa->modulus, modulus, sizeof modulus);
    memcpy(rsa->exponent, exponent, sizeof exponent);
    return AXI_RSA_OK;
}

int axi_rsa_make_key(struct axi_rsa *rsa, unsigned bits)
{
    if (bits < AXI_RSA_BITS_MIN || bits > AXI_RSA_BITS_MAX || bits % 8 != 0)
        return AXI_RSA_EKEY;
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    int err = mbedtls_pk_setup(&pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA));
    if (err == 0 && bits < EASY_BITS)
        err = make_small(mbedtls_pk_rsa(pk), &rsa->rng, bits);
    else if (err == 0)
        err = mbedtls_rsa_gen_key(mbedtls_pk_rsa(pk), mbedtls_ctr_drbg_random, &rsa->rng, bits,
                                  EXPONENT);
    if (err == 0)
        return use_pair(rsa, &pk);
    mbedtls_pk_free(&pk);
    return AXI_RSA_EKEY;
}

int axi_rsa_save_key(struct axi_rsa *rsa, char *ret_pem, size_t max)
{
    if (mbedtls_pk_get_type(&rsa->pk) != MBEDTLS_PK_RSA)
        return AXI_RSA_EKEY;
    return mbedtls_pk_write_key_pem(&rsa->pk, (unsigned char *)ret_pem, max) == 0 ? AXI_RSA_OK
                                                                                  : AXI_RSA_ESPACE;
}

int axi_rsa_load_key(struct axi_rsa *rsa, const char *pem)
{
    mbedtls_pk_context pk;
    mbedtls_pk_init(&pk);
    if (compat_pk_parse(&pk, (const unsigned char *)pem, strlen(pem) + 1, &rsa->rng) == 0 &&
        mbedtls_pk_get_type(&pk) == MBEDTLS_PK_RSA && mbedtls_pk_get_len(&pk) <= BLOCK_MAX &&
        mbedtls_rsa_check_privkey(mbedtls_pk_rsa(pk)) == 0)
        return use_pair(rsa, &pk);
    mbedtls_pk_free(&pk);
    return AXI_RSA_EKEY;
}

struct axi_public_key axi_rsa_public_key(const struct axi_rsa *rsa)
{
    struct axi_public_key key = {{rsa->modulus, strlen(rsa->modulus)},
                                 {rsa->exponent, strlen(rsa->exponent)}};
    return key;
}

/* --- decrypting */

int axi_rsa_decrypt(struct axi_rsa *rsa, struct axi_str text, char *ret_plain, size_t max,
                    size_t *ret_len)
{
    char digits[AXI_RSA_TEXT_MAX + 1];
    unsigned char block[BLOCK_MAX], plain[BLOCK_MAX];
    size_t len = 0, plain_len = 0;
    if (mbedtls_pk_get_type(&rsa->pk) != MBEDTLS_PK_RSA)
        return AXI_RSA_EKEY;
    mbedtls_rsa_context *pair = mbedtls_pk_rsa(rsa->pk);
    int n = axi__strip_blanks(text, digits, sizeof digits);
    if (n <= 0 ||
        mbedtls_base64_decode(block, sizeof block, &len, (unsigned char *)digits, (size_t)n) != 0 ||
        len != mbedtls_rsa_get_len(pair))
        return AXI_RSA_EDATA;
    int rc = compat_rsa_decrypt(pair, &rsa->rng, &plain_len, block, plain, sizeof plain);
    if (rc != 0)
        rc = AXI_RSA_EDATA;
    else if (plain_len > max)
        rc = AXI_RSA_ESPACE;
    else if (plain_len > 0)
        memcpy(ret_plain, plain, plain_len);
    if (rc == AXI_RSA_OK)
        *ret_len = plain_len;
    mbedtls_platform_zeroize(plain, sizeof plain);
    return rc;
}

/* --- the hook */

static int encrypt_hook(void *user, const struct axi_public_key *key, struct axi_str plain,
                        char *ret_text, size_t max, size_t *ret_len)
{
    return axi_rsa_encrypt(user, key, plain, ret_text, max, ret_len) == AXI_RSA_OK ? AXI_OK
                                                                                   : AXI_ESECRET;
}

static int decrypt_hook(void *user, struct axi_str text, char *ret_plain, size_t max,
                        size_t *ret_len)
{
    return axi_rsa_decrypt(user, text, ret_plain, max, ret_len) == AXI_RSA_OK ? AXI_OK
                                                                              : AXI_ESECRET;
}

struct axi_secret_ops axi_rsa_secret_ops(struct axi_rsa *rsa)
{
    struct axi_secret_ops ops = {rsa, encrypt_hook, decrypt_hook};
    return ops;
}
