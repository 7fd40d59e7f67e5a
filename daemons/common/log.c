/*
 * The log writer: one line per message, made in one buffer and written with one call, so that lines
 * of several threads never mix. It must not allocate: it is also used when memory is out.
 */
#include <com/log.h>
#include <com/loop.h>
#include <com/text.h>

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A message that repeats is held back for so long at most. */
#define REPEAT_MS 10000

const char *const com_level_names[] = {"error", "warning", "notice", "info", "debug", NULL};

static struct {
    pthread_mutex_t lock;
    enum com_level level;
    int fd;
    bool looked, journal;
    char last[COM_LOG_MAX];
    enum com_level last_level;
    int64_t last_ms;
    unsigned repeated;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER, .level = COM_INFO, .fd = STDERR_FILENO};

/* systemd says in $JOURNAL_STREAM which file (device:inode) is the journal. */
static bool is_journal(int fd)
{
    const char *text = getenv("JOURNAL_STREAM");
    struct stat st;
    char *colon = NULL, *end = NULL;
    if (!text || fstat(fd, &st) != 0)
        return false;
    unsigned long long device = strtoull(text, &colon, 10);
    unsigned long long inode = *colon == ':' ? strtoull(colon + 1, &end, 10) : 0;
    if (!end || *end != '\0')
        return false;
    return device == (unsigned long long)st.st_dev && inode == (unsigned long long)st.st_ino;
}

static size_t put_prefix(char *line, size_t max, enum com_level level)
{
    if (!state.looked) {
        state.journal = is_journal(state.fd);
        state.looked = true;
    }
    int n;
    if (state.journal) {
        n = snprintf(line, max, "<%d>", (int)level + 3);
    } else {
        char when[COM_TIME_TEXT_MAX];
        com_time_text(com_wall_ms(), when, sizeof when);
        n = snprintf(line, max, "%s %s: ", when, com_level_names[level]);
    }
    return n > 0 ? (size_t)n : 0;
}

/* What a stranger sent must not be able to forge a line or steer a terminal. */
static size_t put_escaped(char *line, size_t max, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (const char *p = text; *p && n + 5 < max; p++) {
        size_t control = com_control_length(p);
        if (control == 0) {
            line[n++] = *p;
            continue;
        }
        p += control - 1;
        unsigned char c = (unsigned char)*p;
        line[n++] = '\\';
        line[n++] = 'x';
        line[n++] = hex[c >> 4];
        line[n++] = hex[c & 15];
    }
    return n;
}

static void write_line(enum com_level level, const char *text)
{
    char line[2 * COM_LOG_MAX + 64];
    size_t len = put_prefix(line, 64, level);
    len += put_escaped(line + len, sizeof line - len - 1, text);
    line[len++] = '\n';
    for (size_t done = 0; done < len;) {
        ssize_t n = write(state.fd, line + done, len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return; /* a log that cannot be written has nowhere to complain */
        done += (size_t)n;
    }
}

static void flush_locked(void)
{
    if (state.repeated == 0)
        return;
    char text[64];
    snprintf(text, sizeof text, "last message repeated %u time%s", state.repeated,
             state.repeated == 1 ? "" : "s");
    write_line(state.last_level, text);
    state.repeated = 0;
}

void com_log(enum com_level level, const char *format, ...)
{
    int kept_errno = errno;
    if (!com_log_on(level))
        return;
    char text[COM_LOG_MAX];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= (int)sizeof text)
        memcpy(text + sizeof text - 4, "...", 4);
    else if (n < 0)
        snprintf(text, sizeof text, "(a message that cannot be formatted)");
    int64_t now = com_now_ms();
    pthread_mutex_lock(&state.lock);
    bool same = level == state.last_level && strcmp(text, state.last) == 0;
    if (same && now - state.last_ms < REPEAT_MS) {
        state.repeated++;
    } else {
        flush_locked();
        write_line(level, text);
        memcpy(state.last, text, sizeof text);
        state.last_level = level;
        state.last_ms = now;
    }
    pthread_mutex_unlock(&state.lock);
    errno = kept_errno;
}

void com_log_set_level(enum com_level level)
{
    __atomic_store_n(&state.level, level, __ATOMIC_RELAXED);
}

enum com_level com_log_level(void)
{
    return __atomic_load_n(&state.level, __ATOMIC_RELAXED);
}

bool com_log_on(enum com_level level)
{
    return level <= com_log_level();
}

const char *com_level_name(enum com_level level)
{
    return level <= COM_DEBUG ? com_level_names[level] : "?";
}

bool com_level_of(const char *name, enum com_level *ret_level)
{
    for (int i = 0; com_level_names[i]; i++) {
        if (strcmp(name, com_level_names[i]) == 0) {
            *ret_level = (enum com_level)i;
            return true;
        }
    }
    return false;
}

void com_log_flush(void)
{
    pthread_mutex_lock(&state.lock);
    flush_locked();
    pthread_mutex_unlock(&state.lock);
}

void com_log_to(int fd)
{
    pthread_mutex_lock(&state.lock);
    flush_locked();
    state.fd = fd;
    state.looked = false;
    state.last[0] = '\0';
    pthread_mutex_unlock(&state.lock);
}
