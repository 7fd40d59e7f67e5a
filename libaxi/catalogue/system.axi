# system.axi: the system.
area The system

topic Name, licence terms, restart

type EULAConfirmType
    confirm  bool

type SystemNameType
    name  text

type SystemRestartType : ReqType
    resetDB                 bool
    resetToFactoryDefaults  bool

type GetSetEULAConfirmRespType : RespType EULAConfirmType

type GetSetOMMRespType : RespType

type GetSetSystemNameRespType : RespType SystemNameType

type SetEULAConfirmType : ReqType EULAConfirmType

type SetSystemNameType : ReqType SystemNameType

request GetEULAConfirm : ReqType -> GetSetEULAConfirmRespType  version 1.0.1

request SetEULAConfirm : SetEULAConfirmType -> GetSetEULAConfirmRespType  version 1.0.1

event EventEULAConfirmCnf : EULAConfirmType  version 1.0.1

request GetSystemName : ReqType -> GetSetSystemNameRespType  version 1.0.1

request SetSystemName : SetSystemNameType -> GetSetSystemNameRespType  version 1.0.1

event EventSystemNameCnf : SystemNameType  version 1.0.1

request SystemRestart : SystemRestartType -> RespType  version 1.0.2

topic Health

enum ComponentType
    sync standby autoDB dbTransfer download rfp license ima licenseG729 umo uds usbMem licenseServer video
    bluetooth sip sipCert axiProvisioningCommands provisioningServer dhcpServer userDeviceSync

enum ReasonType open
    ""
    "License with no redundancy"
    "License blocked"
    "Inactive license"
    "No license"
    "Split cluster"
    "Connection broken"
    "Manual import"
    "Manual export"
    "Automatic export"
    "Firmware not found"
    "Firmware update is in start up phase"
    "Branding mismatch"
    "No encryption"
    "Protocol mismatch"
    "Cannot connect / lost connection to OMM"
    "Cannot receive IMA configuration file"
    "High message queue level"
    "Cannot send messages"
    "Cannot delete messages"
    "Cannot send e-mails"
    "Cannot receive e-mails"
    "Cannot delete e-mails"
    "Cannot receive RSS feed"
    "Wrong standby configuration"
    "License latency period expired"
    "All channels in use"
    "User monitoring is in start up phase"
    "Too many users for user monitoring configured"
    "User monitoring looses OMM AXI connection"
    "USB overload"
    "An RFP without advanced features is connected to a site, where advanced features are activated"
    "Import of the common user data file from server failed"
    "Invalid configuration data in common user data file"
    "Import of at least one user data file from server failed"
    "Invalid configuration data in at least one user data file"
    "USB memory is missing"
    "Configured server not started"
    "License client not connected"
    "License file parse error"
    "Received no license from server"
    "Missing standby license server(s)"
    "The configured installation ID does not fit to the license file"
    "An error of a video device was detected, please check the error log for more information"
    "A plugged and activated video device gets unplugged"
    "An error of a Bluetooth beacon was detected"
    "At least one Bluetooth beacon is unplugged"
    "HTTP error for SIP secure trusted certificate"
    "Imported SIP secure trusted certificate not stored in database"
    "File transfer error (wrong configuration?) for SIP secure trusted certificate"
    "HTTP error for SIP secure local certificate"
    "Imported SIP secure local certificate not stored in database"
    "File transfer error (wrong configuration?) for SIP secure local certificate"
    "HTTP error for SIP secure private key"
    "Imported SIP secure private key not stored in database"
    "File transfer error (wrong configuration?) for SIP secure private key"
    "AXI command error(s) during provisioning file processing"
    "Access to provisioning server failed"
    "Invalid IP address range configuration in DHCP server (range to small for number of RFPs)"
    "Cannot connect to external AXI / lost AXI connection"
    "Different AXI or OMM version"
    "Connection between RFP an PC OMM"
    "Different system times"
    "User/device synchronization is activated on configured central OMM, too"
    "SARI not configured on central OMM"

enum SeverityType
    OK Idle Warning Error

type HealthType
    component   ComponentType  required
    severity    SeverityType   required
    reason      text
    reasonCode  ReasonType     required

type GetHealthStateRespType : RespType
    + health  HealthType  0..*

request GetHealthState : ReqType -> GetHealthStateRespType  version 1.1.9

event EventHealthState : HealthType  version 1.1.9

request GenerateHealthStateAlarmTriggers : ReqType -> RespType  version 1.0.1

topic Standby

enum OmmStbStateType
    OK NotSynchronized DifferentOMMTypes DifferentOMMVersions None

type StbStateType
    ommStbState  OmmStbStateType  required
    ommStbAddr   text

type StbStateRespType : RespType StbStateType

event EventStbStateChange : StbStateType  version 1.0.1

request GetStbState : ReqType -> StbStateRespType  version 1.0.1

topic Remote access and dumps

type CoreDumpURLType
    + url  URLType  0..1

type RemoteAccessType
    enable  bool

type SystemProvUpdTrigType
    enable  bool
    hour    int
    minute  int

type RemoteSystemDumpType : SystemProvUpdTrigType
    + url  URLType  0..1

type EventFlashMemUsageRespType : RespType
    level  int

type GetSetCoreDumpURLRespType : RespType CoreDumpURLType

type GetSetRemoteAccessRespType : RespType RemoteAccessType

type GetSetRemoteSystemDumpRespType : RespType RemoteSystemDumpType

type SetCoreDumpURLType : ReqType CoreDumpURLType

type SetRemoteAccessType : ReqType RemoteAccessType

type SetRemoteSystemDumpType : ReqType RemoteSystemDumpType

request ActivateRemoteSystemDump : ReqType -> RespType  version 1.0.1

request GetCoreDumpURL : ReqType -> GetSetCoreDumpURLRespType  version 1.0.2

request SetCoreDumpURL : SetCoreDumpURLType -> GetSetCoreDumpURLRespType  version 1.0.2

event EventCoreDumpURLCnf : CoreDumpURLType  version 1.0.2

request GetRemoteAccess : ReqType -> GetSetRemoteAccessRespType  version 1.0.1

request SetRemoteAccess : SetRemoteAccessType -> GetSetRemoteAccessRespType  version 1.0.1

event EventRemoteAccessCnf : RemoteAccessType  version 1.0.1

request GetRemoteSystemDump : ReqType -> GetSetRemoteSystemDumpRespType  version 1.0.2

request SetRemoteSystemDump : SetRemoteSystemDumpType -> GetSetRemoteSystemDumpRespType
    @ version 1.0.2

event EventRemoteSystemDumpCnf : RemoteSystemDumpType  version 1.0.2

request GetFlashMemUsage : ReqType -> EventFlashMemUsageRespType  version 1.0.1

topic Branding

type SpecialBrandingType
    key    text
    + url  URLType  0..1

type GetSetSpecialBrandingRespType : RespType SpecialBrandingType

type SetSpecialBrandingType : ReqType SpecialBrandingType

request GetSpecialBranding : ReqType -> GetSetSpecialBrandingRespType  version 1.0.2

request SetSpecialBranding : SetSpecialBrandingType -> GetSetSpecialBrandingRespType  version 1.0.2

event EventSpecialBrandingCnf : SpecialBrandingType  version 1.0.2
