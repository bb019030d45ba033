/* SPDX-License-Identifier: MIT */
/*
 * The inside of the table of fields, for its files and for nobody else:
 *   field.c		the table
 *   field-get.c	how to get each
 *   field-show.c	as cells
 *   field-order.c	by their names, and as orders
 */
#ifndef PROCTOP_FIELD_IMPL_H
#define PROCTOP_FIELD_IMPL_H

#include "model/field.h"

/* field-get.c */
field_getter field_get_pid, field_get_ppid, field_get_origin, field_get_is_origin_inferred,
    field_get_uid, field_get_user, field_get_comm, field_get_arguments, field_get_arguments_status,
    field_get_state, field_get_cpu, field_get_sum_cpu, field_get_sum_rss, field_get_sum_time,
    field_get_threads, field_get_rss, field_get_time, field_get_session, field_get_begin,
    field_get_age, field_get_exit, field_get_signal, field_get_nice, field_get_priority,
    field_get_group, field_get_real_user, field_get_rss_share, field_get_tty, field_get_faults,
    field_get_forks, field_get_pss, field_get_swap, field_get_shared, field_get_io_read,
    field_get_io_write, field_get_io, field_get_sum_io, field_get_read, field_get_written,
    field_get_namespaces, field_get_cgroup, field_get_unit, field_get_container, field_get_execs,
    field_get_is_kernel_thread, field_get_is_zombie;

/* field-show.c: what is not shown as its kind is */
field_shower field_show_pid, field_show_rss, field_show_sum_rss, field_show_time, field_show_age,
    field_show_begin;

/* field-order.c */
field_keyer field_key_of_state, field_key_of_time, field_key_of_cgroup;

#endif
