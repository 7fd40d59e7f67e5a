/*
 * Folder and key of the node. The key is 32 random bytes in a file that only our user can read; whoever has it and the
 * store can read the passwords of the sites.
 */
#include "node.h"

#include <com/log.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int node_make_folder(const char *path)
{
    struct stat st;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        com_error("%s: %s", path, strerror(errno));
        return -1;
    }
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
        com_error("%s: not a folder", path);
        return -1;
    }
    return 0;
}

static int make_key(const char *folder, const char *path, uint8_t ret_key[COM_KEY_SIZE])
{
    char temporary[4200];
    uint8_t key[COM_KEY_SIZE];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    if (com_random(key, sizeof key) != 0) {
        com_error("the system has no random numbers");
        return -1;
    }
    (void)unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (good && rename(temporary, path) != 0) {
        good = false;
        error = errno;
    }
    int dir = good ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) { /* the key must not be younger than what it seals */
        (void)fsync(dir);
        close(dir);
    }
    if (good)
        memcpy(ret_key, key, sizeof key);
    else
        com_error("%s: %s", path, strerror(error));
    com_wipe(key, sizeof key);
    return good ? 0 : -1;
}

int node_load_key(const char *folder, uint8_t ret_key[COM_KEY_SIZE])
{
    char path[4160];
    uint8_t key[COM_KEY_SIZE + 1];
    struct stat st;
    snprintf(path, sizeof path, "%s/node.key", folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return make_key(folder, path, ret_key);
    if (fd < 0) {
        com_error("%s: %s", path, strerror(errno));
        return -1;
    }
    ssize_t n = read(fd, key, sizeof key);
    bool others = fstat(fd, &st) != 0 || (st.st_mode & 077) != 0;
    close(fd);
    if (n == COM_KEY_SIZE && !others)
        memcpy(ret_key, key, COM_KEY_SIZE);
    com_wipe(key, sizeof key);
    if (n != COM_KEY_SIZE)
        com_error("%s: not a key: %d bytes", path, COM_KEY_SIZE);
    else if (others)
        com_error("%s: others can read it: chmod 600", path);
    return n == COM_KEY_SIZE && !others ? 0 : -1;
}
