/*
 * Sealing of secrets: the host's hook to authenticated encryption. libmomsync has no cryptography of its own.
 *
 * The same kind of hook serves two purposes with two keys: secrets in the store (struct mom_config, the node's key)
 * and secrets in an export (transfer.h, a key that was made of a passphrase).
 */
#ifndef MOMSYNC_SEAL_H
#define MOMSYNC_SEAL_H

#include <momsync/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes that sealing may add to a text at the most. */
#define MOM_SEAL_OVERHEAD_MAX 64

/*
 * By value; `seal` NULL: there is none. `context` says where the secret stands (record and field): it is authenticated
 * (the additional data of AES-GCM), so that a sealed value which was moved elsewhere does not open. It is not part of
 * the sealed text.
 *
 * Both functions return MOM_OK or any other code when it could not be done; they must not call the library.
 */
struct mom_sealer {
    void *user;  /* first argument of the functions */
    uint8_t key; /* number of the key that seals from now on; others may still be opened */
    size_t
        overhead; /* bytes that a sealed text is longer than the clear one, up to MOM_SEAL_OVERHEAD_MAX */
    /* Write clear.len + overhead bytes. Every call must use a nonce of its own. */
    int (*seal)(void *user, uint8_t key, struct mom_str context, struct mom_str clear,
                unsigned char *ret_sealed);
    /* Write sealed.len - overhead bytes; sealed.len is at least the overhead. */
    int (*open)(void *user, uint8_t key, struct mom_str context, struct mom_str sealed,
                unsigned char *ret_clear);
};

#ifdef __cplusplus
}
#endif
#endif
