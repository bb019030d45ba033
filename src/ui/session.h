/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SESSION_H
#define PROCTOP_SESSION_H

#include "model/cursor.h"
#include "model/field.h"
#include "model/filter.h"
#include "model/meters.h"
#include "model/page.h"
#include "ui/picker.h"
#include "ui/prompt.h"
#include "model/rows.h"

#define WATCH_ITEMS_MAX 32
#define WATCH_SETS_MAX 16
#define WATCH_NAME_SIZE 64

/* What somebody watches: one process, or every one of a name. */
struct watch_item {
	char name[WATCH_NAME_SIZE]; /* "" : by id */
	uint64_t id;
	pid_t pid;
};

struct watch_set {
	struct watch_item items[WATCH_ITEMS_MAX];
	size_t count;
};

enum session_view {
	SESSION_VIEW_TREE,
	SESSION_VIEW_HELP,
	SESSION_VIEW_PICKER,
	SESSION_VIEW_CHURN,
	SESSION_VIEW_FAILURES,
	SESSION_VIEW_RECORD,
};

/* What is chosen in the picker. */
enum session_choice {
	SESSION_CHOICE_USER,
	SESSION_CHOICE_SORT,
};

enum session_prompt {
	SESSION_PROMPT_NONE,
	SESSION_PROMPT_SEARCH,
	SESSION_PROMPT_FILTER,
	SESSION_PROMPT_PID,
};

/*
 * What a person at the screen has chosen and sees: everything that commands change and views
 * draw. The app owns it, and drives monitor and terminal around it.
 */
struct session {
	struct ptree_monitor *monitor;	 /* borrowed */
	struct ptree_tree *live_tree;	 /* the monitor's */
	struct ptree_tree *tree;	 /* that is shown: live_tree, or stopped_tree */
	struct ptree_tree *stopped_tree; /* as all was at paused_ns; NULL: it is not stopped */
	struct ptree_users *users;	 /* borrowed */
	struct rows *rows;
	struct cursor cursor;
	struct rows_scope scope;
	uint64_t highlight_ns;
	uint64_t now_ns;    /* of the frame being drawn */
	uint64_t paused_ns; /* when the picture was stopped; 0: it is not */
	uint64_t follow_id;
	uint64_t built_generation; /* of the tree, when the rows were collected */
	uint64_t built_usage_generation;
	uint64_t arranged_generation; /* likewise, when they were arranged */
	uint64_t next_change_ns;      /* when a highlight that is seen fades a step; 0: never */
	struct watch_set watch[WATCH_SETS_MAX]; /* a stack: the last one is in force */
	size_t watch_depth;
	struct filter *filter;
	char filter_text[PROMPT_SIZE];
	char filter_before[PROMPT_SIZE]; /* what Esc goes back to */
	char filter_error[256];
	char search_text[PROMPT_SIZE];
	uint64_t search_from; /* where the cursor was when the search began */
	uint32_t *uids;	      /* only these users */
	size_t uid_count;
	enum session_view view;
	enum session_view view_below; /* what help lies over */
	enum session_prompt prompt_kind;
	struct prompt prompt;
	int help_top;
	struct picker picker;
	enum session_choice choice;
	struct page page;
	struct meters meters;
	char message[256]; /* said in the last line until then */
	uint64_t message_until_ns;
	bool is_message_error;
	int screen_rows, screen_cols;
	int body_y, body_rows; /* where the rows are, set by the view */
	int sideways;	       /* cells by which commands are shifted */
	uint64_t events_before, events_at_ns;
	unsigned events_per_s;
	uint32_t own_uid;
	int colors;
	bool utf8;
	bool basenames;	 /* programs without their directories */
	bool keeps_rows; /* as they are seen, unless something else is to be shown */
	bool needs_collect, needs_arrange, needs_search, needs_redraw, wants_full_redraw;
	bool wants_quit, wants_suspend;
};

/* It is all zero before: large parts of it are never touched, and then take no memory. */
int session_init(struct session *session, struct ptree_monitor *monitor, struct ptree_users *users);
void session_clear(struct session *session);

/* The time that is shown. */
uint64_t session_shown_ns(const struct session *session);
struct column_context session_columns(const struct session *session);
/* In another order than that of birth. */
bool session_is_sorted(const struct session *session);

/* Brings the rows up to date with the tree and with what was chosen, if anything changed, and the
   cursor to what was searched for. A frame needs it, and every key that acts on rows. */
int session_update_rows(struct session *session);

const struct row *session_selected(const struct session *session);
const struct ptree_node *session_selected_node(const struct session *session);
void session_select(struct session *session, uint64_t id); /* unfolds to it */

/* A page stands in the tree's place. */
bool session_is_page(const struct session *session);

void session_say(struct session *session, bool is_error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Takes the names of users that have come to be known meanwhile: the filter may be after them. */
void session_take_names(struct session *session);

/* False with filter_error set; the last good filter then stays in force. */
bool session_set_filter(struct session *session, const char *text);
void session_set_users(struct session *session, const uint32_t *uids, size_t count);

/* Watching. What cannot be kept (too many) is said. */
void session_watch_only(struct session *session, const struct watch_item *item);
bool session_watch_also(struct session *session, const struct watch_item *item);
void session_watch_back(struct session *session);
const struct watch_set *session_watched(const struct session *session); /* NULL: everything */

/* Lists anew what the page that is shown is about. */
void session_update_page(struct session *session);
/*
 * Stopped, everything is asked of a tree of its own, as it was then, while the monitor keeps the
 * live one. Ids are the same in both: selection, folds and watches stay. Without memory for it it
 * goes on, and says so.
 */
void session_stop(struct session *session);
void session_go_on(struct session *session);
/* Processes that were forked since it was stopped. */
uint64_t session_new_since(const struct session *session);
/* Of the page's lines the selected one; NULL: there is none, or it is forgotten. */
const struct ptree_node *session_page_node(const struct session *session);

/* Something is to be said now, in the last line. */
bool session_has_message(const struct session *session);

bool session_search_next(struct session *session, uint64_t from, bool backwards);

/* 0 to GLOW_LEVELS for a change at that time. */
int session_glow(const struct session *session, uint64_t changed_ns);

#endif
