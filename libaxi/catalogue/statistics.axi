# statistics.axi: statistics and logs.
area Statistics and logs
| Counters of base stations and of the system, and the event log.

topic Base stations

type RFPStatDataType
    id       int
    counter  text

type RFPStatHeadType
    numElemPerRec  int
    recordSets     int
    resolution     text

type RFPStatNameType
    elemId  int
    group   text
    name    text

type ResetRFPStatisticType : ReqType
    id      int
    elemId  int

type GetRFPStatisticConfigRespType : RespType
    + rfpStatHead  RFPStatHeadType  0..1
    + rfpStatName  RFPStatNameType  0..*

type GetRFPStatisticRespType : RespType
    + rfpStatData  RFPStatDataType  0..*

type GetRFPStatisticType : ReqType
    id          int
    maxRecords  int  | how many at most
    recordSet   int

request GetRFPStatistic : GetRFPStatisticType -> GetRFPStatisticRespType
    @ version 1.0.2 pages id rfpStatData 0
| Reads counters of base stations.
answer basis capture

request ResetRFPStatistic : ResetRFPStatisticType -> RespType  version 1.0.2
| Sets counters of base stations to zero.

request GetRFPStatisticConfig : ReqType -> GetRFPStatisticConfigRespType  version 1.0.1
| Reads which counters there are, and how often they are kept.
answer basis capture

topic The system

type ResetSysStatisticType : ReqType
    elemId  int

type SysRecHeaderType
    elemId            int
    counterName       text
    firstRecord       int
    currMeasuredTime  int
    oldMeasuredTime   int

type SysRecType
    rec  int
    cnt  text

type SysStatNameType
    elemId                 int
    type                   text
    name                   text
    resolution             text
    duration               int
    numOfRecords           int
    sum                    int
    unit                   text
    numOfFreqDistChannels  int

type GetSysStatisticConfigConfigRespType : RespType
    + sysStatName  SysStatNameType  0..*

type GetSysStatisticMinMaxRecordRespType : RespType
    + sysRecHeader  SysRecHeaderType  0..1
    + sysRec        SysRecHeaderType  0..*

type GetSysStatisticMinMaxRecordType : ReqType
    elemId       int
    firstRecord  int
    maxRecords   int  | how many at most

type GetSysStatisticMinMaxRespType : RespType
    elemId            int
    type              text
    firstRecord       int
    counter           text
    occurrence        int
    currMeasuredTime  int
    oldMeasuredTime   int

type GetSysStatisticMinMaxSummaryRespType : RespType
    elemId          int
    min             int
    max             int
    sum             int
    occurrence      int
    freqDistUnits   list
    freqDistValues  list

type GetSysStatisticMinMaxSummaryType : ReqType
    elemId  int

type GetSysStatisticMinMaxType : ReqType
    elemId       int
    type         text
    firstRecord  int
    maxRecords   int   | how many at most

type GetSysStatisticOccurrenceRespType : RespType
    elemId            int
    age               int
    sum               int
    firstRecord       int
    counter           list
    currMeasuredTime  int
    oldMeasuredTime   int

type GetSysStatisticOccurrenceType : ReqType
    elemId       int
    firstRecord  int
    maxRecords   int  | how many at most

request GetSysStatisticConfig : ReqType -> GetSysStatisticConfigConfigRespType  version 1.0.1
| Reads which figures the system keeps.

request GetSysStatisticMinMax : GetSysStatisticMinMaxType -> GetSysStatisticMinMaxRespType
    @ version 1.0.2
| Reads measured values of a figure with their extremes.

request GetSysStatisticMinMaxRecord : GetSysStatisticMinMaxRecordType -> GetSysStatisticMinMaxRecordRespType
    @ version 1.0.2
| Reads the records of a figure.

request GetSysStatisticMinMaxSummary : GetSysStatisticMinMaxSummaryType -> GetSysStatisticMinMaxSummaryRespType
    @ version 1.0.2
| Reads extremes, sum and distribution of a figure.

request GetSysStatisticOccurrence : GetSysStatisticOccurrenceType -> GetSysStatisticOccurrenceRespType
    @ version 1.0.2
| Reads how often something happened, in intervals.

request ResetSysStatistic : ResetSysStatisticType -> RespType  version 1.0.2
| Sets a figure of the system to zero.

topic Event log

enum EventLogBufferLevelType
    Always GenInfo FnEnter Event MinorErr MajorErr FatalErr

type EventLogBufferEntryType
    id     int
    time   text
    level  EventLogBufferLevelType
    name   text
    count  int
    msg    text

type GetEventLogBufferRespType : RespType
    id   int
    eof  bool
    + e  EventLogBufferEntryType  0..*

type GetEventLogBufferType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

request GetEventLogBuffer : GetEventLogBufferType -> GetEventLogBufferRespType
    @ version 1.0.2 pages id e 0
| Reads entries of the event log, from an id on.

request DeleteEventLogBuffer : ReqType -> RespType  version 1.0.1
| Empties the event log.

event EventEventLogBuffer : EventLogBufferEntryType
| A new entry of the event log. Releases from 7.1 on tell EventEventLogEntry instead.

event EventEventLogBufferDelete  since 7.1 basis name version 1.0.0 open
| By its name: the event log was emptied.

event EventEventLogEntry  since 7.1 basis name version 1.0.2 open
| By its name: a new entry of the event log.
