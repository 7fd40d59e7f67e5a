/*
 * What the library writes for others: JSON, tables, command help, log lines and notifications.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/cli.h>
#include <com/json.h>
#include <com/log.h>
#include <com/loop.h>
#include <com/notify.h>
#include <errno.h>
#include <com/table.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* --- JSON ------------------------------------------------------------------------------------- */

static void json_strings_are_escaped_exactly(void **state)
{
    static const struct {
        const char *in;
        size_t len;
        const char *out;
    } cases[] = {
        {"", 0, "\"\""},
        {"a\"b\\c/", 6, "\"a\\\"b\\\\c/\""},
        {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
        {"\0\x01\x1f\x7f", 4, "\"\\u0000\\u0001\\u001f\\u007f\""},
        {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\""},
        {"\xff", 1, "\"\xef\xbf\xbd\""},
        {"a\xc3", 2, "\"a\xef\xbf\xbd\""},
        {"\xc0\xaf", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xe2\x82x", 3, "\"\xef\xbf\xbd\xef\xbf\xbdx\""},
        {"\xf4\x90\x80\x80", 4, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    };
    struct com_json json;
    (void)state;
    com_json_init(&json);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        com_json_reset(&json);
        com_json_str(&json, cases[i].in, cases[i].len);
        assert_string_equal(com_json_done_text(&json), cases[i].out);
        json_error_t error;
        json_t *read = json_loadb(json.buf, json.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
        assert_non_null(read);
        json_decref(read);
    }
    com_json_done(&json);
}

static void json_values_nest_with_their_commas(void **state)
{
    struct com_json json;
    (void)state;
    com_json_init(&json);
    com_json_object(&json);
    com_json_set_int(&json, "min", INT64_MIN);
    com_json_set_id(&json, "id", UINT64_MAX);
    com_json_key(&json, "list");
    com_json_array(&json);
    com_json_bool(&json, true);
    com_json_null(&json);
    com_json_object(&json);
    com_json_end(&json);
    com_json_double(&json, 0.5);
    com_json_double(&json, (double)NAN);
    com_json_format(&json, "%d%%", 50);
    com_json_end(&json);
    com_json_set_text(&json, "none", NULL);
    com_json_set_bool(&json, "no", false);
    assert_null(com_json_done_text(&json));
    com_json_end(&json);
    assert_string_equal(
        com_json_done_text(&json),
        "{\"min\":-9223372036854775808,\"id\":\"18446744073709551615\",\"list\":[true,null,{},0.5,"
        "null,\"50%\"],\"none\":null,\"no\":false}");
    com_json_done(&json);
}

static void json_misuse_gives_no_text(void **state)
{
    struct com_json json;
    (void)state;
    for (int i = 0; i < 6; i++) {
        com_json_init(&json);
        if (i == 0) {
            com_json_end(&json);
        } else if (i == 1) { /* value without key */
            com_json_object(&json);
            com_json_int(&json, 1);
            com_json_end(&json);
        } else if (i == 2) { /* key without value */
            com_json_object(&json);
            com_json_key(&json, "a");
            com_json_end(&json);
        } else if (i == 3) { /* key in an array */
            com_json_array(&json);
            com_json_key(&json, "a");
        } else if (i == 4) { /* two texts */
            com_json_int(&json, 1);
            com_json_int(&json, 2);
        } else {
            for (int k = 0; k <= COM_JSON_DEPTH_MAX; k++)
                com_json_array(&json);
            for (int k = 0; k <= COM_JSON_DEPTH_MAX; k++)
                com_json_end(&json);
        }
        assert_null(com_json_done_text(&json));
        com_json_done(&json);
    }
}

/* --- tables and commands ---------------------------------------------------------------------- */

static char *table_text(unsigned width)
{
    static const struct com_column columns[] = {
        {"SITE", false, 0}, {"USERS", true, 0}, {"STATE", false, 6}};
    static const char *const rows[][3] = {
        {"Köln", "5000", "steady"}, {"B\x1b[31m", "7", "importing"}, {"x", NULL, "ok"}};
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    struct com_table *table = com_table_new(columns, 3);
    for (size_t i = 0; i < 3; i++)
        com_table_row(table, rows[i]);
    com_table_print(table, out, width);
    com_table_free(table);
    fclose(out);
    return text;
}

static void tables_align_by_characters(void **state)
{
    (void)state;
    char *text = table_text(0);
    assert_string_equal(text, "SITE    USERS  STATE\n"
                              "Köln     5000  steady\n"
                              "B [31m      7  impor…\n"
                              "x              ok\n");
    free(text);
    text = table_text(11);
    assert_string_equal(text, "SITE    US…\n"
                              "Köln    50…\n"
                              "B [31m    7\n"
                              "x          \n");
    free(text);
}

static int ran;
static int run_add(void *user, int argc, char **argv)
{
    ran = argc;
    assert_string_equal(argv[0], "add");
    return *(int *)user;
}
static int run_sites(void *user, int argc, char **argv)
{
    (void)user;
    (void)argv;
    ran = 100 + argc;
    return 0;
}

static void commands_are_found_by_their_longest_name(void **state)
{
    static const struct com_command commands[] = {{"sites", "", "List the sites", run_sites},
                                                  {"sites add", "NAME", "Add a site", run_add}};
    char sites[] = "sites", add[] = "add", name[] = "x", wrong[] = "sitse";
    char *with_add[] = {sites, add, name}, *with_name[] = {sites, name}, *unknown[] = {wrong};
    int answer = 4;
    (void)state;
    assert_int_equal(com_cli_run(commands, 2, &answer, 3, with_add), 4);
    assert_int_equal(ran, 2);
    assert_int_equal(com_cli_run(commands, 2, &answer, 2, with_name), 0);
    assert_int_equal(ran, 102);
    assert_int_equal(com_cli_run(commands, 2, &answer, 1, unknown), COM_EXIT_USAGE);
    assert_int_equal(com_cli_run(commands, 2, &answer, 0, NULL), COM_EXIT_USAGE);
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    com_cli_help(commands, 2, out);
    fclose(out);
    assert_string_equal(text, "  sites           List the sites\n  sites add NAME  Add a site\n");
    free(text);
}

/* --- log -------------------------------------------------------------------------------------- */

static char logged[16384];

/* What the calls between begin and end wrote. */
static int log_pipe[2];
static void log_begin(void)
{
    assert_int_equal(pipe(log_pipe), 0);
    com_log_to(log_pipe[1]);
}
static void log_end(void)
{
    com_log_flush();
    com_log_to(STDERR_FILENO);
    close(log_pipe[1]);
    ssize_t n, len = 0;
    while ((n = read(log_pipe[0], logged + len, sizeof logged - 1 - (size_t)len)) > 0)
        len += n;
    logged[len] = '\0';
    close(log_pipe[0]);
}

static void log_lines_have_time_and_level(void **state)
{
    int year, ms;
    char level[20] = "";
    (void)state;
    unsetenv("JOURNAL_STREAM");
    log_begin();
    com_warning("site %s is down", "1");
    com_debug("not shown");
    log_end();
    /* NOLINTNEXTLINE(cert-err34-c): whether it has the form is what is tested */
    assert_int_equal(sscanf(logged, "%d-%*d-%*dT%*d:%*d:%*d.%dZ %19[a-z]:", &year, &ms, level), 3);
    assert_string_equal(level, "warning");
    assert_non_null(strstr(logged, ": site 1 is down\n"));
    assert_null(strstr(logged, "not shown"));
}

static void log_lines_for_the_journal_have_a_priority(void **state)
{
    struct stat st;
    char text[64];
    (void)state;
    assert_int_equal(pipe(log_pipe), 0);
    fstat(log_pipe[1], &st);
    snprintf(text, sizeof text, "%llu:%llu", (unsigned long long)st.st_dev,
             (unsigned long long)st.st_ino);
    setenv("JOURNAL_STREAM", text, 1);
    com_log_to(log_pipe[1]);
    com_log_set_level(COM_DEBUG);
    com_error("a");
    com_debug("b");
    com_log_set_level(COM_INFO);
    log_end();
    unsetenv("JOURNAL_STREAM");
    assert_string_equal(logged, "<3>a\n<7>b\n");
}

static void log_repetitions_are_counted(void **state)
{
    (void)state;
    log_begin();
    for (int i = 0; i < 1000; i++)
        com_error("again");
    com_error("else");
    log_end();
    assert_non_null(strstr(logged, "error: last message repeated 999 times\n"));
    assert_true(strlen(logged) < 300);
}

static void log_lines_cannot_be_forged(void **state)
{
    static char longest[5000];
    (void)state;
    log_begin();
    com_error("name \"%s\"", "x\n2026-01-01 error: forged\x1b[2J\xc2\x9bK");
    memset(longest, 'y', sizeof longest - 1);
    com_error("%s", longest);
    log_end();
    assert_non_null(strstr(logged, "x\\x0a2026-01-01 error: forged\\x1b[2J\\x9bK\"\n"));
    assert_non_null(strstr(logged, "yyy...\n"));
}

static void level_names_are_known(void **state)
{
    enum com_level level = COM_ERROR;
    (void)state;
    assert_true(com_level_of("debug", &level));
    assert_int_equal(level, COM_DEBUG);
    assert_false(com_level_of("loud", &level));
    assert_string_equal(com_level_name(COM_NOTICE), "notice");
    char text[COM_TIME_TEXT_MAX];
    assert_string_equal(com_time_text(INT64_C(1767225599999), text, sizeof text),
                        "2025-12-31T23:59:59.999Z");
    assert_string_equal(com_time_text(-1, text, sizeof text), "1969-12-31T23:59:59.999Z");
}

/* --- notification ----------------------------------------------------------------------------- */

static void receive_at(struct sockaddr_un *address, socklen_t size, const char *name)
{
    char text[600];
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    assert_int_equal(com_notify("READY=1\nSTATUS=x"), 1);
    assert_int_equal(recv(fd, text, sizeof text, 0), 16);
    assert_memory_equal(text, "READY=1\nSTATUS=x", 16);
    assert_int_equal(com_notify_ready("3 of 3\nMAINPID=1"), 1);
    text[recv(fd, text, sizeof text - 1, 0)] = '\0';
    assert_string_equal(text, "READY=1\nSTATUS=3 of 3 MAINPID=1");
    assert_int_equal(com_notify_reloading(), 1);
    text[recv(fd, text, sizeof text - 1, 0)] = '\0';
    assert_memory_equal(text, "RELOADING=1\nMONOTONIC_USEC=", 27);
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

static void notifications_reach_files_and_abstract_names(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64];
    (void)state;
    snprintf(name, sizeof name, "/tmp/com-notify-%d", (int)getpid());
    snprintf(address.sun_path, sizeof address.sun_path, "%s", name);
    receive_at(&address, sizeof address, name);
    unlink(name);
    snprintf(name, sizeof name, "@com-notify-%d", (int)getpid());
    memset(address.sun_path, 0, sizeof address.sun_path);
    memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
    receive_at(&address, (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name)), name);
    assert_int_equal(com_notify_stopping(), 0);
    setenv("NOTIFY_SOCKET", "relative", 1);
    assert_true(com_notify("READY=1") < 0);
    unsetenv("NOTIFY_SOCKET");
}

static void a_busy_manager_does_not_hold_up_the_watchdog(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int result = 1;
    (void)state;
    snprintf(address.sun_path, sizeof address.sun_path, "/tmp/com-notify-%d", (int)getpid());
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    /* nobody reads: the queue is full at some time */
    for (int i = 0; i < 100000 && result == 1; i++)
        result = com_notify_watchdog();
    assert_int_equal(result, -EAGAIN);
    assert_int_equal(com_notify_status("late"), -EAGAIN);
    close(fd);
    unlink(address.sun_path);
    unsetenv("NOTIFY_SOCKET");
}

static void the_watchdog_beats_at_half_the_interval(void **state)
{
    (void)state;
    unsetenv("WATCHDOG_PID");
    unsetenv("WATCHDOG_USEC");
    assert_int_equal(com_notify_watchdog_ms(), 0);
    setenv("WATCHDOG_USEC", "60000000", 1);
    assert_int_equal(com_notify_watchdog_ms(), 30000);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(com_notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_PID");
    setenv("WATCHDOG_USEC", "x", 1);
    assert_int_equal(com_notify_watchdog_ms(), 0);
    unsetenv("WATCHDOG_USEC");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_strings_are_escaped_exactly),
        cmocka_unit_test(json_values_nest_with_their_commas),
        cmocka_unit_test(json_misuse_gives_no_text),
        cmocka_unit_test(tables_align_by_characters),
        cmocka_unit_test(commands_are_found_by_their_longest_name),
        cmocka_unit_test(log_lines_have_time_and_level),
        cmocka_unit_test(log_lines_for_the_journal_have_a_priority),
        cmocka_unit_test(log_repetitions_are_counted),
        cmocka_unit_test(log_lines_cannot_be_forged),
        cmocka_unit_test(level_names_are_known),
        cmocka_unit_test(notifications_reach_files_and_abstract_names),
        cmocka_unit_test(a_busy_manager_does_not_hold_up_the_watchdog),
        cmocka_unit_test(the_watchdog_beats_at_half_the_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
