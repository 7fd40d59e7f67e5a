/*
 * The command line: one table makes the parser, the help and the list for the completion.
 */
#include "options.h"

#include <com/config.h>
#include <com/table.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum opt {
    OPT_PASSWORD_FILE = 256,
    OPT_CA,
    OPT_PIN,
    OPT_TRUST,
    OPT_INSECURE,
    OPT_LEGACY,
    OPT_PLAIN,
    OPT_CONNECT_TIMEOUT,
    OPT_TIMEOUT,
    OPT_SYNC,
    OPT_OMP,
    OPT_PROTOCOL,
    OPT_FILE,
    OPT_ALL,
    OPT_PUT,
    OPT_GET,
    OPT_SUBSCRIBE,
    OPT_FOLLOW,
    OPT_COUNT,
    OPT_FOR,
    OPT_WINDOW,
    OPT_STOP,
    OPT_UNCHECKED,
    OPT_STRICT,
    OPT_PLAIN_SECRETS,
    OPT_PRETTY,
    OPT_XML,
    OPT_JSON,
    OPT_QUIET,
    OPT_VERBOSE,
    OPT_SHOW_SECRETS,
    OPT_RECORD,
    OPT_REPLAY,
    OPT_COMPARE,
    OPT_IGNORE,
    OPT_SERVE,
    OPT_LISTEN,
    OPT_VALIDATE,
    OPT_DESCRIBE,
    OPT_LIST,
    OPT_VERSION,
    OPT_HELP
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    const char *arg, *help;
    enum opt id;
};

/* clang-format off */
static const struct option_row option_rows[] = {
    {NULL, 0, NULL, "Connection", 0},
    {"password-file", 0, "FILE", "first line is the password; else AXICAT_PASSWORD, else a prompt", OPT_PASSWORD_FILE},
    {"pin", 0, "SHA256", "take the certificate with this fingerprint only", OPT_PIN},
    {"tls-ca", 0, "FILE", "take certificates of these authorities (PEM) with the host's name", OPT_CA},
    {"trust", 0, NULL, "remember the certificate if the server is new", OPT_TRUST},
    {"insecure", 0, NULL, "take any certificate", OPT_INSECURE},
    {"tls-legacy", 0, NULL, "for old OMMs: TLS 1.2 with static RSA", OPT_LEGACY},
    {"plain", 0, NULL, "no TLS: for simulators", OPT_PLAIN},
    {"connect-timeout", 0, "SECONDS", "for name, connection and handshake (10)", OPT_CONNECT_TIMEOUT},
    {"sync", 0, NULL, "a session for user and device synchronisation", OPT_SYNC},
    {"omp", 0, NULL, "a session as of the admin portal", OPT_OMP},
    {"protocol", 0, "N", "ask for this protocol version", OPT_PROTOCOL},
    {NULL, 0, NULL, "Messages", 0},
    {"file", 'f', "FILE", "send the messages of a file; - is standard input", OPT_FILE},
    {"all", 0, "REQUEST", "read a whole table page by page", OPT_ALL},
    {"put", 0, "NAME=FILE", "send a file to the OMM: :license=FILE", OPT_PUT},
    {"get", 0, "NAME=FILE", "fetch a file from the OMM; - is standard output", OPT_GET},
    {"subscribe", 0, "EVENT[:FILTER]", "subscribe and follow: PPDevCnf, PPDevCnf:ppn=7", OPT_SUBSCRIBE},
    {"follow", 0, NULL, "print events until interrupted", OPT_FOLLOW},
    {"count", 0, "N", "follow until N events came", OPT_COUNT},
    {"for", 0, "SECONDS", "follow for so long", OPT_FOR},
    {"timeout", 0, "SECONDS", "wait so long for an answer (30)", OPT_TIMEOUT},
    {"window", 0, "N", "requests under way at a time (1)", OPT_WINDOW},
    {"stop-on-error", 0, NULL, "send nothing after an answer with an errCode", OPT_STOP},
    {"unchecked", 0, NULL, "take names that the catalogue does not know", OPT_UNCHECKED},
    {"strict", 0, NULL, "refuse answers and events that differ from the catalogue", OPT_STRICT},
    {"plain-secrets", 0, NULL, "send secrets as they are written, not encrypted for the OMM", OPT_PLAIN_SECRETS},
    {NULL, 0, NULL, "Output", 0},
    {"pretty", 0, NULL, "for people: indented and wrapped (default on a terminal)", OPT_PRETTY},
    {"xml", 0, NULL, "one message in a line (default elsewhere)", OPT_XML},
    {"json", 0, NULL, "one JSON object in a line", OPT_JSON},
    {"quiet", 'q', NULL, "no messages, only the exit code", OPT_QUIET},
    {"verbose", 'v', NULL, "also what is sent, and the answer to the login", OPT_VERBOSE},
    {"show-secrets", 0, NULL, "do not write *** for secrets", OPT_SHOW_SECRETS},
    {"record", 0, "FILE", "write all messages of both directions to a file", OPT_RECORD},
    {NULL, 0, NULL, "Instead of talking", 0},
    {"replay", 0, "FILE", "send the requests of a recording to HOST", OPT_REPLAY},
    {"compare", 0, NULL, "with --replay: list how the answers differ from the recorded ones", OPT_COMPARE},
    {"ignore", 0, "ATTRIBUTE", "with --compare: do not look at attributes of this name", OPT_IGNORE},
    {"serve", 0, "FILE", "answer from a recording, as an OMM", OPT_SERVE},
    {"listen", 0, "[HOST:]PORT", "with --serve: the address (127.0.0.1:0, any free port)", OPT_LISTEN},
    {"validate", 0, NULL, "compare the messages of files with the catalogue", OPT_VALIDATE},
    {"describe", 0, NULL, "print what the catalogue knows of names", OPT_DESCRIBE},
    {"list", 0, NULL, "list names: requests, events, attributes NAME …; which, without a word", OPT_LIST},
    {"version", 0, NULL, "print the version", OPT_VERSION},
    {"help", 'h', NULL, "print this", OPT_HELP},
};
/* clang-format on */
#define OPTION_COUNT (sizeof option_rows / sizeof option_rows[0])

static const char help_head[] =
    "axicat: speak AXI, the protocol of SIP-DECT OpenMobility Managers\n"
    "\n"
    "  axicat [OPTION]... [USER@]HOST[:PORT] [MESSAGE]...\n"
    "  axicat --serve FILE | --validate FILE... | --describe NAME... | --list [WHAT]\n"
    "\n"
    "A MESSAGE is XML (<GetPPUser uid=\"1\"/>) or its short form (GetPPUser uid=1); USER is omm "
    "unless given.\n";

static const char help_tail[] = "\n"
                                "Exit status: 0 done, 1 an answer had an errCode (or findings, or "
                                "differences), 2 usage, unreadable input or\n"
                                "output, 3 no connection, 4 login refused, 5 time-out, 6 "
                                "connection lost or not AXI, 130 interrupted.\n";

static void print_help(void)
{
    fputs(help_head, stdout);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        char left[48], letter[8] = "";
        if (!row->name) {
            printf("\n%s:\n", row->help);
            continue;
        }
        if (row->letter)
            snprintf(letter, sizeof letter, "-%c, ", row->letter);
        snprintf(left, sizeof left, "%s--%s%s%s", letter, row->name, row->arg ? " " : "",
                 row->arg ? row->arg : "");
        printf("  %-28s %s\n", left, row->help);
    }
    fputs(help_tail, stdout);
}

void cat_options_list(FILE *out)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (option_rows[i].name)
            fprintf(out, "--%s\n", option_rows[i].name);
    }
}

/* --- values */

static bool bad_value(const char *name, const char *value, const char *wants)
{
    cat_say("--%s takes %s, not \"%s\"", name, wants, value);
    return false;
}

/* "5", "0.5", "500ms", "2min". */
static bool take_seconds(const char *name, const char *text, int64_t *ret_ms)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end != text && *end == '\0' && seconds >= 0.001 && seconds <= 1e9)
        *ret_ms = (int64_t)(seconds * 1000);
    else if (!com_parse_duration(text, ret_ms) || *ret_ms <= 0)
        return bad_value(name, text, "seconds, or a time like 500ms or 2min");
    return true;
}

static bool take_count(const char *name, const char *text, int64_t max, int64_t *ret_count)
{
    char wants[48];
    if (com_parse_int(text, ret_count) && *ret_count >= 1 && *ret_count <= max)
        return true;
    snprintf(wants, sizeof wants,
             max <= INT32_MAX ? "a number from 1 to %" PRId64 : "a number from 1", max);
    return bad_value(name, text, wants);
}

static bool take_format(struct cat_options *options, enum cat_format format)
{
    options->format = format;
    options->format_given = true;
    return true;
}

static bool take_mode(struct cat_options *options, enum cat_mode mode, const char *recording)
{
    if (options->mode != CAT_TALK) {
        cat_say("only one of --replay, --serve, --validate, --describe and --list");
        return false;
    }
    options->mode = mode;
    options->recording = recording;
    return true;
}

static bool take_item(const char **items, size_t *count, size_t max, const char *name,
                      const char *value)
{
    if (*count == max) {
        cat_say("--%s: more than %zu of them", name, max);
        return false;
    }
    items[(*count)++] = value;
    return true;
}

static void take_thing(struct cat_options *options, enum cat_thing_kind kind, const char *text)
{
    struct cat_thing *thing = &options->things[options->thing_count++];
    thing->kind = kind;
    thing->text = text;
}

/* --- options */

static bool set(bool *flag)
{
    return *flag = true;
}

static bool take_flag(struct cat_options *options, enum opt id)
{
    switch (id) {
    case OPT_TRUST:
        return set(&options->trust);
    case OPT_INSECURE:
        return set(&options->insecure);
    case OPT_LEGACY:
        return set(&options->tls_legacy);
    case OPT_PLAIN:
        return set(&options->plain);
    case OPT_SYNC:
        return set(&options->sync);
    case OPT_OMP:
        return set(&options->omp);
    case OPT_FOLLOW:
        return set(&options->follow);
    case OPT_STOP:
        return set(&options->stop_on_error);
    case OPT_UNCHECKED:
        return set(&options->unchecked);
    case OPT_STRICT:
        return set(&options->strict);
    case OPT_PLAIN_SECRETS:
        return set(&options->plain_secrets);
    case OPT_COMPARE:
        return set(&options->compare);
    case OPT_VERBOSE:
        return set(&options->verbose);
    case OPT_SHOW_SECRETS:
        return set(&options->show_secrets);
    case OPT_PRETTY:
        return take_format(options, CAT_PRETTY);
    case OPT_XML:
        return take_format(options, CAT_XML);
    case OPT_JSON:
        return take_format(options, CAT_JSON);
    case OPT_QUIET:
        return take_format(options, CAT_QUIET);
    case OPT_VALIDATE:
        return take_mode(options, CAT_VALIDATE, NULL);
    case OPT_DESCRIBE:
        return take_mode(options, CAT_DESCRIBE, NULL);
    default:
        return take_mode(options, CAT_LIST, NULL);
    }
}

static bool take_value(struct cat_options *options, const struct option_row *row, const char *value)
{
    switch (row->id) {
    case OPT_PASSWORD_FILE:
        options->password_file = value;
        return true;
    case OPT_CA:
        options->ca_file = value;
        return true;
    case OPT_PIN:
        options->pin = value;
        return true;
    case OPT_LISTEN:
        options->listen = value;
        return true;
    case OPT_RECORD:
        options->record = value;
        return true;
    case OPT_CONNECT_TIMEOUT:
        return take_seconds(row->name, value, &options->connect_ms);
    case OPT_TIMEOUT:
        return take_seconds(row->name, value, &options->timeout_ms);
    case OPT_FOR:
        return set(&options->follow) && take_seconds(row->name, value, &options->for_ms);
    case OPT_COUNT:
        return set(&options->follow) && take_count(row->name, value, INT64_MAX, &options->count);
    case OPT_PROTOCOL:
        return take_count(row->name, value, INT32_MAX, &options->protocol);
    case OPT_WINDOW:
        return take_count(row->name, value, 200, &options->window);
    case OPT_FILE:
        take_thing(options, CAT_THING_FILE, value);
        return true;
    case OPT_ALL:
        take_thing(options, CAT_THING_ALL, value);
        return true;
    case OPT_PUT:
        take_thing(options, CAT_THING_PUT, value);
        return true;
    case OPT_GET:
        take_thing(options, CAT_THING_GET, value);
        return true;
    case OPT_SUBSCRIBE:
        return set(&options->follow) && take_item(options->subscribe, &options->subscribe_count,
                                                  CAT_SUBSCRIBE_MAX, row->name, value);
    case OPT_IGNORE:
        return take_item(options->ignore, &options->ignore_count, CAT_IGNORE_MAX, row->name, value);
    case OPT_REPLAY:
        return take_mode(options, CAT_REPLAY, value);
    default:
        return take_mode(options, CAT_SERVE, value);
    }
}

static bool check_together(const struct cat_options *options)
{
    const char *problem = NULL;
    int checks = (options->pin != NULL) + (options->ca_file != NULL) + options->insecure +
                 options->trust + options->plain;
    if (checks > 1)
        problem = "only one of --pin, --tls-ca, --trust, --insecure and --plain";
    else if (options->plain && options->tls_legacy)
        problem = "--plain is without TLS";
    else if (options->compare && options->mode != CAT_REPLAY)
        problem = "--compare goes with --replay";
    else if (options->ignore_count > 0 && !options->compare)
        problem = "--ignore goes with --compare";
    else if (options->listen && options->mode != CAT_SERVE)
        problem = "--listen goes with --serve";
    else if (options->record && options->mode != CAT_TALK && options->mode != CAT_REPLAY)
        problem = "--record goes with a session";
    if (problem)
        cat_say("%s", problem);
    return problem == NULL;
}

static void fill_options(struct option *longs, char *letters)
{
    size_t count = 0;
    *letters++ = '-'; /* words and options in their order */
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        int has_arg = row->arg ? required_argument : no_argument;
        if (!row->name)
            continue;
        longs[count++] = (struct option){row->name, has_arg, NULL, (int)row->id};
        if (row->letter)
            *letters++ = row->letter;
        if (row->letter && row->arg)
            *letters++ = ':';
    }
    *letters = '\0';
}

static const struct option_row *row_of(int id)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_rows[i];
        if (row->name && ((int)row->id == id || row->letter == id))
            return row;
    }
    return NULL;
}

/* Behind the message of getopt. */
static void hint_option(const char *word)
{
    const char *names[OPTION_COUNT + 1], *near = NULL;
    size_t count = 0;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (option_rows[i].name)
            names[count++] = option_rows[i].name;
    }
    names[count] = NULL;
    if (strncmp(word, "--", 2) == 0)
        near = cat_nearest((struct axi_str){word + 2, strcspn(word + 2, "=")}, names);
    if (near && strncmp(word + 2, near, strlen(near)) != 0)
        cat_say("did you mean --%s?", near);
    else
        cat_say("axicat --help tells the options");
}

int cat_options_read(struct cat_options *options, int argc, char **argv)
{
    struct option longs[OPTION_COUNT + 1] = {{NULL, 0, NULL, 0}};
    char letters[2 * OPTION_COUNT + 2];
    int id;
    *options = (struct cat_options){
        .port = CAT_PORT, .connect_ms = 10000, .timeout_ms = 30000, .window = 1};
    options->things = calloc((size_t)argc + 1, sizeof *options->things);
    if (!options->things)
        return CAT_USAGE;
    fill_options(longs, letters);
    while ((id = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
        const struct option_row *row = id == 1 ? NULL : row_of(id);
        if (id == 1) {
            take_thing(options, CAT_THING_WORD, optarg);
            continue;
        }
        if (!row)
            return hint_option(argv[optind - 1]), CAT_USAGE; /* getopt said why */
        if (row->id == OPT_HELP)
            return print_help(), CAT_DONE;
        if (row->id == OPT_VERSION)
            return printf("axicat %s\n", MOM_VERSION_TEXT), CAT_DONE;
        if (!(row->arg ? take_value(options, row, optarg) : take_flag(options, row->id)))
            return CAT_USAGE;
    }
    for (; optind < argc; optind++) /* behind -- */
        take_thing(options, CAT_THING_WORD, argv[optind]);
    return check_together(options) ? -1 : CAT_USAGE;
}

void cat_options_done(struct cat_options *options)
{
    free(options->things);
    options->things = NULL;
}

size_t cat_options_words(const struct cat_options *options, const char **ret_words)
{
    size_t count = 0;
    for (size_t i = 0; i < options->thing_count; i++) {
        if (options->things[i].kind == CAT_THING_WORD)
            ret_words[count++] = options->things[i].text;
    }
    return count;
}

/* --- what follows from them */

static bool take_port(const char *text, int *ret_port, struct cat_error *error)
{
    int64_t port;
    if (!com_parse_int(text, &port) || port < 0 || port > 65535)
        return cat_fail(error, "\"%s\" is no port", text);
    *ret_port = (int)port;
    return true;
}

/* "host", "host:port", "[address]:port", an IPv6 address without brackets. */
static bool take_host(struct cat_options *options, const char *text, struct cat_error *error)
{
    const char *colon = strrchr(text, ':'), *end = text + strlen(text);
    bool bracket = text[0] == '[';
    if (bracket) {
        end = strchr(text, ']');
        if (!end || (end[1] != '\0' && end[1] != ':'))
            return cat_fail(error, "\"%s\" is no address", text);
        colon = end[1] == ':' ? end + 1 : NULL;
        text++;
    } else if (colon && strchr(text, ':') != colon) {
        colon = NULL;
    } else if (colon) {
        end = colon;
    }
    size_t len = (size_t)(end - text);
    if (len == 0 || len >= sizeof options->host)
        return cat_fail(error, "\"%s\" is no address", text);
    memcpy(options->host, text, len);
    options->host[len] = '\0';
    return !colon || take_port(colon + 1, &options->port, error);
}

bool cat_options_target(struct cat_options *options, const char *text, struct cat_error *error)
{
    const char *at = strrchr(text, '@'), *user = getenv("AXICAT_USER");
    size_t len = at ? (size_t)(at - text) : 0;
    if (len >= sizeof options->user)
        return cat_fail(error, "the user's name is too long");
    if (at) {
        memcpy(options->user, text, len);
        options->user[len] = '\0';
    } else {
        snprintf(options->user, sizeof options->user, "%s", user && *user ? user : "omm");
    }
    return take_host(options, at ? at + 1 : text, error);
}

const char *cat_options_address(const struct cat_options *options, char buf[CAT_ADDRESS_MAX])
{
    bool bracket = strchr(options->host, ':') != NULL;
    snprintf(buf, CAT_ADDRESS_MAX, bracket ? "[%s]:%d" : "%s:%d", options->host, options->port);
    return buf;
}

struct cat_printer *cat_options_printer(const struct cat_options *options)
{
    const char *no_colour = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO);
    struct cat_printer_options printer = {
        .out = stdout,
        .format = options->format_given ? options->format
                  : terminal            ? CAT_PRETTY
                                        : CAT_XML,
        .colour = terminal && !(no_colour && *no_colour),
        .show_secrets = options->show_secrets,
        .stamps = options->verbose,
        .width = com_terminal_width(stdout),
    };
    return cat_printer_new(&printer);
}
