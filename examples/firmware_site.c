/*
 * libmomsync in the firmware of a site with 512 phones. The program is the site: it tells the engine what is in its
 * tables and carries out what the engine wants. Another site, without phones of its own, stands for the rest of the
 * system. firmware_site [FOLDER]: the store is LMDB's in the folder, else in memory.
 */
#include <momsync/momsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PHONES = 512, NUMBERS = 600, HERE = 1, ANNEX = 2, SITES = 3, FRONT = sizeof(max_align_t) };
#define PHONE_17 "03074 0000017 6"
#define TEXT(s)  ((struct mom_str){(s), strlen(s)})

/* What a site has under a number (ppn and uid). */
struct entry {
    bool device, user;
    char name[32];
};
static struct entry tables[SITES][NUMBERS];
static struct mom_engine *engine;
static struct mom_batch *batch;
static struct mom_now now = {.mono_ms = 1000, .wall_ms = INT64_C(1700000000000)};
static unsigned did[MOM_DO_REFUSED + 1]; /* actions, by kind */

/* Memory is counted: the size of a block stands before it. */
struct heap {
    size_t live, peak;
};

static void *heap_realloc(void *user, void *ptr, size_t size)
{
    struct heap *heap = user;
    char *old = ptr ? (char *)ptr - FRONT : NULL;
    size_t before = old ? *(size_t *)(void *)old : 0;
    char *block = realloc(old, FRONT + size);
    if (block == NULL)
        return NULL;
    *(size_t *)(void *)block = size;
    heap->live += size - before;
    heap->peak = heap->live > heap->peak ? heap->live : heap->peak;
    return block + FRONT;
}

static void heap_free(void *user, void *ptr)
{
    void *block = (char *)ptr - FRONT;
    ((struct heap *)user)->live -= *(size_t *)block;
    free(block);
}

static void must(bool good, const char *what)
{
    if (!good)
        fprintf(stderr, "%s failed\n", what), exit(1);
}

static void add(struct mom_input input)
{
    must(mom_batch_add(batch, &input) == MOM_OK, "batch");
}

static void carry_out(const struct mom_action *a)
{
    struct entry *table = tables[a->site < SITES ? a->site : 0];
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = a->site, .token = a->token};
    uint32_t n = 1;
    did[a->kind]++;
    switch (a->kind) {
    case MOM_DO_PUT:
        while (table[n].device || table[n].user)
            n++; /* what is new gets the first number that is free */
        in.local_device = a->device.id == 0 ? 0 : a->device.local ? a->device.local : n;
        in.local_user = a->user.id == 0 ? 0 : a->user.local ? a->user.local : n;
        table[in.local_device].device = table[in.local_user].user = true;
        for (size_t i = 0; i < a->user.attr_count; i++) /* of all fields, the name will do here */
            if (a->user.attrs[i].name.len == 4 && !memcmp(a->user.attrs[i].name.ptr, "name", 4))
                snprintf(table[in.local_user].name, sizeof table->name, "%.*s",
                         (int)a->user.attrs[i].value.len, a->user.attrs[i].value.ptr);
        break;
    case MOM_DO_REMOVE:
        *(a->type == MOM_USER ? &table[a->local].user : &table[a->local].device) = false;
        break;
    case MOM_DO_REGISTER: /* here the SIP stack would be told */
    case MOM_DO_DEREGISTER:
        in.kind = a->kind == MOM_DO_REGISTER ? MOM_IN_RENEWED : MOM_IN_RELEASED;
        in.type = MOM_USER, in.local = a->local_user;
        break;
    default: /* news for people */
        must(a->kind != MOM_DO_REFUSED, "change");
        return;
    }
    add(in);
}

static void run(void)
{
    do {
        struct mom_action action;
        must(mom_engine_step(engine, &now, batch) == MOM_OK, "step");
        mom_batch_reset(batch);
        while (mom_engine_next_action(engine, &action))
            carry_out(&action);
        now.mono_ms += 10;
        now.wall_ms += 10;
    } while (mom_batch_count(batch) > 0 || mom_engine_deadline(engine) <= now.mono_ms);
}

/* Tell the engine of the phone and the user with this number. */
static void tell(mom_site site, uint32_t n)
{
    char num[16], ipei[MOM_IPEI_LEN + 1], key[40];
    snprintf(num, sizeof num, "%u", 4000 + n);
    snprintf(key, sizeof key, "%032X", 0x1000 + n);
    mom_ipei_print((struct mom_ipei){.emc = 3074, .psn = n}, ipei);
    struct mom_attr device[] = {
        {TEXT("ipei"), TEXT(ipei)}, {TEXT("s"), TEXT("Yes")}, {TEXT("uak"), TEXT(key)}};
    struct mom_attr user[] = {{TEXT("num"), TEXT(num)},
                              {TEXT("sipPw"), TEXT("Psecret")},
                              {TEXT("relType"), TEXT("Dynamic")},
                              {TEXT("name"), TEXT(tables[site][n].name)}};
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = site, .local = n, .partner_local = n};
    in.has_partner = true, in.type = MOM_DEVICE, in.attrs = device, in.attr_count = 3;
    add(in);
    in.type = MOM_USER, in.attrs = user, in.attr_count = 4;
    add(in);
}

static void site_up(mom_site site, const char *park, uint32_t phones)
{
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = site, .name = TEXT(park)};
    add(in);
    in.kind = MOM_IN_IDENTIFIED;
    must(mom_park_parse(TEXT(park), &in.park) == MOM_OK, "PARK");
    add(in);
    add((struct mom_input){.kind = MOM_IN_IMPORT, .site = site});
    for (uint32_t n = 1; n <= phones; n++) {
        tables[site][n] = (struct entry){.device = true, .user = true, .name = "Somebody"};
        tell(site, n);
        if (n % 8 == 0)
            run(); /* a batch holds copies: a few at a time */
    }
    add((struct mom_input){.kind = MOM_IN_IMPORTED, .site = site});
    run();
}

/* Id of user 4017; says where it is. */
static uint64_t look(struct mom_counts *ret_counts)
{
    struct mom_view *view;
    must(mom_view_open(engine, &view) == MOM_OK, "view");
    const struct mom_record *user = mom_view_find(view, MOM_USER_num, TEXT("4017"));
    uint64_t id = user ? mom_record_id(user) : 0;
    must(mom_view_counts(view, ret_counts) == MOM_OK, "counts");
    printf("%u users, %u phones; user 4017 is at site %u\n", (unsigned)ret_counts->users,
           (unsigned)ret_counts->devices, (unsigned)(user ? mom_record_site(user) : 0));
    mom_view_close(view);
    return id;
}

int main(int argc, char **argv)
{
    struct heap heap = {0}, store_heap = {0};
    struct mom_config config = {.size = sizeof config, .alloc = {&heap, heap_realloc, heap_free}};
    struct mom_alloc of_store = {&store_heap, heap_realloc, heap_free};
    struct mom_lmdb_options lmdb = {.path = argv[1], .alloc = of_store};
    struct mom_attr name = {TEXT("name"), TEXT("Reception")};
    struct mom_counts counts;
    int rc = argc > 1 ? mom_store_lmdb_open(&lmdb, &config.store)
                      : mom_store_memory_new(&of_store, &config.store);
    must(rc == MOM_OK, "store");
    must(mom_engine_new(&config, &now, &engine) == MOM_OK, "engine");
    batch = mom_batch_new(&config.alloc);
    must(batch != NULL, "batch");
    look(&counts);
    site_up(HERE, "1F1028D085", PHONES);
    site_up(ANNEX, "1F1028D67A", 0);
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .id = look(&counts), .tag = 1};
    in.attrs = &name, in.attr_count = 1; /* by an administrator */
    add(in);
    run();
    printf("the name here is %s now\n", tables[HERE][17].name);
    for (mom_site to = ANNEX; to >= HERE; to--) { /* the phone walks there, and back */
        add((struct mom_input){.kind = MOM_IN_LOCATED, .site = to, .ipei = TEXT(PHONE_17)});
        run();
        look(&counts);
    }
    add((struct mom_input){.kind = MOM_IN_DELETE, .id = in.id, .tag = 2});
    run();
    look(&counts);
    printf("%u PUT, %u REMOVE, %u REGISTER, %u DEREGISTER\n", did[MOM_DO_PUT], did[MOM_DO_REMOVE],
           did[MOM_DO_REGISTER], did[MOM_DO_DEREGISTER]);
    mom_batch_free(batch);
    mom_engine_free(engine);
    printf("memory: engine %zu, store %zu bytes at most; %zu at the end\n", heap.peak,
           store_heap.peak, heap.live + store_heap.live);
    bool right = counts.users == PHONES - 1 && counts.devices == PHONES && !tables[HERE][17].user;
    return right && heap.live + store_heap.live == 0 ? 0 : 1;
}
