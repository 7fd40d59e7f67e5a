/*
 * A connection with or without TLS, by mbedTLS 2.28 or 3. The certificate is taken as it comes, since an OMM
 * signs its own: a program for other people's networks compares its fingerprint.
 */
#define _POSIX_C_SOURCE 200809L
#include "axi_link.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/net_sockets.h>
#include <mbedtls/ssl.h>
#include <stdlib.h>
#include <time.h>

struct link {
    mbedtls_net_context net;
    mbedtls_ssl_context ssl;
    mbedtls_ssl_config conf;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context random;
    bool tls;
    unsigned char bytes[16384];
};

static bool start_tls(struct link *l)
{
    mbedtls_ssl_conf_rng(&l->conf, mbedtls_ctr_drbg_random, &l->random);
    mbedtls_ssl_conf_authmode(&l->conf, MBEDTLS_SSL_VERIFY_NONE);
    mbedtls_ssl_conf_read_timeout(&l->conf, 10000);
    mbedtls_ssl_set_bio(&l->ssl, &l->net, mbedtls_net_send, NULL, mbedtls_net_recv_timeout);
    return mbedtls_ctr_drbg_seed(&l->random, mbedtls_entropy_func, &l->entropy, NULL, 0) == 0 &&
           mbedtls_ssl_setup(&l->ssl, &l->conf) == 0 && mbedtls_ssl_handshake(&l->ssl) == 0;
}

struct link *link_open(const char *host, const char *port, bool tls)
{
    struct link *l = calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->tls = tls;
    mbedtls_net_init(&l->net);
    mbedtls_ssl_init(&l->ssl);
    mbedtls_ssl_config_init(&l->conf);
    mbedtls_entropy_init(&l->entropy);
    mbedtls_ctr_drbg_init(&l->random);
    if (mbedtls_ssl_config_defaults(&l->conf, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                    MBEDTLS_SSL_PRESET_DEFAULT) == 0 &&
        mbedtls_net_connect(&l->net, host, port, MBEDTLS_NET_PROTO_TCP) == 0 &&
        (!tls || start_tls(l)))
        return l;
    link_close(l);
    return NULL;
}

void link_close(struct link *l)
{
    if (l == NULL)
        return;
    mbedtls_net_free(&l->net);
    mbedtls_ssl_free(&l->ssl);
    mbedtls_ssl_config_free(&l->conf);
    mbedtls_ctr_drbg_free(&l->random);
    mbedtls_entropy_free(&l->entropy);
    free(l);
}

bool link_turn(struct link *l, struct axi_client *client, const char **ret_data, size_t *ret_len)
{
    for (struct axi_str out; out = axi_client_output(client), out.len > 0;) {
        const unsigned char *bytes = (const unsigned char *)out.ptr;
        int n = l->tls ? mbedtls_ssl_write(&l->ssl, bytes, out.len)
                       : mbedtls_net_send(&l->net, bytes, out.len);
        if (n <= 0)
            return false;
        axi_client_sent(client, (size_t)n);
    }
    int64_t wait = axi_client_deadline(client) - link_now().mono_ms;
    uint32_t ms = wait < 1 ? 1 : wait > 60000 ? 60000 : (uint32_t)wait;
    mbedtls_ssl_conf_read_timeout(&l->conf, ms);
    int n = l->tls ? mbedtls_ssl_read(&l->ssl, l->bytes, sizeof l->bytes)
                   : mbedtls_net_recv_timeout(&l->net, l->bytes, sizeof l->bytes, ms);
    *ret_data = (const char *)l->bytes;
    *ret_len = n > 0 ? (size_t)n : 0;
    return n > 0 || n == MBEDTLS_ERR_SSL_TIMEOUT || n == MBEDTLS_ERR_SSL_WANT_READ;
}

struct axi_time link_now(void)
{
    struct timespec mono, wall;
    clock_gettime(CLOCK_MONOTONIC, &mono);
    clock_gettime(CLOCK_REALTIME, &wall);
    return (struct axi_time){mono.tv_sec * INT64_C(1000) + mono.tv_nsec / 1000000,
                             wall.tv_sec * INT64_C(1000) + wall.tv_nsec / 1000000};
}
