# security.axi: certificates.
area Certificates

topic SIP

type SecurePROVCertificateServerImportType
    enable               bool
    trustedCertificates  text
    localCertificates    text
    privateKey           text
    + url                URLType  0..1

type SecureSIPCertificateServerImportType : SecurePROVCertificateServerImportType

type EventSecureSIPCertificateCnfType
    nTrustedCertificates   int
    nLocalCertificates     int
    nPrivateKeys           int
    privateKeyPassword     text                 secret
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKeys          CertificateListType  0..1

type GetSetSecureSIPCertificateRespType : RespType
    nTrustedCertificates   int
    nLocalCertificates     int
    nPrivateKeys           int
    privateKeyPassword     text                 secret
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKeys          CertificateListType  0..1

type GetSetSecureSIPCertificateServerImportRespType : RespType SecureSIPCertificateServerImportType

type SetSecureSIPCertificateServerImportType : RespType SecureSIPCertificateServerImportType

type SetSecureSIPCertificateType : ReqType
    privateKeyPassword     text                 secret
    + trustedCertificates  CertificateListType  0..1
    + localCertificates    CertificateListType  0..1
    + privateKey           CertificateListType  0..1

request GetSecureSIPCertificate : ReqType -> GetSetSecureSIPCertificateRespType  version 1.1.1

request SetSecureSIPCertificate : SetSecureSIPCertificateType -> GetSetSecureSIPCertificateRespType
    @ version 1.1.2

event EventSecureSIPCertificateCnf : EventSecureSIPCertificateCnfType  version 1.1.1

request GetSecureSIPCertificateServerImport : ReqType -> GetSetSecureSIPCertificateServerImportRespType
    @ version 2.0.4

request SetSecureSIPCertificateServerImport : ReqType SecureSIPCertificateServerImportType -> GetSetSecureSIPCertificateServerImportRespType
    @ version 2.0.4

event EventSecureSIPCertificateServerImportCnf : SecureSIPCertificateServerImportType  version 2.0.5

topic The OMM

type SecureOMMCertificateServerImportType
    enable             bool
    localCertificates  text
    privateKey         text
    + url              URLType  0..1

type EventOMMCertificateCnfType
    nLocalCertificates  int
    nPrivateKeys        int
    privateKeyPassword  text  secret

type GetSetOMMCertificateRespType : RespType
    nLocalCertificates  int
    nPrivateKeys        int
    privateKeyPassword  text  secret

type GetSetSecureOMMCertificateRespType : RespType
    nLocalCertificates   int
    nPrivateKeys         int
    privateKeyPassword   text                 secret
    + localCertificates  CertificateListType  0..1
    + privateKeys        CertificateListType  0..1

type GetSetSecureOMMCertificateServerImportRespType : RespType SecureOMMCertificateServerImportType

type SetOMMCertificateType : ReqType
    privateKeyPassword   text                 secret
    + localCertificates  CertificateListType  0..1
    + privateKey         CertificateListType  0..1

type SetSecureOMMCertificateServerImportType : RespType SecureOMMCertificateServerImportType

type SetSecureOMMCertificateType : ReqType
    privateKeyPassword   text                 secret
    + localCertificates  CertificateListType  0..1
    + privateKey         CertificateListType  0..1

request GetOMMCertificate : ReqType -> GetSetOMMCertificateRespType  version 1.0.2

request SetOMMCertificate : SetOMMCertificateType -> GetSetOMMCertificateRespType  version 1.0.4

event EventOMMCertificateCnf : EventOMMCertificateCnfType  version 1.0.2

request GetSecureOMMCertificateServerImport : ReqType -> GetSetSecureOMMCertificateServerImportRespType
    @ version 1.0.4

request SetSecureOMMCertificateServerImport : ReqType SecureOMMCertificateServerImportType -> GetSetSecureOMMCertificateServerImportRespType
    @ version 1.0.4

event EventSecureOMMCertificateServerImportCnf : SecureOMMCertificateServerImportType  version 1.0.5

request GetSecureOMMCertificate : ReqType -> GetSetSecureOMMCertificateRespType

request SetSecureOMMCertificate : SetSecureOMMCertificateType -> GetSetSecureOMMCertificateRespType

topic Provisioning

type GetSetSecurePROVCertificateServerImportRespType : RespType SecurePROVCertificateServerImportType

type SetSecurePROVCertificateServerImportType : RespType SecurePROVCertificateServerImportType

request GetSecurePROVCertificateServerImport : ReqType -> GetSetSecurePROVCertificateServerImportRespType
    @ version 1.0.4

request SetSecurePROVCertificateServerImport : ReqType SecurePROVCertificateServerImportType -> GetSetSecurePROVCertificateServerImportRespType
    @ version 1.0.4

event EventSecurePROVCertificateServerImportCnf : SecurePROVCertificateServerImportType
    @ version 1.0.5

topic Supplicant

request GetSupplicantCertificate : ReqType -> RespType  since 7.1 basis name version 1.0.0

request SetSupplicantCertificate : ReqType -> RespType  since 7.1 basis name version 1.0.2

event EventSupplicantCertificateCnf  since 7.1 basis name version 1.0.0

request GetSupplicantCertificateServerImport : ReqType -> RespType
    @ since 7.1 basis name version 1.0.0

request SetSupplicantCertificateServerImport : ReqType -> RespType
    @ since 7.1 basis name version 1.0.0

event EventSupplicantCertificateServerImportCnf  since 7.1 basis name version 1.0.0

request GetSupplicant : ReqType -> RespType  since 7.1 basis name version 1.0.0

request SetSupplicant : ReqType -> RespType  since 7.1 basis name version 1.0.0

event EventSupplicantCnf  since 7.1 basis name version 1.0.0
