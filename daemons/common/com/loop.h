/*
 * What every program with a libuv loop needs: clocks, signals, an orderly end.
 */
#ifndef COM_LOOP_H
#define COM_LOOP_H

#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* Milliseconds of a clock that never goes back; its zero means nothing. */
int64_t com_now_ms(void);
/* Milliseconds since 1970 UTC. */
int64_t com_wall_ms(void);
/* "2026-01-31T12:34:56.789Z". */
#define COM_TIME_TEXT_MAX 32
const char *com_time_text(int64_t wall_ms, char *text, size_t max);

enum com_signal { COM_SIGNAL_STOP, COM_SIGNAL_RELOAD };

struct com_signals;

/* SIGTERM and SIGINT are COM_SIGNAL_STOP, SIGHUP is COM_SIGNAL_RELOAD; SIGPIPE is ignored from here
 * on. NULL on failure. */
struct com_signals *com_signals_new(uv_loop_t *loop, void (*on_signal)(void *user, enum com_signal),
                                    void *user);
/* No more calls after this; the memory goes in the next turns of the loop. NULL is allowed. */
void com_signals_free(struct com_signals *signals);

/* Writing to a closed socket must be an error, not the end of the program. */
void com_ignore_sigpipe(void);
/* A standard stream that the shell closed must not become a connection or a file: open a stand-in, before anything else
 * is opened. What is written to a closed standard output then is an error. */
void com_fill_standard_streams(void);

/* A timer that owns its handle. `on_tick` may stop, restart or free the timer. */
struct com_timer;
struct com_timer *com_timer_new(uv_loop_t *loop, void (*on_tick)(void *user), void *user);
/* First call after delay_ms (0: in the next turn), then every repeat_ms (0: once). Replaces an
 * earlier start. */
void com_timer_start(struct com_timer *timer, int64_t delay_ms, int64_t repeat_ms);
void com_timer_stop(struct com_timer *timer);
void com_timer_free(struct com_timer *timer);

/* Run the loop until every handle is closed, for at most limit_ms, and close it. 0, or UV_EBUSY
 * when something was left open: its owner forgot to close it. */
int com_loop_finish(uv_loop_t *loop, int64_t limit_ms);

#endif
