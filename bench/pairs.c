/*
 * Making users and devices: most fields are the same for all, as in a real system.
 */
#include "pairs.h"

#include <stdio.h>
#include <string.h>

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t seed_of(unsigned i, unsigned salt)
{
    return (uint64_t)i << 16 | salt;
}

static void add(struct pair_half *half, const char *name, const char *value)
{
    size_t len = strlen(value);
    char *copy = half->text + half->used;

    memcpy(copy, value, len + 1);
    half->used += len + 1;
    half->attrs[half->count].name = (struct mom_str){name, strlen(name)};
    half->attrs[half->count++].value = (struct mom_str){copy, len};
}

static void add_number(struct pair_half *half, const char *name, unsigned value)
{
    char text[16];

    snprintf(text, sizeof text, "%u", value);
    add(half, name, text);
}

/* 88 characters of base64: as secrets look that were encrypted. */
static void add_secret(struct pair_half *half, const char *name, unsigned i, unsigned salt)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint64_t state = seed_of(i, salt);
    char text[96] = "P";

    for (unsigned c = 1; c <= 86; c++)
        text[c] = digits[next_random(&state) >> 58];
    memcpy(text + 87, "==", 3);
    add(half, name, text);
}

static void add_hex(struct pair_half *half, const char *name, unsigned i, unsigned bytes)
{
    uint64_t state = seed_of(i, 99);
    char text[64];

    for (unsigned b = 0; b < bytes; b++)
        snprintf(text + (size_t)2 * b, 3, "%02X", (unsigned)(next_random(&state) >> 56));
    add(half, name, text);
}

static void add_all(struct pair_half *half, const char *const *names, const char *value)
{
    for (; *names; names++)
        add(half, *names, value);
}

void pair_user(unsigned i, struct pair_half *ret_user)
{
    static const char *const first[] = {"Anna",  "Ben",  "Clara", "David", "Eva",   "Felix",
                                        "Greta", "Hans", "Ida",   "Jonas", "Karin", "Lars"};
    static const char *const last[] = {"Mueller", "Schmidt", "Fischer", "Weber", "Wagner",
                                       "Becker",  "Koch",    "Richter", "Klein", "Wolf"};
    static const char *const empty[] = {
        "sosNum",          "manDownNum",      "voiceboxNum", "forwardDest", "conferenceServerURI",
        "serviceUserName", "serviceAuthName", NULL};
    static const char *const zero[] = {"uidSec",
                                       "forwardTime",
                                       "callWaitingDisabled",
                                       "trackingActive",
                                       "autoLogoutOnCharge",
                                       "locRight",
                                       "locatable",
                                       "recvVcardRight",
                                       "keepLocalPB",
                                       "vip",
                                       "sipRegisterCheck",
                                       "external",
                                       "BTlocatable",
                                       "allowVideoStream",
                                       "fixedSipPort",
                                       "calculatedSipPort",
                                       "hotDeskingSupport",
                                       "configurationDataLoaded",
                                       "ppProfileId",
                                       "permanent",
                                       NULL};
    static const char *const global[] = {"autoAnswer",
                                         "microphoneMute",
                                         "warningTone",
                                         "allowBargeIn",
                                         "conferenceServerType",
                                         "useSIPUserName",
                                         "useSIPUserAuthentication",
                                         NULL};
    static const char *const unknown[] = {"HAS", "HSS", "HRS", "HCS", "SRS", "SCS",
                                          "CDS", "HBS", "BTS", "SWS", "CUS", NULL};
    char num[16], text[64];

    memset(ret_user, 0, sizeof *ret_user);
    snprintf(num, sizeof num, "%u", 100000 + i);
    add(ret_user, "num", num);
    add(ret_user, "addId", num);
    add(ret_user, "sipAuthId", num);
    snprintf(text, sizeof text, "%s %s %s", first[i % 12], last[i % 10], num);
    add(ret_user, "name", text);
    snprintf(text, sizeof text, "Building %u", i % 97);
    add(ret_user, "hierarchy1", text);
    snprintf(text, sizeof text, "Ward %u / Room %u", i % 13, i % 311);
    add(ret_user, "hierarchy2", text);
    add_secret(ret_user, "sipPw", i, 1);
    add_secret(ret_user, "pin", i, 2);
    add_secret(ret_user, "credentialPw", i, 3);
    add_secret(ret_user, "serviceAuthPassword", i, 4);
    add(ret_user, "lang", "English");
    add(ret_user, "forwardState", "Off");
    add(ret_user, "monitoringMode", "Off");
    add(ret_user, "BTsensitivity", "high");
    add(ret_user, "holdRingBackTime", "3");
    add(ret_user, "msgRight", "1");
    add(ret_user, "sendVcardRight", "1");
    add_all(ret_user, empty, "");
    add_all(ret_user, zero, "0");
    add_all(ret_user, global, "Global");
    add_all(ret_user, unknown, "Unknown");
}

static unsigned check_digit(const char *digits)
{
    unsigned sum = 0;

    for (unsigned i = 0; i < 12; i++)
        sum += (unsigned)(digits[i] - '0') * (i + 1);
    return sum % 11;
}

/* 170 characters: 100 of menu text, 70 digits. */
static void add_menu(struct pair_half *half, const char *name, unsigned i, unsigned salt)
{
    uint64_t state = seed_of(i, salt);
    char text[256];
    int len = snprintf(text, sizeof text,
                       "melody=%u;volume=%u;contrast=%u;display=on;softkey1=redial;"
                       "softkey2=phonebook;softkey3=%u;line=%u;dir=",
                       (unsigned)(next_random(&state) >> 56), (unsigned)(next_random(&state) >> 56),
                       (unsigned)(next_random(&state) >> 56), (unsigned)(next_random(&state) >> 56),
                       (unsigned)(next_random(&state) >> 56));

    while (len < 170)
        len += snprintf(text + len, sizeof text - (size_t)len, "%03u",
                        (unsigned)(next_random(&state) >> 56));
    text[170] = '\0';
    add(half, name, text);
}

void pair_device(unsigned i, struct pair_half *ret_device)
{
    static const char *const menus[] = {"cfg1", "cfg2", "cfg3", "cfg4", "cfg5", "cfg6"};
    static const char *const zero[] = {
        "capMessagingForInternalUse", "capBluetooth", "ppDefaultProfileLoaded",
        "subscribeToPARIOnly",        "autoCreate",   NULL};
    char digits[16], text[32];
    unsigned check;

    memset(ret_device, 0, sizeof *ret_device);
    snprintf(digits, sizeof digits, "%05u%07u", i % 65536, i);
    check = check_digit(digits);
    snprintf(text, sizeof text, check == 10 ? "%.5s %.7s *" : "%.5s %.7s %u", digits, digits + 5,
             check);
    add(ret_device, "ipei", text);
    add(ret_device, "ac", "");
    add(ret_device, "s", "Yes");
    add_hex(ret_device, "uak", i, 16);
    add(ret_device, "encrypt", "1");
    add(ret_device, "capMessaging", "1");
    add(ret_device, "capEnhLocating", "1");
    add(ret_device, "ethAddr", "");
    add(ret_device, "hwType", "600d");
    add(ret_device, "ppProfileCapability", "1");
    add_all(ret_device, zero, "0");
    add_number(ret_device, "ppnSec", 0);
    for (unsigned k = 0; k < 6; k++)
        add_menu(ret_device, menus[k], i, 10 + k);
}

size_t pair_axi_bytes(const struct pair_half *half)
{
    size_t bytes = sizeof "<user />" - 1;

    for (size_t i = 0; i < half->count; i++)
        bytes += half->attrs[i].name.len + half->attrs[i].value.len + 4;
    return bytes;
}
