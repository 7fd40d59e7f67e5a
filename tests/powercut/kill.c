/*
 * Processes that are killed. On one store one process after the other works, each until it dies: in a call that changes
 * the file, before it, in the middle or after it; or from outside at any moment. What a process acknowledged, it wrote
 * to a pipe. The next process tells first what it found: every row must be as the oracle has it after the last
 * acknowledged operation, or after the one that was under way.
 */
#include "disk.h"
#include "powercut.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEPS_MAX = 60, CALLS_MAX = 120 };

/* What a process says. */
enum word { FOUND, DONE, REFUSED, BROKEN, FINISHED };

struct message {
    enum word word;
    enum stream_op op;
    int rc;
    uint64_t digest; /* FOUND: of the rows; DONE of OPEN: of the questions */
};

struct chain {
    struct powercut *p;
    uint64_t number, random;
    bool heavy;
    struct stream oracle;
    bool under_way; /* a process died: an operation more than acknowledged may be done */
    bool over;
};

/* --- the process that dies -------------------------------------------------------------------- */

static void say(int fd, struct message m)
{
    if (write(fd, &m, sizeof m) != (ssize_t)sizeof m)
        _exit(3);
}

static void say_and_stop(int fd, enum word word, enum stream_op op, int rc)
{
    say(fd, (struct message){.word = word, .op = op, .rc = rc});
    _exit(0);
}

static void one_operation(struct stream *s, int fd, bool early)
{
    struct message m = {.word = DONE, .op = s->next};
    if (early && m.op == STREAM_STEP)
        say(fd, m);
    m.rc = stream_advance(s);
    if (m.rc != MOM_OK && (m.op != STREAM_STEP || m.rc != MOM_EFULL))
        say_and_stop(fd, BROKEN, m.op, m.rc);
    m.word = m.rc == MOM_OK ? DONE : REFUSED;
    if (m.op == STREAM_OPEN && (m.rc = stream_view_digest(s, &m.digest)) != MOM_OK)
        say_and_stop(fd, BROKEN, m.op, m.rc);
    if (!early || m.op != STREAM_STEP)
        say(fd, m);
}

static void live(const struct chain *c, int fd, unsigned steps)
{
    struct mom_store store;
    struct stream s;
    struct message found = {.word = FOUND};
    int rc = powercut_open(c->p, &store);
    if (rc == MOM_OK)
        rc = stream_raw_digest(store, &found.digest);
    if (rc != MOM_OK)
        say_and_stop(fd, BROKEN, STREAM_SCHEMA, rc);
    say(fd, found);
    if (stream_init(&s, c->oracle.seed, c->heavy, store) != MOM_OK)
        say_and_stop(fd, BROKEN, STREAM_OPEN, MOM_ECORRUPT);
    for (unsigned i = 0; i < steps; i++)
        one_operation(&s, fd, c->p->early);
    stream_done(&s);
    store.ops->close(store.store);
    say_and_stop(fd, FINISHED, STREAM_STEP, MOM_OK);
}

/* --- the oracle follows ----------------------------------------------------------------------- */

static void failed(struct chain *c, const char *what, uint64_t a)
{
    powercut_failed(c->p, "kill", c->number, "after %llu steps: %s (%lld)",
                    (unsigned long long)c->oracle.step, what, (long long)a);
    c->over = true;
}

static bool is_as_oracle(const struct chain *c, uint64_t digest)
{
    uint64_t own;
    return stream_raw_digest(c->oracle.store, &own) == MOM_OK && own == digest;
}

static void on_found(struct chain *c, uint64_t digest)
{
    struct mom_store store = c->oracle.store;
    c->p->counts[PC_OPENED]++;
    if (is_as_oracle(c, digest)) {
        c->p->counts[PC_AT_K]++;
    } else if (c->under_way && stream_advance(&c->oracle) == MOM_OK && is_as_oracle(c, digest)) {
        c->p->counts[PC_AT_NEXT]++;
    } else {
        failed(c, "the store holds neither what was acknowledged nor the next step", 0);
        return;
    }
    uint64_t seed = c->oracle.seed;
    stream_done(&c->oracle);
    if (stream_init(&c->oracle, seed, c->heavy, store) != MOM_OK)
        abort();
    c->under_way = true;
}

static void on_done(struct chain *c, const struct message *m)
{
    uint64_t digest;
    if (m->op != c->oracle.next) {
        failed(c, "the oracle expects another operation", m->op);
    } else if (stream_advance(&c->oracle) != MOM_OK) {
        failed(c, "the oracle could not follow", m->op);
    } else if (m->op == STREAM_OPEN &&
               (stream_view_digest(&c->oracle, &digest) != MOM_OK || digest != m->digest)) {
        failed(c, "the answers of the engine are not those of the oracle", 0);
    }
    c->p->counts[PC_STEPS] += m->op == STREAM_STEP;
}

static void on_message(struct chain *c, const struct message *m)
{
    if (m->word == FOUND)
        on_found(c, m->digest);
    else if (m->word == DONE)
        on_done(c, m);
    else if (m->word == REFUSED) /* the map was full */
        stream_refused(&c->oracle);
    else if (m->word == BROKEN)
        failed(c, m->op == STREAM_SCHEMA ? "the store does not open" : "the engine fails",
               (uint64_t)m->rc);
}

/* Up to `count` messages, as long as there is a process to write them. */
static void follow(struct chain *c, int fd, unsigned count)
{
    struct message m;
    for (unsigned i = 0; i < count && read(fd, &m, sizeof m) == (ssize_t)sizeof m; i++) {
        if (!c->over)
            on_message(c, &m);
    }
}

/* --- the chain -------------------------------------------------------------------------------- */

/* After so many messages and a moment that nobody chose. */
static void kill_at_any_moment(struct chain *c, pid_t pid, int fd)
{
    follow(c, fd, stream_pick(&c->random, STEPS_MAX / 2));
    volatile unsigned spin = stream_pick(&c->random, 100000);
    while (spin > 0)
        spin--;
    (void)kill(pid, SIGKILL);
}

static void one_life(struct chain *c, bool last)
{
    bool free = stream_pick(&c->random, 8) == 0;
    unsigned steps = 2 + stream_pick(&c->random, STEPS_MAX);
    unsigned at = 1 + stream_pick(&c->random, stream_pick(&c->random, 2) ? CALLS_MAX : 12);
    unsigned part = stream_pick(&c->random, 3) * 500;
    int ends[2], status = 0;
    if (part == 500)
        part = stream_pick(&c->random, 1000);
    if (pipe(ends) != 0)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        disk_watch(c->p->folder);
        disk.kill_at = free || last ? 0 : at;
        disk.kill_part = part;
        live(c, ends[1], last ? 4 : steps);
    }
    close(ends[1]);
    if (pid < 0)
        abort();
    if (free && !last)
        kill_at_any_moment(c, pid, ends[0]);
    if (waitpid(pid, &status, 0) != pid)
        abort();
    follow(c, ends[0], UINT_MAX);
    close(ends[0]);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    c->p->counts[free ? PC_KILLS_FREE : PC_KILLS] += killed;
    if (!killed && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        failed(c, "the process ended by itself", (uint64_t)status);
}

void powercut_kill(struct powercut *p, uint64_t number, unsigned lives)
{
    struct chain c = {.p = p, .number = number, .random = powercut_seed(p, "kill", number)};
    struct mom_store store;
    struct stat file;
    char path[200];
    c.heavy = number % 4 == 3;
    if (mom_store_memory_new(NULL, &store) != MOM_OK ||
        stream_init(&c.oracle, stream_random(&c.random), c.heavy, store) != MOM_OK)
        abort();
    powercut_empty(p);
    for (unsigned i = 0; i <= lives && !c.over; i++)
        one_life(&c, i == lives);
    snprintf(path, sizeof path, "%s/data.mdb", p->folder);
    p->counts[PC_GROWN] += stat(path, &file) == 0 && file.st_size > 256 * 1024;
    stream_done(&c.oracle);
    store.ops->close(store.store);
}
