#include "app/base/uri.h"

#include "app/base/arena.h"
#include "app/base/word.h"

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
word_is_plain(uint64_t w, bool plus)
{
	return !word_has(w, '%') && !word_has(w, '\0') &&
	       !(plus && word_has(w, '+'));
}

/* Index of the first byte that decoding would change or refuse, or s.n. */
static size_t
plain_length(struct str s, bool plus)
{
	size_t i = 0;

	while (s.n - i >= WORD_BYTES && word_is_plain(word_at(s.p + i), plus))
		i += WORD_BYTES;
	while (i < s.n && s.p[i] != '%' && s.p[i] != '\0' &&
	       !(plus && s.p[i] == '+'))
		i++;
	return i;
}

/* One decoded byte from s[*i], *i moved behind it; false on bad input. */
static bool
decode_one(struct str s, size_t *i, bool plus, char *out)
{
	char c = s.p[(*i)++];

	if (c == '%') {
		int high = *i < s.n ? hex_value(s.p[*i]) : -1;
		int low = *i + 1 < s.n ? hex_value(s.p[*i + 1]) : -1;

		if (high < 0 || low < 0)
			return false;
		*i += 2;
		*out = (char)(high << 4 | low);
		return *out != '\0';
	}
	*out = plus && c == '+' ? ' ' : c;
	return c != '\0';
}

bool
uri_decode(struct arena *a, struct str s, bool plus, struct str *out)
{
	size_t i = plain_length(s, plus);
	size_t n = i;
	char *p;

	*out = s;
	if (i == s.n)
		return true;
	p = arena_alloc(a, s.n);
	memcpy(p, s.p, n);
	while (i < s.n) {
		if (!decode_one(s, &i, plus, &p[n]))
			return false;
		n++;
	}
	*out = str_make(p, n);
	return true;
}

static bool
param_read(struct arena *a, struct str piece, struct param *out)
{
	size_t at = str_find(piece, '=');
	struct str name = str_make(piece.p, at);
	struct str value = str_skip(piece, at + 1);

	return uri_decode(a, name, true, &out->name) &&
	       uri_decode(a, value, true, &out->value);
}

static size_t
count_pieces(struct str query, size_t max)
{
	size_t n = 1;

	while (n < max && query.n > 0) {
		query = str_skip(query, str_find(query, '&') + 1);
		n++;
	}
	return n;
}

bool
uri_query(struct arena *a, struct str query, size_t max, struct params *out)
{
	struct str rest = query;

	*out = (struct params){ 0 };
	if (query.n == 0)
		return true;
	out->list =
	    arena_alloc(a, count_pieces(query, max) * sizeof(out->list[0]));
	while (rest.p != NULL) {
		struct str piece = str_cut(&rest, '&');

		if (piece.n == 0)
			continue;
		if (out->n == max || !param_read(a, piece, &out->list[out->n]))
			return false;
		out->n++;
	}
	return true;
}

struct str
uri_query_find(struct arena *a, struct str query, struct str name)
{
	while (query.p != NULL) {
		struct str value = str_cut(&query, '&');
		struct str sent = str_cut(&value, '=');
		struct str decoded;

		if (!uri_decode(a, sent, true, &decoded) ||
		    !str_eq(decoded, name))
			continue;
		return str_is_null(value) ? STR("") : value;
	}
	return STR_NULL;
}

struct str
params_get(const struct params *ps, struct str name)
{
	for (size_t i = 0; i < ps->n; i++) {
		if (str_eq(ps->list[i].name, name))
			return ps->list[i].value;
	}
	return STR_NULL;
}
