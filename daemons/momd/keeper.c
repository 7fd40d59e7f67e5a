/*
 * Looking after the store: its incarnation is noted in a file beside it, and secrets that lie in clear or under an
 * older key are sealed with the key of today, some every second.
 */
#include "keeper.h"
#include "sites.h"

#include <com/log.h>

#define RESEAL_RECORDS 200 /* at a time: a few milliseconds */

int keeper_prepare(struct momd *momd, struct mom_config *config)
{
    if (com_random(&config->seed, sizeof config->seed) != 0) {
        com_error("the system has no random numbers");
        return -1;
    }
    momd->witness = node_read_witness(momd->settings.data_dir);
    config->witness = momd->witness;
    config->sealer = node_sealer(&momd->keys);
    return 0;
}

void keeper_note(struct momd *momd)
{
    uint64_t incarnation = mom_engine_incarnation(momd->engine);
    if (incarnation == momd->witness)
        return;
    momd->witness = incarnation;
    node_write_witness(momd->settings.data_dir, incarnation);
}

static void tell(const struct momd *momd)
{
    const struct mom_reseal *reseal = &momd->reseal;
    if (reseal->rewritten > 0)
        com_notice("secrets of %llu records were sealed with the key of today",
                   (unsigned long long)reseal->rewritten);
    if (reseal->unreadable > 0)
        com_warning("%llu secrets cannot be opened with this node.key: they are kept, and not used",
                    (unsigned long long)reseal->unreadable);
    else if (momd->keys.has_old)
        com_notice("nothing needs %s/node.key.old any more: it can be removed",
                   momd->settings.data_dir);
}

void keeper_work(struct momd *momd)
{
    bool first = momd->reseal.after == 0;
    if (momd->reseal.done || momd->broken || momd->stopping)
        return;
    if (first)
        sites_reseal(momd);
    /* A list that is being read keeps its view open: then later. */
    int rc = mom_engine_reseal(momd->engine, RESEAL_RECORDS, &momd->reseal);
    if (mom_err_is_fatal(rc)) {
        com_error("secrets cannot be sealed with the key of today: %s", mom_err_text(rc));
        momd->reseal.done = true; /* the next start tries again */
    } else if (rc == MOM_OK && momd->reseal.done) {
        tell(momd);
    }
}
