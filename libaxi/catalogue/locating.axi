# locating.axi: locating.
area Locating

topic Positions

type LocationType
    id           int
    rssiNew      int
    rssiOld      int
    nMultiFrame  uint32

type LocationSequenceType
    + loc  LocationType  0..*

type RequestPositionInfoType : ReqType
    ppn  int  | device

type VisibilityType
    id       int
    rssiAvg  int

type VisibilitySequenceType
    + vis  VisibilityType  0..*

type EventPositionHistoryType
    ppn          int                 | device
    nMultiFrame  uint32
    + loc        LocationType  0..*

type EventPositionInfoType
    ppn    int                   | device
    + vis  VisibilityType  0..*

type EventPositionRequestType
    num         text
    name        text
    targetNum   text
    targetName  text

type EventPositionTrackType
    ppn  int  | device
    id   int

event EventPositionHistory : EventPositionHistoryType  version 1.0.1
| Where a device has been seen.

request RequestPositionInfo : RequestPositionInfoType -> RespType  version 1.0.1 needs Locating?
| Asks for the position of a device; EventPositionInfo brings it.

event EventPositionInfo : EventPositionInfoType  version 1.0.1
| The base stations that see a device.

event EventPositionRequest : EventPositionRequestType  version 1.0.1
| A user asks where another is.

event EventPositionTrack : EventPositionTrackType  version 1.0.1
| A tracked device is at another base station.
