# conference.axi: conferences.
area Conferences

topic Rooms

type ConferenceRoomType
    id                 int
    name               text
    conferenceId       text
    sipAuthId          text
    sipPw              text  secret
    fixedSipPort       int
    calculatedSipPort  int

type CreateSetConferenceRoomRespType : RespType
    + room  ConferenceRoomType  0..1

type CreateSetConferenceRoomType : ReqType
    + room  ConferenceRoomType  0..1

type DeleteConferenceRoomType : ReqType
    id  int

type EventConferenceRoomCnfType
    id       int
    deleted  bool
    + room   ConferenceRoomType  0..1

type GetConferenceRoomRespType : RespType
    + room  ConferenceRoomType  0..*

request GetConferenceRoom : ReqType -> GetConferenceRoomRespType  version 1.0.2 pages id room 0
    id          int  required
    maxRecords  int  default=0

request CreateConferenceRoom : CreateSetConferenceRoomType -> CreateSetConferenceRoomRespType
    @ version 1.0.2

request SetConferenceRoom : CreateSetConferenceRoomType -> CreateSetConferenceRoomRespType
    @ version 1.0.2

request DeleteConferenceRoom : DeleteConferenceRoomType -> RespType  version 1.0.1

event EventConferenceRoomCnf : EventConferenceRoomCnfType  version 1.0.2

topic Running conferences

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
    mixerId       int
    num           text
    localRTP      int
    localRTCP     int
    remoteRTP     int
    remoteRTCP    int
    remoteIpAddr  text
    vif           int
    vad           bool
    txCodecIdx    int
    rxCodecIdx    int
    srtpProfile   SRTPProfileType
    rxSecret      text                 secret
    txSecret      text                 secret
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
    rfpId         int
    IpAddr        text
    port          int

type EventDeleteConferenceType
    mixerId       int
    conferenceId  text

type EventDeleteUserFromConferenceType
    mixerId   int
    num       text
    localRTP  int

request AddUserToConference : AddUserToConferenceType -> RespType  version 2.0.2

event EventAddUserToConference : EventAddChangeUserInConferenceType  version 2.0.2

request ChangeUserInConference : ChangeUserInConferenceType -> RespType  version 2.0.1

request ConferenceConfirmation : ReqType -> RespType  version 1.0.1
    sipRef        text
    conferenceId  text

request CreateConference : CreateConferenceType -> CreateConferenceRespType  version 1.0.1

request DeleteConference : DeleteConferenceType -> RespType  version 1.0.1

request DeleteUserFromConference : DeleteUserFromConferenceType -> RespType  version 1.0.1

event EventChangeUserInConference : EventAddChangeUserInConferenceType  version 2.0.1

event EventConferenceRelease : EventConferenceReleaseType  version 1.0.1

event EventConferenceRequest : EventConferenceRequestType  version 1.0.1

event EventCreateConference : EventCreateConferenceType  version 1.0.1

event EventDeleteConference : EventDeleteConferenceType  version 1.0.1

event EventDeleteUserFromConference : EventDeleteUserFromConferenceType  version 1.0.1

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

request GetFreeConferenceChannels : ReqType -> GetFreeConferenceChannelsRespType  version 1.0.1

event EventFreeConferenceChannels : FreeConferenceChannelsType  version 1.0.1

request SetRTPConferenceStreamChg : ReqType -> RespType  version 1.0.1
    mixerId   int
    localRTP  int
    rx        bool
    tx        bool

event EventRTPConferenceStreamChg  version 1.0.1
    mixerId   int
    num       text
    localRTP  int
    rx        bool
    tx        bool

request GetReadyForConferencing : ReqType -> GetReadyForConferencingRespType  version 1.0.1

event EventReadyForConferencing  version 1.0.1

request GetG729ChannelsForConference : GetG729ChannelsForConferenceType -> GetG729ChannelsForConferenceRespType
    @ version 1.0.1
