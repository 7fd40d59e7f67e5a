# messages.axi: messages and alarms.
area Messages and alarms
| Text messages to phones and from them, and alarms.

topic Messages

enum MessageConfirmType
| How a message can be confirmed.
    ReadYes ReadNo OrderOk OrderNok OrderDontKnow CompleteDone CompleteNotDone CompleteFailed

enum MessageContentType open
    text/plain text/x-vcard

enum MessageEncodingType
    UTF-8

enum MessageFolderType
    Idle
    Inbox
    AddToInbox
    AddToPreDefined
    AddToOutbox
    None             | shown only

enum MessageMelodyType
    None MsgMelody1 MsgMelody2 MsgMelody3 MsgMelody4 MsgMelody5 MsgMelody6 MsgMelody7 MsgMelody8 MsgMelody9
    MsgMelody10

enum MessagePriorityType
| Info needs InfoMessaging, Emergency needs Alerting, LocatingAlert the permission of its name, the others
| Messaging.
    Info Low Normal High Emergency LocatingAlert

enum MessageProgressType
| What became of a message.
    Overridden DeleteOverridden Delivered DeleteDelivered PagingTimeout Rejected Busy WrongCharacterSet WrongURI
    TemporaryUnavailable Unknown

type CancelDeleteMessageType : ReqType
    sendTime  uint32  required            | of the message
    id        uint32  required default=0  | of the message
    toAddr    text    required            | of the message, with its scheme

type MessageType
| A message to a phone or from one. sendTime and id name it.
    sendTime               uint32                                   | with id the name of the message; local time
    id                     uint32               default=0           | below 2^20 for applications
    ppn                    int                                      | the sender's device
    fromAddr               text                 64                  | the sender, with scheme
    fromName               text                 64                  | his name
    toAddr                 text                 128                 | tel:NUMBER or ppn:N
    toName                 text                 64                  | name of the addressee
    callbackAddr           text                 64                  | cb:NUMBER
    callbackName           text                 64                  | name that goes with it
    autoCallback           bool                 default=false       | without asking
    priority               MessagePriorityType  default=Normal      | also decides the permission that is needed
    folder                 MessageFolderType    default=Inbox       | None needs popUp
    autoDelete             bool                                     | gone after it was read
    popUp                  bool                 default=false       | show it at once
    encoding               MessageEncodingType  default=UTF-8       | of the content
    contentType            MessageContentType   default=text/plain  | plain text or a vCard
    content                text                                     | phones may refuse what Latin-1 has not
    melody                 MessageMelodyType                        | played when it comes
    explicitToneSelection  text
    signallingVolume       int                  range=0..100        | per cent
    discCallOnRecv         bool                                     | a call is ended for it
    increasingVolume       bool                                     | gets louder
    vibraCall              bool                                     | the phone vibrates
    noInbandSignalling     bool                                     | no tone during a call
    textColourR            int16                                    | -1 or 0 to 255
    textColourG            int16                                    | -1 or 0 to 255
    textColourB            int16                                    | -1 or 0 to 255
    bgColourR              int16                                    | -1 or 0 to 255
    bgColourG              int16                                    | -1 or 0 to 255
    bgColourB              int16                                    | -1 or 0 to 255
    noReply                bool                 since=8.0           | cannot be answered
    ringerTone             bool                 since=8.0
    + confirm              MessageConfirmType   0..3                | answers that the reader can choose from

type MessageSendType
    alwaysIndirect  bool               | never on the screen at once
    + msg           MessageType  1..1  | the message

type SendMessageType : ReqType
    alwaysIndirect  bool               | never on the screen at once
    + msg           MessageType  1..1  | the message

type EventMessageConfirmationType
    sendTime      uint32              required            | of the message
    id            uint32              required default=0  | of the message
    fromAddr      text                required            | who confirmed
    toAddr        text                required            | of the message
    confTime      uint32              required            | local time
    confirmation  MessageConfirmType  required            | which of the answers

type EventMessageProgressType
    sendTime  uint32               required            | of the message
    id        uint32               required default=0  | of the message
    toAddr    text                 required            | of the message
    event     MessageProgressType  required            | what happened to it

type EventMessageQueueEmptyType
    ppn  int  required  | device

request CancelMessage : CancelDeleteMessageType -> RespType  version 1.0.2 needs InfoMessaging?
| Calls back a message that was sent.

request DeleteMessage : CancelDeleteMessageType -> RespType  version 1.0.2 needs InfoMessaging?
| Deletes a message that was delivered.

event EventMessageConfirmation : EventMessageConfirmationType  version 1.0.1
| Somebody confirmed a message.

event EventMessageProgress : EventMessageProgressType  version 1.0.2
| What became of a message.

event EventMessageQueueEmpty : EventMessageQueueEmptyType  version 1.0.1
| All messages for a device are delivered.

event EventMessageSend : MessageSendType  basis capture version 1.0.7
| Somebody sent a message: with a phone, or to a scheme that the session subscribed to.

request SendMessage : SendMessageType -> RespType  version 1.0.7 needs InfoMessaging
| Sends a message. The answer says only that it was taken; the rest comes as events. The priority decides which
| permission is needed: up to Emergency and LocatingAlert.

topic Alarms

type AlarmTriggerType
| What triggers an alarm, and whom it calls.
    id         int
    triggerId  text  | name of the trigger
    fac        text  | feature access code that triggers it
    comment    text  | free text
    num        text  | called number

type CreateAlarmTriggerType : ReqType
    + trigger  AlarmTriggerType  0..1

type CreateGetSetAlarmTriggerRespType : RespType
    + trigger  AlarmTriggerType  0..*

type DeleteAlarmTriggerType : ReqType
    id  int  required

type EventAlarmCallProgressType
    ppn       int     required   | device
    trigger   text    required   | name of the trigger
    id        uint32  default=0
    destAddr  text    required   | who is called
    state     text    required   | how far the call is

type EventAlarmTriggerCnfType
    deleted         bool                    | is gone
    + alarmTrigger  AlarmTriggerType  1..1

type EventAlarmTriggerType
    sendTime    uint32  required   | local time
    id          uint32  default=0
    trigger     text    required   | name of the trigger
    uid         int                | user
    ppn         int                | device
    fromAddr    text    required   | who triggered it
    toAddr      text               | whom it is for
    dialSuffix  text               | digits behind the code
    content     text               | text of the alarm

type GetAlarmTriggerType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

type SetAlarmTriggerType : ReqType
    + trigger  AlarmTriggerType  0..*

request GetAlarmTrigger : GetAlarmTriggerType -> CreateGetSetAlarmTriggerRespType
    @ version 1.1.6 pages id trigger 0
| Reads alarm triggers from an id on.

request CreateAlarmTrigger : CreateAlarmTriggerType -> CreateGetSetAlarmTriggerRespType
    @ version 1.0.9
| Creates an alarm trigger.

request SetAlarmTrigger : SetAlarmTriggerType -> CreateGetSetAlarmTriggerRespType  version 1.0.7
| Changes an alarm trigger; attributes that are absent keep their value.

request DeleteAlarmTrigger : DeleteAlarmTriggerType -> RespType  version 1.0.3
| Deletes an alarm trigger.

event EventAlarmTrigger : EventAlarmTriggerType  version 1.0.7
| An alarm was triggered.

event EventAlarmTriggerCnf : EventAlarmTriggerCnfType  version 1.0.1
| Sent when an alarm trigger was created, changed or deleted; carries the key and what changed.

event EventAlarmCallProgress : EventAlarmCallProgressType  version 1.0.1
| How the call that an alarm makes goes on.

request GetAlarmTriggerSummary : ReqType -> GetSummaryRespType  version 1.0.1
| Reads how many alarm triggers there are, and the first id.

topic Integrated messaging

type ServerType
| A server that can be switched off.
    enable  bool
    + url   URLType  0..1

type GetSetIMARespType : RespType ServerType

type SetIMAType : ReqType ServerType

request GetIMA : ReqType -> GetSetIMARespType  version 2.0.2
| Reads whether integrated messaging is on, and where its configuration comes from.

request SetIMA : SetIMAType -> GetSetIMARespType  version 2.0.3
| Switches integrated messaging, and says where its configuration comes from.

event EventIMACnf : ServerType  version 2.0.2
| Sent when that changed.

request UpdateIMAConfigFile : ReqType -> RespType
| Fetches the configuration of integrated messaging anew.
