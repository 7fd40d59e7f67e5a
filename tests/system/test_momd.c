/*
 * What a shell cannot see of momd and momctl: what the service manager is told, and that a secret
 * that is typed at a terminal is not shown there. The programs run as processes in a temporary
 * folder.
 */
#include "hub.h"

#include <fcntl.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>

/* --- service manager -------------------------------------------------------------------------------- */

static void service_manager_is_told(void **state)
{
    (void)state;
    struct hub hub;
    struct stat st;
    hub_start(&hub);
    assert_int_equal(stat(hub.socket_path, &st), 0); /* ready means that it listens */
    hub_wait_told(&hub, "STATUS=0 of 0 sites steady");
    hub_wait_told(&hub, "WATCHDOG=1");
    hub.told[0] = '\0';
    kill(hub.pid, SIGHUP);
    hub_wait_told(&hub, "RELOADING=1");
    assert_non_null(strstr(hub.told, "MONOTONIC_USEC="));
    hub_wait_told(&hub, "READY=1");
    kill(hub.pid, SIGTERM);
    hub_wait_told(&hub, "STOPPING=1");
    hub_stop(&hub);
}

/* --- terminal --------------------------------------------------------------------------------------------- */

/* Run momctl on a terminal of its own. */
static pid_t on_terminal(const struct hub *hub, int *ret_terminal, const char *const *args)
{
    const char *argv[16] = {"momctl", "--socket", hub->socket_path};
    size_t count = 3;
    for (; *args; args++)
        argv[count++] = *args;
    argv[count] = NULL;
    pid_t pid = forkpty(ret_terminal, NULL, NULL, NULL);
    assert_true(pid >= 0);
    if (pid == 0) {
        execv(hub_program("momctl"), (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid;
}

/* Read from the terminal until `text`, or to the end (NULL). */
static void read_terminal(int terminal, char *shown, size_t max, const char *text)
{
    while (!text || !strstr(shown, text)) {
        struct pollfd wait = {.fd = terminal, .events = POLLIN};
        size_t len = strlen(shown);
        if (poll(&wait, 1, HUB_WAIT_MS) != 1)
            fail_msg("never shown: %s; shown: %s", text ? text : "the end", shown);
        ssize_t n = read(terminal, shown + len, max - len - 1);
        if (n <= 0 && !text)
            return;
        assert_true(n > 0);
        shown[len + (size_t)n] = '\0';
    }
}

static int exit_of(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Some containers have no pseudo-terminals: then nothing can be typed. */
static void need_terminals(void)
{
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    if (fd < 0) {
        print_message("no pseudo-terminals here\n");
        skip();
    }
    close(fd);
}

static void typed_password_is_not_shown(void **state)
{
    (void)state;
    need_terminals();
    static const char *const add[] = {"sites", "add", "one", "127.0.0.1:1", "--disabled", NULL};
    static const char *const show[] = {"sites", "show", "one", NULL};
    struct hub hub;
    char shown[4096] = "";
    int terminal;
    hub_start(&hub);
    pid_t pid = on_terminal(&hub, &terminal, add);
    read_terminal(terminal, shown, sizeof shown, "OMM: ");
    assert_int_equal(write(terminal, "hush-hush\n", 10), 10);
    read_terminal(terminal, shown, sizeof shown, NULL);
    assert_int_equal(exit_of(pid), 0);
    assert_null(strstr(shown, "hush"));
    close(terminal);
    shown[0] = '\0';
    pid = on_terminal(&hub, &terminal, show);
    read_terminal(terminal, shown, sizeof shown, NULL);
    assert_int_equal(exit_of(pid), 0);
    assert_non_null(strstr(shown, "disabled"));
    assert_null(strstr(shown, "hush"));
    close(terminal);
    hub_stop(&hub);
}

static void interrupted_prompt_gives_the_echo_back(void **state)
{
    (void)state;
    need_terminals();
    static const char *const add[] = {"sites", "add", "one", "127.0.0.1:1", NULL};
    struct hub hub;
    struct termios settings;
    char shown[4096] = "";
    int terminal;
    hub_start(&hub);
    pid_t pid = on_terminal(&hub, &terminal, add);
    read_terminal(terminal, shown, sizeof shown, "OMM: ");
    assert_int_equal(tcgetattr(terminal, &settings), 0);
    assert_false(settings.c_lflag & ECHO);
    assert_int_equal(write(terminal, "hal\003", 4), 4); /* Ctrl-C */
    assert_int_equal(exit_of(pid), 128 + SIGINT);
    assert_int_equal(tcgetattr(terminal, &settings), 0);
    assert_true(settings.c_lflag & ECHO);
    close(terminal);
    hub_stop(&hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(service_manager_is_told),
        cmocka_unit_test(typed_password_is_not_shown),
        cmocka_unit_test(interrupted_prompt_gives_the_echo_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
