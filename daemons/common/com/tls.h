/*
 * TLS settings: who is trusted, which versions, whose certificate. An object is made once, never
 * changed and counted by reference: a connection keeps the settings that it began with until it
 * closes.
 */
#ifndef COM_TLS_H
#define COM_TLS_H

#include <stdbool.h>
#include <stddef.h>

enum com_tls_check {
    COM_TLS_CHECK_NONE,   /* anyone: the link is only hidden from listeners */
    COM_TLS_CHECK_PINNED, /* the certificate with this fingerprint; the first one when none is known
                             yet */
    COM_TLS_CHECK_CA      /* a certificate of this authority, with the server's name */
};
/* "none", "pinned", "ca", NULL: choices of a configuration key. */
extern const char *const com_tls_check_names[];
/* "1.0", "1.2", "1.3", NULL: the same for min_version. */
extern const char *const com_tls_version_names[];

/* SHA-256 of a certificate in lower case hexadecimal, with its end. */
#define COM_FINGERPRINT_SIZE 65
/* From a text with either case, colons and blanks. False when it is no SHA-256. */
bool com_tls_read_fingerprint(const char *text, char ret_hex[COM_FINGERPRINT_SIZE]);

struct com_tls; /* settings of a client or of a server */

/*
 * A client's memory of a TLS session that it had with one server: the next handshake is shorter by the certificates
 * and by the slow half of the arithmetic (RFC 5246, 7.3). The owner keeps one per peer, gives it to each connection
 * (struct com_conn_options) and need not look into it. What is in it
 *   - was put there after the server had passed the check of the settings, and only then;
 *   - is used with settings that check the same: another check, authority, server name, version or list of ciphers, or
 *     a pinned fingerprint that the server does not have, and it is wiped and the handshake is a full one;
 *   - is checked again when it was used: fingerprint, address, and the days of the certificate;
 *   - ends a day after the full handshake that it came from, and with a handshake that failed.
 * A server that does not know the session any more makes a full handshake of it.
 */
struct com_tls_session;
/* NULL when memory is out. It belongs to the thread of the loop that its connections are of. */
struct com_tls_session *com_tls_session_new(void);
/* Allowed while a connection still has it. NULL is allowed. */
void com_tls_session_free(struct com_tls_session *memory);
/* Forget and wipe what is in it. */
void com_tls_session_drop(struct com_tls_session *memory);
/* RFC 5246, F.1.4: a day at most. Both sides count from the full handshake. */
#define COM_TLS_SESSION_S 86400

/* Texts are copied. NULL means the default. */
struct com_tls_client_options {
    enum com_tls_check check;
    const char *ca_file; /* PEM; for COM_TLS_CHECK_CA */
    const char
        *fingerprint; /* hexadecimal, colons and either case allowed; NULL or "" to learn it */
    const char
        *min_version;    /* default "1.2"; a version that this build cannot speak is rounded up */
    const char *ciphers; /* OpenSSL names joined by ':', default all that the library knows */
    /* For servers that are this program too: TLS 1.2, in a handshake of few bytes, and sessions are resumed. Few
     * ciphers (without `ciphers`), curves and hashes are offered, and the server's name only when it is checked. With
     * min_version "1.3" it means nothing. */
    bool lean;
};

struct com_tls_server_options {
    const char *cert_file, *key_file; /* PEM files, both or none */
    const char *cert_pem, *key_pem;   /* the same as text, used when there are no files */
    const char *self_signed_name;     /* with neither: P-256 certificate made now, with this common
                              name, valid for     localhost and 127.0.0.1; default "localhost" */
    const char *min_version;
    const char *ciphers;
    /* So many sessions are kept to be resumed, at most COM_TLS_SESSIONS_MAX, each of about 250 bytes for a day; the
     * oldest goes first. 0: none. The curve P-256 goes before larger ones then. */
    unsigned sessions;
};
#define COM_TLS_SESSIONS_MAX 1000

/* NULL with a text in `error` (cut to `max`) when a file or a value is not usable. */
struct com_tls *com_tls_client_new(const struct com_tls_client_options *options, char *error,
                                   size_t max);
struct com_tls *com_tls_server_new(const struct com_tls_server_options *options, char *error,
                                   size_t max);
struct com_tls *com_tls_ref(struct com_tls *tls);
void com_tls_unref(struct com_tls *tls); /* NULL is allowed */

/* A server's own certificate: its fingerprint, and PEM text of certificate and key ("" for a
 * client; borrowed). */
void com_tls_fingerprint(const struct com_tls *tls, char ret_hex[COM_FINGERPRINT_SIZE]);
const char *com_tls_cert_pem(const struct com_tls *tls);
const char *com_tls_key_pem(const struct com_tls *tls);

#endif
