#include "middleware/registry/user_check.h"

#include "app/base/arena.h"
#include "app/base/password.h"
#include "app/base/utf8.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/user_records.h"

struct str
user_lower(struct arena *arena, struct str text)
{
	text = str_trim(text);
	return lower_case(text, arena_alloc(arena, text.n + 1), text.n);
}

enum status
user_email_check(struct str email, struct error *err)
{
	size_t at = str_find(email, '@');
	bool bad = email.n > USER_TEXT_MAX || at == 0 || at + 1 >= email.n ||
		   str_find(str_skip(email, at + 1), '@') + at + 1 < email.n;

	for (size_t i = 0; i < email.n && !bad; i++)
		bad = (unsigned char)email.p[i] <= ' ' || email.p[i] == 0x7f;
	if (bad)
		return error_set(err, ST_INVALID,
		    "email: an address as in jane@example.com is expected, at "
		    "most %d bytes",
		    USER_TEXT_MAX);
	return ST_OK;
}

struct text_rule {
	const char *name;
	struct str *text;
	size_t max;
};

static bool
is_utf8(struct str s)
{
	size_t n = 1;

	for (; s.n > 0 && n > 0; s = str_skip(s, n))
		n = utf8_first(s);
	return n > 0;
}

static enum status
text_check(const struct text_rule *rule, struct error *err)
{
	struct str s = str_trim(*rule->text);
	bool bad = s.n > rule->max || !is_utf8(s);

	for (size_t i = 0; i < s.n && !bad; i++)
		bad = (unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f;
	if (bad)
		return error_set(err, ST_INVALID,
		    "%s: at most %zu bytes of UTF-8 without control characters "
		    "are expected",
		    rule->name, rule->max);
	*rule->text = s.n == 0 ? STR_NULL : s;
	return ST_OK;
}

/* "Jane Doe", or what stands in front of the "@". */
static struct str
name_make(struct arena *arena, const struct user_record *r)
{
	if (r->first_name.n > 0 && r->last_name.n > 0)
		return arena_printf(arena, "%.*s %.*s", STR_ARG(r->first_name),
		    STR_ARG(r->last_name));
	if (r->first_name.n + r->last_name.n > 0)
		return r->first_name.n > 0 ? r->first_name : r->last_name;
	return str_make(r->email.p, str_find(r->email, '@'));
}

/* What is kept of a secret is its hash, whoever forgot to make one. */
static enum status
hashes_check(const struct user_record *r, struct error *err)
{
	if ((r->password.n > 0 && !password_is_hash(r->password)) ||
	    (r->security_answer.n > 0 && !password_is_hash(r->security_answer)))
		return error_set(err, ST_INVALID,
		    "password, security_answer: a hash is expected");
	return ST_OK;
}

enum status
user_check(struct arena *arena, struct user_record *r, struct error *err)
{
	const struct text_rule rules[] = {
		{ "email", &r->email, USER_TEXT_MAX },
		{ "username", &r->username, USER_TEXT_MAX },
		{ "first_name", &r->first_name, USER_TEXT_MAX },
		{ "last_name", &r->last_name, USER_TEXT_MAX },
		{ "phone", &r->phone, USER_PHONE_MAX },
		{ "security_question", &r->security_question, USER_TEXT_MAX },
	};
	enum status st = ST_OK;

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (st == ST_OK)
			st = text_check(&rules[i], err);
	}
	if (st == ST_OK)
		st = user_email_check(r->email, err);
	if (st == ST_OK)
		st = hashes_check(r, err);
	if (st != ST_OK)
		return st;
	r->email = user_lower(arena, r->email);
	if (!str_is_null(r->username))
		r->username = user_lower(arena, r->username);
	if (str_trim(r->name).n == 0)
		r->name = name_make(arena, r);
	return text_check(
	    &(const struct text_rule){ "name", &r->name, USER_TEXT_MAX }, err);
}
