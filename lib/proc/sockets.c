/* SPDX-License-Identifier: MIT */
/* The sockets of a network namespace, as its files list them: a line at a time. */
#include "sockets.h"
#include "base/sized.h"
#include "lines.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES 128 /* of a unix socket: 108, and what stands for NULs */

static const struct {
	const char *name, *file;
} protocols[PTREE_PROTOCOL_COUNT] = {
	[PTREE_PROTOCOL_TCP] = { "tcp", "net/tcp" },
	[PTREE_PROTOCOL_TCP6] = { "tcp6", "net/tcp6" },
	[PTREE_PROTOCOL_UDP] = { "udp", "net/udp" },
	[PTREE_PROTOCOL_UDP6] = { "udp6", "net/udp6" },
	[PTREE_PROTOCOL_RAW] = { "raw", "net/raw" },
	[PTREE_PROTOCOL_RAW6] = { "raw6", "net/raw6" },
	[PTREE_PROTOCOL_UNIX] = { "unix", "net/unix" },
	[PTREE_PROTOCOL_NETLINK] = { "netlink", "net/netlink" },
	[PTREE_PROTOCOL_PACKET] = { "packet", "net/packet" },
};

const char *ptree_protocol_name(enum ptree_protocol protocol)
{
	return (unsigned)protocol < PTREE_PROTOCOL_COUNT ? protocols[protocol].name : "?";
}

/* ---- internet ---- */

static bool is_v6(enum ptree_protocol protocol)
{
	return protocol == PTREE_PROTOCOL_TCP6 || protocol == PTREE_PROTOCOL_UDP6 ||
	       protocol == PTREE_PROTOCOL_RAW6;
}

/* include/net/tcp_states.h */
static const char *const tcp_states[] = {
	"",	      "ESTABLISHED", "SYN-SENT",	 "SYN-RECEIVED", "FIN-WAIT-1",
	"FIN-WAIT-2", "TIME-WAIT",   "CLOSED",		 "CLOSE-WAIT",	 "LAST-ACK",
	"LISTEN",     "CLOSING",     "NEW-SYN-RECEIVED",
};
#define TCP_ESTABLISHED 1
#define TCP_LISTEN 10

static void set_state(struct ptree_socket *socket, uint64_t state)
{
	bool is_tcp =
	    socket->protocol == PTREE_PROTOCOL_TCP || socket->protocol == PTREE_PROTOCOL_TCP6;

	if (!is_tcp)
		socket->state = state == TCP_ESTABLISHED ? "connected" : "open";
	else if (state < sizeof(tcp_states) / sizeof(tcp_states[0]))
		socket->state = tcp_states[state];
	socket->is_listening = is_tcp ? state == TCP_LISTEN : state != TCP_ESTABLISHED;
}

/* Words of four bytes in network order, printed as numbers of this machine; then the port. */
static bool take_address(struct span *line, bool v6, uint8_t address[16], uint16_t *port)
{
	unsigned words = v6 ? 4 : 1;
	uint64_t number;

	for (unsigned i = 0; i < words; i++) {
		struct span word = { .at = line->at, .end = line->at + 8 };
		uint32_t bytes;

		if (span_size(line) < 8 || !span_take_hex(&word, &number) || word.at != word.end)
			return false;
		bytes = (uint32_t)number;
		memcpy(address + (size_t)4 * i, &bytes, sizeof(bytes));
		line->at += 8;
	}
	if (!span_take(line, ":") || !span_take_hex(line, &number) || number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	span_skip_blanks(line);
	return true;
}

/* "  0: 0100007F:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0  0 1061 ..." */
static bool parse_internet(struct span line, struct ptree_socket *socket)
{
	bool v6 = is_v6(socket->protocol);
	uint64_t number, state, uid;

	span_skip_blanks(&line);
	if (!span_take_number(&line, &number) || !span_take(&line, ":"))
		return false;
	span_skip_blanks(&line);
	if (!take_address(&line, v6, socket->local_address, &socket->local_port) ||
	    !take_address(&line, v6, socket->remote_address, &socket->remote_port) ||
	    !span_take_hex(&line, &state))
		return false;
	for (int i = 0; i < 3; i++) { /* queues, timer, retransmissions */
		span_skip_blanks(&line);
		span_take_word(&line);
	}
	span_skip_blanks(&line);
	if (!span_take_number(&line, &uid) || uid > UINT32_MAX)
		return false;
	span_skip_blanks(&line);
	span_take_word(&line); /* timeout */
	span_skip_blanks(&line);
	if (!span_take_number(&line, &socket->inode))
		return false;
	socket->uid = (uint32_t)uid;
	set_state(socket, state);
	return true;
}

/* ---- the others ---- */

/* include/uapi/linux/net.h: SS_* */
static const char *const unix_states[] = { "", "unconnected", "connecting", "connected",
					   "disconnecting" };
#define UNIX_ACCEPTS 0x10000 /* __SO_ACCEPTCON */

/* Words that are passed over, and the last of them as a number. */
static bool take_column(struct span *line, unsigned skipped, bool is_hex, uint64_t *value)
{
	struct span word;

	for (unsigned i = 0; i <= skipped; i++) {
		span_skip_blanks(line);
		word = span_take_word(line);
	}
	return (is_hex ? span_take_hex(&word, value) : span_take_number(&word, value)) &&
	       word.at == word.end;
}

/* "0000000013f9b10e: 00000003 00000000 00010000 0001 01  1058 /run/x" */
static bool parse_unix(struct span line, struct ptree_socket *socket, char *path, size_t path_size)
{
	uint64_t flags, type, state;

	if (!take_column(&line, 3, true, &flags) || !take_column(&line, 0, true, &type) ||
	    !take_column(&line, 0, true, &state) || !take_column(&line, 0, false, &socket->inode) ||
	    type > UINT32_MAX)
		return false;
	socket->type = (uint32_t)type;
	if (state < sizeof(unix_states) / sizeof(unix_states[0]))
		socket->state = unix_states[state];
	if (flags & UNIX_ACCEPTS) {
		socket->state = "LISTEN";
		socket->is_listening = true;
	}
	if (span_take(&line, " ") && span_size(&line)) {
		span_copy(&line, path, path_size);
		socket->path = path;
	}
	return true;
}

/* "00000000dc9c13da 0   4711       00000000 0        0        0     2        0        4" */
static bool parse_netlink(struct span line, struct ptree_socket *socket)
{
	uint64_t protocol, port;

	if (!take_column(&line, 1, false, &protocol) || !take_column(&line, 0, false, &port) ||
	    !take_column(&line, 6, false, &socket->inode) || protocol > UINT32_MAX ||
	    port > UINT32_MAX)
		return false;
	socket->netlink_protocol = (uint32_t)protocol;
	socket->netlink_port = (uint32_t)port;
	return true;
}

/* "00000000dc9c13da 3      3    0003   2     1 0      0      4711" */
static bool parse_packet(struct span line, struct ptree_socket *socket)
{
	uint64_t type, protocol, uid;

	if (!take_column(&line, 2, false, &type) || !take_column(&line, 0, true, &protocol) ||
	    !take_column(&line, 3, false, &uid) || !take_column(&line, 0, false, &socket->inode) ||
	    type > UINT32_MAX || protocol > UINT32_MAX || uid > UINT32_MAX)
		return false;
	socket->type = (uint32_t)type;
	socket->netlink_protocol = (uint32_t)protocol;
	socket->uid = (uint32_t)uid;
	return true;
}

bool sockets_parse(enum ptree_protocol protocol, struct span line, struct ptree_socket *out,
		   char *path, size_t path_size)
{
	struct ptree_socket socket = { .protocol = protocol, .state = "", .uid = PTREE_UNKNOWN_ID };
	bool is_one = false;

	switch (protocol) {
	case PTREE_PROTOCOL_UNIX:
		is_one = parse_unix(line, &socket, path, path_size);
		break;
	case PTREE_PROTOCOL_NETLINK:
		is_one = parse_netlink(line, &socket);
		break;
	case PTREE_PROTOCOL_PACKET:
		is_one = parse_packet(line, &socket);
		break;
	case PTREE_PROTOCOL_TCP:
	case PTREE_PROTOCOL_TCP6:
	case PTREE_PROTOCOL_UDP:
	case PTREE_PROTOCOL_UDP6:
	case PTREE_PROTOCOL_RAW:
	case PTREE_PROTOCOL_RAW6:
		is_one = parse_internet(line, &socket);
		break;
	}
	if (is_one)
		*out = socket;
	return is_one;
}

/* ---- text ---- */

static bool is_zero(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i])
			return false;
	}
	return true;
}

static int format_internet(const struct ptree_socket *socket, bool is_remote, char *buf,
			   size_t size)
{
	const uint8_t *address = is_remote ? socket->remote_address : socket->local_address;
	unsigned port = is_remote ? socket->remote_port : socket->local_port;
	bool v6 = is_v6(socket->protocol);
	char text[INET6_ADDRSTRLEN];

	if (is_zero(address, v6 ? 16 : 4)) {
		if (is_remote && !port)
			return snprintf(buf, size, "%s", "");
		return snprintf(buf, size, "*:%u", port);
	}
	inet_ntop(v6 ? AF_INET6 : AF_INET, address, text, sizeof(text));
	return snprintf(buf, size, v6 ? "[%s]:%u" : "%s:%u", text, port);
}

/* include/uapi/linux/netlink.h */
static const char *netlink_name(uint32_t protocol)
{
	static const char *const names[] = {
		[0] = "route",
		[2] = "usersock",
		[4] = "sock-diag",
		[5] = "nflog",
		[6] = "xfrm",
		[7] = "selinux",
		[9] = "audit",
		[11] = "connector",
		[12] = "netfilter",
		[15] = "kobject",
		[16] = "generic-netlink",
	};

	return protocol < sizeof(names) / sizeof(names[0]) ? names[protocol] : NULL;
}

static int format_netlink(const struct ptree_socket *socket, char *buf, size_t size)
{
	const char *name = netlink_name(socket->netlink_protocol);

	if (name)
		return snprintf(buf, size, "%s:%u", name, socket->netlink_port);
	return snprintf(buf, size, "%u:%u", socket->netlink_protocol, socket->netlink_port);
}

int ptree_socket_format(const struct ptree_socket *socket, bool is_remote, char *buf, size_t size)
{
	switch (socket->protocol) {
	case PTREE_PROTOCOL_UNIX:
		return snprintf(buf, size, "%s", socket->path && !is_remote ? socket->path : "");
	case PTREE_PROTOCOL_NETLINK:
		if (!is_remote)
			return format_netlink(socket, buf, size);
		break;
	case PTREE_PROTOCOL_PACKET:
		break;
	case PTREE_PROTOCOL_TCP:
	case PTREE_PROTOCOL_TCP6:
	case PTREE_PROTOCOL_UDP:
	case PTREE_PROTOCOL_UDP6:
	case PTREE_PROTOCOL_RAW:
	case PTREE_PROTOCOL_RAW6:
		return format_internet(socket, is_remote, buf, size);
	}
	return snprintf(buf, size, "%s", "");
}

/* ---- reading ---- */

struct ptree_sockets {
	struct ptree_probe *probe;
	struct lines lines;
	unsigned protocol; /* whose file is open */
	char path[PATH_BYTES];
};

/* Closes this one and opens the next that there is. 0: there is none; -EAGAIN. */
static int open_next(struct ptree_sockets *sockets)
{
	int err;

	lines_close(&sockets->lines);
	if (++sockets->protocol >= PTREE_PROTOCOL_COUNT)
		return 0;
	err = lines_open(&sockets->lines, sockets->probe, protocols[sockets->protocol].file, '\n');
	/* Of kernel threads and zombies, too, there are those that the kernel knows. */
	return err && err != -EOPNOTSUPP && err != -ENODATA ? err : -EAGAIN;
}

int ptree_sockets_open(struct ptree_sockets **out, struct ptree_probe *probe)
{
	struct ptree_sockets *sockets = calloc(1, sizeof(*sockets));
	int err;

	if (!sockets)
		return -ENOMEM;
	sockets->probe = probe;
	err = lines_open(&sockets->lines, probe, protocols[0].file, '\n');
	if (err && err != -EOPNOTSUPP && err != -ENODATA)
		ptree_sockets_close(sockets);
	else
		*out = sockets;
	return err && err != -EOPNOTSUPP && err != -ENODATA ? err : 0;
}

int ptree_sockets_next_sized(struct ptree_sockets *sockets, struct ptree_socket *out, size_t size)
{
	struct ptree_socket socket;
	struct span line;
	bool is_cut;
	int ret = 0;

	if (sockets->protocol >= PTREE_PROTOCOL_COUNT)
		return 0;
	while (sockets->lines.fd >= 0 && (ret = lines_next(&sockets->lines, &line, &is_cut)) == 1) {
		if (is_cut || !sockets_parse((enum ptree_protocol)sockets->protocol, line, &socket,
					     sockets->path, sizeof(sockets->path)))
			continue;
		sized_write(out, size, &socket, sizeof(socket));
		return 1;
	}
	return ret ? ret : open_next(sockets);
}

void ptree_sockets_close(struct ptree_sockets *sockets)
{
	if (!sockets)
		return;
	lines_close(&sockets->lines);
	free(sockets);
}
