/*
 * Folder, keys and notes of the node. A key is 32 random bytes in a file that only our user can read; whoever has it
 * and the store can read the passwords of the sites and the secrets of users and devices.
 */
#include "folder.h"

#include <com/log.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_make(const char *path)
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

int folder_write(const char *folder, const char *path, const void *bytes, size_t len)
{
    char temporary[4200];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    (void)unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = fd >= 0 && write(fd, bytes, len) == (ssize_t)len && fsync(fd) == 0;
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (good && rename(temporary, path) != 0) {
        good = false;
        error = errno;
    }
    int dir = good ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (dir >= 0) {
        (void)fsync(dir);
        close(dir);
    }
    errno = error;
    return good ? 0 : -1;
}

/* --- keys -------------------------------------------------------------------------------------------------- */

/* It is on the disk before it seals anything. */
static int make_key(const char *folder, const char *path, uint8_t ret_key[COM_KEY_SIZE])
{
    uint8_t key[COM_KEY_SIZE];
    if (com_random(key, sizeof key) != 0) {
        com_error("the system has no random numbers");
        return -1;
    }
    int rc = folder_write(folder, path, key, sizeof key);
    if (rc == 0)
        memcpy(ret_key, key, sizeof key);
    else
        com_error("%s: %s", path, strerror(errno));
    com_wipe(key, sizeof key);
    return rc;
}

/* 0, 1 when there is no such file, or -1 (logged). */
static int read_key(const char *path, uint8_t ret_key[COM_KEY_SIZE])
{
    uint8_t key[COM_KEY_SIZE + 1];
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 && errno == ENOENT)
        return 1;
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

/* What a sealed secret says of its key: keys with the same number are tried in turn. */
static uint8_t number_of(const uint8_t key[COM_KEY_SIZE])
{
    uint8_t hash[32];
    com_sha256(key, COM_KEY_SIZE, hash);
    return hash[0];
}

static int make_ready(struct folder_keys *keys)
{
    keys->number_now = number_of(keys->now);
    keys->number_old = number_of(keys->old);
    keys->sealing_now = com_sealing_new(keys->now);
    keys->sealing_old = keys->has_old ? com_sealing_new(keys->old) : NULL;
    if (keys->sealing_now && (keys->sealing_old || !keys->has_old))
        return 0;
    com_error("node.key: out of memory");
    return -1;
}

void folder_drop_keys(struct folder_keys *keys)
{
    com_sealing_free(keys->sealing_now);
    com_sealing_free(keys->sealing_old);
    com_wipe(keys, sizeof *keys);
}

int folder_load_keys(const char *folder, struct folder_keys *ret_keys)
{
    char path[4160];
    snprintf(path, sizeof path, "%s/node.key", folder);
    int rc = read_key(path, ret_keys->now);
    if (rc > 0)
        rc = make_key(folder, path, ret_keys->now);
    if (rc != 0)
        return -1;
    snprintf(path, sizeof path, "%s/node.key.old", folder);
    rc = read_key(path, ret_keys->old);
    ret_keys->has_old = rc == 0;
    return rc < 0 ? -1 : make_ready(ret_keys);
}

/* --- sealing ----------------------------------------------------------------------------------------------- */

static struct com_bytes bytes_of(struct mom_str text)
{
    return (struct com_bytes){text.ptr, text.len};
}

static int seal(void *user, uint8_t number, struct mom_str context, struct mom_str clear,
                unsigned char *ret_sealed)
{
    const struct folder_keys *keys = user;
    size_t len;
    (void)number;
    return com_sealing_seal(keys->sealing_now, bytes_of(context), bytes_of(clear), ret_sealed,
                            clear.len + COM_SEAL_OVERHEAD, &len);
}

static int open_sealed(void *user, uint8_t number, struct mom_str context, struct mom_str sealed,
                       unsigned char *ret_clear)
{
    const struct folder_keys *keys = user;
    size_t max = sealed.len - COM_SEAL_OVERHEAD, len;
    if (number == keys->number_now && com_sealing_open(keys->sealing_now, bytes_of(context),
                                                       bytes_of(sealed), ret_clear, max, &len) == 0)
        return 0;
    if (keys->has_old && number == keys->number_old)
        return com_sealing_open(keys->sealing_old, bytes_of(context), bytes_of(sealed), ret_clear,
                                max, &len);
    return -1;
}

struct mom_sealer folder_sealer(const struct folder_keys *keys)
{
    union {
        const struct folder_keys *in;
        void *out; /* the hook takes it back as const */
    } user = {.in = keys};
    return (struct mom_sealer){user.out, keys->number_now, COM_SEAL_OVERHEAD, seal, open_sealed};
}

/* --- the store's incarnation --------------------------------------------------------------------------------- */

static void witness_path(const char *folder, char *ret_path, size_t max)
{
    snprintf(ret_path, max, "%s/incarnation", folder);
}

uint64_t folder_read_witness(const char *folder)
{
    char path[4160], text[17] = "", *end;
    witness_path(folder, path, sizeof path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) {
        if (errno != ENOENT)
            com_warning("%s: %s", path, strerror(errno));
        return 0;
    }
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    uint64_t incarnation = n == 16 ? strtoull(text, &end, 16) : 0;
    if (incarnation == 0 || *end)
        com_warning("%s: not a number of 16 digits: a restored store is not noticed", path);
    return n == 16 && !*end ? incarnation : 0;
}

void folder_write_witness(const char *folder, uint64_t incarnation)
{
    char path[4160], text[18];
    witness_path(folder, path, sizeof path);
    snprintf(text, sizeof text, "%016llx\n", (unsigned long long)incarnation);
    if (folder_write(folder, path, text, 17) != 0)
        com_warning("%s: %s", path, strerror(errno));
}
