/*
 * Command line and configuration of a daemon.
 */
#include "main.h"

#include <com/cli.h>

#include <getopt.h>
#include <stdio.h>
#include <unistd.h>

enum action { RUN, CHECK, DUMP, SAMPLE, MANUAL };

static const struct option options[] = {
    {"config", required_argument, NULL, 'c'},  {"check-config", no_argument, NULL, 'k'},
    {"dump-config", no_argument, NULL, 'd'},   {"sample-config", no_argument, NULL, 's'},
    {"manual-config", no_argument, NULL, 'm'}, {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},          {NULL, 0, NULL, 0},
};

static void usage(const struct host_program *program, FILE *out)
{
    fprintf(out,
            "usage: %s [option ...]\n"
            "%s Runs in the foreground until SIGTERM; SIGHUP loads the configuration again.\n"
            "\n"
            "  -c, --config FILE    configuration, default %s if that exists\n"
            "      --check-config   report every mistake of the configuration and end: 0 or 78\n"
            "      --dump-config    print the configuration in force\n"
            "      --sample-config  print a documented sample\n"
            "      --manual-config  print the keys as entries of %s.conf(5)\n"
            "      --version\n"
            "      --help\n",
            program->name, program->summary, program->config_path, program->name);
}

static int act(const struct host_program *program, void *daemon, enum action action,
               const char *path)
{
    struct com_problems problems = {0};
    int code = COM_EXIT_OK;
    if (!path && access(program->config_path, F_OK) == 0)
        path = program->config_path;
    void *settings = host_settings_load(program, path, &problems);
    com_problems_print(&problems, stderr);
    com_problems_done(&problems);
    if (!settings)
        return COM_EXIT_CONFIG;
    if (action == RUN)
        code = host_run(program, daemon, path, settings);
    else if (action == DUMP)
        com_config_dump(program->config, settings, stdout);
    host_settings_free(program, settings);
    return code;
}

int host_main(const struct host_program *program, void *daemon, int argc, char **argv)
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
            printf("%s %s\n", program->name, MOM_VERSION_TEXT);
            return COM_EXIT_OK;
        case 'h':
            usage(program, stdout);
            return COM_EXIT_OK;
        default:
            usage(program, stderr);
            return COM_EXIT_USAGE;
        }
    }
    if (optind < argc) {
        fprintf(stderr, "%s: unexpected argument: %s\n", program->name, argv[optind]);
        return COM_EXIT_USAGE;
    }
    if (action == SAMPLE)
        com_config_sample(program->config, stdout);
    else if (action == MANUAL)
        com_config_man(program->config, stdout);
    else
        return act(program, daemon, action, path);
    return COM_EXIT_OK;
}
