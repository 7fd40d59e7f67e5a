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
        clients += sim_session_is_open(s);
    axi_set_int(out, AXI_A_axiClients, clients);
    axi_set_cstr(out, AXI_A_ommPlatform,
                 site->fault_platform[0] != '\0' ? site->fault_platform : "linux-pc");
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

static bool is(struct axi_str text, const char *wanted)
{
    return text.len == strlen(wanted) && memcmp(text.ptr, wanted, text.len) == 0;
}

static const struct sim_account *find_account(const struct sim_world *world,
                                              const struct axi_server_login *login)
{
    for (size_t i = 0; i < sizeof world->accounts / sizeof world->accounts[0]; i++) {
        const struct sim_account *a = &world->accounts[i];
        if (login->password.len > 0 && is(login->username, a->username) &&
            is(login->password, a->password))
            return a;
    }
    return NULL;
}

/* What is wrong with a login. An OMM tells what it is in every answer to it. */
void sim_login(struct sim_call *call, const struct axi_server_login *login)
{
    const struct sim_account *account = find_account(call->site->world, login);
    bool other =
        login->protocol_version != 0 && login->protocol_version != sim_site_protocol(call->site);
    enum axi_value code = login->code;
    if (code == AXI_V_NOTHING)
        code = other ? AXI_V_EFailed : account == NULL ? AXI_V_EAuth : AXI_V_NOTHING;
    call->refused = code != AXI_V_NOTHING;
    struct axi_elem *out = call->refused
                               ? axi_server_refuse(call->session->server, code)
                               : axi_server_accept(call->session->server, account->permissions);
    write_identity(call->site, out);
    if (call->refused)
        return;
    write_features(call->site, out);
    write_key(call->site, axi_add_child(out, "publicKey"));
}

/* --- the rest -------------------------------------------------------------------------------------- */

void sim_handle_get_public_key(struct sim_call *call)
{
    write_key(call->site, sim_answer(call));
}

static void write_version(struct axi_elem *out, enum axi_type type)
{
    const char *version = axi_type_version(type), *name = axi_type_name(type);
    if (version == NULL)
        return;
    struct axi_str attr = {name, strlen(name)}, value = {version, strlen(version)};
    axi_set_named(out, attr, value);
}

void sim_handle_get_versions(struct sim_call *call)
{
    struct axi_elem *out = sim_answer(call);
    struct axi_elem *asked = axi_first_child(call->in, "version");
    for (int type = AXI_T_NONE + 1; type < AXI_T_COUNT && asked == NULL; type++)
        write_version(out, (enum axi_type)type);
    for (; asked != NULL; asked = axi_next_sibling(asked, "version"))
        write_version(out, axi_type_of(axi_get_str(asked, AXI_A_element)));
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
