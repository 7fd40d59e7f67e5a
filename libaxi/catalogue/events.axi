# events.axi: subscriptions and event types.
area Subscriptions and event types

topic Subscribing

enum CmdType
    On Off

enum EventType open
    AccountCnf AccountSummary ACLCnf AlarmCallProgress AlarmTrigger AlarmTriggerCnf AutoDBCnf BluetoothCnf
    BluetoothBeaconSumCnf BluetoothBeaconSumState Conference ConferenceCnf DECTSubscriptionMode
    DigitTreatmentCnf EventLog FACCnf LicensedCodecLines LicenseFile Locating LocatingBluetooth
    MessageConfirmation MessageProgress MessageQueueEmpty MessageSend ParkServerResult PositionTrack PPBtState
    PPDevCnf PPFirmwareUpdateCnf PPFirmwareUpdateOverview PPFirmwareUpdateState PPFirmwareState PPHCM PPState
    PPCallState PPDevSummary PPDevState PPCallStateCalling PPCallStatePaging PPCallStateConnected
    PPCallStateIdle PPCallStateNone PPCallStateRinging PPDevStateOnHook PPDevStateSilentCharging
    PPDevStateBatteryLevel PPDevStateSwVersion PPSipState PPSipStateRegEvent PPSipStateEndEvent
    PPSipStateNotifyEvent PPSipStateRegistered PPSipStateServerType PPSipStateServerAddr PPSipStateServerPort
    PPTransaction PPTransactionLinkEstablish PPTransactionRelease PPTransactionEstablish PPTransactionPPNotFound
    PPTransactionPagingStarted PPTransactionReleaseFromPP PPTransactionPPSetupRejected PPTransactionComsRelease
    PPTransactionComsEstablish PPTransactionSsFac PPTransactionSsRelease PPTransactionSsEstablish
    PPTransactionConnHandover PPTransactionLocReg PPTransactionDetach PPUserCnf PPUserSummary RFPCnf
    RFPConnectAttempt RFPDetails RFPIpQuality RFPMsQuality RFPState RFPSummary RFPSync RFPSyncQuality Roaming
    SiteCnf SiteSummary SuplCallFeatures SystemCnf SystemState UserDataImport VideoDev VideoDevSumCnf
    VideoDevSumState WLANClient WLANProfileCnf ApplicationDataChannel LicensedFile MOMMsgRouting MOMOMMCnf
    PPDevStateCharging

type SubscribeCmdType
    cmd        CmdType    required
    eventType  EventType  required
    ppn        int
    uid        int
    rfpId      int
    omm        int
    trigger    text
    scheme     text

type SubscribeRespType : RespType
    eventType  EventType

type SubscribeType : ReqType
    + e  SubscribeCmdType  1..20

request Subscribe : SubscribeType -> SubscribeRespType  version 3.1.2
answer basis capture

topic Event types

eventtype AccountCnf  needs AllCnfRead
    @ brings EventAccountCnf

eventtype AccountSummary  needs AllCnfRead
    @ brings EventAccountSummary

eventtype ACLCnf  needs AllCnfRead
    @ brings EventACLCnf

eventtype AlarmCallProgress  by ppn trigger needs Alerting
    @ brings EventAlarmCallProgress

eventtype AlarmTrigger  by ppn uid omm trigger needs Alerting
    @ brings EventAlarmTrigger

eventtype AlarmTriggerCnf  needs AllCnfRead
    @ brings EventAlarmTriggerCnf

eventtype AutoDBCnf  needs AllCnfRead
    @ brings EventAutoDBBackupCnf EventAutoDBBackupFileNameCnf

eventtype BluetoothCnf  needs AllCnfRead
    @ brings EventBluetoothBeaconCnf EventBluetoothGlobalSettingsCnf EventBluetoothSensitivityCnf

eventtype BluetoothBeaconSumCnf  needs AllCnfRead
    @ brings EventBluetoothBeaconSummary

eventtype BluetoothBeaconSumState  needs AllCnfRead
    @ brings EventBluetoothBeaconSummary

eventtype Conference  needs Conferencing
    @ brings EventCreateConference EventDeleteConference EventAddUserToConference EventChangeUserInConference
    @ brings EventDeleteUserFromConference EventConferenceRequest EventConferenceRelease
    @ brings EventRTPConferenceStreamChg EventReadyForConferencing EventFreeConferenceChannels

eventtype ConferenceCnf  needs AllCnfRead
    @ brings EventConferenceRoomCnf

eventtype DECTSubscriptionMode  needs AllCnfRead
    @ brings EventDECTSubscriptionMode

eventtype DigitTreatmentCnf  needs AllCnfRead
    @ brings EventDigitTreatmentCnf

eventtype EventLog  needs AllCnfRead
    @ brings EventEventLogEntry EventEventLogBufferDelete

eventtype FACCnf  needs AllCnfRead
    @ brings EventFACCnf EventFACPrefixCnf

eventtype LicensedCodecLines  needs AllCnfRead
    @ brings EventLicensedCodecLines

eventtype LicenseFile  needs AllCnfRead
    @ brings EventLicenseFile

eventtype Locating  by ppn needs Locating
    @ brings EventPositionHistory EventPositionInfo EventPositionRequest

eventtype LocatingBluetooth  by ppn needs Locating
    @ brings EventBluetoothClientStatistic

eventtype MessageConfirmation  by ppn needs InfoMessaging
    @ brings EventMessageConfirmation

eventtype MessageProgress  by ppn needs InfoMessaging
    @ brings EventMessageProgress

eventtype MessageQueueEmpty  by ppn needs InfoMessaging
    @ brings EventMessageQueueEmpty

eventtype MessageSend  by ppn scheme needs InfoMessaging
    @ brings EventMessageSend

eventtype ParkServerResult  needs AllCnfRead
    @ brings EventPARKFromServerResult

eventtype PositionTrack  by ppn needs Locating
    @ brings EventPositionTrack

eventtype PPBtState  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevCnf  by ppn needs AllCnfRead
    @ brings EventPPDevCnf EventPPCnf

eventtype PPFirmwareUpdateCnf  needs AllCnfRead
    @ brings EventPPFirmwareUpdateCnf EventPPFirmwareURLCnf

eventtype PPFirmwareUpdateOverview  needs AllCnfRead
    @ brings EventPPFirmwareUpdateOverview

eventtype PPFirmwareUpdateState  by ppn needs AllCnfRead
    @ brings EventPPFirmwareUpdateStatus

eventtype PPFirmwareState  by ppn needs AllCnfRead
    @ brings EventPPFirmwareUpdateStatus

eventtype PPHCM

eventtype PPState  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallState  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevSummary  needs AllCnfRead
    @ brings EventPPDevSummary

eventtype PPDevState  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStateCalling  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStatePaging  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStateConnected  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStateIdle  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStateNone  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPCallStateRinging  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevStateOnHook  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevStateSilentCharging  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevStateBatteryLevel  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPDevStateSwVersion  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipState  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateRegEvent  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateEndEvent  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateNotifyEvent  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateRegistered  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateServerType  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateServerAddr  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPSipStateServerPort  by ppn needs Monitoring
    @ brings EventPPState

eventtype PPTransaction  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionLinkEstablish  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionRelease  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionEstablish  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionPPNotFound  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionPagingStarted  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionReleaseFromPP  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionPPSetupRejected  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionComsRelease  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionComsEstablish  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionSsFac  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionSsRelease  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionSsEstablish  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionConnHandover  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionLocReg  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPTransactionDetach  by ppn needs Monitoring
    @ brings EventPPTransaction

eventtype PPUserCnf  by uid needs AllCnfRead
    @ brings EventPPUserCnf EventPPCnf

eventtype PPUserSummary  needs AllCnfRead
    @ brings EventPPUserSummary

eventtype RFPCnf  by rfpId needs AllCnfRead
    @ brings EventRFPCnf

eventtype RFPConnectAttempt  needs AllCnfRead
    @ brings EventRFPConnectAttempt EventRFPCapture EventRFPCaptureCnf

eventtype RFPDetails  by rfpId needs AllCnfRead
    @ brings EventRFPDetails

eventtype RFPIpQuality  by rfpId needs Monitoring
    @ brings EventRFPIpQuality

eventtype RFPMsQuality  by rfpId needs Monitoring
    @ brings EventRFPMediaStreamQuality

eventtype RFPState  by rfpId needs AllCnfRead
    @ brings EventRFPState

eventtype RFPSummary  needs AllCnfRead
    @ brings EventRFPSummary

eventtype RFPSync  by rfpId needs Monitoring
    @ brings EventRFPSyncRel

eventtype RFPSyncQuality  by rfpId needs Monitoring
    @ brings EventRFPSyncQuality

eventtype Roaming

eventtype SiteCnf  needs AllCnfRead
    @ brings EventSiteCnf

eventtype SiteSummary  needs AllCnfRead
    @ brings EventSiteSummary

eventtype SuplCallFeatures  needs AllCnfRead
    @ brings EventSuplServCnf

eventtype SystemCnf  needs AllCnfRead
    @ brings EventAdditionalSettingsCnf EventAdvancedSIPCnf EventBackupSIPCnf EventBasicSIPCnf
    @ brings EventConferenceServerSIPCnf EventConfigURLCnf EventCoreDumpURLCnf EventCorporateDirectoryCnf
    @ brings EventCorporateDirectoryOrderCnf EventDECTAuthCodeCnf EventDECTEncryptionCnf
    @ brings EventDECTPagingAreaSizeCnf EventDECTPowerLimitCnf EventDECTPpSettingsCnf EventDECTRegDomainCnf
    @ brings EventDTMFCnf EventDevAutoCreateCnf EventEULAConfirmCnf EventIMACnf EventIntercomCallHandlingSIPCnf
    @ brings EventLDAPCnf EventLicenseServerListCnf EventNTPServerCnf EventNetParamsCnf EventOMMCertificateCnf
    @ brings EventOMPURLCnf EventPARKCnf EventPBXEnrolmentCnf EventPPLoginVariantCnf EventPortRangeSIPCnf
    @ brings EventPpProfileCnf EventPreserveUserDeviceRelationCnf EventRFPMCnf EventRTPCnf
    @ brings EventRegistrationTrafficShapingCnf EventRemoteAccessCnf EventRemoteSystemDumpCnf
    @ brings EventRestrictedSubscriptionDurationCnf EventSARICnf EventSNMPCnf
    @ brings EventSecureOMMCertificateServerImportCnf EventSecurePROVCertificateServerImportCnf
    @ brings EventSecureSIPCertificateCnf EventSecureSIPCertificateServerImportCnf EventSecureSIPCnf
    @ brings EventSoftwareImageURLCnf EventSoftwareUpdateCnf EventSpecialBrandingCnf
    @ brings EventSupplicantCertificateCnf EventSupplicantCertificateServerImportCnf EventSupplicantCnf
    @ brings EventSysToneSchemeCnf EventSysVoiceboxNumCnf EventSyslogServerCnf EventSystemCredentialsCnf
    @ brings EventSystemNameCnf EventSystemProvUpdTrigCnf EventTimeZoneCnf EventTimeZoneDetailsCnf
    @ brings EventTimeZoneList EventUsedConfigURL EventUserDataServerCnf EventUserDeviceSyncOMMCnf
    @ brings EventUserMonitoringCnf EventWLANRegDomainCnf EventXMLApplicationCnf

eventtype SystemState  needs AllCnfRead
    @ brings EventHealthState EventStbStateChange EventPermissionChange EventLicenseCnf

eventtype UserDataImport  needs AllCnfRead
    @ brings EventUserDataImport

eventtype VideoDev  needs Video
    @ brings EventVideoDevCnf EventVideoDevLink

eventtype VideoDevSumCnf  needs Video
    @ brings EventVideoDevSummary

eventtype VideoDevSumState  needs Video
    @ brings EventVideoDevSummary

eventtype WLANClient  by rfpId needs Monitoring
    @ brings EventWLANClient

eventtype WLANProfileCnf  needs AllCnfRead
    @ brings EventWLANProfileCnf

eventtype ApplicationDataChannel
    @ brings EventApplicationDataChannel EventApplicationDataChannelCnf

eventtype LicensedFile  needs AllCnfRead
    @ brings EventLicenseFile

eventtype MOMMsgRouting
    @ brings EventEventFromMOM EventRequestToMOM EventResponseFromMOM

eventtype MOMOMMCnf

eventtype PPDevStateCharging  by ppn needs Monitoring
    @ brings EventPPState
