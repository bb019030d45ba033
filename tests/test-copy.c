/* SPDX-License-Identifier: MIT */
/* Copying: what a shell makes of it, and what the terminal gets. */
#include "screen.h"

#include "model/shell-quote.h"
#include "ui/clipboard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

/* ---- quoting ---- */

static void words_are_quoted_only_where_they_must_be(void **state)
{
	static const struct {
		const char *argv;
		size_t size;
		const char *utf8, *ascii; /* NULL: the same */
	} cases[] = {
#define ARGV(text) text, sizeof(text)
		{ ARGV("make\0-j4"), "make -j4", NULL },
		{ ARGV("/usr/bin/a+b_c@d,e:f=g"), "'/usr/bin/a+b_c@d,e:f=g'", NULL },
		{ ARGV("env\0A=b"), "env A=b", NULL },
		{ ARGV("A=b\0c"), "'A=b' c", NULL },
		{ ARGV("if\0if"), "'if' if", NULL },
		{ ARGV("echo\0=ls\0%1\0~"), "echo '=ls' '%1' '~'", NULL },
		{ ARGV("sh\0-c\0"), "sh -c ''", NULL },
		{ ARGV("echo\0it's $HOME `x` !x"), "echo 'it'\\''s $HOME `x` !x'", NULL },
		{ ARGV("a\0b\nc"), "a $'b\\012c'", NULL },
		{ ARGV("a\0\x1b[31m'!\\"), "a $'\\033[31m\\047\\041\\134'", NULL },
		{ ARGV("a\0\xc3\xa9"), "a '\xc3\xa9'", "a $'\\303\\251'" },
		{ ARGV("a\0\xff\xc3\xa9"), "a $'\\377\xc3\xa9'", "a $'\\377\\303\\251'" },
		{ ARGV("a\0\xe2\x80\xaex"), "a $'\\342\\200\\256x'", NULL },
		{ ARGV(""), "''", NULL },
		{ "cut", 2, "cu", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *ascii = cases[i].ascii ? cases[i].ascii : cases[i].utf8;
		char *text;

		assert_int_equal(shell_quote(cases[i].argv, cases[i].size, true, &text),
				 strlen(cases[i].utf8));
		assert_string_equal(text, cases[i].utf8);
		free(text);
		assert_int_equal(shell_quote(cases[i].argv, cases[i].size, false, &text),
				 strlen(ascii));
		assert_string_equal(text, ascii);
		free(text);
	}
}

/* What the shell has as its words of "set -- LINE", each with a NUL behind it. */
static size_t read_back(const char *shell, const char *line, char *out, size_t size)
{
	size_t used = 0;
	int fds[2], status;
	ssize_t got;
	char *script;
	pid_t pid;

	assert_true(asprintf(&script, "set -- %s\nprintf '%%s\\0' \"$@\"", line) > 0);
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		execlp(shell, shell, "-c", script, (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	while (used < size && (got = read(fds[0], out + used, size - used)) > 0)
		used += (size_t)got;
	close(fds[0]);
	waitpid(pid, &status, 0);
	free(script);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? used : 0;
}

static bool has_shell(const char *shell)
{
	char word[8];

	return read_back(shell, "x", word, sizeof(word)) == 2;
}

/* A word of any bytes but NUL, those that shells have a meaning for more often. */
static size_t make_word(char *out, unsigned *dice)
{
	static const char special[] = "'\"\\$`!\n\t \x1b#&;|<>(){}[]*?~=%^,-\a\r0123";
	size_t size = rand_r(dice) % 12u;

	for (size_t i = 0; i < size; i++) {
		unsigned byte = rand_r(dice) % 255u + 1;

		out[i] = rand_r(dice) % 2 ? special[byte % (sizeof(special) - 1)] : (char)byte;
	}
	out[size] = '\0';
	return size + 1;
}

static void a_shell_reads_the_same_words_whatever_bytes_are_in_them(void **state)
{
	static const char *const shells[] = { "bash", "zsh", "ksh" };
	unsigned dice = 4711;
	int tried = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++) {
		for (int turn = 0; has_shell(shells[i]) && turn < 20; turn++, tried++) {
			static char argv[4096], back[4096];
			size_t size = 0;
			char *line;
			long length;

			for (int word = 0; word < 200; word++)
				size += make_word(argv + size, &dice);
			length = shell_quote(argv, size, turn % 2, &line);
			assert_true(length > 0);
			for (long at = 0; at < length; at++) {
				unsigned char byte = (unsigned char)line[at];

				assert_true(byte >= ' ' && byte != 0x7f);
				assert_true(turn % 2 || byte < 0x7f);
			}
			assert_int_equal(read_back(shells[i], line, back, sizeof(back)), size);
			assert_memory_equal(back, argv, size);
			free(line);
		}
	}
	if (!tried)
		skip();
}

/* ---- the sequence ---- */

static void the_terminal_gets_base64(void **state)
{
	static const struct {
		const char *text, *sequence;
	} cases[] = {
		{ "", "\033]52;c;\a" },
		{ "f", "\033]52;c;Zg==\a" },
		{ "fo", "\033]52;c;Zm8=\a" },
		{ "foo", "\033]52;c;Zm9v\a" },
		{ "foobar", "\033]52;c;Zm9vYmFy\a" },
		{ "\xff\xfe\xfd\x03", "\033]52;c;//79Aw==\a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *out;
		long size = clipboard_sequence(cases[i].text, strlen(cases[i].text), &out);

		assert_int_equal(size, strlen(cases[i].sequence));
		assert_memory_equal(out, cases[i].sequence, size);
		free(out);
	}
}

static void it_is_no_longer_than_terminals_take(void **state)
{
	char *text = calloc(1, CLIPBOARD_MAX + 1), *out;

	(void)state;
	assert_true(clipboard_sequence(text, CLIPBOARD_MAX, &out) <= 100000);
	free(out);
	assert_int_equal(clipboard_sequence(text, CLIPBOARD_MAX + 1, &out), -E2BIG);
	free(text);
}

/* ---- the keys ---- */

static void expect_copied(struct screen *screen, const char *keys, const char *text,
			  const char *said)
{
	struct session *session = &screen->session;

	session_copy(session, NULL, 0);
	type(screen, keys);
	expect_on_screen(screen, said);
	if (!text) {
		assert_null(session->copied);
		return;
	}
	assert_int_equal(session->copied_size, strlen(text));
	assert_memory_equal(session->copied, text, strlen(text));
}

static void what_is_copied_is_said_with_its_size(void **state)
{
	struct screen *screen = *state;

	resize(screen, 24, 80);
	expect_copied(screen, "300\ryy", "300", "clipboard: pid 300, 3 bytes");
	expect_copied(screen, "yp", "300", "clipboard: pid 300, 3 bytes");
	expect_copied(screen, "yc", "make -j4", "the command of 300, quoted, 8 bytes");
	expect_copied(screen, "200\ryc", "'sshd: alice [priv]'",
		      "the command of 200, quoted, 20 bytes");
	expect_copied(screen, "300\r 110\r yy", "300 110", "clipboard: 2 pids, 7 bytes");
	expect_copied(screen, "U2\ryc", NULL, "a kernel thread has no command line");
	exec_ago(screen, 400, 300, "x\0a\nb", sizeof("x\0a\nb"));
	expect_copied(screen, "300\r:copy-command\r", "x $'a\\012b'",
		      "the command of 300, quoted, 11 bytes");
	exec_ago(screen, 300, 110, NULL, 0);
	expect_copied(screen, "110\ryc", NULL, "its command line is not known");
	expect_copied(screen, "\\nothing like it\ryy", NULL, "no process is selected");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_quoted_only_where_they_must_be),
		cmocka_unit_test(a_shell_reads_the_same_words_whatever_bytes_are_in_them),
		cmocka_unit_test(the_terminal_gets_base64),
		cmocka_unit_test(it_is_no_longer_than_terminals_take),
		SCREEN_TEST(what_is_copied_is_said_with_its_size),
	};

	if (!setlocale(LC_ALL, "C.UTF-8")) {
		puts("1..0 # SKIP there is no C.UTF-8 locale");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
