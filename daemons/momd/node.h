/*
 * What belongs to this node alone in the data folder: the folder itself and the key that seals secrets.
 */
#ifndef MOMD_NODE_H
#define MOMD_NODE_H

#include <com/crypto.h>

/* Make a folder for our user alone, if it is not there. 0, or -1 (logged). */
int node_make_folder(const char *path);
/* Read FOLDER/node.key; it is made when it is missing. 0, or -1 (logged). */
int node_load_key(const char *folder, uint8_t ret_key[COM_KEY_SIZE]);

#endif
