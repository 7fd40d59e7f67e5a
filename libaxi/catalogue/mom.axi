# mom.axi: synchronisation and the Multi-OMM Manager.
area Synchronisation and the Multi-OMM Manager
| What an OMM and a Multi-OMM Manager, or two OMMs, say to each other. Of most of these messages only the name
| is public. Where attributes stand all the same they are this project's own reading, marked so, and will differ
| from what a real system sends.

topic Users and devices in one

request GetPP : ReqType -> RespType  since 7.1 basis client version 2.0.0
| Reads a device and its user at once, by either key. For synchronisation sessions.
    uid  int  | user
    ppn  int  | device
answer
    + pp    PPDevType   0..1
    + user  PPUserType  0..1

request SetPP : ReqType -> RespType  since 7.1 basis client version 2.0.0
| Writes a device, a user, or both with their relation: the way to bind and unbind. For synchronisation
| sessions; both sides of a relation go into one request. A device can be bound to another user without being
| unbound before. A phone that subscribes again has lost its user, whose ppnOld names it still.
    + pp    PPDevType   0..1  | the device
    + user  PPUserType  0..1  | the user
answer basis capture
    + pp    PPDevType   0..1
    + user  PPUserType  0..1

event EventPPCnf  since 7.1 basis capture version 2.0.0
| What a synchronisation session gets for EventPPDevCnf and EventPPUserCnf: what changed of a device, a user, or
| both.
    deletedUser  bool              | the user is gone
    deletedDev   bool              | the device is gone
    + pp         PPDevType   0..1
    + user       PPUserType  0..1

topic Partners
| Until release 8.0 an OMM can log in at a central one to have users and devices in common; in later releases that
| is the work of a Multi-OMM Manager. Sites that are kept in step have PARKs with the same length indicator (PLI),
| one SARI and clocks that agree.

type PreserveUserDeviceRelation
    enable  bool

type UserDeviceSyncOMMType
| The OMM that users and devices are synchronised with, and the account there.
    enable          bool
    omm1DomainName  text
    omm2DomainName  text
    user            text
    password        text  secret  | secret by our reading

type GetSetPreserveUserDeviceRelationRespType : RespType PreserveUserDeviceRelation

type GetSetUserDeviceSyncOMMRespType : RespType UserDeviceSyncOMMType

type SetPreserveUserDeviceRelationType : ReqType PreserveUserDeviceRelation

type SetUserDeviceSyncOMMType : ReqType URLType

request GetPreserveUserDeviceRelation : ReqType -> GetSetPreserveUserDeviceRelationRespType
    @ version 1.0.1
| Reads whether relations of users and devices survive a restoration of the database.

request SetPreserveUserDeviceRelation : SetPreserveUserDeviceRelationType -> GetSetPreserveUserDeviceRelationRespType
    @ version 1.0.1
| Changes whether relations of users and devices survive a restoration of the database.

event EventPreserveUserDeviceRelationCnf : PreserveUserDeviceRelation  version 1.0.1
| Sent on a change of whether relations of users and devices survive a restoration of the database.

request GetUserDeviceSyncOMM : ReqType -> GetSetUserDeviceSyncOMMRespType  version 1.0.1
| Reads the partner that users and devices are synchronised with (until 8.0).

request SetUserDeviceSyncOMM : ReqType UserDeviceSyncOMMType -> GetSetUserDeviceSyncOMMRespType
    @ version 1.0.1
| Changes the partner that users and devices are synchronised with (until 8.0).

event EventUserDeviceSyncOMMCnf : UserDeviceSyncOMMType  version 1.0.1
| Sent when the partner that users and devices are synchronised with (until 8.0) changed.

topic Control by a manager
| Names from the list of versions of 7.1; the attributes are our own.

request DECTLocateReject : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: the manager will not have it; to accept, it sends the record by SetPP.
    ipei            text  own  | equipment identity
    subscriptionId  hex   own  | identity of the phone

request DECTSubscribeReject : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: the manager will not have it; to accept, it sends the record by SetPP.
    ipei   text  own  | equipment identity
    addId  text  own  | what the user typed

event EventDECTLocate  since 7.1 basis name version 1.0.0
| Our reading of a name: a phone has come here whose record is at another OMM.
    ppn             int    own  | device
    ipei            text   own  | equipment identity
    subscriptionId  hex    own  | identity of the phone
    ommId           hex    own  | OMM that serves it until now
    timeStamp       int64  own  | when

event EventDECTSubscribe  since 7.1 basis name version 1.0.0
| Our reading of a name: a phone that the OMM does not know asks to subscribe.
    ipei   text  own  | equipment identity
    addId  text  own  | what the user typed at a wildcard subscription
    ommId  hex   own  | OMM that asks

request GetMOMControlState : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: asks whether a manager controls this OMM.
answer
    enable  bool  own  | under control

request SetMOMControlState : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: a manager takes the OMM under its control, or lets it go.
    enable  bool  own  | under control
    sari    hex   own  | identity of the whole system

event EventMOMControlState  since 7.1 basis name version 1.0.0
| Our reading of a name: the control by a manager began or ended.
    enable  bool  own  | under control

request SetPPLink : ReqType -> RespType  since 7.1 basis name version 1.0.1 open
answer open

event EventPPLink  since 7.1 basis name version 1.0.0 open

event EventPPLogin  since 7.1 basis name version 1.0.0
| Our reading of a name: a login at a phone of this OMM.
    ppn    int   own  | the phone
    num    text  own  | who logs in, by number
    addId  text  own  | or by additional id

event EventPPSIPDeregistered  since 7.1 basis name version 1.0.0
| Our reading of a name: the registration was given up.
    uid  int  own  | user
    ppn  int  own  | device

event EventPPUserMovedLocally  since 7.1 basis name version 1.0.0
| Our reading of a name: a user changed the phone within this OMM.
    uid  int  own  | user
    ppn  int  own  | the phone now

request PPSIPDeregister : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: give up the registration of this user, whose phone is elsewhere.
    uid  int  own  | user
    ppn  int  own  | device

request PPSIPRegister : ReqType -> RespType  since 7.1 basis name version 1.0.0
| Our reading of a name: register this user at the SIP server now.
    uid  int  own  | user
    ppn  int  own  | device

topic Messages passed on

event EventEventFromMOM  since 7.1 basis name version 1.0.0 open
| By its name: an event of the manager.

event EventRequestToMOM  since 7.1 basis name version 1.0.0 open
| By its name: a request that is to go to the manager.

event EventResponseFromMOM  since 7.1 basis name version 1.0.0 open
| By its name: the manager's answer.

request RouteEventFromMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
| By its name: passes an event of the manager on.
answer open

request RouteRequestToMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
| By its name: a request for the manager.
answer open

request RouteResponseFromMOM : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
| By its name: passes the manager's answer back.
answer open

topic Data channels of applications

request CreateApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request DeleteApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request ApplicationDataChannel : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

event EventApplicationDataChannel  since 7.1 basis name version 1.0.0 open

event EventApplicationDataChannelCnf  since 7.1 basis name version 1.0.0 open

request SubscribeApplicationDataChannel : ReqType -> RespType
    @ since 7.1 basis name version 1.0.0 open
answer open
