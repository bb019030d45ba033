/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_DESCRIBE_H
#define PROCTOP_DESCRIBE_H

#include "headless/output.h"
#include "model/field.h"

#include <proctree.h>

/* False of one that events spoke of but whose begin and entry in /proc nobody has seen. */
bool describe_is_known(const struct ptree_node *node);

/* Its arguments, separated by spaces, whole and safe; or its name, and why it is only that. */
void describe_command(struct output *output, const struct ptree_node *node,
		      const struct ptree_image *image, bool utf8);

/* The name of its effective user, or the number. */
void describe_user(struct output *output, struct ptree_users *users, uint32_t euid, bool utf8);

/* The members of an object about a process: those fields that are FIELD_IN_EVENT, ... null for what
   is not known. */
void describe_json(struct ptree_json *json, const struct column_subject *subject,
		   struct ptree_users *users, int where);

/* Waits for the names of all users who have processes, but not longer than that. */
void describe_await_users(struct ptree_users *users, const struct ptree_tree *tree, int timeout_ms);

#endif
