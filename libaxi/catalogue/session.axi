# session.axi: logging in, and what all messages have.
area Sessions and what every message has
| What a client does before anything else, and what all requests and answers have in common.
| A request carries a seq of the client's choice and gets one answer with the same; without one it is found by
| the answer's name; several can be under way. Success is the absence of errCode.
| An OMM listens on TCP port 12622, with TLS and mostly with a certificate that it signed itself; old releases offer
| only TLS 1.2 with static RSA. A Multi-OMM Manager listens on port 12624. A session that asks for nothing in five
| minutes is ended, and its subscriptions with it; there is no message to log out.

topic What every message has

enum ResponseCodeType
| Why a request was refused. A code that is not here counts as EFailed.
    EAreaFull               | paging area is full
    EAuth                   | user or password is wrong
    EDectRegDomainInvalid   | regulatory domain of DECT is not set
    EEncryptNotAllowed      | some base station has no encryption
    EExist                  | something that may be there once is there already
    EFailed                 | any other failure
    EForbidden              | this record or this mode does not allow it
    EInProgress             | something else is under way; try later
    EInval                  | value is wrong
    EInvalidChars           | characters that are not taken
    ELicense                | no licence for it
    ELicenseFile            | bad licence file
    ELicenseWrongInstallId  | licence of another installation
    EMissing                | attribute is needed here
    ENoEnt                  | no record of that id, or none beyond it
    ENoMem                  | table is full
    EPerm                   | permission is lacking
    EPwEmpty                | password is empty
    EPwUnchanged            | password is the same as before
    EPwSimilarToHost        | password is like the name of the host
    EPwSimilarToName        | password is like the name of the user
    EPwTooManySimilarChars  | password repeats characters
    EPwTooShort             | password is too short
    EPwTooSimilar           | password is like the one before
    EPwTooWeak              | password is too simple
    ETooLong                | value has more than maxLen characters
    EWlanRegDomainInvalid   | regulatory domain of WLAN is not set

type ReqType
| What every request has.
    seq  int  | any number; the answer has it again

type RespType
| What every answer has. On success there is no errCode.
    seq      int               | that of the request, if it had one
    errCode  ResponseCodeType  | absent on success
    info     text              | text for logs
    bad      text              | the attribute or element that is wrong (EInval, EMissing, ETooLong)
    maxLen   int               | allowed characters (ETooLong)

type GetRecordType
| What a request that reads records has beside its seq.
    id          int  required   | the first id to read
    maxRecords  int  default=0  | 1 to 20; 0: the record with this id alone

type GetSummaryRespType : RespType
| An answer with the number of records.
    nRecords  int  required  | how many
    idFirst   int  required  | the first id

topic Opening a session
| The server's first word is its answer to Open. The number of its protocol changes with the messages that it
| speaks; partners compare it and stay away when it differs.

type AccountStateType
| A built-in account whose password should be changed.
    id        int   required range=0..2  | of the account
    username  text  required             | of the account
    state     text  required             | what is wrong with its password

type PublicKeyType
| An RSA key. Secrets are texts in UTF-8 that are encrypted with it (padded by PKCS #1 v1.5), in base64.
| The keys of recorded OMMs have 512 bits, room for a secret of 53 bytes. What an OMM sends is encrypted as well, and no
| client can read it.
    modulus   hex  required  | twice as many digits as the key has bytes
    exponent  hex  required

type OpenRespType : RespType
| What a server says of itself. The have… attributes tell which features it has.
    protocolVersion           int               required   | the server's, also in a refusal
    ommVersion                text                         | release, as text
    axiClients                int                          | sessions that are open
    ommAxiSpecVersion         text                         | which specification it follows
    minPPSwVersion1           text                         | oldest device software
    minPPSwVersion2           text                         | oldest device software
    ommStbState               OmmStbStateType   required   | state of the standby OMM
    ommStbAddr                text                         | address of the other OMM
    ommStream                 text
    ommPlatform               text                         | what the OMM runs on
    uptime                    int                          | seconds
    EULAConfirm               bool                         | licence agreement accepted
    haveAdditionalSettings    bool
    haveAutoDB                bool
    haveBluetooth             bool
    haveConference            bool
    haveConfigPython          bool
    haveDECTRegDomain         bool
    haveDECTPpSettings        bool
    haveDigitTreatment        bool
    haveDigitTreatmentSimple  bool
    haveLDAP                  bool
    havePPFirmwareUpdate      bool
    haveEnrolmentPBX          bool
    haveEnrolmentPP           bool
    haveEnrolmentRFP          bool
    haveExternalUserData      bool
    haveFACs                  bool
    haveHCM                   bool
    haveIMA                   bool
    haveIPParamCnf            bool
    haveLicensing             bool
    haveLocating              bool
    haveNTP                   bool
    haveOmmLogForward         bool
    haveOMP                   bool
    havePagingAreas           bool
    havePARKFile              bool
    haveProtFTP               bool
    haveProtFTPS              bool
    haveProtHTTP              bool
    haveProtHTTPS             bool
    haveProtSCP               bool
    haveProtSFTP              bool
    haveProtTFTP              bool
    haveRFPMCnf               bool
    haveRFPOMM                bool
    haveRTPPortBaseCnf        bool
    haveSARI                  bool
    haveSemiAttendedTransfer  bool
    haveSIP                   bool
    haveSIPSecure             bool
    haveSNMP                  bool
    haveSpecialBranding       bool
    haveSRTP                  bool
    haveSoftwareImageURL      bool
    haveSOSNumberPP           bool
    haveTZones                bool
    haveUnboundDevices        bool
    haveUMO                   bool
    haveUserDeviceSync        bool
    haveVideo                 bool
    haveVLAN                  bool
    haveVoiceboxNumber        bool
    haveWLAN                  bool
    haveXML                   bool
    haveXMLDynamic            bool
    haveXMLCorpDir            bool
    minPPSwVersion3           text              since=9.1  | oldest device software
    minPPSwVersion4           text              since=9.1  | oldest device software
    cloudId                   text              since=9.1  | "00" and the PARK
    sari                      hex               since=9.1  | identity of a system of several OMMs
    haveMOMAppl               bool              since=9.1
    GDPREnabled               bool              since=9.1
    GDPRComplianceText        text              since=9.1
    + publicKey               PublicKeyType     0..1       | to encrypt secrets with; not in a refusal
    + accountState            AccountStateType  0..*       | built-in accounts with a password that should change
    + permission              PermissionType    0..*       | one for each permission

type OpenType : ReqType
    protocolVersion       int              | wanted version; from 7.1 on it need not be given
    username              text  required   | the account
    password              text  required   | in clear, inside TLS
    OMPClient             bool  since=7.1  | the session of the administration program
    UserDeviceSyncClient  bool  since=7.1  | a synchronisation session: SetPP, GetPP, EventPPCnf

request Open : OpenType -> OpenRespType  basis capture version 1.0.18 needs nothing
| Logs in. Nothing else is taken before it; after a refusal the same link may try again.
answer
| The versions are told even in a refusal.
    axiVersion  text  since=7.1

topic Keeping it alive, and what it may do

enum PermissionType
| What a session may do. AllCnfWrite, Monitoring, Conferencing and Video include AllCnfRead; Messaging includes
| InfoMessaging; Alerting and LocatingAlert include both.
    AllCnfWrite    | change the configuration
    AllCnfRead     | read the configuration
    InfoMessaging  | send messages of priority Info, follow messages
    Messaging      | send messages up to priority High
    Alerting       | send messages of priority Emergency, follow alarms
    LocatingAlert  | send messages of priority LocatingAlert
    Locating       | locate devices
    Monitoring     | follow the state of devices and base stations
    Conferencing   | run conferences
    Video          | see video devices

type PermissionChangeEventType : RespType
    + permission  PermissionType  0..*

type PingReqType : ReqType
    timeStamp  int64  | any; makes the answer have one

type PingRespType : RespType
    timeStamp  int64  | the server's clock

event EventPermissionChange  basis capture version 1.0.4
| The permissions that the session has from now on, for example after a change of licence.
    + permission  PermissionType  0..*

request Ping : PingReqType -> PingRespType  version 1.0.2 needs nothing
| Keeps the link: an OMM drops one that asks for nothing in five minutes. The answer tells the server's time
| when the request has one.

topic What the OMM can do

enum VersionElementType open
| Names for GetVersions, as the schema lists them with its misspellings.
    ActivateRemoteSystemDump AddUserToConference CancelMessage ChangeUserInConference ConferenceConfirmation
    CreateAccount CreateACLEntry CreateAlarmTrigger CreateBluetoothBeacon CreateConference CreateConferenceRoom
    CreateDigitTreatment CreateFixedPP CreateLDAP CreatePPDev CreatePPUser CreateRFP CreateSite CreateVideoDev
    CreateWLANProfile CreateXMLApplication DBBackupToUSB DBRestoreFromUSB DeleteAccount DeleteACLEntry
    DeleteAlarmTrigger DeleteBluetoothBeacon DeleteConference DeleteConferenceRoom DeleteDigitTreatment
    DeleteEventLogBuffer DeleteUserFromConference DeleteLDAP DeleteMessage DeletePPDev DeletePPUser DeleteRFP
    DeleteRFPCaptureList DeleteRFPCaptureListElem DeleteSite DeleteVideoDev DeleteWLANProfile
    DeleteXMLApplication EventAccountCnf EventAccountSummary EventACLCnf EventAdditionalSettingsCnf
    EventAddUserToConference EventAdvancedSIPCnf EventAlarmCallProgress EventAlarmTriggerCnf EventAlarmTrigger
    EventAutoDBBackupCnf EventAutoDBBackupFileNameCnf EventBackupSIPCnf EventBasicSIPCnf
    EventBluetoothClientStatistic EventBluetoothBeaconCnf EventBluetoothBeaconSummary
    EventBluetoothGlobalSettingsCnf EventBluetoothSensitivityCnf EventChangeUserInConference EventConference
    EventConferenceRequest EventConferenceRoomCnf EventConferenceServerSIPCnf EventConfigURLCnf EventCoreDumpCnf
    EventCreateConference EventDbTransferState EventDECTAuthCodeCnf EventDECTEncryptionCnf
    EventDECTPagingAreaSizeCnf EventDECTPowerLimitCnf EventDECTPpSettingsCnf EventDECTRegDomainCnf
    EventDECTSubscriptionMode EventDeleteConference EventDeleteUserFromConference EventDevAutoCreateCnf
    EventDigitTreatmentCnf EventDTMFCnf EventEULAConfirmCnf EventEventLogEntry EventFACCnf EventFACPrefixCnf
    EventFreeConferenceChannels EventHealthState EventIMACnf EventIntercomCallHandlingSIPCnf EventLDAPCnf
    EventLicenseCnf EventLicensedCodecLines EventLicenseFile EventLicenseServerListCnf EventMessageConfirmation
    EventMessageProgress EventMessageQueueEmpty EventMessageSend EventNetParamsCnf EventNTPServerCnf
    EventOMMCertificateCnf EventOMPURLCnf EventPARKCnf EventPARKFromServerResult EventPBXEnrolmentCnf
    EventPermissionChange EventPositionHistory EventPositionInfo EventPositionRequest EventPositionTrack
    EventPortRangeSIPCnf EventPPDevCnf EventPpProfileCnf EventPPFirmwareUpdateCnf EventPPFirmwareUpdateOverview
    EventPPFirmwareUpdateStatus EventPPFirmwareCnf EventPPLoginVariantCnf EventPPState EventPPTransaction
    EventPPUserCnf EventPPUserSummary EventPreserveUserDeviceRelationCnf EventReadyForConferencing
    EventRegistrationTrafficShapingCnf EventRemoteAccessCnf EventRemoteSystemDumpCnf
    EventRestrictedSubscriptionDurationCnf EventRFPCapture EventRFPCaptureCnf EventRFPCnf EventRFPConnectAttempt
    EventRFPDetails EventRFPIpQuality EventRFPMCnf EventRFPMediaStreamQuality EventRFPState EventRFPSummary
    EventRFPSyncQuality EventRFPSyncRel EventRTPConferenceStreamChg EventRTPCnf EventSARICnf
    EventSecureOMMCertificateCnfServerImport EventSecurePROVCertificateCnfServerImport
    EventSecureSIPCertificateCnf EventSecureSIPCertificateCnfServerImport EventSecureSIPCnf EventSiteCnf
    EventSiteSummary EventSNMPCnf EventSoftwareImageCnf EventSpecialBrandingCnf EventStbStateChange
    EventSuplServCnf EventSyslogServerCnf EventSystemCredentialsCnf EventSystemNameCnf EventSystemProvUpdTrigCnf
    EventSysToneSchemeCnf EventSysVoiceboxNumCnf EventTimeZoneCnf EventTimeZoneDetailsCnf EventTimeZoneList
    EventUsedConfigURL EventUserDataServerCnf EventUserDeviceSyncOMMCnf EventUserMonitoringCnf EventVideoDevCnf
    EventVideoDevSummary EventWLANClient EventWLANProfileCnf EventWLANRegDomainCnf EventXMLApplicationCnf
    GenerateHealthStateAlarmTriggers GetAccount GetAccountSummary GetACLEntry GetActivePPDev
    GetAdditionalSettings GetAdvancedSIP GetAlarmTrigger GetAlarmTriggerSummary GetAutoDBBackup
    GetAutoDBBackupFileName GetBackupSIP GetBasicSIP GetBluetoothBeacon GetBluetoothBeaconSummary
    GetBluetoothGlobalSettings GetBluetoothSensitivity GetConferenceRoom GetConferenceServerSIP GetConfigURL
    GetCoreDumpURL GetDbTransferState GetDECTAuthCode GetDECTEncryption GetDECTPagingAreaSize GetDECTPowerLimit
    GetDECTPpSettings GetDECTRegDomain GetDECTSubscriptionMode GetDevAutoCreate GetDigitTreatment
    GetDigitTreatmentSummary GetDTMF GetEULAConfirm GetEventLogBuffer GetFACList GetFACPrefix GetFile
    GetFlashMemUsage GetFreeConferenceChannels GetG729ChannelsForConference GetHealthState GetIMA
    GetIntercomCallHandlingSIP GetLastPPDevAction GetLDAP GetLicense GetLicensedCodecLines GetLicenseServerList
    GetNetParams GetNTPServer GetOMMCertificate GetOMPURL GetPARK GetPBXEnrolment GetPortRangeSIP GetPPDev
    GetPpProfile GetPPDevSummary GetPPFirmwareUpdate GetPPFirmwareUpdateOverview GetPPFirmwareUpdateStatus
    GetPPFirmwareURL GetPPLoginVariant GetPPState GetPPUser GetPPUserSummary GetPreserveUserDeviceRelation
    GetPublicKey GetReadyForConferencing GetRegistrationTrafficShaping GetRemoteAccess GetRemoteSystemDump
    GetRestrictedSubscriptionDuration GetRFP GetRFPCapture GetRFPCaptureList GetRFPIpQuality GetRFPM
    GetRFPMediaStreamQuality GetRFPStatistic GetRFPStatisticConfig GetRFPSummary GetRFPSync GetRFPSyncQuality
    GetRTP GetSARI GetSecureSIP GetSecureOMMCertificate GetSecureOMMCertificateServerImport
    GetSecurePROVCertificateServerImport GetSecureSIPCertificate GetSecureSIPCertificateServerImport GetSite
    GetSiteSummary GetSNMP GetSoftwareImageURL GetSpecialBranding GetStbState GetSuplServ GetSyslogServer
    GetSysStatisticConfig GetSysStatisticMinMax GetSysStatisticMinMaxRecord GetSysStatisticMinMaxSummary
    GetSysStatisticOccurrence GetSystemCredentials GetSystemName GetSystemProvUpdTrig GetSysToneScheme
    GetSysVoiceboxNum GetTimeZone GetTimeZoneDetails GetTimeZoneList GetUsedConfigURL GetUserDataServer
    GetUserDeviceSyncOMM GetUserMonitoring GetWLANClients GetWLANProfile GetWLANRegDomain GetWLANRegDomainList
    GetVersions GetVideoDev GetVideoDevLink GetVideoDevSummary GetXMLApplication Limits ManualDBBackup
    ManualUserDataImport ManualDBRestore Open PARKFromServer Ping PutFile RequestPositionInfo
    ResetRFPMediaStreamQuality ResetRFPStatistic ResetSysStatistic ResetTimeZoneDetails SendMessage SetAccount
    SetACLEntry SetAdditionalSettings SetAdvancedSIP SetAlarmTrigger SetAutoDBBackup SetBackupSIP SetBasicSIP
    SetBluetoothBeacon SetBluetoothGlobalSettings SetBluetoothSensitivity SetConferenceRoom
    SetConferenceServerSIP SetConfigURL SetCoreDumpURL SetDECTAuthCode SetDECTEncryption SetDECTPagingAreaSize
    SetDECTPowerLimit SetDECTPpSettings SetDECTRegDomain SetDECTSubscriptionMode SetDevAutoCreate
    SetDigitTreatment SetDTMF SetEULAConfirm SetFAC SetFACList SetFACPrefix SetIMA SetIntercomCallHandlingSIP
    SetLDAP SetLicenseServerList SetNetParams SetOMMCertificate SetOMPURL SetNTPServer SetPARK SetPBXEnrolment
    SetPortRangeSIP SetPPDev SetPpProfile SetPPFirmwareUpdate SetPPFirmwareURL SetPPLoginVariant SetPPUser
    SetPPUserDevRelation SetPPUserTracking SetPreserveUserDeviceRelation SetRegistrationTrafficShaping
    SetRemoteAccess SetRemoteSystemDump SetRestrictedSubscriptionDuration SetRFP SetRFPCapture SetRFPM SetRTP
    SetRTPConferenceStreamChg SetSARI SetSecureSIP SetSecureOMMCertificate SetSecureOMMCertificateServerImport
    SetSecurePROVCertificateServerImport SetSecureSIPCertificate SetSecureSIPCertificateServerImport SetSite
    SetSNMP SetSoftwareImageURL SetSpecialBranding SetSuplServ SetSyslogServer SetSystemCredentials
    SetSystemName SetSystemProvUpdTrig SetSysToneScheme SetSysVoiceboxNum SetTimeZone SetTimeZoneDetails
    SetUserDataServer SetUserDeviceSyncOMM SetUserMonitoring SetVideoDev SetWLANProfile SetWLANRegDomain
    SetXMLApplication SoftwareUpate Subscribe SystemRestart

type LimitsRespType
| The greatest numbers and lengths that an OMM takes.
    axiClients        int  | sessions at a time
    codec             int  | codecs in the list
    ldapServer        int  | LDAP directories
    licLatency        int  | minutes of grace without licence
    ppnNum            int  | devices
    certificateNum    int  | certificates
    records           int  | records in one answer
    rfpNum            int  | base stations
    dnsServer         int  | DNS servers
    ntpServer         int  | time servers
    site              int  | sites
    ppVideoDevNum     int
    ppProfileNum      int  | profiles
    ssidWlanKey       int
    trigger           int  | alarm triggers
    urlLen            int  | characters of a URL
    userId            int  | accounts
    wlanMacFilter     int  | entries of an access control list
    xmlBuiltInAppl    int
    xmlDynAppl        int
    xmlCorpDirAppl    int
    wlanClients       int
    wlanProfiles      int  | WLAN profiles
    bluetoothBeacons  int  | beacons
    conferenceRooms   int  | conference rooms
    limitRTT1         int  | ms, lowest step of round trip times
    limitRTT2         int  | ms
    limitRTT3         int  | ms
    limitRTT4         int  | ms

type VersionType
    element  VersionElementType  required  | name of a message

type VersionsRespType : RespType  open
| The schema lists one attribute for each message; any name is taken.

type VersionsType : ReqType
    + version  VersionType  0..*

request GetVersions : VersionsType -> VersionsRespType  version 2.1.2 needs nothing
| Reads the versions of messages: of the named ones, or of all. The answer has one attribute for each, named
| like the message.
answer basis capture
| One attribute per message: its version.

request Limits : ReqType -> RespType LimitsRespType  version 2.0.4 needs nothing
| Reads what this OMM can hold at most.
answer basis capture
    omm                  int  since=7.1
    ssidWlan             int  since=7.1
    bluetoothNeighbours  int  since=7.1
    bluetoothRssiValues  int  since=7.1

topic Keys for secrets
| Attributes marked secret travel as base64 of the RSA encryption (PKCS #1 v1.5) of their text, whose key the
| OMM tells. They are never shown: logs and dumps have *** in their place.

type GetPublicKeyRespType : RespType PublicKeyType

request GetPublicKey : ReqType -> GetPublicKeyRespType  version 1.0.1 needs nothing
| Reads the RSA key that secrets are encrypted with.

topic Who else is there

request ClientInfo : ReqType -> RespType  since 7.1 basis name version 1.0.0 needs nothing? open
| By its name: a client says who it is.
answer open

event EventClientInfo  since 7.1 basis name version 1.0.0 open
| By its name: other clients are told who a client is.

topic Records that many messages have

enum ProtocolType
    FTP FTPS HTTP HTTPS TFTP SFTP SCP None

enum SSLMethodType
    Auto TLS1.0 TLS1.1 TLS1.2

type CertificateType
    key  text

type CertificateListType
| Certificates or keys.
    + certificate  CertificateType  0..*

type URLType
| Where a file comes from or goes to, with the account and the checks of certificates for it.
    enable                  bool                         | used at all
    useCommonCerts          bool                         | the certificates for provisioning
    protocol                ProtocolType                 | how it is fetched or sent
    host                    text                         | server
    port                    int                          | 0: the usual one
    path                    text                         | on the server
    username                text                         | at the server
    password                text                 secret  | secret by our reading
    sslMethod               SSLMethodType                | version of TLS
    privateKeyPassword      text                 secret  | secret by our reading
    validateCerts           bool                         | the server's certificate must be good
    validateExpires         bool                         | and not be over
    validateHostName        bool                         | and be of this host
    allowNonConfTrustCerts  bool
    importCerts             bool
    nTrustedCertificates    int
    nLocalCertificates      int
    nPrivateKeys            int
    + trustedCertificates   CertificateListType  0..1
    + localCertificates     CertificateListType  0..1
    + privateKey            CertificateListType  0..1
