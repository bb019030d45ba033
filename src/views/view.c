/* SPDX-License-Identifier: MIT */
/* What all views have in common; see view.h. */
#include "views/view.h"

#include <stdlib.h>

struct view *view_open(const struct view_kind *kind, const struct scene *scene)
{
	struct view *view = calloc(1, kind->size);

	if (!view)
		return NULL;
	view->kind = kind;
	view->scene = scene;
	if (!kind->open || !kind->open(view))
		return view;
	free(view);
	return NULL;
}

void view_close(struct view *view)
{
	if (view && view->kind->close)
		view->kind->close(view);
	free(view);
}
