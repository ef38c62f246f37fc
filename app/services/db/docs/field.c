#include "app/services/db/docs/field.h"

#include "app/base/jsonmember.h"
#include "app/services/db/schema/column_type.h"
#include "app/services/docs/doc.h"
#include "drivers/db/catalog.h"
#include "middleware/request.h"

#define INT32_BYTES 4

/* JSON's type of each kind; NULL: any. */
static const char *const types[] = {
	[COLUMN_INTEGER] = "integer",
	[COLUMN_BOOLEAN] = "boolean",
	[COLUMN_REAL] = "number",
	[COLUMN_DECIMAL] = "number",
	[COLUMN_TEXT] = "string",
	[COLUMN_BINARY] = "string",
	[COLUMN_DATE] = "string",
	[COLUMN_TIME] = "string",
	[COLUMN_DATETIME] = "string",
	[COLUMN_JSON] = "string",
	[COLUMN_ANY] = NULL,
};

static const char *
type_of(const struct column *c)
{
	return c->form == FORM_OBJECT ? NULL : types[c->kind];
}

static void
put_type(struct doc *d, struct buf *out, const struct column *c)
{
	const char *type = type_of(c);
	bool may_be_null = column_may_be_null(c);

	if (type == NULL)
		return;
	json_put_name(out, STR("type"));
	if (may_be_null && !d->is_old)
		buf_printf(out, "[\"%s\",\"null\"]", type);
	else
		json_put_str(out, str_of(type));
	if (may_be_null && d->is_old)
		put_bool(out, "nullable", true);
}

static void
put_form(struct doc *d, struct buf *out, const struct column *c)
{
	if (c->kind == COLUMN_BINARY && d->is_old)
		put_text(out, "format", STR("byte"));
	else if (c->kind == COLUMN_BINARY)
		put_text(out, "contentEncoding", STR("base64"));
	else if (c->kind == COLUMN_JSON && c->form != FORM_OBJECT && !d->is_old)
		put_text(out, "contentMediaType", STR("application/json"));
	else if (c->kind == COLUMN_DATE && c->form != FORM_LOOSE)
		put_text(out, "format", STR("date"));
	else if (c->kind == COLUMN_REAL)
		put_text(out, "format",
		    c->form == FORM_FLOAT ? STR("float") : STR("double"));
	else if (c->kind == COLUMN_INTEGER && !c->is_unsigned && c->width > 0)
		put_text(out, "format",
		    c->width <= INT32_BYTES ? STR("int32") : STR("int64"));
}

static void
put_bounds(struct buf *out, const struct column *c)
{
	if (c->kind == COLUMN_INTEGER && c->width > 0 &&
	    c->width < sizeof(int64_t)) {
		put_number(out, "minimum", c->least);
		json_put_name(out, STR("maximum"));
		buf_put_u64(out, c->most);
	} else if (c->kind == COLUMN_TEXT && c->n_choices > 0 && !c->is_set) {
		json_put_name(out, STR("enum"));
		buf_put_char(out, '[');
		for (size_t i = 0; i < c->n_choices; i++) {
			if (i > 0)
				buf_put_char(out, ',');
			json_put_str(out, c->choices[i]);
		}
		buf_put(out, column_may_be_null(c) ? STR(",null]") : STR("]"));
	} else if (c->kind == COLUMN_TEXT && c->length > 0 &&
		   c->n_choices == 0) {
		put_number(out, "maxLength", c->length);
	}
}

/* "VARCHAR(40), refers to people.id" */
static void
put_words(struct doc *d, struct buf *out, const struct db_table *table,
    const struct column *c)
{
	struct buf text = buf_in(d->req->arena);
	size_t place = 0;
	const struct foreign_key *key = column_key(table, c, &place);

	if (d->is_compact)
		return;
	buf_put(&text, c->db_type);
	if (key != NULL) {
		buf_put(&text,
		    text.n > 0 ? STR(", refers to ") : STR("Refers to "));
		buf_put(&text, key->ref_table);
		buf_put_char(&text, '.');
		buf_put(&text, key->ref_columns[place]);
	}
	if (c->form == FORM_LOOSE && text.n > 0)
		buf_put_lit(&text, ", as it was written, be it a number");
	if (c->is_set)
		buf_put_lit(&text, ", choices with commas between them");
	if (text.n > 0)
		put_text(out, "description", buf_str(&text));
}

void
docs_field(struct doc *d, struct buf *out, const struct db_table *table,
    const struct column *c, bool written)
{
	buf_put_char(out, '{');
	put_type(d, out, c);
	put_form(d, out, c);
	if (written)
		put_bounds(out, c);
	else if (c->generated)
		put_bool(out, "readOnly", true);
	put_words(d, out, table, c);
	buf_put_char(out, '}');
}

bool
docs_field_required(const struct column *c)
{
	return !column_may_be_null(c) && !c->has_default &&
	       !c->auto_increment && !c->generated;
}
