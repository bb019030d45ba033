/* SPDX-License-Identifier: MIT */
/*
 * The tabs of the page of one process, over a fake /proc: columns at every width, hostile names,
 * what is masked, refused and over; how rows come, and how many of them are kept.
 */
#include "screen.h"

#include "model/inspect-rows.h"
#include "ui/keymap.h"
#include "views/details.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>

#define PID 201

static void write_text(struct screen *screen, const char *name, const char *text)
{
	char path[128];

	for (const char *slash = name; (slash = strchr(slash, '/')); slash++) {
		snprintf(path, sizeof(path), "%s/%d/%.*s", screen->root, PID, (int)(slash - name),
			 name);
		mkdir(path, 0755);
	}
	write_file(screen->root, PID, name, text, strlen(text));
}

static void write_descriptor(struct screen *screen, int number, const char *target, unsigned flags)
{
	char path[128], text[64], info[32];

	snprintf(path, sizeof(path), "%s/%d/fd", screen->root, PID);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%d/fd/%d", screen->root, PID, number);
	assert_int_equal(symlink(target, path), 0);
	snprintf(info, sizeof(info), "fdinfo/%d", number);
	snprintf(text, sizeof(text), "pos:\t0\nflags:\t0%o\nmnt_id:\t1\n", flags);
	write_text(screen, info, text);
}

/* ---- looking at it ---- */

static struct details_view *view_of(struct screen *screen)
{
	assert_ptr_equal(open_kind(screen), &details_view_kind);
	return (struct details_view *)top_of(screen);
}

static void await_answers(struct screen *screen)
{
	struct inspector *inspector = screen->session.scene.world.inspector;
	struct pollfd answer = { .fd = inspector_fd(inspector), .events = POLLIN };

	draw(screen);
	while (view_of(screen)->progress == DETAILS_READING) {
		assert_int_equal(poll(&answer, 1, 10000), 1);
		inspector_take_wake(inspector);
		draw(screen);
	}
}

static void open_tab(struct screen *screen, pid_t pid, const char *keys)
{
	char text[32];

	snprintf(text, sizeof(text), "%d\r", pid);
	type(screen, text);
	type(screen, keys);
	await_answers(screen);
}

/* From the page's first line on, without empty lines at the end. */
static void expect_page(struct screen *screen, int rows, int cols, const char *expected)
{
	char *dump, *at, *last;

	resize(screen, rows, cols);
	await_answers(screen);
	dump = at = canvas_dump(screen->canvas);
	for (int i = 0; i < panes_area(&screen->session.panes, top_of(screen)).y; i++)
		at = strchr(at, '\n') + 1;
	last = strstr(at, "F1Help");
	if (last)
		*last = '\0';
	trim_empty_lines(at);
	if (strcmp(at, expected))
		print_message("got:\n%s\nexpected:\n%s\n", at, expected);
	assert_string_equal(at, expected);
	free(dump);
}

/* ---- environment ---- */

static const char environment[] = "HOME=/home/alice\0"
				  "API_KEY=abc123\0"
				  "PWD=/home\0"
				  "db_url=postgres://al:geheim@db/x\0"
				  "EVIL\x1b]0;x\a=\x1b[31mred\xff\0"
				  "nothing\0"
				  "EMPTY=\0"
				  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";

static void secrets_are_masked_until_the_key_is_pressed(void **state)
{
	struct screen *screen = *state;

	write_file(screen->root, PID, "environ", environment, sizeof(environment));
	open_tab(screen, PID, "e");
	expect_page(
	    screen, 24, 80,
	    " bash 201                                                           8 variables\n"
	    " Details  Environment  Files  Maps  Threads\n"
	    " HOME=/home/alice\n"
	    " API_KEY=••••••••\n"
	    " PWD=/home\n"
	    " db_url=••••••••\n"
	    " EVIL\\x1b]0;x\\a=\\x1b[31mred\\xff\n"
	    " nothing (there is no = in it)\n"
	    " EMPTY=\n"
	    " PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin\n");
	type(screen, "s");
	expect_on_screen(screen, " API_KEY=abc123\n");
	expect_on_screen(screen, " db_url=postgres://al:geheim@db/x\n");
	type(screen, "s");
	expect_on_screen(screen, " API_KEY=••••••••\n");
	type(screen, "sqke"); /* of another process they are masked again */
	await_answers(screen);
	type(screen, "q");
	open_tab(screen, PID, "e");
	expect_on_screen(screen, " API_KEY=••••••••\n");
	expect_page(screen, 10, 40,
		    " bash 201                   8 variables\n"
		    " Details Environment Files Maps Threads\n"
		    " HOME=/home/alice\n"
		    " API_KEY=••••••••\n"
		    " PWD=/home\n"
		    " db_url=••••••••\n"
		    " EVIL\\x1b]0;x\\a=\\x1b[31mred\\xff\n"
		    " nothing (there is no = in it)\n");
}

static void what_looks_like_a_secret_is_told_by_words(void **state)
{
	static const char *const secret[] = { "PASSWORD",     "mysql_pwd",  "AWS_SECRET_ACCESS_KEY",
					      "GITHUB_TOKEN", "Passphrase", "NPM_AUTH",
					      "SSH_PRIVATE",  "MY-KEY",	    "credentials" };
	static const char *const open[] = { "PATH",   "PWD",	    "OLDPWD",
					    "MONKEY", "KEYMAP",	    "SSH_AUTH_SOCK",
					    "AUTHOR", "XAUTHORITY", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(secret) / sizeof(*secret); i++)
		assert_true(inspect_is_secret(secret[i], strlen(secret[i]), "x", 1));
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		assert_false(inspect_is_secret(open[i], strlen(open[i]), "x", 1));
	assert_true(inspect_is_secret("URL", 3, "amqp://u:p@h", 12));
	assert_false(inspect_is_secret("URL", 3, "http://h:80/@", 13));
	assert_false(inspect_is_secret("URL", 3, "http://u@h", 10));
	assert_false(inspect_is_secret("URL", 3, NULL, 0));
}

/* ---- files ---- */

static const char tcp[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 "
    "701 1 0000000000000000 100 0 0 10 0\n"
    "   1: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 "
    "702 1 0000000000000000 20 4 30 10 -1\n";

static void write_files(struct screen *screen)
{
	char path[128];

	write_text(screen, "net/tcp", tcp);
	write_descriptor(screen, 0, "/dev/null", 0100000);
	write_descriptor(screen, 1, "pipe:[900]", 01);
	write_descriptor(screen, 2, "/tmp/a\x1b[31mb\n (deleted)", 0100002);
	write_descriptor(screen, 3, "socket:[701]", 02);
	write_descriptor(screen, 4, "socket:[702]", 02);
	write_descriptor(screen, 5, "anon_inode:[eventfd]", 02);
	write_descriptor(screen, 6, "socket:[999]", 02);
	write_descriptor(screen, 12, "pipe:[901]", 0);
	/* make reads what it writes */
	snprintf(path, sizeof(path), "%s/300/fd", screen->root);
	mkdir(path, 0755);
	strcat(path, "/0");
	assert_int_equal(symlink("pipe:[900]", path), 0);
	snprintf(path, sizeof(path), "%s/300/fdinfo", screen->root);
	mkdir(path, 0755);
	write_file(screen->root, 300, "fdinfo/0", "pos:\t0\nflags:\t00\n", 17);
}

static void files_say_what_they_are_and_who_is_at_the_other_end(void **state)
{
	struct screen *screen = *state;

	write_files(screen);
	open_tab(screen, PID, "o");
	expect_page(
	    screen, 24, 80,
	    " bash 201                                                          8 open files\n"
	    " Details  Environment  Files  Maps  Threads\n"
	    "    FD KIND      RW WHAT\n"
	    "     0 device    r  /dev/null\n"
	    "     1 pipe      w  pipe:[900] -> make 300\n"
	    "     2 other     rw /tmp/a\\x1b[31mb\\n (deleted)\n"
	    "     3 socket    rw tcp LISTEN 127.0.0.1:8080\n"
	    "     4 socket    rw tcp ESTABLISHED 127.0.0.1:8080 -> 127.0.0.1:50000\n"
	    "     5 anonymous rw [eventfd]\n"
	    "     6 socket    rw socket:[999]\n"
	    "    12 pipe      r  pipe:[901] <- nobody\n");
	expect_page(screen, 10, 40,
		    " bash 201                  8 open files\n"
		    " Details Environment Files Maps Threads\n"
		    "    FD KIND      WHAT\n"
		    "     0 device    /dev/null\n"
		    "     1 pipe      pipe:[900] -> make 300\n"
		    "     2 other     /tmp/a\\x1b[31mb\\n\n"
		    "                 (deleted)\n"
		    "     3 socket    tcp LISTEN\n");
	resize(screen, 50, 160);
	expect_on_screen(screen, "\n    12 pipe      r  pipe:[901] <- ");
}

/* ---- maps ---- */

static const char smaps[] = "1000-3000 r-xp 00000000 08:01 7 /usr/lib/a.so\n"
			    "Size:                  8 kB\nRss:                   8 kB\n"
			    "Pss:                   4 kB\nPrivate_Dirty:         0 kB\n"
			    "Swap:                  0 kB\n"
			    "4000-104000 rw-p 00000000 00:00 0 [heap]\n"
			    "Size:               1024 kB\nRss:                 512 kB\n"
			    "Pss:                 512 kB\nPrivate_Dirty:       512 kB\n"
			    "Swap:                 64 kB\n"
			    "200000-201000 rw-p 00000000 00:00 0 \n"
			    "Size:                  4 kB\nRss:                   4 kB\n"
			    "Pss:                   4 kB\nSwap:                  0 kB\n"
			    "300000-301000 r--p 00000000 08:01 9 /tmp/x\\012y (deleted)\n"
			    "Size:                  4 kB\nRss:                   0 kB\n"
			    "Pss:                   0 kB\nSwap:                  0 kB\n"
			    "5000-6000 r--p 00002000 08:01 7 /usr/lib/a.so\n"
			    "Size:                  4 kB\nRss:                   4 kB\n"
			    "Pss:                   1 kB\nSwap:                  0 kB\n";

static void maps_are_summed_by_file_the_largest_first(void **state)
{
	struct screen *screen = *state;

	write_text(screen, "smaps", smaps);
	open_tab(screen, PID, "ol");
	await_answers(screen);
	expect_page(
	    screen, 24, 80,
	    " bash 201                                                                5 maps\n"
	    " Details  Environment  Files  Maps  Threads\n"
	    "   RSS   PSS  SIZE  SWAP   MAPS FILE\n"
	    "  528K  521K  1.0M   64K      5 all of them\n"
	    "  512K  512K  1.0M   64K      1 [heap]\n"
	    "   12K    5K   12K    0K      2 /usr/lib/a.so\n"
	    "    4K    4K    4K    0K      1 anonymous\n"
	    "    0K    0K    4K    0K      1 /tmp/x\\012y (deleted)\n");
	expect_page(screen, 10, 40,
		    " bash 201                        5 maps\n"
		    " Details Environment Files Maps Threads\n"
		    "   RSS   PSS  SIZE FILE\n"
		    "  528K  521K  1.0M all of them\n"
		    "  512K  512K  1.0M [heap]\n"
		    "   12K    5K   12K /usr/lib/a.so\n"
		    "    4K    4K    4K anonymous\n"
		    "    0K    0K    4K /tmp/x\\012y (deleted)\n");
}

/* ---- threads ---- */

static void write_task(struct screen *screen, pid_t tid, const char *name, char state,
		       unsigned ticks)
{
	char path[32], text[256];

	snprintf(path, sizeof(path), "task/%d/stat", tid);
	snprintf(text, sizeof(text),
		 "%d (%s) %c 200 201 201 0 -1 0 0 0 0 0 %u 0 0 0 20 0 2 0 77 0 0 0 0 0 0 0 0 0 0 0 "
		 "0 0 0 0 17 1 0 0 0 0 0\n",
		 tid, name, state, ticks);
	write_text(screen, path, text);
	snprintf(path, sizeof(path), "task/%d/wchan", tid);
	write_text(screen, path, state == 'R' ? "0" : "futex_do_wait");
	snprintf(path, sizeof(path), "task/%d/stack", tid);
	write_text(screen, path,
		   state == 'R' ? ""
				: "[<0>] futex_do_wait+0x1/0x2\n[<0>] __futex_wait+0x3/0x4\n"
				  "[<0>] do_syscall_64+0x5/0x6\n");
}

static void threads_say_what_they_use_and_wait_for(void **state)
{
	struct screen *screen = *state;
	struct details_view *details;

	write_task(screen, 201, "bash", 'S', 100);
	write_task(screen, 202, "w\x1b[31m)x", 'R', 100);
	open_tab(screen, PID, "oll");
	resize(screen, 24, 80);
	expect_on_screen(screen,
			 " bash 201                                                             2 "
			 "threads\n Details  Environment  Files  Maps  Threads\n"
			 "     TID S %CPU  TIME NAME            WAITS IN\n");
	expect_on_screen(screen,
			 "\n     201 S      1.00s bash            futex_do_wait < __futex_wait\n");
	expect_on_screen(screen, "\n     202 R      1.00s w\\x1b[31m)x\n");
	/* All of a CPU since the reading before: what more it used is cut there. */
	write_task(screen, 202, "w\x1b[31m)x", 'R', 100000);
	details = view_of(screen);
	screen->session.scene.moment.now_ns += 100 * S;
	draw(screen);
	assert_int_equal(details->progress, DETAILS_READING);
	await_answers(screen);
	resize(screen, 50, 160);
	expect_on_screen(screen, "     TID S %CPU  TIME  ON NAME            WAITS IN\n");
	expect_on_screen(screen,
			 "\n     201 S    0 1.00s   1 bash            futex_do_wait < __fut");
	expect_on_screen(screen, "\n     202 R  100 16m40   1 w\\x1b[31m)x\n");
	resize(screen, 10, 40);
	expect_on_screen(screen, "     TID S %CPU NAME            WAITS IN\n");
	expect_on_screen(screen, "\n     201 S    0 bash            futex_d…\n");
	expect_on_screen(screen, "\n     202 R  100 w\\x1b[31m)x\n");
}

/* ---- which tab ---- */

static void tabs_are_opened_by_keys_and_by_the_mouse(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	type(screen, "201\ro");
	assert_int_equal(view_of(screen)->tab, DETAILS_FILES);
	type(screen, "e");
	assert_int_equal(view_of(screen)->tab, DETAILS_ENVIRONMENT);
	type(screen, "hhh");
	assert_int_equal(view_of(screen)->tab, DETAILS_OVERVIEW);
	type(screen, "llllll");
	assert_int_equal(view_of(screen)->tab, DETAILS_THREADS);
	draw(screen);
	top_of(screen)->kind->click(top_of(screen), 1, 30);
	assert_int_equal(view_of(screen)->tab, DETAILS_MAPS);
	top_of(screen)->kind->click(top_of(screen), 1, 9); /* between two */
	top_of(screen)->kind->click(top_of(screen), 0, 1);
	assert_int_equal(view_of(screen)->tab, DETAILS_MAPS);
	type(screen, "s");
	expect_on_screen(screen, "only the environment has what is masked");
	type(screen, "q");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
}

/* ---- what is not there ---- */

static void what_is_over_has_none_any_more(void **state)
{
	struct screen *screen = *state;
	uint64_t id = id_of(screen, 300);

	exit_ago(screen, 2000, 300, 0);
	type(screen, "xx");
	resize(screen, 24, 80);
	draw(screen);
	tree_view_go_to(screen->session.panes.tree, id);
	type(screen, "o");
	await_answers(screen);
	expect_on_screen(screen, " it is over, and has none any more\n");
	type(screen, "l");
	expect_on_screen(screen, " it is over, and has none any more\n");
}

static void what_was_read_stays_when_it_ends(void **state)
{
	struct screen *screen = *state;
	char path[100];

	write_file(screen->root, PID, "environ", "A=1", 4);
	resize(screen, 24, 80);
	open_tab(screen, PID, "e");
	snprintf(path, sizeof(path), "%s/%d", screen->root, PID);
	remove_tree(path);
	exit_ago(screen, 0, PID, 0);
	screen->session.scene.moment.now_ns += 5 * S;
	await_answers(screen);
	expect_on_screen(screen, " it is over, and has none any more: as read last\n A=1\n");
}

static void a_kernel_thread_has_no_memory_to_look_into(void **state)
{
	struct screen *screen = *state;

	uint64_t id = id_of(screen, 3);

	resize(screen, 24, 80);
	draw(screen);
	tree_view_go_to(screen->session.panes.tree, id);
	type(screen, "e");
	await_answers(screen);
	expect_on_screen(screen, " a kernel thread has none\n");
}

/* ---- how it comes ---- */

enum { REFUSED = -EACCES };
static atomic_int may_go_on;

static void wait_for(int step)
{
	while (atomic_load(&may_go_on) < step)
		usleep(1000);
}

/* 30,000 of them; then it waits, twice. */
static void read_many(struct inspect_reading *reading, const char *proc_path,
		      const struct inspect_request *request)
{
	struct inspect_rows rows;

	(void)proc_path;
	inspect_rows_begin(&rows, reading);
	if (request->what == INSPECT_MAPS) {
		inspect_rows_end(&rows, REFUSED);
		return;
	}
	for (int i = 0; i < 30000; i++) {
		struct listing *listing = inspect_rows_add(&rows);

		if (listing) {
			listing_cells(listing);
			listing_put_cell(listing, "%d", i);
			listing_put(listing, "%0100d", i);
		}
		if (i == 11999) {
			inspect_rows_tell(&rows);
			wait_for(1);
		}
	}
	inspect_rows_end(&rows, 0);
	wait_for(2);
}

static void read_by(struct screen *screen, inspect_function *read)
{
	struct world *world = &screen->session.scene.world;

	atomic_store(&may_go_on, 0);
	inspector_free(world->inspector);
	assert_int_equal(inspector_new(&world->inspector, screen->root, read), 0);
}

static void await_done(struct screen *screen, uint64_t done)
{
	for (int i = 0; i < 10000 && view_of(screen)->rows.done < done; i++) {
		usleep(1000);
		draw(screen);
	}
	assert_int_equal(view_of(screen)->rows.done, done);
}

static void rows_come_as_they_are_read_and_so_many_are_kept(void **state)
{
	struct screen *screen = *state;

	read_by(screen, read_many);
	resize(screen, 24, 80);
	type(screen, "201\ro");
	await_done(screen, 12000);
	expect_on_screen(screen, "reading… 12,000\n");
	expect_on_screen(screen, "\n     3              0");
	assert_int_equal(view_of(screen)->rows.shown.count, INSPECT_ROWS_MAX);
	atomic_store(&may_go_on, 1);
	await_done(screen, 30000);
	expect_on_screen(screen, " 30,000 open files\n");
	assert_int_equal(view_of(screen)->rows.shown.count, INSPECT_ROWS_MAX);
	assert_true(view_of(screen)->rows.shown.bytes_capacity < 2 * INSPECT_BYTES_MAX);
	type(screen, "G");
	expect_on_screen(screen, " and 20,000 more, which are not shown\n");
	expect_on_screen(screen, "\n  9999              0");
	expect_on_screen(screen, "…\n"); /* of so many each has a line */
	atomic_store(&may_go_on, 2);
}

static void what_is_left_is_given_up(void **state)
{
	struct screen *screen = *state;

	read_by(screen, read_many);
	resize(screen, 24, 80);
	type(screen, "201\ro");
	await_done(screen, 12000);
	type(screen, "l");
	await_answers(screen); /* though the other one still waits */
	expect_on_screen(screen, " not permitted: its user, or CAP_SYS_PTRACE, may see it\n");
	atomic_store(&may_go_on, 2);
	usleep(50000);
	draw(screen);
	assert_int_equal(view_of(screen)->rows.done, 0);
	assert_false(view_of(screen)->rows.shown.count);
}

static void one_that_hangs_is_said_and_tried_once_more(void **state)
{
	struct screen *screen = *state;
	struct details_view *details;

	read_by(screen, read_many);
	resize(screen, 24, 80);
	type(screen, "201\ro");
	await_done(screen, 12000);
	details = view_of(screen);
	screen->session.scene.moment.now_ns += 3 * S;
	expect_on_screen(screen, "reading hangs");
	expect_on_screen(screen, "\n     3              0"); /* what has come is there */
	screen->session.scene.moment.now_ns += 10 * S;
	draw(screen);
	assert_int_equal(details->progress, DETAILS_READING);
	screen->session.scene.moment.now_ns += 3 * S;
	draw(screen);
	assert_int_equal(details->progress, DETAILS_HANGS);
	screen->session.scene.moment.now_ns += 1000 * S;
	draw(screen);
	assert_int_equal(details->progress, DETAILS_HANGS);
	atomic_store(&may_go_on, 2);
}

/* ---- the last minute ---- */

static void the_last_minute_is_a_graph(void **state)
{
	struct details_history history = { .count = 5,
					   .cpu_permille = { 900, 450, 0, DETAILS_CPU_UNKNOWN, 0 },
					   .rss_bytes = { 8 << 20, 6 << 20, 4 << 20, 4 << 20,
							  DETAILS_RSS_UNKNOWN } };
	struct listing listing = { 0 };
	const struct listing_line *line;

	(void)state;
	details_list_cpu_history(&listing, &history, 68, true);
	details_list_rss_history(&listing, &history, 68, false);
	details_list_cpu_history(&listing, &history, 23, false); /* three of them have room */
	assert_int_equal(listing.count, 3);
	line = &listing.lines[0];
	assert_memory_equal(listing_label(&listing, line), "last 5 s", 8);
	assert_memory_equal(listing_value(&listing, line), "▁ ▁▅█  at most 90 %", line->size);
	line = &listing.lines[1];
	assert_memory_equal(listing_value(&listing, line), " __+#  4.0M to 8.0M", line->size);
	line = &listing.lines[2];
	assert_memory_equal(listing_label(&listing, line), "last 3 s", 8);
	assert_memory_equal(listing_value(&listing, line), "_+#  at most 90 %", line->size);
	listing_clear(&listing);
}

static void what_was_not_seen_is_a_gap(void **state)
{
	struct details_history history = { 0 };

	(void)state;
	details_history_tick(&history, NULL, 7);
	details_history_tick(&history, NULL, 7);
	assert_int_equal(history.count, 1);
	history.cpu_permille[0] = 5;
	details_history_tick(&history, NULL, 10);
	assert_int_equal(history.count, 4);
	assert_int_equal(history.cpu_permille[3], 5);
	assert_int_equal(history.cpu_permille[1], DETAILS_CPU_UNKNOWN);
	details_history_tick(&history, NULL, 1000);
	assert_int_equal(history.count, DETAILS_HISTORY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(secrets_are_masked_until_the_key_is_pressed),
		cmocka_unit_test(what_looks_like_a_secret_is_told_by_words),
		SCREEN_TEST(files_say_what_they_are_and_who_is_at_the_other_end),
		SCREEN_TEST(maps_are_summed_by_file_the_largest_first),
		SCREEN_TEST(threads_say_what_they_use_and_wait_for),
		SCREEN_TEST(tabs_are_opened_by_keys_and_by_the_mouse),
		SCREEN_TEST(what_is_over_has_none_any_more),
		SCREEN_TEST(what_was_read_stays_when_it_ends),
		SCREEN_TEST(a_kernel_thread_has_no_memory_to_look_into),
		SCREEN_TEST(rows_come_as_they_are_read_and_so_many_are_kept),
		SCREEN_TEST(what_is_left_is_given_up),
		SCREEN_TEST(one_that_hangs_is_said_and_tried_once_more),
		cmocka_unit_test(the_last_minute_is_a_graph),
		cmocka_unit_test(what_was_not_seen_is_a_gap),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
