/*
 * Options into members of the request, secrets among them: these come from files, standard input or the terminal.
 */
#include "ctl_private.h"

#include <com/cli.h>
#include <com/config.h>
#include <com/crypto.h>
#include <com/secret.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int set_text(struct line *line, const char *key, const char *text)
{
    if (json_object_set_new(line->options, key, json_string(text)) == 0)
        return COM_EXIT_OK;
    fprintf(stderr, "%s: %s: not UTF-8\n", line->program->name, key);
    return COM_EXIT_USAGE;
}

/* From the terminal if standard input is one, else from standard input. -1 with a message. */
static int ask_secret(const struct line *line, const char *what, char ret_secret[COM_SECRET_MAX])
{
    char error[256];
    int rc = isatty(STDIN_FILENO) ? com_secret_ask(what, ret_secret, error, sizeof error)
                                  : com_secret_read(NULL, ret_secret, error, sizeof error);
    if (rc != 0)
        fprintf(stderr, "%s: %s\n", line->program->name, error);
    return rc;
}

static int read_secret(const struct line *line, const char *path, char ret_secret[COM_SECRET_MAX])
{
    char error[256];
    int rc = com_secret_read(path, ret_secret, error, sizeof error);
    if (rc != 0)
        fprintf(stderr, "%s: %s\n", line->program->name, error);
    return rc;
}

static int set_secret(struct line *line, const char *field)
{
    char secret[COM_SECRET_MAX];
    int code = COM_EXIT_USAGE;
    if (!line->secrets) {
        line->secrets = json_object();
        json_object_set_new(line->options, "secrets", line->secrets);
    }
    if (ask_secret(line, field, secret) == 0 &&
        json_object_set_new(line->secrets, field, json_string(secret)) == 0)
        code = COM_EXIT_OK;
    com_wipe(secret, sizeof secret);
    return code;
}

static int set_password(struct line *line, enum ctl_option_kind kind, const char *path)
{
    char secret[COM_SECRET_MAX];
    int rc = kind == CTL_PASSWORD
                 ? ask_secret(line, line->program->account, secret)
                 : read_secret(line, kind == CTL_PASSWORD_FILE ? path : NULL, secret);
    int code = rc == 0 ? set_text(line, "password", secret) : COM_EXIT_USAGE;
    com_wipe(secret, sizeof secret);
    return code;
}

/* What seals is asked for twice: nobody can tell that it was mistyped. */
static int set_passphrase(struct line *line, enum ctl_option_kind kind, const char *path)
{
    char secret[COM_SECRET_MAX], again[COM_SECRET_MAX] = "";
    bool twice =
        kind == CTL_PASSPHRASE && line->command->shape == CTL_EXPORT && isatty(STDIN_FILENO);
    int rc = kind == CTL_PASSPHRASE ? ask_secret(line, "Passphrase of the file", secret)
                                    : read_secret(line, path, secret);
    if (rc == 0 && twice)
        rc = ask_secret(line, "The same again", again);
    if (rc == 0 && twice && strcmp(secret, again) != 0) {
        fprintf(stderr, "%s: these are two passphrases\n", line->program->name);
        rc = -1;
    }
    int code = rc == 0 ? set_text(line, "passphrase", secret) : COM_EXIT_USAGE;
    com_wipe(secret, sizeof secret);
    com_wipe(again, sizeof again);
    return code;
}

static int set_int(struct line *line, const struct ctl_option *row, const char *text)
{
    int64_t value;
    if (!com_parse_int(text, &value) || value < 0 || value > 1000000000) {
        fprintf(stderr, "%s: --%s takes a number\n", line->program->name, row->name);
        return COM_EXIT_USAGE;
    }
    if (row->bit == CTL_OPT_TIMEOUT)
        line->timeout_s = value;
    json_object_set_new(line->options, row->key, json_integer(value));
    return COM_EXIT_OK;
}

static int take_option(struct line *line, const struct ctl_option *row, const char *value)
{
    switch (row->kind) {
    case CTL_TEXT:
        return set_text(line, row->key, value);
    case CTL_INT:
        return set_int(line, row, value);
    case CTL_FLAG:
        json_object_set_new(line->options, row->key, json_true());
        return COM_EXIT_OK;
    case CTL_SECRET:
        return set_secret(line, value);
    case CTL_PASSPHRASE:
    case CTL_PASSPHRASE_FILE:
        return set_passphrase(line, row->kind, value);
    default:
        return set_password(line, row->kind, value);
    }
}

int options_take(struct line *line, const struct given *given, size_t count)
{
    const struct ctl_command *command = line->command;
    unsigned bits = 0;
    int code = COM_EXIT_OK;
    for (size_t i = 0; i < count; i++) {
        if (!(given[i].option->bit & command->options)) {
            fprintf(stderr, "%s: %s takes no --%s\n", line->program->name, command->name,
                    given[i].option->name);
            return COM_EXIT_USAGE;
        }
        bits |= given[i].option->bit;
    }
    for (size_t i = 0; i < count && code == COM_EXIT_OK; i++)
        code = take_option(line, given[i].option, given[i].value);
    if (code != COM_EXIT_OK || !(command->options & CTL_OPT_NEW_PASSWORD) ||
        (bits & (CTL_OPT_PASSWORD_FILE | CTL_OPT_PASSWORD_STDIN)))
        return code;
    if (!isatty(STDIN_FILENO)) {
        fprintf(stderr, "%s: %s needs --password-file or --password-stdin\n", line->program->name,
                command->name);
        return COM_EXIT_USAGE;
    }
    return set_password(line, CTL_PASSWORD, NULL);
}
