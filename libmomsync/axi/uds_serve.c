/*
 * What a remote may ask for: a row for each request with its handler and what it has to wait for. Requests are taken in
 * their order; one that waits for its turn holds up those behind it.
 */
#include "uds_impl.h"

#include <momsync/profile.h>

#include <string.h>

/* --- small answers ------------------------------------------------------------------------------ */

/* The PARK that is shown as the central OMM's: the SARI is made of it, so it stands in for it (UDS guide 2.2.11). */
static int get_park(struct mom_uds *link, const struct axi_msg *request)
{
    struct mom_park park = mom_engine_sari(link->config.engine);
    struct mom_site_info central;
    char hex[MOM_PARK_HEX_LEN + 1];

    if (link->config.central != 0 &&
        mom_engine_site(link->config.engine, link->config.central, &central) &&
        central.park.pli != 0)
        park = central.park;
    mom_park_hex(park, hex);
    axi_set_cstr(axi_server_answer(link->server, request), AXI_A_park, hex);
    return mom__uds_send(link);
}

static int get_sari(struct mom_uds *link, const struct axi_msg *request)
{
    char hex[MOM_PARK_HEX_LEN + 1];

    mom_park_hex(mom_engine_sari(link->config.engine), hex);
    axi_set_cstr(axi_server_answer(link->server, request), AXI_A_sari, hex);
    return mom__uds_send(link);
}

static int get_public_key(struct mom_uds *link, const struct axi_msg *request)
{
    struct axi_elem *answer;

    if (!link->records.key.known) {
        axi_server_error(link->server, request, AXI_V_EFailed, NULL, "there is no key", 0);
        return mom__uds_send(link);
    }
    answer = axi_server_answer(link->server, request);
    axi_set_cstr(answer, AXI_A_modulus, link->records.key.modulus);
    axi_set_cstr(answer, AXI_A_exponent, link->records.key.exponent);
    return mom__uds_send(link);
}

static int limits(struct mom_uds *link, const struct axi_msg *request)
{
    struct axi_elem *answer = axi_server_answer(link->server, request);
    struct mom_capacity devices = {.limit = 0};

    axi_set_int(answer, AXI_A_records, 20);
    axi_set_int(answer, AXI_A_ppProfileNum, MOM_PROFILES);
    if (mom_engine_capacity(link->config.engine, MOM_CAPACITY_SITE_DEVICES, link->config.site,
                            &devices))
        axi_set_int(answer, AXI_A_ppnNum, (int64_t)devices.limit);
    return mom__uds_send(link);
}

static int get_versions(struct mom_uds *link, const struct axi_msg *request);

/* --- the table ---------------------------------------------------------------------------------- */

/* What a request waits for. */
enum turn {
    AT_ONCE, /* nothing */
    LISTS,   /* until lists may be read, and what was changed before is stored */
    CHANGE   /* until lists may be read, and there is room for one more change */
};

struct row {
    enum axi_type request;
    enum turn turn;
    int (*serve)(struct mom_uds *link, const struct axi_msg *request);
};

/* clang-format off */
static const struct row rows[] = {
    {AXI_T_GetPARK,            AT_ONCE, get_park},
    {AXI_T_GetSARI,            AT_ONCE, get_sari},
    {AXI_T_GetPublicKey,       AT_ONCE, get_public_key},
    {AXI_T_GetVersions,        AT_ONCE, get_versions},
    {AXI_T_Limits,             AT_ONCE, limits},
    {AXI_T_GetPPDevSummary,    LISTS,   mom__uds_summary},
    {AXI_T_GetPPUserSummary,   LISTS,   mom__uds_summary},
    {AXI_T_GetPPDev,           LISTS,   mom__uds_page},
    {AXI_T_GetPPUser,          LISTS,   mom__uds_page},
    {AXI_T_GetPPDevByIPEI,     LISTS,   mom__uds_find},
    {AXI_T_GetPPUserByNumber,  LISTS,   mom__uds_find},
    {AXI_T_CreatePPDev,        CHANGE,  mom__uds_set},
    {AXI_T_CreatePPUser,       CHANGE,  mom__uds_set},
    {AXI_T_CreateFixedPP,      CHANGE,  mom__uds_set},
    {AXI_T_SetPPDev,           CHANGE,  mom__uds_set},
    {AXI_T_SetPPUser,          CHANGE,  mom__uds_set},
    {AXI_T_SetPP,              CHANGE,  mom__uds_set},
    {AXI_T_DeletePPDev,        CHANGE,  mom__uds_delete},
    {AXI_T_DeletePPUser,       CHANGE,  mom__uds_delete},
    {AXI_T_GetPpProfile,       LISTS,   mom__uds_get_profile},
    {AXI_T_SetPpProfile,       LISTS,   mom__uds_set_profile},  /* looks at what is stored */
};
/* clang-format on */

static const struct row *row_of(enum axi_type request)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].request == request)
            return &rows[i];
    }
    return NULL;
}

/* The versions of what we serve, as release 7.1 has them. */
static int get_versions(struct mom_uds *link, const struct axi_msg *request)
{
    struct axi_elem *answer = axi_server_answer(link->server, request);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *name = axi_type_name(rows[i].request);
        const char *version = axi_type_version(rows[i].request);

        if (version != NULL)
            axi_set_named(answer, (struct axi_str){name, strlen(name)},
                          (struct axi_str){version, strlen(version)});
    }
    return mom__uds_send(link);
}

/* --- taking turns ------------------------------------------------------------------------------- */

static bool is_its_turn(const struct mom_uds *link, enum axi_type request)
{
    const struct row *row = row_of(request);

    if (row == NULL || row->turn == AT_ONCE)
        return true;
    if (link->state < MOM_UDS_READING)
        return false;
    return row->turn == LISTS ? link->write_count == 0
                              : link->write_count < (size_t)link->config.writes;
}

static int serve(struct mom_uds *link, const struct axi_server_event *event)
{
    const struct row *row = row_of(event->type);

    if (row != NULL)
        return row->serve(link, event->msg);
    link->unknown_messages += event->type == AXI_T_NONE;
    link->refused++;
    axi_server_error(link->server, event->msg, AXI_V_EForbidden, NULL,
                     "not for a synchronisation client", 0);
    return mom__uds_send(link);
}

static int take_request(struct mom_uds *link, const struct axi_server_event *event)
{
    link->requests++;
    if (is_its_turn(link, event->type))
        return serve(link, event);
    link->stalled = *event;
    return MOM_OK;
}

/* --- events of the server ----------------------------------------------------------------------- */

/* A Ping of a client tells its time: the remote's clock as it was when that was sent. One that comes later than it was
 * sent shows a clock that is behind, so small differences count as none. */
static void take_clock(struct mom_uds *link, const struct axi_msg *ping)
{
    struct axi_clock *clock = &link->records.clock;
    int64_t seconds, offset, change;
    char line[120];

    if (axi_get_int(axi_msg_root(ping), AXI_A_timeStamp, &seconds) != AXI_OK || seconds <= 0 ||
        seconds > INT64_C(100000000000))
        return;
    offset = seconds * 1000 + 500 - link->now.wall_ms;
    if (offset >= -AXI_CLOCK_EQUAL_MS && offset <= AXI_CLOCK_EQUAL_MS)
        offset = 0;
    change = offset - clock->offset_ms;
    if (clock->known && change >= -AXI_CLOCK_EQUAL_MS && change <= AXI_CLOCK_EQUAL_MS)
        return;
    clock->known = true;
    clock->offset_ms = offset;
    if (offset == 0)
        return;
    mom__text_format(line, sizeof(line), "the remote's clock differs by %d ms; times are corrected",
                     offset);
    mom__uds_log(link, MOM_LOG_WARNING, line);
}

static bool has(const struct mom_uds *link, enum axi_value event, enum axi_filter filter)
{
    struct axi_subscription all = {.event = event, .on = true, .filter = filter, .item = -1};

    return axi_subscriptions_has(axi_server_subscriptions(link->server), &all);
}

static int take_subscriptions(struct mom_uds *link)
{
    link->subscribed =
        has(link, AXI_V_PPDevCnf, AXI_BY_PPN) && has(link, AXI_V_PPUserCnf, AXI_BY_UID);
    return mom__uds_settle(link, false);
}

static int end_by_parser(struct mom_uds *link)
{
    const struct axi_parse_error *error = axi_server_parse_error(link->server);
    char text[160];

    if (error->code == AXI_ENOMEM)
        return MOM_ENOMEM;
    mom__text_format(text, sizeof(text), "%s at byte %d of a message",
                     error->text[0] != '\0' ? error->text : axi_err_text(error->code),
                     (int64_t)error->offset);
    return mom__uds_end(link, MOM_UDS_PROTOCOL_ERROR, text);
}

static int take_answered(struct mom_uds *link, const struct axi_server_event *event)
{
    link->requests++;
    link->refused += event->code != AXI_V_NOTHING;
    if (event->type == AXI_T_Ping && event->code == AXI_V_NOTHING)
        take_clock(link, event->msg);
    return MOM_OK;
}

/* Files are not served. */
static int refuse_file(struct mom_uds *link, const struct axi_server_event *event)
{
    link->requests++;
    link->refused++;
    axi_server_error(link->server, event->msg, AXI_V_EForbidden, NULL, "there are no files", 0);
    return mom__uds_send(link);
}

static int take(struct mom_uds *link, const struct axi_server_event *event)
{
    switch (event->kind) {
    case AXI_SERVER_LOGIN:
        return mom__uds_login(link, event);
    case AXI_SERVER_REQUEST:
        return take_request(link, event);
    case AXI_SERVER_ANSWERED:
        return take_answered(link, event);
    case AXI_SERVER_SUBSCRIBED:
        link->requests++;
        return take_subscriptions(link);
    case AXI_SERVER_FILE:
    case AXI_SERVER_GET_FILE:
        return refuse_file(link, event);
    case AXI_SERVER_STRAY:
        link->unknown_messages++;
        return MOM_OK;
    case AXI_SERVER_BROKEN:
        return end_by_parser(link);
    case AXI_SERVER_IDLE:
        return mom__uds_end(link, MOM_UDS_SILENT, "");
    case AXI_SERVER_SLOW:
        return mom__uds_end(link, MOM_UDS_SLOW, "");
    }
    return MOM_OK;
}

/* The next thing, if there is one: *ret_more. */
static int take_next(struct mom_uds *link, bool *ret_more)
{
    struct axi_time now = {link->now.mono_ms, link->now.wall_ms};
    const char *data = link->in.ptr != NULL ? link->in.ptr + link->in_at : "";
    size_t len = link->in.len - link->in_at, before = len;
    struct axi_server_event event;

    *ret_more = axi_server_next(link->server, now, &data, &len, &event);
    if (before > len && !axi_server_is_open(link->server)) /* Open has the password */
        mom__omm_wipe(link->in.ptr + link->in_at, before - len);
    link->in_at += before - len;
    if (link->in_at == link->in.len)
        link->in_at = link->in.len = 0;
    return *ret_more ? take(link, &event) : MOM_OK;
}

int mom__uds_pump(struct mom_uds *link)
{
    bool more = true;
    int rc = MOM_OK;

    while (rc == MOM_OK && more && mom__uds_is_open(link) && !link->logging_in) {
        if (link->stalled.msg == NULL) {
            rc = take_next(link, &more);
        } else if (is_its_turn(link, link->stalled.type)) {
            rc = serve(link, &link->stalled);
            link->stalled.msg = NULL;
        } else {
            break;
        }
    }
    return rc;
}

bool mom__uds_can_go_on(const struct mom_uds *link)
{
    if (link->logging_in)
        return false;
    if (link->stalled.msg != NULL)
        return is_its_turn(link, link->stalled.type);
    /* The server takes nothing while a quarter of what may wait does. */
    return link->in.len > link->in_at &&
           mom__uds_waiting(link) <= (size_t)link->config.max_output / 4;
}
