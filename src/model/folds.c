/* SPDX-License-Identifier: MIT */
/* Folded branches; see folds.h. It knows no rows: only ids and depths. */
#include "model/folds.h"

#include <search.h>
#include <stdlib.h>

#define NO_DEPTH UINT32_MAX

struct fold {
	uint64_t id;
	bool is_folded;
};

static int compare(const void *a, const void *b)
{
	const struct fold *x = a;
	const struct fold *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

void folds_clear(struct folds *folds)
{
	tdestroy(folds->told, free);
	folds->told = NULL;
}

void folds_set(struct folds *folds, uint64_t id, bool is_folded)
{
	struct fold *fold = malloc(sizeof(*fold));
	struct fold **found;

	if (!fold)
		return;
	*fold = (struct fold){ .id = id };
	found = tsearch(fold, &folds->told, compare);
	if (!found || *found != fold)
		free(fold);
	if (found)
		(*found)->is_folded = is_folded;
}

enum folds_answer folds_told(const struct folds *folds, uint64_t id)
{
	const struct fold key = { .id = id };
	struct fold *const *found = folds->told ? tfind(&key, &folds->told, compare) : NULL;

	if (!found)
		return FOLDS_UNTOLD;
	return (*found)->is_folded ? FOLDS_FOLDED : FOLDS_UNFOLDED;
}

void folds_unfold_all(struct folds *folds)
{
	folds_clear(folds);
	folds->depth = NO_DEPTH;
	folds->unfolds_kernel = true;
}

void folds_fold_at_depth(struct folds *folds, uint32_t depth)
{
	folds_clear(folds);
	folds->depth = depth - 1;
	folds->unfolds_kernel = false;
}
