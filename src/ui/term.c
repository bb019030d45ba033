/* SPDX-License-Identifier: MIT */
/*
 * The terminal: the only file that knows curses.
 *
 * curses writes with blocking calls, and a terminal that nobody reads would stop the program with
 * it while events queue. So curses sets the terminal up on a descriptor of its own, and then this
 * descriptor is replaced by a file in memory: curses draws there, and the bytes are copied to a
 * non-blocking descriptor of the terminal when it takes them. Keys still come through curses, but
 * not the mouse: of a report curses reads the rest with blocking calls, too. Modes are set here.
 *
 * If the process dies of a fault, a handler gives the terminal back with what was prepared at the
 * start; that is what the one variable of this file is for.
 */
#include "ui/term.h"
#include "ui/clipboard.h"
#include "ui/key-reader.h"
#include "ui/outlet.h"

#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#define ESCAPE_DELAY_MS 25
#define CELLS_MAX 4096 /* of a row; more columns than that stay empty */

struct terminal {
	SCREEN *screen;
	FILE *in, *out;	      /* out: the descriptor that curses writes to */
	struct outlet outlet; /* its descriptor, of the terminal, is non-blocking */
	int tty_flags;	      /* to be restored if that one is stdout itself; -1: it is not */
	struct termios saved, raw;
	struct canvas *shown; /* what curses was last told */
	cchar_t *line;
	int rows, cols;
	int colors;
	int cursor_y, cursor_x;
	bool is_stale; /* curses must be told everything */
	bool has_mouse;
	struct key_reader keys;
};

static const char mouse_on[] = "\033[?1000h\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l\033[?1000l";

/* Terminals that do not know it pass over it. */
static const char paste_on[] = "\033[?2004h";
static const char paste_off[] = "\033[?2004l";

static struct {
	volatile sig_atomic_t is_armed;
	struct termios saved;
	char bytes[256];
	size_t size;
} last_resort;

/* ---- giving the terminal back in a fault ---- */

static const int fault_signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };

static void restore_and_die(int signal_number)
{
	if (last_resort.is_armed) {
		ssize_t ignored = write(STDOUT_FILENO, last_resort.bytes, last_resort.size);

		(void)ignored;
		tcsetattr(STDIN_FILENO, TCSANOW, &last_resort.saved);
	}
	raise(signal_number); /* the handler is gone by now (SA_RESETHAND) */
}

static void append_bytes(const char *bytes, size_t size)
{
	if (last_resort.size + size > sizeof(last_resort.bytes))
		return;
	memcpy(last_resort.bytes + last_resort.size, bytes, size);
	last_resort.size += size;
}

static void append_capability(const char *name)
{
	const char *string = tigetstr(name);

	if (string && string != (char *)-1)
		append_bytes(string, strlen(string));
}

static void arm_last_resort(const struct terminal *term)
{
	struct sigaction action = { .sa_handler = restore_and_die,
				    .sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };

	last_resort.size = 0;
	append_bytes(paste_off, sizeof(paste_off) - 1);
	if (term->has_mouse)
		append_bytes(mouse_off, sizeof(mouse_off) - 1);
	append_capability("sgr0");
	append_capability("rmkx");
	append_capability("cnorm");
	append_capability("rmcup");
	last_resort.saved = term->saved;
	last_resort.is_armed = 1;
	for (size_t i = 0; i < sizeof(fault_signals) / sizeof(*fault_signals); i++)
		sigaction(fault_signals[i], &action, NULL);
}

/* ---- what goes to the terminal ---- */

/* Moves what curses wrote into the outlet. */
static void collect(struct terminal *term)
{
	fflush(term->out);
	if (outlet_take_file(&term->outlet, fileno(term->out)))
		term->is_stale = true;
}

bool term_has_output(const struct terminal *term)
{
	return outlet_has_bytes(&term->outlet);
}

int term_flush(struct terminal *term)
{
	return outlet_flush(&term->outlet);
}

/* Linux's console knows no OSC 52, and some of its versions show what they do not know. Between two
   frames the queue ends with a whole sequence. */
int term_copy(struct terminal *term, const char *text, size_t size)
{
	const char *name = getenv("TERM");
	char *bytes;
	long count;
	int err;

	if (name && !strncmp(name, "linux", 5))
		return -ENOTSUP;
	count = clipboard_sequence(text, size, &bytes);
	if (count < 0)
		return (int)count;
	err = outlet_put(&term->outlet, bytes, (size_t)count);
	free(bytes);
	return err;
}

int term_ring(struct terminal *term)
{
	return outlet_put(&term->outlet, "\a", 1);
}

/* ---- opening ---- */

static bool has_capability(const char *name)
{
	const char *string = tigetstr(name);

	return string && string != (char *)-1;
}

/* terminfo's answer is not kept: newterm() asks anew. */
static bool can_place_cursor(void)
{
	bool can = has_capability("cup");

	del_curterm(cur_term);
	return can;
}

/* What is wrong with what TERM says; NULL: nothing. */
static const char *doubt_about_type(void)
{
	const char *name = getenv("TERM");
	int err;

	if (!name || !*name)
		return "TERM is not set: say what the terminal is, for example TERM=xterm";
	if (setupterm(name, STDOUT_FILENO, &err) != OK)
		return "terminfo does not know this TERM: try TERM=xterm, or install ncurses-term";
	if (!can_place_cursor())
		return "this TERM cannot place its cursor: try TERM=xterm";
	return NULL;
}

/* All that stands in the way, so that it need not be found out one by one. */
static int check_terminal(char *reason, size_t size)
{
	const char *type = doubt_about_type();
	bool has_tty = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);

	snprintf(reason, size, "%s%s%s", has_tty ? "" : "stdin and stdout must be a terminal",
		 type && !has_tty ? "; and " : "", type ? type : "");
	return !has_tty ? -ENOTTY : type ? -ENOTSUP : 0;
}

/* A description of its own, so that O_NONBLOCK does not reach the shell's. */
static int open_output(struct terminal *term)
{
	const char *name = ttyname(STDOUT_FILENO);

	term->tty_flags = -1;
	term->outlet.fd = name ? open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	if (term->outlet.fd >= 0)
		return 0;
	term->outlet.fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (term->outlet.fd < 0)
		return -errno;
	term->tty_flags = fcntl(term->outlet.fd, F_GETFL);
	return fcntl(term->outlet.fd, F_SETFL, term->tty_flags | O_NONBLOCK) ? -errno : 0;
}

static int open_streams(struct terminal *term)
{
	int in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	if (in < 0 || out < 0)
		return -errno;
	term->in = fdopen(in, "r");
	term->out = fdopen(out, "w");
	return term->in && term->out ? 0 : -ENOMEM;
}

/* From here on curses draws into memory. */
static int swap_output(struct terminal *term)
{
	int memory = memfd_create("proctop screen", MFD_CLOEXEC);
	int out = fileno(term->out);

	if (memory < 0)
		return -errno;
	fflush(term->out);
	if (dup3(memory, out, O_CLOEXEC) < 0) {
		close(memory);
		return -errno;
	}
	close(memory);
	return 0;
}

static bool wants_color(const struct term_options *options)
{
	const char *no_color = getenv("NO_COLOR");

	if (options->color == TERM_COLOR_AUTO)
		return !no_color || !*no_color;
	return options->color == TERM_COLOR_ALWAYS;
}

static void start_colors(struct terminal *term, const struct term_options *options)
{
	if (!wants_color(options) || !has_colors() || start_color() == ERR ||
	    use_default_colors() == ERR)
		return;
	term->colors = COLORS >= 256 ? COLORS : COLORS >= 8 ? 8 : 0;
}

/* curses would exit in handlers of its own, without a word; the program has a signalfd. */
static SCREEN *new_screen(struct terminal *term)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGTSTP, SIGWINCH };
	struct sigaction before[sizeof(numbers) / sizeof(*numbers)];
	SCREEN *screen;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], NULL, &before[i]);
	screen = newterm(NULL, term->out, term->in);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		sigaction(numbers[i], &before[i], NULL);
	return screen;
}

static int start_curses(struct terminal *term, const struct term_options *options)
{
	term->screen = new_screen(term);
	if (!term->screen)
		return -ENOTSUP;
	set_term(term->screen);
	raw(); /* so that curses takes keys singly; the mode itself is set below */
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	leaveok(stdscr, FALSE);
	set_escdelay(ESCAPE_DELAY_MS);
	start_colors(term, options);
	define_key(NULL, KEY_MOUSE); /* its reports are no key of curses' */
	term->has_mouse = options->mouse && has_capability("kmous");
	return 0;
}

static void set_raw_mode(struct terminal *term)
{
	term->raw = term->saved;
	term->raw.c_iflag &= (tcflag_t) ~(ICRNL | INLCR | IGNCR | IXON | ISTRIP | BRKINT);
	term->raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ISIG | IEXTEN);
	term->raw.c_oflag &= (tcflag_t)~OPOST;
	term->raw.c_cc[VMIN] = 1;
	term->raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSADRAIN, &term->raw);
}

static void start_input(struct terminal *term)
{
	outlet_put(&term->outlet, paste_on, sizeof(paste_on) - 1);
	if (term->has_mouse)
		outlet_put(&term->outlet, mouse_on, sizeof(mouse_on) - 1);
}

static void free_term(struct terminal *term)
{
	if (term->screen)
		delscreen(term->screen);
	if (term->in)
		fclose(term->in);
	if (term->out)
		fclose(term->out);
	if (term->tty_flags >= 0)
		fcntl(term->outlet.fd, F_SETFL, term->tty_flags);
	if (term->outlet.fd >= 0)
		close(term->outlet.fd);
	canvas_free(term->shown);
	free(term->line);
	outlet_free(&term->outlet);
	free(term);
}

static int open_parts(struct terminal *term, const struct term_options *options)
{
	int err = open_output(term);

	if (!err)
		err = open_streams(term);
	if (err)
		return err;
	term->line = calloc(CELLS_MAX + 1, sizeof(*term->line));
	term->shown = canvas_new(0, 0, true);
	if (!term->line || !term->shown)
		return -ENOMEM;
	err = start_curses(term, options);
	if (err)
		return err;
	arm_last_resort(term);
	err = swap_output(term);
	if (err) {
		endwin();
		return err;
	}
	set_raw_mode(term);
	start_input(term);
	term_resize(term);
	return 0;
}

int term_open(struct terminal **out, const struct term_options *options, char *reason, size_t size)
{
	struct terminal *term;
	int err = check_terminal(reason, size);

	if (err)
		return err;
	snprintf(reason, size, "the terminal could not be set up");
	term = calloc(1, sizeof(*term));
	if (!term)
		return -ENOMEM;
	term->outlet.fd = term->tty_flags = -1;
	term->is_stale = true;
	if (tcgetattr(STDIN_FILENO, &term->saved)) {
		free(term);
		return -errno;
	}
	err = open_parts(term, options);
	if (err) {
		tcsetattr(STDIN_FILENO, TCSANOW, &term->saved);
		free_term(term);
		return err;
	}
	*out = term;
	return 0;
}

static void leave_screen(struct terminal *term)
{
	curs_set(1);
	endwin();
	if (term->has_mouse)
		outlet_put(&term->outlet, mouse_off, sizeof(mouse_off) - 1);
	outlet_put(&term->outlet, paste_off, sizeof(paste_off) - 1);
	collect(term);
	outlet_flush_last(&term->outlet, last_resort.bytes, last_resort.size);
	/* Not before it is drained: what does not read would never be. */
	tcsetattr(STDIN_FILENO, TCSANOW, &term->saved);
}

void term_close(struct terminal *term)
{
	if (!term)
		return;
	leave_screen(term);
	last_resort.is_armed = 0;
	free_term(term);
}

void term_suspend(struct terminal *term)
{
	leave_screen(term);
	last_resort.is_armed = 0;
}

void term_resume(struct terminal *term)
{
	last_resort.is_armed = 1;
	set_raw_mode(term);
	start_input(term);
	term_resize(term);
	term_redraw(term);
}

int term_in_fd(const struct terminal *term)
{
	return fileno(term->in);
}

int term_out_fd(const struct terminal *term)
{
	return term->outlet.fd;
}

int term_colors(const struct terminal *term)
{
	return term->colors;
}

void term_get_size(const struct terminal *term, int *rows, int *cols)
{
	*rows = term->rows;
	*cols = term->cols;
}

static int bounded(int value, int most)
{
	return value < 1 ? 1 : value > most ? most : value;
}

bool term_resize(struct terminal *term)
{
	struct winsize size = { 0 };
	int rows = 24, cols = 80;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_row && size.ws_col) {
		rows = bounded(size.ws_row, SHRT_MAX / 2);
		cols = bounded(size.ws_col, CELLS_MAX);
	}
	if (rows == term->rows && cols == term->cols)
		return false;
	if (resizeterm(rows, cols) == ERR)
		return false;
	term->rows = rows;
	term->cols = cols;
	term_redraw(term);
	return true;
}

/* ---- drawing ---- */

void term_redraw(struct terminal *term)
{
	term->is_stale = true;
}

static attr_t attributes(const struct style *style)
{
	attr_t attrs = A_NORMAL;

	if (style->attrs & STYLE_BOLD)
		attrs |= A_BOLD;
	if (style->attrs & STYLE_DIM)
		attrs |= A_DIM;
	if (style->attrs & STYLE_UNDERLINE)
		attrs |= A_UNDERLINE;
	if (style->attrs & STYLE_REVERSE)
		attrs |= A_REVERSE;
	return attrs;
}

static int color_pair(const struct terminal *term, const struct style *style)
{
	int pair;

	if (!term->colors || (style->fg < 0 && style->bg < 0))
		return 0;
	pair = alloc_pair(style->fg, style->bg);
	return pair < 0 ? 0 : pair;
}

static void to_wide(const struct cell *cell, wchar_t wide[CCHARW_MAX + 1])
{
	char bytes[TEXT_PIECE_SIZE + 1];
	size_t count;

	if (cell->size == 1) {
		wide[0] = (unsigned char)cell->bytes[0];
		wide[1] = L'\0';
		return;
	}
	memcpy(bytes, cell->bytes, cell->size);
	bytes[cell->size] = '\0';
	count = mbstowcs(wide, bytes, CCHARW_MAX);
	if (count == (size_t)-1)
		wcscpy(wide, L"?");
	else
		wide[count] = L'\0';
}

static bool is_same_style(const struct style *a, const struct style *b)
{
	return a->fg == b->fg && a->bg == b->bg && a->attrs == b->attrs;
}

static void draw_row(struct terminal *term, const struct canvas *canvas, int y)
{
	const struct style *style = NULL;
	attr_t attrs = A_NORMAL;
	int pair = 0, count = 0;

	for (int x = 0; x < canvas->cols; x++) {
		const struct cell *cell = canvas_cell(canvas, y, x);
		wchar_t wide[CCHARW_MAX + 1];

		if (!cell->width)
			continue;
		if (!style || !is_same_style(style, &cell->style)) {
			style = &cell->style;
			attrs = attributes(style);
			pair = color_pair(term, style);
		}
		to_wide(cell, wide);
		setcchar(&term->line[count++], wide, attrs, (short)pair, &pair);
	}
	mvadd_wchnstr(y, 0, term->line, count);
}

static bool is_row_shown(const struct terminal *term, const struct canvas *canvas, int y)
{
	size_t size = (size_t)canvas->cols * sizeof(struct cell);

	return !memcmp(canvas_cell(canvas, y, 0), canvas_cell(term->shown, y, 0), size);
}

static void remember(struct terminal *term, const struct canvas *canvas)
{
	size_t size = (size_t)canvas->rows * (size_t)canvas->cols * sizeof(struct cell);

	memcpy(term->shown->cells, canvas->cells, size);
}

static bool fit_shown(struct terminal *term, const struct canvas *canvas)
{
	if (term->shown->rows == canvas->rows && term->shown->cols == canvas->cols)
		return true;
	term->is_stale = true;
	return !canvas_resize(term->shown, canvas->rows, canvas->cols);
}

static void place_cursor(struct terminal *term, int y, int x)
{
	bool was_hidden = term->cursor_y < 0;

	if ((y < 0) != was_hidden)
		curs_set(y >= 0);
	if (y >= 0)
		move(y, x);
	term->cursor_y = y;
	term->cursor_x = x;
}

void term_blit(struct terminal *term, const struct canvas *canvas, int cursor_y, int cursor_x)
{
	if (canvas->rows != term->rows || canvas->cols != term->cols || !fit_shown(term, canvas))
		return;
	for (int y = 0; y < canvas->rows; y++) {
		if (term->is_stale || !is_row_shown(term, canvas, y))
			draw_row(term, canvas, y);
	}
	if (term->is_stale) {
		clearok(curscr, TRUE);
		curs_set(cursor_y >= 0);
	}
	term->is_stale = false;
	remember(term, canvas);
	place_cursor(term, cursor_y, cursor_x);
	wnoutrefresh(stdscr);
	doupdate();
	collect(term);
}

/* ---- keys ---- */

static uint32_t key_of(int code)
{
	if (code >= KEY_F(1) && code <= KEY_F(12))
		return TERM_KEY_F1 + (uint32_t)(code - KEY_F(1));
	switch (code) {
	case KEY_UP:
		return TERM_KEY_UP;
	case KEY_DOWN:
		return TERM_KEY_DOWN;
	case KEY_LEFT:
		return TERM_KEY_LEFT;
	case KEY_RIGHT:
		return TERM_KEY_RIGHT;
	case KEY_SLEFT:
		return TERM_KEY_SHIFT_LEFT;
	case KEY_SRIGHT:
		return TERM_KEY_SHIFT_RIGHT;
	case KEY_PPAGE:
		return TERM_KEY_PAGE_UP;
	case KEY_NPAGE:
		return TERM_KEY_PAGE_DOWN;
	case KEY_HOME:
		return TERM_KEY_HOME;
	case KEY_END:
		return TERM_KEY_END;
	case KEY_DC:
		return TERM_KEY_DELETE;
	case KEY_BACKSPACE:
		return TERM_KEY_BACKSPACE;
	case KEY_ENTER:
		return TERM_KEY_ENTER;
	default:
		return TERM_KEY_OTHER;
	}
}

/* As the terminal's library tells of it. */
static bool read_stroke(void *what, struct keystroke *stroke)
{
	struct terminal *term = what;
	wint_t code;
	int result = get_wch(&code);

	collect(term);
	if (result == ERR)
		return false;
	stroke->is_key = result == KEY_CODE_YES;
	stroke->code = stroke->is_key ? key_of((int)code) : code;
	return true;
}

/* No key may mean that the terminal is gone, which curses does not tell. */
static int check_input(struct terminal *term)
{
	struct pollfd poll_fd = { .fd = term_in_fd(term), .events = POLLIN };
	int waiting = 0;

	if (poll(&poll_fd, 1, 0) <= 0)
		return 0;
	if (poll_fd.revents & (POLLERR | POLLNVAL))
		return -EIO;
	if (poll_fd.revents & POLLHUP)
		return -EIO;
	/* Readable and yet nothing to read is the end of the input. */
	return ioctl(poll_fd.fd, FIONREAD, &waiting) || waiting == 0 ? -EIO : 0;
}

int term_read_key(struct terminal *term, struct key *key)
{
	if (key_reader_next(&term->keys, read_stroke, term, term->has_mouse, key))
		return 1;
	return check_input(term);
}
