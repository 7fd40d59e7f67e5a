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
| Reads priorities and time to live of packets.

request SetNetParams : SetNetParamsType -> GetSetNetParamsRespType  version 1.0.1
| Changes priorities and time to live of packets.

event EventNetParamsCnf : NetParamsType  version 1.0.1
| Sent when priorities and time to live of packets changed.

request GetSNMP : ReqType -> GetSetSNMPRespType  version 1.0.1
| Reads the SNMP settings.

request SetSNMP : SetSNMPType -> GetSetSNMPRespType  version 1.0.1
| Changes the SNMP settings.

event EventSNMPCnf : SNMPType  version 1.0.1
| Sent when the SNMP settings changed.

request GetSyslogServer : ReqType -> GetSetSyslogServerRespType  version 1.0.2
| Reads the syslog server.

request SetSyslogServer : SetSyslogServerType -> GetSetSyslogServerRespType  version 1.0.2
| Changes the syslog server.

event EventSyslogServerCnf : SyslogServerType  version 1.0.2
| Sent when the syslog server changed.

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
| Reads the time servers.

request SetNTPServer : SetNTPServerType -> GetSetNTPServerRespType
| Changes the time servers.

event EventNTPServerCnf : NTPServerType
| Sent when the time servers changed.

request GetTimeZone : ReqType -> GetSetTimeZoneRespType
| Reads the time zone in use.

request SetTimeZone : SetTimeZoneType -> GetSetTimeZoneRespType
| Changes the time zone in use.

event EventTimeZoneCnf : TimeZoneType
| Sent when the time zone in use changed.

request GetTimeZoneDetails : ReqType -> GetSetTimeZoneDetailsRespType
| Reads the rules of a time zone.

request SetTimeZoneDetails : SetTimeZoneDetailsType -> GetSetTimeZoneDetailsRespType
| Changes the rules of a time zone.

request ResetTimeZoneDetails : ReqType -> RespType
| Sets the rules of time zones back to the original ones.

event EventTimeZoneDetailsCnf : TimeZoneDetailsType
| Sent when the rules of a time zone changed.

request GetTimeZoneList : ReqType -> GetTimeZoneListRespType
| Reads the time zones that can be chosen.

event EventTimeZoneList : EventTimeZoneListType
| A time zone of the list changed.
