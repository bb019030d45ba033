/* SPDX-License-Identifier: MIT */
/*
 * Tells what happened. The log has a tree of its own, which learns each fact just before its line
 * is printed: so a line tells who a process was then, not what has become of it. The line of an
 * exec, and with it all that follow, is held back for a moment until its command line is known, so
 * that the order stays true.
 */
#include "headless/log-impl.h"
#include "model/events.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define BATCH_BYTES 65536

/* ---- the tree of then ---- */

static void watch_ids(struct log *log, uint64_t appeared)
{
	for (size_t i = 0; i < log->watched_count; i++) {
		if (!appeared || log->watched_ids[i] == appeared)
			ptree_tree_watch_id(log->then, log->watched_ids[i]);
	}
}

bool log_is_pid(const char *watch)
{
	return !watch[strspn(watch, "0123456789")];
}

int log_new_then(struct log *log)
{
	/* The monitor's tree says when something is to be forgotten. */
	const struct ptree_tree_options options = { .exited_max = SIZE_MAX };
	struct ptree_tree *tree;
	int err = ptree_tree_new(&tree, &options);

	for (size_t i = 0; i < log->config->watch_count && !err; i++) {
		if (!log_is_pid(log->config->watches[i]))
			err = ptree_tree_watch_name(tree, log->config->watches[i], getpid());
	}
	if (err)
		return err;
	ptree_tree_free(log->then);
	log->then = tree;
	return 0;
}

/* What was missed cannot be told any more: then is now. */
static int catch_up(struct log *log)
{
	struct ptree_facts facts = { 0 };
	int err = log_new_then(log);

	if (!err)
		err = ptree_tree_snapshot(log->tree, &facts);
	if (!err)
		err = ptree_tree_learn_all(log->then, facts.bytes, facts.size);
	ptree_facts_clear(&facts);
	ptree_tree_feed_end(log->tree, &log->next);
	log->learned = log->next.next;
	scout_start(&log->scout, &log->next);
	watch_ids(log, 0);
	return err ? err : log_rules_look(log->rules, log->then);
}

/*
 * What the first scan found had been so before. So what happened beside it is told only now, and
 * of those whom it found.
 */
int log_learn_first_scan(struct log *log)
{
	struct ptree_feed_reader reader = log->next;
	struct ptree_fact fact;
	int err = 0, result;

	while (!err && (result = ptree_tree_feed_read(log->tree, &reader, &fact)) == 1)
		err = ptree_tree_learn(log->then, &fact);
	if (err || result == -EOVERFLOW)
		return catch_up(log);
	log->learned = reader.next;
	watch_ids(log, 0);
	return log_rules_look(log->rules, log->then);
}

/* The text of an exec is told of with it, though the tree was told a little later. */
static void learn_early(struct log *log, struct ptree_feed_reader place)
{
	struct ptree_fact fact;

	if (ptree_tree_feed_read(log->tree, &place, &fact) == 1)
		ptree_tree_learn(log->then, &fact);
}

static int learn(struct log *log, const struct ptree_fact *fact)
{
	const struct scouted *exec = scout_is_exec(fact) ? scout_first(&log->scout, fact) : NULL;
	bool is_new = log->next.next > log->learned;
	int err = is_new ? ptree_tree_learn(log->then, fact) : 0;

	if (fact->kind == PTREE_FACT_APPEARED && is_new)
		watch_ids(log, fact->id);
	if (exec && exec->has_name)
		learn_early(log, exec->name);
	if (exec && exec->has_arguments)
		learn_early(log, exec->arguments);
	if (exec)
		scout_take(&log->scout);
	return err;
}

/* ---- printing ---- */

/* As it was at that time. */
static bool is_selected(const struct log *log, const struct ptree_node *node, uint64_t time_ns)
{
	const struct filter_context context = { .tree = log->then,
						.users = log->users,
						.now_ns = time_ns };

	if (selection_is_everything(&log->selection))
		return true;
	return node && selection_has(&log->selection, &context, node);
}

static bool is_wanted(const struct log *log, const struct ptree_fact *fact,
		      const struct ptree_node *node)
{
	enum ptree_event_kind kind;

	if (!event_kind_of(fact, &kind))
		return false;
	if (kind == PTREE_EVENT_LOST)
		return true;
	if (log->config->kinds && !(log->config->kinds & 1u << kind))
		return false;
	return is_selected(log, node, fact->time_ns);
}

static bool is_name_awaited(const struct log *log, const struct ptree_fact *fact)
{
	const struct ptree_node *node = ptree_tree_find_id(log->then, fact->id);
	uint32_t euid = PTREE_UNKNOWN_ID;

	if (log->are_names_slow || !fact->is_news || !log->wants_names)
		return false;
	if (fact->kind == PTREE_FACT_APPEARED)
		euid = fact->u.birth.euid;
	else if (fact->kind == PTREE_FACT_USERS)
		euid = fact->u.ids.effective;
	else if (node)
		euid = ptree_node_euid(node);
	return euid != PTREE_UNKNOWN_ID && !ptree_users_name_later(log->users, euid);
}

/* Since when it waits for a text; 0: it does not. */
static uint64_t text_awaited_since_ns(const struct log *log, const struct ptree_fact *fact)
{
	const struct scouted *exec = scout_is_exec(fact) ? scout_first(&log->scout, fact) : NULL;

	return exec && !(exec->has_arguments && exec->has_name) ? exec->since_ns : 0;
}

/* Whether all is known that is going to be, or was waited for long enough. */
static bool is_complete(struct log *log, const struct ptree_fact *fact, uint64_t now_ns)
{
	uint64_t text_since_ns = text_awaited_since_ns(log, fact);
	bool awaits_name = is_name_awaited(log, fact);

	if (log->is_over || (!awaits_name && !text_since_ns))
		return true;
	if (!log->held_since_ns)
		log->held_since_ns = text_since_ns ? text_since_ns : now_ns;
	if (now_ns < log->held_since_ns + LOG_HOLD_NS)
		return false;
	log->are_names_slow |= awaits_name;
	return true;
}

static int print_overtaken(struct log *log)
{
	uint64_t before = log->next.news;
	struct ptree_fact lost = { .kind = PTREE_FACT_LOST,
				   .is_news = true,
				   .time_ns = ptree_boot_now_ns() };
	int err = catch_up(log);

	lost.u.count = log->next.news - before;
	log->overtaken += lost.u.count;
	if (lost.u.count)
		log_line_fact(&log->lines, &lost, log->then, NULL);
	return err;
}

static int print_fact(struct log *log, const struct ptree_fact *fact,
		      const struct ptree_feed_reader *after)
{
	const struct ptree_node *node;

	log->held_since_ns = 0;
	log->next = *after;
	if (learn(log, fact) == -ENOMEM)
		return catch_up(log) ? -ENOMEM : 1;
	node = fact->id ? ptree_tree_find_id(log->then, fact->id) : NULL;
	if (log->by_command && is_selected(log, node, fact->time_ns))
		by_command_count(log->by_command, fact, node);
	if (is_wanted(log, fact, node))
		log_line_fact(&log->lines, fact, log->then, node);
	return log_rules_learn(log->rules, log->then, fact) ? -ENOMEM : 1;
}

/* Prints what is next. 1; 0: there is nothing, or it must wait; -ENOMEM. */
static int print_next(struct log *log, uint64_t now_ns)
{
	struct ptree_feed_reader after = log->next;
	struct ptree_fact fact;
	int result = ptree_tree_feed_read(log->tree, &after, &fact);

	if (result == -EOVERFLOW)
		return print_overtaken(log) ? -ENOMEM : 1;
	if (result > 0 && log->end_ns && fact.is_news && fact.time_ns > log->end_ns)
		log->is_over = true;
	else if (result > 0 && is_complete(log, &fact, now_ns))
		return print_fact(log, &fact, &after);
	return 0;
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int log_flush(struct log *log, int timeout)
{
	int err = output_flush(&log->output, log->signal_fd, timeout);

	if (err)
		log->failure = "cannot write";
	return err;
}

int log_print_news(struct log *log, int patience_ms)
{
	int err = scout_look(&log->scout, log->tree);
	int result = 1;

	log->lines.real_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	while (!err && result > 0) {
		result = print_next(log, ptree_boot_now_ns());
		err = result < 0 ? result : 0;
		if (!err && patience_ms && log->output.size >= BATCH_BYTES)
			err = log_flush(log, patience_ms);
	}
	return err;
}
