#include "app/base/str.h"

#include "app/base/word.h"

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool
str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	}
	return true;
}

int
str_cmp(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n == 0 ? 0 : memcmp(a.p, b.p, n);

	if (c != 0)
		return c;
	return a.n < b.n ? -1 : a.n > b.n;
}

bool
str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_make(s.p, prefix.n), prefix);
}

bool
str_ends(struct str s, struct str suffix)
{
	return s.n >= suffix.n && str_eq(str_skip(s, s.n - suffix.n), suffix);
}

size_t
str_find(struct str s, char c)
{
	const char *at = s.n == 0 ? NULL : memchr(s.p, c, s.n);

	return at == NULL ? s.n : (size_t)(at - s.p);
}

static bool
word_has_control(uint64_t w)
{
	return word_has_below(w, 0x20) || word_has(w, 0x7f);
}

bool
str_has_control(struct str s)
{
	size_t i = 0;

	if (s.n < WORD_BYTES)
		return s.n > 0 && word_has_control(word_of_few(s.p, s.n));
	for (; s.n - i > WORD_BYTES; i += WORD_BYTES) {
		if (word_has_control(word_at(s.p + i)))
			return true;
	}
	return word_has_control(word_at(s.p + s.n - WORD_BYTES));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct str
str_trim(struct str s)
{
	while (s.n > 0 && is_blank(s.p[0]))
		s = str_skip(s, 1);
	while (s.n > 0 && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

struct str
str_cut(struct str *rest, char sep)
{
	size_t at = str_find(*rest, sep);
	struct str part = str_make(rest->p, at);

	*rest = at == rest->n ? STR_NULL : str_skip(*rest, at + 1);
	return part;
}

bool
str_to_u64(struct str s, uint64_t *out)
{
	uint64_t v = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		uint64_t digit = (uint64_t)(unsigned char)s.p[i] - '0';

		if (digit > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return false;
	}
	*out = v;
	return true;
}

bool
str_to_i64(struct str s, int64_t *out)
{
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t v;

	if (s.n > 0 && (minus || s.p[0] == '+'))
		s = str_skip(s, 1);
	if (!str_to_u64(s, &v) || v > (uint64_t)INT64_MAX + (minus ? 1 : 0))
		return false;
	*out = minus ? (int64_t)(~v + 1) : (int64_t)v;
	return true;
}

/* Most options of a request are not given at all. */
static bool
is_one_of(struct str s, const char *const *words, size_t n)
{
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	}
	return false;
}

bool
str_to_bool(struct str s)
{
	static const char *const yes[] = { "1", "true", "on", "yes", "y", "t" };

	return is_one_of(s, yes, sizeof(yes) / sizeof(yes[0]));
}

bool
str_is_no(struct str s)
{
	static const char *const no[] = { "0", "false", "off", "no", "n", "f" };

	return is_one_of(s, no, sizeof(no) / sizeof(no[0]));
}
