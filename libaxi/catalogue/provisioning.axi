# provisioning.axi: provisioning, software and files.
area Provisioning, software and files
| Configuration, software and licences as files.
| A configuration file (ipdect.cfg) has requests without seq, which are carried out in their order, and comments; real
| ones are not quite XML. There a request can have plainText (its secrets are in clear), replaceData (a record that
| exists is replaced and not refused) and cloudId (only the OMM with this Cloud-ID carries it out).

topic Configuration files

type ConfigURLType
    + url  URLType  0..1

type SystemProvUpdTrigType
    enable  bool
    hour    int   | of the day
    minute  int   | of the hour

type UsedConfigURLs
    + url  URLType  0..*

type GetSetConfigURLRespType : RespType ConfigURLType

type GetSetSystemProvUpdTrigRespType : RespType SystemProvUpdTrigType

type GetUsedConfigURLRespType : RespType
    + url  URLType  0..*

type SetConfigURLType : ReqType ConfigURLType

type SetSystemProvUpdTrigType : ReqType SystemProvUpdTrigType

request GetConfigURL : ReqType -> GetSetConfigURLRespType  version 1.0.1
| Reads where configuration files come from.

request SetConfigURL : SetConfigURLType -> GetSetConfigURLRespType  version 1.0.2
| Changes where configuration files come from.

event EventConfigURLCnf : ConfigURLType  version 1.0.2
| Sent on a change of where configuration files come from.

request GetSystemProvUpdTrig : ReqType -> GetSetSystemProvUpdTrigRespType  version 1.0.3
| Reads the daily time at which configuration files are read again.

request SetSystemProvUpdTrig : SetSystemProvUpdTrigType -> GetSetSystemProvUpdTrigRespType
    @ version 1.0.3
| Changes the daily time at which configuration files are read again.

event EventSystemProvUpdTrigCnf : SystemProvUpdTrigType  version 1.0.3
| Sent when the daily time at which configuration files are read again changed.

request GetUsedConfigURL : ReqType -> GetUsedConfigURLRespType  version 1.0.1
| Reads where the configuration files in use came from.

event EventUsedConfigURL : UsedConfigURLs  version 1.0.1
| The configuration files in use come from somewhere else.

request SetSystemUpdate : ReqType -> RespType  since 8.0 basis client
| When base stations are updated; seen in provisioning files only.
    swActAllAtOnce  bool
    swActTrigger    text
    timedUpdate     bool
    hour            int
    minute          int
    maxDelay        int
answer basis inferred

request SetSystemUpdateTrigger : ReqType -> RespType  since 8.0 basis client
| What is updated, and how often it is tried; seen in provisioning files only.
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

type UserDataServerType
    enable                     bool
    useCommonCerts             bool
    protocol                   ProtocolType
    host                       text
    port                       int
    path                       text
    username                   text
    password                   text                 secret
    sslMethod                  SSLMethodType
    privateKeyPassword         text                 secret  | secret by our reading
    validateCerts              bool
    validateExpires            bool
    validateHostName           bool
    allowNonConfTrustCerts     bool
    importCerts                bool
    nTrustedCertificates       int
    nLocalCertificates         int
    nPrivateKeys               int
    useCommonFileNameOnServer  bool
    + trustedCertificates      CertificateListType  0..1
    + localCertificates        CertificateListType  0..1
    + privateKey               CertificateListType  0..1

type EventUserDataImportType
    result    EventUserDataImportResultType
    filename  text

type GetSetUserDataServerRespType : RespType UserDataServerType

type SetUserDataServerType : ReqType URLType

request ManualUserDataImport : ManualUserDataImportType -> RespType  version 1.0.1
| Imports the data of users from the server now.

event EventUserDataImport : EventUserDataImportType  version 1.0.1
| How an import of user data ended. Not among the elements of the schema.

request GetUserDataServer : ReqType -> RespType  version 2.0.2
| Reads the server with files of users.
answer
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

request SetUserDataServer : ReqType -> RespType  version 2.0.2
| Changes the server with files of users.
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1
answer
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

event EventUserDataServerCnf  version 2.0.2
| Sent when the server with files of users changed.
    useCommonFileNameOnServer  bool
    + url                      URLType  0..1

topic Software of base stations

type SoftwareImageURLType
    + url  URLType  0..1

type SoftwareUpdateType
    timedUpdate  bool
    allAtOnce    bool
    hour         int   | of the day
    minute       int   | of the hour

type SoftwareUpdateReqType : RespType SoftwareUpdateType

type SoftwareUpdateRespType : RespType SoftwareUpdateType

type GetSetSoftwareImageURLRespType : RespType SoftwareImageURLType

type SetSoftwareImageURLType : ReqType SoftwareImageURLType

request GetSoftwareImageURL : ReqType -> GetSetSoftwareImageURLRespType
| Reads where the software of base stations is fetched from.

request SetSoftwareImageURL : SetSoftwareImageURLType -> GetSetSoftwareImageURLRespType
| Changes where the software of base stations is fetched from.

event EventSoftwareImageURLCnf : SoftwareImageURLType
| Sent on a change of where the software of base stations is fetched from.

request GetSoftwareUpdate : ReqType -> SoftwareUpdateRespType  version 1.0.2
| Reads when the software of base stations is updated.

request SoftwareUpdate : ReqType SoftwareUpdateType -> SoftwareUpdateRespType  version 1.0.4
| Updates the software of base stations, now or at a time.

event EventSoftwareUpdateCnf : SoftwareUpdateType  version 1.0.3
| Sent when the time of the software update changed.

topic The administration program

type GetSetOMPURLRespType : RespType
    + url  URLType  0..1

type SetOMPURLType : ReqType
    + url  URLType  0..1

request GetOMPURL : ReqType -> GetSetOMPURLRespType
| Reads where the administration program is found.

request SetOMPURL : SetOMPURLType -> GetSetOMPURLRespType
| Changes where the administration program is found.

event EventOMPURLCnf : ServerType
| Sent on a change of where the administration program is found.

topic Files

type PutFileType : ReqType
    name    text  | begins with a colon: :license, :ima
    offset  int   | bytes before this block
    data    text  | base64
    eof     bool  | this block is the end

type GetFileRespType : RespType
    name    text  | of the file
    offset  int   | bytes before this block
    data    text  | base64
    size    int   | of the file
    eof     bool  | this block is the end

type GetFileType : ReqType
    name  text  | begins with a colon: :license, :ima

request GetFile : GetFileType -> GetFileRespType  version 1.0.4
| Reads a file. Nothing says where to begin, so we read the answer as several, one for each block.

request PutFile : PutFileType -> RespType  version 1.1.5
| Sends a block of a file: blocks in their order, an answer to each, an empty one with eof at last. An empty
| file deletes. Clients send 500 bytes at a time.
