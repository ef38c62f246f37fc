#include "middleware/multipart_head.h"

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/uri.h"
#include "app/base/utf8.h"
#include "middleware/multipart.h"

/* A backslash hides a quote or another backslash alone: some clients send paths
 * of Windows as they are. */
static bool
hides(struct str s)
{
	return s.n > 1 && s.p[0] == '\\' && (s.p[1] == '"' || s.p[1] == '\\');
}

/* s begins behind the first quote; *rest is what follows the last. */
static bool
quoted_read(
    struct arena *arena, struct str s, struct str *value, struct str *rest)
{
	struct buf out = buf_in(arena);

	while (s.n > 0 && s.p[0] != '"') {
		if (hides(s))
			s = str_skip(s, 1);
		buf_put_char(&out, s.p[0]);
		s = str_skip(s, 1);
	}
	if (s.n == 0)
		return false;
	*value = buf_str(&out);
	*rest = str_skip(s, 1);
	return true;
}

bool
multipart_parameter(
    struct arena *arena, struct str *rest, struct str *name, struct str *value)
{
	struct str s = *rest;
	size_t at = str_find(s, '=');
	struct str behind;

	*rest = STR_NULL;
	if (at == s.n)
		return false;
	*name = str_trim(str_make(s.p, at));
	s = str_trim(str_skip(s, at + 1));
	if (!str_starts(s, STR("\""))) {
		*value = str_trim(str_cut(&s, ';'));
		*rest = s;
		return name->n > 0;
	}
	if (!quoted_read(arena, str_skip(s, 1), value, &behind))
		return false;
	(void)str_cut(&behind, ';');
	*rest = behind;
	return name->n > 0;
}

/* Behind the last separator of folders, of whatever system. */
static struct str
base_name(struct str path)
{
	for (size_t i = path.n; i > 0; i--) {
		if (path.p[i - 1] == '/' || path.p[i - 1] == '\\')
			return str_skip(path, i);
	}
	return path;
}

struct str
multipart_filename(struct arena *arena, struct str sent)
{
	struct str left = base_name(sent);
	struct buf out = buf_in(arena);
	struct str name;

	while (left.n > 0) {
		size_t n = utf8_first(left);
		unsigned char c = (unsigned char)left.p[0];

		if (n == 0)
			return STR("");
		if (c >= 0x20 && c != 0x7F)
			buf_put(&out, str_make(left.p, n));
		left = str_skip(left, n);
	}
	name = str_trim(buf_str(&out));
	if (name.n > MULTIPART_NAME_MAX || str_eq(name, STR(".")) ||
	    str_eq(name, STR("..")))
		return STR("");
	return name;
}

/* UTF-8'language'percent-encoded (RFC 8187); STR_NULL: another charset, or none
 * of it. */
static struct str
extended_read(struct arena *arena, struct str value)
{
	struct str charset = str_cut(&value, '\'');
	struct str out;

	(void)str_cut(&value, '\'');
	if (!str_eq_nocase(charset, STR("UTF-8")) || str_is_null(value) ||
	    !uri_decode(arena, value, false, &out))
		return STR_NULL;
	return out;
}

static enum status
disposition_read(struct arena *arena, struct str value,
    struct multipart_part *part, struct error *err)
{
	struct str kind = str_trim(str_cut(&value, ';'));
	struct str filename = STR_NULL, extended = STR_NULL;
	struct str name, text;

	if (!str_eq_nocase(kind, STR("form-data")))
		return error_set(err, ST_INVALID,
		    "The Content-Disposition of a part is not form-data.");
	while (value.p != NULL &&
	       multipart_parameter(arena, &value, &name, &text)) {
		if (str_eq_nocase(name, STR("name")))
			part->name = text;
		else if (str_eq_nocase(name, STR("filename")))
			filename = text;
		else if (str_eq_nocase(name, STR("filename*")))
			extended = extended_read(arena, text);
	}
	if (!str_is_null(extended))
		filename = extended;
	if (!str_is_null(filename))
		part->filename = multipart_filename(arena, filename);
	return ST_OK;
}

/* What would have to be decoded is sent by no client of today (RFC 7578 section
 * 4.7), and must not be kept as it is. */
static enum status
encoding_check(struct str value, struct error *err)
{
	if (str_eq_nocase(value, STR("binary")) ||
	    str_eq_nocase(value, STR("8bit")) ||
	    str_eq_nocase(value, STR("7bit")))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "The Content-Transfer-Encoding of a part is not binary.");
}

static enum status
line_read(struct arena *arena, struct str line, struct multipart_part *part,
    bool *disposed, struct error *err)
{
	struct str value = line;
	struct str name = str_cut(&value, ':');

	if (str_is_null(value) || name.n == 0 || !str_eq(name, str_trim(name)))
		return error_set(err, ST_INVALID,
		    "A header line of a part has no name and value.");
	value = str_trim(value);
	if (str_eq_nocase(name, STR("Content-Type")))
		part->type = arena_dup(arena, value);
	if (str_eq_nocase(name, STR("Content-Transfer-Encoding")))
		return encoding_check(value, err);
	if (!str_eq_nocase(name, STR("Content-Disposition")))
		return ST_OK;
	*disposed = true;
	return disposition_read(arena, value, part, err);
}

enum status
multipart_head_read(struct arena *arena, struct str lines,
    struct multipart_part *part, struct error *err)
{
	enum status st = ST_OK;
	bool disposed = false;

	*part = (struct multipart_part){ .name = STR("") };
	lines = arena_dup(arena, lines);
	while (st == ST_OK && lines.n > 0) {
		struct str line = str_cut(&lines, '\n');

		if (str_ends(line, STR("\r")))
			line.n--;
		st = line_read(arena, line, part, &disposed, err);
	}
	if (st == ST_OK && !disposed)
		return error_set(
		    err, ST_INVALID, "A part has no Content-Disposition.");
	return st;
}
