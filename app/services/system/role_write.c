/* Roles of the System API, with what they may do and their lookups. */
#include "app/services/system/children.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/registry/grant_records.h"
#include "middleware/registry/lookup.h"
#include "middleware/registry/role_records.h"
#include "middleware/registry/system_db.h"

#define MASK_MAX      1023 /* all verbs, those that weir has not among them */
#define REQUESTOR_MAX 3    /* API and scripts */

/* A row as it stands, whose members that are not sent stay. */
struct row {
	struct arena *arena;
	int64_t service_id;
	struct str component;
	int64_t verb_mask;
	int64_t requestor_mask;
	struct str filters;   /* STR_NULL: none */
	struct str filter_op; /* STR_NULL: of a row that is new */
};

static enum status
row_take(void *ctx, const struct db_value *v, size_t n)
{
	struct row *r = ctx;

	(void)n; /* as many as the statement names */
	r->service_id = value_i64(&v[0]);
	r->component = value_text(r->arena, &v[1]);
	r->verb_mask = value_i64(&v[2]);
	r->requestor_mask = value_i64(&v[3]);
	r->filters = value_text(r->arena, &v[4]);
	r->filter_op = value_text(r->arena, &v[5]);
	return ST_OK;
}

static enum status
row_read(const struct child *c, struct row *row, struct error *err)
{
	struct db_value args[] = { bind_i64(c->id) };
	struct db_stmt stmt =
	    DB_STMT("SELECT service_id, component, verb_mask, requestor_mask,"
		    " filters, filter_op FROM role_service_access WHERE id = ?",
		args);

	*row = (struct row){
		.arena = c->w->arena, .component = STR(""), .requestor_mask = 1
	};
	return c->id == 0 ? ST_OK
			  : system_db_run(c->w->db, &stmt, row_take, row, err);
}

static enum status
masks_check(const struct row *row, struct error *err)
{
	if (row->verb_mask < 0 || row->verb_mask > MASK_MAX)
		return error_set(err, ST_INVALID,
		    "verb_mask: 0 to %d are expected.", MASK_MAX);
	if (row->requestor_mask < 1 || row->requestor_mask > REQUESTOR_MAX)
		return error_set(err, ST_INVALID,
		    "requestor_mask: 1 to %d are expected.", REQUESTOR_MAX);
	return ST_OK;
}

/* Filters go by as the text that was sent; null and none are those of every
 * row. What is not sent of the two stays, and is checked with the rest. */
static enum status
filters_take(const struct child *c, const struct row *row,
    struct grant_order *order, struct error *err)
{
	struct json filters;
	enum status st = input_list(&c->in, "filters", &filters, err);

	order->filters = row->filters;
	order->filter_op = row->filter_op;
	if (st == ST_OK && json_kind(input_get(&c->in, "filters")) != JSON_NONE)
		order->filters =
		    json_kind(filters) == JSON_ARRAY ? filters.text : STR("[]");
	if (st == ST_OK)
		st = input_text(&c->in, "filter_op", &order->filter_op, err);
	if (order->filter_op.n == 0 && !str_is_null(order->filter_op))
		order->filter_op = STR("and"); /* null was sent */
	return st;
}

static enum status
row_input(const struct child *c, struct row *row, struct error *err)
{
	enum status st =
	    input_number(&c->in, "service_id", &row->service_id, err);

	if (st == ST_OK)
		st = input_text(&c->in, "component", &row->component, err);
	if (st == ST_OK)
		st = input_number(&c->in, "verb_mask", &row->verb_mask, err);
	if (st == ST_OK)
		st = input_number(
		    &c->in, "requestor_mask", &row->requestor_mask, err);
	return st == ST_OK ? masks_check(row, err) : st;
}

static enum status
order_make(const struct child *c, struct grant_order *order, struct error *err)
{
	struct row row;
	enum status st = row_read(c, &row, err);

	if (st == ST_OK)
		st = row_input(c, &row, err);
	if (st == ST_OK)
		st = system_write_refer(c->w, "service_id", SQL_SERVICE_NAME,
		    row.service_id, &order->service, err);
	if (row.service_id == 0)
		order->service = STR("*");
	order->component = row.component;
	order->verb_mask = (unsigned)row.verb_mask;
	order->requestor_mask = (unsigned)row.requestor_mask;
	return st == ST_OK ? filters_take(c, &row, order, err) : st;
}

static enum status
access_child(const struct child *c, struct error *err)
{
	const struct str *role = c->parent;
	struct grant_order order = { .role = *role };
	bool changed;
	enum status st;

	if (c->removes)
		return grant_record_drop(c->w->db, c->id, &order, err);
	st = order_make(c, &order, err);
	if (st != ST_OK)
		return st;
	return c->id == 0 ? grant_record_put(c->w->db, &order, &changed, err)
			  : grant_record_set(c->w->db, c->id, &order, err);
}

static enum status
parts_write(struct system_write *w, const struct input *in, int64_t id,
    struct str name, struct error *err)
{
	const struct lookup_scope scope = { .role_id = id };
	const struct children rows = { "role_service_access_by_role_id",
		"role_service_access", "role_id", &name, access_child };
	enum status st = children_write(w, in, &rows, err);

	if (st == ST_OK)
		st = lookups_write(
		    w, in, "lookup_by_role_id", "role_id", &scope, err);
	return st == ST_OK ? lookups_write(w, in, "role_lookup_by_role_id",
				 "role_id", &scope, err)
			   : st;
}

static enum status
name_check(struct system_write *w, struct str name, struct error *err)
{
	int64_t id;

	if (lookup_id(w->db, NOUN_ROLE, name, &id, NULL) != ST_OK)
		return ST_OK;
	return error_set(
	    err, ST_EXISTS, "a role is named \"%.*s\" already", STR_ARG(name));
}

/* As it is in DreamFactory, a role is not active unless that is said. */
enum status
role_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct input in = { w->arena, record };
	struct role_record r = { .active = false };
	enum status st = input_text(&in, "name", &r.name, err);

	if (st == ST_OK)
		st = input_text(&in, "description", &r.description, err);
	if (st == ST_OK)
		st = input_switch(&in, "is_active", &r.active, err);
	if (st == ST_OK && str_is_null(r.name))
		st = error_set(err, ST_INVALID, "name is required.");
	if (st == ST_OK)
		st = name_check(w, r.name, err);
	if (st == ST_OK)
		st = role_record_add(w->db, &r, err);
	if (st != ST_OK)
		return st;
	*id = r.id;
	return parts_write(w, &in, r.id, r.name, err);
}

enum status
role_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct input in = { w->arena, record };
	struct role_change change = { .active = FLIP_KEEP };
	struct str name;
	bool active = false;
	enum status st = system_write_name(w, SQL_ROLE_NAME, id, &name, err);

	if (st == ST_OK)
		st = input_text(&in, "name", &change.name, err);
	if (st == ST_OK)
		st = input_text(&in, "description", &change.description, err);
	if (st == ST_OK)
		st = input_switch(&in, "is_active", &active, err);
	if (json_kind(input_get(&in, "is_active")) != JSON_NONE)
		change.active = active ? FLIP_ON : FLIP_OFF;
	if (st == ST_OK)
		st = role_record_set(w->db, name, &change, err);
	if (!str_is_null(change.name))
		name = change.name;
	return st == ST_OK ? parts_write(w, &in, id, name, err) : st;
}

/* Who acts with it is named. */
static enum status
unused_check(struct system_write *w, int64_t id, struct error *err)
{
	struct db_value args[] = { bind_i64(id), bind_i64(id) };
	struct db_stmt users =
	    DB_STMT("SELECT 'app', name FROM app WHERE role_id = ?"
		    " UNION ALL SELECT DISTINCT 'user', u.email FROM user u"
		    " JOIN user_to_app_to_role x ON x.user_id = u.id"
		    " WHERE x.role_id = ?",
		args);

	return system_write_unused(w, "role", false, &users, err);
}

enum status
role_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct str name;
	enum status st = system_write_name(w, SQL_ROLE_NAME, id, &name, err);

	if (st == ST_OK)
		st = unused_check(w, id, err);
	return st == ST_OK ? role_record_remove(w->db, name, err) : st;
}
