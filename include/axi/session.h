/*
 * What a conversation needs beside messages: answers found by `seq`, answer codes, replies of a server,
 * and secrets encrypted for the peer.
 */
#ifndef AXI_SESSION_H
#define AXI_SESSION_H

#include <axi/message.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- requests that wait for their answers ------------------------------------------------------- */

struct axi_calls;

/* One outstanding request. */
struct axi_call {
    enum axi_type request;
    int64_t seq;
    uint64_t tag;        /* the caller's, given back as it was */
    int64_t deadline_ms; /* on the caller's clock */
};

/* At most `max` requests wait at a time. NULL on no memory. */
AXI_API struct axi_calls *axi_calls_new(const struct axi_alloc *alloc, size_t max);
AXI_API void axi_calls_free(struct axi_calls *calls);
/* Number the request (sets its `seq`) and remember it. AXI_EFULL when `max` are waiting. Numbers go up
 * from 1 to 2^31 - 1 and then begin again. */
AXI_MUST_CHECK AXI_API int axi_calls_begin(struct axi_calls *calls, struct axi_msg *request,
                                           uint64_t tag, int64_t deadline_ms);
/* Find and forget the request that `response` answers: by seq, or without one the oldest request of
 * the response's name. With a seq the name must fit as well. AXI_ENOENT when there is none (a late
 * answer after its time-out, or nonsense). */
AXI_MUST_CHECK AXI_API int axi_calls_match(struct axi_calls *calls, const struct axi_msg *response,
                                           struct axi_call *ret_call);
/* Take out one request whose deadline is at or before now_ms; false when none is. */
AXI_API bool axi_calls_expired(struct axi_calls *calls, int64_t now_ms, struct axi_call *ret_call);
/* Earliest deadline, INT64_MAX when nothing waits. */
AXI_API int64_t axi_calls_deadline(const struct axi_calls *calls);
AXI_API size_t axi_calls_count(const struct axi_calls *calls);
/* Forget all: the link is gone. */
AXI_API void axi_calls_clear(struct axi_calls *calls);

/* --- answers ------------------------------------------------------------------------------------ */

/* Why a request was refused, as its answer says it. Borrowed from the answer. */
struct axi_refusal {
    enum axi_value code; /* NOTHING: it was not refused; EFailed for a code we do not know */
    struct axi_str text; /* the code as it came */
    struct axi_str bad;  /* name of the offending attribute or element; ptr NULL when not told */
    struct axi_str info; /* free text for logs; ptr NULL when not told */
    int64_t max_len;     /* with ETooLong: characters allowed; 0 when not told */
};
AXI_API struct axi_refusal axi_answer_refusal(const struct axi_msg *response);
/* The answer's errCode: AXI_V_NOTHING for success, the code's value, or AXI_V_EFailed for a code that the
 * catalogue does not know. */
AXI_API enum axi_value axi_answer_code(const struct axi_msg *response);
/* Begin the answer to `request` in `answer`: its name is the request's with Resp behind it, its seq the
 * request's if that had one. */
AXI_API struct axi_elem *axi_answer_start(struct axi_msg *answer, const struct axi_msg *request);
/* The same with an error. `bad` (name of the offending attribute) and `info` (English, for logs) may be
 * NULL. */
AXI_API struct axi_elem *axi_answer_error(struct axi_msg *answer, const struct axi_msg *request,
                                          enum axi_value code, const char *bad, const char *info);

/* The same with ETooLong: `max_len` characters are allowed. */
AXI_API struct axi_elem *axi_answer_too_long(struct axi_msg *answer, const struct axi_msg *request,
                                             const char *bad, int64_t max_len);

/* --- secrets ------------------------------------------------------------------------------------ */

/* An RSA public key as AXI writes it: hexadecimal text, without prefix. */
struct axi_public_key {
    struct axi_str modulus, exponent;
};

/*
 * Cryptography is the host's (RSA with PKCS#1 v1.5 padding, written as base64). `encrypt` writes the base64 text
 * and its length and returns AXI_OK, or AXI_ESECRET when the key is not usable or the text too long
 * for it (key bytes - 11).
 */
struct axi_secret_ops {
    void *user;
    int (*encrypt)(void *user, const struct axi_public_key *key, struct axi_str plain,
                   char *ret_text, size_t max, size_t *ret_len);
    /* With the host's own private key; `text` is base64. AXI_ESECRET when it is not for that key or does not fit. NULL
     * when the host has no private key. */
    int (*decrypt)(void *user, struct axi_str text, char *ret_plain, size_t max, size_t *ret_len);
};
/* Longest base64 text of a secret: an 8192-bit key. */
#define AXI_SECRET_TEXT_MAX 1368

/* Set `attr` to `plain`, encrypted for `key`. Returns what the hook returned; on error nothing is set. */
AXI_MUST_CHECK AXI_API int axi_set_secret(struct axi_elem *elem, enum axi_attr attr,
                                          struct axi_str plain, const struct axi_public_key *key,
                                          const struct axi_secret_ops *ops);
/* Decrypt the value of `attr` into ret_plain (no end mark; the caller wipes it after use). AXI_ENOENT when the
 * attribute is absent, AXI_EINVAL when ops cannot decrypt. */
AXI_MUST_CHECK AXI_API int axi_get_secret(const struct axi_elem *elem, enum axi_attr attr,
                                          const struct axi_secret_ops *ops, char *ret_plain,
                                          size_t max, size_t *ret_len);

#ifdef __cplusplus
}
#endif
#endif
