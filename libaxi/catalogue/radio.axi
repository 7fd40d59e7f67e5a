# radio.axi: radio and identities.
area Radio and identities

topic Identities

enum PARKFromServerResultType
    Success RequestAlreadyStarted NoOwnMACAddress FileTransferError ServerResponseError InvalidPARK WrongMAC
    WrongChecksum MissingParam FileError

type PARKType
    park  hex

type SARIType
    sari  hex

type EventPARKFromServerResultType
    result  PARKFromServerResultType  required

type GetSetPARKRespType : RespType PARKType
    initialPARK  hex  since=9.1

type GetSetSARIRespType : RespType SARIType

type SetPARKType : ReqType PARKType

type SetSARIType : ReqType SARIType

request GetPARK : ReqType -> GetSetPARKRespType  version 1.0.1

request SetPARK : SetPARKType -> GetSetPARKRespType  version 1.0.1

event EventPARKCnf : PARKType  version 1.0.1

event EventPARKFromServerResult : EventPARKFromServerResultType  version 1.0.1

request GetSARI : ReqType -> GetSetSARIRespType  version 1.0.1

request SetSARI : SetSARIType -> GetSetSARIRespType  version 1.0.1

event EventSARICnf : SARIType  version 1.0.1

request PARKFromServer : ReqType -> RespType  version 1.0.1
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
    regDomain  DECTRegDomainType  since=8.0

type SetDECTEncryptionType : ReqType DECTEncryptionType

type SetDECTPagingAreaSizeType : ReqType DECTPagingAreaSizeType

type SetDECTPowerLimitType : ReqType
    DECTPowerLimit  bool
    enable          bool  since=8.0

type SetDECTRegDomainType : ReqType
    regDomain  DECTRegDomainType  since=8.0

request GetDECTEncryption : ReqType -> GetSetDECTEncryptionRespType  version 1.0.1

request SetDECTEncryption : SetDECTEncryptionType -> GetSetDECTEncryptionRespType  version 1.0.2

event EventDECTEncryptionCnf : DECTEncryptionType  version 1.0.1

request GetDECTPagingAreaSize : ReqType -> GetSetDECTPagingAreaSizeRespType  version 1.0.1

request SetDECTPagingAreaSize : SetDECTPagingAreaSizeType -> GetSetDECTPagingAreaSizeRespType
    @ version 1.0.1

event EventDECTPagingAreaSizeCnf : DECTPagingAreaSizeType  version 1.0.1

request GetDECTPowerLimit : ReqType -> GetSetDECTPowerLimitRespType  version 1.0.1

request SetDECTPowerLimit : SetDECTPowerLimitType -> GetSetDECTPowerLimitRespType  version 1.0.1

event EventDECTPowerLimitCnf  version 1.0.1
    DECTPowerLimit  bool
    enable          bool  since=8.0

request GetDECTRegDomain : ReqType -> GetSetDECTRegDomainRespType  version 1.0.2

request SetDECTRegDomain : SetDECTRegDomainType -> GetSetDECTRegDomainRespType  version 1.1.2

event EventDECTRegDomainCnf  version 1.0.2
    regDomain  DECTRegDomainType  since=8.0

topic Synchronisation of base stations

type RFPSyncOffsetType
    id      int
    offset  int
    rssi    int
    lost    bool

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
    maxRecords  int  default=0

type GetRFPSyncType : ReqType
    id  int

type GetSetRFPSyncRespType : RespType
    id          int
    syncState   RFPSyncStateType
    + forward   RFPSyncOffsetType  0..*
    + backward  RFPSyncOffsetType  0..*

request GetRFPSyncQuality : GetRFPSyncQualityType -> GetRFPSyncQualityRespType
    @ version 1.0.2 pages id syncQuality 0

event EventRFPSyncQuality : EventRFPSyncQualityType  version 1.0.2

event EventRFPSyncRel : EventRFPSyncRelType  version 1.0.1

request GetRFPSync : GetRFPSyncType -> GetSetRFPSyncRespType  version 1.0.1
