/*
 * Messages between nodes, as bytes. docs/reconciliation.md describes them; nothing here knows the
 * engine. Everything that is read is checked.
 */
#ifndef MOM__WIRE_H
#define MOM__WIRE_H

#include "buf.h"
#include "pack.h"
#include "register.h"

#include <momsync/limits.h>

enum {
    MOM__WIRE_VERSION = 1,
    MOM__WIRE_RAW_MAX = MOM_NODE_UNPACKED_MAX,
    MOM__WIRE_PACK_FROM = 512, /* shorter ones are not packed */
};

enum mom__wire_kind {
    MOM__WIRE_HELLO = 1,
    MOM__WIRE_RECORDS,  /* entries, to be confirmed */
    MOM__WIRE_CONFIRM,  /* number of the last message that is on disk */
    MOM__WIRE_RANGES,   /* reconcile.h */
    MOM__WIRE_WANT,     /* ids to be sent whole */
    MOM__WIRE_DRAINED,  /* what the other one had not confirmed was sent */
    MOM__WIRE_HELD,     /* one byte: what was told is held (1), or was decided (0) */
    MOM__WIRE_FOUND,    /* ids that an audit found to differ */
    MOM__WIRE_SEEN,     /* stamp: deletions up to it are known everywhere */
    MOM__WIRE_PROFILES, /* CoA profiles */
    MOM__WIRE_KINDS
};

/* A message that is written; kept and used again. */
struct mom__wire_out {
    struct mom__buf body;  /* for what is said */
    struct mom__buf bare;  /* bytes that would not pack */
    struct mom__buf whole; /* both, when it is more than the body as it is */
    size_t head;           /* bytes of the body that tell what message it is */
};
void mom__wire_out_init(struct mom__wire_out *out, const struct mom_alloc *alloc);
void mom__wire_out_done(struct mom__wire_out *out);
/* Kind and number first; then the body is for the caller to write. */
void mom__wire_begin(struct mom__wire_out *out, enum mom__wire_kind kind, uint64_t seq);
/* The message, packed where that makes it smaller; borrowed from `out`. An empty text after a failure. `packs`: where
 * others are told the same; NULL: nobody is. */
struct mom_str mom__wire_end(struct mom__wire_out *out, struct mom__packs *packs);

/* A message that is read. */
struct mom__wire_in {
    enum mom__wire_kind kind;
    uint64_t seq;
    struct mom__reader body, bare;
};
/* Reads the head; the readers borrow from `bytes` or from the arena. MOM_ECORRUPT, MOM_EFORMAT (another version),
 * MOM_ENOMEM. */
MOM_MUST_CHECK int mom__wire_open(struct mom_str bytes, struct mom__arena *arena,
                                  struct mom__wire_in *ret_in);

struct mom__hello {
    uint32_t node, to;
    unsigned shape;
    bool agreed; /* the sender holds that both agreed once */
    bool answer;
    uint8_t sari_pli;
    uint32_t sari_ari;
    int64_t wall_ms; /* clock of the sender */
    int64_t echo_ms; /* answer: wall_ms of the hello that it answers */
    uint64_t fingerprint, count;
    uint64_t profiles; /* digest of the CoA profiles */
    uint64_t backlog;  /* records that the other one has not confirmed */
    uint64_t your_ids; /* greatest counter of an id that the receiver gave, as the sender knows */
    struct mom_stamp clock, seen;
};
void mom__wire_put_hello(struct mom__buf *buf, const struct mom__hello *hello);
/* False: damaged. */
bool mom__wire_get_hello(struct mom__reader *reader, struct mom__hello *ret_hello);

/* Entries of one message share a context: what is like in the one before is not said again. */
struct mom__wire_context {
    uint64_t id;
    struct mom_stamp stamp;
    const struct mom_record *last[3]; /* by type: the last whole record */
    struct mom__buf *bare_out;        /* writing; NULL: all texts stand in the entries */
    struct mom__reader *bare_in;      /* reading; NULL: there is no bare part */
};

/* What one message says of one record. */
struct mom__entry {
    struct mom_record record; /* id, type, created, and the registers below */
    bool whole;
    bool has[MOM__REGS_MAX], has_base[MOM__REGS_MAX];
    struct mom_stamp bases[MOM__REGS_MAX]; /* where has_base says so */
    struct mom_stamp
        unseen; /* not told: of a deletion that was held, the newest of ours that it did not know */
};
/* All but the record, which is large and filled as a whole. */
void mom__entry_init(struct mom__entry *entry);
/* The entries of a message, one after the other, need no more room than MOM__ENTRIES: the next one in `entries` that
 * the context does not refer to. */
enum { MOM__ENTRIES = 3 };
struct mom__entry *mom__wire_next(const struct mom__wire_context *context,
                                  struct mom__entry entries[MOM__ENTRIES]);
/* When it is whole, `entry` must stay as long as the context refers to it. */
void mom__wire_put_entry(struct mom__buf *buf, struct mom__wire_context *context,
                         const struct mom__entry *entry);
/* Values are borrowed from what `reader` reads, or from the arena. MOM_ECORRUPT, MOM_EFORMAT (a register that this
 * build does not have), MOM_ENOMEM. */
MOM_MUST_CHECK int mom__wire_get_entry(struct mom__reader *reader,
                                       struct mom__wire_context *context, struct mom__arena *arena,
                                       struct mom__entry *ret_entry);

void mom__wire_put_stamp(struct mom__buf *buf, struct mom_stamp *last, struct mom_stamp stamp);
struct mom_stamp mom__wire_get_stamp(struct mom__reader *reader, struct mom_stamp *last);

#endif
