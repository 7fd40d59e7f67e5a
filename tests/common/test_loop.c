/*
 * Signals, timers and the orderly end of a loop.
 */
#include "side.h"

#include <signal.h>
#include <unistd.h>

static int stops, reloads, ticks;
static struct com_timer *ticking;

static void on_signal(void *user, enum com_signal what)
{
    assert_ptr_equal(user, &stops);
    if (what == COM_SIGNAL_STOP)
        stops++;
    else
        reloads++;
}

static void on_tick(void *user)
{
    (void)user;
    if (++ticks == 3)
        com_timer_free(ticking);
}

static void signals_arrive_by_their_meaning(void **state)
{
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    struct com_signals *signals = com_signals_new(&loop, on_signal, &stops);
    assert_non_null(signals);
    kill(getpid(), SIGHUP);
    RUN_UNTIL(&loop, reloads == 1);
    kill(getpid(), SIGTERM);
    RUN_UNTIL(&loop, stops == 1);
    kill(getpid(), SIGINT);
    RUN_UNTIL(&loop, stops == 2);
    kill(getpid(), SIGPIPE);
    com_signals_free(signals);
    com_signals_free(NULL);
    assert_int_equal(com_loop_finish(&loop, TEST_LIMIT_MS), 0);
}

static void a_timer_may_be_freed_in_its_call(void **state)
{
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    ticking = com_timer_new(&loop, on_tick, NULL);
    com_timer_start(ticking, 1, 1);
    RUN_UNTIL(&loop, ticks == 3);
    assert_int_equal(com_loop_finish(&loop, TEST_LIMIT_MS), 0);
    assert_int_equal(ticks, 3);
}

static void a_forgotten_handle_is_reported(void **state)
{
    uv_loop_t loop;
    (void)state;
    uv_loop_init(&loop);
    struct com_timer *timer = com_timer_new(&loop, on_tick, NULL);
    com_timer_start(timer, TEST_LIMIT_MS, 0);
    assert_int_equal(com_loop_finish(&loop, 20), UV_EBUSY);
    com_timer_stop(timer);
    com_timer_free(timer);
    com_timer_free(NULL);
    assert_int_equal(com_loop_finish(&loop, TEST_LIMIT_MS), 0);
}

static void clocks_go_forward(void **state)
{
    int64_t now = com_now_ms(), wall = com_wall_ms();
    (void)state;
    while (com_now_ms() == now || com_wall_ms() == wall)
        ; /* until both have moved; a clock that stands is ended by the limit of the test's run */
    assert_true(com_now_ms() > now);
    assert_true(com_wall_ms() > wall && wall > INT64_C(1600000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signals_arrive_by_their_meaning),
        cmocka_unit_test(a_timer_may_be_freed_in_its_call),
        cmocka_unit_test(a_forgotten_handle_is_reported),
        cmocka_unit_test(clocks_go_forward),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
