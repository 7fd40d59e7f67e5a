# wlan.axi: WLAN.
area WLAN

topic Profiles

enum WLANPProfileSecurityType
    Open WEP WPA Radius

enum WLANProfileKeyLengthType
    64 128 256

enum WLANProfileModeType
    B G BG ABG N

enum WLANProfileProfileType
    RFP42 RFP43

enum WLANProfileQosType
    None WME WME-VLAN WME-DiffServ

enum WLANProfileRateType
    1000 2000 5500 6000 9000 11000 12000 18000 22000 24000 36000 48000 54000

enum WLANProfileWPAType
    Any WPA1 WPA2

type WLANSSIDProfileType
    ssid           text
    enable         bool
    vlanTag        int
    security       WLANPProfileSecurityType
    bssIsolation   bool
    useACL         bool
    hiddenSSID     bool
    keyIntval      int
    privacy        bool
    wepKey1        text                      secret
    wepKey2        text                      secret
    wepKey3        text                      secret
    wepKey4        text                      secret
    defaultWepKey  text
    wepKeyHex      bool
    wpaType        WLANProfileWPAType
    psk            text                      secret
    pskHex         bool
    useRadius      bool
    radiusAddr     text
    radiusPort     int
    radiusSecret   text                      secret
    keyLength      WLANProfileKeyLengthType

type WLANProfileType
| A WLAN profile, with up to four networks.
    id                     int
    enable                 bool
    nRFPs                  int                           | how many base stations
    beaconIntval           int
    dtimIntval             int
    rtsThreshold           int
    fragThreshold          int
    interferenceAvoidance  bool
    maxRate                WLANProfileRateType
    mode                   WLANProfileModeType
    qos                    WLANProfileQosType
    profileType            WLANProfileProfileType
    + ssid1                WLANSSIDProfileType     0..1
    + ssid2                WLANSSIDProfileType     0..1
    + ssid3                WLANSSIDProfileType     0..1
    + ssid4                WLANSSIDProfileType     0..1

type CreateSetWLANProfileRespType : RespType WLANProfileType
| As the schema has it; on the wire the record is the element profile.

type CreateSetWLANProfileType : ReqType
    + profile  WLANProfileType  0..1

type DeleteWLANProfileType : ReqType
    id  int

type EventWLANProfileType
    deleted    bool                   | is gone
    + profile  WLANProfileType  1..1

type GetWLANProfileRespType : RespType
    + profile  WLANProfileType  0..*

request GetWLANProfile : ReqType -> GetWLANProfileRespType  version 2.0.4 pages id profile 0
| Reads WLAN profiles from an id on.
    id          int  required
    maxRecords  int  default=0  | how many at most

request CreateWLANProfile : CreateSetWLANProfileType -> RespType  version 2.0.4
| Creates a WLAN profile.
answer
    + profile  WLANProfileType  0..1

request SetWLANProfile : CreateSetWLANProfileType -> RespType  version 2.0.8
| Changes a WLAN profile; attributes that are absent keep their value.
answer
    + profile  WLANProfileType  0..1

request DeleteWLANProfile : DeleteWLANProfileType -> RespType  version 1.0.1
| Deletes a WLAN profile.

event EventWLANProfileCnf : EventWLANProfileType  version 2.0.3
| Sent when a WLAN profile was created, changed or deleted; carries the key and what changed.

topic Access control lists

type ACLEntryTypeType
    name     text
    ethAddr  text

type ACLEntryType
    wlanProfile  int                     | id of the profile
    + entry      ACLEntryTypeType  0..*

type CreateGetSetACLEntryRespType : RespType ACLEntryType

type CreateSetACLEntryType : ReqType
    + entry  ACLEntryTypeType  1..1

type DeleteACLEntryType : ReqType
    wlanProfile  int               required  | id of the profile
    deleteAll    bool                        | all of the profile
    + entry      ACLEntryTypeType  0..1

type EventACLCnfType
    wlanProfile  int                     | id of the profile
    deleted      bool                    | is gone
    deleteAll    bool                    | all are gone
    + entry      ACLEntryTypeType  0..*

type GetACLEntryType : ReqType
    maxRecords   int                         | how many at most
    wlanProfile  int               required  | id of the profile
    + entry      ACLEntryTypeType  0..1

request GetACLEntry : GetACLEntryType -> CreateGetSetACLEntryRespType  version 1.0.2
| Reads the access control list of a WLAN profile.

request CreateACLEntry : CreateSetACLEntryType -> CreateGetSetACLEntryRespType  version 1.0.3
| Adds an entry to the access control list of a WLAN profile.

request SetACLEntry : CreateSetACLEntryType -> CreateGetSetACLEntryRespType  version 1.0.1
| Changes an entry of an access control list.

request DeleteACLEntry : DeleteACLEntryType -> RespType  version 1.0.3
| Deletes an entry of an access control list, or all.

event EventACLCnf : EventACLCnfType  version 1.0.3
| Sent when an access control list changed.

topic Clients

type WLANClientType
    ethAddr  text

type EventWLANClientType
    rfpId      int             required  | base station
    deleted    bool                      | is gone
    deleteAll  bool                      | all are gone
    + entry    WLANClientType  0..1

type GetWLANClientsRespType : RespType
    rfpId    int             required  | base station
    + entry  WLANClientType  0..*

type GetWLANClientsType : ReqType
    ethAddr     text  required
    maxRecords  int             | how many at most
    rfpId       int   required  | base station

event EventWLANClient : EventWLANClientType  version 1.0.2
| A WLAN client came to a base station or left it.

request GetWLANClients : GetWLANClientsType -> GetWLANClientsRespType  version 1.0.1
| Reads the WLAN clients at a base station.

topic Regulatory domain

type WLANRegDomainType
    regDomain     text
    channels2_4G  text
    Channels5G    text

type WLANRegDomainTypeType
    name  text

type GetSetWLANRegDomainRespType : RespType WLANRegDomainType

type GetWLANRegDomainListRespType : RespType
    + regDomain  WLANRegDomainTypeType  0..*

type SetWLANRegDomainType : ReqType WLANRegDomainType

request GetWLANRegDomain : ReqType -> GetSetWLANRegDomainRespType  version 1.0.1
| Reads the regulatory domain of WLAN.

request SetWLANRegDomain : SetWLANRegDomainType -> GetSetWLANRegDomainRespType  version 1.1.1
| Changes the regulatory domain of WLAN.

event EventWLANRegDomainCnf : WLANRegDomainType  version 1.0.1
| Sent when the regulatory domain of WLAN changed.

request GetWLANRegDomainList : ReqType -> GetWLANRegDomainListRespType  version 1.0.1
| Reads the regulatory domains that can be chosen.
