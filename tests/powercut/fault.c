/*
 * Errors instead of cuts: a call that changes the file fails, once or for a while, having done nothing, a part or all
 * of it; or no file may grow any further. The operation is refused with a code of the STORE band, after a reload the
 * rows are as before it, and the node goes on. One case is open until then: LMDB's meta page was written, an error came
 * all the same, and taking it back failed too. Then the operation may be found done, whole.
 */
#include "disk.h"
#include "history.h"
#include "powercut.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OPERATIONS = 18, CANDIDATES = 8, PATIENCE = 4, ATTEMPTS = 24 };

struct run {
    struct powercut *p;
    const char *part;
    uint64_t number, seed;
    bool heavy;
    struct mom_store store; /* ops NULL: it is closed */
    struct stream stream;
    bool running; /* the stream is on the store */
    struct history maybe[CANDIDATES];
    size_t maybes;
    struct oracle oracle; /* of maybe[0], as far as it is certain */
    unsigned operations;
    bool over;
};

static void failed(struct run *r, const char *what, int rc)
{
    powercut_failed(r->p, r->part, r->number,
                    "call %llu fails with errno %d, effect %d, %llu times: %s (%s)",
                    (unsigned long long)disk.fail_at, disk.fail_error, (int)disk.fail_effect,
                    (unsigned long long)disk.fail_count, what, rc ? mom_err_name(rc) : "rows");
    r->over = true;
}

/* --- what may be ------------------------------------------------------------------------------ */

/* An operation failed; with `open` nobody can know whether it was done. */
static void did_not(struct run *r, enum stream_op op, bool open)
{
    for (size_t i = 0, n = r->maybes; i < n; i++) {
        if (open && r->maybes < CANDIDATES) {
            r->maybe[r->maybes] = r->maybe[i];
            history_did(&r->maybe[r->maybes++], op);
        }
        if (op == STREAM_STEP)
            history_did(&r->maybe[i], HISTORY_TRIED);
    }
}

/* The rows must be those of one history, which is the true one then. */
static void compare(struct run *r)
{
    uint64_t found;
    int rc = stream_raw_digest(r->store, &found);
    if (rc == MOM_OK && r->maybes == 1 && oracle_digest(&r->oracle, &r->maybe[0]) == found)
        return;
    oracle_done(&r->oracle);
    for (size_t i = 0; rc == MOM_OK && i < r->maybes; i++) {
        if (history_digest(&r->maybe[i]) != found)
            continue;
        r->p->counts[PC_OPEN_END] += i > 0;
        r->maybe[0] = r->maybe[i];
        r->maybes = 1;
        return;
    }
    failed(r, "the rows are not what they were", rc);
}

/* --- the node --------------------------------------------------------------------------------- */

static void stop(struct run *r)
{
    if (r->running)
        stream_done(&r->stream);
    if (r->store.ops)
        r->store.ops->close(r->store.store);
    r->running = false;
    r->store.ops = NULL;
}

static void start(struct run *r)
{
    int rc = powercut_open(r->p, &r->store);
    if (rc != MOM_OK) {
        r->store.ops = NULL;
        r->p->counts[PC_REFUSED]++;
        if (!mom_err_is_fatal(rc) || rc == MOM_ECORRUPT || rc == MOM_EFORMAT)
            failed(r, "the store does not open, and says something else", rc);
        return;
    }
    r->running = true;
    for (size_t i = 0; i < r->maybes; i++)
        history_did(&r->maybe[i], HISTORY_AGAIN);
    rc = stream_init(&r->stream, r->seed, r->heavy, r->store);
    if (rc != MOM_OK)
        failed(r, "the store cannot be read", rc);
}

static void refused(struct run *r, enum stream_op op, int rc)
{
    r->p->counts[PC_REFUSED]++;
    r->p->counts[PC_REOPENED] += op == STREAM_RELOAD;
    if (!mom_err_is_fatal(rc) || rc == MOM_ECORRUPT || rc == MOM_EFORMAT)
        failed(r, "an operation is refused with another code", rc);
    did_not(r, op, disk.failed_synced);
    /* An engine that does not open: its host closes the store and tries again. */
    if (op == STREAM_SCHEMA || op == STREAM_OPEN)
        stop(r);
}

/* One operation, or one attempt at it. */
static void one(struct run *r)
{
    if (!r->running) {
        start(r);
        return;
    }
    enum stream_op op = r->stream.next;
    disk.failed_synced = false;
    int rc = stream_advance(&r->stream);
    if (rc != MOM_OK) {
        refused(r, op, rc);
        return;
    }
    for (size_t i = 0; i < r->maybes; i++)
        history_did(&r->maybe[i], op);
    r->operations++;
    compare(r);
}

/* `patience` attempts without progress: then the disk is well again. */
static void whole_run(struct run *r, unsigned operations)
{
    unsigned stuck = 0;
    r->maybes = 1;
    r->maybe[0] = (struct history){.seed = r->seed, .heavy = r->heavy};
    powercut_empty(r->p);
    while (!r->over && r->operations < operations && stuck < ATTEMPTS) {
        unsigned before = r->operations;
        one(r);
        stuck = r->operations > before ? 0 : stuck + 1;
        if (disk.full_at != 0 && disk.failures >= PATIENCE)
            disk.full_at = 0;
    }
    if (stuck == ATTEMPTS)
        failed(r, "it does not go on", MOM_ESTORE);
    r->p->counts[PC_ERRORS]++;
    stop(r);
    oracle_done(&r->oracle);
}

/* --- every call ------------------------------------------------------------------------------- */

struct fault {
    int error;
    enum disk_effect effect;
    unsigned count;
};

static const struct fault faults[] = {
    {ENOSPC, DISK_NOTHING, 1}, {EIO, DISK_NOTHING, 1}, {ENOSPC, DISK_PART, 1},
    {EIO, DISK_ALL, 1},        {EIO, DISK_FIRST, 2},   {EIO, DISK_NOTHING, 6},
    {EDQUOT, DISK_NOTHING, 3},
};

enum { FAULTS = sizeof faults / sizeof faults[0] };

static uint64_t run_with(struct run run, uint64_t call, const struct fault *fault)
{
    disk_watch(run.p->folder);
    disk.fail_at = call;
    disk.fail_count = fault->count;
    disk.fail_error = fault->error;
    disk.fail_effect = fault->effect;
    whole_run(&run, OPERATIONS);
    return disk.calls;
}

static void every_call(struct run *r, unsigned points)
{
    uint64_t calls = run_with(*r, 0, &faults[0]);
    uint64_t all = calls * FAULTS, first = powercut_seed(r->p, "fault-from", r->number) % all;
    r->p->counts[PC_ERRORS]--; /* that one had none */
    for (uint64_t n = 0; n < all && n < points && r->p->failures < 5; n++) {
        uint64_t at = (first + n) % all;
        run_with(*r, 1 + at / FAULTS, &faults[at % FAULTS]);
    }
}

/* The file ends at a size between the smallest and what the run needs. */
static void full_disk(struct run *r, unsigned points)
{
    (void)points;
    disk_watch(r->p->folder);
    disk.full_at = 8192 + 4096 * (uint64_t)(r->seed % 60) + (r->seed >> 8) % 4096;
    whole_run(r, 40);
}

/* --- a file that was cut off ------------------------------------------------------------------ */

static unsigned char *read_file(const char *path, size_t *ret_len)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        abort();
    long len = ftell(file);
    unsigned char *bytes = malloc((size_t)len);
    rewind(file);
    if (!bytes || len <= 0 || fread(bytes, 1, (size_t)len, file) != (size_t)len)
        abort();
    fclose(file);
    *ret_len = (size_t)len;
    return bytes;
}

static void write_file(const char *path, const unsigned char *bytes, size_t len)
{
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        abort();
}

/* Refused as broken and left alone; or, when only free pages are missing, as good as before. */
static void one_length(struct run *r, const char *path, size_t len, uint64_t content)
{
    uint64_t found = 0;
    int rc = powercut_open(r->p, &r->store);
    r->p->counts[PC_LENGTHS]++;
    if (rc == MOM_OK) {
        rc = stream_raw_digest(r->store, &found);
        r->store.ops->close(r->store.store);
        r->p->counts[PC_OPENED]++;
        if (rc != MOM_OK || found != content)
            failed(r, "a file that was cut off opens, and is not whole", rc);
        return;
    }
    size_t after;
    free(read_file(path, &after));
    if (rc != MOM_ECORRUPT || after != len)
        failed(r, "a file that was cut off is refused with another code, or was changed", rc);
}

static void every_length(struct run *r, unsigned points)
{
    char path[200];
    size_t len;
    disk_watch(NULL);
    whole_run(r, 60);
    r->p->counts[PC_ERRORS]--;
    uint64_t content = history_digest(&r->maybe[0]);
    snprintf(path, sizeof path, "%s/data.mdb", r->p->folder);
    unsigned char *bytes = read_file(path, &len);
    size_t step = len / points / 512 * 512 + 512;
    for (size_t at = len; at > 0 && !r->over; at = at > step ? at - step : 0) {
        write_file(path, bytes, at);
        one_length(r, path, at, content);
    }
    free(bytes);
}

/* --- in a process of its own ------------------------------------------------------------------ */

static void apart(struct run *r, void (*work)(struct run *, unsigned), unsigned points)
{
    struct powercut *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int status = 0;
    if (shared == MAP_FAILED)
        abort();
    pid_t pid = fork();
    if (pid == 0) {
        work(r, points);
        *shared = *r->p;
        _exit(0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        abort();
    if (status == 0)
        *r->p = *shared;
    else
        powercut_failed(r->p, r->part, r->number, "the process crashed (%d)", status);
    munmap(shared, sizeof *shared);
}

static struct run run_of(struct powercut *p, const char *part, uint64_t number)
{
    return (struct run){
        .p = p, .part = part, .number = number, .seed = powercut_seed(p, part, number)};
}

void powercut_fault(struct powercut *p, uint64_t number, unsigned points)
{
    struct run r = run_of(p, "fault", number);
    apart(&r, every_call, points);
}

void powercut_full(struct powercut *p, uint64_t number)
{
    struct run r = run_of(p, "full", number);
    r.heavy = true;
    apart(&r, full_disk, 0);
}

void powercut_length(struct powercut *p, uint64_t number, unsigned points)
{
    struct run r = run_of(p, "length", number);
    r.heavy = number % 2;
    apart(&r, every_length, points);
}
