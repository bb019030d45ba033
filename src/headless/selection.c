/* SPDX-License-Identifier: MIT */
/* -u, -f and -w, applied to one process. What is watched was told to the tree by its owner. */
#include "headless/selection.h"

int selection_init(struct selection *out, const struct config *config)
{
	struct selection selection = { .uids = config->uids,
				       .uid_count = config->uid_count,
				       .only_watched = config->watch_count > 0 };
	struct filter_error ignored; /* the command line was checked */
	int err = config->filter ? filter_compile_named(&selection.filter, config->filter,
							&config->filters, &ignored)
				 : 0;

	if (!err)
		*out = selection;
	return err;
}

void selection_clear(struct selection *selection)
{
	filter_free(selection->filter);
	selection->filter = NULL;
}

bool selection_is_everything(const struct selection *selection)
{
	return !selection->filter && !selection->uid_count && !selection->only_watched;
}

static bool has_user(const struct selection *selection, const struct ptree_node *node)
{
	for (size_t i = 0; i < selection->uid_count; i++) {
		if (ptree_node_euid(node) == selection->uids[i])
			return true;
	}
	return selection->uid_count == 0;
}

bool selection_has(const struct selection *selection, const struct filter_context *context,
		   const struct ptree_node *node)
{
	if (selection->only_watched && !ptree_node_is_watched(node))
		return false;
	return has_user(selection, node) &&
	       (!selection->filter || filter_matches(selection->filter, context, node));
}
