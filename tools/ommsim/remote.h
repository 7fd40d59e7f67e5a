/*
 * The built-in synchronisation of an OMM up to release 8.0, as a remote of a central OMM. What it says on that
 * connection is our reading (docs/man/ommsim.1).
 *
 *   remote.c         connection, login, SARI, lists, retries
 *   remote_merge.c   what the central OMM tells goes into the site's records
 *   remote_upload.c  what the site has newer or alone goes to the central OMM
 *   remote_profile.c both for CoA profiles
 *
 * Numbers of the central OMM are kept in ppnSec and uidSec; in requests ppn and uid are its numbers.
 */
#ifndef OMMSIM_REMOTE_H
#define OMMSIM_REMOTE_H

#include <axi/client.h>

#include "sim.h"

enum { REMOTE_WINDOW = 16, REMOTE_PAGES = 4, REMOTE_RENEW_MS = 5000 };

enum remote_state {
    REMOTE_WAITING, /* until the next try */
    REMOTE_CONNECTING,
    REMOTE_LOGIN,
    REMOTE_IDENTIFYING,
    REMOTE_READING,
    REMOTE_SYNCED
};

/* What a request was for, in the upper half of its tag; the lower one is a local id or nothing. */
enum remote_tag {
    TAG_SARI = 1,
    TAG_DEVICES,
    TAG_USERS,
    TAG_DEV,
    TAG_USER,
    TAG_DELETE,
    TAG_PROFILE,
    TAG_PROFILE_SET
};

struct remote_numbers {
    int64_t *local; /* by the central OMM's number; 0: none */
    size_t count;
};

struct sim_remote {
    struct sim_site *site;
    struct com_conn *conn;
    struct com_timer *timer, *renew_timer;
    struct axi_client *client;
    struct axi_msg *request; /* for building */
    enum remote_state state;
    char why[160]; /* of the last end, "" when there is none */
    bool stopped;  /* the site is cut off or restarts */
    bool applying; /* the records change because the central OMM said so */
    bool restart;  /* another SARI was taken over */
    struct remote_numbers numbers[2];
    size_t cursor[2]; /* uploads: where to look on */
    uint64_t uploads, refused, merged, events;
    int64_t synced_ms; /* time of the last complete synchronisation, 0: none */
};

/* Bits of sim_rec.upload: groups of which the central OMM has something older; the lowest: it does not have the record.
 * Bit REMOTE_SENT: on its way. */
#define REMOTE_NEW      1u
#define REMOTE_GROUP(g) (1u << (g))
#define REMOTE_ALL      (REMOTE_NEW | 2u | 4u | 8u | 16u)
#define REMOTE_SENT     0x80u

static inline unsigned remote_second_slot(enum sim_kind kind)
{
    return kind == SIM_DEV ? (unsigned)D_ppnSec : (unsigned)U_uidSec;
}

/* The record that the central OMM has by this number; NULL when there is none here. */
struct sim_rec *remote_find(struct sim_remote *remote, enum sim_kind kind, int64_t number);
/* Note its number. */
void remote_number(struct sim_remote *remote, struct sim_rec *rec, int64_t number);
/* Send what was built in remote->request. False: not now. */
bool remote_request(struct sim_remote *remote, enum remote_tag tag, int64_t id);

/* remote_merge.c: an element of a list, an event or an answer. */
void remote_merge(struct sim_remote *remote, enum sim_kind kind, const struct axi_elem *elem,
                  bool decided);
void remote_event(struct sim_remote *remote, const struct axi_msg *event);

/* remote_upload.c */
/* All records are looked at once: those without a number of the central OMM are new to it. */
void remote_upload_start(struct sim_remote *remote);
/* Send further changes as far as there is room. */
void remote_upload(struct sim_remote *remote);
void remote_uploaded(struct sim_remote *remote, enum sim_kind kind, int64_t id,
                     const struct axi_client_event *event);
/* remote_profile.c: ask for all of them; what is answered to that, to an upload, and an event. */
void remote_profiles_start(struct sim_remote *remote);
void remote_profile_read(struct sim_remote *remote, int64_t number,
                         const struct axi_client_event *event);
void remote_profile_set(struct sim_remote *remote, int64_t number,
                        const struct axi_client_event *event);
void remote_profile_event(struct sim_remote *remote, const struct axi_elem *event);

unsigned remote_stamp_slot(enum sim_kind kind, enum sim_group group);

#endif
