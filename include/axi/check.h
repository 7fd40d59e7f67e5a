/*
 * Comparing messages with the catalogue, in three degrees.
 *
 *   tolerant  what a parser does: names and values that the catalogue does not know are kept and given on,
 *             since every release of an OMM adds some
 *   strict    axi_parser_options.strict: a message with a finding is refused, as the first finding says
 *   findings  axi_check: all that is unusual about a message, with its place
 */
#ifndef AXI_CHECK_H
#define AXI_CHECK_H

#include <axi/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What can be found, and its text. */
#define AXI_RULES(R)                                                                               \
    R(UNKNOWN_MESSAGE, "the catalogue has no message of this name")                                \
    R(UNKNOWN_ELEMENT, "the catalogue has no element of this name here")                           \
    R(UNKNOWN_ATTRIBUTE, "the catalogue has no attribute of this name here")                       \
    R(MISSING_ATTRIBUTE, "a required attribute is absent")                                         \
    R(MISSING_ELEMENT, "fewer elements of this name than required")                                \
    R(TOO_MANY_ELEMENTS, "more elements of this name than allowed")                                \
    R(BAD_VALUE, "the value does not have the form of its type")                                   \
    R(TOO_LONG, "the value has more characters than allowed")                                      \
    R(BAD_TEXT, "the text is not a value of its enumeration, or none belongs here")                \
    R(OUT_OF_RANGE, "the number is less or more than the attribute can have")

enum axi_rule {
#define AXI_RULE_ENUM(name, text) AXI_RULE_##name,
    AXI_RULES(AXI_RULE_ENUM)
#undef AXI_RULE_ENUM
        AXI_RULE_COUNT
};
/* "bad-value" and the like, for programs; and the sentence for people. Never NULL. */
AXI_API const char *axi_rule_name(enum axi_rule rule);
AXI_API const char *axi_rule_text(enum axi_rule rule);

/* One way in which a message differs from the catalogue. Borrowed from the message. */
struct axi_finding {
    enum axi_rule rule;
    const struct axi_elem *elem; /* where; the parent, for MISSING_ELEMENT */
    struct axi_str name;         /* of the attribute or of the missing element, else ptr NULL */
    size_t offset; /* byte within the message, SIZE_MAX when it was built and not read */
};

/*
 * Returns how many findings there are and writes the first `max` of them, in the order of the message.
 * `source` are the bytes of the message as it was read, if the caller still has them: then the offset of a
 * finding about an attribute is that attribute's, else its element's.
 *
 * Lower case hexadecimal and empty HEX pass; what is required is not asked of an answer with an errCode; an empty
 * text passes as any value of an attribute that is not required (AXI: it clears); secrets are not measured;
 * below an unknown element nothing is looked at.
 */
AXI_API size_t axi_check(const struct axi_msg *msg, struct axi_str source,
                         struct axi_finding *ret_findings, size_t max);

/* The place as a path: "/GetPPUserResp/user[2]/@sipPw", counted from 1 among elements of the same name.
 * Writes at most `size` bytes with the end mark and returns the length without it (cut off when not less
 * than `size`). */
AXI_API size_t axi_finding_path(const struct axi_finding *finding, char *buf, size_t size);

/* True when `text` has the form that the catalogue gives the attribute (its length and a narrower range are not
 * looked at). */
AXI_API bool axi_field_accepts(const struct axi_field *field, struct axi_str text);

#ifdef __cplusplus
}
#endif
#endif
