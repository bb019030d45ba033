/* SPDX-License-Identifier: MIT */
/*
 * The process connector's part of the kernel's ABI: include/uapi/linux/connector.h and cn_proc.h
 * of Linux 6.18, under names of our own. The installed headers of older systems lack the filter
 * (6.6) and some kinds. Layouts only: nothing here is behaviour, and nothing is decoded.
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

#endif
