/*
 * The whole system under random use: three simulated sites and a hub over TLS, edits, creations, deletions
 * and bindings on both sides, roaming, cut and slow links, restarts, and a hub that is killed. After each
 * round everything is healed, and then the hub and the sites must agree on every record, and nothing may be
 * lost that nobody deleted.
 *
 * SEED=n runs one seed, SEEDS=n so many; ROUNDS and OPS make a run longer. V=1 prints every operation.
 * CLOCKS=1 also sets the clocks of sites by up to an hour at any moment: with that a phone that roamed under
 * a clock that was set meanwhile may end at the wrong site (docs/architecture.md, known limits), which the
 * test then reports.
 */
#include "soak.h"

/* --- things to do: at a site ------------------------------------------------------------------ */

/* A user or device of a site, by number or IPEI; "" when there is none. */
static const char *any_at(struct soak *s, int site, const char *list, char name[24])
{
    char number[12];
    json_t *rows;
    snprintf(number, sizeof number, "%d", site);
    name[0] = '\0';
    if (ask(s, s->sim.ctl, NULL, &rows, list, number, NULL) == 0 && json_array_size(rows) > 0) {
        const json_t *row = json_array_get(rows, pick(s, json_array_size(rows)));
        snprintf(name, 24, "%s", text_of(row, same(list, "users") ? "num" : "ipei"));
    }
    json_decref(rows);
    return name;
}

static const char *any_at_hub(struct soak *s, const char *list, char name[24])
{
    json_t *rows;
    name[0] = '\0';
    if (ask(s, s->socket, NULL, &rows, list, "list", NULL) == 0 && json_array_size(rows) > 0) {
        const json_t *row = json_array_get(rows, pick(s, json_array_size(rows)));
        if (!json_is_true(json_object_get(row, "parked")))
            snprintf(name, 24, "%s", text_of(row, same(list, "users") ? "num" : "ipei"));
    }
    json_decref(rows);
    return name;
}

static void new_number(struct soak *s, char num[24])
{
    snprintf(num, 24, "%u", 70000 + s->next_number++);
}

static void new_ipei(struct soak *s, char ipei[24])
{
    char digits[16];
    unsigned sum = 0;
    snprintf(digits, sizeof digits, "12345%07u", ++s->next_serial);
    for (unsigned i = 0; i < 12; i++)
        sum += (unsigned)(digits[i] - '0') * (i + 1);
    snprintf(ipei, 24, "%.5s %.7s %c", digits, digits + 5,
             sum % 11 < 10 ? (char)('0' + sum % 11) : '*');
}

/* A field and a value that is new. */
static void some_field(struct soak *s, char pair[64])
{
    static const char *const fields[] = {"name",       "hierarchy1",  "hierarchy2",  "sosNum",
                                         "manDownNum", "voiceboxNum", "forwardDest", "addId"};
    const char *field = fields[pick(s, 8)];
    s->words++;
    if (same(field, "name") || field[0] == 'h')
        snprintf(pair, 64, "%s=Wort %u ä", field, s->words);
    else
        snprintf(pair, 64, "%s=%u", field, 500000 + s->words);
}

static void site_edits(struct soak *s, int site, const char *number)
{
    char num[24], pair[64], to[24];
    unsigned kind = pick(s, 12);
    if (any_at(s, site, "users", num)[0] == '\0')
        return;
    if (kind == 0) {
        new_number(s, to);
        snprintf(pair, sizeof pair, "num=%s", to);
        renamed(s, num, to);
    } else if (kind == 1) {
        snprintf(pair, sizeof pair, "sipPw=local%u", ++s->words);
        password_is(s, num, NULL);
    } else if (kind == 2) {
        snprintf(pair, sizeof pair, "permanent=%u", pick(s, 2));
    } else {
        some_field(s, pair);
    }
    SIM(s, "edit", number, num, pair);
}

static void site_edits_device(struct soak *s, int site, const char *number)
{
    char ipei[24], pair[64];
    if (any_at(s, site, "devices", ipei)[0] == '\0')
        return;
    snprintf(pair, sizeof pair, pick(s, 2) ? "ac=%u" : "encrypt=%u", pick(s, 2));
    SIM(s, "edit", number, ipei, pair);
}

static void site_creates(struct soak *s, const char *number)
{
    char name[24], pair[64], text[64];
    bool device = pick(s, 3) == 0;
    if (device)
        new_ipei(s, name);
    else
        new_number(s, name);
    snprintf(pair, sizeof pair, "%s=%s", device ? "ipei" : "num", name);
    snprintf(text, sizeof text, device ? "ac=%u" : "name=Neu %u", 1000 + ++s->words % 8000);
    if (SIM(s, "create", number, device ? "device" : "user", pair, text) == 0)
        person_new(s, device, name);
}

/* Two people get one number at two sites. */
static void two_get_one_number(struct soak *s)
{
    char num[24], pair[64], name[64], number[4];
    int first = 1 + (int)pick(s, SITES);
    new_number(s, num);
    snprintf(pair, sizeof pair, "num=%s", num);
    for (int i = 0; i < 2; i++) {
        snprintf(number, sizeof number, "%d", (first + i - 1) % SITES + 1);
        snprintf(name, sizeof name, "name=Doppelt %u", ++s->words);
        if (SIM(s, "create", number, "user", pair, name) == 0)
            person_new(s, false, num);
    }
}

static void site_binds(struct soak *s, int site, const char *number)
{
    char num[24], ipei[24];
    any_at(s, site, "users", num);
    any_at(s, site, "devices", ipei);
    if (num[0] == '\0' || ipei[0] == '\0')
        return;
    if (pick(s, 3) == 0)
        SIM(s, "unbind", number, num);
    else
        SIM(s, "bind", number, num, ipei);
}

static void site_deletes(struct soak *s, int site, const char *number)
{
    char name[24];
    if (any_at(s, site, pick(s, 3) ? "users" : "devices", name)[0] == '\0')
        return;
    may_be_gone(s, name);
    SIM(s, "delete", number, name);
}

static void do_at_site(struct soak *s)
{
    int site = 1 + (int)pick(s, SITES);
    char number[12];
    snprintf(number, sizeof number, "%d", site);
    switch (pick(s, 10)) {
    case 0:
        site_creates(s, number);
        break;
    case 1:
        site_deletes(s, site, number);
        break;
    case 2:
        site_binds(s, site, number);
        break;
    case 3:
        site_edits_device(s, site, number);
        break;
    case 4:
        if (pick(s, 3) == 0)
            two_get_one_number(s);
        break;
    default:
        site_edits(s, site, number);
        break;
    }
}

/* --- at the hub ------------------------------------------------------------------------------- */

static void hub_creates(struct soak *s)
{
    char name[24], pair[64], text[64];
    bool device = pick(s, 4) == 0;
    if (device)
        new_ipei(s, name);
    else
        new_number(s, name);
    snprintf(pair, sizeof pair, "%s=%s", device ? "ipei" : "num", name);
    snprintf(text, sizeof text, device ? "ac=%u" : "name=Zentral %u", 1000 + ++s->words % 8000);
    if (HUB(s, device ? "devices" : "users", "add", pair, text) == 0)
        person_new(s, device, name);
}

static void hub_sets_password(struct soak *s, const char *num)
{
    char password[24];
    snprintf(password, sizeof password, "geheim%u", ++s->words);
    json_t *options = json_pack("{s:{s:s}}", "secrets", "sipPw", password);
    if (ask(s, s->socket, options, NULL, "users", "set", num, NULL) == 0)
        password_is(s, num, password);
}

static void hub_edits(struct soak *s)
{
    char num[24], pair[64], to[24];
    if (any_at_hub(s, "users", num)[0] == '\0')
        return;
    switch (pick(s, 8)) {
    case 0:
        new_number(s, to);
        snprintf(pair, sizeof pair, "num=%s", to);
        renamed(s, num, to);
        break;
    case 1:
        snprintf(pair, sizeof pair, "permanent=%u", pick(s, 2));
        break;
    case 2:
    case 3:
        hub_sets_password(s, num);
        return;
    default:
        some_field(s, pair);
        break;
    }
    HUB(s, "users", "set", num, pair);
}

static void do_at_hub(struct soak *s)
{
    char num[24], ipei[24];
    bool user;
    switch (pick(s, 8)) {
    case 0:
        hub_creates(s);
        break;
    case 1:
        user = pick(s, 3) > 0;
        any_at_hub(s, user ? "users" : "devices", num);
        may_be_gone(s, num);
        HUB(s, user ? "users" : "devices", "delete", num);
        break;
    case 2:
        any_at_hub(s, "users", num);
        any_at_hub(s, "devices", ipei);
        if (pick(s, 3) == 0)
            HUB(s, "unbind", num);
        else
            HUB(s, "bind", num, ipei);
        break;
    default:
        hub_edits(s);
        break;
    }
}

/* --- in between ------------------------------------------------------------------------------- */

/* OMMs tell whole seconds: of a phone that is at two sites within one, nobody can say where it went last. So a
 * phone walks once a round. */
static bool has_walked(struct soak *s, const char *ipei)
{
    for (size_t i = 0; i < s->walked_count; i++)
        if (same(s->walked[i], ipei))
            return true;
    if (s->walked_count == WALKS_MAX)
        return true;
    snprintf(s->walked[s->walked_count++], sizeof s->walked[0], "%s", ipei);
    return false;
}

static void roam(struct soak *s)
{
    char number[12];
    json_t *rows;
    ask(s, s->sim.ctl, NULL, &rows, "phones", NULL);
    char ipei[24];
    snprintf(ipei, sizeof ipei, "%s",
             text_of(json_array_get(rows, pick(s, json_array_size(rows))), "ipei"));
    json_decref(rows);
    snprintf(number, sizeof number, "%u", 1 + pick(s, SITES));
    if (!has_walked(s, ipei))
        SIM(s, "locate", ipei, number);
}

static void do_to_links(struct soak *s)
{
    int site = 1 + (int)pick(s, SITES);
    char number[12], value[16];
    snprintf(number, sizeof number, "%d", site);
    switch (pick(s, 8)) {
    case 0:
    case 1:
        SIM(s, "cut", number);
        break;
    case 2:
    case 3:
    case 4:
        SIM(s, "heal", number);
        break;
    case 5:
        snprintf(value, sizeof value, "%u", pick(s, 2) * pick(s, 60));
        SIM(s, "slow", number, value);
        break;
    case 6:
        SIM(s, "restart", number);
        break;
    default:
        if (pick(s, 2) == 0)
            break;
        snprintf(value, sizeof value, "%d", (int)pick(s, 7200) - 3600);
        if (getenv("CLOCKS") != NULL)
            SIM(s, "clock", number, value);
        break;
    }
}

static void do_something(struct soak *s)
{
    unsigned kind = pick(s, 100);
    if (kind < 40)
        do_at_site(s);
    else if (kind < 70)
        do_at_hub(s);
    else if (kind < 85)
        roam(s);
    else if (kind < 97)
        do_to_links(s);
    else if (kind < 98) {
        end_momd(s, SIGKILL);
        start_momd(s);
    } else {
        json_t *options = json_pack("{s:i}", "timeout", 1);
        ask(s, s->socket, options, NULL, "wait", "sites-steady", NULL);
    }
}

/* --- what everybody has ----------------------------------------------------------------------- */

static bool wrong(struct soak *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* False, and the first complaint is kept. */
static bool wrong(struct soak *s, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(s->complaint, sizeof s->complaint, format, args);
    va_end(args);
    return false;
}

static void forget(json_t **list)
{
    json_decref(*list);
    *list = NULL;
}

static void forget_all(struct soak *s)
{
    forget(&s->users);
    forget(&s->devices);
    forget(&s->phones);
    for (int i = 1; i <= SITES; i++) {
        forget(&s->site_users[i]);
        forget(&s->site_devices[i]);
    }
}

static json_t *read_hub(struct soak *s, const char *list)
{
    json_t *rows, *whole = json_array(), *one, *row;
    size_t i;
    ask(s, s->socket, NULL, &rows, list, "list", NULL);
    json_array_foreach(rows, i, row)
    {
        char id[32];
        snprintf(id, sizeof id, "#%s", text_of(row, "id"));
        ask(s, s->socket, NULL, &one, list, "show", id, NULL);
        json_array_extend(whole, one);
        json_decref(one);
    }
    json_decref(rows);
    return whole;
}

static void read_all(struct soak *s)
{
    forget_all(s);
    s->users = read_hub(s, "users");
    s->devices = read_hub(s, "devices");
    ask(s, s->sim.ctl, NULL, &s->phones, "phones", NULL);
    for (int i = 1; i <= SITES; i++) {
        char number[12];
        snprintf(number, sizeof number, "%d", i);
        ask(s, s->sim.ctl, NULL, &s->site_users[i], "users", number, NULL);
        ask(s, s->sim.ctl, NULL, &s->site_devices[i], "devices", number, NULL);
    }
}

static const json_t *find(const json_t *list, const char *key, const char *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row) if (same(text_of(row, key), value)) return row;
    return NULL;
}

static bool is_parked(const json_t *row)
{
    return json_is_true(json_object_get(row, "parked"));
}

static const json_t *find_live(const json_t *list, const char *key, const char *value)
{
    size_t i;
    json_t *row;
    json_array_foreach(list, i,
                       row) if (same(text_of(row, key), value) && !is_parked(row)) return row;
    return NULL;
}

/* --- what must hold --------------------------------------------------------------------------- */

static bool check_unique(struct soak *s, const json_t *list, const char *key)
{
    size_t i;
    json_t *row;
    json_array_foreach(list, i, row)
    {
        const char *value = text_of(row, key);
        if (!is_parked(row) && value[0] != '\0' && find_live(list, key, value) != row)
            return wrong(s, "the hub has two live records with %s %s", key, value);
    }
    return true;
}

static bool check_relations(struct soak *s)
{
    size_t i;
    json_t *row;
    json_array_foreach(s->users, i, row)
    {
        const char *ipei = text_of(row, "device"), *num = text_of(row, "num");
        const json_t *device = ipei[0] != '\0' ? find_live(s->devices, "ipei", ipei) : NULL;
        if (ipei[0] != '\0' && is_parked(row))
            return wrong(s, "%s is parked and bound", num);
        if (ipei[0] != '\0' && (device == NULL || !same(text_of(device, "user"), num)))
            return wrong(s, "%s is bound to %s, which is bound to \"%s\"", num, ipei,
                         text_of(device, "user"));
        if (device != NULL && !same(text_of(row, "site"), text_of(device, "site")))
            return wrong(s, "%s and its phone live apart", num);
    }
    json_array_foreach(s->devices, i, row)
    {
        const char *num = text_of(row, "user"), *ipei = text_of(row, "ipei");
        const json_t *user = num[0] != '\0' ? find_live(s->users, "num", num) : NULL;
        if (num[0] != '\0' && (user == NULL || !same(text_of(user, "device"), ipei)))
            return wrong(s, "%s is bound to %s, which is bound to \"%s\"", ipei, num,
                         text_of(user, "device"));
    }
    return true;
}

static bool is_permanent(const struct soak *s, const json_t *record)
{
    const char *user = text_of(record, "user");
    if (json_object_get(record, "ipei") != NULL)
        record = user[0] != '\0' ? find_live(s->users, "num", user) : NULL;
    return record != NULL && same(text_of(record, "permanent"), "1");
}

static bool belongs_to(const struct soak *s, const json_t *record, int site)
{
    char name[16];
    snprintf(name, sizeof name, "site%d", site);
    return !is_parked(record) && (same(text_of(record, "site"), name) || is_permanent(s, record));
}

/* What an OMM tells of itself and of phones is not carried to others; relations and secrets are looked at by
 * themselves. */
static bool is_compared(const char *field)
{
    static const char *const fields[] = {"site",
                                         "uid",
                                         "ppn",
                                         "uidSec",
                                         "ppnSec",
                                         "ppnOld",
                                         "timeStamp",
                                         "timeStampAdmin",
                                         "timeStampRelation",
                                         "timeStampRoaming",
                                         "timeStampSubscription",
                                         "sip",
                                         "pin",
                                         "sipPw",
                                         "serviceAuthPassword",
                                         "credentialPw",
                                         "keyLockPin",
                                         "uak",
                                         "sipRegisterCheck",
                                         "lang",
                                         "langPP",
                                         "calculatedSipPort",
                                         "configurationDataLoaded",
                                         "CUS",
                                         "HAS",
                                         "HSS",
                                         "HRS",
                                         "HCS",
                                         "SRS",
                                         "SCS",
                                         "CDS",
                                         "HBS",
                                         "BTS",
                                         "SWS",
                                         "ommId",
                                         "ommIdAck",
                                         "roaming",
                                         "locationData",
                                         "hwType",
                                         "ethAddr",
                                         "capMessaging",
                                         "capMessagingForInternalUse",
                                         "capEnhLocating",
                                         "capBluetooth",
                                         "ppProfileCapability",
                                         "ppDefaultProfileLoaded",
                                         "user",
                                         "device"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (same(fields[i], field))
            return false;
    return true;
}

static bool check_fields(struct soak *s, const json_t *record, json_t *row, int site)
{
    const char *key;
    json_t *value;
    json_object_foreach(row, key, value)
    {
        const char *here = json_string_value(value), *there = text_of(record, key);
        if (there[0] == '\0') /* never was bound; not told by an OMM of this release */
            there = same(key, "relType") ? "Unbound" : same(here, "0") ? "0" : there;
        if (is_compared(key) && !same(here, there))
            return wrong(s, "%s%s at site %d: %s is \"%s\" and at the hub \"%s\"",
                         text_of(record, "num"), text_of(record, "ipei"), site, key, here, there);
    }
    return true;
}

static const char *partner_at(const struct soak *s, int site, const json_t *user)
{
    return text_of(find(s->site_devices[site], "ppn", text_of(user, "ppn")), "ipei");
}

/* Every record that belongs to a site is there as the hub has it, and nothing else is. */
static bool check_site(struct soak *s, int site, bool user)
{
    const json_t *records = user ? s->users : s->devices;
    const json_t *rows = user ? s->site_users[site] : s->site_devices[site];
    const char *key = user ? "num" : "ipei";
    size_t i;
    json_t *row;
    json_array_foreach(rows, i, row)
    {
        const json_t *record = find_live(records, key, text_of(row, key));
        if (record == NULL || !belongs_to(s, record, site))
            return wrong(s, "site %d has %s, which %s", site, text_of(row, key),
                         record != NULL ? "belongs elsewhere" : "the hub does not know");
        if (!check_fields(s, record, row, site))
            return false;
        if (user && !same(partner_at(s, site, row), text_of(record, "device")))
            return wrong(s, "site %d: %s is bound to \"%s\" and at the hub to \"%s\"", site,
                         text_of(row, key), partner_at(s, site, row), text_of(record, "device"));
    }
    json_array_foreach(records, i, row)
    {
        if (belongs_to(s, row, site) && find(rows, key, text_of(row, key)) == NULL)
            return wrong(s, "site %d lacks %s", site, text_of(row, key));
    }
    return true;
}

static int registrations_of(const struct soak *s, const char *num, int *ret_site)
{
    int count = 0;
    for (int i = 1; i <= SITES; i++) {
        const json_t *row = find(s->site_users[i], "num", num);
        if (row == NULL || !same(text_of(row, "sip"), "registered"))
            continue;
        *ret_site = i;
        count++;
    }
    return count;
}

/* A user is registered where the phone is and nowhere else. */
static bool check_phone(struct soak *s, const json_t *phone)
{
    const char *ipei = text_of(phone, "ipei");
    int site = (int)json_integer_value(json_object_get(phone, "site")), at = 0;
    const json_t *device = find_live(s->devices, "ipei", ipei);
    const char *num = text_of(device, "user");
    char name[16];
    snprintf(name, sizeof name, "site%d", site);
    if (device == NULL)
        return true;
    if (!same(text_of(phone, "state"), "served")) {
        snprintf(name, sizeof name, "%d", site);
        SIM(s, "locate", ipei, name); /* it tries again, as phones do */
        return wrong(s, "%s at site %d is not served: %s %s", ipei, site, text_of(phone, "state"),
                     text_of(phone, "why"));
    }
    if (!same(text_of(device, "site"), name))
        return wrong(s, "%s is at site %d, the hub has it at %s", ipei, site,
                     text_of(device, "site"));
    if (num[0] == '\0')
        return true;
    int count = registrations_of(s, num, &at);
    bool can = text_of(find(s->site_users[site], "num", num), "sipPw")[0] != '\0';
    if (count != can || (can && at != site))
        return wrong(s, "%s, whose phone is at site %d, is registered %d times, last at %d", num,
                     site, count, at);
    return true;
}

/* Parked or live: nobody vanishes who was not deleted, and a password that the hub has is everywhere. */
static bool check_persons(struct soak *s)
{
    for (size_t i = 0; i < s->person_count; i++) {
        const struct person *p = &s->persons[i];
        const json_t *list = p->device ? s->devices : s->users, *row = NULL;
        size_t have = 0, made = 0, k;
        json_t *one;
        for (int n = 0; n < p->name_count && row == NULL; n++)
            row = find(list, p->device ? "ipei" : "num", p->names[n]);
        if (row == NULL && !p->deletable)
            return wrong(s, "%s vanished", p->names[0]);
        if (p->deletable || p->device || p->name_count > 1)
            continue;
        json_array_foreach(list, k, one) have += same(text_of(one, "num"), p->names[0]);
        for (k = 0; k < s->person_count; k++)
            made += same(s->persons[k].names[0], p->names[0]) && s->persons[k].name_count == 1 &&
                    !s->persons[k].deletable;
        if (have < made)
            return wrong(s, "%s was made %zu times and is there %zu times", p->names[0], made,
                         have);
        for (int site = 1; site <= SITES && p->password_known; site++) {
            const json_t *at = find(s->site_users[site], "num", p->names[0]);
            if (at != NULL && made == 1 && !same(text_of(at, "sipPw"), p->password))
                return wrong(s, "%s has the password %s at site %d, not %s", p->names[0],
                             text_of(at, "sipPw"), site, p->password);
        }
    }
    return true;
}

static bool all_agree(struct soak *s)
{
    size_t i;
    json_t *phone;
    read_all(s);
    if (!check_unique(s, s->users, "num") || !check_unique(s, s->users, "addId") ||
        !check_unique(s, s->devices, "ipei") || !check_relations(s) || !check_persons(s))
        return false;
    for (int site = 1; site <= SITES; site++)
        if (!check_site(s, site, false) || !check_site(s, site, true))
            return false;
    bool good = true;
    json_array_foreach(s->phones, i, phone) good &= check_phone(s, phone);
    return good;
}

static void heal(struct soak *s)
{
    json_t *rows, *row;
    size_t i;
    ask(s, s->sim.ctl, NULL, &rows, "sites", NULL);
    json_array_foreach(rows, i, row)
    {
        char number[24];
        snprintf(number, sizeof number, "%zu", i + 1);
        SIM(s, "slow", number, "0");
        if (same(text_of(row, "link"), "cut"))
            SIM(s, "heal", number);
    }
    json_decref(rows);
}

static void settle(struct soak *s, int round)
{
    int64_t limit = sim_ms() + STEADY_S * 1000;
    bool good = false;
    heal(s);
    while (!good && sim_ms() < limit) {
        json_t *options = json_pack("{s:i}", "timeout", STEADY_S);
        if (ask(s, s->socket, options, NULL, "wait", "sites-steady", NULL) != 0)
            wrong(s, "%s", s->error);
        else
            good = all_agree(s);
        if (!good)
            poll(NULL, 0, 50);
    }
    if (!good)
        fail_msg("SEED=%llu round %d: %s", s->seed, round, s->complaint);
    s->walked_count = 0;
    for (size_t i = 0; i < s->person_count; i++)
        s->persons[i].password_local = false;
}

/* --- runs ------------------------------------------------------------------------------------- */

static unsigned long long number_of(const char *variable, unsigned long long fallback)
{
    const char *text = getenv(variable);
    return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

static void note_all(struct soak *s)
{
    size_t i;
    json_t *row;
    read_all(s);
    for (int site = 1; site <= SITES; site++) {
        json_array_foreach(s->site_users[site], i, row) person_new(s, false, text_of(row, "num"));
        json_array_foreach(s->site_devices[site], i, row) person_new(s, true, text_of(row, "ipei"));
    }
}

static void run(unsigned long long seed)
{
    struct soak *s = calloc(1, sizeof *s);
    unsigned long long rounds = number_of("ROUNDS", 3), ops = number_of("OPS", 120);
    assert_non_null(s);
    s->seed = s->random = seed;
    s->verbose = getenv("V") != NULL;
    printf("SEED=%llu\n", seed);
    start_all(s);
    note_all(s);
    for (unsigned long long round = 0; round < rounds; round++) {
        for (unsigned long long i = 0; i < ops; i++)
            do_something(s);
        settle(s, (int)round);
    }
    forget_all(s);
    stop_all(s);
    free(s);
}

static void whatever_happens_all_agree_in_the_end(void **state)
{
    (void)state;
    unsigned long long first = number_of("SEED", 1);
    unsigned long long count = number_of("SEEDS", getenv("SEED") != NULL ? 1 : 3);
    for (unsigned long long seed = first; seed < first + count; seed++)
        run(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whatever_happens_all_agree_in_the_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
