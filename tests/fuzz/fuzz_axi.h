/*
 * What the fuzz targets of libaxi share: trees compared, a message read in every way and taken
 * through bytes and back, streams that must be well-formed, and an allocator with a bound.
 */
#ifndef TESTS_FUZZ_FUZZ_AXI_H
#define TESTS_FUZZ_FUZZ_AXI_H

#include "fuzz/fuzz.h"

#include <axi/axi.h>
#include <axi/check.h>

static inline struct axi_str fz_axi_str(const char *text)
{
    struct axi_str str = {text, strlen(text)};
    return str;
}

static inline bool fz_axi_same(struct axi_str a, struct axi_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool fz_axi_is(struct axi_str a, const char *text)
{
    return a.ptr != NULL && fz_axi_same(a, fz_axi_str(text));
}

static inline bool fz_axi_ends_in(struct axi_str a, const char *tail)
{
    size_t len = strlen(tail);
    return a.len >= len && memcmp(a.ptr + (a.len - len), tail, len) == 0;
}

/* --- memory that is counted and bounded, and may be refused ------------------------------------------------------- */

struct fz_axi_memory {
    size_t live, peak, bound;
    unsigned refuse_every, asked; /* 0: never */
};

union fz_axi_block {
    size_t size;
    max_align_t align;
};

static inline void *fz_axi_realloc(void *user, void *ptr, size_t size)
{
    struct fz_axi_memory *memory = user;
    union fz_axi_block *old = ptr != NULL ? (union fz_axi_block *)ptr - 1 : NULL;
    size_t old_size = old != NULL ? old->size : 0;
    must(size > 0);
    if (memory->refuse_every > 0 && ++memory->asked % memory->refuse_every == 0)
        return NULL;
    memory->live += size - old_size;
    if (memory->live > memory->peak)
        memory->peak = memory->live;
    must(memory->live <= memory->bound);
    union fz_axi_block *block = realloc(old, sizeof *block + size);
    must(block != NULL);
    block->size = size;
    return block + 1;
}

static inline void fz_axi_free(void *user, void *ptr)
{
    struct fz_axi_memory *memory = user;
    if (ptr == NULL)
        return;
    union fz_axi_block *block = (union fz_axi_block *)ptr - 1;
    memory->live -= block->size;
    free(block);
}

static inline struct axi_alloc fz_axi_hook(struct fz_axi_memory *memory)
{
    struct axi_alloc hook = {memory, fz_axi_realloc, fz_axi_free};
    return hook;
}

/* --- trees ------------------------------------------------------------------------------------- */

static inline bool fz_axi_equal(const struct axi_elem *a, const struct axi_elem *b)
{
    if (!fz_axi_same(axi_elem_name(a), axi_elem_name(b)) ||
        !fz_axi_same(axi_elem_text(a), axi_elem_text(b)) || axi_elem_type(a) != axi_elem_type(b) ||
        axi_attr_count(a) != axi_attr_count(b))
        return false;
    struct axi_attr_view x, y;
    for (size_t i = 0; axi_attr_at(a, i, &x) && axi_attr_at(b, i, &y); i++)
        if (x.id != y.id || !fz_axi_same(x.name, y.name) || !fz_axi_same(x.value, y.value))
            return false;
    a = axi_first_child(a, NULL);
    b = axi_first_child(b, NULL);
    for (; a != NULL && b != NULL; a = axi_next_sibling(a, NULL), b = axi_next_sibling(b, NULL))
        if (!fz_axi_equal(a, b))
            return false;
    return a == b;
}

/* Every element gives of each attribute what the view of it says, in whichever form it is asked. */
static inline void fz_axi_read(const struct axi_elem *elem)
{
    struct axi_attr_view view;
    int64_t number;
    bool truth;
    enum axi_value value;
    for (size_t i = 0; axi_attr_at(elem, i, &view); i++) {
        if (view.id == AXI_A_NONE)
            continue;
        must(axi_has(elem, view.id) && axi_attr_of(view.name) == view.id);
        must(fz_axi_same(axi_get_str(elem, view.id), view.value));
        must(fz_axi_same(axi_get_named(elem, axi_attr_name(view.id)), view.value));
        if (axi_get_int(elem, view.id, &number) == AXI_OK)
            must(view.value.len > 0 && axi_get_int_or(elem, view.id, ~number) == number);
        if (axi_get_bool(elem, view.id, &truth) == AXI_OK)
            must(view.value.len > 0 && axi_get_bool_or(elem, view.id, !truth) == truth);
        if (axi_get_enum(elem, view.id, &value) == AXI_OK)
            must(fz_axi_is(view.value, axi_value_text(value)));
    }
    for (elem = axi_first_child(elem, NULL); elem != NULL; elem = axi_next_sibling(elem, NULL))
        fz_axi_read(elem);
}

/* -128 to 127. */
static inline int fz_axi_small(struct fuzz_bytes *bytes)
{
    int byte = (int)fuzz_u8(bytes);
    return byte < 128 ? byte : byte - 256;
}

/* One of the values of an enumeration. */
static inline enum axi_value fz_axi_one_of(enum axi_enum of, unsigned choice)
{
    unsigned count = 0;
    while (axi_enum_at(of, count) != AXI_V_NOTHING)
        count++;
    must(count > 0);
    return axi_enum_at(of, choice % count);
}

/* One of the event types. */
static inline struct axi_event_type fz_axi_event_type(unsigned choice)
{
    struct axi_event_type type = {AXI_V_NOTHING, 0, 0};
    unsigned count = 0;
    while (axi_event_type_at(count, &type))
        count++;
    must(count > 0 && axi_event_type_at(choice % count, &type));
    return type;
}

/* --- bytes ------------------------------------------------------------------------------------- */

static inline void fz_axi_append(struct axi_buf *buf, const void *bytes, size_t len)
{
    if (len == 0)
        return;
    if (buf->cap - buf->len < len) {
        buf->cap = 2 * buf->cap + len;
        buf->ptr = realloc(buf->ptr, buf->cap);
        must(buf->ptr != NULL);
    }
    memcpy(buf->ptr + buf->len, bytes, len);
    buf->len += len;
}

/* The one message that the bytes must be; it lives as long as the parser. */
static inline struct axi_msg *fz_axi_parse(struct axi_parser *parser, const struct axi_buf *bytes)
{
    const char *at = bytes->ptr;
    size_t len = bytes->len;
    struct axi_msg *msg;
    must(axi_parser_next(parser, &at, &len, &msg) == AXI_OK && msg != NULL && len == 0);
    return msg;
}

/* No limit of the parser stands in the way of a message that was built or read before. */
static inline struct axi_parser *fz_axi_wide_parser(void)
{
    struct axi_parser_options options = {.max_message = 64u << 20,
                                         .max_depth = 1u << 20,
                                         .max_attrs = 1u << 20,
                                         .max_elems = 1u << 20};
    struct axi_parser *parser = axi_parser_new(&options);
    must(parser != NULL);
    return parser;
}

/* decode(encode(msg)) is the same tree, and encodes to the same bytes. */
static inline void fz_axi_round_trip(const struct axi_msg *msg)
{
    struct axi_parser *parser = fz_axi_wide_parser();
    struct axi_buf first = {0}, second = {0};
    must(axi_encode(msg, 0, &first) == AXI_OK);
    must(first.len > 0 && strlen(first.ptr) + 1 == first.len);
    struct axi_msg *again = fz_axi_parse(parser, &first);
    must(!axi_msg_repaired(again));
    must(fz_axi_equal(axi_msg_root(msg), axi_msg_root(again)));
    must(axi_encode(again, 0, &second) == AXI_OK);
    must(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
    axi_buf_done(&first);
    axi_buf_done(&second);
    axi_parser_free(parser);
}

#endif
