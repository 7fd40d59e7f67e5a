/*
 * Comparing a message with the catalogue.
 */
#include <axi/message.h>

#include "text.h"
#include "tree.h"

struct findings {
    struct axi_finding *out;
    size_t max, count;
};

static void add(struct findings *findings, enum axi_rule rule, const struct axi_elem *elem,
                struct axi_str attribute)
{
    if (findings->count < findings->max) {
        findings->out[findings->count].rule = rule;
        findings->out[findings->count].element = elem->name;
        findings->out[findings->count].attribute = attribute;
    }
    findings->count++;
}

/* Both cases of hexadecimal are taken from others, though we write upper case; empty means none. */
static bool is_hex(struct axi_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static bool has_form(const struct axi_field *field, struct axi_str value)
{
    int64_t number;
    bool truth;
    switch (field->form) {
    case AXI_INT:
    case AXI_INT16:
    case AXI_UINT32:
    case AXI_INT64:
        return axi__parse_int(value, &number);
    case AXI_BOOL:
        return axi__parse_bool(value, &truth);
    case AXI_HEX:
        return is_hex(value);
    case AXI_ENUMERATED:
        return axi_value_of(field->of, value) != AXI_V_NOTHING;
    case AXI_INT_LIST:
    case AXI_STR:
        break;
    }
    return true;
}

static void check_attr(struct findings *findings, const struct axi_elem *elem,
                       const struct axi__attr *attr)
{
    struct axi_str name = {attr->name, attr->name_len}, value = {attr->value, attr->value_len};
    struct axi_field field;
    if (attr->id == AXI_A_NONE || !axi_type_field(elem->type, attr->id, &field)) {
        if (!axi_type_is_open(elem->type))
            add(findings, AXI_RULE_UNKNOWN_ATTRIBUTE, elem, name);
        return;
    }
    if (!has_form(&field, value))
        add(findings, AXI_RULE_BAD_VALUE, elem, name);
    /* A secret on the wire is longer than the text that it hides. */
    if (field.max > 0 && !(field.flags & AXI_SECRET) && axi__char_count(value) > field.max)
        add(findings, AXI_RULE_TOO_LONG, elem, name);
}

static void check_elem(struct findings *findings, const struct axi_elem *elem)
{
    for (unsigned i = 0; i < elem->count; i++)
        check_attr(findings, elem, &elem->attrs[i]);
    /* A refusal carries the reason and need not carry the answer. */
    if (elem->parent == NULL && axi_has(elem, AXI_A_errCode))
        return;
    struct axi_field field;
    for (size_t i = 0; axi_type_field_at(elem->type, i, &field); i++)
        if ((field.flags & AXI_REQUIRED) && !axi_has(elem, field.attr))
            add(findings, AXI_RULE_MISSING_ATTRIBUTE, elem, axi__str(axi_attr_name(field.attr)));
}

/* What is below an element that the catalogue does not know cannot be judged. */
static const struct axi_elem *step_over(const struct axi_elem *root, const struct axi_elem *elem)
{
    while (elem != root && elem->next == NULL)
        elem = elem->parent;
    return elem == root ? NULL : elem->next;
}

size_t axi_check(const struct axi_msg *msg, struct axi_finding *ret_findings, size_t max)
{
    struct findings findings = {ret_findings, ret_findings != NULL ? max : 0, 0};
    const struct axi_elem *root = axi_msg_root(msg), *elem = root;
    struct axi_str none = {NULL, 0};
    if (root == NULL)
        return 0;
    if (axi_type_kind(root->type) == AXI_RECORD) {
        add(&findings, AXI_RULE_UNKNOWN_MESSAGE, root, none);
        return findings.count;
    }
    while (elem != NULL) {
        if (elem->type == AXI_T_NONE) {
            add(&findings, AXI_RULE_UNKNOWN_ELEMENT, elem, none);
            elem = step_over(root, elem);
        } else {
            check_elem(&findings, elem);
            elem = axi__elem_walk(root, elem);
        }
    }
    return findings.count;
}
