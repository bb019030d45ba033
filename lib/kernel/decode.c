/* SPDX-License-Identifier: MIT */
/*
 * Bytes of the process connector <-> struct ptree_event. Pure functions: no socket, no state, no
 * text. Every byte that comes in is input: nothing is trusted, nothing is asserted.
 */
#include <errno.h>
#include <linux/netlink.h>
#include <string.h>

#include "decode.h"
#include "proctree.h"
#include "wire.h"

/*
 * The kinds that have a message. size is the least that an event of that kind carries after its
 * header: the kernel always sends the whole union, older ones without the last members. Where two
 * stand for one kind, the first is what is sent.
 */
static const struct {
	enum ptree_event_kind kind;
	uint32_t what;
	size_t size;
} kinds[] = {
	{ PTREE_EVENT_ACK, WIRE_EVENT_NONE, sizeof(struct wire_ack) },
	{ PTREE_EVENT_FORK, WIRE_EVENT_FORK, sizeof(struct wire_fork) },
	{ PTREE_EVENT_EXEC, WIRE_EVENT_EXEC, sizeof(struct wire_exec) },
	{ PTREE_EVENT_UID, WIRE_EVENT_UID, sizeof(struct wire_id) },
	{ PTREE_EVENT_GID, WIRE_EVENT_GID, sizeof(struct wire_id) },
	{ PTREE_EVENT_SID, WIRE_EVENT_SID, sizeof(struct wire_sid) },
	{ PTREE_EVENT_PTRACE, WIRE_EVENT_PTRACE, sizeof(struct wire_ptrace) },
	{ PTREE_EVENT_COMM, WIRE_EVENT_COMM, sizeof(struct wire_comm) },
	{ PTREE_EVENT_COREDUMP, WIRE_EVENT_COREDUMP, offsetof(struct wire_coredump, parent_pid) },
	{ PTREE_EVENT_EXIT, WIRE_EVENT_EXIT, offsetof(struct wire_exit, parent_pid) },
	{ PTREE_EVENT_EXIT, WIRE_EVENT_NONZERO_EXIT, offsetof(struct wire_exit, parent_pid) },
};
#define KIND_ROWS (sizeof(kinds) / sizeof(kinds[0]))

uint32_t ptree_event_kinds_to_wire(uint32_t mask)
{
	uint32_t bits = mask & PTREE_KINDS_FAILED_EXIT ? WIRE_EVENT_NONZERO_EXIT : 0;

	for (size_t i = 0; i < KIND_ROWS; i++)
		if (mask & (1u << kinds[i].kind))
			bits |= kinds[i].what;
	return bits;
}

/* ------------------------------------------------------------------------------------------ */

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

void ptree_reader_init(struct ptree_reader *reader, const void *buf, size_t size)
{
	reader->at = buf;
	reader->left = size;
}

/* The last message of a buffer may lack its padding. */
static void advance(struct ptree_reader *reader, size_t message_size)
{
	size_t step = NLMSG_ALIGN(message_size);

	if (step > reader->left)
		step = reader->left;
	reader->at += step;
	reader->left -= step;
}

static int give_up(struct ptree_reader *reader)
{
	reader->left = 0;
	return -EBADMSG;
}

static int parse_error(const unsigned char *body, size_t size, struct ptree_message *message)
{
	int32_t error;

	if (size < sizeof(error))
		return -EBADMSG;
	memcpy(&error, body, sizeof(error));
	message->error = error;
	return 0;
}

/*
 * A body that has no room for a struct cn_msg belongs to something else than a connector, and so
 * does one of another type than a connector sends whose length does not fit.
 */
static int parse_connector(const unsigned char *body, size_t size, struct ptree_message *message)
{
	struct wire_cn_msg cn;

	if (size < sizeof(cn))
		return 0;
	memcpy(&cn, body, sizeof(cn));
	if (cn.len > size - sizeof(cn))
		return message->type == NLMSG_DONE ? -EBADMSG : 0;
	message->is_connector = true;
	message->idx = cn.idx;
	message->val = cn.val;
	message->seq = cn.seq;
	message->ack = cn.ack;
	message->flags = cn.flags;
	message->payload = body + sizeof(cn);
	message->payload_size = cn.len;
	return 0;
}

static int parse_body(const struct nlmsghdr *header, const unsigned char *body,
		      struct ptree_message *message)
{
	size_t size = header->nlmsg_len - NLMSG_HDRLEN;

	*message = (struct ptree_message){ .type = header->nlmsg_type };
	if (header->nlmsg_type == NLMSG_ERROR)
		return parse_error(body, size, message);
	if (header->nlmsg_type == NLMSG_OVERRUN)
		return 0;
	return parse_connector(body, size, message);
}

int ptree_reader_next(struct ptree_reader *reader, struct ptree_message *message)
{
	struct ptree_message parsed;
	struct nlmsghdr header;
	const unsigned char *at;

	do {
		if (is_zero(reader->at, reader->left))
			return 0;
		if (reader->left < sizeof(header))
			return give_up(reader);
		at = reader->at;
		memcpy(&header, at, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > reader->left)
			return give_up(reader);
		advance(reader, header.nlmsg_len);
	} while (header.nlmsg_type == NLMSG_NOOP);

	if (parse_body(&header, at + NLMSG_HDRLEN, &parsed) < 0)
		return -EBADMSG;
	*message = parsed;
	return 1;
}

/* ------------------------------------------------------------------------------------------ */

static void take_task(struct ptree_event *event, int32_t pid, int32_t tgid)
{
	event->pid = pid;
	event->tgid = tgid;
}

static void take_parent(struct ptree_event *event, int32_t pid, int32_t tgid)
{
	event->parent_pid = pid;
	event->parent_tgid = tgid;
}

static void take_raw(struct ptree_event *event, const unsigned char *bytes, size_t size)
{
	event->u.raw.size = size < UINT16_MAX ? (uint16_t)size : UINT16_MAX;
	memcpy(event->u.raw.bytes, bytes, size < PTREE_RAW_SIZE ? size : PTREE_RAW_SIZE);
}

/* pid and tgid come first in every kind but ack and fork. */
static void take_body(struct ptree_event *event, const struct wire_proc_event *wire)
{
	switch (event->kind) {
	case PTREE_EVENT_UNKNOWN:
	case PTREE_EVENT_LOST:
		break;
	case PTREE_EVENT_ACK:
		event->u.ack.error = wire->u.ack.err;
		break;
	case PTREE_EVENT_FORK:
		take_task(event, wire->u.fork.child_pid, wire->u.fork.child_tgid);
		take_parent(event, wire->u.fork.parent_pid, wire->u.fork.parent_tgid);
		break;
	case PTREE_EVENT_EXEC:
		take_task(event, wire->u.exec.pid, wire->u.exec.tgid);
		break;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		take_task(event, wire->u.id.pid, wire->u.id.tgid);
		event->u.id.real = wire->u.id.real;
		event->u.id.effective = wire->u.id.effective;
		break;
	case PTREE_EVENT_SID:
		take_task(event, wire->u.sid.pid, wire->u.sid.tgid);
		break;
	case PTREE_EVENT_PTRACE:
		take_task(event, wire->u.ptrace.pid, wire->u.ptrace.tgid);
		event->u.ptrace.tracer_pid = wire->u.ptrace.tracer_pid;
		event->u.ptrace.tracer_tgid = wire->u.ptrace.tracer_tgid;
		break;
	case PTREE_EVENT_COMM:
		take_task(event, wire->u.comm.pid, wire->u.comm.tgid);
		memcpy(event->u.comm, wire->u.comm.comm, PTREE_COMM_SIZE - 1);
		break;
	case PTREE_EVENT_COREDUMP:
		take_task(event, wire->u.coredump.pid, wire->u.coredump.tgid);
		take_parent(event, wire->u.coredump.parent_pid, wire->u.coredump.parent_tgid);
		break;
	case PTREE_EVENT_EXIT:
		take_task(event, wire->u.exit.pid, wire->u.exit.tgid);
		take_parent(event, wire->u.exit.parent_pid, wire->u.exit.parent_tgid);
		event->u.exit.status = wire->u.exit.code;
		event->u.exit.signal = wire->u.exit.signal;
		break;
	}
}

/* Sets kind and returns the least size of its body. */
static size_t classify(uint32_t what, enum ptree_event_kind *kind)
{
	for (size_t i = 0; i < KIND_ROWS; i++) {
		if (kinds[i].what == what) {
			*kind = kinds[i].kind;
			return kinds[i].size;
		}
	}
	*kind = PTREE_EVENT_UNKNOWN;
	return 0;
}

int ptree_event_decode(const struct ptree_message *message, struct ptree_event *event)
{
	struct wire_proc_event wire = { 0 };
	struct ptree_event decoded = { 0 };
	size_t size = message->payload_size;

	if (!message->is_connector || message->idx != WIRE_CN_IDX_PROC ||
	    message->val != WIRE_CN_VAL_PROC)
		return -EPROTONOSUPPORT;
	if (size < WIRE_PROC_EVENT_HEADER_SIZE)
		return -EBADMSG;
	memcpy(&wire, message->payload, size < sizeof(wire) ? size : sizeof(wire));
	size -= WIRE_PROC_EVENT_HEADER_SIZE;
	if (size < classify(wire.what, &decoded.kind))
		return -EBADMSG;

	decoded.what = wire.what;
	decoded.cpu = wire.cpu;
	decoded.seq = message->seq;
	decoded.time_ns = wire.timestamp_ns;
	take_body(&decoded, &wire);
	if (decoded.kind == PTREE_EVENT_ACK)
		decoded.u.ack.number = message->ack;
	if (decoded.kind == PTREE_EVENT_UNKNOWN)
		take_raw(&decoded,
			 (const unsigned char *)message->payload + WIRE_PROC_EVENT_HEADER_SIZE,
			 size);
	*event = decoded;
	return 0;
}

/* ------------------------------------------------------------------------------------------ */

/* Returns the size of the body, or -EMSGSIZE if the event has only the beginning of it. */
static int put_body(const struct ptree_event *event, struct wire_proc_event *wire)
{
	switch (event->kind) {
	case PTREE_EVENT_LOST:
		break;
	case PTREE_EVENT_UNKNOWN:
		return event->u.raw.size <= PTREE_RAW_SIZE ? event->u.raw.size : -EMSGSIZE;
	case PTREE_EVENT_ACK:
		wire->u.ack = (struct wire_ack){ .err = event->u.ack.error };
		break;
	case PTREE_EVENT_FORK:
		wire->u.fork = (struct wire_fork){
			.parent_pid = event->parent_pid,
			.parent_tgid = event->parent_tgid,
			.child_pid = event->pid,
			.child_tgid = event->tgid,
		};
		break;
	case PTREE_EVENT_EXEC:
		wire->u.exec = (struct wire_exec){ .pid = event->pid, .tgid = event->tgid };
		break;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		wire->u.id = (struct wire_id){
			.pid = event->pid,
			.tgid = event->tgid,
			.real = event->u.id.real,
			.effective = event->u.id.effective,
		};
		break;
	case PTREE_EVENT_SID:
		wire->u.sid = (struct wire_sid){ .pid = event->pid, .tgid = event->tgid };
		break;
	case PTREE_EVENT_PTRACE:
		wire->u.ptrace = (struct wire_ptrace){
			.pid = event->pid,
			.tgid = event->tgid,
			.tracer_pid = event->u.ptrace.tracer_pid,
			.tracer_tgid = event->u.ptrace.tracer_tgid,
		};
		break;
	case PTREE_EVENT_COMM:
		wire->u.comm = (struct wire_comm){ .pid = event->pid, .tgid = event->tgid };
		memcpy(wire->u.comm.comm, event->u.comm, PTREE_COMM_SIZE - 1);
		break;
	case PTREE_EVENT_COREDUMP:
		wire->u.coredump = (struct wire_coredump){
			.pid = event->pid,
			.tgid = event->tgid,
			.parent_pid = event->parent_pid,
			.parent_tgid = event->parent_tgid,
		};
		break;
	case PTREE_EVENT_EXIT:
		wire->u.exit = (struct wire_exit){
			.pid = event->pid,
			.tgid = event->tgid,
			.code = event->u.exit.status,
			.signal = event->u.exit.signal,
			.parent_pid = event->parent_pid,
			.parent_tgid = event->parent_tgid,
		};
		break;
	}
	return (int)sizeof(wire->u);
}

/* Of two bits for one kind the one that it came with. -EINVAL for a kind that has no message. */
static int what_of(const struct ptree_event *event, uint32_t *what)
{
	enum ptree_event_kind kind;

	*what = event->what;
	classify(event->what, &kind);
	if (kind == event->kind)
		return 0;
	for (size_t i = 0; i < KIND_ROWS; i++) {
		if (kinds[i].kind == event->kind) {
			*what = kinds[i].what;
			return 0;
		}
	}
	return -EINVAL;
}

int ptree_message_encode(const struct ptree_message *message, void *buf, size_t size)
{
	const struct nlmsghdr header = {
		.nlmsg_len =
		    (uint32_t)(NLMSG_HDRLEN + sizeof(struct wire_cn_msg) + message->payload_size),
		.nlmsg_type = message->type ? message->type : NLMSG_DONE,
		.nlmsg_seq = message->seq,
	};
	const struct wire_cn_msg cn = {
		.idx = message->idx,
		.val = message->val,
		.seq = message->seq,
		.ack = message->ack,
		.len = (uint16_t)message->payload_size,
		.flags = message->flags,
	};
	unsigned char *out = buf;

	if (message->payload_size > UINT16_MAX || NLMSG_ALIGN((size_t)header.nlmsg_len) > size)
		return -EMSGSIZE;
	memcpy(out, &header, sizeof(header));
	memcpy(out + NLMSG_HDRLEN, &cn, sizeof(cn));
	if (message->payload_size)
		memcpy(out + NLMSG_HDRLEN + sizeof(cn), message->payload, message->payload_size);
	memset(out + header.nlmsg_len, 0, NLMSG_ALIGN(header.nlmsg_len) - header.nlmsg_len);
	return (int)NLMSG_ALIGN(header.nlmsg_len);
}

int ptree_event_encode(const struct ptree_event *event, void *buf, size_t size)
{
	struct wire_proc_event wire = { .cpu = event->cpu, .timestamp_ns = event->time_ns };
	unsigned char payload[WIRE_PROC_EVENT_HEADER_SIZE + PTREE_RAW_SIZE];
	struct ptree_message message = {
		.idx = WIRE_CN_IDX_PROC,
		.val = WIRE_CN_VAL_PROC,
		.seq = event->seq,
		.payload = payload,
	};
	int ret = what_of(event, &wire.what);

	if (ret < 0)
		return ret;
	ret = put_body(event, &wire);
	if (ret < 0)
		return ret;
	if (event->kind == PTREE_EVENT_ACK)
		message.ack = event->u.ack.number;
	message.payload_size = WIRE_PROC_EVENT_HEADER_SIZE + (size_t)ret;
	memcpy(payload, &wire, sizeof(wire));
	if (event->kind == PTREE_EVENT_UNKNOWN)
		memcpy(payload + WIRE_PROC_EVENT_HEADER_SIZE, event->u.raw.bytes, (size_t)ret);
	return ptree_message_encode(&message, buf, size);
}
