/*
 * Identities of a DECT system: PARK, PARI and SARI, IPEI. ETSI EN 300 175-6 defines them; the printed forms are
 * those of the vendor's manuals. docs/identities.md shows all forms of one example.
 *
 * All functions here are pure: any thread, no memory, no state. Parsers take any bytes: what is not exactly of the
 * form gives MOM_EIDENT (NULL for a result: MOM_EINVAL) and writes nothing.
 */
#ifndef MOMSYNC_IDENT_H
#define MOMSYNC_IDENT_H

#include <momsync/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * A PARK: how many leading bits of the ARI count (PLI), and the ARI in 31 bits. A site's PARI is its PARK; the SARI
 * is the identity that all sites of a system share.
 */
struct mom_park {
    uint8_t pli;  /* 1…31; 31 is the standard PARK. 0: none */
    uint32_t ari; /* bit 31 is 0 */
};

#define MOM_PARK_HEX_LEN     10 /* "1F1028D085" */
#define MOM_PARK_PRINTED_LEN 14 /* "3110050641024*" */
#define MOM_CLOUD_ID_LEN     12 /* "001F1028D085" */
#define MOM_OMM_ID_LEN       8  /* "1028D085" */
#define MOM_IPEI_LEN         15 /* "03074 0220259 3" */
#define MOM_RFPI_LEN         10 /* "1028D08526" */
#define MOM_IDENT_TEXT_MAX   16 /* the longest of all forms, without NUL */

/* What a form is: for lists, messages and the page of the documentation. Texts are static. */
struct mom_form_info {
    const char *name;  /* "printed" */
    const char *shape; /* what stands in it, in order */
    const char *where; /* who uses it */
    bool whole;        /* PARK: says the PLI too. IPEI: always */
    bool checked;      /* has a check character */
};

/* --- PARK ------------------------------------------------------------------------------------- */

/* The forms of a PARK. */
enum mom_park_form {
    MOM_PARK_AS_NONE, /* no PARK: an empty text or ten zeros, as an OMM tells a SARI that is not set */
    MOM_PARK_AS_HEX,
    MOM_PARK_AS_PRINTED, /* as it is typed into a phone */
    MOM_PARK_AS_SPACED,  /* the same in three parts */
    MOM_PARK_AS_CLOUD_ID,
    MOM_PARK_AS_OMM_ID,
    MOM_PARK_AS_INSTALLATION_ID,
    MOM_PARK_AS_FIXED_ID, /* FIXED-IDENTITY of EN 300 175-5, 7.7.18, as AXI's dectIeFixedId has it */
    MOM_PARK_FORM_COUNT
};

/* NULL for MOM_PARK_AS_NONE and what is no form. */
MOM_API const struct mom_form_info *mom_park_form_info(enum mom_park_form form);
/*
 * Read a text that must have one form. `pli`: for the forms that do not say one (`whole` is false), 1 to 31, usually
 * that of the SARI; other forms ignore it. Hexadecimal digits may have either case; SPACED is parted by blanks or
 * hyphens. MOM_EIDENT also when a form without PLI is read with `pli` 0.
 */
MOM_MUST_CHECK MOM_API int mom_park_parse_form(enum mom_park_form form, struct mom_str text,
                                               uint8_t pli, struct mom_park *ret_park);
/*
 * Read a text of any form and say which one it had (`ret_form` may be NULL). Forms are told apart by their length, and
 * of a PARK with class B ARI (all of SIP-DECT) the installation id has nine digits: shorter ones are read by
 * mom_park_parse_form alone. MOM_PARK_AS_NONE with pli 0 when no PARK is set.
 */
MOM_MUST_CHECK MOM_API int mom_park_parse_any(struct mom_str text, uint8_t pli,
                                              struct mom_park *ret_park,
                                              enum mom_park_form *ret_form);
/* Write a form with a terminating NUL; its length. 0 and an empty text for what is no form, or a PARK that is not
 * valid. */
MOM_API size_t mom_park_print_form(enum mom_park_form form, struct mom_park park,
                                   char ret_text[MOM_IDENT_TEXT_MAX + 1]);

/* 10 hexadecimal digits in either case. "" and "0000000000" (no SARI set) give pli 0. MOM_EIDENT else. */
MOM_MUST_CHECK MOM_API int mom_park_parse(struct mom_str text, struct mom_park *ret_park);
/* The 14 characters that are typed into a phone: checks the check character. MOM_EIDENT else. */
MOM_MUST_CHECK MOM_API int mom_park_parse_printed(struct mom_str text, struct mom_park *ret_park);
/* Write with a terminating NUL. */
MOM_API void mom_park_hex(struct mom_park park, char ret_text[MOM_PARK_HEX_LEN + 1]);
MOM_API void mom_park_printed(struct mom_park park, char ret_text[MOM_PARK_PRINTED_LEN + 1]);
MOM_API void mom_park_cloud_id(struct mom_park park, char ret_text[MOM_CLOUD_ID_LEN + 1]);
MOM_API void mom_park_omm_id(struct mom_park park, char ret_text[MOM_OMM_ID_LEN + 1]);
/* The decimal installation id of a licence: the ARI. */
MOM_API uint32_t mom_park_installation_id(struct mom_park park);
/* The way back: an installation id (or what an OMM id says) and the PLI that it does not say. MOM_EIDENT when there is
 * no such PARK. */
MOM_MUST_CHECK MOM_API int mom_park_from_installation_id(uint32_t installation_id, uint8_t pli,
                                                         struct mom_park *ret_park);

/* PLI 1 to 31 and an ARI of 31 bits. */
MOM_API bool mom_park_is_valid(struct mom_park park);
MOM_API bool mom_park_equal(struct mom_park a, struct mom_park b);

/*
 * The SARI that the central OMM makes of its PARK: the same identity, so that phones that are subscribed there stay
 * subscribed (UDS guide 2.2.11). It is set once and never changed afterwards; the engine keeps to that. MOM_EIDENT when
 * the PARK is none.
 */
MOM_MUST_CHECK MOM_API int mom_sari_from_park(struct mom_park central, struct mom_park *ret_sari);

/* Types of PARK, by PLI: how many base stations one OMM may have (UDS guide 2.2.4). All sites of a system must have
 * the same. That XXL has PLI 27 follows from its 16 times as many base stations, and no example of one is known: what
 * must be equal is the PLI, whatever the type. */
#define MOM_PARK_TYPES(T)                                                                          \
    T(STANDARD, 31, 256, "standard")                                                               \
    T(XXL, 27, 4096, "XXL")

enum mom_park_type {
    MOM_PARK_NO_TYPE, /* no PARK, or a PLI that belongs to no known type */
#define MOM_PARK_TYPE_ENUM(name, pli, base_stations, text) MOM_PARK_##name,
    MOM_PARK_TYPES(MOM_PARK_TYPE_ENUM)
#undef MOM_PARK_TYPE_ENUM
};

/* The type that has the PLI of a PARK. */
MOM_API enum mom_park_type mom_park_type(struct mom_park park);
/* "standard", "XXL", "unknown" */
MOM_API const char *mom_park_type_name(enum mom_park_type type);
/* Base stations that one OMM with such a PARK may have; 0: not known. */
MOM_API uint32_t mom_park_base_stations(struct mom_park park);

enum mom_pli_match {
    MOM_PLI_UNKNOWN, /* one of them is no PARK: nothing can be said */
    MOM_PLI_EQUAL,
    MOM_PLI_DIFFERENT /* the two cannot be in one system */
};
/* Can two PARKs be in one system? */
MOM_API enum mom_pli_match mom_pli_compare(struct mom_park a, struct mom_park b);

/* The parts of a class B ARI, from the highest bit on: name, lowest bit, how many bits, what it is (EN 300 175-6,
 * clause 5). */
#define MOM_ARI_PARTS(P)                                                                           \
    P(arc, 28, 3, "class of the ARI; 1 is class B")                                                \
    P(eic, 12, 16, "equipment installer's code")                                                   \
    P(fpn, 4, 8, "number of the system")                                                           \
    P(fps, 0, 4, "sub-number of the system")

struct mom_ari_parts {
#define MOM_ARI_PART_FIELD(name, low, bits, text) uint32_t name;
    MOM_ARI_PARTS(MOM_ARI_PART_FIELD)
#undef MOM_ARI_PART_FIELD
};
/* The parts of an ARI; what they mean is only right for class B (arc 1). */
MOM_API struct mom_ari_parts mom_ari_parts(uint32_t ari);

/* What a base station broadcasts: its OMM's PARI, its own number, and whether a SARI is broadcast beside it. Ten
 * hexadecimal digits, as a PARK has; nothing in the text tells the two apart. */
struct mom_rfpi {
    uint32_t ari; /* bit 31 is 0 */
    uint8_t station;
    bool has_sari;
};
/* Ten hexadecimal digits in either case; MOM_EIDENT else. Written with a terminating NUL. */
MOM_MUST_CHECK MOM_API int mom_rfpi_parse(struct mom_str text, struct mom_rfpi *ret_rfpi);
MOM_API void mom_rfpi_print(struct mom_rfpi rfpi, char ret_text[MOM_RFPI_LEN + 1]);

/* --- IPEI ------------------------------------------------------------------------------------- */

/* An IPEI: the phone's equipment identity. */
struct mom_ipei {
    uint16_t emc; /* maker */
    uint32_t psn; /* serial number, 20 bits */
};

/* The forms of an IPEI. A form without check character that is printed is not known: a text that was cut off is not
 * taken for one. */
enum mom_ipei_form {
    MOM_IPEI_AS_NONE,   /* none of them */
    MOM_IPEI_AS_SPACED, /* the form of AXI */
    MOM_IPEI_AS_JOINED,
    MOM_IPEI_AS_IPUI,         /* IPUI type N: on the air */
    MOM_IPEI_AS_SUBSCRIPTION, /* the same as AXI's subscriptionId has it */
    MOM_IPEI_FORM_COUNT
};

/* NULL for MOM_IPEI_AS_NONE and what is no form. */
MOM_API const struct mom_form_info *mom_ipei_form_info(enum mom_ipei_form form);
/* As for PARKs. SPACED has blanks or hyphens. An IPUI of another type than N has no IPEI in it: MOM_EIDENT. */
MOM_MUST_CHECK MOM_API int mom_ipei_parse_form(enum mom_ipei_form form, struct mom_str text,
                                               struct mom_ipei *ret_ipei);
/* An empty text is MOM_EIDENT here as in mom_ipei_parse: there is no value that means none. */
MOM_MUST_CHECK MOM_API int mom_ipei_parse_any(struct mom_str text, struct mom_ipei *ret_ipei,
                                              enum mom_ipei_form *ret_form);
MOM_API size_t mom_ipei_print_form(enum mom_ipei_form form, struct mom_ipei ipei,
                                   char ret_text[MOM_IDENT_TEXT_MAX + 1]);

/* "03074 0220259 3" with or without blanks, with check character. MOM_EIDENT else. */
MOM_MUST_CHECK MOM_API int mom_ipei_parse(struct mom_str text, struct mom_ipei *ret_ipei);
/* The form of the wire, with two blanks. */
MOM_API void mom_ipei_print(struct mom_ipei ipei, char ret_text[MOM_IPEI_LEN + 1]);
MOM_API bool mom_ipei_equal(struct mom_ipei a, struct mom_ipei b);

#ifdef __cplusplus
}
#endif
#endif
