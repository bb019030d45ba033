/* SPDX-License-Identifier: MIT */
/* What lines of net/tcp and its like say, as pure functions. */
#ifndef PTREE_SOCKETS_H
#define PTREE_SOCKETS_H

#include "proctree.h"
#include "span.h"

/*
 * Parses a line of the protocol's file. path: room for that of a unix socket, which socket->path
 * then points into. False for what makes no sense, as the line of titles does.
 */
bool sockets_parse(enum ptree_protocol protocol, struct span line, struct ptree_socket *socket,
		   char *path, size_t path_size);

#endif
