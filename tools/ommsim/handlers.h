/*
 * What the handlers of requests share. A handler begins the answer and fills it; it refuses with one of the functions
 * here and returns. What the catalogue says of a request was looked at before.
 */
#ifndef OMMSIM_HANDLERS_H
#define OMMSIM_HANDLERS_H

#include "sim.h"

/* Begin a good answer. */
struct axi_elem *sim_answer(struct sim_call *call);
void sim_answer_error(struct sim_call *call, enum axi_value code, const char *bad,
                      const char *info);
void sim_answer_refusal(struct sim_call *call, const struct sim_refusal *refusal);
/* A text attribute as a terminated string in `text`, "" when absent; false when it is too long. */
bool sim_text(const struct axi_elem *elem, enum axi_attr attr, char *text, size_t max);
/* A required integer or boolean; false after EMissing or EInval. */
bool sim_need_int(struct sim_call *call, const struct axi_elem *elem, enum axi_attr attr,
                  int64_t *ret);
bool sim_need_bool(struct sim_call *call, enum axi_attr attr, bool *ret);
/* The element that holds a record in a request; NULL after EMissing. */
struct axi_elem *sim_need_child(struct sim_call *call, const char *name);

/* handlers_session.c */
void sim_handle_get_public_key(struct sim_call *call);
void sim_handle_get_versions(struct sim_call *call);
void sim_handle_limits(struct sim_call *call);

/* handlers_records.c: reading */
void sim_handle_get_user(struct sim_call *call);
void sim_handle_get_dev(struct sim_call *call);
void sim_handle_get_user_by_number(struct sim_call *call);
void sim_handle_get_dev_by_ipei(struct sim_call *call);
void sim_handle_get_user_summary(struct sim_call *call);
void sim_handle_get_dev_summary(struct sim_call *call);
void sim_handle_get_pp(struct sim_call *call);
void sim_handle_get_state(struct sim_call *call);

/* handlers_changes.c: writing */
void sim_handle_create_user(struct sim_call *call);
void sim_handle_create_dev(struct sim_call *call);
void sim_handle_create_fixed(struct sim_call *call);
void sim_handle_set_user(struct sim_call *call);
void sim_handle_set_dev(struct sim_call *call);
void sim_handle_set_pp(struct sim_call *call);
void sim_handle_set_relation(struct sim_call *call);
void sim_handle_delete_user(struct sim_call *call);
void sim_handle_delete_dev(struct sim_call *call);

/* handlers_system.c */
void sim_handle_get_park(struct sim_call *call);
void sim_handle_get_sari(struct sim_call *call);
void sim_handle_set_sari(struct sim_call *call);
void sim_handle_get_auto_create(struct sim_call *call);
void sim_handle_set_auto_create(struct sim_call *call);
void sim_handle_get_mode(struct sim_call *call);
void sim_handle_set_mode(struct sim_call *call);
void sim_handle_get_license(struct sim_call *call);
void sim_handle_get_health(struct sim_call *call);
void sim_handle_set_fac_prefix(struct sim_call *call);
void sim_handle_get_profile(struct sim_call *call);
void sim_handle_set_profile(struct sim_call *call);
/* handlers_mom.c: what a MOM asks for */
void sim_handle_get_control(struct sim_call *call);
void sim_handle_set_control(struct sim_call *call);
void sim_handle_locate_reject(struct sim_call *call);
void sim_handle_sip_register(struct sim_call *call);
void sim_handle_sip_deregister(struct sim_call *call);

#endif
