/*
 * Actions of the engine as jobs: each sends one request at a time, several jobs run side by side. A
 * PUT goes through
 *
 *   device (create or set) → user (create or set) → relation (SetPP of both)
 *
 * and leaves out what it does not need. A creation that is refused because the number or IPEI is in
 * use turns into a change of the record that has it. What the OMM answers is told to the engine
 * before the result.
 */
#include "omm_impl.h"

#include <string.h>

/* --- jobs as things */

static struct mom__job *take_job(struct mom_omm *link)
{
    struct mom__job *job = link->spare_jobs;
    struct axi_msg *draft;

    if (job != NULL) {
        link->spare_jobs = job->next;
        draft = job->draft;
        axi_msg_reset(draft);
    } else {
        draft = axi_msg_new(&link->axi_alloc);
        job = draft != NULL ? mom__omm_realloc(link, NULL, sizeof(*job)) : NULL;
        if (job == NULL) {
            axi_msg_free(draft);
            return NULL;
        }
    }
    memset(job, 0, sizeof(*job));
    job->draft = draft;
    job->number = ++link->next_job;
    return job;
}

static void spare(struct mom_omm *link, struct mom__job *job)
{
    job->next = link->spare_jobs;
    link->spare_jobs = job;
}

static void append(struct mom_omm *link, struct mom__job *job)
{
    *link->jobs_tail = job;
    link->jobs_tail = &job->next;
    link->job_count++;
}

static void remove_job(struct mom_omm *link, struct mom__job *job)
{
    struct mom__job **at = &link->jobs;

    while (*at != job)
        at = &(*at)->next;
    *at = job->next;
    if (link->jobs_tail == &job->next)
        link->jobs_tail = at;
    link->job_count--;
    spare(link, job);
}

void mom__omm_drop_jobs(struct mom_omm *link)
{
    while (link->jobs != NULL)
        remove_job(link, link->jobs);
}

void mom__omm_free_jobs(struct mom_omm *link)
{
    struct mom__job *job;

    mom__omm_drop_jobs(link);
    while ((job = link->spare_jobs) != NULL) {
        link->spare_jobs = job->next;
        axi_msg_free(job->draft);
        mom__omm_release(link, job);
    }
}

static int tell_result(struct mom_omm *link, const struct mom__job *job, int result)
{
    struct mom_input input = {.kind = MOM_IN_RESULT, .token = job->token, .rc = result};

    input.local_device = job->local_device;
    input.local_user = job->local_user;
    return mom__omm_input(link, &input);
}

static int finish(struct mom_omm *link, struct mom__job *job, int result)
{
    int rc = tell_result(link, job, result);

    if (rc == MOM_OK)
        remove_job(link, job);
    return rc;
}

static struct axi_elem *half(const struct mom__job *job, const char *element)
{
    return axi_first_child(axi_msg_root(job->draft), element);
}

/* --- beginning */

/* The first stage at or after `stage` that this PUT needs. */
static enum mom__stage next_stage(const struct mom__job *job, enum mom__stage stage)
{
    if (stage == MOM__STAGE_DEVICE && !job->has_device)
        stage = MOM__STAGE_USER;
    if (stage == MOM__STAGE_USER && !job->has_user)
        stage = MOM__STAGE_RELATION;
    if (stage == MOM__STAGE_RELATION && job->relation[0] == '\0')
        stage = MOM__STAGE_DONE;
    return stage;
}

static void draft_put(struct mom_omm *link, struct mom__job *job, const struct mom_action *action)
{
    struct axi_elem *root = axi_msg_start(job->draft, AXI_T_SetPP);
    const struct mom_put *device = &action->device, *user = &action->user;

    job->local_device = device->id != 0 ? device->local : action->local_device;
    job->local_user = user->id != 0 ? user->local : action->local_user;
    job->has_device = device->id != 0 && (device->local == 0 || device->attr_count > 0);
    job->has_user = user->id != 0 && (user->local == 0 || user->attr_count > 0);
    if (job->has_device)
        mom__omm_write_record(link, axi_add_child(root, "pp"), MOM_DEVICE, device);
    if (job->has_user)
        mom__omm_write_record(link, axi_add_child(root, "user"), MOM_USER, user);
    mom__text_format(job->relation, sizeof(job->relation), "%v", mom__axi_str(action->relation));
    job->stage = next_stage(job, MOM__STAGE_DEVICE);
}

static void draft_remove(struct mom__job *job, const struct mom_action *action)
{
    bool user = action->type == MOM_USER;
    struct axi_elem *root =
        axi_msg_start(job->draft, user ? AXI_T_DeletePPUser : AXI_T_DeletePPDev);

    axi_set_int(root, user ? AXI_A_uid : AXI_A_ppn, action->local);
    if (user)
        job->local_user = action->local;
    else
        job->local_device = action->local;
}

static void draft(struct mom_omm *link, struct mom__job *job, const struct mom_action *action)
{
    job->kind = action->kind;
    job->token = action->token;
    job->type = action->type;
    job->stage = MOM__STAGE_ONLY;
    if (action->kind == MOM_DO_PUT) {
        draft_put(link, job, action);
    } else if (action->kind == MOM_DO_REMOVE) {
        draft_remove(job, action);
    } else if (action->kind == MOM_DO_PROFILE) {
        mom__omm_profiles_fill(job->draft, action);
    } else {
        job->local_user = action->local_user;
        job->local_device = action->local_device;
        mom__dialect_fill_action(job->draft, action);
    }
}

static bool wants_result(const struct mom__job *job)
{
    return job->kind == MOM_DO_PUT || job->kind == MOM_DO_REMOVE;
}

/* Of these an engine has no more than a few at a time. */
static bool is_bounded(const struct mom__job *job)
{
    return wants_result(job) || job->kind == MOM_DO_PROFILE;
}

/* A job that cannot be begun. */
static int turn_down(struct mom_omm *link, const struct mom__job *job,
                     const struct mom_action *action, int code)
{
    if (wants_result(job))
        return tell_result(link, job, code);
    if (job->kind == MOM_DO_PROFILE)
        mom__omm_profiles_unset(link, action->local, mom_err_text(code));
    return MOM_OK;
}

int mom__omm_job_start(struct mom_omm *link, const struct mom_action *action)
{
    struct mom__job *job = take_job(link);
    int rc = MOM_OK;

    if (job == NULL)
        return MOM_ENOMEM;
    draft(link, job, action);
    if (axi_msg_error(job->draft) == AXI_ENOMEM)
        rc = MOM_ENOMEM;
    else if (link->job_count >= MOM__OMM_JOBS_MAX + (is_bounded(job) ? MOM__OMM_JOBS_ROOM : 0))
        rc = turn_down(link, job, action, MOM_ELIMIT);
    else if (axi_msg_error(job->draft) != AXI_OK)
        rc = turn_down(link, job, action, MOM_EVALUE);
    else if (job->stage == MOM__STAGE_DONE)
        rc = tell_result(link, job, MOM_OK);
    else {
        append(link, job);
        return MOM_OK;
    }
    spare(link, job);
    return rc;
}

/* --- requests */

/* CreatePPDev, SetPPDev, CreatePPUser or SetPPUser from the draft. */
static void build_half(struct mom_omm *link, const struct mom__job *job, enum mom_type type)
{
    bool user = type == MOM_USER;
    uint32_t local = user ? job->local_user : job->local_device;
    enum axi_type create = user ? AXI_T_CreatePPUser : AXI_T_CreatePPDev;
    enum axi_type set = user ? AXI_T_SetPPUser : AXI_T_SetPPDev;
    struct axi_elem *request = axi_msg_start(link->request, local == 0 ? create : set);
    struct axi_elem *elem = axi_add_copy(request, half(job, user ? "user" : "pp"));

    if (local != 0)
        axi_set_int(elem, user ? AXI_A_uid : AXI_A_ppn, local);
    else if (!user)
        axi_set_enum(elem, AXI_A_relType, AXI_V_Unbound);
}

static void build_find(struct mom_omm *link, const struct mom__job *job)
{
    bool user = job->stage == MOM__STAGE_USER_FIND;
    enum axi_attr key = user ? AXI_A_num : AXI_A_ipei;
    struct axi_elem *request =
        axi_msg_start(link->request, user ? AXI_T_GetPPUserByNumber : AXI_T_GetPPDevByIPEI);

    axi_set_str(request, key, axi_get_str(half(job, user ? "user" : "pp"), key));
}

static bool unbinds(const struct mom__job *job)
{
    return strcmp(job->relation, "Unbound") == 0;
}

/* A binding needs both sides, an end of it one that is known. */
static bool has_sides(const struct mom__job *job)
{
    if (unbinds(job))
        return job->local_device != 0 || job->local_user != 0;
    return job->local_device != 0 && job->local_user != 0;
}

/* Both sides of a relation have to be set in one SetPP. */
static void build_relation(struct mom_omm *link, const struct mom__job *job)
{
    struct axi_elem *request = axi_msg_start(link->request, AXI_T_SetPP), *elem;

    if (job->local_device != 0) {
        elem = axi_add_child(request, "pp");
        axi_set_int(elem, AXI_A_ppn, job->local_device);
        axi_set_cstr(elem, AXI_A_relType, job->relation);
        axi_set_int(elem, AXI_A_uid, unbinds(job) ? 0 : job->local_user);
    }
    if (job->local_user != 0) {
        elem = axi_add_child(request, "user");
        axi_set_int(elem, AXI_A_uid, job->local_user);
        axi_set_cstr(elem, AXI_A_relType, job->relation);
        axi_set_int(elem, AXI_A_ppn, unbinds(job) ? 0 : job->local_device);
    }
}

static int send_stage(struct mom_omm *link, struct mom__job *job)
{
    uint64_t tag = MOM__TAG(MOM__FOR_JOB, job->number);
    struct axi_msg *request = link->request;

    switch (job->stage) {
    case MOM__STAGE_DEVICE:
        build_half(link, job, MOM_DEVICE);
        break;
    case MOM__STAGE_USER:
        build_half(link, job, MOM_USER);
        break;
    case MOM__STAGE_DEVICE_FIND:
    case MOM__STAGE_USER_FIND:
        build_find(link, job);
        break;
    case MOM__STAGE_RELATION:
        build_relation(link, job);
        break;
    case MOM__STAGE_ONLY:
    case MOM__STAGE_DONE:
        request = job->draft;
        break;
    }
    if (axi_msg_error(request) != AXI_OK)
        return MOM_ENOMEM; /* the texts were good when the draft was made */
    job->sent = true;
    return mom__omm_send(link, request, tag);
}

int mom__omm_job_pump(struct mom_omm *link)
{
    struct mom__job *job = link->jobs, *next;
    int rc = MOM_OK;

    for (; job != NULL && rc == MOM_OK; job = next) {
        next = job->next;
        if (job->sent)
            continue;
        if (!mom__omm_has_room(link))
            break;
        if (job->stage == MOM__STAGE_RELATION && !has_sides(job))
            rc = finish(link, job, MOM_ERELATION);
        else
            rc = send_stage(link, job);
    }
    return rc;
}

/* --- answers */

static int result_of(enum axi_value code)
{
    switch (code) {
    case AXI_V_NOTHING:
        return MOM_OK;
    case AXI_V_ENoEnt:
        return MOM_ENOENT;
    case AXI_V_EExist:
        return MOM_EEXIST;
    case AXI_V_EInval:
    case AXI_V_EMissing:
    case AXI_V_ETooLong:
    case AXI_V_EInvalidChars:
        return MOM_EVALUE;
    case AXI_V_ENoMem:
    case AXI_V_ELicense:
        return MOM_ELIMIT;
    default:
        return MOM_EFIELD;
    }
}

static int refused(struct mom_omm *link, struct mom__job *job, const struct axi_msg *answer)
{
    char text[200], error[160];

    mom__omm_describe_error(error, sizeof(error), answer);
    mom__text_format(text, sizeof(text), "%s (device %d, user %d)", error,
                     (int64_t)job->local_device, (int64_t)job->local_user);
    mom__omm_log(link, MOM_LOG_NOTICE, text);
    return finish(link, job, result_of(axi_answer_code(answer)));
}

static int go_on(struct mom_omm *link, struct mom__job *job, enum mom__stage stage)
{
    job->stage = next_stage(job, stage);
    job->sent = false;
    return job->stage == MOM__STAGE_DONE ? finish(link, job, MOM_OK) : MOM_OK;
}

/* A creation was refused as a double: find the record that is in the way. Whose it is the engine has to say: it is
 * told, and not changed. */
static bool can_find(const struct mom__job *job, bool user, enum axi_value code)
{
    struct axi_str key =
        axi_get_str(half(job, user ? "user" : "pp"), user ? AXI_A_num : AXI_A_ipei);

    return code == AXI_V_EExist && key.len > 0 && !job->again &&
           (user ? job->local_user : job->local_device) == 0;
}

static int half_answered(struct mom_omm *link, struct mom__job *job, const struct axi_msg *answer)
{
    bool user = job->stage == MOM__STAGE_USER;
    enum mom_type type = user ? MOM_USER : MOM_DEVICE;
    const struct axi_elem *elem = axi_first_child(axi_msg_root(answer), user ? "user" : "pp");
    enum axi_value code = axi_answer_code(answer);
    uint32_t *local = user ? &job->local_user : &job->local_device;
    int rc;

    if (can_find(job, user, code))
        return go_on(link, job, user ? MOM__STAGE_USER_FIND : MOM__STAGE_DEVICE_FIND);
    if (code != AXI_V_NOTHING)
        return refused(link, job, answer);
    if (*local == 0)
        *local = mom__omm_local(type, elem);
    if (*local == 0)
        return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR,
                            "a created record was answered without its id");
    job->again = false;
    rc = mom__omm_answered_record(link, type, elem);
    return rc == MOM_OK ? go_on(link, job, user ? MOM__STAGE_RELATION : MOM__STAGE_USER) : rc;
}

static int find_answered(struct mom_omm *link, struct mom__job *job, const struct axi_msg *answer)
{
    bool user = job->stage == MOM__STAGE_USER_FIND;
    enum mom_type type = user ? MOM_USER : MOM_DEVICE;
    const struct axi_elem *elem = axi_first_child(axi_msg_root(answer), user ? "user" : "pp");
    uint32_t local = mom__omm_local(type, elem);
    int rc;

    /* It left meanwhile, or not this key is in use but another one, the additional id for example. */
    if (axi_answer_code(answer) != AXI_V_NOTHING || local == 0) {
        job->again = true;
        job->stage = user ? MOM__STAGE_USER : MOM__STAGE_DEVICE;
        job->sent = false;
        return MOM_OK;
    }
    rc = mom__omm_answered_record(link, type, elem);
    return rc == MOM_OK ? finish(link, job, MOM_EEXIST) : rc;
}

static int relation_answered(struct mom_omm *link, struct mom__job *job,
                             const struct axi_msg *answer)
{
    const struct axi_elem *root = axi_msg_root(answer);
    int rc;

    if (axi_answer_code(answer) != AXI_V_NOTHING)
        return refused(link, job, answer);
    rc = mom__omm_answered_record(link, MOM_DEVICE, axi_first_child(root, "pp"));
    if (rc == MOM_OK)
        rc = mom__omm_answered_record(link, MOM_USER, axi_first_child(root, "user"));
    return rc == MOM_OK ? go_on(link, job, MOM__STAGE_DONE) : rc;
}

static int only_answered(struct mom_omm *link, struct mom__job *job, const struct axi_msg *answer)
{
    enum axi_value code = axi_answer_code(answer);
    int rc;

    if (job->kind == MOM_DO_REMOVE) {
        if (code == AXI_V_NOTHING || code == AXI_V_ENoEnt)
            return finish(link, job, MOM_OK);
        return refused(link, job, answer);
    }
    rc = job->kind == MOM_DO_PROFILE ? mom__omm_profiles_set(link, job, answer)
                                     : mom__dialect_answer(link, job, answer);
    if (rc == MOM_OK)
        remove_job(link, job);
    return rc;
}

int mom__omm_job_answer(struct mom_omm *link, uint64_t number, const struct axi_msg *answer)
{
    struct mom__job *job = link->jobs;

    while (job != NULL && job->number != number)
        job = job->next;
    if (job == NULL)
        return MOM_OK;
    switch (job->stage) {
    case MOM__STAGE_DEVICE:
    case MOM__STAGE_USER:
        return half_answered(link, job, answer);
    case MOM__STAGE_DEVICE_FIND:
    case MOM__STAGE_USER_FIND:
        return find_answered(link, job, answer);
    case MOM__STAGE_RELATION:
        return relation_answered(link, job, answer);
    case MOM__STAGE_ONLY:
        return only_answered(link, job, answer);
    case MOM__STAGE_DONE:
        break;
    }
    return MOM_OK;
}
