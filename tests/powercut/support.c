/*
 * Folders, seeds, and the report of a failure.
 */
#include "powercut.h"

#include "hash.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const files[] = {"data.mdb", "data.new", "lock.mdb", "momsync.lock"};

void powercut_init(struct powercut *p, uint64_t seed)
{
    static const char *const places[] = {"/dev/shm", NULL, "/tmp"};
    *p = (struct powercut){.seed = seed};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *place = places[i] ? places[i] : getenv("TMPDIR");
        if (!place || access(place, W_OK) != 0)
            continue;
        snprintf(p->folder, sizeof p->folder, "%s/momsync-powercut-XXXXXX", place);
        if (mkdtemp(p->folder))
            return;
    }
    fprintf(stderr, "powercut: no folder can be made\n");
    abort();
}

void powercut_empty(const struct powercut *p)
{
    char path[200];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", p->folder, files[i]);
        (void)unlink(path);
    }
}

void powercut_done(struct powercut *p)
{
    powercut_empty(p);
    (void)rmdir(p->folder);
}

void powercut_failed(struct powercut *p, const char *part, uint64_t number, const char *text, ...)
{
    va_list args;
    p->failures++;
    if (p->quiet)
        return;
    fprintf(stderr, "powercut: ");
    va_start(args, text);
    vfprintf(stderr, text, args);
    va_end(args);
    fprintf(stderr, "\n  again with: SEED=%llu PART=%s POINT=%llu\n", (unsigned long long)p->seed,
            part, (unsigned long long)number);
}

int powercut_open(const struct powercut *p, struct mom_store *ret_store)
{
    struct mom_lmdb_options options = {.path = p->folder, .map_size = 1, .no_sync = p->no_sync};
    return mom_store_lmdb_open(&options, ret_store);
}

uint64_t powercut_seed(const struct powercut *p, const char *part, uint64_t number)
{
    return mom__hash_keyed(p->seed, number, part, strlen(part));
}
