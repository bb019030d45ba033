/* SPDX-License-Identifier: MIT */
/* What a process uses, and what came of it: its children, and the programs that it ran. */
#include "model/details.h"

#include <stdio.h>
#include <string.h>

#define CHILDREN_MAX 12
#define IMAGES_MAX 16
#define CHILD_COMMAND_BYTES ((size_t)120)

static void put_bytes(struct listing *listing, const char *before, uint64_t bytes,
		      const char *behind)
{
	char text[16];

	column_format_bytes(text, sizeof(text), bytes);
	listing_put(listing, "%s%s%s", before, text, behind);
}

static void put_ns(struct listing *listing, const char *before, uint64_t ns, const char *behind)
{
	char text[16];

	column_format_time(text, sizeof(text), ns);
	listing_put(listing, "%s%s%s", before, text, behind);
}

/* ---- what it uses ---- */

static void list_cpu(struct listing *listing, const struct details_input *input)
{
	const struct inspection *read = input->read[INSPECT_QUICK];
	const struct ptree_details *now = read && !read->error ? &read->details : NULL;
	struct ptree_usage usage;
	char text[16];

	ptree_node_usage(input->node, &usage);
	if (!now && !(usage.known & PTREE_USAGE_CPU))
		return;
	listing_row(listing, "CPU");
	if (usage.known & PTREE_USAGE_RATE && !ptree_node_has_ended(input->node)) {
		column_format_permille(text, sizeof(text), usage.cpu_permille, false);
		listing_put(listing, "%s %% of one, ", text);
	}
	if (now) {
		put_ns(listing, "", now->cpu_user_ns, " in programs, ");
		put_ns(listing, "", now->cpu_system_ns, " in the kernel");
		listing_put(listing, "; last on CPU %u", now->last_cpu);
	} else {
		column_format_cpu(text, sizeof(text), &usage);
		listing_put(listing, "%s%s", text, usage.is_final ? "" : ", as seen last");
	}
	if (now ? now->waited_cpu_ns : usage.known & PTREE_USAGE_WAITED && usage.waited_cpu_ns)
		put_ns(listing, "; children that are over ",
		       now ? now->waited_cpu_ns : usage.waited_cpu_ns, "");
	if (!now)
		return;
	listing_row(listing, "threads");
	listing_put(listing, "%u", now->threads);
}

static void list_memory(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "memory", PTREE_PIECE_MEMORY);
	struct ptree_usage usage;

	ptree_node_usage(input->node, &usage);
	if (!details && !(usage.known & (PTREE_USAGE_RSS | PTREE_USAGE_MAX_RSS)))
		return;
	listing_row(listing, "memory");
	if (!details) {
		bool has_peak = usage.known & PTREE_USAGE_MAX_RSS;

		put_bytes(listing, "", has_peak ? usage.max_rss_bytes : usage.rss_bytes,
			  has_peak ? " at most" : "");
		return;
	}
	put_bytes(listing, "", details->rss_bytes, " resident");
	put_bytes(listing, " (at most ", details->peak_rss_bytes, ")");
	put_bytes(listing, ", ", details->swap_bytes, " swapped out");
	put_bytes(listing, ", ", details->size_bytes, " of addresses");
	if (details->status[PTREE_PIECE_RSS_KINDS] != PTREE_PIECE_KNOWN)
		return;
	put_bytes(listing, "; of the resident ", details->rss_anonymous_bytes, " its own");
	put_bytes(listing, ", ", details->rss_file_bytes, " of files");
	put_bytes(listing, ", ", details->rss_shared_bytes, " shared");
}

static void list_pss(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details = details_piece(listing, input, "PSS", PTREE_PIECE_PSS);

	if (!details)
		return;
	listing_row(listing, "PSS");
	put_bytes(listing, "", details->pss_bytes, ", what is shared divided by its users");
	put_bytes(listing, "; its end would free ", details->private_bytes, "");
	if (details->swap_pss_bytes)
		put_bytes(listing, "; ", details->swap_pss_bytes, " of the swap");
}

static void list_io(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details = details_piece(listing, input, "I/O", PTREE_PIECE_IO);
	struct ptree_usage usage;

	ptree_node_usage(input->node, &usage);
	if (!details && !(usage.known & PTREE_USAGE_IO))
		return;
	listing_row(listing, "I/O");
	put_bytes(listing, "", details ? details->read_bytes : usage.read_bytes,
		  " read from storage, ");
	put_bytes(listing, "", details ? details->written_bytes : usage.write_bytes,
		  " written to it");
	if (!details)
		return;
	put_bytes(listing, "; of all kinds ", details->read_characters, "");
	listing_put(listing, " in %llu reads, ", (unsigned long long)details->read_calls);
	put_bytes(listing, "", details->written_characters, "");
	listing_put(listing, " in %llu writes", (unsigned long long)details->write_calls);
	listing_put(listing, "; with children that it waited for");
}

void details_list_usage(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details;

	listing_heading(listing, "What it uses");
	list_cpu(listing, input);
	if (input->history)
		details_list_cpu_history(listing, input->history, input->value_cells, input->utf8);
	list_memory(listing, input);
	if (input->history)
		details_list_rss_history(listing, input->history, input->value_cells, input->utf8);
	list_pss(listing, input);
	list_io(listing, input);
	details = details_piece(listing, input, "faults", PTREE_PIECE_FAULTS);
	if (details) {
		listing_row(listing, "faults");
		listing_put(listing, "%llu without I/O, %llu that had to read",
			    (unsigned long long)details->minor_faults,
			    (unsigned long long)details->major_faults);
	}
	details = details_piece(listing, input, "switches", PTREE_PIECE_SWITCHES);
	if (details) {
		listing_row(listing, "switches");
		listing_put(listing, "%llu to wait, %llu because others came first%s",
			    (unsigned long long)details->voluntary_switches,
			    (unsigned long long)details->involuntary_switches,
			    details->threads > 1 ? " (its first thread)" : "");
	}
}

/* ---- what came of it ---- */

static void list_children(struct listing *listing, const struct details_input *input)
{
	size_t count = ptree_node_child_count(input->node), shown = 0;
	const struct ptree_summary *summary = ptree_node_summary(input->node);
	const struct ptree_node *child = ptree_node_first_child(input->node);
	char text[256];

	listing_heading(listing, "Children");
	if (summary && summary->gone) {
		struct column_gone gone = column_gone(input->node, summary);

		column_summary_text(input->utf8, &gone, text, sizeof(text));
		listing_row(listing, "over");
		listing_put(listing, "%s", text);
	}
	listing_row(listing, "there");
	listing_put(listing, count ? "%zu" : "none", count);
	for (; child && shown < CHILDREN_MAX; child = ptree_node_next_sibling(child), shown++) {
		snprintf(text, sizeof(text), "%9d", ptree_node_pid(child));
		listing_row(listing, text);
		details_put_command(listing, input, child, CHILD_COMMAND_BYTES);
	}
	if (count > shown) {
		listing_row(listing, "");
		listing_put(listing, "and %zu more", count - shown);
		listing_set_role(listing, THEME_DIM);
	}
}

/* The newest first. */
static void list_programs(struct listing *listing, const struct details_input *input)
{
	uint32_t execs = ptree_node_exec_count(input->node);
	const struct ptree_image *image;
	unsigned back = 0;

	listing_heading(listing, "Programs it ran");
	while (back < IMAGES_MAX && (image = ptree_node_image(input->node, back))) {
		struct command command = { .size = 0 };

		column_image(input->node, image, &command);
		listing_row(listing, back ? "before" : "now");
		listing_put_bytes(listing, command.line, command.size);
		if (image->begin_ns) {
			listing_put(listing, ", since ");
			details_put_time(listing, input, image->begin_ns);
		}
		back++;
	}
	if (execs > back) {
		listing_row(listing, "");
		listing_put(listing, "%u execs were seen", execs);
		listing_set_role(listing, THEME_DIM);
	}
}

void details_list_relatives(struct listing *listing, const struct details_input *input)
{
	list_children(listing, input);
	list_programs(listing, input);
}
