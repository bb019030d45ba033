/* SPDX-License-Identifier: MIT */
/*
 * A netlink socket, whatever its messages say: datagrams in batches with their senders, drops, the
 * receive buffer. It opens and closes nothing.
 */
#include "netlink.h"

#include <errno.h>
#include <limits.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <stdlib.h>
#include <sys/socket.h>

struct netlink_slot {
	struct iovec vector;
	struct sockaddr_nl sender;
};

struct netlink_batch {
	unsigned count;
	struct mmsghdr *headers;
	struct netlink_slot *slots;
	unsigned char *bytes;
};

static void set_up_slots(struct netlink_batch *batch, size_t datagram_size)
{
	for (unsigned i = 0; i < batch->count; i++) {
		struct netlink_slot *slot = &batch->slots[i];

		slot->vector = (struct iovec){
			.iov_base = batch->bytes + i * datagram_size,
			.iov_len = datagram_size,
		};
		batch->headers[i].msg_hdr = (struct msghdr){
			.msg_name = &slot->sender,
			.msg_iov = &slot->vector,
			.msg_iovlen = 1,
		};
	}
}

struct netlink_batch *netlink_batch_new(unsigned count, size_t datagram_size)
{
	struct netlink_batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return NULL;
	batch->count = count;
	batch->headers = calloc(count, sizeof(*batch->headers));
	batch->slots = calloc(count, sizeof(*batch->slots));
	batch->bytes = calloc(count, datagram_size);
	if (!batch->headers || !batch->slots || !batch->bytes) {
		netlink_batch_free(batch);
		return NULL;
	}
	set_up_slots(batch, datagram_size);
	return batch;
}

void netlink_batch_free(struct netlink_batch *batch)
{
	if (!batch)
		return;
	free(batch->headers);
	free(batch->slots);
	free(batch->bytes);
	free(batch);
}

unsigned netlink_batch_fitting(const struct netlink_batch *batch, size_t room)
{
	return room < 2 * (size_t)batch->count ? (unsigned)(room / 2) : batch->count;
}

int netlink_receive(struct netlink_batch *batch, int fd, unsigned max)
{
	int count;

	for (unsigned i = 0; i < max; i++)
		batch->headers[i].msg_hdr.msg_namelen = sizeof(batch->slots[i].sender);
	count = recvmmsg(fd, batch->headers, max, MSG_DONTWAIT, NULL);
	if (count >= 0)
		return count;
	return errno == EAGAIN ? 0 : -errno;
}

const unsigned char *netlink_datagram(const struct netlink_batch *batch, unsigned index,
				      size_t *size)
{
	*size = batch->headers[index].msg_len;
	return batch->slots[index].vector.iov_base;
}

bool netlink_is_truncated(const struct netlink_batch *batch, unsigned index)
{
	return batch->headers[index].msg_hdr.msg_flags & MSG_TRUNC;
}

bool netlink_is_from(const struct netlink_batch *batch, unsigned index, uint32_t port)
{
	const struct sockaddr_nl *sender = &batch->slots[index].sender;

	return batch->headers[index].msg_hdr.msg_namelen == sizeof(*sender) &&
	       sender->nl_family == AF_NETLINK && sender->nl_pid == port;
}

int netlink_send(int fd, const void *bytes, size_t size)
{
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (sendto(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

/* The kernel counts in a register of 32 bits for the socket's whole life. */
uint32_t netlink_new_drops(int fd, uint32_t *last)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t size = sizeof(info);
	uint32_t drops;

	if (getsockopt(fd, SOL_SOCKET, SO_MEMINFO, info, &size) < 0 ||
	    size < (SK_MEMINFO_DROPS + 1) * sizeof(info[0]))
		return 0;
	drops = info[SK_MEMINFO_DROPS] - *last;
	*last = info[SK_MEMINFO_DROPS];
	return drops;
}

size_t netlink_get_receive_buffer(int fd)
{
	int size = 0;
	socklen_t length = sizeof(size);

	getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, &length);
	return (size_t)size;
}

/* The kernel doubles what it is asked for, and says so when asked back. */
void netlink_set_receive_buffer(int fd, size_t size)
{
	int half = size / 2 < INT_MAX / 2 ? (int)(size / 2) : INT_MAX / 2;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &half, sizeof(half)) < 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &half, sizeof(half));
}
