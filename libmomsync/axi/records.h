/*
 * Records between AXI and the engine: elements to RECORD inputs, and attributes of a record to elements. What belongs
 * to one side of a link stays there: numbers of the site, time stamps, and the form of secrets on the wire.
 */
#ifndef MOM_AXI_RECORDS_H
#define MOM_AXI_RECORDS_H

#include <axi/axi.h>
#include <momsync/engine.h>

#define MOM__KEY_MAX 2048 /* hexadecimal digits of a modulus: 8192 bits */

struct mom__key {
    char modulus[MOM__KEY_MAX + 1], exponent[MOM__KEY_MAX + 1];
    char fingerprint[MOM_KEY_FINGERPRINT_LEN + 1];
    bool known;
};

/* key.c: take a key as AXI writes it; one that is missing or nonsense is not known. */
void mom__key_take(struct mom__key *key, struct axi_str modulus, struct axi_str exponent);

/* What reading and writing records needs. Secrets that come in are encrypted with `key`. */
struct mom__records {
    struct mom_alloc alloc;
    struct axi_secret_ops secrets;
    bool opens; /* the private key is ours: what comes in is opened */
    struct mom__key key;
    struct axi_clock clock;      /* of who tells the time stamps */
    uint8_t sealed[AXI_A_COUNT]; /* bit per enum mom_type: a secret that is encrypted on the wire */
    struct mom_attr *attrs;      /* scratch of one record */
    size_t attr_room;
    char *texts;
    size_t text_room;
};

/* Zeroed storage with `alloc` in it. */
void mom__records_init(struct mom__records *records);
void mom__records_done(struct mom__records *records);
/* Attributes that mean something at one OMM only. */
bool mom__records_is_local(enum axi_attr attr);
bool mom__records_is_sealed(const struct mom__records *records, enum mom_type type,
                            enum axi_attr attr);
/* Fill in a RECORD from an element: attributes (borrowed until the next call), partner and times. MOM_ENOMEM. */
int mom__records_read(struct mom__records *records, const struct axi_elem *elem,
                      struct mom_input *input);
/* Set one attribute of a record, a secret encrypted with `key`. False: a secret that cannot be told with that key. */
bool mom__records_write(struct mom__records *records, const struct mom__key *key,
                        struct axi_elem *elem, enum mom_type type, const struct mom_attr *attr);
/* A number of a record, 0 when it is missing or nonsense. */
uint32_t mom__records_id(const struct axi_elem *elem, enum axi_attr attr);

#endif
