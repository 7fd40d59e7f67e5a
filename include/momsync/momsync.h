/*
 * libmomsync: keeps the users and DECT phones of many sites the same and hands roaming phones over.
 *
 * Read in this order: engine.h (inputs, actions, questions), history.h (what was), record.h (what a record is),
 * field_rows.h (its fields), store.h (the seam below), ident.h (PARK, SARI, IPEI), limits.h (bounds),
 * transfer.h (export and import), seal.h (secrets), profile.h (CoA profiles).
 */
#ifndef MOMSYNC_MOMSYNC_H
#define MOMSYNC_MOMSYNC_H
#include <momsync/base.h>
#include <momsync/engine.h>
#include <momsync/history.h>
#include <momsync/ident.h>
#include <momsync/platform.h>
#include <momsync/profile.h>
#include <momsync/limits.h>
#include <momsync/record.h>
#include <momsync/seal.h>
#include <momsync/store.h>
#include <momsync/transfer.h>
#endif
