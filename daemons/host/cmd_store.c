/*
 * Commands about the store as a whole: copying it while it is in use, and saying that a restored one was dealt with.
 */
#include "commands.h"

#include <com/cli.h>

void cmd_backup(const struct call *call)
{
    const char *path = call_arg(call, 0);
    if (path[0] != '/') {
        call_end(call, COM_EXIT_USAGE, "a copy needs the whole path of a new folder");
        return;
    }
    int rc = mom_store_lmdb_backup(&call->host->store, path, host_now().wall_ms);
    if (rc == MOM_EEXIST)
        call_end(call, COM_EXIT_REFUSED, "%s: there is something already", path);
    else if (rc != MOM_OK)
        call_end(call, COM_EXIT_REFUSED, "%s: the copy cannot be made there: %s", path,
                 mom_err_text(rc));
    else
        call_end(call, COM_EXIT_OK, NULL);
}

void cmd_restored_accept(const struct call *call)
{
    struct mom_input input = {.kind = MOM_IN_RESTORED_SEEN};
    if (!mom_engine_restored(call->host->engine, NULL)) {
        call_end(call, COM_EXIT_REFUSED, "the store is not a restored one");
        return;
    }
    call_end_rc(call, host_change(call->host, &input));
}
