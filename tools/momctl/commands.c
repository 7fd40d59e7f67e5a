/*
 * The tables: commands with their columns and options.
 */
#include "momctl.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* clang-format off */
static const struct column site_columns[] = {
    {"NO", "number", true, 0},       {"NAME", "name", false, 24},     {"ADDRESS", "address", false, 40},
    {"STATE", "state", false, 0},    {"PARK", "park", false, 0},      {"USERS", "users", true, 0},
    {"DEVICES", "devices", true, 0}, {"READ", "progress", true, 0},   {"CLOCK", "clock_offset_ms", true, 0},
    {"NEXT TRY", "next_try_s", true, 0}, {"POLICY", "policy", false, 0}, {"REASON", "reason", false, 0},
    {"HEALTH", "health", false, 0},
};
static const struct column user_columns[] = {
    {"NUMBER", "num", false, 31},   {"NAME", "name", false, 32},     {"SITE", "site", false, 24},
    {"PHONE", "device", false, 0},  {"RELATION", "relType", false, 0}, {"PERMANENT", "permanent", false, 0},
    {"PARKED", "parked", false, 0}, {"ID", "id", false, 0},
};
static const struct column device_columns[] = {
    {"IPEI", "ipei", false, 0},        {"SITE", "site", false, 24},   {"USER", "user", false, 31},
    {"RELATION", "relType", false, 0}, {"SUBSCRIBED", "s", false, 0}, {"PARKED", "parked", false, 0},
    {"ID", "id", false, 0},
};
static const struct column held_columns[] = {
    {"TYPE", "type", false, 0},  {"NUMBER", "num", false, 31},    {"NAME", "name", false, 32},
    {"IPEI", "ipei", false, 0},  {"PHONE", "device", false, 0},   {"USER", "user", false, 31},
    {"SITE", "site", false, 24}, {"ID", "id", false, 0},
};
static const struct column conflict_columns[] = {
    {"NO", "sequence", true, 0},      {"DECIDED", "decided", false, 0}, {"TYPE", "type", false, 0},
    {"NUMBER", "num", false, 31},     {"IPEI", "ipei", false, 0},       {"GROUP", "group", false, 0},
    {"KEPT", "kept", false, 40},      {"BY", "kept_by", false, 24},     {"LOST", "lost", false, 40},
    {"BY", "lost_by", false, 24},     {"RULE", "rule", false, 0},         {"UNDONE", "undone", false, 0},
};
static const struct column difference_columns[] = {
    {"WOULD", "kind", false, 0},  {"TYPE", "type", false, 0},  {"ID", "id", true, 0},
    {"GROUP", "group", false, 0}, {"HERE", "here", false, 40}, {"FILE", "file", false, 40},
};
static const struct column version_columns[] = {
    {"NO", "number", true, 0},    {"AT", "at", false, 0},      {"DID", "did", false, 0},
    {"BY", "by", false, 24},      {"WHY", "reason", false, 0}, {"SITE", "to_site", false, 24},
    {"GROUP", "group", false, 0}, {"FROM", "from", false, 40}, {"TO", "to", false, 40},
};

#define TABLE(columns) SHAPE_TABLE, columns, COUNT(columns)
#define SITE_OPTIONS   (OPT_STANDBY | OPT_USER | OPT_PASSWORD_FILE | OPT_PASSWORD_STDIN | OPT_CHECK | OPT_PLAIN | \
                        OPT_DISABLED | OPT_POLICY)
#define LIST_OPTIONS   (OPT_SITE | OPT_PARKED | OPT_SEARCH)

const struct command commands[] = {
    {"status", "", "the hub at a glance", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"sites", "", "all sites with their state", "sites list", TABLE(site_columns), 0},
    {"sites list", "", "the same", NULL, TABLE(site_columns), 0},
    {"sites show", "NAME", "all that is known of a site", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"sites add", "NAME ADDRESS[:PORT]", "add a site", NULL, SHAPE_DONE, NULL, 0, SITE_OPTIONS | OPT_NEW_PASSWORD},
    {"sites set", "NAME", "change a site", NULL, SHAPE_DONE, NULL, 0,
     SITE_OPTIONS | OPT_ADDRESS | OPT_TLS | OPT_FORGET | OPT_PASSWORD},
    {"sites remove", "NAME ...", "forget sites; their users and phones stay", NULL, SHAPE_DONE, NULL, 0, 0},
    {"sites enable", "NAME ...", "connect to sites", NULL, SHAPE_DONE, NULL, 0, 0},
    {"sites disable", "NAME ...", "end the links to sites", NULL, SHAPE_DONE, NULL, 0, 0},
    {"held", "SITE", "what is missing at a site that came back, and waits for a decision", NULL,
     TABLE(held_columns), 0},
    {"decide", "SITE yes|no", "yes: what is held is deleted everywhere; no: it is put back at the site", NULL,
     SHAPE_DONE, NULL, 0, 0},
    {"users", "", "all users", "users list", TABLE(user_columns), LIST_OPTIONS},
    {"users list", "", "the same", NULL, TABLE(user_columns), LIST_OPTIONS},
    {"users show", "NUMBER", "all fields of a user", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"users add", "num=NUMBER [field=value ...]", "create a user", NULL, SHAPE_DONE, NULL, 0, OPT_SECRET},
    {"users set", "NUMBER [field=value ...]", "change a user", NULL, SHAPE_DONE, NULL, 0, OPT_SECRET},
    {"users delete", "NUMBER ...", "delete users", NULL, SHAPE_DONE, NULL, 0, 0},
    {"devices", "", "all phones", "devices list", TABLE(device_columns), LIST_OPTIONS},
    {"devices list", "", "the same", NULL, TABLE(device_columns), LIST_OPTIONS},
    {"devices show", "IPEI", "all fields of a phone", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"devices add", "ipei=IPEI [field=value ...]", "create a phone", NULL, SHAPE_DONE, NULL, 0, OPT_SECRET},
    {"devices set", "IPEI [field=value ...]", "change a phone", NULL, SHAPE_DONE, NULL, 0, OPT_SECRET},
    {"devices delete", "IPEI ...", "delete phones", NULL, SHAPE_DONE, NULL, 0, 0},
    {"bind", "NUMBER IPEI", "bind a user to a phone", NULL, SHAPE_DONE, NULL, 0, OPT_FIXED},
    {"unbind", "NUMBER", "unbind a user from its phone", NULL, SHAPE_DONE, NULL, 0, 0},
    {"where", "NUMBER-or-IPEI", "where a phone is", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"conflicts", "", "changes that did not know of each other, and who won", "conflicts list",
     TABLE(conflict_columns), 0},
    {"conflicts list", "", "the same", NULL, TABLE(conflict_columns), 0},
    {"undo", "CONFLICT", "put the other side of a conflict in place; once more: the other way round", NULL,
     SHAPE_DONE, NULL, 0, 0},
    {"history", "NUMBER-or-IPEI", "the changes of a user or phone, newest first", "history list",
     TABLE(version_columns), 0},
    {"history list", "NUMBER-or-IPEI", "the same", NULL, TABLE(version_columns), 0},
    {"history at", "NUMBER-or-IPEI TIME", "all fields as they were at a time", NULL, SHAPE_PAIRS, NULL, 0, 0},
    {"restore", "NUMBER-or-IPEI TIME", "put back what a user or phone was at a time", NULL, SHAPE_DONE, NULL, 0, 0},
    {"backup", "FOLDER", "copy the store while it is in use, on momd's machine", NULL, SHAPE_DONE, NULL, 0, 0},
    {"export", "FILE", "write all records to a new file", NULL, SHAPE_EXPORT, NULL, 0, OPT_PASSPHRASE},
    {"import", "FILE", "compare a file with what is here, or take from it", "import run", SHAPE_IMPORT,
     difference_columns, COUNT(difference_columns),
     OPT_INSPECT | OPT_FILL_GAPS | OPT_ROLL_BACK | OPT_YES | OPT_PASSPHRASE},
    {"restored accept", "", "say that a restored store was dealt with", NULL, SHAPE_DONE, NULL, 0, 0},
    {"watch", "", "changes as they happen, until interrupted", NULL, SHAPE_EVENTS, NULL, 0, OPT_COUNT},
    {"wait", "sites-steady [NAME ...] | at NUMBER SITE", "wait until something is so: for scripts", NULL, SHAPE_DONE,
     NULL, 0, OPT_TIMEOUT},
};
const size_t command_count = COUNT(commands);

const struct option_row option_rows[] = {
    {"standby", "ADDRESS", "standby", KIND_TEXT, OPT_STANDBY, "the site's standby OMM"},
    {"address", "ADDRESS", "address", KIND_TEXT, OPT_ADDRESS, "another address"},
    {"user", "NAME", "user", KIND_TEXT, OPT_USER, "account at the OMM, default omm"},
    {"password-file", "FILE", "password", KIND_PASSWORD_FILE, OPT_PASSWORD_FILE, "its password: first line of a file"},
    {"password-stdin", NULL, "password", KIND_PASSWORD_STDIN, OPT_PASSWORD_STDIN, "the same from standard input"},
    {"password", NULL, "password", KIND_PASSWORD, OPT_PASSWORD, "ask for a new password"},
    {"check", "MODE", "check", KIND_TEXT, OPT_CHECK, "check of the certificate: ca, pinned, none, default"},
    {"plain", NULL, "plain", KIND_FLAG, OPT_PLAIN, "without TLS: for tests only"},
    {"tls", NULL, "tls", KIND_FLAG, OPT_TLS, "with TLS again"},
    {"policy", "POLICY", "policy", KIND_TEXT, OPT_POLICY, "how its phones change their SIP registration: momd.conf(5)"},
    {"disabled", NULL, "disabled", KIND_FLAG, OPT_DISABLED, "do not connect yet"},
    {"forget-certificate", NULL, "forget_certificate", KIND_FLAG, OPT_FORGET, "learn the certificate anew"},
    {"site", "NAME", "site", KIND_TEXT, OPT_SITE, "only those at this site"},
    {"parked", NULL, "parked", KIND_FLAG, OPT_PARKED, "only those that lost a conflict of uniqueness"},
    {"search", "TEXT", "search", KIND_TEXT, OPT_SEARCH, "only those with this text in them"},
    {"secret", "FIELD", NULL, KIND_SECRET, OPT_SECRET, "ask for the value of a secret field; may be repeated"},
    {"fixed", NULL, "fixed", KIND_FLAG, OPT_FIXED, "a fixed relation: nobody else can log in at the phone"},
    {"secrets", NULL, "passphrase", KIND_PASSPHRASE, OPT_PASSPHRASE, "with secrets: ask for the file's passphrase"},
    {"passphrase-file", "FILE", "passphrase", KIND_PASSPHRASE_FILE, OPT_PASSPHRASE,
     "the same, the passphrase is the first line of a file"},
    {"inspect", NULL, "inspect", KIND_FLAG, OPT_INSPECT, "only tell what differs"},
    {"fill-gaps", NULL, "fill-gaps", KIND_FLAG, OPT_FILL_GAPS, "take what is missing here, overwrite nothing"},
    {"roll-back", NULL, "roll-back", KIND_FLAG, OPT_ROLL_BACK, "make every record what it is in the file"},
    {"yes", NULL, "yes", KIND_FLAG, OPT_YES, "also when that deletes or revives many"},
    {"count", "N", "count", KIND_INT, OPT_COUNT, "end after N changes"},
    {"timeout", "SECONDS", "timeout", KIND_INT, OPT_TIMEOUT, "how long to wait, default 60"},
};
const size_t option_row_count = COUNT(option_rows);
/* clang-format on */
