/*
 * How fast libaxi reads and writes, beside expat alone over the same bytes.
 *
 * The stream is pages of 20 users with 64 attributes each, as a synchronisation reads them. "expat"
 * parses every message with empty handlers and a reset in between, which is what any reader of the
 * stream has to pay; "decode" is axi_parser_next over the stream in pieces of 16 KiB, as TLS gives
 * them, and over the whole; "read" also asks every record for every field of its type.
 */
#include <axi/axi.h>

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAGES = 400, USERS = 20, ROUNDS = 7 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct axi_str text_for(const struct axi_field *field, unsigned n, char buf[128])
{
    struct axi_str text = {buf, 0};
    if (field->flags & AXI_SECRET)
        text.len = (size_t)snprintf(buf, 128, "%064u%024u", n * 7919u, n);
    else if (field->form == AXI_INT)
        text.len = (size_t)snprintf(buf, 128, "%u", n * 17u);
    else if (field->form == AXI_BOOL)
        text.len = (size_t)snprintf(buf, 128, "%u", n & 1u);
    else if (n % 3 != 0)
        text.len = (size_t)snprintf(buf, 128, "Text %u", n);
    return text;
}

static void build_page(struct axi_msg *msg, unsigned page)
{
    struct axi_elem *root = axi_msg_start(msg, AXI_T_GetPPUserResp);
    struct axi_field field;
    axi_set_int(root, AXI_A_seq, page);
    for (unsigned u = 0; u < USERS; u++) {
        struct axi_elem *user = axi_add_child(root, "user");
        unsigned given = 0;
        for (size_t i = 0; given < 64 && axi_type_field_at(AXI_T_PPUserType, i, &field); i++) {
            char buf[128];
            if (field.form == AXI_ENUMERATED)
                axi_set_enum(user, field.attr,
                             field.of == AXI_E_PPUserMonitoringStateType ? AXI_V_Unknown
                                                                         : AXI_V_Off);
            else
                axi_set_str(user, field.attr, text_for(&field, page * USERS + u, buf));
            given++;
        }
    }
}

static void XMLCALL no_start(void *user, const XML_Char *name, const XML_Char **atts)
{
    (void)user, (void)name, (void)atts;
}

static void XMLCALL no_end(void *user, const XML_Char *name)
{
    (void)user, (void)name;
}

static size_t bare_expat(const struct axi_buf *stream)
{
    XML_Parser parser = XML_ParserCreate("UTF-8");
    size_t messages = 0;
    for (const char *at = stream->ptr, *end = at + stream->len; at < end; messages++) {
        size_t len = strlen(at);
        XML_ParserReset(parser, "UTF-8");
        XML_SetElementHandler(parser, no_start, no_end);
        if (XML_Parse(parser, at, (int)len, XML_TRUE) != XML_STATUS_OK)
            abort();
        at += len + 1;
    }
    XML_ParserFree(parser);
    return messages;
}

static size_t ask_for_everything(const struct axi_msg *msg)
{
    size_t found = 0;
    struct axi_field field;
    for (struct axi_elem *user = axi_first_child(axi_msg_root(msg), "user"); user != NULL;
         user = axi_next_sibling(user, "user"))
        for (size_t i = 0; axi_type_field_at(AXI_T_PPUserType, i, &field); i++)
            found += axi_get_str(user, field.attr).ptr != NULL;
    return found;
}

static size_t decode(const struct axi_buf *stream, size_t piece, bool ask)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    size_t messages = 0;
    for (size_t at = 0; at < stream->len; at += piece) {
        const char *data = stream->ptr + at;
        size_t len = stream->len - at < piece ? stream->len - at : piece;
        while (len > 0) {
            struct axi_msg *msg;
            if (axi_parser_next(parser, &data, &len, &msg) != AXI_OK)
                abort();
            messages += msg != NULL;
            if (msg != NULL && ask && ask_for_everything(msg) != (size_t)USERS * 64)
                abort();
        }
    }
    axi_parser_free(parser);
    return messages;
}

static size_t run_expat(const struct axi_buf *stream)
{
    return bare_expat(stream);
}
static size_t run_whole(const struct axi_buf *stream)
{
    return decode(stream, stream->len, false);
}
static size_t run_pieces(const struct axi_buf *stream)
{
    return decode(stream, 16384, false);
}
static size_t run_read(const struct axi_buf *stream)
{
    return decode(stream, stream->len, true);
}

/* One message written again and again: the same bytes as the stream has. */
static size_t run_encode(const struct axi_buf *stream)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    const char *data = stream->ptr;
    size_t len = stream->len, messages = 0;
    struct axi_msg *msg;
    struct axi_buf out = {0};
    if (axi_parser_next(parser, &data, &len, &msg) != AXI_OK)
        abort();
    for (; messages < PAGES; messages++) {
        out.len = 0;
        if (axi_encode(msg, 0, &out) != AXI_OK)
            abort();
    }
    axi_buf_done(&out);
    axi_parser_free(parser);
    return messages;
}

static const struct {
    const char *name;
    size_t (*run)(const struct axi_buf *stream);
} runs[] = {
    {"expat alone", run_expat},
    {"decode, whole stream", run_whole},
    {"decode, 16 KiB pieces", run_pieces},
    {"decode and read all", run_read},
    {"encode", run_encode},
};

int main(void)
{
    struct axi_msg *msg = axi_msg_new(NULL);
    struct axi_buf stream = {0};
    enum { COUNT = sizeof runs / sizeof runs[0] };
    double best[COUNT] = {0};
    for (unsigned i = 0; i < PAGES; i++) {
        build_page(msg, i);
        if (axi_encode(msg, 0, &stream) != AXI_OK)
            return 1;
    }
    /* Interleaved, and the best of each: the machine's moods hit all alike. */
    for (int round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            double start = now();
            if (runs[i].run(&stream) != PAGES)
                return 1;
            double rate = (double)stream.len / (now() - start) / 1e6;
            if (rate > best[i])
                best[i] = rate;
        }
    }
    printf("axi: %.1f MB in %d messages, %d records of 64 attributes\n", (double)stream.len / 1e6,
           PAGES, PAGES * USERS);
    for (size_t i = 0; i < COUNT; i++)
        printf("  %-24s %8.1f MB/s  %5.0f %% of expat alone\n", runs[i].name, best[i],
               100 * best[i] / best[0]);
    axi_buf_done(&stream);
    axi_msg_free(msg);
    return 0;
}
