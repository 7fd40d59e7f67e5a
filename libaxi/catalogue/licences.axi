# licences.axi: licences.
area Licences

topic Licences

enum LicenseFileTypeType
    LicenseFile LicenseDataFile

enum LicenseStateType
    noLicense inactiveLicense inactiveLicenseBlocked noRedundancyLicense noRedundancyLicenseBlocked
    activeLicense activeLicenseBlocked

enum LicenseTypeType
    small standard

enum LicenseViolationType
    noViolation noLicense numRFPs swRelease numSendMsgs numLocatables

type LicenseDataType
| One licence. Which of the attributes it has depends on its kind.
    key                      text  required
    number                   int   required
    validation               text
    systemLicenseVersion     text
    systemLicenseSRTP        bool
    systemLicenseDECTSec     bool
    messagingLicenseRcvMsgs  bool
    locatingLicense          bool

type LicenseFileType
    type  LicenseFileTypeType

type LicenseRFPType
    id         int
    ethAddr    text  | MAC address
    connected  bool  | has a link to the OMM

type LicenseType
    type           LicenseTypeType             | of the installation
    state          LicenseStateType            | of the licence
    latency        int                         | minutes of grace
    park           hex                         | made for this PARK
    + violation    LicenseViolationType  0..*  | what is used beyond it
    + licenseRfp   LicenseRFPType        0..*  | base stations that it is bound to
    + sysLicense   LicenseDataType       0..1  | of the system
    + msgLicense   LicenseDataType       0..1  | for messages
    + locLicense   LicenseDataType       0..1  | for locating
    + G729License  LicenseDataType       0..1  | for G.729

type LicenseRespType : RespType LicenseType

type LicensedCodecLinesType
    numberOfLines  int  required

type LicensedCodecLinesRespType : RespType LicensedCodecLinesType

request GetLicense : ReqType -> LicenseRespType  version 2.0.2
| Reads the licences, their state and what violates them.
answer basis capture

event EventLicenseCnf : LicenseType  version 2.0.2
| Sent when the licences or their state changed.

event EventLicenseFile : LicenseFileType  version 1.0.1
| A licence file was taken.

request GetLicensedCodecLines : ReqType -> LicensedCodecLinesRespType  version 1.0.1
| Reads how many codec lines are licensed.

event EventLicensedCodecLines : LicensedCodecLinesType  version 1.0.1
| The number of licensed codec lines changed.

topic Licence servers

type LicenseServerListElementType
    server         text
    port           int
    serverStandby  text
    portStandby    int

type LicenseServerListType
    serverActive      bool
    installationId    int
    + licenseServer1  LicenseServerListElementType  0..1
    + licenseServer2  LicenseServerListElementType  0..1
    + licenseServer3  LicenseServerListElementType  0..1

type GetSetLicenseServerListRespType : RespType LicenseServerListType

type SetLicenseServerListType : ReqType LicenseServerListType

request GetLicenseServerList : ReqType -> GetSetLicenseServerListRespType  version 1.0.1
| Reads the licence servers.

request SetLicenseServerList : SetLicenseServerListType -> GetSetLicenseServerListRespType
    @ version 1.0.1
| Changes the licence servers.

event EventLicenseServerListCnf : LicenseServerListType  version 1.0.1
| Sent when the licence servers changed.
