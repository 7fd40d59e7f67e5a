/*
 * What the tests of libaxi share: strings, parsing of one message, sample files, a seeded
 * generator, and an allocator that counts and can be told to fail.
 */
#ifndef TESTS_AXI_SUPPORT_H
#define TESTS_AXI_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <axi/axi.h>

static inline struct axi_str str(const char *text)
{
    struct axi_str s = {text, strlen(text)};
    return s;
}

static inline bool is(struct axi_str s, const char *text)
{
    return s.ptr != NULL && s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

#define assert_str(s, text) assert_true(is(s, text))

/* One call of the parser with all of `bytes`, which include their NUL. */
static inline int feed(struct axi_parser *parser, const char *bytes, size_t len,
                       struct axi_msg **ret_msg)
{
    return axi_parser_next(parser, &bytes, &len, ret_msg);
}

/* The message of a text without its NUL; it lives as long as the parser. */
static inline struct axi_msg *parse(struct axi_parser *parser, const char *text)
{
    struct axi_msg *msg;
    assert_int_equal(feed(parser, text, strlen(text) + 1, &msg), AXI_OK);
    assert_non_null(msg);
    return msg;
}

/* The encoded message as a C string, to be freed with free(). */
static inline char *encoded(const struct axi_msg *msg, unsigned flags)
{
    struct axi_buf buf = {0};
    assert_int_equal(axi_encode(msg, flags & ~(unsigned)AXI_ENCODE_NO_NUL, &buf), AXI_OK);
    assert_int_equal(buf.len, strlen(buf.ptr) + 1);
    return buf.ptr;
}

#define assert_encodes(msg, text)                                                                  \
    do {                                                                                           \
        char *encoded_ = encoded(msg, 0);                                                          \
        assert_string_equal(encoded_, text);                                                       \
        free(encoded_);                                                                            \
    } while (0)

/* Whole file with a NUL behind it. */
static inline char *read_file(const char *folder, const char *name, size_t *ret_len)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail_msg("cannot open %s (run from the top folder)", path);
        abort(); /* not reached, but the analyser cannot know */
    }
    size_t len = 0, room = 4096;
    char *bytes = malloc(room);
    for (size_t n; (n = fread(bytes + len, 1, room - len - 1, file)) > 0;) {
        len += n;
        if (room - len < 2)
            bytes = realloc(bytes, room *= 2);
    }
    fclose(file);
    bytes[len] = '\0';
    *ret_len = len;
    return bytes;
}

#define SAMPLES "tests/axi/samples"

/* Calls `each` for every file of a folder that ends in `tail`; returns how many there are. */
static inline size_t
for_files(const char *folder, const char *tail,
          void (*each)(const char *name, const char *bytes, size_t len, void *arg), void *arg)
{
    DIR *dir = opendir(folder);
    size_t count = 0;
    if (dir == NULL) {
        fail_msg("cannot open %s (run from the top folder)", folder);
        abort(); /* not reached, but the analyser cannot know */
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name), n = strlen(tail);
        if (entry->d_name[0] == '.' || len < n || strcmp(entry->d_name + len - n, tail) != 0)
            continue;
        char *bytes = read_file(folder, entry->d_name, &len);
        each(entry->d_name, bytes, len, arg);
        free(bytes);
        count++;
    }
    closedir(dir);
    return count;
}

/* xorshift: the same numbers everywhere. */
static inline uint32_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return (uint32_t)(*seed >> 32);
}

/* --- an allocator that fails at the n-th call */

struct counting {
    size_t calls;   /* allocations asked for */
    size_t fail_at; /* the call that fails, from 1; 0 = none */
    bool for_good;  /* and all after it */
    size_t live;    /* blocks that are not freed */
    size_t bytes, peak;
};

union counted {
    size_t size;
    max_align_t align;
};

static inline void *counting_realloc(void *user, void *ptr, size_t size)
{
    struct counting *c = user;
    union counted *old = ptr != NULL ? (union counted *)ptr - 1 : NULL;
    size_t old_size = old != NULL ? old->size : 0;
    assert_true(size > 0);
    c->calls++;
    if (c->fail_at != 0 && (c->calls == c->fail_at || (c->for_good && c->calls > c->fail_at)))
        return NULL;
    union counted *block = realloc(old, sizeof *block + size);
    if (block == NULL)
        return NULL;
    c->live += ptr == NULL;
    c->bytes += size - old_size;
    if (c->bytes > c->peak)
        c->peak = c->bytes;
    block->size = size;
    return block + 1;
}

static inline void counting_free(void *user, void *ptr)
{
    struct counting *c = user;
    if (ptr == NULL)
        return;
    union counted *block = (union counted *)ptr - 1;
    c->live--;
    c->bytes -= block->size;
    free(block);
}

static inline struct axi_alloc counting_hook(struct counting *counting)
{
    struct axi_alloc hook = {counting, counting_realloc, counting_free};
    return hook;
}

/* --- comparing trees */

static inline bool same_str(struct axi_str a, struct axi_str b)
{
    if (a.ptr == NULL || b.ptr == NULL)
        return a.ptr == b.ptr;
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static inline bool same_tree(const struct axi_elem *a, const struct axi_elem *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    if (!same_str(axi_elem_name(a), axi_elem_name(b)) ||
        !same_str(axi_elem_text(a), axi_elem_text(b)) || axi_elem_type(a) != axi_elem_type(b) ||
        axi_attr_count(a) != axi_attr_count(b))
        return false;
    struct axi_attr_view x, y;
    for (size_t i = 0; axi_attr_at(a, i, &x) && axi_attr_at(b, i, &y); i++)
        if (x.id != y.id || !same_str(x.name, y.name) || !same_str(x.value, y.value))
            return false;
    const struct axi_elem *child = axi_first_child(a, NULL), *other = axi_first_child(b, NULL);
    for (; child != NULL && other != NULL; child = axi_next_sibling(child, NULL)) {
        if (!same_tree(child, other))
            return false;
        other = axi_next_sibling(other, NULL);
    }
    return child == NULL && other == NULL;
}

#endif
