/* SPDX-License-Identifier: MIT */
/*
 * The program itself on a pseudo terminal: what it sends, what it answers to, and that it gives
 * the terminal back whatever happens. Runs with or without the connector.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "pty.h"

#include <sys/prctl.h>
#include <sys/resource.h>

#define PATIENCE_S 20.0

static const char *program(void)
{
	const char *path = getenv("PROCTOP");

	return path ? path : "./proctop";
}

static void start_with(struct pty *pty, const char *option, void (*before_exec)(void))
{
	char *argv[] = { (char *)(uintptr_t)program(), (char *)(uintptr_t) "--summary",
			 (char *)(uintptr_t)option, NULL };

	assert_true(pty_start(pty, argv, 24, 80, before_exec));
}

static void start(struct pty *pty)
{
	start_with(pty, NULL, NULL);
	assert_true(pty_wait_for(pty, "COMMAND", PATIENCE_S));
	assert_true(pty_wait_for(pty, "Help", PATIENCE_S));
}

static void expect_end(struct pty *pty, int code)
{
	char text[4096];
	int status;

	assert_true(pty_wait_end(pty, PATIENCE_S, &status));
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) != code && pty_stderr(pty, text, sizeof(text)))
		print_message("%s\n", text);
	assert_int_equal(WEXITSTATUS(status), code);
	assert_true(pty_is_restored(pty));
}

/* ---- leaving ---- */

static void q_leaves_the_terminal_as_it_was(void **state)
{
	struct pty pty;
	char text[512];

	(void)state;
	start(&pty);
	assert_false(pty_is_restored(&pty)); /* or the comparison would prove nothing */
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	assert_non_null(memmem(pty.bytes, pty.size, "\033[?1049l", 8));
	assert_true(pty_stderr(&pty, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, " 0 lost"));
	pty_end(&pty);
}

static void signals_leave_the_terminal_as_it_was(void **state)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGQUIT };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct pty pty;

		start(&pty);
		kill(pty.pid, signals[i]);
		expect_end(&pty, 0);
		pty_end(&pty);
	}
}

static void no_core(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	/* Sanitizers have handlers of their own, which this program's must come before. */
	setenv("ASAN_OPTIONS", "handle_segv=0:handle_abort=0:detect_leaks=0", 1);
}

static void faults_leave_the_terminal_as_it_was(void **state)
{
	static const int signals[] = { SIGSEGV, SIGABRT, SIGBUS };

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		struct pty pty;
		int status;

		start_with(&pty, NULL, no_core);
		assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
		kill(pty.pid, signals[i]);
		assert_true(pty_wait_end(&pty, PATIENCE_S, &status));
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), signals[i]);
		assert_true(pty_is_restored(&pty));
		assert_non_null(memmem(pty.bytes, pty.size, "\033[?1049l", 8));
		pty_end(&pty);
	}
}

static void ignore_hangups(void)
{
	signal(SIGHUP, SIG_IGN);
}

static void a_terminal_that_goes_away_ends_it(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		struct pty pty;
		int status;

		start_with(&pty, NULL, i ? ignore_hangups : NULL);
		assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
		close(pty.slave_fd);
		close(pty.fd);
		pty.fd = -1;
		pty.slave_fd = dup(pty.err_fd);
		assert_true(pty_wait_end(&pty, PATIENCE_S, &status));
		pty_end(&pty);
	}
}

static void suspended_it_gives_the_terminal_to_the_shell(void **state)
{
	struct pty pty;
	int status;

	(void)state;
	start(&pty);
	pty_keys(&pty, "\032");
	while (waitpid(pty.pid, &status, WUNTRACED | WNOHANG) == 0)
		pty_read(&pty, 10);
	assert_true(WIFSTOPPED(status));
	pty_read(&pty, 50);
	assert_true(pty_is_restored(&pty));
	assert_non_null(memmem(pty.bytes, pty.size, "\033[?1049l", 8));
	pty.seen = pty.size;
	kill(pty.pid, SIGCONT);
	assert_true(pty_wait_for(&pty, "\033[?1049h", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	assert_false(pty_is_restored(&pty));
	pty_keys(&pty, "?");
	assert_true(pty_wait_for(&pty, "next row", PATIENCE_S));
	pty_keys(&pty, "qq");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* ---- not beginning ---- */

static void expect_refusal(void (*before_exec)(void), const char *reason)
{
	struct pty pty;
	char text[512];
	int status;

	start_with(&pty, NULL, before_exec);
	assert_true(pty_wait_end(&pty, PATIENCE_S, &status));
	assert_int_equal(WEXITSTATUS(status), 2);
	assert_true(pty_stderr(&pty, text, sizeof(text)) > 0);
	assert_non_null(strstr(text, reason));
	assert_int_equal(pty.size, 0); /* the screen was not touched */
	assert_true(pty_is_restored(&pty));
	pty_end(&pty);
}

static void unset_term(void)
{
	unsetenv("TERM");
}

static void dumb_term(void)
{
	setenv("TERM", "dumb", 1);
}

static void unknown_term(void)
{
	setenv("TERM", "no-such-terminal", 1);
}

static void close_stdin(void)
{
	close(STDIN_FILENO);
}

static void a_terminal_that_cannot_do_it_is_refused_before_the_screen_is_taken(void **state)
{
	(void)state;
	expect_refusal(unset_term, "TERM is not set");
	expect_refusal(dumb_term, "cannot place its cursor");
	expect_refusal(unknown_term, "terminfo does not know");
	expect_refusal(close_stdin, "must be a terminal");
}

static void plain_locale(void)
{
	setenv("LC_ALL", "C", 1);
}

static void in_the_c_locale_it_sends_ascii(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, NULL, plain_locale);
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	for (size_t i = 0; i < pty.size; i++)
		assert_true((unsigned char)pty.bytes[i] < 0x80);
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

static void no_color(void)
{
	setenv("NO_COLOR", "1", 1);
}

static void no_color_means_no_colour(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, NULL, no_color);
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	assert_null(memmem(pty.bytes, pty.size, "38;5;", 5));
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* ---- sizes ---- */

static void every_resize_is_survived(void **state)
{
	static const int sizes[][2] = {
		{ 1, 1 }, { 500, 1000 }, { 2, 300 }, { 60, 3 }, { 24, 80 }
	};
	struct pty pty;

	(void)state;
	start(&pty);
	for (int i = 0; i < 200; i++) {
		const int *size = sizes[i % 5];

		pty_resize(&pty, size[0], size[1]);
		pty_read(&pty, 1);
	}
	for (int i = 0; i < 1000; i++)
		kill(pty.pid, SIGWINCH);
	pty_resize(&pty, 24, 80);
	pty_keys(&pty, "?");
	assert_true(pty_wait_for(&pty, "next row", PATIENCE_S));
	pty_keys(&pty, "qq");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* ---- a terminal that does not read ---- */

static void run_forks(int count)
{
	while (count--) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
}

static void a_terminal_that_does_not_read_stops_nothing(void **state)
{
	struct pty pty;
	char text[512];
	double until = pty_now_s() + 5;

	(void)state;
	start(&pty);
	pty_resize(&pty, 60, 200);
	while (pty_now_s() < until)
		run_forks(200);
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_stderr(&pty, text, sizeof(text));
	if (geteuid() == 0)
		assert_non_null(strstr(text, " 0 lost"));
	pty_end(&pty);
}

/* Nothing of it is read until it is gone; then what restores the screen is the last, and whole. */
static void leaving_a_terminal_that_does_not_read_restores_it_all_the_same(void **state)
{
	static const char restore[] = "\033[?1049l";
	struct pty pty;
	double begin_s;
	int status;

	(void)state;
	start(&pty);
	for (int i = 0; i < 40; i++) {
		pty_resize(&pty, 60 - i % 2, 200);
		poll(NULL, 0, 50);
	}
	pty_keys(&pty, "q");
	begin_s = pty_now_s();
	while (waitpid(pty.pid, &status, WNOHANG) == 0 && pty_now_s() < begin_s + PATIENCE_S)
		poll(NULL, 0, 10);
	assert_true(pty_now_s() < begin_s + 5);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	pty.pid = -1;
	assert_true(pty_is_restored(&pty));
	pty.seen = pty.size;
	while (pty_read(&pty, 0) &&
	       poll(&(struct pollfd){ .fd = pty.fd, .events = POLLIN }, 1, 100) > 0)
		;
	assert_non_null(
	    memmem(pty.bytes + pty.seen, pty.size - pty.seen, restore, strlen(restore)));
	assert_true(pty.bytes[pty.seen] == 0x18 || pty.size - pty.seen > 100);
	pty_end(&pty);
}

static void an_interrupt_while_it_quits_is_no_failure(void **state)
{
	struct pty pty;
	int status;

	(void)state;
	start(&pty);
	pty_keys(&pty, "q");
	while (waitpid(pty.pid, &status, WNOHANG) == 0) {
		kill(pty.pid, SIGINT);
		pty_read(&pty, 0);
	}
	pty.pid = -1;
	assert_true(WIFEXITED(status) ? WEXITSTATUS(status) == 0 : WTERMSIG(status) == SIGINT);
	assert_true(pty_is_restored(&pty));
	pty_end(&pty);
}

/* ---- a paste ---- */

#define CROWD_SIZE 3000

static void wait_to_be_killed(void)
{
	alarm(120);
	for (;;)
		pause();
}

static void note(int number)
{
	(void)number;
}

/* Ends and reaps its children itself: not every init is quick at that. */
static void lead_crowd(int ready)
{
	const struct sigaction action = { .sa_handler = note };
	static pid_t pids[CROWD_SIZE];

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGALRM, &action, NULL);
	for (int i = 0; i < CROWD_SIZE; i++) {
		pids[i] = fork();
		if (!pids[i])
			wait_to_be_killed();
	}
	alarm(120);
	if (write(ready, "", 1) == 1)
		pause();
	for (int i = 0; i < CROWD_SIZE; i++) {
		if (pids[i] > 0)
			kill(pids[i], SIGKILL);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
	_exit(0);
}

/* So many processes more, for rows that cost something. Returns who leads them. */
static pid_t start_crowd(void)
{
	int ready[2];
	pid_t leader;
	char byte;

	assert_int_equal(pipe(ready), 0);
	leader = fork();
	if (!leader)
		lead_crowd(ready[1]);
	close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	return leader;
}

static void end_crowd(pid_t leader)
{
	kill(leader, SIGTERM);
	waitpid(leader, NULL, 0);
}

/* As a terminal does it: as fast as it is taken, and reading meanwhile. */
static void paste(struct pty *pty, const char *piece, size_t count)
{
	size_t length = strlen(piece), at = 0;
	double deadline = pty_now_s() + PATIENCE_S;

	fcntl(pty->fd, F_SETFL, O_NONBLOCK);
	while (at < count && pty_now_s() < deadline) {
		ssize_t sent = write(pty->fd, piece + at % length, length - at % length);

		if (sent > 0)
			at += (size_t)sent;
		pty_read(pty, sent > 0 ? 0 : 5);
	}
	fcntl(pty->fd, F_SETFL, 0);
	assert_true(at >= count);
}

static void in_the_midst_of_a_paste_a_signal_is_obeyed_at_once(void **state)
{
	static const char *const prompts[] = { "/", "\\", "1" };
	pid_t crowd = start_crowd();

	(void)state;
	for (size_t i = 0; i < sizeof(prompts) / sizeof(*prompts); i++) {
		struct pty pty;
		double begin_s;

		start(&pty);
		pty_keys(&pty, prompts[i]);
		paste(&pty, "abc 123 ", 900);
		begin_s = pty_now_s();
		kill(pty.pid, SIGTERM);
		expect_end(&pty, 0);
		/* Where it was not obeyed, it took as many seconds as there are prompts here. */
		assert_true(pty_now_s() - begin_s < 2);
		pty_end(&pty);
	}
	end_crowd(crowd);
}

/* What the terminal marks as pasted is no key: it opens no dialog, and does not leave. */
static void what_is_marked_as_pasted_is_no_key(void **state)
{
	struct pty pty;

	(void)state;
	start(&pty);
	assert_non_null(strstr(pty.bytes, "\033[?2004h"));
	pty_keys(&pty, "\033[200~qdd\rq\033[201~");
	assert_true(pty_wait_for(&pty, "a paste is taken only where a line is typed", PATIENCE_S));
	pty_keys(&pty, "/\033[200~some\rthing\033[201~");
	assert_true(pty_wait_for(&pty, "some thing", PATIENCE_S));
	pty_keys(&pty, "\003q");
	expect_end(&pty, 0);
	assert_non_null(strstr(pty.bytes, "\033[?2004l"));
	pty_end(&pty);
}

static void a_paste_into_a_prompt_is_survived_and_loses_no_event(void **state)
{
	static const char *const prompts[] = { "/", "\\", "1", "" };

	(void)state;
	for (size_t i = 0; i < sizeof(prompts) / sizeof(*prompts); i++) {
		struct pty pty;
		char text[512];

		start(&pty);
		pty_keys(&pty, prompts[i]);
		paste(&pty, "j", 32768);
		run_forks(500);
		paste(&pty, "n \xe2\x86\xbb", 32768);
		pty_keys(&pty, "\003");
		pty_keys(&pty, "q");
		expect_end(&pty, 0);
		pty_stderr(&pty, text, sizeof(text));
		if (geteuid() == 0)
			assert_non_null(strstr(text, " 0 lost"));
		pty_end(&pty);
	}
}

/* ---- hostile text ---- */

static const char *const hostile[] = {
	"\x1b]52;c;aGk=\a",
	"\x1b[2J\x1b[31m",
	"\x9b"
	"31m",
	"\xe2\x80\xae"
	"txt",
	"\xff\xfe\xc0\xaf",
	"a\nb\rc",
	"\xc2\x9b"
	"1m",
};

static void start_hostile(pid_t *pids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char name[64];
		char *argv[] = { name, NULL };

		snprintf(name, sizeof(name), "proctop-hostile%s", hostile[i]);
		pids[i] = fork();
		if (pids[i])
			continue;
		prctl(PR_SET_NAME, hostile[i]);
		execv("/proc/self/exe", argv);
		_exit(1);
	}
}

/* Passes over one control sequence that curses may send. NULL: it is none of these. */
static const char *skip_own_sequence(const char *at, const char *end)
{
	if (end - at < 2)
		return NULL;
	if (at[1] == '(' || at[1] == ')')
		return end - at >= 3 ? at + 3 : NULL;
	if (strchr("=>78M", at[1]))
		return at + 2;
	if (at[1] != '[')
		return NULL;
	for (at += 2; at < end; at++) {
		if (*at >= '@' && *at <= '~')
			return strchr("mHJKhlrdGPXLMST@ABCDtb", *at) ? at + 1 : NULL;
		if (!strchr("0123456789;?", *at))
			return NULL;
	}
	return NULL;
}

static void expect_own_bytes_only(const struct pty *pty)
{
	const char *at = pty->bytes, *end = pty->bytes + pty->size;

	while (at < end) {
		unsigned char byte = (unsigned char)*at;

		if (byte == 0x1b) {
			const char *next = skip_own_sequence(at, end);

			if (!next)
				print_message("at %zd of %zu: %.20s\n", at - pty->bytes, pty->size,
					      at + 1);
			assert_non_null(next);
			at = next;
			continue;
		}
		assert_true(byte >= 0x20 || strchr("\r\n\b\t", byte));
		assert_true(byte != 0x7f);
		assert_false(byte == 0xc2 && (unsigned char)at[1] < 0xa0);
		assert_false(byte == 0xe2 && (unsigned char)at[1] == 0x80 &&
			     (unsigned char)at[2] == 0xae);
		at++;
	}
}

static void hostile_names_reach_the_terminal_only_as_text(void **state)
{
	enum { COUNT = sizeof(hostile) / sizeof(*hostile) };
	struct pty pty;
	pid_t pids[COUNT];

	(void)state;
	start_hostile(pids, COUNT);
	start_with(&pty, "--filter=proctop-hostile", NULL);
	pty_resize(&pty, 60, 120);
	assert_true(pty_wait_for(&pty, "aGk=", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S) || true);
	pty_keys(&pty, "/hostile\r");
	pty_read(&pty, 200);
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	expect_own_bytes_only(&pty);
	for (size_t i = 0; i < COUNT; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	pty_end(&pty);
}

/* ---- seeing something ---- */

static void a_process_that_starts_is_seen(void **state)
{
	char *argv[] = { (char *)(uintptr_t) "proctop-marker-7391", NULL };
	char *monitor[] = { (char *)(uintptr_t)program(), (char *)(uintptr_t) "--summary",
			    (char *)(uintptr_t) "--filter=marker-7391", NULL };
	struct pty pty;
	pid_t pid;

	(void)state;
	/* Room for all the ancestors, of which make(1) gives a test a great many. */
	assert_true(pty_start(&pty, monitor, 100, 160, NULL));
	assert_true(pty_wait_for(&pty, "nothing matches", PATIENCE_S));
	pid = fork();
	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	assert_true(pty_wait_for(&pty, "proctop-marker-7391", PATIENCE_S));
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	assert_true(pty_wait_for(&pty, "SIGKILL", PATIENCE_S) || geteuid() != 0);
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

static pid_t start_marker(const char *name)
{
	char *argv[] = { (char *)(uintptr_t)name, NULL };
	pid_t pid = fork();

	if (!pid) {
		execv("/proc/self/exe", argv);
		_exit(1);
	}
	return pid;
}

/* Of a text that comes where others have been curses may send only the cells that differ: so the
   screen is drawn anew until it has it. */
static bool is_on_screen(struct pty *pty, const char *text)
{
	double deadline = pty_now_s() + PATIENCE_S;

	while (pty_now_s() < deadline) {
		pty->seen = pty->size;
		pty_keys(pty, "\f");
		if (pty_wait_for(pty, text, 1))
			return true;
	}
	return false;
}

/* Found, looked at and ended, from the screen alone; what is typed besides hurts nobody. */
static void the_dialog_ends_the_process_that_it_names(void **state)
{
	static const int sizes[][2] = { { 24, 80 }, { 50, 160 }, { 10, 40 } };
	char *monitor[] = { (char *)(uintptr_t)program(), NULL };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[64], keys[64];
		pid_t pid, other;
		struct pty pty;
		int status;

		snprintf(name, sizeof(name), "proctop-m%d-%zu", getpid(),
			 i); /* and nobody else's */
		pid = start_marker(name);
		snprintf(keys, sizeof(keys), "%d\r", pid);
		other = start_marker("proctop-marker-7394");
		assert_true(pty_start(&pty, monitor, sizes[i][0], sizes[i][1], NULL));
		/* When all that there are have been read it is among them. */
		assert_true(pty_wait_for(&pty, "LIVE", 5) || is_on_screen(&pty, "POLLING"));
		pty_keys(&pty, keys);
		pty_keys(&pty, "dd");
		assert_true(is_on_screen(&pty, "signal 1 process"));
		pty_keys(&pty, "kx\r"); /* no signal is called so */
		assert_true(is_on_screen(&pty, "no signal is called so"));
		assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
		pty_keys(&pty, "\b\177\b\177");
		assert_true(is_on_screen(&pty, "> 15 TERM"));
		pty_keys(&pty, "\r");
		assert_true(is_on_screen(&pty, "ended after"));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, SIGTERM);
		assert_int_equal(waitpid(other, &status, WNOHANG), 0);
		pty_keys(&pty, "\rq");
		expect_end(&pty, 0);
		pty_end(&pty);
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
	}
}

static void what_happens_is_told_on_a_page_of_a_low_screen(void **state)
{
	char *monitor[] = { (char *)(uintptr_t)program(),
			    (char *)(uintptr_t) "--filter=marker-7392", NULL };
	struct pty pty;
	pid_t pid;

	(void)state;
	assert_true(pty_start(&pty, monitor, 15, 120, NULL));
	assert_true(pty_wait_for(&pty, "nothing matches", PATIENCE_S));
	pty_keys(&pty, "v");
	assert_true(pty_wait_for(&pty, " events", PATIENCE_S));
	pid = start_marker("proctop-marker-7392");
	assert_true(is_on_screen(&pty, "proctop-marker-7392"));
	pty_keys(&pty, "\r");
	assert_true(is_on_screen(&pty, "COMMAND"));
	assert_true(is_on_screen(&pty, "proctop-marker-7392")); /* in the tree */
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	/* Alone for a second: with a key right behind it, it would be the begin of a sequence. */
	pty_keys(&pty, "\033");
	assert_false(pty_wait_for(&pty, "what is not there", 1));
	assert_true(is_on_screen(&pty, " events"));
	assert_true(is_on_screen(&pty, "SIGKILL") || geteuid() != 0);
	pty_keys(&pty, "\003");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* The row, from 1 on, on which the cursor was when it sent what is at `to`, after a row that is
   known from there on: a screen drawn anew begins at its top. */
static int row_at(const char *from, const char *to)
{
	int row = 1;

	for (const char *at = from; at < to; at++) {
		int number, column, size = 0;

		if (*at == '\n')
			row++;
		if (*at != '\033')
			continue;
		if (sscanf(at, "\033[%d;%dH%n", &number, &column, &size) == 2 && size)
			row = number;
		else if (sscanf(at, "\033[%dd%n", &number, &size) == 1 && size)
			row = number;
		else if (sscanf(at, "\033[%dB%n", &number, &size) == 1 && size)
			row += number;
		else if (!strncmp(at, "\033[H", 3))
			row = 1;
	}
	return row;
}

/* The row of a text, on a screen that is drawn anew for it. */
static int row_of(struct pty *pty, const char *text)
{
	size_t from;

	pty->seen = pty->size;
	pty_keys(pty, "\f");
	assert_true(pty_wait_for(pty, "\033[H", PATIENCE_S));
	from = pty->seen - 3;
	assert_true(pty_wait_for(pty, text, PATIENCE_S));
	return row_at(pty->bytes + from, pty->bytes + pty->seen);
}

static void a_border_is_dragged_with_the_mouse(void **state)
{
	char *monitor[] = { (char *)(uintptr_t)program(), (char *)(uintptr_t) "--poll", NULL };
	struct pty pty;
	char keys[64];
	int row;

	(void)state;
	assert_true(pty_start(&pty, monitor, 30, 80, NULL));
	assert_true(pty_wait_for(&pty, " events", PATIENCE_S));
	row = row_of(&pty, " events");
	snprintf(keys, sizeof(keys), "\033[<0;70;%dM\033[<32;70;%dM\033[<0;70;%dm", row, row - 4,
		 row - 4);
	pty_keys(&pty, keys);
	assert_int_equal(row_of(&pty, " events"), row - 4);
	pty_keys(&pty, "\033[<32;70;20M"); /* nothing is held any more */
	assert_int_equal(row_of(&pty, " events"), row - 4);
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

static void the_mouse_selects_and_the_wheel_scrolls(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, "--poll", NULL);
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	pty_keys(&pty, "\033[<0;30;9M\033[<0;30;9m"); /* a click on the ninth line */
	assert_true(pty_wait_for(&pty, "\033[9;1H", PATIENCE_S) ||
		    pty_wait_for(&pty, "\033[9d", 1));
	pty_keys(&pty, "\033[<65;30;6M");
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* In two parts, with time between for somebody who takes the first for all of it. */
static void send_halves(const struct pty *pty, const char *sequence, size_t first)
{
	char half[32];

	snprintf(half, sizeof(half), "%.*s", (int)first, sequence);
	pty_keys(pty, half);
	if (sequence[first])
		poll(NULL, 0, 60);
	pty_keys(pty, sequence + first);
}

/* If a part of it were taken for a key, "?" would not open the help. */
static void expect_swallowed(struct pty *pty, const char *sequence, size_t first)
{
	pty->seen = pty->size;
	send_halves(pty, sequence, first);
	pty_keys(pty, "?\f"); /* drawn anew: else cells that do not differ are not sent */
	if (!pty_wait_for(pty, "next row", PATIENCE_S))
		print_message("%s at %zu leaves something behind\n", sequence + 1, first);
	pty_keys(pty, "q\f");
	assert_true(pty_wait_for(pty, "COMMAND", PATIENCE_S));
}

/* The first row is pid 1; and of a terminal that would show the sequence nothing is asked. */
static void what_is_copied_is_asked_of_the_terminal(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, "--poll", NULL);
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	pty_keys(&pty, "1\ryy");
	assert_true(pty_wait_for(&pty, "\033]52;c;MQ==\a", PATIENCE_S));
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

static void be_the_console(void)
{
	setenv("TERM", "linux", 1);
}

static void a_terminal_without_a_clipboard_is_not_asked(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, "--poll", be_the_console);
	assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
	pty_keys(&pty, "1\ryy");
	assert_true(pty_wait_for(&pty, "no clipboard", PATIENCE_S));
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	assert_null(memmem(pty.bytes, pty.size, "\033]52", 4));
	pty_end(&pty);
}

static void sequences_that_nobody_knows_are_swallowed_whole(void **state)
{
	static const char *const options[] = { "--poll", "--no-mouse" };
	static const char *const sequences[] = { "\033[<0;30;2M", "\033[<35;1;1m", "\033[?62;22c",
						 "\033[202~",	  "\033[1;2;3z",   "\033[I",
						 "\033[ q",	  "\033O9" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pty pty;

		start_with(&pty, options[i], NULL);
		assert_true(pty_wait_for(&pty, "Help", PATIENCE_S));
		for (size_t j = 0; j < sizeof(sequences) / sizeof(*sequences); j++) {
			for (size_t first = 0; first <= 4 && sequences[j][first]; first++)
				expect_swallowed(&pty, sequences[j], first);
		}
		pty_keys(&pty, "q");
		expect_end(&pty, 0);
		pty_end(&pty);
	}
}

static void polling_is_said_with_its_reason(void **state)
{
	struct pty pty;

	(void)state;
	start_with(&pty, "--poll", NULL);
	assert_true(pty_wait_for(&pty, "POLLING", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "asked to poll", PATIENCE_S));
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

/* ---- a real process ---- */

static void enter_tells_all_of_a_process(void **state)
{
	struct pty pty;
	char keys[32];

	(void)state;
	start(&pty);
	pty_resize(&pty, 100, 90);
	snprintf(keys, sizeof(keys), "%d\r\r", getpid());
	pty_keys(&pty, keys);
	assert_true(pty_wait_for(&pty, "Why it runs", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "What it may do", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "the same as proctop's", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "SCHED_OTHER", PATIENCE_S));
	pty_keys(&pty, "q");
	assert_true(pty_wait_for(&pty, "COMMAND", PATIENCE_S));
	pty_keys(&pty, "q");
	expect_end(&pty, 0);
	pty_end(&pty);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(q_leaves_the_terminal_as_it_was),
		cmocka_unit_test(signals_leave_the_terminal_as_it_was),
		cmocka_unit_test(faults_leave_the_terminal_as_it_was),
		cmocka_unit_test(a_terminal_that_goes_away_ends_it),
		cmocka_unit_test(suspended_it_gives_the_terminal_to_the_shell),
		cmocka_unit_test(
		    a_terminal_that_cannot_do_it_is_refused_before_the_screen_is_taken),
		cmocka_unit_test(in_the_c_locale_it_sends_ascii),
		cmocka_unit_test(no_color_means_no_colour),
		cmocka_unit_test(every_resize_is_survived),
		cmocka_unit_test(a_terminal_that_does_not_read_stops_nothing),
		cmocka_unit_test(leaving_a_terminal_that_does_not_read_restores_it_all_the_same),
		cmocka_unit_test(an_interrupt_while_it_quits_is_no_failure),
		cmocka_unit_test(in_the_midst_of_a_paste_a_signal_is_obeyed_at_once),
		cmocka_unit_test(what_is_marked_as_pasted_is_no_key),
		cmocka_unit_test(a_paste_into_a_prompt_is_survived_and_loses_no_event),
		cmocka_unit_test(hostile_names_reach_the_terminal_only_as_text),
		cmocka_unit_test(a_process_that_starts_is_seen),
		cmocka_unit_test(the_dialog_ends_the_process_that_it_names),
		cmocka_unit_test(what_happens_is_told_on_a_page_of_a_low_screen),
		cmocka_unit_test(a_border_is_dragged_with_the_mouse),
		cmocka_unit_test(the_mouse_selects_and_the_wheel_scrolls),
		cmocka_unit_test(what_is_copied_is_asked_of_the_terminal),
		cmocka_unit_test(a_terminal_without_a_clipboard_is_not_asked),
		cmocka_unit_test(sequences_that_nobody_knows_are_swallowed_whole),
		cmocka_unit_test(polling_is_said_with_its_reason),
		cmocka_unit_test(enter_tells_all_of_a_process),
	};

	/* Run under another name it is a process to be looked at. */
	if (argc > 0 && !strncmp(argv[0], "proctop-", 8)) {
		alarm(120);
		for (;;)
			pause();
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
