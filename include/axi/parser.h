/*
 * Bytes to messages. AXI frames a message as one XML element in UTF-8 followed by one byte 0; several
 * can arrive in one read and one can span many.
 *
 *     while (len > 0 || …) {
 *         rc = axi_parser_next(p, &data, &len, &msg);
 *         if (rc < 0) report(axi_parser_error(p));    // that message is gone, the next call goes on
 *         else if (msg == NULL) break;                // all bytes taken, more are needed
 *         else handle(msg);
 *     }
 *
 * The parser holds at most one message and never more than max_message bytes of it. DTDs and entity
 * declarations are refused (AXI_EDTD), and so is a message that says it is in another encoding than
 * UTF-8 (AXI_EUTF8); a byte order mark of UTF-8 is passed over. Real OMMs put control characters into
 * texts, which XML forbids: such a message is parsed once more with each of them replaced by U+FFFD,
 * counted, and marked as repaired. So are U+FFFE, U+FFFF and references to what is no character.
 */
#ifndef AXI_PARSER_H
#define AXI_PARSER_H

#include <axi/message.h>

#ifdef __cplusplus
extern "C" {
#endif

struct axi_parser;

/* Limits; 0 takes the default. What passes one is refused with the code named here. */
struct axi_parser_options {
    /* For all memory, that of expat too. */
    struct axi_alloc alloc;
    /* Bytes without the NUL, default 1 MiB: AXI_ETOOLONG as soon as it is passed; the rest up to the next NUL is
     * skipped without being kept. */
    size_t max_message;
    /* Nested elements, default 16: AXI_EDEPTH. */
    unsigned max_depth;
    /* Attributes of one element, default 1024: AXI_EATTRS. */
    unsigned max_attrs;
    /* Elements of one message, default 4096: AXI_ENODES. */
    unsigned max_elems;
    /* Refuse what axi_check finds anything about: AXI_EINVALID. */
    bool strict;
};

/* options NULL: all defaults. NULL on no memory. */
AXI_API struct axi_parser *axi_parser_new(const struct axi_parser_options *options);
AXI_API void axi_parser_free(struct axi_parser *parser);
/* Forget a half-read message: for a new connection. Counters stay. */
AXI_API void axi_parser_reset(struct axi_parser *parser);

/*
 * Take bytes from *data, up to the end of the next message, and advance *data and *len by what was
 * taken. Returns AXI_OK with *ret_msg the message (borrowed until the next call on this parser) or NULL
 * when all bytes were taken and the message is not complete. On error *ret_msg is NULL, the bytes of the
 * broken message are taken (now or, for one that is too long, by the following calls) and the next call
 * goes on behind it. Empty messages (two NULs in a row) are passed over.
 */
AXI_MUST_CHECK AXI_API int axi_parser_next(struct axi_parser *parser, const char **data,
                                           size_t *len, struct axi_msg **ret_msg);

/* What the last error was. Borrowed until the next call that returns an error. */
struct axi_parse_error {
    int code;
    size_t offset;          /* byte within the message at which it was noticed */
    uint64_t stream_offset; /* the same, from the first byte ever given to this parser */
    char text[96];          /* what the XML parser or the rule said, for logs */
    char path[160];         /* place of a finding (check.h) in a strict parser, else "" */
};
AXI_API const struct axi_parse_error *axi_parser_error(const struct axi_parser *parser);

/* What went through a parser since it was made; `repaired` are among the messages. */
struct axi_parser_stats {
    uint64_t bytes, messages, errors, repaired;
};
/* The counters as they are now. */
AXI_API struct axi_parser_stats axi_parser_stats(const struct axi_parser *parser);

/* Bytes of an unfinished message that the parser holds. */
AXI_API size_t axi_parser_held(const struct axi_parser *parser);

#ifdef __cplusplus
}
#endif
#endif
