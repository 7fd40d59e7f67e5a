# directories.axi: directories and applications.
area Directories and applications

topic LDAP

enum LDAPTypeType
    GN SN CN

type LDAPType
| An LDAP directory.
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
| As the schema has it; on the wire the record is the element ldap.

type CreateSetLDAPType : ReqType
    + ldap  LDAPType  0..1

type DeleteLDAPType : ReqType
    id  int

type EventLDAPType
    deleted  bool            | is gone
    + ldap   LDAPType  1..1

type GetLDAPRespType : RespType
    id      int
    + ldap  LDAPType  0..*

type GetLDAPType : ReqType
    id  int

request GetLDAP : GetLDAPType -> GetLDAPRespType  version 1.0.2
| Reads LDAP directories from an id on.

request CreateLDAP : CreateSetLDAPType -> RespType  version 1.0.3
| Creates a LDAP directory.
answer
    + ldap  LDAPType  0..1

request SetLDAP : CreateSetLDAPType -> RespType  version 1.0.3
| Changes a LDAP directory; attributes that are absent keep their value.
answer
    + ldap  LDAPType  0..1

request DeleteLDAP : DeleteLDAPType -> RespType  version 1.0.1
| Deletes a LDAP directory.

event EventLDAPCnf : EventLDAPType  version 1.0.2
| Sent when a LDAP directory was created, changed or deleted; carries the key and what changed.

topic Corporate directories

type CorporateDirectoryType  since 7.1 basis client
| A corporate directory, as provisioning files have it.
    id           int
    active       bool
    name         text
    type         text
    searchType   text
    displayType  text
    timeout      int
    + url        URLType  0..1

request GetCorporateDirectory : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request SetCorporateDirectory : ReqType -> RespType  since 7.1 basis client version 1.0.0
| Changes a corporate directory.
    + directory  CorporateDirectoryType  0..1
answer basis inferred

event EventCorporateDirectoryCnf  since 7.1 basis name version 1.0.0 open

request GetCorporateDirectoryOrder : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request SetCorporateDirectoryOrder : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

event EventCorporateDirectoryOrderCnf  since 7.1 basis name version 1.0.0 open

topic XML applications

enum XMLApplicationTypeType
    BuiltIn BuiltInReadOnly Dynamic CorpDir

type XMLApplicationType
| An XML application of the phones.
    enable        bool
    id            int
    type          XMLApplicationTypeType
    corpDirOrder  int
    name          text
    + url         URLType                 0..1

type CreateSetXMLApplicationRespType : RespType XMLApplicationType
| As the schema has it; on the wire the record is the element XMLApplication.

type CreateSetXMLApplicationType : ReqType
    + XMLApplication  XMLApplicationType  0..1

type DeleteXMLApplicationType : ReqType
    id  int

type EventXMLApplicationType
    deleted           bool                      | is gone
    + XMLApplication  XMLApplicationType  1..1

type GetXMLApplicationRespType : RespType
    id                int
    + XMLApplication  XMLApplicationType  0..*

request GetXMLApplication : ReqType -> GetXMLApplicationRespType
    @ version 3.0.3 pages id XMLApplication 0
| Reads XML applications from an id on.
    id          int  required
    maxRecords  int  default=0  | how many at most

request CreateXMLApplication : CreateSetXMLApplicationType -> RespType  version 3.0.3
| Creates a XML application. Newer configuration files write xmlAppl.
answer
    + XMLApplication  XMLApplicationType  0..1

request SetXMLApplication : CreateSetXMLApplicationType -> RespType  version 3.0.3
| Changes a XML application; attributes that are absent keep their value.
answer
    + XMLApplication  XMLApplicationType  0..1

request DeleteXMLApplication : DeleteXMLApplicationType -> RespType  version 1.0.1
| Deletes a XML application.

event EventXMLApplicationCnf : EventXMLApplicationType  version 3.0.3
| Sent when a XML application was created, changed or deleted; carries the key and what changed.
