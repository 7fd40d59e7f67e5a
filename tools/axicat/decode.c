/*
 * Texts of messages to messages, and whole files.
 */
#include "reader.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool cat_decoder_init(struct cat_decoder *decoder, bool unchecked)
{
    struct axi_parser_options options = {.max_message = CAT_MESSAGE_MAX};
    decoder->parser = axi_parser_new(&options);
    decoder->built = axi_msg_new(NULL);
    decoder->unchecked = unchecked;
    if (decoder->parser && decoder->built)
        return true;
    cat_decoder_done(decoder);
    return false;
}

void cat_decoder_done(struct cat_decoder *decoder)
{
    axi_parser_free(decoder->parser);
    axi_msg_free(decoder->built);
    decoder->parser = NULL;
    decoder->built = NULL;
}

static struct axi_msg *decode_xml(struct cat_decoder *decoder, struct axi_str text,
                                  size_t *ret_offset, struct cat_error *error)
{
    struct axi_msg *msg = NULL;
    const char *bytes = text.ptr, *end = "";
    size_t len = text.len, one = 1;
    axi_parser_reset(decoder->parser);
    int code = axi_parser_next(decoder->parser, &bytes, &len, &msg);
    if (code == AXI_OK && !msg)
        code = axi_parser_next(decoder->parser, &end, &one, &msg);
    if (code == AXI_OK && msg)
        return msg;
    const struct axi_parse_error *parse_error = axi_parser_error(decoder->parser);
    const char *what = axi_err_text(code == AXI_OK ? AXI_EMALFORMED : code);
    const char *more =
        code == AXI_OK || strcmp(what, parse_error->text) == 0 ? "" : parse_error->text;
    cat_explain(error, "%s%s%s", what, more[0] ? ": " : "", more);
    if (ret_offset && code != AXI_OK)
        *ret_offset = parse_error->offset;
    return NULL;
}

struct axi_msg *cat_decode(struct cat_decoder *decoder, const struct cat_item *item,
                           struct cat_stamp *ret_stamp, size_t *ret_offset, struct cat_error *error)
{
    bool good = false;
    if (ret_stamp)
        *ret_stamp = (struct cat_stamp){"", 0};
    if (ret_offset)
        *ret_offset = 0;
    switch (item->kind) {
    case CAT_ITEM_XML:
        return decode_xml(decoder, item->text, ret_offset, error);
    case CAT_ITEM_JSON:
        good = cat_json_read(item->text, decoder->built, ret_stamp, error);
        break;
    case CAT_ITEM_WORDS:
        good = cat_line_message(item->text, decoder->unchecked, decoder->built, error);
        break;
    case CAT_ITEM_BAD:
        cat_explain(error, "%s", item->problem);
        break;
    }
    return good ? decoder->built : NULL;
}

/* --- whole files */

static bool read_items(int fd, struct cat_reader *reader,
                       bool (*each)(void *user, const struct cat_item *item), void *user)
{
    char bytes[65536];
    struct cat_item item;
    ssize_t n;
    do {
        n = read(fd, bytes, sizeof bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            cat_reader_end(reader);
        if (!cat_reader_feed(reader, bytes, (size_t)n)) {
            errno = ENOMEM;
            return false;
        }
        while (cat_reader_next(reader, &item)) {
            if (!each(user, &item))
                return true;
        }
    } while (n != 0);
    return true;
}

bool cat_read_file(const char *path, bool (*each)(void *user, const struct cat_item *item),
                   void *user, struct cat_error *error)
{
    bool standard = strcmp(path, "-") == 0;
    struct cat_reader *reader = cat_reader_new();
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    bool good = reader && fd >= 0 && read_items(fd, reader, each, user);
    if (!good)
        cat_explain(error, "%s: %s", standard ? "standard input" : path,
                    reader ? strerror(errno) : "out of memory");
    if (fd >= 0 && !standard)
        close(fd);
    cat_reader_free(reader);
    return good;
}
