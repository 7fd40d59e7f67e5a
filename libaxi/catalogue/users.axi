# users.axi: users.
area Users
| A user has a telephone number and an account at the SIP server. He is bound to a device for good, until he
| logs out, or not at all.

topic The user record

enum BTsensitivityType
    low medium high

enum IncominCallHandlingType
    Off On Global

enum PPRelTypeType
| How a user and a device are bound.
    Unbound  | bound to none at the moment
    Dynamic  | until the user logs out
    Fixed    | for good

enum PPUserCallForwardStateType
    Off Busy NoAnswer BusyNoAnswer All

enum PPUserLanguageType
| Languages of the phones.
    English German French Spanish Italian Dutch Swedish Portuguese Danish Finnish Norwegian Czech Slovakian
    Hungarian Russian Turkish Polish Estonian

enum PPUserMonitoringModeType
    Off Passive Active

enum PPUserMonitoringStateType
| State of a monitored user.
    Unknown Available Warning Unavailable Escalated

enum conferenceServerType
    None Integrated External ExternalBlindTransfer Global

type PPUserType  basis capture
| A user, as element user.
    uid                       int                                           | 1 and more; 0: none
    ppn                       int                                           | his device, 0: none
    timeStamp                 int64                                         | last change of anything
    relType                   PPRelTypeType                                 | how user and device are bound
    name                      text                        20                | shown name
    num                       text                        31                | telephone number, unique
    hierarchy1                text                        16                | free text
    hierarchy2                text                        16                | free text
    addId                     text                                          | id for wildcard subscription and login
    pin                       text                        secret            | to log in with
    sipAuthId                 text                                          | name at the SIP server
    sipPw                     text                        secret            | password at the SIP server
    sosNum                    text                        31                | called by the SOS key
    voiceboxNum               text                        31                | number of the voice box
    manDownNum                text                        31                | called when the man-down alarm goes off
    forwardState              PPUserCallForwardStateType                    | when calls are forwarded
    forwardTime               int                                           | delay of forwarding
    forwardDest               text                                          | where calls are forwarded to
    lang                      PPUserLanguageType          readonly          | language of the phone
    holdRingBackTime          int                         range=0..5        | 0: off, else steps
    autoAnswer                IncominCallHandlingType                       | intercom calls are taken by themselves
    microphoneMute            IncominCallHandlingType                       | with the microphone off
    warningTone               IncominCallHandlingType                       | with a tone before
    allowBargeIn              IncominCallHandlingType                       | also during another call
    callWaitingDisabled       bool                                          | no second call is announced
    external                  bool                                          | comes from the user data server
    trackingActive            bool                                          | tracked; see SetPPUserTracking
    locatable                 bool                                          | may be located
    BTlocatable               bool                                          | by Bluetooth beacons too
    BTsensitivity             BTsensitivityType                             | sensitivity for beacons
    locRight                  bool                                          | may locate others
    msgRight                  bool                                          | may send messages
    sendVcardRight            bool                                          | may send vCards
    recvVcardRight            bool                                          | may receive vCards
    keepLocalPB               bool                                          | the telephone book stays after a logout
    vip                       bool                                          | is registered before others
    sipRegisterCheck          bool                                          | tests the SIP server; one user has it at a time
    allowVideoStream          bool                                          | may see video
    conferenceServerType      conferenceServerType                          | which conference server
    conferenceServerURI       text                                          | own conference server
    monitoringMode            PPUserMonitoringModeType                      | how the user is monitored
    CUS                       PPUserMonitoringStateType   readonly          | all states together
    HAS                       PPUserMonitoringStateType   readonly          | has a phone
    HSS                       PPUserMonitoringStateType   readonly          | phone is subscribed
    HRS                       PPUserMonitoringStateType   readonly          | phone is registered at a base station
    HCS                       PPUserMonitoringStateType   readonly          | phone is in use now and then
    SRS                       PPUserMonitoringStateType   readonly          | registered at the SIP server
    SCS                       PPUserMonitoringStateType   readonly          | silent charging
    CDS                       PPUserMonitoringStateType   readonly          | calls arrive
    HBS                       PPUserMonitoringStateType   readonly          | battery
    BTS                       PPUserMonitoringStateType   readonly          | Bluetooth
    SWS                       PPUserMonitoringStateType   readonly          | software of the phone
    credentialPw              text                        secret            | for his file on the user data server
    configurationDataLoaded   bool                        readonly          | settings have reached the phone
    ppProfileId               int                                           | profile of settings, 0: none
    ppData                    text                        4096              | lines of NAME=VALUE, ended by `&#10;`
    fixedSipPort              int                                           | SIP port here, 0: any free one
    calculatedSipPort         int                         readonly          | local SIP port that was chosen
    authenticateLogout        bool                        since=9.1         | by its name: PIN for logging out
    keyLockEnable             text                        since=9.1         | by its name: key lock
    keyLockPin                text                        secret since=9.1  | by its name: opens the key lock
    keyLockTime               text                        since=9.1         | by its name: when keys lock
    langPP                    PPUserLanguageType          since=9.1         | language of the phone in newer releases
    altDisplayNum             text                        since=9.1         | shown in place of num
    sipProfileId              int                         since=9.1         | by its name: SIP profile
    pickupGroupNum            text                        since=9.1         | number of the pickup group
    uidSec                    int                         since=7.1         | the partner's id (our reading), 0: none
    permanent                 bool                        since=7.1         | every OMM keeps the record
    autoLogoutOnCharge        bool                        since=7.1         | logged out in the charger
    hotDeskingSupport         bool                        since=7.1         | hot desking
    useSIPUserName            text                        since=7.1         | Global was seen
    useSIPUserAuthentication  text                        since=7.1         | Global was seen
    serviceUserName           text                        since=7.1         | by its name: service account
    serviceAuthName           text                        since=7.1         | by its name: service account
    serviceAuthPassword       text                        secret since=7.1  | password of the service account
    ppnOld                    int                         since=7.1         | device before the last change
    timeStampAdmin            int64                       since=7.1         | last administration (our reading)
    timeStampRelation         int64                       since=7.1         | last relation (our reading)

type CreateSetPPUserRespType : RespType PPUserType
| As the schema has it; on the wire the record is the element user.

type CreateSetPPUserType : ReqType
    + user  PPUserType  0..1

type DeletePPUserType : ReqType
    uid  int   | this user
    num  text  | or the one with this number

type EventPPUserType
    deleted  bool              | is gone; the record has the key alone
    + user   PPUserType  0..1

type GetPPUserRespType : RespType
    + user  PPUserType  0..*

type GetPPUserType : ReqType
    uid         int  required   | the first uid to read
    maxRecords  int  default=1  | 1 to 20

request GetPPUser : GetPPUserType -> GetPPUserRespType  version 1.2.8 pages uid user 1
| Reads users from a uid on, at most maxRecords of them; without maxRecords that one user.

request CreatePPUser : CreateSetPPUserType -> RespType  version 1.1.11
| Creates a user. With a uid it gets that one, else the OMM chooses. Users were seen to begin unbound, in English, and
| with the right to send messages and vCards.
answer basis capture
    + user  PPUserType  0..1

request SetPPUser : CreateSetPPUserType -> RespType  version 1.1.9
| Changes a user: attributes that are absent stay; empty ones are cleared, by our reading.
answer
    + user  PPUserType  0..1

request DeletePPUser : DeletePPUserType -> RespType  version 1.0.2
| Deletes a user, by uid or by number.

event EventPPUserCnf : EventPPUserType  version 1.1.9
| Sent when a user was created, changed or deleted; carries the key and what changed.

topic Finding users

request GetPPUserByNumber : ReqType -> RespType  since 7.1 basis client version 1.0.0
| Reads the user who has a telephone number.
    num  text  required
answer
    + user  PPUserType  0..1

topic Users and devices together

type PPUserDevRelationType
    uid      int            | user
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
| Creates a user and a device that belong together for good. An empty IPEI makes a pair for any device.

request SetPPUserDevRelation : SetPPUserDevRelationType -> SetPPUserDevRelationRespType
    @ version 1.0.1
| Changes the relation of a user and his device between Fixed and Dynamic; to bind and unbind there is SetPP.

topic How many there are

type PPUserSummaryType
    nRecords               int  required  | how many
    uidFirst               int  required  | the first uid
    nSipRegistration       int  required  | registered at the SIP server
    nLocatable             int  required  | may be located
    nMsgSend               int  required  | may send messages
    usersActiveMonitored   int  required
    usersPassiveMonitored  int  required
    usersWarned            int  required
    usersUnavailable       int  required
    usersEscalated         int  required

type GetPPUserSummaryRespType : RespType PPUserSummaryType

request GetPPUserSummary : ReqType -> GetPPUserSummaryRespType  version 1.0.3
| Reads how many users there are, and the first id.
answer basis capture
    nBtLocatable  int  since=7.1

event EventPPUserSummary : PPUserSummaryType  version 1.0.3
| Sent when the numbers of users changed.

topic Tracking

type PPUserTrackingType
    uid             int   | user
    trackingActive  bool

type SetPPUserTrackingRespType : RespType PPUserTrackingType

type SetPPUserTrackingType : ReqType PPUserTrackingType

request SetPPUserTracking : SetPPUserTrackingType -> SetPPUserTrackingRespType
    @ version 1.0.1 needs Locating?
| Switches the tracking of a user's position.

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
| Reads the delays and limits of user monitoring.

request SetUserMonitoring : SetUserMonitoringType -> GetSetUserMonitoringRespType  version 1.0.1
| Changes the delays and limits of user monitoring.

event EventUserMonitoringCnf : UserMonitoringType  version 1.0.1
| Sent when the delays and limits of user monitoring changed.

topic Logging in

enum PPLoginVariantTypeType
| What users log in with.
    NUMBER  | telephone number
    ID      | additional id

type PPLoginVariantType
    login  PPLoginVariantTypeType

type GetSetPPLoginVariantRespType : RespType PPLoginVariantType

type SetPPLoginVariantType : ReqType PPLoginVariantType

request GetPPLoginVariant : ReqType -> GetSetPPLoginVariantRespType  version 1.0.1
| Reads what users log in with: their number or their additional id.

request SetPPLoginVariant : SetPPLoginVariantType -> GetSetPPLoginVariantRespType  version 1.0.2
| Changes what users log in with: their number or their additional id.

event EventPPLoginVariantCnf : PPLoginVariantType  version 1.0.1
| Sent on a change of what users log in with: their number or their additional id.
