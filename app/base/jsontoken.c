#include "app/base/jsontoken.h"

#include <stdarg.h>
#include <stdio.h>

#include "app/base/jsontext.h"

#define MESSAGE_BYTES 256

enum status
json_fault(const struct json_at *at, size_t i, const char *fmt, ...)
{
	char message[MESSAGE_BYTES];
	unsigned long line = 1, column = 1;
	va_list ap;

	for (size_t k = 0; k < i; k++) {
		if (at->text.p[k] == '\n') {
			line++;
			column = 1;
		} else if ((at->text.p[k] & 0xC0) != 0x80) {
			column++;
		}
	}
	va_start(ap, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, ap);
	va_end(ap);
	return error_set(at->err, ST_INVALID, "line %lu column %lu: %s", line,
	    column, message);
}

enum status
json_unexpected(const struct json_at *at, size_t i, const char *wanted)
{
	int found = json_byte(at, i);

	if (found < 0)
		return json_fault(
		    at, i, "expected %s, found the end of the text", wanted);
	if (found > ' ' && found < 0x7F)
		return json_fault(
		    at, i, "expected %s, found '%c'", wanted, found);
	return json_fault(
	    at, i, "expected %s, found byte 0x%02X", wanted, (unsigned)found);
}

/* Four hexadecimal digits at an index, or -1. */
static int
code_unit(const struct json_at *at, size_t i)
{
	int unit = 0;

	for (size_t end = i + 4; i < end; i++) {
		int digit = json_byte(at, i);

		if (digit >= '0' && digit <= '9')
			digit -= '0';
		else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
			digit = (digit | 0x20) - 'a' + 10;
		else
			return -1;
		unit = unit << 4 | digit;
	}
	return unit;
}

/* The "\u" at at->i, and the second half of a surrogate pair with it. */
static enum status
pass_code_unit(struct json_at *at, bool is_name)
{
	int unit = code_unit(at, at->i + 2);
	int low = -1;

	if (unit < 0)
		return json_fault(
		    at, at->i, "expected four hexadecimal digits behind \\u");
	if (unit == 0 && is_name)
		return json_fault(at, at->i, "\\u0000 in a member name");
	if (unit < 0xD800 || unit > 0xDFFF) {
		at->i += 6;
		return ST_OK;
	}
	if (json_byte(at, at->i + 6) == '\\' && json_byte(at, at->i + 7) == 'u')
		low = code_unit(at, at->i + 8);
	if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
		return json_fault(at, at->i,
		    "\\u%04X is half of a surrogate pair without the other",
		    (unsigned)unit);
	at->i += 12;
	return ST_OK;
}

/* The backslash at at->i and what belongs to it. */
static enum status
pass_escape(struct json_at *at, bool is_name)
{
	int letter = json_byte(at, at->i + 1);

	if (letter == 'u')
		return pass_code_unit(at, is_name);
	if (letter <= 0 || strchr("\"\\/bfnrt", letter) == NULL)
		return json_unexpected(
		    at, at->i + 1, "one of \"\\/bfnrtu behind a backslash");
	at->i += 2;
	return ST_OK;
}

/* The byte at at->i, which cannot stand in a string as it is. */
static enum status
pass_special(struct json_at *at, size_t open, bool is_name)
{
	int found = json_byte(at, at->i);

	if (found == '\\')
		return pass_escape(at, is_name);
	if (found < 0)
		return json_fault(at, open, "a string without closing quote");
	if (found < 0x20)
		return json_fault(at, at->i,
		    "control byte 0x%02X in a string: expected an escape "
		    "such as \\n",
		    (unsigned)found);
	return json_fault(
	    at, at->i, "byte 0x%02X is not UTF-8", (unsigned)found);
}

enum status
json_pass_string(struct json_at *at, bool is_name, struct str *raw)
{
	size_t open = at->i++;
	enum status st = ST_OK;

	while (st == ST_OK) {
		at->i += json_plain_length(str_skip(at->text, at->i));
		if (json_byte(at, at->i) == '"')
			break;
		st = pass_special(at, open, is_name);
	}
	if (st != ST_OK)
		return st;
	*raw = str_make(at->text.p + open + 1, at->i - open - 1);
	at->i++;
	return ST_OK;
}

/* Passes digits; there must be one. */
static enum status
pass_digits(struct json_at *at)
{
	size_t first = at->i;

	while (json_byte(at, at->i) >= '0' && json_byte(at, at->i) <= '9')
		at->i++;
	return at->i > first ? ST_OK : json_unexpected(at, at->i, "a digit");
}

enum status
json_pass_number(struct json_at *at)
{
	enum status st = ST_OK;

	if (json_byte(at, at->i) == '-')
		at->i++;
	if (json_byte(at, at->i) == '0')
		at->i++;
	else
		st = pass_digits(at);
	if (st == ST_OK && json_byte(at, at->i) == '.') {
		at->i++;
		st = pass_digits(at);
	}
	if (st != ST_OK || (json_byte(at, at->i) | 0x20) != 'e')
		return st;
	at->i++;
	if (json_byte(at, at->i) == '+' || json_byte(at, at->i) == '-')
		at->i++;
	return pass_digits(at);
}
