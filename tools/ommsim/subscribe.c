/*
 * Event types, who may subscribe to them, and the flags of a session.
 */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct sim_event_type types[] = {
    {"AccountCnf", SIM_ANY, "AllCnfRead"}, {"AccountSummary", SIM_ANY, "AllCnfRead"},
    {"ACLCnf", SIM_ANY, "AllCnfRead"}, {"AlarmCallProgress", SIM_BY_TEXT, "Alerting"},
    {"AlarmTrigger", SIM_BY_TEXT, "Alerting"}, {"AlarmTriggerCnf", SIM_ANY, "AllCnfRead"},
    {"AutoDBCnf", SIM_ANY, "AllCnfRead"}, {"BluetoothCnf", SIM_ANY, "AllCnfRead"},
    {"BluetoothBeaconSumCnf", SIM_ANY, "AllCnfRead"}, {"BluetoothBeaconSumState", SIM_ANY, "AllCnfRead"},
    {"Conference", SIM_ANY, "Conferencing"}, {"ConferenceCnf", SIM_ANY, "AllCnfRead"},
    {"DECTSubscriptionMode", SIM_ANY, "AllCnfRead"}, {"DigitTreatmentCnf", SIM_ANY, "AllCnfRead"},
    {"EventLog", SIM_ANY, "AllCnfRead"}, {"FACCnf", SIM_ANY, "AllCnfRead"},
    {"LicensedCodecLines", SIM_ANY, "AllCnfRead"}, {"LicenseFile", SIM_ANY, "AllCnfRead"},
    {"Locating", SIM_BY_PPN, "Locating"}, {"LocatingBluetooth", SIM_BY_PPN, "Locating"},
    {"MessageConfirmation", SIM_BY_PPN, "InfoMessaging"}, {"MessageProgress", SIM_BY_PPN, "InfoMessaging"},
    {"MessageQueueEmpty", SIM_BY_PPN, "InfoMessaging"}, {"MessageSend", SIM_BY_TEXT, "InfoMessaging"},
    {"ParkServerResult", SIM_ANY, "AllCnfRead"}, {"PositionTrack", SIM_BY_PPN, "Locating"},
    {"PPDevCnf", SIM_BY_PPN, "AllCnfRead"}, {"PPFirmwareUpdateCnf", SIM_ANY, "AllCnfRead"},
    {"PPFirmwareUpdateOverview", SIM_ANY, "AllCnfRead"}, {"PPFirmwareUpdateState", SIM_BY_PPN, "AllCnfRead"},
    {"PPFirmwareState", SIM_BY_PPN, "AllCnfRead"}, {"PPHCM", SIM_ANY, "AllCnfRead"},
    {"PPDevSummary", SIM_ANY, "AllCnfRead"}, {"PPUserCnf", SIM_BY_UID, "AllCnfRead"},
    {"PPUserSummary", SIM_ANY, "AllCnfRead"}, {"RFPCnf", SIM_BY_RFP, "AllCnfRead"},
    {"RFPConnectAttempt", SIM_ANY, "AllCnfRead"}, {"RFPDetails", SIM_BY_RFP, "AllCnfRead"},
    {"RFPIpQuality", SIM_BY_RFP, "Monitoring"}, {"RFPMsQuality", SIM_BY_RFP, "Monitoring"},
    {"RFPState", SIM_BY_RFP, "AllCnfRead"}, {"RFPSummary", SIM_ANY, "AllCnfRead"},
    {"RFPSync", SIM_BY_RFP, "Monitoring"}, {"RFPSyncQuality", SIM_BY_RFP, "Monitoring"},
    {"Roaming", SIM_ANY, "AllCnfRead"}, {"SiteCnf", SIM_ANY, "AllCnfRead"},
    {"SiteSummary", SIM_ANY, "AllCnfRead"}, {"SuplCallFeatures", SIM_ANY, "AllCnfRead"},
    {"SystemCnf", SIM_ANY, "AllCnfRead"}, {"SystemState", SIM_ANY, "AllCnfRead"},
    {"UserDataImport", SIM_ANY, "AllCnfRead"}, {"VideoDev", SIM_ANY, "Video"},
    {"VideoDevSumCnf", SIM_ANY, "Video"}, {"VideoDevSumState", SIM_ANY, "Video"},
    {"WLANClient", SIM_BY_RFP, "Monitoring"}, {"WLANProfileCnf", SIM_ANY, "AllCnfRead"},
    {"ApplicationDataChannel", SIM_ANY, "AllCnfRead"}, {"LicensedFile", SIM_ANY, "AllCnfRead"},
    {"MOMMsgRouting", SIM_ANY, "AllCnfRead"}, {"MOMOMMCnf", SIM_ANY, "AllCnfRead"},
    {"PPBtState", SIM_BY_PPN, "Monitoring"}, {"PPState", SIM_BY_PPN, "Monitoring"},
    {"PPCallState", SIM_BY_PPN, "Monitoring"}, {"PPDevState", SIM_BY_PPN, "Monitoring"},
    {"PPCallStateCalling", SIM_BY_PPN, "Monitoring"}, {"PPCallStatePaging", SIM_BY_PPN, "Monitoring"},
    {"PPCallStateConnected", SIM_BY_PPN, "Monitoring"}, {"PPCallStateIdle", SIM_BY_PPN, "Monitoring"},
    {"PPCallStateNone", SIM_BY_PPN, "Monitoring"}, {"PPCallStateRinging", SIM_BY_PPN, "Monitoring"},
    {"PPDevStateOnHook", SIM_BY_PPN, "Monitoring"}, {"PPDevStateSilentCharging", SIM_BY_PPN, "Monitoring"},
    {"PPDevStateBatteryLevel", SIM_BY_PPN, "Monitoring"}, {"PPDevStateSwVersion", SIM_BY_PPN, "Monitoring"},
    {"PPDevStateCharging", SIM_BY_PPN, "Monitoring"}, {"PPSipState", SIM_BY_PPN, "Monitoring"},
    {"PPSipStateRegEvent", SIM_BY_PPN, "Monitoring"}, {"PPSipStateEndEvent", SIM_BY_PPN, "Monitoring"},
    {"PPSipStateNotifyEvent", SIM_BY_PPN, "Monitoring"}, {"PPSipStateRegistered", SIM_BY_PPN, "Monitoring"},
    {"PPSipStateServerType", SIM_BY_PPN, "Monitoring"}, {"PPSipStateServerAddr", SIM_BY_PPN, "Monitoring"},
    {"PPSipStateServerPort", SIM_BY_PPN, "Monitoring"}, {"PPTransaction", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionLinkEstablish", SIM_BY_PPN, "Monitoring"}, {"PPTransactionRelease", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionEstablish", SIM_BY_PPN, "Monitoring"}, {"PPTransactionPPNotFound", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionPagingStarted", SIM_BY_PPN, "Monitoring"}, {"PPTransactionReleaseFromPP", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionPPSetupRejected", SIM_BY_PPN, "Monitoring"}, {"PPTransactionComsRelease", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionComsEstablish", SIM_BY_PPN, "Monitoring"}, {"PPTransactionSsFac", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionSsRelease", SIM_BY_PPN, "Monitoring"}, {"PPTransactionSsEstablish", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionConnHandover", SIM_BY_PPN, "Monitoring"}, {"PPTransactionLocReg", SIM_BY_PPN, "Monitoring"},
    {"PPTransactionDetach", SIM_BY_PPN, "Monitoring"},
};
/* clang-format on */
#define TYPE_COUNT (sizeof types / sizeof types[0])
_Static_assert(TYPE_COUNT <= SIM_EVENTS_MAX, "raise SIM_EVENTS_MAX");

const struct sim_event_type *sim_event_types(unsigned *ret_count)
{
    *ret_count = TYPE_COUNT;
    return types;
}

int sim_event_of(struct axi_str name)
{
    for (unsigned i = 0; i < TYPE_COUNT; i++)
        if (strlen(types[i].name) == name.len && memcmp(types[i].name, name.ptr, name.len) == 0)
            return (int)i;
    return -1;
}

static bool has_item(const struct sim_subscriptions *subscriptions, int type, int64_t id)
{
    for (size_t i = 0; i < subscriptions->item_count[type]; i++)
        if (subscriptions->items[type][i] == id)
            return true;
    return false;
}

bool sim_wants(const struct sim_session *session, const char *type, int64_t id)
{
    struct axi_str name = {type, strlen(type)};
    int i = sim_event_of(name);
    return i >= 0 && session->open && !session->closing &&
           (session->subscriptions.all[i] || has_item(&session->subscriptions, i, id));
}

void sim_subscriptions_done(struct sim_subscriptions *subscriptions)
{
    for (unsigned i = 0; i < TYPE_COUNT; i++)
        free(subscriptions->items[i]);
    memset(subscriptions, 0, sizeof *subscriptions);
}

/* --- Subscribe ---------------------------------------------------------------------------------- */

enum { ELEMS_MAX = 20 };

static enum axi_attr filter_attr(enum sim_filter filter)
{
    return filter == SIM_BY_PPN ? AXI_A_ppn : filter == SIM_BY_UID ? AXI_A_uid : AXI_A_rfpId;
}

static bool is_on(const struct axi_elem *e)
{
    struct axi_str cmd = axi_get_str(e, AXI_A_cmd);
    return cmd.len == 2 && memcmp(cmd.ptr, "On", 2) == 0;
}

static enum axi_value check_elem(const struct sim_session *session, const struct axi_elem *e)
{
    struct axi_str cmd = axi_get_str(e, AXI_A_cmd);
    int type = sim_event_of(axi_get_str(e, AXI_A_eventType));
    if (type < 0 || (!is_on(e) && !(cmd.len == 3 && memcmp(cmd.ptr, "Off", 3) == 0)))
        return AXI_V_EInval;
    if (!sim_may(session, types[type].permission))
        return AXI_V_EPerm;
    int64_t id;
    bool numbered = types[type].filter != SIM_ANY && types[type].filter != SIM_BY_TEXT;
    if (numbered && axi_get_int(e, filter_attr(types[type].filter), &id) == AXI_EVALUE)
        return AXI_V_EInval;
    return is_on(e) && session->subscriptions.item_count[type] >= SIM_ITEMS_MAX ? AXI_V_ENoMem
                                                                                : AXI_V_NOTHING;
}

static void set_item(struct sim_subscriptions *to, int type, int64_t id, bool on)
{
    size_t count = to->item_count[type];
    if (on && !has_item(to, type, id)) {
        int64_t *items = realloc(to->items[type], (count + 1) * sizeof *items);
        if (items == NULL)
            return;
        items[count] = id;
        to->items[type] = items;
        to->item_count[type]++;
    }
    for (size_t i = 0; !on && i < count; i++) {
        if (to->items[type][i] != id)
            continue;
        to->items[type][i] = to->items[type][count - 1];
        to->item_count[type]--;
        return;
    }
}

static void apply_elem(struct sim_subscriptions *to, const struct axi_elem *e)
{
    int type = sim_event_of(axi_get_str(e, AXI_A_eventType));
    enum sim_filter filter = types[type].filter;
    bool on = is_on(e);
    if (filter == SIM_ANY || filter == SIM_BY_TEXT) {
        bool filtered = filter == SIM_BY_TEXT && !axi_has(e, AXI_A_ppn) && !axi_has(e, AXI_A_uid) &&
                        !axi_has(e, AXI_A_trigger) && !axi_has(e, AXI_A_scheme);
        to->all[type] = on && !filtered;
        return;
    }
    int64_t id;
    if (axi_get_int(e, filter_attr(filter), &id) != AXI_OK)
        return; /* no filter: no record */
    if (id != -1) {
        set_item(to, type, id, on);
        return;
    }
    to->all[type] = on;
    if (!on)
        to->item_count[type] = 0;
}

void sim_handle_subscribe(struct sim_call *call)
{
    unsigned count = 0;
    for (struct axi_elem *e = axi_first_child(call->in, "e"); e != NULL;
         e = axi_next_sibling(e, "e")) {
        enum axi_value code = ++count > ELEMS_MAX ? AXI_V_EInval : check_elem(call->session, e);
        if (code == AXI_V_NOTHING)
            continue;
        struct axi_elem *out =
            axi_answer_error(call->answer, call->request, code, "e", "nothing was changed");
        axi_set_str(out, AXI_A_eventType, axi_get_str(e, AXI_A_eventType));
        call->refused = true;
        return;
    }
    if (count == 0) {
        axi_answer_error(call->answer, call->request, AXI_V_EMissing, "e", NULL);
        call->refused = true;
        return;
    }
    for (struct axi_elem *e = axi_first_child(call->in, "e"); e != NULL;
         e = axi_next_sibling(e, "e"))
        apply_elem(&call->session->subscriptions, e);
    axi_answer_start(call->answer, call->request);
}
