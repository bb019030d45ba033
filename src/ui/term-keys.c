/* SPDX-License-Identifier: MIT */
/* Keys, pastes and the mouse, out of what the terminal sends. */
#include "ui/term-impl.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>

#define MOUSE_MOTION 32u       /* added to the button that is held down */
#define PASTE_PATIENCE_MS 1000 /* its end may be lost */

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

static bool take_mouse(const struct escape_mouse *mouse, struct key *key)
{
	*key = (struct key){ .mouse_y = mouse->y, .mouse_x = mouse->x };
	if (mouse->is_release)
		key->code = mouse->button == 0 ? TERM_KEY_MOUSE_RELEASE : 0;
	else if (mouse->button == 0)
		key->code = TERM_KEY_MOUSE_CLICK;
	else if (mouse->button == MOUSE_MOTION)
		key->code = TERM_KEY_MOUSE_DRAG;
	else if (mouse->button == 64)
		key->code = TERM_KEY_WHEEL_UP;
	else if (mouse->button == 65)
		key->code = TERM_KEY_WHEEL_DOWN;
	return key->code != 0;
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

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int read_code(struct terminal *term, wint_t *code)
{
	int result;

	if (term->has_pending) {
		term->has_pending = false;
		*code = term->pending_code;
		return term->pending_result;
	}
	result = get_wch(code);
	term_collect(term);
	return result;
}

/* curses gives out an ESC alone if no key that it knows begins so. */
static bool is_sequence_begun(struct terminal *term)
{
	int result = read_code(term, &term->pending_code);

	if (result == OK && escape_begin(&term->escape, term->pending_code, now_ms()))
		return true;
	term->has_pending = result != ERR;
	term->pending_result = result;
	if (!term->has_pending)
		escape_alone(&term->escape, now_ms());
	return false;
}

static enum escape_result sort_out(struct terminal *term, int result, wint_t code,
				   struct escape_mouse *mouse)
{
	if (result == KEY_CODE_YES)
		return ESCAPE_IS_KEY;
	if (code == TERM_KEY_ESC)
		return is_sequence_begun(term) ? ESCAPE_IS_PART : ESCAPE_IS_KEY;
	return escape_feed(&term->escape, code, now_ms(), mouse);
}

static void set_key(struct key *key, int result, wint_t code)
{
	*key = (struct key){ .code = code };
	if (result == KEY_CODE_YES)
		key->code = key_of((int)code);
	else if (code == 0x7f || code == '\b')
		key->code = TERM_KEY_BACKSPACE;
	else if (code == '\n')
		key->code = TERM_KEY_ENTER;
}

static bool is_pasted(struct terminal *term)
{
	uint64_t now = term->is_pasting ? now_ms() : 0;

	if (now > term->pasted_ms + PASTE_PATIENCE_MS)
		term->is_pasting = false;
	term->pasted_ms = now;
	return term->is_pasting;
}

static void begin_paste(struct terminal *term, bool is_begin)
{
	term->is_pasting = is_begin;
	term->pasted_ms = now_ms();
}

int term_read_key(struct terminal *term, struct key *key)
{
	struct escape_mouse mouse;
	wint_t code;
	int result;

	while ((result = read_code(term, &code)) != ERR) {
		switch (sort_out(term, result, code, &mouse)) {
		case ESCAPE_IS_KEY:
			set_key(key, result, code);
			key->is_pasted = is_pasted(term);
			return 1;
		case ESCAPE_IS_MOUSE:
			if (term->has_mouse && take_mouse(&mouse, key))
				return 1;
			break;
		case ESCAPE_IS_PASTE:
			begin_paste(term, true);
			break;
		case ESCAPE_IS_PASTE_END:
			begin_paste(term, false);
			break;
		case ESCAPE_IS_PART:
			break;
		}
	}
	return check_input(term);
}
