/* SPDX-License-Identifier: MIT */
/* From the dialog to the deed; see acting.h. What the dialog says is acting-words.c's. */
#include "ui/acting.h"
#include "ui/acting-impl.h"

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

struct sheet *acting_sheet(struct session *session)
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
		session_say_no_process(session);
	else if (err == -ESRCH)
		session_say(session, false, "it is over: there is nothing to act on");
	else
		session_say(session, true, "cannot act on it: %s", strerror(-err));
}

static bool is_thread_selected(const struct session *session)
{
	const struct tree_view *tree = session->panes.tree;
	const struct row *row;

	if (panes_top(&session->panes) != &tree->view)
		return false; /* its rows may be those of a tree that is gone */
	row = tree_view_row(tree);
	return row && row->is_thread;
}

/* NULL: it was said why not. */
static struct acting *open(struct session *session, enum delivery_reach reach)
{
	bool is_about_thread = is_thread_selected(session);
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
	if (is_about_thread)
		session_say(session, false, "of a thread: it acts on the whole process");
	return acting;
}

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

void acting_open_signal(struct session *session, enum delivery_reach reach, const char *text)
{
	struct acting *acting = open(session, reach);
	struct sheet *sheet;

	if (!acting)
		return;
	sheet = acting_sheet(session);
	list_signals(sheet);
	if (text)
		snprintf(sheet->input, sizeof(sheet->input), "%s", text);
	select_signal(sheet);
	acting_refresh(session);
}

void acting_open_setting(struct session *session, enum setting_kind kind, const char *text)
{
	struct acting *acting = open(session, DELIVERY_EACH);
	struct sheet *sheet;

	if (!acting)
		return;
	acting->is_setting = true;
	acting->kind = kind;
	sheet = acting_sheet(session);
	sheet->stage = SHEET_TYPE;
	if (text)
		snprintf(sheet->input, sizeof(sheet->input), "%s", text);
	acting_refresh(session);
}

/* ---- doing ---- */

static void begin(struct session *session, struct sheet *sheet)
{
	struct acting *acting = session->acting;

	sheet->stage = SHEET_RESULTS;
	sheet->input[0] = '\0';
	sheet->top = 0;
	if (acting->is_setting) {
		acting->said = calloc(acting->delivery.count + 1, sizeof(*acting->said));
		acting->is_applying = acting->said;
		if (!acting->said)
			say_why_not(session, -ENOMEM);
		snprintf(sheet->hint, sizeof(sheet->hint), "Enter, Esc: close");
		sheet->words[0] = '\0';
	} else if (delivery_tally(&acting->delivery).stay) {
		delivery_begin_again(&acting->delivery, acting->number, ptree_boot_now_ns());
	} else {
		delivery_begin(&acting->delivery, acting->number, acting->freezes,
			       ptree_boot_now_ns());
	}
	acting->next_ns = 0;
	acting_refresh(session);
}

/* Asks once more where one may regret it. */
static void begin_or_ask(struct session *session, struct sheet *sheet)
{
	struct acting *acting = session->acting;
	const struct delivery *delivery = &acting->delivery;
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
		begin(session, sheet);
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
	struct sheet *sheet = acting_sheet(session);
	const struct sheet_choice *choice;

	if (!acting || !sheet)
		return;
	switch (sheet->stage) {
	case SHEET_CHOOSE:
		choice = sheet_chosen(sheet);
		if (!choice || (sheet->input[0] && sheet->words_role == SHEET_BAD))
			return; /* it says what is wrong */
		acting->number = choice->value;
		begin_or_ask(session, sheet);
		break;
	case SHEET_TYPE:
		if (!setting_parse(acting->kind, sheet->input, &acting->setting, sheet->words,
				   sizeof(sheet->words)))
			begin_or_ask(session, sheet);
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

void acting_type(struct session *session, uint32_t code)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = acting_sheet(session);

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
			begin(session, sheet);
		else
			acting_back(session);
		return;
	case SHEET_RESULTS:
		if (code != 'K' || acting->is_setting || !delivery_tally(&acting->delivery).stay) {
			session_say(session, false, "all was sent: Esc closes this");
			return;
		}
		acting->number = SIGKILL;
		begin_or_ask(session, sheet);
		return;
	}
	acting_refresh(session);
}

void acting_erase(struct session *session)
{
	struct sheet *sheet = acting_sheet(session);

	if (!session->acting || !sheet || !sheet_erase(sheet))
		return;
	if (sheet->stage == SHEET_CHOOSE)
		select_signal(sheet);
	acting_refresh(session);
}

void acting_toggle_freeze(struct session *session)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = acting_sheet(session);

	if (!acting || !sheet || sheet->stage != SHEET_CHOOSE)
		return;
	if (acting->delivery.reach == DELIVERY_SUBTREE)
		acting->freezes = !acting->freezes;
	else
		session_say(session, false, "only a subtree is frozen first: d t");
	acting_refresh(session);
}

/* In the dialog of nice: one more or less than what stands there. */
void acting_change_nice(struct session *session, int by)
{
	struct acting *acting = session->acting;
	struct sheet *sheet = acting_sheet(session);
	struct setting setting;
	char text[SHEET_INPUT_SIZE], error[128];

	if (!acting || !sheet || sheet->stage != SHEET_TYPE || acting->kind != SETTING_NICE)
		return;
	if (setting_parse(SETTING_NICE, sheet->input, &setting, error, sizeof(error)))
		setting = (struct setting){ .is_relative = true };
	setting.level += by;
	snprintf(text, sizeof(text),
		 setting.is_relative ? "%+d"
		 : setting.level < 0 ? "=%d"
				     : "%d",
		 setting.level);
	if (!setting_parse(SETTING_NICE, text, &setting, error, sizeof(error)))
		memcpy(sheet->input, text, sizeof(text));
	acting_refresh(session);
}

bool acting_back(struct session *session)
{
	struct sheet *sheet = acting_sheet(session);

	if (!session->acting || !sheet)
		return false;
	if (sheet->stage == SHEET_CONFIRM) {
		sheet->stage = session->acting->is_setting ? SHEET_TYPE : SHEET_CHOOSE;
		if (delivery_tally(&session->acting->delivery).stay)
			sheet->stage = SHEET_RESULTS;
		acting_refresh(session);
		return true;
	}
	if (sheet->stage == SHEET_CHOOSE && sheet->input[0]) {
		sheet->input[0] = '\0';
		select_signal(sheet);
		acting_refresh(session);
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
		err = target_reopen(&member->target, delivery->procfs);
		if (!err)
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
		acting_refresh(session);
	}
	if (!acting_sheet(session) && !is_on_its_way(acting))
		acting_free(session);
	return err < 0 ? err : 0;
}

uint64_t acting_next_ns(const struct session *session)
{
	return session->acting ? session->acting->next_ns : UINT64_MAX;
}
