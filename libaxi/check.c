/*
 * Comparing a message with the catalogue. Where a finding is and how it is told is in finding.c.
 */
#include <axi/check.h>

#include "catalogue.h"
#include "finding.h"
#include "text.h"
#include "tree.h"

struct findings {
    struct axi_str source;
    struct axi__cursor cursor;
    struct axi_finding *out;
    size_t max, count;
};

static void add(struct findings *findings, enum axi_rule rule, const struct axi_elem *elem,
                struct axi_str name)
{
    if (findings->count < findings->max) {
        struct axi_finding *finding = &findings->out[findings->count];
        finding->rule = rule;
        finding->elem = elem;
        finding->name = name;
        finding->offset = axi__finding_offset(finding, findings->source, &findings->cursor);
    }
    findings->count++;
}

static void add_elem(struct findings *findings, enum axi_rule rule, const struct axi_elem *elem)
{
    struct axi_str none = {NULL, 0};
    add(findings, rule, elem, none);
}

/* --- values */

/* Both cases of hexadecimal are taken from others, though we write upper case; empty means none. */
static bool is_hex(struct axi_str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (axi__digit_of(text.ptr[i], 16) < 0)
            return false;
    return true;
}

static bool is_int(struct axi_str text, int64_t least, int64_t most)
{
    int64_t number;
    return axi__parse_int(text, &number) && number >= least && number <= most;
}

static bool is_int_list(struct axi_str text)
{
    int64_t number;
    size_t at = 0;
    while (!axi__int_list_end(text, at))
        if (!axi__int_list_next(text, &at, &number))
            return false;
    return true;
}

bool axi_field_accepts(const struct axi_field *field, struct axi_str text)
{
    bool truth;
    switch (field->form) {
    case AXI_INT:
        return is_int(text, INT32_MIN, INT32_MAX);
    case AXI_INT16:
        return is_int(text, INT16_MIN, INT16_MAX);
    case AXI_UINT32:
        return is_int(text, 0, UINT32_MAX);
    case AXI_INT64:
        return is_int(text, INT64_MIN, INT64_MAX);
    case AXI_INT_LIST:
        return is_int_list(text);
    case AXI_BOOL:
        return axi__parse_bool(text, &truth);
    case AXI_HEX:
        return is_hex(text);
    case AXI_ENUMERATED:
        return axi_value_of(field->of, text) != AXI_V_NOTHING;
    case AXI_STR:
        break;
    }
    return true;
}

/* --- attributes */

static void check_attr(struct findings *findings, const struct axi_elem *elem,
                       const struct axi_attr_view *attr)
{
    struct axi_field field;
    if (attr->id == AXI_A_NONE || !axi_type_field(elem->type, attr->id, &field)) {
        if (!axi_type_is_open(elem->type))
            add(findings, AXI_RULE_UNKNOWN_ATTRIBUTE, elem, attr->name);
        return;
    }
    /* AXI: an empty text clears what need not be there. */
    bool clears = attr->value.len == 0 && !(field.flags & AXI_REQUIRED);
    if (!clears && !axi_field_accepts(&field, attr->value))
        add(findings, AXI_RULE_BAD_VALUE, elem, attr->name);
    else if (!clears && field.least < field.most && !is_int(attr->value, field.least, field.most))
        add(findings, AXI_RULE_OUT_OF_RANGE, elem, attr->name);
    /* A secret on the wire is longer than the text that it hides. */
    if (field.max > 0 && !(field.flags & AXI_SECRET) && axi__char_count(attr->value) > field.max)
        add(findings, AXI_RULE_TOO_LONG, elem, attr->name);
}

static void check_attrs(struct findings *findings, const struct axi_elem *elem)
{
    struct axi_attr_view attr;
    for (size_t i = 0; axi_attr_at(elem, i, &attr); i++)
        check_attr(findings, elem, &attr);
}

static void check_required(struct findings *findings, const struct axi_elem *elem)
{
    struct axi_field field;
    for (size_t i = 0; axi_type_field_at(elem->type, i, &field); i++)
        if ((field.flags & AXI_REQUIRED) && !axi_has(elem, field.attr))
            add(findings, AXI_RULE_MISSING_ATTRIBUTE, elem, axi__str(axi_attr_name(field.attr)));
    struct axi_child child;
    for (size_t i = 0; axi_type_child_at(elem->type, i, &child); i++) {
        unsigned count = 0;
        const struct axi_elem *at = child.min > 0 ? axi_first_child(elem, child.element) : NULL;
        for (; at != NULL && count < child.min; at = axi_next_sibling(at, child.element))
            count++;
        if (count < child.min)
            add(findings, AXI_RULE_MISSING_ELEMENT, elem, axi__str(child.element));
    }
}

/* --- elements */

/* True for the first element that is one too many; the others behind it are not told again. */
static bool is_first_too_many(const struct axi_elem *elem, unsigned max)
{
    unsigned count = 0;
    const struct axi_elem *at = elem->parent->first;
    for (; at != NULL && count <= max; at = at->next) {
        if (axi__equal(at->name, elem->name))
            count++;
        if (at == elem)
            return count == max + 1;
    }
    return false;
}

static bool has_text(const struct axi_elem *elem)
{
    return elem->text_len > 0 && !axi__is_blank(elem->text, elem->text_len);
}

/* An element that is only text: a value of an enumeration, or anything. */
static void check_text_elem(struct findings *findings, const struct axi_elem *elem,
                            enum axi_enum of)
{
    check_attrs(findings, elem);
    if (of != AXI_E_NOTHING && axi_value_of(of, axi_elem_text(elem)) == AXI_V_NOTHING)
        add_elem(findings, AXI_RULE_BAD_TEXT, elem);
    for (const struct axi_elem *child = elem->first; child != NULL; child = child->next)
        add_elem(findings, AXI_RULE_UNKNOWN_ELEMENT, child);
}

/* Returns whether what is below can be judged. */
static bool check_elem(struct findings *findings, const struct axi_elem *elem)
{
    struct axi_child row;
    struct axi_field field;
    const struct axi_elem *parent = elem->parent;
    bool listed = parent != NULL && axi__child_of(parent->type, elem->name, &row);
    if (parent != NULL && !listed) {
        add_elem(findings, AXI_RULE_UNKNOWN_ELEMENT, elem);
        return false;
    }
    if (listed && row.max > 0 && is_first_too_many(elem, row.max))
        add_elem(findings, AXI_RULE_TOO_MANY_ELEMENTS, elem);
    if (listed && row.type == AXI_T_NONE) {
        check_text_elem(findings, elem, row.of);
        return false;
    }
    check_attrs(findings, elem);
    /* A record without attributes can be about nothing but its text. */
    bool may_have_text = parent != NULL && !axi_type_field_at(elem->type, 0, &field);
    if (has_text(elem) && !may_have_text)
        add_elem(findings, AXI_RULE_BAD_TEXT, elem);
    /* A refusal carries the reason and need not carry the answer. */
    if (parent != NULL || !axi_has(elem, AXI_A_errCode))
        check_required(findings, elem);
    return true;
}

static const struct axi_elem *step_over(const struct axi_elem *root, const struct axi_elem *elem)
{
    while (elem != root && elem->next == NULL)
        elem = elem->parent;
    return elem == root ? NULL : elem->next;
}

size_t axi_check(const struct axi_msg *msg, struct axi_str source, struct axi_finding *ret_findings,
                 size_t max)
{
    struct findings findings = {source, {NULL, 0}, ret_findings, ret_findings != NULL ? max : 0, 0};
    const struct axi_elem *root = axi_msg_root(msg), *elem = root;
    if (root == NULL)
        return 0;
    if (axi_type_kind(root->type) == AXI_RECORD) {
        add_elem(&findings, AXI_RULE_UNKNOWN_MESSAGE, root);
        return findings.count;
    }
    while (elem != NULL)
        elem = check_elem(&findings, elem) ? axi_next_in_tree(root, elem) : step_over(root, elem);
    return findings.count;
}
