/* SPDX-License-Identifier: MIT */
/* The last minute of one process as small graphs; see details-history.h. */
#include "model/details-history.h"
#include "draw/text.h"
#include "model/column.h"

#include <stdio.h>
#include <string.h>

#define LEAST_SCALE_PERMILLE 100 /* a flicker of an idle process is no mountain */
#define WORDS_CELLS 20		 /* "  at most 1600 %" */

/* What was not seen, because something lay over it, stays a gap. */
void details_history_tick(struct details_history *history, const struct ptree_node *node,
			  uint64_t tick)
{
	struct ptree_usage usage;
	uint64_t steps = history->count ? tick - history->tick : 1;

	if (!steps)
		return;
	if (steps > DETAILS_HISTORY)
		steps = DETAILS_HISTORY;
	history->tick = tick;
	history->count += (unsigned)steps;
	if (history->count > DETAILS_HISTORY)
		history->count = DETAILS_HISTORY;
	for (; steps; steps--) {
		memmove(history->cpu_permille + 1, history->cpu_permille,
			sizeof(history->cpu_permille) - sizeof(*history->cpu_permille));
		memmove(history->rss_bytes + 1, history->rss_bytes,
			sizeof(history->rss_bytes) - sizeof(*history->rss_bytes));
		history->cpu_permille[0] = DETAILS_CPU_UNKNOWN;
		history->rss_bytes[0] = DETAILS_RSS_UNKNOWN;
	}
	if (!node || ptree_node_has_ended(node))
		return;
	ptree_node_usage(node, &usage);
	if (usage.known & PTREE_USAGE_RATE)
		history->cpu_permille[0] = usage.cpu_permille;
	if (usage.known & PTREE_USAGE_RSS)
		history->rss_bytes[0] = usage.rss_bytes;
}

/* ---- drawing it ---- */

static unsigned seen(const struct details_history *history, int cells)
{
	unsigned room = cells > WORDS_CELLS ? (unsigned)(cells - WORDS_CELLS) : 1;

	return history->count < room ? history->count : room;
}

static void begin(struct listing *listing, unsigned values)
{
	char label[32];

	snprintf(label, sizeof(label), "last %u s", values);
	listing_row(listing, label);
	listing_set_role(listing, THEME_COUNT);
}

void details_list_cpu_history(struct listing *listing, const struct details_history *history,
			      int cells, bool utf8)
{
	unsigned values = seen(history, cells), known = 0;
	uint32_t most = 0, scale;
	char text[16];

	for (unsigned i = 0; i < values; i++) {
		uint32_t value = history->cpu_permille[i];

		known += value != DETAILS_CPU_UNKNOWN;
		if (value != DETAILS_CPU_UNKNOWN && value > most)
			most = value;
	}
	if (known < 2)
		return;
	begin(listing, values);
	scale = most > LEAST_SCALE_PERMILLE ? most : LEAST_SCALE_PERMILLE;
	for (unsigned i = values; i-- > 0;) {
		uint64_t value = history->cpu_permille[i];

		listing_put(listing, "%s",
			    value == DETAILS_CPU_UNKNOWN
				? " "
				: text_block((unsigned)(value * 1000 / scale), utf8));
	}
	column_format_permille(text, sizeof(text), most, false);
	listing_put(listing, "  at most %s %%", text);
}

void details_list_rss_history(struct listing *listing, const struct details_history *history,
			      int cells, bool utf8)
{
	unsigned values = seen(history, cells), known = 0;
	uint64_t least = DETAILS_RSS_UNKNOWN, most = 0;
	char from[16], to[16];

	for (unsigned i = 0; i < values; i++) {
		uint64_t value = history->rss_bytes[i];

		if (value == DETAILS_RSS_UNKNOWN)
			continue;
		known++;
		least = value < least ? value : least;
		most = value > most ? value : most;
	}
	if (known < 2)
		return;
	begin(listing, values);
	for (unsigned i = values; i-- > 0;) {
		uint64_t value = history->rss_bytes[i];
		double part = most > least ? (double)(value - least) / (double)(most - least) : 0.0;

		listing_put(
		    listing, "%s",
		    value == DETAILS_RSS_UNKNOWN ? " " : text_block((unsigned)(part * 1000), utf8));
	}
	column_format_bytes(from, sizeof(from), least);
	column_format_bytes(to, sizeof(to), most);
	if (strcmp(from, to))
		listing_put(listing, "  %s to %s", from, to);
	else
		listing_put(listing, "  always %s", to);
}
