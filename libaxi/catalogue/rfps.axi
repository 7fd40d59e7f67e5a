# rfps.axi: base stations.
area Base stations

topic The base station record

enum RFPHwTypeType open
    Unknown "RFP 31" "RFP 33" "RFP 41" "RFP 42" "RFP 42 US" "RFP 32" "RFP 32 US" "RFP 34" "RFP 34 US" "RFP 35"
    "RFP 36" "RFP 37" "RFP L31" "RFP L41" "RFP L42" "RFP L42 US" "RFP L32" "RFP L32 US" "RFP L34" "RFP L34 US"
    "RFP L35" "RFP L36" "RFP L37" "RFP L43" "RFP SL35" "RFP SL36" "RFP SL37" "RFP SL43" "PC ECM" "RFP 43"
    "RFP L33" "RFP 44" "RFP 45" "RFP 47" "RFP 48" PC unknown

enum RFPRadioTypeType
    LowTX NormalTX ConfigurableTX None

enum RFPSyncStateType
    Inactive NotSynced Searching Synced

enum WLANAntennaType
    1 2

enum WLANChannelHtType
    None HT20 HT40MINUS HT40PLUS

enum WLANChannelType
    1 2 3 4 5 6 7 8 9 10 11 12 13 14 36 40 44 48 52 56 60 64 100 104 108 112 116 120 124 128 132 136 140 147 151
    155 159 163 167 171

enum WLANPowerType
    6 12 25 50 100

type RFPType
    id                          int
    ethAddr                     text
    dectOn                      bool               default=false
    wlanOn                      bool               default=false
    licenseRfp                  bool               default=false
    location                    text
    name                        text
    hierarchy1                  text
    hierarchy2                  text
    hierarchy3                  text
    hierarchy4                  text
    rpn                         int
    pagingArea                  int
    cluster                     int                default=1
    preferredSync               bool
    reflectiveEnv               bool
    site                        int
    x                           int
    y                           int
    hwType                      RFPHwTypeType
    hwTypeLocked                bool
    conferenceChannels          bool
    wlanProfile                 int
    wlanAntennaDiv              bool
    wlanHighThroughput          bool
    wlanAntenna                 WLANAntennaType
    wlanChannel                 WLANChannelType
    wlanPower                   WLANPowerType
    wlanChannelUsed             WLANChannelType
    wlanHighThroughputTypeUsed  WLANChannelHtType
    wlanPowerUsed               int
    connected                   bool
    ipAddr                      text
    newSoftwareRequest          bool
    dectRunning                 bool
    wlanRunning                 bool
    ommRunning                  bool
    ommStbRunning               bool
    hasWlan                     bool
    hasEncryption               bool
    hasAdvancedFeatures         bool
    syncState                   RFPSyncStateType
    swVersion                   text
    brandingMismatch            bool
    versionMismatch             bool
    stbMismatch                 bool
    wlanLinkNok                 bool
    nSyncRels                   int
    radioType                   RFPRadioTypeType
    outdoorType                 bool
    hasFreqShift                bool
    encryptionActive            bool               since=8.0

type CreateGetSetRFPRespType : RespType
    + rfp  RFPType  0..*

type CreateSetRFPType : ReqType
    + rfp  RFPType  0..1

type DeleteGetRFPType : ReqType
    id  int  required

type GetRFPType : ReqType
    id           int   required
    maxRecords   int   default=0
    withState    bool  default=false
    withDetails  bool  default=false

request GetRFP : GetRFPType -> CreateGetSetRFPRespType  version 3.0.2 pages id rfp 0

request CreateRFP : CreateSetRFPType -> CreateGetSetRFPRespType  version 2.0.2

request SetRFP : CreateSetRFPType -> CreateGetSetRFPRespType  version 2.0.2

request DeleteRFP : DeleteGetRFPType -> RespType  version 1.0.2

event EventRFPCnf  version 3.0.3
    deleted  bool     since=8.0
    + rfp    RFPType  0..1

topic State

type RFPSummaryType
    nRFPs                      int  required
    idFirst                    int  required
    nConnected                 int  required
    wrongBrandedRFPs           int  required
    wrongStandbyRFPs           int  required
    wrongVersionedRFPs         int  required
    newAvailSWRFPs             int  required
    DecryptedDECTRFPs          int  required
    DECTactivatedRFPs          int  required
    DECTactiveRFPs             int  required
    usedDECTclusters           int  required
    usbOverloads               int  required
    advancedFeaturesErrorRFPs  int  required
    WLANactivatedRFPs          int  required
    WLANrunningRFPs            int  required
    usedWLANprofiles           int  required
    usedPagingAreas            int  required

type RFPcapturedRFPType
    ethAddr       text
    ipAddr        text
    hwType        RFPHwTypeType
    hasWlan       bool
    radioType     RFPRadioTypeType
    outdoorType   bool
    hasFreqShift  bool

type EventRFPType
    + rfp  RFPType  0..1

type GetRFPSummaryRespType : RespType RFPSummaryType

event EventRFPConnectAttempt : RFPcapturedRFPType  version 1.1.2

event EventRFPDetails : EventRFPType  version 1.1.5

event EventRFPState  version 1.1.5
    id     int      since=8.0
    + rfp  RFPType  0..1

request GetRFPSummary : ReqType -> GetRFPSummaryRespType  version 1.0.5
answer basis capture

event EventRFPSummary : RFPSummaryType  basis capture version 1.0.5

topic Capturing unknown base stations

type RFPCaptureType
    enable  bool

type DeleteRFPCaptureListElemType : ReqType
    ethAddr  text

type EventRFPCaptureType : RFPCaptureType
    deleted  bool

type GetRFPCaptureListRespType : RespType
    + rfp  RFPcapturedRFPType  0..*

type GetSetRFPCaptureRespType : RespType RFPCaptureType

type SetRFPCaptureType : ReqType RFPCaptureType

request GetRFPCaptureList : ReqType -> GetRFPCaptureListRespType  version 1.1.5

request DeleteRFPCaptureList : ReqType -> RespType  version 1.0.3

request DeleteRFPCaptureListElem : DeleteRFPCaptureListElemType -> RespType  version 1.0.3

request GetRFPCapture : ReqType -> GetSetRFPCaptureRespType  version 1.1.2

request SetRFPCapture : SetRFPCaptureType -> GetSetRFPCaptureRespType  version 1.1.2

event EventRFPCapture : EventRFPCaptureType  version 1.0.4

event EventRFPCaptureCnf : RFPCaptureType  version 1.1.2

topic Enrolment

type DateTimeType
    year    int  required
    month   int  required
    day     int  required
    hour    int  required
    minute  int  required
    second  int

type PBXEnrolmentType
    hourInterval       int
    + url              URLType       0..1
    + triggerDateTime  DateTimeType  0..1

type GetSetPBXEnrolmentRespType : RespType PBXEnrolmentType

type SetPBXEnrolmentType : ReqType PBXEnrolmentType

request GetPBXEnrolment : ReqType -> GetSetPBXEnrolmentRespType

request SetPBXEnrolment : SetPBXEnrolmentType -> GetSetPBXEnrolmentRespType

event EventPBXEnrolmentCnf : PBXEnrolmentType

request RequestRFPEnrollment : ReqType -> RespType  since 8.0 basis client
    rfpId  int  required

topic Address settings

type IPAddressType
    ipAddr  text

type RFPMType
    useDHCP      bool
    firstIpAddr  text
    lastIpAddr   text
    useLocalCfg  bool
    ipAddr       text
    netmask      text
    gateway      text
    dnsDomain    text
    + dnsServer  IPAddressType  0..*

type GetRFPMType : ReqType

type GetSetRFPMRespType : RespType RFPMType

type SetRFPType : ReqType RFPMType

request GetRFPM : GetRFPMType -> GetSetRFPMRespType

request SetRFPM : SetRFPType -> GetSetRFPMRespType

event EventRFPMCnf : RFPMType

topic Quality

type RFPIpQualityType
    id             int
    connectedTime  int
    currentRTT     int
    maxRTT         int
    count          int
    interval1      int
    interval2      int
    interval3      int
    interval4      int
    interval5      int

type RFPMediaStreamQualityType
    connects     int
    duration     int
    packetsRx    int
    octetsRx     int
    packetsTx    int
    octetsTx     int
    packetsLost  int
    maxJitter    int

type ResetRFPMediaStreamQualityType
    id  int

type EventRFPIpQualityType
    + ipQuality  RFPIpQualityType  0..*

type EventRFPMediaStreamQualityType
    + msQuality  RFPMediaStreamQualityType  0..1

type GetRFPIpQualityRespType : RespType
    + ipQuality  RFPIpQualityType  0..*

type GetRFPIpQualityType : ReqType
    id          int  required
    maxRecords  int  default=0

type GetRFPMediaStreamQualityRespType : RespType
    + msQuality  RFPMediaStreamQualityType  0..1

type GetRFPMediaStreamQualityType
    id  int

request GetRFPIpQuality : GetRFPIpQualityType -> GetRFPIpQualityRespType
    @ version 1.0.2 pages id ipQuality 0

event EventRFPIpQuality : EventRFPIpQualityType  version 1.0.2

request GetRFPMediaStreamQuality : ReqType -> GetRFPMediaStreamQualityRespType  version 1.0.2
    id  int

request ResetRFPMediaStreamQuality : ReqType ResetRFPMediaStreamQualityType -> RespType
    @ version 1.0.2
answer basis inferred

event EventRFPMediaStreamQuality : EventRFPMediaStreamQualityType  version 1.0.1
