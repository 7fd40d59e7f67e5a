/*
 * What a parser says to a stream, as text, so that one table row is compared with every split of its bytes: a line for
 * each message (as it is encoded, with "~" in front when it was mended) and for each error ("!EUTF8 at 6").
 */
#ifndef TESTS_AXI_TRANSCRIPT_H
#define TESTS_AXI_TRANSCRIPT_H

#include "axi/support.h"

/* Lengths of the pieces in which every stream is read; 0 stands for all of it at once. */
static const size_t transcript_chunks[] = {0, 1, 2, 3, 4, 5, 6, 7};
enum { TRANSCRIPT_CHUNKS = sizeof transcript_chunks / sizeof transcript_chunks[0] };

struct transcript {
    char *text;
    size_t len, room;
};

static inline void transcript_add(struct transcript *t, const char *bytes, size_t len)
{
    if (t->room - t->len <= len) {
        t->room = 2 * t->room + len + 1;
        t->text = realloc(t->text, t->room);
        assert_non_null(t->text);
    }
    memcpy(t->text + t->len, bytes, len);
    t->len += len;
    t->text[t->len] = '\0';
}

static inline void transcript_message(struct transcript *t, const struct axi_msg *msg)
{
    char *text = encoded(msg, 0);
    if (axi_msg_repaired(msg))
        transcript_add(t, "~", 1);
    transcript_add(t, text, strlen(text));
    transcript_add(t, "\n", 1);
    free(text);
}

/* The place of the error in the stream is checked against the bytes: the message begins with them or
 * behind a NUL. `before` are the bytes that the parser got before this stream. */
static inline void transcript_error(struct transcript *t, const struct axi_parse_error *error,
                                    const char *bytes, uint64_t before)
{
    char line[160];
    uint64_t start = error->stream_offset - error->offset;
    assert_true(start >= before);
    assert_true(start == before || bytes[start - before - 1] == '\0');
    assert_true(strlen(error->text) > 0);
    int len = snprintf(line, sizeof line, "!%s at %zu%s%s\n", axi_err_name(error->code) + 4,
                       error->offset, error->path[0] != '\0' ? " " : "", error->path);
    transcript_add(t, line, (size_t)len);
}

/* Reads the stream in pieces of `chunk` bytes. Each piece lies in memory of its own, so that sanitizers see what is
 * read beyond it. The text is to be freed. */
static inline char *transcript_of(struct axi_parser *parser, const char *bytes, size_t len,
                                  size_t chunk)
{
    struct transcript t = {0};
    uint64_t before = axi_parser_stats(parser).bytes;
    transcript_add(&t, "", 0);
    for (size_t at = 0; at < len;) {
        size_t left = chunk == 0 || len - at < chunk ? len - at : chunk;
        char *piece = malloc(left);
        memcpy(piece, bytes + at, left);
        at += left;
        const char *data = piece;
        while (left > 0) {
            struct axi_msg *msg;
            size_t had = left;
            int rc = axi_parser_next(parser, &data, &left, &msg);
            assert_true(left < had && data == piece + (data - piece));
            assert_true(rc == AXI_OK || msg == NULL);
            if (rc != AXI_OK) {
                assert_int_equal(axi_parser_error(parser)->code, rc);
                transcript_error(&t, axi_parser_error(parser), bytes, before);
            } else if (msg != NULL) {
                transcript_message(&t, msg);
            } else {
                assert_int_equal(left, 0);
            }
        }
        free(piece);
    }
    assert_true(axi_parser_stats(parser).bytes == before + len);
    return t.text;
}

struct transcript_row {
    const char *bytes;
    size_t len;
    const char *expected;
};
/* A stream that ends with its NUL. */
#define STREAM(bytes, expected)                                                                    \
    {                                                                                              \
        bytes, sizeof(bytes), expected                                                             \
    }
/* One that ends in the middle of a message. */
#define OPEN_STREAM(bytes, expected)                                                               \
    {                                                                                              \
        bytes, sizeof(bytes) - 1, expected                                                         \
    }

/* Every row at every split: with one parser for all rows one after the other (what a row leaves behind
 * must not reach the next), and the message behind each row is read. */
static inline void check_transcripts(const struct axi_parser_options *options,
                                     const struct transcript_row *rows, size_t count)
{
    for (size_t c = 0; c < TRANSCRIPT_CHUNKS; c++) {
        struct axi_parser *parser = axi_parser_new(options);
        for (size_t i = 0; i < count; i++) {
            char *got = transcript_of(parser, rows[i].bytes, rows[i].len, transcript_chunks[c]);
            if (strcmp(got, rows[i].expected) != 0)
                fail_msg("in pieces of %zu: %s\ngives\n%s\nand not\n%s", transcript_chunks[c],
                         rows[i].bytes, got, rows[i].expected);
            free(got);
            if (rows[i].bytes[rows[i].len - 1] != '\0')
                axi_parser_reset(parser);
            assert_int_equal(axi_parser_held(parser), 0);
            assert_int_equal(axi_msg_type(parse(parser, "<Ping/>")), AXI_T_Ping);
        }
        axi_parser_free(parser);
    }
}

#endif
