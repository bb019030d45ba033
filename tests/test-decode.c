/* SPDX-License-Identifier: MIT */
/*
 * Messages and events: bytes in, events out, and back. The bytes are made with the kernel's own
 * headers, not with what is tested here. Buffers are allocated to the byte, for sanitizers to see
 * any step outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include <signal.h>
#include <linux/netlink.h>
#include <linux/connector.h>
#include <linux/cn_proc.h>
#include <sys/wait.h>

#include "proctree.h"

#define NONZERO_EXIT 0x20000000 /* PROC_EVENT_NONZERO_EXIT of 6.6 */
#define HEADERS_SIZE (NLMSG_HDRLEN + sizeof(struct cn_msg))
#define MESSAGE_SIZE (HEADERS_SIZE + sizeof(struct proc_event))
#define EVENT_HEADER_SIZE offsetof(struct proc_event, event_data)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What the kernel sends and what it is for us. */
static const struct {
	const char *name;
	struct proc_event kernel;
	size_t least_size; /* of event_data */
	uint32_t ack;
	struct ptree_event event;
} samples[] = {
	{
	    .name = "ack",
	    .kernel = { .what = PROC_EVENT_NONE, .event_data.ack.err = 1 },
	    .least_size = 4,
	    .ack = 0xfffffffe,
	    .event = { .kind = PTREE_EVENT_ACK, .u.ack = { 1, 0xfffffffe } },
	},
	{
	    .name = "fork",
	    .kernel = { .what = PROC_EVENT_FORK, .event_data.fork = { 10, 11, 12, 13 } },
	    .least_size = 16,
	    .event = { .kind = PTREE_EVENT_FORK,
		       .what = PROC_EVENT_FORK,
		       .pid = 12,
		       .tgid = 13,
		       .parent_pid = 10,
		       .parent_tgid = 11 },
	},
	{
	    .name = "exec",
	    .kernel = { .what = PROC_EVENT_EXEC, .event_data.exec = { 20, 21 } },
	    .least_size = 8,
	    .event = { .kind = PTREE_EVENT_EXEC, .what = PROC_EVENT_EXEC, .pid = 20, .tgid = 21 },
	},
	{
	    .name = "uid",
	    .kernel = { .what = PROC_EVENT_UID,
			.event_data.id = { 30, 31, .r.ruid = 1000, .e.euid = 0xfffffffe } },
	    .least_size = 16,
	    .event = { .kind = PTREE_EVENT_UID,
		       .what = PROC_EVENT_UID,
		       .pid = 30,
		       .tgid = 31,
		       .u.id = { 1000, 0xfffffffe } },
	},
	{
	    .name = "gid",
	    .kernel = { .what = PROC_EVENT_GID,
			.event_data.id = { 40, 41, .r.rgid = 100, .e.egid = 0 } },
	    .least_size = 16,
	    .event = { .kind = PTREE_EVENT_GID,
		       .what = PROC_EVENT_GID,
		       .pid = 40,
		       .tgid = 41,
		       .u.id = { 100, 0 } },
	},
	{
	    .name = "sid",
	    .kernel = { .what = PROC_EVENT_SID, .event_data.sid = { 50, 51 } },
	    .least_size = 8,
	    .event = { .kind = PTREE_EVENT_SID, .what = PROC_EVENT_SID, .pid = 50, .tgid = 51 },
	},
	{
	    .name = "ptrace",
	    .kernel = { .what = PROC_EVENT_PTRACE, .event_data.ptrace = { 60, 61, 62, 63 } },
	    .least_size = 16,
	    .event = { .kind = PTREE_EVENT_PTRACE,
		       .what = PROC_EVENT_PTRACE,
		       .pid = 60,
		       .tgid = 61,
		       .u.ptrace = { 62, 63 } },
	},
	{
	    .name = "comm",
	    .kernel = { .what = PROC_EVENT_COMM,
			.event_data.comm = { 70, 71, "\x01\xff fifteen(\n" } },
	    .least_size = 24,
	    .event = { .kind = PTREE_EVENT_COMM,
		       .what = PROC_EVENT_COMM,
		       .pid = 70,
		       .tgid = 71,
		       .u.comm = "\x01\xff fifteen(\n" },
	},
	{
	    .name = "coredump",
	    .kernel = { .what = PROC_EVENT_COREDUMP, .event_data.coredump = { 80, 81, 82, 83 } },
	    .least_size = 8,
	    .event = { .kind = PTREE_EVENT_COREDUMP,
		       .what = PROC_EVENT_COREDUMP,
		       .pid = 80,
		       .tgid = 81,
		       .parent_pid = 82,
		       .parent_tgid = 83 },
	},
	{
	    .name = "exit",
	    .kernel = { .what = PROC_EVENT_EXIT, .event_data.exit = { 90, 91, 0x8b, 17, 92, 93 } },
	    .least_size = 16,
	    .event = { .kind = PTREE_EVENT_EXIT,
		       .what = PROC_EVENT_EXIT,
		       .pid = 90,
		       .tgid = 91,
		       .parent_pid = 92,
		       .parent_tgid = 93,
		       .u.exit = { 0x8b, 17 } },
	},
};

/* Writes a datagram whose lengths say that the event has size bytes. */
static size_t make_message(unsigned char *buf, const struct proc_event *event, size_t size,
			   uint32_t ack)
{
	const struct nlmsghdr header = {
		.nlmsg_len = (uint32_t)(HEADERS_SIZE + size),
		.nlmsg_type = NLMSG_DONE,
		.nlmsg_seq = 77,
	};
	const struct cn_msg cn = {
		.id = { CN_IDX_PROC, CN_VAL_PROC },
		.seq = 77,
		.ack = ack,
		.len = (uint16_t)size,
	};

	memcpy(buf, &header, sizeof(header));
	memcpy(buf + NLMSG_HDRLEN, &cn, sizeof(cn));
	memcpy(buf + HEADERS_SIZE, event, size < sizeof(*event) ? size : sizeof(*event));
	return HEADERS_SIZE + size;
}

static struct proc_event kernel_sample(size_t i)
{
	struct proc_event event = samples[i].kernel;

	event.cpu = 5;
	event.timestamp_ns = UINT64_C(0x0123456789abcdef);
	return event;
}

static struct ptree_event event_sample(size_t i)
{
	struct ptree_event event = samples[i].event;

	event.cpu = 5;
	event.seq = 77;
	event.time_ns = UINT64_C(0x0123456789abcdef);
	return event;
}

static size_t make_sample(unsigned char buf[MESSAGE_SIZE], size_t i)
{
	struct proc_event kernel = kernel_sample(i);

	return make_message(buf, &kernel, sizeof(kernel), samples[i].ack);
}

/* The first message of size bytes at buf, which are copied to where nothing is behind them. */
static int read_first(const unsigned char *buf, size_t size, struct ptree_event *event)
{
	unsigned char *exact = malloc(size ? size : 1);
	struct ptree_reader reader;
	struct ptree_message message;
	int ret;

	assert_non_null(exact);
	memcpy(exact, buf, size);
	ptree_reader_init(&reader, exact, size);
	ret = ptree_reader_next(&reader, &message);
	if (ret == 1) {
		ret = ptree_event_decode(&message, event);
		ret = ret < 0 ? ret : 1;
	}
	free(exact);
	return ret;
}

static void assert_events_equal(const struct ptree_event *got, const struct ptree_event *want)
{
	assert_int_equal(got->kind, want->kind);
	assert_int_equal(got->what, want->what);
	assert_int_equal(got->cpu, want->cpu);
	assert_int_equal(got->seq, want->seq);
	assert_true(got->time_ns == want->time_ns);
	assert_int_equal(got->pid, want->pid);
	assert_int_equal(got->tgid, want->tgid);
	assert_int_equal(got->parent_pid, want->parent_pid);
	assert_int_equal(got->parent_tgid, want->parent_tgid);
	assert_memory_equal(&got->u, &want->u, sizeof(want->u));
}

static void every_kind_decodes_to_what_the_kernel_said(void **state)
{
	unsigned char buf[MESSAGE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct ptree_event want = event_sample(i), got;

		print_message("# %s\n", samples[i].name);
		assert_int_equal(read_first(buf, make_sample(buf, i), &got), 1);
		assert_events_equal(&got, &want);
	}
}

static void every_kind_is_encoded_to_the_bytes_of_the_kernel(void **state)
{
	unsigned char want[MESSAGE_SIZE], got[120];

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct ptree_event event = event_sample(i);
		size_t size = make_sample(want, i);

		print_message("# %s\n", samples[i].name);
		assert_int_equal(ptree_event_encode(&event, got, sizeof(got)), size);
		assert_memory_equal(got, want, size);
		assert_int_equal(ptree_event_encode(&event, got, size - 1), -EMSGSIZE);
	}
}

static void a_message_may_stand_at_any_address(void **state)
{
	unsigned char buf[MESSAGE_SIZE], shifted[MESSAGE_SIZE + 8];
	struct ptree_event want = event_sample(COUNT(samples) - 1), got;
	struct ptree_reader reader;
	struct ptree_message message;
	size_t size = make_sample(buf, COUNT(samples) - 1);

	(void)state;
	for (size_t shift = 0; shift < 8; shift++) {
		memcpy(shifted + shift, buf, size);
		ptree_reader_init(&reader, shifted + shift, size);
		assert_int_equal(ptree_reader_next(&reader, &message), 1);
		assert_int_equal(ptree_event_decode(&message, &got), 0);
		assert_events_equal(&got, &want);
		assert_int_equal(ptree_reader_next(&reader, &message), 0);
	}
}

static void a_message_cut_at_any_byte_is_refused(void **state)
{
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event event;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		size_t size = make_sample(buf, i);

		assert_int_equal(read_first(buf, 0, &event), 0);
		for (size_t cut = 1; cut < size; cut++)
			assert_int_equal(read_first(buf, cut, &event), -EBADMSG);
	}
}

/* Its lengths are consistent; only the event has fewer bytes than its kind needs. */
static void an_event_too_short_for_its_kind_is_refused_at_every_length(void **state)
{
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event event;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct proc_event kernel = kernel_sample(i);
		size_t least = EVENT_HEADER_SIZE + samples[i].least_size;

		for (size_t size = 0; size <= sizeof(kernel); size++) {
			size_t length = make_message(buf, &kernel, size, 0);

			assert_int_equal(read_first(buf, length, &event),
					 size < least ? -EBADMSG : 1);
		}
	}
}

static void members_that_old_kernels_do_not_send_are_0(void **state)
{
	const struct proc_event kernel = {
		.what = PROC_EVENT_EXIT,
		.event_data.exit = { 90, 91, 256, 17, 92, 93 },
	};
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event event;

	(void)state;
	assert_int_equal(
	    read_first(buf, make_message(buf, &kernel, EVENT_HEADER_SIZE + 16, 0), &event), 1);
	assert_int_equal(event.u.exit.status, 256);
	assert_int_equal(event.parent_pid, 0);
	assert_int_equal(event.parent_tgid, 0);
}

static void bytes_appended_by_a_later_kernel_are_passed_over(void **state)
{
	struct proc_event kernel = kernel_sample(1);
	struct ptree_event want = event_sample(1), got;
	unsigned char buf[MESSAGE_SIZE + 64] = { 0 };

	(void)state;
	assert_int_equal(read_first(buf, make_message(buf, &kernel, sizeof(kernel) + 64, 0), &got),
			 1);
	assert_events_equal(&got, &want);
}

static void a_comm_without_end_is_ended(void **state)
{
	struct proc_event kernel = { .what = PROC_EVENT_COMM };
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event event;

	(void)state;
	memset(kernel.event_data.comm.comm, 'x', sizeof(kernel.event_data.comm.comm));
	assert_int_equal(read_first(buf, make_message(buf, &kernel, sizeof(kernel), 0), &event), 1);
	assert_string_equal(event.u.comm, "xxxxxxxxxxxxxxx");
}

static void a_non_zero_exit_is_an_exit_and_stays_one(void **state)
{
	struct proc_event kernel = kernel_sample(COUNT(samples) - 1);
	struct ptree_event want = event_sample(COUNT(samples) - 1), got;
	unsigned char buf[MESSAGE_SIZE], encoded[120];
	uint32_t what = NONZERO_EXIT;

	(void)state;
	memcpy(&kernel, &what, sizeof(what));
	want.what = NONZERO_EXIT;
	assert_int_equal(read_first(buf, make_message(buf, &kernel, sizeof(kernel), 0), &got), 1);
	assert_events_equal(&got, &want);

	assert_int_equal(ptree_event_encode(&got, encoded, sizeof(encoded)), MESSAGE_SIZE);
	assert_int_equal(read_first(encoded, MESSAGE_SIZE, &got), 1);
	assert_int_equal(got.what, NONZERO_EXIT);
	assert_memory_equal(encoded + HEADERS_SIZE, &what, sizeof(what));
	/* An event that was made rather than received has no bit of the kernel's yet. */
	got.what = 0;
	assert_int_equal(ptree_event_encode(&got, encoded, sizeof(encoded)), MESSAGE_SIZE);
	assert_int_equal(read_first(encoded, MESSAGE_SIZE, &got), 1);
	assert_int_equal(got.what, PROC_EVENT_EXIT);
}

static void an_unknown_kind_keeps_its_first_bytes_and_is_sent_whole_or_not(void **state)
{
	const size_t sizes[] = { 0, 1, PTREE_RAW_SIZE, PTREE_RAW_SIZE + 1, 300 };
	unsigned char buf[HEADERS_SIZE + EVENT_HEADER_SIZE + 300];
	struct proc_event kernel = { .cpu = 1 };
	uint32_t what = 0x00400000;

	(void)state;
	memcpy(&kernel, &what, sizeof(what));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t kept = sizes[i] < PTREE_RAW_SIZE ? sizes[i] : PTREE_RAW_SIZE;
		unsigned char *body = buf + HEADERS_SIZE + EVENT_HEADER_SIZE;
		struct ptree_event event, again;
		unsigned char encoded[120];
		size_t length = make_message(buf, &kernel, EVENT_HEADER_SIZE + sizes[i], 0);
		int n;

		for (size_t k = 0; k < sizes[i]; k++)
			body[k] = (unsigned char)(k + 1);
		assert_int_equal(read_first(buf, length, &event), 1);
		assert_int_equal(event.kind, PTREE_EVENT_UNKNOWN);
		assert_int_equal(event.what, 0x00400000);
		assert_int_equal(event.u.raw.size, sizes[i]);
		assert_memory_equal(event.u.raw.bytes, body, kept);

		n = ptree_event_encode(&event, encoded, sizeof(encoded));
		if (sizes[i] > PTREE_RAW_SIZE) {
			assert_int_equal(n, -EMSGSIZE);
			continue;
		}
		assert_int_equal(n, NLMSG_ALIGN(HEADERS_SIZE + EVENT_HEADER_SIZE + kept));
		assert_int_equal(read_first(encoded, (size_t)n, &again), 1);
		assert_int_equal(again.what, 0x00400000);
		assert_int_equal(again.u.raw.size, sizes[i]);
		assert_memory_equal(again.u.raw.bytes, body, kept);
	}
}

static void a_loss_has_no_message(void **state)
{
	const struct ptree_event lost = { .kind = PTREE_EVENT_LOST, .u.lost.count = 3 };
	unsigned char buf[120] = { 0 };

	(void)state;
	assert_int_equal(ptree_event_encode(&lost, buf, sizeof(buf)), -EINVAL);
	assert_int_equal(buf[0], 0);
}

static void another_connectors_message_is_handed_on_but_not_decoded(void **state)
{
	static const unsigned char w1[] = { 1, 2, 3, 4, 5 };
	struct cn_msg cn = { .id = { CN_W1_IDX, CN_W1_VAL }, .seq = 8, .ack = 9, .flags = 7 };
	struct nlmsghdr header = { .nlmsg_type = NLMSG_DONE };
	unsigned char buf[HEADERS_SIZE + sizeof(w1)];
	struct ptree_event event = { .pid = 4711 };
	struct ptree_reader reader;
	struct ptree_message message;

	(void)state;
	cn.len = sizeof(w1);
	header.nlmsg_len = sizeof(buf);
	memcpy(buf, &header, sizeof(header));
	memcpy(buf + NLMSG_HDRLEN, &cn, sizeof(cn));
	memcpy(buf + HEADERS_SIZE, w1, sizeof(w1));
	ptree_reader_init(&reader, buf, sizeof(buf));

	assert_int_equal(ptree_reader_next(&reader, &message), 1);
	assert_true(message.is_connector);
	assert_int_equal(message.idx, CN_W1_IDX);
	assert_int_equal(message.val, CN_W1_VAL);
	assert_int_equal(message.seq, 8);
	assert_int_equal(message.ack, 9);
	assert_int_equal(message.flags, 7);
	assert_int_equal(message.payload_size, sizeof(w1));
	assert_memory_equal(message.payload, w1, sizeof(w1));
	assert_int_equal(ptree_event_decode(&message, &event), -EPROTONOSUPPORT);
	assert_int_equal(event.pid, 4711);
}

static void put_header(unsigned char *buf, uint32_t length, uint16_t type)
{
	const struct nlmsghdr header = { .nlmsg_len = length, .nlmsg_type = type };

	memcpy(buf, &header, sizeof(header));
}

static void messages_packed_into_one_buffer_are_all_read(void **state)
{
	unsigned char buf[COUNT(samples) * (MESSAGE_SIZE + NLMSG_HDRLEN + 4)];
	struct ptree_reader reader;
	struct ptree_message message;
	size_t used = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		used += make_sample(buf + used, i);
		/* NOOPs, one of an odd length with its padding. */
		put_header(buf + used, NLMSG_HDRLEN + (i % 2), NLMSG_NOOP);
		memset(buf + used + NLMSG_HDRLEN, 0xee, 4);
		used += NLMSG_HDRLEN + (i % 2) * 4;
	}
	ptree_reader_init(&reader, buf, used);
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct ptree_event want = event_sample(i), got;

		assert_int_equal(ptree_reader_next(&reader, &message), 1);
		assert_int_equal(ptree_event_decode(&message, &got), 0);
		assert_events_equal(&got, &want);
	}
	assert_int_equal(ptree_reader_next(&reader, &message), 0);
	assert_int_equal(ptree_reader_next(&reader, &message), 0);
}

static void padding_at_the_end_is_accepted(void **state)
{
	struct proc_event kernel = kernel_sample(1);
	struct ptree_reader reader;
	struct ptree_message message;

	(void)state;
	for (size_t padding = 0; padding <= 40; padding++) {
		size_t size = HEADERS_SIZE + sizeof(kernel) + 1;
		unsigned char *buf = calloc(1, size + padding);

		assert_non_null(buf);
		make_message(buf, &kernel, sizeof(kernel) + 1, 0);
		ptree_reader_init(&reader, buf, size + padding);
		assert_int_equal(ptree_reader_next(&reader, &message), 1);
		assert_int_equal(ptree_reader_next(&reader, &message), 0);
		free(buf);
	}
}

static void after_a_length_that_cannot_be_the_rest_is_given_up(void **state)
{
	static const uint32_t lengths[] = { 1, 15, MESSAGE_SIZE + 1, 0x7fffffff, 0xffffffff };
	unsigned char buf[2 * MESSAGE_SIZE];
	struct ptree_reader reader;
	struct ptree_message message = { .seq = 4711 };

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		make_sample(buf, 0);
		put_header(buf, lengths[i], NLMSG_DONE);
		ptree_reader_init(&reader, buf, MESSAGE_SIZE);
		assert_int_equal(ptree_reader_next(&reader, &message), -EBADMSG);
		assert_int_equal(message.seq, 4711);
		assert_int_equal(ptree_reader_next(&reader, &message), 0);
	}
}

static void a_length_of_0_is_padding_only_before_nothing(void **state)
{
	unsigned char buf[2 * MESSAGE_SIZE] = { 0 };
	struct ptree_reader reader;
	struct ptree_message message;

	(void)state;
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), 0);
	make_sample(buf + MESSAGE_SIZE, 0);
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), -EBADMSG);
}

static void a_payload_longer_than_its_message_is_refused(void **state)
{
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event event;
	uint16_t length = sizeof(struct proc_event) + 1;

	(void)state;
	make_sample(buf, 1);
	memcpy(buf + NLMSG_HDRLEN + offsetof(struct cn_msg, len), &length, sizeof(length));
	assert_int_equal(read_first(buf, sizeof(buf), &event), -EBADMSG);
}

static void a_payload_longer_than_its_message_costs_that_message_only(void **state)
{
	unsigned char buf[2 * MESSAGE_SIZE];
	struct ptree_event want = event_sample(2), event;
	uint16_t length = sizeof(struct proc_event) + 1;
	struct ptree_message message;
	struct ptree_reader reader;

	(void)state;
	make_sample(buf, 1);
	memcpy(buf + NLMSG_HDRLEN + offsetof(struct cn_msg, len), &length, sizeof(length));
	make_sample(buf + MESSAGE_SIZE, 2);
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), -EBADMSG);
	assert_int_equal(ptree_reader_next(&reader, &message), 1);
	assert_int_equal(ptree_event_decode(&message, &event), 0);
	assert_events_equal(&event, &want);
	assert_int_equal(ptree_reader_next(&reader, &message), 0);
}

static void a_connectors_message_may_have_any_netlink_type(void **state)
{
	static const uint16_t types[] = { NLMSG_MIN_TYPE, 0x20, 0xffff };
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_event want = event_sample(1), event;
	uint16_t length = sizeof(struct proc_event) + 1;
	struct ptree_message message;
	struct ptree_reader reader;

	(void)state;
	for (size_t i = 0; i < COUNT(types); i++) {
		make_sample(buf, 1);
		put_header(buf, sizeof(buf), types[i]);
		assert_int_equal(read_first(buf, sizeof(buf), &event), 1);
		assert_events_equal(&event, &want);

		/* Of these a length that does not fit says that it is something else. */
		memcpy(buf + NLMSG_HDRLEN + offsetof(struct cn_msg, len), &length, sizeof(length));
		ptree_reader_init(&reader, buf, sizeof(buf));
		assert_int_equal(ptree_reader_next(&reader, &message), 1);
		assert_int_equal(message.type, types[i]);
		assert_false(message.is_connector);
	}
}

static void an_overrun_is_no_connectors_message(void **state)
{
	unsigned char buf[MESSAGE_SIZE];
	struct ptree_message message;
	struct ptree_reader reader;

	(void)state;
	make_sample(buf, 1);
	put_header(buf, sizeof(buf), NLMSG_OVERRUN);
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), 1);
	assert_int_equal(message.type, NLMSG_OVERRUN);
	assert_false(message.is_connector);
}

static void any_connectors_message_can_be_encoded(void **state)
{
	static const unsigned char payload[] = "123456789";
	unsigned char buf[200];
	struct ptree_message got;
	struct ptree_reader reader;

	(void)state;
	for (size_t size = 0; size <= sizeof(payload); size++) {
		const struct ptree_message want = {
			.idx = CN_W1_IDX,
			.val = CN_W1_VAL,
			.seq = 8,
			.ack = 9,
			.flags = 7,
			.payload = payload,
			.payload_size = size,
		};
		size_t whole = NLMSG_ALIGN(HEADERS_SIZE + size);

		memset(buf, 0xee, sizeof(buf));
		assert_int_equal(ptree_message_encode(&want, buf, whole - 1), -EMSGSIZE);
		assert_int_equal(ptree_message_encode(&want, buf, sizeof(buf)), whole);
		/* Another one behind it is found, so the padding is where netlink wants it. */
		assert_int_equal(ptree_message_encode(&want, buf + whole, whole), whole);
		for (size_t i = HEADERS_SIZE + size; i < whole; i++)
			assert_int_equal(buf[i], 0);
		ptree_reader_init(&reader, buf, 2 * whole);
		for (int i = 0; i < 2; i++) {
			assert_int_equal(ptree_reader_next(&reader, &got), 1);
			assert_int_equal(got.type, NLMSG_DONE);
			assert_true(got.is_connector);
			assert_int_equal(got.idx, CN_W1_IDX);
			assert_int_equal(got.val, CN_W1_VAL);
			assert_int_equal(got.seq, 8);
			assert_int_equal(got.ack, 9);
			assert_int_equal(got.flags, 7);
			assert_int_equal(got.payload_size, size);
			assert_memory_equal(got.payload, payload, size);
		}
		assert_int_equal(ptree_reader_next(&reader, &got), 0);
	}
}

static void a_payload_that_no_length_can_tell_is_refused(void **state)
{
	unsigned char *big = calloc(1, 0x10000);
	const struct ptree_message message = { .payload = big, .payload_size = 0x10000 };
	unsigned char *buf = malloc(0x20000);

	(void)state;
	assert_true(big && buf);
	assert_int_equal(ptree_message_encode(&message, buf, 0x20000), -EMSGSIZE);
	free(big);
	free(buf);
}

static void an_error_message_tells_its_errno(void **state)
{
	unsigned char buf[sizeof(struct nlmsghdr) + sizeof(struct nlmsgerr)] = { 0 };
	const int error = -EPERM;
	struct ptree_reader reader;
	struct ptree_message message;
	struct ptree_event event;

	(void)state;
	put_header(buf, sizeof(buf), NLMSG_ERROR);
	memcpy(buf + NLMSG_HDRLEN, &error, sizeof(error));
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), 1);
	assert_int_equal(message.type, NLMSG_ERROR);
	assert_int_equal(message.error, -EPERM);
	assert_false(message.is_connector);
	assert_int_equal(ptree_event_decode(&message, &event), -EPROTONOSUPPORT);

	put_header(buf, NLMSG_HDRLEN + 3, NLMSG_ERROR);
	ptree_reader_init(&reader, buf, NLMSG_HDRLEN + 3);
	assert_int_equal(ptree_reader_next(&reader, &message), -EBADMSG);
}

static void a_message_with_no_room_for_a_connectors_header_is_none(void **state)
{
	unsigned char buf[NLMSG_HDRLEN + sizeof(struct cn_msg) - 1] = { 0 };
	struct ptree_reader reader;
	struct ptree_message message;
	struct ptree_event event;

	(void)state;
	put_header(buf, sizeof(buf), NLMSG_DONE);
	ptree_reader_init(&reader, buf, sizeof(buf));
	assert_int_equal(ptree_reader_next(&reader, &message), 1);
	assert_false(message.is_connector);
	assert_int_equal(ptree_event_decode(&message, &event), -EPROTONOSUPPORT);
}

/* ------------------------------------------------------------------------------------------ */

static const struct {
	struct ptree_event event;
	const char *text;
} formats[] = {
	{ { .kind = PTREE_EVENT_ACK, .u.ack = { 0, 9 } }, "ack 9" },
	{ { .kind = PTREE_EVENT_ACK, .u.ack = { 1, 9 } }, "ack 9 error 1" },
	{ { .kind = PTREE_EVENT_FORK,
	    .pid = 1234,
	    .tgid = 1234,
	    .parent_pid = 7,
	    .parent_tgid = 1200 },
	  "fork 1234 by 1200" },
	{ { .kind = PTREE_EVENT_FORK, .pid = 1240, .tgid = 1234, .parent_tgid = 1200 },
	  "fork 1234 task 1240 by 1200" },
	{ { .kind = PTREE_EVENT_EXEC, .pid = 1234, .tgid = 1234 }, "exec 1234" },
	{ { .kind = PTREE_EVENT_UID, .pid = 5, .tgid = 5, .u.id = { 0, 4294967294 } },
	  "uid 5 real 0 effective 4294967294" },
	{ { .kind = PTREE_EVENT_GID, .pid = 5, .tgid = 5, .u.id = { 1, 2 } },
	  "gid 5 real 1 effective 2" },
	{ { .kind = PTREE_EVENT_SID, .pid = 5, .tgid = 5 }, "sid 5" },
	{ { .kind = PTREE_EVENT_PTRACE, .pid = 5, .tgid = 5, .u.ptrace = { 7, 6 } },
	  "ptrace 5 by 6" },
	{ { .kind = PTREE_EVENT_PTRACE, .pid = 5, .tgid = 5 }, "ptrace 5 detached" },
	{ { .kind = PTREE_EVENT_COMM, .pid = 5, .tgid = 5, .u.comm = "kworker/0:1" },
	  "comm 5 \"kworker/0:1\"" },
	{ { .kind = PTREE_EVENT_COMM, .pid = 6, .tgid = 5, .u.comm = "\x1b\n\x7f\xff\"\\ ~" },
	  "comm 5 task 6 \"\\x1b\\x0a\\x7f\\xff\\x22\\x5c ~\"" },
	{ { .kind = PTREE_EVENT_COREDUMP, .pid = 5, .tgid = 5 }, "coredump 5" },
	{ { .kind = PTREE_EVENT_EXIT, .pid = 1234, .tgid = 1234, .u.exit.status = 256 },
	  "exit 1234 exit 1" },
	{ { .kind = PTREE_EVENT_EXIT, .pid = 1240, .tgid = 1234, .u.exit.status = 0x8b },
	  "exit 1234 task 1240 killed by SIGSEGV, core dumped" },
	{ { .kind = PTREE_EVENT_LOST, .cpu = 3, .u.lost.count = UINT64_C(5000000000) },
	  "lost 5000000000 on cpu 3" },
	{ { .kind = PTREE_EVENT_UNKNOWN, .what = 0x400, .u.raw.size = 24 },
	  "unknown 0x00000400, 24 bytes" },
};

static void every_kind_is_written_as_one_line(void **state)
{
	char text[160];

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		int n = ptree_event_format(&formats[i].event, text, sizeof(text));

		assert_string_equal(text, formats[i].text);
		assert_int_equal(n, strlen(formats[i].text));
	}
}

static void a_buffer_too_small_is_filled_and_told_the_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		int length = (int)strlen(formats[i].text);

		assert_int_equal(ptree_event_format(&formats[i].event, NULL, 0), length);
		for (size_t size = 1; size <= (size_t)length; size++) {
			char *text = malloc(size);

			assert_non_null(text);
			assert_int_equal(ptree_event_format(&formats[i].event, text, size), length);
			assert_int_equal(strlen(text), size - 1);
			assert_memory_equal(text, formats[i].text, size - 1);
			free(text);
		}
	}
}

static void a_line_says_more_if_it_is_asked_to(void **state)
{
	const struct ptree_event fork = { .kind = PTREE_EVENT_FORK,
					  .time_ns = UINT64_C(5000000007),
					  .cpu = 3,
					  .pid = 1234,
					  .tgid = 1234,
					  .parent_pid = 7,
					  .parent_tgid = 1200 };
	const struct ptree_event traced = {
		.kind = PTREE_EVENT_PTRACE, .pid = 5, .tgid = 5, .u.ptrace = { 7, 6 }
	};
	const struct ptree_event over = { .kind = PTREE_EVENT_EXIT,
					  .pid = 5,
					  .tgid = 5,
					  .parent_pid = 9,
					  .parent_tgid = 8,
					  .u.exit = { 256, SIGCHLD } };
	char text[160];

	(void)state;
	ptree_event_format_with(&fork, PTREE_FORMAT_ALL, text, sizeof(text));
	assert_string_equal(text, "5.000000007 cpu 3 fork 1234 by 1200 task 7");
	ptree_event_format_with(&fork, PTREE_FORMAT_TASKS, text, sizeof(text));
	assert_string_equal(text, "fork 1234 by 1200 task 7");
	ptree_event_format_with(&traced, PTREE_FORMAT_TASKS, text, sizeof(text));
	assert_string_equal(text, "ptrace 5 by 6 task 7");
	ptree_event_format_with(&over, PTREE_FORMAT_TASKS | PTREE_FORMAT_SIGNAL, text,
				sizeof(text));
	assert_string_equal(text, "exit 5 exit 1 of 8 sends SIGCHLD");
	ptree_event_format_with(&over, 0, text, sizeof(text));
	assert_string_equal(text, "exit 5 exit 1");
}

static void assert_event_json(struct ptree_event event, const char *details)
{
	struct ptree_json json = { 0 };
	char expected[512];

	event.time_ns = 5;
	event.cpu = 1;
	event.seq = 9;
	ptree_event_json(&event, &json, NULL);
	assert_false(json.has_failed);
	snprintf(expected, sizeof(expected),
		 "{\"event\":\"%s\",\"time_ns\":5,\"cpu\":1,\"seq\":9%s}\n",
		 ptree_event_kind_name(event.kind), details);
	assert_int_equal(json.size, strlen(expected));
	assert_memory_equal(json.bytes, expected, json.size);
	ptree_json_clear(&json);
}

static void an_event_is_an_object_with_all_that_its_kind_has(void **state)
{
	(void)state;
	assert_event_json((struct ptree_event){ PTREE_EVENT_FORK, .pid = 6, .tgid = 5,
						.parent_pid = 4, .parent_tgid = 3 },
			  ",\"pid\":5,\"tid\":6,\"parent_pid\":3,\"parent_tid\":4");
	assert_event_json((struct ptree_event){ PTREE_EVENT_EXEC, .pid = 5, .tgid = 5 },
			  ",\"pid\":5,\"tid\":5");
	assert_event_json(
	    (struct ptree_event){ PTREE_EVENT_UID, .pid = 5, .tgid = 5, .u.id = { 1, 2 } },
	    ",\"pid\":5,\"tid\":5,\"real_uid\":1,\"effective_uid\":2");
	assert_event_json((struct ptree_event){ PTREE_EVENT_PTRACE, .pid = 5, .tgid = 5 },
			  ",\"pid\":5,\"tid\":5,\"tracer_pid\":null,\"tracer_tid\":null");
	assert_event_json(
	    (struct ptree_event){ PTREE_EVENT_COMM, .pid = 5, .tgid = 5, .u.comm = "\"\xff" },
	    ",\"pid\":5,\"tid\":5,\"comm\":\"\\\"\\ufffd\"");
	assert_event_json((struct ptree_event){ PTREE_EVENT_EXIT, .pid = 5, .tgid = 5,
						.u.exit = { 0x8b, SIGCHLD } },
			  ",\"pid\":5,\"tid\":5,\"parent_pid\":null,\"parent_tid\":null,"
			  "\"status\":139,\"exit_code\":null,\"signal\":11,\"core_dumped\":true,"
			  "\"exit_signal\":17");
	assert_event_json((struct ptree_event){ PTREE_EVENT_LOST, .u.lost.count = 3 },
			  ",\"count\":3");
	assert_event_json((struct ptree_event){ PTREE_EVENT_UNKNOWN, .what = 1024,
						.u.raw = { 3, { 0xab, 0, 1 } } },
			  ",\"kind\":1024,\"size\":3,\"raw\":\"ab0001\"");
}

static void a_wait_status_is_said_in_words(void **state)
{
	static const struct {
		uint32_t status;
		const char *text;
	} statuses[] = {
		{ 0, "exit 0" },
		{ W_EXITCODE(255, 0), "exit 255" },
		{ SIGKILL, "killed by SIGKILL" },
		{ SIGSEGV | 0x80, "killed by SIGSEGV, core dumped" },
		{ 34, "killed by SIGRTMIN+0" },
		{ 64, "killed by SIGRTMIN+30" },
		{ 33, "killed by signal 33" },
		{ 0x7f, "status 0x7f" },
		{ 0x137f, "status 0x137f" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		int n = ptree_status_format(statuses[i].status, text, sizeof(text));

		assert_string_equal(text, statuses[i].text);
		assert_int_equal(n, strlen(text));
	}
	assert_int_equal(ptree_status_format(256, NULL, 0), 6);
}

static void every_kind_has_a_name_of_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < PTREE_EVENT_KIND_COUNT; i++) {
		const char *name = ptree_event_kind_name((enum ptree_event_kind)i);

		assert_non_null(name);
		for (int k = 0; k < i; k++)
			assert_string_not_equal(name,
						ptree_event_kind_name((enum ptree_event_kind)k));
	}
	assert_string_equal(ptree_event_kind_name(PTREE_EVENT_COREDUMP), "coredump");
	assert_string_equal(ptree_event_kind_name((enum ptree_event_kind)99), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_decodes_to_what_the_kernel_said),
		cmocka_unit_test(every_kind_is_encoded_to_the_bytes_of_the_kernel),
		cmocka_unit_test(a_message_may_stand_at_any_address),
		cmocka_unit_test(a_message_cut_at_any_byte_is_refused),
		cmocka_unit_test(an_event_too_short_for_its_kind_is_refused_at_every_length),
		cmocka_unit_test(members_that_old_kernels_do_not_send_are_0),
		cmocka_unit_test(bytes_appended_by_a_later_kernel_are_passed_over),
		cmocka_unit_test(a_comm_without_end_is_ended),
		cmocka_unit_test(a_non_zero_exit_is_an_exit_and_stays_one),
		cmocka_unit_test(an_unknown_kind_keeps_its_first_bytes_and_is_sent_whole_or_not),
		cmocka_unit_test(a_loss_has_no_message),
		cmocka_unit_test(another_connectors_message_is_handed_on_but_not_decoded),
		cmocka_unit_test(messages_packed_into_one_buffer_are_all_read),
		cmocka_unit_test(padding_at_the_end_is_accepted),
		cmocka_unit_test(after_a_length_that_cannot_be_the_rest_is_given_up),
		cmocka_unit_test(a_length_of_0_is_padding_only_before_nothing),
		cmocka_unit_test(a_payload_longer_than_its_message_is_refused),
		cmocka_unit_test(a_payload_longer_than_its_message_costs_that_message_only),
		cmocka_unit_test(a_connectors_message_may_have_any_netlink_type),
		cmocka_unit_test(an_overrun_is_no_connectors_message),
		cmocka_unit_test(any_connectors_message_can_be_encoded),
		cmocka_unit_test(a_payload_that_no_length_can_tell_is_refused),
		cmocka_unit_test(an_error_message_tells_its_errno),
		cmocka_unit_test(a_message_with_no_room_for_a_connectors_header_is_none),
		cmocka_unit_test(every_kind_is_written_as_one_line),
		cmocka_unit_test(a_buffer_too_small_is_filled_and_told_the_length),
		cmocka_unit_test(a_line_says_more_if_it_is_asked_to),
		cmocka_unit_test(an_event_is_an_object_with_all_that_its_kind_has),
		cmocka_unit_test(a_wait_status_is_said_in_words),
		cmocka_unit_test(every_kind_has_a_name_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
