# sites.axi: sites.
area Sites

topic Sites

enum SiteSTRPType
    Only Preferred Disabled

type SiteType
    id              int
    name            text
    nRFPs           int
    wideband        bool
    srtp            SiteSTRPType
    dectSecurity    bool
    videoStreaming  bool

type CreateSetSiteRespType : RespType SiteType

type CreateSetSiteType : ReqType
    + site  SiteType  0..1

type DeleteSiteType : ReqType
    id  int

type EventSiteSummaryType
    nRecords     int  required
    idFirst      int  required
    rfpSiteNum   int  required
    g722SiteNum  int  required

type EventSiteType
    deleted  bool
    + site   SiteType  1..1

type GetSiteRespType : RespType
    id      int
    + site  SiteType  0..*

type GetSiteSummaryRespType : RespType
    nRecords               int  required
    idFirst                int  required
    rfpSiteNum             int  required
    g722SiteNum            int  required
    dectSecuritySiteNum    int  required
    videoStreamingSiteNum  int  required
    srtpSiteNum            int  required

request GetSite : ReqType -> GetSiteRespType  version 1.0.2 pages id site 0
    id          int  required
    maxRecords  int  default=0

request CreateSite : CreateSetSiteType -> RespType  version 1.0.2
answer
    + site  SiteType  0..1

request SetSite : CreateSetSiteType -> RespType  version 1.0.2
answer
    + site  SiteType  0..1

request DeleteSite : DeleteSiteType -> RespType  version 1.0.1

event EventSiteCnf : EventSiteType  version 1.0.2

request GetSiteSummary : ReqType -> GetSiteSummaryRespType  version 1.0.3

event EventSiteSummary : EventSiteSummaryType  version 1.0.2
