#include "drivers/db/sqlite_token.h"

#include "app/base/buf.h"

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '$' ||
	       (unsigned char)c >= 0x80;
}

static bool
is_quote(char c)
{
	return c == '\'' || c == '"' || c == '`' || c == '[';
}

/* Where that text begins, or the end. */
static size_t
find(struct str s, struct str what)
{
	for (size_t i = 0; i + what.n <= s.n; i++) {
		if (memcmp(s.p + i, what.p, what.n) == 0)
			return i;
	}
	return s.n;
}

/* The end of a comment shares no star with its beginning. */
static struct str
behind_comment(struct str s)
{
	s = str_skip(s, 2);
	return str_skip(s, find(s, STR("*/")) + 2);
}

static void
blanks_skip(struct str *rest)
{
	for (;;) {
		if (rest->n > 0 && is_blank(rest->p[0]))
			*rest = str_skip(*rest, 1);
		else if (str_starts(*rest, STR("--")))
			*rest = str_skip(*rest, str_find(*rest, '\n'));
		else if (str_starts(*rest, STR("/*")))
			*rest = behind_comment(*rest);
		else
			break;
	}
}

/* Up to the quote that ends it; 0: none does. */
static size_t
quoted_length(struct str s)
{
	char end = s.p[0] == '[' ? ']' : s.p[0];

	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] != end)
			continue;
		if (end == ']' || i + 1 == s.n || s.p[i + 1] != end)
			return i + 1;
		i++; /* doubled */
	}
	return 0;
}

static size_t
word_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && is_word(s.p[n]))
		n++;
	return n;
}

struct sqlite_token
sqlite_token_next(struct str *rest)
{
	struct sqlite_token t = { .kind = TOKEN_END };

	blanks_skip(rest);
	if (rest->n == 0)
		return t;
	t.text = *rest;
	if (is_quote(rest->p[0])) {
		t.text.n = quoted_length(*rest);
		t.kind = t.text.n == 0 ? TOKEN_END : TOKEN_NAME;
	} else if (is_word(rest->p[0])) {
		t.text.n = word_length(*rest);
		t.kind = TOKEN_WORD;
	} else {
		t.text.n = 1;
		t.kind = TOKEN_MARK;
	}
	*rest = t.kind == TOKEN_END ? STR_NULL : str_skip(*rest, t.text.n);
	return t;
}

bool
sqlite_token_is(const struct sqlite_token *t, const char *word)
{
	return t->kind == TOKEN_WORD && str_eq_nocase(t->text, str_of(word));
}

bool
sqlite_token_marks(const struct sqlite_token *t, char c)
{
	return t->kind == TOKEN_MARK && t->text.p[0] == c;
}

struct str
sqlite_token_name(struct arena *arena, const struct sqlite_token *t)
{
	struct buf name = buf_in(arena);

	if (t->kind != TOKEN_NAME)
		return t->text;
	for (size_t i = 1; i + 1 < t->text.n; i++) {
		char c = t->text.p[i];

		buf_put_char(&name, c);
		if (c == t->text.p[0])
			i++; /* doubled */
	}
	return buf_str(&name);
}
