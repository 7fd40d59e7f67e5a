/*
 * What every libmomsync header needs: export mark, memory hook, result codes, time.
 *
 * libmomsync reads no clock, opens nothing, starts no thread and prints nothing. Several engines live in one
 * process; one engine belongs to one thread at a time.
 *
 * Ownership words used in these headers:
 *   x_new / x_free     the library allocates; free takes NULL
 *   x_init / x_done    the caller's storage
 *   borrowed           valid as long as the text says, never freed
 *   ret_…              a result, written on success only
 */
#ifndef MOMSYNC_BASE_H
#define MOMSYNC_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MOM_API        __attribute__((visibility("default")))
#define MOM_MUST_CHECK __attribute__((warn_unused_result))
#else
#define MOM_API
#define MOM_MUST_CHECK
#endif

/* Memory hook by value; NULL functions mean the C library's. `realloc` gets a NULL pointer to allocate. LMDB
 * and the C library below it do not use it. */
struct mom_alloc {
    void *user;
    void *(*realloc)(void *user, void *ptr, size_t size);
    void (*free)(void *user, void *ptr);
};

/* Text or bytes that something else owns; not terminated. Missing: ptr NULL. Empty: ptr not NULL, len 0. */
struct mom_str {
    const char *ptr;
    size_t len;
};

/*
 * Result codes; 0 is success. Bands: MISUSE is a mistake of the calling program; REFUSED says that the rules of
 * the data do not allow it and nothing was changed; STORE is fatal for the engine: the batch is dropped and
 * the only way on is mom_engine_reload.
 */
#define MOM_ERRORS(E)                                                                              \
    E(EINVAL, -1, MISUSE, "argument out of range")                                                 \
    E(ESTATE, -2, MISUSE, "not possible in this state")                                            \
    E(ENOENT, -20, REFUSED, "no such record")                                                      \
    E(EFIELD, -21, REFUSED, "no such field, or it cannot be set")                                  \
    E(EVALUE, -22, REFUSED, "value does not have the form of its field")                           \
    E(ETOOLONG, -23, REFUSED, "value is longer than its field")                                    \
    E(EEXIST, -24, REFUSED, "number, IPEI or additional id is in use")                             \
    E(ERELATION, -25, REFUSED, "user and device cannot be bound like this")                        \
    E(ELIMIT, -26, REFUSED, "a limit of the system is reached")                                    \
    E(EIDENT, -27, REFUSED, "identity is not valid")                                               \
    E(EHISTORY, -31, REFUSED, "the history does not go back so far")                               \
    E(ENOMEM, -40, STORE, "out of memory")                                                         \
    E(ESTORE, -41, STORE, "the store failed")                                                      \
    E(EFULL, -42, STORE, "the disk or the store's map is full")                                    \
    E(ECORRUPT, -43, STORE, "the store holds something that is not ours")                          \
    E(EFORMAT, -44, STORE, "the store has a newer format")                                         \
    E(ELOCKED, -45, STORE, "the store is in use by another process")

enum mom_err {
#define MOM_ERR_ENUM(name, code, band, text) MOM_##name = code,
    MOM_ERRORS(MOM_ERR_ENUM)
#undef MOM_ERR_ENUM
        MOM_OK = 0,
    MOM_ERR_WIDTH_ = 0x7fffffff
};

/* "MOM_EEXIST"; its text. Never NULL. True for the STORE band. */
MOM_API const char *mom_err_name(int code);
MOM_API const char *mom_err_text(int code);
MOM_API bool mom_err_is_fatal(int code);

/* "0.1.0" */
MOM_API const char *mom_version(void);

/* The two clocks, read by the host: monotonic for timers, wall (Unix, UTC) for stamps. Milliseconds. */
struct mom_now {
    int64_t mono_ms;
    int64_t wall_ms;
};

/* No deadline. */
#define MOM_NEVER INT64_MAX

#ifdef __cplusplus
}
#endif
#endif
