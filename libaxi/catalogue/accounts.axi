# accounts.axi: accounts.
area Accounts

topic Accounts of the OMM

enum AccountAgingType
    time3Months time6Months count50Logins count100Logins none

enum AccountStateTypeType
    dontCare changed notChanged expired

type AccountType
| An account of the OMM. The ids 0 to 2 are built in.
    id            int                           | 0 to 2 are built in
    username      text                          | to log in with
    password      text                  secret  | secret by our reading
    oldPassword   text                  secret  | to change the password
    active        bool                          | may log in
    aging         AccountAgingType              | when the password expires
    expire        int                           | how much is left until then
    state         AccountStateTypeType          | of the password
    + permission  PermissionType        0..*    | what its sessions may do

type CreateAccountType : ReqType AccountType
| As the schema has it; on the wire the record is the element account.

type CreateGetSetAccountRespType : RespType
    + account  AccountType  0..*

type DeleteAccountType : ReqType
    id  int  required

type EventAccountSummaryType
    nRecords  int  required  | how many
    idFirst   int  required  | the first id

type GetAccountType : ReqType
    id          int  required
    maxRecords  int  default=0  | how many at most

type SetAccountType : ReqType AccountType
| As the schema has it; on the wire the record is the element account.

request GetAccount : GetAccountType -> CreateGetSetAccountRespType  version 1.0.5 pages id account 0
| Reads accounts from an id on.

request CreateAccount : ReqType -> CreateGetSetAccountRespType  version 1.0.5
| Creates an account.
    + account  AccountType  1..1

request SetAccount : ReqType -> CreateGetSetAccountRespType  version 1.0.7
| Changes an account; attributes that are absent keep their value.
    + account  AccountType  1..1

request DeleteAccount : DeleteAccountType -> RespType  version 1.0.1
| Deletes an account.

event EventAccountCnf  version 1.0.5
| Sent when an account was created, changed or deleted; carries the key and what changed.
    deleted    bool               | is gone
    + account  AccountType  0..1

request GetAccountSummary : ReqType -> GetSummaryRespType  version 1.0.2
| Reads how many accounts there are, and the first id.

event EventAccountSummary : EventAccountSummaryType  version 1.0.1
| Sent when the numbers of accounts changed.

topic Credentials for servers

type SystemCredentialsType
    username  text
    password  text  secret

type GetSetSystemCredentialsRespType : RespType SystemCredentialsType

type SetSystemCredentialsType : ReqType SystemCredentialsType

request GetSystemCredentials : ReqType -> GetSetSystemCredentialsRespType  version 1.0.1
| Reads the account that the OMM uses at configuration servers.

request SetSystemCredentials : SetSystemCredentialsType -> GetSetSystemCredentialsRespType
    @ version 1.0.1
| Changes the account that the OMM uses at configuration servers.

event EventSystemCredentialsCnf : SystemCredentialsType  version 1.0.1
| Sent when the account that the OMM uses at configuration servers changed.
