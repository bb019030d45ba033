/* SPDX-License-Identifier: MIT */
/*
 * What connector.c offers to the rest of the library and to tests only.
 */
#ifndef PTREE_CONNECTOR_H
#define PTREE_CONNECTOR_H

#include "proctree.h"

/*
 * Receives from a non-blocking netlink socket that somebody else opened, without subscribing:
 * what arrives from trusted_port (the kernel's is 0) goes the way of the kernel's own datagrams.
 * Owns fd from then on; on failure it stays the caller's. Errors: -ENOMEM.
 */
int ptree_connector_adopt(struct ptree_connector **connector, int fd, uint32_t trusted_port,
			  const struct ptree_connector_options *options);

#endif
