/* SPDX-License-Identifier: MIT */
/*
 * The process connector's socket: subscribes, checks that the kernel answered, receives in batches
 * and counts every loss. It decides nothing about what events mean, and never waits but where its
 * caller asked for it.
 *
 * datagrams (recvmmsg) -> sender and length -> messages -> events -> gaps in a CPU's sequence
 */
#include "connector.h"

#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/sized.h"
#include "decode.h"
#include "netlink.h"
#include "wire.h"

#define DEFAULT_RECEIVE_BUFFER_SIZE ((size_t)64 << 20)
#define BATCH_SIZE 64
/* The kernel's datagram has 76 bytes; the rest is for what it may append one day. */
#define DATAGRAM_SIZE 512
/* The largest CONFIG_NR_CPUS there is. A number beyond it is nobody's sequence. */
#define MAX_CPUS 8192
/* Each fails only if the buffer overflowed between two system calls. */
#define SUBSCRIBE_ATTEMPTS 8

/* Numbers of the messages that one CPU sent. */
struct sequence {
	uint32_t next;
	bool is_known;
};

struct ptree_connector {
	int fd;
	uint32_t trusted_port;
	uint32_t kinds; /* 0: all */
	bool is_strict;
	bool is_paused;
	bool is_netlink;   /* else a socket of another kind, where nobody has to be told apart */
	unsigned requests; /* to listen, each of which older kernels count */
	struct ptree_connector_stats stats;
	uint32_t last_dropped; /* the kernel's counter, which wraps */

	/* Events that came before our acknowledgement. */
	struct ptree_event *early;
	size_t early_count, early_capacity, early_next;

	/* What is under way: a batch, and the messages of its datagram before batch_next. */
	struct netlink_batch *batch;
	unsigned batch_count, batch_next;
	struct ptree_reader reader;
	struct ptree_event held; /* follows the loss that it revealed */
	bool is_held;
	int deferred_error; /* for the next call, because this one had events to return */

	struct sequence sequences[MAX_CPUS];
};

/* ------------------------------------------------------------------------------------------ */
/* Losses                                                                                     */

/*
 * How many messages of its CPU went missing before this event. Filtered messages have numbers,
 * too, so with a filter nothing can be said.
 */
static uint32_t count_gap(struct ptree_connector *connector, const struct ptree_event *event)
{
	struct sequence *sequence;
	uint32_t gap = 0;

	if (connector->kinds || event->cpu >= MAX_CPUS)
		return 0;
	sequence = &connector->sequences[event->cpu];
	if (sequence->is_known)
		gap = event->seq - sequence->next;
	*sequence = (struct sequence){ .next = event->seq + 1, .is_known = true };
	connector->stats.lost += gap;
	return gap;
}

static void update_dropped(struct ptree_connector *connector)
{
	connector->stats.dropped += netlink_new_drops(connector->fd, &connector->last_dropped);
}

/* ------------------------------------------------------------------------------------------ */
/* Receiving                                                                                  */

/* Returns how many datagrams came, 0 if there are none, or an error. */
static int refill(struct ptree_connector *connector, unsigned max)
{
	int n = netlink_receive(connector->batch, connector->fd, max);

	connector->batch_next = 0;
	connector->batch_count = n > 0 ? (unsigned)n : 0;
	if (n == -ENOBUFS)
		connector->stats.overruns++;
	return n;
}

/* Counts it; with strict the caller hears of the first one since the last call. */
static void fault(struct ptree_connector *connector, uint64_t *counter, int error)
{
	(*counter)++;
	if (connector->is_strict && !connector->deferred_error)
		connector->deferred_error = error;
}

/* Nobody is at the other end any more, and each call would say so. */
static void end_of_source(struct ptree_connector *connector)
{
	connector->batch_next = connector->batch_count;
	connector->deferred_error = -EPIPE;
}

/* Puts the next datagram of the batch before the reader, unless it is not to be believed. */
static void open_datagram(struct ptree_connector *connector)
{
	unsigned index = connector->batch_next++;
	size_t size;
	const void *bytes = netlink_datagram(connector->batch, index, &size);

	if (!connector->is_netlink && !size)
		end_of_source(connector);
	else if (connector->is_netlink &&
		 !netlink_is_from(connector->batch, index, connector->trusted_port))
		connector->stats.spoofed++;
	else if (netlink_is_truncated(connector->batch, index))
		fault(connector, &connector->stats.truncated, -EMSGSIZE);
	else
		ptree_reader_init(&connector->reader, bytes, size);
}

/* Whether the message is an event; if not it is accounted for. */
static bool take_message(struct ptree_connector *connector, const struct ptree_message *message,
			 struct ptree_event *event)
{
	if (message->type == NLMSG_ERROR) {
		if (message->error)
			fault(connector, &connector->stats.refused, message->error);
		return false;
	}
	if (message->type == NLMSG_OVERRUN) {
		connector->stats.overruns++;
		connector->deferred_error = -ENOBUFS;
		return false;
	}
	if (ptree_event_decode(message, event) < 0) {
		fault(connector, &connector->stats.malformed, -EBADMSG);
		return false;
	}
	connector->stats.received++;
	if (event->kind == PTREE_EVENT_UNKNOWN)
		connector->stats.unknown++;
	return true;
}

/* The next event of the batch, gaps aside; false at its end. */
static bool next_decoded(struct ptree_connector *connector, struct ptree_event *event)
{
	struct ptree_message message;
	int ret;

	for (;;) {
		ret = ptree_reader_next(&connector->reader, &message);
		if (ret > 0 && take_message(connector, &message, event))
			return true;
		if (ret < 0)
			fault(connector, &connector->stats.malformed, -EBADMSG);
		if (ret == 0 && connector->batch_next == connector->batch_count)
			return false;
		if (ret == 0)
			open_datagram(connector);
	}
}

static struct ptree_event lost_before(const struct ptree_event *event, uint32_t count)
{
	return (struct ptree_event){
		.kind = PTREE_EVENT_LOST,
		.cpu = event->cpu,
		.seq = event->seq - count,
		.time_ns = event->time_ns,
		.u.lost.count = count,
	};
}

/* The next event of the batch, what was lost before it first; false at its end. */
static bool next_event(struct ptree_connector *connector, struct ptree_event *event)
{
	uint32_t gap;

	if (connector->is_held) {
		connector->is_held = false;
		*event = connector->held;
		return true;
	}
	if (!next_decoded(connector, event))
		return false;
	gap = count_gap(connector, event);
	if (gap) {
		connector->held = *event;
		connector->is_held = true;
		*event = lost_before(event, gap);
	}
	return true;
}

static bool is_wanted(const struct ptree_connector *connector, const struct ptree_event *event)
{
	if (event->kind == PTREE_EVENT_ACK)
		return false;
	if (!connector->kinds || connector->kinds & (1u << event->kind))
		return true;
	return connector->kinds & PTREE_KINDS_FAILED_EXIT && event->kind == PTREE_EVENT_EXIT &&
	       event->u.exit.status != 0;
}

static bool next_early(struct ptree_connector *connector, struct ptree_event *event)
{
	if (connector->early_next == connector->early_count)
		return false;
	*event = connector->early[connector->early_next++];
	return true;
}

/* What needs no system call. Returns how many events. */
static size_t take_batch(struct ptree_connector *connector, struct ptree_event *events, size_t max)
{
	size_t count = 0;

	while (count < max &&
	       (next_early(connector, &events[count]) || next_event(connector, &events[count])))
		if (is_wanted(connector, &events[count]))
			count++;
	return count;
}

/*
 * Takes what is there, without waiting, until events is at least half full. A datagram may reveal
 * a loss and so give two events: only half as many are asked for as there is room, because what
 * stays behind in the batch would not show in poll(2).
 */
static size_t drain(struct ptree_connector *connector, struct ptree_event *events, size_t max)
{
	size_t count = take_batch(connector, events, max);
	unsigned asked;
	int got;

	do {
		if (max - count < 2 || count > max / 2)
			break;
		asked = netlink_batch_fitting(connector->batch, max - count);
		got = refill(connector, asked);
		if (got < 0)
			connector->deferred_error = got;
		count += take_batch(connector, events + count, max - count);
	} while (got == (int)asked && !connector->deferred_error);
	return count;
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Returns 1, 0 if the time is over, or an error. */
static int wait_readable(int fd, int timeout_ms, uint64_t begin_ms)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int left_ms = timeout_ms;

	if (timeout_ms >= 0) {
		uint64_t waited_ms = now_ms() - begin_ms;

		if (waited_ms >= (uint64_t)timeout_ms)
			return 0;
		left_ms = timeout_ms - (int)waited_ms;
	}
	return poll(&pollfd, 1, left_ms) < 0 ? -errno : 1;
}

int ptree_connector_receive(struct ptree_connector *connector, struct ptree_event *events,
			    size_t max, int timeout_ms)
{
	uint64_t begin_ms = timeout_ms > 0 ? now_ms() : 0;
	size_t count;
	int ret;

	if (max < 2)
		return -EINVAL;
	if (max > INT_MAX)
		max = INT_MAX;
	for (;;) {
		count = connector->deferred_error ? 0 : drain(connector, events, max);
		if (count > 0)
			return (int)count;
		if (connector->deferred_error) {
			ret = connector->deferred_error;
			connector->deferred_error = 0;
			return ret;
		}
		ret = wait_readable(connector->fd, timeout_ms, begin_ms);
		if (ret <= 0)
			return ret;
	}
}

int ptree_connector_send(struct ptree_connector *connector, const struct ptree_message *message)
{
	size_t size = NLMSG_SPACE(sizeof(struct wire_cn_msg) + message->payload_size);
	unsigned char *bytes = malloc(size);
	int ret;

	if (!bytes)
		return -ENOMEM;
	ret = ptree_message_encode(message, bytes, size);
	if (ret > 0)
		ret = netlink_send(connector->fd, bytes, (size_t)ret);
	free(bytes);
	return ret;
}

void ptree_connector_get_stats_sized(struct ptree_connector *connector,
				     struct ptree_connector_stats *stats, size_t size)
{
	update_dropped(connector);
	sized_write(stats, size, &connector->stats, sizeof(connector->stats));
}

int ptree_connector_fd(const struct ptree_connector *connector)
{
	return connector->fd;
}

/* ------------------------------------------------------------------------------------------ */
/* Opening and closing                                                                        */

/* One request to the kernel. Without event_type it is as long as kernels before 6.6 want it. */
static int send_request(const struct ptree_connector *connector, uint32_t operation,
			uint32_t event_type, uint32_t number)
{
	struct {
		struct nlmsghdr header;
		struct wire_cn_msg cn;
		struct wire_proc_input input;
	} request = {
		.header.nlmsg_type = NLMSG_DONE,
		.cn = { .idx = WIRE_CN_IDX_PROC, .val = WIRE_CN_VAL_PROC, .ack = number },
		.input = { .mcast_op = operation, .event_type = event_type },
	};
	size_t size = sizeof(request);

	_Static_assert(sizeof(request) == 44, "no padding");
	if (!event_type)
		size -= sizeof(request.input.event_type);
	request.header.nlmsg_len = (uint32_t)size;
	request.cn.len = (uint16_t)(size - offsetof(__typeof__(request), input));
	return netlink_send(connector->fd, &request, size);
}

static int keep_early(struct ptree_connector *connector, const struct ptree_event *event)
{
	size_t capacity = connector->early_capacity;

	if (connector->early_next == connector->early_count)
		connector->early_next = connector->early_count = 0;
	if (connector->early_count == capacity) {
		struct ptree_event *bigger;

		capacity = capacity ? capacity * 2 : 16;
		bigger = reallocarray(connector->early, capacity, sizeof(*bigger));
		if (!bigger)
			return -ENOMEM;
		connector->early = bigger;
		connector->early_capacity = capacity;
	}
	connector->early[connector->early_count++] = *event;
	return 0;
}

static int ack_result(uint32_t error)
{
	return error < 4096 ? -(int)error : -EPROTO;
}

/*
 * The acknowledgement was queued before sendto() returned, so the end of the queue is the end of
 * hope. Others' events before it are kept. One datagram at a time: what comes after it stays where
 * poll(2) sees it.
 */
static int find_ack(struct ptree_connector *connector, uint32_t number)
{
	struct ptree_event event;
	int ret;

	do {
		while (next_event(connector, &event)) {
			if (event.kind == PTREE_EVENT_ACK && event.u.ack.number == number)
				return ack_result(event.u.ack.error);
			ret = keep_early(connector, &event);
			if (ret < 0)
				return ret;
		}
		ret = refill(connector, 1);
	} while (ret > 0 || ret == -ENOBUFS);
	return ret < 0 ? ret : -EOPNOTSUPP;
}

/* Any number will do that no other subscriber is likely to send at the same time. */
static uint32_t random_number(void)
{
	uint32_t number;

	if (getrandom(&number, sizeof(number), GRND_NONBLOCK) != sizeof(number))
		number = (uint32_t)now_ms() ^ (uint32_t)getpid() << 16;
	return number;
}

/* A buffer may have overflowed by others' events just when the acknowledgement came. */
static int subscribe(struct ptree_connector *connector)
{
	uint64_t dropped;
	int ret;

	for (int attempt = 0; attempt < SUBSCRIBE_ATTEMPTS; attempt++) {
		uint32_t number = random_number();

		dropped = connector->stats.dropped;
		ret = send_request(connector, WIRE_MCAST_LISTEN, 0, number);
		if (ret < 0)
			return ret;
		connector->requests++;
		ret = find_ack(connector, number + 1);
		update_dropped(connector);
		if (ret != -EOPNOTSUPP || connector->stats.dropped == dropped)
			return ret;
	}
	return ret;
}

/*
 * The acknowledgement would be filtered, too, so this comes after it; what was queued before is
 * filtered here. Kernels before 6.6 ignore the request, and then all is. Nobody can ask the kernel
 * for kinds that are not known.
 */
static int narrow(const struct ptree_connector *connector)
{
	uint32_t mask = ptree_event_kinds_to_wire(connector->kinds);

	if (!mask || connector->kinds & (1u << PTREE_EVENT_UNKNOWN))
		return 0;
	return send_request(connector, WIRE_MCAST_LISTEN, mask, 0);
}

/* Kernels before 6.6 count their subscribers by requests, not by sockets. */
static void unsubscribe(struct ptree_connector *connector)
{
	for (; connector->requests > 0; connector->requests--)
		send_request(connector, WIRE_MCAST_IGNORE, 0, 0);
}

/* From here on numbers that are missing are not lost. */
static void forget_sequences(struct ptree_connector *connector)
{
	memset(connector->sequences, 0, sizeof(connector->sequences));
}

/* The group is what an older kernel sends to as long as anybody listens. */
static int set_membership(const struct ptree_connector *connector, int option)
{
	int group = WIRE_CN_IDX_PROC;

	if (setsockopt(connector->fd, SOL_NETLINK, option, &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

static int keep_all_early(struct ptree_connector *connector)
{
	struct ptree_event event;
	int ret;

	do {
		while (next_event(connector, &event)) {
			ret = keep_early(connector, &event);
			if (ret < 0)
				return ret;
		}
		ret = refill(connector, BATCH_SIZE);
	} while (ret > 0 || ret == -ENOBUFS);
	return ret;
}

static int enter(struct ptree_connector *connector)
{
	int ret = set_membership(connector, NETLINK_ADD_MEMBERSHIP);

	if (ret < 0)
		return ret;
	ret = subscribe(connector);
	return ret < 0 ? ret : narrow(connector);
}

static int leave(struct ptree_connector *connector)
{
	unsubscribe(connector);
	return set_membership(connector, NETLINK_DROP_MEMBERSHIP);
}

int ptree_connector_pause(struct ptree_connector *connector)
{
	int ret;

	if (connector->is_paused)
		return 0;
	ret = leave(connector);
	if (ret < 0)
		return ret;
	connector->is_paused = true;
	ret = keep_all_early(connector);
	forget_sequences(connector);
	return ret;
}

int ptree_connector_resume(struct ptree_connector *connector)
{
	int ret;

	if (!connector->is_paused)
		return 0;
	ret = enter(connector);
	if (ret < 0) {
		leave(connector);
		return ret;
	}
	connector->is_paused = false;
	return 0;
}

/*
 * A filter would hold the acknowledgement back, which tells where the events under the old mask
 * end: so everything is asked for again, and then what is wanted.
 */
int ptree_connector_set_kinds(struct ptree_connector *connector, uint32_t kinds)
{
	uint32_t before = connector->kinds;
	int ret = connector->is_paused ? 0 : subscribe(connector);

	if (ret < 0)
		return ret;
	connector->kinds = kinds;
	if (before)
		forget_sequences(connector);
	ret = connector->is_paused ? 0 : narrow(connector);
	if (ret < 0)
		connector->kinds = before;
	return ret;
}

void ptree_connector_set_receive_buffer(struct ptree_connector *connector, size_t size)
{
	netlink_set_receive_buffer(connector->fd, size ? size : DEFAULT_RECEIVE_BUFFER_SIZE);
	connector->stats.receive_buffer_size = netlink_get_receive_buffer(connector->fd);
}

static int set_up_socket(int fd, const struct ptree_connector_options *options)
{
	const struct sockaddr_nl address = {
		.nl_family = AF_NETLINK,
		.nl_groups = WIRE_CN_IDX_PROC,
	};
	int on = 1;

	if (options->no_enobufs &&
	    setsockopt(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, &on, sizeof(on)) < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	return 0;
}

static int open_socket(const struct ptree_connector_options *options)
{
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR);
	int ret;

	if (fd < 0)
		return -errno;
	ret = set_up_socket(fd, options);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	return fd;
}

/* A negative errno, or its value. */
static int socket_option(int fd, int option)
{
	socklen_t size = sizeof(int);
	int value;

	return getsockopt(fd, SOL_SOCKET, option, &value, &size) ? -errno : value;
}

int connector_adopt(struct ptree_connector **connector, int fd, uint32_t trusted_port,
		    const struct ptree_connector_options *options)
{
	struct ptree_connector *made = calloc(1, sizeof(*made));

	if (!made)
		return -ENOMEM;
	made->batch = netlink_batch_new(BATCH_SIZE, DATAGRAM_SIZE);
	if (!made->batch) {
		free(made);
		return -ENOMEM;
	}
	made->fd = fd;
	made->trusted_port = trusted_port;
	made->is_netlink = socket_option(fd, SO_DOMAIN) == AF_NETLINK;
	made->kinds = options->kinds;
	made->is_strict = options->strict;
	made->stats.receive_buffer_size = netlink_get_receive_buffer(fd);
	*connector = made;
	return 0;
}

/* A stream has no datagrams. */
int ptree_connector_adopt_sized(struct ptree_connector **connector, int fd,
				const struct ptree_connector_options *options, size_t size)
{
	struct ptree_connector_options own;
	int type = socket_option(fd, SO_TYPE);
	int err = sized_read(&own, sizeof(own), options, size);

	if (type < 0 || err)
		return type < 0 ? type : err;
	if (type == SOCK_STREAM)
		return -EPROTOTYPE;
	return connector_adopt(connector, fd, 0, &own);
}

bool connector_is_netlink(const struct ptree_connector *connector)
{
	return connector->is_netlink;
}

int connector_open_after(struct ptree_connector **connector,
			 const struct ptree_connector_options *options,
			 const struct ptree_connector *before)
{
	struct ptree_connector *opened;
	int fd, ret;

	fd = open_socket(options);
	if (fd < 0)
		return fd;
	ret = connector_adopt(&opened, fd, 0, options);
	if (ret < 0) {
		close(fd);
		return ret;
	}
	if (before)
		memcpy(opened->sequences, before->sequences, sizeof(opened->sequences));
	ret = subscribe(opened);
	if (ret == 0)
		ret = narrow(opened);
	if (ret < 0) {
		ptree_connector_close(opened);
		return ret;
	}
	/* After the acknowledgement, which in a storm would not find room in a small buffer. */
	ptree_connector_set_receive_buffer(opened, options->receive_buffer_size);
	*connector = opened;
	return 0;
}

int ptree_connector_open_sized(struct ptree_connector **connector,
			       const struct ptree_connector_options *options, size_t size)
{
	struct ptree_connector_options own;
	int err = sized_read(&own, sizeof(own), options, size);

	return err ? err : connector_open_after(connector, &own, NULL);
}

void ptree_connector_close(struct ptree_connector *connector)
{
	if (!connector)
		return;
	unsubscribe(connector);
	close(connector->fd);
	netlink_batch_free(connector->batch);
	free(connector->early);
	free(connector);
}
