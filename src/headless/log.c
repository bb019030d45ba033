/* SPDX-License-Identifier: MIT */
/*
 * proctop log: follows the facts of the monitor's tree and prints a line for each that is news. It
 * has a tree of its own, which learns each fact just before its line is printed: so a line tells
 * who a process was then, not what has become of it. The line of an exec, and with it all that
 * follow, is held back for a moment until its command line is known, so that the order stays true.
 *
 * A reader of the output who is slow holds up the events, too: what the kernel then drops is
 * counted and printed.
 */
#include "headless/log.h"
#include "config/exit-codes.h"
#include "headless/by-command.h"
#include "headless/describe.h"
#include "headless/log-line.h"
#include "headless/log-rules.h"
#include "headless/log-scout.h"
#include "headless/selection.h"
#include "model/summary.h"
#include "draw/text.h"
#include "model/events.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define FEED_BYTES (8u << 20)
#define HOLD_NS (20 * NS_PER_MS)
#define BATCH_BYTES 65536
#define USERS_PATIENCE_MS 200
#define FAREWELL_MS 1000

enum { FD_MONITOR, FD_SIGNALS, FD_USERS, FD_OUTPUT, FD_COUNT };

struct log {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_tree *then; /* as it was when what is printed next happened */
	struct ptree_users *users;
	struct selection selection;
	struct output output;
	struct log_lines lines;
	struct by_command *by_command; /* or NULL: nobody asked */
	struct log_rules *rules;       /* or NULL: there are none */
	int signal_fd;
	sigset_t signals_before;
	uint64_t begin_ns;
	struct ptree_feed_reader next; /* what is printed next */
	uint64_t learned; /* number of the first fact of the feed that then has not learned */
	struct scout scout;
	uint64_t *watched_ids; /* of the pids that are to be watched */
	size_t watched_count;
	uint64_t held_since_ns; /* what is next is not complete since then; 0: it is, or is none */
	uint64_t overtaken;	/* news that the feed dropped before they were printed */
	bool is_ready;		/* the first scan is done */
	bool is_polling;
	bool wants_names;    /* of users, before what is theirs is told */
	bool are_names_slow; /* a user's name did not come in time: do not wait for more */
	uint64_t end_ns;     /* what happened until then is told; 0: it goes on */
	bool is_over;	     /* nothing is waited for any more */
	const char *failure; /* what could not be done, for an error without words */
};

static int fail(char *error, size_t size, int code, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return code;
}

/* ---- the tree of then ---- */

static void watch_ids(struct log *log, uint64_t appeared)
{
	for (size_t i = 0; i < log->watched_count; i++) {
		if (!appeared || log->watched_ids[i] == appeared)
			ptree_tree_watch_id(log->then, log->watched_ids[i]);
	}
}

static bool is_pid(const char *watch)
{
	return !watch[strspn(watch, "0123456789")];
}

static int new_then(struct log *log)
{
	/* The monitor's tree says when something is to be forgotten. */
	const struct ptree_tree_options options = { .exited_max = SIZE_MAX };
	struct ptree_tree *tree;
	int err = ptree_tree_new(&tree, &options);

	for (size_t i = 0; i < log->config->watch_count && !err; i++) {
		if (!is_pid(log->config->watches[i]))
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
	int err = new_then(log);

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
static int learn_first_scan(struct log *log)
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
	if (now_ns < log->held_since_ns + HOLD_NS)
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

static int flush(struct log *log, int timeout)
{
	int err = output_flush(&log->output, log->signal_fd, timeout);

	if (err)
		log->failure = "cannot write";
	return err;
}

/* patience_ms: for a reader who is slow; 0: what does not fit waits. */
static int print_news(struct log *log, int patience_ms)
{
	int err = scout_look(&log->scout, log->tree);
	int result = 1;

	log->lines.real_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	while (!err && result > 0) {
		result = print_next(log, ptree_boot_now_ns());
		err = result < 0 ? result : 0;
		if (!err && patience_ms && log->output.size >= BATCH_BYTES)
			err = flush(log, patience_ms);
	}
	return err;
}

/* ---- the loop ---- */

/* Names were told to the tree of then; the pids are those of now. */
static int watch_pid(struct log *log, const char *text, char *error, size_t size)
{
	const struct ptree_node *node = ptree_tree_find(log->tree, (pid_t)strtol(text, NULL, 10));

	if (!node) {
		snprintf(error, size, "--watch: no process has the pid %s", text);
		return EXIT_FAILED;
	}
	log->watched_ids[log->watched_count++] = ptree_node_id(node);
	return EXIT_OK;
}

static int watch_pids(struct log *log, char *error, size_t size)
{
	size_t count = log->config->watch_count;
	int code = EXIT_OK;

	log->watched_ids = calloc(count + 1, sizeof(*log->watched_ids));
	if (!log->watched_ids)
		return fail(error, size, EXIT_FAILED, "--watch", -ENOMEM);
	for (size_t i = 0; i < count && !code; i++) {
		if (is_pid(log->config->watches[i]))
			code = watch_pid(log, log->config->watches[i], error, size);
	}
	return code;
}

/* Once the first scan is in the tree. What happened meanwhile is in the feed. */
static int become_ready(struct log *log, char *error, size_t size)
{
	int code = watch_pids(log, error, size);
	int err = code ? 0 : learn_first_scan(log);

	log->is_ready = true;
	if (err)
		return fail(error, size, EXIT_FAILED, log->failure, err);
	if (log->wants_names)
		describe_await_users(log->users, log->tree, USERS_PATIENCE_MS);
	return code;
}

/* Whether there are events can change at any time. */
static int check_mode(struct log *log, char *error, size_t size)
{
	struct ptree_monitor_status status;
	bool was_polling = log->is_polling;

	ptree_monitor_get_status(log->monitor, &status);
	log->is_polling = status.state == PTREE_MONITOR_POLLING || log->config->poll ||
			  (status.state == PTREE_MONITOR_STARTING && status.reason);
	if (log->is_polling && log->config->require_events) {
		snprintf(error, size, "no process events: %s",
			 ptree_monitor_reason_text(status.reason));
		return EXIT_NO_EVENTS;
	}
	if (log->is_polling && !was_polling)
		fprintf(stderr,
			"proctop: no process events (%s): scanning /proc, which misses what is "
			"short-lived\n",
			ptree_monitor_reason_text(status.reason));
	if (!log->is_ready && status.state != PTREE_MONITOR_STARTING)
		return become_ready(log, error, size);
	return EXIT_OK;
}

static int timeout_ms(const struct log *log)
{
	uint64_t now_ns = ptree_boot_now_ns();
	uint64_t next_ns = UINT64_MAX;

	if (log->config->duration_ns)
		next_ns = log->begin_ns + log->config->duration_ns;
	if (log_rules_next_ns(log->rules) < next_ns)
		next_ns = log_rules_next_ns(log->rules);
	if (log->held_since_ns && log->held_since_ns + HOLD_NS < next_ns)
		next_ns = log->held_since_ns + HOLD_NS;
	if (next_ns == UINT64_MAX)
		return -1;
	if (next_ns <= now_ns)
		return 0;
	next_ns = (next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS;
	return next_ns < INT_MAX ? (int)next_ns : INT_MAX;
}

/* What is printed leaves as soon as there is nothing else to do. */
static int wait_or_flush(struct log *log, struct pollfd fds[FD_COUNT])
{
	int count = poll(fds, FD_COUNT, log->output.size ? 0 : timeout_ms(log));
	int err;

	if (count == 0 && log->output.size) {
		err = flush(log, -1);
		if (err)
			return err;
		count = poll(fds, FD_COUNT, timeout_ms(log));
	}
	return count < 0 && errno != EINTR ? -errno : 0;
}

static bool is_time_over(const struct log *log)
{
	return log->config->duration_ns &&
	       ptree_boot_now_ns() >= log->begin_ns + log->config->duration_ns;
}

/* 0, or what the output or the monitor failed with. */
static int turn(struct log *log)
{
	struct pollfd fds[FD_COUNT] = {
		[FD_MONITOR] = { .fd = ptree_monitor_fd(log->monitor), .events = POLLIN },
		[FD_SIGNALS] = { .fd = log->signal_fd, .events = POLLIN },
		[FD_USERS] = { .fd = ptree_users_fd(log->users), .events = POLLIN },
		[FD_OUTPUT] = { .fd = log->output.fd }, /* only whether its reader is gone */
	};
	int err = wait_or_flush(log, fds);
	int count;

	if (err)
		return err;
	if (fds[FD_OUTPUT].revents & POLLERR)
		return -EPIPE;
	if (fds[FD_USERS].revents && ptree_users_collect(log->users)) {
		log->are_names_slow = false;
		ptree_tree_learn_users(ptree_monitor_tree(log->monitor), log->users);
	}
	if (!log->end_ns && (fds[FD_SIGNALS].revents || is_time_over(log)))
		log->end_ns = ptree_boot_now_ns();
	count = ptree_monitor_dispatch(log->monitor, 0);
	/* One turn may not take all that is waiting; see print_next(), too. */
	if (log->end_ns && (count <= 0 || !log->is_ready))
		log->is_over = true;
	return count < 0 ? count : 0;
}

static int finish_turn(const struct log *log, int err, char *error, size_t size)
{
	if (!err || err == -EPIPE || err == -EINTR)
		return EXIT_OK; /* a reader that has seen enough is no failure */
	return fail(error, size, EXIT_FAILED, log->failure, err);
}

static int run(struct log *log, char *error, size_t size)
{
	while (!log->is_over) {
		int err = turn(log);
		int code = err ? EXIT_OK : check_mode(log, error, size);

		if (!err && !code && log->is_ready)
			err = print_news(log, -1);
		if (!err && !code && log->is_ready)
			err = log_rules_turn(log->rules, log->then);
		log->is_over |= err != 0;
		if (err == -EPIPE)
			log->output.size = 0;
		code = code ? code : finish_turn(log, err, error, size);
		if (code)
			return code;
	}
	return EXIT_OK;
}

/* ---- beginning and end ---- */

static int block_signals(struct log *log)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, &log->signals_before);
	log->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return log->signal_fd < 0 ? -errno : 0;
}

static int start(struct log *log)
{
	const struct ptree_monitor_options options = { .poll_only = log->config->poll,
						       .no_realtime = log->config->no_realtime,
						       .realtime_dispatch =
							   !log->config->no_realtime,
						       .tree.feed_bytes = FEED_BYTES };
	int err = block_signals(log);

	if (!err)
		err = selection_init(&log->selection, log->config);
	if (!err && log->config->by_command)
		log->by_command = by_command_new();
	if (!err && log->config->by_command && !log->by_command)
		err = -ENOMEM;
	if (!err)
		err = ptree_users_new(&log->users);
	if (!err)
		err = ptree_monitor_new(&log->monitor, &options);
	if (err)
		return err;
	log->tree = ptree_monitor_tree(log->monitor);
	err = new_then(log);
	if (err)
		return err;
	log->lines = (struct log_lines){ .output = &log->output,
					 .users = log->users,
					 .json = log->config->json,
					 .utf8 = text_is_utf8() };
	return log_rules_new(&log->rules, log->config, &log->lines, log->monitor);
}

/* The end of what was held back, and the last line of JSON. */
static int say_farewell(struct log *log, const struct ptree_monitor_status *status)
{
	struct signalfd_siginfo info;
	int err;

	while (read(log->signal_fd, &info, sizeof(info)) == sizeof(info))
		; /* one more signal ends the last flush */
	ptree_monitor_settle(log->monitor);
	if (log->is_ready)
		print_news(log, 0);
	log_rules_end(log->rules);
	if (log->by_command)
		by_command_print(log->by_command, &log->lines);
	if (log->config->json)
		log_line_summary(&log->lines, status);
	err = flush(log, FAREWELL_MS);
	return err == -ETIMEDOUT ? -EINTR : err;
}

static int leave(struct log *log, int code, char *error, size_t size)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(log->monitor, &status);
	status.lost += log->overtaken;
	if (code == EXIT_OK)
		code = finish_turn(log, say_farewell(log, &status), error, size);
	if (code == EXIT_OK && log->config->summary)
		summary_print(stderr, &status, ptree_boot_now_ns() - log->begin_ns);
	return code;
}

static void clear(struct log *log)
{
	ptree_monitor_free(log->monitor);
	ptree_tree_free(log->then);
	scout_clear(&log->scout);
	free(log->watched_ids);
	ptree_users_free(log->users);
	selection_clear(&log->selection);
	output_clear(&log->output);
	by_command_free(log->by_command);
	log_rules_free(log->rules);
	if (log->signal_fd >= 0)
		close(log->signal_fd);
	sigprocmask(SIG_SETMASK, &log->signals_before, NULL);
}

int log_run(const struct config *config, char *error, size_t error_size)
{
	struct log log = { .config = config,
			   .output.fd = STDOUT_FILENO,
			   .signal_fd = -1,
			   .wants_names = config->json || config->filter || config->rule_count,
			   .failure = "cannot follow the events",
			   .begin_ns = ptree_boot_now_ns() };
	int err = start(&log);
	int code = err ? fail(error, error_size, EXIT_FAILED, "cannot watch processes", err)
		       : check_mode(&log, error, error_size);

	if (!code)
		code = run(&log, error, error_size);
	if (!err)
		code = leave(&log, code, error, error_size);
	clear(&log);
	return code;
}
