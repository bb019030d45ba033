/* SPDX-License-Identifier: MIT */
/*
 * The live monitor: owns the monitor, the terminal and the session, and turns the loop. Keys come
 * first, and act on the rows that are seen: they are answered at once, without a look at what has
 * happened since, but for a bounded time, whatever is pasted. Then events are drained, for a
 * bounded time, too. A frame is drawn for events at most 30 times a second, and never while the
 * terminal has not taken the last one.
 */
#include "ui/app.h"
#include "config/theme-file.h"
#include "model/summary.h"
#include "ui/acting.h"
#include "ui/input.h"
#include "ui/on-rules.h"
#include "ui/session.h"
#include "ui/setting-up.h"
#include "ui/term.h"

#include <errno.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)
#define FRAME_NS (33 * NS_PER_MS)
#define TICK_NS NS_PER_S
#define EVENT_BUDGET_NS (4 * NS_PER_MS)
#define KEY_BUDGET_NS (8 * NS_PER_MS)
#define FIRST_FRAME_PATIENCE_NS (300 * NS_PER_MS)
#define FEED_BYTES (128u << 10) /* of what happens between two frames, or is not looked at yet */
#define TICKS_PER_REFRESH 2
#define TICKS_UNTIL_SETTLED 2

enum {
	FD_KEYS,
	FD_MONITOR,
	FD_SIGNALS,
	FD_USERS,
	FD_INSPECTOR,
	FD_CGROUPS,
	FD_READINGS,
	FD_SCREEN,
	FD_COUNT
};

struct app {
	struct ptree_monitor *monitor;
	struct ptree_users *users;
	struct terminal *term;
	struct canvas *canvas;
	struct session session;
	struct keymap_state keys;
	int signal_fd;
	sigset_t signals_before;
	uint64_t begin_ns, frame_ns, tick_ns;
	unsigned ticks;
	bool has_drawn;
	bool has_more_keys; /* that were not taken for want of time; curses may hold them */
	bool is_hung_up;
};

static int fail(char *error, size_t size, int code, const char *what, int err)
{
	snprintf(error, size, "%s: %s", what, strerror(-err));
	return code;
}

/* ---- drawing ---- */

static bool is_starting(const struct app *app)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(app->monitor, &status);
	return status.state == PTREE_MONITOR_STARTING;
}

static struct moment *moment_of(struct app *app)
{
	return &app->session.scene.moment;
}

static void draw(struct app *app)
{
	struct session *session = &app->session;
	struct session_cursor cursor;

	if (session->wants_full_redraw)
		term_redraw(app->term);
	session->wants_full_redraw = false;
	session_update(session, app->canvas);
	cursor = session_draw(session);
	term_blit(app->term, app->canvas, cursor.y, cursor.x);
	session->needs_redraw = false;
	if (!moment_of(app)->is_held) /* what was drawn for a key puts off no news */
		app->frame_ns = moment_of(app)->now_ns;
	app->has_drawn = true;
}

/* When the next frame is due; UINT64_MAX: not before something happens. */
static uint64_t next_frame_ns(const struct app *app)
{
	const struct session *session = &app->session;
	uint64_t change_ns;

	if (!app->has_drawn && is_starting(app))
		return app->begin_ns + FIRST_FRAME_PATIENCE_NS;
	if (session->needs_redraw)
		return 0;
	change_ns = panes_next_change_ns(&session->panes);
	if (!change_ns)
		return UINT64_MAX;
	return change_ns > app->frame_ns + FRAME_NS ? change_ns : app->frame_ns + FRAME_NS;
}

static void draw_if_due(struct app *app)
{
	if (!term_has_output(app->term) && next_frame_ns(app) <= moment_of(app)->now_ns)
		draw(app);
}

static void fit_to_terminal(struct app *app)
{
	int rows, cols;

	term_resize(app->term);
	term_get_size(app->term, &rows, &cols);
	if (rows != app->canvas->rows || cols != app->canvas->cols)
		canvas_resize(app->canvas, rows, cols);
	app->session.needs_redraw = true;
}

/* ---- keys ---- */

/* False: their time is over, and there may be more. */
static bool take_keys(struct app *app)
{
	uint64_t end_ns = ptree_boot_now_ns() + KEY_BUDGET_NS;
	struct key key;
	int result;

	while ((result = term_read_key(app->term, &key)) > 0) {
		input_key(&app->keys, &app->session, &key);
		if (ptree_boot_now_ns() >= end_ns)
			return false;
	}
	if (result < 0)
		app->is_hung_up = true;
	return true;
}

/* ---- signals ---- */

static int block_signals(struct app *app)
{
	static const int wanted[] = {
		SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGTSTP, SIGCONT, SIGQUIT
	};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		sigaddset(&set, wanted[i]);
	sigprocmask(SIG_BLOCK, &set, &app->signals_before);
	app->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return app->signal_fd < 0 ? -errno : 0;
}

static void suspend(struct app *app)
{
	app->session.wants_suspend = false;
	term_suspend(app->term);
	kill(0, SIGTSTP); /* the whole job, as the terminal would; one's own is blocked, and */
	raise(SIGSTOP);	  /* what is pending of it is gone with the SIGCONT */
	term_resume(app->term);
	fit_to_terminal(app);
	app->session.wants_full_redraw = true;
}

static void take_signal(struct app *app, uint32_t number)
{
	switch (number) {
	case SIGWINCH:
		fit_to_terminal(app);
		break;
	case SIGTSTP:
		app->session.wants_suspend = true;
		break;
	case SIGCONT:
		/* Stopped by somebody else's SIGSTOP: the modes may have changed meanwhile. */
		term_resume(app->term);
		fit_to_terminal(app);
		break;
	case SIGHUP:
		app->is_hung_up = true;
		break;
	default:
		app->session.wants_quit = true;
		break;
	}
}

static void take_signals(struct app *app)
{
	struct signalfd_siginfo info;

	while (read(app->signal_fd, &info, sizeof(info)) == sizeof(info))
		take_signal(app, info.ssi_signo);
}

/* One more that asks for the end, while it comes, is answered by it. */
static void drop_signals(struct app *app)
{
	struct signalfd_siginfo info;

	while (read(app->signal_fd, &info, sizeof(info)) == sizeof(info))
		;
}

/* ---- the loop ---- */

static void tick_if_due(struct app *app)
{
	struct session *session = &app->session;
	const struct moment *moment = moment_of(app);

	if (moment->now_ns < app->tick_ns)
		return;
	app->tick_ns = moment->now_ns + TICK_NS;
	world_tick(&session->scene.world, moment->now_ns);
	if (app->ticks == TICKS_UNTIL_SETTLED)
		malloc_trim(0); /* what the first scan took and gave back */
	if (!moment->stopped_ns && app->ticks++ % TICKS_PER_REFRESH == 0)
		tree_view_refresh_seen(session->panes.tree);
	session->needs_redraw = true;
}

static int timeout_ms(const struct app *app)
{
	uint64_t now_ns = ptree_boot_now_ns();
	uint64_t next_ns = app->tick_ns;
	uint64_t frame_ns = next_frame_ns(app);
	uint64_t acting_ns = acting_next_ns(&app->session);
	uint64_t rules_ns = on_rules_next_ns(&app->session);
	uint64_t cgroups_ns = cgroups_next_ns(app->session.scene.world.cgroups);
	uint64_t readings_ns = readings_next_ns(app->session.scene.world.readings);

	if (acting_ns < next_ns)
		next_ns = acting_ns;
	if (rules_ns < next_ns)
		next_ns = rules_ns;
	if (cgroups_ns < next_ns)
		next_ns = cgroups_ns;
	if (readings_ns < next_ns)
		next_ns = readings_ns;
	if (!term_has_output(app->term) && frame_ns < next_ns)
		next_ns = frame_ns;
	if (next_ns <= now_ns)
		return 0;
	return (int)((next_ns - now_ns + NS_PER_MS - 1) / NS_PER_MS);
}

/* What a command left for the clipboard goes to the terminal like a frame. */
static void copy(struct app *app)
{
	struct session *session = &app->session;
	int err;

	if (!session->copied)
		return;
	err = term_copy(app->term, session->copied, session->copied_size);
	if (err == -ENOTSUP)
		session_say(session, true, "this terminal has no clipboard");
	else if (err == -E2BIG)
		session_say(session, true, "%zu bytes are more than a clipboard takes",
			    session->copied_size);
	else if (err)
		session_say(session, true, "cannot copy it: %s", strerror(-err));
	session_copy(session, NULL, 0);
}

static void answer_keys(struct app *app)
{
	moment_of(app)->is_held = app->has_drawn;
	app->has_more_keys = !take_keys(app);
	copy(app);
	if (app->has_drawn)
		draw_if_due(app);
	moment_of(app)->is_held = false;
}

static int turn(struct app *app)
{
	struct session *session = &app->session;
	struct pollfd fds[FD_COUNT] = {
		[FD_KEYS] = { .fd = term_in_fd(app->term), .events = POLLIN },
		[FD_MONITOR] = { .fd = ptree_monitor_fd(app->monitor), .events = POLLIN },
		[FD_SIGNALS] = { .fd = app->signal_fd, .events = POLLIN },
		[FD_USERS] = { .fd = ptree_users_fd(app->users), .events = POLLIN },
		[FD_INSPECTOR] = { .fd = inspector_fd(session->scene.world.inspector),
				   .events = POLLIN },
		[FD_CGROUPS] = { .fd = cgroups_fd(session->scene.world.cgroups), .events = POLLIN },
		[FD_READINGS] = { .fd = readings_fd(session->scene.world.readings),
				  .events = POLLIN },
		[FD_SCREEN] = { .fd = term_has_output(app->term) ? term_out_fd(app->term) : -1,
				.events = POLLOUT },
	};
	int err = 0;

	if (poll(fds, FD_COUNT, app->has_more_keys ? 0 : timeout_ms(app)) < 0 && errno != EINTR)
		return -errno;
	moment_of(app)->now_ns = ptree_boot_now_ns();
	if (fds[FD_SIGNALS].revents)
		take_signals(app);
	if (fds[FD_KEYS].revents || app->has_more_keys)
		answer_keys(app);
	if (term_flush(app->term))
		app->is_hung_up = true;
	if (fds[FD_MONITOR].revents)
		err = ptree_monitor_dispatch(app->monitor, EVENT_BUDGET_NS);
	panes_keep_up(&session->panes);
	on_rules_turn(session);
	if (session->wants_bell && !term_ring(app->term))
		session->wants_bell = false;
	if (err >= 0)
		err = acting_turn(session);
	moment_of(app)->now_ns = ptree_boot_now_ns();
	if (fds[FD_USERS].revents && world_take_names(&session->scene.world))
		session->needs_redraw = true;
	if (fds[FD_INSPECTOR].revents && inspector_take_wake(session->scene.world.inspector))
		session->needs_redraw = true;
	session_read_beyond(session);
	if (app->session.wants_suspend)
		suspend(app);
	tick_if_due(app);
	draw_if_due(app);
	if (term_flush(app->term))
		app->is_hung_up = true;
	return err < 0 ? err : 0;
}

/* ---- beginning and end ---- */

static int check_events(const struct app *app, const struct config *config, char *error,
			size_t size)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(app->monitor, &status);
	if (!config->require_events || (!config->poll && !status.reason))
		return EXIT_OK;
	snprintf(error, size, "no process events: %s", ptree_monitor_reason_text(status.reason));
	return EXIT_NO_EVENTS;
}

/* A bad one is said. */
static void choose_theme(struct app *app, struct config *config)
{
	char error[256], safe[256];

	theme_init(&app->session.theme, term_colors(app->term));
	if (!config->theme || !theme_load(&app->session.theme, config->theme, error, sizeof(error)))
		return;
	text_safe(safe, sizeof(safe), error, strlen(error), text_is_utf8());
	config_warn(config, 0, safe);
	setting_up_say_warnings(&app->session, config);
}

/* The fonts of the kernel's own terminal have no braille. */
static bool wants_block_graphs(const struct config *config)
{
	const char *term = getenv("TERM");

	if (config->graphs != CONFIG_GRAPHS_AUTO)
		return config->graphs == CONFIG_GRAPHS_BLOCK;
	return term && !strcmp(term, "linux");
}

static int start_terminal(struct app *app, struct config *config, char *error, size_t size)
{
	const struct term_options options = {
		.color = config->color == CONFIG_COLOR_ALWAYS  ? TERM_COLOR_ALWAYS
			 : config->color == CONFIG_COLOR_NEVER ? TERM_COLOR_NEVER
							       : TERM_COLOR_AUTO,
		.mouse = !config->no_mouse,
	};
	bool is_refused;
	int rows, cols;
	int err = term_open(&app->term, &options, error, size);

	if (err) {
		is_refused = err == -ENOTTY || err == -ENOTSUP;
		snprintf(error + strlen(error), size - strlen(error), "%s",
			 is_refused ? "; proctop tree and proctop log need no terminal" : "");
		return is_refused ? EXIT_USAGE : EXIT_FAILED;
	}
	term_get_size(app->term, &rows, &cols);
	app->canvas = canvas_new(rows, cols, text_is_utf8());
	if (!app->canvas)
		return fail(error, size, EXIT_FAILED, "cannot start", -ENOMEM);
	app->canvas->ascii_marks = config->ascii;
	app->canvas->block_graphs = wants_block_graphs(config);
	app->canvas->theme = &app->session.theme;
	choose_theme(app, config);
	return EXIT_OK;
}

static int start_session(struct app *app, struct config *config, char *error, size_t size)
{
	int err = session_init(&app->session, app->monitor, app->users);

	return err ? fail(error, size, EXIT_FAILED, "cannot start", err)
		   : setting_up(&app->session, config, error, size);
}

static int start(struct app *app, struct config *config, char *error, size_t size)
{
	const struct ptree_monitor_options options = { .poll_only = config->poll,
						       .no_realtime = config->no_realtime,
						       .realtime_dispatch = !config->no_realtime,
						       .sample_ns = config->delay_ns,
						       .tree = { .feed_bytes = FEED_BYTES } };
	int err = block_signals(app);
	int code;

	if (!err)
		err = ptree_users_new(&app->users);
	if (!err)
		err = ptree_monitor_new(&app->monitor, &options);
	if (err)
		return fail(error, size, EXIT_FAILED, "cannot watch processes", err);
	code = check_events(app, config, error, size);
	if (!code)
		code = start_session(app, config, error, size);
	return code ? code : start_terminal(app, config, error, size);
}

static int run(struct app *app, char *error, size_t size)
{
	app->begin_ns = moment_of(app)->now_ns = ptree_boot_now_ns();
	while (!app->session.wants_quit && !app->is_hung_up) {
		int err = turn(app);

		if (err)
			return fail(error, size, EXIT_FAILED, "stopped", err);
	}
	return EXIT_OK;
}

static void finish(struct app *app)
{
	term_close(app->term);
	setting_up_keep(&app->session);
	drop_signals(app);
	canvas_free(app->canvas);
	session_clear(&app->session);
	ptree_monitor_free(app->monitor);
	ptree_users_free(app->users);
	if (app->signal_fd >= 0)
		close(app->signal_fd);
	sigprocmask(SIG_SETMASK, &app->signals_before, NULL);
}

/* Threads wait for files and not for the heap, so that one is enough; what is large goes back to
   the system as soon as it is given back. */
static void keep_heap_small(void)
{
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_MMAP_THRESHOLD, 64 << 10);
}

int app_run(struct config *config, char *error, size_t error_size)
{
	struct app *app = calloc(1, sizeof(*app));
	struct ptree_monitor_status status = { 0 };
	uint64_t begin_ns = ptree_boot_now_ns();
	int code;

	if (!app)
		return fail(error, error_size, EXIT_FAILED, "cannot start", -ENOMEM);
	app->signal_fd = -1;
	keep_heap_small();
	code = start(app, config, error, error_size);
	if (!code)
		code = run(app, error, error_size);
	if (app->monitor)
		ptree_monitor_get_status(app->monitor, &status);
	finish(app);
	free(app);
	if (config->summary && code == EXIT_OK)
		summary_print(stderr, &status, ptree_boot_now_ns() - begin_ns);
	return code;
}
