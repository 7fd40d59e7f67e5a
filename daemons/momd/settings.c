/*
 * The table of keys. Parser, dump, sample and manual come from it.
 */
#include "momd.h"
#include "host_keys.h"

#define AT(member)  offsetof(struct settings, host.member)
#define OWN(member) offsetof(struct settings, member)

#define POLICY_NAME(id, code, name, text) name,
#define POLICY_CODE(id, code, name, text) (code),
static const char *const policy_names[] = {MOM_POLICIES(POLICY_NAME) NULL};
static const unsigned char policy_codes[] = {MOM_POLICIES(POLICY_CODE)};

/* clang-format off */
static const struct com_key keys[] = {
    HOST_KEYS_SYSTEM(AT, "momd", "momctl"),
    HOST_KEYS_CONTROL(AT, "momd", "momctl"),
    HOST_KEYS_TLS(AT),
    HOST_KEYS_LINKS(AT),
    {"links", "max-connecting", COM_KEY_INT, "16", 1, 500, NULL, false,
     "Connections that are being set up at a time; others wait for their turn.", AT(max_connecting)},
    {"links", "same-platform", COM_KEY_BOOL, "no", 0, 0, NULL, true,
     "Refuse a site whose OMM runs on another platform (base station or server) than the others. Otherwise a mixture "
     "is only told.", AT(same_platform)},
    HOST_KEYS_WATCH_PHONES(AT, "no"),
    HOST_KEYS_STORE(AT, "1GiB", "0"),
    HOST_KEYS_RECORDS(AT, "momctl"),
    {"handoff", "policy", COM_KEY_CHOICE, "renew-after-confirmation", 0, 0, policy_names, true,
     "In which order a roaming phone changes its SIP registration, when its new site does not say otherwise. "
     "renew-after-confirmation: both sites may be registered for a moment; when the former one has ended, the new one "
     "renews. remove-before-register: the new site gets the records when the former one has ended. "
     "register-before-remove: the former site ends when the new one has registered.", OWN(policy)},
    {"handoff", "deliver", COM_KEY_DURATION, "10s", 100, 10 * HOST_MINUTE, NULL, true,
     "How long a new site may take to accept the records of a roaming phone.", OWN(deliver)},
    HOST_KEYS_HANDOFF(AT),
};
/* clang-format on */

const struct com_config settings_config = {
    .keys = keys,
    .count = sizeof keys / sizeof *keys,
    .settings_size = sizeof(struct settings),
    .title = "Configuration of momd. Files conf.d/*.conf beside this one are read after it, in the "
             "order of their names. See momd.conf(5).",
};

enum mom_policy settings_policy(const struct settings *settings)
{
    return (enum mom_policy)policy_codes[settings->policy];
}
