#include "app/services/db/routine/routine_detail.h"

#include "app/base/jsonout.h"
#include "app/services/db/schema/column_type.h"
#include "app/services/db/schema/label.h"

static const char *const details[DETAILS] = { "name", "label", "description",
	"returns", "params", "access" };

static unsigned
detail_of(struct str name)
{
	if (str_eq(name, STR("*")))
		return (1u << DETAILS) - 1;
	for (int i = 0; i < DETAILS; i++) {
		if (str_eq_nocase(name, str_of(details[i])))
			return 1u << i;
	}
	return 0;
}

enum status
routine_details_read(struct str fields, unsigned *out, struct error *err)
{
	if (str_trim(fields).n == 0)
		fields = STR("name");
	*out = 0;
	while (!str_is_null(fields)) {
		struct str name = str_trim(str_cut(&fields, ','));
		unsigned more = detail_of(name);

		if (more == 0)
			return error_set(err, ST_INVALID,
			    "Invalid field requested: '%.*s'.", STR_ARG(name));
		*out |= more;
	}
	return ST_OK;
}

/* MariaDB's longtext may be meant for JSON, but is what it is. */
static struct str
type_of(const struct column *column)
{
	static const struct db_table none = { .n_foreign_keys = 0 };
	struct column c = *column;

	if (str_eq(c.db_type, STR("longtext")))
		c.kind = COLUMN_TEXT;
	return column_type(&none, &c);
}

static void
text_put(struct buf *out, struct str name, struct str text)
{
	json_put_name(out, name);
	if (text.n == 0)
		buf_put_lit(out, "null");
	else
		json_put_str(out, text);
}

/* 0: nothing is bounded. */
static void
bound_put(struct buf *out, struct str name, int64_t bound)
{
	json_put_name(out, name);
	if (bound == 0)
		buf_put_lit(out, "null");
	else
		buf_put_i64(out, bound);
}

static void
bool_put(struct buf *out, struct str name, bool v)
{
	json_put_name(out, name);
	json_put_bool(out, v);
}

static void
param_put(struct buf *out, const struct routine_param *param, size_t position)
{
	static const char *const modes[] = { [ROUTINE_IN] = "IN",
		[ROUTINE_OUT] = "OUT",
		[ROUTINE_INOUT] = "INOUT" };
	const struct column *column = &param->column;

	buf_put_char(out, '{');
	text_put(out, STR("name"), column->name);
	bound_put(out, STR("position"), (int64_t)position);
	text_put(out, STR("param_type"), str_of(modes[param->mode]));
	text_put(out, STR("type"), type_of(column));
	text_put(out, STR("db_type"), column->db_type);
	bound_put(out, STR("length"), column->length);
	bound_put(out, STR("precision"), column->precision);
	bound_put(out, STR("scale"), column->scale);
	text_put(out, STR("default"), STR_NULL);
	bool_put(out, STR("required"), param->mode != ROUTINE_OUT);
	bool_put(out, STR("allow_null"), true);
	buf_put_char(out, '}');
}

static void
params_put(struct buf *out, const struct routine *routine)
{
	json_put_name(out, STR("params"));
	buf_put_char(out, '[');
	for (size_t i = 0; i < routine->n_params; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		param_put(out, &routine->params[i], i + 1);
	}
	buf_put_char(out, ']');
}

/* A procedure returns nothing. */
static void
returns_put(struct buf *out, const struct routine *routine)
{
	text_put(out, STR("returns"),
	    routine->result.db_type.n == 0 ? STR_NULL
					   : type_of(&routine->result));
}

void
routine_details_put(struct buf *out, const struct routine *routine,
    unsigned wanted, unsigned verbs)
{
	buf_put_char(out, '{');
	if ((wanted & 1u << DETAIL_NAME) != 0)
		text_put(out, STR("name"), routine->name);
	if ((wanted & 1u << DETAIL_LABEL) != 0)
		text_put(
		    out, STR("label"), label_of(out->arena, routine->name));
	if ((wanted & 1u << DETAIL_DESCRIPTION) != 0)
		text_put(out, STR("description"), routine->comment);
	if ((wanted & 1u << DETAIL_RETURNS) != 0)
		returns_put(out, routine);
	if ((wanted & 1u << DETAIL_PARAMS) != 0)
		params_put(out, routine);
	if ((wanted & 1u << DETAIL_ACCESS) != 0)
		bound_put(out, STR("access"), verbs);
	buf_put_char(out, '}');
}
