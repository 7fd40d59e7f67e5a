/*
 * Messages to bytes. Attributes stay in their order, text of an element is written before its
 * children.
 *
 * TAB, LF and CR in attributes are written as references: as raw bytes the reader would turn them
 * into blanks (XML 1.0, 3.3.3). In text only CR needs that (2.11).
 */
#include <axi/message.h>

#include "buf.h"
#include "catalogue.h"
#include "text.h"
#include "tree.h"

enum { IN_ATTRIBUTE = 1, IN_TEXT = 2 };

/* Bytes that are written in another way, and where. */
static const unsigned char special[256] = {
    ['&'] = IN_ATTRIBUTE | IN_TEXT,  ['<'] = IN_ATTRIBUTE | IN_TEXT, ['>'] = IN_ATTRIBUTE | IN_TEXT,
    ['\r'] = IN_ATTRIBUTE | IN_TEXT, ['"'] = IN_ATTRIBUTE,           ['\t'] = IN_ATTRIBUTE,
    ['\n'] = IN_ATTRIBUTE,
};

static struct axi_str reference_of(char c)
{
    switch (c) {
    case '&':
        return axi__str("&amp;");
    case '<':
        return axi__str("&lt;");
    case '>':
        return axi__str("&gt;");
    case '"':
        return axi__str("&quot;");
    case '\t':
        return axi__str("&#9;");
    case '\n':
        return axi__str("&#10;");
    default:
        return axi__str("&#13;");
    }
}

static bool put_escaped(struct axi_buf *buf, const char *s, size_t len, unsigned place)
{
    const char *end = s + len;
    /* One byte of room is kept for the quote behind an attribute's value. */
    if (!axi__buf_reserve(buf, len + 1))
        return false;
    while (s < end) {
        const char *run = s;
        while (s < end && !(special[(unsigned char)*s] & place))
            s++;
        axi__buf_put(buf, run, (size_t)(s - run));
        if (s == end)
            break;
        struct axi_str reference = reference_of(*s++);
        if (!axi__buf_reserve(buf, reference.len + (size_t)(end - s) + 1))
            return false;
        axi__buf_put(buf, reference.ptr, reference.len);
    }
    return true;
}

/* --- redaction */

static bool ends_in(struct axi_str name, const char *tail)
{
    struct axi_str end = axi__str(tail);
    if (name.len < end.len)
        return false;
    struct axi_str last = {name.ptr + (name.len - end.len), end.len};
    return axi__equal_ascii_case(last, end);
}

/* Newer releases have secrets of which the catalogue knows nothing: go by the name. */
static bool sounds_secret(struct axi_str name)
{
    static const char tails[][11] = {"password", "passwd", "passphrase", "secret",
                                     "pw",       "pin",    "psk"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++)
        if (ends_in(name, tails[i]))
            return true;
    return false;
}

struct redaction {
    bool on;
    bool secret[AXI_A_COUNT];
};

static bool is_hidden(const struct redaction *redaction, const struct axi__attr *attr)
{
    return redaction->on && (attr->id != AXI_A_NONE ? redaction->secret[attr->id]
                                                    : sounds_secret(axi__attr_name(attr)));
}

/* --- elements */

static bool put_attr(struct axi_buf *buf, const struct axi__attr *attr, bool hidden)
{
    struct axi_str name = axi__attr_name(attr), value = {attr->value, attr->len};
    if (!axi__buf_reserve(buf, name.len + 3))
        return false;
    buf->ptr[buf->len++] = ' ';
    axi__buf_put(buf, name.ptr, name.len);
    axi__buf_put(buf, "=\"", 2);
    if (hidden)
        value = axi__str("***");
    if (!put_escaped(buf, value.ptr, value.len, IN_ATTRIBUTE))
        return false;
    buf->ptr[buf->len++] = '"';
    return true;
}

static bool is_empty(const struct axi_elem *elem)
{
    return elem->first == NULL && elem->text_len == 0;
}

static bool put_start(struct axi_buf *buf, const struct axi_elem *elem,
                      const struct redaction *redaction)
{
    if (!axi__buf_reserve(buf, elem->name.len + 1))
        return false;
    buf->ptr[buf->len++] = '<';
    axi__buf_put(buf, elem->name.ptr, elem->name.len);
    for (unsigned i = 0; i < elem->count; i++)
        if (!put_attr(buf, &elem->attrs[i], is_hidden(redaction, &elem->attrs[i])))
            return false;
    if (!axi__buf_reserve(buf, 2))
        return false;
    if (is_empty(elem)) {
        axi__buf_put(buf, "/>", 2);
        return true;
    }
    buf->ptr[buf->len++] = '>';
    return elem->text_len == 0 || put_escaped(buf, elem->text, elem->text_len, IN_TEXT);
}

static bool put_end(struct axi_buf *buf, const struct axi_elem *elem)
{
    if (is_empty(elem))
        return true;
    if (!axi__buf_reserve(buf, elem->name.len + 3))
        return false;
    axi__buf_put(buf, "</", 2);
    axi__buf_put(buf, elem->name.ptr, elem->name.len);
    buf->ptr[buf->len++] = '>';
    return true;
}

static bool put_tree(struct axi_buf *buf, const struct axi_elem *root,
                     const struct redaction *redaction)
{
    const struct axi_elem *elem = root;
    for (;;) {
        if (!put_start(buf, elem, redaction))
            return false;
        if (elem->first != NULL) {
            elem = elem->first;
            continue;
        }
        if (!put_end(buf, elem))
            return false;
        while (elem != root && elem->next == NULL) {
            elem = elem->parent;
            if (!put_end(buf, elem))
                return false;
        }
        if (elem == root)
            return true;
        elem = elem->next;
    }
}

int axi_encode(const struct axi_msg *msg, unsigned flags, struct axi_buf *buf)
{
    if (msg == NULL || buf == NULL)
        return AXI_EINVAL;
    if (msg->error != AXI_OK)
        return msg->error;
    if (msg->root == NULL)
        return AXI_ESTATE;
    struct redaction redaction;
    redaction.on = (flags & AXI_ENCODE_REDACT) != 0;
    if (redaction.on)
        axi__mark_secrets(redaction.secret);
    size_t start = buf->len;
    bool done = put_tree(buf, msg->root, &redaction) && axi__buf_reserve(buf, 1);
    if (!done) {
        buf->len = start;
        return AXI_ENOMEM;
    }
    if (!(flags & AXI_ENCODE_NO_NUL))
        buf->ptr[buf->len++] = '\0';
    return AXI_OK;
}
