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
    ethAddr    text
    connected  bool

type LicenseType
    type           LicenseTypeType
    state          LicenseStateType
    latency        int
    park           hex
    + violation    LicenseViolationType  0..*
    + licenseRfp   LicenseRFPType        0..*
    + sysLicense   LicenseDataType       0..1
    + msgLicense   LicenseDataType       0..1
    + locLicense   LicenseDataType       0..1
    + G729License  LicenseDataType       0..1

type LicenseRespType : RespType LicenseType

type LicensedCodecLinesType
    numberOfLines  int  required

type LicensedCodecLinesRespType : RespType LicensedCodecLinesType

request GetLicense : ReqType -> LicenseRespType  version 2.0.2
answer basis capture

event EventLicenseCnf : LicenseType  version 2.0.2

event EventLicenseFile : LicenseFileType  version 1.0.1

request GetLicensedCodecLines : ReqType -> LicensedCodecLinesRespType  version 1.0.1

event EventLicensedCodecLines : LicensedCodecLinesType  version 1.0.1

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

request SetLicenseServerList : SetLicenseServerListType -> GetSetLicenseServerListRespType
    @ version 1.0.1

event EventLicenseServerListCnf : LicenseServerListType  version 1.0.1
