/*
 * The sites: what an administrator says of each, kept in the engine's settings as site/NAME.
 */
#ifndef HOST_SITES_H
#define HOST_SITES_H

#include "host.h"

#include <com/tls.h>

#define SITE_NAME_SIZE     64
#define SITE_ADDRESS_SIZE  264 /* "[host]:port" */
#define SITE_ACCOUNT_MAX   128
#define SITE_CHECK_DEFAULT (-1)
#define SITE_PORT_TLS      12622 /* AXI over TLS */
#define SITE_PORT_PLAIN    12621 /* AXI without TLS, of old releases */

struct site_conf {
    mom_site number;
    char name[SITE_NAME_SIZE];
    char address[2][SITE_ADDRESS_SIZE]; /* the second "" when there is no standby */
    char user[SITE_ACCOUNT_MAX + 1];
    /* name, 0, password; sealed with the node's key. With the name, so that a blob cannot be moved to another site. */
    uint8_t sealed[COM_SEAL_OVERHEAD + SITE_NAME_SIZE + SITE_ACCOUNT_MAX];
    size_t sealed_len;
    bool enabled, plain;
    char park[MOM_PARK_HEX_LEN +
              1]; /* of one that connects to us, for it does not tell it; "" else */
    bool calls; /* it connects to us: a vendor's remote. It has no link; the daemon does the rest */
    int check;  /* enum com_tls_check, or the default of the settings */
    char fingerprint[COM_FINGERPRINT_SIZE]; /* "" until it is learnt */
};

struct site {
    struct site_conf conf;
    struct link *link; /* NULL while the daemon stops or the store is broken */
};

/* Read all sites from the engine's settings; links are not made. 0, or -1 when memory is out. */
int sites_load(struct host *host);
/* Take those that an import brought, and make their links. */
int sites_adopt(struct host *host);
void sites_free(struct host *host);
struct site *site_by_name(const struct host *host, const char *name);
struct site *site_by_number(const struct host *host, mom_site number);

bool site_name_is_good(const char *name);
/* "host", "host:port", "[v6]:port". False when it is none. */
bool site_parse_address(const char *address, bool plain, char *ret_host, size_t max, int *ret_port);

/* Free number for a new site, 0 when there is none. */
mom_site site_new_number(const struct host *host);
int site_seal_password(const struct host *host, struct site_conf *conf, const char *password);
/* Seal the passwords of all sites with the key of today, when there is an older one. */
void sites_reseal(struct host *host);
/* The password, to be wiped by the caller. -1 when the node's key is another one. */
int site_open_password(const struct host *host, const struct site_conf *conf, char *ret_password,
                       size_t max);

/* Write a site's configuration to the store: in the next step (input), or now, with the site itself and its link made,
 * changed or removed on success. MOM_OK or a code. */
int site_store(struct host *host, const struct site_conf *conf);
int site_add(struct host *host, const struct site_conf *conf, enum mom_policy policy);
bool site_is_same(const struct site_conf *a, const struct site_conf *b);
/* UNSET: the policy stays as it is. */
int site_change(struct host *host, struct site *site, const struct site_conf *conf,
                enum mom_policy policy);
int site_remove(struct host *host, struct site *site);

/* The check that is in force for a site. */
enum com_tls_check site_check(const struct host *host, const struct site_conf *conf);

#endif
