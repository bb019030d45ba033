/* SPDX-License-Identifier: MIT */
/* Who is at the other end of a unix socket: one question to the kernel (sock_diag(7)). */
#include "proctree.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_BYTES 4096
#define PATIENCE_S 1 /* the answer is there when the question was sent */

struct question {
	struct nlmsghdr header;
	struct unix_diag_req request;
};

static int ask(int fd, uint64_t inode)
{
	struct question question = {
		.header = { .nlmsg_len = sizeof(question),
			    .nlmsg_type = SOCK_DIAG_BY_FAMILY,
			    .nlmsg_flags = NLM_F_REQUEST },
		.request = { .sdiag_family = AF_UNIX,
			     .udiag_states = UINT32_MAX,
			     .udiag_ino = (uint32_t)inode,
			     .udiag_show = UDIAG_SHOW_PEER,
			     .udiag_cookie = { UINT32_MAX, UINT32_MAX } },
	};
	const struct timeval patience = { .tv_sec = PATIENCE_S };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	return send(fd, &question, sizeof(question), 0) < 0 ? -errno : 0;
}

/* What follows the header: a unix_diag_msg, then attributes. */
static int find_peer(const unsigned char *at, size_t size, uint64_t *peer)
{
	size_t from = NLMSG_ALIGN(sizeof(struct unix_diag_msg));

	while (size >= from + sizeof(struct rtattr)) {
		struct rtattr attribute;
		uint32_t inode;

		memcpy(&attribute, at + from, sizeof(attribute));
		if (attribute.rta_len < sizeof(attribute) || attribute.rta_len > size - from)
			return -EBADMSG;
		if (attribute.rta_type == UNIX_DIAG_PEER &&
		    attribute.rta_len >= sizeof(attribute) + sizeof(inode)) {
			memcpy(&inode, at + from + sizeof(attribute), sizeof(inode));
			*peer = inode;
			return inode ? 0 : -ENOTCONN;
		}
		from += RTA_ALIGN(attribute.rta_len);
	}
	return -ENOTCONN;
}

static int take_answer(const unsigned char *at, size_t size, uint64_t *peer)
{
	struct nlmsghdr header;
	int error;

	if (size < sizeof(header))
		return -EBADMSG;
	memcpy(&header, at, sizeof(header));
	if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > size)
		return -EBADMSG;
	at += sizeof(header);
	size = header.nlmsg_len - sizeof(header);
	if (header.nlmsg_type != NLMSG_ERROR)
		return header.nlmsg_type == SOCK_DIAG_BY_FAMILY ? find_peer(at, size, peer)
								: -EBADMSG;
	if (size < sizeof(error))
		return -EBADMSG;
	memcpy(&error, at, sizeof(error));
	/* A kernel without CONFIG_UNIX_DIAG has nobody to ask, and says ENOENT of the family. */
	return error ? error : -EBADMSG;
}

int ptree_unix_peer(uint64_t inode, uint64_t *peer)
{
	unsigned char answer[ANSWER_BYTES];
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
	ssize_t size;
	int err;

	if (fd < 0)
		return errno == EPROTONOSUPPORT ? -EOPNOTSUPP : -errno;
	err = inode && inode <= UINT32_MAX ? ask(fd, inode) : -ENOENT;
	if (!err) {
		size = recv(fd, answer, sizeof(answer), 0);
		err = size < 0 ? -errno : take_answer(answer, (size_t)size, peer);
	}
	close(fd);
	return err;
}
