/*
 * Inside of TLS: the settings object, and a session that turns bytes into bytes without knowing of
 * sockets.
 */
#ifndef COM_TLS_PRIVATE_H
#define COM_TLS_PRIVATE_H

#include "buffer.h"
#include "tls_compat.h"

#include <com/tls.h>
#include <stdbool.h>

#define COM__DIGEST 32

struct com_tls {
    unsigned refs; /* atomic: loops of several threads may share one object */
    bool server, lean;
    enum com_tls_check check;
    uint8_t
        settings[COM__DIGEST]; /* a client's: hash of what decides about a peer, but for the pin */
    mbedtls_ssl_cache_context cache;
    mbedtls_ssl_config conf;
    mbedtls_x509_crt crt; /* a server's own chain, a client's authorities */
    mbedtls_pk_context key;
    int *suites; /* conf keeps the pointer */
    char pinned[COM_FINGERPRINT_SIZE];
    char fingerprint[COM_FINGERPRINT_SIZE];
    char *cert_pem, *key_pem;
};

/* tls_suites.c: numbers of a list of OpenSSL names, ending in 0; NULL with a text in `error`. */
int *com__suites_of(const char *names, bool *ret_has_1_3, char *error, size_t max);

/* cert.c: a new P-256 key and a certificate for it, as PEM text that the caller frees. */
int com__self_signed(const char *name, char **ret_cert, char **ret_key);

void com__mbedtls_text(int code, char *text, size_t max);
void com__crt_fingerprint(const mbedtls_x509_crt *crt, char ret_hex[COM_FINGERPRINT_SIZE]);

/* --- resume.c */

/* Hash of a hash and of something more. */
void com__digest_add(uint8_t digest[COM__DIGEST], const void *bytes, size_t len);
struct com_tls_session *com__memory_ref(struct com_tls_session *memory);
/* Give what is remembered to a session that begins, when its settings would have let it pass. True: it was. */
bool com__memory_offer(struct com_tls_session *memory, const struct com_tls *tls,
                       const char *expected, mbedtls_ssl_context *ssl);
/* The handshake is complete and the peer passed the check. True: it was resumed, out of what was offered. */
bool com__memory_keep(struct com_tls_session *memory, const struct com_tls *tls,
                      const char *expected, const char *fingerprint,
                      const mbedtls_ssl_context *ssl);

/* --- session */

enum session_result {
    SESSION_DONE,   /* handshake complete, or bytes moved */
    SESSION_AGAIN,  /* needs more from the peer, or the way out is full */
    SESSION_CLOSED, /* the peer said goodbye */
    SESSION_ENDED,  /* the stream ended without goodbye */
    SESSION_FAILED  /* see error; nothing but free may follow */
};

struct session {
    struct com_tls *tls;
    mbedtls_ssl_context ssl;
    struct buffer in, out; /* ciphertext */
    bool in_ended;
    size_t
        waiting;   /* ciphertext that the socket has not taken yet; the owner keeps it up to date */
    size_t repeat; /* length of the write that has to be repeated after SESSION_AGAIN */
    char expected[256];             /* server name or address, "" for a server */
    struct com_tls_session *memory; /* may be NULL */
    bool offered, resumed;
    char fingerprint[COM_FINGERPRINT_SIZE];
    char text[80];
    char error[512];
};

/* `memory`: of earlier sessions, a client's; NULL: none. */
struct session *com__session_new(struct com_tls *tls, const char *server_name,
                                 struct com_tls_session *memory);
void com__session_free(struct session *session);
enum session_result com__session_handshake(struct session *session);
/* Plaintext to or from the peer. ret_len is written with SESSION_DONE. */
enum session_result com__session_read(struct session *session, uint8_t *bytes, size_t max,
                                      size_t *ret_len);
enum session_result com__session_write(struct session *session, const uint8_t *bytes, size_t len,
                                       size_t *ret_len);
void com__session_goodbye(struct session *session);

#endif
