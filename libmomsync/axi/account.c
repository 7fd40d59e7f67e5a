/*
 * Keeping the account of a link.
 */
#include "account.h"

#include "alloc.h"

#include <string.h>

bool mom__account_fits(struct mom_str username, struct mom_str password)
{
    return username.len <= MOM__ACCOUNT_MAX && password.len <= MOM__ACCOUNT_MAX;
}

bool mom__account_take(struct mom__account *account, struct mom_str username,
                       struct mom_str password)
{
    if (!mom__account_fits(username, password))
        return false;
    mom__omm_wipe(account, sizeof(*account));
    if (username.len > 0)
        memcpy(account->username, username.ptr, username.len);
    if (password.len > 0)
        memcpy(account->password, password.ptr, password.len);
    account->username_len = username.len;
    account->password_len = password.len;
    return true;
}

void mom__account_wipe_password(const struct axi_msg *open)
{
    struct axi_str password = axi_get_str(axi_msg_root(open), AXI_A_password);

    if (password.ptr != NULL)
        mom__omm_wipe((char *)(uintptr_t)password.ptr, password.len);
}
