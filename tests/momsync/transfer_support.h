/*
 * What the tests of export and import share: exporting to a text, reading one, carrying an import
 * out, and a sealer that is no cryptography but notices a wrong key, a moved value and a changed
 * one.
 */
#ifndef TRANSFER_SUPPORT_H
#define TRANSFER_SUPPORT_H

#include "everything.h"

/* --- a sealer --------------------------------------------------------------------------------- */

enum { TOY_OVERHEAD = 8 }; /* nonce, sum */

struct toy {
    unsigned keys;   /* a bit for each key that can be used */
    unsigned serial; /* nonce */
    unsigned sealed, opened;
};

static inline uint32_t toy_sum(uint8_t key, struct mom_str context, struct mom_str text)
{
    uint32_t sum = 2166136261u ^ key;

    for (size_t i = 0; i < context.len; i++)
        sum = (sum ^ (unsigned char)context.ptr[i]) * 16777619u;
    for (size_t i = 0; i < text.len; i++)
        sum = (sum ^ (unsigned char)text.ptr[i]) * 16777619u;
    return sum;
}

static inline void toy_crypt(uint8_t key, uint32_t nonce, const unsigned char *in, size_t len,
                             unsigned char *out)
{
    uint32_t stream = nonce * 2654435761u + key;

    for (size_t i = 0; i < len; i++) {
        stream = stream * 1664525u + 1013904223u;
        out[i] = (unsigned char)(in[i] ^ (stream >> 24));
    }
}

static inline int toy_seal(void *user, uint8_t key, struct mom_str context, struct mom_str clear,
                           unsigned char *ret_sealed)
{
    struct toy *toy = user;
    uint32_t sum = toy_sum(key, context, clear), nonce = ++toy->serial;

    if (!(toy->keys & 1u << key))
        return MOM_ENOENT;
    toy->sealed++;
    memcpy(ret_sealed, &nonce, sizeof nonce);
    toy_crypt(key, nonce, (const unsigned char *)clear.ptr, clear.len, ret_sealed + 4);
    memcpy(ret_sealed + 4 + clear.len, &sum, sizeof sum);
    return MOM_OK;
}

static inline int toy_open(void *user, uint8_t key, struct mom_str context, struct mom_str sealed,
                           unsigned char *ret_clear)
{
    struct toy *toy = user;
    const unsigned char *at = (const unsigned char *)sealed.ptr;
    size_t len = sealed.len - TOY_OVERHEAD;
    uint32_t nonce, sum;

    if (!(toy->keys & 1u << key))
        return MOM_ENOENT;
    memcpy(&nonce, at, sizeof nonce);
    memcpy(&sum, at + 4 + len, sizeof sum);
    toy_crypt(key, nonce, at + 4, len, ret_clear);
    toy->opened++;
    return sum == toy_sum(key, context, (struct mom_str){(const char *)ret_clear, len})
               ? MOM_OK
               : MOM_ECORRUPT;
}

static inline struct mom_sealer toy_sealer(struct toy *toy, uint8_t key)
{
    struct mom_sealer sealer = {toy, key, TOY_OVERHEAD, toy_seal, toy_open};

    toy->keys |= 1u << key;
    return sealer;
}

/* --- export ----------------------------------------------------------------------------------- */

/* free() it. Not inlined: gcc 12 takes the text for the variable that points to it. */
__attribute__((noinline, unused)) static char *
export_engine(struct mom_engine *engine, const struct mom_export_options *options)
{
    struct mom_export *x;
    struct mom_view *view;
    struct mom_str line;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    assert_int_equal(mom_view_open(engine, &view), MOM_OK);
    assert_int_equal(mom_export_new(view, options, &x), MOM_OK);
    do {
        assert_int_equal(mom_export_next(x, &line), MOM_OK);
        fwrite(line.ptr, 1, line.len, file);
    } while (line.len > 0);
    mom_export_free(x);
    mom_view_close(view);
    assert_int_equal(fclose(file), 0);
    return text;
}

static inline char *export_of(struct world *w, const struct mom_sealer *sealer)
{
    struct mom_export_options options = {.size = sizeof options, .time_ms = w->now.wall_ms};

    options.sealer = sealer;
    return export_engine(w->engine, &options);
}

/* --- import ----------------------------------------------------------------------------------- */

static inline struct mom_import *import_new(const struct mom_sealer *sealer)
{
    struct mom_import_options options = {.size = sizeof options, .sealer = sealer};
    struct mom_import *imp;

    assert_int_equal(mom_import_new(&options, &imp), MOM_OK);
    return imp;
}

/* Feed a text in pieces. */
static inline int import_text(struct mom_import *imp, const char *text, size_t piece)
{
    size_t len = strlen(text);

    for (size_t at = 0; at < len; at += piece) {
        int rc = mom_import_feed(imp, text + at, len - at < piece ? len - at : piece);

        if (rc != MOM_OK)
            return rc;
    }
    return mom_import_end(imp);
}

static inline struct mom_import *import_read(const char *text, const struct mom_sealer *sealer)
{
    struct mom_import *imp = import_new(sealer);
    int rc = import_text(imp, text, 4096);

    if (rc != MOM_OK)
        fail_msg("%s", mom_import_error(imp));
    return imp;
}

static inline struct mom_import_counts import_compare(struct world *w, struct mom_import *imp,
                                                      enum mom_import_mode mode,
                                                      mom_import_visit *visit, void *user)
{
    struct mom_view *view = world_view(w);
    struct mom_import_counts counts;

    assert_int_equal(mom_import_compare(imp, view, mode, visit, user, &counts), MOM_OK);
    mom_view_close(view);
    return counts;
}

/* Carry it out in batches; the number of steps. */
static inline unsigned import_run(struct world *w, struct mom_import *imp,
                                  enum mom_import_mode mode, size_t limit)
{
    unsigned steps = 0;
    bool more = true;

    w->refused = 0;
    assert_int_equal(mom_import_begin(imp, mode), MOM_OK);
    while (more) {
        struct mom_view *view = world_view(w);

        assert_int_equal(mom_import_next(imp, view, w->next, limit, &more), MOM_OK);
        mom_view_close(view);
        world_run(w);
        assert_true(++steps < 1000);
    }
    return steps;
}

/* Nothing that is in the file is different here, and nothing else is here. */
static inline void assert_as_in_file(struct world *w, struct mom_import *imp)
{
    struct mom_import_counts c = import_compare(w, imp, MOM_IMPORT_INSPECT, NULL, NULL);

    assert_int_equal(c.created + c.revived + c.changed + c.deleted + c.related, 0);
    assert_int_equal(c.sites + c.settings, 0);
    assert_int_equal(c.same, c.here);
}

#endif
