/*
 * momd: command line and configuration. What the program does is in momd.c.
 */
#include "momd.h"

#include <com/cli.h>
#include <com/log.h>
#include <com/loop.h>

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum action { RUN, CHECK, DUMP, SAMPLE, MANUAL };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},  {"check-config", no_argument, NULL, 'k'},
    {"dump-config", no_argument, NULL, 'd'},   {"sample-config", no_argument, NULL, 's'},
    {"manual-config", no_argument, NULL, 'm'}, {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
};

static void usage(FILE *out)
{
    fputs("usage: momd [option ...]\n"
          "The hub of a multi-site DECT system. Runs in the foreground until SIGTERM; SIGHUP loads "
          "the configuration again.\n"
          "\n"
          "  -c, --config FILE    configuration, default " MOMD_CONFIG_PATH " if that exists\n"
          "      --check-config   report every mistake of the configuration and end: 0 or 78\n"
          "      --dump-config    print the configuration in force\n"
          "      --sample-config  print a documented sample\n"
          "      --manual-config  print the keys as entries of momd.conf(5)\n"
          "      --version\n"
          "      --help\n",
          out);
}

static int act(enum action action, const char *path)
{
    struct settings settings;
    struct com_problems problems = {0};
    if (!path && access(MOMD_CONFIG_PATH, F_OK) == 0)
        path = MOMD_CONFIG_PATH;
    int rc = settings_load(&settings, path, &problems);
    com_problems_print(&problems, stderr);
    com_problems_done(&problems);
    if (rc != 0)
        return COM_EXIT_CONFIG;
    if (action == RUN)
        return momd_run(path, &settings);
    if (action == DUMP)
        com_config_dump(&settings_config, &settings, stdout);
    settings_free(&settings);
    return COM_EXIT_OK;
}

int main(int argc, char **argv)
{
    enum action action = RUN;
    const char *path = NULL;
    int option;
    com_fill_standard_streams();
    while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
        switch (option) {
        case 'c':
            path = optarg;
            break;
        case 'k':
            action = CHECK;
            break;
        case 'd':
            action = DUMP;
            break;
        case 's':
            action = SAMPLE;
            break;
        case 'm':
            action = MANUAL;
            break;
        case 'V':
            printf("momd %s\n", MOM_VERSION_TEXT);
            return COM_EXIT_OK;
        case 'h':
            usage(stdout);
            return COM_EXIT_OK;
        default:
            usage(stderr);
            return COM_EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "momd: unexpected argument: %s\n", argv[optind]);
        return COM_EXIT_USAGE;
    }
    if (action == SAMPLE)
        com_config_sample(&settings_config, stdout);
    else if (action == MANUAL)
        com_config_man(&settings_config, stdout);
    else
        return act(action, path);
    return COM_EXIT_OK;
}
