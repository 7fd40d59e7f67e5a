/*
 * Certificates: pinned, of an authority, remembered, or any.
 */
#include "trust.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* The suites of OMMs before 8.3: RSA for the key as well as for the name. */
#define LEGACY_CIPHERS                                                                             \
    "AES256-GCM-SHA384:AES128-GCM-SHA256:AES256-SHA256:AES128-SHA256:AES256-SHA:AES128-SHA"

struct com_tls *cat_tls_client(const struct cat_options *options, struct cat_error *error)
{
    char text[256] = "";
    if (options->ca_file && access(options->ca_file, R_OK) != 0) {
        cat_explain(error, "--tls-ca: %s: %s", options->ca_file, strerror(errno));
        return NULL;
    }
    struct com_tls_client_options tls = {
        .check = options->ca_file ? COM_TLS_CHECK_CA
                 : options->pin   ? COM_TLS_CHECK_PINNED
                                  : COM_TLS_CHECK_NONE,
        .ca_file = options->ca_file,
        .fingerprint = options->pin,
        .min_version = "1.2",
        .ciphers = options->tls_legacy ? LEGACY_CIPHERS : NULL,
    };
    if (options->pin && !*options->pin) {
        cat_explain(error, "--pin: the fingerprint is empty");
        return NULL;
    }
    struct com_tls *settings = com_tls_client_new(&tls, text, sizeof text);
    if (!settings)
        cat_explain(error, "%s", text);
    return settings;
}

/* --- the list of known servers */

/* AXICAT_KNOWN, or below XDG_STATE_HOME, or below the home folder. */
static bool known_path(char *path, size_t max)
{
    const char *own = getenv("AXICAT_KNOWN"), *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    int n = -1;
    if (own && *own)
        n = snprintf(path, max, "%s", own);
    else if (state && *state == '/')
        n = snprintf(path, max, "%s/axicat/known-servers", state);
    else if (home && *home == '/')
        n = snprintf(path, max, "%s/.local/state/axicat/known-servers", home);
    return n > 0 && (size_t)n < max;
}

/* The fingerprint of the server, "" when it is new. False when the list cannot be read. */
static bool look_up(const char *path, const char *server, char ret_hex[COM_FINGERPRINT_SIZE],
                    struct cat_error *error)
{
    char line[512];
    FILE *file = fopen(path, "re");
    size_t len = strlen(server);
    ret_hex[0] = '\0';
    if (!file)
        return errno == ENOENT || cat_fail(error, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, server, len) == 0 && line[len] == ' ')
            snprintf(ret_hex, COM_FINGERPRINT_SIZE, "%s", line + len + 1);
    }
    bool good = !ferror(file);
    fclose(file);
    return good || cat_fail(error, "%s cannot be read", path);
}

static bool make_folders(const char *path)
{
    char folder[1024];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return false;
    }
    return true;
}

static bool remember(const char *path, const char *server, const char *fingerprint,
                     struct cat_error *error)
{
    char line[512];
    int len = snprintf(line, sizeof line, "%s %s\n", server, fingerprint);
    int fd = make_folders(path) ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    bool good = fd >= 0 && write(fd, line, (size_t)len) == len;
    if (!good)
        cat_explain(error, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return good;
}

bool cat_trusts(const struct cat_options *options, const char *fingerprint, struct cat_error *error)
{
    char path[1024], server[CAT_ADDRESS_MAX], known[COM_FINGERPRINT_SIZE];
    if (options->plain || options->insecure || options->pin || options->ca_file)
        return true;
    cat_options_address(options, server);
    if (!known_path(path, sizeof path))
        return cat_fail(error, "there is no place for known servers: use --pin %s", fingerprint);
    if (!look_up(path, server, known, error))
        return false;
    if (strcmp(known, fingerprint) == 0)
        return true;
    if (known[0])
        return cat_fail(error,
                        "the certificate of %s has changed: its fingerprint is %s, known is %s; "
                        "if that is right, take the server's line out of %s",
                        server, fingerprint, known, path);
    if (options->trust) {
        bool good = remember(path, server, fingerprint, error);
        if (good)
            cat_say("%s is now known, by its certificate with the fingerprint %s", server,
                    fingerprint);
        return good;
    }
    return cat_fail(
        error,
        "%s is not known; if the fingerprint of its certificate is right, use --pin %s, "
        "or --trust to remember it",
        server, fingerprint);
}
