/*
 * Cipher suites by the names that OpenSSL uses, which are the ones that administrators know.
 */
#include "tls_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MAX 100

static const struct {
    int id;
    const char *name;
} suites[] = {
    /* clang-format off */
    {0xcca8, "ECDHE-RSA-CHACHA20-POLY1305"},
    {0xcca9, "ECDHE-ECDSA-CHACHA20-POLY1305"},
    {0xccaa, "DHE-RSA-CHACHA20-POLY1305"},
    {0xc02c, "ECDHE-ECDSA-AES256-GCM-SHA384"},
    {0xc030, "ECDHE-RSA-AES256-GCM-SHA384"},
    {0x009f, "DHE-RSA-AES256-GCM-SHA384"},
    {0xc0ad, "ECDHE-ECDSA-AES256-CCM"},
    {0xc09f, "DHE-RSA-AES256-CCM"},
    {0xc024, "ECDHE-ECDSA-AES256-SHA384"},
    {0xc028, "ECDHE-RSA-AES256-SHA384"},
    {0x006b, "DHE-RSA-AES256-SHA256"},
    {0xc00a, "ECDHE-ECDSA-AES256-SHA"},
    {0xc014, "ECDHE-RSA-AES256-SHA"},
    {0x0039, "DHE-RSA-AES256-SHA"},
    {0xc0af, "ECDHE-ECDSA-AES256-CCM8"},
    {0xc0a3, "DHE-RSA-AES256-CCM8"},
    {0xc073, "ECDHE-ECDSA-CAMELLIA256-SHA384"},
    {0xc077, "ECDHE-RSA-CAMELLIA256-SHA384"},
    {0x00c4, "DHE-RSA-CAMELLIA256-SHA256"},
    {0x0088, "DHE-RSA-CAMELLIA256-SHA"},
    {0xc02b, "ECDHE-ECDSA-AES128-GCM-SHA256"},
    {0xc02f, "ECDHE-RSA-AES128-GCM-SHA256"},
    {0x009e, "DHE-RSA-AES128-GCM-SHA256"},
    {0xc0ac, "ECDHE-ECDSA-AES128-CCM"},
    {0xc09e, "DHE-RSA-AES128-CCM"},
    {0xc023, "ECDHE-ECDSA-AES128-SHA256"},
    {0xc027, "ECDHE-RSA-AES128-SHA256"},
    {0x0067, "DHE-RSA-AES128-SHA256"},
    {0xc009, "ECDHE-ECDSA-AES128-SHA"},
    {0xc013, "ECDHE-RSA-AES128-SHA"},
    {0x0033, "DHE-RSA-AES128-SHA"},
    {0xc0ae, "ECDHE-ECDSA-AES128-CCM8"},
    {0xc0a2, "DHE-RSA-AES128-CCM8"},
    {0xc072, "ECDHE-ECDSA-CAMELLIA128-SHA256"},
    {0xc076, "ECDHE-RSA-CAMELLIA128-SHA256"},
    {0x00be, "DHE-RSA-CAMELLIA128-SHA256"},
    {0x0045, "DHE-RSA-CAMELLIA128-SHA"},
    {0x009d, "AES256-GCM-SHA384"},
    {0xc09d, "AES256-CCM"},
    {0x003d, "AES256-SHA256"},
    {0x0035, "AES256-SHA"},
    {0xc0a1, "AES256-CCM8"},
    {0x00c0, "CAMELLIA256-SHA256"},
    {0x0084, "CAMELLIA256-SHA"},
    {0x009c, "AES128-GCM-SHA256"},
    {0xc09c, "AES128-CCM"},
    {0x003c, "AES128-SHA256"},
    {0x002f, "AES128-SHA"},
    {0xc0a0, "AES128-CCM8"},
    {0x00ba, "CAMELLIA128-SHA256"},
    {0x0041, "CAMELLIA128-SHA"},
    {0x1301, "TLS_AES_128_GCM_SHA256"},
    {0x1302, "TLS_AES_256_GCM_SHA384"},
    {0x1303, "TLS_CHACHA20_POLY1305_SHA256"},
    {0xc05d, "ECDHE-ECDSA-ARIA256-GCM-SHA384"},
    {0xc061, "ECDHE-ARIA256-GCM-SHA384"},
    {0xc053, "DHE-RSA-ARIA256-GCM-SHA384"},
    {0xc05c, "ECDHE-ECDSA-ARIA128-GCM-SHA256"},
    {0xc060, "ECDHE-ARIA128-GCM-SHA256"},
    {0xc052, "DHE-RSA-ARIA128-GCM-SHA256"},
    {0xc051, "ARIA256-GCM-SHA384"},
    {0xc050, "ARIA128-GCM-SHA256"},
    /* clang-format on */
};

/* 0 when the table or this build of mbedTLS does not have it. */
static int suite_of(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++) {
        if (strlen(suites[i].name) == len && memcmp(suites[i].name, name, len) == 0)
            return mbedtls_ssl_ciphersuite_from_id(suites[i].id) ? suites[i].id : 0;
    }
    return 0;
}

int *com__suites_of(const char *names, bool *ret_has_1_3, char *error, size_t max)
{
    int *list = calloc(LIST_MAX + 1, sizeof *list);
    if (!list) {
        snprintf(error, max, "out of memory");
        return NULL;
    }
    size_t count = 0;
    bool has_1_3 = false;
    for (const char *name = names;; name++) {
        size_t len = strcspn(name, ":");
        int id = suite_of(name, len);
        if (id == 0 || count == LIST_MAX) {
            snprintf(
                error, max,
                "cipher \"%.*s\" is not known: a list of OpenSSL names joined by ':' is wanted",
                (int)(len < 60 ? len : 60), name);
            free(list);
            return NULL;
        }
        list[count++] = id;
        has_1_3 = has_1_3 || (id >> 8) == 0x13;
        name += len;
        if (*name == '\0')
            break;
    }
    *ret_has_1_3 = has_1_3;
    return list;
}
