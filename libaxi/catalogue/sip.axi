# sip.axi: SIP and calls.
area SIP and calls

topic Servers

enum TransportProtType
    UDP TCP UDPAndTCP TLS PersistentTLS

type BackupSIPType
    failoverActive                bool
    failoverTime                  int
    secondaryProxyServer          text
    secondaryProxyPort            int
    secondaryRegServer            text
    secondaryRegPort              int
    secondaryOutboundProxyServer  text
    secondaryOutboundProxyPort    int
    tertiaryProxyServer           text
    tertiaryProxyPort             int
    tertiaryRegServer             text
    tertiaryRegPort               int
    tertiaryOutboundProxyServer   text
    tertiaryOutboundProxyPort     int

type BasicSIPGetType
    proxyServer          text
    proxyPort            int
    outboundProxyServer  text
    outboundProxyPort    int
    regServer            text
    regPort              int
    regPeriod            int
    transportProt        TransportProtType
    sipRegisterCheckNum  text
    gruu                 bool

type BasicSIPSetType : BasicSIPGetType

type ConferenceServerSIPType
    conferenceServerType  conferenceServerType
    conferenceServerURI   text

type SecureSIPSetType
    proxyServer  text
    proxyPort    int
    regServer    text
    regPort      int
    regPeriod    int

type SecureSIPType
    keepAliveTimeoutEnable   bool
    timeout                  int
    sendSipsOverTLS          bool
    authenticationTLS        bool
    commonNameValidationTLS  bool

type GetSetBackupSIPRespType : RespType BackupSIPType

type GetSetBasicSIPRespType : RespType BasicSIPGetType

type GetSetConferenceServerSIPRespType : RespType ConferenceServerSIPType

type GetSetSecureSIPRespType : RespType SecureSIPType

type SetBackupSIPType : ReqType BackupSIPType

type SetBasicSIPType : ReqType BasicSIPGetType

type SetConferenceServerSIPType : ReqType ConferenceServerSIPType

type SetSecureSIPType : ReqType SecureSIPType

request GetBackupSIP : ReqType -> GetSetBackupSIPRespType  version 1.0.1
| Reads the backup SIP servers.

request SetBackupSIP : SetBackupSIPType -> GetSetBackupSIPRespType  version 1.0.1
| Changes the backup SIP servers.

event EventBackupSIPCnf : BackupSIPType  version 1.0.1
| Sent when the backup SIP servers changed.

request GetBasicSIP : ReqType -> GetSetBasicSIPRespType  version 3.0.1
| Reads the SIP servers and the transport.

request SetBasicSIP : SetBasicSIPType -> GetSetBasicSIPRespType  version 2.0.1
| Changes the SIP servers and the transport.

event EventBasicSIPCnf : BasicSIPGetType  version 3.0.1
| Sent when the SIP servers and the transport changed.

request GetConferenceServerSIP : ReqType -> GetSetConferenceServerSIPRespType  version 1.0.2
| Reads the conference server.

request SetConferenceServerSIP : SetConferenceServerSIPType -> GetSetConferenceServerSIPRespType
    @ version 1.0.2
| Changes the conference server.

event EventConferenceServerSIPCnf : ConferenceServerSIPType  version 1.0.2
| Sent when the conference server changed.

request GetSecureSIP : ReqType -> GetSetSecureSIPRespType  version 2.0.1
| Reads the TLS settings of SIP.

request SetSecureSIP : SetSecureSIPType -> GetSetSecureSIPRespType  version 2.0.1
| Changes the TLS settings of SIP.

event EventSecureSIPCnf : SecureSIPType  version 2.0.1
| Sent when the TLS settings of SIP changed.

topic Behaviour

enum callerDeterminationType
    P-Assert-Identity From/To

enum contactMatchingModeType
    Uri IpOnly IpAndUsername UsernameOnly

enum semiAttendedTransferModeType
    Blind Attended

type AdvancedSIPType
    mwiSubscription           bool
    userAgentInfo             bool
    dialTerminator            bool
    regFailedRetryTimer       int
    regTimeoutRetryTimer      int
    transactionTimer          int
    blacklistTimeout          int
    callerDetermination       callerDeterminationType
    multipleRing              bool
    semiAttendedTransferMode  semiAttendedTransferModeType
    referToWithReplaces       bool
    xAastraId                 bool
    userAgentCompatibility    bool
    callRejectStateCodeDev    int
    callRejectStateCodeUsr    int
    sessionTimer              int
    incomingCallTiemout       int
    contactMatching           contactMatchingModeType

type IntercomCallHandlingType
    autoAnswer        bool
    microphoneMute    bool
    warningTone       bool
    allowBargeIn      bool
    pushToTalkPrefix  text

type SIPPortRangeType
    startPort  int
    endPort    int

type PortRangeSIPType
    + userUdpTcp      SIPPortRangeType  0..1
    + userTls         SIPPortRangeType  0..1
    + confRoomUdpTcp  SIPPortRangeType  0..1
    + confRoomTls     SIPPortRangeType  0..1

type RegistrationTrafficShapingType
    maxRegistrations  int
    timeout           int
    spreadRegRenew    bool
    renewalTimer      int

type GetSetAdvancedSIPRespType : RespType AdvancedSIPType

type GetSetIntercomCallHandlingRespType : RespType IntercomCallHandlingType

type GetSetPortRangeSIPRespType : RespType PortRangeSIPType

type GetSetRegistrationTrafficShapingRespType : RespType RegistrationTrafficShapingType

type SetAdvancedSIPType : ReqType AdvancedSIPType

type SetIntercomCallHandlingType : ReqType IntercomCallHandlingType

type SetPortRangeSIPType : ReqType PortRangeSIPType

type SetRegistrationTrafficShapingType : ReqType RegistrationTrafficShapingType

request GetAdvancedSIP : ReqType -> GetSetAdvancedSIPRespType  version 3.0.3
| Reads details of the SIP protocol.

request SetAdvancedSIP : SetAdvancedSIPType -> GetSetAdvancedSIPRespType  version 3.0.3
| Changes details of the SIP protocol.

event EventAdvancedSIPCnf : AdvancedSIPType  version 3.0.3
| Sent when details of the SIP protocol changed.

request GetIntercomCallHandlingSIP : ReqType -> GetSetIntercomCallHandlingRespType  version 1.0.1
| Reads how intercom calls are taken.

request SetIntercomCallHandlingSIP : SetIntercomCallHandlingType -> GetSetIntercomCallHandlingRespType
    @ version 1.0.1
| Changes how intercom calls are taken.

event EventIntercomCallHandlingSIPCnf : IntercomCallHandlingType  version 1.0.1
| Sent on a change of how intercom calls are taken.

request GetPortRangeSIP : ReqType -> GetSetPortRangeSIPRespType  version 1.0.1
| Reads the local SIP ports.

request SetPortRangeSIP : SetPortRangeSIPType -> GetSetPortRangeSIPRespType  version 1.0.1
| Changes the local SIP ports.

event EventPortRangeSIPCnf : PortRangeSIPType  version 1.0.1
| Sent when the local SIP ports changed.

request GetRegistrationTrafficShaping : ReqType -> GetSetRegistrationTrafficShapingRespType
    @ version 2.0.2
| Reads how many users register at a time.

request SetRegistrationTrafficShaping : SetRegistrationTrafficShapingType -> GetSetRegistrationTrafficShapingRespType
    @ version 2.0.2
| Changes how many users register at a time.

event EventRegistrationTrafficShapingCnf : RegistrationTrafficShapingType  version 2.0.2
| Sent on a change of how many users register at a time.

topic Media

enum CodecType
    None G.711-u-law G.711-A-law G.729-A G.722

enum DTMFMethodType
    RFC2833 INFO Both

enum SysToneSchemeTypeType
    AU AT BE BY BR CH CZ DK ES EE FI FR GB DE HU IT LT LV NL NO PL RU SK SE TW UA US

type CodecElementType  since 8.0 basis client
    type  CodecType

type DTMFType
    outOfBand    bool
    payloadType  int
    method       DTMFMethodType

type RTPType
    portBase               int
    packetTime             int
    silenceSupp            bool
    receiverPrecedence     bool
    comfortNoisePktElim    bool
    singleCodecReplyInSDP  bool
    + codec                CodecElementType  0..5

type GetSetDTMFRespType : RespType DTMFType

type GetSetRTPRespType : RespType RTPType

type GetSetSysToneSchemeRespType : RespType
    toneScheme  SysToneSchemeTypeType

type SetDTMFType : ReqType DTMFType

type SetRTPType : ReqType RTPType

type SetSysToneSchemeType : ReqType
    toneScheme  SysToneSchemeTypeType

request GetDTMF : ReqType -> GetSetDTMFRespType  version 1.0.1
| Reads how DTMF is sent.

request SetDTMF : SetDTMFType -> GetSetDTMFRespType  version 1.0.1
| Changes how DTMF is sent.

event EventDTMFCnf : DTMFType  version 1.0.1
| Sent on a change of how DTMF is sent.

request GetRTP : ReqType -> GetSetRTPRespType  version 3.0.1
| Reads media ports and codecs.

request SetRTP : SetRTPType -> GetSetRTPRespType  version 3.0.1
| Changes media ports and codecs.

event EventRTPCnf : RTPType  version 3.0.1
| Sent when media ports and codecs changed.

request GetSysToneScheme : ReqType -> GetSetSysToneSchemeRespType  version 1.0.1
| Reads the tones of a country.

request SetSysToneScheme : SetSysToneSchemeType -> GetSetSysToneSchemeRespType  version 1.0.1
| Changes the tones of a country.

event EventSysToneSchemeCnf  version 1.0.1
| Sent when the tones of a country changed.
    toneScheme  SysToneSchemeTypeType

topic Call features

type SuplServType
    callForwDiv                 bool
    locLineHndlg                bool
    uriSeparator                bool
    callTransferByHook          bool
    reRegisterAfterFailOver     bool
    ringingOnHold               bool
    transferByHook6xxd          bool
    releaseInfoTimerActiveCall  int
    releaseInfoTimerHoldCall    int
    releaseInfoTimerFailedCall  int

type SysVoiceboxNumType
    voiceboxNum  text

type GetSetSuplServRespType : RespType SuplServType

type GetSetSysVoiceboxNumRespType : RespType SysVoiceboxNumType

type SetSuplServType : ReqType SuplServType

type SetSysVoiceboxNumType : ReqType SysVoiceboxNumType

request GetSuplServ : ReqType -> GetSetSuplServRespType  version 1.0.7
| Reads supplementary call features.

request SetSuplServ : SetSuplServType -> GetSetSuplServRespType  version 1.0.5
| Changes supplementary call features.

event EventSuplServCnf : SuplServType  version 1.0.7
| Sent when supplementary call features changed.

request GetSysVoiceboxNum : ReqType -> GetSetSysVoiceboxNumRespType  version 1.0.1
| Reads the number of the voice box.

request SetSysVoiceboxNum : SetSysVoiceboxNumType -> GetSetSysVoiceboxNumRespType  version 1.0.1
| Changes the number of the voice box.

event EventSysVoiceboxNumCnf : SysVoiceboxNumType  version 1.0.1
| Sent when the number of the voice box changed.

topic Feature access codes

enum FACFeatureType
    ActivateSubscription ActivateWildcard DeactivateSubscription UserLogin UserLogout SystemCredentialPasswd

type FACPrefixType
    prefix  text

type FACType
| A feature access code.
    feature  FACFeatureType
    enable   bool
    fac      text

type FACSequenceType
    + fac  FACType  0..*

type GetFACListRespType : RespType
    + fac  FACType  0..*

type GetSetFACPrefixRespType : RespType
    + fac  FACPrefixType  0..1

type SetFACListRespType : RespType
    + fac  FACType  0..*

type SetFACListType : ReqType
    + fac  FACType  0..*

type SetFACPrefixType : ReqType FACPrefixType

type SetFACType : ReqType FACType

request SetFAC : SetFACType -> SetFACListRespType  version 1.0.3
| Changes one feature access code.

event EventFACCnf : FACSequenceType  version 1.0.3
| Sent when feature access codes changed.

request GetFACPrefix : ReqType -> GetSetFACPrefixRespType  version 1.0.1
| Reads what feature access codes begin with. The answer has it in a child, request and event in an attribute.

request SetFACPrefix : SetFACPrefixType -> GetSetFACPrefixRespType  version 1.0.1
| Changes what feature access codes begin with.

event EventFACPrefixCnf : FACPrefixType  version 1.0.1
| Sent on a change of what feature access codes begin with.

request GetFACList : ReqType -> GetFACListRespType  version 1.0.3
| Reads the feature access codes.

request SetFACList : SetFACListType -> SetFACListRespType  version 1.0.3
| Changes the feature access codes.

topic Digit treatment

enum DigitTreatmentDirectionType
    Incoming Outgoing Both Directory

type DigitTreatmentSimpleType
    id          int
    prefix      text
    substitute  text

type DigitTreatmentType
| A rule that changes numbers on their way in or out.
    id               int
    externalPattern  text
    internalPattern  text
    directory        bool
    direction        DigitTreatmentDirectionType
    sites            bool

type CreateSetDigitTreatmentRespType : RespType DigitTreatmentType
| As the schema has it; on the wire the record is the element rule.

type CreateSetDigitTreatmentType : ReqType
    + rule  DigitTreatmentType  0..1

type DeleteDigitTreatmentType : ReqType
    id  int

type EventDigitTreatmentType
    deleted  bool                      | is gone
    + rule   DigitTreatmentType  1..1

type GetDigitTreatmentRespType : RespType
    id      int
    + rule  DigitTreatmentType  0..*

type GetDigitTreatmentType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

request GetDigitTreatment : GetDigitTreatmentType -> GetDigitTreatmentRespType
    @ version 1.0.1 pages id rule 0
| Reads digit treatment rules from an id on.

request CreateDigitTreatment : CreateSetDigitTreatmentType -> RespType  version 1.0.1
| Creates a digit treatment rule.
answer
    + rule  DigitTreatmentType  0..1

request SetDigitTreatment : CreateSetDigitTreatmentType -> RespType  version 1.0.1
| Changes a digit treatment rule; attributes that are absent keep their value.
answer
    + rule  DigitTreatmentType  0..1

request DeleteDigitTreatment : DeleteDigitTreatmentType -> RespType  version 1.0.1
| Deletes a digit treatment rule.

event EventDigitTreatmentCnf : EventDigitTreatmentType  version 1.0.1
| Sent when a digit treatment rule was created, changed or deleted; carries the key and what changed.

request GetDigitTreatmentSummary : ReqType -> GetSummaryRespType  version 1.0.1
| Reads how many digit treatment rules there are, and the first id.
