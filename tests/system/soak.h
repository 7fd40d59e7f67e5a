/*
 * For the test of the whole system under random use: the programs, asking them, and what was made so far. Whatever is
 * asked gets an answer, or the test fails.
 */
#ifndef TESTS_SYSTEM_SOAK_H
#define TESTS_SYSTEM_SOAK_H

#include "sim_client.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <com/ctl.h>

#define SITES       3
#define PERSONS_MAX 4000
#define NAMES_MAX   4
#define STEADY_S    15 /* limit for agreement after everything is healed */
#define PICKED_MAX  4096

/* A user or phone that once was made: its numbers or IPEI, and whether somebody may have deleted it. */
enum { WALKS_MAX = 256 };

struct person {
    char names[NAMES_MAX][24];
    int name_count;
    bool device, deletable;
    bool password_known; /* set at the hub, and by nobody else… */
    bool password_local; /* …but by a site, since all agreed: who wins is a matter of clocks */
    char password[24];
};

struct soak {
    struct sim sim;
    pid_t momd;
    char config[128], socket[128];
    uint64_t random;
    unsigned long long seed;
    bool cut[SITES + 1];
    int clock[SITES + 1];
    unsigned next_number, next_serial, words;
    struct person persons[PERSONS_MAX];
    size_t person_count;
    char walked[WALKS_MAX][24]; /* phones that were carried in this round */
    size_t walked_count;
    bool verbose;
    char error[512];         /* of the last call */
    char complaint[800];     /* what does not hold */
    json_t *users, *devices; /* of the hub: all that it shows of them */
    json_t *site_users[SITES + 1], *site_devices[SITES + 1], *phones;
};

/* --- chance ----------------------------------------------------------------------------------- */

static inline unsigned pick(struct soak *s, size_t limit)
{
    uint64_t z = (s->random += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return (unsigned)((z ^ (z >> 31)) % (limit > 0 ? limit : 1));
}

/* --- asking ----------------------------------------------------------------------------------- */

static inline bool take_row(void *user, const char *json, size_t len)
{
    json_array_append_new(user, json_loadb(json, len, 0, NULL));
    return true;
}

static inline int call(struct soak *s, const char *path, const json_t *request, json_t **ret_rows)
{
    json_t *rows = json_array();
    char *text = json_dumps(request, JSON_COMPACT);
    struct com_ctl_call c = {
        .path = path, .request = text, .on_row = take_row, .user = rows, .timeout_ms = 60000};
    int rc = com_ctl_call(&c);
    snprintf(s->error, sizeof s->error, "%s", c.error);
    if (s->verbose && path == s->sim.ctl)
        printf("sim  %s -> %d %s\n", text, c.code, c.error);
    else if (s->verbose && !strstr(text, "show"))
        printf("hub  %s -> %d %s\n", text, c.code, c.error);
    free(text);
    if (ret_rows != NULL)
        *ret_rows = rows;
    else
        json_decref(rows);
    return rc != COM_CTL_OK ? -1 : c.code;
}

/* Words of a command, the last one NULL. */
static inline json_t *request_of(json_t *options, va_list words)
{
    json_t *args = json_array();
    const char *word;
    while ((word = va_arg(words, const char *)) != NULL)
        json_array_append_new(args, json_string(word));
    return json_pack("{s:o,s:o}", "args", args, "options",
                     options != NULL ? options : json_object());
}

static inline int ask(struct soak *s, const char *path, json_t *options, json_t **ret_rows, ...)
{
    va_list words;
    va_start(words, ret_rows);
    json_t *request = request_of(options, words);
    va_end(words);
    int code = call(s, path, request, ret_rows);
    json_decref(request);
    if (code == -1)
        fail_msg("seed %llu: no answer at %s: %s", s->seed, path, s->error);
    return code;
}

#define SIM(s, ...) ask(s, (s)->sim.ctl, NULL, NULL, __VA_ARGS__, NULL)
#define HUB(s, ...) ask(s, (s)->socket, NULL, NULL, __VA_ARGS__, NULL)

static inline const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL ? text : "";
}

static inline bool same(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

/* --- the programs ----------------------------------------------------------------------------- */

static inline void start_momd(struct soak *s)
{
    char program[256];
    const char *build = getenv("B");
    snprintf(program, sizeof program, "%s/bin/momd", build != NULL ? build : "build/gcc");
    s->momd = fork();
    if (s->momd == 0) {
        char log[160];
        snprintf(log, sizeof log, "%s/log", s->sim.dir);
        int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        dup2(fd, STDERR_FILENO);
        execl(program, program, "--config", s->config, (char *)NULL);
        _exit(127);
    }
    json_t *request = json_pack("{s:[s],s:{}}", "args", "status", "options");
    int64_t limit = sim_ms() + SIM_WAIT_S * 1000;
    int code;
    while ((code = call(s, s->socket, request, NULL)) != 0 && sim_ms() < limit)
        poll(NULL, 0, 5);
    json_decref(request);
    assert_int_equal(code, 0);
}

static inline void end_momd(struct soak *s, int signal)
{
    int status = -1;
    kill(s->momd, signal);
    assert_int_equal(waitpid(s->momd, &status, 0), s->momd);
    if (signal == SIGTERM && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        fail_msg("seed %llu: momd ended with status %#x", s->seed, (unsigned)status);
}

static inline void start_all(struct soak *s)
{
    char seed[24], path[160];
    snprintf(seed, sizeof seed, "%llu", s->seed);
    sim_start(&s->sim, "--sites", "3", "--users", "120", "--permanent", "6", "--seed", seed,
              "--restart-delay", "100", "--release", s->seed % 3 ? "7.1" : "10.1",
              s->seed % 2 ? "--quiet" : "--shared-key", NULL);
    snprintf(s->config, sizeof s->config, "%s/momd.conf", s->sim.dir);
    snprintf(s->socket, sizeof s->socket, "%s/momd.sock", s->sim.dir);
    FILE *file = fopen(s->config, "w");
    assert_non_null(file);
    fprintf(file,
            "[system]\ndata-dir = %s/data\n[control]\nsocket = %s\n"
            "[links]\nretry = 100ms\nretry-jitter = 50ms\nrestart = 100ms\nanswer-timeout = 5s\n"
            "[handoff]\ndeliver = 1s\nrelease = 500ms\nrenew = 500ms\nretry = 300ms\n",
            s->sim.dir, s->socket);
    fclose(file);
    start_momd(s);
    json_t *sites;
    assert_int_equal(ask(s, s->sim.ctl, NULL, &sites, "sites", NULL), 0);
    for (int i = 1; i <= SITES; i++) {
        char name[16];
        snprintf(name, sizeof name, "site%d", i);
        json_t *row = json_array_get(sites, (size_t)i - 1);
        snprintf(path, sizeof path, "127.0.0.1:%d",
                 (int)json_integer_value(json_object_get(row, "port")));
        assert_int_equal(ask(s, s->socket, json_pack("{s:s,s:s}", "user", "omm", "password", "omm"),
                             NULL, "sites", "add", name, path, NULL),
                         0);
    }
    json_decref(sites);
}

static inline void stop_all(struct soak *s)
{
    char command[512];
    end_momd(s, SIGTERM);
    snprintf(command, sizeof command, "rm -rf '%s/data' '%s/log' '%s' '%s'", s->sim.dir, s->sim.dir,
             s->config, s->socket);
    assert_int_equal(system(command), 0);
    sim_stop(&s->sim);
}

/* --- what was made ---------------------------------------------------------------------------- */

static inline struct person *person_new(struct soak *s, bool device, const char *name)
{
    assert_true(s->person_count < PERSONS_MAX);
    struct person *p = &s->persons[s->person_count++];
    *p = (struct person){.device = device, .name_count = 1};
    snprintf(p->names[0], sizeof p->names[0], "%s", name);
    return p;
}

static inline bool has_name(const struct person *p, const char *name)
{
    for (int i = 0; i < p->name_count; i++)
        if (same(p->names[i], name))
            return true;
    return false;
}

/* Whoever has the name may be gone from now on. */
static inline void may_be_gone(struct soak *s, const char *name)
{
    for (size_t i = 0; i < s->person_count; i++)
        s->persons[i].deletable |= has_name(&s->persons[i], name);
}

static inline void renamed(struct soak *s, const char *name, const char *to)
{
    for (size_t i = 0; i < s->person_count; i++) {
        struct person *p = &s->persons[i];
        if (!has_name(p, name))
            continue;
        if (p->name_count == NAMES_MAX)
            p->deletable = true;
        else
            snprintf(p->names[p->name_count++], sizeof p->names[0], "%s", to);
    }
}

static inline void password_is(struct soak *s, const char *num, const char *password)
{
    for (size_t i = 0; i < s->person_count; i++) {
        struct person *p = &s->persons[i];
        if (!has_name(p, num))
            continue;
        p->password_local |= password == NULL;
        p->password_known = !p->password_local;
        snprintf(p->password, sizeof p->password, "%s", password != NULL ? password : "");
    }
}

#endif
