/*
 * Fuzz target: any bytes as the request line of a control socket. A request that is taken can be
 * asked for everything, and the text that a client makes of the same arguments is the same request.
 */
#include "fuzz/fuzz.h"

#include <com/ctl.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_all(const json_t *root)
{
    const char *name;
    json_t *value;

    for (size_t i = 0; i < com_ctl_args(root); i++)
        must(com_ctl_arg(root, i) != NULL);
    must(com_ctl_arg(root, com_ctl_args(root)) == NULL);
    json_object_foreach(json_object_get(root, "options"), name, value)
    {
        must((com_ctl_text(root, name, NULL) != NULL) == json_is_string(value));
        must(!json_is_integer(value) || com_ctl_int(root, name, 0) == json_integer_value(value));
        must(com_ctl_bool(root, name, true) == !json_is_false(value));
    }
}

static void ask_again(const json_t *root)
{
    size_t count = com_ctl_args(root);
    char **args = calloc(count + 1, sizeof(char *));
    const char *wrong;
    json_t *again;
    char *text;

    must(args != NULL);
    for (size_t i = 0; i < count; i++) {
        args[i] = strdup(com_ctl_arg(root, i));
        must(args[i] != NULL);
    }
    text = com_ctl_request_text((int)count, args, json_object_get(root, "options"));
    must(text != NULL && strchr(text, '\n') == NULL);
    again = com_ctl_parse(text, strlen(text), &wrong);
    must(again != NULL && json_equal(root, again));
    json_decref(again);
    free(text);
    for (size_t i = 0; i < count; i++)
        free(args[i]);
    free(args);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *wrong = NULL;
    json_t *root = com_ctl_parse((const char *)data, size, &wrong);

    must((root == NULL) == (wrong != NULL));
    if (root != NULL) {
        read_all(root);
        ask_again(root);
    }
    json_decref(root);
    return 0;
}
