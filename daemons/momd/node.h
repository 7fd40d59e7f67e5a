/*
 * What belongs to this node alone in the data folder: the folder itself and the key that seals secrets.
 */
#ifndef MOMD_NODE_H
#define MOMD_NODE_H

#include <com/crypto.h>
#include <momsync/seal.h>

/* The key that seals, and the one before it while something may still be sealed with that. */
struct node_keys {
    uint8_t now[COM_KEY_SIZE], old[COM_KEY_SIZE];
    bool has_old;
};

/* Make a folder for our user alone, if it is not there. 0, or -1 (logged). */
int node_make_folder(const char *path);
/* Read FOLDER/node.key, made when it is missing, and FOLDER/node.key.old if there is one. 0, or -1 (logged). */
int node_load_keys(const char *folder, struct node_keys *ret_keys);
/* The hook that seals secrets in the store; `keys` is borrowed by it. */
struct mom_sealer node_sealer(const struct node_keys *keys);
/* The incarnation of the store that was noted last, 0: none (also when it cannot be read: logged). */
uint64_t node_read_witness(const char *folder);
/* Note it; what cannot be written is logged. */
void node_write_witness(const char *folder, uint64_t incarnation);

#endif
