# messages.axi: messages and alarms.
area Messages and alarms

topic Messages

enum MessageConfirmType
    ReadYes ReadNo OrderOk OrderNok OrderDontKnow CompleteDone CompleteNotDone CompleteFailed

enum MessageContentType open
    text/plain text/x-vcard

enum MessageEncodingType
    UTF-8

enum MessageFolderType
    Idle Inbox AddToInbox AddToPreDefined AddToOutbox None

enum MessageMelodyType
    None MsgMelody1 MsgMelody2 MsgMelody3 MsgMelody4 MsgMelody5 MsgMelody6 MsgMelody7 MsgMelody8 MsgMelody9
    MsgMelody10

enum MessagePriorityType
    Info Low Normal High Emergency LocatingAlert

enum MessageProgressType
    Overridden DeleteOverridden Delivered DeleteDelivered PagingTimeout Rejected Busy WrongCharacterSet WrongURI
    TemporaryUnavailable Unknown

type CancelDeleteMessageType : ReqType
    sendTime  uint32  required
    id        uint32  required default=0
    toAddr    text    required

type MessageType
    sendTime               uint32
    id                     uint32               default=0
    ppn                    int                  since=8.0
    fromAddr               text                 64
    fromName               text                 64
    toAddr                 text                 128
    toName                 text                 64
    callbackAddr           text                 64
    callbackName           text                 64
    autoCallback           bool                 default=false since=8.0
    priority               MessagePriorityType  default=Normal
    folder                 MessageFolderType    default=Inbox since=8.0
    autoDelete             bool
    popUp                  bool                 default=false
    encoding               MessageEncodingType  default=UTF-8
    contentType            MessageContentType   default=text/plain
    content                text
    melody                 MessageMelodyType
    explicitToneSelection  text
    signallingVolume       int                  range=0..100
    discCallOnRecv         bool
    increasingVolume       bool
    vibraCall              bool
    noInbandSignalling     bool
    textColourR            int16
    textColourG            int16
    textColourB            int16
    bgColourR              int16
    bgColourG              int16
    bgColourB              int16
    noReply                bool                 since=8.0
    ringerTone             bool                 since=8.0
    + confirm              MessageConfirmType   0..3

type MessageSendType
    alwaysIndirect  bool
    + msg           MessageType  1..1

type SendMessageType : ReqType
    alwaysIndirect  bool
    + msg           MessageType  1..1

type EventMessageConfirmationType
    sendTime      uint32              required
    id            uint32              required default=0
    fromAddr      text                required
    toAddr        text                required
    confTime      uint32              required
    confirmation  MessageConfirmType  required

type EventMessageProgressType
    sendTime  uint32               required
    id        uint32               required default=0
    toAddr    text                 required
    event     MessageProgressType  required

type EventMessageQueueEmptyType
    ppn  int  required

request CancelMessage : CancelDeleteMessageType -> RespType  version 1.0.2

request DeleteMessage : CancelDeleteMessageType -> RespType  version 1.0.2

event EventMessageConfirmation : EventMessageConfirmationType  version 1.0.1

event EventMessageProgress : EventMessageProgressType  version 1.0.2

event EventMessageQueueEmpty : EventMessageQueueEmptyType  version 1.0.1

event EventMessageSend : MessageSendType  basis capture version 1.0.7

request SendMessage : SendMessageType -> RespType  version 1.0.7

topic Alarms

type AlarmTriggerType
    id         int
    triggerId  text
    fac        text
    comment    text
    num        text

type CreateAlarmTriggerType : ReqType
    + trigger  AlarmTriggerType  0..1

type CreateGetSetAlarmTriggerRespType : RespType
    + trigger  AlarmTriggerType  0..*

type DeleteAlarmTriggerType : ReqType
    id  int  required

type EventAlarmCallProgressType
    ppn       int     required
    trigger   text    required
    id        uint32  default=0
    destAddr  text    required
    state     text    required

type EventAlarmTriggerCnfType
    deleted         bool
    + alarmTrigger  AlarmTriggerType  1..1

type EventAlarmTriggerType
    sendTime    uint32  required
    id          uint32  default=0
    trigger     text    required
    uid         int
    ppn         int
    fromAddr    text    required
    toAddr      text
    dialSuffix  text
    content     text

type GetAlarmTriggerType : ReqType
    id          int  required
    maxRecords  int  default=0

type SetAlarmTriggerType : ReqType
    + trigger  AlarmTriggerType  0..*

request GetAlarmTrigger : GetAlarmTriggerType -> CreateGetSetAlarmTriggerRespType
    @ version 1.1.6 pages id trigger 0

request CreateAlarmTrigger : CreateAlarmTriggerType -> CreateGetSetAlarmTriggerRespType
    @ version 1.0.9

request SetAlarmTrigger : SetAlarmTriggerType -> CreateGetSetAlarmTriggerRespType  version 1.0.7

request DeleteAlarmTrigger : DeleteAlarmTriggerType -> RespType  version 1.0.3

event EventAlarmTrigger : EventAlarmTriggerType  version 1.0.7

event EventAlarmTriggerCnf : EventAlarmTriggerCnfType  version 1.0.1

event EventAlarmCallProgress : EventAlarmCallProgressType  version 1.0.1

request GetAlarmTriggerSummary : ReqType -> GetSummaryRespType  version 1.0.1

topic Integrated messaging

type ServerType
    enable  bool
    + url   URLType  0..1

type GetSetIMARespType : RespType
    enable  bool
    + url   URLType  0..1

type SetIMAType : ReqType
    enable  bool
    + url   URLType  0..1

request GetIMA : ReqType -> GetSetIMARespType  version 2.0.2

request SetIMA : SetIMAType -> GetSetIMARespType  version 2.0.3

event EventIMACnf : ServerType  version 2.0.2

request UpdateIMAConfigFile : ReqType -> RespType
