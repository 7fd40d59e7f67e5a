/*
 * CoA profiles, as all nodes of the star have them. They are made and changed at any OMM.
 */
#include "ommsyncd.h"
#include "rows.h"

#include <com/cli.h>

#include <errno.h>
#include <stdlib.h>

static void send_row(const struct call *call, const struct mom_profile *profile, bool whole)
{
    struct com_json json;
    com_json_init(&json);
    com_json_object(&json);
    row_profile(call->host, profile, whole, &json);
    com_json_end(&json);
    (void)call_row(call->request, &json);
    com_json_done(&json);
}

void cmd_profiles_list(const struct call *call)
{
    struct mom_view *view;
    struct mom_profile profile = {.number = 0};
    if (mom_view_open(call->host->engine, &view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return;
    }
    while (mom_view_next_profile(view, profile.number, &profile)) {
        if (profile.exists)
            send_row(call, &profile, false);
    }
    int rc = mom_view_error(view);
    mom_view_close(view);
    call_end(call, rc == MOM_OK ? COM_EXIT_OK : COM_EXIT_PARTLY,
             rc == MOM_OK ? NULL : "the store cannot be read");
}

static uint32_t number_of(const char *text)
{
    char *end;
    errno = 0;
    unsigned long number = strtoul(text, &end, 10);
    return errno || *end || end == text || number > MOM_PROFILES ? 0 : (uint32_t)number;
}

void cmd_profiles_show(const struct call *call)
{
    uint32_t number = number_of(call_arg(call, 0));
    struct mom_view *view;
    struct mom_profile profile;
    if (!number) {
        call_end(call, COM_EXIT_USAGE, "a number from 1 to %d", (int)MOM_PROFILES);
        return;
    }
    if (mom_view_open(call->host->engine, &view) != MOM_OK) {
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
        return;
    }
    bool found = mom_view_next_profile(view, number - 1, &profile) && profile.number == number &&
                 profile.exists;
    if (found)
        send_row(call, &profile, true);
    int rc = mom_view_error(view);
    mom_view_close(view);
    if (rc != MOM_OK)
        call_end(call, COM_EXIT_REFUSED, "the store cannot be read");
    else if (!found)
        call_end(call, COM_EXIT_REFUSED, "there is no CoA profile %u", (unsigned)number);
    else
        call_end(call, COM_EXIT_OK, NULL);
}
