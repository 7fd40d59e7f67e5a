/*
 * The conversation between a node and a site, as a link of libmomsync-axi has it: identify,
 * control, lists, then actions in stages and events. A stage is a request and its answer, so an
 * action may be half done when the line breaks.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

enum { CLOCK_EQUAL = 1500, REMEASURE = 30 * SIM_SECOND };

/* --- the site's clock, as it is measured ------------------------------------------------------ */

static void measure(struct sim *s, struct sim_site *site)
{
    int64_t wall = SIM_EPOCH + s->now + site->node->offset;
    int64_t way = site->pipe.delay + site->pipe.jitter;
    int64_t offset =
        sim_site_clock(s, site) / 1000 * 1000 + 500 - wall + sim_span(s, -way / 2, way / 2);

    if (offset <= CLOCK_EQUAL + 2 * way && offset >= -CLOCK_EQUAL - 2 * way)
        offset = 0;
    site->measured = offset;
    site->measure_at = s->now + REMEASURE;
}

/* What the link takes off what the site tells: measured every half minute, whatever is told. */
static int64_t measured(struct sim *s, struct sim_site *site)
{
    if (s->now >= site->measure_at)
        measure(s, site);
    return site->measured;
}

/* --- to the engine ---------------------------------------------------------------------------- */

static void tell_simple(struct sim *s, struct sim_site *site, enum mom_input_kind kind)
{
    struct mom_input in = {.kind = kind, .site = site->number};

    in.park = site->park;
    sim_node_add(s, site->node, &in);
}

/* The edits that a record carries are heard when the batch is committed. */
static void mark(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    int object = sim_oracle_rec(s, &m->rec);

    if (object < 0)
        return;
    sim_node_mark(site->node, 0, object, m->made);
    for (enum sim_field f = sim_first(m->rec.type); f < sim_end(m->rec.type); f++) {
        unsigned edit = m->rec.has[f] ? sim_oracle_edit_of(s, object, f, m->rec.v[f]) : 0;

        if (edit)
            sim_node_mark(site->node, edit, object, m->made);
    }
}

static void tell_record(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    struct mom_input in = {.kind = MOM_IN_RECORD, .site = site->number, .type = m->type};
    struct mom_attr attrs[F_COUNT + 1];
    const struct sim_rec *r = &m->rec;

    in.clock_ms = measured(s, site);
    for (enum sim_field f = sim_first(r->type); f < sim_end(r->type); f++) {
        if (r->has[f])
            attrs[in.attr_count++] =
                (struct mom_attr){sim_str(sim_fields[f].name), sim_str(r->v[f])};
    }
    attrs[in.attr_count++] = (struct mom_attr){sim_str("relType"), sim_str(!r->partner ? "Unbound"
                                                                           : r->fixed  ? "Fixed"
                                                                                      : "Dynamic")};
    in.attrs = attrs;
    in.local = r->local;
    in.has_partner = true;
    in.partner_local = r->partner;
    for (int k = 0; k < MOM_KINDS; k++)
        in.times_ms[k] = r->times[k] ? r->times[k] - in.clock_ms : 0;
    sim_node_add(s, site->node, &in);
    mark(s, site, m);
}

static void tell_notice(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    struct mom_input in = {.site = site->number, .type = m->type, .local = m->local};

    if (m->kind == M_LOGIN || m->kind == M_LOGOUT || m->kind == M_SUBSCRIBE) {
        sim_login_told(s, site, m);
        return;
    }
    in.kind = m->kind == M_GONE       ? MOM_IN_GONE
              : m->kind == M_HEARD    ? MOM_IN_HEARD
              : m->kind == M_RELEASED ? MOM_IN_RELEASED
              : m->kind == M_RENEWED  ? MOM_IN_RENEWED
                                      : MOM_IN_LOCATED;
    if (in.kind == MOM_IN_LOCATED || in.kind == MOM_IN_HEARD) {
        const struct sim_phone *phone = &s->phones[m->phone];
        struct sim_rec *device = sim_site_by(site, F_IPEI, phone->ipei);

        if (device && m->made >= device->heard)
            device->unknown = false;
        in.ipei = sim_str(phone->ipei);
        in.subscription = sim_str(phone->subscription);
        in.at_ms = m->at - measured(s, site);
    }
    sim_node_add(s, site->node, &in);
}

static void tell(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    if (m->kind == M_RECORD)
        tell_record(s, site, m);
    else
        tell_notice(s, site, m);
}

/* --- events while the lists are read ---------------------------------------------------------- */

static void hold(struct sim_site *site, const struct sim_msg *m)
{
    struct sim_msg *copy = sim_alloc(sizeof *copy);

    *copy = *m;
    copy->next = NULL;
    *site->held_end = copy;
    site->held_end = &copy->next;
}

static void drop_held(struct sim_site *site)
{
    while (site->held) {
        struct sim_msg *m = site->held;

        site->held = m->next;
        free(m);
    }
    site->held_end = &site->held;
}

static void end_import(struct sim *s, struct sim_site *site)
{
    for (const struct sim_msg *m = site->held; m; m = m->next)
        tell(s, site, m);
    drop_held(site);
    site->importing = false;
    site->steady = true;
    site->steady_since = s->now;
    tell_simple(s, site, MOM_IN_IMPORTED);
}

/* --- actions in stages ------------------------------------------------------------------------ */

static void to_site(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    sim_pipe_send(s, &site->pipe, 1, m);
}

static void finish(struct sim *s, struct sim_site *site, struct sim_job *job, int rc)
{
    struct mom_input in = {
        .kind = MOM_IN_RESULT, .site = site->number, .token = job->token, .rc = rc};

    in.local_device = job->local_device;
    in.local_user = job->local_user;
    job->used = false;
    sim_node_add(s, site->node, &in);
}

static void send_stage(struct sim *s, struct sim_site *site, struct sim_job *job)
{
    bool user = job->stage == STAGE_USER || job->stage == STAGE_USER_FIND;
    struct sim_msg m = {.kind = M_SET, .job = (unsigned)(job - site->jobs)};

    m.type = user ? MOM_USER : MOM_DEVICE;
    if (job->stage == STAGE_RELATION) {
        m.kind = M_RELATE;
        m.local = job->local_device;
        m.local2 = job->local_user;
        memcpy(m.relation, job->relation, sizeof m.relation);
    } else {
        if (job->stage == STAGE_DEVICE_FIND || job->stage == STAGE_USER_FIND)
            m.kind = M_FIND;
        m.rec = user ? job->user_rec : job->device_rec;
        m.local = user ? job->local_user : job->local_device;
        m.create = m.local == 0;
    }
    to_site(s, site, &m);
}

/* The stage after `done`; a stage that is not needed is passed over. */
static void go_on(struct sim *s, struct sim_site *site, struct sim_job *job, int done)
{
    if (done < STAGE_DEVICE && job->device)
        job->stage = STAGE_DEVICE;
    else if (done < STAGE_USER && job->user)
        job->stage = STAGE_USER;
    else if (done < STAGE_RELATION && job->relation[0])
        job->stage = STAGE_RELATION;
    else {
        finish(s, site, job, MOM_OK);
        return;
    }
    send_stage(s, site, job);
}

static void half_answered(struct sim *s, struct sim_site *site, struct sim_job *job,
                          const struct sim_msg *m)
{
    bool user = job->stage == STAGE_USER || job->stage == STAGE_USER_FIND;
    uint32_t *local = user ? &job->local_user : &job->local_device;

    if (job->stage == STAGE_USER_FIND || job->stage == STAGE_DEVICE_FIND) {
        finish(s, site, job, MOM_EEXIST); /* what is in the way was told before */
        return;
    }
    if (m->rc == MOM_EEXIST && *local == 0) {
        job->stage = user ? STAGE_USER_FIND : STAGE_DEVICE_FIND;
        send_stage(s, site, job);
        return;
    }
    if (m->rc != MOM_OK) {
        finish(s, site, job, m->rc);
        return;
    }
    *local = m->local;
    go_on(s, site, job, (int)job->stage);
}

static void answered(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    struct sim_job *job = &site->jobs[m->job];

    if (!job->used)
        return;
    if (job->stage == STAGE_ONLY)
        finish(s, site, job, m->rc == MOM_ENOENT ? MOM_OK : m->rc);
    else if (job->stage == STAGE_RELATION)
        finish(s, site, job, m->rc);
    else
        half_answered(s, site, job, m);
}

static struct sim_job *job_new(struct sim *s, struct sim_site *site, const struct mom_action *a)
{
    for (unsigned i = 0; i < SIM_JOBS; i++) {
        struct sim_job *job = &site->jobs[i];

        if (job->used)
            continue;
        if (i >= site->job_top)
            site->job_top = i + 1;
        memset(job, 0, sizeof *job);
        job->used = true;
        job->token = a->token;
        job->kind = a->kind;
        return job;
    }
    sim_fail(s, "site %u has more than %d actions under way", site->number, SIM_JOBS);
    return NULL;
}

static void copy_str(char *to, size_t size, struct mom_str from)
{
    size_t len = from.len < size - 1 ? from.len : size - 1;

    if (len > 0)
        memcpy(to, from.ptr, len);
    to[len] = '\0';
}

static void copy_half(struct sim_rec *rec, enum mom_type type, const struct mom_put *put)
{
    rec->type = type;
    for (size_t i = 0; i < put->attr_count; i++) {
        enum mom_field field = mom_field_of(type, put->attrs[i].name);

        for (enum sim_field f = sim_first(type); f < sim_end(type); f++) {
            if (sim_fields[f].field != field)
                continue;
            rec->has[f] = true;
            copy_str(rec->v[f], SIM_VALUE, put->attrs[i].value);
        }
    }
}

static void begin_put(struct sim *s, struct sim_site *site, const struct mom_action *a)
{
    struct sim_job *job = job_new(s, site, a);

    if (!job)
        return;
    s->counts.puts++;
    site->puts++;
    job->device = a->device.id != 0;
    job->user = a->user.id != 0;
    job->local_device = a->device.id ? a->device.local : a->local_device;
    job->local_user = a->user.id ? a->user.local : a->local_user;
    copy_half(&job->device_rec, MOM_DEVICE, &a->device);
    copy_half(&job->user_rec, MOM_USER, &a->user);
    copy_str(job->relation, sizeof job->relation, a->relation);
    go_on(s, site, job, -1);
}

static void begin_remove(struct sim *s, struct sim_site *site, const struct mom_action *a)
{
    struct sim_job *job = job_new(s, site, a);
    struct sim_msg m = {.kind = M_DELETE, .type = a->type, .local = a->local};

    if (!job)
        return;
    s->counts.removes++;
    site->removes++;
    job->stage = STAGE_ONLY;
    m.job = (unsigned)(job - site->jobs);
    to_site(s, site, &m);
}

static void begin_import(struct sim *s, struct sim_site *site)
{
    struct sim_msg m = {.kind = M_CONTROL};

    site->importing = true;
    to_site(s, site, &m);
    m.kind = M_GET_DEVICES;
    to_site(s, site, &m);
    tell_simple(s, site, MOM_IN_IMPORT);
}

static int find_phone(struct sim *s, struct mom_str ipei)
{
    const struct sim_phone *phone;
    char text[MOM_IPEI_LEN + 1];

    copy_str(text, sizeof text, ipei);
    phone = sim_phone_by(s, text);
    return phone ? (int)(phone - s->phones) : -1;
}

void sim_omm_action(struct sim *s, struct sim_site *site, const struct mom_action *a)
{
    struct sim_msg m = {.type = MOM_USER, .local = a->local_user, .local2 = a->local_device};

    if (!site->up || !site->pipe.up)
        return;
    switch (a->kind) {
    case MOM_DO_ADMIT:
        begin_import(s, site);
        return;
    case MOM_DO_REFUSE:
        sim_fail(s, "site %u is refused", site->number);
        return;
    case MOM_DO_PUT:
        begin_put(s, site, a);
        return;
    case MOM_DO_REMOVE:
        begin_remove(s, site, a);
        return;
    case MOM_DO_LOGIN_RESULT:
        s->counts.logins_done += a->rc == MOM_OK;
        return;
    case MOM_DO_DEREGISTER:
        m.kind = M_DEREGISTER;
        break;
    case MOM_DO_REGISTER:
        m.kind = M_REGISTER;
        break;
    case MOM_DO_REJECT:
        m.kind = M_REJECT;
        m.phone = find_phone(s, a->ipei);
        if (m.phone < 0)
            return;
        break;
    default:
        return;
    }
    to_site(s, site, &m);
}

/* --- the pipe --------------------------------------------------------------------------------- */

static void end(struct sim_site *site)
{
    site->up = site->importing = site->steady = false;
    for (unsigned i = 0; i < site->job_top; i++)
        site->jobs[i].used = false;
    drop_held(site);
}

static void on_identified(struct sim *s, void *ctx, uint64_t arg)
{
    struct sim_site *site = ctx;

    if (!site->pipe.up || arg != site->pipe.generation)
        return;
    if (!site->node->engine) {
        sim_omm_forget(s, site);
        return;
    }
    measure(s, site);
    site->up = true;
    tell_simple(s, site, MOM_IN_IDENTIFIED);
}

static void on_opened(struct sim *s, void *owner)
{
    struct sim_site *site = owner;

    site->controlled = false;
    if (site->restarting > s->now || !site->node->engine) {
        sim_omm_forget(s, site);
        return;
    }
    sim_at(s, s->now + 6 * site->pipe.delay, on_identified, site, site->pipe.generation);
}

static void on_broken(struct sim *s, void *owner, int at)
{
    struct sim_site *site = owner;

    if (at == 1) {
        site->controlled = false;
        return;
    }
    if (site->up)
        tell_simple(s, site, MOM_IN_DOWN);
    end(site);
    sim_pipe_dial(s, &site->pipe, sim_span(s, SIM_SECOND, SIM_MINUTE));
}

struct again {
    struct sim_site *site;
    struct sim_msg msg;
};

static void on_again(struct sim *s, void *ctx, uint64_t arg)
{
    struct again *again = ctx;

    if (again->site->steady && arg == again->site->pipe.generation)
        tell(s, again->site, &again->msg);
}

/* A notice that comes a second time, and late. */
static void maybe_double(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    struct again *again;

    if (!s->plan.doubles || !(s->chaos || s->calm) || m->kind == M_RECORD || m->kind == M_GONE ||
        m->kind == M_LOGIN || m->kind == M_LOGOUT || m->kind == M_SUBSCRIBE ||
        sim_pick(s, s->calm ? 2 : 20) != 0)
        return;
    again = sim_alloc(sizeof *again);
    again->site = site;
    again->msg = *m;
    s->counts.doubled++;
    sim_at_owned(s, s->now + sim_span(s, 0, 50 * SIM_SECOND), on_again, again,
                 site->pipe.generation);
}

static void from_site(struct sim *s, struct sim_site *site, const struct sim_msg *m)
{
    struct sim_msg next = {.kind = M_GET_USERS};

    if (!site->up)
        return;
    switch (m->kind) {
    case M_DEVICES_END:
        to_site(s, site, &next);
        return;
    case M_USERS_END:
        end_import(s, site);
        return;
    case M_ANSWER:
        answered(s, site, m);
        return;
    default:
        break;
    }
    if (site->importing && (m->kind != M_RECORD || m->event)) {
        hold(site, m);
        return;
    }
    tell(s, site, m);
    maybe_double(s, site, m);
}

static void deliver(struct sim *s, void *owner, int to, struct sim_msg *m)
{
    struct sim_site *site = owner;

    if (to == 0)
        from_site(s, site, m);
    else if (site->restarting <= s->now)
        sim_site_receive(s, site, m);
}

void sim_omm_init(struct sim *s, struct sim_site *site)
{
    struct sim_pipe *p = &site->pipe;

    p->id = site->number;
    p->delay = sim_span(s, 2, sim_pick(s, 4) ? 60 : 600);
    p->jitter = sim_span(s, 0, p->delay);
    p->owner = site;
    p->deliver = deliver;
    p->broken = on_broken;
    p->opened = on_opened;
    site->held_end = &site->held;
}

void sim_omm_forget(struct sim *s, struct sim_site *site)
{
    bool was = site->pipe.up;

    end(site);
    site->pipe.up = false;
    site->pipe.generation++;
    if (was && s->heap)
        site->controlled = false;
    sim_pipe_dial(s, &site->pipe, sim_span(s, 5 * SIM_SECOND, SIM_MINUTE));
}
