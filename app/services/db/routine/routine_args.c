#include "app/services/db/routine/routine_args.h"

#include "app/services/db/value/bounds.h"
#include "app/services/db/value/value.h"
#include "middleware/request.h"

/* Beside the parameters of the routine; JSON_NONE: not given. */
struct placed {
	const struct routine_call *call;
	struct json *values;
};

static size_t
ins_count(const struct routine *routine)
{
	size_t n = 0;

	for (size_t i = 0; i < routine->n_params; i++)
		n += routine->params[i].mode != ROUTINE_OUT;
	return n;
}

static enum status
refuse_count(const struct placed *p, size_t n, struct error *err)
{
	const struct routine *routine = p->call->routine;

	return error_set(err, ST_INVALID,
	    "%s '%.*s' takes %zu parameters, and %zu are given.",
	    routine_title(p->call), STR_ARG(routine->name), ins_count(routine),
	    n);
}

static enum status
by_place(struct placed *p, const struct routine_given *given, struct error *err)
{
	const struct routine *routine = p->call->routine;
	bool ins_only = given->n == ins_count(routine);
	size_t n = 0;

	if (!ins_only && given->n != routine->n_params)
		return refuse_count(p, given->n, err);
	for (size_t i = 0; i < routine->n_params; i++) {
		if (!ins_only || routine->params[i].mode != ROUTINE_OUT)
			p->values[i] = given->list[n++].value;
	}
	return ST_OK;
}

/* Names count in any case, as they do there. */
static enum status
place_named(
    struct placed *p, const struct routine_value *given, struct error *err)
{
	const struct routine *routine = p->call->routine;

	for (size_t i = 0; i < routine->n_params; i++) {
		if (!str_eq_nocase(routine->params[i].column.name, given->name))
			continue;
		if (json_kind(p->values[i]) != JSON_NONE)
			return error_set(err, ST_INVALID,
			    "Parameter '%.*s' is given twice.",
			    STR_ARG(given->name));
		p->values[i] = given->value;
		return ST_OK;
	}
	return error_set(err, ST_INVALID, "%s '%.*s' has no parameter '%.*s'.",
	    routine_title(p->call), STR_ARG(routine->name),
	    STR_ARG(given->name));
}

static enum status
by_name(struct placed *p, const struct routine_given *given, struct error *err)
{
	enum status st = ST_OK;

	for (size_t i = 0; st == ST_OK && i < given->n; i++)
		st = place_named(p, &given->list[i], err);
	return st;
}

static enum status
place(struct placed *p, const struct routine_given *given, struct error *err)
{
	size_t named = 0;

	for (size_t i = 0; i < given->n; i++)
		named += !str_is_null(given->list[i].name);
	if (named == given->n)
		return by_name(p, given, err);
	if (named == 0)
		return by_place(p, given, err);
	return error_set(
	    err, ST_INVALID, "Either all parameters have names, or none has.");
}

/* What is said of a field is said of a parameter. */
static enum status
refuse_value(const struct error *why, struct error *err)
{
	struct str text = str_of(why->text);

	if (str_starts(text, STR("Field ")))
		text = str_skip(text, 6);
	return error_set(err, ST_INVALID, "Parameter %.*s", STR_ARG(text));
}

/* Of what may be JSON it is not known whether it must be. */
static enum status
value_of(
    const struct placed *p, size_t i, struct db_value *out, struct error *err)
{
	const struct column *column = &p->call->routine->params[i].column;
	struct arena *arena = p->call->req->arena;
	struct error why = { .text = "" };
	enum status st = value_read(arena, column, p->values[i], out, &why);

	if (st == ST_OK && column->kind != COLUMN_JSON)
		st = bounds_check(arena, column, out, &why);
	return st == ST_OK ? ST_OK : refuse_value(&why, err);
}

static enum status
value_take(
    const struct placed *p, size_t i, struct db_value *out, struct error *err)
{
	const struct routine *routine = p->call->routine;
	const struct routine_param *param = &routine->params[i];

	*out = (struct db_value){ .type = DB_NULL };
	if (param->mode == ROUTINE_OUT)
		return ST_OK;
	if (json_kind(p->values[i]) != JSON_NONE)
		return value_of(p, i, out, err);
	return error_set(err, ST_INVALID,
	    "Parameter '%.*s' of %s '%.*s' is missing: give it in 'params'.",
	    STR_ARG(param->column.name), routine_word(p->call),
	    STR_ARG(routine->name));
}

enum status
routine_args(const struct routine_call *c, const struct routine_given *given,
    struct db_value **out, struct error *err)
{
	size_t n = c->routine->n_params;
	struct placed p = { c,
		arena_zalloc(c->req->arena, n * sizeof(p.values[0])) };
	enum status st = place(&p, given, err);

	*out = arena_alloc(c->req->arena, n * sizeof((*out)[0]));
	for (size_t i = 0; st == ST_OK && i < n; i++)
		st = value_take(&p, i, &(*out)[i], err);
	return st;
}
