/*
 * Fuzz target: what axicat reads. A stream of messages is cut in the same way however it arrives; every message that
 * is understood comes back the same from its line of JSON and of XML, and no printed byte can reach a terminal.
 *
 * Input: size of the pieces (0: whole), then the stream.
 */
#include "fuzz/fuzz.h"

#include <print.h>
#include <reader.h>
#include <recording.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_items {
    struct cat_item list[64];
    char *texts[64];
    size_t count;
};

static void take_items(struct cat_reader *reader, struct fuzz_items *items)
{
    struct cat_item item;
    while (cat_reader_next(reader, &item)) {
        if (items->count == 64)
            continue;
        char *text = malloc(item.text.len + 1);
        must(text != NULL);
        if (item.text.len > 0)
            memcpy(text, item.text.ptr, item.text.len);
        items->texts[items->count] = text;
        item.text.ptr = text;
        items->list[items->count++] = item;
    }
}

static void read_items(const char *bytes, size_t len, size_t piece, struct fuzz_items *items)
{
    struct cat_reader *reader = cat_reader_new();
    must(reader != NULL);
    items->count = 0;
    for (size_t at = 0; at < len;) {
        size_t n = piece > 0 && piece < len - at ? piece : len - at;
        must(cat_reader_feed(reader, bytes + at, n));
        take_items(reader, items);
        at += n;
    }
    cat_reader_end(reader);
    take_items(reader, items);
    cat_reader_free(reader);
}

static void free_items(struct fuzz_items *items)
{
    for (size_t i = 0; i < items->count; i++)
        free(items->texts[i]);
}

static void same_items(const struct fuzz_items *a, const struct fuzz_items *b)
{
    must(a->count == b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct cat_item *x = &a->list[i], *y = &b->list[i];
        must(x->kind == y->kind && x->line == y->line && x->column == y->column);
        must(x->text.len == y->text.len && memcmp(x->text.ptr, y->text.ptr, x->text.len) == 0);
    }
}

static struct axi_buf encode(const struct axi_msg *msg)
{
    struct axi_buf buf = {0};
    must(axi_encode(msg, 0, &buf) == AXI_OK);
    return buf;
}

static bool is_ascii(const struct axi_buf *buf)
{
    for (size_t i = 0; i < buf->len; i++) {
        if ((unsigned char)buf->ptr[i] >= 0x80)
            return false;
    }
    return true;
}

/* Printers and decoders are made once: that costs more than what they do. */
struct form {
    enum cat_format format;
    bool show;
    FILE *out;
    struct cat_printer *printer;
    struct cat_decoder decoder;
    char text[1 << 20];
};
static struct form forms[] = {{.format = CAT_JSON, .show = true},
                              {.format = CAT_XML, .show = true},
                              {.format = CAT_PRETTY, .show = true},
                              {.format = CAT_JSON, .show = false}};
#define FORM_COUNT (sizeof forms / sizeof forms[0])
static struct cat_decoder decoder;

static void make_forms(void)
{
    if (decoder.parser != NULL)
        return;
    must(cat_decoder_init(&decoder, false));
    for (size_t i = 0; i < FORM_COUNT; i++) {
        struct form *form = &forms[i];
        struct cat_printer_options options = {.format = form->format, .show_secrets = form->show};
        form->out = options.out = fmemopen(form->text, sizeof form->text, "w");
        must(form->out != NULL);
        form->printer = cat_printer_new(&options);
        must(form->printer != NULL && cat_decoder_init(&form->decoder, true));
    }
}

static void cannot_write_on_a_terminal(const struct form *form, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)form->text[i];
        bool end = i + 1 == len || form->format == CAT_PRETTY;
        must(c >= 0x20 ? c != 0x7f : c == '\n' && end);
        must(c != 0xc2 || (unsigned char)form->text[i + 1] >= 0xa0);
    }
}

/* Print in one form, read it again: the same message. Names of other letters than ASCII's cannot be built. */
static void there_and_back(const struct axi_msg *msg, struct form *form)
{
    struct fuzz_items items;
    struct cat_error error;
    rewind(form->out);
    must(cat_print(form->printer, msg, NULL));
    size_t len = (size_t)ftell(form->out);
    cannot_write_on_a_terminal(form, len);
    read_items(form->text, len, 0, &items);
    must(items.count == 1);
    const struct axi_msg *back = cat_decode(&form->decoder, &items.list[0], NULL, NULL, &error);
    struct axi_buf before = encode(msg), after = {0};
    must(back != NULL || (form->format == CAT_JSON && !is_ascii(&before)));
    bool exact = form->show && form->format != CAT_PRETTY && axi_msg_type(msg) != AXI_T_Open;
    if (back != NULL && exact) {
        after = encode(back);
        must(before.len == after.len && memcmp(before.ptr, after.ptr, before.len) == 0);
    }
    axi_buf_done(&before);
    axi_buf_done(&after);
    free_items(&items);
}

static void check_message(const struct axi_msg *msg)
{
    static const struct cat_comparison all = {NULL, 0, NULL, NULL};
    must(cat_compare(axi_msg_root(msg), axi_msg_root(msg), &all) == 0);
    for (size_t i = 0; i < FORM_COUNT; i++)
        there_and_back(msg, &forms[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct fuzz_items whole, pieces;
    struct fuzz_bytes bytes = fuzz_open(data, size);
    struct cat_error error;
    size_t piece = fuzz_u8(&bytes), len;
    const char *stream = fuzz_take(&bytes, fuzz_left(&bytes), &len);
    read_items(stream, len, 0, &whole);
    read_items(stream, len, piece, &pieces);
    same_items(&whole, &pieces);
    make_forms();
    decoder.unchecked = piece % 4 != 0; /* looking for the name that was meant takes a while */
    for (size_t i = 0; i < whole.count; i++) {
        size_t offset;
        const struct axi_msg *msg = cat_decode(&decoder, &whole.list[i], NULL, &offset, &error);
        if (msg != NULL)
            check_message(msg);
    }
    free_items(&whole);
    free_items(&pieces);
    return 0;
}
