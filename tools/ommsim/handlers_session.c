/*
 * Login and what belongs to the session: keys, versions, limits.
 */
#include "handlers.h"

#include <string.h>

static const struct sim_release releases[] = {
    {"7.1", "OpenMobility Manager SIP-DECT 7.1-CK14", "171101", "7.1.1", false, false},
    {"8.1", "OpenMobility Manager SIP-DECT 8.1", "180100", "8.1", true, false},
    {"8.3", "OpenMobility Manager SIP-DECT 8.3", "180300", "8.3", true, false},
    {"9.1", "OpenMobility Manager SIP-DECT 9.1", "190100", "9.1", true, true},
    {"10.1", "OpenMobility Manager SIP-DECT 10.1", "200100", "10.1", true, true},
};

const struct sim_release *sim_release_of(const char *name)
{
    for (size_t i = 0; i < sizeof releases / sizeof releases[0]; i++)
        if (strcmp(releases[i].name, name) == 0)
            return &releases[i];
    return NULL;
}

const char *sim_bool(const struct sim_world *world, bool value)
{
    if (world->options->release->words)
        return value ? "true" : "false";
    return value ? "1" : "0";
}

void sim_set_bool(const struct sim_world *world, struct axi_elem *elem, enum axi_attr attr,
                  bool value)
{
    axi_set_cstr(elem, attr, sim_bool(world, value));
}

int64_t sim_site_now(const struct sim_site *site)
{
    return com_wall_ms() / 1000 + site->clock_offset_s;
}

const char *sim_site_park(const struct sim_site *site)
{
    return site->fault_park[0] != '\0' ? site->fault_park : site->park;
}

int64_t sim_site_protocol(const struct sim_site *site)
{
    return site->fault_version != 0 ? site->fault_version : site->world->options->protocol;
}

/* --- Open ------------------------------------------------------------------------------------------ */

static void write_identity(const struct sim_site *site, struct axi_elem *out)
{
    const struct sim_release *release = site->world->options->release;
    axi_set_cstr(out, AXI_A_ommStbState, "None");
    axi_set_cstr(out, AXI_A_ommVersion, release->omm_version);
    axi_set_cstr(out, AXI_A_axiVersion, release->axi_version);
    axi_set_cstr(out, AXI_A_ommAxiSpecVersion, release->spec_version);
    axi_set_int(out, AXI_A_protocolVersion, sim_site_protocol(site));
}

static void write_features(struct sim_site *site, struct axi_elem *out)
{
    static const enum axi_attr features[] = {
        AXI_A_haveSARI,       AXI_A_haveUserDeviceSync, AXI_A_haveUnboundDevices,
        AXI_A_haveSIP,        AXI_A_haveLocating,       AXI_A_haveLicensing,
        AXI_A_haveConference, AXI_A_haveFACs,           AXI_A_haveOMP};
    const struct sim_world *world = site->world;
    int64_t clients = 0;
    for (const struct sim_session *s = site->sessions; s != NULL; s = s->next)
        clients += s->open;
    axi_set_int(out, AXI_A_axiClients, clients);
    axi_set_cstr(out, AXI_A_ommPlatform, "linux-pc");
    axi_set_int(out, AXI_A_uptime, (com_now_ms() - site->up_since_ms) / 1000);
    sim_set_bool(world, out, AXI_A_EULAConfirm, true);
    for (size_t i = 0; i < sizeof features / sizeof features[0]; i++)
        sim_set_bool(world, out, features[i], true);
    if (!world->options->release->later)
        return;
    char cloud_id[SIM_PARK_SIZE + 2];
    snprintf(cloud_id, sizeof cloud_id, "00%s", sim_site_park(site));
    axi_set_cstr(out, AXI_A_cloudId, cloud_id);
    axi_set_cstr(out, AXI_A_sari, site->sari);
    sim_set_bool(world, out, AXI_A_haveMOMAppl, true);
}

static void write_key(const struct sim_site *site, struct axi_elem *out)
{
    struct axi_public_key key = axi_rsa_public_key(site->rsa);
    axi_set_str(out, AXI_A_modulus, key.modulus);
    axi_set_str(out, AXI_A_exponent, key.exponent);
}

static const struct sim_account *find_account(const struct sim_world *world,
                                              const struct axi_elem *in)
{
    struct axi_str name = axi_get_str(in, AXI_A_username);
    struct axi_str password = axi_get_str(in, AXI_A_password);
    for (size_t i = 0; i < sizeof world->accounts / sizeof world->accounts[0]; i++) {
        const struct sim_account *a = &world->accounts[i];
        if (password.len > 0 && strlen(a->username) == name.len &&
            strlen(a->password) == password.len && memcmp(a->username, name.ptr, name.len) == 0 &&
            memcmp(a->password, password.ptr, password.len) == 0)
            return a;
    }
    return NULL;
}

static void refuse_open(struct sim_call *call, enum axi_value code, const char *bad,
                        const char *info)
{
    sim_answer_error(call, code, bad, info);
    write_identity(call->site, axi_msg_root(call->answer));
}

void sim_handle_open(struct sim_call *call)
{
    struct sim_session *session = call->session;
    int64_t version = sim_site_protocol(call->site);
    bool sync = false;
    if (session->open) {
        refuse_open(call, AXI_V_EForbidden, NULL, "this session is open already");
        return;
    }
    if (axi_get_int(call->in, AXI_A_protocolVersion, &version) == AXI_EVALUE ||
        axi_get_bool(call->in, AXI_A_UserDeviceSyncClient, &sync) == AXI_EVALUE) {
        refuse_open(call, AXI_V_EInval, "protocolVersion", NULL);
        return;
    }
    if (version != sim_site_protocol(call->site)) {
        refuse_open(call, AXI_V_EFailed, "protocolVersion", "another protocol version is spoken");
        return;
    }
    const struct sim_account *account = find_account(call->site->world, call->in);
    if (account == NULL) {
        refuse_open(call, AXI_V_EAuth, NULL, NULL);
        return;
    }
    session->account = account;
    session->sync = sync;
    session->open = true;
    struct axi_elem *out = sim_answer(call);
    write_identity(call->site, out);
    write_features(call->site, out);
    write_key(call->site, axi_add_child(out, "publicKey"));
    for (const char *const *p = account->permissions; *p != NULL; p++) {
        struct axi_str text = {*p, strlen(*p)};
        axi_set_text(axi_add_child(out, "permission"), text);
    }
}

/* --- the rest -------------------------------------------------------------------------------------- */

void sim_handle_ping(struct sim_call *call)
{
    struct axi_elem *out = sim_answer(call);
    if (axi_has(call->in, AXI_A_timeStamp))
        axi_set_int(out, AXI_A_timeStamp, sim_site_now(call->site));
}

void sim_handle_get_public_key(struct sim_call *call)
{
    write_key(call->site, sim_answer(call));
}

/* The device messages were renewed with the MOM; the others keep a version that says nothing. */
static const char *version_of(const char *element)
{
    static const char *const renewed[] = {"CreatePPDev",   "GetPPDev",      "SetPPDev",
                                          "GetPP",         "SetPP",         "EventPPCnf",
                                          "EventPPDevCnf", "GetPPDevByIPEI"};
    for (size_t i = 0; i < sizeof renewed / sizeof renewed[0]; i++)
        if (strcmp(renewed[i], element) == 0)
            return "2.0.0";
    return "1.0.1";
}

void sim_handle_get_versions(struct sim_call *call)
{
    struct axi_elem *out = sim_answer(call);
    struct axi_elem *asked = axi_first_child(call->in, "version");
    for (int type = AXI_T_NONE + 1; type < AXI_T_COUNT; type++) {
        enum axi_kind kind = axi_type_kind((enum axi_type)type);
        if (asked != NULL || (kind != AXI_REQUEST && kind != AXI_EVENT))
            continue;
        const char *name = axi_type_name((enum axi_type)type);
        struct axi_str attr = {name, strlen(name)}, value = {version_of(name), 5};
        axi_set_named(out, attr, value);
    }
    for (; asked != NULL; asked = axi_next_sibling(asked, "version")) {
        struct axi_str name = axi_get_str(asked, AXI_A_element);
        enum axi_type type = axi_type_of(name);
        if (type == AXI_T_NONE)
            continue;
        struct axi_str value = {version_of(axi_type_name(type)), 5};
        axi_set_named(out, name, value);
    }
}

void sim_handle_limits(struct sim_call *call)
{
    static const struct {
        enum axi_attr attr;
        int64_t value;
    } limits[] = {{AXI_A_axiClients, 100},
                  {AXI_A_omm, 0},
                  {AXI_A_codec, 5},
                  {AXI_A_rfpNum, 4096},
                  {AXI_A_site, 250},
                  {AXI_A_dnsServer, 3},
                  {AXI_A_ntpServer, 3},
                  {AXI_A_ppProfileNum, 20},
                  {AXI_A_limitRTT1, 25},
                  {AXI_A_limitRTT2, 50},
                  {AXI_A_limitRTT3, 150},
                  {AXI_A_limitRTT4, 500},
                  {AXI_A_ldapServer, 5},
                  {AXI_A_licLatency, 43200},
                  {AXI_A_ppnNum, 10000},
                  {AXI_A_records, SIM_PAGE_MAX},
                  {AXI_A_ssidWlan, 4},
                  {AXI_A_ssidWlanKey, 4},
                  {AXI_A_trigger, 100},
                  {AXI_A_urlLen, 513},
                  {AXI_A_userId, 100},
                  {AXI_A_wlanMacFilter, 512},
                  {AXI_A_xmlBuiltInAppl, 15},
                  {AXI_A_xmlDynAppl, 10},
                  {AXI_A_xmlCorpDirAppl, 5},
                  {AXI_A_wlanClients, 262144},
                  {AXI_A_wlanProfiles, 20},
                  {AXI_A_bluetoothBeacons, 28672},
                  {AXI_A_bluetoothNeighbours, 8},
                  {AXI_A_bluetoothRssiValues, 6},
                  {AXI_A_conferenceRooms, 100},
                  {AXI_A_certificateNum, 10},
                  {AXI_A_ppVideoDevNum, 10}};
    struct axi_elem *out = sim_answer(call);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        axi_set_int(out, limits[i].attr,
                    limits[i].attr == AXI_A_ppnNum ? call->site->world->options->limit
                                                   : limits[i].value);
}
