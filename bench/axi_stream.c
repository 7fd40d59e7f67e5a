/*
 * Makes the stream of the AXI bench. It is written byte by byte and not by libaxi's encoder, so that what
 * is read does not come from what reads it: full attributes of a 7.1 OMM in its order, names in several
 * scripts, signs that need a reference, sealed secrets in base64, numbers, flags, enumerations, stamps.
 */
#include "axi_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUE_MAX = 256 };

/* splitmix64: small, and the same everywhere. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

#define PICK(array) (array)[next(seed) % (sizeof(array) / sizeof(array)[0])]

/* --- values: each writes the one of user `n`, without references --------------------------------------- */

static const char *const given_names[] = {
    "Anna",  "Jürgen", "Zoë",    "Łukasz", "Márta", "Søren", "François", "Inés",
    "Björn", "Çiğdem", "Jiří",   "Ștefan", "Þóra",  "Мария", "Ελένη",    "Karl",
    "Liv",   "Åsa",    "Matteo", "João",   "Tomáš", "Peter", "美咲",     "지우"};
static const char *const family_names[] = {
    "Müller",  "Groß",  "Nuñez", "Østergård", "Lefèvre", "Novák",     "Yılmaz", "Szabó",
    "Ionescu", "Berg",  "Rossi", "O'Brien",   "Weiß",    "Gonçalves", "Dvořák", "Иванова",
    "Bērziņš", "Smith", "Peña",  "Ångström",  "田中",    "Кузнецов",  "Jones",  "김"};
static const char *const areas[] = {"Empfang",      "Küche & Lager", "Röntgen", "Station 3",
                                    "Werk \"Süd\"", "Intensiv <A>",  "Technik", "受付"};
static const char *const places[] = {"Haus A", "Haus B/2", "Gebäude 7", "1. OG", "Nordflügel", ""};
static const char *const languages[] = {"English", "German", "French", "Swedish", "Polish"};
static const char *const forwards[] = {"Off", "Off", "Off", "Busy", "All"};
static const char *const global[] = {"Global", "Global", "On", "Off"};
static const char *const servers[] = {"Global", "Global", "Integrated", "None"};
static const char *const watched[] = {"Unknown", "Unknown", "Available", "Warning"};
static const char *const sensitivities[] = {"high", "low"};
static const char *const modes[] = {"Off", "Off", "Passive"};
static const char *const relations[] = {"Fixed", "Dynamic", "Unbound"};

static void put_name(char *value, unsigned n, uint64_t *seed)
{
    (void)n;
    snprintf(value, VALUE_MAX, "%s, %s", PICK(family_names), PICK(given_names));
}
static void put_id(char *value, unsigned n, uint64_t *seed)
{
    (void)seed;
    snprintf(value, VALUE_MAX, "%u", n);
}
static void put_stamp(char *value, unsigned n, uint64_t *seed)
{
    (void)n;
    snprintf(value, VALUE_MAX, "%u", 1577836800u + (unsigned)(next(seed) % 94608000u));
}
static void put_number(char *value, unsigned n, uint64_t *seed)
{
    (void)seed;
    snprintf(value, VALUE_MAX, "%u", 100000 + n);
}
/* A number that most users do not have. */
static void put_other_number(char *value, unsigned n, uint64_t *seed)
{
    if (next(seed) % 8 == 0)
        snprintf(value, VALUE_MAX, "+49 30 %u", 7000000 + n);
}
static void put_uri(char *value, unsigned n, uint64_t *seed)
{
    if (next(seed) % 4 == 0)
        snprintf(value, VALUE_MAX, "sip:conf-%u@pbx.example.com;user=phone", n % 40);
}
static void put_flag(char *value, unsigned n, uint64_t *seed)
{
    (void)n;
    snprintf(value, VALUE_MAX, "%u", (unsigned)(next(seed) & 1));
}
static void put_small(char *value, unsigned n, uint64_t *seed)
{
    (void)n;
    snprintf(value, VALUE_MAX, "%u", (unsigned)(next(seed) % 6));
}
static void put_port(char *value, unsigned n, uint64_t *seed)
{
    snprintf(value, VALUE_MAX, "%u", next(seed) % 2 ? 0 : 17000 + n);
}
/* A block of RSA with 512 bits, as OMMs answer. */
static void put_secret(char *value, unsigned n, uint64_t *seed)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    (void)n;
    for (int i = 0; i < 86; i++)
        value[i] = digits[next(seed) % 64];
    memcpy(value + 86, "==", 3);
}

#define ONE_OF(array) NULL, array, sizeof(array) / sizeof(array)[0]

/* --- one user ------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    void (*put)(char *value, unsigned n, uint64_t *seed); /* NULL: one of the following */
    const char *const *of;
    size_t count;
} attrs[] = {
    {"uid", put_id, NULL, 0},
    {"uidSec", put_small, NULL, 0},
    {"permanent", put_flag, NULL, 0},
    {"relType", ONE_OF(relations)},
    {"ppn", put_id, NULL, 0},
    {"timeStamp", put_stamp, NULL, 0},
    {"name", put_name, NULL, 0},
    {"num", put_number, NULL, 0},
    {"hierarchy1", ONE_OF(areas)},
    {"hierarchy2", ONE_OF(places)},
    {"addId", put_number, NULL, 0},
    {"sipAuthId", put_number, NULL, 0},
    {"sipPw", put_secret, NULL, 0},
    {"sosNum", put_other_number, NULL, 0},
    {"manDownNum", put_other_number, NULL, 0},
    {"voiceboxNum", put_other_number, NULL, 0},
    {"pin", put_secret, NULL, 0},
    {"lang", ONE_OF(languages)},
    {"forwardState", ONE_OF(forwards)},
    {"forwardDest", put_other_number, NULL, 0},
    {"forwardTime", put_small, NULL, 0},
    {"holdRingBackTime", put_small, NULL, 0},
    {"callWaitingDisabled", put_flag, NULL, 0},
    {"autoAnswer", ONE_OF(global)},
    {"microphoneMute", ONE_OF(global)},
    {"warningTone", ONE_OF(global)},
    {"allowBargeIn", ONE_OF(global)},
    {"trackingActive", put_flag, NULL, 0},
    {"autoLogoutOnCharge", put_flag, NULL, 0},
    {"locRight", put_flag, NULL, 0},
    {"locatable", put_flag, NULL, 0},
    {"msgRight", put_flag, NULL, 0},
    {"sendVcardRight", put_flag, NULL, 0},
    {"recvVcardRight", put_flag, NULL, 0},
    {"keepLocalPB", put_flag, NULL, 0},
    {"vip", put_flag, NULL, 0},
    {"sipRegisterCheck", put_flag, NULL, 0},
    {"external", put_flag, NULL, 0},
    {"BTlocatable", put_flag, NULL, 0},
    {"BTsensitivity", ONE_OF(sensitivities)},
    {"conferenceServerType", ONE_OF(servers)},
    {"conferenceServerURI", put_uri, NULL, 0},
    {"monitoringMode", ONE_OF(modes)},
    {"HAS", ONE_OF(watched)},
    {"HSS", ONE_OF(watched)},
    {"HRS", ONE_OF(watched)},
    {"HCS", ONE_OF(watched)},
    {"SRS", ONE_OF(watched)},
    {"SCS", ONE_OF(watched)},
    {"CDS", ONE_OF(watched)},
    {"HBS", ONE_OF(watched)},
    {"BTS", ONE_OF(watched)},
    {"SWS", ONE_OF(watched)},
    {"CUS", ONE_OF(watched)},
    {"allowVideoStream", put_flag, NULL, 0},
    {"credentialPw", put_secret, NULL, 0},
    {"fixedSipPort", put_port, NULL, 0},
    {"calculatedSipPort", put_port, NULL, 0},
    {"hotDeskingSupport", put_flag, NULL, 0},
    {"useSIPUserName", ONE_OF(global)},
    {"useSIPUserAuthentication", ONE_OF(global)},
    {"serviceUserName", put_other_number, NULL, 0},
    {"serviceAuthName", put_other_number, NULL, 0},
    {"serviceAuthPassword", put_secret, NULL, 0},
    {"ppProfileId", put_small, NULL, 0},
};
_Static_assert(sizeof attrs / sizeof attrs[0] == STREAM_ATTRS, "as many as the bench says");

const char *stream_attr(unsigned i)
{
    return attrs[i].name;
}

/* --- bytes ----------------------------------------------------------------------------------------------- */

static bool put(struct axi_buf *out, const char *text, size_t len)
{
    if (out->cap - out->len < len) {
        size_t cap = out->cap * 2 + len + 65536;
        char *grown = realloc(out->ptr, cap);
        if (grown == NULL)
            return false;
        out->ptr = grown;
        out->cap = cap;
    }
    memcpy(out->ptr + out->len, text, len);
    out->len += len;
    return true;
}

static bool put_text(struct axi_buf *out, const char *text)
{
    return put(out, text, strlen(text));
}

static bool put_value(struct axi_buf *out, const char *value)
{
    for (; *value != '\0'; value++) {
        const char *reference = *value == '&'   ? "&amp;"
                                : *value == '<' ? "&lt;"
                                : *value == '>' ? "&gt;"
                                : *value == '"' ? "&quot;"
                                                : NULL;
        if (reference != NULL ? !put_text(out, reference) : !put(out, value, 1))
            return false;
    }
    return true;
}

static bool put_user(struct axi_buf *out, unsigned n, uint64_t *seed)
{
    bool good = put_text(out, "<user");
    for (unsigned i = 0; i < STREAM_ATTRS; i++) {
        char value[VALUE_MAX] = "";
        const char *text = value;
        if (attrs[i].put != NULL)
            attrs[i].put(value, n, seed);
        else
            text = attrs[i].of[next(seed) % attrs[i].count];
        good = good && put_text(out, " ") && put_text(out, attrs[i].name) && put_text(out, "=\"") &&
               put_value(out, text) && put_text(out, "\"");
    }
    return good && put_text(out, "/>");
}

bool stream_write(struct axi_buf *out)
{
    uint64_t seed = 3;
    bool good = true;
    for (unsigned page = 0; page < STREAM_MESSAGES; page++) {
        char start[64];
        snprintf(start, sizeof start, "<GetPPUserResp seq=\"%u\">", page + 1);
        good = good && put_text(out, start);
        for (unsigned u = 0; u < STREAM_PAGE; u++)
            good = good && put_user(out, page * STREAM_PAGE + u + 1, &seed);
        good = good && put(out, "</GetPPUserResp>", sizeof "</GetPPUserResp>");
    }
    return good;
}
