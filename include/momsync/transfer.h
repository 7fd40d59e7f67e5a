/*
 * Export and import: all records as text that people can read and that depends neither on the machine nor on the
 * store's version (docs/store.md has the form). Nothing is read or written here but texts.
 *
 *     mom_view_open(m, &view);
 *     mom_export_new(view, &options, &x);
 *     while ((rc = mom_export_next(x, &line)) == MOM_OK && line.len > 0) write(line);
 *     mom_export_free(x);  mom_view_close(view);
 *
 *     mom_import_new(&options, &imp);
 *     while (read(chunk)) rc = mom_import_feed(imp, chunk, len);      // any size
 *     rc = mom_import_end(imp);                                       // checked as a whole
 *     mom_view_open(m, &view);
 *     rc = mom_import_compare(imp, view, mode, visit, user, &counts); // what it would do
 *     mom_view_close(view);
 *     mom_import_begin(imp, mode);
 *     do {
 *         mom_batch_reset(batch);  mom_view_open(m, &view);
 *         rc = mom_import_next(imp, view, batch, 1000, &more);
 *         mom_view_close(view);    mom_engine_step(m, &now, batch);   // and its actions
 *     } while (more);
 *
 * An import is held in memory, as long as the encoded records are and about 250 bytes more for each; a file that is
 * refused has changed nothing.
 */
#ifndef MOMSYNC_TRANSFER_H
#define MOMSYNC_TRANSFER_H

#include <momsync/engine.h>
#include <momsync/seal.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Bytes of a line, its end included: the largest setting, every byte escaped. */
#define MOM_TRANSFER_LINE_MAX (4 * 1024 * 1024 + 4096)
/* Number of the form that is written; older ones are read. */
#define MOM_TRANSFER_FORMAT 1

/* --- export -------------------------------------------------------------------------------------- */

struct mom_export;

struct mom_export_options {
    size_t size;     /* sizeof(struct mom_export_options) */
    int64_t time_ms; /* wall clock, for the head */
    /* NULL (or `seal` NULL): secrets are left out. Otherwise they are written sealed. Copied. */
    const struct mom_sealer *sealer;
    bool no_tombstones; /* leave out what was deleted */
    bool no_settings;   /* leave out the host's settings */
};

/* The view stays the caller's, is used until mom_export_free and must not be asked by others meanwhile. MOM_EINVAL,
 * MOM_ENOMEM. */
MOM_MUST_CHECK MOM_API int mom_export_new(struct mom_view *view,
                                          const struct mom_export_options *options,
                                          struct mom_export **ret_export);
/* The view stays open. */
MOM_API void mom_export_free(struct mom_export *exporter);
/* The next line with its line end, borrowed until the next call; empty at the end. Codes of the STORE band; MOM_ESTORE
 * also when the sealer failed. */
MOM_MUST_CHECK MOM_API int mom_export_next(struct mom_export *exporter, struct mom_str *ret_line);

/* --- import -------------------------------------------------------------------------------------- */

struct mom_import;

struct mom_import_options {
    size_t size; /* sizeof(struct mom_import_options) */
    struct mom_alloc alloc;
    const struct mom_sealer *sealer; /* opens the secrets; NULL: they are left out. Copied */
    uint64_t max_bytes;              /* memory that the content may take; 0: 256 MiB */
};

/* An import of nothing yet. MOM_EINVAL, MOM_ENOMEM. */
MOM_MUST_CHECK MOM_API int mom_import_new(const struct mom_import_options *options,
                                          struct mom_import **ret_import);
/* Forget it and what was read; nothing that was done is undone. */
MOM_API void mom_import_free(struct mom_import *import);
/* A piece of the file, of any size. MOM_EFORMAT: written by a later version; MOM_EVALUE: not our form, or a value that
 * does not fit; MOM_ETOOLONG; MOM_EEXIST: an id comes twice; MOM_ELIMIT: more than max_bytes; MOM_ENOMEM. After an
 * error all calls return it; mom_import_error says which line it was. */
MOM_MUST_CHECK MOM_API int mom_import_feed(struct mom_import *import, const void *bytes,
                                           size_t len);
/* All was fed: checks that it is complete and that relations are whole. Codes as above, MOM_ERELATION. */
MOM_MUST_CHECK MOM_API int mom_import_end(struct mom_import *import);
/* "line 12: …", "" when there was no error. Never shows a value of a field. Borrowed until the import is freed. */
MOM_API const char *mom_import_error(const struct mom_import *import);

/* The head of the file and what is in it. */
struct mom_import_info {
    int64_t time_ms;      /* when it was written */
    struct mom_park sari; /* pli 0: none */
    bool secrets;         /* it has secrets, and they were opened */
    uint64_t users, devices, tombstones, sites, settings;
};
/* False before a mom_import_end that went well. */
MOM_API bool mom_import_info(const struct mom_import *import, struct mom_import_info *ret_info);

enum mom_import_mode {
    /* Compare alone: counts as roll back does. */
    MOM_IMPORT_INSPECT,
    /* What is missing here is taken from the file, with its ids and stamps: records, groups of fields that no site has
     * told, relations of records that are free on both sides, sites and settings. Nothing that is here is overwritten;
     * what was deleted here stays deleted. In the shape of a star sites and settings are taken from an export of the
     * same node alone: one that has the node's own site. */
    MOM_IMPORT_FILL,
    /* Every record becomes what it is in the file, by new changes, so that it spreads to all sites and nodes: differing
     * groups are set, deleted records come back, records that are not in the file are deleted. Where a phone is, is no
     * matter of the file. Sites and settings are filled as above. */
    MOM_IMPORT_ROLL_BACK
};

enum mom_import_kind {
    MOM_IMPORT_CREATE = 1, /* it is not here */
    MOM_IMPORT_REVIVE,     /* it was deleted here */
    MOM_IMPORT_CHANGE,     /* `group` differs, and becomes as in the file */
    MOM_IMPORT_GAP,        /* `group` is missing here, and is filled */
    MOM_IMPORT_RELATE,     /* a device gets another user or none: here and file are ids as text */
    MOM_IMPORT_DELETE,     /* it is not in the file (or deleted there) */
    MOM_IMPORT_BURY,       /* deleted in the file, unknown here: is kept as deleted */
    MOM_IMPORT_KEEP,       /* differs or was deleted here, and stays as it is here */
    MOM_IMPORT_CLASH, /* its number, IPEI or additional id belongs to another record here: it is not made */
    MOM_IMPORT_SITE,   /* a site is not known here */
    MOM_IMPORT_SETTING /* a setting is not here */
};

struct mom_import_difference {
    enum mom_import_kind kind;
    enum mom_type type; /* 0 for sites and settings */
    uint64_t id;        /* of the record; number of the site */
    enum mom_field group;
    struct mom_str here, file; /* as text, secrets as ***; missing where there is nothing */
};
/* Borrowed for the call; false ends the comparison (the counts are then of what was seen). */
typedef bool mom_import_visit(void *user, const struct mom_import_difference *difference);

struct mom_import_counts {
    uint64_t here; /* records that are live here */
    uint64_t same; /* of those in the file: as in the file */
    uint64_t created, revived, changed, filled, related, deleted, buried; /* records */
    uint64_t kept, clashes;
    uint64_t sites, settings;
};

/* What a mode would do now, without doing it. `visit` may be NULL. MOM_ESTATE before mom_import_end; codes of the STORE
 * band. */
MOM_MUST_CHECK MOM_API int mom_import_compare(struct mom_import *import, struct mom_view *view,
                                              enum mom_import_mode mode, mom_import_visit *visit,
                                              void *user, struct mom_import_counts *ret_counts);

/* Begin to carry it out: MOM_IMPORT_FILL or MOM_IMPORT_ROLL_BACK. May be called again. */
MOM_MUST_CHECK MOM_API int mom_import_begin(struct mom_import *import, enum mom_import_mode mode);
/* Add inputs for what comes next to a batch: about `limit` (0: all at once), more where records exchange their numbers
 * with each other. *ret_more: call again after the step. What was changed by others between two steps is looked at
 * anew; after a step that failed (and a reload) begin again: what is done already is not done twice. What the rules
 * refuse (a limit of the system, for one) is answered by REFUSED with MOM_IMPORT_TAG. MOM_EIDENT: the file is of a
 * system with another SARI; the batch is unchanged. */
MOM_MUST_CHECK MOM_API int mom_import_next(struct mom_import *import, struct mom_view *view,
                                           struct mom_batch *batch, size_t limit, bool *ret_more);
#define MOM_IMPORT_TAG UINT64_C(0x696d706f7274)

#ifdef __cplusplus
}
#endif
#endif
