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
| The schema names it and uses it nowhere.

type GetSetSystemNameRespType : RespType SystemNameType

type SetEULAConfirmType : ReqType EULAConfirmType

type SetSystemNameType : ReqType SystemNameType

request GetEULAConfirm : ReqType -> GetSetEULAConfirmRespType  version 1.0.1
| Reads whether the licence agreement is accepted.

request SetEULAConfirm : SetEULAConfirmType -> GetSetEULAConfirmRespType  version 1.0.1
| Changes whether the licence agreement is accepted.

event EventEULAConfirmCnf : EULAConfirmType  version 1.0.1
| Sent on a change of whether the licence agreement is accepted.

request GetSystemName : ReqType -> GetSetSystemNameRespType  version 1.0.1
| Reads the name of the system.

request SetSystemName : SetSystemNameType -> GetSetSystemNameRespType  version 1.0.1
| Changes the name of the system.

event EventSystemNameCnf : SystemNameType  version 1.0.1
| Sent when the name of the system changed.

request SystemRestart : SystemRestartType -> RespType  version 1.0.2
| Restarts the OMM; on request with an empty database or the factory settings.

topic Health

enum ComponentType
| What has a state of health.
    sync standby autoDB dbTransfer download rfp license ima licenseG729 umo uds usbMem licenseServer video
    bluetooth sip sipCert axiProvisioningCommands provisioningServer dhcpServer userDeviceSync

enum ReasonType open
| Texts of reasons. The schema has them in one place and numbers in another.
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
| How bad it is.
    OK Idle Warning Error

type HealthType
| The health of one component.
    component   ComponentType  required  | what it is about
    severity    SeverityType   required  | how bad it is
    reason      text                     | why, as text
    reasonCode  ReasonType     required  | text of the reason; the schema calls it a number elsewhere

type GetHealthStateRespType : RespType
    + health  HealthType  0..*

request GetHealthState : ReqType -> GetHealthStateRespType  version 1.1.9
| Reads the health of all components.

event EventHealthState : HealthType  version 1.1.9
| The health of a component changed.

request GenerateHealthStateAlarmTriggers : ReqType -> RespType  version 1.0.1
| By its name, makes alarm triggers for the states of health.

topic Standby

enum OmmStbStateType
| State of the standby OMM.
    OK NotSynchronized DifferentOMMTypes DifferentOMMVersions None

type StbStateType
    ommStbState  OmmStbStateType  required
    ommStbAddr   text

type StbStateRespType : RespType StbStateType

event EventStbStateChange : StbStateType  version 1.0.1
| The state of the standby OMM changed.

request GetStbState : ReqType -> StbStateRespType  version 1.0.1
| Reads the state of the standby OMM, and its address.

topic Remote access and dumps

type CoreDumpURLType
    + url  URLType  0..1

type RemoteAccessType
    enable  bool

type RemoteSystemDumpType
    enable  bool
    hour    int            | of the day
    minute  int            | of the hour
    + url   URLType  0..1

type EventFlashMemUsageRespType : RespType
    level  int

type GetSetCoreDumpURLRespType : RespType CoreDumpURLType

type GetSetRemoteAccessRespType : RespType RemoteAccessType

type GetSetRemoteSystemDumpRespType : RespType RemoteSystemDumpType

type SetCoreDumpURLType : ReqType CoreDumpURLType

type SetRemoteAccessType : ReqType RemoteAccessType

type SetRemoteSystemDumpType : ReqType RemoteSystemDumpType

request ActivateRemoteSystemDump : ReqType -> RespType  version 1.0.1
| Sends a system dump now.

request GetCoreDumpURL : ReqType -> GetSetCoreDumpURLRespType  version 1.0.2
| Reads where core dumps are sent.

request SetCoreDumpURL : SetCoreDumpURLType -> GetSetCoreDumpURLRespType  version 1.0.2
| Changes where core dumps are sent.

event EventCoreDumpURLCnf : CoreDumpURLType  version 1.0.2
| Sent on a change of where core dumps are sent.

request GetRemoteAccess : ReqType -> GetSetRemoteAccessRespType  version 1.0.1
| Reads remote access to the OMM.

request SetRemoteAccess : SetRemoteAccessType -> GetSetRemoteAccessRespType  version 1.0.1
| Changes remote access to the OMM.

event EventRemoteAccessCnf : RemoteAccessType  version 1.0.1
| Sent when remote access to the OMM changed.

request GetRemoteSystemDump : ReqType -> GetSetRemoteSystemDumpRespType  version 1.0.2
| Reads where and when system dumps are sent.

request SetRemoteSystemDump : SetRemoteSystemDumpType -> GetSetRemoteSystemDumpRespType
    @ version 1.0.2
| Changes where and when system dumps are sent.

event EventRemoteSystemDumpCnf : RemoteSystemDumpType  version 1.0.2
| Sent on a change of where and when system dumps are sent.

request GetFlashMemUsage : ReqType -> EventFlashMemUsageRespType  version 1.0.1
| Reads how full the flash memory is.

topic Branding

type SpecialBrandingType
    key    text
    + url  URLType  0..1

type GetSetSpecialBrandingRespType : RespType SpecialBrandingType

type SetSpecialBrandingType : ReqType SpecialBrandingType

request GetSpecialBranding : ReqType -> GetSetSpecialBrandingRespType  version 1.0.2
| Reads the branding.

request SetSpecialBranding : SetSpecialBrandingType -> GetSetSpecialBrandingRespType  version 1.0.2
| Changes the branding.

event EventSpecialBrandingCnf : SpecialBrandingType  version 1.0.2
| Sent when the branding changed.
