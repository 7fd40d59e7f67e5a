/*
 * The log and the trace. A trace line is one input, one transition of a handoff or one action;
 * docs/trace.md says what is in it. Lines are made only when somebody reads them, and no line shows
 * a secret.
 */
#include "neighbour.h"
#include "node.h"

#include <stdarg.h>

static void format(struct mom__text *text, const char *f, va_list args)
{
    for (; *f; f++) {
        if (*f != '%') {
            mom__text_char(text, *f);
            continue;
        }
        switch (*++f) {
        case 's':
            mom__text_add(text, va_arg(args, const char *));
            break;
        case 'S':
            mom__text_str(text, *va_arg(args, const struct mom_str *));
            break;
        case 'u':
            mom__text_uint(text, va_arg(args, uint64_t));
            break;
        case 'd':
            mom__text_int(text, va_arg(args, int64_t));
            break;
        default:
            mom__text_char(text, '%');
            break;
        }
    }
}

void mom__logf(struct mom_engine *e, enum mom_level level, const char *line, ...)
{
    struct mom__text text;
    va_list args;

    if (!e->log)
        return;
    mom__text_init(&text);
    va_start(args, line);
    format(&text, line, args);
    va_end(args);
    e->log(e->user, level, text.buf);
}

/* --- the parts of a trace line, each left out when it says nothing ---------------------------- */

static void number(struct mom__text *text, const char *key, uint64_t value)
{
    if (value)
        mom__text_key_uint(text, key, value);
}

static void words(struct mom__text *text, const char *key, struct mom_str value)
{
    if (value.ptr)
        mom__text_key_str(text, key, value);
}

static void type_of(struct mom__text *text, enum mom_type type)
{
    if (type == MOM_USER || type == MOM_DEVICE)
        mom__text_key_str(text, "type", mom__str(type == MOM_USER ? "user" : "device"));
}

static void park(struct mom__text *text, struct mom_park value)
{
    char hex[MOM_PARK_HEX_LEN + 1];

    if (!value.pli)
        return;
    mom_park_hex(value, hex);
    mom__text_key_str(text, "park", mom__str(hex));
}

static void code(struct mom__text *text, int rc)
{
    if (rc != MOM_OK)
        mom__text_key_str(text, "rc", mom__str(mom_err_name(rc)));
}

/* Names and values; of a secret only that it is there. */
static void attributes(struct mom__text *text, enum mom_type type, const struct mom_attr *attrs,
                       size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum mom_field field = mom_field_of(type, attrs[i].name);
        bool secret =
            field && (mom_field_info(field)->flags & MOM_SECRET) && attrs[i].value.len > 0;

        mom__text_char(text, ' ');
        mom__text_str(text, attrs[i].name);
        mom__text_char(text, '=');
        mom__text_str(text, secret ? mom__str("***") : attrs[i].value);
    }
}

static const char *const input_names[] = {
    [MOM_IN_SITE_ADD] = "site-add",
    [MOM_IN_SITE_REMOVE] = "site-remove",
    [MOM_IN_SETTING] = "setting",
    [MOM_IN_CHANGE] = "change",
    [MOM_IN_DELETE] = "delete",
    [MOM_IN_IDENTIFIED] = "identified",
    [MOM_IN_IMPORT] = "import",
    [MOM_IN_RECORD] = "record",
    [MOM_IN_GONE] = "gone",
    [MOM_IN_IMPORTED] = "imported",
    [MOM_IN_DOWN] = "down",
    [MOM_IN_LOCATED] = "located",
    [MOM_IN_RESULT] = "result",
    [MOM_IN_RELEASED] = "released",
    [MOM_IN_RENEWED] = "renewed",
    [MOM_IN_NODE_ADD] = "node-add",
    [MOM_IN_NODE_REMOVE] = "node-remove",
    [MOM_IN_NODE_UP] = "node-up",
    [MOM_IN_NODE_BYTES] = "node-bytes",
    [MOM_IN_NODE_DOWN] = "node-down",
    [MOM_IN_NODE_AUDIT] = "node-audit",
    [MOM_IN_DECIDE] = "decide",
    [MOM_IN_UNDO] = "undo",
    [MOM_IN_RESTORE_AT] = "restore-at",
    [MOM_IN_RESTORE] = "restore",
    [MOM_IN_RESTORED_SEEN] = "restored-seen",
    [MOM_IN_HEARD] = "heard",
    [MOM_IN_LOGIN] = "login",
    [MOM_IN_LOGOUT] = "logout",
    [MOM_IN_SUBSCRIBE] = "subscribe",
    [MOM_IN_PROFILE] = "profile",
};

static const char *const restore_names[] = {
    [MOM_RESTORE_SARI] = "sari",
    [MOM_RESTORE_FILL] = "fill",
    [MOM_RESTORE_CHANGE] = "change",
    [MOM_RESTORE_RELEASE] = "release",
    [MOM_RESTORE_FILL_RELATION] = "fill-relation",
    [MOM_RESTORE_CHANGE_RELATION] = "change-relation",
};

void mom__trace_input(struct mom_engine *e, const struct mom_input *in)
{
    struct mom__text text;

    if (!e->trace || (size_t)in->kind >= sizeof input_names / sizeof input_names[0])
        return;
    mom__text_init(&text);
    mom__text_add(&text, "in ");
    mom__text_add(&text, input_names[in->kind]);
    if (in->restore && (size_t)in->restore < sizeof restore_names / sizeof restore_names[0])
        mom__text_key_str(&text, "how", mom__str(restore_names[in->restore]));
    number(&text, "site", in->site);
    number(&text, "node", in->node);
    type_of(&text, in->type);
    number(&text, "id", in->id);
    number(&text, "local", in->local);
    if (in->has_partner)
        mom__text_key_uint(&text, "partner", in->partner_local);
    if (in->has_bind)
        mom__text_key_uint(&text, "bind", in->bind_to);
    if (in->partial)
        mom__text_add(&text, " partial");
    if (in->disputed)
        mom__text_add(&text, " disputed");
    if (in->yes)
        mom__text_add(&text, " yes");
    if (in->kind == MOM_IN_NODE_BYTES)
        mom__text_key_uint(&text, "bytes", in->value.len);
    number(&text, "token", in->token);
    number(&text, "device", in->local_device);
    number(&text, "user", in->local_user);
    park(&text, in->park);
    if (in->platform)
        mom__text_key_str(&text, "platform", mom__str(mom_platform_info(in->platform)->name));
    words(&text, "name", in->name);
    words(&text, "ipei", in->ipei);
    words(&text, "subscription", in->subscription);
    words(&text, "number", in->number);
    words(&text, "additional", in->additional);
    if (in->policy)
        mom__text_key_str(&text, "policy", mom__str(mom_policy_name(in->policy)));
    code(&text, in->rc);
    attributes(&text, in->type, in->attrs, in->attr_count);
    e->trace(e->user, text.buf);
}

static void half(struct mom__text *text, const char *name, enum mom_type type,
                 const struct mom_put *put)
{
    if (!put->id)
        return;
    mom__text_key_uint(text, name, put->id);
    mom__text_add(text, put->local ? " set(" : " create(");
    mom__text_uint(text, put->local);
    attributes(text, type, put->attrs, put->attr_count);
    mom__text_add(text, " )");
}

static const char *const action_names[] = {
    [MOM_DO_ADMIT] = "admit",
    [MOM_DO_REFUSE] = "refuse",
    [MOM_DO_PUT] = "put",
    [MOM_DO_REMOVE] = "remove",
    [MOM_DO_DEREGISTER] = "deregister",
    [MOM_DO_REGISTER] = "register",
    [MOM_DO_LOGIN_RESULT] = "login-result",
    [MOM_DO_REJECT] = "reject",
    [MOM_DO_CHANGED] = "changed",
    [MOM_DO_CONFLICT] = "conflict",
    [MOM_DO_DONE] = "done",
    [MOM_DO_REFUSED] = "refused",
    [MOM_DO_NODE_BYTES] = "node-bytes",
    [MOM_DO_NODE_CLOSE] = "node-close",
    [MOM_DO_NODE_STEADY] = "node-steady",
    [MOM_DO_DIFFERENCE] = "difference",
    [MOM_DO_HELD] = "held",
    [MOM_DO_PROFILE] = "profile",
};

static const char *const change_names[] = {
    [MOM_CREATED] = "created", [MOM_CHANGED] = "changed", [MOM_MOVED] = "moved",
    [MOM_PARKED] = "parked",   [MOM_DELETED] = "deleted",
};

static const char *const refusal_names[] = {
    [MOM_REFUSED_PARK_TYPE] = "park-type",       [MOM_REFUSED_PARK_DUPLICATE] = "park-duplicate",
    [MOM_REFUSED_PARK_CHANGED] = "park-changed", [MOM_REFUSED_NODE_UNKNOWN] = "node-unknown",
    [MOM_REFUSED_NODE_VERSION] = "node-version", [MOM_REFUSED_NODE_SARI] = "node-sari",
    [MOM_REFUSED_NODE_MESSAGE] = "node-message", [MOM_REFUSED_NODE_SILENT] = "node-silent",
    [MOM_REFUSED_PLATFORM] = "platform",
};

void mom__trace_action(struct mom_engine *e, const struct mom_action *action)
{
    struct mom__text text;

    if (!e->trace)
        return;
    mom__text_init(&text);
    mom__text_add(&text, "do ");
    mom__text_add(&text, action_names[action->kind]);
    number(&text, "site", action->site);
    number(&text, "node", action->node);
    type_of(&text, action->type);
    number(&text, "id", action->id);
    number(&text, "tag", action->tag);
    number(&text, "token", action->token);
    number(&text, "local", action->local);
    half(&text, "device", MOM_DEVICE, &action->device);
    half(&text, "user", MOM_USER, &action->user);
    number(&text, "local-device", action->local_device);
    number(&text, "local-user", action->local_user);
    words(&text, "relation", action->relation);
    park(&text, action->park);
    words(&text, "ipei", action->ipei);
    words(&text, "subscription", action->subscription);
    words(&text, "additional", action->additional);
    if (action->subscribing)
        mom__text_add(&text, " subscribing");
    if (action->change)
        mom__text_key_str(&text, "change", mom__str(change_names[action->change]));
    if (action->reason)
        mom__text_key_str(&text, "reason", mom__str(refusal_names[action->reason]));
    code(&text, action->rc);
    if (action->kind == MOM_DO_NODE_BYTES) {
        mom__text_key_uint(&text, "bytes", action->text.len);
    } else if (action->text.ptr) {
        mom__text_add(&text, " : ");
        mom__text_str(&text, action->text);
    }
    e->trace(e->user, text.buf);
}

void mom__trace_handoff(struct mom_engine *e, const struct mom__fsm *fsm,
                        const struct mom__handoff *h, const struct mom__fsm_row *row)
{
    struct mom__text text;

    if (!e->trace)
        return;
    mom__text_init(&text);
    mom__text_add(&text, fsm->name);
    mom__text_char(&text, ' ');
    mom__text_uint(&text, h->device);
    mom__text_key_uint(&text, "from", h->from);
    mom__text_key_uint(&text, "to", h->to);
    mom__text_key_uint(&text, "epoch", h->epoch);
    if (h->own != 0 && h->own != e->own_site)
        mom__text_key_uint(&text, "own", h->own);
    mom__text_add(&text, " : ");
    mom__fsm_row_text(fsm, row, &text);
    e->trace(e->user, text.buf);
}

void mom__trace_step(struct mom_engine *e, const struct mom__fsm *fsm, uint64_t id, mom_site site,
                     const struct mom__fsm_row *row)
{
    struct mom__text text;

    if (!e->trace)
        return;
    mom__text_init(&text);
    mom__text_add(&text, fsm->name);
    mom__text_char(&text, ' ');
    mom__text_uint(&text, id);
    mom__text_key_uint(&text, "site", site);
    mom__text_add(&text, " : ");
    mom__fsm_row_text(fsm, row, &text);
    e->trace(e->user, text.buf);
}

void mom__trace_neighbour(struct mom_engine *e, const struct mom__neighbour *n,
                          enum mom__neighbour_state to)
{
    struct mom__text text;

    if (!e->trace)
        return;
    mom__text_init(&text);
    mom__text_add(&text, "neighbour ");
    mom__text_uint(&text, n->node);
    mom__text_add(&text, " : ");
    mom__text_add(&text, mom__neighbour_state_name(n->state));
    mom__text_add(&text, " -> ");
    mom__text_add(&text, mom__neighbour_state_name(to));
    e->trace(e->user, text.buf);
}
