/*
 * ommsyncctl: asks ommsyncd. What it has beyond the commands of every daemon: the node with its conversations, the
 * remotes, and what is done once when a site joins or its OMM is replaced.
 */
#include <ctl.h>

enum own_option {
    OPT_REPAIR = CTL_OPT_OWN(0),
    OPT_PARK = CTL_OPT_OWN(1),
    OPT_NAME = CTL_OPT_OWN(2)
};

/* clang-format off */
static const struct ctl_column link_columns[] = {
    {"NAME", "name", false, 24},   {"KIND", "kind", false, 0},       {"ADDRESS", "address", false, 40},
    {"STATE", "state", false, 0},  {"RECORDS", "records", true, 0},  {"DONE", "progress", true, 0},
    {"LEFT", "eta_s", true, 0},    {"CLOCK", "clock_offset_ms", true, 0},
    {"IN", "bytes_in", true, 0},   {"OUT", "bytes_out", true, 0},    {"NEXT TRY", "next_try_s", true, 0},
    {"REASON", "reason", false, 0}, {"HEALTH", "health", false, 0},
};
static const struct ctl_column remote_columns[] = {
    {"NAME", "name", false, 24}, {"KIND", "kind", false, 0},  {"NODE", "node", true, 0},
    {"SITE", "site", true, 0},   {"PARK", "park", false, 0},  {"USER", "user", false, 31},
    {"STATE", "state", false, 0}, {"LAST SEEN", "last_seen", false, 0},
};
static const struct ctl_column step_columns[] = {
    {"WOULD", "kind", false, 0},  {"TYPE", "type", false, 0}, {"NUMBER", "num", false, 31},
    {"NAME", "name", false, 32},  {"IPEI", "ipei", false, 0}, {"WHY", "why", false, 0},
};
static const struct ctl_column monitored_columns[] = {
    {"NUMBER", "num", false, 31}, {"NAME", "name", false, 32}, {"MODE", "mode", false, 0},
    {"STATE", "state", false, 0}, {"SITE", "site", false, 24}, {"MEANS", "means", false, 0},
};
static const struct ctl_column profile_columns[] = {
    {"PROFILE", "profile", true, 0}, {"NAME", "name", false, 32}, {"BYTES", "bytes", true, 0},
    {"CHANGED", "at", false, 0},     {"BY", "by", false, 24},
};
static const struct ctl_column audit_columns[] = {
    {"TYPE", "type", false, 0}, {"NUMBER", "num", false, 31}, {"IPEI", "ipei", false, 0}, {"ID", "id", false, 0},
};

#define ACCOUNT_OPTIONS (CTL_OPT_USER | CTL_OPT_PASSWORD_FILE | CTL_OPT_PASSWORD_STDIN)

static const struct ctl_command commands[] = {
    {"status", "", "this node at a glance", NULL, CTL_PAIRS, NULL, 0, 0},
    {"links", "", "the conversations with the OMM, the centre and the remotes", "links list",
     CTL_LIST(link_columns), 0},
    {"links list", "", "the same", NULL, CTL_LIST(link_columns), 0},
    {"links show", "NAME", "all that is known of a conversation", NULL, CTL_PAIRS, NULL, 0, 0},
    {"monitored", "", "monitored users, and which of those that the OMM misses are merely elsewhere", NULL,
     CTL_LIST(monitored_columns), 0},
    {"profiles", "", "the CoA profiles, which all OMMs have", "profiles list", CTL_LIST(profile_columns), 0},
    {"profiles list", "", "the same", NULL, CTL_LIST(profile_columns), 0},
    {"profiles show", "NUMBER", "one of them, with its data", NULL, CTL_PAIRS, NULL, 0, 0},
    {"audit", "NODE", "compare all records with a neighbour now", NULL, CTL_FOUND(audit_columns), OPT_REPAIR},
    {"remotes", "", "who connects to this node: our own nodes, and remote OMMs by themselves",
     "remotes list", CTL_LIST(remote_columns), 0},
    {"remotes list", "", "the same", NULL, CTL_LIST(remote_columns), 0},
    {"remotes add", "NAME", "let a remote OMM connect that has no ommsyncd", NULL, CTL_DONE, NULL, 0,
     ACCOUNT_OPTIONS | CTL_OPT_NEW_PASSWORD | OPT_PARK},
    {"remotes set", "NAME", "change its account, or the name of a node of our own", NULL, CTL_DONE, NULL, 0,
     ACCOUNT_OPTIONS | CTL_OPT_PASSWORD | OPT_PARK | OPT_NAME},
    {"remotes remove", "NAME ...", "let it connect no more; its users and phones stay", NULL, CTL_DONE, NULL, 0, 0},
    {"remotes forget", "NODE ...", "forget nodes of our own that left the star for good", NULL, CTL_DONE, NULL, 0, 0},
    {"first-sync", "", "what the first synchronisation would do to an OMM that has users or phones",
     "first-sync list", CTL_FOUND(step_columns), 0},
    {"first-sync list", "", "the same", NULL, CTL_FOUND(step_columns), 0},
    {"first-sync merge", "", "keep them: they are merged with those of the star", NULL, CTL_FOUND(step_columns),
     CTL_OPT_YES},
    {"first-sync delete", "", "delete them from the OMM first", NULL, CTL_FOUND(step_columns), CTL_OPT_YES},
    {"omm replaced", "", "fill the OMM of this site anew; without --yes: what that would do", NULL,
     CTL_FOUND(step_columns), CTL_OPT_YES},
};

static const struct ctl_option options[] = {
    {"user", "NAME", "user", CTL_TEXT, CTL_OPT_USER, "name that the remote OMM logs in with, default its NAME"},
    CTL_PASSWORD_OPTIONS,
    {"park", "PARK", "park", CTL_TEXT, OPT_PARK,
     "its PARK, which it does not tell: 10 hexadecimal digits or as printed"},
    {"name", "NAME", "name", CTL_TEXT, OPT_NAME, "another name for a node of our own"},
    {"repair", NULL, "repair", CTL_FLAG, OPT_REPAIR, "exchange what differs"},
    {"yes", NULL, "yes", CTL_FLAG, CTL_OPT_YES, "do it, also when that deletes or revives many"},
};
/* clang-format on */

int main(int argc, char **argv)
{
    static const struct ctl_program program = {
        .name = "ommsyncctl",
        .daemon = "ommsyncd",
        .socket_path = "/run/ommsyncd/ommsyncd.sock",
        .environment = "OMMSYNCCTL_SOCKET",
        .account = "Password that the remote OMM logs in with",
        .commands = commands,
        .command_count = CTL_COUNT(commands),
        .options = options,
        .option_count = CTL_COUNT(options),
    };
    return ctl_main(&program, argc, argv);
}
