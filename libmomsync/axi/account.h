/*
 * The account with which a link logs in.
 */
#ifndef MOM_AXI_ACCOUNT_H
#define MOM_AXI_ACCOUNT_H

#include <axi/message.h>
#include <momsync/base.h>

enum { MOM__ACCOUNT_MAX = 256 }; /* bytes of a user name, and of a password */

/* Wipe it before its memory is freed. */
struct mom__account {
    char username[MOM__ACCOUNT_MAX], password[MOM__ACCOUNT_MAX];
    size_t username_len, password_len;
};

bool mom__account_fits(struct mom_str username, struct mom_str password);
/* Copy both, and wipe what was there. False: they do not fit, and nothing was changed. */
bool mom__account_take(struct mom__account *account, struct mom_str username,
                       struct mom_str password);

/* Overwrite the password in an Open that is not needed any more. */
void mom__account_wipe_password(const struct axi_msg *open);

static inline struct mom_str mom__account_username(const struct mom__account *account)
{
    return (struct mom_str){account->username, account->username_len};
}

static inline struct mom_str mom__account_password(const struct mom__account *account)
{
    return (struct mom_str){account->password, account->password_len};
}

#endif
