/*
 * The commands that every daemon answers to, with their columns and options.
 */
#include "ctl_private.h"

/* clang-format off */
static const struct ctl_column user_columns[] = {
    {"NUMBER", "num", false, 31},   {"NAME", "name", false, 32},     {"SITE", "site", false, 24},
    {"PHONE", "device", false, 0},  {"RELATION", "relType", false, 0}, {"PERMANENT", "permanent", false, 0},
    {"PARKED", "parked", false, 0}, {"ID", "id", false, 0},
};
static const struct ctl_column device_columns[] = {
    {"IPEI", "ipei", false, 0},        {"SITE", "site", false, 24},   {"USER", "user", false, 31},
    {"RELATION", "relType", false, 0}, {"SUBSCRIBED", "s", false, 0}, {"PARKED", "parked", false, 0},
    {"ID", "id", false, 0},
};
static const struct ctl_column held_columns[] = {
    {"TYPE", "type", false, 0},  {"NUMBER", "num", false, 31},    {"NAME", "name", false, 32},
    {"IPEI", "ipei", false, 0},  {"PHONE", "device", false, 0},   {"USER", "user", false, 31},
    {"SITE", "site", false, 24}, {"ID", "id", false, 0},
};
static const struct ctl_column conflict_columns[] = {
    {"NO", "sequence", true, 0},      {"DECIDED", "decided", false, 0}, {"TYPE", "type", false, 0},
    {"NUMBER", "num", false, 31},     {"IPEI", "ipei", false, 0},       {"GROUP", "group", false, 0},
    {"KEPT", "kept", false, 40},      {"BY", "kept_by", false, 24},     {"LOST", "lost", false, 40},
    {"BY", "lost_by", false, 24},     {"RULE", "rule", false, 0},         {"UNDONE", "undone", false, 0},
};
static const struct ctl_column difference_columns[] = {
    {"WOULD", "kind", false, 0},  {"TYPE", "type", false, 0},  {"ID", "id", true, 0},
    {"GROUP", "group", false, 0}, {"HERE", "here", false, 40}, {"FILE", "file", false, 40},
};
static const struct ctl_column version_columns[] = {
    {"NO", "number", true, 0},    {"AT", "at", false, 0},      {"DID", "did", false, 0},
    {"BY", "by", false, 24},      {"WHY", "reason", false, 0}, {"SITE", "to_site", false, 24},
    {"GROUP", "group", false, 0}, {"FROM", "from", false, 40}, {"TO", "to", false, 40},
};

#define LIST_OPTIONS (CTL_OPT_SITE | CTL_OPT_PARKED | CTL_OPT_SEARCH)

const struct ctl_command shared_commands[] = {
    {"held", "SITE", "what is missing at a site that came back, and waits for a decision", NULL,
     CTL_LIST(held_columns), 0},
    {"decide", "SITE yes|no", "yes: what is held is deleted everywhere; no: it is put back at the site", NULL,
     CTL_DONE, NULL, 0, 0},
    {"users", "", "all users", "users list", CTL_LIST(user_columns), LIST_OPTIONS},
    {"users list", "", "the same", NULL, CTL_LIST(user_columns), LIST_OPTIONS},
    {"users show", "NUMBER", "all fields of a user", NULL, CTL_PAIRS, NULL, 0, 0},
    {"users add", "num=NUMBER [field=value ...]", "create a user", NULL, CTL_DONE, NULL, 0, CTL_OPT_SECRET},
    {"users set", "NUMBER [field=value ...]", "change a user", NULL, CTL_DONE, NULL, 0, CTL_OPT_SECRET},
    {"users delete", "NUMBER ...", "delete users", NULL, CTL_DONE, NULL, 0, 0},
    {"devices", "", "all phones", "devices list", CTL_LIST(device_columns), LIST_OPTIONS},
    {"devices list", "", "the same", NULL, CTL_LIST(device_columns), LIST_OPTIONS},
    {"devices show", "IPEI", "all fields of a phone", NULL, CTL_PAIRS, NULL, 0, 0},
    {"devices add", "ipei=IPEI [field=value ...]", "create a phone", NULL, CTL_DONE, NULL, 0, CTL_OPT_SECRET},
    {"devices set", "IPEI [field=value ...]", "change a phone", NULL, CTL_DONE, NULL, 0, CTL_OPT_SECRET},
    {"devices delete", "IPEI ...", "delete phones", NULL, CTL_DONE, NULL, 0, 0},
    {"bind", "NUMBER IPEI", "bind a user to a phone", NULL, CTL_DONE, NULL, 0, CTL_OPT_FIXED},
    {"unbind", "NUMBER", "unbind a user from its phone", NULL, CTL_DONE, NULL, 0, 0},
    {"where", "NUMBER-or-IPEI", "where a phone is", NULL, CTL_PAIRS, NULL, 0, 0},
    {"conflicts", "", "changes that did not know of each other, and who won", "conflicts list",
     CTL_LIST(conflict_columns), 0},
    {"conflicts list", "", "the same", NULL, CTL_LIST(conflict_columns), 0},
    {"undo", "CONFLICT", "put the other side of a conflict in place; once more: the other way round", NULL,
     CTL_DONE, NULL, 0, 0},
    {"history", "NUMBER-or-IPEI", "the changes of a user or phone, newest first", "history list",
     CTL_LIST(version_columns), 0},
    {"history list", "NUMBER-or-IPEI", "the same", NULL, CTL_LIST(version_columns), 0},
    {"history at", "NUMBER-or-IPEI TIME", "all fields as they were at a time", NULL, CTL_PAIRS, NULL, 0, 0},
    {"restore", "NUMBER-or-IPEI TIME", "put back what a user or phone was at a time", NULL, CTL_DONE, NULL, 0, 0},
    {"backup", "FOLDER", "copy the store while it is in use, on @'s machine", NULL, CTL_DONE, NULL, 0, 0},
    {"export", "FILE", "write all records to a new file", NULL, CTL_EXPORT, NULL, 0, CTL_OPT_PASSPHRASE},
    {"import", "FILE", "compare a file with what is here, or take from it", "import run", CTL_IMPORT,
     difference_columns, CTL_COUNT(difference_columns),
     CTL_OPT_INSPECT | CTL_OPT_FILL_GAPS | CTL_OPT_ROLL_BACK | CTL_OPT_YES | CTL_OPT_PASSPHRASE},
    {"restored accept", "", "say that a restored store was dealt with", NULL, CTL_DONE, NULL, 0, 0},
    {"watch", "", "changes as they happen, until interrupted", NULL, CTL_EVENTS, NULL, 0, CTL_OPT_COUNT},
    {"wait", "sites-steady [NAME ...] | at NUMBER SITE", "wait until something is so: for scripts", NULL, CTL_DONE,
     NULL, 0, CTL_OPT_TIMEOUT},
};
const size_t shared_command_count = CTL_COUNT(shared_commands);

const struct ctl_option shared_options[] = {
    {"site", "NAME", "site", CTL_TEXT, CTL_OPT_SITE, "only those at this site"},
    {"parked", NULL, "parked", CTL_FLAG, CTL_OPT_PARKED, "only those that lost a conflict of uniqueness"},
    {"search", "TEXT", "search", CTL_TEXT, CTL_OPT_SEARCH, "only those with this text in them"},
    {"secret", "FIELD", NULL, CTL_SECRET, CTL_OPT_SECRET, "ask for the value of a secret field; may be repeated"},
    {"fixed", NULL, "fixed", CTL_FLAG, CTL_OPT_FIXED, "a fixed relation: nobody else can log in at the phone"},
    {"secrets", NULL, "passphrase", CTL_PASSPHRASE, CTL_OPT_PASSPHRASE, "with secrets: ask for the file's passphrase"},
    {"passphrase-file", "FILE", "passphrase", CTL_PASSPHRASE_FILE, CTL_OPT_PASSPHRASE,
     "the same, the passphrase is the first line of a file"},
    {"inspect", NULL, "inspect", CTL_FLAG, CTL_OPT_INSPECT, "only tell what differs"},
    {"fill-gaps", NULL, "fill-gaps", CTL_FLAG, CTL_OPT_FILL_GAPS, "take what is missing here, overwrite nothing"},
    {"roll-back", NULL, "roll-back", CTL_FLAG, CTL_OPT_ROLL_BACK, "make every record what it is in the file"},
    {"yes", NULL, "yes", CTL_FLAG, CTL_OPT_YES, "also when that deletes or revives many"},
    {"count", "N", "count", CTL_INT, CTL_OPT_COUNT, "end after N changes"},
    {"timeout", "SECONDS", "timeout", CTL_INT, CTL_OPT_TIMEOUT, "how long to wait, default 60"},
};
const size_t shared_option_count = CTL_COUNT(shared_options);
/* clang-format on */
