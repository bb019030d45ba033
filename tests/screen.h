/* SPDX-License-Identifier: MIT */
/*
 * The screen without a terminal: processes and events in, keys in, text out. A fake /proc and a
 * time of the test's own make every picture the same each time.
 */
#ifndef TESTS_SCREEN_H
#define TESTS_SCREEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "ui/input.h"
#include "ui/session.h"
#include "views/help.h"
#include "views/page.h"
#include "views/picker.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define S UINT64_C(1000000000)
#define NOW_S UINT64_C(10000000)
#define NOW_NS (NOW_S * S)

struct screen {
	char root[64];
	struct ptree_monitor *monitor;
	struct ptree_users *users;
	struct session session;
	struct keymap_state keys;
	struct canvas *canvas;
};

/* ---- the fake /proc ---- */

struct fake {
	pid_t pid, ppid;
	const char *comm, *argv; /* argv: spaces separate the arguments */
	unsigned flags;
	uint64_t age_s;
};

static const struct fake fakes[] = {
	{ 1, 0, "init", "/sbin/init splash", 0, 2 * 86400 },
	{ 2, 0, "kthreadd", "", 0x200000, 2 * 86400 },
	{ 3, 2, "kworker/0:0", "", 0x200000, 2 * 86400 },
	{ 4, 2, "kworker/0:1", "", 0x200000, 2 * 86400 },
	{ 100, 1, "sshd", "sshd: /usr/sbin/sshd -D", 0, 86400 },
	{ 200, 100, "sshd", "sshd: alice [priv]", 0, 3600 },
	{ 201, 200, "bash", "-bash", 0, 3500 },
	{ 300, 201, "make", "make -j4", 0, 70 },
	{ 110, 1, "cron", "/usr/sbin/cron -f", 0, 86400 },
};

static inline void write_file(const char *root, pid_t pid, const char *name, const char *bytes,
			      size_t size)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%d/%s", root, pid, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fwrite(bytes, 1, size, file);
	fclose(file);
}

static inline void write_process(const char *root, const struct fake *fake)
{
	char path[128], text[512];
	size_t length = strlen(fake->argv);

	snprintf(path, sizeof(path), "%s/%d", root, fake->pid);
	assert_int_equal(mkdir(path, 0755), 0);
	snprintf(text, sizeof(text),
		 "%d (%s) S %d 1 1 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 %lu 1000 10 0\n", fake->pid,
		 fake->comm, fake->ppid, fake->flags,
		 (unsigned long)((NOW_S - fake->age_s) * (uint64_t)sysconf(_SC_CLK_TCK)));
	write_file(root, fake->pid, "stat", text, strlen(text));
	snprintf(text, sizeof(text), "%s\n", fake->comm);
	write_file(root, fake->pid, "comm", text, strlen(text));
	snprintf(text, sizeof(text), "%s", fake->argv);
	if (strncmp(fake->argv, "sshd: ", 6)) {
		for (size_t i = 0; i < length; i++)
			text[i] = text[i] == ' ' ? '\0' : text[i];
	}
	write_file(root, fake->pid, "cmdline", text, length ? length + 1 : 0);
}

/* A probe asks for all of it. */
static inline void complete_stat(const char *root, pid_t pid)
{
	char path[128], text[1024];
	size_t size;
	FILE *file;

	snprintf(path, sizeof(path), "%s/%d/stat", root, pid);
	file = fopen(path, "r");
	assert_non_null(file);
	size = fread(text, 1, 512, file);
	fclose(file);
	for (int i = 24; i < 52; i++)
		size += (size_t)snprintf(text + size - 1, sizeof(text) - size, " 0\n") - 1;
	write_file(root, pid, "stat", text, size);
}

static inline void remove_tree(const char *root)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

/* ---- the screen ---- */

static inline int setup(void **state)
{
	struct screen *screen = calloc(1, sizeof(*screen));
	struct ptree_monitor_options options = { .poll_only = true,
						 .tree = { .feed_bytes = 1 << 20 } };

	snprintf(screen->root, sizeof(screen->root), "/tmp/test-screen.XXXXXX");
	assert_non_null(mkdtemp(screen->root));
	for (size_t i = 0; i < sizeof(fakes) / sizeof(*fakes); i++)
		write_process(screen->root, &fakes[i]);
	options.proc_path = screen->root;
	assert_int_equal(ptree_monitor_new(&screen->monitor, &options), 0);
	assert_int_equal(ptree_monitor_wait_ready(screen->monitor, true, 10000), 0);
	assert_int_equal(ptree_users_new(&screen->users), 0);
	ptree_users_name(screen->users, 0); /* so that nothing has to be waited for */
	screen->session.scene.world.proc_path = screen->root;
	assert_int_equal(session_init(&screen->session, screen->monitor, screen->users), 0);
	screen->session.scene.world.real_offset_ns = 0;
	ptree_tree_set_clock_offset(screen->session.scene.world.tree, 0);
	screen->session.scene.moment.now_ns = NOW_NS;
	screen->session.scene.moment.glow_ns = 3 * S;
	screen->session.scene.world.own_uid = 4711;
	screen->canvas = canvas_new(20, 60, true);
	*state = screen;
	return 0;
}

static inline int teardown(void **state)
{
	struct screen *screen = *state;

	canvas_free(screen->canvas);
	session_clear(&screen->session);
	ptree_monitor_free(screen->monitor);
	ptree_users_free(screen->users);
	remove_tree(screen->root);
	free(screen);
	return 0;
}

static inline void resize(struct screen *screen, int rows, int cols)
{
	assert_int_equal(canvas_resize(screen->canvas, rows, cols), 0);
}

static inline struct session_cursor draw(struct screen *screen)
{
	session_update(&screen->session, screen->canvas);
	return session_draw(&screen->session);
}

/* ---- what is open ---- */

static inline struct view *top_of(const struct screen *screen)
{
	return panes_top(&screen->session.panes);
}

static inline const struct view_kind *open_kind(const struct screen *screen)
{
	return top_of(screen)->kind;
}

static inline void close_all(struct screen *screen)
{
	panes_pop_all(&screen->session.panes);
}

/* What the page that is open lists. */
static inline struct page *page_of(struct screen *screen)
{
	draw(screen);
	assert_int_equal(open_kind(screen)->context, VIEW_PAGE);
	return &((struct page_view *)top_of(screen))->page;
}

/* The first line on the screen of a view's list. */
static inline int first_line_of(const struct screen *screen, const struct view *view)
{
	return panes_area(&screen->session.panes, view).y + view->body_y;
}

/* The rows without title, polling line, column titles and last line. */
static inline char *dump_rows(struct screen *screen)
{
	struct canvas *canvas = screen->canvas;
	char *text, *at, *out;
	int left;

	draw(screen);
	left = top_of(screen)->body_rows;
	text = at = canvas_dump(canvas);
	for (int i = 0; i < first_line_of(screen, top_of(screen)); i++)
		at = strchr(at, '\n') + 1;
	out = strdup(at);
	free(text);
	for (at = out; left > 0 && *at; at = strchr(at, '\n') + 1) {
		if (--left == 0) {
			*(strchr(at, '\n') + 1) = '\0';
			break;
		}
	}
	return out;
}

static inline void expect_on_screen(struct screen *screen, const char *text)
{
	char *dump;

	draw(screen);
	dump = canvas_dump(screen->canvas);
	if (!strstr(dump, text))
		print_message("%s\nlacks: %s\n", dump, text);
	assert_non_null(strstr(dump, text));
	free(dump);
}

/* So many of the screen's lines, from one on. */
static inline void expect_lines(struct screen *screen, int from, int count, const char *expected)
{
	char *dump, *at, *end;

	draw(screen);
	dump = at = canvas_dump(screen->canvas);
	while (from--)
		at = strchr(at, '\n') + 1;
	for (end = at; count; count--)
		end = strchr(end, '\n') + 1;
	*end = '\0';
	if (strcmp(at, expected))
		print_message("got:\n%s\nexpected:\n%s\n", at, expected);
	assert_string_equal(at, expected);
	free(dump);
}

static inline void trim_empty_lines(char *text)
{
	size_t length = strlen(text);

	while (length > 1 && text[length - 1] == '\n' && text[length - 2] == '\n')
		text[--length] = '\0';
}

static inline void expect_rows(struct screen *screen, const char *expected)
{
	char *text = dump_rows(screen);

	trim_empty_lines(text);
	if (strcmp(text, expected))
		print_message("got:\n%s\nexpected:\n%s\n", text, expected);
	assert_string_equal(text, expected);
	free(text);
}

static inline void type(struct screen *screen, const char *keys)
{
	for (; *keys; keys++) {
		struct key key = { .code = (unsigned char)*keys };

		draw(screen);
		input_key(&screen->keys, &screen->session, &key);
	}
}

/* One key, of any kind. */
static inline void press(struct screen *screen, uint32_t code)
{
	const struct key key = { .code = code };

	draw(screen);
	input_key(&screen->keys, &screen->session, &key);
	draw(screen);
}

/* A colon, the line, and Enter. */
static inline void say(struct screen *screen, const char *line)
{
	type(screen, ":");
	type(screen, line);
	press(screen, TERM_KEY_ENTER);
}

static inline void apply(struct screen *screen, struct ptree_event event, uint64_t ago_ms)
{
	event.time_ns = NOW_NS - ago_ms * 1000000;
	assert_int_equal(ptree_tree_apply(screen->session.scene.world.tree, &event), 0);
}

static inline void fork_ago(struct screen *screen, uint64_t ago_ms, pid_t parent, pid_t child)
{
	apply(screen,
	      (struct ptree_event){ .kind = PTREE_EVENT_FORK,
				    .pid = child,
				    .tgid = child,
				    .parent_pid = parent,
				    .parent_tgid = parent },
	      ago_ms);
}

static inline void exit_ago(struct screen *screen, uint64_t ago_ms, pid_t pid, uint32_t status)
{
	apply(screen,
	      (struct ptree_event){
		  .kind = PTREE_EVENT_EXIT, .pid = pid, .tgid = pid, .u.exit.status = status },
	      ago_ms);
}

static inline uint64_t id_of(struct screen *screen, pid_t pid)
{
	const struct ptree_node *node = ptree_tree_find(screen->session.scene.world.tree, pid);

	assert_non_null(node);
	return ptree_node_id(node);
}

static inline void exec_ago(struct screen *screen, uint64_t ago_ms, pid_t pid, const char *argv,
			    size_t size)
{
	const struct ptree_image *image;

	apply(screen, (struct ptree_event){ .kind = PTREE_EVENT_EXEC, .pid = pid, .tgid = pid },
	      ago_ms);
	image = ptree_node_image(ptree_tree_find(screen->session.scene.world.tree, pid), 0);
	ptree_tree_set_argv(screen->session.scene.world.tree, id_of(screen, pid), image->begin_ns,
			    image->begin_ns, PTREE_ARGV_READ, argv, size);
}

#define SCREEN_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#endif
