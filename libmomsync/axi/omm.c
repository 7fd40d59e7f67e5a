/*
 * Life cycle of a link: connection, timers, ending and trying again, and what the host asks. What
 * is said in a conversation is in the other files; see omm_impl.h.
 */
#include "omm_impl.h"

#include <momsync/profile.h>

#include <string.h>

static const char *const state_names[] = {
#define NAME(id, name, text) name,
    MOM_OMM_STATES(NAME)
#undef NAME
};
static const char *const state_texts[] = {
#define TEXT(id, name, text) text,
    MOM_OMM_STATES(TEXT)
#undef TEXT
};

const char *mom_omm_state_name(enum mom_omm_state state)
{
    return (unsigned)state < MOM_OMM_STATE_COUNT ? state_names[state] : "?";
}

const char *mom_omm_state_text(enum mom_omm_state state)
{
    return (unsigned)state < MOM_OMM_STATE_COUNT ? state_texts[state] : "?";
}

/* --- small things ----------------------------------------------------------------------------------- */

int mom__omm_input(struct mom_omm *link, const struct mom_input *input)
{
    struct mom_input copy = *input;

    copy.site = link->config.site;
    return mom_batch_add(link->batch, &copy) == MOM_OK ? MOM_OK : MOM_ENOMEM;
}

static void begin_call(struct mom_omm *link, const struct mom_now *now, struct mom_batch *batch)
{
    link->now = *now;
    link->batch = batch;
}

void mom__omm_enter_state(struct mom_omm *link, enum mom_omm_state state)
{
    char line[240];

    if (state == link->state)
        return;
    link->state = state;
    if (state < MOM_OMM_UNREACHABLE) {
        mom__text_format(line, sizeof(line), "%s", state_names[state]);
        mom__omm_log(link, MOM_LOG_INFO, line);
    } else {
        mom__text_format(line, sizeof(line), "%s%s%s", state_names[state],
                         link->text[0] != '\0' ? ": " : "", link->text);
        mom__omm_log(link, MOM_LOG_WARNING, line);
    }
}

/* --- making and freeing */

static bool take_settings(struct mom_omm_config *config)
{
    bool good = true;

#define TAKE(name, value, why)                                                                     \
    good = good && config->name >= 0;                                                              \
    if (config->name == 0)                                                                         \
        config->name = (value);
    MOM_OMM_SETTINGS(TAKE)
#undef TAKE
    if (config->page > 20)
        config->page = 20; /* LimitsResp.records of every OMM */
    if (config->window > AXI_PAGES_WINDOW)
        config->window = AXI_PAGES_WINDOW;
    return good;
}

static bool make_parts(struct mom_omm *link)
{
    struct axi_parser_options options = {.alloc = link->axi_alloc,
                                         .max_message = (size_t)link->config.max_message};

    link->parser = axi_parser_new(&options);
    link->calls = axi_calls_new(&link->axi_alloc, MOM__OMM_CALLS_MAX);
    link->request = axi_msg_new(&link->axi_alloc);
    link->held = axi_msg_new(&link->axi_alloc);
    return link->parser != NULL && link->calls != NULL && link->request != NULL &&
           link->held != NULL;
}

int mom_omm_new(const struct mom_omm_config *config, struct mom_omm **ret_link)
{
    struct mom_omm *link;
    struct mom_omm_config taken;

    if (config == NULL || config->size != sizeof(*config) || config->site == 0)
        return MOM_EINVAL;
    taken = *config;
    if (!take_settings(&taken) || !mom__account_fits(config->username, config->password))
        return MOM_EINVAL;
    link = mom__omm_alloc(&config->alloc, NULL, sizeof(*link));
    if (link == NULL)
        return MOM_ENOMEM;
    memset(link, 0, sizeof(*link));
    link->alloc = config->alloc;
    link->axi_alloc =
        (struct axi_alloc){config->alloc.user, config->alloc.realloc, config->alloc.free};
    link->output.alloc = link->axi_alloc;
    link->config = taken;
    link->config.username = link->config.password = (struct mom_str){NULL, 0};
    link->random = config->seed;
    link->state = MOM_OMM_DISABLED;
    link->conn = MOM__CONN_DOWN;
    link->jobs_tail = &link->jobs;
    (void)mom__account_take(&link->account, config->username, config->password);
    link->records.alloc = link->alloc;
    link->records.secrets = taken.secrets;
    mom__records_init(&link->records);
    if (!make_parts(link)) {
        mom_omm_free(link);
        return MOM_ENOMEM;
    }
    *ret_link = link;
    return MOM_OK;
}

void mom_omm_free(struct mom_omm *link)
{
    struct mom_alloc alloc;

    if (link == NULL)
        return;
    alloc = link->alloc;
    mom__omm_free_jobs(link);
    axi_parser_free(link->parser);
    axi_calls_free(link->calls);
    axi_msg_free(link->request);
    axi_msg_free(link->held);
    if (link->output.ptr != NULL)
        mom__omm_wipe(link->output.ptr, link->output.cap);
    axi_buf_done(&link->output);
    mom__records_done(&link->records);
    mom__omm_wipe(link, sizeof(*link));
    mom__omm_free_by(&alloc, link);
}

int mom_omm_set_account(struct mom_omm *link, struct mom_str username, struct mom_str password)
{
    return mom__account_take(&link->account, username, password) ? MOM_OK : MOM_EINVAL;
}

/* --- connecting and ending */

static void dial(struct mom_omm *link)
{
    link->conn = MOM__CONN_DIALING;
    link->wants |= MOM_OMM_WANT_CONNECT;
    link->own_reason = false;
    link->accepted = false;
    link->dial_at_once = false;
    mom__omm_enter_state(link, MOM_OMM_CONNECTING);
}

static int tell_down(struct mom_omm *link)
{
    struct mom_input input = {.kind = MOM_IN_DOWN};
    int rc;

    if (!link->told)
        return MOM_OK;
    rc = mom__omm_input(link, &input);
    if (rc == MOM_OK)
        link->told = false;
    return rc;
}

int mom__omm_end(struct mom_omm *link, enum mom_omm_state state, const char *text)
{
    if (!mom__omm_is_open(link) && link->conn != MOM__CONN_DIALING)
        return MOM_OK;
    link->conn = MOM__CONN_CLOSING;
    link->wants |= MOM_OMM_WANT_CLOSE;
    link->own_reason = true;
    mom__text_format(link->text, sizeof(link->text), "%s", text);
    mom__omm_enter_state(link, state);
    return tell_down(link);
}

int mom_omm_enable(struct mom_omm *link, const struct mom_now *now, bool enabled,
                   struct mom_batch *batch)
{
    int rc = MOM_OK;

    begin_call(link, now, batch);
    link->enabled = enabled;
    if (enabled) {
        link->restart_tries = 0;
        link->sari_was_set = false;
        if (link->conn == MOM__CONN_DOWN || link->conn == MOM__CONN_WAITING)
            dial(link);
        else if (link->conn == MOM__CONN_CLOSING)
            link->dial_at_once = true;
        return MOM_OK;
    }
    if (link->conn == MOM__CONN_DIALING && (link->wants & MOM_OMM_WANT_CONNECT) != 0) {
        link->wants = 0; /* the host has not seen it yet */
        link->conn = MOM__CONN_DOWN;
    } else if (link->conn == MOM__CONN_WAITING) {
        link->conn = MOM__CONN_DOWN;
    } else {
        rc = mom__omm_end(link, MOM_OMM_DISABLED, "");
    }
    link->text[0] = '\0';
    mom__omm_enter_state(link, MOM_OMM_DISABLED);
    return rc;
}

int mom_omm_opened(struct mom_omm *link, const struct mom_now *now, struct mom_batch *batch)
{
    begin_call(link, now, batch);
    if (link->conn != MOM__CONN_DIALING)
        return MOM_OK;
    link->conn = MOM__CONN_OPEN;
    link->wants &= ~(unsigned)MOM_OMM_WANT_CONNECT;
    link->text[0] = '\0';
    link->secrets_unusable = 0;
    link->ping_at = MOM_NEVER;
    link->close_at = MOM_NEVER;
    return mom__omm_script_start(link);
}

/* Forget what belonged to the conversation. */
static void forget(struct mom_omm *link)
{
    axi_parser_reset(link->parser);
    axi_calls_clear(link->calls);
    mom__omm_drop_output(link);
    mom__omm_drop_jobs(link);
    mom__omm_drop_held(link);
    link->profiles = (struct mom__omm_profiles){.on = false};
    link->wants = 0;
}

/* Whether an OMM that restarts is dialled again soon, and not only after `retry_ms`. */
static bool restart_goes_on(struct mom_omm *link, bool set_sari)
{
    if (set_sari)
        link->restart_tries = MOM__OMM_RESTART_TRIES;
    else if (link->own_reason || link->accepted)
        link->restart_tries = 0;
    else if (link->restart_tries > 0)
        link->restart_tries--;
    return link->restart_tries > 0;
}

static void wait_for_retry(struct mom_omm *link, enum mom_omm_state state, struct mom_str text)
{
    bool set_sari = link->state == MOM_OMM_RESTARTING;
    int64_t wait = link->config.retry_ms;

    if (link->dial_at_once) {
        dial(link);
        return;
    }
    link->conn = MOM__CONN_WAITING;
    if (restart_goes_on(link, set_sari)) {
        state = MOM_OMM_RESTARTING;
        wait = link->config.restart_ms;
        link->text[0] = '\0';
    } else {
        wait += (int64_t)(mom__omm_random(&link->random) %
                          (uint64_t)(link->config.retry_jitter_ms + 1));
        if (link->own_reason)
            state = link->state;
        else
            mom__text_format(link->text, sizeof(link->text), "%v", mom__axi_str(text));
        if (state < MOM_OMM_UNREACHABLE)
            state = MOM_OMM_LOST;
        link->sari_was_set = false;
        if (!link->accepted && link->standby_address[0] != '\0')
            link->address ^= 1;
    }
    link->retry_at = link->now.mono_ms + wait;
    mom__omm_enter_state(link, state);
}

int mom_omm_closed(struct mom_omm *link, const struct mom_now *now, enum mom_omm_state state,
                   struct mom_str text, struct mom_batch *batch)
{
    begin_call(link, now, batch);
    if (link->conn == MOM__CONN_DOWN || link->conn == MOM__CONN_WAITING)
        return tell_down(link); /* what the last call had no memory for */
    forget(link);
    if (link->enabled)
        wait_for_retry(link, state, text);
    else
        link->conn = MOM__CONN_DOWN;
    return tell_down(link);
}

/* --- bytes, actions, time */

/* The answer that ends a paged read looks like an error and is none; nor is that to the reading of a CoA profile. */
static bool is_end_of_list(const struct axi_call *call, const struct axi_msg *msg)
{
    enum mom__purpose purpose = MOM__TAG_PURPOSE(call->tag);

    return (purpose == MOM__FOR_PAGE || purpose == MOM__FOR_PROFILE) &&
           axi_answer_code(msg) == AXI_V_ENoEnt;
}

static int take_answer(struct mom_omm *link, const struct axi_msg *msg)
{
    struct axi_call call;

    if (axi_calls_match(link->calls, msg, &call) != AXI_OK) {
        link->unknown_messages++; /* late, or nonsense */
        return MOM_OK;
    }
    link->answers++;
    if (axi_answer_code(msg) != AXI_V_NOTHING && !is_end_of_list(&call, msg))
        link->errors_answered++;
    switch (MOM__TAG_PURPOSE(call.tag)) {
    case MOM__FOR_STEP:
        return mom__omm_script_answer(link, (unsigned)MOM__TAG_REST(call.tag), msg);
    case MOM__FOR_PAGE:
        return mom__omm_import_answer(link, (uint32_t)MOM__TAG_REST(call.tag), msg);
    case MOM__FOR_JOB:
        return mom__omm_job_answer(link, MOM__TAG_REST(call.tag), msg);
    case MOM__FOR_PROFILE:
        return mom__omm_profiles_answer(link, (uint32_t)MOM__TAG_REST(call.tag), msg);
    case MOM__FOR_PING:
        mom__omm_clock_answer(link, msg);
        break;
    }
    return MOM_OK;
}

static int take_message(struct mom_omm *link, const struct axi_msg *msg)
{
    enum axi_type type = axi_msg_type(msg);

    if (type != AXI_T_NONE && axi_type_kind(type) == AXI_RESPONSE)
        return take_answer(link, msg);
    if (type != AXI_T_NONE && axi_type_kind(type) == AXI_EVENT)
        return mom__omm_event(link, msg);
    link->unknown_messages++;
    return MOM_OK;
}

static int end_by_parser(struct mom_omm *link, int code)
{
    const struct axi_parse_error *error = axi_parser_error(link->parser);
    char text[160];

    mom__text_format(text, sizeof(text), "%s at byte %d of a message",
                     error->text[0] ? error->text : axi_err_text(code), (int64_t)error->offset);
    return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR, text);
}

int mom_omm_received(struct mom_omm *link, const struct mom_now *now, const char *data, size_t len,
                     struct mom_batch *batch)
{
    begin_call(link, now, batch);
    while (mom__omm_is_open(link)) {
        struct axi_msg *msg = NULL;
        int rc;

        link->message_began = axi_parser_stats(link->parser).bytes;
        rc = axi_parser_next(link->parser, &data, &len, &msg);
        if (rc == AXI_ENOMEM)
            return MOM_ENOMEM;
        if (rc != AXI_OK)
            return end_by_parser(link, rc);
        if (msg == NULL)
            break;
        rc = take_message(link, msg);
        if (rc != MOM_OK)
            return rc;
    }
    return mom__omm_pump(link);
}

static int refuse(struct mom_omm *link, const struct mom_action *action)
{
    static const enum mom_omm_state states[] = {
        [MOM_REFUSED_PARK_TYPE] = MOM_OMM_PARK_MISMATCH,
        [MOM_REFUSED_PARK_DUPLICATE] = MOM_OMM_PARK_DUPLICATE,
        [MOM_REFUSED_PARK_CHANGED] = MOM_OMM_PARK_CHANGED,
        [MOM_REFUSED_PLATFORM] = MOM_OMM_PLATFORM,
    };
    enum mom_omm_state state = MOM_OMM_REJECTED;
    char text[160];

    if ((unsigned)action->reason < sizeof(states) / sizeof(states[0]) && states[action->reason])
        state = states[action->reason];
    mom__text_format(text, sizeof(text), "%v", mom__axi_str(action->text));
    return mom__omm_end(link, state, text);
}

int mom_omm_act(struct mom_omm *link, const struct mom_now *now, const struct mom_action *action,
                struct mom_batch *batch)
{
    int rc;

    begin_call(link, now, batch);
    if (!mom__omm_is_open(link))
        return MOM_OK; /* the engine was told DOWN, or is about to be */
    switch (action->kind) {
    case MOM_DO_ADMIT:
        return mom__omm_script_admit(link, action->park);
    case MOM_DO_REFUSE:
        return refuse(link, action);
    case MOM_DO_PUT:
    case MOM_DO_REMOVE:
    case MOM_DO_DEREGISTER:
    case MOM_DO_REGISTER:
    case MOM_DO_REJECT:
        if (link->state < MOM_OMM_PREPARING)
            return MOM_OK; /* meant for the conversation before this one */
        rc = mom__omm_job_start(link, action);
        return rc == MOM_OK ? mom__omm_pump(link) : rc;
    case MOM_DO_PROFILE:
        if (!link->profiles.on || action->local == 0 || action->local > MOM_PROFILES)
            return MOM_OK;
        rc = mom__omm_job_start(link, action);
        return rc == MOM_OK ? mom__omm_pump(link) : rc;
    case MOM_DO_LOGIN_RESULT:
        mom__dialect_login_result(link, action);
        return MOM_OK;
    default:
        return MOM_OK; /* for the host */
    }
}

static int end_unanswered(struct mom_omm *link, const struct axi_call *call)
{
    char text[160];

    if (MOM__TAG_PURPOSE(call->tag) == MOM__FOR_STEP && link->state == MOM_OMM_RESTARTING)
        return mom__omm_end(link, MOM_OMM_RESTARTING, "");
    mom__text_format(text, sizeof(text), "%s was not answered within %d s",
                     axi_type_name(call->request), link->config.answer_ms / 1000);
    return mom__omm_end(link, MOM_OMM_NO_ANSWER, text);
}

int mom_omm_timeout(struct mom_omm *link, const struct mom_now *now, struct mom_batch *batch)
{
    struct axi_call call;
    int rc = MOM_OK;

    begin_call(link, now, batch);
    if (link->conn == MOM__CONN_WAITING && now->mono_ms >= link->retry_at)
        dial(link);
    if (!mom__omm_is_open(link))
        return MOM_OK;
    while (axi_calls_expired(link->calls, now->mono_ms, &call)) {
        /* An OMM that does not know of CoA profiles may say nothing; one that is dead does not answer Ping either. */
        if (MOM__TAG_PURPOSE(call.tag) != MOM__FOR_PROFILE)
            return end_unanswered(link, &call);
        mom__omm_profiles_unanswered(link);
    }
    if (now->mono_ms >= link->close_at)
        return mom__omm_end(link, link->state, "");
    if (now->mono_ms >= link->ping_at && link->records.clock.asked)
        link->ping_at = now->mono_ms + link->config.ping_ms;
    else if (now->mono_ms >= link->ping_at && mom__omm_has_room(link))
        rc = mom__omm_clock_ask(link, MOM__TAG(MOM__FOR_PING, 0));
    return rc == MOM_OK ? mom__omm_pump(link) : rc;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t mom_omm_deadline(const struct mom_omm *link)
{
    bool room = mom__omm_is_roomy(link);

    if (link->conn == MOM__CONN_WAITING)
        return link->retry_at;
    if (!mom__omm_is_open(link))
        return MOM_NEVER;
    if (link->starved && room)
        return link->now.mono_ms; /* the host made room */
    return smaller(axi_calls_deadline(link->calls),
                   smaller(room ? link->ping_at : MOM_NEVER, link->close_at));
}

unsigned mom_omm_wants(struct mom_omm *link, unsigned *ret_address)
{
    unsigned wants = link->wants;

    link->wants = 0;
    if (ret_address != NULL)
        *ret_address = link->address;
    return wants;
}

/* --- questions */

void mom_omm_get_info(const struct mom_omm *link, struct mom_omm_info *ret_info)
{
    struct axi_parser_stats stats = axi_parser_stats(link->parser);

    memset(ret_info, 0, sizeof(*ret_info));
    ret_info->state = link->state;
    memcpy(ret_info->text, link->text, sizeof(ret_info->text));
    memcpy(ret_info->omm_version, link->omm_version, sizeof(ret_info->omm_version));
    memcpy(ret_info->standby_address, link->standby_address, sizeof(ret_info->standby_address));
    ret_info->protocol_version = link->protocol_version;
    ret_info->park = link->park;
    ret_info->sari = link->sari;
    ret_info->standby_known = link->standby_address[0] != '\0';
    ret_info->clock_offset_ms = link->records.clock.offset_ms;
    ret_info->clock_known = link->records.clock.known;
    ret_info->devices_total = link->devices_total;
    ret_info->users_total = link->users_total;
    ret_info->devices_read = link->devices_read;
    ret_info->users_read = link->users_read;
    ret_info->requests = link->requests;
    ret_info->answers = link->answers;
    ret_info->events = link->events;
    ret_info->errors_answered = link->errors_answered;
    ret_info->unknown_messages = link->unknown_messages;
    ret_info->parse_errors = stats.errors;
    ret_info->repaired = stats.repaired;
    ret_info->bytes_in = stats.bytes;
    ret_info->bytes_out = link->bytes_out;
    ret_info->secrets_unusable = link->secrets_unusable;
    ret_info->next_try_ms = link->conn == MOM__CONN_WAITING ? link->retry_at : MOM_NEVER;
}
