/*
 * Print the AXI messages of a captured stream, one a line, with secrets masked.
 *
 *     cc axi_print.c $(pkg-config --cflags --libs axi) -o axi_print
 *     axi_print < capture.bin
 */
#include <axi/axi.h>
#include <stdio.h>

static int print_message(const struct axi_msg *msg, struct axi_buf *line)
{
    line->len = 0;
    int rc = axi_encode(msg, AXI_ENCODE_REDACT | AXI_ENCODE_NO_NUL, line);
    if (rc == AXI_OK)
        printf("%s%.*s\n", axi_msg_repaired(msg) ? "(repaired) " : "", (int)line->len, line->ptr);
    return rc;
}

int main(void)
{
    struct axi_parser *parser = axi_parser_new(NULL);
    struct axi_buf line = {0};
    char chunk[65536];
    size_t got;
    int failures = 0;

    while (parser != NULL && (got = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        const char *data = chunk;
        for (;;) {
            struct axi_msg *msg = NULL;
            int rc = axi_parser_next(parser, &data, &got, &msg);
            if (rc < 0) {
                const struct axi_parse_error *error = axi_parser_error(parser);
                fprintf(stderr, "byte %llu: %s (%s)\n", (unsigned long long)error->stream_offset,
                        axi_err_text(rc), error->text);
                failures++;
            } else if (msg == NULL) {
                break;
            } else if (print_message(msg, &line) != AXI_OK) {
                failures++;
            }
        }
    }
    axi_buf_done(&line);
    axi_parser_free(parser);
    return failures == 0 ? 0 : 1;
}
