/* SPDX-License-Identifier: MIT */
/*
 * The process connector's and taskstats' part of the kernel's ABI: include/uapi/linux/connector.h,
 * cn_proc.h, genetlink.h and taskstats.h of Linux 6.18, under names of our own. The installed
 * headers of older systems lack the filter (6.6), some kinds, and later fields. Layouts only:
 * nothing here is behaviour, and nothing is decoded.
 *
 * In a datagram these structures are only aligned to 4 bytes, so they are copied out, never cast.
 */
#ifndef PTREE_WIRE_H
#define PTREE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_CN_IDX_PROC 1u
#define WIRE_CN_VAL_PROC 1u

/* struct cn_msg, without its flexible array. */
struct wire_cn_msg {
	uint32_t idx, val;
	uint32_t seq;
	uint32_t ack;
	uint16_t len; /* of what follows */
	uint16_t flags;
};
_Static_assert(sizeof(struct wire_cn_msg) == 20, "struct cn_msg");

/* enum proc_cn_mcast_op */
#define WIRE_MCAST_LISTEN 1u
#define WIRE_MCAST_IGNORE 2u

/* Since 6.6; before, the operation came alone and longer requests are ignored. */
struct wire_proc_input {
	uint32_t mcast_op;
	uint32_t event_type; /* a mask of WIRE_EVENT_* */
};

/* enum proc_cn_event */
#define WIRE_EVENT_NONE 0x00000000u
#define WIRE_EVENT_FORK 0x00000001u
#define WIRE_EVENT_EXEC 0x00000002u
#define WIRE_EVENT_UID 0x00000004u
#define WIRE_EVENT_GID 0x00000040u
#define WIRE_EVENT_SID 0x00000080u
#define WIRE_EVENT_PTRACE 0x00000100u
#define WIRE_EVENT_COMM 0x00000200u
#define WIRE_EVENT_NONZERO_EXIT 0x20000000u
#define WIRE_EVENT_COREDUMP 0x40000000u
#define WIRE_EVENT_EXIT 0x80000000u

/* One member of struct proc_event's union each; pids are the kernel's __kernel_pid_t. */
struct wire_ack {
	uint32_t err;
};
struct wire_fork {
	int32_t parent_pid, parent_tgid, child_pid, child_tgid;
};
struct wire_exec {
	int32_t pid, tgid;
};
struct wire_id {
	int32_t pid, tgid;
	uint32_t real, effective;
};
struct wire_sid {
	int32_t pid, tgid;
};
struct wire_ptrace {
	int32_t pid, tgid, tracer_pid, tracer_tgid;
};
struct wire_comm {
	int32_t pid, tgid;
	char comm[16];
};
/* The parents are there since 4.18. */
struct wire_coredump {
	int32_t pid, tgid, parent_pid, parent_tgid;
};
struct wire_exit {
	int32_t pid, tgid;
	uint32_t code, signal;
	int32_t parent_pid, parent_tgid;
};

struct wire_proc_event {
	uint32_t what;
	uint32_t cpu;
	uint64_t timestamp_ns; /* CLOCK_MONOTONIC */
	union {
		struct wire_ack ack;
		struct wire_fork fork;
		struct wire_exec exec;
		struct wire_id id;
		struct wire_sid sid;
		struct wire_ptrace ptrace;
		struct wire_comm comm;
		struct wire_coredump coredump;
		struct wire_exit exit;
	} u;
};
#define WIRE_PROC_EVENT_HEADER_SIZE offsetof(struct wire_proc_event, u)
_Static_assert(WIRE_PROC_EVENT_HEADER_SIZE == 16, "struct proc_event");
_Static_assert(sizeof(struct wire_proc_event) == 40, "struct proc_event");

/* ------------------------------------------------------------------------------------------ */
/* Generic netlink: struct genlmsghdr and struct nlattr.                                       */

struct wire_genl {
	uint8_t cmd;
	uint8_t version;
	uint16_t reserved;
};
_Static_assert(sizeof(struct wire_genl) == 4, "struct genlmsghdr");

struct wire_attribute {
	uint16_t size; /* with this header, without padding to 4 bytes */
	uint16_t type; /* and two flags in its highest bits */
};
_Static_assert(sizeof(struct wire_attribute) == 4, "struct nlattr");
#define WIRE_ATTRIBUTE_TYPE_MASK 0x3fffu

/* The controller's, whose family has a fixed number (GENL_ID_CTRL). */
#define WIRE_CONTROLLER_FAMILY 0x10u
#define WIRE_CONTROLLER_VERSION 2u
#define WIRE_CONTROLLER_NEW_FAMILY 1u
#define WIRE_CONTROLLER_GET_FAMILY 3u
#define WIRE_CONTROLLER_FAMILY_ID 1u
#define WIRE_CONTROLLER_FAMILY_NAME 2u

#define WIRE_TASKSTATS_NAME "TASKSTATS"
#define WIRE_TASKSTATS_GENL_VERSION 1u

/* Commands */
#define WIRE_TASKSTATS_GET 1u
#define WIRE_TASKSTATS_NEW 2u

/* Attributes of a request */
#define WIRE_TASKSTATS_REGISTER 3u
#define WIRE_TASKSTATS_DEREGISTER 4u

/* Attributes of a record */
#define WIRE_TASKSTATS_PID 1u
#define WIRE_TASKSTATS_TGID 2u
#define WIRE_TASKSTATS_STATS 3u
#define WIRE_TASKSTATS_AGGR_PID 4u
#define WIRE_TASKSTATS_AGGR_TGID 5u

/* struct taskstats as of version 16; what came after version 14 is left out. */
struct wire_taskstats {
	uint16_t version;
	uint32_t ac_exitcode;
	uint8_t ac_flag;
	uint8_t ac_nice;
	uint8_t pad_1[6];
	uint64_t cpu_count, cpu_delay_total;
	uint64_t blkio_count, blkio_delay_total;
	uint64_t swapin_count, swapin_delay_total;
	uint64_t cpu_run_real_total, cpu_run_virtual_total; /* ns */
	char ac_comm[32];				    /* of which the kernel fills 16 */
	uint8_t ac_sched;
	uint8_t pad_2[7]; /* of which the kernel clears 3 */
	uint32_t ac_uid, ac_gid, ac_pid, ac_ppid;
	uint32_t ac_btime; /* s since 1970 */
	uint32_t pad_3;
	uint64_t ac_etime, ac_utime, ac_stime; /* us */
	uint64_t ac_minflt, ac_majflt;
	uint64_t coremem, virtmem;
	uint64_t hiwater_rss, hiwater_vm; /* KiB */
	uint64_t read_char, write_char, read_syscalls, write_syscalls;
	uint64_t read_bytes, write_bytes, cancelled_write_bytes;
	uint64_t nvcsw, nivcsw;
	uint64_t ac_utimescaled, ac_stimescaled, cpu_scaled_run_real_total;
	uint64_t freepages_count, freepages_delay_total; /* version 8 ends here */
	uint64_t thrashing_count, thrashing_delay_total; /* 9 */
	uint64_t ac_btime64;				 /* 10 */
	uint64_t compact_count, compact_delay_total;	 /* 11 */
	uint32_t ac_tgid;				 /* 12 */
	uint32_t pad_4;
	uint64_t ac_tgetime; /* us, of the process so far */
	uint64_t ac_exe_dev, ac_exe_inode;
	uint64_t wpcopy_count, wpcopy_delay_total; /* 13 */
	uint64_t irq_count, irq_delay_total;	   /* 14 */
};
_Static_assert(offsetof(struct wire_taskstats, ac_exitcode) == 4, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, cpu_count) == 16, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, cpu_run_virtual_total) == 72, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_comm) == 80, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_uid) == 120, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_ppid) == 132, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_etime) == 144, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_stime) == 160, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, hiwater_rss) == 200, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, write_bytes) == 256, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, thrashing_count) == 328, "struct taskstats");
_Static_assert(offsetof(struct wire_taskstats, ac_tgetime) == 376, "struct taskstats");
_Static_assert(sizeof(struct wire_taskstats) == 432, "struct taskstats");

#endif
