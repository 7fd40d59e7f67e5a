# events.axi: subscriptions and event types.
area Subscriptions and event types
| A subscription brings events of a type from then on, never the state at its beginning: subscribe first, read
| then, and apply the events last. Events carry no seq, but the key of a record and what changed; a
| creation carries everything, a deletion the key and `deleted`.

topic Subscribing
| Up to 20 elements in one request, executed together or not at all. Each switches one event type, as a
| whole or for one item.

enum CmdType
    On   | subscribe
    Off  | no longer

enum EventType open
| What can be subscribed to: the event types below.

type SubscribeCmdType
| Switches one event type, for all items or for one. A filter that is absent means none, -1 and * mean all.
    cmd        CmdType    required
    eventType  EventType  required
    ppn        int                  | device, -1: all
    uid        int                  | user, -1: all
    rfpId      int                  | base station, -1: all
    omm        int                  | -1: alarms of the OMM
    trigger    text                 | alarm trigger, * for any part; * alone or empty: all
    scheme     text                 | scheme of addresses, no colon, in any case; * or empty: all

type SubscribeRespType : RespType
    eventType  EventType  | the first that was refused; nothing was changed

type SubscribeType : ReqType
    + e  SubscribeCmdType  1..20

request Subscribe : SubscribeType -> SubscribeRespType  version 3.1.2 needs nothing?
| Switches event types on and off, up to 20 in one request: either all of them or, on an error, none.
answer basis capture

topic Event types
| By which attributes a subscription can be narrowed, which permission it needs, and what it brings. A type
| without filters is switched as a whole. Most of this is concluded from the names.

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
    @ brings EventEventLogEntry EventEventLogBufferDelete EventEventLogBuffer

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
| A synchronisation session gets EventPPCnf.
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
| What it brings is not known.

eventtype PPState  by ppn needs Monitoring
| All changes of a device's state; the other PPState, PPCallState, PPDevState and PPSipState types bring single
| ones.
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
| All transactions; the others of this name bring single ones.
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
| A synchronisation session gets EventPPCnf.
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
| What it brings is not known.

eventtype SiteCnf  needs AllCnfRead
    @ brings EventSiteCnf

eventtype SiteSummary  needs AllCnfRead
    @ brings EventSiteSummary

eventtype SuplCallFeatures  needs AllCnfRead
    @ brings EventSuplServCnf

eventtype SystemCnf  needs AllCnfRead
| Brings the changes of all settings of the system that have no event type of their own: our reading.
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
| What it brings is not known.

eventtype PPDevStateCharging  by ppn needs Monitoring
    @ brings EventPPState
