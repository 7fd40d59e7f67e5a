# devices.axi: devices.
area Devices
| A device is a phone, or a place that is kept for one. Its subscription, key included, can be carried to
| another OMM. A phone reports every two hours; one that was silent for two and a half is taken for gone.

topic The device record

enum DECTSubscriptionStateType
| Whether a phone is subscribed.
    No           | no
    Unconfirmed  | made, and the phone has still to agree
    Yes          | yes

enum HWTypeType open
| Models of devices that were seen.
    Unknown 142d 610d 620d 630d 612d 622d 632d 650c 740cv GAP 612v2 622v2

type PPDevType  basis capture
| A device: a phone, or the place that is kept for one. As element pp.
    ppn                         int                                      | 1 and more; 0: none
    timeStamp                   int64                                    | last change of anything
    relType                     PPRelTypeType                            | how user and device are bound
    uid                         int                                      | its user, 0: none
    ipei                        text                       15            | as printed, with blanks; empty: any device
    ac                          text                       8             | code that is asked for when it subscribes
    s                           DECTSubscriptionStateType                | whether a phone is subscribed
    uak                         hex                        32 secret     | key of the subscription
    encrypt                     bool                                     | speech is encrypted on air
    capMessaging                bool                       readonly      | can receive messages
    capMessagingForInternalUse  bool                       readonly      | can receive messages of the OMM
    capEnhLocating              bool                       readonly      | gives more data for locating
    capBluetooth                bool                       readonly      | has Bluetooth
    ethAddr                     text                       17 readonly   | Bluetooth address
    hwType                      HWTypeType                 readonly      | model; there are more than these
    ppProfileCapability         bool                       readonly      | takes settings over the air
    ppDefaultProfileLoaded      bool                       readonly      | has the default profile
    subscribeToPARIOnly         bool                                     | subscribed to this OMM alone: cannot roam
    ppnSec                      int                        since=7.1     | the partner's id (our reading), 0: none
    ommId                       hex                        8 since=7.1   | where it is served
    ommIdAck                    hex                        8 since=7.1   | the same, acknowledged (our reading)
    timeStampAdmin              int64                      since=7.1     | last administration (our reading)
    timeStampRelation           int64                      since=7.1     | last relation (our reading)
    timeStampRoaming            int64                      since=7.1     | last roaming (our reading)
    timeStampSubscription       int64                      since=7.1     | last subscription (our reading)
    autoCreate                  bool                       since=7.1     | made when an unknown phone subscribed
    roaming                     text                       since=7.1     | RoamingComplete is all that was seen
    modicType                   hex                        2 since=7.1   | one octet, not explained
    locationData                hex                        12 since=7.1  | six octets, not explained
    dectIeFixedId               hex                        16 since=7.1  | system that it is subscribed to
    subscriptionId              hex                        16 since=7.1  | identity of the phone

type CreateGetSetPPDevRespType : RespType PPDevType
| As the schema has it; on the wire the record is the element pp.

type CreatePPDevType : ReqType PPDevType
| As the schema has it; on the wire the record is the element pp.

type DeletePPDevType : ReqType
    ppn  int  required  | device

type EventPPDevType
    deleted  bool             | is gone; the record has the key alone
    + user   PPDevType  0..1

type GetPPDevType : ReqType
    ppn  int  required  | device

type SetPPDevType : ReqType PPDevType
| As the schema has it; on the wire the record is the element pp.

request GetPPDev : ReqType -> RespType  version 2.0.0 pages ppn pp 1
| Reads devices from a ppn on, at most maxRecords of them; without maxRecords that one device.
    ppn         int  required  | device
    maxRecords  int            | how many at most
answer
    + pp  PPDevType  0..20

request CreatePPDev : ReqType -> RespType  version 2.0.0
| Creates a device. Synchronisation sessions can give it a subscription without the phone.
    + pp  PPDevType  1..1
answer
    + pp  PPDevType  0..1

request SetPPDev : ReqType -> RespType  version 2.0.0
| Changes a device: attributes that are absent stay.
    + pp  PPDevType  1..1
answer
    + pp  PPDevType  0..1

request DeletePPDev : DeletePPDevType -> RespType  version 1.0.1
| Deletes a device.

event EventPPDevCnf  version 2.0.0
| Sent when a device was created, changed or deleted. Its element is pp, whatever the schema says.
    deleted  bool             | is gone
    + pp     PPDevType  0..1

topic Finding devices

request GetPPDevByIPEI : ReqType -> RespType  since 7.1 basis client version 2.0.0
| Reads the device that has an IPEI.
    ipei  text  required  | equipment identity
answer
    + pp  PPDevType  0..1

topic How many there are

type PPDevSummaryType
    nRecords        int  required  | how many
    ppnFirst        int  required  | the first ppn
    subscribedDevs  int  required  | devices with a subscription

type GetPPDevSummaryRespType : RespType PPDevSummaryType

request GetPPDevSummary : ReqType -> GetPPDevSummaryRespType  version 1.0.2
| Reads how many devices there are, and the first id.
answer basis capture

event EventPPDevSummary : PPDevSummaryType  version 1.0.1
| Sent when the numbers of devices changed.

topic What a device is doing

enum PPRegServerType
    None Primary Secondary Tertiary

enum PPTransactionType
    None LinkEstablish Release Establish PPNotFound PagingStarted ReleaseFromPP PPSetupRejected ComsRelease
    ComsEstablish SsFac SsRelease SsEstablish ConnHandover LocReg Detach Cc Ss Coms

enum PPUserCallStateType
    ringing calling paging connected idle none

enum PPUserSIPEventType
    sipRegistrationEvent sipRegistrationEndEvent sipNotifyEvent

type LastPPActionType
    ppn      int                | device
    trType   PPTransactionType  | the transaction
    rfpId    int                | where
    relTime  int                | how long ago

type PPStateType
| What a device is doing.
    ppn             int                             | device
    onHook          bool                            | not in a call
    silentCharging  bool                            | in the charger with the bell off
    batteryLevel    int                             | per cent
    swVersion       text                            | software of the device
    callState       PPUserCallStateType             | of the call
    bluetooth       int
    registered      bool                            | at the SIP server
    regServerType   PPRegServerType                 | which of the SIP servers
    regServerAddr   text                            | its address
    regServerPort   int                             | its port
    sipEvent        PPUserSIPEventType   since=8.0  | what happened at the SIP server
    isUsbConnected  bool                 since=8.0  | by its name: on USB
    isInCharger     bool                 since=8.0  | by its name: in the charger

type EventPPTransactionType
    trType  PPTransactionType  required  | the transaction
    ppn     int                required  | device
    rfpId   int                          | base station

type GetActivePPDevRespType : RespType
    + pp  LastPPActionType  0..*

type GetActivePPDevType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

type GetPPStateRespType : RespType PPStateType

type GetPPStateType : ReqType
    ppn  int  | device

request GetPPState : GetPPStateType -> GetPPStateRespType  version 1.1.2
| Reads what a device is doing, and where its user is registered.
answer basis capture

event EventPPState : PPStateType  basis capture version 1.1.3
| Sent when something of a device's state changed; carries what changed.

event EventPPTransaction : EventPPTransactionType  version 1.0.1
| Sent when a radio transaction of a device begins, goes on or ends.

request GetActivePPDev : GetActivePPDevType -> GetActivePPDevRespType  version 1.0.1 pages id:ppn pp 1
| Reads the devices that have been active lately. That id is a device's is our reading.

request GetLastPPDevAction : ReqType -> GetActivePPDevRespType  version 1.0.1 pages ppn pp 1
| Reads the last radio transaction of a device: where and how long ago. ppn says which, not the id of the schema.
    id          int
    maxRecords  int  default=0  | how many at most
    ppn         int             | device

topic Subscribing devices

enum DECTSubscriptionModeType
| Who can subscribe.
    Wildcard    | also phones without a record, until some minutes after the last one; the user types an additional id
    Configured  | phones with a record, or any with automatic creation; for a day
    Off         | nobody

type DECTAuthCodeType
    ac  text

type DevAutoCreateType
    enable  bool

type RestrictedSubscriptionDurationType
    restrictedSubscrDur  bool  | subscription ends after two minutes

type GetSetDECTAuthCodeRespType : RespType DECTAuthCodeType

type GetSetDECTSubscriptionModeRespType : RespType
    mode  DECTSubscriptionModeType

type GetSetDevAutoCreateRespType : RespType DevAutoCreateType

type GetSetRestrictedSubscriptionDurationRespType : RespType RestrictedSubscriptionDurationType

type SetDECTAuthCodeType : ReqType DECTAuthCodeType

type SetDECTSubscriptionModeType : ReqType
    mode     DECTSubscriptionModeType  required     | who may subscribe from now on
    timeout  int                       range=0..60  | minutes, 1 to 60 in mode Wildcard and 3 when absent; no other mode looks at it

type SetDevAutoCreateType : ReqType DevAutoCreateType

type SetRestrictedSubscriptionDurationType : ReqType RestrictedSubscriptionDurationType

request GetDECTAuthCode : ReqType -> GetSetDECTAuthCodeRespType  version 1.0.1
| Reads the authentication code that phones without one of their own subscribe with.

request SetDECTAuthCode : SetDECTAuthCodeType -> GetSetDECTAuthCodeRespType  version 1.0.1
| Changes the authentication code that phones without one of their own subscribe with.

event EventDECTAuthCodeCnf : DECTAuthCodeType  basis capture version 1.0.1
| Sent when the authentication code that phones without one of their own subscribe with changed.

request GetDECTSubscriptionMode : ReqType -> GetSetDECTSubscriptionModeRespType  version 1.0.1
| Reads whether phones can be subscribed.

request SetDECTSubscriptionMode : SetDECTSubscriptionModeType -> GetSetDECTSubscriptionModeRespType
    @ version 1.0.2
| Opens or ends the subscription of phones. A new mode takes the place of the one before; only Wildcard has a timeout.

event EventDECTSubscriptionMode  basis capture version 1.0.1
| The mode of subscription is another, by request or because its time was over.
    mode  DECTSubscriptionModeType

request GetDevAutoCreate : ReqType -> GetSetDevAutoCreateRespType  version 1.0.1
| Reads whether the subscription of a phone without record makes one.

request SetDevAutoCreate : SetDevAutoCreateType -> GetSetDevAutoCreateRespType  version 1.0.1
| Switches the creation of records for unknown phones that subscribe. Under a Multi-OMM Manager it cannot be
| switched on.

event EventDevAutoCreateCnf : DevAutoCreateType  version 1.0.1
| Sent on a change of whether the subscription of a phone without record makes one.

request GetRestrictedSubscriptionDuration : ReqType -> GetSetRestrictedSubscriptionDurationRespType
    @ version 1.0.1
| Reads whether subscription is opened for two minutes only.

request SetRestrictedSubscriptionDuration : SetRestrictedSubscriptionDurationType
    -> GetSetRestrictedSubscriptionDurationRespType
    @ version 1.0.1
| Changes whether subscription is opened for two minutes only.

event EventRestrictedSubscriptionDurationCnf : RestrictedSubscriptionDurationType  version 1.0.1
| Sent on a change of whether subscription is opened for two minutes only.

topic Settings that devices get

type AdditionalSettingsType
    truncatePpUserName  bool

type PpBootTextType
    enable  bool
    text    text

type DECTPpSettingsType
    dialByNumberOnly    bool
    + bootTextHeadline  PpBootTextType  0..1
    + bootTextStartup   PpBootTextType  0..1

type PpProfileType
| A profile of settings that are sent to devices.
    id         int    | 1 and more
    name       text   | shown name
    ppData     text   | settings, NAME=VALUE in lines
    timeStamp  int64  | last change

type EventPpProfileType
    delete       bool
    + ppProfile  PpProfileType  0..1

type GetPpProfileType : ReqType
    Id  int

type GetSetAdditionalSettingsRespType : RespType AdditionalSettingsType

type GetSetDECTPpSettingsRespType : RespType DECTPpSettingsType

type GetSetPpProfileRespType
    + ppProfile  PpProfileType  0..1

type SetAdditionalSettingsType : ReqType AdditionalSettingsType

type SetDECTPpSettingsType : ReqType DECTPpSettingsType

type SetPpProfileType : ReqType
    + ppProfile  PpProfileType  0..1

request GetAdditionalSettings : ReqType -> GetSetAdditionalSettingsRespType  version 1.0.2
| Reads additional settings.

request SetAdditionalSettings : SetAdditionalSettingsType -> GetSetAdditionalSettingsRespType
    @ version 1.0.2
| Changes additional settings.

event EventAdditionalSettingsCnf : AdditionalSettingsType  version 1.0.2
| Sent when additional settings changed.

request GetDECTPpSettings : ReqType -> GetSetDECTPpSettingsRespType  version 2.0.1
| Reads settings that all devices get.

request SetDECTPpSettings : SetDECTPpSettingsType -> GetSetDECTPpSettingsRespType  version 2.0.1
| Changes settings that all devices get.

event EventDECTPpSettingsCnf : DECTPpSettingsType  version 2.0.1
| Sent when settings that all devices get changed.

request GetPpProfile : GetPpProfileType -> RespType  version 1.0.2
| Reads profiles of settings for devices.
answer
    + ppProfile  PpProfileType  0..1

request SetPpProfile : SetPpProfileType -> RespType  version 1.0.3
| Changes profiles of settings for devices.
answer
    + ppProfile  PpProfileType  0..1

event EventPpProfileCnf : EventPpProfileType  version 1.0.2
| Sent when profiles of settings for devices changed.

topic Device software

enum PPFirmwareUpdateCauseStateType
    none busy battery barred noMaster crc flash system version file container

enum PPFirmwareUpdateOverviewStateType
    startup idle running error

enum PPFirmwareUpdateStatusStateType
    ready pending active barred error notReachable detached unknown

type PPFirmwareURLType
    + url  URLType  0..1

type PPFirmwareUpdateOverviewType
    state         PPFirmwareUpdateOverviewStateType
    known         int
    ready         int
    pending       int
    active        int
    barred        int
    errored       int
    notReachable  int
    detached      int
    version       text

type PPFirmwareUpdateStatusType
    ppn      int                              | device
    state    PPFirmwareUpdateStatusStateType  | where it stands
    cause    PPFirmwareUpdateCauseStateType   | why
    bytes    int
    version  text

type PPFirmwareUpdateType
    enable  bool
    name    text

type EventPPFirmwareUpdateStatusType
    + ppFwSt  PPFirmwareUpdateStatusType  0..1

type GetPPFirmwareUpdateOverviewRespType : RespType PPFirmwareUpdateOverviewType

type GetPPFirmwareUpdateStatusRespType : RespType
    + ppFwSt  PPFirmwareUpdateStatusType  0..*

type GetPPFirmwareUpdateStatusType : ReqType
    ppn         int  required  | device
    maxRecords  int  required  | how many at most

type GetSetPPFirmwareURLRespType : RespType PPFirmwareURLType

type GetSetPPFirmwareUpdateRespType : RespType PPFirmwareUpdateType

type SetPPFirmwareURLType : ReqType PPFirmwareURLType

type SetPPFirmwareUpdateType : ReqType PPFirmwareUpdateType

request GetPPFirmwareURL : ReqType -> GetSetPPFirmwareURLRespType  version 1.0.2
| Reads where device software is fetched from.

request SetPPFirmwareURL : SetPPFirmwareURLType -> GetSetPPFirmwareURLRespType  version 1.0.2
| Changes where device software is fetched from.

event EventPPFirmwareURLCnf : PPFirmwareURLType  version 1.0.2
| Sent on a change of where device software is fetched from.

request GetPPFirmwareUpdate : ReqType -> GetSetPPFirmwareUpdateRespType  version 1.0.2
| Reads the update of device software over the air.

request SetPPFirmwareUpdate : SetPPFirmwareUpdateType -> GetSetPPFirmwareUpdateRespType
    @ version 1.0.1
| Changes the update of device software over the air.

event EventPPFirmwareUpdateCnf : PPFirmwareUpdateType  version 1.0.2
| Sent when the update of device software over the air changed.

request GetPPFirmwareUpdateOverview : ReqType -> GetPPFirmwareUpdateOverviewRespType  version 1.0.2
| Reads how many devices are in which state of the software update.

event EventPPFirmwareUpdateOverview : PPFirmwareUpdateOverviewType  version 1.0.1
| Sent when the numbers of the software update changed.

request GetPPFirmwareUpdateStatus : GetPPFirmwareUpdateStatusType -> GetPPFirmwareUpdateStatusRespType
    @ version 1.0.2 pages ppn ppFwSt 1
| Reads the state of the software update of devices, from a ppn on.

event EventPPFirmwareUpdateStatus : EventPPFirmwareUpdateStatusType  version 1.0.2
| Sent when the state of a device's software update changed.
