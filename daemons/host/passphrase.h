/*
 * Secrets in an export: sealed with a key that is made of a passphrase.
 *
 * Scheme 1, the number behind the star of a secret. The sealed bytes are the salt (16), the iterations (4, big-endian),
 * then the blob of com_seal_in; so a file tells by itself how its key is made. The key comes from com_derive_key. One
 * file has one salt.
 */
#ifndef HOST_PASSPHRASE_H
#define HOST_PASSPHRASE_H

#include <com/crypto.h>
#include <com/secret.h>
#include <momsync/seal.h>

#define PASSPHRASE_MIN 8 /* characters of one that is to seal */

struct passphrase {
    char text[COM_SECRET_MAX];
    uint8_t salt[COM_SALT_SIZE], key[COM_KEY_SIZE];
    uint32_t iterations; /* 0: there is no key yet */
};

/* For opening: the key is made with the first secret, which takes about half a second. Texts are shorter than
 * COM_SECRET_MAX. */
void passphrase_take(struct passphrase *passphrase, const char *text);
/* For sealing: makes salt and key. -1 when that cannot be done. */
int passphrase_make(struct passphrase *passphrase, const char *text);
void passphrase_wipe(struct passphrase *passphrase);
/* Valid as long as the passphrase is. */
struct mom_sealer passphrase_sealer(struct passphrase *passphrase);

#endif
