/*
 * Keys and small values of the store's tables. Numbers are big-endian, so that the order of the
 * keys is the order of the numbers.
 *
 *   META        one of the names below
 *   RECORD      id                                      TOMBSTONE  id
 *   LOCAL       site, type (1 byte), uid or ppn → id     HANDOFF    device id
 *   BASE        site, id                                SITE       site
 *   UNIQUE      owner, code, value, created, id          CONFLICT   sequence number
 *   RESIDENT    site, id                                SETTING    the host's name
 *   NEIGHBOUR   node                                    PENDING    node, id
 *   DIGEST      id                                      HELD       node or site, id
 *   HISTORY     id, 2^64-1 less the number: the newest change comes first
 *   PROFILE     site or 0, number of a CoA profile
 */
#ifndef MOM__KEYS_H
#define MOM__KEYS_H

#include <momsync/limits.h>
#include <momsync/record.h>
#include <momsync/store.h>

enum { MOM__KEY_MAX = MOM_STORE_KEY_BYTES };

/* META. Number values are 8 bytes big-endian unless said otherwise. */
#define MOM__META_FORMAT   "format"   /* number of the store's format */
#define MOM__META_WRITER   "writer"   /* version of the library that wrote last, text */
#define MOM__META_CLOCK    "clock"    /* stamp: not before any that was made */
#define MOM__META_NEXT_ID  "next-id"  /* counter for ids */
#define MOM__META_SARI     "sari"     /* 10 hexadecimal digits */
#define MOM__META_CONFLICT "conflict" /* last sequence number of CONFLICT */
#define MOM__META_NODE     "node"     /* origin number of the node that owns the store */
#define MOM__META_SIP      "sip"      /* 1: sipAuthId is unique too */
#define MOM__META_SEEN     "seen"     /* stamp: deletions up to it are known to every node */
/* incarnation.c */
#define MOM__META_INCARNATION "incarnation" /* number of this life of the store, and of the last */
#define MOM__META_SNAPSHOT    "snapshot"    /* in a copy: when it was made and by which version */
#define MOM__META_RESTORED    "restored"    /* that a copy was put in the store's place */

/* Site number of RESIDENT for records that belong at every site. */
#define MOM__ALL_SITES UINT32_MAX

struct mom__key {
    unsigned char bytes[MOM__KEY_MAX];
};

/* Each writes into `key` and returns it as text, borrowed from `key`. */
struct mom_str mom__key_id(struct mom__key *key, uint64_t id);
struct mom_str mom__key_site(struct mom__key *key, uint32_t site);
struct mom_str mom__key_site_id(struct mom__key *key, uint32_t site, uint64_t id);
struct mom_str mom__key_id_site(struct mom__key *key, uint64_t id, uint32_t site);
struct mom_str mom__key_local(struct mom__key *key, uint32_t site, enum mom_type type,
                              uint32_t local);
/* What the keys of all that claim a value begin with, and one of them: who was created earlier comes first. Values over
 * 400 bytes are hashed (128 bits): whoever finds an id compares the value. */
/* `number` 0 is behind all rows of the id, UINT64_MAX before them. */
struct mom_str mom__key_history(struct mom__key *key, uint64_t id, uint64_t number);
/* Values over 400 bytes are hashed (128 bits): whoever finds an id compares the value. */
struct mom_str mom__key_unique(struct mom__key *key, enum mom_field field, struct mom_str value);
struct mom_str mom__key_claimant(struct mom__key *key, enum mom_field field, struct mom_str value,
                                 struct mom_stamp created, uint64_t id);

/* MOM_ECORRUPT when the key has another form; id 0 and site 0 are none. */
MOM_MUST_CHECK int mom__key_read_id(struct mom_str key, uint64_t *ret_id);
MOM_MUST_CHECK int mom__key_read_site(struct mom_str key, uint32_t *ret_site);
MOM_MUST_CHECK int mom__key_read_site_id(struct mom_str key, uint32_t *ret_site, uint64_t *ret_id);
MOM_MUST_CHECK int mom__key_read_id_site(struct mom_str key, uint64_t *ret_id, uint32_t *ret_site);
MOM_MUST_CHECK int mom__key_read_local(struct mom_str key, uint32_t *ret_site,
                                       enum mom_type *ret_type, uint32_t *ret_local);
MOM_MUST_CHECK int mom__key_read_history(struct mom_str key, uint64_t *ret_id,
                                         uint64_t *ret_number);

/* The id at the end of a key of UNIQUE. */
MOM_MUST_CHECK int mom__key_read_claimant(struct mom_str key, uint64_t *ret_id);

/* A number as a value: 8 bytes. */
struct mom_str mom__value_u64(unsigned char buf[8], uint64_t value);
MOM_MUST_CHECK int mom__value_read_u64(struct mom_str value, uint64_t *ret_value);

/* Big-endian numbers in memory. */
void mom__put_be32(unsigned char *at, uint32_t value);
void mom__put_be64(unsigned char *at, uint64_t value);
uint32_t mom__get_be32(const unsigned char *at);
uint64_t mom__get_be64(const unsigned char *at);

#endif
