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
#include <mbedtls/ssl_ciphersuites.h>
#include <mbedtls/x509_crt.h>

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
