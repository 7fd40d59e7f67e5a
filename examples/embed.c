/*
 * An engine inside another program: two sites, a user with a phone at the first, and the phone
 * walks to the second. The host here plays both OMMs; a real one passes actions to its OMMs and
 * their news to the engine.
 *
 *     cc embed.c $(pkg-config --cflags --libs momsync) -o embed
 */
#include <momsync/momsync.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT(s) ((struct mom_str){(s), strlen(s)})

static struct mom_engine *engine;
static struct mom_batch *batch;
static struct mom_now now = {.mono_ms = 1000, .wall_ms = INT64_C(1700000000000)};

static void must(int rc, const char *what)
{
    if (rc == MOM_OK)
        return;
    fprintf(stderr, "%s: %s\n", what, mom_err_text(rc));
    exit(1);
}

static void add(struct mom_input input)
{
    must(mom_batch_add(batch, &input), "batch");
}

/* What an OMM would do: accept every record under the next free number, confirm every SIP request. */
static void play_omm(const struct mom_action *a)
{
    static uint32_t next_local = 100;
    uint32_t device = 0, user = 0;
    switch (a->kind) {
    case MOM_DO_ADMIT:
        printf("site %" PRIu32 " is admitted\n", a->site);
        break;
    case MOM_DO_PUT:
        printf("site %" PRIu32 " gets%s%s\n", a->site, a->device.id ? " the device" : "",
               a->user.id ? " the user" : "");
        if (a->device.id)
            device = a->device.local ? a->device.local : next_local++;
        if (a->user.id)
            user = a->user.local ? a->user.local : next_local++;
        add((struct mom_input){.kind = MOM_IN_RESULT,
                               .site = a->site,
                               .token = a->token,
                               .local_device = device,
                               .local_user = user});
        break;
    case MOM_DO_REMOVE:
        printf("site %" PRIu32 " loses %s %" PRIu32 "\n", a->site,
               a->type == MOM_USER ? "user" : "device", a->local);
        add((struct mom_input){.kind = MOM_IN_RESULT, .site = a->site, .token = a->token});
        break;
    case MOM_DO_DEREGISTER:
        printf("site %" PRIu32 " ends the SIP registration\n", a->site);
        add((struct mom_input){
            .kind = MOM_IN_RELEASED, .site = a->site, .type = MOM_USER, .local = a->local_user});
        break;
    case MOM_DO_REGISTER:
        printf("site %" PRIu32 " renews the SIP registration\n", a->site);
        add((struct mom_input){
            .kind = MOM_IN_RENEWED, .site = a->site, .type = MOM_USER, .local = a->local_user});
        break;
    default:
        break;
    }
}

/* Step until nothing is left to do: each step may cause actions, and those more inputs. */
static void run(void)
{
    do {
        struct mom_action action;
        must(mom_engine_step(engine, &now, batch), "step");
        mom_batch_reset(batch);
        while (mom_engine_next_action(engine, &action))
            play_omm(&action);
        now.mono_ms += 10;
        now.wall_ms += 10;
    } while (mom_batch_count(batch) > 0);
}

static void site_up(mom_site site, const char *name, const char *park_hex)
{
    struct mom_park park;
    must(mom_park_parse(TEXT(park_hex), &park), "PARK");
    add((struct mom_input){.kind = MOM_IN_SITE_ADD, .site = site, .name = TEXT(name)});
    add((struct mom_input){.kind = MOM_IN_IDENTIFIED, .site = site, .park = park});
    add((struct mom_input){.kind = MOM_IN_IMPORT, .site = site});
}

int main(void)
{
    struct mom_config config = {.size = sizeof config};
    must(mom_store_memory_new(NULL, &config.store), "store");
    must(mom_engine_new(&config, &now, &engine), "engine");
    batch = mom_batch_new(NULL);
    if (batch == NULL)
        return 1;

    struct mom_attr device[] = {{TEXT("ipei"), TEXT("03074 0220259 3")},
                                {TEXT("s"), TEXT("Yes")},
                                {TEXT("uak"), TEXT("19F9919C895FD7B326B94C7F9118BB16")}};
    struct mom_attr user[] = {{TEXT("num"), TEXT("4711")},
                              {TEXT("name"), TEXT("Ward 3")},
                              {TEXT("relType"), TEXT("Dynamic")}};
    site_up(1, "main house", "1F1028D085");
    add((struct mom_input){.kind = MOM_IN_RECORD,
                           .site = 1,
                           .type = MOM_DEVICE,
                           .local = 1,
                           .attrs = device,
                           .attr_count = 3,
                           .has_partner = true,
                           .partner_local = 1});
    add((struct mom_input){.kind = MOM_IN_RECORD,
                           .site = 1,
                           .type = MOM_USER,
                           .local = 1,
                           .attrs = user,
                           .attr_count = 3,
                           .has_partner = true,
                           .partner_local = 1});
    add((struct mom_input){.kind = MOM_IN_IMPORTED, .site = 1});
    site_up(2, "annex", "1F1028D67A");
    add((struct mom_input){.kind = MOM_IN_IMPORTED, .site = 2});
    run();

    printf("the phone walks to site 2\n");
    add((struct mom_input){.kind = MOM_IN_LOCATED, .site = 2, .ipei = TEXT("03074 0220259 3")});
    run();

    struct mom_view *view;
    must(mom_view_open(engine, &view), "view");
    const struct mom_record *found = mom_view_find(view, MOM_USER_num, TEXT("4711"));
    mom_site site = found ? mom_record_site(found) : 0;
    printf("user 4711 is at site %" PRIu32 "\n", site);
    mom_view_close(view);
    mom_batch_free(batch);
    mom_engine_free(engine);
    return site == 2 ? 0 : 1;
}
