#include "app/services/db/value/choice.h"

#include <stdio.h>

#include "drivers/db/catalog.h"

#define SHOWN_BYTES 256u /* of all choices, to be named one by one */

static struct str
blanks_strip(struct str s)
{
	while (s.n > 0 && s.p[s.n - 1] == ' ')
		s.n--;
	return s;
}

/* Characters that compare alike in every collation, but for their case. */
static bool
is_plain(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return true;
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (strchr("0123456789+- ", s.p[i]) == NULL)
			return false;
	}
	return true;
}

static bool
is_one_possible(const struct column *column, struct str text)
{
	bool number = is_number(text);
	bool unknown = !number && !is_plain(text);

	text = blanks_strip(text);
	for (size_t i = 0; i < column->n_choices; i++) {
		struct str choice = column->choices[i];

		if (str_eq_nocase(choice, text))
			return true;
		unknown = unknown || (!number && !is_plain(choice));
	}
	return unknown;
}

bool
choice_is_possible(const struct column *column, struct str text)
{
	if (!column->is_set)
		return is_one_possible(column, text);
	if (text.n == 0)
		return true;
	while (!str_is_null(text)) {
		if (!is_one_possible(column, str_cut(&text, ',')))
			return false;
	}
	return true;
}

static bool
are_few(const struct column *column)
{
	size_t bytes = 0;

	for (size_t i = 0; i < column->n_choices; i++)
		bytes += column->choices[i].n + sizeof("'', ") - 1;
	return bytes <= SHOWN_BYTES;
}

enum status
choice_refuse(const struct column *column, struct error *err)
{
	const char *some = column->is_set ? "some" : "one";
	char list[SHOWN_BYTES + 1] = "";
	size_t n = 0;

	if (!are_few(column))
		return error_set(err, ST_INVALID,
		    "Field '%.*s' must be %s of the %zu choices of its column.",
		    STR_ARG(column->name), some, column->n_choices);
	for (size_t i = 0; i < column->n_choices; i++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s'%.*s'",
		    i == 0 ? "" : ", ", STR_ARG(column->choices[i]));
	return error_set(err, ST_INVALID, "Field '%.*s' must be %s of %s%s.",
	    STR_ARG(column->name), some, list,
	    column->is_set ? ", with commas between them" : "");
}
