#include "middleware/csv.h"

#include "app/base/arena.h"
#include "app/base/csvread.h"
#include "app/base/jsonout.h"
#include "app/base/settings.h"
#include "middleware/json.h"
#include "middleware/request.h"

/* CSV on its way to JSON. */
struct sheet {
	struct csv_reader reader;
	struct str *names;  /* of the columns */
	struct str *labels; /* {"a":  then  ,"b":  and so on */
	size_t n;
	struct buf out;
	size_t max;
};

static enum status
name_check(struct sheet *s, const struct csv_field *field)
{
	const struct json_at *at = &s->reader.at;

	if (field->text.n == 0)
		return json_fault(at, field->at, "a column without a name");
	if (str_find(field->text, '\0') < field->text.n)
		return json_fault(at, field->at, "a NUL in a column's name");
	if (s->n == CSV_COLUMNS_MAX)
		return json_fault(
		    at, field->at, "more than %u columns", CSV_COLUMNS_MAX);
	for (size_t i = 0; i < s->n; i++) {
		if (str_eq(s->names[i], field->text))
			return json_fault(
			    at, field->at, "a second column of that name");
	}
	return ST_OK;
}

static struct str
label_make(struct arena *arena, struct str name, bool first)
{
	struct buf label = buf_in(arena);

	buf_put_char(&label, first ? '{' : ',');
	json_put_str(&label, name);
	buf_put_char(&label, ':');
	return buf_str(&label);
}

static enum status
header_read(struct sheet *s)
{
	struct arena *arena = s->reader.arena;
	struct csv_field field = { .last = false };

	s->names = arena_alloc(arena, CSV_COLUMNS_MAX * sizeof(s->names[0]));
	s->labels = arena_alloc(arena, CSV_COLUMNS_MAX * sizeof(s->labels[0]));
	while (!field.last) {
		enum status st = csv_next(&s->reader, &field);

		if (st == ST_OK)
			st = name_check(s, &field);
		if (st != ST_OK)
			return st;
		s->names[s->n] = field.text;
		s->labels[s->n] = label_make(arena, field.text, s->n == 0);
		s->n++;
	}
	return ST_OK;
}

static void
field_put(struct sheet *s, size_t i, const struct csv_field *field)
{
	buf_put(&s->out, s->labels[i]);
	if (field->text.n == 0 && !field->quoted)
		buf_put_lit(&s->out, "null");
	else
		json_put_str(&s->out, field->text);
}

/* ST_MISSING: there was none. */
static enum status
record_read(struct sheet *s)
{
	struct csv_field field = { .last = false };
	size_t from = s->reader.at.i;
	size_t n = 0;

	for (; !field.last; n++) {
		enum status st = csv_next(&s->reader, &field);

		if (st != ST_OK)
			return st;
		if (n < s->n)
			field_put(s, n, &field);
		if (s->out.n > s->max)
			return ST_TOO_BIG;
	}
	if (n != s->n)
		return json_fault(&s->reader.at, from,
		    "%zu fields, where the first line names %zu columns", n,
		    s->n);
	buf_put_char(&s->out, '}');
	return ST_OK;
}

/* A blank line is a record where there is but one column. */
static enum status
records_read(struct sheet *s)
{
	enum status st = ST_OK;

	for (size_t n = 0; st == ST_OK; n++) {
		while (s->n > 1 && csv_pass_blank(&s->reader))
			continue;
		if (s->reader.at.i == s->reader.at.text.n)
			break;
		if (n > 0)
			buf_put_char(&s->out, ',');
		st = record_read(s);
	}
	return st;
}

enum status
csv_to_json(struct arena *arena, struct str csv, size_t max, struct str *out,
    struct error *err)
{
	struct sheet s = { .out = buf_in(arena), .max = max };
	enum status st = csv_open(&s.reader, arena, csv, err);

	if (st == ST_OK)
		st = header_read(&s);
	if (st == ST_MISSING)
		return json_fault(&s.reader.at, 0, "no columns are named");
	if (st != ST_OK)
		return st;
	buf_put_lit(&s.out, "{\"resource\":[");
	st = records_read(&s);
	buf_put_lit(&s.out, "]}");
	*out = buf_str(&s.out);
	return st;
}

static bool
is_csv(struct str type)
{
	return str_eq_nocase(type, STR("text/csv")) ||
	       str_eq_nocase(type, STR("application/csv"));
}

/* The value of a parameter of Content-Type, without quotes; or STR_NULL. */
static struct str
type_parameter(const struct request *req, struct str name)
{
	struct str rest = req->param[PARAM_CONTENT_TYPE];

	while (rest.p != NULL) {
		struct str value = str_cut(&rest, ';');
		struct str found = str_trim(str_cut(&value, '='));

		value = str_trim(value);
		if (!str_eq_nocase(found, name) || value.p == NULL)
			continue;
		if (value.n >= 2 && value.p[0] == '"')
			value = str_make(value.p + 1, value.n - 2);
		return value;
	}
	return STR_NULL;
}

static enum status
type_check(struct request *req)
{
	struct str charset = type_parameter(req, STR("charset"));
	struct str header = type_parameter(req, STR("header"));

	if (charset.n > 0 && !str_eq_nocase(charset, STR("utf-8")) &&
	    !str_eq_nocase(charset, STR("us-ascii"))) {
		response_fail(req, 415, "CSV must be UTF-8, not '%.*s'.",
		    STR_ARG(charset));
		return ST_INVALID;
	}
	if (str_eq_nocase(header, STR("absent"))) {
		response_fail(
		    req, 415, "CSV must name its columns in the first line.");
		return ST_INVALID;
	}
	return ST_OK;
}

static enum status
csv_body(struct request *req, struct json *out)
{
	size_t max = (size_t)req->settings->max_body;
	struct error err = { .text = "" };
	struct str text;
	enum status st = type_check(req);

	if (st != ST_OK)
		return st;
	st = csv_to_json(req->arena, req->body, max, &text, &err);
	if (st == ST_TOO_BIG)
		response_fail(req, 413,
		    "The records of the body are, as JSON, larger than "
		    "MAX_BODY (%zu bytes).",
		    max);
	else if (st != ST_OK)
		response_fail(
		    req, 400, "The body is not valid CSV: %s.", err.text);
	if (st == ST_OK)
		*out = (struct json){ text };
	return st;
}

enum status
csv_or_json_body(struct request *req, struct json *out)
{
	*out = (struct json){ STR_NULL };
	if (req->body.n > 0 && is_csv(request_media_type(req)))
		return csv_body(req, out);
	return json_body(req, out);
}
