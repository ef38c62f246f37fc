#include "app/base/jsonsplit.h"

#include <string.h>

#define RESOURCE STR("\"resource\"")

enum place {
	AT_START,
	IN_OBJECT, /* the outermost, between its members */
	IN_LIST,   /* between elements */
	AT_END
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Within a string, to its end or to the end of the text. */
static void
string_scan(struct json_scan *scan, struct str text)
{
	while (scan->in_string && scan->n < text.n) {
		char c = text.p[scan->n++];

		if (scan->is_escaped)
			scan->is_escaped = false;
		else if (c == '\\')
			scan->is_escaped = true;
		else if (c == '"')
			scan->in_string = false;
	}
}

/* A number or a literal, to what stands behind it. */
static bool
word_scan(struct json_scan *scan, struct str text, bool ended)
{
	while (scan->n < text.n) {
		char c = text.p[scan->n];

		if (is_blank(c) || c == ',' || c == ']' || c == '}')
			return true;
		scan->n++;
	}
	return ended;
}

/* Goes on with the value that text begins with; true: it is whole, and has
 * scan->n bytes. */
static bool
value_scan(struct json_scan *scan, struct str text, bool ended)
{
	if (text.n > 0 && text.p[0] != '{' && text.p[0] != '[' &&
	    text.p[0] != '"')
		return word_scan(scan, text, ended);
	while (scan->n < text.n) {
		char c;

		if (scan->in_string) {
			string_scan(scan, text);
		} else {
			c = text.p[scan->n++];
			scan->in_string = c == '"';
			if (c == '{' || c == '[')
				scan->depth++;
			else if (c == '}' || c == ']')
				scan->depth--;
		}
		if (!scan->in_string && scan->depth == 0)
			return true;
	}
	return false;
}

void
json_split_open(struct json_split *s)
{
	*s = (struct json_split){ .where = AT_START };
}

void
json_split_close(struct json_split *s)
{
	buf_free(&s->held);
}

void
json_split_put(struct json_split *s, struct str piece)
{
	s->text = piece;
	s->at = 0;
	if (s->held.n == 0)
		return;
	buf_put(&s->held, piece);
	s->text = buf_str(&s->held);
}

void
json_split_end(struct json_split *s)
{
	s->ended = true;
	json_split_put(s, STR(""));
}

/* Keeps what is not given yet for the next piece. */
static bool
hold_rest(struct json_split *s)
{
	struct str rest = str_skip(s->text, s->at);

	if (s->held.n > 0) {
		if (rest.n > 0)
			memmove(s->held.p, rest.p, rest.n);
		s->held.n = rest.n;
	} else {
		buf_put(&s->held, rest);
	}
	s->text = buf_str(&s->held);
	s->at = 0;
	return false;
}

/* The part at s->at has been given, up to n bytes from there. */
static bool
give(struct json_split *s, size_t n)
{
	s->at += n;
	s->name_n = s->value_at = 0;
	s->scan = (struct json_scan){ 0 };
	return true;
}

static bool
element_next(struct json_split *s, struct json_part *out)
{
	struct str text = str_skip(s->text, s->at);

	if (!value_scan(&s->scan, text, s->ended))
		return hold_rest(s);
	out->kind = JSON_PART_ELEMENT;
	out->value = str_make(text.p, s->scan.n);
	return give(s, s->scan.n);
}

/* The name, the colon and the blanks around it; false: more must come. */
static bool
name_scan(struct json_split *s, struct str text)
{
	if (s->name_n == 0) {
		if (!value_scan(&s->scan, text, false))
			return false;
		s->name_n = s->value_at = s->scan.n;
		s->scan = (struct json_scan){ 0 };
	}
	while (s->value_at < text.n &&
	       (is_blank(text.p[s->value_at]) || text.p[s->value_at] == ':'))
		s->value_at++;
	return s->value_at < text.n;
}

static bool
member_next(struct json_split *s, struct json_part *out)
{
	struct str text = str_skip(s->text, s->at);

	if (!name_scan(s, text))
		return hold_rest(s);
	out->name = str_make(text.p, s->name_n);
	out->value = str_skip(text, s->value_at);
	if (out->value.p[0] == '[' && str_eq(out->name, RESOURCE)) {
		out->kind = JSON_PART_LIST;
		out->value.n = 1;
		s->in_object = s->has_list = true;
		s->where = IN_LIST;
		return give(s, s->value_at + 1);
	}
	if (!value_scan(&s->scan, out->value, s->ended))
		return hold_rest(s);
	out->kind = JSON_PART_MEMBER;
	out->value.n = s->scan.n;
	return give(s, s->value_at + s->scan.n);
}

static bool
whole_next(struct json_split *s, struct json_part *out)
{
	if (!s->ended)
		return hold_rest(s);
	s->where = AT_END;
	out->kind = JSON_PART_WHOLE;
	out->value = str_trim(str_skip(s->text, s->at));
	return give(s, out->value.n);
}

/* What is no part: brackets of the outermost values, and what is between parts.
 * False when a part begins, or nothing is left. */
static bool
passes(struct json_split *s, char c)
{
	switch (s->where) {
	case AT_START:
		s->has_list = c == '[';
		if (c == '{')
			s->where = IN_OBJECT;
		else if (c == '[')
			s->where = IN_LIST;
		return c == '{' || c == '[' || is_blank(c);
	case IN_OBJECT:
		if (c == '}')
			s->where = AT_END;
		return c != '"';
	case IN_LIST:
		if (c == ']')
			s->where = s->in_object ? IN_OBJECT : AT_END;
		return c == ']' || c == '}' || c == ',' || is_blank(c);
	default:
		return true;
	}
}

static bool
has_begun(const struct json_split *s)
{
	return s->name_n > 0 || s->scan.n > 0;
}

bool
json_split_next(struct json_split *s, struct json_part *out)
{
	*out = (struct json_part){ .name = STR_NULL };
	while (
	    !has_begun(s) && s->at < s->text.n && passes(s, s->text.p[s->at]))
		s->at++;
	if (s->at == s->text.n || s->where == AT_END)
		return hold_rest(s);
	if (s->where == AT_START)
		return whole_next(s, out);
	return s->where == IN_OBJECT ? member_next(s, out)
				     : element_next(s, out);
}

bool
json_split_has_list(const struct json_split *s)
{
	return s->has_list;
}
