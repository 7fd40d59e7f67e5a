/*
 * An AXI message: a tree of elements whose data are attributes.
 *
 *     struct axi_msg *m = axi_msg_new(NULL);
 *     struct axi_elem *req = axi_msg_start(m, AXI_T_GetPPUser);
 *     axi_set_int(req, AXI_A_uid, 1);
 *     axi_set_int(req, AXI_A_maxRecords, 20);
 *     rc = axi_encode(m, 0, &buffer);             // appends <GetPPUser uid="1" maxRecords="20"/>\0
 *
 * Elements and attributes that the catalogue does not know are kept with their names and written back
 * as they came; they have type AXI_T_NONE and attribute id AXI_A_NONE. Text is kept too, written before the
 * children; only blanks beside children are taken for layout and dropped on the way in. Comments and
 * processing instructions are not kept.
 *
 * Memory: a message owns an arena. Everything reached from it is borrowed until axi_msg_start,
 * axi_msg_reset or axi_msg_free (for a parser's message: until the next axi_parser_next). A message that
 * is used again settles to no allocations. Reading is use as well: a message remembers where it looked last, so two
 * threads do not read it at the same time.
 *
 * Errors while building are sticky: the setters return nothing to check; the first error stays in the
 * message and axi_encode returns it.
 */
#ifndef AXI_MESSAGE_H
#define AXI_MESSAGE_H

#include <axi/base.h>
#include <axi/catalogue.h>

#ifdef __cplusplus
extern "C" {
#endif

struct axi_msg;
struct axi_elem;

/* NULL on no memory. alloc NULL: the C library's; otherwise copied. */
AXI_API struct axi_msg *axi_msg_new(const struct axi_alloc *alloc);
AXI_API void axi_msg_free(struct axi_msg *msg);
/* Empty the message and keep its memory. */
AXI_API void axi_msg_reset(struct axi_msg *msg);
/* Empty the message and begin a new one with a root of the catalogue, or of any name. Never NULL: on
 * error a harmless element that swallows what is set on it. `name` must be an XML name, else EINVAL (here
 * and below: letters, digits and _ : - . of ASCII; names that came over the wire may have others). */
AXI_API struct axi_elem *axi_msg_start(struct axi_msg *msg, enum axi_type type);
AXI_API struct axi_elem *axi_msg_start_named(struct axi_msg *msg, struct axi_str name);
/* Root element, NULL when empty. */
AXI_API struct axi_elem *axi_msg_root(const struct axi_msg *msg);
/* First error since start, or AXI_OK. */
AXI_API int axi_msg_error(const struct axi_msg *msg);
/* The attribute at which that happened; AXI_A_NONE when it has no id or the error is about something else. */
AXI_API enum axi_attr axi_msg_error_attr(const struct axi_msg *msg);
/* Type of the root; AXI_T_NONE for an unknown message or an empty one. */
AXI_API enum axi_type axi_msg_type(const struct axi_msg *msg);
/* True when a character that XML forbids was replaced by U+FFFD on the way in. */
AXI_API bool axi_msg_repaired(const struct axi_msg *msg);

/* --- reading: `elem` may be NULL everywhere and then has nothing in it --------------------------- */

/* NONE when the catalogue does not know the element in its place. */
AXI_API enum axi_type axi_elem_type(const struct axi_elem *elem);
/* Name as it is written. */
AXI_API struct axi_str axi_elem_name(const struct axi_elem *elem);
/* Text content (character data of the element itself, joined); ptr NULL when there is none. */
AXI_API struct axi_str axi_elem_text(const struct axi_elem *elem);

/* Children in document order; NULL at the end. `name` filters by element name, NULL takes all. */
AXI_API struct axi_elem *axi_first_child(const struct axi_elem *elem, const char *name);
AXI_API struct axi_elem *axi_next_sibling(const struct axi_elem *elem, const char *name);

/* All elements of the tree below `top`, itself first, in document order: begin with top; NULL at the end. */
AXI_API struct axi_elem *axi_next_in_tree(const struct axi_elem *top, const struct axi_elem *elem);
/* NULL for the root. */
AXI_API struct axi_elem *axi_elem_parent(const struct axi_elem *elem);

/* Attributes in the order of the message. */
struct axi_attr_view {
    enum axi_attr id; /* AXI_A_NONE when the catalogue has no such name */
    struct axi_str name;
    struct axi_str value;
};
AXI_API size_t axi_attr_count(const struct axi_elem *elem);
/* False when i is out of range. */
AXI_API bool axi_attr_at(const struct axi_elem *elem, size_t i, struct axi_attr_view *ret_view);

/* True when the attribute is there, whatever its value. */
AXI_API bool axi_has(const struct axi_elem *elem, enum axi_attr attr);
/* Value as text; ptr NULL when absent. */
AXI_API struct axi_str axi_get_str(const struct axi_elem *elem, enum axi_attr attr);
AXI_API struct axi_str axi_get_named(const struct axi_elem *elem, const char *name);
/* Typed values. AXI_ENOENT when absent, AXI_EVALUE when the text has another form (a number is decimal
 * with an optional minus sign and no blanks; a boolean is 1, 0, true or false). */
AXI_MUST_CHECK AXI_API int axi_get_int(const struct axi_elem *elem, enum axi_attr attr,
                                       int64_t *ret);
/* The same, and AXI_EVALUE also for what does not fit. */
AXI_MUST_CHECK AXI_API int axi_get_int32(const struct axi_elem *elem, enum axi_attr attr,
                                         int32_t *ret);
AXI_MUST_CHECK AXI_API int axi_get_uint32(const struct axi_elem *elem, enum axi_attr attr,
                                          uint32_t *ret);
AXI_MUST_CHECK AXI_API int axi_get_bool(const struct axi_elem *elem, enum axi_attr attr, bool *ret);
AXI_MUST_CHECK AXI_API int axi_get_enum(const struct axi_elem *elem, enum axi_attr attr,
                                        enum axi_value *ret);
/* The numbers of an INT_LIST one by one: *at is 0 before the first. AXI_ENOENT when there are no more, which may be
 * at once. */
AXI_MUST_CHECK AXI_API int axi_get_int_list(const struct axi_elem *elem, enum axi_attr attr,
                                            size_t *at, int64_t *ret);
/* Bytes of a HEX value, in both cases of letters. AXI_EFULL when there are more than `max`. */
AXI_MUST_CHECK AXI_API int axi_get_hex(const struct axi_elem *elem, enum axi_attr attr,
                                       void *ret_bytes, size_t max, size_t *ret_len);
/* The same with a value to use when it is absent or ill-formed. */
AXI_API int64_t axi_get_int_or(const struct axi_elem *elem, enum axi_attr attr, int64_t otherwise);
AXI_API bool axi_get_bool_or(const struct axi_elem *elem, enum axi_attr attr, bool otherwise);

/* --- building ------------------------------------------------------------------------------------ */

/* Append a child. The type follows from the parent's type and the name (AXI_T_NONE if the catalogue does
 * not say). Never NULL, see axi_msg_start. */
AXI_API struct axi_elem *axi_add_child(struct axi_elem *elem, const char *name);
/* Deep copy of `from` (of any message) as a new last child of `elem`. */
AXI_API struct axi_elem *axi_add_copy(struct axi_elem *elem, const struct axi_elem *from);
/* Set, replacing an earlier value in its place; a value with ptr NULL unsets. Text must be UTF-8
 * without NUL, else AXI_EUTF8; other characters that XML forbids are refused too (AXI_EVALUE). */
AXI_API void axi_set_str(struct axi_elem *elem, enum axi_attr attr, struct axi_str value);
AXI_API void axi_set_cstr(struct axi_elem *elem, enum axi_attr attr, const char *value);
AXI_API void axi_set_int(struct axi_elem *elem, enum axi_attr attr, int64_t value);
/* Written as 1 or 0, which every release reads. */
AXI_API void axi_set_bool(struct axi_elem *elem, enum axi_attr attr, bool value);
AXI_API void axi_set_enum(struct axi_elem *elem, enum axi_attr attr, enum axi_value value);
AXI_API void axi_set_int_list(struct axi_elem *elem, enum axi_attr attr, const int64_t *values,
                              size_t count);
/* Written in upper case. */
AXI_API void axi_set_hex(struct axi_elem *elem, enum axi_attr attr, const void *bytes, size_t len);
AXI_API void axi_set_named(struct axi_elem *elem, struct axi_str name, struct axi_str value);
/* Replace the text; an empty one cannot be told from none. */
AXI_API void axi_set_text(struct axi_elem *elem, struct axi_str text);
AXI_API void axi_unset(struct axi_elem *elem, enum axi_attr attr);

/* --- bytes --------------------------------------------------------------------------------------- */

/* A growing byte buffer. Zero-initialise (with `alloc` set if you have one); axi_buf_done frees it. */
struct axi_buf {
    char *ptr;
    size_t len, cap;
    struct axi_alloc alloc;
};
AXI_API void axi_buf_done(struct axi_buf *buf);

enum axi_encode_flags {
    /* Write *** for every secret of the catalogue, Open's password, and unknown attributes that sound like one: for
     * logs. */
    AXI_ENCODE_REDACT = 1,
    /* Leave out the byte 0 that ends a message on the wire. */
    AXI_ENCODE_NO_NUL = 2
};
/* Append the message to `buf`. On error nothing is appended. AXI_ESTATE for an empty message. */
AXI_MUST_CHECK AXI_API int axi_encode(const struct axi_msg *msg, unsigned flags,
                                      struct axi_buf *buf);

#ifdef __cplusplus
}
#endif
#endif
