# session.axi: sessions and what every message has.
area Sessions and what every message has

topic What every message has

enum ConferenceChangeType
    added deleted

enum DECTSubscriptionStateType
    No Unconfirmed Yes

enum HWTypeType open
    Unknown 142d 610d 620d 630d 612d 622d 632d 650c 740cv GAP 612v2 622v2

enum PPRelTypeType
    Unbound Dynamic Fixed

enum ProtocolType
    FTP FTPS HTTP HTTPS TFTP SFTP SCP None

enum ResponseCodeType
    EAreaFull EAuth EDectRegDomainInvalid EEncryptNotAllowed EExist EFailed EForbidden EInProgress EInval
    EInvalidChars ELicense ELicenseFile ELicenseWrongInstallId EMissing ENoEnt ENoMem EPerm EPwEmpty
    EPwUnchanged EPwSimilarToHost EPwSimilarToName EPwTooManySimilarChars EPwTooShort EPwTooSimilar EPwTooWeak
    ETooLong EWlanRegDomainInvalid

enum SSLMethodType
    Auto TLS1.0 TLS1.1 TLS1.2

enum conferenceServerType
    None Integrated External ExternalBlindTransfer Global

type CertificateType
    key  text

type CertificateListType
    + certificate  CertificateType  0..*

type PPDevType  basis capture
    ppn                         int
    timeStamp                   int64
    relType                     PPRelTypeType
    uid                         int
    ipei                        text                       15
    ac                          text                       8
    s                           DECTSubscriptionStateType
    uak                         hex                        32 secret
    encrypt                     bool
    capMessaging                bool                       readonly
    capMessagingForInternalUse  bool                       readonly
    capEnhLocating              bool                       readonly
    capBluetooth                bool                       readonly
    ethAddr                     text                       17 readonly
    hwType                      HWTypeType                 readonly
    ppProfileCapability         bool                       readonly
    ppDefaultProfileLoaded      bool                       readonly
    subscribeToPARIOnly         bool
    ppnSec                      int                        since=7.1
    ommId                       hex                        8 since=7.1
    ommIdAck                    hex                        8 since=7.1
    timeStampAdmin              int64                      since=7.1
    timeStampRelation           int64                      since=7.1
    timeStampRoaming            int64                      since=7.1
    timeStampSubscription       int64                      since=7.1
    autoCreate                  bool                       since=7.1
    roaming                     text                       since=7.1
    modicType                   hex                        2 since=7.1
    locationData                hex                        12 since=7.1
    dectIeFixedId               hex                        16 since=7.1
    subscriptionId              hex                        16 since=7.1

type ReqType
    seq  int

type RespType
    seq      int
    errCode  ResponseCodeType
    info     text
    bad      text
    maxLen   int

type URLType
    enable                  bool
    useCommonCerts          bool
    protocol                ProtocolType
    host                    text
    port                    int
    path                    text
    username                text
    password                text                 secret
    sslMethod               SSLMethodType
    privateKeyPassword      text                 secret
    validateCerts           bool
    validateExpires         bool
    validateHostName        bool
    allowNonConfTrustCerts  bool
    importCerts             bool
    nTrustedCertificates    int
    nLocalCertificates      int
    nPrivateKeys            int
    + trustedCertificates   CertificateListType  0..1
    + localCertificates     CertificateListType  0..1
    + privateKey            CertificateListType  0..1

type GetRecordType
    id          int  required
    maxRecords  int  default=0

type GetSummaryRespType : RespType
    nRecords  int  required
    idFirst   int  required

topic Opening a session

type AccountStateType
    id        int   required range=0..2
    username  text  required
    state     text  required

type PublicKeyType
    modulus   hex  required
    exponent  hex  required

type OpenRespType : RespType
    protocolVersion           int               required
    ommVersion                text
    axiClients                int
    ommAxiSpecVersion         text
    minPPSwVersion1           text
    minPPSwVersion2           text
    ommStbState               OmmStbStateType   required
    ommStbAddr                text
    ommStream                 text
    ommPlatform               text
    uptime                    int
    EULAConfirm               bool
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
    minPPSwVersion3           text              since=9.1
    minPPSwVersion4           text              since=9.1
    cloudId                   text              since=9.1
    sari                      hex               since=9.1
    haveMOMAppl               bool              since=9.1
    GDPREnabled               bool              since=9.1
    GDPRComplianceText        text              since=9.1
    + publicKey               PublicKeyType     0..1
    + accountState            AccountStateType  0..*
    + permission              PermissionType    0..*

type OpenType : ReqType
    protocolVersion       int
    username              text  required
    password              text  required
    OMPClient             bool  since=7.1
    UserDeviceSyncClient  bool  since=8.0

request Open : OpenType -> OpenRespType  basis capture version 1.0.18
answer
    axiVersion  text  since=7.1

topic Keeping it alive, and what it may do

enum PermissionType
    AllCnfWrite AllCnfRead InfoMessaging Messaging Alerting LocatingAlert Locating Monitoring Conferencing Video

type PermissionChangeEventType : RespType
    + permission  PermissionType  0..*

type PingReqType : ReqType
    timeStamp  int64

type PingRespType : RespType
    timeStamp  int64

event EventPermissionChange  basis capture version 1.0.4
    + permission  PermissionType  0..*

request Ping : PingReqType -> PingRespType  version 1.0.2

topic What the OMM can do

enum VersionElementType open
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
    axiClients        int
    codec             int
    ldapServer        int
    licLatency        int
    ppnNum            int
    certificateNum    int
    records           int
    rfpNum            int
    dnsServer         int
    ntpServer         int
    site              int
    ppVideoDevNum     int
    ppProfileNum      int
    ssidWlanKey       int
    trigger           int
    urlLen            int
    userId            int
    wlanMacFilter     int
    xmlBuiltInAppl    int
    xmlDynAppl        int
    xmlCorpDirAppl    int
    wlanClients       int
    wlanProfiles      int
    bluetoothBeacons  int  since=7.1
    conferenceRooms   int
    limitRTT1         int
    limitRTT2         int
    limitRTT3         int
    limitRTT4         int

type VersionType
    element  VersionElementType  required

type VersionsRespType : RespType  open

type VersionsType : ReqType
    + version  VersionType  0..*

request GetVersions : VersionsType -> VersionsRespType  version 2.1.2
answer basis capture

request Limits : ReqType -> RespType  version 2.0.4
answer basis capture
    axiClients           int
    codec                int
    ldapServer           int
    licLatency           int
    ppnNum               int
    certificateNum       int
    records              int
    rfpNum               int
    dnsServer            int
    ntpServer            int
    site                 int
    ppVideoDevNum        int
    ppProfileNum         int
    ssidWlanKey          int
    trigger              int
    urlLen               int
    userId               int
    wlanMacFilter        int
    xmlBuiltInAppl       int
    xmlDynAppl           int
    xmlCorpDirAppl       int
    wlanClients          int
    wlanProfiles         int
    bluetoothBeacons     int  since=7.1
    conferenceRooms      int
    limitRTT1            int
    limitRTT2            int
    limitRTT3            int
    limitRTT4            int
    omm                  int  since=7.1
    ssidWlan             int  since=7.1
    bluetoothNeighbours  int  since=7.1
    bluetoothRssiValues  int  since=7.1

topic Keys for secrets

type GetPublicKeyRespType : RespType PublicKeyType

request GetPublicKey : ReqType -> GetPublicKeyRespType  version 1.0.1

topic Who else is there

request ClientInfo : ReqType -> RespType  since 7.1 basis name version 1.0.0

event EventClientInfo  since 7.1 basis name version 1.0.0
