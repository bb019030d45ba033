/* SPDX-License-Identifier: MIT */
/* Rows of a process that come in pieces; see details-rows.h. */
#include "model/details-rows.h"
#include "model/details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void details_rows_clear(struct details_rows *rows)
{
	listing_clear(&rows->shown);
	listing_clear(&rows->coming);
	free(rows->samples.list);
	*rows = (struct details_rows){ 0 };
}

void details_rows_begin(struct details_rows *rows)
{
	listing_clear(&rows->coming);
	if (!rows->is_whole)
		listing_clear(&rows->shown);
}

static void take_samples(struct details_rows *rows, struct inspection *answer)
{
	free(rows->samples.list);
	rows->samples = answer->samples;
	answer->samples = (struct inspect_samples){ 0 };
}

/* Of one that is gone what was read before is more. */
static void finish(struct details_rows *rows, int error)
{
	if (error == -ESRCH)
		return;
	if (rows->is_whole) {
		listing_clear(&rows->shown);
		rows->shown = rows->coming;
		rows->coming = (struct listing){ 0 };
	}
	rows->is_whole = true;
	rows->error = error;
}

void details_rows_take(struct details_rows *rows, struct inspection *answer)
{
	struct listing *to = rows->is_whole ? &rows->coming : &rows->shown;

	if (answer->replaces)
		listing_clear(to);
	listing_append(to, &answer->listing);
	if (!rows->is_whole || (answer->is_last && answer->error != -ESRCH)) {
		rows->done = answer->done;
		rows->left_out = answer->left_out;
	}
	if (!answer->is_last)
		return;
	take_samples(rows, answer);
	finish(rows, answer->error);
}

/* ---- what is shown of it ---- */

static const char *reason(const struct details_rows *rows, enum ptree_piece_status status,
			  const struct ptree_node *node)
{
	switch (status) {
	case PTREE_PIECE_NONE:
		if (node && ptree_node_is_kernel_thread(node))
			return "a kernel thread has none";
		return "it is over but for how it ended, and has none any more";
	case PTREE_PIECE_GONE:
		return "it is over, and has none any more";
	case PTREE_PIECE_UNSUPPORTED:
		return "this kernel does not tell";
	case PTREE_PIECE_UNREAD:
	case PTREE_PIECE_KNOWN:
	case PTREE_PIECE_REFUSED:
	case PTREE_PIECE_FAILED:
		break;
	}
	return strerror(-rows->error);
}

static bool is_over(const struct ptree_node *node)
{
	return !node || (ptree_node_has_ended(node) && !ptree_node_is_zombie(node));
}

static void begin_words(struct listing *listing)
{
	listing_begin(listing, LISTING_INLINE, "", 0);
	listing_set_role(listing, THEME_DIM);
}

/* Of a zombie the kernel shows others nothing, and oneself an empty list. */
static enum ptree_piece_status status_of(const struct details_rows *rows,
					 const struct ptree_node *node)
{
	enum ptree_piece_status status = ptree_piece_status_of(rows->error);

	if (is_over(node))
		return PTREE_PIECE_GONE;
	if (ptree_node_is_zombie(node) &&
	    (status == PTREE_PIECE_REFUSED || status == PTREE_PIECE_KNOWN))
		return PTREE_PIECE_NONE;
	return status;
}

static void list_reason(const struct details_rows *rows, struct listing *listing,
			enum ptree_piece piece, const struct ptree_node *node)
{
	enum ptree_piece_status status = status_of(rows, node);

	begin_words(listing);
	if (status == PTREE_PIECE_REFUSED)
		details_put_refusal(listing, piece);
	else if (status == PTREE_PIECE_KNOWN)
		listing_put(listing, "it has none");
	else
		listing_put(listing, "%s", reason(rows, status, node));
}

void details_rows_list(const struct details_rows *rows, struct listing *listing,
		       enum ptree_piece piece, const struct ptree_node *node)
{
	if (!rows->shown.count) {
		if (rows->is_whole || is_over(node))
			list_reason(rows, listing, piece, node);
		return;
	}
	if (is_over(node)) {
		begin_words(listing);
		listing_put(listing, "it is over, and has none any more: as read last");
	}
	listing_append(listing, &rows->shown);
	if (rows->error) {
		begin_words(listing);
		listing_put(listing, "and maybe more: %s", strerror(-rows->error));
	}
	if (!rows->left_out)
		return;
	begin_words(listing);
	listing_put(listing, "and ");
	listing_put_count(listing, rows->left_out);
	listing_put(listing, " more, which are not shown");
}
