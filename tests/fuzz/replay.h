/*
 * The committed corpus of a fuzz target as a test: each file as it is, cut off, and with single
 * bytes changed. So every compiler checks in every run what the fuzzer checks. A target that fails
 * aborts; the output says on which file and seed.
 *
 * A test includes the targets themselves, each under a name of its own:
 *
 *     #define LLVMFuzzerTestOneInput fuzz_ident
 *     #include "fuzz/fuzz_ident.c"
 *     #undef LLVMFuzzerTestOneInput
 */
#ifndef TESTS_FUZZ_REPLAY_H
#define TESTS_FUZZ_REPLAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REPLAY_MAX = 1 << 20 };

typedef int replay_target(const uint8_t *data, size_t size);

static inline uint8_t *replay_read(const char *folder, const char *name, size_t *ret_len)
{
    uint8_t *bytes = malloc(REPLAY_MAX);
    char path[512];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    assert_non_null(file);
    assert_non_null(bytes);
    *ret_len = fread(bytes, 1, REPLAY_MAX, file);
    fclose(file);
    return bytes;
}

/* The input in memory of its exact size, so that a sanitizer sees a byte too far. */
static inline void replay_run(replay_target *target, const uint8_t *bytes, size_t len)
{
    uint8_t *copy = malloc(len > 0 ? len : 1);

    assert_non_null(copy);
    memcpy(copy, bytes, len);
    target(copy, len);
    free(copy);
}

/* xorshift: the same numbers everywhere. */
static inline size_t replay_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (size_t)(*seed >> 32);
}

static inline void replay_file(replay_target *target, uint8_t *bytes, size_t len, unsigned changes)
{
    uint64_t seed = len + 1;

    replay_run(target, bytes, len);
    for (unsigned i = 0; i < changes && len > 0; i++) {
        size_t place = replay_random(&seed) % len;
        uint8_t old = bytes[place];

        fprintf(stderr, "change %u at %zu\n", i, place);
        replay_run(target, bytes, place);
        bytes[place] = (uint8_t)replay_random(&seed);
        replay_run(target, bytes, len);
        bytes[place] = old;
    }
}

/* Every file of the corpus NAME with so many changes; there must be at least `least` files. */
static inline void replay_corpus(const char *name, replay_target *target, unsigned changes,
                                 unsigned least)
{
    char folder[128];
    unsigned count = 0;
    DIR *dir;

    snprintf(folder, sizeof folder, "tests/fuzz/corpus/%s", name);
    dir = opendir(folder);
    if (dir == NULL) {
        fail_msg("cannot open %s (run from the top folder)", folder);
        abort(); /* not reached, but the analyser cannot know */
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        uint8_t *bytes;
        size_t len;

        if (entry->d_name[0] == '.')
            continue;
        fprintf(stderr, "%s/%s\n", folder, entry->d_name);
        bytes = replay_read(folder, entry->d_name, &len);
        replay_file(target, bytes, len, changes);
        free(bytes);
        count++;
    }
    closedir(dir);
    assert_true(count >= least);
}

#endif
