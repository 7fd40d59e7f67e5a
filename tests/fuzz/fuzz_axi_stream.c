/*
 * Fuzz target: any bytes at any splits into the parser. A message that comes out must encode, and
 * the encoded bytes must decode to an equal tree, encode to the same bytes, and pass through every
 * function that reads without harm.
 *
 * Input: byte 0 chooses limits, byte 1 the length of the pieces (0: all at once); the rest is the
 * stream.
 */
#include "fuzz/fuzz.h"

#include <axi/axi.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool same(struct axi_str a, struct axi_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static bool equal_trees(const struct axi_elem *a, const struct axi_elem *b)
{
    if (!same(axi_elem_name(a), axi_elem_name(b)) || !same(axi_elem_text(a), axi_elem_text(b)) ||
        axi_elem_type(a) != axi_elem_type(b) || axi_attr_count(a) != axi_attr_count(b))
        return false;
    struct axi_attr_view x, y;
    for (size_t i = 0; axi_attr_at(a, i, &x) && axi_attr_at(b, i, &y); i++)
        if (x.id != y.id || !same(x.name, y.name) || !same(x.value, y.value))
            return false;
    a = axi_first_child(a, NULL);
    b = axi_first_child(b, NULL);
    for (; a != NULL && b != NULL; a = axi_next_sibling(a, NULL), b = axi_next_sibling(b, NULL))
        if (!equal_trees(a, b))
            return false;
    return a == b;
}

static void read_all(const struct axi_msg *msg)
{
    struct axi_finding findings[4];
    struct axi_buf log = {0};
    struct axi_attr_view view;
    int64_t number;
    bool truth;
    enum axi_value value;
    axi_check(msg, findings, 4);
    must(axi_encode(msg, AXI_ENCODE_REDACT, &log) == AXI_OK);
    axi_buf_done(&log);
    axi_answer_code(msg);
    for (size_t i = 0; axi_attr_at(axi_msg_root(msg), i, &view); i++) {
        if (view.id == AXI_A_NONE)
            continue;
        must(same(axi_get_str(axi_msg_root(msg), view.id), view.value));
        if (axi_get_int(axi_msg_root(msg), view.id, &number) == AXI_OK)
            must(view.value.len > 0);
        if (axi_get_bool(axi_msg_root(msg), view.id, &truth) == AXI_OK)
            must(view.value.len > 0);
        if (axi_get_enum(axi_msg_root(msg), view.id, &value) == AXI_OK)
            must(same(view.value,
                      (struct axi_str){axi_value_text(value), strlen(axi_value_text(value))}));
    }
}

static void round_trip(const struct axi_msg *msg)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *again, *copy = axi_msg_new(NULL);
    struct axi_buf first = {0}, second = {0};
    must(axi_encode(msg, 0, &first) == AXI_OK);
    const char *bytes = first.ptr;
    size_t len = first.len;
    must(axi_parser_next(parser, &bytes, &len, &again) == AXI_OK && again != NULL && len == 0);
    must(!axi_msg_repaired(again));
    must(equal_trees(axi_msg_root(msg), axi_msg_root(again)));
    must(axi_encode(again, 0, &second) == AXI_OK);
    must(first.len == second.len && memcmp(first.ptr, second.ptr, first.len) == 0);
    struct axi_elem *top = axi_msg_start(copy, AXI_T_SetPP);
    must(axi_attr_count(axi_add_copy(top, axi_msg_root(again))) ==
         axi_attr_count(axi_msg_root(msg)));
    axi_buf_done(&first);
    axi_buf_done(&second);
    axi_msg_free(copy);
    axi_parser_free(parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct axi_parser_options options = {0};
    if (data[0] & 1)
        options.max_message = 64;
    if (data[0] & 2)
        options.max_depth = 2;
    if (data[0] & 4)
        options.max_attrs = 3;
    size_t piece = data[1] == 0 ? size : data[1];
    const char *at = (const char *)data + 2, *end = (const char *)data + size;
    struct axi_parser *parser = axi_parser_new(&options);
    while (at < end) {
        const char *bytes = at;
        size_t len = (size_t)(end - at) < piece ? (size_t)(end - at) : piece;
        at += len;
        while (len > 0) {
            struct axi_msg *msg;
            int rc = axi_parser_next(parser, &bytes, &len, &msg);
            must((rc == AXI_OK) || (rc < 0 && msg == NULL && axi_parser_error(parser)->code == rc));
            must(axi_parser_held(parser) <= (options.max_message ? options.max_message : 1u << 20));
            if (msg == NULL)
                continue;
            read_all(msg);
            round_trip(msg);
        }
    }
    struct axi_parser_stats stats = axi_parser_stats(parser);
    must(stats.bytes == size - 2);
    axi_parser_free(parser);
    return 0;
}
