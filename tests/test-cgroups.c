/* SPDX-License-Identifier: MIT */
/* In which cgroup each process is: read in the background, shown as groups, read again. */
#include "screen.h"

#include "model/cgroups.h"

#include <poll.h>

#define CONTAINER_ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct cgroups *cgroups_of(struct screen *screen)
{
	return screen->session.scene.world.cgroups;
}

static void put(struct screen *screen, pid_t pid, const char *path)
{
	char text[8192];

	snprintf(text, sizeof(text), "0::%s\n", path);
	write_file(screen->root, pid, "cgroup", text, strlen(text));
}

static void put_all(struct screen *screen)
{
	for (size_t i = 0; i < sizeof(fakes) / sizeof(*fakes); i++)
		complete_stat(screen->root, fakes[i].pid);
	put(screen, 1, "/init.scope");
	put(screen, 2, "/");
	put(screen, 3, "/");
	put(screen, 4, "/");
	put(screen, 100, "/system.slice/ssh.service");
	put(screen, 110, "/system.slice/cron.service");
	put(screen, 200, "/user.slice/user-1000.slice/session-3.scope");
	put(screen, 201, "/user.slice/user-1000.slice/user@1000.service/app.slice/ssh.service");
	put(screen, 300, "/system.slice/docker-" CONTAINER_ID ".scope");
}

/* As the loop does it, until nothing is to be read for half a second of the test's time. */
static void settle(struct screen *screen)
{
	struct pollfd fd = { .fd = cgroups_fd(cgroups_of(screen)), .events = POLLIN };
	uint64_t *now_ns = &screen->session.scene.moment.now_ns;

	for (int turns = 0; turns < 40; turns++) {
		session_read_beyond(&screen->session);
		poll(&fd, 1, 30);
		*now_ns += S / 20;
	}
	draw(screen);
}

static const char *unit_of(struct screen *screen, pid_t pid)
{
	struct cgroup_names names;

	switch (cgroups_find(cgroups_of(screen), id_of(screen, pid), &names)) {
	case CGROUP_UNREAD:
		return "not read";
	case CGROUP_UNKNOWN:
		return "not known";
	case CGROUP_READ:
		return names.unit;
	}
	return NULL;
}

static void units_are_groups(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 100);
	say(screen, "group unit");
	expect_on_screen(screen, "▸ not read yet  9 processes");
	settle(screen);
	expect_rows(
	    screen,
	    ">                            ·  40K       ▸ cron.service  1 process\n"
	    "                             ·  40K       ▸ docker-0123456789abcdef0123456789abcdef"
	    "01234…  1 process\n"
	    "                             ·  40K       ▸ init.scope  1 process\n"
	    "                             ·  40K       ▸ session-3.scope  1 process\n"
	    "                             ·  40K       ▸ ssh.service  1 process\n"
	    "                             ·  40K       ▸ ssh.service in user@1000.service  1 "
	    "process\n"
	    "                             · 120K       ▸ in no unit  3 processes\n");
}

static void containers_are_groups(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 80);
	say(screen, "group container");
	settle(screen);
	expect_rows(screen,
		    ">                          ·  40K       ▸ docker 0123456789ab  1 process\n"
		    "                           · 320K       ▸ in no container  8 processes\n");
}

static void what_cannot_be_read_is_not_known(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	write_file(screen->root, 110, "cgroup", "nonsense\n", 9);
	resize(screen, 24, 80);
	say(screen, "group unit");
	settle(screen);
	assert_string_equal(unit_of(screen, 110), "not known");
	expect_on_screen(screen, "▸ not known  1 process");
	type(screen, "G\r");
	expect_on_screen(screen, "/usr/sbin/cron -f");
}

static void who_goes_to_another_one_is_found_there(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 80);
	say(screen, "group unit");
	settle(screen);
	put(screen, 110, "/system.slice/ssh.service");
	/* One of them a second. */
	for (int i = 0; i < 20 && strcmp(unit_of(screen, 110), "ssh.service") != 0; i++)
		settle(screen);
	assert_string_equal(unit_of(screen, 110), "ssh.service");
	expect_on_screen(screen, "▸ ssh.service  2 processes");
}

static void who_is_young_waits(void **state)
{
	struct screen *screen = *state;
	uint64_t now_ns = screen->session.scene.moment.now_ns;

	put_all(screen);
	say(screen, "group unit");
	fork_ago(screen, 0, 300, 500);
	fork_ago(screen, 0, 300, 501);
	exit_ago(screen, 0, 501, 0);
	for (int i = 0; i < 20; i++) {
		session_read_beyond(&screen->session);
		usleep(5000);
	}
	screen->session.scene.moment.now_ns = now_ns + S / 10;
	session_read_beyond(&screen->session);
	usleep(50000);
	session_read_beyond(&screen->session);
	assert_string_equal(unit_of(screen, 110), "cron.service");
	assert_string_equal(unit_of(screen, 500), "not read");
	assert_true(cgroups_next_ns(cgroups_of(screen)) <= now_ns + S / 5 + S / 10);
	settle(screen); /* there is no such process in this /proc */
	assert_string_equal(unit_of(screen, 500), "not known");
}

static void nothing_is_read_unless_it_is_asked_for(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	settle(screen);
	assert_string_equal(unit_of(screen, 110), "not read");
	assert_true(cgroups_next_ns(cgroups_of(screen)) == UINT64_MAX);
	say(screen, "group unit");
	settle(screen);
	assert_string_equal(unit_of(screen, 110), "cron.service");
	say(screen, "group none");
	settle(screen);
	assert_string_equal(unit_of(screen, 110), "not read");
	assert_true(cgroups_next_ns(cgroups_of(screen)) == UINT64_MAX);
}

static void stopped_who_has_ended_since_stays(void **state)
{
	struct screen *screen = *state;

	put_all(screen);
	resize(screen, 24, 80);
	say(screen, "group unit");
	settle(screen);
	type(screen, "Z");
	exit_ago(screen, 0, 110, 0);
	settle(screen);
	type(screen, "I");
	expect_on_screen(screen, "▸ cron.service  1 process");
	type(screen, "IZ");
	settle(screen);
	expect_on_screen(screen, "▸ ssh.service  1 process");
	assert_int_equal(rows_count(screen->session.panes.tree->rows), 6);
}

static void hostile_paths_are_shown_as_what_they_are(void **state)
{
	struct screen *screen = *state;
	char path[4000];

	put_all(screen);
	put(screen, 110, "/system.slice/\x1b[2J\xe2\x80\xae.service");
	memset(path, 'x', sizeof(path));
	path[0] = '/';
	memcpy(path + 3500, "/a.service", 11);
	put(screen, 100, path);
	resize(screen, 24, 80);
	say(screen, "group unit");
	settle(screen);
	assert_string_equal(unit_of(screen, 100), "a.service");
	expect_on_screen(screen, "▸ \\x1b[2J\\u{202E}.service  1 process");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SCREEN_TEST(units_are_groups),
		SCREEN_TEST(containers_are_groups),
		SCREEN_TEST(what_cannot_be_read_is_not_known),
		SCREEN_TEST(who_goes_to_another_one_is_found_there),
		SCREEN_TEST(who_is_young_waits),
		SCREEN_TEST(nothing_is_read_unless_it_is_asked_for),
		SCREEN_TEST(stopped_who_has_ended_since_stays),
		SCREEN_TEST(hostile_paths_are_shown_as_what_they_are),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
