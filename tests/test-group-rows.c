/* SPDX-License-Identifier: MIT */
/* Groups on the screen: their rows, and what keys do on them. */
#include "screen.h"

static inline struct tree_view *tree_of(struct screen *screen)
{
	draw(screen);
	return screen->session.panes.tree;
}

/* The tree's part of the screen, from its first line on. */
static void expect_tree(struct screen *screen, const char *expected)
{
	struct area area;
	char *dump, *at, *end;

	draw(screen);
	area = panes_area(&screen->session.panes, &screen->session.panes.tree->view);
	dump = at = canvas_dump(screen->canvas);
	for (int i = 0; i < area.y; i++)
		at = strchr(at, '\n') + 1;
	end = at;
	for (int i = 0; i < area.rows; i++)
		end = strchr(end, '\n') + 1;
	*end = '\0';
	trim_empty_lines(at);
	if (strcmp(at, expected))
		print_message("got:\n%s\nexpected:\n%s\n", at, expected);
	assert_string_equal(at, expected);
	free(dump);
}

static void become(struct screen *screen, pid_t pid, uint32_t uid)
{
	apply(screen,
	      (struct ptree_event){
		  .kind = PTREE_EVENT_UID, .pid = pid, .tgid = pid, .u.id = { uid, uid } },
	      5000);
}

static void all_become(struct screen *screen)
{
	static const pid_t pids[] = { 1, 2, 3, 4, 100, 110 };

	for (size_t i = 0; i < sizeof(pids) / sizeof(*pids); i++)
		become(screen, pids[i], 0);
	become(screen, 200, 4200000000);
	become(screen, 201, 4200000000);
	become(screen, 300, 4100000000);
}

/* ---- golden screens ---- */

static void a_group_is_a_row_with_sums(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	say(screen, "group user");
	expect_tree(screen,
		    "GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    ">                          · 240K       ▸ root  6 processes\n"
		    "                           ·  40K       ▸ uid 4100000000  1 process\n"
		    "                           ·  80K       ▸ uid 4200000000  2 processes\n");
	resize(screen, 50, 160);
	expect_tree(
	    screen,
	    "GROUPS by user\n"
	    "      PID USER     S CPU% ΣCPU  RSS ΣRSS  THR  TIME   AGE COMMAND\n"
	    ">                            · 240K 240K    6             ▸ root  6 processes\n"
	    "                             ·  40K  40K    1             ▸ uid 4100000000  1 "
	    "process\n"
	    "                             ·  80K  80K    2             ▸ uid 4200000000  2 "
	    "processes\n");
	resize(screen, 10, 40);
	expect_tree(screen, "GROUPS by user\n"
			    ">               ▸ root  6 processes\n"
			    "                ▸ uid 4100000000  1\n"
			    "                ▸ uid 4200000000  2\n");
}

static void it_unfolds_to_trees_of_its_processes(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	say(screen, "group user");
	type(screen, "*");
	expect_tree(screen,
		    "GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    ">                          · 240K       ▾ root  6 processes\n"
		    "        1 root   S         · 120K    2d ├▾ /sbin/init splash\n"
		    "      100 root   S         ·  40K   24h │├─ sshd: /usr/sbin/sshd -D\n"
		    "      110 root   S         ·  40K   24h │└─ /usr/sbin/cron -f\n"
		    "        2 root   S         · 120K    2d └▾ [kthreadd]\n"
		    "        3 root   S         ·  40K    2d  ├─ [kworker/0:0]\n"
		    "        4 root   S         ·  40K    2d  └─ [kworker/0:1]\n"
		    "                           ·  40K       ▾ uid 4100000000  1 process\n"
		    "      300 41000… S         ·  40K  1m10 └─ make -j4\n"
		    "                           ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      200 42000… S         ·  80K 1h00m └▾ sshd: alice [priv]\n"
		    "      201 42000… S         ·  40K 58m20  └─ -bash\n");
	resize(screen, 10, 40);
	expect_tree(screen, "GROUPS by user\n"
			    ">               ▾ root  6 processes\n"
			    "        1    2d ├▾ /sbin/init splash\n"
			    "      100   24h │├─ sshd: /usr/sbin/ssh…\n"
			    "      110   24h │└─ /usr/sbin/cron -f\n"
			    "        2    2d └▾ [kthreadd]\n"
			    "        3    2d  ├─ [kworker/0:0]\n"
			    "        4    2d  └─ [kworker/0:1]\n");
}

static void sessions_have_the_names_of_their_leaders(void **state)
{
	struct screen *screen = *state;

	apply(screen, (struct ptree_event){ .kind = PTREE_EVENT_SID, .pid = 201, .tgid = 201 },
	      5000);
	resize(screen, 24, 80);
	say(screen, "group session");
	expect_tree(screen, "GROUPS by session\n"
			    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
			    ">                          · 320K       ▸ init 1  8 processes\n"
			    "                           ·  40K       ▸ bash 201  1 process\n");
}

static void commands_are_in_the_order_of_names(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	say(screen, "group command");
	expect_tree(screen, "GROUPS by command\n"
			    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
			    ">                          ·  40K       ▸ bash  1 process\n"
			    "                           ·  40K       ▸ cron  1 process\n"
			    "                           ·  40K       ▸ init  1 process\n"
			    "                           ·  40K       ▸ kthreadd  1 process\n"
			    "                           ·  40K       ▸ kworker/0:0  1 process\n"
			    "                           ·  40K       ▸ kworker/0:1  1 process\n"
			    "                           ·  40K       ▸ make  1 process\n"
			    "                           ·  80K       ▸ sshd  2 processes\n");
}

/* ---- keys ---- */

static void b_goes_round(void **state)
{
	struct screen *screen = *state;

	for (int i = 1; i <= GROUP_BY_COUNT; i++) {
		type(screen, "b");
		assert_int_equal(tree_of(screen)->choice.group, i % GROUP_BY_COUNT);
		expect_on_screen(screen, i % GROUP_BY_COUNT
					     ? group_by_name((enum group_by)(i % GROUP_BY_COUNT))
					     : "in no groups");
	}
}

static void enter_unfolds_and_folds(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	say(screen, "group user");
	type(screen, "\r");
	expect_on_screen(screen, "▾ root  6 processes");
	expect_on_screen(screen, "/usr/sbin/cron -f");
	type(screen, "\r");
	expect_on_screen(screen, "▸ root  6 processes");
	type(screen, "dd"); /* there is nobody to send anything to */
	expect_on_screen(screen, "it is a group: c tags all in it");
}

static void a_search_unfolds_to_what_it_finds(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	say(screen, "group user");
	type(screen, "/cron\r");
	assert_true(tree_of(screen)->cursor.id == id_of(screen, 110));
	expect_on_screen(screen, "▸ uid 4100000000");
	resize(screen, 24, 80);
	type(screen, "/uid 42\r"); /* a group's name is found, too */
	expect_on_screen(screen, "user uid 4200000000: 2 processes");
}

static void a_filter_leaves_groups_with_matches(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	say(screen, "group user");
	type(screen, "\\sshd\r");
	expect_tree(
	    screen,
	    "FILTER sshd GROUPS by user                              2 match +1 anc, 6 hidden\n"
	    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
	    ">                          · 240K       ▸ root  1 of 6 processes\n"
	    "                           ·  80K       ▸ uid 4200000000  1 of 2 processes\n");
	type(screen, "*");
	expect_tree(
	    screen,
	    "FILTER sshd GROUPS by user                              2 match +1 anc, 6 hidden\n"
	    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
	    ">                          · 240K       ▾ root  1 of 6 processes\n"
	    "        1 root   S         · 120K    2d └▾ /sbin/init splash\n"
	    "      100 root   S         ·  40K   24h  └─ sshd: /usr/sbin/sshd -D\n"
	    "                           ·  80K       ▾ uid 4200000000  1 of 2 processes\n"
	    "      200 42000… S         ·  80K 1h00m └─ sshd: alice [priv]\n");
}

static void a_watch_leaves_those_below(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	type(screen, "200\rw");
	say(screen, "group command");
	type(screen, "*");
	expect_tree(screen, "WATCH sshd(200) GROUPS by command\n"
			    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
			    ">                          ·  40K       ▾ bash  1 process\n"
			    "      201 42000… S         ·  40K 58m20 └─ -bash\n"
			    "                           ·  40K       ▾ make  1 process\n"
			    "      300 41000… S         ·  40K  1m10 └─ make -j4\n"
			    "                           ·  40K       ▾ sshd  1 process\n"
			    "      200 42000… S         ·  40K 1h00m └─ sshd: alice [priv]\n");
}

static void groups_are_sorted_by_their_sums(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	say(screen, "group user");
	type(screen, "MI");
	expect_tree(screen,
		    "GROUPS by user SORT by memory, reversed\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    ">                          ·  40K       ▸ uid 4100000000  1 process\n"
		    "                           ·  80K       ▸ uid 4200000000  2 processes\n"
		    "                           · 240K       ▸ root  6 processes\n");
	type(screen, "MI");
	say(screen, "list");
	type(screen, "*");
	expect_tree(screen,
		    "GROUPS by user LIST by pid SORT by birth, reversed\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    ">                          · 240K       ▾ root  6 processes\n"
		    "      110 root   S         ·  40K   24h ├─ /usr/sbin/cron -f\n"
		    "      100 root   S         ·  40K   24h ├─ sshd: /usr/sbin/sshd -D\n"
		    "        4 root   S         ·  40K    2d ├─ [kworker/0:1]\n"
		    "        3 root   S         ·  40K    2d ├─ [kworker/0:0]\n"
		    "        2 root   S         ·  40K    2d ├─ [kthreadd]\n"
		    "        1 root   S         ·  40K    2d └─ /sbin/init splash\n"
		    "                           ·  40K       ▾ uid 4100000000  1 process\n"
		    "      300 41000… S         ·  40K  1m10 └─ make -j4\n"
		    "                           ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      201 42000… S         ·  40K 58m20 ├─ -bash\n"
		    "      200 42000… S         ·  40K 1h00m └─ sshd: alice [priv]\n");
}

static void a_group_can_be_tagged(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	say(screen, "group user");
	type(screen, "Gc");
	assert_int_equal(tree_of(screen)->tags.count, 2);
	assert_true(id_set_has(&tree_of(screen)->tags, id_of(screen, 201)));
}

static void what_is_gone_is_told_where_it_was_left(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	resize(screen, 24, 80);
	for (pid_t pid = 500; pid < 503; pid++) {
		fork_ago(screen, 20000, 201, pid);
		exit_ago(screen, 15000, pid, pid % 2 << 8);
	}
	say(screen, "group user");
	expect_tree(
	    screen,
	    "GROUPS by user\n"
	    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
	    ">                          · 240K       ▸ root  6 processes\n"
	    "                           ·  40K       ▸ uid 4100000000  1 process\n"
	    "                           ·  80K       ▸ uid 4200000000  2 processes  †3 1✗…\n");
	type(screen, "G");
	expect_on_screen(screen, "user uid 4200000000: 2 processes; 3 gone 1✗");
	type(screen, "*xx");
	draw(screen);
	screen->session.scene.moment.now_ns += S;
	expect_tree(screen,
		    "GONE all stay GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    "                           · 240K       ▾ root  6 processes\n"
		    "        1 root   S         · 120K    2d ├▾ /sbin/init splash\n"
		    "      100 root   S         ·  40K   24h │├─ sshd: /usr/sbin/sshd -D\n"
		    "      110 root   S         ·  40K   24h │└─ /usr/sbin/cron -f\n"
		    "        2 root   S         · 120K    2d └▾ [kthreadd]\n"
		    "        3 root   S         ·  40K    2d  ├─ [kworker/0:0]\n"
		    "        4 root   S         ·  40K    2d  └─ [kworker/0:1]\n"
		    "                           ·  40K       ▾ uid 4100000000  1 process\n"
		    "      300 41000… S         ·  40K  1m11 └─ make -j4\n"
		    ">                          ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      200 42000… S         ·  80K 1h00m └▾ sshd: alice [priv]\n"
		    "      201 42000… S         ·  40K 58m21  └▾ -bash\n"
		    " †    502 42000…                  5.00s   ├▸ ⑂ bash  ✓ ×2\n"
		    " †    501 42000…                  5.00s   └─ ⑂ bash  ✗ exit 1\n");
}

static void let_pass(struct screen *screen, int half_seconds)
{
	for (int i = 0; i < half_seconds; i++) {
		screen->session.scene.moment.now_ns += S / 2;
		draw(screen);
	}
}

/* As a rule it stands below whom it had above it, who may be in another group; who is selected
   stays where it is. */
static void who_ends_while_it_is_selected_stays_in_its_group(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	fork_ago(screen, 20000, 201, 500);
	become(screen, 500, 4100000000);
	resize(screen, 24, 80);
	say(screen, "group user");
	type(screen, "*300\r");
	draw(screen);
	exit_ago(screen, 0, 300, 0);
	let_pass(screen, 30);
	expect_tree(screen,
		    "GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    "                           · 240K       ▾ root  6 processes\n"
		    "        1 root   S         · 120K    2d ├▾ /sbin/init splash\n"
		    "      100 root   S         ·  40K   24h │├─ sshd: /usr/sbin/sshd -D\n"
		    "      110 root   S         ·  40K   24h │└─ /usr/sbin/cron -f\n"
		    "        2 root   S         · 120K    2d └▾ [kthreadd]\n"
		    "        3 root   S         ·  40K    2d  ├─ [kworker/0:0]\n"
		    "        4 root   S         ·  40K    2d  └─ [kworker/0:1]\n"
		    "                           ·            ▾ uid 4100000000  1 process\n"
		    ">†    300 41000…                   1m10 ├─ make -j4  ✓\n"
		    "      500 41000…           ·        35s └─ ⑂ bash\n"
		    "                           ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      200 42000… S         ·  80K 1h00m └▾ sshd: alice [priv]\n"
		    "      201 42000… S         ·  40K 58m35  └─ -bash\n");
	exit_ago(screen, 0, 500, 0); /* nobody is left in it */
	let_pass(screen, 30);
	expect_tree(screen,
		    "GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    "                           · 240K       ▾ root  6 processes\n"
		    "        1 root   S         · 120K    2d ├▾ /sbin/init splash\n"
		    "      100 root   S         ·  40K   24h │├─ sshd: /usr/sbin/sshd -D\n"
		    "      110 root   S         ·  40K   24h │└─ /usr/sbin/cron -f\n"
		    "        2 root   S         · 120K    2d └▾ [kthreadd]\n"
		    "        3 root   S         ·  40K    2d  ├─ [kworker/0:0]\n"
		    "        4 root   S         ·  40K    2d  └─ [kworker/0:1]\n"
		    "                           ·            ▾ uid 4100000000  0 processes\n"
		    ">†    300 41000…                   1m10 └─ make -j4  ✓\n"
		    "                           ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      200 42000… S         ·  80K 1h00m └▾ sshd: alice [priv]\n"
		    "      201 42000… S         ·  40K 58m50  └─ -bash  †1 bash×1\n");
	type(screen, "j");
	let_pass(screen, 4);
	expect_tree(screen,
		    "GROUPS by user\n"
		    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
		    "                           · 240K       ▾ root  6 processes\n"
		    "        1 root   S         · 120K    2d ├▾ /sbin/init splash\n"
		    "      100 root   S         ·  40K   24h │├─ sshd: /usr/sbin/sshd -D\n"
		    "      110 root   S         ·  40K   24h │└─ /usr/sbin/cron -f\n"
		    "        2 root   S         · 120K    2d └▾ [kthreadd]\n"
		    "        3 root   S         ·  40K    2d  ├─ [kworker/0:0]\n"
		    "        4 root   S         ·  40K    2d  └─ [kworker/0:1]\n"
		    ">                          ·  80K       ▾ uid 4200000000  2 processes\n"
		    "      200 42000… S         ·  80K 1h00m └▾ sshd: alice [priv]\n"
		    "      201 42000… S         ·  40K 58m52  └─ -bash  †2 make×1 bash×1\n");
}

static void who_is_over_and_then_selected_stays_where_it_stands(void **state)
{
	struct screen *screen = *state;

	all_become(screen);
	fork_ago(screen, 20000, 201, 500);
	become(screen, 500, 4100000000);
	resize(screen, 24, 80);
	say(screen, "group user");
	type(screen, "*500\r");
	draw(screen);
	exit_ago(screen, 0, 300, 0);
	draw(screen);
	expect_on_screen(screen, " †    300 41000…                   1m10   └─ make -j4  ✓");
	type(screen, "jjjj");
	assert_int_equal(tree_view_row(tree_of(screen))->pid, 300);
	let_pass(screen, 30);
	expect_on_screen(screen, ">†    300 41000…                   1m10   └─ make -j4  ✓");
}

/* ---- names are a stranger's ---- */

static void a_hostile_name_is_shown_as_what_it_is(void **state)
{
	struct screen *screen = *state;
	struct ptree_event event = { .kind = PTREE_EVENT_COMM, .pid = 300, .tgid = 300 };

	resize(screen, 24, 80);
	say(screen, "group command");
	memcpy(event.u.comm, "\x1b[2J\n\xe2\x80\xae\xff", 10);
	apply(screen, event, 4000);
	memset(event.u.comm, 0, sizeof(event.u.comm));
	event.pid = event.tgid = 110;
	apply(screen, event, 4000);
	expect_tree(
	    screen,
	    "GROUPS by command\n"
	    "      PID USER   S CPU% ΣCPU ΣRSS   AGE COMMAND\n"
	    ">                          ·  40K       ▸ (no name)  1 process\n"
	    "                           ·  40K       ▸ \\x1b[2J\\n\\u{202E}\\xff  1 process\n"
	    "                           ·  40K       ▸ bash  1 process\n"
	    "                           ·  40K       ▸ init  1 process\n"
	    "                           ·  40K       ▸ kthreadd  1 process\n"
	    "                           ·  40K       ▸ kworker/0:0  1 process\n"
	    "                           ·  40K       ▸ kworker/0:1  1 process\n"
	    "                           ·  80K       ▸ sshd  2 processes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(b_goes_round),
		SCREEN_TEST(enter_unfolds_and_folds),
		SCREEN_TEST(a_search_unfolds_to_what_it_finds),
		SCREEN_TEST(a_filter_leaves_groups_with_matches),
		SCREEN_TEST(a_watch_leaves_those_below),
		SCREEN_TEST(groups_are_sorted_by_their_sums),
		SCREEN_TEST(a_group_can_be_tagged),
		SCREEN_TEST(what_is_gone_is_told_where_it_was_left),
		SCREEN_TEST(who_ends_while_it_is_selected_stays_in_its_group),
		SCREEN_TEST(who_is_over_and_then_selected_stays_where_it_stands),
		SCREEN_TEST(a_hostile_name_is_shown_as_what_it_is),
		SCREEN_TEST(a_group_is_a_row_with_sums),
		SCREEN_TEST(it_unfolds_to_trees_of_its_processes),
		SCREEN_TEST(sessions_have_the_names_of_their_leaders),
		SCREEN_TEST(commands_are_in_the_order_of_names),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
