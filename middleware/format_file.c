/*
 * Content-Disposition (RFC 6266): the name under which a client is to save an
 * answer. It comes from whoever wrote the URL, so nothing of it may lead out of
 * a folder, end the header line, or hide what the file is.
 */
#include "app/base/utf8.h"
#include "middleware/format.h"
#include "middleware/request.h"

#define NAME_MAX_BYTES 150u
#define NO_NAME        STR("export")

/* What stands behind the last slash of either kind, without dots and blanks
 * before it. */
static struct str
last_piece(struct str name)
{
	for (size_t i = name.n; i > 0; i--) {
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\') {
			name = str_skip(name, i);
			break;
		}
	}
	while (name.n > 0 && (name.p[0] == '.' || name.p[0] == ' '))
		name = str_skip(name, 1);
	return name;
}

static bool
is_harmless(char c)
{
	return c >= 0x20 && c < 0x7F && strchr("\"%*:<>?|;", c) == NULL;
}

/* Letters beyond ASCII stay, as far as they are whole. */
static struct str
clean(struct arena *arena, struct str name)
{
	struct buf out = buf_in(arena);

	if (str_is_null(name))
		return STR("");
	while (name.n > 0 && out.n < NAME_MAX_BYTES) {
		size_t n = utf8_first(name);

		if (n > 1 || (n == 1 && is_harmless(name.p[0])))
			buf_put(&out, str_make(name.p, n));
		else
			buf_put_char(&out, '_');
		name = str_skip(name, n == 0 ? 1 : n);
	}
	return buf_str(&out);
}

static void
put_plain(struct buf *b, struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		buf_put_char(b, is_harmless(name.p[i]) ? name.p[i] : '_');
}

/* ext-value of RFC 8187. */
static void
put_encoded(struct buf *b, struct str name)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < name.n; i++) {
		unsigned char c = (unsigned char)name.p[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || c == '.' || c == '-' ||
		    c == '_') {
			buf_put_char(b, (char)c);
			continue;
		}
		buf_put_char(b, '%');
		buf_put_char(b, digits[c >> 4]);
		buf_put_char(b, digits[c & 15]);
	}
}

static bool
is_plain(struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		if (!is_harmless(name.p[i]))
			return false;
	}
	return true;
}

/* "report" of "report.csv". */
static struct str
stem_of(struct str name)
{
	size_t n = name.n;

	while (n > 0 && name.p[n - 1] != '.')
		n--;
	return n > 0 ? str_make(name.p, n - 1) : name;
}

void
format_name_file(struct request *req)
{
	const struct format_choice *choice = format_of(req);
	struct buf *b = &req->response.head;
	struct str stem;
	struct str ending = format_name(choice->format);

	if (str_is_null(choice->file))
		return;
	stem = clean(req->arena, last_piece(stem_of(choice->file)));
	if (stem.n == 0)
		stem = NO_NAME;
	buf_put_lit(b, "Content-Disposition: attachment; filename=\"");
	put_plain(b, stem);
	buf_put_char(b, '.');
	buf_put(b, ending);
	buf_put_char(b, '"');
	if (!is_plain(stem)) {
		buf_put_lit(b, "; filename*=UTF-8''");
		put_encoded(b, stem);
		buf_put_char(b, '.');
		buf_put(b, ending);
	}
	buf_put_lit(b, "\r\n");
}
