/* SPDX-License-Identifier: MIT */
/*
 * Accounting: messages in, records out, and the receiving side fed over netlink sockets of our own.
 * The bytes are made with the kernel's own header, not with what is tested here, and are allocated
 * to the byte. Needs no privilege and no taskstats.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/taskstats.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proctree.h"
#include "kernel/taskstats.h"
#include "kernel/wire.h"

#define FAMILY 31
#define STATS_SIZE 560 /* of version 16 */
#define ALL_KNOWN 63u
#define PROCESS_KNOWN (PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_ELAPSED)
/* What the headers of version 8 do not have. */
#define TGID_OFFSET 368
#define TGETIME_OFFSET 376
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ------------------------------------------------------------------------------------------ */
/* Making messages                                                                            */

struct message {
	unsigned char bytes[4096];
	size_t size;
};

static void begin(struct message *message, uint16_t type, uint8_t cmd)
{
	const struct nlmsghdr header = { .nlmsg_len = 20, .nlmsg_type = type, .nlmsg_seq = 7 };
	const struct genlmsghdr genl = { .cmd = cmd, .version = TASKSTATS_GENL_VERSION };

	*message = (struct message){ .size = 20 };
	memcpy(message->bytes, &header, sizeof(header));
	memcpy(message->bytes + sizeof(header), &genl, sizeof(genl));
}

static void set_length(struct message *message, uint32_t length)
{
	memcpy(message->bytes, &length, sizeof(length));
}

/* Returns where the attribute is. */
static size_t put(struct message *message, uint16_t type, const void *bytes, size_t size)
{
	const struct nlattr header = { .nla_len = (uint16_t)(4 + size), .nla_type = type };
	size_t at = message->size;

	memcpy(message->bytes + at, &header, sizeof(header));
	if (size)
		memcpy(message->bytes + at + 4, bytes, size);
	message->size += NLMSG_ALIGN(4 + size);
	set_length(message, (uint32_t)message->size);
	return at;
}

static void set_attribute_length(struct message *message, size_t at, size_t length)
{
	uint16_t value = (uint16_t)length;

	memcpy(message->bytes + at, &value, sizeof(value));
}

static size_t begin_nest(struct message *message, uint16_t type)
{
	return put(message, type, NULL, 0);
}

static void end_nest(struct message *message, size_t at)
{
	set_attribute_length(message, at, message->size - at);
}

/* A record as version 16 fills it. */
struct stats {
	unsigned char bytes[2000];
};

static void poke(struct stats *stats, size_t at, const void *value, size_t size)
{
	memcpy(stats->bytes + at, value, size);
}

static struct stats task_stats(void)
{
	const struct taskstats known = {
		.version = 16,
		.ac_exitcode = 3 << 8,
		.cpu_run_virtual_total = 1270001,
		.ac_comm = "worker",
		.ac_uid = 1000,
		.ac_gid = 1001,
		.ac_pid = 4242,
		.ac_ppid = 17,
		.ac_etime = 2500123,
		.ac_utime = 4000,
		.ac_stime = 8000,
		.hiwater_rss = 20480,
		.read_bytes = 4096,
		.write_bytes = 8192,
	};
	const uint32_t tgid = 4240;
	const uint64_t tgetime = 9000001;
	struct stats stats = { 0 };

	poke(&stats, 0, &known, offsetof(struct taskstats, freepages_count));
	poke(&stats, TGID_OFFSET, &tgid, sizeof(tgid));
	poke(&stats, TGETIME_OFFSET, &tgetime, sizeof(tgetime));
	return stats;
}

static struct stats process_stats(void)
{
	const struct taskstats known = {
		.version = 16,
		.cpu_run_virtual_total = 80238795,
		.ac_etime = 159639, /* a sum of lifetimes */
		.ac_utime = 32000,
		.ac_stime = 48000,
	};
	struct stats stats = { 0 };

	poke(&stats, 0, &known, offsetof(struct taskstats, freepages_count));
	return stats;
}

static void set_version(struct stats *stats, uint16_t version)
{
	poke(stats, 0, &version, sizeof(version));
}

static void put_task(struct message *message, const struct stats *stats, size_t size)
{
	const uint32_t pid = 4242;
	size_t nest = begin_nest(message, TASKSTATS_TYPE_AGGR_PID);

	put(message, TASKSTATS_TYPE_PID, &pid, sizeof(pid));
	put(message, TASKSTATS_TYPE_STATS, stats, size);
	end_nest(message, nest);
}

static void put_process(struct message *message, const struct stats *stats, size_t size)
{
	const uint32_t tgid = 4240;
	size_t nest = begin_nest(message, TASKSTATS_TYPE_AGGR_TGID);

	put(message, TASKSTATS_TYPE_TGID, &tgid, sizeof(tgid));
	put(message, TASKSTATS_TYPE_STATS, stats, size);
	end_nest(message, nest);
}

static void make_task(struct message *message, const struct stats *stats, size_t size)
{
	begin(message, FAMILY, TASKSTATS_CMD_NEW);
	put_task(message, stats, size);
}

/* What a threaded process's last task sends. */
static void make_both(struct message *message)
{
	struct stats task = task_stats(), process = process_stats();

	make_task(message, &task, STATS_SIZE);
	put_process(message, &process, STATS_SIZE);
}

/* ------------------------------------------------------------------------------------------ */
/* Decoding                                                                                   */

#define UNTOUCHED 0xa5

static bool is_untouched(const struct ptree_accounting *record)
{
	const unsigned char *bytes = (const unsigned char *)record;

	for (size_t i = 0; i < sizeof(*record); i++)
		if (bytes[i] != UNTOUCHED)
			return false;
	return true;
}

/* From a copy that ends where the bytes do and begins where nothing is aligned. */
static int decode_bytes(const unsigned char *bytes, size_t size, struct ptree_accounting records[2])
{
	unsigned char *copy = malloc(size + 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy + 1, bytes, size);
	memset(records, UNTOUCHED, 2 * sizeof(records[0]));
	ret = ptree_accounting_decode(copy + 1, size, FAMILY, records);
	free(copy);
	assert_in_range(ret + EBADMSG, 0, EBADMSG + 2);
	for (int i = ret < 0 ? 0 : ret; i < 2; i++)
		assert_true(is_untouched(&records[i]));
	return ret;
}

static int decode(const struct message *message, struct ptree_accounting records[2])
{
	return decode_bytes(message->bytes, message->size, records);
}

static void assert_full_task(const struct ptree_accounting *record)
{
	assert_int_equal(record->pid, 4242);
	assert_false(record->is_process);
	assert_int_equal(record->known, ALL_KNOWN);
	assert_int_equal(record->cpu_user_ns, 4000000);
	assert_int_equal(record->cpu_system_ns, 8000000);
	assert_int_equal(record->cpu_run_ns, 1270001);
	assert_int_equal(record->elapsed_ns, 2500123000);
	assert_int_equal(record->max_rss_bytes, 20480 * 1024);
	assert_int_equal(record->read_bytes, 4096);
	assert_int_equal(record->write_bytes, 8192);
	assert_int_equal(record->uid, 1000);
	assert_int_equal(record->gid, 1001);
	assert_int_equal(record->ppid, 17);
	assert_int_equal(record->status, 3 << 8);
	assert_string_equal(record->comm, "worker");
}

static void assert_full_process(const struct ptree_accounting *record)
{
	assert_int_equal(record->pid, 4240);
	assert_true(record->is_process);
	assert_int_equal(record->known, PROCESS_KNOWN);
	assert_int_equal(record->cpu_user_ns, 32000000);
	assert_int_equal(record->cpu_system_ns, 48000000);
	assert_int_equal(record->cpu_run_ns, 80238795);
	assert_int_equal(record->elapsed_ns, 9000001000);
	assert_int_equal(record->max_rss_bytes + record->read_bytes + record->write_bytes, 0);
	assert_int_equal(record->uid + record->gid + record->status, 0);
	assert_int_equal(record->ppid, 0);
	assert_string_equal(record->comm, "");
}

static void the_layout_is_that_of_the_kernels_header(void **state)
{
#define SAME(member)                                                                               \
	assert_int_equal(offsetof(struct wire_taskstats, member),                                  \
			 offsetof(struct taskstats, member))
	(void)state;
	SAME(version);
	SAME(ac_exitcode);
	SAME(cpu_delay_total);
	SAME(cpu_run_virtual_total);
	SAME(ac_comm);
	SAME(ac_sched);
	SAME(ac_uid);
	SAME(ac_gid);
	SAME(ac_ppid);
	SAME(ac_btime);
	SAME(ac_etime);
	SAME(ac_utime);
	SAME(ac_stime);
	SAME(hiwater_rss);
	SAME(read_bytes);
	SAME(write_bytes);
	SAME(freepages_delay_total);
#if TASKSTATS_VERSION >= 12
	SAME(ac_tgid);
	SAME(ac_tgetime);
#endif
#undef SAME
	assert_int_equal(WIRE_TASKSTATS_REGISTER, TASKSTATS_CMD_ATTR_REGISTER_CPUMASK);
	assert_int_equal(WIRE_TASKSTATS_DEREGISTER, TASKSTATS_CMD_ATTR_DEREGISTER_CPUMASK);
	assert_int_equal(WIRE_CONTROLLER_FAMILY, GENL_ID_CTRL);
	assert_int_equal(WIRE_CONTROLLER_GET_FAMILY, CTRL_CMD_GETFAMILY);
	assert_int_equal(WIRE_CONTROLLER_FAMILY_ID, CTRL_ATTR_FAMILY_ID);
	assert_int_equal(WIRE_CONTROLLER_FAMILY_NAME, CTRL_ATTR_FAMILY_NAME);
	assert_string_equal(WIRE_TASKSTATS_NAME, TASKSTATS_GENL_NAME);
}

static void a_full_record_of_a_task_is_known_in_every_field(void **state)
{
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_task(&message, &stats, STATS_SIZE);
	assert_int_equal(message.size, 596);
	assert_int_equal(decode(&message, records), 1);
	assert_full_task(&records[0]);
	assert_int_equal(records[0].version, 16);
}

static void the_last_task_of_a_process_comes_with_the_sums_of_the_process(void **state)
{
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_both(&message);
	assert_int_equal(message.size, 1172);
	assert_int_equal(decode(&message, records), 2);
	assert_full_task(&records[0]);
	assert_full_process(&records[1]);
}

static void a_process_comes_second_whatever_the_order_of_the_attributes(void **state)
{
	struct stats task = task_stats(), process = process_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	begin(&message, FAMILY, TASKSTATS_CMD_NEW);
	put_process(&message, &process, STATS_SIZE);
	put_task(&message, &task, STATS_SIZE);
	assert_int_equal(decode(&message, records), 2);
	assert_full_task(&records[0]);
	assert_full_process(&records[1]);
}

static void older_and_newer_records_are_known_as_far_as_they_go(void **state)
{
	static const struct {
		uint16_t version;
		size_t size;
		uint32_t known;
	} rows[] = {
		{ 8, 328, ALL_KNOWN },
		{ 9, 344, ALL_KNOWN },
		{ 14, 432, ALL_KNOWN },
		{ 16, 560, ALL_KNOWN },
		{ 17, 688, ALL_KNOWN },
		{ 99, 1000, ALL_KNOWN },
		/* No kernel sends these. */
		{ 8, 264, ALL_KNOWN },
		{ 8, 263, ALL_KNOWN & ~(uint32_t)PTREE_ACCOUNTING_IO },
		{ 8, 207, PROCESS_KNOWN | PTREE_ACCOUNTING_WHO },
		{ 8, 167, PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_WHO | PTREE_ACCOUNTING_ELAPSED },
		{ 8, 151, PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_WHO },
		{ 8, 135, PTREE_ACCOUNTING_RUN },
		{ 8, 79, 0 },
		{ 8, 2, 0 },
		{ 2, 328, 0 },
		{ 0, 560, 0 },
	};
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_version(&stats, rows[i].version);
		make_task(&message, &stats, rows[i].size);
		assert_int_equal(decode(&message, records), 1);
		assert_int_equal(records[0].pid, 4242);
		assert_int_equal(records[0].version, rows[i].version);
		assert_int_equal(records[0].known, rows[i].known);
		if (rows[i].known == ALL_KNOWN)
			assert_full_task(&records[0]);
		if (!(rows[i].known & PTREE_ACCOUNTING_IO))
			assert_int_equal(records[0].write_bytes + records[0].read_bytes, 0);
		if (!(rows[i].known & PTREE_ACCOUNTING_WHO))
			assert_string_equal(records[0].comm, "");
	}
}

/* Two numbers more after each of the delays' sums. */
static struct stats version_15(const struct stats *stats)
{
	static const size_t ends[] = { 32, 48, 64, 328, 344, 368, 416, 432 };
	struct stats moved = { 0 };
	size_t from = 0, to = 0;

	for (size_t i = 0; i < COUNT(ends); i++) {
		memcpy(moved.bytes + to, stats->bytes + from, ends[i] - from);
		to += ends[i] - from;
		from = ends[i];
		memset(moved.bytes + to, 0xee, 16);
		to += 16;
	}
	assert_int_equal(to, STATS_SIZE);
	set_version(&moved, 15);
	return moved;
}

static void version_15_has_its_fields_elsewhere(void **state)
{
	struct stats task = task_stats(), process = process_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	task = version_15(&task);
	process = version_15(&process);
	make_task(&message, &task, STATS_SIZE);
	put_process(&message, &process, STATS_SIZE);
	assert_int_equal(decode(&message, records), 2);
	assert_full_task(&records[0]);
	assert_full_process(&records[1]);
	make_task(&message, &task, STATS_SIZE - 8);
	assert_int_equal(decode(&message, records), 1);
	assert_int_equal(records[0].known, 0);
}

static void a_process_that_lacks_a_version_has_its_tasks(void **state)
{
	struct stats task = task_stats(), process = process_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	set_version(&process, 0);
	make_task(&message, &task, STATS_SIZE);
	put_process(&message, &process, STATS_SIZE);
	assert_int_equal(decode(&message, records), 2);
	assert_full_process(&records[1]);
	assert_int_equal(records[1].version, 16);
}

/* Before version 12 nobody says how long it lasted; its ac_etime is a sum over its tasks. */
static void a_process_does_not_last_as_long_as_all_its_tasks_together(void **state)
{
	static const struct {
		uint16_t version;
		size_t size;
		uint32_t tgid;
		uint32_t known;
	} rows[] = {
		{ 16, STATS_SIZE, 4240, PROCESS_KNOWN },
		{ 12, 400, 4240, PROCESS_KNOWN },
		{ 11, 368, 4240, PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN },
		{ 8, 328, 4240, PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN },
		{ 16, STATS_SIZE, 4241, PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN },
	};
	struct stats task = task_stats(), process = process_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		set_version(&task, rows[i].version);
		set_version(&process, rows[i].version);
		poke(&task, TGID_OFFSET, &rows[i].tgid, sizeof(rows[i].tgid));
		make_task(&message, &task, rows[i].size);
		put_process(&message, &process, rows[i].size);
		assert_int_equal(decode(&message, records), 2);
		assert_int_equal(records[1].known, rows[i].known);
		if (!(rows[i].known & PTREE_ACCOUNTING_ELAPSED))
			assert_int_equal(records[1].elapsed_ns, 0);
	}
}

static void what_a_kernel_does_not_account_is_not_known(void **state)
{
	static const struct {
		size_t at;
		uint32_t lost;
	} rows[] = {
		{ offsetof(struct taskstats, cpu_run_virtual_total), PTREE_ACCOUNTING_RUN },
		{ offsetof(struct taskstats, hiwater_rss), PTREE_ACCOUNTING_MEMORY },
		{ offsetof(struct taskstats, read_bytes), 0 },
		{ offsetof(struct taskstats, write_bytes), PTREE_ACCOUNTING_IO },
	};
	const uint64_t zero = 0;
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];
	uint32_t known = ALL_KNOWN;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		poke(&stats, rows[i].at, &zero, sizeof(zero));
		known &= ~rows[i].lost;
		make_task(&message, &stats, STATS_SIZE);
		assert_int_equal(decode(&message, records), 1);
		assert_int_equal(records[0].known, known);
	}
}

static void sums_that_a_kernel_leaves_empty_are_not_known(void **state)
{
	struct stats task = task_stats(), process = { 0 };
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_task(&message, &task, STATS_SIZE);
	put_process(&message, &process, STATS_SIZE);
	assert_int_equal(decode(&message, records), 2);
	assert_int_equal(records[1].known, PTREE_ACCOUNTING_ELAPSED);
	assert_int_equal(records[1].cpu_user_ns + records[1].cpu_system_ns, 0);
}

static void numbers_too_large_for_their_unit_stay_large(void **state)
{
	const uint64_t huge = UINT64_MAX - 1;
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	poke(&stats, offsetof(struct taskstats, ac_etime), &huge, sizeof(huge));
	poke(&stats, offsetof(struct taskstats, hiwater_rss), &huge, sizeof(huge));
	make_task(&message, &stats, STATS_SIZE);
	assert_int_equal(decode(&message, records), 1);
	assert_true(records[0].elapsed_ns == UINT64_MAX);
	assert_true(records[0].max_rss_bytes == UINT64_MAX);
}

static void names_are_raw_bytes_and_end(void **state)
{
	static const struct {
		const char *wire; /* 32 bytes */
		const char *comm;
	} rows[] = {
		{ "\x1b[2J\xff\n)\0 what is behind it.......", "\x1b[2J\xff\n)" },
		{ "0123456789abcde\0................", "0123456789abcde" },
		{ "0123456789abcdefghijklmnopqrstuv", "0123456789abcde" },
		{ "\0..............................", "" },
	};
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		poke(&stats, offsetof(struct taskstats, ac_comm), rows[i].wire, 32);
		make_task(&message, &stats, STATS_SIZE);
		assert_int_equal(decode(&message, records), 1);
		assert_string_equal(records[0].comm, rows[i].comm);
		for (size_t k = strlen(rows[i].comm); k < PTREE_COMM_SIZE; k++)
			assert_int_equal(records[0].comm[k], 0);
	}
}

static void a_message_that_is_cut_is_refused_wherever_it_is(void **state)
{
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_both(&message);
	for (size_t size = 0; size < message.size; size++)
		assert_int_equal(decode_bytes(message.bytes, size, records), -EBADMSG);
	assert_int_equal(decode(&message, records), 2);
}

/* The header says the length that there is: only between two attributes can a message end. */
static void a_shorter_message_is_refused_or_gives_what_is_whole(void **state)
{
	struct message message;
	struct ptree_accounting records[2];
	int ret;

	(void)state;
	make_both(&message);
	for (size_t size = NLMSG_HDRLEN; size < message.size; size++) {
		set_length(&message, (uint32_t)size);
		ret = decode_bytes(message.bytes, size, records);
		assert_int_equal(ret, size == 20 ? 0 : size == 596 ? 1 : -EBADMSG);
		if (size == 596)
			assert_full_task(&records[0]);
	}
}

static void what_follows_a_message_does_not_count(void **state)
{
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_task(&message, &stats, STATS_SIZE);
	message.size += 24;
	assert_int_equal(decode(&message, records), 1);
	assert_full_task(&records[0]);
}

static void lengths_that_cannot_be_are_refused(void **state)
{
	/* Where the attributes of a task's message are. */
	enum { NEST = 20, PID = 24, STATS = 32 };
	static const struct {
		size_t at, length;
	} rows[] = {
		{ NEST, 0 },  { NEST, 3 },    { NEST, 4 },    { NEST, 7 },	{ NEST, 11 },
		{ NEST, 12 }, { NEST, 15 },   { NEST, 575 },  { NEST, 577 },	{ NEST, 65535 },
		{ PID, 0 },   { PID, 3 },     { PID, 4 },     { PID, 6 },	{ PID, 9 },
		{ PID, 572 }, { PID, 573 },   { STATS, 0 },   { STATS, 3 },	{ STATS, 4 },
		{ STATS, 5 }, { STATS, 565 }, { STATS, 568 }, { STATS, 65535 },
	};
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_task(&message, &stats, STATS_SIZE);
		set_attribute_length(&message, rows[i].at, rows[i].length);
		assert_int_equal(decode(&message, records), -EBADMSG);
	}
}

static void headers_that_cannot_be_are_refused(void **state)
{
	static const uint32_t lengths[] = { 0, 15, 16, 19, 597, 0x7fffffff, 0xffffffff };
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		make_task(&message, &stats, STATS_SIZE);
		set_length(&message, lengths[i]);
		assert_int_equal(decode(&message, records), -EBADMSG);
	}
}

static void a_record_without_its_number_is_refused(void **state)
{
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];
	size_t nest;

	(void)state;
	begin(&message, FAMILY, TASKSTATS_CMD_NEW);
	nest = begin_nest(&message, TASKSTATS_TYPE_AGGR_PID);
	put(&message, TASKSTATS_TYPE_TGID, "\1\0\0\0", 4);
	put(&message, TASKSTATS_TYPE_STATS, &stats, STATS_SIZE);
	end_nest(&message, nest);
	assert_int_equal(decode(&message, records), -EBADMSG);
}

static void a_bad_process_takes_its_good_task_along(void **state)
{
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	make_both(&message);
	set_attribute_length(&message, 596, 575);
	assert_int_equal(decode(&message, records), -EBADMSG);
	set_attribute_length(&message, 596 + 12, 577);
	assert_int_equal(decode(&message, records), -EBADMSG);
}

static void unknown_attributes_and_padding_are_passed_over(void **state)
{
	const uint32_t pid = 4242;
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];
	size_t nest;

	(void)state;
	begin(&message, FAMILY, TASKSTATS_CMD_NEW);
	put(&message, 77, "odd", 3);
	put(&message, TASKSTATS_TYPE_NULL, NULL, 0);
	nest = begin_nest(&message, TASKSTATS_TYPE_AGGR_PID);
	put(&message, 99, "unknown", 7);
	put(&message, TASKSTATS_TYPE_PID, &pid, sizeof(pid));
	put(&message, TASKSTATS_TYPE_NULL, NULL, 0);
	put(&message, TASKSTATS_TYPE_STATS, &stats, STATS_SIZE);
	end_nest(&message, nest);
	put(&message, 0, "", 1);
	assert_int_equal(decode(&message, records), 1);
	assert_full_task(&records[0]);
}

static void flags_of_an_attribute_are_not_its_type(void **state)
{
	static const uint16_t flags[] = { NLA_F_NESTED, NLA_F_NET_BYTEORDER,
					  NLA_F_NESTED | NLA_F_NET_BYTEORDER };
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];
	uint16_t type;

	(void)state;
	for (size_t i = 0; i < COUNT(flags); i++) {
		make_task(&message, &stats, STATS_SIZE);
		type = TASKSTATS_TYPE_AGGR_PID | flags[i];
		memcpy(message.bytes + 20 + 2, &type, sizeof(type));
		assert_int_equal(decode(&message, records), 1);
		assert_full_task(&records[0]);
	}
}

static void the_first_of_two_tasks_counts(void **state)
{
	struct stats first = task_stats(), second = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	poke(&second, offsetof(struct taskstats, ac_comm), "second", 7);
	make_task(&message, &first, STATS_SIZE);
	put_task(&message, &second, STATS_SIZE);
	assert_int_equal(decode(&message, records), 1);
	assert_full_task(&records[0]);
}

static void other_messages_hold_no_records(void **state)
{
	static const struct {
		uint16_t type;
		uint8_t cmd;
	} rows[] = {
		{ FAMILY + 1, TASKSTATS_CMD_NEW },
		{ FAMILY, TASKSTATS_CMD_GET },
		{ FAMILY, TASKSTATS_CMD_UNSPEC },
		{ FAMILY, 200 },
		{ GENL_ID_CTRL, 2 },
		{ NLMSG_NOOP, TASKSTATS_CMD_NEW },
		{ NLMSG_ERROR, 2 },
		{ NLMSG_DONE, 2 },
	};
	struct stats stats = task_stats();
	struct message message;
	struct ptree_accounting records[2];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		begin(&message, rows[i].type, rows[i].cmd);
		put_task(&message, &stats, STATS_SIZE);
		assert_int_equal(decode(&message, records), 0);
	}
	begin(&message, FAMILY, TASKSTATS_CMD_NEW);
	assert_int_equal(decode(&message, records), 0);
}

/* ------------------------------------------------------------------------------------------ */
/* Lists of CPUs                                                                              */

static void a_list_of_cpus_is_cut_by_places(void **state)
{
	static const struct {
		const char *list;
		unsigned first, count;
		int ret;
		const char *out;
	} rows[] = {
		{ "0", 0, 32, 1, "0-0" },
		{ "0-1\n", 0, 32, 2, "0-1" },
		{ "0-63", 0, 32, 32, "0-31" },
		{ "0-63", 32, 32, 32, "32-63" },
		{ "0-63", 64, 32, 0, "" },
		{ "0-3,8-11", 2, 4, 4, "2-3,8-9" },
		{ "0-3,8-11", 4, 4, 4, "8-11" },
		{ "0-3,8-11", 6, 32, 2, "10-11" },
		{ "0,2,4,6-7", 1, 3, 3, "2-2,4-4,6-6" },
		{ "0-8191", 8160, 32, 32, "8160-8191" },
		{ "0-8191", 0, UINT32_MAX, 8192, "0-8191" },
		{ "", 0, 32, 0, "" },
		{ "all", 0, 32, -EBADMSG, "" },
		{ "-3", 0, 32, -EBADMSG, "" },
		{ "0-", 0, 32, -EBADMSG, "" },
		{ "0--3", 0, 32, -EBADMSG, "" },
		{ "3-1", 0, 32, -EBADMSG, "" },
		{ "0-3:1/2", 0, 32, -EBADMSG, "" },
		{ "0 1", 0, 32, -EBADMSG, "" },
		{ "0-8192", 0, 32, -EBADMSG, "" },
		{ "0-99999999999999999999", 0, 32, -EBADMSG, "" },
		{ "100-199,300-399", 90, 20, 20, "190-199,300-309" },
	};
	char out[16];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		out[0] = '\0';
		assert_int_equal(ptree_cpulist_slice(rows[i].list, rows[i].first, rows[i].count,
						     out, sizeof(out)),
				 rows[i].ret);
		if (rows[i].ret >= 0)
			assert_string_equal(out, rows[i].out);
	}
	assert_int_equal(ptree_cpulist_slice("100-199,300-399", 90, 20, out, 15), -EMSGSIZE);
}

/* ------------------------------------------------------------------------------------------ */
/* Receiving                                                                                  */

#define SOCKETS 3

struct fixture {
	int kernel;   /* whose datagrams are believed */
	int stranger; /* whose are not */
	int fds[SOCKETS];
	struct sockaddr_nl addresses[SOCKETS];
	struct ptree_taskstats *taskstats;
	struct ptree_accounting records[64];
	struct ptree_taskstats_stats stats;
};

static int open_netlink(struct sockaddr_nl *address)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_NONBLOCK, NETLINK_USERSOCK);
	socklen_t size = sizeof(*address);

	*address = (struct sockaddr_nl){ .nl_family = AF_NETLINK };
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)address, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)address, &size), 0);
	return fd;
}

static int start(void **state, unsigned sockets)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct sockaddr_nl kernel, stranger;

	if (!fixture)
		return -1;
	for (unsigned i = 0; i < sockets; i++)
		fixture->fds[i] = open_netlink(&fixture->addresses[i]);
	fixture->kernel = open_netlink(&kernel);
	fixture->stranger = open_netlink(&stranger);
	assert_int_equal(ptree_taskstats_adopt(&fixture->taskstats, fixture->fds, sockets,
					       kernel.nl_pid, FAMILY),
			 0);
	*state = fixture;
	return 0;
}

static int setup(void **state)
{
	return start(state, 1);
}

static int setup_many(void **state)
{
	return start(state, SOCKETS);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_taskstats_close(fixture->taskstats);
	close(fixture->kernel);
	close(fixture->stranger);
	free(fixture);
	return 0;
}

/* False if there is no room for it. */
static bool send_to(struct fixture *fixture, unsigned index, int from, const void *bytes,
		    size_t size)
{
	ssize_t sent = sendto(from, bytes, size, 0, (struct sockaddr *)&fixture->addresses[index],
			      sizeof(fixture->addresses[index]));

	assert_true(sent == (ssize_t)size || (sent < 0 && errno == EAGAIN));
	return sent >= 0;
}

static void send_message(struct fixture *fixture, const struct message *message)
{
	assert_true(send_to(fixture, 0, fixture->kernel, message->bytes, message->size));
}

/* A task that ends with status. */
static void make_numbered(struct message *message, uint32_t status)
{
	struct stats stats = task_stats();

	poke(&stats, offsetof(struct taskstats, ac_exitcode), &status, sizeof(status));
	make_task(message, &stats, STATS_SIZE);
}

static void send_numbered(struct fixture *fixture, unsigned index, uint32_t status)
{
	struct message message;

	make_numbered(&message, status);
	assert_true(send_to(fixture, index, fixture->kernel, message.bytes, message.size));
}

static int receive_up_to(struct fixture *fixture, size_t max)
{
	int n = ptree_taskstats_receive(fixture->taskstats, fixture->records, max);

	ptree_taskstats_get_stats(fixture->taskstats, &fixture->stats);
	return n;
}

static int receive(struct fixture *fixture)
{
	return receive_up_to(fixture, COUNT(fixture->records));
}

static bool is_readable(struct fixture *fixture)
{
	struct pollfd pollfd = { .fd = ptree_taskstats_fd(fixture->taskstats), .events = POLLIN };

	return poll(&pollfd, 1, 0) == 1;
}

static void records_come_in_the_order_they_were_sent(void **state)
{
	struct fixture *fixture = *state;

	for (uint32_t i = 0; i < 40; i++)
		send_numbered(fixture, 0, i);
	assert_true(is_readable(fixture));
	assert_int_equal(receive(fixture), 40);
	for (uint32_t i = 0; i < 40; i++)
		assert_int_equal(fixture->records[i].status, i);
	assert_false(is_readable(fixture));
	assert_int_equal(receive(fixture), 0);
	assert_int_equal(fixture->stats.received, 40);
	assert_int_equal(fixture->stats.sockets, 1);
}

/* Nothing is held back where poll(2) does not see it. */
static void records_that_find_no_room_are_left_for_the_next_call(void **state)
{
	static const size_t rooms[] = { 2, 3, 7 };
	struct fixture *fixture = *state;
	uint32_t next;
	int n;

	for (size_t i = 0; i < COUNT(rooms); i++) {
		for (uint32_t k = 0; k < 50; k++)
			send_numbered(fixture, 0, k);
		for (next = 0; next < 50;) {
			assert_true(is_readable(fixture));
			n = receive_up_to(fixture, rooms[i]);
			assert_in_range(n, 1, rooms[i]);
			for (int k = 0; k < n; k++)
				assert_int_equal(fixture->records[k].status, next++);
		}
		assert_false(is_readable(fixture));
		assert_int_equal(receive(fixture), 0);
	}
}

static void two_records_of_a_message_are_never_parted(void **state)
{
	static const size_t rooms[] = { 2, 3, 5 };
	struct fixture *fixture = *state;
	struct message both;
	int got;

	make_both(&both);
	for (size_t i = 0; i < COUNT(rooms); i++) {
		for (int k = 0; k < 8; k++)
			send_message(fixture, &both);
		for (int seen = 0; seen < 16; seen += got) {
			got = receive_up_to(fixture, rooms[i]);
			assert_in_range(got, 2, rooms[i]);
			for (int k = 0; k + 1 < got; k += 2) {
				assert_full_task(&fixture->records[k]);
				assert_full_process(&fixture->records[k + 1]);
			}
		}
		assert_int_equal(receive(fixture), 0);
	}
}

static void room_for_less_than_two_records_is_refused(void **state)
{
	struct fixture *fixture = *state;

	send_numbered(fixture, 0, 1);
	assert_int_equal(receive_up_to(fixture, 0), -EINVAL);
	assert_int_equal(receive_up_to(fixture, 1), -EINVAL);
	assert_int_equal(receive_up_to(fixture, 2), 1);
}

static void datagrams_of_others_are_counted_and_not_believed(void **state)
{
	struct fixture *fixture = *state;
	struct message message;

	make_numbered(&message, 99);
	send_numbered(fixture, 0, 1);
	assert_true(send_to(fixture, 0, fixture->stranger, message.bytes, message.size));
	assert_true(send_to(fixture, 0, fixture->stranger, "x", 1));
	send_numbered(fixture, 0, 2);
	assert_int_equal(receive(fixture), 2);
	assert_int_equal(fixture->records[1].status, 2);
	assert_int_equal(fixture->stats.spoofed, 2);
	assert_int_equal(fixture->stats.malformed, 0);
	assert_int_equal(fixture->stats.received, 2);
}

static void what_makes_no_sense_is_counted_and_the_next_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct message message;

	make_numbered(&message, 1);
	assert_true(send_to(fixture, 0, fixture->kernel, message.bytes, message.size - 1));
	assert_true(send_to(fixture, 0, fixture->kernel, "\1\2\3", 3));
	assert_true(send_to(fixture, 0, fixture->kernel, message.bytes, 3000)); /* does not fit */
	send_numbered(fixture, 0, 2);
	assert_int_equal(receive(fixture), 1);
	assert_int_equal(fixture->records[0].status, 2);
	assert_int_equal(fixture->stats.malformed, 3);
}

static void a_second_message_of_a_datagram_is_not_lost_unseen(void **state)
{
	struct fixture *fixture = *state;
	struct message message, second;

	make_numbered(&message, 1);
	make_numbered(&second, 2);
	memcpy(message.bytes + message.size, second.bytes, second.size);
	message.size += second.size;
	send_message(fixture, &message);
	assert_int_equal(receive(fixture), 1);
	assert_int_equal(fixture->records[0].status, 1);
	assert_int_equal(fixture->stats.malformed, 1);
}

static void messages_that_are_something_else_are_passed_over(void **state)
{
	struct fixture *fixture = *state;
	struct message message;
	struct {
		struct nlmsghdr header;
		struct nlmsgerr body;
	} refusal = {
		.header = { .nlmsg_len = sizeof(refusal), .nlmsg_type = NLMSG_ERROR },
		.body.error = -EPERM,
	};

	assert_true(send_to(fixture, 0, fixture->kernel, &refusal, sizeof(refusal)));
	begin(&message, FAMILY + 1, TASKSTATS_CMD_NEW);
	send_message(fixture, &message);
	begin(&message, FAMILY, TASKSTATS_CMD_GET);
	send_message(fixture, &message);
	send_numbered(fixture, 0, 5);
	assert_int_equal(receive(fixture), 1);
	assert_int_equal(fixture->records[0].status, 5);
	assert_int_equal(fixture->stats.malformed, 0);
	assert_int_equal(fixture->stats.received, 1);
}

/* A full socket counts a drop for a kernel's message only: for ours the sender is told. */
static void overruns_are_no_error(void **state)
{
	struct fixture *fixture = *state;
	uint32_t info[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(info);
	int least = 1, received = 0, n;
	struct message message;

	assert_int_equal(setsockopt(fixture->fds[0], SOL_SOCKET, SO_RCVBUF, &least, sizeof(least)),
			 0);
	make_numbered(&message, 1);
	for (int i = 0; i < 20; i++)
		received += send_to(fixture, 0, fixture->kernel, message.bytes, message.size);
	assert_in_range(received, 1, 19);
	while ((n = receive(fixture)) > 0)
		received -= n;
	assert_int_equal(n, 0);
	assert_int_equal(received, 0);
	assert_int_equal(getsockopt(fixture->fds[0], SOL_SOCKET, SO_MEMINFO, info, &size), 0);
	assert_int_equal(fixture->stats.dropped, info[SK_MEMINFO_DROPS]);
}

static void several_sockets_are_read_as_one(void **state)
{
	struct fixture *fixture = *state;
	uint32_t next[SOCKETS] = { 0, 1000, 2000 };

	assert_false(is_readable(fixture));
	assert_int_equal(receive(fixture), 0);
	for (unsigned i = 0; i < SOCKETS; i++) {
		send_numbered(fixture, i, next[i]++);
		assert_true(is_readable(fixture));
		assert_int_equal(receive(fixture), 1);
		assert_int_equal(fixture->records[0].status, next[i] - 1);
		assert_false(is_readable(fixture));
	}
	for (uint32_t k = 0; k < 10; k++)
		for (unsigned i = 0; i < SOCKETS; i++)
			send_numbered(fixture, i, next[i] + k);
	assert_int_equal(receive(fixture), 30);
	for (int i = 0; i < 30; i++)
		assert_int_equal(fixture->records[i].status,
				 next[fixture->records[i].status / 1000]++);
	assert_int_equal(fixture->stats.sockets, SOCKETS);
	assert_int_equal(fixture->stats.received, 33);
}

static void a_busy_socket_does_not_keep_the_others_waiting(void **state)
{
	struct fixture *fixture = *state;
	bool seen = false;

	for (uint32_t i = 0; i < 60; i++)
		send_numbered(fixture, 0, i);
	send_numbered(fixture, 1, 1000);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(receive_up_to(fixture, 2) > 0, 1);
		seen |= fixture->records[0].status == 1000 || fixture->records[1].status == 1000;
	}
	assert_true(seen);
	while (receive(fixture) > 0)
		;
	assert_int_equal(fixture->stats.received, 61);
	assert_false(is_readable(fixture));
}

static void no_socket_or_too_many_are_refused(void **state)
{
	struct ptree_taskstats *taskstats = NULL;
	int fds[PTREE_TASKSTATS_MAX_SOCKETS + 1] = { 0 };

	(void)state;
	assert_int_equal(ptree_taskstats_adopt(&taskstats, fds, 0, 1, FAMILY), -EINVAL);
	assert_int_equal(ptree_taskstats_adopt(&taskstats, fds, COUNT(fds), 1, FAMILY), -EINVAL);
	assert_null(taskstats);
}

static void closing_nothing_is_fine(void **state)
{
	(void)state;
	ptree_taskstats_close(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define MANY_TEST(name) cmocka_unit_test_setup_teardown(name, setup_many, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_layout_is_that_of_the_kernels_header),
		cmocka_unit_test(a_full_record_of_a_task_is_known_in_every_field),
		cmocka_unit_test(the_last_task_of_a_process_comes_with_the_sums_of_the_process),
		cmocka_unit_test(a_process_comes_second_whatever_the_order_of_the_attributes),
		cmocka_unit_test(older_and_newer_records_are_known_as_far_as_they_go),
		cmocka_unit_test(version_15_has_its_fields_elsewhere),
		cmocka_unit_test(a_process_that_lacks_a_version_has_its_tasks),
		cmocka_unit_test(a_process_does_not_last_as_long_as_all_its_tasks_together),
		cmocka_unit_test(what_a_kernel_does_not_account_is_not_known),
		cmocka_unit_test(sums_that_a_kernel_leaves_empty_are_not_known),
		cmocka_unit_test(numbers_too_large_for_their_unit_stay_large),
		cmocka_unit_test(names_are_raw_bytes_and_end),
		cmocka_unit_test(a_message_that_is_cut_is_refused_wherever_it_is),
		cmocka_unit_test(a_shorter_message_is_refused_or_gives_what_is_whole),
		cmocka_unit_test(what_follows_a_message_does_not_count),
		cmocka_unit_test(lengths_that_cannot_be_are_refused),
		cmocka_unit_test(headers_that_cannot_be_are_refused),
		cmocka_unit_test(a_record_without_its_number_is_refused),
		cmocka_unit_test(a_bad_process_takes_its_good_task_along),
		cmocka_unit_test(unknown_attributes_and_padding_are_passed_over),
		cmocka_unit_test(flags_of_an_attribute_are_not_its_type),
		cmocka_unit_test(the_first_of_two_tasks_counts),
		cmocka_unit_test(other_messages_hold_no_records),
		cmocka_unit_test(a_list_of_cpus_is_cut_by_places),
		TEST(records_come_in_the_order_they_were_sent),
		TEST(records_that_find_no_room_are_left_for_the_next_call),
		TEST(two_records_of_a_message_are_never_parted),
		TEST(room_for_less_than_two_records_is_refused),
		TEST(datagrams_of_others_are_counted_and_not_believed),
		TEST(what_makes_no_sense_is_counted_and_the_next_is_read),
		TEST(a_second_message_of_a_datagram_is_not_lost_unseen),
		TEST(messages_that_are_something_else_are_passed_over),
		TEST(overruns_are_no_error),
		MANY_TEST(several_sockets_are_read_as_one),
		MANY_TEST(a_busy_socket_does_not_keep_the_others_waiting),
		cmocka_unit_test(no_socket_or_too_many_are_refused),
		cmocka_unit_test(closing_nothing_is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
