/*
 * What a shell cannot see of momd and momctl: what the service manager is told, and that a secret that is typed at a terminal is
 * not shown there. The programs run as processes in a temporary folder.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 20000

struct hub {
    char folder[64], config[96], socket_path[96], notify_path[96];
    int notify;
    pid_t pid;
    char told[4096]; /* all that the service manager was told */
};

static const char *program(const char *name)
{
    static char path[512];
    const char *build = getenv("B");
    snprintf(path, sizeof path, "%s/bin/%s", build ? build : "build/gcc", name);
    return path;
}

static void write_config(const struct hub *hub)
{
    FILE *file = fopen(hub->config, "w");
    assert_non_null(file);
    fprintf(file, "[system]\ndata-dir = %s/data\n[control]\nsocket = %s\n", hub->folder,
            hub->socket_path);
    assert_int_equal(fclose(file), 0);
}

/* Read what the service manager is told until `text` is in it. */
static void wait_told(struct hub *hub, const char *text)
{
    while (!strstr(hub->told, text)) {
        struct pollfd wait = {.fd = hub->notify, .events = POLLIN};
        size_t len = strlen(hub->told);
        if (poll(&wait, 1, WAIT_MS) != 1)
            fail_msg("never told: %s; told: %s", text, hub->told);
        ssize_t n = recv(hub->notify, hub->told + len, sizeof hub->told - len - 2, 0);
        assert_true(n > 0);
        hub->told[len + (size_t)n] = '\n';
        hub->told[len + (size_t)n + 1] = '\0';
    }
}

static void start_hub(struct hub *hub)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memset(hub, 0, sizeof *hub);
    snprintf(hub->folder, sizeof hub->folder, "/tmp/momsync-momd-XXXXXX");
    assert_non_null(mkdtemp(hub->folder));
    snprintf(hub->config, sizeof hub->config, "%s/momd.conf", hub->folder);
    snprintf(hub->socket_path, sizeof hub->socket_path, "%s/momd.sock", hub->folder);
    snprintf(hub->notify_path, sizeof hub->notify_path, "%s/notify", hub->folder);
    write_config(hub);
    hub->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(hub->notify >= 0);
    memcpy(address.sun_path, hub->notify_path, strlen(hub->notify_path) + 1);
    assert_int_equal(bind(hub->notify, (struct sockaddr *)&address, sizeof address), 0);
    hub->pid = fork();
    assert_true(hub->pid >= 0);
    if (hub->pid == 0) {
        char pid[16];
        snprintf(pid, sizeof pid, "%d", (int)getpid());
        setenv("NOTIFY_SOCKET", hub->notify_path, 1);
        setenv("WATCHDOG_USEC", "200000", 1);
        setenv("WATCHDOG_PID", pid, 1);
        execl(program("momd"), "momd", "--config", hub->config, (char *)NULL);
        _exit(127);
    }
    wait_told(hub, "READY=1");
}

static void stop_hub(struct hub *hub)
{
    int status = -1;
    char command[128];
    kill(hub->pid, SIGTERM);
    assert_int_equal(waitpid(hub->pid, &status, 0), hub->pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(hub->notify);
    snprintf(command, sizeof command, "rm -rf '%s'", hub->folder);
    assert_int_equal(system(command), 0); /* NOLINT(cert-env33-c): a folder of our own */
}

/* --- service manager -------------------------------------------------------------------------------- */

static void service_manager_is_told(void **state)
{
    (void)state;
    struct hub hub;
    struct stat st;
    start_hub(&hub);
    assert_int_equal(stat(hub.socket_path, &st), 0); /* ready means that it listens */
    wait_told(&hub, "STATUS=0 of 0 sites steady");
    wait_told(&hub, "WATCHDOG=1");
    hub.told[0] = '\0';
    kill(hub.pid, SIGHUP);
    wait_told(&hub, "RELOADING=1");
    assert_non_null(strstr(hub.told, "MONOTONIC_USEC="));
    wait_told(&hub, "READY=1");
    kill(hub.pid, SIGTERM);
    wait_told(&hub, "STOPPING=1");
    stop_hub(&hub);
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
        execv(program("momctl"), (char *const *)(uintptr_t)argv);
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
        if (poll(&wait, 1, WAIT_MS) != 1)
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

static void typed_password_is_not_shown(void **state)
{
    (void)state;
    static const char *const add[] = {"sites", "add", "one", "127.0.0.1:1", "--disabled", NULL};
    static const char *const show[] = {"sites", "show", "one", NULL};
    struct hub hub;
    char shown[4096] = "";
    int terminal;
    start_hub(&hub);
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
    stop_hub(&hub);
}

static void interrupted_prompt_gives_the_echo_back(void **state)
{
    (void)state;
    static const char *const add[] = {"sites", "add", "one", "127.0.0.1:1", NULL};
    struct hub hub;
    struct termios settings;
    char shown[4096] = "";
    int terminal;
    start_hub(&hub);
    pid_t pid = on_terminal(&hub, &terminal, add);
    read_terminal(terminal, shown, sizeof shown, "OMM: ");
    assert_int_equal(tcgetattr(terminal, &settings), 0);
    assert_false(settings.c_lflag & ECHO);
    assert_int_equal(write(terminal, "hal\003", 4), 4); /* Ctrl-C */
    assert_int_equal(exit_of(pid), 128 + SIGINT);
    assert_int_equal(tcgetattr(terminal, &settings), 0);
    assert_true(settings.c_lflag & ECHO);
    close(terminal);
    stop_hub(&hub);
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
