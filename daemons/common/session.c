/*
 * A TLS session as a converter: ciphertext in, plaintext out and the other way round. Sockets are
 * conn.c's business; who is trusted is decided here, at the end of the handshake.
 */
#include "tls_private.h"

#include <com/conn.h>
#include <com/crypto.h>
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void set_error(struct session *session, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void set_error(struct session *session, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(session->error, sizeof session->error, format, args);
    va_end(args);
}

/* --- bytes for mbedTLS */

static int send_bytes(void *user, const unsigned char *bytes, size_t len)
{
    struct session *session = user;
    if (session->waiting + session->out.len > COM_CONN_HIGH_WATER)
        return MBEDTLS_ERR_SSL_WANT_WRITE;
    if (len > INT32_MAX || com__buffer_add(&session->out, bytes, len) != 0)
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    return (int)len;
}

static int recv_bytes(void *user, unsigned char *bytes, size_t max)
{
    struct session *session = user;
    size_t len = session->in.len < max ? session->in.len : max;
    if (len == 0)
        return session->in_ended ? 0 : MBEDTLS_ERR_SSL_WANT_READ;
    memcpy(bytes, com__buffer_ptr(&session->in), len);
    com__buffer_consume(&session->in, len);
    return (int)len;
}

/* --- life */

static bool is_address(const char *name)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, name, bytes) == 1 || inet_pton(AF_INET6, name, bytes) == 1;
}

struct session *com__session_new(struct com_tls *tls, const char *server_name,
                                 struct com_tls_session *memory)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->tls = com_tls_ref(tls);
    mbedtls_ssl_init(&session->ssl);
    int err = mbedtls_ssl_setup(&session->ssl, &tls->conf);
    if (err == 0 && !tls->server) {
        snprintf(session->expected, sizeof session->expected, "%s", server_name);
        /* Addresses are compared by us: 2.28 never finds them in a certificate, and both versions
         * would send them as a server name. Saying NULL is needed, 3.6 refuses a client that says
         * nothing. */
        bool unsaid = is_address(server_name) || (tls->lean && tls->check != COM_TLS_CHECK_CA);
        err = mbedtls_ssl_set_hostname(&session->ssl, unsaid ? NULL : server_name);
    }
    if (err == 0 && memory && tls->lean) {
        session->memory = com__memory_ref(memory);
        session->offered = com__memory_offer(memory, tls, session->expected, &session->ssl);
    }
    if (err != 0) {
        com__session_free(session);
        return NULL;
    }
    mbedtls_ssl_set_bio(&session->ssl, session, send_bytes, recv_bytes, NULL);
    return session;
}

void com__session_free(struct session *session)
{
    if (!session)
        return;
    mbedtls_ssl_free(&session->ssl);
    com_tls_session_free(session->memory);
    com_tls_unref(session->tls);
    com__buffer_done(&session->in);
    com__buffer_done(&session->out);
    free(session);
}

/* --- failures */

static void set_verify_error(struct session *session)
{
    char text[400] = "";
    uint32_t flags = mbedtls_ssl_get_verify_result(&session->ssl);
    int len = mbedtls_x509_crt_verify_info(text, sizeof text, "", flags);
    if (flags == 0xffffffffu || len <= 0)
        snprintf(text, sizeof text, "no reason given");
    for (char *p = text; *p; p++) {
        if (*p == '\n')
            *p = p[1] ? ';' : '\0';
    }
    set_error(session, "the certificate of the peer is not trusted: %s", text);
}

static enum session_result failed(struct session *session, int code)
{
    char text[200];
    switch (code) {
    case MBEDTLS_ERR_X509_CERT_VERIFY_FAILED:
        set_verify_error(session);
        break;
    case MBEDTLS_ERR_SSL_INVALID_RECORD:
        set_error(session, "the peer does not speak TLS, or the data is damaged");
        break;
    case COMPAT_ERR_VERSION:
        set_error(session, "no TLS protocol version in common");
        break;
    case COMPAT_ERR_NO_SUITE:
        set_error(session, "no TLS cipher suite in common");
        break;
    case MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE:
        set_error(session, "the peer refused TLS with an alert (version, ciphers or certificate)");
        break;
    case MBEDTLS_ERR_SSL_ALLOC_FAILED:
        set_error(session, "out of memory in TLS");
        break;
    default:
        com__mbedtls_text(code, text, sizeof text);
        set_error(session, "TLS: %s (-0x%04x)", text, (unsigned)-code);
    }
    return SESSION_FAILED;
}

static enum session_result result_of(struct session *session, int code)
{
    switch (code) {
    case MBEDTLS_ERR_SSL_WANT_READ:
    case MBEDTLS_ERR_SSL_WANT_WRITE:
        return SESSION_AGAIN;
    case MBEDTLS_ERR_SSL_PEER_CLOSE_NOTIFY:
        return SESSION_CLOSED;
    case 0:
    case MBEDTLS_ERR_SSL_CONN_EOF:
        return SESSION_ENDED;
    default:
        return failed(session, code);
    }
}

/* --- handshake */

/* Is the address that we connected to among the certificate's? */
static bool has_address(const mbedtls_x509_crt *crt, const char *name)
{
    unsigned char bytes[16];
    size_t len = inet_pton(AF_INET, name, bytes) == 1 ? 4 : 16;
    if (len == 16 && inet_pton(AF_INET6, name, bytes) != 1)
        return false;
    enum { ADDRESS = 7 };
    for (const mbedtls_x509_sequence *san = &crt->subject_alt_names; san; san = san->next) {
        if ((san->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK) == ADDRESS && san->buf.len == len &&
            memcmp(san->buf.p, bytes, len) == 0)
            return true;
    }
    return false;
}

static bool check_peer(struct session *session)
{
    const struct com_tls *tls = session->tls;
    const mbedtls_x509_crt *crt = mbedtls_ssl_get_peer_cert(&session->ssl);
    if (crt)
        com__crt_fingerprint(crt, session->fingerprint);
    if (tls->server || tls->check == COM_TLS_CHECK_NONE)
        return true;
    if (!crt) {
        set_error(session, "the peer showed no certificate");
        return false;
    }
    if (tls->check == COM_TLS_CHECK_PINNED && tls->pinned[0] &&
        !com_equal(tls->pinned, session->fingerprint, COM_FINGERPRINT_SIZE)) {
        set_error(session, "the certificate is another one: its fingerprint is %s, expected is %s",
                  session->fingerprint, tls->pinned);
        return false;
    }
    /* who is resumed was looked at in the full handshake, which may be a day ago */
    if (tls->check == COM_TLS_CHECK_CA && session->offered &&
        mbedtls_x509_time_is_past(&crt->valid_to)) {
        set_error(session, "the certificate of the peer is not trusted: it has expired");
        return false;
    }
    if (tls->check == COM_TLS_CHECK_CA && is_address(session->expected) &&
        !has_address(crt, session->expected)) {
        set_error(session,
                  "the certificate of the peer is not trusted: it is not for the address %s",
                  session->expected);
        return false;
    }
    return true;
}

static enum session_result shake_hands(struct session *session)
{
    int code = mbedtls_ssl_handshake(&session->ssl);
    if (code != 0)
        return result_of(session, code);
    return check_peer(session) ? SESSION_DONE : SESSION_FAILED;
}

enum session_result com__session_handshake(struct session *session)
{
    enum session_result result = shake_hands(session);
    if (result == SESSION_AGAIN)
        return result;
    if (result != SESSION_DONE) {
        if (session->memory) /* the next one is a full one */
            com_tls_session_drop(session->memory);
        return result;
    }
    if (session->memory)
        session->resumed = com__memory_keep(session->memory, session->tls, session->expected,
                                            session->fingerprint, &session->ssl) &&
                           session->offered;
    snprintf(session->text, sizeof session->text, "%s %s", mbedtls_ssl_get_version(&session->ssl),
             mbedtls_ssl_get_ciphersuite(&session->ssl));
    return SESSION_DONE;
}

/* --- data */

enum session_result com__session_read(struct session *session, uint8_t *bytes, size_t max,
                                      size_t *ret_len)
{
    for (;;) {
        int code = mbedtls_ssl_read(&session->ssl, bytes, max);
        if (code > 0) {
            *ret_len = (size_t)code;
            return SESSION_DONE;
        }
#if defined(MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
        if (code == MBEDTLS_ERR_SSL_RECEIVED_NEW_SESSION_TICKET)
            continue;
#endif
        return result_of(session, code);
    }
}

enum session_result com__session_write(struct session *session, const uint8_t *bytes, size_t len,
                                       size_t *ret_len)
{
    /* After WANT_WRITE the record is already made: a longer length would count bytes that were not
     * sent. */
    if (session->repeat > 0 && session->repeat < len)
        len = session->repeat;
    int code = mbedtls_ssl_write(&session->ssl, bytes, len);
    if (code > 0) {
        session->repeat = 0;
        *ret_len = (size_t)code;
        return SESSION_DONE;
    }
    enum session_result result = result_of(session, code);
    if (result == SESSION_AGAIN)
        session->repeat = len;
    return result;
}

void com__session_goodbye(struct session *session)
{
    session->waiting = 0; /* these few bytes may pass the mark */
    (void)mbedtls_ssl_close_notify(&session->ssl);
}
