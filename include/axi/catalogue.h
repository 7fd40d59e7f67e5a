/*
 * Ids and descriptions of everything in the catalogue (catalogue_rows.h): messages and record types
 * (AXI_T_…), attribute names (AXI_A_…), enumerations (AXI_E_…) and enumeration values (AXI_V_…).
 *
 * Ids are for one build of the library and its callers; they are no wire format and are not stored.
 */
#ifndef AXI_CATALOGUE_H
#define AXI_CATALOGUE_H

#include <axi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum axi_attr {
    AXI_A_NONE = 0,
#define AXI_NAME(name) AXI_A_##name,
#include <axi/catalogue_rows.h>
    AXI_A_COUNT,
    AXI_A_WIDTH_ = 0x7fffffff
};

enum axi_value {
    AXI_V_NOTHING = 0,
#define AXI_VALUE(ident, text) AXI_V_##ident,
#include <axi/catalogue_rows.h>
    AXI_V_COUNT,
    AXI_V_WIDTH_ = 0x7fffffff
};

enum axi_enum {
    AXI_E_NOTHING = 0,
#define AXI_ENUM(name) AXI_E_##name,
#include <axi/catalogue_rows.h>
    AXI_E_COUNT,
    AXI_E_WIDTH_ = 0x7fffffff
};

enum axi_type {
    AXI_T_NONE = 0,
#define AXI_TYPE(type, kind) AXI_T_##type,
#include <axi/catalogue_rows.h>
    AXI_T_COUNT,
    AXI_T_WIDTH_ = 0x7fffffff
};

enum axi_kind { AXI_RECORD, AXI_REQUEST, AXI_RESPONSE, AXI_EVENT };

/* Form of an attribute's text. HEX is upper case hexadecimal without prefix. */
enum axi_form { AXI_STR, AXI_INT, AXI_BOOL, AXI_HEX, AXI_ENUMERATED };

enum axi_flags {
    AXI_REQUIRED = 1,  /* the message is not valid without it */
    AXI_SECRET = 2,    /* encrypted on the wire or a key: never shown */
    AXI_READ_ONLY = 4, /* the OMM reports it, a client cannot set it */
    AXI_OWN_READING =
        8 /* only the message's name is publicly known; this attribute is our reading */
};

struct axi_field {
    enum axi_attr attr;
    enum axi_form form;
    enum axi_enum of; /* for AXI_ENUMERATED */
    unsigned max;     /* characters, 0 when not known */
    unsigned flags;   /* enum axi_flags */
};

struct axi_child {
    const char *element;
    enum axi_type type;
    unsigned min, max; /* max 0: any number */
};

/* Texts of ids; NULL for NONE, NOTHING and what is out of range. Static storage. */
AXI_API const char *axi_type_name(enum axi_type type);
AXI_API const char *axi_attr_name(enum axi_attr attr);
AXI_API const char *axi_value_text(enum axi_value value);
AXI_API enum axi_kind axi_type_kind(enum axi_type type);
/* Answer of a request (AXI_T_GetPPUser → AXI_T_GetPPUserResp), AXI_T_NONE when there is none. */
AXI_API enum axi_type axi_type_response(enum axi_type request);

/* Ids of texts; the NONE id when the catalogue does not have them. Names are case-sensitive. */
AXI_API enum axi_type axi_type_of(struct axi_str name);
AXI_API enum axi_attr axi_attr_of(struct axi_str name);
AXI_API enum axi_value axi_value_of(enum axi_enum in, struct axi_str text);

/* Fields and children of a type: static arrays, `*ret_count` long. */
AXI_API const struct axi_field *axi_type_fields(enum axi_type type, size_t *ret_count);
AXI_API const struct axi_child *axi_type_children(enum axi_type type, size_t *ret_count);
/* One field of a type, NULL when it has none of that name. */
AXI_API const struct axi_field *axi_type_field(enum axi_type type, enum axi_attr attr);
/* True when attributes of any name belong to the type. */
AXI_API bool axi_type_is_open(enum axi_type type);

#ifdef __cplusplus
}
#endif
#endif
