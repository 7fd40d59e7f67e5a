/*
 * From Open to the subscriptions: a table of steps. Each sends one request, and its answer leads to
 * the next. A step without a request hands over: to the engine, which admits or refuses, and at the
 * end to the import.
 */
#include "omm_impl.h"

#include <string.h>

/* --- filling in requests */

static void fill_open(struct mom_omm *link, struct axi_elem *request)
{
    if (link->config.protocol_version != 0)
        axi_set_int(request, AXI_A_protocolVersion, link->config.protocol_version);
    axi_set_str(request, AXI_A_username, mom__axi_str(mom__account_username(&link->account)));
    axi_set_str(request, AXI_A_password, mom__axi_str(mom__account_password(&link->account)));
    axi_set_bool(request, AXI_A_UserDeviceSyncClient, true);
}

static void fill_sari(struct mom_omm *link, struct axi_elem *request)
{
    char hex[MOM_PARK_HEX_LEN + 1];

    mom_park_hex(link->wanted_sari, hex);
    axi_set_cstr(request, AXI_A_sari, hex);
    link->sari_was_set = true;
}

static void fill_auto_create(struct mom_omm *link, struct axi_elem *request)
{
    (void)link;
    axi_set_bool(request, AXI_A_enable, false);
}

static void fill_subscribe(struct mom_omm *link, struct axi_elem *request)
{
    struct axi_elem *e = axi_add_child(request, "e");

    (void)link;
    axi_set_enum(e, AXI_A_cmd, AXI_V_On);
    axi_set_cstr(e, AXI_A_eventType, "PPDevCnf");
    axi_set_int(e, AXI_A_ppn, -1);
    e = axi_add_child(request, "e");
    axi_set_enum(e, AXI_A_cmd, AXI_V_On);
    axi_set_cstr(e, AXI_A_eventType, "PPUserCnf");
    axi_set_int(e, AXI_A_uid, -1);
}

static bool watches_no_phones(const struct mom_omm *link)
{
    return !link->config.watch_phones;
}

static void fill_watch(struct mom_omm *link, struct axi_elem *request)
{
    struct axi_elem *e = axi_add_child(request, "e");

    (void)link;
    axi_set_enum(e, AXI_A_cmd, AXI_V_On);
    axi_set_cstr(e, AXI_A_eventType, "PPTransactionLocReg");
    axi_set_int(e, AXI_A_ppn, -1);
}

/* --- taking answers */

static void copy_text(char *to, size_t size, struct axi_str text)
{
    mom__text_format(to, size, "%v", text);
}

/* The words of ommPlatform that are known. */
static enum mom_platform platform_of(struct axi_str word)
{
    static const struct {
        const char *word;
        enum mom_platform platform;
    } words[] = {{"rfp", MOM_PLATFORM_BASE_STATION}, {"linux-pc", MOM_PLATFORM_SERVER}};

    for (size_t i = 0; word.ptr != NULL && i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i].word) == word.len && memcmp(words[i].word, word.ptr, word.len) == 0)
            return words[i].platform;
    }
    return MOM_PLATFORM_UNKNOWN;
}

/* OpenResp has the protocol version even when it refuses (AXI reference of 6.1, OpenResp). */
static int answer_open(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    const struct axi_elem *root = axi_msg_root(answer), *key = axi_first_child(root, "publicKey");
    char text[160];

    link->protocol_version = axi_get_int_or(root, AXI_A_protocolVersion, 0);
    copy_text(link->omm_version, sizeof(link->omm_version), axi_get_str(root, AXI_A_ommVersion));
    link->platform = platform_of(axi_get_str(root, AXI_A_ommPlatform));
    if (code == AXI_V_EAuth) {
        mom__omm_describe_error(text, sizeof(text), answer);
        return mom__omm_end(link, MOM_OMM_AUTH_FAILED, text);
    }
    if (link->config.protocol_version != 0 &&
        link->protocol_version != link->config.protocol_version) {
        mom__text_format(text, sizeof(text), "the OMM speaks version %d, we speak %d",
                         link->protocol_version, link->config.protocol_version);
        return mom__omm_end(link, MOM_OMM_VERSION_MISMATCH, text);
    }
    if (code != AXI_V_NOTHING)
        return mom__omm_end_by_answer(link, answer);
    link->accepted = true;
    link->restart_tries = 0;
    /* The second address of the pair tells the first as its standby. */
    if (link->address == 0)
        copy_text(link->standby_address, sizeof(link->standby_address),
                  axi_get_str(root, AXI_A_ommStbAddr));
    mom__key_take(&link->records.key, axi_get_str(key, AXI_A_modulus),
                  axi_get_str(key, AXI_A_exponent));
    return MOM_OK;
}

static int answer_key(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    const struct axi_elem *root = axi_msg_root(answer);

    if (code == AXI_V_EPerm)
        return mom__omm_end_by_answer(link, answer);
    mom__key_take(&link->records.key, axi_get_str(root, AXI_A_modulus),
                  axi_get_str(root, AXI_A_exponent));
    if (!link->records.key.known)
        mom__omm_log(link, MOM_LOG_NOTICE, "the OMM told no usable public key: it gets no secrets");
    return MOM_OK;
}

static int answer_clock(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    if (code == AXI_V_NOTHING)
        mom__omm_clock_answer(link, answer);
    return MOM_OK;
}

static int take_park(struct mom_omm *link, const struct axi_msg *answer, enum axi_attr attr,
                     struct mom_park *ret_park)
{
    struct axi_str value = axi_get_str(axi_msg_root(answer), attr);
    char text[160];

    if (value.ptr == NULL)
        value = (struct axi_str){"", 0};
    if (mom_park_parse(mom__str(value), ret_park) == MOM_OK)
        return MOM_OK;
    mom__text_format(text, sizeof(text), "%s \"%v\" is not valid", axi_attr_name(attr), value);
    return mom__omm_end(link, MOM_OMM_PROTOCOL_ERROR, text);
}

static int answer_park(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    int rc;

    if (code != AXI_V_NOTHING)
        return mom__omm_end_by_answer(link, answer);
    rc = take_park(link, answer, AXI_A_park, &link->park);
    if (rc == MOM_OK && mom__omm_is_open(link) && link->park.pli == 0)
        return mom__omm_end(link, MOM_OMM_REJECTED, "the OMM has no PARK");
    return rc;
}

static int answer_sari(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    if (code != AXI_V_NOTHING)
        return mom__omm_end_by_answer(link, answer);
    return take_park(link, answer, AXI_A_sari, &link->sari);
}

/* An OMM that does not say what it runs on tells it by what it may have. Without that it is not known. */
static int answer_limits(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    const struct axi_elem *root = axi_msg_root(answer);
    int64_t phones = axi_get_int_or(root, AXI_A_ppnNum, 0);
    int64_t base_stations = axi_get_int_or(root, AXI_A_rfpNum, 0);

    if (code == AXI_V_NOTHING && phones >= 0 && phones <= UINT32_MAX && base_stations >= 0 &&
        base_stations <= UINT32_MAX)
        link->platform = mom_platform_of_limits((uint32_t)phones, (uint32_t)base_stations);
    return MOM_OK;
}

/* The OMM restarts by itself; a link that it does not drop is closed. */
static int answer_set_sari(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    if (code != AXI_V_NOTHING)
        return mom__omm_end_by_answer(link, answer);
    link->close_at = link->now.mono_ms + link->config.restart_ms;
    return MOM_OK;
}

/* Without control no phone can be followed, so a refusal ends the conversation. */
static int answer_control(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    char error[120], text[160];

    if (code == AXI_V_NOTHING)
        return MOM_OK;
    if (code == AXI_V_EPerm)
        return mom__omm_end_by_answer(link, answer);
    mom__omm_describe_error(error, sizeof(error), answer);
    mom__text_format(text, sizeof(text), "the OMM cannot be controlled: %s", error);
    return mom__omm_end(link, MOM_OMM_REJECTED, text);
}

/* An OMM under control may have switched it off by itself and refuse the command. */
static int answer_auto_create(struct mom_omm *link, const struct axi_msg *answer,
                              enum axi_value code)
{
    char text[160];

    if (code == AXI_V_EPerm)
        return mom__omm_end_by_answer(link, answer);
    if (code != AXI_V_NOTHING) {
        mom__omm_describe_error(text, sizeof(text), answer);
        mom__omm_log(link, MOM_LOG_NOTICE, text);
    }
    return MOM_OK;
}

static int answer_subscribe(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    return code == AXI_V_NOTHING ? MOM_OK : mom__omm_end_by_answer(link, answer);
}

/* Needs a permission of its own, and we can do without. */
static int answer_watch(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    char text[160];

    if (code != AXI_V_NOTHING) {
        mom__omm_describe_error(text, sizeof(text), answer);
        mom__omm_log(link, MOM_LOG_NOTICE, text);
    }
    return MOM_OK;
}

static uint32_t number_of_records(const struct axi_msg *answer)
{
    int64_t n = axi_get_int_or(axi_msg_root(answer), AXI_A_nRecords, 0);

    return n > 0 && n <= UINT32_MAX ? (uint32_t)n : 0;
}

/* The totals are for progress only. */
static int answer_devices(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    if (code == AXI_V_EPerm)
        return mom__omm_end_by_answer(link, answer);
    link->devices_total = number_of_records(answer);
    return MOM_OK;
}

static int answer_users(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code)
{
    if (code == AXI_V_EPerm)
        return mom__omm_end_by_answer(link, answer);
    link->users_total = number_of_records(answer);
    return MOM_OK;
}

/* --- the table */

static bool key_is_known(const struct mom_omm *link)
{
    return link->records.key.known;
}

static bool platform_is_known(const struct mom_omm *link)
{
    return link->platform != MOM_PLATFORM_UNKNOWN;
}

static bool sari_is_right(const struct mom_omm *link)
{
    return link->wanted_sari.pli == 0 || mom_park_equal(link->wanted_sari, link->sari);
}

enum step_kind { ASK, ASK_ADMISSION, READ_LISTS };

struct step {
    enum step_kind kind;
    enum axi_type request;
    enum mom_omm_state state;
    bool (*skip)(const struct mom_omm *link);
    void (*fill)(struct mom_omm *link, struct axi_elem *request);
    int (*answer)(struct mom_omm *link, const struct axi_msg *answer, enum axi_value code);
};

/* clang-format off */
static const struct step steps[] = {
    {ASK, AXI_T_Open,              MOM_OMM_LOGIN,       NULL,          fill_open,        answer_open},
    {ASK, AXI_T_GetPublicKey,      MOM_OMM_IDENTIFYING, key_is_known,  NULL,             answer_key},
    {ASK, AXI_T_Ping,              MOM_OMM_IDENTIFYING, NULL,          mom__omm_clock_begin, answer_clock},
    {ASK, AXI_T_GetPARK,           MOM_OMM_IDENTIFYING, NULL,          NULL,             answer_park},
    {ASK, AXI_T_GetSARI,           MOM_OMM_IDENTIFYING, NULL,          NULL,             answer_sari},
    {ASK, AXI_T_Limits,            MOM_OMM_IDENTIFYING, platform_is_known, NULL,         answer_limits},
    {ASK_ADMISSION, AXI_T_NONE,    MOM_OMM_IDENTIFYING, NULL,          NULL,             NULL},
    {ASK, AXI_T_SetSARI,           MOM_OMM_RESTARTING,  sari_is_right, fill_sari,        answer_set_sari},
    {ASK, AXI_T_SetMOMControlState, MOM_OMM_PREPARING,  NULL,          mom__dialect_fill_control, answer_control},
    {ASK, AXI_T_SetDevAutoCreate,  MOM_OMM_PREPARING,   NULL,          fill_auto_create, answer_auto_create},
    {ASK, AXI_T_Subscribe,         MOM_OMM_PREPARING,   NULL,          fill_subscribe,   answer_subscribe},
    {ASK, AXI_T_Subscribe,         MOM_OMM_PREPARING,   watches_no_phones, fill_watch,   answer_watch},
    {ASK, AXI_T_GetPPDevSummary,   MOM_OMM_PREPARING,   NULL,          NULL,             answer_devices},
    {ASK, AXI_T_GetPPUserSummary,  MOM_OMM_PREPARING,   NULL,          NULL,             answer_users},
    {READ_LISTS, AXI_T_NONE,       MOM_OMM_IMPORTING,   NULL,          NULL,             NULL},
};
/* clang-format on */

static int ask(struct mom_omm *link, const struct step *step)
{
    struct axi_elem *request = axi_msg_start(link->request, step->request);

    if (step->fill != NULL)
        step->fill(link, request);
    if (axi_msg_error(link->request) == AXI_ENOMEM)
        return MOM_ENOMEM;
    if (axi_msg_error(link->request) != AXI_OK)
        return mom__omm_end(link, MOM_OMM_REJECTED,
                            "user or password has characters that AXI cannot carry");
    return mom__omm_send(link, link->request, MOM__TAG(MOM__FOR_STEP, link->step));
}

static int ask_admission(struct mom_omm *link)
{
    struct mom_input input = {
        .kind = MOM_IN_IDENTIFIED, .park = link->park, .platform = link->platform};
    int rc = mom__omm_input(link, &input);

    if (rc == MOM_OK)
        link->told = true;
    return rc;
}

/* Go on with the step at link->step. */
static int go_on(struct mom_omm *link)
{
    const struct step *step = &steps[link->step];

    while (step->skip != NULL && step->skip(link))
        step = &steps[++link->step];
    if (step->request == AXI_T_SetSARI && link->sari_was_set)
        return mom__omm_end(link, MOM_OMM_REJECTED, "the OMM did not keep the SARI that was set");
    if (step->request == AXI_T_SetMOMControlState)
        link->sari_was_set = false;
    mom__omm_enter_state(link, step->state);
    switch (step->kind) {
    case ASK:
        return ask(link, step);
    case ASK_ADMISSION:
        return ask_admission(link);
    case READ_LISTS:
        link->imports = 0;
        return mom__omm_import_start(link);
    }
    return MOM_OK;
}

int mom__omm_script_start(struct mom_omm *link)
{
    link->step = 0;
    link->records.key.known = false;
    link->platform = MOM_PLATFORM_UNKNOWN;
    link->records.clock = (struct axi_clock){0};
    link->park = link->sari = link->wanted_sari = (struct mom_park){0};
    link->devices_total = link->users_total = 0;
    link->devices_read = link->users_read = 0;
    return go_on(link);
}

int mom__omm_script_answer(struct mom_omm *link, unsigned step, const struct axi_msg *answer)
{
    int rc = steps[step].answer(link, answer, axi_answer_code(answer));

    if (rc != MOM_OK || !mom__omm_is_open(link) || link->state == MOM_OMM_RESTARTING)
        return rc;
    link->step = step + 1;
    return go_on(link);
}

int mom__omm_script_admit(struct mom_omm *link, struct mom_park sari)
{
    if (steps[link->step].kind != ASK_ADMISSION)
        return MOM_OK;
    link->wanted_sari = sari;
    link->step++;
    return go_on(link);
}
