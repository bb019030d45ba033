/* SPDX-License-Identifier: MIT */
/*
 * proctop log: follows the facts of the monitor's tree and has a line printed for each that is
 * news; see log-tell.c.
 *
 * A reader of the output who is slow holds up the events, too: what the kernel then drops is
 * counted and printed.
 */
#include "headless/log.h"
#include "config/exit-codes.h"
#include "headless/describe.h"
#include "headless/log-impl.h"
#include "model/summary.h"
#include "draw/text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NS_PER_MS UINT64_C(1000000)
#define FEED_BYTES (8u << 20)
#define USERS_PATIENCE_MS 200
#define FAREWELL_MS 1000

enum { FD_MONITOR, FD_SIGNALS, FD_USERS, FD_OUTPUT, FD_COUNT };

static int fail(char *error, size_t size, int code, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return code;
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
		if (log_is_pid(log->config->watches[i]))
			code = watch_pid(log, log->config->watches[i], error, size);
	}
	return code;
}

/* Once the first scan is in the tree. What happened meanwhile is in the feed. */
static int become_ready(struct log *log, char *error, size_t size)
{
	int code = watch_pids(log, error, size);
	int err = code ? 0 : log_learn_first_scan(log);

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
	if (log->held_since_ns && log->held_since_ns + LOG_HOLD_NS < next_ns)
		next_ns = log->held_since_ns + LOG_HOLD_NS;
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
		err = log_flush(log, -1);
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
			err = log_print_news(log, -1);
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
	err = log_new_then(log);
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
		log_print_news(log, 0);
	log_rules_end(log->rules);
	if (log->by_command)
		by_command_print(log->by_command, &log->lines);
	if (log->config->json)
		log_line_summary(&log->lines, status);
	err = log_flush(log, FAREWELL_MS);
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
