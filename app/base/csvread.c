#include "app/base/csvread.h"

#include "app/base/buf.h"
#include "app/base/utf8.h"

#define BYTE_ORDER_MARK STR("\xEF\xBB\xBF")

enum status
csv_open(struct csv_reader *r, struct arena *arena, struct str text,
    struct error *err)
{
	size_t i = 0;

	*r = (struct csv_reader){ .at = { text, 0, err }, .arena = arena };
	while (i < text.n) {
		size_t n = utf8_first(str_skip(text, i));

		if (n == 0)
			return json_fault(&r->at, i, "not valid UTF-8");
		i += n;
	}
	if (str_starts(text, BYTE_ORDER_MARK))
		r->at.i = BYTE_ORDER_MARK.n;
	return ST_OK;
}

/* Bytes of the line end that stands at i; 0: none does. The end of the text is
 * none. */
static size_t
line_end(const struct json_at *at, size_t i)
{
	if (json_byte(at, i) == '\n')
		return 1;
	return json_byte(at, i) == '\r' && json_byte(at, i + 1) == '\n' ? 2 : 0;
}

bool
csv_pass_blank(struct csv_reader *r)
{
	size_t n = line_end(&r->at, r->at.i);

	r->at.i += n;
	return n > 0;
}

/* To the closing quote, which is passed. */
static enum status
quoted_read(struct csv_reader *r, struct csv_field *out)
{
	struct json_at *at = &r->at;
	struct buf text = buf_in(r->arena);
	size_t open = at->i++;

	for (;;) {
		struct str rest = str_skip(at->text, at->i);
		size_t n = str_find(rest, '"');

		if (n == rest.n)
			return json_fault(
			    at, open, "a field in quotes has no end");
		at->i += n + 1;
		out->text = str_make(rest.p, n);
		if (json_byte(at, at->i) != '"')
			break;
		at->i++;
		buf_put(&text, str_make(rest.p, n + 1));
	}
	if (text.n > 0) {
		buf_put(&text, out->text);
		out->text = buf_str(&text);
	}
	return ST_OK;
}

static enum status
plain_read(struct csv_reader *r, struct csv_field *out)
{
	struct json_at *at = &r->at;
	size_t from = at->i;

	while (at->i < at->text.n) {
		char c = at->text.p[at->i];

		if (c == ',' || c == '\n' || c == '\r')
			break;
		if (c == '"')
			return json_fault(at, at->i,
			    "a quote within a field: put the field in quotes, "
			    "and each quote in it twice");
		at->i++;
	}
	out->text = str_make(at->text.p + from, at->i - from);
	return ST_OK;
}

/* What stands behind a field. */
static enum status
end_read(struct csv_reader *r, struct csv_field *out)
{
	struct json_at *at = &r->at;
	size_t n;

	if (json_byte(at, at->i) == ',') {
		at->i++;
		return ST_OK;
	}
	n = line_end(at, at->i);
	out->last = true;
	if (n == 0 && at->i < at->text.n)
		return json_fault(at, at->i,
		    "expected a comma or the end of the line behind a field");
	at->i += n;
	return ST_OK;
}

enum status
csv_next(struct csv_reader *r, struct csv_field *out)
{
	enum status st;

	*out = (struct csv_field){ .at = r->at.i };
	if (r->at.i == r->at.text.n && !r->open)
		return ST_MISSING;
	out->quoted = json_byte(&r->at, r->at.i) == '"';
	st = out->quoted ? quoted_read(r, out) : plain_read(r, out);
	if (st == ST_OK)
		st = end_read(r, out);
	r->open = !out->last;
	return st;
}
