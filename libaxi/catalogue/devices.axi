# devices.axi: devices.
area Devices

topic The device record

type CreateGetSetPPDevRespType : RespType
    ppn                         int
    timeStamp                   int64
    relType                     PPRelTypeType
    uid                         int
    ipei                        text
    ac                          text
    s                           DECTSubscriptionStateType
    uak                         hex                        secret
    encrypt                     bool
    capMessaging                bool
    capMessagingForInternalUse  bool
    capEnhLocating              bool
    capBluetooth                bool
    ethAddr                     text
    hwType                      HWTypeType
    ppProfileCapability         bool
    ppDefaultProfileLoaded      bool
    subscribeToPARIOnly         bool

type CreatePPDevType : ReqType
    ppn                         int
    timeStamp                   int64
    relType                     PPRelTypeType
    uid                         int
    ipei                        text
    ac                          text
    s                           DECTSubscriptionStateType
    uak                         hex                        secret
    encrypt                     bool
    capMessaging                bool
    capMessagingForInternalUse  bool
    capEnhLocating              bool
    capBluetooth                bool
    ethAddr                     text
    hwType                      HWTypeType
    ppProfileCapability         bool
    ppDefaultProfileLoaded      bool
    subscribeToPARIOnly         bool

type DeletePPDevType : ReqType
    ppn  int  required

type EventPPDevType
    deleted  bool
    + user   PPDevType  0..1

type GetPPDevType : ReqType
    ppn  int  required

type SetPPDevType : ReqType
    ppn                         int
    timeStamp                   int64
    relType                     PPRelTypeType
    uid                         int
    ipei                        text
    ac                          text
    s                           DECTSubscriptionStateType
    uak                         hex                        secret
    encrypt                     bool
    capMessaging                bool
    capMessagingForInternalUse  bool
    capEnhLocating              bool
    capBluetooth                bool
    ethAddr                     text
    hwType                      HWTypeType
    ppProfileCapability         bool
    ppDefaultProfileLoaded      bool
    subscribeToPARIOnly         bool

request GetPPDev : ReqType -> RespType  version 2.0.0 pages ppn pp 1
    ppn         int  required since=8.0
    maxRecords  int  since=8.0
answer
    + pp  PPDevType  0..20

request CreatePPDev : ReqType -> RespType  version 2.0.0
    + pp  PPDevType  1..1
answer
    + pp  PPDevType  0..1

request SetPPDev : ReqType -> RespType  version 2.0.0
    + pp  PPDevType  1..1
answer
    + pp  PPDevType  0..1

request DeletePPDev : DeletePPDevType -> RespType  version 1.0.1

event EventPPDevCnf  version 2.0.0
    deleted  bool
    + pp     PPDevType  0..1

topic Finding devices

request GetPPDevByIPEI : ReqType -> RespType  since 7.1 basis client version 2.0.0
    ipei  text  required
answer
    + pp  PPDevType  0..1

topic How many there are

type PPDevSummaryType
    nRecords        int  required
    ppnFirst        int  required
    subscribedDevs  int  required since=7.1

type GetPPDevSummaryRespType : RespType PPDevSummaryType

request GetPPDevSummary : ReqType -> GetPPDevSummaryRespType  version 1.0.2
answer basis capture

event EventPPDevSummary : PPDevSummaryType  version 1.0.1

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
    ppn      int
    trType   PPTransactionType
    rfpId    int
    relTime  int

type PPStateType
    ppn             int
    onHook          bool
    silentCharging  bool
    batteryLevel    int
    swVersion       text
    callState       PPUserCallStateType
    bluetooth       int
    registered      bool
    regServerType   PPRegServerType
    regServerAddr   text
    regServerPort   int
    sipEvent        PPUserSIPEventType   since=8.0
    isUsbConnected  bool                 since=8.0
    isInCharger     bool                 since=8.0

type EventPPTransactionType
    trType  PPTransactionType  required
    ppn     int                required
    rfpId   int

type GetActivePPDevRespType : RespType
    + pp  LastPPActionType  0..*

type GetActivePPDevType : ReqType
    id          int  required
    maxRecords  int  default=0

type GetPPStateRespType : RespType PPStateType

type GetPPStateType : ReqType
    ppn  int

request GetPPState : GetPPStateType -> GetPPStateRespType  version 1.1.2
answer basis capture

event EventPPState : PPStateType  basis capture version 1.1.3

event EventPPTransaction : EventPPTransactionType  version 1.0.1

request GetActivePPDev : GetActivePPDevType -> GetActivePPDevRespType  version 1.0.1

request GetLastPPDevAction : ReqType -> GetActivePPDevRespType  version 1.0.1 pages ppn pp 1
    id          int
    maxRecords  int  default=0
    ppn         int  since=8.0

topic Subscribing devices

enum DECTSubscriptionModeType
    Wildcard Configured Off

type DECTAuthCodeType
    ac  text

type DevAutoCreateType
    enable  bool

type RestrictedSubscriptionDurationType
    restrictedSubscrDur  bool

type GetSetDECTAuthCodeRespType : RespType DECTAuthCodeType

type GetSetDECTSubscriptionModeRespType : RespType
    mode  DECTSubscriptionModeType  since=7.1

type GetSetDevAutoCreateRespType : RespType DevAutoCreateType

type GetSetRestrictedSubscriptionDurationRespType : RespType RestrictedSubscriptionDurationType

type SetDECTAuthCodeType : ReqType DECTAuthCodeType

type SetDECTSubscriptionModeType : ReqType
    mode     DECTSubscriptionModeType  required
    timeout  int                       range=1..60

type SetDevAutoCreateType : ReqType DevAutoCreateType

type SetRestrictedSubscriptionDurationType : ReqType RestrictedSubscriptionDurationType

request GetDECTAuthCode : ReqType -> GetSetDECTAuthCodeRespType  version 1.0.1

request SetDECTAuthCode : SetDECTAuthCodeType -> GetSetDECTAuthCodeRespType  version 1.0.1

event EventDECTAuthCodeCnf : DECTAuthCodeType  basis capture version 1.0.1

request GetDECTSubscriptionMode : ReqType -> GetSetDECTSubscriptionModeRespType  version 1.0.1

request SetDECTSubscriptionMode : SetDECTSubscriptionModeType -> GetSetDECTSubscriptionModeRespType
    @ version 1.0.2

event EventDECTSubscriptionMode  basis capture version 1.0.1
    mode  DECTSubscriptionModeType  since=7.1

request GetDevAutoCreate : ReqType -> GetSetDevAutoCreateRespType  version 1.0.1

request SetDevAutoCreate : SetDevAutoCreateType -> GetSetDevAutoCreateRespType  version 1.0.1

event EventDevAutoCreateCnf : DevAutoCreateType  version 1.0.1

request GetRestrictedSubscriptionDuration : ReqType -> GetSetRestrictedSubscriptionDurationRespType
    @ version 1.0.1

request SetRestrictedSubscriptionDuration : SetRestrictedSubscriptionDurationType -> GetSetRestrictedSubscriptionDurationRespType
    @ version 1.0.1

event EventRestrictedSubscriptionDurationCnf : RestrictedSubscriptionDurationType  version 1.0.1

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
    id         int
    name       text
    ppData     text
    timeStamp  int64

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

request SetAdditionalSettings : SetAdditionalSettingsType -> GetSetAdditionalSettingsRespType
    @ version 1.0.2

event EventAdditionalSettingsCnf : AdditionalSettingsType  version 1.0.2

request GetDECTPpSettings : ReqType -> GetSetDECTPpSettingsRespType  version 2.0.1

request SetDECTPpSettings : SetDECTPpSettingsType -> GetSetDECTPpSettingsRespType  version 2.0.1

event EventDECTPpSettingsCnf : DECTPpSettingsType  version 2.0.1

request GetPpProfile : GetPpProfileType -> RespType  version 1.0.2
answer
    + ppProfile  PpProfileType  0..1

request SetPpProfile : SetPpProfileType -> RespType  version 1.0.3
answer
    + ppProfile  PpProfileType  0..1

event EventPpProfileCnf : EventPpProfileType  version 1.0.2

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
    ppn      int
    state    PPFirmwareUpdateStatusStateType
    cause    PPFirmwareUpdateCauseStateType
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
    ppn         int  required
    maxRecords  int  required

type GetSetPPFirmwareURLRespType : RespType PPFirmwareURLType

type GetSetPPFirmwareUpdateRespType : RespType PPFirmwareUpdateType

type SetPPFirmwareURLType : ReqType PPFirmwareURLType

type SetPPFirmwareUpdateType : ReqType PPFirmwareUpdateType

request GetPPFirmwareURL : ReqType -> GetSetPPFirmwareURLRespType  version 1.0.2

request SetPPFirmwareURL : SetPPFirmwareURLType -> GetSetPPFirmwareURLRespType  version 1.0.2

event EventPPFirmwareURLCnf : PPFirmwareURLType  version 1.0.2

request GetPPFirmwareUpdate : ReqType -> GetSetPPFirmwareUpdateRespType  version 1.0.2

request SetPPFirmwareUpdate : SetPPFirmwareUpdateType -> GetSetPPFirmwareUpdateRespType
    @ version 1.0.1

event EventPPFirmwareUpdateCnf : PPFirmwareUpdateType  version 1.0.2

request GetPPFirmwareUpdateOverview : ReqType -> GetPPFirmwareUpdateOverviewRespType  version 1.0.2

event EventPPFirmwareUpdateOverview : PPFirmwareUpdateOverviewType  version 1.0.1

request GetPPFirmwareUpdateStatus : GetPPFirmwareUpdateStatusType -> GetPPFirmwareUpdateStatusRespType
    @ version 1.0.2 pages ppn ppFwSt 1

event EventPPFirmwareUpdateStatus : EventPPFirmwareUpdateStatusType  version 1.0.2
