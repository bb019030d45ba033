/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SELECTION_H
#define PROCTOP_SELECTION_H

#include "config/config.h"
#include "model/filter.h"

/* Which processes a headless command is to show. */
struct selection {
	struct filter *filter; /* NULL: all */
	const uint32_t *uids;  /* the config's */
	size_t uid_count;
	bool only_watched;
};

/* config must outlive it. 0, -ENOMEM. */
int selection_init(struct selection *selection, const struct config *config);
void selection_clear(struct selection *selection);

bool selection_is_everything(const struct selection *selection);
bool selection_has(const struct selection *selection, const struct filter_context *context,
		   const struct ptree_node *node);

#endif
