/*
 * A public key and the fingerprint that tells which key a sealed secret belongs to.
 *
 * The fingerprint only has to tell the few hundred keys of one system apart: an OMM that forges one
 * gets text that it cannot decrypt. So it is a 64-bit hash and not a cryptographic one, which these
 * libraries do not have.
 */
#include "records.h"

#include <string.h>

/* Upper case, without leading zeros; false when it is not hexadecimal or too long. */
static bool normalise(struct axi_str text, char *ret_text)
{
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];

        if (c >= 'a' && c <= 'f')
            c = (char)(c - 'a' + 'A');
        if (!(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'F'))
            return false;
        if (len == 0 && c == '0')
            continue;
        if (len == MOM__KEY_MAX)
            return false;
        ret_text[len++] = c;
    }
    ret_text[len] = '\0';
    return len > 0;
}

/* FNV-1a (Fowler, Noll, Vo) with a final mixing, so that every digit of the print depends on every
 * digit of the key. */
static uint64_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325u;

    for (; *text != '\0'; text++) {
        h ^= (unsigned char)*text;
        h *= 0x100000001b3u;
    }
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    h *= 0xc4ceb9fe1a85ec53u;
    return h ^ (h >> 33);
}

void mom__key_take(struct mom__key *key, struct axi_str modulus, struct axi_str exponent)
{
    uint64_t print;

    key->known = false;
    memset(key->fingerprint, '0', MOM_KEY_FINGERPRINT_LEN);
    key->fingerprint[MOM_KEY_FINGERPRINT_LEN] = '\0';
    if (!normalise(modulus, key->modulus) || !normalise(exponent, key->exponent))
        return;
    print = hash(key->modulus);
    for (size_t i = MOM_KEY_FINGERPRINT_LEN; i-- > 0; print >>= 4)
        key->fingerprint[i] = "0123456789ABCDEF"[print & 15];
    key->known = true;
}
