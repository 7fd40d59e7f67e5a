# accounts.axi: accounts.
area Accounts

topic Accounts of the OMM

enum AccountAgingType
    time3Months time6Months count50Logins count100Logins none

enum AccountStateTypeType
    dontCare changed notChanged expired

type AccountType
    id            int
    username      text
    password      text                  secret
    oldPassword   text                  secret
    active        bool
    aging         AccountAgingType
    expire        int
    state         AccountStateTypeType
    + permission  PermissionType        0..*

type CreateAccountType : ReqType AccountType

type CreateGetSetAccountRespType : RespType
    + account  AccountType  0..*

type DeleteAccountType : ReqType
    id  int  required

type EventAccountSummaryType
    nRecords  int  required
    idFirst   int  required

type GetAccountType : ReqType
    id          int  required
    maxRecords  int  default=0

type SetAccountType : ReqType AccountType

request GetAccount : GetAccountType -> CreateGetSetAccountRespType  version 1.0.5 pages id account 0

request CreateAccount : ReqType -> CreateGetSetAccountRespType  version 1.0.5
    + account  AccountType  1..1

request SetAccount : ReqType -> CreateGetSetAccountRespType  version 1.0.7
    + account  AccountType  1..1

request DeleteAccount : DeleteAccountType -> RespType  version 1.0.1

event EventAccountCnf  version 1.0.5
    deleted    bool
    + account  AccountType  0..1

request GetAccountSummary : ReqType -> GetSummaryRespType  version 1.0.2

event EventAccountSummary : EventAccountSummaryType  version 1.0.1

topic Credentials for servers

type SystemCredentialsType
    username  text
    password  text  secret

type GetSetSystemCredentialsRespType : RespType SystemCredentialsType

type SetSystemCredentialsType : ReqType SystemCredentialsType

request GetSystemCredentials : ReqType -> GetSetSystemCredentialsRespType  version 1.0.1

request SetSystemCredentials : SetSystemCredentialsType -> GetSetSystemCredentialsRespType
    @ version 1.0.1

event EventSystemCredentialsCnf : SystemCredentialsType  version 1.0.1
