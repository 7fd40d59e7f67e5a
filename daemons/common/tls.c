/*
 * Making TLS settings. mbedTLS keeps pointers into the object, which therefore never moves and
 * never changes.
 */
#include "tls_private.h"

#include <com/crypto.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const com_tls_check_names[] = {"none", "pinned", "ca", NULL};
const char *const com_tls_version_names[] = {"1.0", "1.2", "1.3", NULL};

void com__mbedtls_text(int code, char *text, size_t max)
{
    mbedtls_strerror(code, text, max);
    /* "X509 - The date tag or value is invalid": the part in front says nothing to a reader */
    char *dash = strstr(text, " - ");
    if (dash)
        memmove(text, dash + 3, strlen(dash + 3) + 1);
}

void com__crt_fingerprint(const mbedtls_x509_crt *crt, char ret_hex[COM_FINGERPRINT_SIZE])
{
    com_sha256_hex(crt->raw.p, crt->raw.len, ret_hex);
}

static int fail(char *error, size_t max, const char *what, const char *name, int code)
{
    char text[160] = "";
    if (code != 0)
        com__mbedtls_text(code, text, sizeof text);
    snprintf(error, max, "%s%s%s%s%s", what, name ? " " : "", name ? name : "", code ? ": " : "",
             text);
    return -1;
}

static struct com_tls *tls_new(bool server, char *error, size_t max)
{
    struct com_tls *tls = calloc(1, sizeof *tls);
    if (!tls) {
        fail(error, max, "out of memory", NULL, 0);
        return NULL;
    }
    tls->refs = 1;
    tls->server = server;
    mbedtls_ssl_config_init(&tls->conf);
    mbedtls_x509_crt_init(&tls->crt);
    mbedtls_pk_init(&tls->key);
    mbedtls_ssl_cache_init(&tls->cache);
    int code = com__crypto_start();
    if (code != 0) {
        fail(error, max, "the system gives no random bytes", NULL, 0);
    } else {
        code = mbedtls_ssl_config_defaults(
            &tls->conf, server ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
            MBEDTLS_SSL_TRANSPORT_STREAM, MBEDTLS_SSL_PRESET_DEFAULT);
        if (code != 0)
            fail(error, max, "TLS settings", NULL, code);
    }
    if (code != 0) {
        com_tls_unref(tls);
        return NULL;
    }
    mbedtls_ssl_conf_rng(&tls->conf, com__rng, NULL);
    return tls;
}

struct com_tls *com_tls_ref(struct com_tls *tls)
{
    __atomic_add_fetch(&tls->refs, 1, __ATOMIC_RELAXED);
    return tls;
}

void com_tls_unref(struct com_tls *tls)
{
    if (!tls || __atomic_sub_fetch(&tls->refs, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    mbedtls_ssl_config_free(&tls->conf);
    mbedtls_x509_crt_free(&tls->crt);
    mbedtls_pk_free(&tls->key);
    mbedtls_ssl_cache_free(&tls->cache);
    free(tls->suites);
    free(tls->cert_pem);
    if (tls->key_pem)
        com_wipe(tls->key_pem, strlen(tls->key_pem));
    free(tls->key_pem);
    free(tls);
}

/* --- versions and suites */

/* The presets of mbedTLS 2.28 begin at TLS 1.0: the minimum is always set. */
static int set_version(struct com_tls *tls, const char *text, bool *ret_1_3, char *error,
                       size_t max)
{
    if (!text || !*text)
        text = "1.2";
    *ret_1_3 = strcmp(text, "1.3") == 0;
    if (*ret_1_3 && !COMPAT_HAS_TLS_1_3)
        return fail(error, max, "TLS 1.3 is not in this build of mbedTLS", NULL, 0);
    if (*ret_1_3)
        compat_min_version(&tls->conf, COMPAT_TLS_1_3);
    else if (strcmp(text, "1.2") == 0)
        compat_min_version(&tls->conf, COMPAT_TLS_1_2);
    else if (strcmp(text, "1.0") == 0)
        compat_min_version(&tls->conf, COMPAT_TLS_1_0);
    else
        return fail(error, max, "TLS version is not 1.0, 1.2 or 1.3:", text, 0);
    return 0;
}

static int set_strength(struct com_tls *tls, const char *version, const char *ciphers, char *error,
                        size_t max)
{
    bool wants_1_3, has_1_3 = false;
    if (set_version(tls, version, &wants_1_3, error, max) != 0)
        return -1;
    if (!ciphers || !*ciphers)
        return 0;
    tls->suites = com__suites_of(ciphers, &has_1_3, error, max);
    if (!tls->suites)
        return -1;
    if (wants_1_3 && !has_1_3)
        return fail(error, max, "the cipher list has no suite of TLS 1.3", NULL, 0);
    mbedtls_ssl_conf_ciphersuites(&tls->conf, tls->suites);
    /* mbedTLS 3 with a list that has no 1.3 suite would offer 1.3 and then fail */
    if (!has_1_3)
        compat_max_1_2(&tls->conf);
    return 0;
}

/* --- client */

/* Between our own nodes. The one for RSA is for those who were given such a certificate. */
static const char lean_ciphers[] = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256:"
                                   "ECDHE-RSA-CHACHA20-POLY1305:ECDHE-RSA-AES128-GCM-SHA256";

static int set_client_strength(struct com_tls *tls, const struct com_tls_client_options *options,
                               char *error, size_t max)
{
    const char *ciphers = options->ciphers && *options->ciphers ? options->ciphers : NULL;
    const char *version = options->min_version ? options->min_version : "";
    tls->lean = options->lean && strcmp(version, "1.3") != 0;
    com__digest_add(tls->settings, version, strlen(version));
    com__digest_add(tls->settings, ciphers ? ciphers : "", ciphers ? strlen(ciphers) : 0);
    if (set_strength(tls, version, ciphers || !tls->lean ? ciphers : lean_ciphers, error, max) != 0)
        return -1;
    if (!tls->lean)
        return 0;
    compat_max_1_2(&tls->conf);
    compat_few_curves(&tls->conf);
    compat_few_hashes(&tls->conf);
    /* a server of ours finds a session by its number, which is shorter than a ticket */
    mbedtls_ssl_conf_session_tickets(&tls->conf, MBEDTLS_SSL_SESSION_TICKETS_DISABLED);
    if (!ciphers) /* for suites that these are not */
        mbedtls_ssl_conf_encrypt_then_mac(&tls->conf, MBEDTLS_SSL_ETM_DISABLED);
    return 0;
}

bool com_tls_read_fingerprint(const char *text, char ret_hex[COM_FINGERPRINT_SIZE])
{
    size_t n = 0;
    for (; *text; text++) {
        if (*text == ':' || *text == ' ')
            continue;
        if (!isxdigit((unsigned char)*text) || n == COM_FINGERPRINT_SIZE - 1)
            return false;
        ret_hex[n++] = (char)tolower((unsigned char)*text);
    }
    ret_hex[n] = '\0';
    return n == COM_FINGERPRINT_SIZE - 1;
}

static int set_check(struct com_tls *tls, const struct com_tls_client_options *options, char *error,
                     size_t max)
{
    tls->check = options->check;
    com__digest_add(tls->settings, &tls->check, sizeof tls->check);
    mbedtls_ssl_conf_authmode(&tls->conf, MBEDTLS_SSL_VERIFY_NONE);
    if (options->check == COM_TLS_CHECK_PINNED && options->fingerprint && *options->fingerprint &&
        !com_tls_read_fingerprint(options->fingerprint, tls->pinned))
        return fail(error, max, "the fingerprint is not a SHA-256 in hexadecimal", NULL, 0);
    if (options->check != COM_TLS_CHECK_CA)
        return 0;
    if (!options->ca_file || !*options->ca_file)
        return fail(error, max, "the certificate check \"ca\" needs a file with the authority",
                    NULL, 0);
    int code = mbedtls_x509_crt_parse_file(&tls->crt, options->ca_file);
    if (code < 0)
        return fail(error, max, "certificate file", options->ca_file, code);
    if (code > 0)
        return fail(error, max, "some certificates cannot be read in", options->ca_file, 0);
    for (const mbedtls_x509_crt *crt = &tls->crt; crt; crt = crt->next)
        com__digest_add(tls->settings, crt->raw.p, crt->raw.len);
    mbedtls_ssl_conf_ca_chain(&tls->conf, &tls->crt, NULL);
    mbedtls_ssl_conf_authmode(&tls->conf, MBEDTLS_SSL_VERIFY_REQUIRED);
    return 0;
}

struct com_tls *com_tls_client_new(const struct com_tls_client_options *options, char *error,
                                   size_t max)
{
    struct com_tls *tls = tls_new(false, error, max);
    if (tls && set_check(tls, options, error, max) == 0 &&
        set_client_strength(tls, options, error, max) == 0)
        return tls;
    com_tls_unref(tls);
    return NULL;
}

/* --- server */

static int load_files(struct com_tls *tls, const struct com_tls_server_options *options,
                      char *error, size_t max)
{
    if (!options->cert_file || !options->key_file)
        return fail(error, max, "certificate and key belong together, one of the files is missing",
                    NULL, 0);
    int code = mbedtls_x509_crt_parse_file(&tls->crt, options->cert_file);
    if (code != 0)
        return fail(error, max, "certificate file", options->cert_file, code < 0 ? code : 0);
    code = compat_pk_parse_file(&tls->key, options->key_file);
    return code == 0 ? 0 : fail(error, max, "key file", options->key_file, code);
}

static int load_texts(struct com_tls *tls, const char *cert, const char *key, char *error,
                      size_t max)
{
    if (!cert || !key)
        return fail(error, max, "certificate and key belong together, one is missing", NULL, 0);
    int code = mbedtls_x509_crt_parse(&tls->crt, (const unsigned char *)cert, strlen(cert) + 1);
    if (code != 0)
        return fail(error, max, "certificate", NULL, code < 0 ? code : 0);
    code = compat_pk_parse(&tls->key, (const unsigned char *)key, strlen(key) + 1);
    return code == 0 ? 0 : fail(error, max, "key", NULL, code);
}

static int load_own(struct com_tls *tls, const struct com_tls_server_options *options, char *error,
                    size_t max)
{
    const char *cert = options->cert_pem, *key = options->key_pem;
    if (options->cert_file || options->key_file)
        return load_files(tls, options, error, max);
    if (!cert && !key) {
        const char *name = options->self_signed_name ? options->self_signed_name : "localhost";
        if (com__self_signed(name, &tls->cert_pem, &tls->key_pem) != 0)
            return fail(error, max, "the certificate cannot be made", NULL, 0);
        return load_texts(tls, tls->cert_pem, tls->key_pem, error, max);
    }
    if (load_texts(tls, cert, key, error, max) != 0)
        return -1;
    tls->cert_pem = strdup(cert);
    tls->key_pem = strdup(key);
    return tls->cert_pem && tls->key_pem ? 0 : fail(error, max, "out of memory", NULL, 0);
}

static int set_own(struct com_tls *tls, char *error, size_t max)
{
    if (compat_check_pair(&tls->crt.pk, &tls->key) != 0)
        return fail(error, max, "the key does not belong to the certificate", NULL, 0);
    int code = mbedtls_ssl_conf_own_cert(&tls->conf, &tls->crt, &tls->key);
    if (code != 0)
        return fail(error, max, "certificate", NULL, code);
    com__crt_fingerprint(&tls->crt, tls->fingerprint);
    return 0;
}

static void keep_sessions(struct com_tls *tls, unsigned count)
{
    if (count == 0)
        return;
    compat_small_curve_first(&tls->conf);
    mbedtls_ssl_cache_set_max_entries(
        &tls->cache, (int)(count < COM_TLS_SESSIONS_MAX ? count : COM_TLS_SESSIONS_MAX));
    mbedtls_ssl_cache_set_timeout(&tls->cache, COM_TLS_SESSION_S);
    mbedtls_ssl_conf_session_cache(&tls->conf, &tls->cache, mbedtls_ssl_cache_get,
                                   mbedtls_ssl_cache_set);
}

struct com_tls *com_tls_server_new(const struct com_tls_server_options *options, char *error,
                                   size_t max)
{
    struct com_tls *tls = tls_new(true, error, max);
    if (tls && load_own(tls, options, error, max) == 0 && set_own(tls, error, max) == 0 &&
        set_strength(tls, options->min_version, options->ciphers, error, max) == 0) {
        keep_sessions(tls, options->sessions);
        return tls;
    }
    com_tls_unref(tls);
    return NULL;
}

void com_tls_fingerprint(const struct com_tls *tls, char ret_hex[COM_FINGERPRINT_SIZE])
{
    memcpy(ret_hex, tls->fingerprint, COM_FINGERPRINT_SIZE);
}

const char *com_tls_cert_pem(const struct com_tls *tls)
{
    return tls->cert_pem ? tls->cert_pem : "";
}

const char *com_tls_key_pem(const struct com_tls *tls)
{
    return tls->key_pem ? tls->key_pem : "";
}
