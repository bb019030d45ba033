/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_DETAILS_ROWS_H
#define PROCTOP_DETAILS_ROWS_H

#include "model/inspect.h"

/*
 * What is told of a process in pieces. The first time it is shown as it comes; when it is read
 * again, the rows that there are stay until all of the new ones have come. All zero: nothing has.
 */
struct details_rows {
	struct listing shown, coming;
	uint64_t done, left_out; /* of those that are shown */
	bool is_whole;		 /* it was read to the end once */
	int error;		 /* why there are none */
	struct inspect_samples samples;
};

void details_rows_clear(struct details_rows *rows);
/* It is read anew. */
void details_rows_begin(struct details_rows *rows);
/* Takes what the answer has. */
void details_rows_take(struct details_rows *rows, struct inspection *answer);
/* They, or why there are none; node: NULL: it was forgotten. */
void details_rows_list(const struct details_rows *rows, struct listing *listing,
		       enum ptree_piece piece, const struct ptree_node *node);

#endif
