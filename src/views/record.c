/* SPDX-License-Identifier: MIT */
/* How true the picture is: what was seen, what was missed, and why. */
#include "views/page.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_WIDTH 20

struct sheet {
	const struct scene *scene;
	const struct area *area;
	int y;
};

static void put(struct sheet *sheet, const char *name, enum theme_role which, const char *format,
		...) __attribute__((format(printf, 4, 5)));

static void put(struct sheet *sheet, const char *name, enum theme_role which, const char *format,
		...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (sheet->y >= sheet->area->rows)
		return;
	area_puts(sheet->area, sheet->y, 1, NAME_WIDTH, name, area_style(sheet->area, THEME_DIM));
	area_puts_cut(sheet->area, sheet->y, 2 + NAME_WIDTH, sheet->area->cols - 2 - NAME_WIDTH,
		      text, area_style(sheet->area, which));
	sheet->y++;
}

static enum theme_role bad_if(bool is_bad)
{
	return is_bad ? THEME_STATE_WARNING : THEME_NORMAL;
}

static void put_events(struct sheet *sheet, const struct ptree_monitor_status *status)
{
	bool polls = status->state == PTREE_MONITOR_POLLING;

	if (polls)
		put(sheet, "events", THEME_STATE_BAD, "none: %s",
		    ptree_monitor_reason_text(status->reason));
	else
		put(sheet, "events", THEME_NORMAL, "%llu seen", (unsigned long long)status->events);
	put(sheet, "lost", bad_if(status->lost), "%llu, counted exactly",
	    (unsigned long long)status->lost);
	put(sheet, "comparisons", bad_if(status->resyncs), "%llu with /proc, each after a loss",
	    (unsigned long long)status->resyncs);
	put(sheet, "ignored", bad_if(status->ignored),
	    "%llu messages that were not the kernel's, or made no sense",
	    (unsigned long long)status->ignored);
	if (!polls)
		put(sheet, "receive buffer", THEME_NORMAL, "%zu KiB: room for about %zu events",
		    status->receive_buffer_size / 1024, status->receive_buffer_size / 832);
}

static void put_texts(struct sheet *sheet, const struct ptree_monitor_status *status)
{
	put(sheet, "command lines", bad_if(status->argv_late),
	    "%llu of %llu read in time, %llu too late", (unsigned long long)status->argv_read,
	    (unsigned long long)status->execs, (unsigned long long)status->argv_late);
	if (status->argv_hung)
		put(sheet, "hung", THEME_STATE_WARNING, "%llu reads, given up",
		    (unsigned long long)status->argv_hung);
	put(sheet, "their reader", THEME_NORMAL, "%s",
	    status->is_realtime ? "runs before all else (real-time, a fifth of each CPU at most)"
				: "runs as others do: give CAP_SYS_NICE to miss fewer");
}

static void put_accounting(struct sheet *sheet, const struct ptree_monitor_status *status)
{
	if (status->accounting_error) {
		put(sheet, "accounting", THEME_STATE_WARNING,
		    "none: %s. What exited ones used is unknown",
		    status->accounting_error == -EPERM ? "it needs CAP_NET_ADMIN"
						       : strerror(-status->accounting_error));
		return;
	}
	put(sheet, "accounting", bad_if(status->unaccounted),
	    "%llu exits with the kernel's record, %llu without",
	    (unsigned long long)status->accounted, (unsigned long long)status->unaccounted);
	put(sheet, "records lost", bad_if(status->accounting_lost), "%llu",
	    (unsigned long long)status->accounting_lost);
}

static void put_tree(struct sheet *sheet)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(sheet->scene->world.tree, &counts);
	put(sheet, "processes", THEME_NORMAL, "%zu alive, %zu zombies, %zu more threads",
	    counts.live, counts.zombies, counts.threads);
	put(sheet, "since the start", THEME_NORMAL,
	    "%llu forks, %llu execs, %llu exits, %llu of them failures",
	    (unsigned long long)counts.forks, (unsigned long long)counts.execs,
	    (unsigned long long)counts.exits, (unsigned long long)counts.failures);
	put(sheet, "history", THEME_NORMAL, "%zu exited ones kept, %llu only in sums",
	    counts.exited, (unsigned long long)counts.gone);
}

static int update(struct view *view, const struct area *area)
{
	view->body_y = 0;
	view->body_rows = area->rows;
	return 0;
}

static void draw(const struct view *view, const struct area *area)
{
	struct sheet sheet = { .scene = view->scene, .area = area, .y = 2 };
	struct ptree_monitor_status status;

	ptree_monitor_get_status(view->scene->world.monitor, &status);
	area_puts_cut(area, 0, 0, area->cols, "what was seen, and what was missed",
		      area_style(area, THEME_TITLE));
	put_events(&sheet, &status);
	put_texts(&sheet, &status);
	put_accounting(&sheet, &status);
	put_tree(&sheet);
}

const struct view_kind record_view_kind = {
	.name = "record",
	.context = VIEW_PAGE,
	.size = sizeof(struct view),
	.update = update,
	.draw = draw,
};
