# conference.axi: conferences.
area Conferences

topic Rooms

type ConferenceRoomType
| A conference room.
    id                 int
    name               text          | shown name
    conferenceId       text          | SIP user of the room
    sipAuthId          text          | name at the SIP server
    sipPw              text  secret  | password at the SIP server
    fixedSipPort       int           | SIP port here, 0: any free one
    calculatedSipPort  int           | local SIP port that was chosen

type CreateSetConferenceRoomRespType : RespType
    + room  ConferenceRoomType  0..1

type CreateSetConferenceRoomType : ReqType
    + room  ConferenceRoomType  0..1

type DeleteConferenceRoomType : ReqType
    id  int

type EventConferenceRoomCnfType
    id       int
    deleted  bool                      | is gone
    + room   ConferenceRoomType  0..1

type GetConferenceRoomRespType : RespType
    + room  ConferenceRoomType  0..*

request GetConferenceRoom : ReqType -> GetConferenceRoomRespType  version 1.0.2 pages id room 0
| Reads conference rooms from an id on.
    id          int  required
    maxRecords  int  default=0  | how many at most

request CreateConferenceRoom : CreateSetConferenceRoomType -> CreateSetConferenceRoomRespType
    @ version 1.0.2
| Creates a conference room.

request SetConferenceRoom : CreateSetConferenceRoomType -> CreateSetConferenceRoomRespType
    @ version 1.0.2
| Changes a conference room; attributes that are absent keep their value.

request DeleteConferenceRoom : DeleteConferenceRoomType -> RespType  version 1.0.1
| Deletes a conference room.

event EventConferenceRoomCnf : EventConferenceRoomCnfType  version 1.0.2
| Sent when a conference room was created, changed or deleted; carries the key and what changed.

topic Running conferences

enum ConferenceChangeType
| The schema names it and uses it nowhere.
    added deleted

enum MediaCodecType
    CodecG711_A CodecG723_53 CodecG723_63 CodecG729 CodecG711_U CodecG722 CodecH261 CodecH263 CodecG726_16
    CodecG726_24 CodecG726_32 CodecG726_40 CodecAAL2_G726_16 CodecAAL2_G726_24 CodecAAL2_G726_32
    CodecAAL2_G726_40 CodecL16 CodecH264 CodecInvalid

enum SRTPProfileType
    None AES128_CM_SHA1_32 AES128_CM_SHA1_80 NULL_SHA1_32 NULL_SHA1_80

type ConferenceCodecType
    mediaCodec  MediaCodecType
    mediaPt     int
    rate        int

type ConferenceDataType
    mixerId       int                          | the conference
    num           text                         | number of the participant
    localRTP      int
    localRTCP     int
    remoteRTP     int
    remoteRTCP    int
    remoteIpAddr  text
    vif           int
    vad           bool
    txCodecIdx    int
    rxCodecIdx    int
    srtpProfile   SRTPProfileType              | encryption of the media
    rxSecret      text                 secret  | key of what comes in
    txSecret      text                 secret  | key of what goes out
    + codec       ConferenceCodecType  0..*

type AddUserToConferenceType : ReqType
    + conference  ConferenceDataType  0..1

type ChangeUserInConferenceType : ReqType
    + conference  ConferenceDataType  0..1

type RequestConferenceConfirmationType
    sipRef        text
    conferenceId  text

type CreateConferenceRespType : RespType
    mixerId  int
    ipAddr   text
    port     int

type CreateConferenceType : ReqType
    conferenceId  text

type DeleteConferenceType : ReqType
    mixerId   int
    localRTP  int

type DeleteUserFromConferenceType : ReqType
    mixerId   int
    localRTP  int

type EventAddChangeUserInConferenceType
    + conference  ConferenceDataType  0..1

type EventConferenceReleaseType
    sipRef        text
    conferenceId  text

type EventConferenceRequestType
    sipRef     text
    confUsers  int

type EventCreateConferenceType
    mixerId       int
    conferenceId  text
    rfpId         int   | base station
    IpAddr        text
    port          int

type EventDeleteConferenceType
    mixerId       int
    conferenceId  text

type EventDeleteUserFromConferenceType
    mixerId   int
    num       text
    localRTP  int

request AddUserToConference : AddUserToConferenceType -> RespType  version 2.0.2 needs Conferencing?
| Brings somebody into a conference.

event EventAddUserToConference : EventAddChangeUserInConferenceType  version 2.0.2
| Somebody came into a conference.

request ChangeUserInConference : ChangeUserInConferenceType -> RespType
    @ version 2.0.1 needs Conferencing?
| Changes the media of somebody in a conference.

request ConferenceConfirmation : ReqType -> RespType  version 1.0.1 needs Conferencing?
| Confirms a conference that was asked for.
    sipRef        text
    conferenceId  text

request CreateConference : CreateConferenceType -> CreateConferenceRespType
    @ version 1.0.1 needs Conferencing?
| Opens a conference on a mixer.

request DeleteConference : DeleteConferenceType -> RespType  version 1.0.1 needs Conferencing?
| Ends a conference.

request DeleteUserFromConference : DeleteUserFromConferenceType -> RespType
    @ version 1.0.1 needs Conferencing?
| Takes somebody out of a conference.

event EventChangeUserInConference : EventAddChangeUserInConferenceType  version 2.0.1
| The media of somebody in a conference changed.

event EventConferenceRelease : EventConferenceReleaseType  version 1.0.1
| A conference is no longer needed.

event EventConferenceRequest : EventConferenceRequestType  version 1.0.1
| A conference is asked for.

event EventCreateConference : EventCreateConferenceType  version 1.0.1
| A conference was opened.

event EventDeleteConference : EventDeleteConferenceType  version 1.0.1
| A conference was ended.

event EventDeleteUserFromConference : EventDeleteUserFromConferenceType  version 1.0.1
| Somebody left a conference.

topic Channels

type FreeConferenceChannelsType
    freeChannels  int
    tChannels     int

type GetFreeConferenceChannelsRespType : RespType FreeConferenceChannelsType

type GetG729ChannelsForConferenceRespType : RespType
    channels  int

type GetG729ChannelsForConferenceType : ReqType
    channels  int

type GetReadyForConferencingRespType : RespType
    ready  bool

request GetFreeConferenceChannels : ReqType -> GetFreeConferenceChannelsRespType
    @ version 1.0.1 needs Conferencing?
| Reads how many conference channels are free.

event EventFreeConferenceChannels : FreeConferenceChannelsType  version 1.0.1
| The number of free conference channels changed.

request SetRTPConferenceStreamChg : ReqType -> RespType  version 1.0.1 needs Conferencing?
| Changes the direction of a media stream in a conference.
    mixerId   int
    localRTP  int
    rx        bool
    tx        bool

event EventRTPConferenceStreamChg  version 1.0.1
| The direction of a media stream in a conference changed.
    mixerId   int
    num       text
    localRTP  int
    rx        bool
    tx        bool

request GetReadyForConferencing : ReqType -> GetReadyForConferencingRespType
    @ version 1.0.1 needs Conferencing?
| Reads whether conferences are possible.

event EventReadyForConferencing  version 1.0.1
| Whether conferences are possible changed.

request GetG729ChannelsForConference : GetG729ChannelsForConferenceType -> GetG729ChannelsForConferenceRespType
    @ version 1.0.1 needs Conferencing?
| Reads how many G.729 channels conferences have.
