/*
 * What merging and changing cost beside bare LMDB, in one run on one disk.
 *
 *   merge    records of a neighbour, as messages come, into a store; beside the puts that came of it, in the same
 *            transactions, given to bare LMDB
 *   single   durable updates one by one; beside a put of the record, one a transaction
 *   grouped  updates of 8 writers that do not wait for each answer: what is there is one step; beside 100 puts of
 *            records a transaction
 *   waiting  updates of 8 writers that do wait, each for its own: that is a sync for 8
 *
 *   An update is more than a put of the record: what it replaced, its hash, what a neighbour has to be told and the
 *   clock are written too. So beside each stand also all puts that came of it, given to bare LMDB as with `merge`.
 *
 *   memory   what an engine with all records holds after the merge (most of it buffers that are kept), at most during
 *            it, and when it was opened again
 *
 * What others do to the machine and to the disk is not the same at any two moments, so both sides take turns,
 * transaction by transaction, and the whole is done several times, on new stores; the middle one of the rates is told,
 * with the least and the greatest. Both sides are on the disk of TMPDIR (/tmp). Beside the time that passed, which is
 * what a rate is, stands the time of the processor (user and system).
 *
 *     bench_store [PAIRS [ROUNDS]]
 */
#include "bare.h"
#include "pairs.h"

#include <momsync/momsync.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_NODE = 0x01000001,
    UPDATES = 960, /* of a kind in a round */
    WRITERS = 8,
    UNDERWAY = 12, /* updates of a writer that wait for their answers */
    GROUP = 100,
    ROUNDS = 5,
    ROUNDS_MAX = 99
};

static struct mom_now now = {1000, INT64_C(1700000000000)};

static void die(const char *what, int rc)
{
    fprintf(stderr, "%s: %d %s\n", what, rc, mom_err_text(rc));
    exit(1);
}

/* --- memory through the hook ------------------------------------------------------------------- */

struct counted {
    size_t size;
    max_align_t bytes[];
};

static size_t held, most_held;

static void *count_realloc(void *user, void *ptr, size_t size)
{
    struct counted *old = ptr ? (struct counted *)((char *)ptr - sizeof(struct counted)) : NULL;
    struct counted *p;

    (void)user;
    held -= old ? old->size : 0;
    p = realloc(old, sizeof *p + size);
    if (!p)
        exit(1);
    p->size = size;
    held += size;
    most_held = held > most_held ? held : most_held;
    return p->bytes;
}

static void count_free(void *user, void *ptr)
{
    struct counted *p = ptr ? (struct counted *)((char *)ptr - sizeof(struct counted)) : NULL;

    (void)user;
    held -= p ? p->size : 0;
    free(p);
}

/* --- nodes -------------------------------------------------------------------------------------- */

struct node {
    struct mom_engine *engine;
    char folder[BENCH_FOLDER];
};

static void step(struct node *node, const struct mom_batch *batch)
{
    int rc;

    now.mono_ms++;
    now.wall_ms++;
    rc = mom_engine_step(node->engine, &now, batch);
    if (rc != MOM_OK)
        die("step", rc);
}

static void drop_actions(struct node *node)
{
    struct mom_action a;

    while (mom_engine_next_action(node->engine, &a)) {
    }
}

static void one(struct node *node, const struct mom_input *in)
{
    struct mom_batch *batch = mom_batch_new(NULL);

    if (!batch || mom_batch_add(batch, in) != MOM_OK)
        exit(1);
    step(node, batch);
    mom_batch_free(batch);
}

/* With a folder it is on the disk, else in memory. `puts` (or NULL) notes what its store is given. */
static void open_node(struct node *node, unsigned number, unsigned pairs, struct puts *puts)
{
    struct mom_config config = {.size = sizeof config, .node = FIRST_NODE + number};
    struct mom_lmdb_options options = {.path = node->folder};
    int rc;

    config.limits.users = config.limits.devices = config.limits.site_devices = pairs;
    if (node->folder[0]) {
        config.alloc = (struct mom_alloc){NULL, count_realloc, count_free};
        rc = mom_store_lmdb_open(&options, &config.store);
    } else {
        rc = mom_store_memory_new(NULL, &config.store);
    }
    if (rc == MOM_OK && puts)
        config.store = puts_note(config.store, puts);
    if (rc == MOM_OK)
        rc = mom_engine_new(&config, &now, &node->engine);
    if (rc != MOM_OK)
        die("open", rc);
    drop_actions(node);
}

static void add_neighbour(struct node *node, unsigned number)
{
    struct mom_input in = {
        .kind = MOM_IN_NODE_ADD, .node = FIRST_NODE + 1 - number, .name = {"n", 1}};

    one(node, &in);
    drop_actions(node);
}

/* The source is in memory, so that only the merging one is on the disk. */
static void load(struct node *node, unsigned pairs)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = 1, .name = {"site", 4}};

    one(node, &in);
    in.kind = MOM_IN_IDENTIFIED;
    in.park = (struct mom_park){31, 0x10280001};
    drop_actions(node);
    one(node, &in);
    drop_actions(node);
    in.kind = MOM_IN_IMPORT;
    one(node, &in);
    for (unsigned i = 0; i < 2 * pairs; i++) {
        struct pair_half half;
        struct mom_input record = {.kind = MOM_IN_RECORD, .site = 1, .local = i / 2 + 1};

        record.type = i % 2 ? MOM_USER : MOM_DEVICE;
        if (i % 2)
            pair_user(i / 2, &half);
        else
            pair_device(i / 2, &half);
        record.attrs = half.attrs;
        record.attr_count = half.count;
        record.times_ms[MOM_ADMIN] = now.wall_ms - 1000;
        if (mom_batch_add(batch, &record) != MOM_OK)
            exit(1);
        if (i % 1000 != 999 && i + 1 != 2 * pairs)
            continue;
        step(node, batch);
        drop_actions(node);
        mom_batch_reset(batch);
    }
    in.kind = MOM_IN_DOWN;
    one(node, &in);
    drop_actions(node);
    mom_batch_free(batch);
}

/* --- what the source says ----------------------------------------------------------------------- */

/* The steps of the node that merges: what came, and when. */
struct talk {
    struct talk_step {
        struct mom_batch *batch;
        struct mom_now now;
    } * steps;
    size_t count, size;
};

static void talk_add(struct talk *talk, struct mom_batch *batch)
{
    if (talk->count == talk->size) {
        talk->size = talk->size ? 2 * talk->size : 256;
        talk->steps = realloc(talk->steps, talk->size * sizeof *talk->steps);
        if (!talk->steps)
            exit(1);
    }
    talk->steps[talk->count++] = (struct talk_step){batch, now};
}

static void talk_done(struct talk *talk)
{
    for (size_t i = 0; i < talk->count; i++)
        mom_batch_free(talk->steps[i].batch);
    free(talk->steps);
}

/* What a node has to say to its neighbour; NULL: nothing. */
static struct mom_batch *hear(struct node *from, uint32_t number)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct mom_action a;

    while (mom_engine_next_action(from->engine, &a)) {
        struct mom_input in = {.kind = MOM_IN_NODE_BYTES, .node = number, .value = a.text};

        if (a.kind == MOM_DO_NODE_BYTES && mom_batch_add(batch, &in) != MOM_OK)
            exit(1);
    }
    if (mom_batch_count(batch) > 0)
        return batch;
    mom_batch_free(batch);
    return NULL;
}

/* Both talk until nothing is left to say; `talk` is what the target heard. */
static void merge(struct node *source, struct node *target, struct talk *talk)
{
    struct mom_input up = {.kind = MOM_IN_NODE_UP, .node = FIRST_NODE + 1};
    struct mom_batch *batch = mom_batch_new(NULL);

    one(source, &up);
    up.node = FIRST_NODE;
    up.yes = true;
    if (!batch || mom_batch_add(batch, &up) != MOM_OK)
        exit(1);
    for (bool more = true; more;) {
        more = false;
        if (batch) {
            talk_add(talk, batch);
            step(target, batch);
            more = true;
        }
        batch = hear(target, FIRST_NODE + 1);
        if (batch) {
            step(source, batch);
            mom_batch_free(batch);
            more = true;
        }
        batch = hear(source, FIRST_NODE);
    }
}

static void check_merged(const struct node *source, const struct node *target)
{
    if (mom_engine_fingerprint(source->engine) == mom_engine_fingerprint(target->engine))
        return;
    fprintf(stderr, "the two nodes differ after the merge\n");
    exit(1);
}

/* --- a round ------------------------------------------------------------------------------------ */

enum kind { MERGE, SINGLE, GROUPED, WAITING, KINDS };

/* How many updates are a step, and a transaction of bare LMDB. */
static const unsigned a_step[KINDS] = {0, 1, WRITERS *UNDERWAY, WRITERS};
static const unsigned a_transaction[KINDS] = {0, 1, GROUP, GROUP};

/* What all sides took for something, and how often it was done. `same`: bare LMDB with the puts of the store. */
struct pair_cost {
    struct cost ours, bare, same;
    unsigned our_count, bare_count;
};

struct round {
    struct pair_cost costs[KINDS];
    size_t kept, most, opened; /* bytes */
};

/* What bare LMDB is given: the puts of a store, and at which transaction each kind begins. */
struct plan {
    struct puts puts;
    size_t begins[KINDS + 1];
};

static void replay(struct node *target, struct bare *bare, const struct talk *talk,
                   const struct plan *plan, unsigned pairs, struct pair_cost *cost)
{
    size_t n = 0;

    for (size_t i = 0; i < talk->count; i++) {
        struct cost start;

        now = talk->steps[i].now;
        start = cost_now();
        step(target, talk->steps[i].batch);
        cost_add(&cost->ours, start);
        drop_actions(target);
        if (n == plan->begins[MERGE + 1])
            continue;
        start = cost_now();
        bare_repeat(bare, n++);
        cost_add(&cost->bare, start);
    }
    cost->our_count = cost->bare_count = 2 * pairs;
}

/* The number in the id of a user: those of a pair follow each other. */
static uint64_t user_of(unsigned i, unsigned pairs)
{
    return 2 * ((uint64_t)i * 37 % pairs) + 2;
}

static void update(struct node *node, unsigned pairs, unsigned first, unsigned count,
                   struct cost *cost)
{
    struct mom_batch *batch = mom_batch_new(NULL);
    struct cost start = cost_now();

    for (unsigned i = first; i < first + count; i++) {
        char text[32];
        struct mom_attr attr = {{"hierarchy2", 10}, {text, 0}};
        struct mom_input in = {.kind = MOM_IN_CHANGE, .attrs = &attr, .attr_count = 1};

        attr.value.len = (size_t)snprintf(text, sizeof text, "Room %u-%u", i, count);
        in.id = (uint64_t)1 << 40 | user_of(i, pairs);
        if (mom_batch_add(batch, &in) != MOM_OK)
            exit(1);
    }
    step(node, batch);
    drop_actions(node);
    cost_add(cost, start);
    mom_batch_free(batch);
}

static void update_bare(struct bare *bare, unsigned pairs, unsigned first, unsigned count,
                        struct cost *cost)
{
    uint64_t numbers[GROUP];
    struct cost start;

    for (unsigned i = 0; i < count; i++)
        numbers[i] = user_of(first + i, pairs);
    start = cost_now();
    bare_update(bare, numbers, count);
    cost_add(cost, start);
}

/* Without `bare` the steps are only done. */
static void updates(struct node *node, struct bare *bare, const struct plan *plan, unsigned pairs,
                    enum kind kind, struct pair_cost *cost)
{
    for (size_t n = 0; cost->our_count < UPDATES; n++) {
        struct cost start;

        update(node, pairs, cost->our_count, a_step[kind], &cost->ours);
        cost->our_count += a_step[kind];
        if (!bare)
            continue;
        update_bare(bare, pairs, cost->bare_count, a_transaction[kind], &cost->bare);
        cost->bare_count += a_transaction[kind];
        start = cost_now();
        bare_repeat(bare, plan->begins[kind] + n);
        cost_add(&cost->same, start);
    }
}

/* What a store is given when all of it is done once. */
static void make_plan(struct node *source, unsigned pairs, struct talk *talk, struct plan *plan)
{
    struct node target = {.folder = ""};
    struct mom_input down = {.kind = MOM_IN_NODE_DOWN, .node = FIRST_NODE};

    memset(plan, 0, sizeof *plan);
    open_node(&target, 1, pairs, &plan->puts);
    add_neighbour(&target, 1);
    puts_done(&plan->puts);
    merge(source, &target, talk);
    check_merged(source, &target);
    plan->begins[MERGE + 1] = plan->puts.transactions;
    one(&target, &down);
    drop_actions(&target);
    for (unsigned kind = SINGLE; kind < KINDS; kind++) {
        struct pair_cost unused = {.our_count = 0};

        plan->begins[kind] = plan->puts.transactions;
        updates(&target, NULL, plan, pairs, (enum kind)kind, &unused);
    }
    mom_engine_free(target.engine);
}

static void run_round(const struct node *source, const struct talk *talk, const struct plan *plan,
                      unsigned pairs, struct round *round)
{
    struct node target = {.folder = ""};
    struct bare *bare = bare_new(&plan->puts);

    memset(round, 0, sizeof *round);
    folder_make(target.folder);
    open_node(&target, 1, pairs, NULL);
    add_neighbour(&target, 1);
    most_held = held;
    replay(&target, bare, talk, plan, pairs, &round->costs[MERGE]);
    check_merged(source, &target);
    round->kept = held;
    round->most = most_held;
    mom_engine_free(target.engine);
    open_node(&target, 1, pairs, NULL);
    round->opened = held;
    for (unsigned kind = SINGLE; kind < KINDS; kind++)
        updates(&target, bare, plan, pairs, (enum kind)kind, &round->costs[kind]);
    mom_engine_free(target.engine);
    folder_remove(target.folder);
    bare_free(bare);
}

/* --- telling ------------------------------------------------------------------------------------ */

static int by_size(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

struct spread {
    double least, middle, most;
};

static struct spread spread_of(double *values, unsigned count)
{
    qsort(values, count, sizeof *values, by_size);
    return (struct spread){values[0], values[count / 2], values[count - 1]};
}

/* Seconds of one update or record, and how much of the rate of bare LMDB. */
enum measure { OURS, BARE, RATIO, RATIO_SAME };

static double measured(const struct pair_cost *c, bool cpu, enum measure what)
{
    double ours = (cpu ? c->ours.cpu : c->ours.wall) / c->our_count;
    double bare = (cpu ? c->bare.cpu : c->bare.wall) / c->bare_count;
    double same = (cpu ? c->same.cpu : c->same.wall) / c->our_count;

    return what == OURS ? ours : what == BARE ? bare : what == RATIO ? bare / ours : same / ours;
}

static struct spread spread(const struct round *rounds, unsigned count, enum kind kind, bool cpu,
                            enum measure what)
{
    double values[ROUNDS_MAX];

    for (unsigned r = 0; r < count; r++)
        values[r] = measured(&rounds[r].costs[kind], cpu, what);
    return spread_of(values, count);
}

static void tell_ratio(const struct round *rounds, unsigned count, enum kind kind,
                       enum measure what, const char *asked)
{
    struct spread clock = spread(rounds, count, kind, false, what);
    struct spread cpu = spread(rounds, count, kind, true, what);

    printf("rate %.2f of it by the clock (%.2f to %.2f), %.2f by processor time (%.2f to %.2f)%s\n",
           clock.middle, clock.least, clock.most, cpu.middle, cpu.least, cpu.most, asked);
}

static void tell(const struct round *rounds, unsigned count, enum kind kind, const char *what,
                 const char *asked)
{
    printf("%-9s %.0f/s (%.1f us of processor each); bare %.0f/s (%.1f us); ", what,
           1 / spread(rounds, count, kind, false, OURS).middle,
           1e6 * spread(rounds, count, kind, true, OURS).middle,
           1 / spread(rounds, count, kind, false, BARE).middle,
           1e6 * spread(rounds, count, kind, true, BARE).middle);
    tell_ratio(rounds, count, kind, RATIO, asked);
    if (kind == MERGE)
        return;
    printf("          all puts that came of it, bare: ");
    tell_ratio(rounds, count, kind, RATIO_SAME, "");
}

static void tell_all(const struct round *rounds, unsigned count, const struct plan *plan,
                     unsigned pairs)
{
    const struct round *r = &rounds[0];
    size_t transactions = plan->begins[MERGE + 1];

    printf("%u records, %zu puts in %zu transactions; %u rounds\n", 2 * pairs,
           plan->puts.ends[transactions - 1], transactions, count);
    tell(rounds, count, MERGE, "merge", " (asked: 0.5)");
    tell(rounds, count, SINGLE, "single", " (asked: 0.8)");
    tell(rounds, count, GROUPED, "grouped", " (asked: 0.5)");
    tell(rounds, count, WAITING, "waiting", "");
    printf("memory    %zu bytes after the merge (%.1f each), %zu at most during it (%.1f each); "
           "opened again %zu\n",
           r->kept, (double)r->kept / (2.0 * pairs), r->most, (double)r->most / (2.0 * pairs),
           r->opened);
}

int main(int argc, char **argv)
{
    unsigned pairs = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 50000;
    unsigned count = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : ROUNDS;
    struct node source = {.folder = ""};
    struct round rounds[ROUNDS_MAX];
    struct talk talk = {NULL, 0, 0};
    struct plan plan;

    if (pairs == 0 || count == 0 || count > ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_store [PAIRS [ROUNDS]]\n");
        return 2;
    }
    open_node(&source, 0, pairs, NULL);
    add_neighbour(&source, 0);
    load(&source, pairs);
    make_plan(&source, pairs, &talk, &plan);
    for (unsigned r = 0; r < count; r++)
        run_round(&source, &talk, &plan, pairs, &rounds[r]);
    mom_engine_free(source.engine);
    tell_all(rounds, count, &plan, pairs);
    talk_done(&talk);
    puts_done(&plan.puts);
    return 0;
}
