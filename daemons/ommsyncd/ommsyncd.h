/*
 * ommsyncd: a host (daemons/host) in the shape of a star. Beside it stands one OMM, the site with the node's number.
 * The central node listens for the remotes, a remote node connects to the central one.
 */
#ifndef OMMSYNCD_H
#define OMMSYNCD_H

#include "commands.h"
#include "sites.h"

#include <com/listener.h>
#include <com/tls.h>

#define OMM_NAME "omm" /* of the site beside us, in commands */
/* Settings: how the first synchronisation of the OMM was decided; that it was replaced, and is to be emptied first. */
#define OMM_REPLACED "omm/replaced"
#define OMM_DECIDED  "omm/first-sync"
#define OMM_BEGINS   "it begins the star" /* so decided: what it has is all that there is */
#define CENTRAL_NODE 1                    /* the number of the central node in its star */
#define NODES_MAX    9999                 /* in a star */
#define VENDOR_FIRST 10001                /* first site number of a vendor's remote */

struct audit;
struct first;
struct axi_rsa;
struct peer;
struct vendor;
struct neighbour;

/* settings.c */
struct settings {
    struct host_settings host;
    /* system */
    int64_t node;
    /* omm */
    char *omm_address, *omm_standby, *omm_user, *omm_password_file, *omm_fingerprint;
    bool omm_plain;
    /* central: all empty at the central node itself */
    char *central_address, *central_second, *central_user, *central_password_file;
    char *central_fingerprint;
    /* remotes */
    char *listen, *remotes_user, *remotes_password_file, *cert_file, *key_file;
    int64_t port, max_remotes;
    bool same_version;
    int64_t first_retry, keep_alive, login_timeout, rate;
    /* handoff */
    int64_t announce, elsewhere;
};
extern const struct com_config settings_config;
bool settings_check(void *settings, const char *path, struct com_problems *problems);

/* What other nodes are told of the OMM beside this one; 0 and unknown until it is known. */
struct omm_kind {
    int64_t version; /* of AXI's protocol */
    enum mom_platform platform;
};

/* What the daemon has beside the host. */
struct star {
    struct host *host;
    struct com_listener *listener; /* of the central node */
    struct com_tls *tls;           /* the listener's */
    char fingerprint[COM_FINGERPRINT_SIZE];
    struct com_tls_session *session; /* with the centre */
    uint8_t dialled_with[32];        /* hash of the settings that the conversation with it keeps */
    bool at_second,
        tried_both; /* the centre's addresses: which one is tried, were both since it was wanted */
    struct peer *peers;           /* conversations with nodes, and who is not known yet */
    struct peer *centre;          /* of a remote node; it is in the list too */
    struct neighbour *neighbours; /* what is remembered of them */
    struct vendor *vendors;       /* vendor's remotes */
    struct first *first; /* the OMM before it takes part, NULL: it does, or nothing is known */
    struct audit *audit; /* under way, NULL: none */
    struct axi_rsa *rsa; /* our key pair for their secrets, NULL until it is needed */
    bool omm_joined;     /* the OMM may take part: see omm.c */
    bool met;            /* the store is an older copy, and a node that knows more was in step */
    struct omm_kind omm;
    char omm_release[96]; /* its software, as it told when it was last there */
};

/* Is this text of a stranger that one? In a time that does not depend on where they differ. accept.c. */
bool account_is(struct mom_str told, const char *known);

static inline const struct settings *settings_of(const struct host *host)
{
    return (const struct settings *)host->settings;
}

static inline struct star *star_of(const struct host *host)
{
    return host->daemon;
}

/* By the number, which stays as it is while the program runs. */
static inline bool is_central(const struct settings *settings)
{
    return settings->node == CENTRAL_NODE;
}

/* omm.c: the OMM beside us, as a site of the host. */
/* Make it as the settings say; 0, or -1 (logged). */
int omm_apply(struct star *star);
/* What the settings say of it, with what the store knows. 0, or -1 (logged). */
int omm_conf(const struct star *star, struct site_conf *ret_conf);
/* Learn what OMM it is, so that other nodes are told; after each step. */
void omm_look_kind(struct star *star);
/* See whether it may take part now; every second. */
void omm_look(struct star *star);
/* What it waits for, for people, while it may not take part and is not looked at either. Static. */
const char *omm_awaits(const struct star *star);
/* Is a node in step that has records of the star? */
bool omm_meets_star(const struct star *star);
/* At the central node: may remotes come, for it has the records of the star, or is to get them from these? */
bool omm_lets_remotes_in(const struct star *star);

/* accept.c: the listener of the central node. */
bool remotes_have_room(const struct star *star);
/* 0, or -1 (logged). */
int accept_start(struct star *star);
void accept_stop(struct star *star);
/* dial.c: the connection of a remote node to the centre. 0, or -1 (logged). */
int dial_start(struct star *star);
/* The settings were read again: what the conversation keeps of them is new only in a new one. */
void dial_reload(struct star *star);

/* cmd_remotes.c */
void cmd_remotes_list(const struct call *call);
void cmd_remotes_add(const struct call *call);
void cmd_remotes_set(const struct call *call);
void cmd_remotes_remove(const struct call *call);
void cmd_remotes_forget(const struct call *call);
/* first.c */
void cmd_first_list(const struct call *call);
void cmd_first_merge(const struct call *call);
void cmd_first_delete(const struct call *call);
/* cmd_replaced.c */
void cmd_replaced(const struct call *call);
/* cmd_profiles.c */
void cmd_profiles_list(const struct call *call);
void cmd_profiles_show(const struct call *call);
/* cmd_monitored.c */
void cmd_monitored(const struct call *call);
/* cmd_audit.c */
void cmd_audit(const struct call *call);
/* A DIFFERENCE, or what has the tag of the audit. */
void audit_act(struct star *star, const struct mom_action *action);
/* cmd_links.c */
void cmd_links_list(const struct call *call);
void cmd_links_show(const struct call *call);
void star_add_status(const struct host *host, struct com_json *json);
void star_add_health(const struct host *host, struct com_json *json);

#endif
