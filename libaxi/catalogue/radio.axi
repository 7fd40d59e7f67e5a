# radio.axi: radio and identities.
area Radio and identities
| The identities that a system broadcasts, and what is radio.

topic Identities

enum PARKFromServerResultType
    Success RequestAlreadyStarted NoOwnMACAddress FileTransferError ServerResponseError InvalidPARK WrongMAC
    WrongChecksum MissingParam FileError

type PARKType
    park  hex  | ten digits

type SARIType
    sari  hex  | ten digits; zeros: none

type EventPARKFromServerResultType
    result  PARKFromServerResultType  required

type GetSetPARKRespType : RespType PARKType
    initialPARK  hex  since=9.1

type GetSetSARIRespType : RespType SARIType

type SetPARKType : ReqType PARKType

type SetSARIType : ReqType SARIType

request GetPARK : ReqType -> GetSetPARKRespType  version 1.0.1
| Reads the PARK.

request SetPARK : SetPARKType -> GetSetPARKRespType  version 1.0.1
| Changes the PARK.

event EventPARKCnf : PARKType  version 1.0.1
| Sent when the PARK changed.

event EventPARKFromServerResult : EventPARKFromServerResultType  version 1.0.1
| How fetching the PARK ended.

request GetSARI : ReqType -> GetSetSARIRespType  version 1.0.1
| Reads the SARI.

request SetSARI : SetSARIType -> GetSetSARIRespType  version 1.0.1
| Sets the SARI. The OMM restarts: the link drops.

event EventSARICnf : SARIType  version 1.0.1
| Sent when the SARI changed.

request PARKFromServer : ReqType -> RespType  version 1.0.1
| Has the OMM fetch its PARK from the manufacturer's server; EventPARKFromServerResult tells the outcome.
answer basis inferred

topic Radio

enum DECTPagingAreaSizeValueType
    16 32 64 128 256

enum DECTRegDomainType
    None EMEA US Brazil Taiwan Radio1910_1927MHz250mW

type DECTEncryptionType
    enable  bool

type DECTPagingAreaSizeType
    size  DECTPagingAreaSizeValueType

type GetSetDECTEncryptionRespType : RespType DECTEncryptionType

type GetSetDECTPagingAreaSizeRespType : RespType DECTPagingAreaSizeType

type GetSetDECTPowerLimitRespType : RespType
    DECTPowerLimit  bool

type GetSetDECTRegDomainRespType : RespType
    regDomain  DECTRegDomainType

type SetDECTEncryptionType : ReqType DECTEncryptionType

type SetDECTPagingAreaSizeType : ReqType DECTPagingAreaSizeType

type SetDECTPowerLimitType : ReqType
    DECTPowerLimit  bool
    enable          bool

type SetDECTRegDomainType : ReqType
    regDomain  DECTRegDomainType

request GetDECTEncryption : ReqType -> GetSetDECTEncryptionRespType  version 1.0.1
| Reads DECT encryption.

request SetDECTEncryption : SetDECTEncryptionType -> GetSetDECTEncryptionRespType  version 1.0.2
| Changes DECT encryption.

event EventDECTEncryptionCnf : DECTEncryptionType  version 1.0.1
| Sent when DECT encryption changed.

request GetDECTPagingAreaSize : ReqType -> GetSetDECTPagingAreaSizeRespType  version 1.0.1
| Reads the size of paging areas.

request SetDECTPagingAreaSize : SetDECTPagingAreaSizeType -> GetSetDECTPagingAreaSizeRespType
    @ version 1.0.1
| Changes the size of paging areas.

event EventDECTPagingAreaSizeCnf : DECTPagingAreaSizeType  version 1.0.1
| Sent when the size of paging areas changed.

request GetDECTPowerLimit : ReqType -> GetSetDECTPowerLimitRespType  version 1.0.1
| Reads the power limit of DECT.

request SetDECTPowerLimit : SetDECTPowerLimitType -> GetSetDECTPowerLimitRespType  version 1.0.1
| Changes the power limit of DECT.

event EventDECTPowerLimitCnf  version 1.0.1
| Sent when the power limit of DECT changed.
    DECTPowerLimit  bool
    enable          bool

request GetDECTRegDomain : ReqType -> GetSetDECTRegDomainRespType  version 1.0.2
| Reads the regulatory domain of DECT.

request SetDECTRegDomain : SetDECTRegDomainType -> GetSetDECTRegDomainRespType  version 1.1.2
| Changes the regulatory domain of DECT.

event EventDECTRegDomainCnf  version 1.0.2
| Sent when the regulatory domain of DECT changed.
    regDomain  DECTRegDomainType

topic Synchronisation of base stations

type RFPSyncOffsetType
    id      int   | the other base station
    offset  int   | of time
    rssi    int   | how strongly it is heard
    lost    bool  | is no longer heard

type RFPSyncQualityType
    id          int
    strongRels  int
    lowRels     int
    maxRSSI     int
    minRSSI     int

type RFPSyncType
    enable  bool

type EventRFPSyncQualityType
    + syncQuality  RFPSyncQualityType  0..*

type EventRFPSyncRelType
    id         int
    + forward  RFPSyncOffsetType  0..*

type GetRFPSyncQualityRespType : RespType
    + syncQuality  RFPSyncQualityType  0..*

type GetRFPSyncQualityType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

type GetRFPSyncType : ReqType
    id  int

type GetSetRFPSyncRespType : RespType
    id          int
    syncState   RFPSyncStateType
    + forward   RFPSyncOffsetType  0..*
    + backward  RFPSyncOffsetType  0..*

request GetRFPSyncQuality : GetRFPSyncQualityType -> GetRFPSyncQualityRespType
    @ version 1.0.2 pages id syncQuality 0
| Reads the quality of synchronisation of base stations, from an id on.

event EventRFPSyncQuality : EventRFPSyncQualityType  version 1.0.2
| Sent when the quality of synchronisation changed.

event EventRFPSyncRel : EventRFPSyncRelType  version 1.0.1
| Synchronisation relations of a base station changed.

request GetRFPSync : GetRFPSyncType -> GetSetRFPSyncRespType  version 1.0.1
| Reads to which neighbours a base station is synchronised.
