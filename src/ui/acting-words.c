/* SPDX-License-Identifier: MIT */
/*
 * What the dialog says: made anew of a delivery, or of settings, each time something may have
 * changed.
 */
#include "ui/acting-impl.h"

#include "act/signals.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* ---- processes ---- */

static void describe_user(const struct session *session, const struct ptree_node *node, char *out,
			  size_t size)
{
	uint32_t uid = ptree_node_euid(node);
	const char *name = uid == PTREE_UNKNOWN_ID
			       ? NULL
			       : ptree_users_name_later(session->scene.world.users, uid);

	if (name)
		snprintf(out, size, "%s", name);
	else if (uid != PTREE_UNKNOWN_ID)
		snprintf(out, size, "%u", uid);
}

static void describe_member(struct session *session, struct sheet_line *line, size_t index)
{
	struct acting *acting = session->acting;
	const struct member *member = &acting->delivery.members[index];
	const struct ptree_node *node =
	    ptree_tree_find_id(session->scene.world.tree, member->target.id);
	struct column_context context = scene_columns(&session->scene, session->panes.tree->utf8);
	int role = 0;

	line->pid = member->target.pid;
	if (node) {
		struct command command;

		column_command(&context, node, NULL, &command);
		snprintf(line->command, sizeof(line->command), "%.*s", (int)command.size,
			 command.line);
		describe_user(session, node, line->user, sizeof(line->user));
	}
	if (acting->said && acting->said[index][0])
		snprintf(line->note, sizeof(line->note), "%.60s", acting->said[index]);
	else if (acting->is_setting && member->outcome == MEMBER_WAITS)
		setting_read(acting->kind, line->pid, line->note, sizeof(line->note));
	else
		member_describe(&acting->delivery, member, line->note, sizeof(line->note), &role);
	if (acting->said && acting->said[index][0])
		role = strncmp(acting->said[index], "now ", 4) ? -1 : 1;
	line->role = role > 0 ? SHEET_GOOD : role < 0 ? SHEET_BAD : SHEET_PLAIN;
}

/* What went wrong comes first: it must be seen. */
static void list_members(struct session *session, struct sheet *sheet)
{
	const struct delivery *delivery = &session->acting->delivery;

	sheet->count = sheet->more = 0;
	for (int turn = 0; turn < 2; turn++) {
		for (size_t i = 0; i < delivery->count; i++) {
			const struct member *member = &delivery->members[i];
			bool is_bad = member->outcome == MEMBER_STAYS ||
				      member->outcome == MEMBER_REFUSED || member->error;
			struct sheet_line *line;

			if (member->is_bearer || is_bad == turn)
				continue;
			line = sheet_add(sheet);
			if (line)
				describe_member(session, line, i);
			else
				sheet->more++;
		}
	}
}

/* "the subtree of 4711: 3 processes", "the subtrees of 2: 9 processes" */
static void name_reach(const struct acting *acting, size_t count, char *out, size_t size)
{
	static const char *const words[][2] = {
		[DELIVERY_SUBTREE] = { "the subtree of ", "the subtrees of " },
		[DELIVERY_GROUP] = { "the process group of ", "the process groups of " },
	};
	const struct delivery *delivery = &acting->delivery;
	char whose[44] = "";
	size_t named = 0;
	pid_t first = 0;

	for (size_t i = delivery->count; i--;) {
		if (!delivery->members[i].is_named)
			continue;
		named++;
		first = delivery->members[i].target.pid;
	}
	if (delivery->reach != DELIVERY_EACH)
		snprintf(whose, sizeof(whose), "%s%zu: ", words[delivery->reach][named > 1],
			 named > 1 ? named : (size_t)first);
	snprintf(out, size, "%s%zu %s", whose, count, count == 1 ? "process" : "processes");
}

static void add_count(char *out, size_t size, size_t count, const char *words)
{
	size_t used = strlen(out);

	if (count && used < size)
		snprintf(out + used, size - used, "%s%zu %s", used ? ", " : "", count, words);
}

static void describe_results(const struct acting *acting, struct sheet *sheet)
{
	const struct delivery *delivery = &acting->delivery;
	struct delivery_tally tally = delivery_tally(delivery);
	bool is_to_end = signal_is_to_end(delivery->signal);
	char *out = sheet->words;
	size_t size = sizeof(sheet->words);

	*out = '\0';
	add_count(out, size, tally.ended, "ended");
	add_count(out, size, tally.stay, "did not end in 5 s");
	add_count(out, size, tally.refused, "not permitted or failed");
	add_count(out, size, tally.gone, "over before");
	if (is_to_end)
		add_count(out, size, tally.waiting, "still to end");
	else
		add_count(out, size, tally.sent, "sent");
	if (delivery->reach == DELIVERY_GROUP && delivery->phase == DELIVERY_WATCHING)
		snprintf(out + strlen(out), size - strlen(out), "; sent %s",
			 delivery->went_at_once ? "to the group at once" : "to each by itself");
	if (delivery->freezes && delivery->phase >= DELIVERY_SENDING)
		snprintf(out + strlen(out), size - strlen(out), "; %s",
			 delivery->froze_cgroup ? "its cgroup was frozen first"
						: "each was stopped first");
	sheet->words_role = tally.stay || tally.refused ? SHEET_BAD : SHEET_PLAIN;
	snprintf(sheet->hint, sizeof(sheet->hint), "%s",
		 tally.stay && delivery->signal != SIGKILL
		     ? "K: KILL those that did not end   Esc: close"
		     : "Enter, Esc: close");
}

static void describe_choosing(const struct acting *acting, struct sheet *sheet)
{
	bool has_freeze = acting->delivery.reach == DELIVERY_SUBTREE;

	sheet->words[0] = '\0';
	sheet->words_role = SHEET_PLAIN;
	snprintf(sheet->label, sizeof(sheet->label), "signal");
	snprintf(sheet->hint, sizeof(sheet->hint), "Enter: send   letters, digits: choose%s   Esc",
		 !has_freeze	   ? ""
		 : acting->freezes ? "   Tab: freeze first [x]"
				   : "   Tab: freeze first [ ]");
	if (sheet->input[0]) {
		int numbers[SIGNALS_MAX];
		size_t count = signals_find(sheet->input, numbers);

		if (count > 1)
			snprintf(sheet->words, sizeof(sheet->words), "%zu begin so", count);
		else if (!count)
			snprintf(sheet->words, sizeof(sheet->words), "no signal is called so");
		sheet->words_role = count ? SHEET_PLAIN : SHEET_BAD;
	}
}

/* The keys come first: they are what a low and narrow screen has room for. */
static void hint_at_nice(const struct keymap *keymap, struct sheet *sheet)
{
	const char *more = keymap_label(keymap, "nicer", VIEW_ACT);
	const char *less = keymap_label(keymap, "less-nice", VIEW_ACT);

	snprintf(sheet->hint, sizeof(sheet->hint), "%s: +1   %s: -1   Enter: set   %s   Esc",
		 more ? more : "-", less ? less : "-", setting_syntax(SETTING_NICE));
}

static void describe_typing(const struct session *session, struct sheet *sheet)
{
	const struct acting *acting = session->acting;
	struct setting parsed;

	snprintf(sheet->label, sizeof(sheet->label), "%s", setting_title(acting->kind));
	if (acting->kind == SETTING_NICE)
		hint_at_nice(&session->keymap, sheet);
	else
		snprintf(sheet->hint, sizeof(sheet->hint), "%s   Enter: set   Esc",
			 setting_syntax(acting->kind));
	sheet->words[0] = '\0';
	if (setting_parse(acting->kind, sheet->input, &parsed, sheet->words, sizeof(sheet->words)))
		sheet->words_role = SHEET_BAD;
	if (!sheet->input[0])
		sheet->words[0] = '\0';
}

void acting_refresh(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = acting_sheet(session);
	struct delivery_tally tally = delivery_tally(&acting->delivery);
	char reach[72], name[SIGNAL_NAME_SIZE];

	session->needs_redraw = true;
	if (!sheet)
		return;
	name_reach(acting, tally.members, reach, sizeof(reach));
	signal_format(acting->number, name);
	if (acting->is_setting)
		snprintf(sheet->title, sizeof(sheet->title), " %s of %s ",
			 setting_title(acting->kind), reach);
	else if (sheet->stage == SHEET_RESULTS)
		snprintf(sheet->title, sizeof(sheet->title), " %s to %s ", name, reach);
	else
		snprintf(sheet->title, sizeof(sheet->title), " signal %s ", reach);
	list_members(session, sheet);
	switch (sheet->stage) {
	case SHEET_CHOOSE:
		describe_choosing(acting, sheet);
		break;
	case SHEET_TYPE:
		describe_typing(session, sheet);
		break;
	case SHEET_CONFIRM:
		break;
	case SHEET_RESULTS:
		if (!acting->is_setting)
			describe_results(acting, sheet);
		break;
	}
}
