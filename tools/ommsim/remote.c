/*
 * A site as remote of a central OMM: the connection, from the login to the lists, and again after a while when it ends.
 */
#include "remote.h"

#include <stdlib.h>
#include <string.h>

enum { NUMBERS_MAX = 1 << 22 };

static const char *const states[] = {"waiting",     "connecting", "login",
                                     "identifying", "reading",    "synchronised"};

static void run(struct sim_remote *remote, const char *data, size_t len);

/* --- numbers of the central OMM ------------------------------------------------------------------------ */

struct sim_rec *remote_find(struct sim_remote *remote, enum sim_kind kind, int64_t number)
{
    const struct remote_numbers *numbers = &remote->numbers[kind];
    if (number <= 0 || number >= (int64_t)numbers->count || numbers->local[number] == 0)
        return NULL;
    struct sim_rec *rec = sim_find(remote->site, kind, numbers->local[number]);
    bool same = rec != NULL && sim_rec_int(rec, remote_second_slot(kind)) == number;
    return same ? rec : NULL;
}

void remote_number(struct sim_remote *remote, struct sim_rec *rec, int64_t number)
{
    struct remote_numbers *numbers = &remote->numbers[rec->kind];
    if (number <= 0 || number >= NUMBERS_MAX)
        return;
    if (number >= (int64_t)numbers->count) {
        size_t count = 2 * (size_t)number + 64;
        int64_t *local = realloc(numbers->local, count * sizeof *local);
        if (local == NULL)
            return;
        memset(local + numbers->count, 0, (count - numbers->count) * sizeof *local);
        numbers->local = local;
        numbers->count = count;
    }
    numbers->local[number] = rec->id;
    if (sim_rec_int(rec, remote_second_slot(rec->kind)) != number)
        sim_rec_put_int(rec, remote_second_slot(rec->kind), number);
}

/* --- sending ------------------------------------------------------------------------------------------- */

static struct axi_time remote_now(const struct sim_remote *remote)
{
    return (struct axi_time){com_now_ms(), com_wall_ms() + 1000 * remote->site->clock_offset_s};
}

bool remote_request(struct sim_remote *remote, enum remote_tag tag, int64_t id)
{
    uint64_t value = (uint64_t)tag << 56 | (uint64_t)id;
    return axi_client_request(remote->client, remote->request, value, 0, remote_now(remote)) ==
           AXI_OK;
}

static void output(struct sim_remote *remote)
{
    while (remote->conn != NULL) {
        struct axi_str bytes = axi_client_output(remote->client);
        if (bytes.len == 0 || com_conn_write(remote->conn, bytes.ptr, bytes.len) < 0)
            return;
        axi_client_sent(remote->client, bytes.len);
    }
}

static void arm(struct sim_remote *remote)
{
    int64_t deadline = axi_client_deadline(remote->client);
    if (deadline == INT64_MAX) {
        com_timer_stop(remote->timer);
        return;
    }
    int64_t left = deadline - com_now_ms();
    com_timer_start(remote->timer, left > 0 ? left : 0, 0);
}

static void give_up(struct sim_remote *remote, const char *why, const char *detail)
{
    snprintf(remote->why, sizeof remote->why, "%s%s%s", why, detail[0] != '\0' ? ": " : "", detail);
    if (remote->conn != NULL)
        com_conn_close(remote->conn);
}

/* --- the conversation ---------------------------------------------------------------------------------- */

static void subscribe(struct sim_remote *remote)
{
    struct axi_subscription devices = {
        .event = AXI_V_PPDevCnf, .on = true, .filter = AXI_BY_PPN, .item = -1};
    struct axi_subscription users = {
        .event = AXI_V_PPUserCnf, .on = true, .filter = AXI_BY_UID, .item = -1};
    struct axi_subscription settings = {.event = AXI_V_SystemCnf, .on = true};
    if (axi_client_subscribe(remote->client, &devices, remote_now(remote)) != AXI_OK ||
        axi_client_subscribe(remote->client, &users, remote_now(remote)) != AXI_OK ||
        axi_client_subscribe(remote->client, &settings, remote_now(remote)) != AXI_OK)
        give_up(remote, "out of memory", "");
}

static void read_list(struct sim_remote *remote, enum sim_kind kind)
{
    int rc = axi_client_read(remote->client, kind == SIM_DEV ? AXI_T_GetPPDev : AXI_T_GetPPUser, 0,
                             (uint64_t)(kind == SIM_DEV ? TAG_DEVICES : TAG_USERS) << 56,
                             remote_now(remote));
    if (rc != AXI_OK)
        give_up(remote, "a list cannot be read", axi_err_text(rc));
}

static void opened(struct sim_remote *remote)
{
    remote->state = REMOTE_IDENTIFYING;
    remote->why[0] = '\0';
    axi_msg_start(remote->request, AXI_T_GetSARI);
    /* Ping tells our clock. */
    if (axi_client_ping(remote->client, remote_now(remote)) != AXI_OK ||
        !remote_request(remote, TAG_SARI, 0))
        give_up(remote, "out of memory", "");
}

/* The SARI of the system is taken over, and the OMM restarts with it, as after SetSARI. */
static void take_sari(struct sim_remote *remote, const struct axi_msg *answer)
{
    struct axi_str sari = axi_get_str(axi_msg_root(answer), AXI_A_sari);
    struct sim_site *site = remote->site;
    char text[SIM_PARK_SIZE];
    snprintf(text, sizeof text, "%.*s", (int)sari.len, sari.ptr != NULL ? sari.ptr : "");
    if (!sim_park_valid(text) || strcmp(text, SIM_NO_SARI) == 0) {
        give_up(remote, "the central OMM has no SARI", text);
        return;
    }
    if (strcmp(text, site->sari) != 0) {
        snprintf(site->sari, sizeof site->sari, "%s", text);
        remote->restart = true;
        give_up(remote, "the SARI was taken over", text);
        return;
    }
    remote->state = REMOTE_READING;
    subscribe(remote);
    read_list(remote, SIM_DEV);
}

static void list_ended(struct sim_remote *remote, const struct axi_client_event *event)
{
    if (event->code != AXI_V_NOTHING) {
        give_up(remote, "a list was refused", axi_value_text(event->code));
    } else if (event->tag >> 56 == TAG_DEVICES) {
        read_list(remote, SIM_USER);
    } else {
        remote->state = REMOTE_SYNCED;
        remote->synced_ms = com_wall_ms();
        com_info("site %d is synchronised", remote->site->number);
        remote_upload_start(remote);
        remote_profiles_start(remote);
    }
}

static void take_records(struct sim_remote *remote, const struct axi_client_event *event)
{
    enum sim_kind kind = event->tag >> 56 == TAG_DEVICES ? SIM_DEV : SIM_USER;
    const struct axi_elem *elem = axi_first_child(axi_msg_root(event->msg), event->element);
    for (; elem != NULL; elem = axi_next_sibling(elem, event->element))
        remote_merge(remote, kind, elem, false);
}

static void take_answer(struct sim_remote *remote, const struct axi_client_event *event)
{
    int64_t id = (int64_t)(event->tag & (UINT64_MAX >> 8));
    switch ((enum remote_tag)(event->tag >> 56)) {
    case TAG_SARI:
        if (event->code != AXI_V_NOTHING)
            give_up(remote, "GetSARI was refused", axi_value_text(event->code));
        else
            take_sari(remote, event->msg);
        break;
    case TAG_DEV:
        remote_uploaded(remote, SIM_DEV, id, event);
        break;
    case TAG_USER:
        remote_uploaded(remote, SIM_USER, id, event);
        break;
    case TAG_PROFILE:
        remote_profile_read(remote, id, event);
        break;
    case TAG_PROFILE_SET:
        remote_profile_set(remote, id, event);
        break;
    case TAG_DELETE:
    case TAG_DEVICES:
    case TAG_USERS:
        break;
    }
}

static void take(struct sim_remote *remote, const struct axi_client_event *event)
{
    switch (event->kind) {
    case AXI_CLIENT_OPENED:
        opened(remote);
        break;
    case AXI_CLIENT_REFUSED:
        give_up(remote, "the login was refused", axi_value_text(event->code));
        break;
    case AXI_CLIENT_ANSWER:
        take_answer(remote, event);
        break;
    case AXI_CLIENT_TIMED_OUT:
        give_up(remote, "no answer", "");
        break;
    case AXI_CLIENT_RECORDS:
        take_records(remote, event);
        break;
    case AXI_CLIENT_READ_END:
        list_ended(remote, event);
        break;
    case AXI_CLIENT_NOTICE:
        remote_event(remote, event->msg);
        break;
    case AXI_CLIENT_BROKEN:
        give_up(remote, "what came is no AXI", axi_client_parse_error(remote->client)->text);
        break;
    default:
        break;
    }
}

static void run(struct sim_remote *remote, const char *data, size_t len)
{
    struct axi_client_event event;
    while (remote->conn != NULL &&
           axi_client_next(remote->client, remote_now(remote), &data, &len, &event))
        take(remote, &event);
    if (remote->state == REMOTE_SYNCED)
        remote_upload(remote);
    output(remote);
    arm(remote);
}

/* --- connection ---------------------------------------------------------------------------------------- */

static void on_open(struct com_conn *conn)
{
    struct sim_remote *remote = com_conn_user(conn);
    const struct sim_options *options = remote->site->world->options;
    struct sim_account account = sim_remote_account(options, remote->site->number);
    struct axi_login login = {.username = {account.username, strlen(account.username)},
                              .password = {account.password, strlen(account.password)},
                              .sync = true,
                              .protocol_version = sim_site_protocol(remote->site)};
    remote->state = REMOTE_LOGIN;
    if (axi_client_open(remote->client, &login, remote_now(remote)) != AXI_OK)
        give_up(remote, "out of memory", "");
    run(remote, "", 0);
}

static void on_data(struct com_conn *conn, const uint8_t *bytes, size_t len)
{
    run(com_conn_user(conn), (const char *)bytes, len);
}

static void on_close(struct com_conn *conn, enum com_close_code code, const char *reason)
{
    struct sim_remote *remote = com_conn_user(conn);
    remote->conn = NULL;
    if (remote->why[0] == '\0')
        snprintf(remote->why, sizeof remote->why, "%s: %s", com_close_name(code), reason);
    com_info("site %d: its central OMM: %s", remote->site->number, remote->why);
    remote->state = REMOTE_WAITING;
    axi_client_reset(remote->client);
    if (remote->timer == NULL)
        return; /* the program ends */
    com_timer_stop(remote->timer);
    if (remote->restart) {
        remote->restart = false;
        sim_site_restart(remote->site, remote->site->world->options->restart_ms);
    } else if (!remote->stopped) {
        com_timer_start(remote->timer, remote->site->world->options->uds_retry_ms, 0);
    }
}

static const struct com_conn_ops ops = {
    .on_open = on_open, .on_data = on_data, .on_close = on_close};

static void dial(struct sim_remote *remote)
{
    const struct sim_options *options = remote->site->world->options;
    struct com_conn_options to = {
        .host = options->uds_host, .port = options->uds_port, .tls = remote->site->world->uds_tls};
    remote->state = REMOTE_CONNECTING;
    remote->conn = com_conn_connect(remote->site->world->loop, &to, &ops, remote);
    if (remote->conn == NULL)
        com_timer_start(remote->timer, options->uds_retry_ms, 0);
}

static void on_timer(void *user)
{
    struct sim_remote *remote = user;
    if (remote->conn == NULL && !remote->stopped)
        dial(remote);
    else if (remote->conn != NULL)
        run(remote, "", 0);
}

/* --- renewing without a word from the former OMM --------------------------------------------------------- */

/* Nobody confirmed: the registration is renewed all the same (UDS guide 2.1.4.2). */
static void on_renew(void *user)
{
    struct sim_remote *remote = user;
    struct sim_site *site = remote->site;
    int64_t now = sim_site_now(site);
    bool more = false;
    for (size_t i = 0; i < site->recs[SIM_DEV].count; i++) {
        struct sim_rec *dev = site->recs[SIM_DEV].at[i];
        if (strcmp(dev->val[D_ommId], site->omm_id) != 0 ||
            strcmp(dev->val[D_roaming], SIM_ROAMING) != 0)
            continue;
        if (now - sim_rec_int(dev, D_timeStampRoaming) < REMOTE_RENEW_MS / 1000) {
            more = true;
            continue;
        }
        sim_remote_renew(dev);
    }
    sim_events_flush(site);
    if (more)
        com_timer_start(remote->renew_timer, 1000, 0);
}

void sim_remote_renew(struct sim_rec *dev)
{
    struct sim_rec *user = sim_user_of(dev);
    sim_rec_change(dev, D_ommIdAck, dev->site->omm_id);
    sim_rec_change(dev, D_roaming, SIM_ROAMED);
    if (user != NULL)
        sim_sip_register(user);
}

void sim_remote_roams(struct sim_rec *dev)
{
    struct sim_site *site = dev->site;
    char former[SIM_OMM_ID_SIZE];
    if (strcmp(dev->val[D_ommId], site->omm_id) == 0)
        return; /* it is ours already */
    snprintf(former, sizeof former, "%s", dev->val[D_ommId]);
    sim_rec_change(dev, D_ommIdAck, former);
    sim_rec_change(dev, D_ommId, site->omm_id);
    sim_rec_change(dev, D_roaming, SIM_ROAMING);
    com_timer_start(site->remote->renew_timer, 1000, 0);
}

/* --- life ---------------------------------------------------------------------------------------------- */

bool sim_remote_new(struct sim_site *site)
{
    struct axi_client_options options = {
        .window = REMOTE_WINDOW, .queue = 1024, .pages = REMOTE_PAGES, .timeout_ms = 60000};
    struct sim_remote *remote = calloc(1, sizeof *remote);
    if (remote == NULL)
        return false;
    site->remote = remote;
    remote->site = site;
    remote->stopped = true;
    remote->client = axi_client_new(&options);
    remote->request = axi_msg_new(NULL);
    remote->timer = com_timer_new(site->world->loop, on_timer, remote);
    remote->renew_timer = com_timer_new(site->world->loop, on_renew, remote);
    return remote->client != NULL && remote->request != NULL && remote->timer != NULL &&
           remote->renew_timer != NULL;
}

void sim_remote_start(struct sim_site *site)
{
    struct sim_remote *remote = site->remote;
    if (remote == NULL || !remote->stopped)
        return;
    remote->stopped = false;
    com_timer_start(remote->timer, 0, 0);
}

void sim_remote_stop(struct sim_site *site)
{
    struct sim_remote *remote = site->remote;
    if (remote == NULL || remote->stopped)
        return;
    remote->stopped = true;
    com_timer_stop(remote->timer);
    if (remote->conn != NULL)
        com_conn_abort(remote->conn);
}

void sim_remote_end(struct sim_site *site)
{
    if (site->remote == NULL)
        return;
    com_timer_free(site->remote->timer);
    com_timer_free(site->remote->renew_timer);
    site->remote->timer = site->remote->renew_timer = NULL;
}

void sim_remote_free(struct sim_site *site)
{
    struct sim_remote *remote = site->remote;
    if (remote == NULL)
        return;
    axi_client_free(remote->client);
    axi_msg_free(remote->request);
    free(remote->numbers[SIM_DEV].local);
    free(remote->numbers[SIM_USER].local);
    free(remote);
    site->remote = NULL;
}

struct sim_remote_info sim_remote_info(const struct sim_site *site)
{
    const struct sim_remote *remote = site->remote;
    struct sim_remote_info info = {"", "", 0, 0, 0, 0, 0};
    if (remote == NULL)
        return info;
    info.state = states[remote->state];
    info.why = remote->why;
    info.merged = remote->merged;
    info.uploads = remote->uploads;
    info.refused = remote->refused;
    info.events = remote->events;
    info.synced_ms = remote->synced_ms;
    return info;
}
