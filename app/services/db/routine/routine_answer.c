#include "app/services/db/routine/routine_answer.h"

#include "app/base/jsonout.h"
#include "app/services/db/answer.h"
#include "app/services/db/value/value.h"
#include "middleware/request.h"

static struct str
wrapper_of(const struct routine_options *options)
{
	return str_is_null(options->wrapper) ? STR("resource")
					     : options->wrapper;
}

static bool
has_outs(const struct routine *routine)
{
	for (size_t i = 0; i < routine->n_params; i++) {
		if (routine->params[i].mode != ROUTINE_IN)
			return true;
	}
	return false;
}

static enum status
names_check(const struct routine *routine,
    const struct routine_options *options, struct error *err)
{
	struct str wrapper = wrapper_of(options);

	for (size_t i = 0; i < routine->n_params; i++) {
		const struct routine_param *param = &routine->params[i];

		if (param->mode != ROUTINE_IN &&
		    str_eq(param->column.name, wrapper))
			return error_set(err, ST_INVALID,
			    "Parameter '%.*s' is called what stands around the "
			    "result: give that another name with 'wrapper'.",
			    STR_ARG(wrapper));
	}
	return ST_OK;
}

enum status
routine_answer_open(struct routine_answer *a, const struct routine_call *c,
    const struct routine_options *options, struct error *err)
{
	struct arena *arena = c->req->arena;
	bool is_table = str_eq_nocase(options->returns, STR("TABLE"));

	*a = (struct routine_answer){ .call = c,
		.options = options,
		.out = &c->req->response.build,
		.outs = buf_in(arena),
		.value = buf_in(arena) };
	a->is_value = !is_table && (c->kind == ROUTINE_FUNCTION ||
				       !str_is_null(options->returns));
	buf_put_char(a->out, '{');
	json_put_name(a->out, wrapper_of(options));
	a->before = a->out->n;
	buf_put_char(a->out, '[');
	return names_check(c->routine, options, err);
}

static enum cast
cast_named(const struct routine_answer *a, struct str name)
{
	struct arena *arena = a->call->req->arena;
	struct json type = json_get(arena, a->options->schema, name);

	return cast_of(json_to_str(arena, type));
}

/* Of columns with one name the last is shown. */
static void
columns_hide(struct routine_answer *a, const struct str *names, size_t n)
{
	struct table seen;

	table_init(&seen, a->call->req->arena, n);
	for (size_t i = n; i-- > 0;)
		a->hidden[i] = !table_add(&seen, names[i], a);
}

/* The names are the driver's: what is kept of them is copied. */
static void
columns_read(struct routine_answer *a, const struct str *names, size_t n)
{
	struct arena *arena = a->call->req->arena;
	struct str *labels = arena_alloc(arena, n * sizeof(labels[0]));
	size_t shown = 0;

	a->n_columns = n;
	a->casts = arena_alloc(arena, n * sizeof(a->casts[0]));
	a->hidden = arena_alloc(arena, n * sizeof(a->hidden[0]));
	a->shown = arena_alloc(arena, n * sizeof(a->shown[0]));
	columns_hide(a, names, n);
	for (size_t i = 0; i < n; i++) {
		struct buf label = buf_in(arena);

		a->casts[i] = cast_named(a, names[i]);
		if (a->hidden[i])
			continue;
		buf_put_char(&label, shown == 0 ? '{' : ',');
		json_put_str(&label, names[i]);
		buf_put_char(&label, ':');
		labels[shown++] = buf_str(&label);
	}
	a->rows = (struct rows){ .out = a->out,
		.labels = labels,
		.n_labels = shown,
		.max = a->call->service->max_records - a->n_rows };
}

static enum status
refuse_beyond(struct routine_answer *a, enum routine_beyond beyond)
{
	a->beyond = beyond;
	return ST_TOO_BIG;
}

static void
set_end(struct routine_answer *a)
{
	if (a->n_sets > 0)
		buf_put_char(a->out, ']');
	a->n_rows += a->rows.count;
}

static enum status
on_set(void *ctx, const struct str *names, size_t n)
{
	struct routine_answer *a = ctx;

	if (a->is_value)
		return ST_OK;
	if (a->n_sets == ROUTINE_SETS_MAX)
		return refuse_beyond(a, BEYOND_SETS);
	set_end(a);
	if (a->n_sets++ > 0)
		buf_put_char(a->out, ',');
	buf_put_char(a->out, '[');
	columns_read(a, names, n);
	return ST_OK;
}

/* The first; the rest is passed over. */
static enum status
value_keep(struct routine_answer *a, const struct db_value *v)
{
	struct db_value value;

	if (a->value.n > 0)
		return ST_OK;
	value =
	    cast_value(a->call->req->arena, cast_of(a->options->returns), v);
	value_put(&a->value, &value);
	return a->value.n <= ROWS_BYTES_MAX ? ST_OK
					    : refuse_beyond(a, BEYOND_BYTES);
}

static enum status
on_row(void *ctx, const struct db_value *v, size_t n)
{
	struct routine_answer *a = ctx;
	size_t shown = 0;
	enum status st;

	if (a->is_value)
		return value_keep(a, &v[0]);
	for (size_t i = 0; i < n; i++) {
		if (!a->hidden[i])
			a->shown[shown++] =
			    cast_value(a->call->req->arena, a->casts[i], &v[i]);
	}
	st = rows_take(&a->rows, a->shown, shown);
	if (st != ST_OK)
		return refuse_beyond(a, BEYOND_BYTES);
	return a->rows.more ? refuse_beyond(a, BEYOND_ROWS) : ST_OK;
}

static enum status
on_out(void *ctx, const struct db_value *v, size_t n)
{
	struct routine_answer *a = ctx;
	const struct routine *routine = a->call->routine;
	size_t at = 0;

	for (size_t i = 0; i < routine->n_params && at < n; i++) {
		const struct routine_param *param = &routine->params[i];
		struct db_value value;

		if (param->mode == ROUTINE_IN)
			continue;
		value = cast_value(a->call->req->arena,
		    cast_named(a, param->column.name), &v[at]);
		if (at++ > 0)
			buf_put_char(&a->outs, ',');
		json_put_str(&a->outs, param->column.name);
		buf_put_char(&a->outs, ':');
		value_put(&a->outs, &value);
	}
	return a->out->n + a->outs.n <= ROWS_BYTES_MAX
		   ? ST_OK
		   : refuse_beyond(a, BEYOND_BYTES);
}

void
routine_answer_take(struct routine_answer *a, struct db_call *call)
{
	call->set = on_set;
	call->row = on_row;
	call->out = on_out;
	call->ctx = a;
}

/* What stands beside the result, and the end. */
static void
tail_put(struct routine_answer *a)
{
	if (a->outs.n > 0)
		buf_put_char(a->out, ',');
	buf_put(a->out, buf_str(&a->outs));
	buf_put_char(a->out, '}');
}

/* The list around an only set is taken away: what stands before it moves. */
static void
list_end(struct routine_answer *a, bool alone)
{
	size_t skip = a->n_sets == 1 ? 1 : 0;

	set_end(a);
	if (skip > 0)
		memmove(a->out->p + 1, a->out->p, a->before);
	else
		buf_put_char(a->out, ']');
	if (alone)
		skip += a->before;
	else
		tail_put(a);
	a->call->req->response.body = str_skip(buf_str(a->out), skip);
}

static void
value_end(struct routine_answer *a, bool alone)
{
	a->out->n = alone ? 0 : a->before;
	if (a->value.n == 0)
		buf_put_lit(a->out, "null");
	buf_put(a->out, buf_str(&a->value));
	if (!alone)
		tail_put(a);
}

static void
outs_end(struct routine_answer *a)
{
	a->out->n = 0;
	buf_put_char(a->out, '{');
	buf_put(a->out, buf_str(&a->outs));
	buf_put_char(a->out, '}');
}

static void
answer_beyond(const struct routine_answer *a)
{
	struct request *req = a->call->req;

	if (a->beyond == BEYOND_ROWS)
		response_fail(req, 400,
		    "The answer has more than %lld records (max_records): ask "
		    "for fewer. What the %s did is done.",
		    (long long)a->call->service->max_records,
		    routine_word(a->call));
	else if (a->beyond == BEYOND_SETS)
		response_fail(req, 400,
		    "The answer has more than %d result sets. What the %s did "
		    "is done.",
		    ROUTINE_SETS_MAX, routine_word(a->call));
	else
		response_fail(req, 400,
		    "The answer is too large: ask for fewer records. What the "
		    "%s did is done.",
		    routine_word(a->call));
}

void
routine_answer_end(struct routine_answer *a)
{
	struct request *req = a->call->req;
	bool outs = has_outs(a->call->routine);
	bool alone = !outs && str_is_null(a->options->wrapper) &&
		     (a->is_value || a->options->bare);

	req->response.once = true;
	if (a->beyond != BEYOND_NOTHING) {
		answer_beyond(a);
		return;
	}
	answer_json(req);
	if (outs && a->n_sets == 0 && a->value.n == 0)
		outs_end(a);
	else if (a->is_value)
		value_end(a, alone);
	else
		list_end(a, alone);
}
