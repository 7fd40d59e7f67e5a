# provisioning.axi: provisioning, software and files.
area Provisioning, software and files

topic Configuration files

type ConfigURLType
    + url  URLType  0..1

type UsedConfigURLs
    + url  URLType  0..*

type GetSetConfigURLRespType : RespType ConfigURLType

type GetSetSystemProvUpdTrigRespType : RespType SystemProvUpdTrigType

type GetUsedConfigURLRespType : RespType
    + url  URLType  0..*

type SetConfigURLType : ReqType ConfigURLType

type SetSystemProvUpdTrigType : ReqType SystemProvUpdTrigType

request GetConfigURL : ReqType -> GetSetConfigURLRespType  version 1.0.1

request SetConfigURL : SetConfigURLType -> GetSetConfigURLRespType  version 1.0.2

event EventConfigURLCnf : ConfigURLType  version 1.0.2

request GetSystemProvUpdTrig : ReqType -> GetSetSystemProvUpdTrigRespType  version 1.0.3

request SetSystemProvUpdTrig : SetSystemProvUpdTrigType -> GetSetSystemProvUpdTrigRespType
    @ version 1.0.3

event EventSystemProvUpdTrigCnf : SystemProvUpdTrigType  version 1.0.3

request GetUsedConfigURL : ReqType -> GetUsedConfigURLRespType  version 1.0.1

event EventUsedConfigURL : UsedConfigURLs  version 1.0.1

request SetSystemUpdate : ReqType -> RespType  since 8.0 basis client
    swActAllAtOnce  bool
    swActTrigger    text
    timedUpdate     bool
    hour            int
    minute          int
    maxDelay        int
answer basis inferred

request SetSystemUpdateTrigger : ReqType -> RespType  since 8.0 basis client
    triggerType  text
    cfgUpdate    bool
    swUpdate     bool
    sipCerts     bool
    errWaitTime  int
    retryDelay   int
    retryCount   int
answer basis inferred

topic User data

enum EventUserDataImportResultType
    Imported Failed

type ManualUserDataImportType : ReqType
    userId  text

type UserDataServerType : URLType
    useCommonFileNameOnServer  bool

type EventUserDataImportType
    result    EventUserDataImportResultType
    filename  text

type GetSetUserDataServerRespType : RespType UserDataServerType

type SetUserDataServerType : ReqType URLType

request ManualUserDataImport : ManualUserDataImportType -> RespType  version 1.0.1

event EventUserDataImport  version 1.0.1
    result    EventUserDataImportResultType
    filename  text

request GetUserDataServer : ReqType -> RespType  version 2.0.2
answer
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

request SetUserDataServer : ReqType -> RespType  version 2.0.2
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1
answer
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

event EventUserDataServerCnf  version 2.0.2
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

topic Software of base stations

type SoftwareImageURLType
    + url  URLType  0..1

type SoftwareUpdateType
    timedUpdate  bool
    allAtOnce    bool
    hour         int
    minute       int

type SoftwareUpdateReqType : RespType SoftwareUpdateType

type SoftwareUpdateRespType : RespType SoftwareUpdateType

type GetSetSoftwareImageURLRespType : RespType SoftwareImageURLType

type SetSoftwareImageURLType : ReqType SoftwareImageURLType

request GetSoftwareImageURL : ReqType -> GetSetSoftwareImageURLRespType

request SetSoftwareImageURL : SetSoftwareImageURLType -> GetSetSoftwareImageURLRespType

event EventSoftwareImageURLCnf : SoftwareImageURLType

request GetSoftwareUpdate : ReqType -> SoftwareUpdateRespType  version 1.0.2

request SoftwareUpdate : ReqType SoftwareUpdateType -> SoftwareUpdateRespType  version 1.0.4

event EventSoftwareUpdateCnf : SoftwareUpdateType  version 1.0.3

topic The administration program

type GetSetOMPURLRespType : RespType
    + url  URLType  0..1

type SetOMPURLType : ReqType
    + url  URLType  0..1

request GetOMPURL : ReqType -> GetSetOMPURLRespType

request SetOMPURL : SetOMPURLType -> GetSetOMPURLRespType

event EventOMPURLCnf : ServerType

topic Files

type PutFileType : ReqType
    name    text
    offset  int
    data    text
    eof     bool

type GetFileRespType : RespType
    name    text
    offset  int
    data    text
    size    int
    eof     bool

type GetFileType : ReqType
    name  text

request GetFile : GetFileType -> GetFileRespType  version 1.0.4

request PutFile : PutFileType -> RespType  version 1.1.5
