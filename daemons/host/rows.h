/*
 * Rows of answers: records, sites and conflicts as JSON. Secrets are shown as ***.
 */
#ifndef HOST_ROWS_H
#define HOST_ROWS_H

#include "sites.h"

#include <momsync/history.h>
#include <momsync/profile.h>

#define ROW_CLOCK_WARN_MS 2000 /* a site or node whose clock is further off is named */

const char *row_type_name(enum mom_type type);
/* A time as text, null for 0. */
void row_time(struct com_json *json, const char *key, int64_t wall_ms);
/* Members of an open object. What a record is: type, num or ipei, name, site. */
void row_identity(const struct host *host, const struct mom_record *record, struct com_json *json);
/* A record in a list, and all of it. `view` must be the one that the record is from; the record is no longer valid
 * afterwards. */
void row_record(const struct host *host, struct mom_view *view, const struct mom_record *record,
                struct com_json *json);
void row_record_whole(const struct host *host, struct mom_view *view,
                      const struct mom_record *record, struct com_json *json);
/* A site in a list, and all of it. */
void row_site(const struct host *host, const struct site *site, struct com_json *json);
void row_site_whole(const struct host *host, const struct site *site, struct com_json *json);
/* How many records of a site or neighbour wait for a decision. No view may be open. */
uint64_t row_held_count(const struct host *host, uint32_t number);
void row_conflict(const struct host *host, struct mom_view *view,
                  const struct mom_conflict *conflict, struct com_json *json);
/* A CoA profile; `whole`: with its data. */
void row_profile(const struct host *host, const struct mom_profile *profile, bool whole,
                 struct com_json *json);
/* A change of a record with the i-th of its groups, if it has any. */
void row_version(const struct host *host, const struct mom_version *version, size_t i,
                 struct com_json *json);
/* A record as it was. */
void row_record_past(const struct host *host, const struct mom_record *record,
                     struct com_json *json);

/* Where the phone of a user, or a device, is: looked up by number or IPEI. The id of the device is 0 for a user without
 * one. */
struct place {
    uint64_t user, device;
    mom_site site; /* 0: at no site */
    uint32_t epoch;
    struct mom_handoff_info handoff;
};
/* False when there is no such number or IPEI. */
bool row_find_place(const struct host *host, struct mom_view *view, const char *text,
                    struct place *ret_place);

#endif
