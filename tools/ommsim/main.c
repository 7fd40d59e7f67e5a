/*
 * ommsim: simulated OMM sites on the real wire, for everybody who integrates with AXI. Options, start and end.
 */
#include "sim.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <com/cli.h>
#include <com/config.h>
#include <com/ctl.h>

/* --- options ----------------------------------------------------------------------------------------- */

enum opt {
    OPT_SITES = 256,
    OPT_USERS,
    OPT_PORT,
    OPT_SEED,
    OPT_PLAIN,
    OPT_CTL,
    OPT_BITS,
    OPT_SHARED,
    OPT_FULL,
    OPT_USERNAME,
    OPT_PASSWORD,
    OPT_PROTOCOL,
    OPT_RELEASE,
    OPT_RESTART,
    OPT_UNBOUND,
    OPT_PERMANENT,
    OPT_FILLED,
    OPT_PARK,
    OPT_SARI,
    OPT_FIRST,
    OPT_HOST,
    OPT_IDLE,
    OPT_LIMIT,
    OPT_LEVEL,
    OPT_UDS_REMOTE,
    OPT_UDS_USER,
    OPT_UDS_PASSWORD,
    OPT_UDS_RETRY,
    OPT_QUIET,
    OPT_VERSION,
    OPT_HELP
};

struct option_row {
    const char *name, *arg, *help;
    enum opt id;
    int64_t min, max; /* of a number, both 0: text or flag */
};

/* clang-format off */
static const struct option_row option_rows[] = {
    {"sites", "N", "number of sites, each one OMM (1)", OPT_SITES, 1, SIM_SITES_MAX},
    {"users", "M", "users in all, split evenly (100)", OPT_USERS, 0, SIM_USERS_MAX},
    {"base-port", "P", "port of the first site, the others follow; 0: any (12701)", OPT_PORT, 0, 65535},
    {"host", "ADDRESS", "address to listen on (127.0.0.1)", OPT_HOST, 0, 0},
    {"plain", NULL, "TCP without TLS", OPT_PLAIN, 0, 0},
    {"seed", "S", "same seed, same records (1)", OPT_SEED, 0, INT64_MAX},
    {"unbound", "PERCENT", "users without a phone (10)", OPT_UNBOUND, 0, 100},
    {"filled", "N", "only the first N sites have users, 0: all (0)", OPT_FILLED, 0, SIM_SITES_MAX},
    {"full-records", NULL, "3 KB a pair: every secret and the phone's settings are there", OPT_FULL, 0, 0},
    {"permanent", "N", "permanent users in all (0)", OPT_PERMANENT, 0, SIM_USERS_MAX},
    {"first-number", "N", "number of the first user (20001)", OPT_FIRST, 1, 999999999},
    {"park", "HEX", "PARK of the first site, ten digits; the others follow", OPT_PARK, 0, 0},
    {"sari", "HEX", "SARI that every site begins with (none)", OPT_SARI, 0, 0},
    {"limit", "N", "users and devices that a site holds at most (10000)", OPT_LIMIT, 1, SIM_USERS_MAX},
    {"username", "NAME", "account with full rights (omm)", OPT_USERNAME, 0, 0},
    {"password-file", "FILE", "first line is its password (omm)", OPT_PASSWORD, 0, 0},
    {"protocol", "N", "protocol version (45)", OPT_PROTOCOL, 1, 100000},
    {"release", "R", "7.1, 8.1, 8.3, 9.1 or 10.1: texts, attributes, form of booleans (7.1)", OPT_RELEASE, 0, 0},
    {"key-bits", "N", "RSA key for secrets: 512, 1024 or 2048 (512)", OPT_BITS, 512, 4096},
    {"shared-key", NULL, "one key pair for all sites", OPT_SHARED, 0, 0},
    {"restart-delay", "MS", "how long a site is down after its SARI was set (3000)", OPT_RESTART, 0, 3600000},
    {"idle", "MS", "end a session without requests for so long, 0: never (300000)", OPT_IDLE, 0, 86400000},
    {"ctl", "PATH", "control socket ($XDG_RUNTIME_DIR or /tmp, ommsim.PORT)", OPT_CTL, 0, 0},
    {"uds-remote", "ADDRESS[:PORT]", "central OMM that every site connects to (port 12622)", OPT_UDS_REMOTE, 0, 0},
    {"uds-user", "NAME", "account there; once for each site, the last for all that follow; -: none", OPT_UDS_USER,
     0, 0},
    {"uds-password-file", "FILE", "first line is its password; likewise", OPT_UDS_PASSWORD, 0, 0},
    {"uds-retry", "MS", "when to connect again (60000)", OPT_UDS_RETRY, 1, 86400000},
    {"log-level", "LEVEL", "error, warning, notice, info or debug (notice)", OPT_LEVEL, 0, 0},
    {"quiet", NULL, "no line per site, only \"ready\"", OPT_QUIET, 0, 0},
    {"version", NULL, "print the version", OPT_VERSION, 0, 0},
    {"help", NULL, "print this", OPT_HELP, 0, 0},
};
/* clang-format on */
#define OPTION_COUNT (sizeof option_rows / sizeof option_rows[0])

static void print_help(void)
{
    printf(
        "ommsim: simulated SIP-DECT sites that speak AXI\n\n"
        "  ommsim [OPTION]...                  run the sites until SIGTERM\n"
        "  ommsim ctl SOCKET COMMAND [ARG]...  make things happen, show things ('help' lists)\n\n");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char left[40];
        snprintf(left, sizeof left, "--%s%s%s", option_rows[i].name,
                 option_rows[i].arg != NULL ? " " : "",
                 option_rows[i].arg != NULL ? option_rows[i].arg : "");
        printf("  %-24s %s\n", left, option_rows[i].help);
    }
    printf("\nAccounts: omm/omm with all permissions, reader/reader with AllCnfRead only.\n");
}

static bool bad_option(const struct option_row *row, const char *value)
{
    fprintf(stderr, "ommsim: --%s: '%s' is not possible\n", row->name, value);
    return false;
}

static char *read_password(const char *path)
{
    static char line[256];
    FILE *file = fopen(path, "r");
    if (file == NULL || fgets(line, sizeof line, file) == NULL)
        line[0] = '\0';
    if (file != NULL)
        fclose(file);
    line[strcspn(line, "\r\n")] = '\0';
    return line[0] != '\0' ? line : NULL;
}

/* "192.0.2.1", "[2001:db8::1]:12622", "centre.example:12622" */
static bool take_central(struct sim_options *options, const struct option_row *row,
                         const char *value)
{
    static char host[256];
    const char *begin = value + (value[0] == '['), *end = value + strlen(value);
    const char *bracket = value[0] == '[' ? strchr(value, ']') : NULL;
    const char *colon = strrchr(bracket != NULL ? bracket : value, ':');
    int64_t port = 12622;
    /* More colons without brackets: an address of version 6. */
    if (colon != NULL && bracket == NULL && strchr(value, ':') != colon)
        colon = NULL;
    if (bracket != NULL)
        end = bracket;
    else if (colon != NULL)
        end = colon;
    if (end == begin || (size_t)(end - begin) >= sizeof host ||
        (value[0] == '[' && bracket == NULL) ||
        (colon != NULL && (!com_parse_int(colon + 1, &port) || port < 1 || port > 65535)))
        return bad_option(row, value);
    snprintf(host, sizeof host, "%.*s", (int)(end - begin), begin);
    options->uds_host = host;
    options->uds_port = (int)port;
    return true;
}

static bool take_uds(struct sim_options *options, const struct option_row *row, const char *value)
{
    if (row->id == OPT_UDS_REMOTE)
        return take_central(options, row, value);
    int *count = row->id == OPT_UDS_USER ? &options->uds_users : &options->uds_passwords;
    const char *text = row->id == OPT_UDS_USER ? value : read_password(value);
    char *copy = *count < SIM_SITES_MAX && text != NULL && text[0] != '\0' ? strdup(text) : NULL;
    if (copy == NULL)
        return bad_option(row, value);
    struct sim_account *account = &options->uds_accounts[(*count)++];
    if (row->id == OPT_UDS_USER)
        account->username = copy;
    else
        account->password = copy;
    return true;
}

static bool take_text(struct sim_options *options, const struct option_row *row, const char *value)
{
    enum com_level level;
    switch (row->id) {
    case OPT_PLAIN:
        options->plain = true;
        return true;
    case OPT_SHARED:
        options->shared_key = true;
        return true;
    case OPT_FULL:
        options->full_records = true;
        return true;
    case OPT_QUIET:
        options->quiet = true;
        return true;
    case OPT_CTL:
        options->ctl_path = value;
        return true;
    case OPT_HOST:
        options->host = value;
        return true;
    case OPT_USERNAME:
        options->username = value;
        return true;
    case OPT_PASSWORD:
        options->password = read_password(value);
        return options->password != NULL || bad_option(row, value);
    case OPT_RELEASE:
        options->release = sim_release_of(value);
        return options->release != NULL || bad_option(row, value);
    case OPT_PARK:
        options->park = value;
        return sim_park_valid(value) || bad_option(row, value);
    case OPT_SARI:
        options->sari = value;
        return sim_park_valid(value) || bad_option(row, value);
    case OPT_UDS_REMOTE:
    case OPT_UDS_USER:
    case OPT_UDS_PASSWORD:
        return take_uds(options, row, value);
    default:
        if (!com_level_of(value, &level))
            return bad_option(row, value);
        com_log_set_level(level);
        return true;
    }
}

static bool take_number(struct sim_options *options, const struct option_row *row, const char *text)
{
    int64_t value;
    if (!com_parse_int(text, &value) || value < row->min || value > row->max)
        return bad_option(row, text);
    switch (row->id) {
    case OPT_SITES:
        options->sites = (int)value;
        break;
    case OPT_USERS:
        options->users = (int)value;
        break;
    case OPT_PORT:
        options->base_port = (int)value;
        break;
    case OPT_SEED:
        options->seed = (uint64_t)value;
        break;
    case OPT_UNBOUND:
        options->unbound_percent = (int)value;
        break;
    case OPT_FILLED:
        options->filled = (int)value;
        break;
    case OPT_PERMANENT:
        options->permanent = (int)value;
        break;
    case OPT_FIRST:
        options->first_number = value;
        break;
    case OPT_LIMIT:
        options->limit = value;
        break;
    case OPT_PROTOCOL:
        options->protocol = value;
        break;
    case OPT_BITS:
        options->key_bits = (unsigned)value;
        return value % 512 == 0 || bad_option(row, text);
    case OPT_RESTART:
        options->restart_ms = value;
        break;
    case OPT_UDS_RETRY:
        options->uds_retry_ms = value;
        break;
    default:
        options->idle_ms = value;
        break;
    }
    return true;
}

/* -1: go on; otherwise the exit code. */
static int parse_options(struct sim_options *options, int argc, char **argv)
{
    struct option longs[OPTION_COUNT + 1];
    memset(longs, 0, sizeof longs);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        longs[i].name = option_rows[i].name;
        longs[i].has_arg = option_rows[i].arg != NULL ? required_argument : no_argument;
        longs[i].val = (int)option_rows[i].id;
    }
    int id;
    while ((id = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        const struct option_row *row = option_rows;
        while (row < option_rows + OPTION_COUNT && (int)row->id != id)
            row++;
        if (row == option_rows + OPTION_COUNT)
            return COM_EXIT_USAGE; /* getopt said why */
        if (row->id == OPT_HELP || row->id == OPT_VERSION) {
            if (row->id == OPT_HELP)
                print_help();
            else
                printf("ommsim %s\n", MOM_VERSION_TEXT);
            return COM_EXIT_OK;
        }
        bool number = row->min != 0 || row->max != 0;
        if (!(number ? take_number(options, row, optarg) : take_text(options, row, optarg)))
            return COM_EXIT_USAGE;
    }
    if (optind == argc && options->uds_host != NULL &&
        (options->uds_users == 0 || options->uds_passwords == 0)) {
        fprintf(stderr, "ommsim: --uds-remote needs --uds-user and --uds-password-file\n");
        return COM_EXIT_USAGE;
    }
    if (optind == argc)
        return -1;
    fprintf(stderr, "ommsim: '%s' is not an option; see ommsim --help\n", argv[optind]);
    return COM_EXIT_USAGE;
}

/* --- start ------------------------------------------------------------------------------------------- */

static bool set_account(struct sim_account *account, const char *username, const char *password,
                        unsigned permissions)
{
    account->username = strdup(username);
    account->password = strdup(password);
    account->permissions = permissions;
    return account->username != NULL && account->password != NULL;
}

static struct axi_rsa *new_key(unsigned bits)
{
    struct axi_rsa *rsa = axi_rsa_new(NULL);
    if (rsa != NULL && axi_rsa_make_key(rsa, bits) == AXI_RSA_OK)
        return rsa;
    axi_rsa_free(rsa);
    return NULL;
}

static bool make_keys(struct sim_site *site, char *error, size_t max)
{
    struct sim_world *world = site->world;
    char name[32];
    snprintf(name, sizeof name, "ommsim site %d", site->number);
    struct com_tls_server_options tls = {.self_signed_name = name, .min_version = "1.0"};
    if (!world->options->plain && (site->tls = com_tls_server_new(&tls, error, max)) == NULL)
        return false;
    if (world->options->shared_key && world->shared_rsa == NULL)
        world->shared_rsa = new_key(world->options->key_bits);
    site->rsa = world->options->shared_key ? world->shared_rsa : new_key(world->options->key_bits);
    if (site->rsa == NULL)
        snprintf(error, max, "no RSA key of %u bits", world->options->key_bits);
    return site->rsa != NULL;
}

static bool is_remote(const struct sim_options *options, int site)
{
    return options->uds_host != NULL &&
           strcmp(sim_remote_account(options, site).username, "-") != 0;
}

static bool start_site(struct sim_world *world, struct sim_site *site, char *error, size_t max)
{
    site->event = axi_msg_new(NULL);
    if (is_remote(world->options, site->number) && !sim_remote_new(site)) {
        snprintf(error, max, "out of memory");
        return false;
    }
    if (site->event == NULL || !make_keys(site, error, max) || !sim_site_listen(site, error, max))
        return false;
    sim_sip_check_all(site);
    if (world->options->quiet)
        return true;
    printf("site %d %s:%d PARK %s %zu users %zu phones\n", site->number, world->options->host,
           site->port, site->park, site->recs[SIM_USER].count, site->recs[SIM_DEV].count);
    return true;
}

struct sim_account sim_remote_account(const struct sim_options *options, int site)
{
    struct sim_account account = {.permissions = 0};
    int user = site <= options->uds_users ? site : options->uds_users;
    int password = site <= options->uds_passwords ? site : options->uds_passwords;
    account.username = options->uds_accounts[user - 1].username;
    account.password = options->uds_accounts[password - 1].password;
    return account;
}

static void free_uds_accounts(struct sim_options *options)
{
    for (int i = 0; i < SIM_SITES_MAX; i++) {
        free(options->uds_accounts[i].username);
        free(options->uds_accounts[i].password);
    }
}

/* Nobody checks the certificate of a simulated centre. */
static bool make_uds_tls(struct sim_world *world, char *error, size_t max)
{
    struct com_tls_client_options tls = {.min_version = "1.0"};
    if (world->options->uds_host == NULL || world->options->plain)
        return true;
    world->uds_tls = com_tls_client_new(&tls, error, max);
    return world->uds_tls != NULL;
}

static bool make_world(struct sim_world *world, char *error, size_t max)
{
    const struct sim_options *options = world->options;
    world->sites = calloc((size_t)options->sites, sizeof *world->sites);
    world->site_count = world->sites != NULL ? options->sites : 0;
    if (world->sites == NULL ||
        !set_account(&world->accounts[0], options->username, options->password,
                     AXI_MAY_EVERYTHING) ||
        !set_account(&world->accounts[1], "reader", "reader", AXI_MAY_AllCnfRead)) {
        snprintf(error, max, "out of memory");
        return false;
    }
    for (int i = 0; i < world->site_count; i++) {
        struct sim_site *site = &world->sites[i];
        site->world = world;
        site->number = i + 1;
        site->port = options->base_port > 0 ? options->base_port + i : 0;
        site->link = SIM_CUT;
        site->subscription_mode = AXI_V_Off;
    }
    if (!make_uds_tls(world, error, max))
        return false;
    if (sim_generate(world))
        return true;
    snprintf(error, max, "the records could not be made");
    return false;
}

static void free_site(struct sim_site *site)
{
    const struct sim_world *world = site->world;
    sim_recs_done(site);
    sim_profiles_done(site);
    sim_remote_free(site);
    com_tls_unref(site->tls);
    if (site->rsa != world->shared_rsa)
        axi_rsa_free(site->rsa);
    axi_msg_free(site->event);
    free(site->empty_cipher);
    free(site->notes);
}

void sim_world_done(struct sim_world *world)
{
    for (int i = 0; i < world->site_count; i++)
        free_site(&world->sites[i]);
    axi_rsa_free(world->shared_rsa);
    com_tls_unref(world->uds_tls);
    sim_phones_done(world);
    for (size_t i = 0; i < 2; i++) {
        free(world->accounts[i].username);
        free(world->accounts[i].password);
    }
    free(world->sites);
}

static void on_signal(void *user, enum com_signal signal)
{
    if (signal == COM_SIGNAL_STOP)
        uv_stop(user);
}

static void default_ctl_path(const struct sim_world *world, char *path, size_t max)
{
    const char *dir = getenv("XDG_RUNTIME_DIR");
    snprintf(path, max, "%s/ommsim.%d", dir != NULL && dir[0] == '/' ? dir : "/tmp",
             world->sites[0].port);
}

/* Everything is closed before the loop ends. */
static void stop(struct sim_world *world, struct com_ctl *ctl, struct com_signals *signals)
{
    if (ctl != NULL)
        com_ctl_close(ctl);
    for (int i = 0; i < world->site_count; i++) {
        if (world->sites[i].event != NULL)
            sim_site_hang_up(&world->sites[i], false);
        sim_remote_end(&world->sites[i]);
        com_timer_free(world->sites[i].restart_timer);
        world->sites[i].restart_timer = NULL;
    }
    sim_phones_stop(world);
    com_signals_free(signals);
}

static int run(struct sim_world *world)
{
    char error[256] = "no signals", path[256];
    struct com_ctl *ctl = NULL;
    struct com_signals *signals = com_signals_new(world->loop, on_signal, world->loop);
    bool good = signals != NULL && make_world(world, error, sizeof error);
    for (int i = 0; good && i < world->site_count; i++)
        good = start_site(world, &world->sites[i], error, sizeof error);
    if (good) {
        default_ctl_path(world, path, sizeof path);
        const char *ctl_path = world->options->ctl_path;
        ctl = sim_control_new(world, ctl_path != NULL ? ctl_path : path, error, sizeof error);
        good = ctl != NULL;
        if (good && !world->options->quiet)
            printf("control %s\n", ctl_path != NULL ? ctl_path : path);
    }
    if (good) {
        printf("ready\n");
        fflush(stdout);
        uv_run(world->loop, UV_RUN_DEFAULT);
    } else {
        com_error("%s", error);
    }
    stop(world, ctl, signals);
    if (com_loop_finish(world->loop, 2000) != 0)
        com_warning("something was left open");
    sim_world_done(world);
    return good ? COM_EXIT_OK : COM_EXIT_REFUSED;
}

int main(int argc, char **argv)
{
    com_fill_standard_streams();
    if (argc > 1 && strcmp(argv[1], "ctl") == 0)
        return sim_client(argc - 1, argv + 1);
    struct sim_options options = {.sites = 1,
                                  .users = 100,
                                  .base_port = 12701,
                                  .seed = 1,
                                  .host = "127.0.0.1",
                                  .username = "omm",
                                  .password = "omm",
                                  .sari = SIM_NO_SARI,
                                  .key_bits = 512,
                                  .protocol = 45,
                                  .restart_ms = 3000,
                                  .idle_ms = 300000,
                                  .first_number = 20001,
                                  .limit = 10000,
                                  .unbound_percent = 10,
                                  .uds_retry_ms = 60000,
                                  .release = sim_release_of("7.1")};
    com_log_set_level(COM_NOTICE);
    int code = parse_options(&options, argc, argv);
    if (code >= 0) {
        free_uds_accounts(&options);
        return code;
    }
    int filled = sim_filled_sites(&options), per_site = (options.users + filled - 1) / filled;
    if (options.limit < per_site)
        options.limit = per_site + 1000;
    sim_fields_init();
    uv_loop_t loop;
    if (uv_loop_init(&loop) != 0)
        return COM_EXIT_REFUSED;
    struct sim_world world = {.options = &options, .loop = &loop};
    code = run(&world);
    free_uds_accounts(&options);
    return code;
}
