/*
 * Secrets: in clear inside, encrypted on the wire with the site's own key. The text of a secret is made when it is
 * first sent and stays the same until the secret changes, so that a client can see whether it did.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* Base64 of at least this many characters is taken for a ciphertext (the smallest key makes 88). */
#define CIPHER_MIN 86

static bool is_base64(struct axi_str text)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '\0' || strchr(alphabet, text.ptr[i]) == NULL)
            return false;
    return text.len % 4 == 0;
}

char *sim_secret_read(struct sim_site *site, struct axi_str text)
{
    if (text.len < CIPHER_MIN || !is_base64(text))
        return strndup(text.ptr, text.len); /* recorded clients send short secrets in clear */
    char plain[AXI_RSA_BITS_MAX / 8 + 1];
    size_t len = 0;
    if (axi_rsa_decrypt(site->rsa, text, plain, sizeof plain - 1, &len) != AXI_RSA_OK)
        return NULL;
    plain[len] = '\0';
    return memchr(plain, '\0', len) == NULL ? strdup(plain) : NULL;
}

static int secret_index(unsigned slot)
{
    static const unsigned order[SIM_SECRETS] = {U_sipPw, U_pin, U_credentialPw,
                                                U_serviceAuthPassword, U_keyLockPin};
    for (int i = 0; i < SIM_SECRETS; i++)
        if (order[i] == slot)
            return i;
    return -1;
}

static char *encrypt(struct sim_site *site, const char *plain)
{
    struct axi_public_key key = axi_rsa_public_key(site->rsa);
    struct axi_str secret = {plain, strlen(plain)};
    char text[AXI_RSA_TEXT_MAX];
    size_t len;
    if (axi_rsa_encrypt(site->rsa, &key, secret, text, sizeof text, &len) != AXI_RSA_OK)
        return NULL;
    return strndup(text, len);
}

const char *sim_secret_text(struct sim_rec *rec, unsigned slot)
{
    int i = secret_index(slot);
    if (i < 0)
        return NULL;
    char **cached = rec->val[slot][0] == '\0' ? &rec->site->empty_cipher : &rec->cipher[i];
    if (*cached == NULL)
        *cached = encrypt(rec->site, rec->val[slot]);
    return *cached;
}

void sim_secret_forget(struct sim_rec *rec, unsigned slot)
{
    int i = secret_index(slot);
    if (i < 0)
        return;
    free(rec->cipher[i]);
    rec->cipher[i] = NULL;
}
