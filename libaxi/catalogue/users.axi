# users.axi: users.
area Users

topic The user record

enum BTsensitivityType
    low medium high

enum IncominCallHandlingType
    Off On Global

enum PPUserCallForwardStateType
    Off Busy NoAnswer BusyNoAnswer All

enum PPUserLanguageType
    English German French Spanish Italian Dutch Swedish Portuguese Danish Finnish Norwegian Czech Slovakian
    Hungarian Russian Turkish Polish Estonian

enum PPUserMonitoringModeType
    Off Passive Active

enum PPUserMonitoringStateType
    Unknown Available Warning Unavailable Escalated

type PPUserType  basis capture
    uid                       int
    ppn                       int
    timeStamp                 int64
    relType                   PPRelTypeType
    name                      text                        20
    num                       text                        31
    hierarchy1                text                        16
    hierarchy2                text                        16
    addId                     text
    pin                       text                        secret
    sipAuthId                 text
    sipPw                     text                        secret
    sosNum                    text                        31
    voiceboxNum               text                        31
    manDownNum                text                        31
    forwardState              PPUserCallForwardStateType
    forwardTime               int
    forwardDest               text
    lang                      PPUserLanguageType          readonly
    holdRingBackTime          int                         range=0..5
    autoAnswer                IncominCallHandlingType
    microphoneMute            IncominCallHandlingType
    warningTone               IncominCallHandlingType
    allowBargeIn              IncominCallHandlingType
    callWaitingDisabled       bool
    external                  bool
    trackingActive            bool
    locatable                 bool
    BTlocatable               bool
    BTsensitivity             BTsensitivityType
    locRight                  bool
    msgRight                  bool
    sendVcardRight            bool
    recvVcardRight            bool
    keepLocalPB               bool
    vip                       bool
    sipRegisterCheck          bool
    allowVideoStream          bool
    conferenceServerType      conferenceServerType
    conferenceServerURI       text
    monitoringMode            PPUserMonitoringModeType
    CUS                       PPUserMonitoringStateType   readonly
    HAS                       PPUserMonitoringStateType   readonly
    HSS                       PPUserMonitoringStateType   readonly
    HRS                       PPUserMonitoringStateType   readonly
    HCS                       PPUserMonitoringStateType   readonly
    SRS                       PPUserMonitoringStateType   readonly
    SCS                       PPUserMonitoringStateType   readonly
    CDS                       PPUserMonitoringStateType   readonly
    HBS                       PPUserMonitoringStateType   readonly
    BTS                       PPUserMonitoringStateType   readonly
    SWS                       PPUserMonitoringStateType   readonly
    credentialPw              text                        secret
    configurationDataLoaded   bool                        readonly
    ppProfileId               int
    ppData                    text                        4096
    fixedSipPort              int
    calculatedSipPort         int                         readonly
    authenticateLogout        bool                        since=9.1
    keyLockEnable             text                        since=9.1
    keyLockPin                text                        secret since=9.1
    keyLockTime               text                        since=9.1
    langPP                    PPUserLanguageType          since=9.1
    altDisplayNum             text                        since=9.1
    sipProfileId              int                         since=9.1
    pickupGroupNum            text                        since=9.1
    uidSec                    int                         since=7.1
    permanent                 bool                        since=7.1
    autoLogoutOnCharge        bool                        since=7.1
    hotDeskingSupport         bool                        since=7.1
    useSIPUserName            text                        since=7.1
    useSIPUserAuthentication  text                        since=7.1
    serviceUserName           text                        since=7.1
    serviceAuthName           text                        since=7.1
    serviceAuthPassword       text                        secret since=7.1
    ppnOld                    int                         since=7.1
    timeStampAdmin            int64                       since=7.1
    timeStampRelation         int64                       since=7.1

type CreateSetPPUserRespType : RespType
    uid                      int
    ppn                      int
    timeStamp                int64
    relType                  PPRelTypeType
    name                     text
    num                      text
    hierarchy1               text
    hierarchy2               text
    addId                    text
    pin                      text                        secret
    sipAuthId                text
    sipPw                    text                        secret
    sosNum                   text
    voiceboxNum              text
    manDownNum               text
    forwardState             PPUserCallForwardStateType
    forwardTime              int
    forwardDest              text
    lang                     PPUserLanguageType
    holdRingBackTime         int
    autoAnswer               IncominCallHandlingType
    microphoneMute           IncominCallHandlingType
    warningTone              IncominCallHandlingType
    allowBargeIn             IncominCallHandlingType
    callWaitingDisabled      bool
    external                 bool
    trackingActive           bool
    locatable                bool
    BTlocatable              bool
    BTsensitivity            BTsensitivityType
    locRight                 bool
    msgRight                 bool
    sendVcardRight           bool
    recvVcardRight           bool
    keepLocalPB              bool
    vip                      bool
    sipRegisterCheck         bool
    allowVideoStream         bool
    conferenceServerType     conferenceServerType
    conferenceServerURI      text
    monitoringMode           PPUserMonitoringModeType
    CUS                      PPUserMonitoringStateType
    HAS                      PPUserMonitoringStateType
    HSS                      PPUserMonitoringStateType
    HRS                      PPUserMonitoringStateType
    HCS                      PPUserMonitoringStateType
    SRS                      PPUserMonitoringStateType
    SCS                      PPUserMonitoringStateType
    CDS                      PPUserMonitoringStateType
    HBS                      PPUserMonitoringStateType
    BTS                      PPUserMonitoringStateType
    SWS                      PPUserMonitoringStateType
    credentialPw             text                        secret
    configurationDataLoaded  bool
    ppProfileId              int
    ppData                   text
    fixedSipPort             int
    calculatedSipPort        int
    authenticateLogout       bool                        since=9.1
    keyLockEnable            text                        since=9.1
    keyLockPin               text                        secret since=9.1
    keyLockTime              text                        since=9.1
    langPP                   PPUserLanguageType          since=9.1
    altDisplayNum            text                        since=9.1
    sipProfileId             int                         since=9.1
    pickupGroupNum           text                        since=9.1

type CreateSetPPUserType : ReqType
    + user  PPUserType  0..1

type DeletePPUserType : ReqType
    uid  int
    num  text

type EventPPUserType
    deleted  bool
    + user   PPUserType  0..1

type GetPPUserRespType : RespType
    + user  PPUserType  0..*

type GetPPUserType : ReqType
    uid         int  required
    maxRecords  int  default=1

request GetPPUser : GetPPUserType -> GetPPUserRespType  version 1.2.8 pages uid user 1

request CreatePPUser : CreateSetPPUserType -> RespType  version 1.1.11
answer basis capture
    + user  PPUserType  0..1

request SetPPUser : CreateSetPPUserType -> RespType  version 1.1.9
answer
    + user  PPUserType  0..1

request DeletePPUser : DeletePPUserType -> RespType  version 1.0.2

event EventPPUserCnf : EventPPUserType  version 1.1.9

topic Finding users

request GetPPUserByNumber : ReqType -> RespType  since 7.1 basis client version 1.0.0
    num  text  required
answer
    + user  PPUserType  0..1

topic Users and devices together

type PPUserDevRelationType
    uid      int
    relType  PPRelTypeType

type CreateFixedPPRespType : RespType
    + user  PPUserType  0..1
    + pp    PPDevType   0..1

type CreateFixedPPType : ReqType
    + user  PPUserType  0..1
    + pp    PPDevType   0..1

type SetPPUserDevRelationRespType : RespType PPUserDevRelationType

type SetPPUserDevRelationType : ReqType PPUserDevRelationType

request CreateFixedPP : CreateFixedPPType -> CreateFixedPPRespType  version 1.1.8

request SetPPUserDevRelation : SetPPUserDevRelationType -> SetPPUserDevRelationRespType
    @ version 1.0.1

topic How many there are

type PPUserSummaryType
    nRecords               int  required
    uidFirst               int  required
    nSipRegistration       int  required
    nLocatable             int  required
    nMsgSend               int  required
    usersActiveMonitored   int  required
    usersPassiveMonitored  int  required
    usersWarned            int  required
    usersUnavailable       int  required
    usersEscalated         int  required

type GetPPUserSummaryRespType : RespType PPUserSummaryType

request GetPPUserSummary : ReqType -> GetPPUserSummaryRespType  version 1.0.3
answer basis capture
    nBtLocatable  int  since=7.1

event EventPPUserSummary : PPUserSummaryType  version 1.0.3

topic Tracking

type PPUserTrackingType
    uid             int
    trackingActive  bool

type SetPPUserTrackingRespType : RespType PPUserTrackingType

type SetPPUserTrackingType : ReqType PPUserTrackingType

request SetPPUserTracking : SetPPUserTrackingType -> SetPPUserTrackingRespType  version 1.0.1

topic Monitoring of users

type UserMonitoringType
    startupDelay           int
    escalationDelay        int
    activityTimeout1       int
    activityTimeout2       int
    locatingEscalation     bool
    batteryThresholdValue  int

type GetSetUserMonitoringRespType : RespType UserMonitoringType

type SetUserMonitoringType : ReqType UserMonitoringType

request GetUserMonitoring : ReqType -> GetSetUserMonitoringRespType  version 1.0.1

request SetUserMonitoring : SetUserMonitoringType -> GetSetUserMonitoringRespType  version 1.0.1

event EventUserMonitoringCnf : UserMonitoringType  version 1.0.1

topic Logging in

enum PPLoginVariantTypeType
    NUMBER ID

type PPLoginVariantType
    login  PPLoginVariantTypeType

type GetSetPPLoginVariantRespType : RespType PPLoginVariantType

type SetPPLoginVariantType : ReqType PPLoginVariantType

request GetPPLoginVariant : ReqType -> GetSetPPLoginVariantRespType  version 1.0.1

request SetPPLoginVariant : SetPPLoginVariantType -> GetSetPPLoginVariantRespType  version 1.0.2

event EventPPLoginVariantCnf : PPLoginVariantType  version 1.0.1
