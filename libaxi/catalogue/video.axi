# video.axi: video.
area Video

topic Video devices

enum VideoDevResolutionType
    QCIF QVGA CIF VGA SVGA

enum VideoDevStateType
    unplugged inactive active failed

type PpType
    ppn  int  | device

type VideoDevLinkType
    id            int
    videoStream   bool
    videoDevLink  text

type VideoDevSummaryType
    nRecords           int  | how many
    idFirst            int  | the first id
    enabledNum         int
    stateActiveNum     int
    stateInactiveNum   int
    stateUnpluggedNum  int
    stateFailedNum     int

type VideoDevType
| A video device at a base station.
    id          int
    name        text                          | shown name
    usbPath     text
    tag         text
    rfpId       int                           | base station
    active      bool                          | is to be used
    state       VideoDevStateType             | whether it works
    resolution  VideoDevResolutionType
    frameRate   int
    hierarchy1  text                          | free text
    hierarchy2  text                          | free text
    hierarchy3  text                          | free text
    hierarchy4  text                          | free text
    ppnNum      int
    siteId      int
    siteName    text
    + ppList    PpType                  0..*

type CreateGetSetVideoDevRespType : RespType
    + videoDev  VideoDevType  0..*

type CreateSetVideoDevType : ReqType
    + videoDev  VideoDevType  0..1

type DeleteGetVideoDevType : ReqType
    id  int  required

type EventVideoDevType
    + videoDev  VideoDevType  0..1

type GetVideoDevLinkType : ReqType
    id           int
    videoStream  bool

type GetVideoDevSummaryRespType : RespType VideoDevSummaryType

request GetVideoDev : ReqType -> CreateGetSetVideoDevRespType
    @ version 2.1.1 needs Video? pages id videoDev 0
| Reads video devices from an id on.
    id          int  required
    maxRecords  int  default=0  | how many at most

request CreateVideoDev : CreateSetVideoDevType -> CreateGetSetVideoDevRespType
    @ version 2.1.1 needs Video?
| Creates a video device.

request SetVideoDev : CreateSetVideoDevType -> CreateGetSetVideoDevRespType
    @ version 2.1.1 needs Video?
| Changes a video device; attributes that are absent keep their value.

request DeleteVideoDev : DeleteGetVideoDevType -> RespType  version 1.0.1 needs Video?
| Deletes a video device.

event EventVideoDevCnf  version 2.1.1
| Sent when a video device was created, changed or deleted; carries the key and what changed.
    + videoDev  VideoDevType  0..1

request GetVideoDevLink : GetVideoDevLinkType -> RespType  version 1.0.1 needs Video?
| Reads where the pictures of a video device are found.

event EventVideoDevLink : VideoDevLinkType  version 1.0.1
| Where the pictures of a video device are found changed.

request GetVideoDevSummary : ReqType -> GetVideoDevSummaryRespType  version 1.0.1 needs Video?
| Reads how many video devices there are, and the first id.

event EventVideoDevSummary : VideoDevSummaryType  version 1.0.1
| Sent when the numbers of video devices changed.
