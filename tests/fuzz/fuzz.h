/*
 * What the fuzz targets share: taking an input apart, and the assertion that works under a fuzzer
 * and in a test alike. A target is one file with LLVMFuzzerTestOneInput; `make fuzz` builds it with
 * libFuzzer, every other build with replay.c, and the tests include it (replay.h).
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define must(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* The input as a source of choices; when it is used up all choices are 0. */
struct fuzz_bytes {
    const uint8_t *at, *end;
};

static inline struct fuzz_bytes fuzz_open(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = {data, data + size};

    return bytes;
}

static inline size_t fuzz_left(const struct fuzz_bytes *bytes)
{
    return (size_t)(bytes->end - bytes->at);
}

static inline unsigned fuzz_u8(struct fuzz_bytes *bytes)
{
    return bytes->at < bytes->end ? *bytes->at++ : 0;
}

static inline unsigned fuzz_below(struct fuzz_bytes *bytes, unsigned n)
{
    return fuzz_u8(bytes) % n;
}

static inline uint64_t fuzz_number(struct fuzz_bytes *bytes, unsigned size)
{
    uint64_t value = 0;

    while (size-- > 0)
        value = value << 8 | fuzz_u8(bytes);
    return value;
}

/* Up to `len` bytes of the input itself; `ret_len` says how many there were. */
static inline const char *fuzz_take(struct fuzz_bytes *bytes, size_t len, size_t *ret_len)
{
    const uint8_t *at = bytes->at;

    *ret_len = len < fuzz_left(bytes) ? len : fuzz_left(bytes);
    bytes->at += *ret_len;
    return *ret_len > 0 ? (const char *)at : "";
}

#endif
