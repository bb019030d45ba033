/* SPDX-License-Identifier: MIT */
/*
 * From the dialog to the deed; see acting.h. What is said in the dialog is made here, of a delivery
 * or of settings, each time it is stepped.
 */
#include "ui/acting.h"

#include "act/guard.h"
#include "act/signals.h"
#include "ui/session.h"
#include "views/sheet.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define BUDGET_NS (8 * NS_PER_MS)
#define DISPATCH_NS (4 * NS_PER_MS)
#define REFRESH_NS (100 * NS_PER_MS)

struct acting {
	struct delivery delivery; /* for settings: who it is about */
	struct guard guard;
	bool is_setting, freezes;
	enum setting_kind kind;
	struct setting setting;
	char (*said)[SETTING_WORDS_SIZE]; /* of each that a setting was for; NULL: none was made */
	bool is_applying;
	int number; /* the signal that is asked for twice, or sent */
	uint64_t next_ns, refreshed_ns;
};

static struct sheet *sheet_of(struct session *session)
{
	struct panes *panes = &session->panes;

	for (size_t i = 0; i < panes->depth; i++) {
		if (panes->stack[i]->kind == &sheet_view_kind)
			return &((struct sheet_view *)panes->stack[i])->sheet;
	}
	return NULL;
}

void acting_free(struct session *session)
{
	struct acting *acting = session->acting;

	if (!acting)
		return;
	delivery_clear(&acting->delivery);
	guard_clear(&acting->guard);
	free(acting->said);
	free(acting);
	session->acting = NULL;
}

/* ---- what the dialog says of processes ---- */

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
	struct column_context context = scene_columns(&session->scene, true);
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

static void name_reach(const struct acting *acting, size_t count, char *out, size_t size)
{
	const struct delivery *delivery = &acting->delivery;
	const char *processes = count == 1 ? "process" : "processes";
	pid_t first = delivery->count ? delivery->members[0].target.pid : 0;

	switch (delivery->reach) {
	case DELIVERY_EACH:
		snprintf(out, size, "%zu %s", count, processes);
		break;
	case DELIVERY_SUBTREE:
		snprintf(out, size, "the subtree of %d: %zu %s", first, count, processes);
		break;
	case DELIVERY_GROUP:
		snprintf(out, size, "the process group of %d: %zu %s", first, count, processes);
		break;
	}
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

static void describe_typing(struct acting *acting, struct sheet *sheet)
{
	struct setting parsed;

	snprintf(sheet->label, sizeof(sheet->label), "%s", setting_title(acting->kind));
	snprintf(sheet->hint, sizeof(sheet->hint), "%s   Enter: set   Esc",
		 setting_syntax(acting->kind));
	sheet->words[0] = '\0';
	if (setting_parse(acting->kind, sheet->input, &parsed, sheet->words, sizeof(sheet->words)))
		sheet->words_role = SHEET_BAD;
	if (!sheet->input[0])
		sheet->words[0] = '\0';
}

static void refresh(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);
	struct delivery_tally tally = delivery_tally(&acting->delivery);
	char reach[64], name[SIGNAL_NAME_SIZE];

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
		describe_typing(acting, sheet);
		break;
	case SHEET_CONFIRM:
		break;
	case SHEET_RESULTS:
		if (!acting->is_setting)
			describe_results(acting, sheet);
		break;
	}
}

/* ---- opening ---- */

static void list_signals(struct sheet *sheet)
{
	int numbers[SIGNALS_MAX];
	size_t count = signals_list(numbers);

	for (size_t i = 0; i < count && i < SHEET_CHOICES_MAX; i++) {
		char name[SIGNAL_NAME_SIZE];

		signal_format(numbers[i], name);
		sheet->choices[i].value = numbers[i];
		snprintf(sheet->choices[i].label, sizeof(sheet->choices[i].label), "%2d %-8s %s",
			 numbers[i], name, signal_meaning(numbers[i]));
		sheet->choice_count = i + 1;
	}
}

/* Who is over is over, also on a picture that was stopped before. */
static int name_targets(struct session *session, struct delivery *delivery)
{
	size_t count, alive = 0;
	uint64_t *ids = session_targets(session, &count);
	int err = count && !ids ? -ENOMEM : 0;

	for (size_t i = 0; i < count && !err; i++) {
		const struct ptree_node *node =
		    ptree_tree_find_id(session->scene.world.tree, ids[i]);

		if (!node || (ptree_node_has_ended(node) && !ptree_node_is_zombie(node)))
			continue;
		err = delivery_name(delivery, node);
		alive++;
	}
	free(ids);
	if (err)
		return err;
	return alive ? 0 : count ? -ESRCH : -ENOENT;
}

static void say_why_not(struct session *session, int err)
{
	if (err == -ENOENT)
		session_say(session, false, "no process is selected");
	else if (err == -ESRCH)
		session_say(session, false, "it is over: there is nothing to act on");
	else
		session_say(session, true, "cannot act on it: %s", strerror(-err));
}

/* NULL: it was said why not. */
static struct acting *open(struct session *session, enum delivery_reach reach)
{
	struct acting *acting;
	int err;

	if (session->acting)
		acting_free(session);
	acting = calloc(1, sizeof(*acting));
	if (!acting) {
		say_why_not(session, -ENOMEM);
		return NULL;
	}
	session->acting = acting;
	err = delivery_init(&acting->delivery, reach, session->panes.tree->choice.by_origin);
	if (!err)
		err = guard_init(&acting->guard, session->scene.world.tree);
	if (!err)
		err = name_targets(session, &acting->delivery);
	if (!err && !panes_push(&session->panes, &sheet_view_kind))
		err = -ENOMEM;
	if (err) {
		acting_free(session);
		say_why_not(session, err);
		return NULL;
	}
	delivery_step(&acting->delivery, session->scene.world.tree, ptree_boot_now_ns());
	return acting;
}

void acting_open_signal(struct session *session, enum delivery_reach reach)
{
	struct acting *acting = open(session, reach);

	if (!acting)
		return;
	list_signals(sheet_of(session));
	refresh(session);
}

void acting_open_setting(struct session *session, enum setting_kind kind, const char *text)
{
	struct acting *acting = open(session, DELIVERY_EACH);
	struct sheet *sheet;

	if (!acting)
		return;
	acting->is_setting = true;
	acting->kind = kind;
	sheet = sheet_of(session);
	sheet->stage = SHEET_TYPE;
	if (text)
		snprintf(sheet->input, sizeof(sheet->input), "%s", text);
	refresh(session);
}

/* ---- doing ---- */

static void begin(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);

	sheet->stage = SHEET_RESULTS;
	sheet->input[0] = '\0';
	sheet->top = 0;
	if (acting->is_setting) {
		acting->said = calloc(acting->delivery.count + 1, sizeof(*acting->said));
		acting->is_applying = acting->said;
		snprintf(sheet->hint, sizeof(sheet->hint), "Enter, Esc: close");
		sheet->words[0] = '\0';
	} else if (delivery_tally(&acting->delivery).stay) {
		delivery_begin_again(&acting->delivery, acting->number, ptree_boot_now_ns());
	} else {
		delivery_begin(&acting->delivery, acting->number, acting->freezes,
			       ptree_boot_now_ns());
	}
	acting->next_ns = 0;
	refresh(session);
}

/* Asks once more where one may regret it. */
static void begin_or_ask(struct session *session)
{
	struct acting *acting = session->acting;
	const struct delivery *delivery = &acting->delivery;
	struct sheet *sheet = sheet_of(session);
	char reason[160], name[SIGNAL_NAME_SIZE];

	guard_begin(&acting->guard);
	for (size_t i = 0; i < delivery->count; i++) {
		const struct member *member = &delivery->members[i];

		if (!member->is_bearer && member->outcome != MEMBER_GONE &&
		    member->outcome != MEMBER_ENDED)
			guard_meet(&acting->guard, member->target.pid,
				   member->target.is_kernel_thread);
	}
	if (!guard_reason(&acting->guard, reason, sizeof(reason))) {
		begin(session);
		return;
	}
	signal_format(acting->number, name);
	sheet->stage = SHEET_CONFIRM;
	sheet->words_role = SHEET_BAD;
	snprintf(sheet->words, sizeof(sheet->words), "%s to %s?",
		 acting->is_setting ? setting_title(acting->kind) : name, reason);
	snprintf(sheet->hint, sizeof(sheet->hint), "y: do it   anything else: back");
	session->needs_redraw = true;
}

void acting_enter(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);
	const struct sheet_choice *choice;

	if (!acting || !sheet)
		return;
	switch (sheet->stage) {
	case SHEET_CHOOSE:
		choice = sheet_chosen(sheet);
		if (!choice || (sheet->input[0] && sheet->words_role == SHEET_BAD))
			return; /* it says what is wrong */
		acting->number = choice->value;
		begin_or_ask(session);
		break;
	case SHEET_TYPE:
		if (!setting_parse(acting->kind, sheet->input, &acting->setting, sheet->words,
				   sizeof(sheet->words)))
			begin_or_ask(session);
		else
			sheet->words_role = SHEET_BAD;
		break;
	case SHEET_CONFIRM:
		acting_back(session); /* a second Enter of a hasty hand is no answer */
		break;
	case SHEET_RESULTS:
		panes_pop(&session->panes);
		break;
	}
}

/* ---- typing ---- */

static void select_signal(struct sheet *sheet)
{
	int numbers[SIGNALS_MAX];

	if (!sheet->input[0])
		sheet->at = 0; /* what was chosen by letters that are erased is not chosen */
	if (!signals_find(sheet->input, numbers))
		return;
	for (size_t i = 0; i < sheet->choice_count; i++) {
		if (sheet->choices[i].value == numbers[0])
			sheet->at = i;
	}
}

void acting_type(struct session *session, uint32_t code)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);

	if (!acting || !sheet)
		return;
	switch (sheet->stage) {
	case SHEET_CHOOSE:
		if (sheet_type(sheet, code))
			select_signal(sheet);
		break;
	case SHEET_TYPE:
		sheet_type(sheet, code);
		break;
	case SHEET_CONFIRM:
		if (code == 'y')
			begin(session);
		else
			acting_back(session);
		return;
	case SHEET_RESULTS:
		if (code != 'K' || acting->is_setting || !delivery_tally(&acting->delivery).stay) {
			session_say(session, false, "all was sent: Esc closes this");
			return;
		}
		acting->number = SIGKILL;
		begin_or_ask(session);
		return;
	}
	refresh(session);
}

void acting_erase(struct session *session)
{
	struct sheet *sheet = sheet_of(session);

	if (!session->acting || !sheet || !sheet_erase(sheet))
		return;
	if (sheet->stage == SHEET_CHOOSE)
		select_signal(sheet);
	refresh(session);
}

void acting_toggle_freeze(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);

	if (!acting || !sheet || sheet->stage != SHEET_CHOOSE)
		return;
	if (acting->delivery.reach == DELIVERY_SUBTREE)
		acting->freezes = !acting->freezes;
	else
		session_say(session, false, "only a subtree is frozen first: d t");
	refresh(session);
}

/* In the dialog of nice: one more or less than what stands there. */
void acting_change_nice(struct session *session, int by)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = sheet_of(session);
	struct setting setting;
	char error[128];

	if (!acting || !sheet || sheet->stage != SHEET_TYPE || acting->kind != SETTING_NICE)
		return;
	if (setting_parse(SETTING_NICE, sheet->input, &setting, error, sizeof(error)))
		setting = (struct setting){ .is_relative = true };
	setting.level += by;
	snprintf(sheet->input, sizeof(sheet->input),
		 setting.is_relative ? "%+d"
		 : setting.level < 0 ? "=%d"
				     : "%d",
		 setting.level);
	refresh(session);
}

bool acting_back(struct session *session)
{
	struct sheet *sheet = sheet_of(session);

	if (!session->acting || !sheet)
		return false;
	if (sheet->stage == SHEET_CONFIRM) {
		sheet->stage = session->acting->is_setting ? SHEET_TYPE : SHEET_CHOOSE;
		if (delivery_tally(&session->acting->delivery).stay)
			sheet->stage = SHEET_RESULTS;
		refresh(session);
		return true;
	}
	if (sheet->stage == SHEET_CHOOSE && sheet->input[0]) {
		sheet->input[0] = '\0';
		select_signal(sheet);
		refresh(session);
		return true;
	}
	return false;
}

/* ---- as time goes ---- */

/* Each as soon as it is sure who it is. */
static void apply_settings(struct session *session, uint64_t now_ns)
{
	struct acting *acting = session->acting;
	struct delivery *delivery = &acting->delivery;
	bool is_left = false;

	for (size_t i = 0; i < delivery->count; i++) {
		struct member *member = &delivery->members[i];
		int err;

		if (acting->said[i][0])
			continue;
		err = target_confirm(&member->target, session->scene.world.tree, now_ns);
		if (err == -EAGAIN)
			is_left = true;
		else if (err)
			snprintf(acting->said[i], SETTING_WORDS_SIZE, "was gone already");
		else
			setting_apply(&acting->setting, &member->target, delivery->procfs,
				      acting->said[i]);
	}
	acting->is_applying = is_left;
}

static bool is_on_its_way(const struct acting *acting)
{
	enum delivery_phase phase = acting->delivery.phase;

	return acting->is_applying || (phase != DELIVERY_CHOOSING && phase != DELIVERY_WATCHING);
}

/* Who it is for does not change once a setting is being made: what is said goes by their number. */
static void step(struct session *session, uint64_t now_ns)
{
	struct acting *acting = session->acting;

	if (acting->is_applying)
		apply_settings(session, now_ns);
	else if (!acting->said &&
		 delivery_step(&acting->delivery, session->scene.world.tree, now_ns))
		session_say(session, true, "there is no memory: somebody may be missing");
	acting->next_ns =
	    acting->is_applying ? now_ns + NS_PER_MS : delivery_next_ns(&acting->delivery, now_ns);
}

int acting_turn(struct session *session)
{
	uint64_t now_ns = ptree_boot_now_ns(), end_ns = now_ns + BUDGET_NS;
	struct acting *acting = session->acting;
	int err = 0;

	if (!acting)
		return 0;
	while (err >= 0 && acting->next_ns <= now_ns && now_ns < end_ns) {
		step(session, now_ns);
		if (is_on_its_way(acting))
			err = ptree_monitor_dispatch(session->scene.world.monitor, DISPATCH_NS);
		now_ns = ptree_boot_now_ns();
	}
	if (now_ns >= acting->refreshed_ns + REFRESH_NS) {
		acting->refreshed_ns = now_ns;
		refresh(session);
	}
	if (!sheet_of(session) && !is_on_its_way(acting))
		acting_free(session);
	return err < 0 ? err : 0;
}

uint64_t acting_next_ns(const struct session *session)
{
	return session->acting ? session->acting->next_ns : UINT64_MAX;
}
