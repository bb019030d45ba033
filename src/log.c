/* SPDX-License-Identifier: MIT */
/*
 * proctop log: follows the changes of the tree and prints a line for each. The line of an exec, and
 * with it all that follow, is held back for a moment until its command line is known, so that the
 * order stays true.
 *
 * A reader of the output who is slow holds up the events, too: what the kernel then drops is
 * counted and printed.
 */
#include "log.h"
#include "app.h"
#include "by-command.h"
#include "describe.h"
#include "log-line.h"
#include "selection.h"
#include "summary.h"
#include "text.h"

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
#define FEED_SIZE 65536
#define HOLD_NS (20 * NS_PER_MS)
#define BATCH_BYTES 65536
#define USERS_PATIENCE_MS 200
#define FAREWELL_MS 1000

enum { FD_MONITOR, FD_SIGNALS, FD_USERS, FD_OUTPUT, FD_COUNT };

struct log {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_users *users;
	struct selection selection;
	struct output output;
	struct log_lines lines;
	struct by_command *by_command; /* or NULL: nobody asked */
	int signal_fd;
	sigset_t signals_before;
	uint64_t begin_ns;
	uint64_t position;	/* in the feed: what is printed next */
	uint64_t held_since_ns; /* when that was found not to be complete; 0: it was not */
	uint64_t overtaken;	/* changes that the feed dropped before they were printed */
	bool is_ready;		/* the first scan is done */
	bool is_polling;
	bool are_names_slow; /* a user's name did not come in time: do not wait for more */
	bool is_over;	     /* nothing is waited for any more */
	const char *failure; /* what could not be done, for an error without words */
};

static int fail(char *error, size_t size, int code, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return code;
}

/* ---- printing ---- */

static bool is_selected(const struct log *log, const struct ptree_node *node)
{
	if (selection_is_everything(&log->selection))
		return true;
	return node && selection_has(&log->selection, log->tree, log->users, node);
}

static bool is_wanted(const struct log *log, const struct ptree_change *change,
		      const struct ptree_node *node)
{
	enum ptree_event_kind kind;

	if (!log_line_kind(change, &kind))
		return false;
	if (kind == PTREE_EVENT_LOST)
		return true;
	if (log->config->kinds && !(log->config->kinds & 1u << kind))
		return false;
	return is_selected(log, node);
}

static bool is_argv_awaited(const struct ptree_change *change, const struct ptree_node *node)
{
	const struct ptree_image *image;

	if (change->kind != PTREE_CHANGE_EXECED)
		return false;
	image = describe_image_at(node, change->boot_ns);
	return image && image->argv_status == PTREE_ARGV_PENDING;
}

static bool is_name_awaited(const struct log *log, const struct ptree_node *node)
{
	uint32_t euid = ptree_node_euid(node);

	return !log->are_names_slow && (log->config->json || log->config->filter) &&
	       euid != PTREE_UNKNOWN_ID && !ptree_users_name_later(log->users, euid);
}

/* Whether all is known that is going to be, or was waited for long enough. */
static bool is_complete(struct log *log, const struct ptree_change *change,
			const struct ptree_node *node, uint64_t now_ns)
{
	bool awaits_name = node && is_name_awaited(log, node);

	if (log->is_over || !node || (!awaits_name && !is_argv_awaited(change, node)))
		return true;
	if (!log->held_since_ns)
		log->held_since_ns = now_ns;
	if (now_ns < log->held_since_ns + HOLD_NS)
		return false;
	log->are_names_slow |= awaits_name;
	return true;
}

static void print_overtaken(struct log *log, uint64_t count)
{
	const struct ptree_change change = { .kind = PTREE_CHANGE_LOST,
					     .boot_ns = ptree_boot_now_ns(),
					     .event = { .kind = PTREE_EVENT_LOST,
							.u.lost.count = count } };

	log->overtaken += count;
	log_line_change(&log->lines, &change, NULL);
}

/* Prints the next change. 0: there is none, or it must wait. */
static int print_next(struct log *log, uint64_t now_ns)
{
	const struct ptree_change *change;
	const struct ptree_node *node;
	uint64_t before = log->position;
	int result = ptree_tree_feed_read(log->tree, &log->position, &change);

	if (result == -EOVERFLOW)
		print_overtaken(log, log->position - before);
	if (result <= 0)
		return result == -EOVERFLOW;
	node = change->id ? ptree_tree_find_id(log->tree, change->id) : NULL;
	if (!is_complete(log, change, node, now_ns))
		return 0;
	log->held_since_ns = 0;
	if (log->by_command && is_selected(log, node))
		by_command_count(log->by_command, change, node);
	if (is_wanted(log, change, node))
		log_line_change(&log->lines, change, node);
	log->position++;
	return 1;
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

static int print_changes(struct log *log)
{
	int err = 0;

	log->lines.real_offset_ns = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	while (!err && print_next(log, ptree_boot_now_ns())) {
		if (log->output.size >= BATCH_BYTES)
			err = flush(log, -1);
	}
	return err;
}

/* ---- the loop ---- */

static int watch_one(struct log *log, const char *text, char *error, size_t size)
{
	const struct ptree_node *node;
	int err;

	if (text[strspn(text, "0123456789")]) {
		err = ptree_tree_watch_name(log->tree, text, getpid());
	} else {
		node = ptree_tree_find(log->tree, (pid_t)strtol(text, NULL, 10));
		if (!node) {
			snprintf(error, size, "--watch: no process has the pid %s", text);
			return EXIT_FAILED;
		}
		err = ptree_tree_watch_id(log->tree, ptree_node_id(node));
	}
	return err ? fail(error, size, EXIT_FAILED, "--watch", err) : EXIT_OK;
}

/* Once the first scan is in the tree. What happened meanwhile is in the feed. */
static int become_ready(struct log *log, char *error, size_t size)
{
	int code = EXIT_OK;

	log->is_ready = true;
	for (size_t i = 0; i < log->config->watch_count && !code; i++)
		code = watch_one(log, log->config->watches[i], error, size);
	if (log->config->json || log->config->filter)
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

	if (err)
		return err;
	if (fds[FD_OUTPUT].revents & POLLERR)
		return -EPIPE;
	if (fds[FD_USERS].revents && ptree_users_collect(log->users))
		log->are_names_slow = false;
	if (fds[FD_SIGNALS].revents || is_time_over(log))
		log->is_over = true;
	err = ptree_monitor_dispatch(log->monitor, 0);
	return err < 0 ? err : 0;
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
			err = print_changes(log);
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
						       .tree.feed_size = FEED_SIZE };
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
	log->lines = (struct log_lines){ .output = &log->output,
					 .users = log->users,
					 .json = log->config->json,
					 .utf8 = text_is_utf8() };
	return 0;
}

/* The end of what was held back, and the last line of JSON. */
static int say_farewell(struct log *log, const struct ptree_monitor_status *status)
{
	struct signalfd_siginfo info;
	int err;

	while (read(log->signal_fd, &info, sizeof(info)) == sizeof(info))
		; /* one more signal ends the last flush */
	while (log->is_ready && print_next(log, 0))
		;
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
	ptree_users_free(log->users);
	selection_clear(&log->selection);
	output_clear(&log->output);
	by_command_free(log->by_command);
	if (log->signal_fd >= 0)
		close(log->signal_fd);
	sigprocmask(SIG_SETMASK, &log->signals_before, NULL);
}

int log_run(const struct config *config, char *error, size_t error_size)
{
	struct log log = { .config = config,
			   .output.fd = STDOUT_FILENO,
			   .signal_fd = -1,
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
