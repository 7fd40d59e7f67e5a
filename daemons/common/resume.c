/*
 * What a client remembers of a TLS session, to resume it: one slot per peer, kept by whoever keeps the peer. Whether it
 * may be used is decided here; session.c checks the peer again afterwards.
 */
#include "tls_private.h"

#include <com/crypto.h>
#include <com/loop.h>
#include <stdlib.h>

struct com_tls_session {
    unsigned refs;
    bool full;
    mbedtls_ssl_session session;
    uint8_t settings[COM__DIGEST]; /* of the check that the server passed */
    char fingerprint[COM_FINGERPRINT_SIZE];
    int64_t made_ms; /* monotonic: of the full handshake */
};

void com__digest_add(uint8_t digest[COM__DIGEST], const void *bytes, size_t len)
{
    uint8_t both[2 * COM__DIGEST];
    memcpy(both, digest, COM__DIGEST);
    com_sha256(bytes, len, both + COM__DIGEST);
    com_sha256(both, sizeof both, digest);
}

struct com_tls_session *com_tls_session_new(void)
{
    struct com_tls_session *memory = calloc(1, sizeof *memory);
    if (!memory)
        return NULL;
    memory->refs = 1;
    mbedtls_ssl_session_init(&memory->session);
    return memory;
}

struct com_tls_session *com__memory_ref(struct com_tls_session *memory)
{
    memory->refs++;
    return memory;
}

void com_tls_session_drop(struct com_tls_session *memory)
{
    mbedtls_ssl_session_free(&memory->session); /* wipes it */
    mbedtls_ssl_session_init(&memory->session);
    memory->full = false;
}

void com_tls_session_free(struct com_tls_session *memory)
{
    if (!memory || --memory->refs > 0)
        return;
    com_tls_session_drop(memory);
    free(memory);
}

static void settings_of(const struct com_tls *tls, const char *expected,
                        uint8_t ret_settings[COM__DIGEST])
{
    memcpy(ret_settings, tls->settings, COM__DIGEST);
    /* a pinned certificate is the same one at every address of its server */
    if (tls->check == COM_TLS_CHECK_CA)
        com__digest_add(ret_settings, expected, strlen(expected));
}

/* Would the server pass the check of these settings, as it did that of its own? */
static bool passes(const struct com_tls_session *memory, const struct com_tls *tls,
                   const char *expected)
{
    uint8_t settings[COM__DIGEST];
    settings_of(tls, expected, settings);
    if (memcmp(settings, memory->settings, sizeof settings) != 0)
        return false;
    if (com_now_ms() - memory->made_ms >= COM_TLS_SESSION_S * INT64_C(1000))
        return false;
    return !tls->pinned[0] || com_equal(tls->pinned, memory->fingerprint, COM_FINGERPRINT_SIZE);
}

bool com__memory_offer(struct com_tls_session *memory, const struct com_tls *tls,
                       const char *expected, mbedtls_ssl_context *ssl)
{
    if (!memory->full)
        return false;
    if (passes(memory, tls, expected) && mbedtls_ssl_set_session(ssl, &memory->session) == 0)
        return true;
    com_tls_session_drop(memory);
    return false;
}

/* A session that was resumed stays as old as it is. */
bool com__memory_keep(struct com_tls_session *memory, const struct com_tls *tls,
                      const char *expected, const char *fingerprint, const mbedtls_ssl_context *ssl)
{
    mbedtls_ssl_session fresh;
    mbedtls_ssl_session_init(&fresh);
    bool known = mbedtls_ssl_get_session(ssl, &fresh) == 0 && compat_has_id(&fresh);
    if (known && memory->full && compat_same_id(&fresh, &memory->session)) {
        mbedtls_ssl_session_free(&fresh);
        return true;
    }
    com_tls_session_drop(memory);
    if (!known) {
        mbedtls_ssl_session_free(&fresh);
        return false;
    }
    memory->session = fresh; /* with all that it points to */
    memory->full = true;
    memory->made_ms = com_now_ms();
    settings_of(tls, expected, memory->settings);
    memcpy(memory->fingerprint, fingerprint, COM_FINGERPRINT_SIZE);
    return false;
}
