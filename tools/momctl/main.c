/*
 * momctl: asks momd. What it has beyond the commands of every daemon: the hub at a glance, and sites.
 */
#include <ctl.h>

enum own_option {
    OPT_STANDBY = CTL_OPT_OWN(0),
    OPT_ADDRESS = CTL_OPT_OWN(1),
    OPT_CHECK = CTL_OPT_OWN(2),
    OPT_PLAIN = CTL_OPT_OWN(3),
    OPT_TLS = CTL_OPT_OWN(4),
    OPT_DISABLED = CTL_OPT_OWN(5),
    OPT_FORGET = CTL_OPT_OWN(6),
    OPT_POLICY = CTL_OPT_OWN(7)
};

/* clang-format off */
static const struct ctl_column site_columns[] = {
    {"NO", "number", true, 0},       {"NAME", "name", false, 24},     {"ADDRESS", "address", false, 40},
    {"STATE", "state", false, 0},    {"PARK", "park", false, 0},      {"USERS", "users", true, 0},
    {"DEVICES", "devices", true, 0}, {"READ", "progress", true, 0},   {"CLOCK", "clock_offset_ms", true, 0},
    {"NEXT TRY", "next_try_s", true, 0}, {"POLICY", "policy", false, 0}, {"REASON", "reason", false, 0},
    {"HEALTH", "health", false, 0},
};

#define ACCOUNT_OPTIONS (CTL_OPT_USER | CTL_OPT_PASSWORD_FILE | CTL_OPT_PASSWORD_STDIN)
#define SITE_OPTIONS    (ACCOUNT_OPTIONS | OPT_STANDBY | OPT_CHECK | OPT_PLAIN | OPT_DISABLED | OPT_POLICY)

static const struct ctl_command commands[] = {
    {"status", "", "the hub at a glance", NULL, CTL_PAIRS, NULL, 0, 0},
    {"sites", "", "all sites with their state", "sites list", CTL_LIST(site_columns), 0},
    {"sites list", "", "the same", NULL, CTL_LIST(site_columns), 0},
    {"sites show", "NAME", "all that is known of a site", NULL, CTL_PAIRS, NULL, 0, 0},
    {"sites add", "NAME ADDRESS[:PORT]", "add a site", NULL, CTL_DONE, NULL, 0, SITE_OPTIONS | CTL_OPT_NEW_PASSWORD},
    {"sites set", "NAME", "change a site", NULL, CTL_DONE, NULL, 0,
     SITE_OPTIONS | OPT_ADDRESS | OPT_TLS | OPT_FORGET | CTL_OPT_PASSWORD},
    {"sites remove", "NAME ...", "forget sites; their users and phones stay", NULL, CTL_DONE, NULL, 0, 0},
    {"sites enable", "NAME ...", "connect to sites", NULL, CTL_DONE, NULL, 0, 0},
    {"sites disable", "NAME ...", "end the links to sites", NULL, CTL_DONE, NULL, 0, 0},
};

static const struct ctl_option options[] = {
    {"standby", "ADDRESS", "standby", CTL_TEXT, OPT_STANDBY, "the site's standby OMM"},
    {"address", "ADDRESS", "address", CTL_TEXT, OPT_ADDRESS, "another address"},
    {"user", "NAME", "user", CTL_TEXT, CTL_OPT_USER, "account at the OMM, default omm"},
    CTL_PASSWORD_OPTIONS,
    {"check", "MODE", "check", CTL_TEXT, OPT_CHECK, "check of the certificate: ca, pinned, none, default"},
    {"plain", NULL, "plain", CTL_FLAG, OPT_PLAIN, "without TLS: for tests only"},
    {"tls", NULL, "tls", CTL_FLAG, OPT_TLS, "with TLS again"},
    {"policy", "POLICY", "policy", CTL_TEXT, OPT_POLICY, "how its phones change their SIP registration: momd.conf(5)"},
    {"disabled", NULL, "disabled", CTL_FLAG, OPT_DISABLED, "do not connect yet"},
    {"forget-certificate", NULL, "forget_certificate", CTL_FLAG, OPT_FORGET, "learn the certificate anew"},
};
/* clang-format on */

int main(int argc, char **argv)
{
    static const struct ctl_program program = {
        .name = "momctl",
        .daemon = "momd",
        .socket_path = "/run/momd/momd.sock",
        .environment = "MOMCTL_SOCKET",
        .account = "Password of the account at the OMM",
        .commands = commands,
        .command_count = CTL_COUNT(commands),
        .options = options,
        .option_count = CTL_COUNT(options),
    };
    return ctl_main(&program, argc, argv);
}
