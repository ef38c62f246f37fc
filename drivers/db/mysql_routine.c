/*
 * Routines and their parameters, of which the server tells only those that
 * this user may call or change. Asked for by its name, one is found without a
 * look at the others.
 */
#include "drivers/db/routine.h"

#include "app/base/arena.h"
#include "drivers/db/catalog_build.h"
#include "drivers/db/mysql_catalog.h"

struct reading {
	struct db_conn *conn;
	const struct routine_order *order;
	struct routines *out;
	struct buf list;    /* of the routines */
	struct buf params;  /* of the one being read */
	size_t at;          /* the routine whose parameters are being read */
	size_t n_params;    /* of all */
	const char *beyond; /* which bound is passed */
};

static struct str
text_of(const struct reading *r, const struct db_value *v)
{
	return v->type == DB_NULL ? STR("") : arena_dup(r->order->arena, v->s);
}

#define SQL_ROUTINES                                                           \
	"SELECT ROUTINE_NAME, ROUTINE_COMMENT "                                \
	"FROM information_schema.ROUTINES "                                    \
	"WHERE ROUTINE_SCHEMA = DATABASE() AND ROUTINE_TYPE = ? "
#define OF_ROUTINE     "AND ROUTINE_NAME = ? "
#define ROUTINES_ORDER "ORDER BY CAST(ROUTINE_NAME AS BINARY)"

#define SQL_PARAMS                                                             \
	"SELECT SPECIFIC_NAME, ORDINAL_POSITION, PARAMETER_MODE, "             \
	"PARAMETER_NAME, DTD_IDENTIFIER, DATA_TYPE = 'bit' OR "                \
	"(NUMERIC_PRECISION IS NOT NULL AND "                                  \
	"DTD_IDENTIFIER LIKE '%unsigned%'), "                                  \
	"CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, "         \
	"DATA_TYPE, CHARACTER_SET_NAME FROM information_schema.PARAMETERS "    \
	"WHERE SPECIFIC_SCHEMA = DATABASE() AND ROUTINE_TYPE = ? "
#define OF_PARAM     "AND SPECIFIC_NAME = ? "
#define PARAMS_ORDER "ORDER BY CAST(SPECIFIC_NAME AS BINARY), ORDINAL_POSITION"

/* all, or those of one name */
static enum status
ask(struct reading *r, const char *all, const char *one, db_row_f *row,
    struct error *err)
{
	const struct routine_order *order = r->order;
	bool named = !str_is_null(order->name);
	struct str kind = order->kind == ROUTINE_PROCEDURE ? STR("PROCEDURE")
							   : STR("FUNCTION");
	struct db_value args[] = { { .type = DB_TEXT, .s = kind },
		{ .type = DB_TEXT, .s = order->name } };
	struct db_stmt stmt = { .sql = str_of(named ? one : all),
		.args = args,
		.n_args = named ? 2 : 1 };
	enum status st =
	    mysql_run(r->conn, &stmt, order->deadline_ms, row, r, NULL, err);

	if (r->beyond == NULL)
		return st;
	return error_set(err, ST_TOO_BIG, "there are more than %s", r->beyond);
}

static enum status
refuse_beyond(struct reading *r, const char *bound)
{
	r->beyond = bound;
	return ST_TOO_BIG;
}

#define NUMBER_TEXT_OF(n) #n
#define NUMBER_TEXT(n)    NUMBER_TEXT_OF(n)

/* The server takes é for e in a name, weir does not. */
static enum status
on_routine(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;
	struct routine routine = { .name = text_of(r, &v[0]),
		.comment = text_of(r, &v[1]) };

	(void)n;
	if (!str_is_null(r->order->name) &&
	    !str_eq_nocase(r->order->name, routine.name))
		return ST_OK;
	if (r->out->n++ == ROUTINES_MAX)
		return refuse_beyond(r, NUMBER_TEXT(ROUTINES_MAX) " routines");
	items_add(&r->list, &routine, sizeof(routine));
	return ST_OK;
}

static enum status
routines_read(struct reading *r, struct error *err)
{
	enum status st = ask(r, SQL_ROUTINES ROUTINES_ORDER,
	    SQL_ROUTINES OF_ROUTINE ROUTINES_ORDER, on_routine, err);

	r->out->list = (struct routine *)r->list.p;
	return st;
}

/* NULL for one that came after the routines were read. */
static struct routine *
routine_of(struct reading *r, struct str name)
{
	struct routine *list = r->out->list;

	while (r->at < r->out->n && str_cmp(list[r->at].name, name) < 0) {
		r->at++;
		r->params = buf_in(r->order->arena);
	}
	return r->at < r->out->n && str_eq(list[r->at].name, name)
		   ? &list[r->at]
		   : NULL;
}

/* MariaDB's type json is a longtext, and no check tells them apart here. */
static enum column_kind
kind_of(const struct reading *r, struct str type)
{
	return r->conn->is_mariadb && str_eq(type, STR("longtext"))
		   ? COLUMN_JSON
		   : mysql_kind(type);
}

static struct column
column_of(const struct reading *r, const struct db_value *v)
{
	struct str type = text_of(r, &v[4]);
	struct column c = { .name = text_of(r, &v[3]),
		.db_type = type,
		.kind = kind_of(r, type),
		.is_unsigned = v[5].i != 0 };

	mysql_bounds_read(r->order->arena, &c, &v[6]);
	return c;
}

static enum routine_mode
mode_of(const struct db_value *v)
{
	if (v->type == DB_NULL || str_eq(v->s, STR("IN")))
		return ROUTINE_IN;
	return str_eq(v->s, STR("OUT")) ? ROUTINE_OUT : ROUTINE_INOUT;
}

/* At place 0 stands what a function returns. */
static enum status
on_param(void *ctx, const struct db_value *v, size_t n)
{
	struct reading *r = ctx;
	struct routine *routine = routine_of(r, v[0].s);
	struct routine_param param;

	(void)n;
	if (routine == NULL)
		return ST_OK;
	param = (struct routine_param){ column_of(r, v), mode_of(&v[2]) };
	if (v[1].i == 0) {
		routine->result = param.column;
		return ST_OK;
	}
	if (routine->n_params++ == ROUTINE_PARAMS_MAX)
		return refuse_beyond(r,
		    NUMBER_TEXT(ROUTINE_PARAMS_MAX) " parameters of a routine");
	if (r->n_params++ == ROUTINES_PARAMS_MAX)
		return refuse_beyond(r,
		    NUMBER_TEXT(ROUTINES_PARAMS_MAX) " parameters of routines");
	items_add(&r->params, &param, sizeof(param));
	routine->params = (struct routine_param *)r->params.p;
	return ST_OK;
}

enum status
mysql_routines(struct db_conn *conn, const struct routine_order *order,
    struct routines *out, struct error *err)
{
	struct reading r = { .conn = conn,
		.order = order,
		.out = out,
		.list = buf_in(order->arena),
		.params = buf_in(order->arena) };
	enum status st;

	*out = (struct routines){ .n = 0 };
	st = routines_read(&r, err);
	if (st != ST_OK || out->n == 0)
		return st;
	return ask(&r, SQL_PARAMS PARAMS_ORDER,
	    SQL_PARAMS OF_PARAM PARAMS_ORDER, on_param, err);
}
