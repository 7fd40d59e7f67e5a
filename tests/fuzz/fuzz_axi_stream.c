/*
 * Fuzz target: any bytes at any splits into the parser. However a stream is cut, the same messages
 * and the same errors at the same places come out; what comes out survives being written and read
 * again; limits and memory are kept; a strict parser gives what a tolerant one gives, less what
 * has findings.
 *
 * Input: byte 0 chooses limits and strictness, byte 1 how the stream is cut (0: not at all, below
 * 128: pieces of that length, else pieces of changing lengths); the rest is the stream.
 */
#include "fuzz/fuzz_axi.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    ST_SHORT = 1,
    ST_FLAT = 2,
    ST_FEW_ATTRS = 4,
    ST_FEW_ELEMS = 8,
    ST_STRICT = 16,
    ST_RESET = 32
};

static struct axi_parser_options st_options(unsigned choice, struct fz_axi_memory *memory)
{
    struct axi_parser_options options = {.alloc = fz_axi_hook(memory)};
    options.max_message = choice & ST_SHORT ? 64 : 0;
    options.max_depth = choice & ST_FLAT ? 2 : 0;
    options.max_attrs = choice & ST_FEW_ATTRS ? 3 : 0;
    options.max_elems = choice & ST_FEW_ELEMS ? 3 : 0;
    options.strict = (choice & ST_STRICT) != 0;
    return options;
}

/* What a stream gave, as bytes: to be compared with what it gives when it is cut otherwise. */
static void st_note_message(struct axi_buf *notes, const struct axi_msg *msg, bool strict)
{
    struct axi_finding findings[4];
    struct axi_str unknown = {NULL, 0};
    bool repaired = axi_msg_repaired(msg);
    must(axi_check(msg, unknown, findings, 4) == 0 || !strict);
    fz_axi_read(axi_msg_root(msg));
    fz_axi_round_trip(msg);
    fz_axi_append(notes, &repaired, sizeof repaired);
    must(axi_encode(msg, 0, notes) == AXI_OK);
}

static void st_note_error(struct axi_buf *notes, const struct axi_parser *parser, int rc,
                          uint64_t so_far)
{
    const struct axi_parse_error *error = axi_parser_error(parser);
    must(error->code == rc && axi_err_text(rc) != NULL && error->text[0] != '\0');
    must(memchr(error->text, '\0', sizeof error->text) != NULL);
    must(memchr(error->path, '\0', sizeof error->path) != NULL);
    must(error->stream_offset <= so_far);
    must((rc == AXI_EINVALID) == (error->path[0] == '/'));
    fz_axi_append(notes, &error->code, sizeof error->code);
    fz_axi_append(notes, &error->stream_offset, sizeof error->stream_offset);
}

static size_t st_piece(unsigned choice, unsigned *turn, size_t left)
{
    size_t piece = choice == 0 ? left : choice;
    if (choice >= 128) {
        *turn = *turn * 5 + choice;
        piece = 1 + (*turn >> 3) % 23;
    }
    return piece < left ? piece : left;
}

static void st_run(const uint8_t *data, size_t size, unsigned limits, unsigned cut,
                   struct axi_buf *notes)
{
    struct fz_axi_memory memory = {.bound = (1u << 20) + 256 * size};
    struct axi_parser_options options = st_options(limits, &memory);
    struct axi_parser *parser = axi_parser_new(&options);
    const char *at = (const char *)data, *end = at + size;
    uint64_t messages = 0, errors = 0;
    unsigned turn = 0;
    must(parser != NULL);
    while (at < end) {
        const char *bytes = at;
        size_t len = st_piece(cut, &turn, (size_t)(end - at));
        at += len;
        for (struct axi_msg *msg = NULL;;) {
            int rc = axi_parser_next(parser, &bytes, &len, &msg);
            must(rc <= 0 && (rc == AXI_OK || msg == NULL));
            must(axi_parser_held(parser) <= (options.max_message ? options.max_message : 1u << 20));
            if (rc != AXI_OK)
                st_note_error(notes, parser, rc, (uint64_t)(bytes - (const char *)data));
            else if (msg != NULL)
                st_note_message(notes, msg, options.strict);
            errors += rc != AXI_OK;
            messages += msg != NULL;
            if (msg == NULL && rc == AXI_OK)
                break;
        }
        must(len == 0 && bytes == at);
    }
    struct axi_parser_stats stats = axi_parser_stats(parser);
    must(stats.bytes == size && stats.messages == messages && stats.errors == errors);
    axi_parser_free(parser);
    must(memory.live == 0);
}

/* A connection that breaks in the middle: the next one begins afresh. */
static void st_run_broken(const uint8_t *data, size_t size, unsigned limits)
{
    struct fz_axi_memory memory = {.bound = (1u << 20) + 256 * size};
    struct axi_parser_options options = st_options(limits & ~(unsigned)ST_STRICT, &memory);
    struct axi_parser *parser = axi_parser_new(&options);
    const char *at = (const char *)data;
    size_t half = size / 2;
    struct axi_msg *msg;
    must(parser != NULL);
    while (half > 0) {
        int rc = axi_parser_next(parser, &at, &half, &msg);
        must(rc <= 0);
    }
    axi_parser_reset(parser);
    must(axi_parser_held(parser) == 0);
    const char ping[] = "<Ping/>", *bytes = ping;
    size_t len = sizeof ping;
    must(axi_parser_next(parser, &bytes, &len, &msg) == AXI_OK);
    must(axi_msg_type(msg) == AXI_T_Ping && len == 0);
    axi_parser_free(parser);
    must(memory.live == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct axi_buf cut = {0}, whole = {0};
    if (size < 2)
        return 0;
    st_run(data + 2, size - 2, data[0], data[1], &cut);
    if (data[1] != 0) {
        st_run(data + 2, size - 2, data[0], 0, &whole);
        must(cut.len == whole.len && (cut.len == 0 || memcmp(cut.ptr, whole.ptr, cut.len) == 0));
    }
    if (data[0] & ST_RESET)
        st_run_broken(data + 2, size - 2, data[0]);
    axi_buf_done(&cut);
    axi_buf_done(&whole);
    return 0;
}
