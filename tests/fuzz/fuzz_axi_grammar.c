/*
 * Fuzz target: messages built as the catalogue says, and messages built slightly or wildly
 * otherwise.
 *
 *   - What is built by the catalogue has no findings, and the strict parser takes it.
 *   - Whatever is built has the same findings before it is written and after it is read again, and
 *     the strict parser takes it exactly when there are none.
 *   - Whatever names and values are set: the builder refuses them, or the message is well-formed
 *     and reads back as it was built. A refusal is the error of axi_encode.
 *
 * Input: the type, then choices as they are needed; used up, they are all 0.
 */
#include "fuzz/fuzz_axi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { GR_TEXT = 8192, GR_ELEMS = 300, GR_DEEP = 5, GR_FINDINGS = 8 };

struct gr {
    struct fuzz_bytes bytes;
    struct axi_msg *msg, *trial;
    bool wrong;     /* choices may leave the catalogue */
    bool left;      /* and one did */
    unsigned elems; /* so many there are already */
    char text[GR_TEXT + 8];
};

/* --- values ------------------------------------------------------------------------------------ */

/* Characters that need care somewhere: escapes, blanks, and each length of UTF-8. */
static const char *const gr_chars[] = {"a",
                                       "Z",
                                       "0",
                                       " ",
                                       "<",
                                       ">",
                                       "&",
                                       "\"",
                                       "'",
                                       "\n",
                                       "\r",
                                       "-",
                                       ".",
                                       "\t",
                                       "\x7f",
                                       "\xc2\x80",
                                       "\xc3\xbc",
                                       "\xe2\x82\xac",
                                       "\xed\x9f\xbf",
                                       ";",
                                       "#",
                                       "]",
                                       "/",
                                       "\xef\xbf\xbd",
                                       "\xf0\x9f\x93\x9e"};

static struct axi_str gr_text(struct gr *gr, unsigned max)
{
    unsigned count = fuzz_u8(&gr->bytes);
    size_t len = 0;
    if (max > 0 && (count > max || count > 250))
        count = max;
    for (unsigned i = 0; i < count && len < GR_TEXT; i++) {
        const char *c = gr_chars[fuzz_below(&gr->bytes, sizeof gr_chars / sizeof gr_chars[0])];
        memcpy(gr->text + len, c, strlen(c));
        len += strlen(c);
    }
    struct axi_str text = {gr->text, len};
    return text;
}

static struct axi_str gr_number(struct gr *gr, int64_t least, int64_t most)
{
    uint64_t bits = fuzz_number(&gr->bytes, 1 + fuzz_below(&gr->bytes, 8));
    int64_t value;
    memcpy(&value, &bits, sizeof value);
    switch (fuzz_below(&gr->bytes, 4)) {
    case 0:
        value = least;
        break;
    case 1:
        value = most;
        break;
    default:
        if (value < least || value > most)
            value = least > 0 || most < 100 ? least : (int64_t)(bits % 100);
    }
    struct axi_str text = {gr->text,
                           (size_t)snprintf(gr->text, sizeof gr->text, "%lld", (long long)value)};
    return text;
}

static struct axi_str gr_list(struct gr *gr)
{
    size_t len = 0;
    for (unsigned i = 0, count = 1 + fuzz_below(&gr->bytes, 5); i < count; i++)
        len += (size_t)snprintf(gr->text + len, sizeof gr->text - len, "%s%d", i > 0 ? "," : "",
                                (int)fuzz_number(&gr->bytes, 2) - 1);
    struct axi_str text = {gr->text, len};
    return text;
}

static struct axi_str gr_hex(struct gr *gr, unsigned max)
{
    unsigned count = 2 * fuzz_u8(&gr->bytes);
    if (max > 0 && count > max)
        count = max & ~1u;
    for (unsigned i = 0; i < count; i++)
        gr->text[i] = "0123456789ABCDEF"[fuzz_below(&gr->bytes, 16)];
    struct axi_str text = {gr->text, count};
    return text;
}

static struct axi_str gr_one_of(struct gr *gr, enum axi_enum of)
{
    enum axi_value value = fz_axi_one_of(of, fuzz_u8(&gr->bytes));
    must(axi_value_of(of, fz_axi_str(axi_value_text(value))) == value);
    return fz_axi_str(axi_value_text(value));
}

static size_t gr_characters(struct axi_str text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

/* A value of the field's form and within its length. */
static struct axi_str gr_value(struct gr *gr, const struct axi_field *field)
{
    static const char *const truths[] = {"1", "0", "true", "false"};
    struct axi_str value = {"", 0};
    if (field->least < field->most)
        return gr_number(gr, field->least, field->most);
    switch (field->form) {
    case AXI_STR:
        return gr_text(gr, field->max);
    case AXI_INT:
        value = gr_number(gr, INT32_MIN, INT32_MAX);
        break;
    case AXI_INT16:
        value = gr_number(gr, INT16_MIN, INT16_MAX);
        break;
    case AXI_UINT32:
        value = gr_number(gr, 0, UINT32_MAX);
        break;
    case AXI_INT64:
        value = gr_number(gr, INT64_MIN, INT64_MAX);
        break;
    case AXI_INT_LIST:
        value = gr_list(gr);
        break;
    case AXI_BOOL:
        value = fz_axi_str(truths[fuzz_below(&gr->bytes, 4)]);
        break;
    case AXI_HEX:
        return gr_hex(gr, field->max);
    case AXI_ENUMERATED:
        return gr_one_of(gr, field->of);
    }
    return field->max > 0 && value.len > field->max ? fz_axi_str("1") : value;
}

/* --- attributes -------------------------------------------------------------------------------- */

/* The four ways to set a value; what reads back is the same. */
static void gr_set(struct gr *gr, struct axi_elem *elem, const struct axi_field *field,
                   struct axi_str value)
{
    char text[GR_TEXT + 8];
    struct axi_str kept = {text, value.len};
    memcpy(text, value.ptr, value.len);
    int64_t number;
    enum axi_value symbol =
        field->form == AXI_ENUMERATED ? axi_value_of(field->of, kept) : AXI_V_NOTHING;
    unsigned way = fuzz_below(&gr->bytes, 3);
    if (way == 1 && symbol != AXI_V_NOTHING)
        axi_set_enum(elem, field->attr, symbol);
    else if (way == 2)
        axi_set_named(elem, fz_axi_str(axi_attr_name(field->attr)), kept);
    else
        axi_set_str(elem, field->attr, kept);
    must(fz_axi_same(axi_get_str(elem, field->attr), kept));
    if (way == 1 && axi_get_int(elem, field->attr, &number) == AXI_OK && kept.ptr[0] != '-' &&
        (kept.ptr[0] != '0' || kept.len == 1)) {
        axi_set_int(elem, field->attr, number);
        must(fz_axi_same(axi_get_str(elem, field->attr), kept));
    }
}

static void gr_fields(struct gr *gr, struct axi_elem *elem)
{
    struct axi_field field, same;
    enum axi_type type = axi_elem_type(elem);
    for (size_t i = 0; axi_type_field_at(type, i, &field); i++) {
        must(axi_type_field(type, field.attr, &same) && same.form == field.form);
        unsigned choice = fuzz_u8(&gr->bytes);
        bool required = (field.flags & AXI_REQUIRED) != 0;
        if (field.attr == AXI_A_errCode && !(choice & 64))
            continue; /* a refusal need not be complete: seldom */
        if (!(choice & 1) && !(required && (!gr->wrong || choice & 128)))
            continue;
        struct axi_str value = gr_value(gr, &field);
        must(axi_field_accepts(&field, value));
        must(field.max == 0 || gr_characters(value) <= field.max);
        gr_set(gr, elem, &field, value);
    }
}

/* Bytes of the input itself as a name or value. */
static struct axi_str gr_bytes(struct gr *gr)
{
    struct axi_str bytes;
    bytes.ptr = fuzz_take(&gr->bytes, fuzz_u8(&gr->bytes) % 40, &bytes.len);
    return bytes;
}

/* Setting it alone tells whether the builder takes it; only then it is set. */
static bool gr_takes(struct gr *gr, struct axi_str name, struct axi_str value)
{
    struct axi_elem *root = axi_msg_start(gr->trial, AXI_T_Ping);
    struct axi_buf bytes = {0};
    axi_set_named(root, name, value);
    int rc = axi_msg_error(gr->trial);
    must(axi_encode(gr->trial, 0, &bytes) == rc && (rc == AXI_OK || bytes.len == 0));
    must(rc == AXI_OK || rc == AXI_EINVAL || rc == AXI_EUTF8 || rc == AXI_EVALUE);
    axi_buf_done(&bytes);
    if (rc == AXI_OK)
        fz_axi_round_trip(gr->trial);
    return rc == AXI_OK;
}

static void gr_spoil_attr(struct gr *gr, struct axi_elem *elem)
{
    struct axi_attr_view view;
    size_t count = axi_attr_count(elem);
    struct axi_str name = gr_bytes(gr), value = gr_bytes(gr);
    switch (fuzz_below(&gr->bytes, 4)) {
    case 0: /* a name of the input's */
        if (gr_takes(gr, name, value))
            axi_set_named(elem, name, value);
        break;
    case 1: /* a known name, perhaps not of this element */
        name = fz_axi_str(axi_attr_name(
            (enum axi_attr)(1 + fuzz_number(&gr->bytes, 2) % ((unsigned)AXI_A_COUNT - 1))));
        if (gr_takes(gr, name, value))
            axi_set_named(elem, name, value);
        break;
    case 2: /* another value */
        if (count == 0 || !axi_attr_at(elem, fuzz_u8(&gr->bytes) % count, &view))
            break;
        if (gr_takes(gr, view.name, value))
            axi_set_named(elem, view.name, value);
        break;
    default: /* one less */
        if (count > 0 && axi_attr_at(elem, fuzz_u8(&gr->bytes) % count, &view))
            axi_set_named(elem, view.name, (struct axi_str){NULL, 0});
        must(count == 0 || axi_attr_count(elem) == count - 1);
    }
}

/* --- elements ---------------------------------------------------------------------------------- */

static void gr_elem(struct gr *gr, struct axi_elem *elem, unsigned depth);

static void gr_child(struct gr *gr, struct axi_elem *elem, const struct axi_child *child,
                     unsigned depth)
{
    if (gr->elems++ > GR_ELEMS) {
        gr->left = true;
        return;
    }
    struct axi_elem *below = axi_add_child(elem, child->element);
    must(axi_elem_type(below) == child->type);
    if (child->type != AXI_T_NONE)
        gr_elem(gr, below, depth + 1);
    else
        axi_set_text(below, child->of != AXI_E_NOTHING ? gr_one_of(gr, child->of) : gr_text(gr, 0));
}

static void gr_children(struct gr *gr, struct axi_elem *elem, unsigned depth)
{
    struct axi_child child;
    for (size_t i = 0; axi_type_child_at(axi_elem_type(elem), i, &child); i++) {
        unsigned count = child.min;
        unsigned most = child.max > 0 ? child.max : child.min + 3;
        unsigned choice = fuzz_u8(&gr->bytes);
        if (gr->wrong)
            count = choice % (most + 2);
        else if (depth < GR_DEEP)
            count += choice % (most - child.min + 1);
        for (; count > 0; count--)
            gr_child(gr, elem, &child, depth);
    }
}

static bool gr_is_blank(struct axi_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (strchr(" \t\r\n", text.ptr[i]) == NULL)
            return false;
    return true;
}

static void gr_spoil_elem(struct gr *gr, struct axi_elem *elem)
{
    struct axi_str bytes = gr_bytes(gr);
    char name[64] = {0};
    memcpy(name, bytes.ptr, bytes.len);
    struct axi_elem *trial = axi_msg_start(gr->trial, AXI_T_Ping);
    switch (fuzz_below(&gr->bytes, 3)) {
    case 0: /* a child of any name */
        axi_add_child(trial, name);
        if (axi_msg_error(gr->trial) == AXI_OK)
            axi_add_child(elem, name);
        break;
    case 1: /* any text */
        axi_set_text(trial, bytes);
        if (axi_msg_error(gr->trial) == AXI_OK && !gr_is_blank(bytes)) /* that is layout */
            axi_set_text(elem, bytes);
        break;
    default: /* once more */
        if (gr->elems < GR_ELEMS && axi_first_child(elem, NULL) != NULL)
            axi_add_copy(elem, axi_first_child(elem, NULL));
        gr->elems += 20;
    }
    if (axi_msg_error(gr->trial) == AXI_OK)
        fz_axi_round_trip(gr->trial);
}

static void gr_elem(struct gr *gr, struct axi_elem *elem, unsigned depth)
{
    gr_fields(gr, elem);
    gr_children(gr, elem, depth);
    while (gr->wrong && fuzz_left(&gr->bytes) > 0 && fuzz_below(&gr->bytes, 4) == 3) {
        if (fuzz_below(&gr->bytes, 2) == 0)
            gr_spoil_attr(gr, elem);
        else
            gr_spoil_elem(gr, elem);
    }
}

/* --- the whole --------------------------------------------------------------------------------- */

static void gr_judge(const struct gr *gr)
{
    struct axi_finding built[GR_FINDINGS], read[GR_FINDINGS];
    struct axi_parser_options options = {.strict = true};
    struct axi_parser *parser = fz_axi_wide_parser(), *strict = axi_parser_new(&options);
    struct axi_buf bytes = {0};
    struct axi_str unknown = {NULL, 0};
    must(strict != NULL && axi_encode(gr->msg, 0, &bytes) == AXI_OK);
    struct axi_msg *again = fz_axi_parse(parser, &bytes), *same;
    must(fz_axi_equal(axi_msg_root(gr->msg), axi_msg_root(again)));
    struct axi_str source = {bytes.ptr, bytes.len - 1};
    size_t count = axi_check(gr->msg, unknown, built, GR_FINDINGS);
    must(axi_check(again, source, read, GR_FINDINGS) == count);
    must(count == 0 || gr->wrong || gr->left);
    for (size_t i = 0; i < count && i < GR_FINDINGS; i++) {
        must(built[i].rule == read[i].rule && fz_axi_same(built[i].name, read[i].name));
        must(built[i].offset == SIZE_MAX && read[i].offset < source.len);
    }
    const char *at = bytes.ptr;
    size_t len = bytes.len;
    int rc = axi_parser_next(strict, &at, &len, &same);
    must(len == 0 && rc == (count == 0 ? AXI_OK : AXI_EINVALID));
    axi_buf_done(&bytes);
    axi_parser_free(parser);
    axi_parser_free(strict);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gr gr = {.bytes = fuzz_open(data, size)};
    if (size < 3)
        return 0;
    gr.msg = axi_msg_new(NULL);
    gr.trial = axi_msg_new(NULL);
    must(gr.msg != NULL && gr.trial != NULL);
    gr.wrong = fuzz_u8(&gr.bytes) & 1;
    enum axi_type type =
        (enum axi_type)(1 + fuzz_number(&gr.bytes, 2) % ((unsigned)AXI_T_COUNT - 1));
    struct axi_elem *root = axi_msg_start(gr.msg, type);
    must(axi_elem_type(root) == type && fz_axi_is(axi_elem_name(root), axi_type_name(type)));
    gr_elem(&gr, root, 0);
    must(axi_msg_error(gr.msg) == AXI_OK);
    fz_axi_read(root);
    if (axi_type_kind(type) != AXI_RECORD) /* alone, it is no message */
        gr_judge(&gr);
    axi_msg_free(gr.msg);
    axi_msg_free(gr.trial);
    return 0;
}
