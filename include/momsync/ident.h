/*
 * Identities of a DECT system: PARK, PARI and SARI, IPEI. ETSI EN 300 175-6 defines them; the printed forms are
 * those of the vendor's manuals.
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
MOM_API bool mom_park_equal(struct mom_park a, struct mom_park b);

/* An IPEI: the phone's equipment identity. */
struct mom_ipei {
    uint16_t emc; /* maker */
    uint32_t psn; /* serial number, 20 bits */
};
/* "03074 0220259 3" with or without blanks, with check character. MOM_EIDENT else. */
MOM_MUST_CHECK MOM_API int mom_ipei_parse(struct mom_str text, struct mom_ipei *ret_ipei);
/* The form of the wire, with two blanks. */
MOM_API void mom_ipei_print(struct mom_ipei ipei, char ret_text[MOM_IPEI_LEN + 1]);

#ifdef __cplusplus
}
#endif
#endif
