/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SESSION_H
#define PROCTOP_SESSION_H

#include "ui/keymap.h"
#include "ui/panes.h"
#include "ui/completions.h"
#include "ui/history.h"
#include "ui/prompt.h"

enum session_prompt {
	SESSION_PROMPT_NONE,
	SESSION_PROMPT_SEARCH,
	SESSION_PROMPT_FILTER,
	SESSION_PROMPT_PID,
	SESSION_PROMPT_COMMAND,
};
#define SESSION_PROMPT_COUNT 5

#define MARK_COUNT 26 /* a to z */

/* A process that somebody wants to come back to. */
struct mark {
	uint64_t id; /* 0: it is not set */
	pid_t pid;   /* to be named when it is forgotten */
};

struct acting;
struct on_rules;

/*
 * One person at a screen: what all views share, the views, and the line that is typed. The app owns
 * it, and drives monitor and terminal around it.
 */
struct session {
	struct scene scene;
	struct message message;
	struct panes panes;
	struct keymap keymap;
	struct theme theme;
	char theme_name[64];	 /* "" : the default one, or none that could be kept */
	const char *config_path; /* borrowed; NULL: there is no file */
	struct kept *filter_names, *column_sets; /* borrowed, of the file; NULL: none */
	enum session_prompt prompt_kind;
	struct prompt prompt;
	char filter_before[SCOPE_FILTER_SIZE]; /* what Esc goes back to */
	struct filter_error filter_error;      /* without text nothing is wrong */
	char command_error[256];
	struct completions completions; /* of what is typed */
	bool has_completions;		/* of the line as it stands */
	bool shows_completions;
	struct history histories[SESSION_PROMPT_COUNT]; /* of what is typed in each */
	struct acting *acting;	   /* on processes; NULL: nothing is asked or on its way */
	struct on_rules *on_rules; /* NULL: there are none */
	struct mark marks[MARK_COUNT];
	char *copied; /* for the terminal's clipboard; NULL: nothing */
	size_t copied_size;
	int pointer_y, pointer_x; /* where the mouse was last */
	bool came_from_events;	  /* Esc goes back there */
	bool needs_redraw, wants_full_redraw;
	bool wants_quit, wants_suspend, wants_bell;
};

/* It is all zero before: large parts of it are never touched, and then take no memory. */
int session_init(struct session *session, struct ptree_monitor *monitor, struct ptree_users *users);
void session_clear(struct session *session);

void session_say(struct session *session, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool session_has_message(const struct session *session);

/* Of a group's row, or where there is none. */
void session_say_no_process(struct session *session);

/* The text goes into the terminal's clipboard, and is free()d. */
void session_copy(struct session *session, char *text, size_t size);

/* Who takes the keys. */
enum view_context session_context(const struct session *session);

/* False with filter_error set; the last good filter then stays in force. */
bool session_set_filter(struct session *session, const char *text);

/* Watching, in all trees there are. */
void session_watch_only(struct session *session, const struct watch_item *item);
bool session_watch_also(struct session *session, const struct watch_item *item);
bool session_watch_back(struct session *session);

/* Without memory for it it goes on, and says so. */
void session_stop(struct session *session);
void session_go_on(struct session *session);

/* Where a line is typed, on the screen; negative: nowhere. */
struct session_cursor {
	int y, x;
};

/* The processes that a command is about, by their ids, malloc()ed: in the tree those that are
   tagged, or else what is selected, wherever that is. NULL with *count 0: none; with another one:
   no memory. */
uint64_t *session_targets(const struct session *session, size_t *count);

/* Goes on reading who is in which cgroup, as long as somebody asks for it. */
void session_read_beyond(struct session *session);

/* A frame: first what is to be seen is settled, then it is drawn. */
void session_update(struct session *session, struct canvas *canvas);
struct session_cursor session_draw(const struct session *session);

#endif
