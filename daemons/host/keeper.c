/*
 * Looking after the store: its incarnation is noted in a file beside it, and secrets that lie in clear or under an
 * older key are sealed with the key of today, some every second.
 */
#include "keeper.h"
#include "sites.h"

#include <com/log.h>

#define RESEAL_RECORDS 200 /* at a time: a few milliseconds */

int keeper_prepare(struct host *host, struct mom_config *config)
{
    if (com_random(&config->seed, sizeof config->seed) != 0) {
        com_error("the system has no random numbers");
        return -1;
    }
    host->witness = folder_read_witness(host->settings->data_dir);
    config->witness = host->witness;
    config->sealer = folder_sealer(&host->keys);
    return 0;
}

void keeper_note(struct host *host)
{
    uint64_t incarnation = mom_engine_incarnation(host->engine);
    if (incarnation == host->witness)
        return;
    host->witness = incarnation;
    folder_write_witness(host->settings->data_dir, incarnation);
}

static void tell(const struct host *host)
{
    const struct mom_reseal *reseal = &host->reseal;
    if (reseal->rewritten > 0)
        com_notice("secrets of %llu records were sealed with the key of today",
                   (unsigned long long)reseal->rewritten);
    if (reseal->unreadable > 0)
        com_warning("%llu secrets cannot be opened with this node.key: they are kept, and not used",
                    (unsigned long long)reseal->unreadable);
    else if (host->keys.has_old)
        com_notice("nothing needs %s/node.key.old any more: it can be removed",
                   host->settings->data_dir);
}

void keeper_work(struct host *host)
{
    bool first = host->reseal.after == 0;
    if (host->reseal.done || host->broken || host->stopping)
        return;
    if (first)
        sites_reseal(host);
    /* A list that is being read keeps its view open: then later. */
    int rc = mom_engine_reseal(host->engine, RESEAL_RECORDS, &host->reseal);
    if (mom_err_is_fatal(rc)) {
        com_error("secrets cannot be sealed with the key of today: %s", mom_err_text(rc));
        host->reseal.done = true; /* the next start tries again */
    } else if (rc == MOM_OK && host->reseal.done) {
        tell(host);
    }
}
