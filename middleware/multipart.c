#include "middleware/multipart.h"

#include <string.h>

#include "app/base/arena.h"
#include "middleware/multipart_head.h"

/* Room for a header and its delimiters, and for a good piece of content. */
#define WINDOW_BYTES  (64u * 1024)
#define PADDING_BYTES 64u /* blanks behind a delimiter */
#define MEDIA_TYPE    STR("multipart/form-data")

static bool
is_boundary(struct str s)
{
	static const char others[] = "'()+_,-./:=? ";

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			     (c >= 'A' && c <= 'Z');

		if (!plain && (c == '\0' || strchr(others, c) == NULL))
			return false;
	}
	return s.n > 0 && s.n <= MULTIPART_BOUNDARY_MAX && s.p[s.n - 1] != ' ';
}

bool
multipart_is(struct str content_type)
{
	return str_eq_nocase(str_trim(str_cut(&content_type, ';')), MEDIA_TYPE);
}

static struct str
boundary_of(struct arena *arena, struct str content_type)
{
	struct str name, value;

	(void)str_cut(&content_type, ';');
	while (content_type.p != NULL &&
	       multipart_parameter(arena, &content_type, &name, &value)) {
		if (str_eq_nocase(name, STR("boundary")))
			return value;
	}
	return STR_NULL;
}

enum status
multipart_open(struct multipart *m, struct arena *arena,
    struct str content_type, multipart_read_f *read, void *from,
    struct error *err)
{
	struct str boundary = boundary_of(arena, content_type);

	if (!multipart_is(content_type) || !is_boundary(boundary))
		return error_set(err, ST_INVALID,
		    "The Content-Type of the request is not "
		    "multipart/form-data with a boundary of 1 to %u "
		    "characters.",
		    MULTIPART_BOUNDARY_MAX);
	*m = (struct multipart){
		.arena = arena,
		.read = read,
		.from = from,
		.window = arena_alloc(arena, WINDOW_BYTES),
	};
	memcpy(m->delimiter, "\r\n--", 4);
	memcpy(m->delimiter + 4, boundary.p, boundary.n);
	m->delimiter_bytes = 4 + boundary.n;
	/* The first delimiter stands at the beginning, without a line before
	 * it. */
	memcpy(m->window, "\r\n", 2);
	m->n = 2;
	return ST_OK;
}

/* More bytes in the window, which is not full of what is not used. */
static enum status
fill(struct multipart *m)
{
	size_t got = 0;
	enum status st;

	if (m->at > 0) {
		memmove(m->window, m->window + m->at, m->n - m->at);
		m->n -= m->at;
		m->at = 0;
	}
	st = m->read(m->from, m->window + m->n, WINDOW_BYTES - m->n, &got);
	if (st != ST_OK)
		return st;
	m->n += got;
	m->dry = got == 0;
	return ST_OK;
}

static enum status
cut_short(struct error *err)
{
	return error_set(
	    err, ST_INVALID, "The request body ends before its last boundary.");
}

/* How much of the window is content for sure, and whether the delimiter
 * follows it. */
static void
scan(struct multipart *m)
{
	size_t left = m->n - m->at;
	const char *from = m->window + m->at;
	const char *hit = memmem(from, left, m->delimiter, m->delimiter_bytes);

	m->delimited = hit != NULL;
	if (hit != NULL)
		m->content = (size_t)(hit - from);
	else if (left >= m->delimiter_bytes)
		m->content = left - (m->delimiter_bytes - 1);
	else
		m->content = 0;
}

/* Until there is content, or the delimiter. */
static enum status
content_find(struct multipart *m, struct error *err)
{
	while (m->content == 0 && !m->delimited) {
		enum status st;

		if (m->dry)
			return cut_short(err);
		st = fill(m);
		if (st != ST_OK)
			return st;
		scan(m);
	}
	return ST_OK;
}

static void
take(struct multipart *m, size_t n)
{
	m->at += n;
	m->content -= n;
}

enum status
multipart_read(
    struct multipart *m, void *to, size_t room, size_t *got, struct error *err)
{
	enum status st;

	*got = 0;
	if (m->state != MULTIPART_CONTENT)
		return ST_OK;
	st = content_find(m, err);
	if (st != ST_OK)
		return st;
	*got = m->content < room ? m->content : room;
	memcpy(to, m->window + m->at, *got);
	take(m, *got);
	return ST_OK;
}

/* To the delimiter, over what is left before it. */
static enum status
skip_content(struct multipart *m, struct error *err)
{
	do {
		enum status st = content_find(m, err);

		if (st != ST_OK)
			return st;
		take(m, m->content);
	} while (!m->delimited);
	return ST_OK;
}

/* At least n bytes that are not used; ST_INVALID: there are not so many. */
static enum status
want(struct multipart *m, size_t n, struct error *err)
{
	while (m->n - m->at < n) {
		enum status st = m->dry ? cut_short(err) : fill(m);

		if (st != ST_OK)
			return st;
	}
	return ST_OK;
}

/* Blanks and the end of the line behind a delimiter. */
static enum status
skip_line(struct multipart *m, struct error *err)
{
	enum status st = want(m, 2, err);

	for (unsigned i = 0; st == ST_OK && i < PADDING_BYTES; i++) {
		const char *at = m->window + m->at;

		if (at[0] == '\r' && at[1] == '\n') {
			m->at += 2;
			return ST_OK;
		}
		if (at[0] != ' ' && at[0] != '\t')
			break;
		m->at++;
		st = want(m, 2, err);
	}
	return st != ST_OK ? st
			   : error_set(err, ST_INVALID,
				 "A boundary is followed by something else "
				 "than the end of its line.");
}

/* The lines of a header, up to the empty one; *lines is a view of the window.
 */
static enum status
head_find(struct multipart *m, struct str *lines, struct error *err)
{
	enum status st = want(m, 2, err);

	while (st == ST_OK) {
		const char *from = m->window + m->at;
		size_t left = m->n - m->at;
		const char *end = memmem(from, left, "\r\n\r\n", 4);

		if (from[0] == '\r' && from[1] == '\n') {
			*lines = STR("");
			m->at += 2;
			return ST_OK;
		}
		if (end != NULL &&
		    end - from <= (ptrdiff_t)MULTIPART_HEAD_MAX) {
			*lines = str_make(from, (size_t)(end - from));
			m->at += lines->n + 4;
			return ST_OK;
		}
		if (left >= MULTIPART_HEAD_MAX + 4)
			return error_set(err, ST_TOO_BIG,
			    "The header of a part is longer than %u bytes.",
			    MULTIPART_HEAD_MAX);
		st = want(m, left + 1, err);
	}
	return st;
}

/* What follows the last part means nothing, but it belongs to the body. */
static enum status
finish(struct multipart *m)
{
	enum status st = ST_OK;

	m->state = MULTIPART_END;
	while (st == ST_OK && !m->dry) {
		m->at = m->n;
		st = fill(m);
	}
	return st == ST_OK ? ST_MISSING : st;
}

enum status
multipart_next(
    struct multipart *m, struct multipart_part *part, struct error *err)
{
	struct str lines = STR("");
	enum status st;

	if (m->state == MULTIPART_END)
		return ST_MISSING;
	st = skip_content(m, err);
	if (st != ST_OK)
		return st;
	m->at += m->delimiter_bytes;
	m->delimited = false;
	st = want(m, 2, err);
	if (st != ST_OK)
		return st;
	if (memcmp(m->window + m->at, "--", 2) == 0)
		return finish(m);
	if (m->n_parts++ == MULTIPART_PARTS_MAX)
		return error_set(err, ST_TOO_BIG,
		    "The request body has more than %u parts.",
		    MULTIPART_PARTS_MAX);
	m->state = MULTIPART_CONTENT;
	st = skip_line(m, err);
	if (st == ST_OK)
		st = head_find(m, &lines, err);
	if (st != ST_OK)
		return st;
	st = multipart_head_read(m->arena, lines, part, err);
	scan(m);
	return st;
}
