/*
 * The attributes of a user and of a device as an OMM has them, in the order in which it sends them: default value,
 * the group whose time stamp a change moves, and who may write.
 */
#ifndef OMMSIM_FIELDS_H
#define OMMSIM_FIELDS_H

#include <stdint.h>
#include <axi/axi.h>

enum sim_group {
    SIM_GROUP_NONE, /* no time stamp of its own */
    SIM_GROUP_ADMIN,
    SIM_GROUP_RELATION,
    SIM_GROUP_ROAMING,
    SIM_GROUP_SUBSCRIPTION,
    SIM_GROUP_COUNT
};

enum sim_field_flags {
    SIM_SYNC = 1,      /* only a sync session may change it */
    SIM_KEPT = 2,      /* the OMM keeps it: what a client sends is passed over */
    SIM_SECRET = 4,    /* encrypted on the wire */
    SIM_SYNC_ONLY = 8, /* shown to sync sessions only */
    SIM_LATER = 16     /* since release 9 */
};

/* clang-format off */
#define SIM_DEV_FIELDS(F)                                                                          \
    F(ppn, "0", NONE, SIM_KEPT) F(ppnSec, "0", NONE, SIM_SYNC)                                     \
    F(relType, "Unbound", RELATION, 0) F(uid, "0", RELATION, 0) F(timeStamp, "0", NONE, SIM_KEPT)  \
    F(ipei, "", ADMIN, 0) F(ac, "", ADMIN, 0)                                                      \
    F(s, "No", SUBSCRIPTION, SIM_SYNC) F(uak, "", SUBSCRIPTION, SIM_SYNC)                          \
    F(encrypt, "1", ADMIN, 0)                                                                      \
    F(capMessaging, "0", NONE, SIM_SYNC) F(capMessagingForInternalUse, "0", NONE, SIM_SYNC)        \
    F(capEnhLocating, "0", NONE, SIM_SYNC) F(capBluetooth, "0", NONE, SIM_SYNC)                    \
    F(ethAddr, "", NONE, SIM_SYNC) F(hwType, "Unknown", NONE, SIM_SYNC)                            \
    F(ppProfileCapability, "0", NONE, SIM_SYNC) F(ppDefaultProfileLoaded, "0", NONE, SIM_SYNC)     \
    F(subscribeToPARIOnly, "0", ADMIN, 0)                                                          \
    F(ommId, "", ROAMING, SIM_SYNC) F(ommIdAck, "", ROAMING, SIM_SYNC)                             \
    F(timeStampAdmin, "0", NONE, SIM_KEPT) F(timeStampRelation, "0", NONE, SIM_KEPT)               \
    F(timeStampRoaming, "0", NONE, SIM_KEPT) F(timeStampSubscription, "0", NONE, SIM_KEPT)         \
    F(autoCreate, "0", ADMIN, SIM_SYNC) F(roaming, "", ROAMING, SIM_SYNC)                          \
    F(modicType, "", SUBSCRIPTION, SIM_SYNC) F(locationData, "", ROAMING, SIM_SYNC)                \
    F(dectIeFixedId, "", SUBSCRIPTION, SIM_SYNC) F(subscriptionId, "", SUBSCRIPTION, SIM_SYNC)

#define SIM_USER_FIELDS(F)                                                                         \
    F(uid, "0", NONE, SIM_KEPT) F(uidSec, "0", NONE, SIM_SYNC) F(permanent, "0", ADMIN, 0)         \
    F(relType, "Unbound", RELATION, 0) F(ppn, "0", RELATION, 0) F(timeStamp, "0", NONE, SIM_KEPT)  \
    F(name, "", ADMIN, 0) F(num, "", ADMIN, 0)                                                     \
    F(hierarchy1, "", ADMIN, 0) F(hierarchy2, "", ADMIN, 0)                                        \
    F(addId, "", ADMIN, 0) F(sipAuthId, "", ADMIN, 0) F(sipPw, "", ADMIN, SIM_SECRET)              \
    F(sosNum, "", ADMIN, 0) F(manDownNum, "", ADMIN, 0) F(voiceboxNum, "", ADMIN, 0)               \
    F(pin, "", ADMIN, SIM_SECRET) F(lang, "English", ADMIN, SIM_SYNC)                              \
    F(forwardState, "Off", ADMIN, 0) F(forwardDest, "", ADMIN, 0) F(forwardTime, "0", ADMIN, 0)    \
    F(holdRingBackTime, "3", ADMIN, 0) F(callWaitingDisabled, "0", ADMIN, 0)                       \
    F(autoAnswer, "Global", ADMIN, 0) F(microphoneMute, "Global", ADMIN, 0)                        \
    F(warningTone, "Global", ADMIN, 0) F(allowBargeIn, "Global", ADMIN, 0)                         \
    F(trackingActive, "0", NONE, SIM_SYNC) F(autoLogoutOnCharge, "0", ADMIN, 0)                    \
    F(locRight, "0", ADMIN, 0) F(locatable, "0", ADMIN, 0) F(msgRight, "1", ADMIN, 0)              \
    F(sendVcardRight, "1", ADMIN, 0) F(recvVcardRight, "0", ADMIN, 0)                              \
    F(keepLocalPB, "0", ADMIN, 0) F(vip, "0", ADMIN, 0) F(sipRegisterCheck, "0", ADMIN, 0)         \
    F(external, "0", ADMIN, SIM_SYNC) F(BTlocatable, "0", ADMIN, 0)                                \
    F(BTsensitivity, "high", ADMIN, 0) F(conferenceServerType, "Global", ADMIN, 0)                 \
    F(conferenceServerURI, "", ADMIN, 0) F(monitoringMode, "Off", ADMIN, 0)                        \
    F(HAS, "Unknown", NONE, SIM_SYNC) F(HSS, "Unknown", NONE, SIM_SYNC)                            \
    F(HRS, "Unknown", NONE, SIM_SYNC) F(HCS, "Unknown", NONE, SIM_SYNC)                            \
    F(SRS, "Unknown", NONE, SIM_SYNC) F(SCS, "Unknown", NONE, SIM_SYNC)                            \
    F(CDS, "Unknown", NONE, SIM_SYNC) F(HBS, "Unknown", NONE, SIM_SYNC)                            \
    F(BTS, "Unknown", NONE, SIM_SYNC) F(SWS, "Unknown", NONE, SIM_SYNC)                            \
    F(CUS, "Unknown", NONE, SIM_SYNC)                                                              \
    F(allowVideoStream, "0", ADMIN, 0) F(credentialPw, "", ADMIN, SIM_SECRET)                      \
    F(fixedSipPort, "0", ADMIN, 0) F(calculatedSipPort, "0", NONE, SIM_KEPT)                       \
    F(hotDeskingSupport, "0", ADMIN, 0) F(useSIPUserName, "Global", ADMIN, 0)                      \
    F(useSIPUserAuthentication, "Global", ADMIN, 0) F(serviceUserName, "", ADMIN, 0)               \
    F(serviceAuthName, "", ADMIN, 0) F(serviceAuthPassword, "", ADMIN, SIM_SECRET)                 \
    F(configurationDataLoaded, "0", NONE, SIM_SYNC) F(ppProfileId, "0", ADMIN, 0)                  \
    F(ppData, NULL, ADMIN, 0)                                                                      \
    F(authenticateLogout, "0", ADMIN, SIM_LATER) F(keyLockEnable, "0", ADMIN, SIM_LATER)           \
    F(keyLockPin, "", ADMIN, SIM_SECRET | SIM_LATER) F(keyLockTime, "0", ADMIN, SIM_LATER)         \
    F(langPP, "English", ADMIN, SIM_LATER) F(altDisplayNum, "", ADMIN, SIM_LATER)                  \
    F(sipProfileId, "0", ADMIN, SIM_LATER) F(pickupGroupNum, "", ADMIN, SIM_LATER)                 \
    F(ppnOld, "0", RELATION, SIM_KEPT | SIM_SYNC_ONLY)                                             \
    F(timeStampAdmin, "0", NONE, SIM_KEPT | SIM_SYNC_ONLY)                                         \
    F(timeStampRelation, "0", NONE, SIM_KEPT | SIM_SYNC_ONLY)

enum sim_dev_slot {
#define SIM_SLOT(name, value, group, flags) D_##name,
    SIM_DEV_FIELDS(SIM_SLOT)
#undef SIM_SLOT
    D_COUNT
};
enum sim_user_slot {
#define SIM_SLOT(name, value, group, flags) U_##name,
    SIM_USER_FIELDS(SIM_SLOT)
#undef SIM_SLOT
    U_COUNT
};
/* clang-format on */
#define SIM_SLOTS_MAX 96

enum sim_kind { SIM_DEV, SIM_USER };

struct sim_field {
    const char *name;
    enum axi_attr attr;
    const char *value; /* default; NULL: absent until somebody sets it */
    enum sim_group group;
    unsigned flags;
    enum axi_form form;
    enum axi_enum of;
    unsigned max;
};

/* Fill in what the catalogue knows. Call once, before anything else of this header. */
void sim_fields_init(void);
const struct sim_field *sim_fields(enum sim_kind kind, unsigned *ret_count);
/* Slot of an attribute, -1 when the record has none of that name. */
int sim_slot_of(enum sim_kind kind, enum axi_attr attr);

/* A set of slots. */
struct sim_mask {
    uint64_t word[2];
};
static inline void sim_mask_add(struct sim_mask *mask, unsigned slot)
{
    mask->word[slot / 64] |= UINT64_C(1) << (slot % 64);
}
static inline bool sim_mask_has(const struct sim_mask *mask, unsigned slot)
{
    return (mask->word[slot / 64] >> (slot % 64)) & 1;
}
static inline bool sim_mask_empty(const struct sim_mask *mask)
{
    return mask->word[0] == 0 && mask->word[1] == 0;
}
static inline void sim_mask_join(struct sim_mask *mask, const struct sim_mask *other)
{
    mask->word[0] |= other->word[0];
    mask->word[1] |= other->word[1];
}

#endif
