# network.axi: network and time.
area Network and time

topic Network

type NetParamsType
    voiceToS      int  required
    sigToS        int  required
    ttl           int  required
    voiceEthPrio  int
    sigEthPrio    int

type SNMPType
    readCommunity  text  secret
    contact        text
    enableTraps    bool
    trapCommunity  text  secret
    trapHostAddr   text

type SyslogServerType
    enable   bool
    forward  bool
    ipAddr   text
    port     int

type GetSetNetParamsRespType : RespType NetParamsType

type GetSetSNMPRespType : RespType SNMPType

type GetSetSyslogServerRespType : RespType SyslogServerType

type SetNetParamsType : ReqType NetParamsType

type SetSNMPType : ReqType SNMPType

type SetSyslogServerType : ReqType SyslogServerType

request GetNetParams : ReqType -> GetSetNetParamsRespType  version 1.0.1

request SetNetParams : SetNetParamsType -> GetSetNetParamsRespType  version 1.0.1

event EventNetParamsCnf : NetParamsType  version 1.0.1

request GetSNMP : ReqType -> GetSetSNMPRespType  version 1.0.1

request SetSNMP : SetSNMPType -> GetSetSNMPRespType  version 1.0.1

event EventSNMPCnf : SNMPType  version 1.0.1

request GetSyslogServer : ReqType -> GetSetSyslogServerRespType  version 1.0.2

request SetSyslogServer : SetSyslogServerType -> GetSetSyslogServerRespType  version 1.0.2

event EventSyslogServerCnf : SyslogServerType  version 1.0.2

topic Time

type NTPServerType
    default         bool
    ntpServerName1  text
    ntpServerName2  text
    ntpServerName3  text

type TimeZoneTypeType
    id         text
    name       text
    stdOffset  int
    stdMonth   int
    stdDay     int
    stdDoW     int
    stdWoM     int
    stdHour    int
    stdMin     int
    dstOffset  int
    dstMonth   int
    dstDay     int
    dstDoW     int
    dstWoM     int
    dstHour    int
    dstMin     int

type TimeZoneDetailsType
    + zone  TimeZoneTypeType  0..1

type TimeZoneType
    id  text

type TimeZoneTypeShortType
    id        text
    name      text
    modified  bool

type EventTimeZoneListType
    + zone  TimeZoneTypeShortType  0..1

type GetSetNTPServerRespType : RespType NTPServerType

type GetSetTimeZoneDetailsRespType : RespType TimeZoneDetailsType

type GetSetTimeZoneRespType : RespType TimeZoneType

type GetTimeZoneListRespType : RespType
    + zone  TimeZoneTypeShortType  0..*

type SetNTPServerType : ReqType NTPServerType

type SetTimeZoneDetailsType : ReqType TimeZoneDetailsType

type SetTimeZoneType : ReqType TimeZoneType

request GetNTPServer : ReqType -> GetSetNTPServerRespType

request SetNTPServer : SetNTPServerType -> GetSetNTPServerRespType

event EventNTPServerCnf : NTPServerType

request GetTimeZone : ReqType -> GetSetTimeZoneRespType

request SetTimeZone : SetTimeZoneType -> GetSetTimeZoneRespType

event EventTimeZoneCnf : TimeZoneType

request GetTimeZoneDetails : ReqType -> GetSetTimeZoneDetailsRespType

request SetTimeZoneDetails : SetTimeZoneDetailsType -> GetSetTimeZoneDetailsRespType

request ResetTimeZoneDetails : ReqType -> RespType

event EventTimeZoneDetailsCnf : TimeZoneDetailsType

request GetTimeZoneList : ReqType -> GetTimeZoneListRespType

event EventTimeZoneList : EventTimeZoneListType
