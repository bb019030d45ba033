/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_FOLDS_H
#define PROCTOP_FOLDS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Which branches somebody has folded or unfolded, by the ids of their rows, and what holds for all
 * others. Zeroed and then folds_unfold_all() it is empty; clear it in the end.
 */
struct folds {
	void *told;	/* tsearch(3) tree */
	uint32_t depth; /* rows from here on are folded unless told otherwise */
	bool unfolds_kernel;
};

enum folds_answer { FOLDS_UNTOLD, FOLDS_FOLDED, FOLDS_UNFOLDED };

void folds_clear(struct folds *folds);
void folds_set(struct folds *folds, uint64_t id, bool is_folded);
enum folds_answer folds_told(const struct folds *folds, uint64_t id);

void folds_unfold_all(struct folds *folds);
void folds_fold_at_depth(struct folds *folds, uint32_t depth); /* 1: only the tops are seen */

#endif
