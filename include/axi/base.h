/*
 * What every libaxi header needs: the export mark, the memory hook, and the error codes.
 *
 * libaxi keeps no global state and takes no clock, socket, file or thread: it turns bytes into
 * messages and messages into bytes. Objects are independent of each other; one object belongs to one
 * thread at a time, and what is borrowed from it to the same. Functions without an object (the catalogue, names of
 * errors) may be called from all threads at once.
 *
 * Messages and elements may be NULL wherever they are only read, and then have nothing in them. Other pointers (the
 * object that a function works on, what it fills) are NULL only where the text says so. No data from the network can
 * make a function fail otherwise than by its error code.
 *
 * Ownership words used in these headers:
 *   x_new / x_free    the library allocates; free takes NULL
 *   borrowed          a pointer that stays valid as long as the text says, and is never freed
 *   ret_…             a result, written on success only
 */
#ifndef AXI_BASE_H
#define AXI_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define AXI_API        __attribute__((visibility("default")))
#define AXI_MUST_CHECK __attribute__((warn_unused_result))
#else
#define AXI_API
#define AXI_MUST_CHECK
#endif

/*
 * Memory hook, given by value to every x_new; NULL functions mean the C library's. `user` is passed
 * through. `realloc` is called with a NULL pointer to allocate and never with size 0.
 */
struct axi_alloc {
    void *user;
    void *(*realloc)(void *user, void *ptr, size_t size);
    void (*free)(void *user, void *ptr);
};

/*
 * Result codes. 0 is success, negative is an error. What the link does about it is in the second
 * column: MISUSE is a mistake of the calling program, PEER is what the other side sent (the message is
 * dropped, the parser goes on with the next one), LIMIT is a configured bound, MEMORY is fatal for the
 * object's current message.
 */
#define AXI_ERRORS(E)                                                                              \
    E(EINVAL, -1, MISUSE, "argument out of range")                                                 \
    E(ESTATE, -2, MISUSE, "not possible in this state")                                            \
    E(ENOENT, -3, MISUSE, "no such attribute, element or name")                                    \
    E(EMALFORMED, -10, PEER, "not well-formed XML")                                                \
    E(EUTF8, -11, PEER, "not valid UTF-8")                                                         \
    E(EDTD, -12, PEER, "document type declarations and entities are refused")                      \
    E(EVALUE, -13, PEER, "attribute value does not have the form of its type")                     \
    E(EINVALID, -14, PEER, "message differs from the catalogue")                                   \
    E(ETOOLONG, -20, LIMIT, "message is longer than the limit")                                    \
    E(EDEPTH, -21, LIMIT, "elements are nested deeper than the limit")                             \
    E(EATTRS, -22, LIMIT, "more attributes in one element than the limit")                         \
    E(ENODES, -23, LIMIT, "more elements in one message than the limit")                           \
    E(EFULL, -24, LIMIT, "too many requests are outstanding")                                      \
    E(ENOMEM, -30, MEMORY, "out of memory")                                                        \
    E(ESECRET, -31, PEER, "secret cannot be encrypted for this peer")

enum axi_err {
#define AXI_ERR_ENUM(name, code, band, text) AXI_##name = code,
    AXI_ERRORS(AXI_ERR_ENUM)
#undef AXI_ERR_ENUM
        AXI_OK = 0,
    AXI_ERR_WIDTH_ = 0x7fffffff
};

/* Name of a code ("AXI_EUTF8") and its text; "AXI_E?" and "unknown error" for others. Never NULL. */
AXI_API const char *axi_err_name(int code);
AXI_API const char *axi_err_text(int code);

/* Version of the library in use, for example "0.1.0". */
AXI_API const char *axi_version(void);

/* A piece of text that something else owns; not terminated. A missing one has ptr NULL, an empty one
 * has a non-NULL ptr and len 0. */
struct axi_str {
    const char *ptr;
    size_t len;
};

#ifdef __cplusplus
}
#endif
#endif
