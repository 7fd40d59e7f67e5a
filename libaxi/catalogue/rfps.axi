# rfps.axi: base stations.
area Base stations
| Base stations, which AXI calls RFPs (radio fixed parts).

topic The base station record

enum RFPHwTypeType open
| Models of base stations that were seen.
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
| A base station, as element rfp: first what is configured, from connected on its state.
    id                          int
    ethAddr                     text                              | MAC address
    dectOn                      bool               default=false  | DECT is switched on
    wlanOn                      bool               default=false  | WLAN is switched on
    licenseRfp                  bool               default=false  | counts for the licence
    location                    text
    name                        text
    hierarchy1                  text                              | free text
    hierarchy2                  text                              | free text
    hierarchy3                  text                              | free text
    hierarchy4                  text                              | free text
    rpn                         int                               | radio fixed part number
    pagingArea                  int                               | -1: none
    cluster                     int                default=1      | synchronisation cluster
    preferredSync               bool                              | others synchronise to it first
    reflectiveEnv               bool                              | stands where radio is reflected
    site                        int                               | id of the site
    x                           int                               | place on the map
    y                           int                               | place on the map
    hwType                      RFPHwTypeType
    hwTypeLocked                bool
    conferenceChannels          bool
    wlanProfile                 int                               | id of the profile
    wlanAntennaDiv              bool
    wlanHighThroughput          bool
    wlanAntenna                 WLANAntennaType
    wlanChannel                 WLANChannelType
    wlanPower                   WLANPowerType
    wlanChannelUsed             WLANChannelType
    wlanHighThroughputTypeUsed  WLANChannelHtType
    wlanPowerUsed               int
    connected                   bool                              | has a link to the OMM
    ipAddr                      text
    newSoftwareRequest          bool
    dectRunning                 bool                              | DECT works
    wlanRunning                 bool                              | WLAN works
    ommRunning                  bool                              | the OMM runs on it
    ommStbRunning               bool                              | the standby OMM runs on it
    hasWlan                     bool
    hasEncryption               bool
    hasAdvancedFeatures         bool
    syncState                   RFPSyncStateType
    swVersion                   text
    brandingMismatch            bool
    versionMismatch             bool
    stbMismatch                 bool
    wlanLinkNok                 bool
    nSyncRels                   int                               | synchronisation relations
    radioType                   RFPRadioTypeType
    outdoorType                 bool
    hasFreqShift                bool
    encryptionActive            bool               since=8.0      | DECT encryption works

type CreateGetSetRFPRespType : RespType
    + rfp  RFPType  0..*

type CreateSetRFPType : ReqType
    + rfp  RFPType  0..1

type DeleteGetRFPType : ReqType
    id  int  required

type GetRFPType : ReqType
    id           int   required
    maxRecords   int   default=0      | how many at most
    withState    bool  default=false  | also what changes by itself
    withDetails  bool  default=false  | also the details

request GetRFP : GetRFPType -> CreateGetSetRFPRespType  version 3.0.2 pages id rfp 0
| Reads base stations from an id on, with their state and details if asked for.

request CreateRFP : CreateSetRFPType -> CreateGetSetRFPRespType  version 2.0.2
| Creates a base station.

request SetRFP : CreateSetRFPType -> CreateGetSetRFPRespType  version 2.0.2
| Changes a base station; attributes that are absent keep their value.

request DeleteRFP : DeleteGetRFPType -> RespType  version 1.0.2
| Deletes a base station.

event EventRFPCnf  version 3.0.3
| Sent when a base station was created, changed or deleted; carries the key and what changed.
    deleted  bool           | is gone
    + rfp    RFPType  0..1

topic State

type RFPSummaryType
    nRFPs                      int  required  | how many base stations
    idFirst                    int  required  | the first id
    nConnected                 int  required  | with a link to the OMM
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
    ethAddr       text              | MAC address
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
| A base station that the OMM does not know tried to connect.

event EventRFPDetails : EventRFPType  version 1.1.5
| Details of a base station changed.

event EventRFPState  version 1.1.5
| Sent when something of a base station's state changed.
    id     int
    + rfp  RFPType  0..1

request GetRFPSummary : ReqType -> GetRFPSummaryRespType  version 1.0.5
| Reads how many base stations there are, and the first id.
answer basis capture

event EventRFPSummary : RFPSummaryType  basis capture version 1.0.5
| Sent when the numbers of base stations changed.

topic Capturing unknown base stations

type RFPCaptureType
    enable  bool

type DeleteRFPCaptureListElemType : ReqType
    ethAddr  text

type EventRFPCaptureType : RFPCaptureType
    deleted  bool  | is gone

type GetRFPCaptureListRespType : RespType
    + rfp  RFPcapturedRFPType  0..*

type GetSetRFPCaptureRespType : RespType RFPCaptureType

type SetRFPCaptureType : ReqType RFPCaptureType

request GetRFPCaptureList : ReqType -> GetRFPCaptureListRespType  version 1.1.5
| Reads the unknown base stations that were noted.

request DeleteRFPCaptureList : ReqType -> RespType  version 1.0.3
| Empties the list of noted base stations.

request DeleteRFPCaptureListElem : DeleteRFPCaptureListElemType -> RespType  version 1.0.3
| Takes one base station off the list of noted ones.

request GetRFPCapture : ReqType -> GetSetRFPCaptureRespType  version 1.1.2
| Reads whether unknown base stations that try to connect are noted.

request SetRFPCapture : SetRFPCaptureType -> GetSetRFPCaptureRespType  version 1.1.2
| Changes whether unknown base stations that try to connect are noted.

event EventRFPCapture : EventRFPCaptureType  version 1.0.4
| The list of noted base stations changed.

event EventRFPCaptureCnf : RFPCaptureType  version 1.1.2
| Sent on a change of whether unknown base stations that try to connect are noted.

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
| Reads the enrolment at a PBX.

request SetPBXEnrolment : SetPBXEnrolmentType -> GetSetPBXEnrolmentRespType
| Changes the enrolment at a PBX.

event EventPBXEnrolmentCnf : PBXEnrolmentType
| Sent when the enrolment at a PBX changed.

request RequestRFPEnrollment : ReqType -> RespType  since 8.0 basis client
| Used by a client for a base station; what it does is not documented.
    rfpId  int  required  | base station

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
| Reads how base stations get their addresses.

request SetRFPM : SetRFPType -> GetSetRFPMRespType
| Changes how base stations get their addresses.

event EventRFPMCnf : RFPMType
| Sent on a change of how base stations get their addresses.

topic Quality

type RFPIpQualityType
    id             int
    connectedTime  int
    currentRTT     int  | ms
    maxRTT         int  | ms
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
    maxRecords  int  default=0  | how many at most

type GetRFPMediaStreamQualityRespType : RespType
    + msQuality  RFPMediaStreamQualityType  0..1

type GetRFPMediaStreamQualityType
    id  int

request GetRFPIpQuality : GetRFPIpQualityType -> GetRFPIpQualityRespType
    @ version 1.0.2 pages id ipQuality 0
| Reads the round trip times of base stations, from an id on.

event EventRFPIpQuality : EventRFPIpQualityType  version 1.0.2
| New round trip times of base stations.

request GetRFPMediaStreamQuality : ReqType -> GetRFPMediaStreamQualityRespType  version 1.0.2
| Reads the quality of a base station's media streams.
    id  int

request ResetRFPMediaStreamQuality : ReqType ResetRFPMediaStreamQualityType -> RespType
    @ version 1.0.2
| Sets the figures of a base station's media streams to zero.
answer basis inferred

event EventRFPMediaStreamQuality : EventRFPMediaStreamQualityType  version 1.0.1
| New figures of a base station's media streams.
