/*
 * Life cycle of a link to a vendor's remote: connection, timers, ending, and what the host asks. What is said in a
 * conversation is in the other files; see uds_impl.h.
 */
#include "uds_impl.h"

#include <string.h>

static const char *const state_names[] = {
#define NAME(id, name, text) name,
    MOM_UDS_STATES(NAME)
#undef NAME
};
static const char *const state_texts[] = {
#define TEXT(id, name, text) text,
    MOM_UDS_STATES(TEXT)
#undef TEXT
};

const char *mom_uds_state_name(enum mom_uds_state state)
{
    return (unsigned)state < MOM_UDS_STATE_COUNT ? state_names[state] : "?";
}

const char *mom_uds_state_text(enum mom_uds_state state)
{
    return (unsigned)state < MOM_UDS_STATE_COUNT ? state_texts[state] : "?";
}

/* --- small things ------------------------------------------------------------------------------- */

static void begin_call(struct mom_uds *link, const struct mom_now *now, struct mom_batch *batch)
{
    link->now = *now;
    link->batch = batch;
}

int mom__uds_input(struct mom_uds *link, const struct mom_input *input)
{
    struct mom_input copy = *input;

    copy.site = link->config.site;
    return mom_batch_add(link->batch, &copy) == MOM_OK ? MOM_OK : MOM_ENOMEM;
}

void mom__uds_log(struct mom_uds *link, enum mom_level level, const char *line)
{
    char text[320];

    if (link->config.log == NULL)
        return;
    mom__text_format(text, sizeof(text), "site %d: %s", (int64_t)link->config.site, line);
    link->config.log(link->config.user, level, text);
}

void mom__uds_enter_state(struct mom_uds *link, enum mom_uds_state state)
{
    char line[240];

    if (state == link->state)
        return;
    link->state = state;
    mom__text_format(line, sizeof(line), "%s%s%s", state_names[state],
                     link->text[0] != '\0' ? ": " : "", link->text);
    mom__uds_log(link, state < MOM_UDS_AUTH_FAILED ? MOM_LOG_INFO : MOM_LOG_WARNING, line);
}

int mom__uds_view(struct mom_uds *link, struct mom_view **ret_view)
{
    int rc = mom_view_open(link->config.engine, ret_view);

    if (rc == MOM_OK)
        return MOM_OK;
    *ret_view = NULL;
    return rc == MOM_ENOMEM ? rc : mom__uds_end(link, MOM_UDS_STORE_FAILED, mom_err_text(rc));
}

int mom__uds_view_done(struct mom_uds *link, struct mom_view *view, int rc)
{
    int failed = mom_view_error(view);

    mom_view_close(view);
    if (rc != MOM_OK || failed == MOM_OK)
        return rc;
    return failed == MOM_ENOMEM ? failed
                                : mom__uds_end(link, MOM_UDS_STORE_FAILED, mom_err_text(failed));
}

int mom__uds_send(struct mom_uds *link)
{
    /* AXI_EFULL: SLOW is due. Texts are as the parser or the engine checked them. */
    return axi_server_send(link->server) == AXI_ENOMEM ? MOM_ENOMEM : MOM_OK;
}

int mom__uds_publish(struct mom_uds *link)
{
    if (axi_msg_error(link->message) == AXI_ENOMEM)
        return MOM_ENOMEM;
    if (axi_msg_error(link->message) == AXI_OK && axi_server_publish(link->server, link->message))
        link->events++;
    return MOM_OK;
}

/* --- making and freeing ------------------------------------------------------------------------- */

static bool take_settings(struct mom_uds_config *config)
{
    bool good = true;

#define TAKE(name, value, why)                                                                     \
    good = good && config->name >= 0;                                                              \
    if (config->name == 0)                                                                         \
        config->name = (value);
    MOM_UDS_SETTINGS(TAKE)
#undef TAKE
    return good && config->writes <= 65536;
}

static bool makes_sense(const struct mom_uds_config *config)
{
    return config->engine != NULL && config->site != 0 && config->check_account != NULL &&
           mom_park_is_valid(config->park);
}

/* False: it is no key. */
static bool take_keys(struct mom_uds *link, const struct mom_uds_config *config)
{
    if (config->key.modulus.len > 0)
        mom__key_take(&link->records.key, config->key.modulus, config->key.exponent);
    if (config->key.modulus.len > 0 && !link->records.key.known)
        return false;
    if (link->remote_key == NULL)
        return true;
    mom__key_take(link->remote_key, config->remote_key.modulus, config->remote_key.exponent);
    return link->remote_key->known;
}

static bool make_parts(struct mom_uds *link, const struct mom_uds_config *config)
{
    link->message = axi_msg_new(&link->axi_alloc);
    link->writes =
        mom__omm_alloc(&link->alloc, NULL, (size_t)link->config.writes * sizeof(*link->writes));
    if (config->remote_key.modulus.len > 0) {
        link->remote_key = mom__omm_alloc(&link->alloc, NULL, sizeof(*link->remote_key));
        if (link->remote_key == NULL)
            return false;
    }
    return link->message != NULL && link->writes != NULL;
}

int mom_uds_new(const struct mom_uds_config *config, struct mom_uds **ret_link)
{
    struct mom_uds *link;
    struct mom_uds_config taken;
    int rc = MOM_OK;

    if (config == NULL || config->size != sizeof(*config) || !makes_sense(config))
        return MOM_EINVAL;
    taken = *config;
    if (!take_settings(&taken))
        return MOM_EINVAL;
    link = mom__omm_alloc(&config->alloc, NULL, sizeof(*link));
    if (link == NULL)
        return MOM_ENOMEM;
    memset(link, 0, sizeof(*link));
    link->alloc = config->alloc;
    link->axi_alloc =
        (struct axi_alloc){config->alloc.user, config->alloc.realloc, config->alloc.free};
    link->config = taken;
    link->config.key = link->config.remote_key = (struct axi_public_key){{NULL, 0}, {NULL, 0}};
    link->records.alloc = link->alloc;
    link->records.secrets = taken.secrets;
    link->records.opens = true;
    mom__records_init(&link->records);
    if (!make_parts(link, config))
        rc = MOM_ENOMEM;
    else if (!take_keys(link, config))
        rc = MOM_EINVAL;
    if (rc == MOM_OK)
        *ret_link = link;
    else
        mom_uds_free(link);
    return rc;
}

/* What belongs to the conversation. Bytes that came may hold a password. */
static void forget(struct mom_uds *link)
{
    axi_server_free(link->server);
    link->server = NULL;
    if (link->in.ptr != NULL)
        mom__omm_wipe(link->in.ptr, link->in.cap);
    mom__omm_free_by(&link->alloc, link->in.ptr);
    link->in.ptr = NULL;
    link->in.len = link->in.cap = link->in_at = 0;
    link->logging_in = link->feeding = link->subscribed = false;
    memset(&link->stalled, 0, sizeof(link->stalled));
    link->write_count = link->held_count = 0;
    link->wants = 0;
}

void mom_uds_free(struct mom_uds *link)
{
    struct mom_alloc alloc;

    if (link == NULL)
        return;
    alloc = link->alloc;
    forget(link);
    axi_msg_free(link->message);
    mom__records_done(&link->records);
    mom__omm_free_by(&alloc, link->remote_key);
    mom__omm_free_by(&alloc, link->writes);
    mom__omm_free_by(&alloc, link);
}

void mom_uds_set_version(struct mom_uds *link, int64_t protocol_version, struct mom_str omm_version)
{
    link->config.protocol_version = protocol_version;
    mom__text_format(link->omm_version, sizeof(link->omm_version), "%v", mom__axi_str(omm_version));
}

/* --- connecting and ending ---------------------------------------------------------------------- */

static int tell_down(struct mom_uds *link)
{
    struct mom_input input = {.kind = MOM_IN_DOWN};
    int rc;

    if (!link->told)
        return MOM_OK;
    rc = mom__uds_note_contact(link);
    if (rc == MOM_OK)
        rc = mom__uds_input(link, &input);
    if (rc == MOM_OK)
        link->told = false;
    return rc;
}

int mom__uds_end(struct mom_uds *link, enum mom_uds_state state, const char *text)
{
    int rc;

    if (!mom__uds_is_open(link))
        return MOM_OK;
    rc = tell_down(link); /* looks at the state */
    link->conn = MOM__UDS_CLOSING;
    link->wants |= MOM_UDS_WANT_CLOSE;
    link->own_reason = true;
    mom__text_format(link->text, sizeof(link->text), "%s", text);
    mom__uds_enter_state(link, state);
    return rc;
}

int mom_uds_enable(struct mom_uds *link, const struct mom_now *now, bool enabled,
                   struct mom_batch *batch)
{
    int rc = MOM_OK;

    begin_call(link, now, batch);
    link->enabled = enabled;
    if (!enabled && mom__uds_is_open(link))
        rc = mom__uds_end(link, MOM_UDS_DISABLED, "");
    if (enabled == (link->state == MOM_UDS_DISABLED)) {
        link->text[0] = '\0';
        mom__uds_enter_state(link, enabled ? MOM_UDS_WAITING : MOM_UDS_DISABLED);
    }
    return rc;
}

int mom_uds_opened(struct mom_uds *link, const struct mom_now *now, struct mom_batch *batch)
{
    struct axi_server_options options = {
        .parser = {.alloc = link->axi_alloc, .max_message = (size_t)link->config.max_message},
        .idle_ms = link->config.idle_ms,
        .max_output = (size_t)link->config.max_output,
        .max_file = 1};

    begin_call(link, now, batch);
    if (!link->enabled || link->conn != MOM__UDS_DOWN)
        return MOM_OK;
    link->server = axi_server_new(&options);
    if (link->server == NULL)
        return MOM_ENOMEM;
    link->conn = MOM__UDS_OPEN;
    link->own_reason = false;
    link->text[0] = '\0';
    link->login_at = now->mono_ms + link->config.login_ms;
    link->prepare_at = MOM_NEVER;
    link->records.clock = (struct axi_clock){0};
    link->protocol_version = 0;
    link->secrets_unusable = 0;
    memset(link->arriving, 0, sizeof(link->arriving));
    memset(link->totals, 0, sizeof(link->totals));
    memset(link->shown, 0, sizeof(link->shown));
    memset(link->read_all, 0, sizeof(link->read_all));
    mom__uds_enter_state(link, MOM_UDS_LOGIN);
    return MOM_OK;
}

int mom_uds_closed(struct mom_uds *link, const struct mom_now *now, struct mom_str text,
                   struct mom_batch *batch)
{
    int rc;

    begin_call(link, now, batch);
    rc = tell_down(link);
    if (link->conn == MOM__UDS_DOWN)
        return rc;
    forget(link);
    link->conn = MOM__UDS_DOWN;
    if (!link->own_reason && link->enabled) {
        mom__text_format(link->text, sizeof(link->text), "%v", mom__axi_str(text));
        mom__uds_enter_state(link, MOM_UDS_LOST);
    }
    return rc;
}

/* --- bytes, actions, time ----------------------------------------------------------------------- */

/* Into a new block, for the old one is wiped: it may hold a password. */
static int grow(struct mom_uds *link, size_t need)
{
    size_t left = link->in.len - link->in_at, cap = need < 4096 ? 4096 : 2 * need;
    char *grown = mom__omm_alloc(&link->alloc, NULL, cap);

    if (grown == NULL)
        return MOM_ENOMEM;
    if (left > 0)
        memcpy(grown, link->in.ptr + link->in_at, left);
    if (link->in.ptr != NULL)
        mom__omm_wipe(link->in.ptr, link->in.cap);
    mom__omm_free_by(&link->alloc, link->in.ptr);
    link->in.ptr = grown;
    link->in.cap = cap;
    link->in.len = left;
    link->in_at = 0;
    return MOM_OK;
}

static int keep(struct mom_uds *link, const char *data, size_t len)
{
    size_t left = link->in.len - link->in_at;

    if (left + len > (size_t)link->config.max_input)
        return mom__uds_end(link, MOM_UDS_PROTOCOL_ERROR, "it sends more than is taken");
    if (link->in.len + len > link->in.cap && left + len <= link->in.cap) {
        memmove(link->in.ptr, link->in.ptr + link->in_at, left);
        link->in.len = left;
        link->in_at = 0;
    } else if (link->in.len + len > link->in.cap && grow(link, left + len) != MOM_OK) {
        return MOM_ENOMEM;
    }
    memcpy(link->in.ptr + link->in.len, data, len);
    link->in.len += len;
    return MOM_OK;
}

int mom_uds_received(struct mom_uds *link, const struct mom_now *now, const char *data, size_t len,
                     struct mom_batch *batch)
{
    int rc = MOM_OK;

    begin_call(link, now, batch);
    if (!mom__uds_is_open(link))
        return MOM_OK;
    link->bytes_in += len;
    if (len > 0)
        rc = keep(link, data, len);
    return rc == MOM_OK ? mom__uds_pump(link) : rc;
}

int mom_uds_act(struct mom_uds *link, const struct mom_now *now, const struct mom_action *action,
                struct mom_batch *batch)
{
    bool ours = action->site == link->config.site;
    int rc;

    begin_call(link, now, batch);
    if (!mom__uds_is_open(link) || !link->told)
        return MOM_OK; /* the engine was told DOWN, or is about to be */
    if (action->kind == MOM_DO_CHANGED && action->change == MOM_MOVED && action->type == MOM_DEVICE)
        return mom__uds_moved(link, action->id);
    if (ours && action->kind == MOM_DO_ADMIT)
        return mom__uds_admit(link);
    if (ours && action->kind == MOM_DO_REFUSE)
        return mom__uds_turn_away(link, action);
    if (!ours || link->state < MOM_UDS_PREPARING)
        return MOM_OK; /* meant for the conversation before this one */
    /* What the engine made of a change is told after the answer to it. */
    rc = mom__uds_answer_writes(link);
    if (rc != MOM_OK || !mom__uds_is_open(link))
        return rc;
    switch (action->kind) {
    case MOM_DO_PUT:
        return mom__uds_put(link, action);
    case MOM_DO_REMOVE:
        return mom__uds_remove(link, action);
    case MOM_DO_DEREGISTER:
    case MOM_DO_REGISTER:
        return mom__uds_sip(link, action);
    case MOM_DO_PROFILE:
        return mom__uds_profile(link, action);
    default:
        return MOM_OK; /* for the host, or there is no message for it */
    }
}

static void end_preparation(struct mom_uds *link)
{
    struct mom_site_info info;

    if (!mom__uds_is_open(link) || link->state != MOM_UDS_PREPARING)
        return;
    if (mom_engine_site(link->config.engine, link->config.site, &info)) {
        link->totals[MOM_USER] = info.users;
        link->totals[MOM_DEVICE] = info.devices;
    }
    mom__uds_enter_state(link, MOM_UDS_READING);
}

int mom_uds_stepped(struct mom_uds *link, const struct mom_now *now, struct mom_batch *batch)
{
    int rc;

    begin_call(link, now, batch);
    if (!mom__uds_is_open(link))
        return MOM_OK;
    if (link->feeding)
        return mom__uds_feed(link);
    rc = mom__uds_answer_writes(link);
    if (mom__uds_is_complete(link))
        end_preparation(link);
    return rc == MOM_OK ? mom__uds_pump(link) : rc;
}

int mom_uds_timeout(struct mom_uds *link, const struct mom_now *now, struct mom_batch *batch)
{
    bool late = now->mono_ms >= link->prepare_at;
    int rc;

    begin_call(link, now, batch);
    if (!mom__uds_is_open(link))
        return MOM_OK;
    if (link->state < MOM_UDS_PREPARING && now->mono_ms >= link->login_at)
        return mom__uds_end(link, MOM_UDS_NO_ANSWER, "it did not log in");
    if (late && link->state == MOM_UDS_PREPARING && !link->feeding) {
        mom__uds_log(link, MOM_LOG_WARNING,
                     "it is shown lists to which something is still missing");
        end_preparation(link);
    }
    rc = mom__uds_settle(link, late);
    return rc == MOM_OK ? mom__uds_pump(link) : rc;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t mom_uds_deadline(const struct mom_uds *link)
{
    int64_t deadline;

    if (!mom__uds_is_open(link))
        return MOM_NEVER;
    if (mom__uds_can_go_on(link) || mom__uds_can_settle(link))
        return link->now.mono_ms;
    /* Who waits for its turn is not silent. */
    deadline = link->stalled.msg == NULL && !link->logging_in ? axi_server_deadline(link->server)
                                                              : MOM_NEVER;
    if (link->state < MOM_UDS_PREPARING)
        return smaller(deadline, link->login_at);
    /* Without room nothing is settled: the host sends first. */
    if ((link->state == MOM_UDS_PREPARING && !link->feeding) ||
        (link->held_count > 0 && mom__uds_has_room(link)))
        deadline = smaller(deadline, link->prepare_at);
    return deadline;
}

unsigned mom_uds_wants(struct mom_uds *link)
{
    unsigned wants = link->wants;

    link->wants = 0;
    return wants;
}

bool mom_uds_reads(const struct mom_uds *link)
{
    return mom__uds_is_open(link) &&
           link->in.len - link->in_at < (size_t)link->config.max_input / 2;
}

size_t mom_uds_output(const struct mom_uds *link, const char **ret_data)
{
    struct axi_str output = {NULL, 0};

    if (link->server != NULL)
        output = axi_server_output(link->server);
    *ret_data = output.ptr;
    return output.len;
}

void mom_uds_sent(struct mom_uds *link, size_t len)
{
    size_t waiting = mom__uds_waiting(link);

    if (link->server == NULL)
        return;
    link->bytes_out += len < waiting ? len : waiting;
    axi_server_sent(link->server, len);
}

/* --- questions ---------------------------------------------------------------------------------- */

bool mom_uds_is_open(const struct mom_uds *link)
{
    return link->conn != MOM__UDS_DOWN;
}

void mom_uds_get_info(const struct mom_uds *link, struct mom_uds_info *ret_info)
{
    memset(ret_info, 0, sizeof(*ret_info));
    ret_info->state = link->state;
    memcpy(ret_info->text, link->text, sizeof(ret_info->text));
    ret_info->protocol_version = link->protocol_version;
    ret_info->clock_offset_ms = link->records.clock.offset_ms;
    ret_info->clock_known = link->records.clock.known;
    ret_info->subscribed = link->subscribed;
    ret_info->devices_total = link->totals[MOM_DEVICE];
    ret_info->users_total = link->totals[MOM_USER];
    ret_info->devices_read = link->shown[MOM_DEVICE];
    ret_info->users_read = link->shown[MOM_USER];
    ret_info->requests = link->requests;
    ret_info->refused = link->refused;
    ret_info->events = link->events;
    ret_info->unknown_messages = link->unknown_messages;
    ret_info->uploads = link->uploads;
    ret_info->ignored = link->ignored;
    ret_info->collisions = link->collisions;
    ret_info->bytes_in = link->bytes_in;
    ret_info->bytes_out = link->bytes_out;
    ret_info->secrets_unusable = link->secrets_unusable;
}
