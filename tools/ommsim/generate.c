/*
 * Records and phones from the seed: the same options give the same world.
 */
#include "sim.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define STAMP_FIRST       INT64_C(1577836800) /* 2020-01-01: the youngest generated stamp is years old */
#define STAMP_RANGE       94608000u           /* three years */
#define UNBOUND_DEV_EVERY 100                 /* users per device without a user */

static const char *const first_names[] = {
    "Anna",  "Jürgen", "Zoë",    "Łukasz", "Márta", "Søren",   "François", "Inés",
    "Björn", "Noémie", "Çiğdem", "Ömer",   "Jiří",  "Ágnes",   "Ștefan",   "Maija",
    "Íñigo", "Þóra",   "Kōji",   "Мария",  "Ελένη", "Grażyna", "Renée",    "Karl",
    "Liv",   "Håkon",  "Åsa",    "Matteo", "João",  "Tomáš",   "Ieva",     "Günter"};
static const char *const last_names[] = {
    "Müller",   "Groß",   "Nuñez",   "Kowalczyk", "Østergård", "Lefèvre", "Svensson",  "Novák",
    "Yılmaz",   "Szabó",  "Ionescu", "Virtanen",  "Berg",      "Rossi",   "Gonçalves", "Weiß",
    "O’Brien",  "Dvořák", "Иванова", "Jõgi",      "Bērziņš",   "Schäfer", "Peña",      "Ångström",
    "de Vries", "Hørby",  "Krüger",  "Żak",       "Faßbinder", "Löwe",    "Petrović",  "Kjær"};
static const char *const areas[] = {"Empfang",    "Küche",      "Labor & Röntgen", "Station 3",
                                    "Lager Süd",  "Werkschutz", "Intensiv <A>",    "Technik",
                                    "Verwaltung", "Pförtner"};
static const char *const places[] = {"Haus A", "Haus B/2", "Gebäude 7", "1. OG", "Nordflügel", ""};
static const char *const languages[] = {"German", "English", "French", "Swedish", "Polish"};
struct model {
    const char *name;
    bool messaging, locating, bluetooth, profile;
};
static const struct model models[] = {{"612d", true, false, false, true},
                                      {"622d", true, true, true, true},
                                      {"632d", true, true, true, true},
                                      {"650c", true, true, true, true},
                                      {"GAP", false, false, false, false}};

/* splitmix64: small, and the same everywhere. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static unsigned below(uint64_t *state, unsigned limit)
{
    return (unsigned)(next(state) % limit);
}

#define PICK(state, array) (array)[below(state, sizeof(array) / sizeof(array)[0])]

static int64_t stamp_from(uint64_t *state)
{
    return STAMP_FIRST + below(state, STAMP_RANGE);
}

/* Ids go up by one, now and then by more: records were deleted. */
static int64_t take_id(struct sim_recs *recs, uint64_t *state)
{
    if (recs->next_id == 0)
        recs->next_id = 1;
    return below(state, 50) == 0 ? recs->next_id + 1 + below(state, 5) : recs->next_id;
}

static void secret_text(uint64_t *state, char *text, size_t len)
{
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    for (size_t i = 0; i < len; i++)
        text[i] = PICK(state, alphabet);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\0') /* the alphabet's own end */
            text[i] = 'x';
    text[len] = '\0';
}

struct making {
    struct sim_world *world;
    struct sim_site *site;
    uint64_t state;
    int64_t number;
    unsigned psn;
};

/* --- users -------------------------------------------------------------------------------------- */

static void put_user_texts(struct making *making, struct sim_rec *user)
{
    uint64_t *state = &making->state;
    char text[96];
    snprintf(text, sizeof text, "%s %s", PICK(state, first_names), PICK(state, last_names));
    sim_rec_put(user, U_name, text);
    sim_rec_put(user, U_hierarchy1, PICK(state, areas));
    sim_rec_put(user, U_hierarchy2, PICK(state, places));
    sim_rec_put_int(user, U_num, making->number);
    sim_rec_put_int(user, U_addId, making->number);
    sim_rec_put_int(user, U_sipAuthId, making->number);
    secret_text(state, text, 12);
    sim_rec_put(user, U_sipPw, text);
    if (below(state, 4) == 0) {
        snprintf(text, sizeof text, "%04u", below(state, 10000));
        sim_rec_put(user, U_pin, text);
    }
    if (below(state, 3) == 0)
        sim_rec_put_int(user, U_voiceboxNum, 9000 + below(state, 100));
    if (below(state, 20) == 0)
        sim_rec_put(user, U_sosNum, "112");
    sim_rec_put(user, U_lang, PICK(state, languages));
}

/* What a phone may have in full: all secrets, and its own settings in lines, half of them digits. */
static void put_full(struct making *making, struct sim_rec *user)
{
    static const unsigned secrets[] = {U_pin, U_credentialPw, U_serviceAuthPassword};
    uint64_t *state = &making->state;
    char text[2048];
    size_t len = 0;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++) {
        secret_text(state, text, 12);
        sim_rec_put(user, secrets[i], text);
    }
    for (unsigned line = 1; line <= 4; line++) {
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "UD_PpSettings%u=melody:%u;volume:%u;contrast:%u;display:on;"
                                "softkey1:redial;softkey2:phonebook;softkey3:%u;line:%u;dir:",
                                line, below(state, 256), below(state, 256), below(state, 256),
                                below(state, 256), below(state, 256));
        for (unsigned digits = 0; digits < 27; digits++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%03u", below(state, 256));
        len += (size_t)snprintf(text + len, sizeof text - len, "\n");
    }
    sim_rec_put(user, U_ppData, text);
}

static struct sim_rec *make_user(struct making *making, bool permanent)
{
    uint64_t *state = &making->state;
    struct sim_recs *recs = &making->site->recs[SIM_USER];
    struct sim_rec *user = sim_rec_new(making->site, SIM_USER, take_id(recs, state));
    if (user == NULL)
        return NULL;
    put_user_texts(making, user);
    making->number++;
    if (permanent)
        sim_rec_put(user, U_permanent, "1");
    if (below(state, 10) == 0) {
        sim_rec_put(user, U_forwardState, "NoAnswer");
        sim_rec_put_int(user, U_forwardDest, 9000 + below(state, 100));
        sim_rec_put_int(user, U_forwardTime, 15);
    }
    sim_rec_put(user, U_locatable, below(state, 5) == 0 ? "1" : "0");
    sim_rec_put(user, U_vip, below(state, 40) == 0 ? "1" : "0");
    if (making->world->options->full_records)
        put_full(making, user);
    int64_t admin = stamp_from(state);
    sim_rec_put_int(user, U_timeStampAdmin, admin);
    sim_rec_put_int(user, U_timeStampRelation, admin);
    sim_rec_put_int(user, U_timeStamp, admin);
    if (recs->count == 0)
        sim_rec_put(user, U_sipRegisterCheck, "1");
    if (sim_rec_add(user))
        return user;
    sim_rec_free(user);
    return NULL;
}

/* --- devices ------------------------------------------------------------------------------------- */

static void put_subscription(struct making *making, struct sim_rec *dev, struct sim_phone *phone)
{
    char text[32];
    snprintf(phone->uak, sizeof phone->uak, "%016llX%016llX",
             (unsigned long long)next(&making->state), (unsigned long long)next(&making->state));
    phone->site = making->site;
    phone->state = SIM_PHONE_SERVED;
    sim_put_subscription(dev, phone->ipei);
    sim_put_location(dev);
    sim_rec_put(dev, D_uak, phone->uak);
    snprintf(text, sizeof text, "06A0A0%s00", making->site->omm_id); /* subscribed before */
    sim_rec_put(dev, D_dectIeFixedId, text);
}

static void put_model(uint64_t *state, struct sim_rec *dev)
{
    const struct model *model = &PICK(state, models);
    char text[24];
    sim_rec_put(dev, D_hwType, model->name);
    sim_rec_put(dev, D_capMessaging, model->messaging ? "1" : "0");
    sim_rec_put(dev, D_capMessagingForInternalUse, model->messaging ? "1" : "0");
    sim_rec_put(dev, D_capEnhLocating, model->locating ? "1" : "0");
    sim_rec_put(dev, D_capBluetooth, model->bluetooth ? "1" : "0");
    sim_rec_put(dev, D_ppProfileCapability, model->profile ? "1" : "0");
    if (model->bluetooth) {
        unsigned low = below(state, 1u << 24);
        snprintf(text, sizeof text, "00:30:42:%02X:%02X:%02X", low >> 16, (low >> 8) & 0xFF,
                 low & 0xFF);
        sim_rec_put(dev, D_ethAddr, text);
    }
}

static struct sim_rec *make_device(struct making *making)
{
    uint64_t *state = &making->state;
    struct sim_recs *recs = &making->site->recs[SIM_DEV];
    struct sim_rec *dev = sim_rec_new(making->site, SIM_DEV, take_id(recs, state));
    if (dev == NULL)
        return NULL;
    char ipei[16];
    making->psn += 1 + below(state, 3);
    sim_ipei_print(3074 + 7 * (making->psn >> 20), making->psn & 0xFFFFF, ipei);
    sim_rec_put(dev, D_ipei, ipei);
    struct sim_phone *phone = sim_phone_add(making->world, ipei);
    if (phone != NULL)
        put_subscription(making, dev, phone);
    put_model(state, dev);
    if (below(state, 8) == 0)
        sim_rec_put_int(dev, D_ac, 1000 + below(state, 9000));
    sim_rec_put(dev, D_autoCreate, below(state, 4) == 0 ? "1" : "0");
    int64_t subscribed = stamp_from(state), admin = subscribed + below(state, STAMP_RANGE / 3);
    sim_rec_put_int(dev, D_timeStampSubscription, subscribed);
    sim_rec_put_int(dev, D_timeStampRoaming, subscribed);
    sim_rec_put_int(dev, D_timeStampAdmin, admin);
    sim_rec_put_int(dev, D_timeStampRelation, admin);
    sim_rec_put_int(dev, D_timeStamp, admin);
    if (phone != NULL && sim_rec_add(dev))
        return dev;
    sim_rec_free(dev);
    return NULL;
}

static void tie(struct making *making, struct sim_rec *user, struct sim_rec *dev)
{
    const char *rel_type = below(&making->state, 5) == 0 ? "Fixed" : "Dynamic";
    int64_t bound = sim_rec_int(dev, D_timeStampRelation);
    sim_rec_put(dev, D_relType, rel_type);
    sim_rec_put_int(dev, D_uid, user->id);
    sim_rec_put(user, U_relType, rel_type);
    sim_rec_put_int(user, U_ppn, dev->id);
    sim_rec_put_int(user, U_calculatedSipPort, 5060);
    sim_rec_put_int(user, U_timeStampRelation, bound);
    if (bound > sim_rec_int(user, U_timeStamp))
        sim_rec_put_int(user, U_timeStamp, bound);
}

/* --- sites --------------------------------------------------------------------------------------- */

static int share(int total, int parts, int index)
{
    if (index >= parts)
        return 0;
    return total / parts + (index < total % parts ? 1 : 0);
}

static bool fill_site(struct making *making)
{
    const struct sim_options *options = making->world->options;
    int index = making->site->number - 1, percent = options->unbound_percent;
    int filled = sim_filled_sites(options);
    int users = share(options->users, filled, index);
    int permanent = share(options->permanent, filled, index);
    for (int i = 0; i < users; i++) {
        struct sim_rec *user = make_user(making, i < permanent);
        if (user == NULL)
            return false;
        if ((i + 1) * (int64_t)percent / 100 != i * (int64_t)percent / 100)
            continue; /* one of the unbound ones, spread evenly */
        struct sim_rec *dev = make_device(making);
        if (dev == NULL)
            return false;
        tie(making, user, dev);
    }
    for (int i = 0; percent > 0 && i < users / UNBOUND_DEV_EVERY; i++)
        if (make_device(making) == NULL)
            return false;
    return true;
}

/* PARKs of one installer's systems: class B, the system number counts up. */
static void set_park(struct sim_site *site, const char *first, uint64_t seed)
{
    uint64_t state = seed ^ UINT64_C(0x5041524B);
    uint32_t low = 0x10280000u | ((uint32_t)next(&state) & 0xFFFF);
    unsigned long long full = first != NULL ? strtoull(first, NULL, 16) : 0x1F00000000ull | low;
    low = ((uint32_t)full + 0x10u * (uint32_t)(site->number - 1)) & 0x7FFFFFFF;
    snprintf(site->park, sizeof site->park, "%02X%08X", (unsigned)(full >> 32) & 0xFF, low);
    snprintf(site->omm_id, sizeof site->omm_id, "%08X", low);
}

bool sim_generate(struct sim_world *world)
{
    const struct sim_options *options = world->options;
    struct making making = {.world = world,
                            .state = options->seed * UINT64_C(0xD1342543DE82EF95) + 1,
                            .number = options->first_number};
    making.psn = 200000 + below(&making.state, 50000);
    for (int i = 0; i < world->site_count; i++) {
        making.site = &world->sites[i];
        set_park(making.site, options->park, options->seed);
        snprintf(making.site->sari, sizeof making.site->sari, "%s", options->sari);
        if (!fill_site(&making))
            return false;
    }
    return true;
}
