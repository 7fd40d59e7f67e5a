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
    ppn  int

type VisibilityType
    id       int
    rssiAvg  int

type VisibilitySequenceType
    + vis  VisibilityType  0..*

type EventPositionHistoryType
    ppn          int
    nMultiFrame  uint32
    + loc        LocationType  0..*

type EventPositionInfoType
    ppn    int
    + vis  VisibilityType  0..*

type EventPositionRequestType
    num         text
    name        text
    targetNum   text
    targetName  text

type EventPositionTrackType
    ppn  int
    id   int

event EventPositionHistory : EventPositionHistoryType  version 1.0.1

request RequestPositionInfo : RequestPositionInfoType -> RespType  version 1.0.1

event EventPositionInfo : EventPositionInfoType  version 1.0.1

event EventPositionRequest : EventPositionRequestType  version 1.0.1

event EventPositionTrack : EventPositionTrackType  version 1.0.1
