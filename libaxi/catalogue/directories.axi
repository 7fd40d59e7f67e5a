# directories.axi: directories and applications.
area Directories and applications

topic LDAP

enum LDAPTypeType
    GN SN CN

type LDAPType
    id           int
    name         text
    active       bool
    order        int
    server       text
    port         int
    searchBase   text
    username     text
    password     text          secret
    searchType   LDAPTypeType
    displayType  LDAPTypeType
    timeout      int

type CreateSetLDAPRespType : RespType LDAPType

type CreateSetLDAPType : ReqType
    + ldap  LDAPType  0..1

type DeleteLDAPType : ReqType
    id  int

type EventLDAPType
    deleted  bool
    + ldap   LDAPType  1..1

type GetLDAPRespType : RespType
    id      int
    + ldap  LDAPType  0..*

type GetLDAPType : ReqType
    id  int

request GetLDAP : GetLDAPType -> GetLDAPRespType  version 1.0.2

request CreateLDAP : CreateSetLDAPType -> RespType  version 1.0.3
answer
    + ldap  LDAPType  0..1

request SetLDAP : CreateSetLDAPType -> RespType  version 1.0.3
answer
    + ldap  LDAPType  0..1

request DeleteLDAP : DeleteLDAPType -> RespType  version 1.0.1

event EventLDAPCnf : EventLDAPType  version 1.0.2

topic Corporate directories

type CorporateDirectoryType  since 7.1 basis client
    id           int
    active       bool
    name         text
    type         text
    searchType   text
    displayType  text
    timeout      int
    + url        URLType  0..1

request GetCorporateDirectory : ReqType -> RespType  since 7.1 basis name version 1.0.0

request SetCorporateDirectory : ReqType -> RespType  since 7.1 basis client version 1.0.0
    + directory  CorporateDirectoryType  0..1
answer basis inferred

event EventCorporateDirectoryCnf  since 7.1 basis name version 1.0.0

request GetCorporateDirectoryOrder : ReqType -> RespType  since 7.1 basis name version 1.0.0

request SetCorporateDirectoryOrder : ReqType -> RespType  since 7.1 basis name version 1.0.0

event EventCorporateDirectoryOrderCnf  since 7.1 basis name version 1.0.0

topic XML applications

enum XMLApplicationTypeType
    BuiltIn BuiltInReadOnly Dynamic CorpDir

type XMLApplicationType
    enable        bool
    id            int
    type          XMLApplicationTypeType
    corpDirOrder  int
    name          text
    + url         URLType                 0..1

type CreateSetXMLApplicationRespType : RespType XMLApplicationType

type CreateSetXMLApplicationType : ReqType
    + XMLApplication  XMLApplicationType  0..1

type DeleteXMLApplicationType : ReqType
    id  int

type EventXMLApplicationType
    deleted           bool
    + XMLApplication  XMLApplicationType  1..1

type GetXMLApplicationRespType : RespType
    id                int
    + XMLApplication  XMLApplicationType  0..*

request GetXMLApplication : ReqType -> GetXMLApplicationRespType
    @ version 3.0.3 pages id XMLApplication 0
    id          int  required
    maxRecords  int  default=0

request CreateXMLApplication : CreateSetXMLApplicationType -> RespType  version 3.0.3
answer
    + XMLApplication  XMLApplicationType  0..1

request SetXMLApplication : CreateSetXMLApplicationType -> RespType  version 3.0.3
answer
    + XMLApplication  XMLApplicationType  0..1

request DeleteXMLApplication : DeleteXMLApplicationType -> RespType  version 1.0.1

event EventXMLApplicationCnf : EventXMLApplicationType  version 3.0.3
