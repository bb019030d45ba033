/* SPDX-License-Identifier: MIT */
/*
 * The kernel's accounting of tasks that end: taskstats over generic netlink. Decodes its messages,
 * registers for every CPU, receives in batches and counts every loss. It decides nothing about what
 * a record means for a process, and never waits.
 *
 * datagrams (recvmmsg) -> sender and length -> one message each -> one record, or two
 */
#include "taskstats.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/sized.h"
#include "netlink.h"
#include "wire.h"

#define DEFAULT_RECEIVE_BUFFER_SIZE ((size_t)16 << 20)
#define BATCH_SIZE 32
/* Version 16 sends 1,172 bytes at most; the rest is for what the kernel may append one day. */
#define DATAGRAM_SIZE 2048
#define CPUS_PER_SOCKET 32
/* The largest CONFIG_NR_CPUS there is, and the room that 128 numbers below it take as a list. */
#define MAX_CPUS 8192
#define GROUP_SIZE 1024
#define CPULIST_SIZE 4096
#define POSSIBLE_CPUS "/sys/devices/system/cpu/possible"

struct listener {
	int fd;
	uint32_t last_dropped; /* the kernel's counter, which wraps */
};

struct ptree_taskstats {
	struct listener listeners[PTREE_TASKSTATS_MAX_SOCKETS];
	unsigned listener_count;
	unsigned next_listener; /* whose turn it is to be read first */
	int epoll_fd;		/* -1: there is one socket only */
	uint32_t trusted_port;
	uint16_t family;
	char *possible; /* list of the CPUs to register for; NULL: it is not for us to do */
	struct ptree_taskstats_stats stats;
	struct netlink_batch *batch;
};

/* ------------------------------------------------------------------------------------------ */
/* Attributes                                                                                 */

struct attribute {
	unsigned type;
	const unsigned char *bytes;
	size_t size;
};

struct attributes {
	const unsigned char *at;
	size_t left;
};

/* Returns 1, 0 at the end, or -EBADMSG. The last one may lack its padding. */
static int next_attribute(struct attributes *attributes, struct attribute *attribute)
{
	struct wire_attribute header;
	size_t step;

	if (attributes->left == 0)
		return 0;
	if (attributes->left < sizeof(header))
		return -EBADMSG;
	memcpy(&header, attributes->at, sizeof(header));
	if (header.size < sizeof(header) || header.size > attributes->left)
		return -EBADMSG;
	*attribute = (struct attribute){
		.type = header.type & WIRE_ATTRIBUTE_TYPE_MASK,
		.bytes = attributes->at + sizeof(header),
		.size = header.size - sizeof(header),
	};
	step = NLMSG_ALIGN((size_t)header.size);
	if (step > attributes->left)
		step = attributes->left;
	attributes->at += step;
	attributes->left -= step;
	return 1;
}

/* Sets the type and the attributes of a generic message. Returns its cmd, or -EBADMSG. */
static int open_message(const void *message, size_t size, uint16_t *type,
			struct attributes *attributes)
{
	const unsigned char *bytes = message;
	struct nlmsghdr header;
	struct wire_genl genl;

	if (size < sizeof(header))
		return -EBADMSG;
	memcpy(&header, bytes, sizeof(header));
	if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size)
		return -EBADMSG;
	*type = header.nlmsg_type;
	*attributes = (struct attributes){ 0 };
	/* NLMSG_NOOP, NLMSG_ERROR, ... have no generic header, and no cmd. */
	if (header.nlmsg_type < NLMSG_MIN_TYPE)
		return 0;
	if (header.nlmsg_len < sizeof(header) + sizeof(genl))
		return -EBADMSG;
	memcpy(&genl, bytes + sizeof(header), sizeof(genl));
	*attributes = (struct attributes){
		.at = bytes + sizeof(header) + sizeof(genl),
		.left = header.nlmsg_len - sizeof(header) - sizeof(genl),
	};
	return genl.cmd;
}

/* ------------------------------------------------------------------------------------------ */
/* Records                                                                                    */

/* AGGR_PID or AGGR_TGID: whose it is, and a struct taskstats. */
struct aggregate {
	uint32_t id;
	const unsigned char *stats; /* NULL: there is none */
	size_t size;
	uint16_t version;
};

/* A record in one layout, whatever the kernel's: size is how much of it there is. */
struct record {
	struct wire_taskstats wire;
	size_t size;
};
#define HAS(record, member)                                                                        \
	((record)->size >= offsetof(struct wire_taskstats, member) + sizeof((record)->wire.member))

/* The first of its kind counts; one that lacks its number or its record cannot be. */
static int take_aggregate(struct aggregate *aggregate, const struct attribute *nest,
			  unsigned id_type)
{
	struct attributes nested = { nest->bytes, nest->size };
	struct aggregate found = { 0 };
	struct attribute attribute;
	bool has_id = false;
	int ret;

	while ((ret = next_attribute(&nested, &attribute)) > 0) {
		if (attribute.type == id_type && !has_id) {
			if (attribute.size != sizeof(found.id))
				return -EBADMSG;
			memcpy(&found.id, attribute.bytes, sizeof(found.id));
			has_id = true;
		} else if (attribute.type == WIRE_TASKSTATS_STATS && !found.stats) {
			if (attribute.size < sizeof(found.version))
				return -EBADMSG;
			memcpy(&found.version, attribute.bytes, sizeof(found.version));
			found.stats = attribute.bytes;
			found.size = attribute.size;
		}
	}
	if (ret < 0 || !has_id || !found.stats)
		return -EBADMSG;
	if (!aggregate->stats)
		*aggregate = found;
	return 0;
}

/*
 * Version 15 (6.14 and 6.15.0) has the longest and the shortest delay of each kind where the kind
 * is; version 16 moved them to the end. Nothing else was ever moved.
 */
static void read_version_15(struct record *record, const struct aggregate *aggregate)
{
	static const struct {
		uint16_t to, from, size;
	} pieces[] = {
		{ 0, 0, 32 },	  /* up to cpu_delay_total */
		{ 64, 112, 264 }, /* cpu_run_real_total to freepages_delay_total */
		{ 368, 464, 32 }, /* ac_tgid to ac_exe_inode */
	};
	unsigned char *to = (unsigned char *)&record->wire;

	if (aggregate->size < 560)
		return;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		memcpy(to + pieces[i].to, aggregate->stats + pieces[i].from, pieces[i].size);
	record->size = sizeof(record->wire);
}

/*
 * version: of the kernel. Before 3 (2.6.20) some fields were elsewhere; no kernel that this library
 * runs on is as old as that.
 */
static struct record read_record(const struct aggregate *aggregate, uint16_t version)
{
	struct record record = { 0 };

	if (version == 15) {
		read_version_15(&record, aggregate);
	} else if (version >= 3) {
		record.size = aggregate->size;
		if (record.size > sizeof(record.wire))
			record.size = sizeof(record.wire);
		memcpy(&record.wire, aggregate->stats, record.size);
	}
	return record;
}

static uint64_t scaled(uint64_t value, uint64_t unit)
{
	return value <= UINT64_MAX / unit ? value * unit : UINT64_MAX;
}

static void take_who(struct ptree_accounting *out, const struct record *record)
{
	const struct wire_taskstats *wire = &record->wire;

	if (!HAS(record, ac_ppid))
		return;
	out->known |= PTREE_ACCOUNTING_WHO;
	out->uid = wire->ac_uid;
	out->gid = wire->ac_gid;
	out->ppid = (pid_t)wire->ac_ppid;
	out->status = wire->ac_exitcode;
	memcpy(out->comm, wire->ac_comm, strnlen(wire->ac_comm, PTREE_COMM_SIZE - 1));
}

/* Whatever ends has run, so 0 is a kernel without CONFIG_TASK_DELAY_ACCT, or not a time slice. */
static void take_run(struct ptree_accounting *out, const struct record *record)
{
	if (!HAS(record, cpu_run_virtual_total) || record->wire.cpu_run_virtual_total == 0)
		return;
	out->known |= PTREE_ACCOUNTING_RUN;
	out->cpu_run_ns = record->wire.cpu_run_virtual_total;
}

static void take_elapsed(struct ptree_accounting *out, const struct record *record)
{
	if (!HAS(record, ac_etime))
		return;
	out->known |= PTREE_ACCOUNTING_ELAPSED;
	out->elapsed_ns = scaled(record->wire.ac_etime, 1000);
}

/*
 * Ticks, each charged to who runs at it: where others keep every CPU busy, a process that starts
 * between ticks was seen to be charged a thirtieth of what it ran.
 */
static void take_cpu(struct ptree_accounting *out, const struct record *record)
{
	if (!HAS(record, ac_stime))
		return;
	out->known |= PTREE_ACCOUNTING_CPU;
	out->cpu_user_ns = scaled(record->wire.ac_utime, 1000);
	out->cpu_system_ns = scaled(record->wire.ac_stime, 1000);
}

/*
 * Both need CONFIG_TASK_XACCT, without which the fields are there and 0. Whatever has an address
 * space has had a page of it, so a resident set of 0 is such a kernel or a kernel thread: neither
 * is then told from "none".
 */
static void take_extended(struct ptree_accounting *out, const struct record *record)
{
	const struct wire_taskstats *wire = &record->wire;

	if (HAS(record, hiwater_rss) && wire->hiwater_rss) {
		out->known |= PTREE_ACCOUNTING_MEMORY;
		out->max_rss_bytes = scaled(wire->hiwater_rss, 1024);
	}
	if (HAS(record, write_bytes) &&
	    (wire->hiwater_rss || wire->read_bytes || wire->write_bytes)) {
		out->known |= PTREE_ACCOUNTING_IO;
		out->read_bytes = wire->read_bytes;
		out->write_bytes = wire->write_bytes;
	}
}

static void make_task(struct ptree_accounting *out, const struct aggregate *task)
{
	struct record record = read_record(task, task->version);

	*out = (struct ptree_accounting){ .pid = (pid_t)task->id, .version = task->version };
	take_who(out, &record);
	take_run(out, &record);
	take_elapsed(out, &record);
	take_cpu(out, &record);
	take_extended(out, &record);
}

/*
 * Of a threaded process the kernel sums up run time and CPU over all tasks. ac_etime is such a sum
 * as well, of lifetimes that overlap: it only shows that the times were summed up (kernels that do
 * not leave it 0). How long the process lasted is in its last task's record (ac_tgetime, since
 * version 12). All else is 0, whatever happened.
 */
static void make_process(struct ptree_accounting *out, const struct aggregate *process,
			 const struct aggregate *task)
{
	uint16_t version = process->version ? process->version : task->version;
	struct record sums = read_record(process, version);
	struct record last = { 0 };

	*out = (struct ptree_accounting){
		.pid = (pid_t)process->id,
		.is_process = true,
		.version = version,
	};
	take_run(out, &sums);
	if (sums.wire.ac_etime)
		take_cpu(out, &sums);
	if (task->stats && task->version >= 12)
		last = read_record(task, task->version);
	if (HAS(&last, ac_tgetime) && last.wire.ac_tgid == process->id) {
		out->known |= PTREE_ACCOUNTING_ELAPSED;
		out->elapsed_ns = scaled(last.wire.ac_tgetime, 1000);
	}
}

int ptree_accounting_decode(const void *message, size_t size, uint16_t family,
			    struct ptree_accounting records[2])
{
	struct aggregate task = { 0 }, process = { 0 };
	struct attributes attributes;
	struct attribute attribute;
	int ret, count = 0;
	uint16_t type;

	ret = open_message(message, size, &type, &attributes);
	if (ret < 0)
		return ret;
	if (type != family || ret != WIRE_TASKSTATS_NEW)
		return 0;
	while ((ret = next_attribute(&attributes, &attribute)) > 0) {
		if (attribute.type == WIRE_TASKSTATS_AGGR_PID)
			ret = take_aggregate(&task, &attribute, WIRE_TASKSTATS_PID);
		else if (attribute.type == WIRE_TASKSTATS_AGGR_TGID)
			ret = take_aggregate(&process, &attribute, WIRE_TASKSTATS_TGID);
		if (ret < 0)
			break;
	}
	if (ret < 0)
		return ret;
	if (task.stats)
		make_task(&records[count++], &task);
	if (process.stats)
		make_process(&records[count++], &process, &task);
	return count;
}

/* ------------------------------------------------------------------------------------------ */
/* Receiving                                                                                  */

/* The kernel never puts a second message into a datagram: it would get lost here, but counted. */
static bool has_more(const unsigned char *bytes, size_t size)
{
	struct nlmsghdr header;

	memcpy(&header, bytes, sizeof(header));
	return size > NLMSG_ALIGN((size_t)header.nlmsg_len);
}

/* Returns how many records it gave, two at most. */
static size_t take_datagram(struct ptree_taskstats *taskstats, unsigned index,
			    struct ptree_accounting *records)
{
	size_t size;
	const unsigned char *bytes = netlink_datagram(taskstats->batch, index, &size);
	int count;

	if (!netlink_is_from(taskstats->batch, index, taskstats->trusted_port)) {
		taskstats->stats.spoofed++;
		return 0;
	}
	count = netlink_is_truncated(taskstats->batch, index)
		    ? -EMSGSIZE
		    : ptree_accounting_decode(bytes, size, taskstats->family, records);
	if (count < 0 || has_more(bytes, size))
		taskstats->stats.malformed++;
	if (count < 0)
		return 0;
	taskstats->stats.received += (unsigned)count;
	return (size_t)count;
}

/*
 * Takes what is there until records is at least half full. A datagram may give two records: only
 * half as many are asked for as there is room, because what stayed behind here would not show in
 * poll(2). Returns their number, or an error if there was nothing else.
 */
static int drain(struct ptree_taskstats *taskstats, int fd, struct ptree_accounting *records,
		 size_t max)
{
	size_t count = 0;
	unsigned asked;
	int got;

	do {
		if (max - count < 2 || count > max / 2)
			break;
		asked = netlink_batch_fitting(taskstats->batch, max - count);
		got = netlink_receive(taskstats->batch, fd, asked);
		if (got < 0 && count == 0)
			return got;
		for (int i = 0; i < got; i++)
			count += take_datagram(taskstats, (unsigned)i, records + count);
	} while (got == (int)asked);
	return (int)count;
}

/* Each socket in its turn; the next call goes on where this one had no room left. */
int ptree_taskstats_receive(struct ptree_taskstats *taskstats, struct ptree_accounting *records,
			    size_t max)
{
	size_t count = 0;
	int ret;

	if (max < 2)
		return -EINVAL;
	if (max > INT_MAX)
		max = INT_MAX;
	for (unsigned i = 0; i < taskstats->listener_count && max - count >= 2; i++) {
		ret = drain(taskstats, taskstats->listeners[taskstats->next_listener].fd,
			    records + count, max - count);
		if (ret == -ENOBUFS)
			ret = 0;
		if (ret < 0)
			return count > 0 ? (int)count : ret;
		count += (size_t)ret;
		taskstats->next_listener =
		    (taskstats->next_listener + 1) % taskstats->listener_count;
	}
	return (int)count;
}

void ptree_taskstats_get_stats_sized(struct ptree_taskstats *taskstats,
				     struct ptree_taskstats_stats *stats, size_t size)
{
	for (unsigned i = 0; i < taskstats->listener_count; i++) {
		struct listener *listener = &taskstats->listeners[i];

		taskstats->stats.dropped +=
		    netlink_new_drops(listener->fd, &listener->last_dropped);
	}
	sized_write(stats, size, &taskstats->stats, sizeof(taskstats->stats));
}

int ptree_taskstats_fd(const struct ptree_taskstats *taskstats)
{
	return taskstats->epoll_fd >= 0 ? taskstats->epoll_fd : taskstats->listeners[0].fd;
}

/* ------------------------------------------------------------------------------------------ */
/* CPUs                                                                                       */

struct range {
	unsigned long first, last;
};

static int take_number(const char **at, unsigned long *number)
{
	if (**at < '0' || **at > '9')
		return -EBADMSG;
	for (*number = 0; **at >= '0' && **at <= '9'; ++*at) {
		*number = 10 * *number + (unsigned long)(**at - '0');
		if (*number >= MAX_CPUS)
			return -EBADMSG;
	}
	return 0;
}

/* Takes the next of a list: "4" or "4-7". Returns 1, 0 at the end, or -EBADMSG. */
static int next_range(const char **list, struct range *range)
{
	const char *at = *list;

	if (*at == '\0' || *at == '\n')
		return 0;
	if (take_number(&at, &range->first) < 0)
		return -EBADMSG;
	range->last = range->first;
	if (*at == '-') {
		at++;
		if (take_number(&at, &range->last) < 0 || range->last < range->first)
			return -EBADMSG;
	}
	if (*at == ',')
		at++;
	else if (*at != '\0' && *at != '\n')
		return -EBADMSG;
	*list = at;
	return 1;
}

/* Appends to out, which has *used bytes already. */
static int put_range(const struct range *range, char *out, size_t size, size_t *used)
{
	int length;

	length = snprintf(out + *used, size - *used, "%s%lu-%lu", *used ? "," : "", range->first,
			  range->last);
	if (length < 0 || (size_t)length >= size - *used)
		return -EMSGSIZE;
	*used += (size_t)length;
	return 0;
}

int ptree_cpulist_slice(const char *list, unsigned first, unsigned count, char *out, size_t size)
{
	unsigned long place = 0, begin = first, end = (unsigned long)first + count, taken = 0;
	struct range range = { 0 }, part;
	size_t used = 0;
	int ret;

	while ((ret = next_range(&list, &range)) > 0) {
		unsigned long after = place + range.last - range.first + 1;

		part.first = range.first + (begin > place ? begin - place : 0);
		part.last = range.last - (after > end ? after - end : 0);
		if (begin < after && end > place) {
			ret = put_range(&part, out, size, &used);
			if (ret < 0)
				return ret;
			taken += part.last - part.first + 1;
		}
		place = after;
	}
	return ret < 0 ? ret : (int)taken;
}

/* Returns how many CPUs are in the list, or -EBADMSG. */
static int count_cpus(const char *list)
{
	struct range range = { 0 };
	unsigned long count = 0;
	int ret;

	while ((ret = next_range(&list, &range)) > 0 && count <= MAX_CPUS)
		count += range.last - range.first + 1;
	if (ret < 0 || count == 0 || count > MAX_CPUS)
		return -EBADMSG;
	return (int)count;
}

/* Without /sys nobody knows which CPUs to ask for. Errors: -EIO, -ENOMEM, those of open(2). */
static int read_possible_cpus(char **list)
{
	char text[CPULIST_SIZE], *copy;
	int fd = open(POSSIBLE_CPUS, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (fd < 0)
		return errno == ENOENT ? -EIO : -errno;
	size = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (size <= 0)
		return -EIO;
	text[size] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (count_cpus(text) < 0)
		return -EIO;
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	*list = copy;
	return 0;
}

/* ------------------------------------------------------------------------------------------ */
/* Requests                                                                                   */

struct request {
	struct nlmsghdr header;
	struct wire_genl genl;
	struct wire_attribute attribute;
	char text[CPULIST_SIZE];
};
_Static_assert(offsetof(struct request, text) == NLMSG_HDRLEN + 8, "no padding");

/* One attribute with a string, to the kernel. Numbers tell one's answer from others' messages. */
static int send_request(int fd, uint16_t family, uint8_t cmd, uint16_t attribute, const char *text,
			uint32_t number)
{
	size_t length = strlen(text) + 1;
	struct request request = {
		.header = { .nlmsg_type = family,
			    .nlmsg_flags = NLM_F_REQUEST,
			    .nlmsg_seq = number },
		.genl = { .cmd = cmd, .version = WIRE_TASKSTATS_GENL_VERSION },
		.attribute = { .type = attribute },
	};

	if (length > sizeof(request.text))
		return -EMSGSIZE;
	memcpy(request.text, text, length);
	request.attribute.size = (uint16_t)(sizeof(request.attribute) + length);
	request.header.nlmsg_len = (uint32_t)(offsetof(struct request, text) + length);
	if (family != WIRE_CONTROLLER_FAMILY)
		request.header.nlmsg_flags |= NLM_F_ACK;
	return netlink_send(fd, &request, NLMSG_ALIGN(request.header.nlmsg_len));
}

/*
 * Finds the answer with that number: sets *size, or returns what an error says (0: acknowledged).
 * It was queued before sendto() returned, so the end of the queue is the end of hope. Records that
 * came before are of tasks that ended while the registration was under way: they are passed over.
 */
static int find_answer(struct ptree_taskstats *taskstats, int fd, uint32_t number, size_t *size)
{
	const unsigned char *bytes;
	struct nlmsghdr header;
	int32_t error;
	int ret;

	while ((ret = netlink_receive(taskstats->batch, fd, 1)) > 0) {
		bytes = netlink_datagram(taskstats->batch, 0, size);
		if (!netlink_is_from(taskstats->batch, 0, taskstats->trusted_port) ||
		    *size < sizeof(header) + sizeof(error))
			continue;
		memcpy(&header, bytes, sizeof(header));
		memcpy(&error, bytes + sizeof(header), sizeof(error));
		if (header.nlmsg_seq != number || header.nlmsg_type == taskstats->family)
			continue;
		if (header.nlmsg_type != NLMSG_ERROR)
			return 1;
		return error <= 0 ? error : -EPROTO;
	}
	return ret < 0 ? ret : -ENOENT;
}

static int read_family(const unsigned char *message, size_t size, uint16_t *family)
{
	struct attributes attributes;
	struct attribute attribute;
	uint16_t type;
	int cmd = open_message(message, size, &type, &attributes);

	if (cmd != WIRE_CONTROLLER_NEW_FAMILY || type != WIRE_CONTROLLER_FAMILY)
		return -ENOENT;
	while (next_attribute(&attributes, &attribute) > 0) {
		if (attribute.type != WIRE_CONTROLLER_FAMILY_ID ||
		    attribute.size != sizeof(*family))
			continue;
		memcpy(family, attribute.bytes, sizeof(*family));
		return 0;
	}
	return -ENOENT;
}

static int resolve_family(struct ptree_taskstats *taskstats, int fd)
{
	size_t size;
	int ret;

	ret = send_request(fd, WIRE_CONTROLLER_FAMILY, WIRE_CONTROLLER_GET_FAMILY,
			   WIRE_CONTROLLER_FAMILY_NAME, WIRE_TASKSTATS_NAME, 1);
	if (ret < 0)
		return ret;
	ret = find_answer(taskstats, fd, 1, &size);
	if (ret <= 0)
		return ret < 0 ? ret : -ENOENT;
	return read_family(netlink_datagram(taskstats->batch, 0, &size), size, &taskstats->family);
}

static int register_cpus(struct ptree_taskstats *taskstats, int fd, const char *cpus)
{
	size_t size;
	int ret;

	ret = send_request(fd, taskstats->family, WIRE_TASKSTATS_GET, WIRE_TASKSTATS_REGISTER, cpus,
			   2);
	return ret < 0 ? ret : find_answer(taskstats, fd, 2, &size);
}

/* ------------------------------------------------------------------------------------------ */
/* Opening and closing                                                                        */

/* After the registration, whose answer must find room. */
static void set_receive_buffers(struct ptree_taskstats *taskstats, size_t size)
{
	size_t each;

	assert(taskstats->listener_count);
	each = (size ? size : DEFAULT_RECEIVE_BUFFER_SIZE) / taskstats->listener_count;
	for (unsigned i = 0; i < taskstats->listener_count; i++)
		netlink_set_receive_buffer(taskstats->listeners[i].fd, each);
	taskstats->stats.receive_buffer_size =
	    netlink_get_receive_buffer(taskstats->listeners[0].fd);
}

/* Full means that what does not fit is dropped and counted, and nothing else. */
static int open_socket(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_GENERIC);
	int on = 1;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)) < 0) {
		int ret = -errno;

		close(fd);
		return ret;
	}
	return fd;
}

/*
 * The kernel takes registrations from any network namespace, but sends to ports of the first, where
 * ours may be somebody else's. The connector lives in the first one only, so it tells; the message
 * itself is too short to do anything. Without a connector nobody knows. Returns 0, -ECONNREFUSED.
 */
static int check_network_namespace(void)
{
	const struct nlmsghdr nothing = { 0 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
	int ret;

	if (fd < 0)
		return 0;
	ret = netlink_send(fd, &nothing, sizeof(nothing));
	close(fd);
	return ret == -ECONNREFUSED ? ret : 0;
}

static struct ptree_taskstats *make(uint32_t trusted_port, uint16_t family)
{
	struct ptree_taskstats *made = calloc(1, sizeof(*made));

	if (!made)
		return NULL;
	made->batch = netlink_batch_new(BATCH_SIZE, DATAGRAM_SIZE);
	if (!made->batch) {
		free(made);
		return NULL;
	}
	made->epoll_fd = -1;
	made->trusted_port = trusted_port;
	made->family = family;
	return made;
}

static void add_listener(struct ptree_taskstats *taskstats, int fd)
{
	taskstats->listeners[taskstats->listener_count++].fd = fd;
	taskstats->stats.sockets++;
	taskstats->stats.receive_buffer_size = netlink_get_receive_buffer(fd);
}

/* With one socket there is nothing to join. */
static int join_listeners(struct ptree_taskstats *taskstats)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (taskstats->listener_count == 1)
		return 0;
	taskstats->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (taskstats->epoll_fd < 0)
		return -errno;
	for (unsigned i = 0; i < taskstats->listener_count; i++)
		if (epoll_ctl(taskstats->epoll_fd, EPOLL_CTL_ADD, taskstats->listeners[i].fd,
			      &event) < 0)
			return -errno;
	return 0;
}

int ptree_taskstats_adopt(struct ptree_taskstats **taskstats, const int *fds, unsigned count,
			  uint32_t trusted_port, uint16_t family)
{
	struct ptree_taskstats *made;
	int ret;

	if (count == 0 || count > PTREE_TASKSTATS_MAX_SOCKETS)
		return -EINVAL;
	made = make(trusted_port, family);
	if (!made)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++)
		add_listener(made, fds[i]);
	ret = join_listeners(made);
	if (ret < 0) {
		made->listener_count = 0;
		ptree_taskstats_close(made);
		return ret;
	}
	*taskstats = made;
	return 0;
}

/* One more socket, for the CPUs at these places of the list. */
static int open_listener(struct ptree_taskstats *taskstats, unsigned first, unsigned count)
{
	char cpus[GROUP_SIZE];
	int fd = open_socket();
	int ret;

	if (fd < 0)
		return fd;
	add_listener(taskstats, fd);
	if (!taskstats->family) {
		ret = resolve_family(taskstats, fd);
		if (ret < 0)
			return ret;
	}
	ret = ptree_cpulist_slice(taskstats->possible, first, count, cpus, sizeof(cpus));
	return ret < 0 ? ret : register_cpus(taskstats, fd, cpus);
}

static int open_listeners(struct ptree_taskstats *taskstats)
{
	unsigned cpus = (unsigned)count_cpus(taskstats->possible);
	unsigned share = (cpus + PTREE_TASKSTATS_MAX_SOCKETS - 1) / PTREE_TASKSTATS_MAX_SOCKETS;
	int ret;

	if (share < CPUS_PER_SOCKET)
		share = CPUS_PER_SOCKET;
	for (unsigned first = 0; first < cpus; first += share) {
		ret = open_listener(taskstats, first, share);
		if (ret < 0)
			return ret;
	}
	return join_listeners(taskstats);
}

int ptree_taskstats_open(struct ptree_taskstats **taskstats, size_t receive_buffer_size)
{
	struct ptree_taskstats *opened = make(0, 0);
	int ret;

	if (!opened)
		return -ENOMEM;
	ret = check_network_namespace();
	if (ret == 0)
		ret = read_possible_cpus(&opened->possible);
	if (ret == 0) {
		assert(opened->possible);
		ret = open_listeners(opened);
	}
	if (ret < 0) {
		ptree_taskstats_close(opened);
		return ret;
	}
	set_receive_buffers(opened, receive_buffer_size);
	*taskstats = opened;
	return 0;
}

/* To leave a CPU that one never registered for is fine, so all can leave all of them. */
void ptree_taskstats_close(struct ptree_taskstats *taskstats)
{
	if (!taskstats)
		return;
	for (unsigned i = 0; i < taskstats->listener_count; i++) {
		int fd = taskstats->listeners[i].fd;

		if (taskstats->possible && taskstats->family)
			send_request(fd, taskstats->family, WIRE_TASKSTATS_GET,
				     WIRE_TASKSTATS_DEREGISTER, taskstats->possible, 3);
		close(fd);
	}
	if (taskstats->epoll_fd >= 0)
		close(taskstats->epoll_fd);
	netlink_batch_free(taskstats->batch);
	free(taskstats->possible);
	free(taskstats);
}
