/*
 * mbedTLS 2.28 and 3.x behind one set of names. Every difference between the two is in this file,
 * and only files of this library include it. Structure fields that 3.x made private are not used.
 */
#ifndef COM_TLS_COMPAT_H
#define COM_TLS_COMPAT_H

#include <mbedtls/version.h>
#include <mbedtls/error.h>
#include <mbedtls/gcm.h>
#include <mbedtls/md.h>
#include <mbedtls/oid.h>
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/ssl.h>
#include <mbedtls/ssl_cache.h>
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The process's generator (crypto.c), in the form that mbedTLS wants; starts itself at the first
 * use. */
int com__rng(void *unused, unsigned char *bytes, size_t len);
/* Make mbedTLS ready; 0, or -1 when the system has no randomness. */
int com__crypto_start(void);

enum compat_version { COMPAT_TLS_1_0, COMPAT_TLS_1_2, COMPAT_TLS_1_3 };

#if MBEDTLS_VERSION_MAJOR >= 3

#include <psa/crypto.h>

#if defined(MBEDTLS_SSL_PROTO_TLS1_3)
#define COMPAT_HAS_TLS_1_3 1
#else
#define COMPAT_HAS_TLS_1_3 0
#endif
#define COMPAT_ERR_VERSION  MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION
#define COMPAT_ERR_NO_SUITE MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE

static inline int compat_start(void)
{
    return psa_crypto_init() == PSA_SUCCESS ? 0 : -1;
}

static inline int compat_pk_parse(mbedtls_pk_context *pk, const unsigned char *key, size_t len)
{
    return mbedtls_pk_parse_key(pk, key, len, NULL, 0, com__rng, NULL);
}

static inline int compat_pk_parse_file(mbedtls_pk_context *pk, const char *path)
{
    return mbedtls_pk_parse_keyfile(pk, path, NULL, com__rng, NULL);
}

/* 1.0 does not exist here: it means the oldest that does. */
static inline void compat_min_version(mbedtls_ssl_config *conf, enum compat_version version)
{
#if COMPAT_HAS_TLS_1_3
    if (version == COMPAT_TLS_1_3) {
        mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_3);
        return;
    }
#endif
    (void)version;
    mbedtls_ssl_conf_min_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
}

static inline void compat_max_1_2(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_max_tls_version(conf, MBEDTLS_SSL_VERSION_TLS1_2);
}

/* Lists of the two below are kept by pointer. Numbers of RFC 8422 and RFC 8446. */
static inline void compat_few_curves(mbedtls_ssl_config *conf)
{
    static const uint16_t curves[] = {23, 24, 25, 0};
    mbedtls_ssl_conf_groups(conf, curves);
}

static inline void compat_small_curve_first(mbedtls_ssl_config *conf)
{
    (void)conf; /* it is */
}

static inline void compat_few_hashes(mbedtls_ssl_config *conf)
{
    static const uint16_t hashes[] = {MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
                                      MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256, MBEDTLS_TLS1_3_SIG_NONE};
    mbedtls_ssl_conf_sig_algs(conf, hashes);
}

static inline bool compat_same_id(const mbedtls_ssl_session *a, const mbedtls_ssl_session *b)
{
    size_t len = mbedtls_ssl_session_get_id_len(a);
    return len > 0 && len == mbedtls_ssl_session_get_id_len(b) &&
           memcmp(*mbedtls_ssl_session_get_id(a), *mbedtls_ssl_session_get_id(b), len) == 0;
}

static inline bool compat_has_id(const mbedtls_ssl_session *session)
{
    return mbedtls_ssl_session_get_id_len(session) > 0;
}

static inline int compat_set_serial(mbedtls_x509write_cert *crt, unsigned char *bytes, size_t len)
{
    return mbedtls_x509write_crt_set_serial_raw(crt, bytes, len);
}

static inline int compat_check_pair(const mbedtls_pk_context *pub, const mbedtls_pk_context *key)
{
    return mbedtls_pk_check_pair(pub, key, com__rng, NULL);
}

#else /* 2.28 */

#define COMPAT_HAS_TLS_1_3  0
#define COMPAT_ERR_VERSION  MBEDTLS_ERR_SSL_BAD_HS_PROTOCOL_VERSION
#define COMPAT_ERR_NO_SUITE MBEDTLS_ERR_SSL_NO_CIPHER_CHOSEN

static inline int compat_start(void)
{
    return 0;
}

static inline int compat_pk_parse(mbedtls_pk_context *pk, const unsigned char *key, size_t len)
{
    return mbedtls_pk_parse_key(pk, key, len, NULL, 0);
}

static inline int compat_pk_parse_file(mbedtls_pk_context *pk, const char *path)
{
    return mbedtls_pk_parse_keyfile(pk, path, NULL);
}

static inline void compat_min_version(mbedtls_ssl_config *conf, enum compat_version version)
{
    int minor =
        version == COMPAT_TLS_1_0 ? MBEDTLS_SSL_MINOR_VERSION_1 : MBEDTLS_SSL_MINOR_VERSION_3;
    mbedtls_ssl_conf_min_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3, minor);
}

static inline void compat_max_1_2(mbedtls_ssl_config *conf)
{
    mbedtls_ssl_conf_max_version(conf, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
}

static inline void compat_few_curves(mbedtls_ssl_config *conf)
{
    static const mbedtls_ecp_group_id curves[] = {MBEDTLS_ECP_DP_SECP256R1,
                                                  MBEDTLS_ECP_DP_SECP384R1,
                                                  MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_NONE};
    mbedtls_ssl_conf_curves(conf, curves);
}

/* A server takes the first of its own list that the client has, and its own list begins with the largest. */
static inline void compat_small_curve_first(mbedtls_ssl_config *conf)
{
    static const mbedtls_ecp_group_id curves[] = {
        MBEDTLS_ECP_DP_SECP256R1, MBEDTLS_ECP_DP_CURVE25519, MBEDTLS_ECP_DP_SECP384R1,
        MBEDTLS_ECP_DP_SECP521R1, MBEDTLS_ECP_DP_BP256R1,    MBEDTLS_ECP_DP_BP384R1,
        MBEDTLS_ECP_DP_BP512R1,   MBEDTLS_ECP_DP_SECP256K1,  MBEDTLS_ECP_DP_NONE};
    mbedtls_ssl_conf_curves(conf, curves);
}

static inline void compat_few_hashes(mbedtls_ssl_config *conf)
{
    static const int hashes[] = {MBEDTLS_MD_SHA256, MBEDTLS_MD_NONE};
    mbedtls_ssl_conf_sig_hashes(conf, hashes);
}

static inline bool compat_same_id(const mbedtls_ssl_session *a, const mbedtls_ssl_session *b)
{
    return a->id_len > 0 && a->id_len == b->id_len && memcmp(a->id, b->id, a->id_len) == 0;
}

static inline bool compat_has_id(const mbedtls_ssl_session *session)
{
    return session->id_len > 0;
}

static inline int compat_set_serial(mbedtls_x509write_cert *crt, unsigned char *bytes, size_t len)
{
    mbedtls_mpi serial;
    mbedtls_mpi_init(&serial);
    int err = mbedtls_mpi_read_binary(&serial, bytes, len);
    if (err == 0)
        err = mbedtls_x509write_crt_set_serial(crt, &serial);
    mbedtls_mpi_free(&serial);
    return err;
}

static inline int compat_check_pair(const mbedtls_pk_context *pub, const mbedtls_pk_context *key)
{
    return mbedtls_pk_check_pair(pub, key);
}

#endif
#endif
