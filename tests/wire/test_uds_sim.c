/*
 * Proves that both readings of a vendor's remote are the same: ommsim as remote, a process of its own, connects over a
 * socket to a link with an engine behind it. Waits are for conditions, with a limit.
 */
#include "link/uds_rig.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LIMIT_MS = 20000 };

struct sim {
    struct uds_rig *rig;
    int listener, conn;
    pid_t pid;
    char folder[64], program[256], control[128], password[128];
    unsigned accepted;
};

static int64_t clock_ms(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- the process ---------------------------------------------------------------------------------- */

static void listen_somewhere(struct sim *sim, int *ret_port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t len = sizeof at;

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    sim->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_true(sim->listener >= 0);
    assert_int_equal(bind(sim->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(sim->listener, 5), 0);
    assert_int_equal(getsockname(sim->listener, (struct sockaddr *)&at, &len), 0);
    *ret_port = ntohs(at.sin_port);
}

static void start_process(struct sim *sim, const char *users)
{
    const char *build = getenv("B");
    char central[64];
    FILE *file;
    int port;

    listen_somewhere(sim, &port);
    snprintf(sim->folder, sizeof sim->folder, "/tmp/uds-sim-XXXXXX");
    assert_non_null(mkdtemp(sim->folder));
    snprintf(sim->program, sizeof sim->program, "%s/bin/ommsim", build ? build : "build/gcc");
    snprintf(sim->control, sizeof sim->control, "%s/ctl", sim->folder);
    snprintf(sim->password, sizeof sim->password, "%s/password", sim->folder);
    snprintf(central, sizeof central, "127.0.0.1:%d", port);
    file = fopen(sim->password, "w");
    assert_non_null(file);
    fputs("secret\n", file);
    fclose(file);
    sim->pid = fork();
    assert_true(sim->pid >= 0);
    if (sim->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* when a test fails */
        execl(sim->program, sim->program, "--plain", "--quiet", "--base-port", "0", "--users",
              users, "--unbound", "0", "--park", UDS_PARK, "--ctl", sim->control, "--uds-remote",
              central, "--uds-user", "north", "--uds-password-file", sim->password, "--uds-retry",
              "100", "--restart-delay", "50", (char *)NULL);
        _exit(127);
    }
}

static void stop_process(struct sim *sim)
{
    int status;

    kill(sim->pid, SIGTERM);
    assert_int_equal(waitpid(sim->pid, &status, 0), sim->pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    unlink(sim->password);
    unlink(sim->control);
    rmdir(sim->folder);
    close(sim->listener);
}

/* --- the connection ------------------------------------------------------------------------------- */

static void hang_up(struct sim *sim)
{
    if (sim->conn < 0)
        return;
    close(sim->conn);
    sim->conn = -1;
    uds_close(sim->rig);
}

static void take_connection(struct sim *sim)
{
    int conn = accept4(sim->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

    if (conn < 0)
        return;
    hang_up(sim);
    sim->conn = conn;
    sim->accepted++;
    uds_open(sim->rig);
}

static void read_bytes(struct sim *sim)
{
    char bytes[16384];
    ssize_t len = mom_uds_reads(sim->rig->link) ? read(sim->conn, bytes, sizeof bytes) : -1;

    if (len == 0)
        hang_up(sim);
    else if (len > 0)
        uds_send(sim->rig, bytes, (size_t)len);
}

static void write_bytes(struct sim *sim)
{
    const char *data;
    size_t waiting = mom_uds_output(sim->rig->link, &data);
    ssize_t len = waiting > 0 ? send(sim->conn, data, waiting, MSG_NOSIGNAL) : 0;

    if (len > 0)
        mom_uds_sent(sim->rig->link, (size_t)len);
    if ((mom_uds_wants(sim->rig->link) & MOM_UDS_WANT_CLOSE) != 0)
        hang_up(sim);
}

static const char *ask(struct sim *sim, const char *command);

/* Whatever happens within a moment. */
static void turn(struct sim *sim)
{
    struct pollfd fds[] = {{.fd = sim->listener, .events = POLLIN},
                           {.fd = sim->conn, .events = POLLIN}};
    struct mom_now now;

    (void)poll(fds, 2, 5);
    now = (struct mom_now){clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_REALTIME)};
    sim->rig->net->now = now;
    take_connection(sim);
    if (sim->conn >= 0)
        read_bytes(sim);
    if (sim->conn >= 0 && mom_uds_deadline(sim->rig->link) <= now.mono_ms)
        uds_note(sim->rig, mom_uds_timeout(sim->rig->link, &now, sim->rig->batch));
    uds_run(sim->rig);
    if (sim->conn >= 0)
        write_bytes(sim);
    assert_int_equal(sim->rig->rc, MOM_OK);
}

static void wait_for(struct sim *sim, bool (*holds)(struct sim *sim, const char *what),
                     const char *what)
{
    int64_t until = clock_ms(CLOCK_MONOTONIC) + LIMIT_MS;

    while (!holds(sim, what)) {
        if (clock_ms(CLOCK_MONOTONIC) > until)
            fail_msg("waited in vain for: %s\n%s%s", what, sim->rig->log, ask(sim, "dump 1"));
        turn(sim);
    }
}

static void idle(struct sim *sim, int turns)
{
    while (turns-- > 0)
        turn(sim);
}

/* Until the next second but one begins. */
static void wait_for_second(struct sim *sim)
{
    int64_t until = (clock_ms(CLOCK_REALTIME) / 1000 + 2) * 1000;

    while (clock_ms(CLOCK_REALTIME) < until)
        turn(sim);
}

/* --- asking --------------------------------------------------------------------------------------- */

/* What the simulator says to a command; the link stands still meanwhile. */
static const char *ask(struct sim *sim, const char *command)
{
    static char answer[1 << 20];
    char line[256], ctl[] = "ctl", *words[16] = {sim->program, ctl, sim->control}, *rest = line;
    size_t len = 0, count = 3;
    int pipe[2], status;
    pid_t pid;

    snprintf(line, sizeof line, "%s --json", command);
    while (count < 15 && (words[count] = strsep(&rest, " ")) != NULL)
        count++;
    words[count] = NULL;
    assert_int_equal(pipe2(pipe, O_CLOEXEC), 0);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        dup2(pipe[1], STDOUT_FILENO);
        dup2(pipe[1], STDERR_FILENO);
        execv(sim->program, words);
        _exit(127);
    }
    close(pipe[1]);
    while (len < sizeof answer - 1) {
        ssize_t n = read(pipe[0], answer + len, sizeof answer - 1 - len);

        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(pipe[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    answer[len] = '\0';
    return answer;
}

static void tell(struct sim *sim, const char *command)
{
    const char *answer = ask(sim, command);

    if (answer[0] != '\0')
        fail_msg("%s: %s", command, answer);
}

static bool is_steady(struct sim *sim, const char *what)
{
    (void)what;
    return uds_state(sim->rig) == MOM_UDS_STEADY;
}

static bool is_cut_off(struct sim *sim, const char *what)
{
    (void)what;
    return sim->conn < 0;
}

static bool sim_has_user(struct sim *sim, const char *what)
{
    idle(sim, 2);
    return strstr(ask(sim, "users 1"), what) != NULL;
}

static bool sim_lacks_user(struct sim *sim, const char *what)
{
    idle(sim, 2);
    return strstr(ask(sim, "users 1"), what) == NULL;
}

static uint64_t find(struct sim *sim, const char *num)
{
    struct mom_view *view = net_view(sim->rig->net, 0);
    const struct mom_record *r = mom_view_find(view, MOM_USER_num, NS(num));
    uint64_t id = r ? mom_record_id(r) : 0;

    mom_view_close(view);
    return id;
}

static bool we_have_user(struct sim *sim, const char *num)
{
    return find(sim, num) != 0;
}

static bool we_lack_user(struct sim *sim, const char *num)
{
    return find(sim, num) == 0;
}

static uint64_t count_users(struct sim *sim)
{
    return net_counts(sim->rig->net, 0).users;
}

static bool we_have_so_many(struct sim *sim, const char *what)
{
    return count_users(sim) == strtoul(what, NULL, 10);
}

static bool is_bound(struct sim *sim, const char *num)
{
    return net_partner(sim->rig->net, 0, find(sim, num)) != 0;
}

static mom_site place(struct sim *sim, uint64_t device)
{
    struct mom_view *view = net_view(sim->rig->net, 0);
    mom_site site = mom_record_site(mom_view_record(view, device));

    mom_view_close(view);
    return site;
}

/* --- stories -------------------------------------------------------------------------------------- */

static struct sim *sim_new(struct uds_rig *rig, const char *users)
{
    struct sim *sim = calloc(1, sizeof *sim);

    assert_non_null(sim);
    sim->rig = rig;
    sim->conn = -1;
    rig->deaf = true; /* the bytes go to the socket */
    rig->net->now = (struct mom_now){clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_REALTIME)};
    start_process(sim, users);
    return sim;
}

static void sim_done(struct sim *sim)
{
    stop_process(sim);
    hang_up(sim);
    uds_rig_done(sim->rig);
    free(sim);
}

static void add_users(struct uds_rig *rig, int from, int count)
{
    char num[8];

    for (int i = 0; i < count; i++) {
        snprintf(num, sizeof num, "%d", from + i);
        assert_int_not_equal(
            net_change(rig->net, 0, MOM_USER, 0, "num", num, "name", "Central", NULL), 0);
    }
}

static void both_have_everything_after_the_first_synchronisation(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct sim *sim;

    (void)state;
    add_users(rig, 5000, 45);
    sim = sim_new(rig, "30");
    wait_for(sim, is_steady, "steady");
    assert_true(sim->accepted >= 2); /* it took the SARI over, and restarted */
    wait_for(sim, we_have_so_many, "75");
    wait_for(sim, sim_has_user, "\"5044\"");
    assert_int_equal(net_counts(rig->net, 0).devices, 30);
    assert_int_equal(net_counts(rig->net, 0).conflicts, 0);
    wait_for(sim, is_bound, "20001");
    assert_non_null(strstr(ask(sim, "remotes"), "\"synchronised\""));
    assert_non_null(strstr(ask(sim, "sites"), UDS_SARI));
    sim_done(sim);
}

static void changes_and_deletions_travel_both_ways(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct sim *sim = sim_new(rig, "10");
    uint64_t user;

    (void)state;
    wait_for(sim, we_have_so_many, "10");
    wait_for(sim, is_steady, "steady");
    add_users(rig, 5000, 1);
    wait_for(sim, sim_has_user, "\"5000\"");
    user = find(sim, "5000");
    net_change(rig->net, 0, MOM_USER, user, "name", "Renamed", NULL);
    wait_for(sim, sim_has_user, "Renamed");
    tell(sim, "edit 1 5000 num=5001");
    wait_for(sim, we_have_user, "5001");
    assert_int_equal(find(sim, "5001"), user);
    tell(sim, "create 1 user num=7000 name=New");
    wait_for(sim, we_have_user, "7000");
    tell(sim, "delete 1 7000");
    wait_for(sim, we_lack_user, "7000");
    net_delete(rig->net, 0, user);
    wait_for(sim, sim_lacks_user, "\"5001\"");
    sim_done(sim);
}

/* Both sides change the same user, in fields of the same kind, and make users; one is deleted here. */
static void what_happened_while_it_was_cut_off_is_merged(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct sim *sim;
    uint64_t user;

    (void)state;
    add_users(rig, 5000, 3);
    sim = sim_new(rig, "5");
    wait_for(sim, we_have_so_many, "8");
    wait_for(sim, is_steady, "steady");
    wait_for(sim, sim_has_user, "\"5002\"");
    tell(sim, "cut 1");
    wait_for(sim, is_cut_off, "cut off");
    user = find(sim, "5000");
    net_change(rig->net, 0, MOM_USER, user, "hierarchy1", "here", NULL);
    net_delete(rig->net, 0, find(sim, "5001"));
    add_users(rig, 6000, 1);
    wait_for_second(sim); /* its stamp is later */
    tell(sim, "edit 1 5000 name=There");
    tell(sim, "create 1 user num=7000 name=Alone");
    tell(sim, "heal 1");
    wait_for(sim, we_have_user, "7000");
    wait_for(sim, sim_has_user, "\"6000\"");
    wait_for(sim, sim_lacks_user, "\"5001\"");
    wait_for(sim, sim_has_user, "There");
    assert_string_equal(net_value(rig->net, 0, user, MOM_USER_name), "There");
    assert_string_equal(net_value(rig->net, 0, user, MOM_USER_hierarchy1), "here");
    wait_for(sim, sim_has_user, "here");
    assert_int_equal(find(sim, "5001"), 0);
    sim_done(sim);
}

/* Its clock is an hour ahead, its changes are not. */
static void a_wrong_clock_is_corrected(void **state)
{
    struct uds_rig *rig = uds_rig_new();
    struct sim *sim;
    struct mom_uds_info info;
    struct mom_view *view;
    int64_t ms;

    (void)state;
    add_users(rig, 5000, 1);
    sim = sim_new(rig, "0");
    wait_for(sim, sim_has_user, "\"5000\"");
    tell(sim, "cut 1");
    wait_for(sim, is_cut_off, "cut off");
    tell(sim, "clock 1 3600");
    tell(sim, "heal 1");
    wait_for(sim, is_steady, "steady");
    tell(sim, "edit 1 5000 num=5001");
    wait_for(sim, we_have_user, "5001");
    mom_uds_get_info(rig->link, &info);
    assert_in_range(info.clock_offset_ms, 3597000, 3603000);
    view = net_view(rig->net, 0);
    ms = mom_record_stamp(mom_view_find(view, MOM_USER_num, NS("5001")), MOM_USER_num).ms;
    mom_view_close(view);
    /* what is told and measured in whole seconds is right to within two of them */
    assert_in_range(ms, clock_ms(CLOCK_REALTIME) - 10000, clock_ms(CLOCK_REALTIME) + 2000);
    net_change(rig->net, 0, MOM_USER, find(sim, "5001"), "name", "Last", NULL);
    wait_for(sim, sim_has_user, "Last");
    sim_done(sim);
}

static bool is_registered(struct sim *sim, const char *what)
{
    idle(sim, 2);
    return strstr(ask(sim, "where 20001"), what) != NULL;
}

static bool is_home(struct sim *sim, const char *what)
{
    struct mom_engine *engine = sim->rig->net->nodes[0].engine;

    (void)what;
    return strcmp(
               mom_engine_handoff(engine, net_partner(sim->rig->net, 0, find(sim, "20001"))).state,
               "home") == 0;
}

static bool has_registered_twice(struct sim *sim, const char *what)
{
    (void)what;
    return sim->rig->registers >= 2;
}

static bool has_let_go(struct sim *sim, const char *what)
{
    (void)what;
    return sim->rig->deregisters >= 1;
}

static bool roams_no_more(struct sim *sim, const char *what)
{
    const char *dump;

    (void)what;
    idle(sim, 2);
    dump = ask(sim, "dump 1");
    return strstr(dump, "RoamingComplete") && !strstr(dump, "RoamingInProgress");
}

static void a_phone_goes_and_comes_back(void **state)
{
    struct uds_rig *rig = uds_rig_pair();
    struct sim *sim = sim_new(rig, "3");
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = UDS_OTHER};
    uint64_t device;
    char ipei[256];

    (void)state;
    wait_for(sim, we_have_so_many, "3");
    wait_for(sim, is_bound, "20001");
    device = net_partner(rig->net, 0, find(sim, "20001"));
    assert_int_not_equal(device, 0);
    wait_for(sim, is_home, "home");
    assert_int_equal(place(sim, device), UDS_SITE);
    wait_for(sim, is_registered, "\"registeredAt\":[1]");

    snprintf(ipei, sizeof ipei, "%s", net_value(rig->net, 0, device, MOM_DEVICE_ipei));
    in.ipei = NS(ipei);
    rig->registers = 0;
    assert_int_equal(mom_batch_add(rig->other, &in), MOM_OK);
    wait_for(sim, has_registered_twice, "registered at once, and when the remote had let go");
    wait_for(sim, is_home, "home at the other site");
    assert_int_equal(place(sim, device), UDS_OTHER);
    wait_for(sim, is_registered, "\"registeredAt\":[]");

    rig->deregisters = 0;
    tell(sim, "locate 20001 1");
    wait_for(sim, is_registered, "\"registeredAt\":[1]");
    wait_for(sim, has_let_go, "the other site ends");
    wait_for(sim, is_home, "home at the remote");
    assert_int_equal(place(sim, device), UDS_SITE);
    wait_for(sim, roams_no_more, "roaming complete");
    sim_done(sim);
}

static int exit_code_of(const char *option, const char *value)
{
    const char *build = getenv("B");
    char program[256];
    int status;
    pid_t pid;

    snprintf(program, sizeof program, "%s/bin/ommsim", build ? build : "build/gcc");
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)freopen("/dev/null", "w", stderr);
        execl(program, program, option, value, (char *)NULL);
        _exit(127);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void options_without_sense_are_refused(void **state)
{
    static const char *const centres[] = {"", ":12622", "a:0", "a:70000", "a:b", "[::1", "[]:1"};

    (void)state;
    for (size_t i = 0; i < sizeof centres / sizeof centres[0]; i++)
        assert_int_equal(exit_code_of("--uds-remote", centres[i]), 2);
    assert_int_equal(exit_code_of("--uds-remote", "127.0.0.1"), 2); /* without an account */
    assert_int_equal(exit_code_of("--uds-user", ""), 2);
    assert_int_equal(exit_code_of("--uds-password-file", "/nowhere/at/all"), 2);
    assert_int_equal(exit_code_of("--uds-retry", "0"), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_have_everything_after_the_first_synchronisation),
        cmocka_unit_test(changes_and_deletions_travel_both_ways),
        cmocka_unit_test(what_happened_while_it_was_cut_off_is_merged),
        cmocka_unit_test(a_wrong_clock_is_corrected),
        cmocka_unit_test(a_phone_goes_and_comes_back),
        cmocka_unit_test(options_without_sense_are_refused),
    };

    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
