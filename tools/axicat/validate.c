/*
 * Comparing messages with the catalogue: a line for every finding, with its place.
 */
#include "validate.h"
#include "reader.h"

#include <axi/check.h>
#include <stdlib.h>

#define FINDINGS_MAX   256 /* of one message; how many more there are is told */
#define UNREADABLE_MAX 20  /* pieces of a file; then it is none of messages */

struct validation {
    const struct cat_options *options;
    const char *name; /* of the file */
    struct cat_decoder decoder;
    struct com_json json;
    unsigned unreadable; /* of this file */
    int code;
};

static void say_unreadable(struct validation *validation, const struct cat_item *item,
                           size_t offset, const struct cat_error *error)
{
    unsigned long line, column;
    cat_item_place(item, offset, &line, &column);
    cat_say("%s:%lu:%lu: %s", validation->name, line, column, error->text);
    validation->code = CAT_USAGE;
}

static const char *hint(const struct axi_finding *finding)
{
    if (finding->rule == AXI_RULE_UNKNOWN_MESSAGE)
        return cat_nearest_message(axi_elem_name(finding->elem));
    if (finding->rule == AXI_RULE_UNKNOWN_ATTRIBUTE)
        return cat_nearest_attribute(axi_elem_type(finding->elem), finding->name);
    return NULL;
}

/* Names of the message are in the path: what is not printable becomes a question mark. */
static void clean(char *text)
{
    struct cat_error copy;
    if (strlen(text) < sizeof copy.text) {
        cat_explain(&copy, "%s", text);
        memcpy(text, copy.text, strlen(copy.text) + 1);
    }
}

static void print_json(struct validation *validation, const struct axi_finding *finding,
                       const char *path, unsigned long line, unsigned long column)
{
    struct com_json *json = &validation->json;
    com_json_reset(json);
    com_json_object(json);
    com_json_set_text(json, "file", validation->name);
    com_json_set_int(json, "line", (int64_t)line);
    com_json_set_int(json, "column", (int64_t)column);
    com_json_set_text(json, "path", path);
    com_json_set_text(json, "rule", axi_rule_name(finding->rule));
    com_json_set_text(json, "text", axi_rule_text(finding->rule));
    com_json_end(json);
    const char *text = com_json_done_text(json);
    if (text)
        puts(text);
}

static void print_finding(struct validation *validation, const struct cat_item *item,
                          const struct axi_finding *finding)
{
    unsigned long line, column;
    char path[256];
    const char *near = hint(finding);
    if (validation->options->format == CAT_QUIET)
        return;
    cat_item_place(item, finding->offset == SIZE_MAX ? 0 : finding->offset, &line, &column);
    if (axi_finding_path(finding, path, sizeof path) >= sizeof path)
        memcpy(path + sizeof path - 4, "...", 4);
    clean(path);
    if (validation->options->format == CAT_JSON) {
        print_json(validation, finding, path, line, column);
        return;
    }
    printf("%s:%lu:%lu: %s: %s%s%s%s\n", validation->name, line, column, path,
           axi_rule_text(finding->rule), near ? " (did you mean \"" : "", near ? near : "",
           near ? "\"?)" : "");
}

/* What we left out ourselves has no form. */
static bool is_hidden(const struct axi_finding *finding)
{
    struct axi_attr_view attr;
    for (size_t i = 0; axi_attr_at(finding->elem, i, &attr); i++) {
        if (finding->name.ptr && attr.name.len == finding->name.len &&
            memcmp(attr.name.ptr, finding->name.ptr, attr.name.len) == 0)
            return finding->rule == AXI_RULE_BAD_VALUE && cat_is(attr.value, "***");
    }
    return false;
}

static bool validate_item(void *user, const struct cat_item *item)
{
    struct validation *validation = user;
    struct axi_finding findings[FINDINGS_MAX];
    struct cat_error error;
    size_t offset;
    const struct axi_msg *msg = cat_decode(&validation->decoder, item, NULL, &offset, &error);
    if (!msg) {
        say_unreadable(validation, item, offset, &error);
        return ++validation->unreadable < UNREADABLE_MAX;
    }
    struct axi_str source = {NULL, 0};
    if (item->kind == CAT_ITEM_XML)
        source = item->text;
    size_t count = axi_check(msg, source, findings, FINDINGS_MAX), hidden = 0;
    for (size_t i = 0; i < count && i < FINDINGS_MAX; i++) {
        if (is_hidden(&findings[i]))
            hidden++;
        else
            print_finding(validation, item, &findings[i]);
    }
    if (count > FINDINGS_MAX)
        cat_say("%s:%lu:%lu: %zu more findings in this message", validation->name, item->line,
                item->column, count - FINDINGS_MAX);
    if (count > hidden && validation->code == CAT_DONE)
        validation->code = CAT_REFUSED;
    return true;
}

static void validate_file(struct validation *validation, const char *path)
{
    struct cat_error error;
    validation->name = strcmp(path, "-") == 0 ? "standard input" : path;
    validation->unreadable = 0;
    bool good = cat_read_file(path, validate_item, validation, &error);
    if (validation->unreadable == UNREADABLE_MAX)
        cat_explain(&error, "%s: the rest is not looked at", validation->name);
    else if (good)
        return;
    cat_say("%s", error.text);
    validation->code = CAT_USAGE;
}

int cat_validate(const struct cat_options *options)
{
    /* Names are the check's business, not the reader's. */
    struct validation validation = {.options = options};
    if (!cat_decoder_init(&validation.decoder, true)) {
        cat_say("out of memory");
        return CAT_USAGE;
    }
    com_json_init(&validation.json);
    bool any = false;
    for (size_t i = 0; i < options->thing_count; i++) {
        if (options->things[i].kind == CAT_THING_ALL)
            continue;
        any = true;
        validate_file(&validation, options->things[i].text);
    }
    if (!any) {
        cat_say("--validate takes files; - is standard input");
        validation.code = CAT_USAGE;
    }
    com_json_done(&validation.json);
    cat_decoder_done(&validation.decoder);
    return validation.code;
}
