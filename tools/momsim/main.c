/*
 * momsim: runs simulated systems from seeds and says what it found.
 */
#include "sim.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef MOM_PLANT
#include <plant.h>
#endif

enum {
    JOBS_MAX = 64,
    WORD_MAX = 8,
    SEEDS_MAX = 4096,
    SITES_MAX = 500,
    SHARE_LEAST = 2000, /* systems that are to take all rows together */
    SOUND = 200, /* systems that show that a build for planted defects is sound without one */
    SCALE_HOURS = 3,
    COUNTS = sizeof(struct sim_counts) / sizeof(uint64_t)
};

struct options {
    uint64_t from, to;
    unsigned days, jobs, sites, words; /* words: letters of each, 0: random runs */
    const char *word;
    enum sim_shape shape;
    bool trace, quiet, planted;
    const char *rows, *unreached, *seeds;
    const char *plant;
};

struct seed {
    uint64_t number;
    enum sim_shape shape;
};

/* What a process tells of one seed. */
struct report {
    uint64_t seed, hash;
    bool begun, failed;
    enum sim_shape shape;
    struct sim_counts counts;
    unsigned char rows[SIM_ROWS];
    char failure[512], word[WORD_MAX + 1];
};

struct totals {
    uint64_t seeds, failures, first_failure;
    struct sim_counts counts;
    char failure[512];
};

static const char usage[] =
    "usage: momsim [--seed N | --seeds FROM-TO] [--days N] [--jobs N] [--trace] [--rows FILE] "
    "[--file SEEDS]\n"
    "Simulates whole systems: sites, links, people, administrators, faults; checks what must "
    "hold.\n"
    "  --seed N         this system alone\n"
    "  --seeds FROM-TO  these systems (default 1-100)\n"
    "  --shape SHAPE    hub, star, or vendors (a star with vendor's remotes at its centre); else "
    "every third one\n"
    "                   is a star\n"
    "  --days N         simulated days of each (default 1)\n"
    "  --jobs N         processes (default 1)\n"
    "  --trace          every event, readably, on standard output\n"
    "  --rows FILE      the page with the tables of states: says which rows were not taken\n"
    "  --unreached FILE the rows that no system reaches: 2,000 systems have to take all others\n"
    "  --file SEEDS     the seeds of this file, one a line, their shape after it; # begins a "
    "comment\n"
    "  --sites N        instead: so many sites (2 to 500) with ten people each, for three hours\n"
    "  --words N        instead: every word of N letters of what can happen to three sites\n"
    "  --word WORD      instead: this word\n"
    "  --picture        instead: the picture of docs/simulation.md\n"
    "  --planted        a build with MOM_PLANT: each defect has to be found; lines NAME SEED of "
    "--file\n"
    "                   say where to look first\n"
    "  --plant NAME     a build with MOM_PLANT: this defect alone\n"
    "Exit status: 0 all held, 1 something did not, 2 usage.\n";

/* --- running ---------------------------------------------------------------------------------- */

static const char *const shapes[] = {
    [SIM_DRAWN] = "drawn", [SIM_HUB] = "hub", [SIM_STAR] = "star", [SIM_VENDORS] = "vendors"};

static unsigned letter_count(void)
{
    unsigned count = 0;
    char letter;

    while (sim_letter(count, &letter))
        count++;
    return count;
}

/* The number of a word is its letters as digits. */
static void spell(const struct options *o, uint64_t number, char *ret_word)
{
    uint64_t size = letter_count();

    for (unsigned i = 0; i < o->words && size > 0; i++) {
        sim_letter((unsigned)(number % size), &ret_word[i]);
        number /= size;
    }
    ret_word[o->words] = '\0';
}

static uint64_t word_count(const struct options *o)
{
    uint64_t count = 1, size = letter_count();

    for (unsigned i = 0; i < o->words; i++)
        count *= size;
    return count;
}

static void run_seed(const struct options *o, struct sim_rows *rows, struct seed seed,
                     struct report *ret_report)
{
    struct sim *s = sim_alloc(sizeof *s);
    char word[WORD_MAX + 1];

    s->seed = seed.number;
    s->shape = seed.shape;
    if (o->words) {
        spell(o, seed.number, word);
        s->seed = 1;
        s->word = word;
    } else if (o->word) {
        s->word = o->word;
    }
    s->hours = o->sites ? SCALE_HOURS : 24 * o->days;
    s->scale = o->sites;
    s->trace = o->trace;
    s->rows = rows;
    memset(rows->seen, 0, sizeof rows->seen);
    sim_run(s);
    memset(ret_report, 0, sizeof *ret_report);
    ret_report->seed = seed.number;
    ret_report->shape = s->plan.vendors ? SIM_VENDORS : s->plan.star ? SIM_STAR : SIM_HUB;
    ret_report->hash = s->hash;
    ret_report->failed = s->failed;
    ret_report->counts = s->counts;
    memcpy(ret_report->rows, rows->seen, sizeof rows->seen);
    memcpy(ret_report->failure, s->failure, sizeof s->failure);
    if (o->words && s->failed)
        snprintf(ret_report->word, sizeof ret_report->word, "%s", word);
    sim_done(s);
    free(s);
}

static void add(struct totals *t, struct sim_rows *all, const struct options *o,
                const struct report *r)
{
    const uint64_t *from = (const uint64_t *)(const void *)&r->counts;
    uint64_t *to = (uint64_t *)(void *)&t->counts;

    for (size_t i = 0; i < COUNTS; i++)
        to[i] += from[i];
    for (size_t i = 0; i < SIM_ROWS; i++)
        all->systems[i] += r->rows[i];
    t->seeds++;
    if (!r->failed)
        return;
    if (t->failures++ == 0 || r->seed < t->first_failure) {
        t->first_failure = r->seed;
        memcpy(t->failure, r->failure, sizeof t->failure);
    }
    if (!o->quiet && r->word[0])
        printf("word %s failed: %s\n    momsim --word '%s' --trace\n", r->word, r->failure,
               r->word);
    else if (!o->quiet)
        printf("seed %llu failed: %s\n    momsim --shape %s --seed %llu --%s %u --trace\n",
               (unsigned long long)r->seed, r->failure, shapes[r->shape],
               (unsigned long long)r->seed, o->sites ? "sites" : "days",
               o->sites ? o->sites : o->days);
    fflush(stdout);
}

struct seeds {
    struct seed *list;
    size_t count;
};

/* Every jobs-th seed, in a process of its own. */
static void child(const struct options *o, struct sim_rows *rows, const struct seeds *seeds,
                  unsigned job, int out)
{
    struct report report;

    for (size_t i = job; i < seeds->count; i += o->jobs) {
        memset(&report, 0, sizeof report);
        report.seed = seeds->list[i].number;
        report.shape = seeds->list[i].shape;
        report.begun = true;
        if (write(out, &report, sizeof report) != (ssize_t)sizeof report)
            _exit(1);
        run_seed(o, rows, seeds->list[i], &report);
        if (write(out, &report, sizeof report) != (ssize_t)sizeof report)
            _exit(1);
    }
    _exit(0);
}

static bool read_report(int in, struct report *ret_report)
{
    size_t have = 0;

    while (have < sizeof *ret_report) {
        ssize_t n = read(in, (char *)ret_report + have, sizeof *ret_report - have);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        have += (size_t)n;
    }
    return true;
}

/* The next report of a process; false: it has ended, perhaps with a seed. */
static bool collect(const struct options *o, struct totals *t, struct sim_rows *rows, int in,
                    struct report *last)
{
    struct report r;

    if (read_report(in, &r)) {
        *last = r;
        if (!r.begun)
            add(t, rows, o, &r);
        return true;
    }
    if (!last->begun)
        return false;
    last->failed = true;
    snprintf(last->failure, sizeof last->failure, "the process died");
    add(t, rows, o, last);
    return false;
}

/* Whoever has something to say is heard: a process whose pipe is full would stand still. */
static void collect_all(const struct options *o, struct totals *t, struct sim_rows *rows,
                        int (*pipes)[2])
{
    struct report *last = sim_alloc(o->jobs * sizeof *last);
    struct pollfd fds[JOBS_MAX];
    unsigned open = o->jobs;

    for (unsigned job = 0; job < o->jobs; job++)
        fds[job] = (struct pollfd){.fd = pipes[job][0], .events = POLLIN};
    while (open > 0 && (poll(fds, o->jobs, -1) > 0 || errno == EINTR)) {
        for (unsigned job = 0; job < o->jobs; job++) {
            if (fds[job].fd < 0 || !fds[job].revents ||
                collect(o, t, rows, pipes[job][0], &last[job]))
                continue;
            fds[job].fd = -1;
            open--;
        }
    }
    free(last);
}

static void run_jobs(const struct options *o, struct sim_rows *rows, const struct seeds *seeds,
                     struct totals *t)
{
    int pipes[JOBS_MAX][2];
    pid_t pids[JOBS_MAX];

    fflush(stdout);
    for (unsigned job = 0; job < o->jobs; job++) {
        if (pipe(pipes[job]) != 0) {
            perror("momsim: pipe");
            exit(2);
        }
        pids[job] = fork();
        if (pids[job] < 0) {
            perror("momsim: fork");
            exit(2);
        }
        if (pids[job] == 0)
            child(o, rows, seeds, job, pipes[job][1]);
        close(pipes[job][1]);
    }
    collect_all(o, t, rows, pipes);
    for (unsigned job = 0; job < o->jobs; job++) {
        close(pipes[job][0]);
        waitpid(pids[job], NULL, 0);
    }
}

static void run_all(const struct options *o, struct sim_rows *rows, const struct seeds *seeds,
                    struct totals *t)
{
    memset(t, 0, sizeof *t);
    memset(rows->systems, 0, sizeof rows->systems);
    if (o->jobs > 1) {
        run_jobs(o, rows, seeds, t);
        return;
    }
    for (size_t i = 0; i < seeds->count; i++) {
        struct sim_rows *own = sim_alloc(sizeof *own);
        struct report report;

        *own = *rows;
        run_seed(o, own, seeds->list[i], &report);
        add(t, rows, o, &report);
        if (seeds->count == 1)
            printf("seed %llu: trace hash %016llx\n", (unsigned long long)report.seed,
                   (unsigned long long)report.hash);
        free(own);
    }
}

/* --- what it found ---------------------------------------------------------------------------- */

static void show(const struct options *o, const struct totals *t, double seconds)
{
    static const char *const names[] = {
#define SIM_COUNT_NAME(name) #name,
        SIM_COUNTS(SIM_COUNT_NAME)
#undef SIM_COUNT_NAME
    };
    const uint64_t *counts = (const uint64_t *)(const void *)&t->counts;
    uint64_t days = t->seeds * o->days;
    unsigned width = 0;

    if (o->words)
        printf("%u letters, words of %u:\n", (unsigned)letter_count(), o->words);
    printf("%llu systems, %llu days, %.1f s, %llu failed\n", (unsigned long long)t->seeds,
           (unsigned long long)days, seconds, (unsigned long long)t->failures);
    for (size_t i = 0; i < COUNTS; i++) {
        width +=
            (unsigned)printf("%s%llu %s", i ? ", " : "", (unsigned long long)counts[i], names[i]);
        if (width > 90 && i + 1 < COUNTS) {
            width = 0;
            printf(",\n");
            i++;
            width += (unsigned)printf("%llu %s", (unsigned long long)counts[i], names[i]);
        }
    }
    printf("\n");
}

static double clock_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#ifdef MOM_PLANT
/* The seed that found a defect before. A wrong one costs a day. */
static bool known_seed(const struct options *o, const char *plant, struct seed *ret_seed)
{
    FILE *file = o->seeds ? fopen(o->seeds, "r") : NULL;
    char line[300], name[64];
    unsigned long long number;
    bool found = false;

    if (o->seeds && !file) {
        fprintf(stderr, "momsim: %s: %s\n", o->seeds, strerror(errno));
        exit(2);
    }
    while (file && !found && fgets(line, sizeof line, file)) {
        found = sscanf(line, "%63s %llu", name, &number) == 2 && strcmp(name, plant) == 0;
        if (found)
            *ret_seed = (struct seed){number, o->shape};
    }
    if (file)
        fclose(file);
    return found;
}

static bool find_plant(struct options *o, struct sim_rows *rows, const struct seeds *seeds,
                       int plant)
{
    struct totals t;
    struct seed known;
    struct seeds first = {&known, known_seed(o, mom__plant_name(plant), &known)};
    size_t done = 0;

    mom__plant_set(plant);
    run_all(o, rows, &first, &t);
    while (done < seeds->count && t.failures == 0) {
        struct seeds some = {seeds->list + done, seeds->count - done < 2u * o->jobs
                                                     ? seeds->count - done
                                                     : 2u * o->jobs};

        run_all(o, rows, &some, &t);
        done += some.count;
    }
    if (t.failures)
        printf("%-22s found by seed %llu after %zu days: %.90s\n", mom__plant_name(plant),
               (unsigned long long)t.first_failure, (first.count + done) * o->days, t.failure);
    fflush(stdout);
    return t.failures != 0;
}

/* What random runs do not find the words of three letters may. */
static bool find_plant_by_words(const struct options *o, struct sim_rows *rows, int plant)
{
    struct options by_words = *o;
    struct seeds all = {NULL, 0};
    struct totals t;

    by_words.words = 3;
    all.count = (size_t)word_count(&by_words);
    all.list = sim_alloc(all.count * sizeof *all.list);
    for (size_t i = 0; i < all.count; i++)
        all.list[i] = (struct seed){i, SIM_HUB};
    run_all(&by_words, rows, &all, &t);
    free(all.list);
    if (t.failures)
        printf("%-22s found by %llu of %zu words: %.90s\n", mom__plant_name(plant),
               (unsigned long long)t.failures, all.count, t.failure);
    else
        printf("%-22s NOT FOUND\n", mom__plant_name(plant));
    fflush(stdout);
    return t.failures != 0;
}

static int run_planted(struct options *o, struct sim_rows *rows, const struct seeds *seeds)
{
    unsigned found = 0, count = 0;
    struct seeds some = *seeds;
    struct totals sound;

    some.count = some.count < SOUND ? some.count : SOUND;
    mom__plant_set(0);
    run_all(o, rows, &some, &sound);
    printf("%-22s %llu of %zu systems failed\n", "without a defect",
           (unsigned long long)sound.failures, some.count);
    if (sound.failures)
        return 1;
    o->quiet = true;
    for (int plant = 1; mom__plant_name(plant); plant++) {
        if (o->plant && strcmp(o->plant, mom__plant_name(plant)) != 0)
            continue;
        count++;
        found += find_plant(o, rows, seeds, plant) || find_plant_by_words(o, rows, plant);
    }
    printf("%u of %u planted defects found\n", found, count);
    return found == count && count > 0 ? 0 : 1;
}
#endif

/* --- options ---------------------------------------------------------------------------------- */

static void add_seed(struct seeds *seeds, size_t *size, uint64_t seed, enum sim_shape shape)
{
    if (seeds->count == *size) {
        *size = *size ? 2 * *size : 1024;
        seeds->list = realloc(seeds->list, *size * sizeof *seeds->list);
        if (!seeds->list)
            abort();
    }
    seeds->list[seeds->count++] = (struct seed){seed, shape};
}

/* The shape that a word after a seed says, if one does. */
static enum sim_shape shape_in(const char *text, enum sim_shape shape)
{
    text += strspn(text, " \t");
    for (size_t i = SIM_HUB; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strncmp(text, shapes[i], strlen(shapes[i])) == 0)
            return (enum sim_shape)i;
    }
    return shape;
}

static void read_seeds(const char *path, enum sim_shape shape, struct seeds *seeds, size_t *size)
{
    FILE *file = fopen(path, "r");
    char line[300];

    if (!file) {
        fprintf(stderr, "momsim: %s: %s\n", path, strerror(errno));
        exit(2);
    }
    while (fgets(line, sizeof line, file)) {
        char *end;
        uint64_t seed = strtoull(line, &end, 10);

        if (end != line)
            add_seed(seeds, size, seed, shape_in(end, shape));
    }
    fclose(file);
}

static void bad_usage(void)
{
    fputs(usage, stderr);
    exit(2);
}

static void read_range(struct options *o, const char *text)
{
    char *end;

    o->from = o->to = strtoull(text, &end, 10);
    if (*end == '-' && end[1])
        o->to = strtoull(end + 1, &end, 10);
    if (*end || end == text || o->to < o->from)
        bad_usage();
}

static enum sim_shape read_shape(const char *text)
{
    for (size_t i = SIM_HUB; i < sizeof shapes / sizeof shapes[0]; i++) {
        if (strcmp(text, shapes[i]) == 0)
            return (enum sim_shape)i;
    }
    bad_usage();
    return SIM_DRAWN;
}

static unsigned read_number(const char *text, unsigned least, unsigned most)
{
    unsigned long number = strtoul(text, NULL, 10);

    if (number < least || number > most)
        bad_usage();
    return (unsigned)number;
}

static void take_option(struct options *o, int option, const char *value)
{
    switch (option) {
    case 's':
        read_range(o, value);
        break;
    case 'd':
        o->days = read_number(value, 1, UINT_MAX);
        break;
    case 'n':
        o->sites = read_number(value, 2, SITES_MAX);
        break;
    case 'j':
        o->jobs = read_number(value, 1, JOBS_MAX);
        break;
    case 't':
        o->trace = true;
        break;
    case 'r':
        o->rows = value;
        break;
    case 'u':
        o->unreached = value;
        break;
    case 'f':
        o->seeds = value;
        break;
    case 'w':
        o->words = read_number(value, 1, WORD_MAX);
        break;
    case 'W':
        o->word = value;
        o->from = o->to = 1;
        break;
    case 'S':
        o->shape = read_shape(value);
        break;
    case 'P':
        o->plant = value;
        o->planted = true;
        break;
    case 'p':
        o->planted = true;
        break;
    default:
        bad_usage();
    }
}

static void read_options(int argc, char **argv, struct options *o)
{
    static const struct option names[] = {
        {"seed", 1, NULL, 's'},    {"seeds", 1, NULL, 's'},   {"days", 1, NULL, 'd'},
        {"jobs", 1, NULL, 'j'},    {"trace", 0, NULL, 't'},   {"rows", 1, NULL, 'r'},
        {"file", 1, NULL, 'f'},    {"planted", 0, NULL, 'p'}, {"words", 1, NULL, 'w'},
        {"word", 1, NULL, 'W'},    {"plant", 1, NULL, 'P'},   {"help", 0, NULL, 'h'},
        {"shape", 1, NULL, 'S'},   {"sites", 1, NULL, 'n'},   {"unreached", 1, NULL, 'u'},
        {"picture", 0, NULL, 'i'}, {NULL, 0, NULL, 0},
    };
    int c;

    while ((c = getopt_long(argc, argv, "h", names, NULL)) != -1) {
        if (c == 'h')
            fputs(usage, stdout);
        else if (c == 'i')
            sim_picture();
        else
            take_option(o, c, optarg);
        if (c == 'h' || c == 'i')
            exit(0);
    }
    if (optind != argc)
        bad_usage();
}

int main(int argc, char **argv)
{
    struct options o = {.from = 1, .to = 100, .days = 1, .jobs = 1};
    struct sim_rows *rows = sim_alloc(sizeof *rows);
    struct seeds seeds = {NULL, 0};
    struct totals totals;
    size_t size = 0;
    double start = clock_s();
    int status;

    read_options(argc, argv, &o);
    if (o.rows && !sim_rows_read(rows, o.rows)) {
        fprintf(stderr, "momsim: %s: no tables\n", o.rows);
        return 2;
    }
    if (o.unreached && !sim_rows_excuse(rows, o.unreached)) {
        fprintf(stderr, "momsim: %s: not a list of rows of the tables\n", o.unreached);
        return 2;
    }
    if (o.seeds && !o.planted)
        read_seeds(o.seeds, o.shape, &seeds, &size);
    else if (o.words)
        for (uint64_t i = 0; i < word_count(&o); i++)
            add_seed(&seeds, &size, i, SIM_HUB);
    else
        for (uint64_t i = o.from; i <= o.to; i++)
            add_seed(&seeds, &size, i, o.shape);
    if (o.planted) {
#ifdef MOM_PLANT
        status = run_planted(&o, rows, &seeds);
#else
        fputs("momsim: this build has no planted defects: make planted\n", stderr);
        status = 2;
#endif
    } else {
        run_all(&o, rows, &seeds, &totals);
        show(&o, &totals, clock_s() - start);
        status = totals.failures ? 1 : 0;
        if (rows->count && sim_rows_show(rows, totals.seeds) > 0 && o.unreached &&
            totals.seeds >= SHARE_LEAST)
            status = 1;
    }
    free(seeds.list);
    free(rows);
    return status;
}
