/*
 * Looking up and listing commands.
 */
#include <com/cli.h>
#include <com/config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How many of the words are the name's; 0 when the name is another one. */
static int match(const char *name, int argc, char **argv)
{
    int words = 0;
    for (;;) {
        size_t len = strcspn(name, " ");
        if (words >= argc || strlen(argv[words]) != len || memcmp(argv[words], name, len) != 0)
            return 0;
        words++;
        if (name[len] == '\0')
            return words;
        name += len + 1;
    }
}

const struct com_command *com_cli_find(const struct com_command *commands, size_t count, int argc,
                                       char **argv, int *ret_words)
{
    const struct com_command *best = NULL;
    int best_words = 0;
    for (size_t i = 0; i < count; i++) {
        int words = match(commands[i].name, argc, argv);
        if (words > best_words) {
            best = &commands[i];
            best_words = words;
        }
    }
    if (best)
        *ret_words = best_words;
    return best;
}

static void complain(const struct com_command *commands, size_t count, const char *word)
{
    fprintf(stderr, "unknown command: %s", word);
    const char **names = calloc(count + 1, sizeof *names);
    for (size_t i = 0; names && i < count; i++)
        names[i] = commands[i].name;
    const char *near = names ? com_nearest(word, names) : NULL;
    if (near)
        fprintf(stderr, " (did you mean \"%s\"?)", near);
    fputc('\n', stderr);
    free(names);
}

int com_cli_run(const struct com_command *commands, size_t count, void *user, int argc, char **argv)
{
    int words = 0;
    if (argc < 1) {
        fprintf(stderr, "a command is missing; the commands are:\n");
        com_cli_help(commands, count, stderr);
        return COM_EXIT_USAGE;
    }
    const struct com_command *command = com_cli_find(commands, count, argc, argv, &words);
    if (!command) {
        complain(commands, count, argv[0]);
        return COM_EXIT_USAGE;
    }
    return command->run(user, argc - words + 1, argv + words - 1);
}

void com_cli_help(const struct com_command *commands, size_t count, FILE *out)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        size_t own = strlen(commands[i].name) + 1 + strlen(commands[i].args);
        width = own > width ? own : width;
    }
    for (size_t i = 0; i < count; i++) {
        int n = fprintf(out, "  %s %s", commands[i].name, commands[i].args);
        fprintf(out, "%*s  %s\n", (int)width + 2 - n > 0 ? (int)width + 2 - n : 0, "",
                commands[i].help);
    }
}
