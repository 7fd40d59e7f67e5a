/*
 * The configuration reader: what it takes, every kind of mistake with its place, and that the texts
 * made from the table can be read again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct settings {
    char *path, *name;
    bool tls;
    int64_t port, wait, size;
    int level;
};

static const char *const levels[] = {"error", "info", "debug", NULL};

/* clang-format off */
#define AT(member) offsetof(struct settings, member)
static const struct com_key keys[] = {
    {.section = "store", .name = "path", .type = COM_KEY_TEXT, .default_text = "/var/lib/x", .min = 1,
     .help = "Where it is. It can be long: this text goes on for more than one line, so that the sample has to "
     "break it somewhere.", .needs_restart = true, .offset = AT(path)},
    {.section = "store", .name = "size", .type = COM_KEY_BYTES, .default_text = "1GiB", .min = 4096,
     .max = INT64_C(1) << 40, .help = "How large.", .offset = AT(size)},
    {.section = "link", .name = "name", .type = COM_KEY_TEXT, .default_text = "", .max = 20, .help = ".Who",
     .offset = AT(name)},
    {.section = "link", .name = "port", .type = COM_KEY_INT, .default_text = "12622", .min = 1, .max = 65535,
     .help = "Where.", .offset = AT(port)},
    {.section = "link", .name = "retry-after", .type = COM_KEY_DURATION, .default_text = "1min", .min = 100,
     .max = 3600000, .help = "When.", .offset = AT(wait)},
    {.section = "link", .name = "tls", .type = COM_KEY_BOOL, .default_text = "yes", .help = "How.",
     .offset = AT(tls)},
    {.section = "log", .name = "level", .type = COM_KEY_CHOICE, .default_text = "info", .choices = levels,
     .help = "What.", .offset = AT(level)},
};
/* clang-format on */
static const struct com_config config = {keys, sizeof keys / sizeof keys[0],
                                         sizeof(struct settings), "Settings of a test"};

static int parse(const char *text, struct settings *settings, struct com_problems *problems)
{
    return com_config_parse(&config, settings, "f", text, strlen(text), problems);
}

static void values_of_every_type_are_read(void **state)
{
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    const char *text =
        "\xef\xbb\xbf# comment\r\n; another\n\n [store] \npath = /srv/a b # no comment "
        "\r\nsize=64KiB\n"
        "[link]\nname = \" \\\"x\\\" \\\\ \\n\"\nport\t=  7 \ntls = OFF\nretry-after = 250ms\n"
        "[log]\nlevel=debug";
    assert_int_equal(parse(text, &s, &problems), 0);
    assert_int_equal(problems.count, 0);
    assert_string_equal(s.path, "/srv/a b # no comment");
    assert_string_equal(s.name, " \"x\" \\ \n");
    assert_int_equal(s.size, 65536);
    assert_int_equal(s.port, 7);
    assert_int_equal(s.wait, 250);
    assert_false(s.tls);
    assert_int_equal(s.level, 2);
    com_config_free(&config, &s);
}

static void what_is_not_set_has_its_default(void **state)
{
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    assert_int_equal(com_config_load(&config, &s, NULL, &problems), 0);
    assert_string_equal(s.path, "/var/lib/x");
    assert_string_equal(s.name, "");
    assert_int_equal(s.size, 1 << 30);
    assert_int_equal(s.wait, 60000);
    assert_true(s.tls);
    assert_int_equal(s.level, 1);
    com_config_free(&config, &s);
}

static void every_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"[stor]\npath = x\n", "f:1:2: unknown section \"stor\" (did you mean \"store\"?)"},
        {"[xyz]\n", "f:1:2: unknown section \"xyz\""},
        {"[link\n", "f:1:1: a section is written [name], alone on its line"},
        {"[link] x\n", "f:1:1: a section is written [name], alone on its line"},
        {"[link]\n  prot = 5\n", "f:2:3: unknown key \"prot\" in [link] (did you mean \"port\"?)"},
        {"[link]\npath = 5\n", "f:2:1: unknown key \"path\" in [link]"},
        {"port = 5\n", "f:1:1: a key stands before the first [section]"},
        {"[link]\nport\n", "f:2:1: = is missing behind the key"},
        {"[link]\n= 5\n", "f:2:1: the key before = is missing"},
        {"[link]\nport = 5\nport = 6\n", "f:3:1: port is set twice, first on line 2"},
        {"[link]\nport = 5x\n", "f:2:8: port: \"5x\" is not a whole number (1 to 65535)"},
        {"[link]\nport = 0\n", "f:2:8: port: \"0\" is out of range (1 to 65535)"},
        {"[link]\nport = 99999999999999999999\n",
         "f:2:8: port: \"99999999999999999999\" is not a whole number (1 to 65535)"},
        {"[link]\nport = \n", "f:2:7: port: \"\" is not a whole number (1 to 65535)"},
        {"[link]\nretry-after = 30\n", "f:2:15: retry-after: \"30\" is not a duration like 250ms, "
                                       "30s, 5min or 2h (100 to 3600000 ms)"},
        {"[link]\nretry-after = 2h\n",
         "f:2:15: retry-after: \"2h\" is out of range (100 to 3600000 ms)"},
        {"[store]\nsize = 5kb\n", "f:2:8: size: \"5kb\" is not a size like 4096, 64KiB, 16MiB or "
                                  "1GiB (4096 to 1099511627776 bytes)"},
        {"[store]\nsize = 9999999999999GiB\n",
         "f:2:8: size: \"9999999999999GiB\" is not a size like 4096, 64KiB, 16MiB or 1GiB (4096 to "
         "1099511627776 "
         "bytes)"},
        {"[link]\ntls = maybe\n", "f:2:7: tls: \"maybe\" is not yes or no"},
        {"[log]\nlevel = loud\n",
         "f:2:9: level: \"loud\" is not one of the choices (error, info, debug)"},
        {"[link]\nname = \"x\n", "f:2:8: the closing quote is missing"},
        {"[link]\nname = \"x\" y\n", "f:2:11: there is something behind the closing quote"},
        {"[link]\nname = \"\\q\"\n", "f:2:9: unknown escape; there are \\\" \\\\ \\n and \\t"},
        {"[link]\nname = \"x\\\n", "f:2:10: unknown escape; there are \\\" \\\\ \\n and \\t"},
        {"[link]\nname = 123456789012345678901\n",
         "f:2:8: name: \"123456789012345678901\" is too short or too long"},
        {"[store]\npath =\n", "f:2:7: path: \"\" must not be empty"},
        {"[link]\nname = a\x01z\n", "f:2:9: control character"},
        {"[link]\nname = a\xffz\n", "f:2:9: not UTF-8"},
        {"[link]\nname = a\xed\xa0\x80z\n", "f:2:9: not UTF-8"},
        {"[link]\nname = a\xe2\x82", "f:2:9: not UTF-8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct settings s = {.port = 42};
        struct com_problems problems = {0};
        assert_int_equal(parse(cases[i].text, &s, &problems), -1);
        assert_int_equal(problems.count, 1);
        assert_string_equal(problems.lines[0], cases[i].problem);
        assert_int_equal(s.port, 42); /* untouched */
        com_problems_done(&problems);
    }
}

static void zero_bytes_and_endless_lines_are_refused(void **state)
{
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    assert_int_equal(com_config_parse(&config, &s, "f", "[link]\nname = a\0b\n", 18, &problems),
                     -1);
    assert_string_equal(problems.lines[0], "f:2:9: control character");
    com_problems_done(&problems);
    size_t len = COM_CONFIG_LINE_MAX + 10;
    char *text = malloc(len + 1);
    memset(text, '#', len);
    text[len] = '\0';
    assert_int_equal(parse(text, &s, &problems), -1);
    assert_non_null(strstr(problems.lines[0], "longer than 65536 bytes"));
    text[COM_CONFIG_LINE_MAX] = '\0';
    com_problems_done(&problems);
    assert_int_equal(parse(text, &s, &problems), 0);
    com_config_free(&config, &s);
    free(text);
}

static void all_mistakes_are_told_in_one_run(void **state)
{
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    assert_int_equal(
        parse("[link]\nport = x\ntls = x\n[nothing]\na = b\n[log]\nlevel = x\n", &s, &problems),
        -1);
    assert_int_equal(problems.count, 4);
    com_problems_done(&problems);
    char text[1001] = "";
    for (size_t i = 0; i < sizeof text - 1; i++)
        text[i] = i % 2 ? '\n' : 'x';
    assert_int_equal(parse(text, &s, &problems), -1);
    assert_int_equal(problems.count, COM_PROBLEMS_MAX);
    com_problems_done(&problems);
}

static void write_text(const char *folder, const char *name, const char *text)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void files_of_the_folder_come_later_in_order(void **state)
{
    char folder[] = "/tmp/com-config-XXXXXX", path[64], command[80];
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/conf.d", folder);
    mkdir(path, 0700);
    write_text(folder, "x.conf", "[link]\nport = 1\nname = base\n");
    write_text(path, "20-b.conf", "[link]\nport = 3\n");
    write_text(path, "10-a.conf", "[link]\nport = 2\ntls = no\n");
    write_text(path, "30-c.conf~", "nonsense");
    write_text(path, ".hidden.conf", "nonsense");
    snprintf(path, sizeof path, "%s/x.conf", folder);
    assert_int_equal(com_config_load(&config, &s, path, &problems), 0);
    assert_int_equal(s.port, 3);
    assert_false(s.tls);
    assert_string_equal(s.name, "base");
    com_config_free(&config, &s);
    snprintf(path, sizeof path, "%s/x.confx", folder);
    assert_int_equal(com_config_load(&config, &s, path, &problems), -1);
    assert_non_null(strstr(problems.lines[0], "x.confx: cannot be read: No such file"));
    com_problems_done(&problems);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own */
}

static char page[16384];

static void print_page(void (*print)(const struct com_config *, FILE *))
{
    FILE *out = fmemopen(page, sizeof page, "w");
    print(&config, out);
    fclose(out);
}

static void the_dump_can_be_read_again(void **state)
{
    struct settings a, b;
    struct com_problems problems = {0};
    char *text = NULL;
    size_t len = 0, iter = 0;
    (void)state;
    assert_int_equal(
        parse("[link]\nname = \"  a\\n\\\"b\\\\ \"\nport=9\nretry-after=90s\n[store]\nsize=5000\n",
              &a, &problems),
        0);
    FILE *out = open_memstream(&text, &len);
    com_config_dump(&config, &a, out);
    fclose(out);
    assert_non_null(strstr(text, "retry-after = 90s\n"));
    assert_int_equal(parse(text, &b, &problems), 0);
    assert_null(com_config_changed(&config, &a, &b, &iter));
    b.port = 10;
    b.level = 0;
    iter = 0;
    assert_string_equal(com_config_changed(&config, &a, &b, &iter)->name, "port");
    assert_string_equal(com_config_changed(&config, &a, &b, &iter)->name, "level");
    assert_null(com_config_changed(&config, &a, &b, &iter));
    com_config_free(&config, &a);
    com_config_free(&config, &b);
    free(text);
}

static void values_of_every_type_are_exchanged(void **state)
{
    static const char text[] = "[store]\npath=/a\nsize=5000\n[link]\nname=n\nport=9\n"
                               "retry-after=1s\ntls=no\n[log]\nlevel=debug\n";
    struct settings a, b, was_a, was_b;
    struct com_problems problems = {0};
    (void)state;
    assert_int_equal(parse(text, &a, &problems), 0);
    assert_int_equal(parse("", &b, &problems), 0);
    was_a = a;
    was_b = b;
    for (size_t i = 0; i < config.count; i++) {
        size_t iter = i;
        assert_ptr_equal(com_config_changed(&config, &a, &b, &iter), &keys[i]);
        com_config_swap(&keys[i], &a, &b);
    }
    assert_ptr_equal(a.path, was_b.path);
    assert_ptr_equal(b.name, was_a.name);
    assert_int_equal(a.size, was_b.size);
    assert_int_equal(b.port, 9);
    assert_int_equal(a.wait, was_b.wait);
    assert_false(b.tls);
    assert_true(a.tls);
    assert_int_equal(b.level, 2);
    assert_int_equal(a.level, was_b.level);
    com_config_free(&config, &a);
    com_config_free(&config, &b);
}

static void the_sample_shows_every_key_and_changes_nothing(void **state)
{
    struct settings s;
    struct com_problems problems = {0};
    (void)state;
    print_page(com_config_sample);
    assert_int_equal(parse(page, &s, &problems), 0);
    com_config_free(&config, &s);
    assert_non_null(strstr(page, "# (size from 4KiB to 1024GiB)\n# size = 1GiB\n"));
    assert_non_null(strstr(page, "(text; a change needs a restart)"));
    /* with the comment marks of its values taken away it is the defaults */
    for (size_t i = 0; i < config.count; i++) {
        char line[100];
        snprintf(line, sizeof line, "\n# %s = ", keys[i].name);
        char *at = strstr(page, line);
        assert_non_null(at);
        at[1] = ' ';
    }
    assert_int_equal(parse(page, &s, &problems), 0);
    assert_int_equal(s.port, 12622);
    com_config_free(&config, &s);
    print_page(com_config_man);
    assert_non_null(
        strstr(page, ".Ss [link]\n.Bl -tag -width Ds\n.It Ic name No = Ar \"\"\n\\&.Who\n"));
}

/* Damage a good file at random: a result or problems, and no reading beyond the text. */
static void damaged_files_are_survived(void **state)
{
    static const char good[] =
        "# x\n[store]\npath = /a\nsize = 64KiB\n[link]\nname = \"a\\n\\\"\"\nport = 5\n"
        "retry-after = 5min\ntls = no\n[log]\nlevel = info\n";
    unsigned seed = 4711;
    (void)state;
    for (int i = 0; i < 5000; i++) {
        struct settings s;
        struct com_problems problems = {0};
        size_t len = 1 + (size_t)rand_r(&seed) % (sizeof good - 1);
        char *text = malloc(len); /* exactly, so that a sanitizer sees a byte too far */
        memcpy(text, good, len);
        for (int k = rand_r(&seed) % 4; k > 0; k--)
            text[(size_t)rand_r(&seed) % len] = (char)(rand_r(&seed) >> 5);
        if (com_config_parse(&config, &s, "f", text, len, &problems) == 0)
            com_config_free(&config, &s);
        else
            assert_true(problems.count > 0);
        com_problems_done(&problems);
        free(text);
    }
}

static void words_find_their_neighbours(void **state)
{
    static const char *const names[] = {"sites", "users", "devices", NULL};
    (void)state;
    assert_string_equal(com_nearest("site", names), "sites");
    assert_string_equal(com_nearest("usres", names), "users");
    assert_string_equal(com_nearest("devcies", names), "devices");
    assert_null(com_nearest("zebra", names));
    assert_null(com_nearest("", names));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_type_are_read),
        cmocka_unit_test(what_is_not_set_has_its_default),
        cmocka_unit_test(every_mistake_is_told_with_its_place),
        cmocka_unit_test(zero_bytes_and_endless_lines_are_refused),
        cmocka_unit_test(all_mistakes_are_told_in_one_run),
        cmocka_unit_test(files_of_the_folder_come_later_in_order),
        cmocka_unit_test(the_dump_can_be_read_again),
        cmocka_unit_test(values_of_every_type_are_exchanged),
        cmocka_unit_test(the_sample_shows_every_key_and_changes_nothing),
        cmocka_unit_test(damaged_files_are_survived),
        cmocka_unit_test(words_find_their_neighbours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
