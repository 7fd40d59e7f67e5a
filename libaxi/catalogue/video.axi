# video.axi: video.
area Video

topic Video devices

enum VideoDevResolutionType
    QCIF QVGA CIF VGA SVGA

enum VideoDevStateType
    unplugged inactive active failed

type PpType
    ppn  int

type VideoDevLinkType
    id            int
    videoStream   bool
    videoDevLink  text

type VideoDevSummaryType
    nRecords           int
    idFirst            int
    enabledNum         int
    stateActiveNum     int
    stateInactiveNum   int
    stateUnpluggedNum  int
    stateFailedNum     int

type VideoDevType
    id          int
    name        text
    usbPath     text
    tag         text
    rfpId       int
    active      bool
    state       VideoDevStateType
    resolution  VideoDevResolutionType
    frameRate   int
    hierarchy1  text
    hierarchy2  text
    hierarchy3  text
    hierarchy4  text
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

request GetVideoDev : ReqType -> CreateGetSetVideoDevRespType  version 2.1.1 pages id videoDev 0
    id          int  required
    maxRecords  int  default=0

request CreateVideoDev : CreateSetVideoDevType -> CreateGetSetVideoDevRespType  version 2.1.1

request SetVideoDev : CreateSetVideoDevType -> CreateGetSetVideoDevRespType  version 2.1.1

request DeleteVideoDev : DeleteGetVideoDevType -> RespType  version 1.0.1

event EventVideoDevCnf  version 2.1.1
    + videoDev  VideoDevType  0..1

request GetVideoDevLink : GetVideoDevLinkType -> RespType  version 1.0.1

event EventVideoDevLink : VideoDevLinkType  version 1.0.1

request GetVideoDevSummary : ReqType -> GetVideoDevSummaryRespType  version 1.0.1

event EventVideoDevSummary : VideoDevSummaryType  version 1.0.1
