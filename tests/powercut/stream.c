/*
 * The stream of changes and the sites that it plays: a site has what the engine believes that it has, now and then
 * changed by somebody there.
 */
#include "stream.h"

#include "keys.h"
#include "schema.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 90, DEVICES = 60, IDS = 256, BIG = 120000 };

/* The key of a subscription. */
#define UAK          "00112233445566778899AABBCCDDEEFF"
#define STEP_SETTING "powercut.step"

uint64_t stream_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

unsigned stream_pick(uint64_t *state, unsigned n)
{
    return (unsigned)(stream_random(state) >> 33) % n;
}

static unsigned pick(struct stream *s, unsigned n)
{
    return stream_pick(&s->random, n);
}

static void add(struct stream *s, const struct mom_input *in)
{
    if (mom_batch_add(s->batch, in) != MOM_OK)
        abort();
    s->kinds[in->kind]++;
}

static struct mom_now now_of(const struct stream *s)
{
    int64_t ms = (int64_t)s->clock * 700;
    return (struct mom_now){.mono_ms = 1000 + ms, .wall_ms = 1700000000000 + ms};
}

/* --- what there is ---------------------------------------------------------------------------- */

static struct mom_view *view_of(struct stream *s)
{
    struct mom_view *view;
    if (mom_view_open(s->engine, &view) != MOM_OK)
        abort();
    return view;
}

static size_t ids_of(struct stream *s, enum mom_type type, uint64_t ids[IDS])
{
    struct mom_view *view = view_of(s);
    const struct mom_record *r;
    uint64_t after = 0;
    size_t count = 0;
    while (count < IDS && (r = mom_view_next(view, type, after)) != NULL)
        ids[count++] = after = mom_record_id(r);
    mom_view_close(view);
    return count;
}

/* One of a type, if possible with a partner or without one. */
static uint64_t any_with(struct stream *s, enum mom_type type, bool bound)
{
    uint64_t ids[IDS], id = 0;
    size_t count = ids_of(s, type, ids);
    struct mom_view *view = view_of(s);
    for (int i = 0; count > 0 && i < 6; i++) {
        const struct mom_record *r = mom_view_record(view, id = ids[pick(s, (unsigned)count)]);
        if (r && !mom_record_parked(r) && bound == (mom_record_partner(r) != 0))
            break;
    }
    mom_view_close(view);
    return id;
}

static uint64_t any_id(struct stream *s, enum mom_type type)
{
    uint64_t ids[IDS];
    size_t count = ids_of(s, type, ids);
    return count ? ids[pick(s, (unsigned)count)] : 0;
}

static struct mom_site_info site_of(const struct stream *s, mom_site site)
{
    struct mom_site_info info = {.site = 0};
    if (!mom_engine_site(s->engine, site, &info))
        info.site = 0;
    return info;
}

/* A site whose import is complete, 0: none. */
static mom_site any_up(struct stream *s)
{
    mom_site first = 1 + pick(s, STREAM_SITES);
    for (mom_site i = 0; i < STREAM_SITES; i++) {
        mom_site n = 1 + (first + i) % STREAM_SITES;
        struct mom_site_info info = site_of(s, n);
        if (info.site && info.up && !info.importing)
            return n;
    }
    return 0;
}

/* --- texts ------------------------------------------------------------------------------------ */

static struct mom_str number(struct stream *s, char text[16])
{
    snprintf(text, 16, "%u", 4000 + pick(s, USERS));
    return mom__str(text);
}

static struct mom_str ipei(struct stream *s, char text[MOM_IPEI_LEN + 1])
{
    mom_ipei_print((struct mom_ipei){.emc = 3074, .psn = 1000 + pick(s, DEVICES)}, text);
    return mom__str(text);
}

static struct mom_str word(struct stream *s, char text[64])
{
    snprintf(text, 64, "name %u of step %llu", pick(s, 1000), (unsigned long long)s->step);
    return mom__str(text);
}

/* --- what an administrator does --------------------------------------------------------------- */

static void change(struct stream *s, enum mom_type type, uint64_t id, const struct mom_attr *attrs,
                   size_t count)
{
    struct mom_input in = {.kind = MOM_IN_CHANGE,
                           .type = type,
                           .id = id,
                           .tag = 1,
                           .attrs = attrs,
                           .attr_count = count};
    add(s, &in);
}

static void create_user(struct stream *s)
{
    char num[16], name[64], pw[72];
    struct mom_attr attrs[] = {{mom__str("num"), number(s, num)},
                               {mom__str("name"), word(s, name)},
                               {mom__str("sipPw"), {0}}};
    snprintf(pw, sizeof pw, "P%s", name);
    attrs[2].value = mom__str(pw);
    change(s, MOM_USER, 0, attrs, 3);
}

static void create_device(struct stream *s)
{
    char text[MOM_IPEI_LEN + 1];
    struct mom_attr attrs[] = {{mom__str("ipei"), ipei(s, text)}, {mom__str("uak"), mom__str(UAK)}};
    change(s, MOM_DEVICE, 0, attrs, 2);
}

static void edit_user(struct stream *s)
{
    static const char *const fields[] = {"name", "hierarchy1", "hierarchy2",
                                         "num",  "permanent",  "ppData"};
    uint64_t id = any_id(s, MOM_USER);
    char text[64], num[16];
    const char *field = fields[pick(s, 6)];
    struct mom_attr attr = {mom__str(field), word(s, text)};
    if (strcmp(field, "num") == 0)
        attr.value = number(s, num);
    else if (strcmp(field, "permanent") == 0)
        attr.value = mom__str(pick(s, 4) ? "0" : "1");
    if (id)
        change(s, MOM_USER, id, &attr, 1);
}

static void bind(struct stream *s)
{
    struct mom_input in = {.kind = MOM_IN_CHANGE, .type = MOM_USER, .tag = 1, .has_bind = true};
    bool unbind = pick(s, 6) == 0;
    in.id = any_with(s, MOM_USER, unbind);
    in.bind_to = unbind ? 0 : any_with(s, MOM_DEVICE, pick(s, 6) == 0);
    if (in.id)
        add(s, &in);
}

static void delete_one(struct stream *s)
{
    struct mom_input in = {.kind = MOM_IN_DELETE, .tag = 1};
    in.id = any_id(s, pick(s, 2) ? MOM_USER : MOM_DEVICE);
    if (in.id)
        add(s, &in);
}

static void setting(struct stream *s)
{
    static char big[BIG];
    char name[32], text[64];
    struct mom_input in = {.kind = MOM_IN_SETTING};
    snprintf(name, sizeof name, "powercut.%u", pick(s, 12));
    in.name = mom__str(name);
    if (s->heavy && pick(s, 2)) {
        memset(big, 'a' + (int)pick(s, 26), sizeof big);
        in.value = (struct mom_str){big, 1 + pick(s, BIG)};
    } else if (pick(s, 3)) {
        in.value = word(s, text);
    }
    add(s, &in);
}

/* --- what a site does ------------------------------------------------------------------------- */

/* The record as the site has it; `edit`: somebody changed a name there. */
static void tell(struct stream *s, mom_site site, const struct mom_record *r, uint32_t local,
                 uint32_t partner, bool edit)
{
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = site, .local = local};
    struct mom_attr attrs[MOM_FIELD_COUNT];
    char name[64], sealed[64];
    in.type = mom_record_type(r);
    for (enum mom_field f = 1; f < MOM_FIELD_COUNT; f++) {
        const struct mom_field_info *info = mom_field_info(f);
        struct mom_attr *a = &attrs[in.attr_count];
        if (info->owner != in.type || info->form == MOM_PARTNER || info->form == MOM_EXTRA ||
            !mom_record_get(r, f, &a->value))
            continue;
        a->name = mom__str(info->name);
        if (info->flags & MOM_SECRET && info->form != MOM_HEX && a->value.len > 0) {
            snprintf(sealed, sizeof sealed, "K%016XSECRET+%u", (unsigned)site, (unsigned)local);
            a->value = mom__str(sealed);
        }
        if (edit && f == MOM_USER_name)
            a->value = word(s, name);
        if (!partner && (f == MOM_USER_relType || f == MOM_DEVICE_relType))
            a->value = mom__str("Unbound");
        in.attr_count++;
    }
    in.attrs = attrs;
    in.has_partner = true;
    in.partner_local = partner;
    for (int k = 0; k < MOM_KINDS; k++)
        in.times_ms[k] = now_of(s).wall_ms / 1000 * 1000;
    add(s, &in);
}

static void tell_id(struct stream *s, struct mom_view *view, mom_site site, uint64_t id,
                    uint32_t local, bool edit)
{
    const struct mom_record *r = mom_view_record(view, id);
    uint64_t partner = r ? mom_record_partner(r) : 0;
    uint32_t at = partner ? mom_view_local(view, site, partner) : 0;
    r = r ? mom_view_record(view, id) : NULL; /* the look-up took it back */
    if (r && (mom_record_type(r) == MOM_USER || mom_record_type(r) == MOM_DEVICE))
        tell(s, site, r, local, at, edit);
}

/* Somebody made a record at the site. */
static void tell_new(struct stream *s, mom_site site)
{
    char num[16], name[64], phone[MOM_IPEI_LEN + 1];
    struct mom_attr user[] = {{mom__str("num"), number(s, num)}, {mom__str("name"), word(s, name)}};
    struct mom_attr device[] = {{mom__str("ipei"), ipei(s, phone)},
                                {mom__str("uak"), mom__str(UAK)},
                                {mom__str("s"), mom__str("Yes")}};
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = site, .has_partner = true};
    in.type = pick(s, 2) ? MOM_USER : MOM_DEVICE;
    in.local = 0x1000000 + (uint32_t)s->step * 16 + pick(s, 16);
    in.attrs = in.type == MOM_USER ? user : device;
    in.attr_count = in.type == MOM_USER ? 2 : 3;
    for (int k = 0; k < MOM_KINDS; k++)
        in.times_ms[k] = now_of(s).wall_ms / 1000 * 1000;
    add(s, &in);
}

static void import(struct stream *s, mom_site site)
{
    struct mom_input in = {.kind = MOM_IN_IMPORT, .site = site};
    uint64_t ids[2][IDS];
    size_t counts[2] = {ids_of(s, MOM_DEVICE, ids[0]), ids_of(s, MOM_USER, ids[1])};
    struct mom_view *view = view_of(s);
    add(s, &in);
    for (int t = 0; t < 2; t++) {
        for (size_t i = 0; i < counts[t]; i++) {
            uint32_t local = mom_view_local(view, site, ids[t][i]);
            if (local && pick(s, 25))
                tell_id(s, view, site, ids[t][i], local, pick(s, 8) == 0);
        }
    }
    mom_view_close(view);
    for (unsigned n = pick(s, 6); n > 0; n--)
        tell_new(s, site);
    in.kind = MOM_IN_IMPORTED;
    if (pick(s, 4))
        add(s, &in);
}

/* Forward by one: known, admitted, imported; now and then back. */
static void link_up(struct stream *s)
{
    mom_site site = 1 + pick(s, STREAM_SITES);
    struct mom_site_info info = site_of(s, site);
    struct mom_input in = {.kind = MOM_IN_SITE_ADD, .site = site, .name = mom__str("a site")};
    in.park = (struct mom_park){.pli = 31, .ari = 0x1028d000 + site};
    if (info.site && !info.up)
        in.kind = MOM_IN_IDENTIFIED;
    else if (info.site && info.importing)
        in.kind = MOM_IN_IMPORTED;
    else if (info.site && info.up && info.imported_ms && pick(s, 8) == 0)
        in.kind = pick(s, 12) ? MOM_IN_DOWN : MOM_IN_SITE_REMOVE;
    add(s, &in);
    if (in.kind == MOM_IN_IDENTIFIED)
        import(s, site);
}

static void site_event(struct stream *s)
{
    mom_site site = any_up(s);
    enum mom_type type = pick(s, 2) ? MOM_USER : MOM_DEVICE;
    uint64_t id = any_id(s, type);
    if (!site || !id)
        return;
    struct mom_view *view = view_of(s);
    uint32_t local = mom_view_local(view, site, id);
    struct mom_input gone = {.kind = MOM_IN_GONE, .site = site, .type = type, .local = local};
    if (local && pick(s, 6) == 0)
        add(s, &gone);
    else if (local)
        tell_id(s, view, site, id, local, true);
    mom_view_close(view);
    if (!local)
        tell_new(s, site);
}

static void locate(struct stream *s)
{
    char text[MOM_IPEI_LEN + 1];
    struct mom_input in = {.kind = MOM_IN_LOCATED, .site = any_up(s)};
    uint64_t id = any_with(s, MOM_DEVICE, pick(s, 8) != 0);
    struct mom_str value;
    if (!in.site || !id)
        return;
    struct mom_view *view = view_of(s);
    const struct mom_record *r = mom_view_record(view, id);
    bool known = r && mom_record_get(r, MOM_DEVICE_ipei, &value) && value.len < sizeof text;
    if (known)
        snprintf(text, sizeof text, "%.*s", (int)value.len, value.ptr);
    mom_view_close(view);
    in.ipei = mom__str(known ? text : "");
    if (known)
        add(s, &in);
}

/* --- answers ---------------------------------------------------------------------------------- */

static uint32_t local_for(uint64_t id)
{
    return (uint32_t)(id & 0xffffff) + 1;
}

static void answer_put(struct stream *s, const struct stream_pending *p)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = p->site, .token = p->token};
    in.rc = pick(s, 10) ? MOM_OK : MOM_EEXIST;
    in.local_device = p->makes_device ? local_for(p->device) : p->local_device;
    in.local_user = p->makes_user ? local_for(p->user) : p->local_user;
    if (in.rc == MOM_OK && pick(s, 3)) {
        struct mom_view *view = view_of(s);
        if (p->device && in.local_device)
            tell_id(s, view, p->site, p->device, in.local_device, false);
        if (p->user && in.local_user)
            tell_id(s, view, p->site, p->user, in.local_user, false);
        mom_view_close(view);
    }
    add(s, &in);
}

static void answer(struct stream *s, const struct stream_pending *p)
{
    struct mom_input in = {.kind = MOM_IN_RESULT, .site = p->site, .token = p->token};
    if (p->kind == MOM_DO_PUT) {
        answer_put(s, p);
    } else if (p->kind == MOM_DO_REMOVE) {
        struct mom_input gone = {
            .kind = MOM_IN_GONE, .site = p->site, .type = p->type, .local = p->local};
        add(s, &gone);
        add(s, &in);
    } else {
        in = (struct mom_input){.kind =
                                    p->kind == MOM_DO_REGISTER ? MOM_IN_RENEWED : MOM_IN_RELEASED,
                                .site = p->site,
                                .type = MOM_USER,
                                .local = p->local_user};
        add(s, &in);
    }
}

static void answer_some(struct stream *s)
{
    unsigned count = s->pending_count, kept = 0;
    for (unsigned i = 0; i < count; i++) {
        if (pick(s, 4))
            answer(s, &s->pending[i]);
        else
            s->pending[kept++] = s->pending[i];
    }
    s->pending_count = kept;
}

static void note_action(struct stream *s, const struct mom_action *a)
{
    s->conflicts += a->kind == MOM_DO_CONFLICT;
    s->handoffs += a->kind == MOM_DO_REGISTER;
    if ((a->kind != MOM_DO_PUT && a->kind != MOM_DO_REMOVE && a->kind != MOM_DO_DEREGISTER &&
         a->kind != MOM_DO_REGISTER) ||
        s->pending_count == STREAM_PENDING)
        return;
    s->pending[s->pending_count++] = (struct stream_pending){
        .kind = a->kind,
        .site = a->site,
        .token = a->token,
        .device = a->device.id,
        .user = a->user.id,
        .type = a->type,
        .local = a->local,
        .local_device = a->device.id ? a->device.local : a->local_device,
        .local_user = a->user.id ? a->user.local : a->local_user,
        .makes_device = a->device.id && !a->device.local,
        .makes_user = a->user.id && !a->user.local,
    };
}

/* --- the step --------------------------------------------------------------------------------- */

static void compose_one(struct stream *s)
{
    static void (*const what[])(struct stream *) = {
        create_user, create_device, create_user, create_device, edit_user,   edit_user,   edit_user,
        bind,        bind,          delete_one,  setting,       link_up,     link_up,     link_up,
        site_event,  site_event,    locate,      locate,        answer_some, answer_some,
    };
    what[pick(s, sizeof what / sizeof what[0])](s);
}

static void compose(struct stream *s)
{
    char text[24];
    struct mom_input in = {.kind = MOM_IN_SETTING, .name = mom__str(STEP_SETTING)};
    unsigned count = 1 + pick(s, 3);
    if (pick(s, 12) == 0)
        count = 10 + pick(s, s->heavy ? 60 : 20);
    mom_batch_reset(s->batch);
    for (unsigned i = 0; i < count; i++)
        compose_one(s);
    snprintf(text, sizeof text, "%llu", (unsigned long long)s->step + 1);
    in.value = mom__str(text);
    add(s, &in);
}

static int take_step(struct stream *s)
{
    struct mom_action a;
    s->clock++;
    struct mom_now now = now_of(s);
    s->random = s->seed ^ s->clock * 0xd1342543de82ef95u;
    compose(s);
    int rc = mom_engine_step(s->engine, &now, s->batch);
    if (rc != MOM_OK)
        return rc;
    s->step++;
    while (mom_engine_next_action(s->engine, &a))
        note_action(s, &a);
    return MOM_OK;
}

static int open_engine(struct stream *s)
{
    struct mom_now now = now_of(s);
    struct mom_config config = {.size = sizeof config, .store = s->store};
    config.store.ops = &s->ops;
    return mom_engine_new(&config, &now, &s->engine);
}

static int read_step(struct stream *s)
{
    struct mom_txn *txn;
    struct mom_str value;
    int rc = s->ops.begin(s->store.store, false, &txn);
    if (rc != MOM_OK)
        return rc;
    rc = s->ops.get(txn, MOM_T_SETTING, mom__str(STEP_SETTING), &value);
    s->step = 0;
    for (size_t i = 0; rc == MOM_OK && i < value.len; i++)
        s->step = s->step * 10 + (uint64_t)(value.ptr[i] - '0');
    s->ops.abort(txn);
    return rc == MOM_ENOENT ? MOM_OK : rc;
}

static int reload(struct stream *s)
{
    struct mom_now now = now_of(s);
    s->pending_count = 0;
    int rc = mom_engine_reload(s->engine, &now);
    return rc == MOM_OK ? read_step(s) : rc; /* the failed one may have been done */
}

void stream_refused(struct stream *s)
{
    s->clock++;
    s->next = STREAM_RELOAD;
}

int stream_advance(struct stream *s)
{
    int rc = MOM_OK;
    switch (s->next) {
    case STREAM_SCHEMA:
        rc = mom__schema_open(&s->store);
        break;
    case STREAM_OPEN:
        rc = open_engine(s);
        break;
    case STREAM_STEP:
        rc = take_step(s);
        break;
    default:
        rc = reload(s);
        break;
    }
    if (rc == MOM_OK)
        s->next = s->next == STREAM_SCHEMA ? STREAM_OPEN : STREAM_STEP;
    else if (s->next == STREAM_STEP)
        s->next = STREAM_RELOAD;
    return rc;
}

static void close_nothing(void *store)
{
    (void)store;
}

int stream_init(struct stream *s, uint64_t seed, bool heavy, struct mom_store store)
{
    *s = (struct stream){.seed = seed, .heavy = heavy, .store = store, .ops = *store.ops};
    s->ops.close = close_nothing;
    s->batch = mom_batch_new(NULL);
    if (!s->batch)
        abort();
    int rc = read_step(s);
    s->clock = s->step;
    return rc;
}

void stream_done(struct stream *s)
{
    mom_engine_free(s->engine);
    mom_batch_free(s->batch);
    s->engine = NULL;
    s->batch = NULL;
}
