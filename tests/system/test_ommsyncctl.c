/*
 * What ommsyncctl asks and what it makes of the answers. In the place of a daemon stands a process that knows a few
 * requests by the letter and has an answer to each; any other one is refused.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <com/cli.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define END         "{\"end\":true,\"code\":0}\n"
#define PROGRESS    "{\"what\":\"progress\"}\n"
#define NOT_AWAITED "{\"end\":true,\"code\":2,\"error\":\"not the request that is awaited\"}\n"
#define WORDS_MAX   16

/* The request as it has to come, and what is answered. */
struct exchange {
    const char *asked, *answer;
};

struct desk {
    char folder[64], socket_path[96];
    pid_t daemon; /* 0: there is none */
};

/* What a run of the program left. */
struct outcome {
    int code;
    char out[16384], err[2048];
};

/* --- the daemon's place ---------------------------------------------------------------------------------- */

static void answer(int fd, const struct exchange *exchange)
{
    char line[4096];
    size_t len = 0;
    ssize_t n;
    while (len < sizeof line - 1 && !memchr(line, '\n', len) &&
           (n = read(fd, line + len, sizeof line - 1 - len)) > 0)
        len += (size_t)n;
    line[len] = '\0';
    line[strcspn(line, "\n")] = '\0';
    const char *text = strcmp(line, exchange->asked) == 0 ? exchange->answer : NOT_AWAITED;
    (void)send(fd, text, strlen(text), MSG_NOSIGNAL);
}

static void serve(struct desk *desk, const struct exchange *exchange)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(listener >= 0);
    memcpy(address.sun_path, desk->socket_path, strlen(desk->socket_path) + 1);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 4), 0);
    desk->daemon = fork();
    assert_true(desk->daemon >= 0);
    if (desk->daemon == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int fd = accept(listener, NULL, NULL);
            if (fd < 0)
                _exit(1);
            answer(fd, exchange);
            close(fd);
        }
    }
    close(listener);
}

static int set_up(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    if (!desk)
        return -1;
    snprintf(desk->folder, sizeof desk->folder, "/tmp/momsync-ommsyncctl-XXXXXX");
    if (!mkdtemp(desk->folder)) {
        free(desk);
        return -1;
    }
    snprintf(desk->socket_path, sizeof desk->socket_path, "%s/sock", desk->folder);
    setenv("OMMSYNCCTL_SOCKET", desk->socket_path, 1);
    *state = desk;
    return 0;
}

static int tear_down(void **state)
{
    static const char *const files[] = {"sock", "in", "out", "err"};
    struct desk *desk = *state;
    char path[128];
    if (desk->daemon > 0) {
        kill(desk->daemon, SIGKILL);
        waitpid(desk->daemon, NULL, 0);
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", desk->folder, files[i]);
        (void)unlink(path);
    }
    (void)rmdir(desk->folder);
    free(desk);
    return 0;
}

/* --- the program ------------------------------------------------------------------------------------------ */

static void put_file(const struct desk *desk, const char *name, int fd, int flags)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", desk->folder, name);
    int file = open(path, flags, 0600);
    if (file < 0 || dup2(file, fd) != fd)
        _exit(126);
}

static void read_file(const struct desk *desk, const char *name, char *text, size_t max)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", desk->folder, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t len = fread(text, 1, max - 1, file);
    text[len] = '\0';
    fclose(file);
}

static void write_input(const struct desk *desk, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/in", desk->folder);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* `words` are parted by single blanks. */
static void start(const struct desk *desk, const char *words)
{
    const char *build = getenv("B");
    char path[512], copy[512], *args[WORDS_MAX + 2] = {0};
    int count = 1;
    snprintf(path, sizeof path, "%s/bin/ommsyncctl", build ? build : "build/gcc");
    snprintf(copy, sizeof copy, "%s", words);
    args[0] = path;
    for (char *rest = copy; rest && count <= WORDS_MAX;)
        args[count++] = strsep(&rest, " ");
    put_file(desk, "in", STDIN_FILENO, O_RDONLY);
    put_file(desk, "out", STDOUT_FILENO, O_WRONLY | O_CREAT | O_TRUNC);
    put_file(desk, "err", STDERR_FILENO, O_WRONLY | O_CREAT | O_TRUNC);
    execv(path, args);
    _exit(127);
}

static void run_with(const struct desk *desk, const char *input, const char *words,
                     struct outcome *ret_outcome)
{
    int status = -1;
    write_input(desk, input);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        start(desk, words);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    ret_outcome->code = WEXITSTATUS(status);
    read_file(desk, "out", ret_outcome->out, sizeof ret_outcome->out);
    read_file(desk, "err", ret_outcome->err, sizeof ret_outcome->err);
}

static void run(const struct desk *desk, const char *words, struct outcome *ret_outcome)
{
    run_with(desk, "", words, ret_outcome);
}

static void expect_code(const struct outcome *outcome, int code)
{
    if (outcome->code != code)
        fail_msg("ended with %d: %s%s", outcome->code, outcome->out, outcome->err);
}

static void expect_in(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in: %s", part, text);
}

static void expect_not_in(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in: %s", part, text);
}

static size_t lines_in(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

/* --- without a daemon --------------------------------------------------------------------------------------- */

static void help_lists_own_and_shared_commands(void **state)
{
    static const char *const lines[] = {
        "\n  status ",
        "\n  links ",
        "\n  links show NAME ",
        "\n  audit NODE ",
        "\n  remotes add ",
        "\n  remotes set ",
        "\n  remotes remove NAME ",
        "\n  remotes forget NODE ",
        "\n  first-sync ",
        "\n  first-sync merge ",
        "\n  first-sync delete ",
        "\n  omm replaced ",
        "\n  users ",
        "\n  devices add ",
        "\n  undo CONFLICT ",
        "\n  import FILE ",
        "\n  watch ",
        "\n  wait ",
        "\n  --repair ",
        "\n  --site NAME ",
    };
    struct outcome outcome;
    run(*state, "--help", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    expect_in(outcome.out, "usage: ommsyncctl ");
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        expect_in(outcome.out, lines[i]);
}

static void help_names_its_own_daemon_only(void **state)
{
    struct outcome outcome;
    run(*state, "--help", &outcome);
    expect_in(outcome.out, "on ommsyncd's machine");
    expect_in(outcome.out, "$OMMSYNCCTL_SOCKET or /run/ommsyncd/ommsyncd.sock");
    expect_in(outcome.out, "3 ommsyncd not reachable");
    expect_not_in(outcome.out, "momd");
    expect_not_in(outcome.out, "momctl");
    expect_not_in(outcome.out, "hub");
    expect_not_in(outcome.out, "@");
    expect_not_in(outcome.out, "sites add");
}

static void an_own_option_stands_for_the_shared_one(void **state)
{
    struct outcome outcome;
    run(*state, "--help", &outcome);
    const char *yes = strstr(outcome.out, "\n  --yes ");
    assert_non_null(yes);
    assert_null(strstr(yes + 1, "\n  --yes "));
    expect_in(yes, "do it, also when that deletes or revives many\n");
}

static void a_socket_that_is_not_there_is_named(void **state)
{
    const struct desk *desk = *state;
    struct outcome outcome;
    run(desk, "links", &outcome);
    expect_code(&outcome, COM_EXIT_UNREACHABLE);
    expect_in(outcome.err, "ommsyncctl: ");
    expect_in(outcome.err, desk->socket_path);
    expect_in(outcome.err, strerror(ENOENT));
    expect_in(outcome.err, "ommsyncd does not run, or has another socket");
    assert_string_equal(outcome.out, "");
    run(desk, "--socket /nowhere/sock status", &outcome);
    expect_code(&outcome, COM_EXIT_UNREACHABLE);
    expect_in(outcome.err, "ommsyncctl: /nowhere/sock: ");
}

static void mistakes_on_the_command_line_are_said(void **state)
{
    static const struct {
        const char *words, *said;
    } rows[] = {
        {"remots", "did you mean \"remotes\"?"},
        {"links lst", "did you mean \"links list\"?"},
        {"audit", "ommsyncctl: audit takes NODE"},
        {"remotes forget", "ommsyncctl: remotes forget takes NODE ..."},
        {"first-sync list --yes", "ommsyncctl: first-sync list takes no --yes"},
        {"remotes add south --password", "ommsyncctl: remotes add takes no --password"},
        {"remotes add south", "needs --password-file or --password-stdin"},
        {"sites add one 127.0.0.1", "unknown command: sites"},
        {"omm", "unknown command: omm"},
    };
    struct outcome outcome;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        run(*state, rows[i].words, &outcome);
        expect_code(&outcome, COM_EXIT_USAGE);
        expect_in(outcome.err, rows[i].said);
    }
}

/* --- with answers -------------------------------------------------------------------------------------------- */

#define LINK_ROW                                                                                   \
    "{\"name\":\"centre\",\"kind\":\"central\",\"address\":\"192.0.2.1:12622\",\"state\":\"up\","  \
    "\"records\":1234,\"progress\":\"63%\",\"eta_s\":80,\"clock_offset_ms\":-200,"                 \
    "\"bytes_in\":3145728,\"bytes_out\":104858,\"next_try_s\":null,\"reason\":\"\","               \
    "\"health\":[\"clock\",\"slow\"]}\n"

static void links_are_a_table(void **state)
{
    static const struct exchange exchange = {"{\"args\":[\"links\",\"list\"],\"options\":{}}",
                                             LINK_ROW END};
    static const char *const parts[] = {"NAME ",  "KIND ", "LEFT ",    "NEXT TRY",   "HEALTH",
                                        "centre", "63%",   "1min 20s", "-0.2 s",     "3.0 MiB",
                                        "1234",   "up",    "0.1 MiB",  "clock; slow"};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "links", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        expect_in(outcome.out, parts[i]);
    assert_int_equal(lines_in(outcome.out), 2);
    run(*state, "links list --json", &outcome);
    assert_string_equal(outcome.out, LINK_ROW);
}

static void one_link_is_a_line_for_each_member(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"links\",\"show\",\"centre\"],\"options\":{}}",
        "{\"name\":\"centre\",\"eta_s\":7320,\"bytes_out\":1048576,\"health\":[]}\n" END};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "links show centre", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    expect_in(outcome.out, "eta s                     2h 2min\n");
    expect_in(outcome.out, "bytes out                 1.0 MiB\n");
}

static void a_short_time_is_told_in_seconds(void **state)
{
    static const struct exchange exchange = {"{\"args\":[\"status\"],\"options\":{}}",
                                             "{\"eta_s\":59}\n" END};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "status", &outcome);
    assert_string_equal(outcome.out, "eta s                     59s\n");
}

static void an_account_is_sent_and_its_password_not_shown(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"remotes\",\"add\",\"south\"],"
        "\"options\":{\"user\":\"sync\",\"password\":\"hush\"}}",
        END};
    struct outcome outcome;
    serve(*state, &exchange);
    run_with(*state, "hush\nmore\n", "remotes add south --user sync --password-stdin", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    assert_string_equal(outcome.out, "");
    assert_string_equal(outcome.err, "");
}

static void a_password_is_asked_for_when_it_is_to_change(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"remotes\",\"set\",\"south\"],\"options\":{\"password\":\"hush\"}}", END};
    struct outcome outcome;
    serve(*state, &exchange);
    run_with(*state, "hush\n", "remotes set south --password", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
}

static void what_was_refused_of_several_is_told(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"remotes\",\"forget\",\"2\",\"7\"],\"options\":{}}",
        "{\"name\":\"2\",\"done\":true}\n"
        "{\"name\":\"7\",\"done\":false,\"error\":\"there is no node 7\"}\n"
        "{\"end\":true,\"code\":5,\"error\":\"there is no node 7\"}\n"};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "remotes forget 2 7", &outcome);
    expect_code(&outcome, COM_EXIT_PARTLY);
    assert_string_equal(outcome.err, "ommsyncctl: there is no node 7\n");
}

#define STEP                                                                                       \
    "{\"kind\":\"keep\",\"type\":\"user\",\"num\":\"4711\",\"name\":\"Night ward\",\"ipei\":\"\"," \
    "\"why\":\"new to the star\"}\n"
#define STEP_COUNTS "{\"what\":\"counts\",\"kept\":1,\"merged\":0}\n"

static void first_sync_is_a_table_and_counts(void **state)
{
    static const struct exchange exchange = {"{\"args\":[\"first-sync\",\"list\"],\"options\":{}}",
                                             PROGRESS STEP PROGRESS STEP_COUNTS END};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "first-sync", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    expect_in(outcome.out, "WOULD  TYPE  NUMBER  NAME        IPEI  WHY");
    expect_in(outcome.out, "keep   user  4711    Night ward        new to the star");
    expect_in(outcome.out, "kept                      1\n");
    expect_not_in(outcome.out, "what ");
    expect_not_in(outcome.out, "progress");
    run(*state, "first-sync list --json", &outcome);
    assert_string_equal(outcome.out, STEP STEP_COUNTS);
}

static void nothing_found_is_no_table(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"first-sync\",\"delete\"],\"options\":{\"yes\":true}}",
        "{\"what\":\"counts\",\"deleted\":3}\n" END};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "first-sync delete --yes", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    assert_string_equal(outcome.out, "deleted                   3\n");
}

static void a_decision_that_is_refused_says_why(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"omm\",\"replaced\"],\"options\":{\"yes\":true}}",
        STEP "{\"end\":true,\"code\":1,\"error\":\"the OMM is the one that it was\"}\n"};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "omm replaced --yes", &outcome);
    expect_code(&outcome, COM_EXIT_REFUSED);
    expect_in(outcome.out, "4711");
    assert_string_equal(outcome.err, "ommsyncctl: the OMM is the one that it was\n");
}

static void an_audit_repairs_when_it_is_told_to(void **state)
{
    static const struct exchange exchange = {
        "{\"args\":[\"audit\",\"centre\"],\"options\":{\"repair\":true}}",
        "{\"type\":\"device\",\"num\":\"\",\"ipei\":\"00110 0000001 9\",\"id\":\"17\"}\n"
        "{\"what\":\"counts\",\"differ\":1}\n" END};
    struct outcome outcome;
    serve(*state, &exchange);
    run(*state, "audit centre --repair", &outcome);
    expect_code(&outcome, COM_EXIT_OK);
    expect_in(outcome.out, "TYPE    NUMBER  IPEI             ID");
    expect_in(outcome.out, "device          00110 0000001 9  17");
    expect_in(outcome.out, "differ                    1\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(help_lists_own_and_shared_commands),
        TEST(help_names_its_own_daemon_only),
        TEST(an_own_option_stands_for_the_shared_one),
        TEST(a_socket_that_is_not_there_is_named),
        TEST(mistakes_on_the_command_line_are_said),
        TEST(links_are_a_table),
        TEST(one_link_is_a_line_for_each_member),
        TEST(a_short_time_is_told_in_seconds),
        TEST(an_account_is_sent_and_its_password_not_shown),
        TEST(a_password_is_asked_for_when_it_is_to_change),
        TEST(what_was_refused_of_several_is_told),
        TEST(first_sync_is_a_table_and_counts),
        TEST(nothing_found_is_no_table),
        TEST(a_decision_that_is_refused_says_why),
        TEST(an_audit_repairs_when_it_is_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
