/*
 * Clocks, signals and timers on libuv. Handles are freed in their close callbacks, never before.
 */
#include <com/loop.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec ts;
    clock_gettime(clock, &ts);
    return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t com_now_ms(void)
{
    return clock_ms(CLOCK_MONOTONIC);
}

int64_t com_wall_ms(void)
{
    return clock_ms(CLOCK_REALTIME);
}

const char *com_time_text(int64_t wall_ms, char *text, size_t max)
{
    int64_t ms = wall_ms % 1000;
    time_t seconds = (time_t)(wall_ms / 1000);
    if (ms < 0) {
        ms += 1000;
        seconds--;
    }
    struct tm tm;
    char day[24] = "";
    if (!gmtime_r(&seconds, &tm) || !strftime(day, sizeof day, "%Y-%m-%dT%H:%M:%S", &tm))
        snprintf(text, max, "?");
    else
        snprintf(text, max, "%s.%03dZ", day, (int)ms);
    return text;
}

void com_ignore_sigpipe(void)
{
    signal(SIGPIPE, SIG_IGN);
}

void com_fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
    }
}

/* --- signals */

static const int watched[] = {SIGTERM, SIGINT, SIGHUP};
#define WATCHED (sizeof watched / sizeof watched[0])

struct com_signals {
    uv_signal_t handles[WATCHED];
    unsigned open;
    void (*on_signal)(void *user, enum com_signal);
    void *user;
};

static void on_uv_signal(uv_signal_t *handle, int number)
{
    struct com_signals *signals = handle->data;
    signals->on_signal(signals->user, number == SIGHUP ? COM_SIGNAL_RELOAD : COM_SIGNAL_STOP);
}

static void on_signal_closed(uv_handle_t *handle)
{
    struct com_signals *signals = handle->data;
    if (--signals->open == 0)
        free(signals);
}

struct com_signals *com_signals_new(uv_loop_t *loop, void (*on_signal)(void *user, enum com_signal),
                                    void *user)
{
    struct com_signals *signals = calloc(1, sizeof *signals);
    if (!signals)
        return NULL;
    com_ignore_sigpipe();
    signals->on_signal = on_signal;
    signals->user = user;
    for (size_t i = 0; i < WATCHED; i++) {
        uv_signal_t *handle = &signals->handles[i];
        if (uv_signal_init(loop, handle) != 0) {
            if (signals->open == 0)
                free(signals);
            else
                com_signals_free(signals);
            return NULL;
        }
        handle->data = signals;
        signals->open++;
        /* a signal must not keep the loop alive by itself */
        uv_signal_start(handle, on_uv_signal, watched[i]);
        uv_unref((uv_handle_t *)handle);
    }
    return signals;
}

void com_signals_free(struct com_signals *signals)
{
    if (!signals)
        return;
    unsigned open = signals->open;
    for (unsigned i = 0; i < open; i++)
        uv_close((uv_handle_t *)&signals->handles[i], on_signal_closed);
}

/* --- timers */

struct com_timer {
    uv_timer_t handle;
    void (*on_tick)(void *user);
    void *user;
};

static void on_uv_timer(uv_timer_t *handle)
{
    struct com_timer *timer = handle->data;
    timer->on_tick(timer->user);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct com_timer *com_timer_new(uv_loop_t *loop, void (*on_tick)(void *user), void *user)
{
    struct com_timer *timer = calloc(1, sizeof *timer);
    if (!timer)
        return NULL;
    uv_timer_init(loop, &timer->handle);
    timer->handle.data = timer;
    timer->on_tick = on_tick;
    timer->user = user;
    return timer;
}

void com_timer_start(struct com_timer *timer, int64_t delay_ms, int64_t repeat_ms)
{
    if (uv_is_closing((uv_handle_t *)&timer->handle))
        return;
    /* libuv counts from the time it cached when this turn began */
    uv_update_time(timer->handle.loop);
    uv_timer_start(&timer->handle, on_uv_timer, delay_ms > 0 ? (uint64_t)delay_ms : 0,
                   repeat_ms > 0 ? (uint64_t)repeat_ms : 0);
}

void com_timer_stop(struct com_timer *timer)
{
    uv_timer_stop(&timer->handle);
}

void com_timer_free(struct com_timer *timer)
{
    if (timer && !uv_is_closing((uv_handle_t *)&timer->handle))
        uv_close((uv_handle_t *)&timer->handle, on_timer_closed);
}

/* --- the end */

static void on_limit(uv_timer_t *handle)
{
    *(int *)handle->data = 1;
    uv_stop(handle->loop);
}

int com_loop_finish(uv_loop_t *loop, int64_t limit_ms)
{
    uv_timer_t limit;
    int expired = 0;
    uv_timer_init(loop, &limit);
    limit.data = &expired;
    uv_update_time(loop);
    uv_timer_start(&limit, on_limit, limit_ms > 0 ? (uint64_t)limit_ms : 0, 0);
    uv_unref((uv_handle_t *)&limit);
    while (!expired && uv_run(loop, UV_RUN_ONCE) != 0)
        ;
    uv_close((uv_handle_t *)&limit, NULL);
    uv_run(loop, UV_RUN_NOWAIT);
    return uv_loop_close(loop);
}
