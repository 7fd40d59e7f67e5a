# security.axi: certificates.
area Certificates

topic SIP

type SecureSIPCertificateServerImportType
    enable               bool
    trustedCertificates  text
    localCertificates    text
    privateKey           text
    + url                URLType  0..1

type EventSecureSIPCertificateCnfType
    nTrustedCertificates   int
    nLocalCertificates     int
    nPrivateKeys           int
    privateKeyPassword     text                 secret  | secret by our reading
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKeys          CertificateListType  0..1

type GetSetSecureSIPCertificateRespType : RespType
    nTrustedCertificates   int
    nLocalCertificates     int
    nPrivateKeys           int
    privateKeyPassword     text                 secret  | secret by our reading
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKeys          CertificateListType  0..1

type GetSetSecureSIPCertificateServerImportRespType : RespType SecureSIPCertificateServerImportType

type SetSecureSIPCertificateServerImportType : RespType SecureSIPCertificateServerImportType

type SetSecureSIPCertificateType : ReqType
    privateKeyPassword     text                 secret  | secret by our reading
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKey           CertificateListType  0..1

request GetSecureSIPCertificate : ReqType -> GetSetSecureSIPCertificateRespType  version 1.1.1
| Reads the certificates for SIP.

request SetSecureSIPCertificate : SetSecureSIPCertificateType -> GetSetSecureSIPCertificateRespType
    @ version 1.1.2
| Changes the certificates for SIP.

event EventSecureSIPCertificateCnf : EventSecureSIPCertificateCnfType  version 1.1.1
| Sent when the certificates for SIP changed.

request GetSecureSIPCertificateServerImport : ReqType -> GetSetSecureSIPCertificateServerImportRespType
    @ version 2.0.4
| Reads where certificates for SIP are imported from.

request SetSecureSIPCertificateServerImport : ReqType SecureSIPCertificateServerImportType
    -> GetSetSecureSIPCertificateServerImportRespType
    @ version 2.0.4
| Changes where certificates for SIP are imported from.

event EventSecureSIPCertificateServerImportCnf : SecureSIPCertificateServerImportType  version 2.0.5
| Sent on a change of where certificates for SIP are imported from.

topic The OMM

type SecureOMMCertificateServerImportType
    enable             bool
    localCertificates  text
    privateKey         text
    + url              URLType  0..1

type EventOMMCertificateCnfType
    nLocalCertificates  int
    nPrivateKeys        int
    privateKeyPassword  text  secret  | secret by our reading

type GetSetOMMCertificateRespType : RespType
    nLocalCertificates  int
    nPrivateKeys        int
    privateKeyPassword  text  secret  | secret by our reading

type GetSetSecureOMMCertificateRespType : RespType
    nLocalCertificates   int
    nPrivateKeys         int
    privateKeyPassword   text                 secret  | secret by our reading
    + localCertificates  CertificateListType  0..1
    + privateKeys        CertificateListType  0..1

type GetSetSecureOMMCertificateServerImportRespType : RespType SecureOMMCertificateServerImportType

type SetOMMCertificateType : ReqType
    privateKeyPassword   text                 secret  | secret by our reading
    + localCertificates  CertificateListType  0..1
    + privateKey         CertificateListType  0..1

type SetSecureOMMCertificateServerImportType : RespType SecureOMMCertificateServerImportType

type SetSecureOMMCertificateType : ReqType
    privateKeyPassword   text                 secret  | secret by our reading
    + localCertificates  CertificateListType  0..1
    + privateKey         CertificateListType  0..1

request GetOMMCertificate : ReqType -> GetSetOMMCertificateRespType  version 1.0.2
| Reads the OMM's certificate.

request SetOMMCertificate : SetOMMCertificateType -> GetSetOMMCertificateRespType  version 1.0.4
| Changes the OMM's certificate.

event EventOMMCertificateCnf : EventOMMCertificateCnfType  version 1.0.2
| Sent when the OMM's certificate changed.

request GetSecureOMMCertificateServerImport : ReqType -> GetSetSecureOMMCertificateServerImportRespType
    @ version 1.0.4
| Reads where the OMM's certificates are imported from.

request SetSecureOMMCertificateServerImport : ReqType SecureOMMCertificateServerImportType
    -> GetSetSecureOMMCertificateServerImportRespType
    @ version 1.0.4
| Changes where the OMM's certificates are imported from.

event EventSecureOMMCertificateServerImportCnf : SecureOMMCertificateServerImportType  version 1.0.5
| Sent on a change of where the OMM's certificates are imported from.

request GetSecureOMMCertificate : ReqType -> GetSetSecureOMMCertificateRespType
| Reads the OMM's certificate.

request SetSecureOMMCertificate : SetSecureOMMCertificateType -> GetSetSecureOMMCertificateRespType
| Changes the OMM's certificate.

topic Provisioning

type SecurePROVCertificateServerImportType
    enable               bool
    trustedCertificates  text
    localCertificates    text
    privateKey           text
    + url                URLType  0..1

type GetSetSecurePROVCertificateServerImportRespType : RespType SecurePROVCertificateServerImportType

type SetSecurePROVCertificateServerImportType : RespType SecurePROVCertificateServerImportType

request GetSecurePROVCertificateServerImport : ReqType -> GetSetSecurePROVCertificateServerImportRespType
    @ version 1.0.4
| Reads where certificates for provisioning are imported from.

request SetSecurePROVCertificateServerImport : ReqType SecurePROVCertificateServerImportType
    -> GetSetSecurePROVCertificateServerImportRespType
    @ version 1.0.4
| Changes where certificates for provisioning are imported from.

event EventSecurePROVCertificateServerImportCnf : SecurePROVCertificateServerImportType
    @ version 1.0.5
| Sent on a change of where certificates for provisioning are imported from.

topic Supplicant

request GetSupplicantCertificate : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request SetSupplicantCertificate : ReqType -> RespType  since 7.1 basis name version 1.0.2 open
answer open

event EventSupplicantCertificateCnf  since 7.1 basis name version 1.0.0 open

request GetSupplicantCertificateServerImport : ReqType -> RespType
    @ since 7.1 basis name version 1.0.0 open
answer open

request SetSupplicantCertificateServerImport : ReqType -> RespType
    @ since 7.1 basis name version 1.0.0 open
answer open

event EventSupplicantCertificateServerImportCnf  since 7.1 basis name version 1.0.0 open

request GetSupplicant : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

request SetSupplicant : ReqType -> RespType  since 7.1 basis name version 1.0.0 open
answer open

event EventSupplicantCnf  since 7.1 basis name version 1.0.0 open
