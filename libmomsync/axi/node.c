/*
 * Life cycle of a link between two of our nodes: connection, timers, ending and trying again, actions, and what the
 * host asks. The bytes are in the other files; see node_impl.h.
 */
#include "node_impl.h"

#include <string.h>

enum { NODE_FIRST = 0x01000000, NODE_LAST = 0x01ffffff };

static const char *const state_names[] = {
#define NAME(id, name, text) name,
    MOM_NODE_STATES(NAME)
#undef NAME
};
static const char *const state_texts[] = {
#define TEXT(id, name, text) text,
    MOM_NODE_STATES(TEXT)
#undef TEXT
};

const char *mom_node_state_name(enum mom_node_state state)
{
    return (unsigned)state < MOM_NODE_STATE_COUNT ? state_names[state] : "?";
}

const char *mom_node_state_text(enum mom_node_state state)
{
    return (unsigned)state < MOM_NODE_STATE_COUNT ? state_texts[state] : "?";
}

/* --- small things ----------------------------------------------------------------------------------- */

static void begin_call(struct mom_node *link, const struct mom_now *now, struct mom_batch *batch)
{
    link->now = *now;
    link->batch = batch;
}

static int tell(struct mom_node *link, enum mom_input_kind kind)
{
    struct mom_input input = {.kind = kind, .node = link->neighbour};

    input.yes = kind == MOM_IN_NODE_UP && link->config.role == MOM_NODE_CENTRAL;
    return mom_batch_add(link->batch, &input) == MOM_OK ? MOM_OK : MOM_ENOMEM;
}

static int tell_down(struct mom_node *link)
{
    int rc;

    if (!link->told)
        return MOM_OK;
    rc = tell(link, MOM_IN_NODE_DOWN);
    if (rc == MOM_OK)
        link->told = false;
    return rc;
}

void mom__node_log(struct mom_node *link, enum mom_level level, const char *line)
{
    char text[320];

    if (link->config.log == NULL)
        return;
    if (link->neighbour != 0)
        mom__text_format(text, sizeof(text), "node %d: %s", (int64_t)link->neighbour, line);
    else
        mom__text_format(text, sizeof(text), "node: %s", line);
    link->config.log(link->config.user, level, text);
}

void mom__node_enter_state(struct mom_node *link, enum mom_node_state state)
{
    char line[240];

    if (state == link->state)
        return;
    link->state = state;
    mom__text_format(line, sizeof(line), "%s%s%s", state_names[state],
                     link->text[0] != '\0' ? ": " : "", link->text);
    mom__node_log(link, state < MOM_NODE_UNREACHABLE ? MOM_LOG_INFO : MOM_LOG_WARNING, line);
}

/* --- making and freeing */

static bool take_settings(struct mom_node_config *config)
{
    bool good = true;

#define TAKE(name, value, why)                                                                     \
    good = good && config->name >= 0 && config->name <= INT32_MAX;                                 \
    if (config->name == 0)                                                                         \
        config->name = (value);
    MOM_NODE_SETTINGS(TAKE)
#undef TAKE
    return good && config->max_output >= MOM_NODE_MESSAGE_MAX + MOM__FRAME_HEAD_MAX;
}

static bool is_node(uint32_t number)
{
    return number >= NODE_FIRST && number <= NODE_LAST;
}

static bool makes_sense(const struct mom_node_config *config)
{
    if (config == NULL || config->size != sizeof(*config) || !is_node(config->node))
        return false;
    if (config->role == MOM_NODE_REMOTE)
        return config->check_account != NULL && config->know_node != NULL && config->neighbour == 0;
    return config->role == MOM_NODE_CENTRAL && is_node(config->neighbour) &&
           config->neighbour != config->node && config->username.ptr != NULL &&
           config->password.ptr != NULL;
}

int mom_node_new(const struct mom_node_config *config, struct mom_node **ret_link)
{
    struct mom_node *link;
    struct mom_node_config taken;

    if (!makes_sense(config))
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
    link->config = taken;
    link->config.username = link->config.password = (struct mom_str){NULL, 0};
    link->random = config->seed;
    link->neighbour = config->neighbour;
    link->goodbye = -1;
    link->up_at = MOM_NEVER;
    link->next_wait = taken.first_retry_ms;
    (void)mom__account_take(&link->account, config->username, config->password);
    *ret_link = link;
    return MOM_OK;
}

void mom_node_free(struct mom_node *link)
{
    struct mom_alloc alloc;

    if (link == NULL)
        return;
    alloc = link->alloc;
    mom__node_drop_greeting(link);
    mom__node_drop_frame(link);
    mom__node_drop_output(link);
    mom__omm_wipe(link, sizeof(*link));
    mom__omm_free_by(&alloc, link);
}

int mom_node_set_account(struct mom_node *link, struct mom_str username, struct mom_str password)
{
    if (link->config.role != MOM_NODE_CENTRAL || username.ptr == NULL || password.ptr == NULL)
        return MOM_EINVAL;
    return mom__account_take(&link->account, username, password) ? MOM_OK : MOM_EINVAL;
}

/* --- connecting and ending */

/* Who is called has nothing to do until somebody comes. */
static void dial(struct mom_node *link)
{
    link->own_reason = false;
    link->dial_at_once = false;
    link->text[0] = '\0';
    if (link->config.role == MOM_NODE_REMOTE) {
        link->conn = MOM__NODE_DOWN;
        mom__node_enter_state(link, MOM_NODE_WAITING);
        return;
    }
    link->conn = MOM__NODE_DIALING;
    link->wants |= MOM_NODE_WANT_CONNECT;
    mom__node_enter_state(link, MOM_NODE_CONNECTING);
}

int mom__node_end(struct mom_node *link, enum mom_node_state state, const char *text)
{
    link->conn = MOM__NODE_CLOSING;
    link->wants |= MOM_NODE_WANT_CLOSE;
    link->own_reason = true;
    mom__text_format(link->text, sizeof(link->text), "%s", text);
    mom__node_enter_state(link, state);
    return tell_down(link);
}

int mom__node_tell_up(struct mom_node *link)
{
    int rc = link->told ? MOM_OK : tell(link, MOM_IN_NODE_UP);

    link->told = rc == MOM_OK;
    return rc;
}

int mom__node_agreed(struct mom_node *link)
{
    int rc;

    link->conn = MOM__NODE_FRAMES;
    link->heard_at = link->now.mono_ms;
    link->ping_at = link->now.mono_ms + link->config.ping_ms;
    rc = mom__node_tell_up(link);
    if (rc != MOM_OK)
        return rc;
    link->knows = link->config.role == MOM_NODE_CENTRAL;
    link->up_at = link->now.mono_ms;
    mom__node_enter_state(link, MOM_NODE_UP);
    return MOM_OK;
}

/* What the engine says is carried: from the agreement on, and behind a login that was not answered yet. */
static bool carries(const struct mom_node *link)
{
    return link->conn == MOM__NODE_FRAMES || (link->conn == MOM__NODE_SHORT && link->told);
}

static int disable(struct mom_node *link)
{
    int rc = MOM_OK;

    if (carries(link)) {
        rc = mom__node_part(link, MOM_NODE_DISABLED, MOM_NODE_BYE_STOPPED, "switched off");
    } else if (link->conn == MOM__NODE_DIALING && (link->wants & MOM_NODE_WANT_CONNECT) != 0) {
        link->wants = 0; /* the host has not seen it yet */
        link->conn = MOM__NODE_DOWN;
    } else if (link->conn == MOM__NODE_PAUSE) {
        link->conn = MOM__NODE_DOWN;
    } else if (link->conn != MOM__NODE_DOWN && link->conn != MOM__NODE_CLOSING) {
        rc = mom__node_end(link, MOM_NODE_DISABLED, "");
    }
    link->text[0] = '\0';
    mom__node_enter_state(link, MOM_NODE_DISABLED);
    return rc;
}

int mom_node_enable(struct mom_node *link, const struct mom_now *now, bool enabled,
                    struct mom_batch *batch)
{
    begin_call(link, now, batch);
    link->enabled = enabled;
    if (!enabled)
        return disable(link);
    if (link->conn == MOM__NODE_CLOSING)
        link->dial_at_once = true;
    else if (link->conn == MOM__NODE_DOWN || link->conn == MOM__NODE_PAUSE)
        dial(link);
    return MOM_OK;
}

int mom_node_set_omm(struct mom_node *link, const struct mom_now *now, int64_t version,
                     enum mom_platform platform, struct mom_batch *batch)
{
    char text[160];

    begin_call(link, now, batch);
    link->config.protocol_version = version;
    link->omm_platform = platform;
    if (link->conn != MOM__NODE_FRAMES || !mom__node_differs(version, link->protocol_version))
        return MOM_OK;
    mom__text_format(text, sizeof(text), "it speaks version %d, we speak %d",
                     link->protocol_version, version);
    return mom__node_end(link, MOM_NODE_VERSION_MISMATCH, text);
}

/* Forget what belonged to the conversation. */
static void forget(struct mom_node *link)
{
    mom__node_drop_greeting(link);
    mom__node_drop_frame(link);
    mom__node_drop_output(link);
    link->wants = 0;
}

int mom_node_opened(struct mom_node *link, const struct mom_now *now, struct mom_batch *batch)
{
    bool caller = link->config.role == MOM_NODE_CENTRAL;

    begin_call(link, now, batch);
    if (!link->enabled || link->conn != (caller ? MOM__NODE_DIALING : MOM__NODE_DOWN))
        return MOM_OK;
    forget(link);
    link->conn = MOM__NODE_GREETING;
    link->own_reason = false;
    link->text[0] = '\0';
    link->goodbye = -1;
    link->protocol_version = 0;
    link->platform = MOM_PLATFORM_UNKNOWN;
    link->carriage = 0;
    link->shortly = link->unanswered = false;
    link->neighbour = link->config.neighbour;
    link->claimed = 0;
    link->login_at = now->mono_ms + link->config.login_ms;
    mom__node_enter_state(link, MOM_NODE_LOGIN);
    if (!caller)
        return MOM_OK;
    return link->knows ? mom__node_login(link) : mom__node_greet(link);
}

static int64_t at_most(int64_t ms, int64_t limit)
{
    return ms < limit ? ms : limit;
}

/* The line or the other side is gone or not ready, which may pass in a moment; all else needs a person first. */
static bool may_pass(const struct mom_node *link)
{
    switch (link->state) {
    case MOM_NODE_UNREACHABLE:
    case MOM_NODE_REFUSED:
    case MOM_NODE_NO_ANSWER:
    case MOM_NODE_SILENT:
    case MOM_NODE_LOST:
        return true;
    case MOM_NODE_GOODBYE:
        return link->goodbye == MOM_NODE_BYE_STOPPED;
    default:
        return false;
    }
}

/* One that breaks as soon as it is up has failed, too. */
static int64_t next_wait(struct mom_node *link)
{
    int64_t wait = link->config.retry_ms;

    if (link->now.mono_ms - link->up_at >= link->next_wait)
        link->next_wait = link->config.first_retry_ms;
    link->up_at = MOM_NEVER;
    if (may_pass(link)) {
        wait = at_most(link->next_wait, wait);
        link->next_wait = 2 * wait;
    }
    return wait;
}

static void wait_for_retry(struct mom_node *link, enum mom_node_state state, struct mom_str text)
{
    int64_t wait, jitter;

    if (link->dial_at_once) {
        dial(link);
        return;
    }
    link->conn = link->config.role == MOM_NODE_CENTRAL ? MOM__NODE_PAUSE : MOM__NODE_DOWN;
    if (!link->own_reason) {
        if (state < MOM_NODE_UNREACHABLE || state >= MOM_NODE_STATE_COUNT)
            state = MOM_NODE_LOST;
        mom__text_format(link->text, sizeof(link->text), "%v", mom__axi_str(text));
        mom__node_enter_state(link, state);
    }
    wait = next_wait(link);
    jitter = at_most(link->config.retry_jitter_ms, wait / 2);
    wait += (int64_t)(mom__omm_random(&link->random) % ((uint64_t)jitter + 1));
    link->retry_at = link->now.mono_ms + wait;
}

int mom_node_closed(struct mom_node *link, const struct mom_now *now, enum mom_node_state state,
                    struct mom_str text, struct mom_batch *batch)
{
    begin_call(link, now, batch);
    if (link->conn == MOM__NODE_DOWN || link->conn == MOM__NODE_PAUSE)
        return tell_down(link); /* what the last call had no memory for */
    forget(link);
    if (link->unanswered) {
        /* Whoever is there may not know the short login: the long one says who it is, and is tried at once. */
        link->unanswered = link->knows = false;
        link->dial_at_once = link->enabled;
    }
    if (link->enabled)
        wait_for_retry(link, state, text);
    else
        link->conn = MOM__NODE_DOWN;
    return tell_down(link);
}

/* --- bytes, actions, time */

int mom_node_received(struct mom_node *link, const struct mom_now *now, const char *data,
                      size_t len, struct mom_batch *batch)
{
    int rc = MOM_OK;

    begin_call(link, now, batch);
    if (mom__node_is_open(link))
        link->bytes_in += len;
    if (link->conn == MOM__NODE_GREETING && link->config.role == MOM_NODE_REMOTE &&
        link->greeting_len == 0 && len > 0 && *data == MOM__FRAME_LOGIN)
        link->conn = MOM__NODE_SHORT;
    while (rc == MOM_OK && len > 0 && mom__node_is_open(link)) {
        if (link->conn == MOM__NODE_GREETING)
            rc = mom__node_greeting(link, &data, &len);
        else
            rc = mom__node_frame(link, &data, &len);
    }
    return rc;
}

static int send_message(struct mom_node *link, struct mom_str message)
{
    char text[160];
    int rc;

    if (message.len == 0 || message.len > MOM_NODE_MESSAGE_MAX)
        return MOM_OK; /* no engine makes one */
    if (mom__node_waiting(link) + MOM__FRAME_HEAD_MAX + message.len >
        (size_t)link->config.max_output) {
        /* There is no use in a goodbye to somebody who does not read. */
        mom__node_drop_output(link);
        mom__text_format(text, sizeof(text), "more than %d bytes wait", link->config.max_output);
        return mom__node_end(link, MOM_NODE_SLOW, text);
    }
    rc = mom__node_put_frame(link, MOM__FRAME_MESSAGE, message);
    link->messages_out += rc == MOM_OK;
    return rc;
}

int mom_node_act(struct mom_node *link, const struct mom_now *now, const struct mom_action *action,
                 struct mom_batch *batch)
{
    char text[160];

    begin_call(link, now, batch);
    if (!carries(link) || action->node != link->neighbour)
        return MOM_OK; /* the engine was told NODE_DOWN, or is about to be */
    if (action->kind == MOM_DO_NODE_BYTES)
        return send_message(link, action->text);
    if (action->kind != MOM_DO_NODE_CLOSE)
        return MOM_OK;
    mom__text_format(text, sizeof(text), "%v", mom__axi_str(action->text));
    return mom__node_part(link, MOM_NODE_CLOSED, (int)action->reason, text);
}

static int64_t silent_at(const struct mom_node *link)
{
    return link->heard_at + MOM__NODE_INTERVALS * link->config.ping_ms;
}

int mom_node_timeout(struct mom_node *link, const struct mom_now *now, struct mom_batch *batch)
{
    char text[160];

    begin_call(link, now, batch);
    if (link->conn == MOM__NODE_PAUSE && now->mono_ms >= link->retry_at)
        dial(link);
    if ((link->conn == MOM__NODE_GREETING || link->conn == MOM__NODE_SHORT) &&
        now->mono_ms >= link->login_at) {
        mom__text_format(text, sizeof(text), "no login within %d s", link->config.login_ms / 1000);
        return mom__node_end(link, MOM_NODE_NO_ANSWER, text);
    }
    if (link->conn != MOM__NODE_FRAMES)
        return MOM_OK;
    if (now->mono_ms >= silent_at(link)) {
        mom__text_format(text, sizeof(text), "nothing came for %d s",
                         MOM__NODE_INTERVALS * link->config.ping_ms / 1000);
        if (mom__node_waiting(link) == 0)
            return mom__node_part(link, MOM_NODE_SILENT, MOM_NODE_BYE_SILENT, text);
        /* Nobody reads it; and a goodbye in the middle of a frame would be none. */
        mom__node_drop_output(link);
        return mom__node_end(link, MOM_NODE_SILENT, text);
    }
    if (now->mono_ms < link->ping_at)
        return MOM_OK;
    link->ping_at = now->mono_ms + link->config.ping_ms;
    return mom__node_put_frame(link, MOM__FRAME_PING, (struct mom_str){NULL, 0});
}

int64_t mom_node_deadline(const struct mom_node *link)
{
    switch (link->conn) {
    case MOM__NODE_PAUSE:
        return link->retry_at;
    case MOM__NODE_GREETING:
    case MOM__NODE_SHORT:
        return link->login_at;
    case MOM__NODE_FRAMES:
        return link->ping_at < silent_at(link) ? link->ping_at : silent_at(link);
    default:
        return MOM_NEVER;
    }
}

unsigned mom_node_wants(struct mom_node *link)
{
    unsigned wants = link->wants;

    link->wants = 0;
    return wants;
}

/* --- questions */

void mom_node_get_info(const struct mom_node *link, struct mom_node_info *ret_info)
{
    memset(ret_info, 0, sizeof(*ret_info));
    ret_info->state = link->state;
    memcpy(ret_info->text, link->text, sizeof(ret_info->text));
    ret_info->neighbour = link->neighbour;
    ret_info->claimed = link->claimed;
    ret_info->protocol_version = link->protocol_version;
    ret_info->platform = link->platform;
    ret_info->carriage = link->carriage;
    ret_info->goodbye = link->goodbye;
    ret_info->short_login = link->shortly;
    ret_info->waiting = mom__node_waiting(link);
    ret_info->messages_in = link->messages_in;
    ret_info->messages_out = link->messages_out;
    ret_info->bytes_in = link->bytes_in;
    ret_info->bytes_out = link->bytes_out;
    ret_info->next_try_ms = link->conn == MOM__NODE_PAUSE ? link->retry_at : MOM_NEVER;
}
