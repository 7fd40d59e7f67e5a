/*
 * Findings of axi_check: names and texts of the rules, and where a finding is, as bytes and as a path.
 */
#include "finding.h"

#include <string.h>

#include "text.h"
#include "tree.h"

const char *axi_rule_name(enum axi_rule rule)
{
    static const char *const names[] = {
        [AXI_RULE_UNKNOWN_MESSAGE] = "unknown-message",
        [AXI_RULE_UNKNOWN_ELEMENT] = "unknown-element",
        [AXI_RULE_UNKNOWN_ATTRIBUTE] = "unknown-attribute",
        [AXI_RULE_MISSING_ATTRIBUTE] = "missing-attribute",
        [AXI_RULE_MISSING_ELEMENT] = "missing-element",
        [AXI_RULE_TOO_MANY_ELEMENTS] = "too-many-elements",
        [AXI_RULE_BAD_VALUE] = "bad-value",
        [AXI_RULE_TOO_LONG] = "too-long",
        [AXI_RULE_BAD_TEXT] = "bad-text",
        [AXI_RULE_OUT_OF_RANGE] = "out-of-range",
    };
    _Static_assert(sizeof names / sizeof names[0] == AXI_RULE_COUNT, "every rule has a name");
    return (unsigned)rule < AXI_RULE_COUNT ? names[rule] : "unknown-rule";
}

const char *axi_rule_text(enum axi_rule rule)
{
    static const char *const texts[] = {
#define AXI_RULE_TEXT(name, text) text,
        AXI_RULES(AXI_RULE_TEXT)
#undef AXI_RULE_TEXT
    };
    return (unsigned)rule < AXI_RULE_COUNT ? texts[rule] : "unknown rule";
}

/* --- bytes */

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static size_t skip_until(struct axi_str source, size_t at, const char *set)
{
    while (at < source.len && !is_one_of(source.ptr[at], set))
        at++;
    return at;
}

static size_t skip_blanks(struct axi_str source, size_t at)
{
    while (at < source.len && is_one_of(source.ptr[at], " \t\r\n"))
        at++;
    return at;
}

/*
 * Offset of the attribute `name` from `at` on, behind the name of the start tag or an attribute in it, or SIZE_MAX when
 * it is not there. The bytes were well-formed when they were read; if they are others now, nothing worse happens than a
 * wrong place.
 */
static size_t attr_offset(struct axi_str source, size_t at, struct axi_str name)
{
    for (;;) {
        at = skip_blanks(source, at);
        size_t end = skip_until(source, at, " \t\r\n=/>");
        struct axi_str found = {source.ptr + at, end - at};
        if (found.len == 0)
            return SIZE_MAX;
        if (axi__equal(found, name))
            return at;
        at = skip_until(source, end, "\"'");
        if (at == source.len)
            return SIZE_MAX;
        const char *quote = source.ptr + at++;
        const char *close = memchr(quote + 1, *quote, source.len - at);
        at = close != NULL ? (size_t)(close - source.ptr) + 1 : source.len;
    }
}

size_t axi__finding_offset(const struct axi_finding *finding, struct axi_str source,
                           struct axi__cursor *cursor)
{
    size_t tag = finding->elem->offset;
    if (tag == AXI__BUILT)
        return SIZE_MAX;
    bool present = finding->name.ptr != NULL && finding->rule != AXI_RULE_MISSING_ATTRIBUTE &&
                   finding->rule != AXI_RULE_MISSING_ELEMENT;
    if (!present || source.ptr == NULL || tag >= source.len)
        return tag;
    if (cursor->elem != finding->elem)
        cursor->at = skip_until(source, tag, " \t\r\n/>");
    cursor->elem = finding->elem;
    size_t at = attr_offset(source, cursor->at, finding->name);
    if (at == SIZE_MAX)
        return tag;
    cursor->at = at;
    return at;
}

/* --- paths */

/* A path is written from its end on, since an element knows its parent and not its children's
 * numbers; what lies beyond the buffer is only counted. */
struct path {
    char *buf;
    size_t size, at; /* everything from `at` on is written */
};

static void put_before(struct path *path, struct axi_str text)
{
    path->at -= text.len;
    for (size_t i = 0; i < text.len && path->at + i < path->size; i++)
        path->buf[path->at + i] = text.ptr[i];
}

/* "[3]" as `text`, empty for an only one of its name; returns its length. */
static size_t number_text(const struct axi_elem *elem, char text[AXI__INT_TEXT + 2])
{
    int64_t number = 0, count = 0;
    const struct axi_elem *at = elem->parent != NULL ? elem->parent->first : NULL;
    for (; at != NULL; at = at->next) {
        count += axi__equal(at->name, elem->name);
        if (at == elem)
            number = count;
    }
    if (count < 2)
        return 0;
    text[0] = '[';
    size_t len = 1 + axi__format_int(text + 1, number);
    text[len++] = ']';
    return len;
}

static struct axi_str mark_of(const struct axi_finding *finding)
{
    return axi__str(finding->name.ptr == NULL                   ? ""
                    : finding->rule == AXI_RULE_MISSING_ELEMENT ? "/"
                                                                : "/@");
}

static size_t path_len(const struct axi_finding *finding)
{
    char text[AXI__INT_TEXT + 2];
    size_t len = mark_of(finding).len + finding->name.len;
    for (const struct axi_elem *elem = finding->elem; elem != NULL; elem = elem->parent)
        len += 1 + elem->name.len + number_text(elem, text);
    return len;
}

size_t axi_finding_path(const struct axi_finding *finding, char *buf, size_t size)
{
    size_t len = path_len(finding);
    struct path path = {buf, size > 0 ? size - 1 : 0, len};
    put_before(&path, finding->name);
    put_before(&path, mark_of(finding));
    for (const struct axi_elem *elem = finding->elem; elem != NULL; elem = elem->parent) {
        char text[AXI__INT_TEXT + 2];
        struct axi_str number = {text, number_text(elem, text)};
        put_before(&path, number);
        put_before(&path, elem->name);
        put_before(&path, axi__str("/"));
    }
    if (size > 0)
        buf[len < size ? len : axi__utf8_whole(buf, size - 1)] = '\0';
    return len;
}
