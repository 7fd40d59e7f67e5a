/*
 * A growing buffer of bytes: what records and rows are encoded into. Meant to be kept and used
 * again.
 */
#ifndef MOM__BUF_H
#define MOM__BUF_H

#include <momsync/base.h>

struct mom__buf {
    struct mom_alloc alloc;
    char *ptr;
    size_t len, size;
    bool failed; /* an append found no memory: the content is not whole. Cleared by a reset */
};

void mom__buf_init(struct mom__buf *buf, const struct mom_alloc *alloc);
void mom__buf_done(struct mom__buf *buf);
/* Empty it and keep the memory. */
void mom__buf_reset(struct mom__buf *buf);
/* Appends do nothing once one has failed: check `failed` at the end. */
void mom__buf_bytes(struct mom__buf *buf, const void *bytes, size_t len);
void mom__buf_u8(struct mom__buf *buf, unsigned value);
void mom__buf_u64(struct mom__buf *buf, uint64_t value); /* big-endian */
/* Seven bits a byte, lowest first; the top bit says that more follow. */
void mom__buf_varint(struct mom__buf *buf, uint64_t value);
/* A signed number as a varint: small magnitudes are short. */
void mom__buf_zigzag(struct mom__buf *buf, int64_t value);
/* Length as varint, then the bytes. */
void mom__buf_str(struct mom__buf *buf, struct mom_str text);
/* What is in it; borrowed until the next change. Never NULL. */
struct mom_str mom__buf_view(const struct mom__buf *buf);

/* Reads what a buffer was given. Every function checks the length; after the first failure all
 * return 0 or empty, so that a decoder checks `failed` where a wrong value could do harm and once
 * at the end. */
struct mom__reader {
    const unsigned char *at, *end;
    bool failed;
};

void mom__reader_init(struct mom__reader *reader, struct mom_str bytes);
unsigned mom__reader_u8(struct mom__reader *reader);
uint64_t mom__reader_u64(struct mom__reader *reader);
/* Fails on a form that is longer than needed: one value has one encoding. */
uint64_t mom__reader_varint(struct mom__reader *reader);
/* A varint that must fit into 32 bits. */
uint32_t mom__reader_varint32(struct mom__reader *reader);
int64_t mom__reader_zigzag(struct mom__reader *reader);
/* Borrowed from the bytes. ptr is not NULL, for empty text too. */
struct mom_str mom__reader_str(struct mom__reader *reader);
const unsigned char *mom__reader_bytes(struct mom__reader *reader, size_t len);
/* Everything was read and nothing failed. */
bool mom__reader_ok(const struct mom__reader *reader);

#endif
