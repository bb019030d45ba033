/* SPDX-License-Identifier: MIT */
/* Acting on processes: what opens the dialog, and the keys in it. */
#include "ui/acting.h"
#include "ui/command-impl.h"

void command_signal(struct session *session, int reach)
{
	acting_open_signal(session, (enum delivery_reach)reach, NULL);
}

/* In the dialog one more; else it opens it. */
void command_nice(struct session *session, int by)
{
	if (session_context(session) == VIEW_ACT)
		acting_change_nice(session, by);
	else
		acting_open_setting(session, SETTING_NICE, by < 0 ? "-1" : "+1");
}

void command_set(struct session *session, int kind)
{
	acting_open_setting(session, (enum setting_kind)kind, NULL);
}

void command_send(struct session *session, int unused)
{
	(void)unused;
	acting_enter(session);
}

void command_freeze(struct session *session, int unused)
{
	(void)unused;
	acting_toggle_freeze(session);
}

void command_act_erase(struct session *session, int unused)
{
	(void)unused;
	acting_erase(session);
}
