/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VALUE_IMPL_H
#define PROCTOP_VALUE_IMPL_H

#include "ui/value.h"

/* Where what somebody typed is quoted it is cut: the rest of what is said must be seen. */
#define VALUE_QUOTED "`%.32s`"

/* Of what is there: for any who take one. */
void value_offer_pids(const struct session *session, struct completions *completions);
void value_offer_names(const struct session *session, struct completions *completions);
void value_offer_processes(const struct session *session, struct completions *completions);
void value_offer_users(const struct session *session, struct completions *completions);

extern const struct value_kind value_signal, value_nice, value_io_priority, value_cpus,
    value_policy, value_columns, value_meters, value_filter_name, value_columns_name;

#endif
