/*
 * What belongs to this node alone in the data folder: the folder itself and the key that seals secrets.
 */
#ifndef HOST_NODE_H
#define HOST_NODE_H

#include <com/crypto.h>
#include <momsync/seal.h>

/* The key that seals, and the one before it while something may still be sealed with that. */
struct folder_keys {
    uint8_t now[COM_KEY_SIZE], old[COM_KEY_SIZE];
    bool has_old;
    /* ready, for the hook; what a sealed secret says of its key */
    struct com_sealing *sealing_now, *sealing_old;
    uint8_t number_now, number_old;
};

/* Make a folder for our user alone, if it is not there. 0, or -1 (logged). */
int folder_make(const char *path);
/* Write a file that only our user can read, as a whole: under another name, on the disk, then renamed. 0, or -1 with
 * errno. */
int folder_write(const char *folder, const char *path, const void *bytes, size_t len);
/* Read FOLDER/node.key, made when it is missing, and FOLDER/node.key.old if there is one. 0, or -1 (logged). */
int folder_load_keys(const char *folder, struct folder_keys *ret_keys);
/* Wipe them; the hook is not to be called any more. */
void folder_drop_keys(struct folder_keys *keys);
/* The hook that seals secrets in the store; `keys` is borrowed by it. */
struct mom_sealer folder_sealer(const struct folder_keys *keys);
/* The incarnation of the store that was noted last, 0: none (also when it cannot be read: logged). */
uint64_t folder_read_witness(const char *folder);
/* Note it; what cannot be written is logged. */
void folder_write_witness(const char *folder, uint64_t incarnation);

#endif
