/*
 * Reading secrets where nobody else sees them: never from the command line, never echoed.
 */
#include <com/secret.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    interrupted = number;
}

/* A line byte by byte, so that nothing behind it is taken away from the next. -1 with errno; 0 is a good end. */
static int read_line(int fd, char ret_secret[COM_SECRET_MAX])
{
    size_t len = 0;
    for (;;) {
        char c;
        ssize_t n = read(fd, &c, 1);
        if (n < 0)
            return -1;
        if (n == 0 || c == '\n')
            break;
        if (len + 1 == COM_SECRET_MAX || c == '\0') {
            errno = EMSGSIZE;
            return -1;
        }
        ret_secret[len++] = c;
    }
    if (len > 0 && ret_secret[len - 1] == '\r')
        len--;
    ret_secret[len] = '\0';
    return 0;
}

/* Signals come only while it waits, so that none is missed just before. */
static int wait_for_line(int tty, const sigset_t *mask)
{
    struct pollfd wait = {.fd = tty, .events = POLLIN};
    return ppoll(&wait, 1, NULL, mask) == 1 ? 0 : -1;
}

/* The terminal gets its echo back also when the user interrupts. */
static int read_hidden(int tty, const char *what, char ret_secret[COM_SECRET_MAX])
{
    struct sigaction action = {.sa_handler = on_signal}, old_int, old_term;
    struct termios old, hidden;
    sigset_t mask, old_mask;
    if (tcgetattr(tty, &old) != 0)
        return -1;
    hidden = old;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    sigemptyset(&mask);
    sigaddset(&mask, SIGINT);
    sigaddset(&mask, SIGTERM);
    sigprocmask(SIG_BLOCK, &mask, &old_mask);
    sigaction(SIGINT, &action, &old_int);
    sigaction(SIGTERM, &action, &old_term);
    int rc = tcsetattr(tty, TCSAFLUSH, &hidden);
    if (rc == 0) { /* asked when the echo is off: who types at once is not seen either */
        dprintf(tty, "%s: ", what);
        rc = wait_for_line(tty, &old_mask);
    }
    if (rc == 0)
        rc = read_line(tty, ret_secret);
    int error = errno;
    tcsetattr(tty, TCSAFLUSH, &old);
    sigaction(SIGINT, &old_int, NULL);
    sigaction(SIGTERM, &old_term, NULL);
    sigprocmask(SIG_SETMASK, &old_mask, NULL);
    (void)!write(tty, "\n", 1);
    if (interrupted)
        raise(interrupted);
    errno = error;
    return rc;
}

static int fail(const char *what, char *error, size_t max)
{
    snprintf(error, max, "%s: %s", what, errno == EMSGSIZE ? "too long" : strerror(errno));
    return -1;
}

int com_secret_ask(const char *what, char ret_secret[COM_SECRET_MAX], char *error, size_t max)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return fail("/dev/tty", error, max);
    int rc = read_hidden(tty, what, ret_secret);
    int kept = errno;
    close(tty);
    errno = kept;
    return rc == 0 ? 0 : fail(what, error, max);
}

int com_secret_read(const char *path, char ret_secret[COM_SECRET_MAX], char *error, size_t max)
{
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
    int rc = fd < 0 ? -1 : read_line(fd, ret_secret);
    if (rc != 0)
        rc = fail(path ? path : "standard input", error, max);
    if (path && fd >= 0)
        close(fd);
    return rc;
}
