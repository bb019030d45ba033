/* SPDX-License-Identifier: MIT */
/*
 * What connector.c and taskstats.c do alike with a netlink socket: receive in batches, know the
 * sender, hear of drops, ask for a large buffer. Nothing here knows what a message says.
 */
#ifndef PTREE_NETLINK_H
#define PTREE_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for datagrams. What one call received is there until the next. */
struct netlink_batch;

/* NULL: no memory. count: datagrams at most, of datagram_size bytes each; what is longer is cut. */
struct netlink_batch *netlink_batch_new(unsigned count, size_t datagram_size);
void netlink_batch_free(struct netlink_batch *batch);

/*
 * How many datagrams to ask for when the caller has room for so many results and each may give two.
 * What one took and has no room for would not show in poll(2).
 */
unsigned netlink_batch_fitting(const struct netlink_batch *batch, size_t room);

/* Takes up to max datagrams without waiting. Returns their number, 0 if there are none, -errno. */
int netlink_receive(struct netlink_batch *batch, int fd, unsigned max);

/* A datagram of the batch: its bytes, whether there were more, and whether port sent it. */
const unsigned char *netlink_datagram(const struct netlink_batch *batch, unsigned index,
				      size_t *size);
bool netlink_is_truncated(const struct netlink_batch *batch, unsigned index);
bool netlink_is_from(const struct netlink_batch *batch, unsigned index, uint32_t port);

/* Sends to the kernel, without waiting. Returns 0 or -errno. */
int netlink_send(int fd, const void *bytes, size_t size);

/* How many datagrams the socket dropped since *last, the kernel's counter, was updated here. */
uint32_t netlink_new_drops(int fd, uint32_t *last);

/* As the kernel accounts it. Without CAP_NET_ADMIN net.core.rmem_max limits what one gets. */
size_t netlink_get_receive_buffer(int fd);
void netlink_set_receive_buffer(int fd, size_t size);

#endif
