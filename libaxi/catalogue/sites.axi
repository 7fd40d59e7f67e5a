# sites.axi: sites.
area Sites

topic Sites

enum SiteSTRPType
    Only Preferred Disabled

type SiteType
| A site: base stations with the same features.
    id              int
    name            text          | shown name
    nRFPs           int           | base stations of the site
    wideband        bool          | G.722
    srtp            SiteSTRPType  | encrypted media
    dectSecurity    bool          | DECT security is on
    videoStreaming  bool          | video is on

type CreateSetSiteRespType : RespType SiteType
| As the schema has it; on the wire the record is the element site.

type CreateSetSiteType : ReqType
    + site  SiteType  0..1

type DeleteSiteType : ReqType
    id  int

type EventSiteSummaryType
    nRecords     int  required  | how many
    idFirst      int  required  | the first id
    rfpSiteNum   int  required
    g722SiteNum  int  required

type EventSiteType
    deleted  bool            | is gone
    + site   SiteType  1..1

type GetSiteRespType : RespType
    id      int
    + site  SiteType  0..*

type GetSiteSummaryRespType : RespType
    nRecords               int  required  | how many
    idFirst                int  required  | the first id
    rfpSiteNum             int  required
    g722SiteNum            int  required
    dectSecuritySiteNum    int  required
    videoStreamingSiteNum  int  required
    srtpSiteNum            int  required

request GetSite : ReqType -> GetSiteRespType  version 1.0.2 pages id site 0
| Reads sites from an id on.
    id          int  required
    maxRecords  int  default=0  | how many at most

request CreateSite : CreateSetSiteType -> RespType  version 1.0.2
| Creates a site.
answer
    + site  SiteType  0..1

request SetSite : CreateSetSiteType -> RespType  version 1.0.2
| Changes a site; attributes that are absent keep their value.
answer
    + site  SiteType  0..1

request DeleteSite : DeleteSiteType -> RespType  version 1.0.1
| Deletes a site.

event EventSiteCnf : EventSiteType  version 1.0.2
| Sent when a site was created, changed or deleted; carries the key and what changed.

request GetSiteSummary : ReqType -> GetSiteSummaryRespType  version 1.0.3
| Reads how many sites there are, and the first id.

event EventSiteSummary : EventSiteSummaryType  version 1.0.2
| Sent when the numbers of sites changed.
