/*
 * A certificate for servers that were given none: P-256, signed by itself, valid for localhost and
 * its own name.
 */
#include "tls_private.h"

#include <mbedtls/ecp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PEM_MAX    4096
#define NAME_BYTES 64
#define DAY        86400
#define YEARS      10

/* The name goes into a distinguished name and a DNS name: only what both take. */
static void clean_name(const char *name, char out[NAME_BYTES + 1])
{
    size_t n = 0;
    for (; name[n] && n < NAME_BYTES; n++) {
        char c = name[n];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        out[n] = plain || c == '.' || c == '-' ? c : '-';
    }
    out[n] = '\0';
    if (n == 0)
        snprintf(out, NAME_BYTES + 1, "localhost");
}

static size_t put_name(unsigned char *der, unsigned char tag, const void *bytes, size_t len)
{
    der[0] = tag;
    der[1] = (unsigned char)len;
    memcpy(der + 2, bytes, len);
    return len + 2;
}

/* Browsers look at the subjectAltName only; mbedTLS 2.28 has no writer for it. RFC 5280, 4.2.1.6.
 */
static int set_alt_names(mbedtls_x509write_cert *crt, const char *name)
{
    enum { DNS = 0x82, ADDRESS = 0x87 };
    static const unsigned char loopback[4] = {127, 0, 0, 1};
    static const unsigned char loopback6[16] = {[15] = 1};
    unsigned char der[160] = {MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE};
    size_t len = 2;
    len += put_name(der + len, DNS, name, strlen(name));
    if (strcmp(name, "localhost") != 0)
        len += put_name(der + len, DNS, "localhost", 9);
    len += put_name(der + len, ADDRESS, loopback, sizeof loopback);
    len += put_name(der + len, ADDRESS, loopback6, sizeof loopback6);
    der[1] = (unsigned char)(len - 2); /* at most 2 + 66 + 11 + 6 + 18, so one byte is enough */
    return mbedtls_x509write_crt_set_extension(crt, MBEDTLS_OID_SUBJECT_ALT_NAME,
                                               MBEDTLS_OID_SIZE(MBEDTLS_OID_SUBJECT_ALT_NAME), 0,
                                               der, len);
}

static int set_validity(mbedtls_x509write_cert *crt)
{
    char from[16], to[16];
    time_t start = time(NULL) - DAY, end = start + (time_t)YEARS * 365 * DAY;
    struct tm tm;
    if (!gmtime_r(&start, &tm) || !strftime(from, sizeof from, "%Y%m%d%H%M%S", &tm) ||
        !gmtime_r(&end, &tm) || !strftime(to, sizeof to, "%Y%m%d%H%M%S", &tm))
        return -1;
    return mbedtls_x509write_crt_set_validity(crt, from, to);
}

static int write_cert(mbedtls_pk_context *key, const char *name, unsigned char *pem)
{
    char subject[NAME_BYTES + 4];
    unsigned char serial[16];
    mbedtls_x509write_cert crt;
    mbedtls_x509write_crt_init(&crt);
    mbedtls_x509write_crt_set_version(&crt, MBEDTLS_X509_CRT_VERSION_3);
    mbedtls_x509write_crt_set_md_alg(&crt, MBEDTLS_MD_SHA256);
    mbedtls_x509write_crt_set_subject_key(&crt, key);
    mbedtls_x509write_crt_set_issuer_key(&crt, key);
    snprintf(subject, sizeof subject, "CN=%s", name);
    int err = com__rng(NULL, serial, sizeof serial);
    serial[0] = (unsigned char)((serial[0] & 0x7f) | 0x40); /* positive, without leading zeros */
    if (err == 0)
        err = compat_set_serial(&crt, serial, sizeof serial);
    if (err == 0)
        err = mbedtls_x509write_crt_set_subject_name(&crt, subject);
    if (err == 0)
        err = mbedtls_x509write_crt_set_issuer_name(&crt, subject);
    if (err == 0)
        err = set_validity(&crt);
    if (err == 0)
        err = mbedtls_x509write_crt_set_basic_constraints(&crt, 0, -1);
    if (err == 0)
        err = set_alt_names(&crt, name);
    if (err == 0)
        err = mbedtls_x509write_crt_pem(&crt, pem, PEM_MAX, com__rng, NULL);
    mbedtls_x509write_crt_free(&crt);
    return err;
}

int com__self_signed(const char *name, char **ret_cert, char **ret_key)
{
    char clean[NAME_BYTES + 1];
    unsigned char *cert_pem = calloc(1, PEM_MAX), *key_pem = calloc(1, PEM_MAX);
    mbedtls_pk_context key;
    mbedtls_pk_init(&key);
    clean_name(name, clean);
    int err = cert_pem && key_pem && com__crypto_start() == 0 ? 0 : -1;
    if (err == 0)
        err = mbedtls_pk_setup(&key, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY));
    if (err == 0)
        err = mbedtls_ecp_gen_key(MBEDTLS_ECP_DP_SECP256R1, mbedtls_pk_ec(key), com__rng, NULL);
    if (err == 0)
        err = write_cert(&key, clean, cert_pem);
    if (err == 0)
        err = mbedtls_pk_write_key_pem(&key, key_pem, PEM_MAX);
    mbedtls_pk_free(&key);
    if (err != 0) {
        free(cert_pem);
        free(key_pem);
        return -1;
    }
    *ret_cert = (char *)cert_pem;
    *ret_key = (char *)key_pem;
    return 0;
}
