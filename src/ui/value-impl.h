/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VALUE_IMPL_H
#define PROCTOP_VALUE_IMPL_H

#include "ui/value.h"

/* Where what somebody typed is quoted it is cut: the rest of what is said must be seen. */
#define VALUE_QUOTED "`%.32s`"

extern const struct value_kind value_signal, value_nice, value_io_priority, value_cpus,
    value_policy;

#endif
