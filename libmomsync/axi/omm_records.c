/*
 * Records of an OMM: what it tells becomes RECORD inputs, the attributes of a PUT become elements.
 */
#include "omm_impl.h"

#include <string.h>

uint32_t mom__omm_local(enum mom_type type, const struct axi_elem *elem)
{
    return mom__records_id(elem, type == MOM_USER ? AXI_A_uid : AXI_A_ppn);
}

/* --- from the OMM */

int mom__omm_record(struct mom_omm *link, enum mom_type type, uint32_t local,
                    const struct axi_elem *elem, bool partial)
{
    struct mom_input input = {.kind = MOM_IN_RECORD, .type = type, .partial = partial};
    int rc = mom__records_read(&link->records, elem, &input);

    if (rc != MOM_OK)
        return rc;
    input.local = local;
    return mom__omm_input(link, &input);
}

int mom__omm_answered_record(struct mom_omm *link, enum mom_type type, const struct axi_elem *elem)
{
    bool whole = axi_has(elem, type == MOM_USER ? AXI_A_num : AXI_A_ipei) &&
                 axi_has(elem, AXI_A_relType) && axi_has(elem, AXI_A_timeStamp);
    uint32_t local = mom__omm_local(type, elem);

    return local == 0 ? MOM_OK : mom__omm_record(link, type, local, elem, !whole);
}

int mom__omm_gone(struct mom_omm *link, enum mom_type type, uint32_t local)
{
    struct mom_input input = {.kind = MOM_IN_GONE, .type = type, .local = local};

    return mom__omm_input(link, &input);
}

/* --- to the OMM */

static struct axi_str name_of(const struct mom_put *put, enum mom_type type)
{
    const char *key = type == MOM_USER ? "num" : "ipei";

    for (size_t i = 0; i < put->attr_count; i++) {
        if (put->attrs[i].name.len == strlen(key) &&
            memcmp(put->attrs[i].name.ptr, key, strlen(key)) == 0)
            return mom__axi_str(put->attrs[i].value);
    }
    return (struct axi_str){"", 0};
}

/* A site that gets thousands of records at once would fill the log: the first ones of a conversation are told, and that
 * there are more; the count is in the link's info. */
enum { UNUSABLE_TOLD = 20 };

static void note_unusable(struct mom_omm *link, enum mom_type type, const struct mom_put *put,
                          struct mom_str attr)
{
    char line[200];

    link->secrets_unusable++;
    mom__text_format(line, sizeof(line), "%v of %s %v (%s %d) is not known in a form for this OMM",
                     mom__axi_str(attr), type == MOM_USER ? "user" : "device", name_of(put, type),
                     type == MOM_USER ? "uid" : "ppn", (int64_t)put->local);
    mom__omm_log(link, link->secrets_unusable <= UNUSABLE_TOLD ? MOM_LOG_NOTICE : MOM_LOG_DEBUG,
                 line);
    if (link->secrets_unusable == UNUSABLE_TOLD)
        mom__omm_log(link, MOM_LOG_NOTICE, "there are more of these: they are counted, not told");
}

void mom__omm_write_record(struct mom_omm *link, struct axi_elem *elem, enum mom_type type,
                           const struct mom_put *put)
{
    for (size_t i = 0; i < put->attr_count; i++) {
        enum axi_attr attr = axi_attr_of(mom__axi_str(put->attrs[i].name));

        /* The relation is written by SetPP alone, with the numbers of this site. */
        if (mom__records_is_local(attr) || attr == AXI_A_relType)
            continue;
        if (!mom__records_write(&link->records, &link->records.key, elem, type, &put->attrs[i]))
            note_unusable(link, type, put, put->attrs[i].name);
    }
}
