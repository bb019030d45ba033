/* SPDX-License-Identifier: MIT */
/* Commands by their names; see by-name.h. Where a command has keys, there it has a meaning. */
#include "ui/by-name.h"
#include "ui/keymap.h"
#include "ui/session.h"
#include "ui/value.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX 32
#define NEAR_MAX 3	/* are named where one is unknown */
#define AMBIGUOUS_MAX 6 /* where several begin so */

/* As other programs call them. */
static const struct {
	const char *name, *command;
} aliases[] = {
	{ "q", "quit" },      { "affinity", "cpus" },
	{ "kill", "signal" }, { "ionice", "io-priority" },
	{ "renice", "nice" },
};

#define ALIAS_COUNT (sizeof(aliases) / sizeof(aliases[0]))

static size_t skip_blanks(const char *line, size_t at)
{
	return at + strspn(line + at, " ");
}

/* ---- finding one ---- */

static bool begins_with(const char *name, const char *word, size_t size)
{
	return !strncmp(name, word, size);
}

static bool is_word(const char *name, const char *word, size_t size)
{
	return begins_with(name, word, size) && !name[size];
}

static const struct command_entry *find_exactly(const char *word, size_t size)
{
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (is_word(entry->name, word, size))
			return entry;
	}
	for (size_t i = 0; i < ALIAS_COUNT; i++) {
		if (is_word(aliases[i].name, word, size))
			return command_find(aliases[i].command);
	}
	return NULL;
}

static const struct command_entry *find(const char *word, size_t size)
{
	const struct command_entry *found = size ? find_exactly(word, size) : NULL;

	if (found || !size)
		return found;
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (begins_with(entry->name, word, size)) {
			if (found)
				return NULL;
			found = entry;
		}
	}
	return found;
}

const struct command_entry *by_name_find(const char *line)
{
	size_t at = skip_blanks(line, 0);

	return find(line + at, strcspn(line + at, " "));
}

/* ---- one that is unknown ---- */

/* How many letters have to be put in, taken out, replaced or swapped with the next one. */
static unsigned distance(const char *name, const char *word, size_t size)
{
	unsigned rows[3][NAME_MAX + 1]; /* the last one, the one before, this one */
	size_t length = strlen(name);

	for (size_t j = 0; j <= length; j++)
		rows[1][j] = (unsigned)j;
	for (size_t i = 1; i <= size; i++) {
		rows[2][0] = (unsigned)i;
		for (size_t j = 1; j <= length; j++) {
			bool is_same = word[i - 1] == name[j - 1];
			unsigned best = rows[1][j - 1] + !is_same;

			if (rows[1][j] + 1 < best)
				best = rows[1][j] + 1;
			if (rows[2][j - 1] + 1 < best)
				best = rows[2][j - 1] + 1;
			if (i > 1 && j > 1 && word[i - 1] == name[j - 2] &&
			    word[i - 2] == name[j - 1] && rows[0][j - 2] + 1 < best)
				best = rows[0][j - 2] + 1;
			rows[2][j] = best;
		}
		memcpy(rows[0], rows[1], sizeof(rows[0]));
		memcpy(rows[1], rows[2], sizeof(rows[1]));
	}
	return rows[1][length];
}

/* A slip of the finger, or a piece of the name. */
static unsigned farness(const char *name, const char *word, size_t size)
{
	char piece[NAME_MAX + 1];

	if (!size || size > NAME_MAX || strlen(name) > NAME_MAX)
		return UINT32_MAX;
	snprintf(piece, sizeof(piece), "%.*s", (int)size, word);
	if (size > 2 && strstr(name, piece))
		return 1;
	return distance(name, word, size);
}

/* Names that one may have meant: those in question, the nearest first. */
static void list(char *out, size_t size, const char *word, size_t word_size, bool is_begun)
{
	unsigned most = is_begun ? 0 : word_size > 4 ? 2 : 1;
	size_t used = 0, count = 0;

	for (unsigned far = 0; far <= most; far++) {
		for (const struct command_entry *entry = commands; entry->name; entry++) {
			bool fits = is_begun ? begins_with(entry->name, word, word_size)
					     : farness(entry->name, word, word_size) == far;

			if (!fits || used >= size)
				continue;
			if (count++ == (is_begun ? AMBIGUOUS_MAX : NEAR_MAX)) {
				snprintf(out + used, size - used, ", ...");
				return;
			}
			used += (size_t)snprintf(out + used, size - used, "%s%s",
						 count > 1 ? ", " : "", entry->name);
		}
	}
}

static void say_unknown(const char *word, size_t word_size, char *error, size_t size)
{
	char names[160] = "";
	int shown = word_size > NAME_MAX ? NAME_MAX : (int)word_size;

	list(names, sizeof(names), word, word_size, true);
	if (names[0]) {
		snprintf(error, size, "`%.*s` may be %s", shown, word, names);
		return;
	}
	list(names, sizeof(names), word, word_size, false);
	snprintf(error, size, "unknown command `%.*s`%s%s%s", shown, word, names[0] ? ": " : "",
		 names, names[0] ? "?" : ": Tab lists them");
}

/* ---- where it has a meaning ---- */

static enum view_context context_of(const struct session *session)
{
	return panes_top(&session->panes)->kind->context;
}

/* With the tree, since one can go there. */
static bool has_meaning(const struct session *session, const struct command_entry *entry)
{
	unsigned contexts = keymap_contexts(entry->name);

	return strcmp(entry->group, "Mouse") != 0 &&
	       (!contexts || contexts & (context_of(session) | VIEW_TREE));
}

static const char *place_of(const struct command_entry *entry)
{
	unsigned contexts = keymap_contexts(entry->name);

	if (!strcmp(entry->group, "Mouse"))
		return "with the mouse";
	if (contexts & VIEW_PROMPT)
		return "in a line that is typed";
	if (contexts & VIEW_ACT)
		return "in the dialog that acts";
	return contexts == VIEW_EVENTS ? "in the events: v and Tab" : "on a page, in a list";
}

/* What belongs to the tree is done there, whatever page is open. */
static void go_where_it_is(struct session *session, const struct command_entry *entry)
{
	unsigned contexts = keymap_contexts(entry->name);

	if (!contexts || contexts & context_of(session))
		return;
	panes_pop_all(&session->panes);
	session->panes.focus = &session->panes.tree->view;
	tree_view_update_rows(session->panes.tree);
}

/* ---- doing it ---- */

/* Alone it is a pid, as that of a line is to an editor. */
static bool is_number(const char *word)
{
	return *word && !word[strspn(word, "0123456789")];
}

static bool refuse(const struct command_entry *entry, const struct command_value *value,
		   const char *text, char *error, size_t size)
{
	if (*text && !value)
		snprintf(error, size, "%s takes nothing behind it", entry->name);
	else if (!*text && value && value->is_needed)
		snprintf(error, size, "%s needs %s", entry->name, value->kind->expected);
	else
		return false;
	return true;
}

static bool run_with(struct session *session, const struct command_entry *entry, const char *text,
		     char *error, size_t size)
{
	const struct command_value *value = value_of(entry->name);

	if (refuse(entry, value, text, error, size))
		return false;
	go_where_it_is(session, entry);
	if (!*text) {
		command_run(entry->name, session, 0);
		return true;
	}
	session->came_from_events = false;
	return value->kind->take(session, entry->argument, text, error, size);
}

bool by_name_run(struct session *session, const char *line, char *error, size_t size, size_t *where)
{
	size_t at = skip_blanks(line, 0);
	bool is_pid = is_number(line + at);
	size_t name_size = is_pid ? 0 : strcspn(line + at, " ");
	const struct command_entry *entry =
	    is_pid ? command_find("pid") : find(line + at, name_size);
	char text[PROMPT_SIZE];

	*where = at + name_size;
	if (!entry) {
		say_unknown(line + at, name_size, error, size);
		return false;
	}
	if (!has_meaning(session, entry)) {
		snprintf(error, size, "%s has a meaning only %s", entry->name, place_of(entry));
		return false;
	}
	at = skip_blanks(line, at + name_size);
	snprintf(text, sizeof(text), "%s", line + at);
	for (size_t end = strlen(text); end && text[end - 1] == ' '; end--)
		text[end - 1] = '\0';
	*where = at + strlen(text);
	return run_with(session, entry, text, error, size);
}

/* ---- for people ---- */

static void complete_name(const struct session *session, const char *line, size_t from, size_t to,
			  struct completions *completions)
{
	completions_begin(completions, line, from, to);
	for (const struct command_entry *entry = commands; entry->name; entry++) {
		if (has_meaning(session, entry))
			completions_offer(completions, entry->name);
	}
	completions_sort(completions);
}

void by_name_complete(const struct session *session, const char *line, size_t size,
		      struct completions *completions)
{
	size_t from = skip_blanks(line, 0), name_end = from + strcspn(line + from, " ");
	const struct command_entry *entry = by_name_find(line);
	const struct command_value *value = entry ? value_of(entry->name) : NULL;

	if (size <= name_end) {
		complete_name(session, line, from < size ? from : size, size, completions);
		return;
	}
	from = skip_blanks(line, name_end);
	completions_begin(completions, line, from < size ? from : size, size);
	if (value && value->kind->complete)
		value->kind->complete(session, completions);
}

int by_name_describe(const struct command_entry *entry, char *out, size_t size)
{
	const struct command_value *value = value_of(entry->name);

	if (!value)
		return snprintf(out, size, "%s", entry->name);
	return snprintf(out, size, value->is_needed ? "%s %s" : "%s [%s]", entry->name,
			value->kind->syntax);
}
