/*
 * Ids and descriptions of everything in the catalogue (libaxi/catalogue/, docs/axi/): messages and record
 * types (AXI_T_…), attribute names (AXI_A_…), enumerations (AXI_E_…) and enumeration values (AXI_V_…).
 *
 * Ids are for one build of the library and its callers, which axi_catalogue_hash() tells apart; they are no wire
 * format and are not stored.
 */
#ifndef AXI_CATALOGUE_H
#define AXI_CATALOGUE_H

#include <axi/base.h>
#include <axi/catalogue_ids.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * The hash of the ids that the library has. A program whose AXI_CATALOGUE_HASH differs was compiled with
 * another catalogue: its ids mean something else to the shared library, so it should say so and end.
 */
AXI_API uint32_t axi_catalogue_hash(void);

enum axi_kind { AXI_RECORD, AXI_REQUEST, AXI_RESPONSE, AXI_EVENT };

/*
 * Form of an attribute's text. Integers are decimal with an optional minus sign; INT is 32 bits, and what
 * AXI calls -1 ("all", "none") is in its range. HEX is upper case hexadecimal without prefix. INT_LIST is
 * integers with commas between them.
 */
enum axi_form {
    AXI_STR,
    AXI_INT,
    AXI_INT16,
    AXI_UINT32,
    AXI_INT64,
    AXI_INT_LIST,
    AXI_BOOL,
    AXI_HEX,
    AXI_ENUMERATED
};

enum axi_flags {
    AXI_REQUIRED = 1,   /* the message is not valid without it */
    AXI_SECRET = 2,     /* encrypted on the wire or a key: never shown */
    AXI_READ_ONLY = 4,  /* the OMM reports it, a client cannot set it */
    AXI_OWN_READING = 8 /* the public knows only the message's name: this is our reading of it */
};

/* What is known of one attribute of one type. */
struct axi_field {
    enum axi_attr attr;
    enum axi_form form;
    /* For AXI_ENUMERATED; for AXI_STR the values that are known of an open set (hwType), or NOTHING. */
    enum axi_enum of;
    unsigned max;   /* characters, 0 when not known */
    unsigned flags; /* enum axi_flags */
    /* Of INT, INT16, UINT32 and INT64: the numbers that it can have, both included; both 0 when no more is known than
     * what the form holds. */
    int64_t least, most;
};

/* What is known of one element that a type may contain. */
struct axi_child {
    const char *element; /* static */
    enum axi_type type;  /* NONE for an element that has only text */
    enum axi_enum of;    /* for an element whose text is a value of an enumeration */
    unsigned min, max;   /* max 0: any number */
};

/* Texts of ids; NULL for NONE, NOTHING and what is out of range. Static storage. */
AXI_API const char *axi_type_name(enum axi_type type);
AXI_API const char *axi_attr_name(enum axi_attr attr);
AXI_API const char *axi_value_text(enum axi_value value);
AXI_API const char *axi_enum_name(enum axi_enum of);

/* Ids of texts; the NONE id when the catalogue does not have them. Names are case-sensitive. */
AXI_API enum axi_type axi_type_of(struct axi_str name);
AXI_API enum axi_attr axi_attr_of(struct axi_str name);
AXI_API enum axi_value axi_value_of(enum axi_enum in, struct axi_str text);

/* The i-th value of an enumeration, in the order of the catalogue; AXI_V_NOTHING behind the last. */
AXI_API enum axi_value axi_enum_at(enum axi_enum of, size_t i);

/* --- types: messages and records ---------------------------------------------------------------- */

/* RECORD for NONE and what is out of range. */
AXI_API enum axi_kind axi_type_kind(enum axi_type type);
/* Answer of a request (AXI_T_GetPPUser → AXI_T_GetPPUserResp), AXI_T_NONE when there is none. */
AXI_API enum axi_type axi_type_response(enum axi_type request);
/* The i-th attribute of a type, in the order of the catalogue; false behind the last. */
AXI_API bool axi_type_field_at(enum axi_type type, size_t i, struct axi_field *ret_field);
/* One attribute of a type; false when it has none of that name. */
AXI_API bool axi_type_field(enum axi_type type, enum axi_attr attr, struct axi_field *ret_field);
/* The i-th element that a type may contain; false behind the last. */
AXI_API bool axi_type_child_at(enum axi_type type, size_t i, struct axi_child *ret_child);
/* True when attributes of any name belong to the type. */
AXI_API bool axi_type_is_open(enum axi_type type);

/* Where our knowledge of a type comes from. */
enum axi_basis {
    AXI_BASIS_SCHEMA,  /* the vendor's schema of AXI 6.1 */
    AXI_BASIS_CAPTURE, /* recorded from an OMM */
    AXI_BASIS_CLIENT,  /* used by public clients, or seen in public configuration files */
    AXI_BASIS_NAME,    /* only the name is public: the content is our reading */
    AXI_BASIS_INFERRED /* concluded from its siblings */
};
AXI_API enum axi_basis axi_type_basis(enum axi_type type);
/* Earliest release in which the type is known to exist, "6.1" for what is older. NULL for NONE. */
AXI_API const char *axi_type_release(enum axi_type type);
/* Version of a message in AXI 7.1 as GetVersions tells it ("1.1.9"), NULL when it does not. */
AXI_API const char *axi_type_version(enum axi_type type);

/* --- permissions -------------------------------------------------------------------------------- */

/* As bits; names as in OpenResp. */
#define AXI_PERMISSIONS(P)                                                                         \
    P(AllCnfWrite, 0)                                                                              \
    P(AllCnfRead, 1)                                                                               \
    P(InfoMessaging, 2)                                                                            \
    P(Messaging, 3)                                                                                \
    P(Alerting, 4)                                                                                 \
    P(LocatingAlert, 5)                                                                            \
    P(Locating, 6)                                                                                 \
    P(Monitoring, 7)                                                                               \
    P(Conferencing, 8)                                                                             \
    P(Video, 9)
enum axi_permission {
    AXI_MAY_NOTHING = 0,
#define AXI_PERMISSION_ENUM(name, bit) AXI_MAY_##name = 1 << bit,
    AXI_PERMISSIONS(AXI_PERMISSION_ENUM)
#undef AXI_PERMISSION_ENUM
        AXI_MAY_EVERYTHING = (1 << 10) - 1
};
/* Bit of a permission's name, 0 when there is none; the name of one bit, NULL for others. */
AXI_API unsigned axi_permission_of(struct axi_str name);
AXI_API const char *axi_permission_name(unsigned bit);
/* What the granted permissions include (AllCnfWrite includes AllCnfRead, and so on). */
AXI_API unsigned axi_permissions_with_implied(unsigned granted);
/* What a request needs: one bit, 0 when any open session may send it. A reading of the request's kind
 * where no source names it (see docs/axi). */
AXI_API unsigned axi_type_permission(enum axi_type request);

/* --- paged reading ------------------------------------------------------------------------------ */

/* Requests that read up to maxRecords records from an id on. */
struct axi_paging {
    enum axi_attr key;    /* of the request: uid, ppn, id … */
    enum axi_attr record; /* what the records call it, nearly always the same */
    const char *element;  /* of the records in the answer; static */
    int64_t first;        /* least id there can be */
};
/* False for a request that reads otherwise, also when it has a maxRecords: GetACLEntry does not say where to begin,
 * GetWLANClients begins at an address, and statistics are numbers in a list. */
AXI_API bool axi_type_paging(enum axi_type request, struct axi_paging *ret_paging);

/* --- event types -------------------------------------------------------------------------------- */

/* Attributes that narrow a subscription, as bits. */
enum axi_filter {
    AXI_BY_PPN = 1,
    AXI_BY_UID = 2,
    AXI_BY_RFP = 4,
    AXI_BY_OMM = 8,
    AXI_BY_TRIGGER = 16,
    AXI_BY_SCHEME = 32
};
struct axi_event_type {
    enum axi_value name; /* AXI_V_PPDevCnf: a value of EventType */
    unsigned filters;    /* enum axi_filter; 0: the type alone is enough */
    unsigned permission; /* enum axi_permission, one bit; 0 when not known */
};
/* The i-th event type, false behind the last. */
AXI_API bool axi_event_type_at(size_t i, struct axi_event_type *ret_type);
/* The event type of that name; false when there is none. */
AXI_API bool axi_event_type(enum axi_value name, struct axi_event_type *ret_type);
/* The i-th message that a subscription to the event type brings, NONE behind the last. */
AXI_API enum axi_type axi_event_type_message(enum axi_value name, size_t i);

#ifdef __cplusplus
}
#endif
#endif
