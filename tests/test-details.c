/* SPDX-License-Identifier: MIT */
/*
 * The page of one process, over a fake /proc: what is said of it, what is refused, what is over,
 * what hangs; and how a listing is wrapped.
 */
#include "screen.h"

#include "model/details.h"
#include "views/details.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/stat.h>

#define PID 201

/* ---- a process with all there is ---- */

static const char status[] =
    "Name:\tbash\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t201\nPid:\t201\nPPid:\t200\n"
    "TracerPid:\t0\nUid:\t4711\t0\t0\t0\nGid:\t100\t100\t100\t100\nGroups:\t27 100\n"
    "VmPeak:\t9000 kB\nVmSize:\t8192 kB\nVmHWM:\t5120 kB\nVmRSS:\t4096 kB\nRssAnon:\t1024 kB\n"
    "RssFile:\t3072 kB\nRssShmem:\t0 kB\nVmSwap:\t512 kB\nThreads:\t1\n"
    "CapInh:\t0000000000000000\nCapPrm:\t0000000000000001\nCapEff:\t0000000000000001\n"
    "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"
    "Seccomp_filters:\t3\nCpus_allowed_list:\t0-3\nvoluntary_ctxt_switches:\t7\n"
    "nonvoluntary_ctxt_switches:\t2\n";

static const char limits[] =
    "Limit                     Soft Limit           Hard Limit           Units     \n"
    "Max cpu time              60                   unlimited            seconds   \n"
    "Max processes             100                  200                  processes \n"
    "Max open files            1024                 1048576              files     \n";

static void write_text(struct screen *screen, const char *name, const char *text)
{
	write_file(screen->root, PID, name, text, strlen(text));
}

static void write_link(struct screen *screen, const char *name, const char *target)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%d/%s", screen->root, PID, name);
	unlink(path);
	assert_int_equal(symlink(target, path), 0);
}

static void write_details(struct screen *screen)
{
	char stat[256];

	snprintf(stat, sizeof(stat),
		 "201 (bash) S 200 201 201 34819 201 0 11 0 2 0 120 40 300 10 20 0 1 0 %lu 8388608 "
		 "1024 0 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		 (unsigned long)((NOW_S - 3500) * (uint64_t)sysconf(_SC_CLK_TCK)));
	write_text(screen, "stat", stat);
	write_text(screen, "status", status);
	write_text(screen, "limits", limits);
	write_text(screen, "cgroup", "0::/user.slice/user-4711.slice/session-3.scope\n");
	write_text(screen, "io",
		   "rchar: 4096\nwchar: 2048\nsyscr: 5\nsyscw: 6\nread_bytes: 1048576\n"
		   "write_bytes: 0\ncancelled_write_bytes: 0\n");
	write_text(screen, "oom_score", "666\n");
	write_text(screen, "oom_score_adj", "100\n");
	write_text(screen, "loginuid", "4711\n");
	write_text(screen, "sessionid", "3\n");
	write_link(screen, "cwd", "/home/al\x1b[31mice");
	write_link(screen, "root", "/");
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

static void open_details(struct screen *screen, pid_t pid, const char *key)
{
	char keys[32];

	resize(screen, 100, 90);
	snprintf(keys, sizeof(keys), "%d\r", pid);
	type(screen, keys);
	type(screen, key);
	await_answers(screen);
}

static void all_that_is_known_is_on_the_page(void **state)
{
	static const char *const expected[] = {
		" command    -bash",
		" state      sleeping",
		" started    1970-04-26 16:48:20 (58m20 ago)",
		" user       real 4711, effective root (0), saved root (0), filesystem root (0)",
		" directory  /home/al\\x1b[31mice",
		" cause      a login over ssh, by sshd 200",
		" unit       session-3.scope",
		" login      4711, session 3",
		"       100  sshd: /usr/sbin/sshd -D",
		"       201  -bash",
		" CPU        1.20s in programs, 400ms in the kernel; last on CPU 1",
		" faults     11 without I/O, 2 that had to read",
		" scheduled  SCHED_OTHER, nice 0",
		" memory     4.0M resident (at most 5.0M), 512K swapped out, 8.0M of addresses",
		" I/O        1.0M read from storage, 0K written to it; of all kinds 4K in 5 reads",
		" switches   7 to wait, 2 because others came first",
		" capable of CHOWN",
		" groups     27 100",
		" new rights none by setuid programs (no_new_privs)",
		" seccomp    filtered, 3 filters",
		" limit      cpu time (seconds) 60, can be raised to unlimited",
		" limit      processes 100, can be raised to 200",
		" limit      open files 1024, can be raised to 1048576",
		" may run on CPU 0-3",
		" OOM score  666, of which somebody set +100",
		" there      1",
		"       300  make -j4",
	};
	struct screen *screen = *state;

	write_details(screen);
	open_details(screen, PID, "\r");
	for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++)
		expect_on_screen(screen, expected[i]);
	expect_on_screen(screen, "can be raised to 200\n"); /* the unit is said once */
}

static void when_its_user_changed_is_said_whatever_it_did_since(void **state)
{
	static const struct ptree_event becomes = {
		.kind = PTREE_EVENT_UID, .pid = PID, .tgid = PID, .u.id = { 4711, 0 }
	};
	struct screen *screen = *state;

	write_details(screen);
	apply(screen, becomes, 60000);
	exec_ago(screen, 5000, PID, "sh", 3);
	open_details(screen, PID, "\r");
	expect_on_screen(
	    screen, "            since 1970-04-26 17:45:40 (1m00 ago), when it changed its user or "
		    "group");
}

static void what_the_tree_knows_is_there_at_once(void **state)
{
	struct screen *screen = *state;

	resize(screen, 40, 80);
	type(screen, "300\r\r");
	screen->session.scene.moment.is_held = true; /* as while a key is answered */
	expect_on_screen(screen, " make 300");
	expect_on_screen(screen, "reading…");
	expect_on_screen(screen, " command    make -j4");
	expect_on_screen(screen, "       300  make -j4");
	screen->session.scene.moment.is_held = false;
}

static void what_is_over_is_told_from_the_tree(void **state)
{
	struct screen *screen = *state;
	uint64_t id = id_of(screen, 300);

	exec_ago(screen, 30000, 300, "cc\0-c\0a.c", 9);
	exit_ago(screen, 2000, 300, 2 << 8);
	type(screen, "xx");
	resize(screen, 100, 90);
	draw(screen);
	tree_view_go_to(screen->session.panes.tree, id);
	type(screen, "\r");
	await_answers(screen);
	expect_on_screen(screen, " command    cc -c a.c");
	expect_on_screen(screen, " ended      ✗ exit 2");
	expect_on_screen(screen, " before     make -j4");
	expect_on_screen(screen, "       201  -bash");
	assert_false(view_of(screen)->read[INSPECT_QUICK]);
}

/* It cannot be opened, as under hidepid. */
static void what_is_refused_says_what_it_takes(void **state)
{
	struct details_input input = { 0 };
	struct inspection read = { 0 };
	struct listing listing = { 0 };

	(void)state;
	input.read[INSPECT_QUICK] = &read;
	read.details.status[PTREE_PIECE_IO] = PTREE_PIECE_REFUSED;
	assert_null(details_piece(&listing, &input, "I/O", PTREE_PIECE_IO));
	assert_int_equal(listing.count, 1);
	assert_non_null(memmem(listing.bytes, listing.size, "CAP_SYS_PTRACE", 14));
	read.details.status[PTREE_PIECE_IO] = PTREE_PIECE_NONE;
	assert_null(details_piece(&listing, &input, "I/O", PTREE_PIECE_IO));
	assert_int_equal(listing.count, 1);
	listing_clear(&listing);
}

/* ---- what hangs ---- */

static atomic_bool is_let_go;

/* What waits for nobody is told, and then it waits until the test is done with it. */
static void read_and_hang(struct inspect_reading *reading, const char *proc_path,
			  const struct inspect_request *request)
{
	struct inspection *answer = calloc(1, sizeof(*answer));

	(void)proc_path;
	(void)request;
	assert_non_null(answer);
	answer->details.status[PTREE_PIECE_SECCOMP] = PTREE_PIECE_KNOWN;
	inspect_tell(reading, answer);
	while (!atomic_load(&is_let_go))
		usleep(1000);
}

static void make_it_hang(struct screen *screen)
{
	struct world *world = &screen->session.scene.world;

	atomic_store(&is_let_go, false);
	inspector_free(world->inspector);
	assert_int_equal(inspector_new(&world->inspector, screen->root, read_and_hang), 0);
}

static void a_reading_that_hangs_is_given_up_and_said(void **state)
{
	struct screen *screen = *state;
	struct inspector *inspector;
	struct pollfd answer = { .events = POLLIN };

	make_it_hang(screen);
	inspector = screen->session.scene.world.inspector;
	answer.fd = inspector_fd(inspector);
	resize(screen, 40, 90);
	type(screen, "201\r\r");
	draw(screen);
	while (!view_of(screen)->read[INSPECT_QUICK]) {
		assert_int_equal(poll(&answer, 1, 10000), 1);
		assert_true(inspector_take_wake(inspector));
		draw(screen);
	}
	expect_on_screen(screen, "reading…");
	expect_on_screen(screen, " seccomp    off"); /* what does not hang is there */
	screen->session.scene.moment.now_ns += 2 * S;
	expect_on_screen(screen, "reading hangs");
	expect_on_screen(screen, " seccomp    off");
	type(screen, "q");
	assert_ptr_equal(open_kind(screen), &tree_view_kind);
	atomic_store(&is_let_go, true);
}

static void so_many_that_hang_are_enough(void **state)
{
	struct inspect_request request = { .pid = PID };
	struct screen *screen = *state;
	struct inspector *inspector;
	int asked = 0, err = -EAGAIN;

	make_it_hang(screen);
	inspector = screen->session.scene.world.inspector;
	while (asked < 100 && !inspector_ask(inspector, &request))
		asked++;
	assert_int_equal(asked, 4);
	atomic_store(&is_let_go, true);
	for (int i = 0; i < 1000 && err; i++) {
		err = inspector_ask(inspector, &request);
		if (err)
			usleep(10000);
	}
	assert_int_equal(err, 0);
}

/* ---- wrapping ---- */

static char *wrapped(struct screen *screen, const struct listing *listing, int cols)
{
	struct lines lines = { 0 };
	struct area area;

	resize(screen, 30, cols);
	area = area_of(screen->canvas);
	area_clear(&area);
	assert_int_equal(lines_wrap(&lines, listing, &area, false), 0);
	for (size_t i = 0; i < lines.count; i++)
		lines_draw(&lines, listing, &area, (int)i, i, false);
	lines_clear(&lines);
	return canvas_dump(screen->canvas);
}

static void expect_wrapped(struct screen *screen, const struct listing *listing, int cols,
			   const char *expected)
{
	char *text = wrapped(screen, listing, cols);

	trim_empty_lines(text);
	assert_string_equal(text, expected);
	free(text);
}

static void long_values_are_wrapped_at_spaces(void **state)
{
	struct screen *screen = *state;
	struct listing listing = { 0 };

	listing_row(&listing, "label");
	listing_put(&listing, "one two three four");
	listing_heading(&listing, "Heading");
	listing_row(&listing, "long");
	listing_put_bytes(&listing, "aaaaaaaaaaaa\n", 13);
	listing_begin(&listing, LISTING_INLINE, "NAME=", 5);
	listing_put(&listing, "a value that is longer");
	listing_begin(&listing, LISTING_INLINE, "SECRET=", 7);
	listing_put(&listing, "never shown");
	listing_set_secret(&listing);
	expect_wrapped(screen, &listing, 22,
		       " label      one two\n"
		       "            three four\n"
		       "\n"
		       " Heading\n"
		       " long       aaaaaaaaaa\n"
		       "            aa\\n\n"
		       " NAME=a value that is\n"
		       "   longer\n"
		       " SECRET=••••••••\n");
	listing_clear(&listing);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(all_that_is_known_is_on_the_page),
		SCREEN_TEST(when_its_user_changed_is_said_whatever_it_did_since),
		SCREEN_TEST(what_the_tree_knows_is_there_at_once),
		SCREEN_TEST(what_is_over_is_told_from_the_tree),
		cmocka_unit_test(what_is_refused_says_what_it_takes),
		SCREEN_TEST(a_reading_that_hangs_is_given_up_and_said),
		SCREEN_TEST(so_many_that_hang_are_enough),
		SCREEN_TEST(long_values_are_wrapped_at_spaces),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
