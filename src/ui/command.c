/* SPDX-License-Identifier: MIT */
/* What a person can ask for, as one table. */
#include "ui/acting.h"
#include "ui/command-impl.h"
#include "model/field.h"
#include "views/details.h"

#include <string.h>

static void say_theme(struct session *session, int unused)
{
	(void)unused;
	session_say(session, false, ":theme and a name; Tab has those that there are");
}

static void say_name(struct session *session, int unused)
{
	(void)unused;
	session_say(session, false, "it needs a name: then @ and that name stands for it");
}

static void redraw(struct session *session, int unused)
{
	(void)unused;
	session->panes.tree->needs_collect = true;
	session->wants_full_redraw = true;
}

static void suspend(struct session *session, int unused)
{
	(void)unused;
	session->wants_suspend = true;
}

static void quit(struct session *session, int unused)
{
	(void)unused;
	session->wants_quit = true;
}

const struct command_entry commands[] = {
	{ "down", "Move", "next row", "Move", command_move, 1 },
	{ "up", "Move", "previous row", NULL, command_move, -1 },
	{ "page-down", "Move", "a page down", NULL, command_move_pages, 1 },
	{ "page-up", "Move", "a page up", NULL, command_move_pages, -1 },
	{ "half-page-down", "Move", "half a page down", NULL, command_move_half_pages, 1 },
	{ "half-page-up", "Move", "half a page up", NULL, command_move_half_pages, -1 },
	{ "top", "Move", "first row", NULL, command_move_to_end, -1 },
	{ "bottom", "Move", "last row", NULL, command_move_to_end, 1 },
	{ "shift-left", "Move", "commands further left", NULL, command_shift, -1 },
	{ "shift-right", "Move", "commands further right", NULL, command_shift, 1 },
	{ "fold-or-parent", "Fold", "fold, or go to the parent", "Fold", command_fold_or_parent,
	  0 },
	{ "unfold-or-child", "Fold", "unfold, or go to the first child", NULL,
	  command_unfold_or_child, 0 },
	{ "fold", "Fold", "fold the branch", NULL, command_set_folded, true },
	{ "unfold", "Fold", "unfold the branch", NULL, command_set_folded, false },
	{ "toggle-fold", "Fold", "fold or unfold the branch", NULL, command_toggle_fold, 0 },
	{ "toggle-all", "Fold", "unfold all, or fold all", NULL, command_toggle_all, 0 },
	{ "fold-all", "Fold", "fold all", NULL, command_fold_all, true },
	{ "unfold-all", "Fold", "unfold all", NULL, command_fold_all, false },
	{ "fold-at-depth", "Fold", "fold all at that depth", NULL, command_fold_at_depth, '1' },
	{ "search", "Find", "search commands while typing", "Find", command_begin_search, 0 },
	{ "find-next", "Find", "next match", NULL, command_find_again, 1 },
	{ "find-previous", "Find", "previous match", NULL, command_find_again, -1 },
	{ "filter", "Find", "filter while typing", "Filter", command_begin_filter, 0 },
	{ "save-filter", "Find", "the filter gets a name: then @NAME", NULL, say_name, 0 },
	{ "user", "Find", "choose a user", "User", command_pick_user, 0 },
	{ "pid", "Find", "jump to a pid", NULL, command_begin_pid, '0' },
	{ "mark", "Find", "give it a letter", NULL, command_mark, 'a' },
	{ "go-to-mark", "Find", "back to the one with that letter", NULL, command_go_to_mark, 'a' },
	{ "marks", "Find", "choose one with a letter", NULL, command_pick_mark, 0 },
	{ "copy-pid", "Find", "copy the pid, or all tagged", NULL, command_copy_pid, 0 },
	{ "copy-command", "Find", "copy the command line, quoted", NULL, command_copy_command, 0 },
	{ "watch", "Watch", "watch only this subtree", "Watch", command_watch, 0 },
	{ "watch-also", "Watch", "watch this subtree, too", NULL, command_watch_also, 0 },
	{ "watch-back", "Watch", "back to what was watched before", NULL, command_watch_back, 0 },
	{ "follow", "Watch", "keep it in sight; again: then stay", "Follow", command_follow, 0 },
	{ "list", "Show", "tree or list", "List", command_toggle_list, 0 },
	{ "lineage", "Show", "under who forked them, or not", "Lineage", command_toggle_lineage,
	  0 },
	{ "group", "Show", "by user, unit, container, ...; not", "Group", command_cycle_group, 0 },
	{ "exited", "Show", "the gone: for a moment, none, all", "Gone", command_cycle_exited, 0 },
	{ "basenames", "Show", "programs without directories", NULL, command_toggle_basenames, 0 },
	{ "kernel-threads", "Show", "show or hide kernel threads", "Kernel",
	  command_toggle_kernel_threads, 0 },
	{ "threads", "Show", "show or hide threads", "Threads", command_toggle_threads, 0 },
	{ "pause", "Show", "stop the picture, or go on", "Stop", command_stop_or_go_on, 0 },
	{ "sort", "Sort", "choose by what siblings are sorted", NULL, command_pick_sort, 0 },
	{ "sort-cpu", "Sort", "by CPU, with what is below", "Sort", command_sort, FIELD_SORT_CPU },
	{ "sort-memory", "Sort", "by memory, with what is below", NULL, command_sort,
	  FIELD_SORT_MEMORY },
	{ "sort-time", "Sort", "by CPU time, the gone included", NULL, command_sort,
	  FIELD_SORT_TIME },
	{ "invert", "Sort", "the other way round", NULL, command_invert_sort, 0 },
	{ "signal", "Act", "send a signal: always asks", "Kill", command_signal, DELIVERY_EACH },
	{ "signal-subtree", "Act", "... to it and all below it", NULL, command_signal,
	  DELIVERY_SUBTREE },
	{ "signal-group", "Act", "... to its process group", NULL, command_signal, DELIVERY_GROUP },
	{ "nice", "Act", "nice, as a number", NULL, command_set, SETTING_NICE },
	{ "nicer", "Act", "nice +1; again: +2; asks", "Nice +", command_nice, 1 },
	{ "less-nice", "Act", "nice -1; again: -2; asks", "Nice -", command_nice, -1 },
	{ "io-priority", "Act", "class and level of its I/O", NULL, command_set,
	  SETTING_IO_PRIORITY },
	{ "cpus", "Act", "on which CPUs it may run", NULL, command_set, SETTING_CPUS_ALLOWED },
	{ "policy", "Act", "how it is scheduled", NULL, command_set, SETTING_POLICY },
	{ "tag", "Act", "tag it, or untag it", NULL, command_tag, 0 },
	{ "tag-branch", "Act", "tag it and all below it", NULL, command_tag_branch, 0 },
	{ "tag-matching", "Act", "tag all that the filter leaves", NULL, command_tag_matching, 0 },
	{ "untag-all", "Act", "untag and unmark all", NULL, command_untag_all, 0 },
	{ "send", "Act", "in the dialog: do it", "Send", command_send, 0 },
	{ "freeze", "Act", "freeze a subtree before", "Freeze", command_freeze, 0 },
	{ "act-erase", "Act", "erase what was typed", NULL, command_act_erase, 0 },
	{ "details", "Details", "all of the selected process", "Details", command_show_details,
	  DETAILS_OVERVIEW },
	{ "environment", "Details", "its environment", "Env", command_show_details,
	  DETAILS_ENVIRONMENT },
	{ "files", "Details", "its open files and sockets", "Files", command_show_details,
	  DETAILS_FILES },
	{ "tab-left", "Details", "the tab at the left", "Tab", command_move_tab, -1 },
	{ "tab-right", "Details", "the tab at the right", NULL, command_move_tab, 1 },
	{ "secrets", "Details", "show or mask what may be secret", "Secrets",
	  command_toggle_secrets, 0 },
	{ "churn", "Pages", "who spawns, and restart loops", "Churn", command_show_churn, 0 },
	{ "failures", "Pages", "what failed, and how", "Error", command_show_failures, 0 },
	{ "record", "Pages", "what was seen, and what was missed", "Missed", command_show_record,
	  0 },
	{ "open", "Pages", "open the line; in a list choose", "Open", command_enter, 0 },
	{ "events", "Events", "show or hide what happens", "Events", command_show_events, 0 },
	{ "next-pane", "Events", "to the other pane", "Pane", command_next_pane, 0 },
	{ "tail", "Events", "follow the newest, or stay", "Tail", command_toggle_tail, 0 },
	{ "event-kind", "Events", "show or hide a kind of them", "Kinds", command_toggle_event_kind,
	  '1' },
	{ "complete", "Typing", "complete the word; again: the next", NULL, command_complete, 0 },
	{ "line-older", "Typing", "what was typed before it", NULL, command_go_in_history, -1 },
	{ "line-newer", "Typing", "what was typed after it", NULL, command_go_in_history, 1 },
	{ "accept", "Typing", "take the line as it is", NULL, command_accept, 0 },
	{ "cancel", "Typing", "as it was before", NULL, command_cancel, 0 },
	{ "line-left", "Typing", "a character to the left", NULL, command_edit, PROMPT_LEFT },
	{ "line-right", "Typing", "a character to the right", NULL, command_edit, PROMPT_RIGHT },
	{ "line-begin", "Typing", "to the line's begin", NULL, command_edit, PROMPT_BEGIN },
	{ "line-end", "Typing", "to the line's end", NULL, command_edit, PROMPT_END },
	{ "erase", "Typing", "erase what is left of it", NULL, command_edit, PROMPT_ERASE },
	{ "delete", "Typing", "erase what is under it", NULL, command_edit, PROMPT_DELETE },
	{ "erase-word", "Typing", "erase a word", NULL, command_edit, PROMPT_ERASE_WORD },
	{ "erase-before", "Typing", "erase all before", NULL, command_edit, PROMPT_ERASE_BEFORE },
	{ "erase-after", "Typing", "erase all behind", NULL, command_edit, PROMPT_ERASE_AFTER },
	{ "click", "Mouse", "select; fold; sort; a key below", NULL, command_click, 0 },
	{ "drag", "Mouse", "move the border of a pane", NULL, command_drag, 0 },
	{ "scroll-down", "Mouse", "scroll down", NULL, command_scroll, 1 },
	{ "scroll-up", "Mouse", "scroll up", NULL, command_scroll, -1 },
	{ "back", "Program", "back, one thing at a time", "Back", command_back, 0 },
	{ "help", "Program", "this help", "Help", command_show_help, 0 },
	{ "command", "Program", "any command by its name", "Command", command_begin_command, 0 },
	{ "setup", "Setup", "choose columns and meters", "Setup", command_setup, 0 },
	{ "column-left", "Setup", "in the setup: further left", "Left", command_shift_column, -1 },
	{ "column-right", "Setup", "in the setup: further right", "Right", command_shift_column,
	  1 },
	{ "columns-reset", "Setup", "as the screen has room", "Default", command_reset_columns, 0 },
	{ "columns", "Setup", "these: :columns pid,user,rss", NULL, command_setup, 0 },
	{ "save-columns", "Setup", "the columns get a name: @NAME", NULL, say_name, 0 },
	{ "meters", "Setup", "these: :meters cpu,swap,load", NULL, command_meters, 0 },
	{ "setup-turn", "Setup", "in the setup: meters or columns", "Meters", command_turn_setup,
	  0 },
	{ "save", "Setup", "keep what was set up in one's file", "Write", command_save, 0 },
	{ "theme", "Program", "how it looks: a theme's name", NULL, say_theme, 0 },
	{ "redraw", "Program", "draw the screen again", NULL, redraw, 0 },
	{ "suspend", "Program", "to the shell, fg comes back", NULL, suspend, 0 },
	{ "quit", "Program", "quit", "Quit", quit, 0 },
	{ NULL, NULL, NULL, NULL, NULL, 0 },
};

const struct command_entry *command_find(const char *name)
{
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (!strcmp(entry->name, name))
			return entry;
	}
	return NULL;
}

/* After which one may still want to go back to where one came from. */
static bool is_looking_around(const struct command_entry *entry)
{
	return !strcmp(entry->group, "Move") || !strcmp(entry->group, "Fold") ||
	       !strcmp(entry->group, "Mouse") || !strcmp(entry->name, "back") ||
	       !strcmp(entry->name, "redraw");
}

void command_run(const char *name, struct session *session, int argument)
{
	const struct command_entry *entry = command_find(name);

	if (!entry) /* a test looks whether each name in the other table is in this one */
		return;
	if (!is_looking_around(entry))
		session->came_from_events = false;
	entry->run(session, argument ? argument : entry->argument);
}
