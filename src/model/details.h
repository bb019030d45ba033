/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_DETAILS_H
#define PROCTOP_DETAILS_H

#include "model/details-history.h"
#include "model/inspect.h"
#include "model/scene.h"

/* All that is known of a process. */
struct details_input {
	const struct scene *scene;
	bool utf8;
	int value_cells; /* of a line, for its value */
	const struct ptree_node *node;
	const struct details_history *history;	       /* NULL: there is none */
	const struct inspection *read[INSPECT_STAGES]; /* NULL: not read, or not yet */
};

/* The overview: what it is, why it runs, what it uses and may do, and what came of it. */
void details_list(struct listing *listing, const struct details_input *input);

/* Parts of it. */
void details_list_identity(struct listing *listing, const struct details_input *input);
void details_list_cause(struct listing *listing, const struct details_input *input);
void details_list_usage(struct listing *listing, const struct details_input *input);
void details_list_rights(struct listing *listing, const struct details_input *input);
void details_list_relatives(struct listing *listing, const struct details_input *input);

/* What of the details has that piece, if it is known. If it is not, and that is worth a line, it
   gets one with that label: refused, and what it takes. */
const struct ptree_details *details_piece(struct listing *listing,
					  const struct details_input *input, const char *label,
					  enum ptree_piece piece);

/* Appended to the last line. */
void details_put_user(struct listing *listing, const struct details_input *input, uint32_t uid);
void details_put_name(struct listing *listing, const struct ptree_node *node);
void details_put_command(struct listing *listing, const struct details_input *input,
			 const struct ptree_node *node, size_t most);
void details_put_time(struct listing *listing, const struct details_input *input, uint64_t boot_ns);
void details_put_refusal(struct listing *listing, enum ptree_piece piece);

#endif
