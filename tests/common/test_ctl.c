/*
 * The control socket: a server in one loop, and blocking clients in a thread beside it.
 */
#include "side.h"

#include <com/ctl.h>
#include <com/json.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct bed {
    uv_loop_t loop;
    struct com_ctl *ctl;
    char path[100];
    struct com_ctl_request *watching;
    int gone, asked, drained;
    /* the client */
    pthread_t thread;
    char *request;
    struct com_ctl_call call;
    int result, rows, stop_after;
    size_t bytes;
    char first[128];
    bool done;
};

static void on_gone(void *user)
{
    ((struct bed *)user)->gone++;
}

static void on_drain(void *user)
{
    struct bed *bed = user;
    bed->drained++;
    com_ctl_end(bed->watching, 0, NULL);
}

static void handler(void *user, struct com_ctl_request *request, json_t *root)
{
    struct bed *bed = user;
    const char *word = com_ctl_arg(root, 0);
    bed->asked++;
    if (!word) {
        com_ctl_end(request, 2, "what?");
    } else if (strcmp(word, "echo") == 0) {
        struct com_json json;
        com_json_init(&json);
        com_json_object(&json);
        com_json_set_text(&json, "said", com_ctl_arg(root, 1));
        com_json_set_int(&json, "port", com_ctl_int(root, "port", -1));
        com_json_set_text(&json, "host", com_ctl_text(root, "host", "none"));
        com_json_set_bool(&json, "tls", com_ctl_bool(root, "tls", true));
        com_json_end(&json);
        com_ctl_row(request, com_json_done_text(&json));
        com_json_done(&json);
        com_ctl_end(request, 0, NULL);
    } else if (strcmp(word, "many") == 0) {
        for (int i = 0; i < 50000; i++)
            com_ctl_row(request, "{\"name\":\"a row of the usual length, more or less\"}");
        com_ctl_end(request, 5, "partly \"done\"");
    } else if (strcmp(word, "slow") == 0) {
        com_ctl_on_gone(request, on_gone, bed);
        com_ctl_on_drain(request, on_drain, bed);
        bed->watching = request;
        while (com_ctl_row(request, "{\"name\":\"a row of the usual length, more or less\"}") <=
               (int64_t)COM_CONN_HIGH_WATER)
            ;
    } else {
        com_ctl_row(request, "{\"watching\":true}");
        com_ctl_on_gone(request, on_gone, bed);
        bed->watching = request;
    }
}

static int set_up(void **state)
{
    struct bed *bed = calloc(1, sizeof *bed);
    char error[256] = "";
    com_ignore_sigpipe();
    uv_loop_init(&bed->loop);
    snprintf(bed->path, sizeof bed->path, "/tmp/com-ctl-%d.sock", (int)getpid());
    struct com_ctl_options options = {.path = bed->path, .handler = handler, .user = bed};
    bed->ctl = com_ctl_new(&bed->loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    *state = bed;
    return 0;
}

static int tear_down(void **state)
{
    struct bed *bed = *state;
    com_ctl_close(bed->ctl);
    int left = com_loop_finish(&bed->loop, TEST_LIMIT_MS);
    free(bed->request);
    free(bed);
    return left;
}

static bool on_row(void *user, const char *json, size_t len)
{
    struct bed *bed = user;
    if (bed->rows++ == 0)
        snprintf(bed->first, sizeof bed->first, "%s", json);
    bed->bytes += len;
    return bed->rows != bed->stop_after;
}

static void *client(void *user)
{
    struct bed *bed = user;
    bed->call.path = bed->path;
    bed->call.request = bed->request;
    bed->call.on_row = on_row;
    bed->call.user = bed;
    bed->result = com_ctl_call(&bed->call);
    __atomic_store_n(&bed->done, true, __ATOMIC_RELEASE);
    return NULL;
}

static void start(struct bed *bed, char *request)
{
    bed->request = request;
    pthread_create(&bed->thread, NULL, client, bed);
}

static void wait_for_client(struct bed *bed)
{
    RUN_UNTIL(&bed->loop, __atomic_load_n(&bed->done, __ATOMIC_ACQUIRE));
    pthread_join(bed->thread, NULL);
}

static void arguments_and_options_reach_the_handler(void **state)
{
    struct bed *bed = *state;
    char echo[] = "echo", words[] = "gr\xc3\xbc\xc3\x9f \"dich\"";
    char *args[] = {echo, words};
    json_t *options = json_pack("{s:i,s:s,s:b}", "port", 12622, "host", "omm1", "tls", 0);
    start(bed, com_ctl_request_text(2, args, options));
    json_decref(options);
    wait_for_client(bed);
    assert_int_equal(bed->result, COM_CTL_OK);
    assert_int_equal(bed->call.code, 0);
    assert_string_equal(bed->call.error, "");
    assert_int_equal(bed->rows, 1);
    assert_string_equal(bed->first,
                        "{\"said\":\"gr\xc3\xbc\xc3\x9f "
                        "\\\"dich\\\"\",\"port\":12622,\"host\":\"omm1\",\"tls\":false}");
}

static void many_rows_and_an_error_arrive(void **state)
{
    struct bed *bed = *state;
    start(bed, strdup("{\"args\":[\"many\"]}"));
    wait_for_client(bed);
    assert_int_equal(bed->result, COM_CTL_OK);
    assert_int_equal(bed->rows, 50000);
    assert_int_equal(bed->call.code, 5);
    assert_string_equal(bed->call.error, "partly \"done\"");
}

static void a_request_can_stay_open_and_end_later(void **state)
{
    struct bed *bed = *state;
    start(bed, strdup("{\"args\":[\"watch\"]}"));
    RUN_UNTIL(&bed->loop, bed->watching);
    assert_true(com_ctl_row(bed->watching, "{\"n\":1}") >= 0);
    com_ctl_end(bed->watching, 0, NULL);
    wait_for_client(bed);
    assert_int_equal(bed->rows, 2);
    assert_int_equal(bed->gone, 0);
}

static void the_handler_learns_that_the_client_went_away(void **state)
{
    struct bed *bed = *state;
    bed->stop_after = 1;
    start(bed, strdup("{\"args\":[\"watch\"]}"));
    wait_for_client(bed);
    RUN_UNTIL(&bed->loop, bed->gone);
    assert_int_equal(bed->gone, 1);
}

static void closing_the_server_ends_open_requests(void **state)
{
    struct bed *bed = *state;
    start(bed, strdup("{\"args\":[\"watch\"]}"));
    RUN_UNTIL(&bed->loop, bed->watching);
    com_ctl_close(bed->ctl);
    bed->ctl = NULL;
    wait_for_client(bed);
    assert_int_equal(bed->result, COM_CTL_EBROKEN);
    RUN_UNTIL(&bed->loop, bed->gone);
    assert_int_equal(bed->gone, 1);
}

static void nonsense_is_refused(void **state)
{
    static const char *const requests[] = {"",
                                           "[]",
                                           "{",
                                           "{\"args\":5}",
                                           "{\"args\":[1]}",
                                           "{\"options\":[]}",
                                           "{\"args\":[],\"more\":1}",
                                           "{\"args\":[],\"args\":[]}",
                                           "\xff\xfe"};
    struct bed *bed = *state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        bed->done = false;
        start(bed, strdup(requests[i]));
        wait_for_client(bed);
        assert_int_equal(bed->result, COM_CTL_OK);
        assert_int_equal(bed->call.code, 2);
        assert_true(bed->call.error[0] != '\0');
        free(bed->request);
        bed->request = NULL;
    }
    assert_int_equal(bed->asked, 0);
    bed->done = false;
    start(bed, strdup("{}"));
    wait_for_client(bed);
    assert_string_equal(bed->call.error, "what?");
}

static void a_request_without_end_is_refused(void **state)
{
    struct bed *bed = *state;
    struct side side = {0};
    struct com_conn_options dial = {.path = bed->path};
    static char junk[COM_CTL_REQUEST_MAX + 1];
    memset(junk, 'x', sizeof junk);
    side.conn = com_conn_connect(&bed->loop, &dial, &side_ops, &side);
    com_conn_write(side.conn, junk, sizeof junk);
    RUN_UNTIL(&bed->loop, side.closed);
    assert_non_null(strstr(side.first, "{\"end\":true,\"code\":2"));
}

/* Needs another user, so it runs for root only. The file's mode would keep the user out: it is opened first. */
/* The code that another user gets, who is a member of `group` beside his own. */
static int asked_by_another(struct bed *bed, gid_t group)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct com_ctl_call call = {.path = bed->path, .request = "{}"};
        if (setgroups(1, &group) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
            _exit(100);
        _exit(com_ctl_call(&call) == COM_CTL_OK ? call.code : 101);
    }
    RUN_UNTIL(&bed->loop, status != -1 || waitpid(child, &status, WNOHANG) == child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void another_user_is_refused(void **state)
{
    struct bed *bed = *state;
    if (geteuid() != 0)
        skip();
    chmod(bed->path, 0666);
    assert_int_equal(asked_by_another(bed, 65533), 4);
    assert_int_equal(bed->asked, 0);
}

/* As `usermod -aG` makes them: the group is not the one that their processes run with. */
static void members_of_the_group_may_ask(void **state)
{
    struct bed *bed = *state;
    char error[256] = "";
    enum { GROUP = 65531 };
    if (geteuid() != 0)
        skip();
    com_ctl_close(bed->ctl);
    RUN_UNTIL(&bed->loop, access(bed->path, F_OK) != 0);
    struct com_ctl_options options = {
        .path = bed->path, .handler = handler, .user = bed, .allow_group = true, .group = GROUP};
    bed->ctl = com_ctl_new(&bed->loop, &options, error, sizeof error);
    assert_string_equal(error, "");
    assert_int_equal(asked_by_another(bed, GROUP), 2); /* it got as far as "what?" */
    assert_int_equal(bed->asked, 1);
    chmod(bed->path, 0666);
    assert_int_equal(asked_by_another(bed, GROUP + 1), 4);
    assert_int_equal(bed->asked, 1);
}

static void slow_readers_are_waited_for(void **state)
{
    struct bed *bed = *state;
    start(bed, strdup("{\"args\":[\"slow\"]}"));
    wait_for_client(bed);
    assert_int_equal(bed->result, COM_CTL_OK);
    assert_int_equal(bed->drained, 1);
    assert_true(bed->bytes > COM_CONN_HIGH_WATER / 2);
}

static void nobody_there_is_not_reachable(void **state)
{
    (void)state;
    struct com_ctl_call call = {.path = "/tmp/com-ctl-there-is-none.sock", .request = "{}"};
    assert_int_equal(com_ctl_call(&call), COM_CTL_EREACH);
    assert_int_equal(call.code, 3);
    assert_non_null(strstr(call.error, "No such file"));
    char longer[300];
    memset(longer, 'a', sizeof longer);
    longer[299] = '\0';
    call.path = longer;
    assert_int_equal(com_ctl_call(&call), COM_CTL_EARGUMENT);
}

static void a_silent_server_times_out(void **state)
{
    struct bed *bed = *state;
    bed->call.timeout_ms = 100;
    start(bed, strdup("{\"args\":[\"watch\"]}"));
    wait_for_client(bed);
    assert_int_equal(bed->result, COM_CTL_EBROKEN);
    assert_non_null(strstr(bed->call.error, "no answer in time"));
    RUN_UNTIL(&bed->loop, bed->gone);
}

#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(arguments_and_options_reach_the_handler),
        T(many_rows_and_an_error_arrive),
        T(a_request_can_stay_open_and_end_later),
        T(the_handler_learns_that_the_client_went_away),
        T(closing_the_server_ends_open_requests),
        T(nonsense_is_refused),
        T(a_request_without_end_is_refused),
        T(another_user_is_refused),
        T(members_of_the_group_may_ask),
        T(slow_readers_are_waited_for),
        T(nobody_there_is_not_reachable),
        T(a_silent_server_times_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
