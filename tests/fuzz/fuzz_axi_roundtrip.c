/*
 * Fuzz target: one message, read, compared with the catalogue, written, read again, copied and
 * redacted.
 *
 *   round trip  decode, encode, decode gives the same tree and the same bytes, whatever the
 *               catalogue does not know included; so does a deep copy, and so does setting every
 *               attribute to what it was
 *   findings    lie within the bytes, where their name is; their paths lead to their elements; a
 *               buffer that is too short cuts a path off and nothing else; the strict parser refuses
 *               exactly the messages that have some, and names the first
 *   redaction   the same tree with every secret value replaced
 *
 * Input: the message, up to the first NUL.
 */
#include "fuzz/fuzz_axi.h"

#include <ctype.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RT_FINDINGS = 64, RT_PATH = 4096 };

/* --- findings ---------------------------------------------------------------------------------- */

static bool rt_is_below(const struct axi_elem *top, const struct axi_elem *wanted)
{
    if (top == wanted)
        return true;
    for (top = axi_first_child(top, NULL); top != NULL; top = axi_next_sibling(top, NULL))
        if (rt_is_below(top, wanted))
            return true;
    return false;
}

/* A finding stands at the `<` of its element or at the name of its attribute. */
static void rt_place(const struct axi_finding *finding, struct axi_str source, bool repaired)
{
    must(finding->offset < source.len);
    if (repaired)
        return;
    const char *at = source.ptr + finding->offset;
    size_t left = source.len - finding->offset;
    struct axi_str name = finding->name;
    if (name.ptr == NULL || *at == '<') {
        name = axi_elem_name(finding->elem);
        must(*at == '<' && left > name.len);
        at++;
    }
    must(left >= name.len && memcmp(at, name.ptr, name.len) == 0);
}

/* "/Root/name[n]/…": the element that a path leads to. */
static const struct axi_elem *rt_follow(const struct axi_elem *root, const char *path, size_t len)
{
    const char *at = path, *end = path + len;
    const struct axi_elem *elem = NULL;
    while (at < end && *at == '/' && at[1] != '@') {
        const char *name = ++at;
        while (at < end && *at != '/' && *at != '[')
            at++;
        struct axi_str step = {name, (size_t)(at - name)};
        unsigned long place = at < end && *at == '[' ? strtoul(at + 1, NULL, 10) : 1;
        while (at < end && *at != '/')
            at++;
        const struct axi_elem *child = elem == NULL ? root : axi_first_child(elem, NULL);
        for (; child != NULL; child = elem == NULL ? NULL : axi_next_sibling(child, NULL))
            if (fz_axi_same(axi_elem_name(child), step) && --place == 0)
                break;
        if (child == NULL)
            return NULL;
        elem = child;
    }
    return elem;
}

static void rt_path(const struct axi_elem *root, const struct axi_finding *finding)
{
    char path[RT_PATH], cut[RT_PATH];
    size_t len = axi_finding_path(finding, path, sizeof path);
    if (len >= sizeof path)
        return;
    must(strlen(path) == len && path[0] == '/');
    size_t sizes[] = {0, 1, len / 2, len, len + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(cut, 'x', sizeof cut);
        must(axi_finding_path(finding, cut, sizes[i]) == len);
        must(cut[sizes[i]] == 'x');
        if (sizes[i] == 0)
            continue;
        size_t kept = strlen(cut); /* whole characters only */
        must(kept < sizes[i] && kept + 4 >= sizes[i] && memcmp(cut, path, kept) == 0);
    }
    const struct axi_elem *there = rt_follow(root, path, len);
    if (finding->rule == AXI_RULE_MISSING_ELEMENT)
        must(there == NULL || there == finding->elem);
    else
        must(there == finding->elem);
}

static size_t rt_findings(const struct axi_msg *msg, struct axi_str source)
{
    struct axi_finding with[RT_FINDINGS], without[RT_FINDINGS];
    struct axi_str unknown = {NULL, 0};
    const struct axi_elem *root = axi_msg_root(msg);
    size_t count = axi_check(msg, source, with, RT_FINDINGS);
    must(axi_check(msg, unknown, without, RT_FINDINGS) == count);
    must(axi_check(msg, source, NULL, 0) == count);
    for (size_t i = 0; i < count && i < RT_FINDINGS; i++) {
        must(with[i].rule == without[i].rule && with[i].elem == without[i].elem);
        must((unsigned)with[i].rule < AXI_RULE_COUNT && rt_is_below(root, with[i].elem));
        must(axi_rule_name(with[i].rule)[0] != '\0' && axi_rule_text(with[i].rule)[0] != '\0');
        rt_place(&with[i], source, axi_msg_repaired(msg));
        must(without[i].offset <= with[i].offset);
        rt_path(root, &with[i]);
    }
    return count;
}

/* What the strict parser says of a message with so many findings. */
static void rt_strict(struct axi_str source, const struct axi_msg *msg, size_t count)
{
    struct axi_parser_options options = {.strict = true};
    struct axi_parser *strict = axi_parser_new(&options);
    struct axi_finding first;
    struct axi_msg *same = NULL;
    const char *at = source.ptr;
    size_t len = source.len + 1;
    char path[RT_PATH];
    must(strict != NULL);
    int rc = axi_parser_next(strict, &at, &len, &same);
    must((rc == AXI_OK) == (count == 0) && (rc == AXI_OK || rc == AXI_EINVALID));
    if (rc == AXI_OK) {
        must(fz_axi_equal(axi_msg_root(msg), axi_msg_root(same)));
    } else {
        const struct axi_parse_error *error = axi_parser_error(strict);
        must(axi_check(msg, source, &first, 1) == count);
        must(error->offset == first.offset);
        size_t all = axi_finding_path(&first, path, sizeof path);
        must(all >= sizeof error->path || strcmp(path, error->path) == 0);
    }
    axi_parser_free(strict);
}

/* --- redaction --------------------------------------------------------------------------------- */

static bool rt_is_secret(const struct axi_elem *elem, const struct axi_attr_view *attr)
{
    static const char *const tails[] = {"password", "passwd", "secret", "pw", "pin"};
    struct axi_field field;
    char lower[64] = {0};
    size_t from = attr->name.len < sizeof lower ? 0 : attr->name.len - sizeof lower;
    struct axi_str end = {lower, attr->name.len - from};
    for (size_t i = 0; i < end.len; i++)
        lower[i] = (char)tolower((unsigned char)attr->name.ptr[from + i]);
    for (size_t i = 0; attr->id == AXI_A_NONE && i < sizeof tails / sizeof tails[0]; i++)
        if (fz_axi_ends_in(end, tails[i]))
            return true;
    return axi_type_field(axi_elem_type(elem), attr->id, &field) && (field.flags & AXI_SECRET);
}

static void rt_hidden(const struct axi_elem *open, const struct axi_elem *hidden)
{
    struct axi_attr_view x, y;
    must(fz_axi_same(axi_elem_name(open), axi_elem_name(hidden)));
    must(axi_attr_count(open) == axi_attr_count(hidden));
    for (size_t i = 0; axi_attr_at(open, i, &x) && axi_attr_at(hidden, i, &y); i++) {
        bool masked = fz_axi_is(y.value, "***");
        must(fz_axi_same(x.name, y.name) && (masked || fz_axi_same(x.value, y.value)));
        if (rt_is_secret(open, &x) || (axi_elem_type(open) == AXI_T_Open && x.id == AXI_A_password))
            must(masked || x.value.len == 0);
    }
    const struct axi_elem *a = axi_first_child(open, NULL), *b = axi_first_child(hidden, NULL);
    for (; a != NULL && b != NULL; a = axi_next_sibling(a, NULL), b = axi_next_sibling(b, NULL))
        rt_hidden(a, b);
    must(a == NULL && b == NULL);
}

static void rt_redact(const struct axi_msg *msg)
{
    struct axi_parser *parser = fz_axi_wide_parser();
    struct axi_buf bytes = {0};
    must(axi_encode(msg, AXI_ENCODE_REDACT, &bytes) == AXI_OK);
    rt_hidden(axi_msg_root(msg), axi_msg_root(fz_axi_parse(parser, &bytes)));
    axi_buf_done(&bytes);
    axi_parser_free(parser);
}

/* --- copies ------------------------------------------------------------------------------------ */

static void rt_set_again(struct axi_elem *elem)
{
    struct axi_attr_view view;
    for (size_t i = 0; axi_attr_at(elem, i, &view); i++)
        if (view.id != AXI_A_NONE)
            axi_set_str(elem, view.id, view.value);
    struct axi_str text = axi_elem_text(elem);
    if (text.len > 0 && axi_first_child(elem, NULL) == NULL)
        axi_set_text(elem, text);
    for (elem = axi_first_child(elem, NULL); elem != NULL; elem = axi_next_sibling(elem, NULL))
        rt_set_again(elem);
}

/* The same bytes again. The types may be others: a known record keeps its type in an unknown place
 * only until it is written. */
static void rt_read_back(const struct axi_buf *bytes)
{
    struct axi_parser *parser = fz_axi_wide_parser();
    struct axi_buf again = {0};
    must(axi_encode(fz_axi_parse(parser, bytes), 0, &again) == AXI_OK);
    must(again.len == bytes->len && memcmp(again.ptr, bytes->ptr, again.len) == 0);
    axi_buf_done(&again);
    axi_parser_free(parser);
}

static void rt_copy(const struct axi_msg *msg)
{
    struct axi_msg *copy = axi_msg_new(NULL);
    struct axi_buf before = {0}, after = {0};
    must(copy != NULL);
    struct axi_elem *top = axi_msg_start(copy, AXI_T_SetPP);
    struct axi_elem *inner = axi_add_copy(top, axi_msg_root(msg));
    must(axi_msg_error(copy) == AXI_OK);
    must(axi_attr_count(inner) == axi_attr_count(axi_msg_root(msg)));
    must(axi_encode(copy, 0, &before) == AXI_OK);
    rt_set_again(inner);
    must(axi_msg_error(copy) == AXI_OK);
    must(axi_encode(copy, 0, &after) == AXI_OK);
    must(before.len == after.len && memcmp(before.ptr, after.ptr, before.len) == 0);
    rt_read_back(&after);
    struct axi_elem *twin = axi_add_copy(top, inner);
    must(axi_msg_error(copy) == AXI_OK && fz_axi_equal(inner, twin));
    axi_buf_done(&before);
    axi_buf_done(&after);
    axi_msg_free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t len = nul != NULL ? (size_t)(nul - data) : size;
    char *source = malloc(len + 1);
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_msg *msg = NULL;
    must(source != NULL && parser != NULL);
    if (len > 0)
        memcpy(source, data, len);
    source[len] = '\0';
    const char *at = source;
    size_t left = len + 1;
    int rc = axi_parser_next(parser, &at, &left, &msg);
    must(left == 0 && (rc == AXI_OK || msg == NULL));
    if (msg != NULL) {
        struct axi_str bytes = {source, len};
        fz_axi_read(axi_msg_root(msg));
        fz_axi_round_trip(msg);
        rt_strict(bytes, msg, rt_findings(msg, bytes));
        rt_redact(msg);
        rt_copy(msg);
    }
    axi_parser_free(parser);
    free(source);
    return 0;
}
