/* Texts of a document: JSON from templates, and pieces of paths. */
#include "app/base/jsonout.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"
#include "middleware/registry/snapshot.h"

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

/* What begins at an "@": returns how many bytes it has. */
static size_t
put_reference(struct doc *d, struct buf *out, const char *p)
{
	size_t n = 1;

	while (is_word(p[n]))
		n++;
	if (p[1] == '.')
		doc_reference(d, out, str_make(p + 2, n - 2));
	else
		doc_shared(d, out, str_make(p + 1, n - 1));
	return n;
}

/* '~string' */
static size_t
put_nullable(const struct doc *d, struct buf *out, const char *p)
{
	size_t n = 2;

	while (p[n] != '\'')
		n++;
	buf_printf(out,
	    d->is_old ? "\"%.*s\",\"nullable\":true" : "[\"%.*s\",\"null\"]",
	    (int)(n - 2), p + 2);
	return n + 1;
}

void
doc_text(struct doc *d, struct buf *out, const char *template)
{
	const char *p = template;

	while (*p != '\0') {
		if (*p == '@') {
			p += put_reference(d, out, p);
		} else if (p[0] == '\'' && p[1] == '~') {
			p += put_nullable(d, out, p);
		} else {
			buf_put_char(out, *p == '\'' ? '"' : *p);
			p++;
		}
	}
}

void
doc_about(const struct doc *d, struct buf *out, const char *text)
{
	if (text == NULL || d->is_compact)
		return;
	json_put_name(out, STR("description"));
	json_put_str(out, str_of(text));
}

void
doc_piece(struct buf *out, struct str text, bool slashes)
{
	static const char digits[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((is_word((char)c)) || c == '~' || c == ':' || c == '@' ||
		    (slashes && c == '/')) {
			buf_put_char(out, (char)c);
			continue;
		}
		buf_put_char(out, '%');
		buf_put_char(out, digits[c >> 4]);
		buf_put_char(out, digits[c & 15]);
	}
}

/* The names of schemas and operations have letters, digits, "_" and, between
 * their parts, "."; whatever else is in a name is "-XX", so that no two names
 * are one. */
void
doc_word(struct buf *out, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (c == '/')
			buf_put_char(out, '.');
		else if (is_word(c) && c != '.' && c != '-')
			buf_put_char(out, c);
		else
			buf_printf(out, "-%02X", (unsigned)(unsigned char)c);
	}
}

/* "db.orders.list" */
void
doc_name(const struct doc *d, struct buf *out, struct str suffix)
{
	doc_word(out, d->service->name);
	if (d->subject.n > 0) {
		buf_put_char(out, '.');
		doc_word(out, d->subject);
	}
	if (suffix.n > 0) {
		buf_put_char(out, '.');
		buf_put(out, suffix);
	}
}

static const struct {
	const char *suffix;
	enum doc_schema bit;
} kinds[] = {
	{ "", DOC_RECORD },
	{ "list", DOC_LIST },
	{ "fields", DOC_FIELDS },
	{ "new", DOC_NEW },
	{ "call", DOC_CALL },
};

void
doc_reference(struct doc *d, struct buf *out, struct str suffix)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (str_eq(suffix, str_of(kinds[i].suffix)))
			d->wanted |= kinds[i].bit;
	}
	buf_put_lit(out, "{\"$ref\":\"#/components/schemas/");
	doc_name(d, out, suffix);
	buf_put_lit(out, "\"}");
}

void
doc_schema(struct doc *d, const char *suffix)
{
	buf_put(&d->schemas, d->schemas.n > 0 ? STR(",\"") : STR("\""));
	doc_name(d, &d->schemas, str_of(suffix));
	buf_put_lit(&d->schemas, "\":");
}
