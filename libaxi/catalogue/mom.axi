# mom.axi: synchronisation and the Multi-OMM Manager.
area Synchronisation and the Multi-OMM Manager

topic Users and devices in one

request GetPP : ReqType -> RespType  since 7.1 basis client version 2.0.0
    uid  int
    ppn  int
answer
    + pp    PPDevType   0..1
    + user  PPUserType  0..1

request SetPP : ReqType -> RespType  since 7.1 basis client version 2.0.0
    + pp    PPDevType   0..1
    + user  PPUserType  0..1
answer basis capture
    + pp    PPDevType   0..1
    + user  PPUserType  0..1

event EventPPCnf  since 7.1 basis capture version 2.0.0
    deletedUser  bool
    deletedDev   bool        since=8.0
    + pp         PPDevType   0..1
    + user       PPUserType  0..1

topic Partners

type PreserveUserDeviceRelation
    enable  bool

type UserDeviceSyncOMMType
    enable          bool
    omm1DomainName  text
    omm2DomainName  text
    user            text
    password        text  secret

type GetSetPreserveUserDeviceRelationRespType : RespType PreserveUserDeviceRelation

type GetSetUserDeviceSyncOMMRespType : RespType UserDeviceSyncOMMType

type SetPreserveUserDeviceRelationType : ReqType PreserveUserDeviceRelation

type SetUserDeviceSyncOMMType : ReqType URLType

request GetPreserveUserDeviceRelation : ReqType -> GetSetPreserveUserDeviceRelationRespType
    @ version 1.0.1

request SetPreserveUserDeviceRelation : SetPreserveUserDeviceRelationType -> GetSetPreserveUserDeviceRelationRespType
    @ version 1.0.1

event EventPreserveUserDeviceRelationCnf : PreserveUserDeviceRelation  version 1.0.1

request GetUserDeviceSyncOMM : ReqType -> GetSetUserDeviceSyncOMMRespType  version 1.0.1

request SetUserDeviceSyncOMM : ReqType UserDeviceSyncOMMType -> GetSetUserDeviceSyncOMMRespType
    @ version 1.0.1

event EventUserDeviceSyncOMMCnf : UserDeviceSyncOMMType  version 1.0.1

topic Control by a manager

request DECTLocateReject : ReqType -> RespType  since 7.1 basis name version 1.0.0
    ipei            text  own
    subscriptionId  hex   own

request DECTSubscribeReject : ReqType -> RespType  since 7.1 basis name version 1.0.0
    ipei   text  own
    addId  text  own

event EventDECTLocate  since 7.1 basis name version 1.0.0
    ppn             int    own
    ipei            text   own
    subscriptionId  hex    own
    ommId           hex    own
    timeStamp       int64  own

event EventDECTSubscribe  since 7.1 basis name version 1.0.0
    ipei   text  own
    addId  text  own
    ommId  hex   own

request GetMOMControlState : ReqType -> RespType  since 7.1 basis name version 1.0.0
answer
    enable  bool  own

request SetMOMControlState : ReqType -> RespType  since 7.1 basis name version 1.0.0
    enable  bool  own
    sari    hex   own

event EventMOMControlState  since 7.1 basis name version 1.0.0
    enable  bool  own

request SetPPLink : ReqType -> RespType  since 7.1 basis name version 1.0.1

event EventPPLink  since 7.1 basis name version 1.0.0

event EventPPLogin  since 7.1 basis name version 1.0.0
    ppn    int   own
    num    text  own
    addId  text  own

event EventPPSIPDeregistered  since 7.1 basis name version 1.0.0
    uid  int  own
    ppn  int  own

event EventPPUserMovedLocally  since 7.1 basis name version 1.0.0
    uid  int  own
    ppn  int  own

request PPSIPDeregister : ReqType -> RespType  since 7.1 basis name version 1.0.0
    uid  int  own
    ppn  int  own

request PPSIPRegister : ReqType -> RespType  since 7.1 basis name version 1.0.0
    uid  int  own
    ppn  int  own

topic Messages passed on

event EventEventFromMOM  since 7.1 basis name version 1.0.0

event EventRequestToMOM  since 7.1 basis name version 1.0.0

event EventResponseFromMOM  since 7.1 basis name version 1.0.0

request RouteEventFromMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0

request RouteRequestToMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0

request RouteResponseFromMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0

topic Data channels of applications

request CreateApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0

request DeleteApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0

request ApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0

event EventApplicationDataChannel  since 7.1 basis name version 1.0.0

event EventApplicationDataChannelCnf  since 7.1 basis name version 1.0.0

request SubscribeApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0
