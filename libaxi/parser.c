/*
 * Framing: finds the messages in the stream, holds the beginning of one that is not complete, keeps
 * the limits, and has a broken message mended once.
 *
 * A message that lies wholly in the caller's bytes is parsed where it is; only what spans reads is
 * copied. What is held never exceeds max_message.
 */
#include <axi/check.h>
#include <axi/parser.h>

#include <limits.h>
#include <string.h>

#include "alloc.h"
#include "buf.h"
#include "repair.h"
#include "text.h"
#include "xml.h"

enum {
    MAX_MESSAGE = 1 << 20,
    MAX_DEPTH = 16,
    MAX_ATTRS = 1024,
    MAX_ELEMS = 4096,
    /* Memory for ordinary messages stays with the parser; what an unusual one took is given back. A
     * hub has hundreds of parsers. */
    KEEP_BUFFER = 64 << 10,
    KEEP_TREE = 512 << 10
};
/* expat counts in int, and a mended copy can have three times the size. */
#define LARGEST_MESSAGE ((size_t)INT_MAX / 4)

struct axi_parser {
    struct axi_parser_options options;
    struct axi__xml *xml;
    struct axi_msg *msg;
    struct axi_buf held;    /* beginning of the message that is not complete */
    struct axi_buf mended;  /* the copy of a message that was mended */
    bool skipping;          /* inside a message that was given up */
    uint64_t message_start; /* offset in the stream */
    struct axi_parser_stats stats;
    struct axi_parse_error error;
};

static struct axi_parser_options with_defaults(const struct axi_parser_options *options)
{
    struct axi_parser_options o = {0};
    if (options != NULL)
        o = *options;
    if (o.max_message == 0)
        o.max_message = MAX_MESSAGE;
    if (o.max_message > LARGEST_MESSAGE)
        o.max_message = LARGEST_MESSAGE;
    if (o.max_depth == 0)
        o.max_depth = MAX_DEPTH;
    if (o.max_attrs == 0)
        o.max_attrs = MAX_ATTRS;
    if (o.max_elems == 0)
        o.max_elems = MAX_ELEMS;
    return o;
}

struct axi_parser *axi_parser_new(const struct axi_parser_options *options)
{
    struct axi_parser_options full = with_defaults(options);
    struct axi_parser *parser = axi__realloc(&full.alloc, NULL, sizeof *parser);
    if (parser == NULL)
        return NULL;
    memset(parser, 0, sizeof *parser);
    parser->options = full;
    parser->held.alloc = parser->mended.alloc = full.alloc;
    parser->msg = axi_msg_new(&full.alloc);
    parser->xml = axi__xml_new(&full);
    if (parser->msg == NULL || parser->xml == NULL) {
        axi_parser_free(parser);
        return NULL;
    }
    return parser;
}

void axi_parser_free(struct axi_parser *parser)
{
    if (parser == NULL)
        return;
    struct axi_alloc hook = parser->options.alloc;
    axi_buf_done(&parser->held);
    axi_buf_done(&parser->mended);
    axi__xml_free(parser->xml);
    axi_msg_free(parser->msg);
    axi__free(&hook, parser);
}

void axi_parser_reset(struct axi_parser *parser)
{
    axi_buf_done(&parser->held);
    axi__msg_clear(parser->msg, KEEP_TREE);
    parser->skipping = false;
    parser->message_start = parser->stats.bytes;
}

/* --- errors */

static void set_text(struct axi_parse_error *error, const char *text)
{
    size_t len = strlen(text);
    if (len >= sizeof error->text)
        len = sizeof error->text - 1;
    memcpy(error->text, text, len);
    error->text[len] = '\0';
}

static int report(struct axi_parser *parser, int code, size_t offset, const char *text)
{
    parser->stats.errors++;
    parser->error.code = code;
    parser->error.offset = offset;
    parser->error.stream_offset = parser->message_start + offset;
    parser->error.path[0] = '\0';
    set_text(&parser->error, text);
    return code;
}

/* The rest of the message, up to its NUL, is passed over by what follows. */
static int give_up(struct axi_parser *parser, int code, size_t offset)
{
    axi_buf_done(&parser->held);
    parser->skipping = true;
    return report(parser, code, offset, axi_err_text(code));
}

/* --- one whole message */

static struct axi__xml_result parse_mended(struct axi_parser *parser, const char *data, size_t len,
                                           size_t mended_len)
{
    struct axi__xml_result result = {AXI_ENOMEM, 0, axi_err_text(AXI_ENOMEM)};
    if (!axi__buf_reserve(&parser->mended, mended_len))
        return result;
    axi__repair(data, len, parser->mended.ptr);
    axi__msg_clear(parser->msg, KEEP_TREE);
    result = axi__xml_parse(parser->xml, parser->mended.ptr, mended_len, parser->msg);
    if (parser->mended.cap > KEEP_BUFFER)
        axi_buf_done(&parser->mended);
    struct axi__origins origins = {data, len, 0, 0};
    if (result.code != AXI_OK) {
        result.offset = axi__repair_origin(&origins, result.offset);
        return result;
    }
    parser->msg->repaired = true;
    struct axi_elem *root = parser->msg->root;
    for (struct axi_elem *elem = root; elem != NULL; elem = axi_next_in_tree(root, elem))
        elem->offset = (uint32_t)axi__repair_origin(&origins, elem->offset);
    return result;
}

/* The first finding of a strict parser as the error. */
static int refuse(struct axi_parser *parser, const struct axi_finding *finding)
{
    int rc = report(parser, AXI_EINVALID, finding->offset, axi_rule_text(finding->rule));
    axi_finding_path(finding, parser->error.path, sizeof parser->error.path);
    return rc;
}

static int parse(struct axi_parser *parser, const char *data, size_t len)
{
    struct axi__xml_result result = axi__xml_parse(parser->xml, data, len, parser->msg);
    if (result.code == AXI_EMALFORMED) {
        size_t mended_len = axi__repair_size(data, len);
        if (mended_len > 0)
            result = parse_mended(parser, data, len, mended_len);
    }
    if (result.code != AXI_OK) {
        axi__msg_clear(parser->msg, KEEP_TREE);
        return report(parser, result.code, result.offset, result.text);
    }
    struct axi_str source = {data, len};
    struct axi_finding finding;
    if (parser->options.strict && axi_check(parser->msg, source, &finding, 1) > 0) {
        int rc = refuse(parser, &finding);
        axi__msg_clear(parser->msg, KEEP_TREE);
        return rc;
    }
    parser->stats.messages++;
    parser->stats.repaired += parser->msg->repaired;
    return AXI_OK;
}

/* --- the stream */

static void take(struct axi_parser *parser, const char **data, size_t *len, size_t n)
{
    *data += n;
    *len -= n;
    parser->stats.bytes += n;
}

static bool hold(struct axi_parser *parser, const char *data, size_t len)
{
    struct axi_buf *held = &parser->held;
    /* The buffer doubles, but not past the limit: what is held is at most one message. */
    if (held->cap - held->len < len && held->len + len > parser->options.max_message / 2) {
        char *grown = axi__realloc(&held->alloc, held->ptr, parser->options.max_message);
        if (grown == NULL)
            return false;
        held->ptr = grown;
        held->cap = parser->options.max_message;
    }
    if (!axi__buf_reserve(held, len))
        return false;
    if (len > 0)
        axi__buf_put(held, data, len);
    return true;
}

static void skip(struct axi_parser *parser, const char **data, size_t *len)
{
    const char *nul = memchr(*data, '\0', *len);
    take(parser, data, len, nul != NULL ? (size_t)(nul - *data) + 1 : *len);
    if (nul == NULL)
        return;
    parser->skipping = false;
    parser->message_start = parser->stats.bytes;
}

/* The message that ends at *data + part: parse it and take it with its NUL. */
static int finish(struct axi_parser *parser, const char **data, size_t *len, size_t part,
                  struct axi_msg **ret_msg)
{
    const char *message = *data;
    size_t size = part;
    int rc = AXI_OK;
    if (parser->held.len > 0) {
        if (!hold(parser, *data, part))
            return give_up(parser, AXI_ENOMEM, parser->held.len);
        message = parser->held.ptr;
        size = parser->held.len;
    }
    take(parser, data, len, part + 1);
    if (!axi__is_blank(message, size)) {
        rc = parse(parser, message, size);
        *ret_msg = rc == AXI_OK ? parser->msg : NULL;
    }
    parser->message_start = parser->stats.bytes;
    parser->held.len = 0;
    if (parser->held.cap > KEEP_BUFFER)
        axi_buf_done(&parser->held);
    return rc;
}

/* *data has at least one byte. Sets *ret_more when there may be another message in it. */
static int advance(struct axi_parser *parser, const char **data, size_t *len,
                   struct axi_msg **ret_msg)
{
    if (parser->skipping) {
        skip(parser, data, len);
        return AXI_OK;
    }
    size_t room = parser->options.max_message - parser->held.len;
    size_t scan = *len <= room ? *len : room + 1;
    const char *nul = memchr(*data, '\0', scan);
    if (nul != NULL)
        return finish(parser, data, len, (size_t)(nul - *data), ret_msg);
    if (scan > room) {
        take(parser, data, len, scan);
        return give_up(parser, AXI_ETOOLONG, parser->options.max_message);
    }
    bool held = hold(parser, *data, scan);
    take(parser, data, len, scan);
    return held ? AXI_OK : give_up(parser, AXI_ENOMEM, parser->held.len);
}

int axi_parser_next(struct axi_parser *parser, const char **data, size_t *len,
                    struct axi_msg **ret_msg)
{
    int rc = AXI_OK;
    *ret_msg = NULL;
    axi__msg_clear(parser->msg, KEEP_TREE);
    while (rc == AXI_OK && *ret_msg == NULL && *len > 0)
        rc = advance(parser, data, len, ret_msg);
    return rc;
}

const struct axi_parse_error *axi_parser_error(const struct axi_parser *parser)
{
    return &parser->error;
}

struct axi_parser_stats axi_parser_stats(const struct axi_parser *parser)
{
    return parser->stats;
}

size_t axi_parser_held(const struct axi_parser *parser)
{
    return parser->held.len;
}
