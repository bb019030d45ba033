/* SPDX-License-Identifier: MIT */
/*
 * What connector.c offers to the rest of the library and to tests only.
 */
#ifndef PTREE_CONNECTOR_H
#define PTREE_CONNECTOR_H

#include "proctree.h"

/*
 * As ptree_connector_adopt(), but what arrives from trusted_port (the kernel's is 0) goes the way
 * of the kernel's own datagrams.
 */
int connector_adopt(struct ptree_connector **connector, int fd, uint32_t trusted_port,
		    const struct ptree_connector_options *options);

/*
 * The same as ptree_connector_open(), in the place of another one, which may be NULL: the numbers
 * are the CPUs', not the sockets', so that what that one has missed since it last heard something
 * is a gap to the new one, and counted.
 */
int connector_open_after(struct ptree_connector **connector,
			 const struct ptree_connector_options *options,
			 const struct ptree_connector *before);

/* Its events are the kernel's of this machine: a heartbeat, and what others hear, is among them. */
bool connector_is_netlink(const struct ptree_connector *connector);

#endif
