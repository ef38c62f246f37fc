/* CORS records of the System API. */
#include "app/services/system/input.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/registry/cors_records.h"
#include "middleware/request.h"

#define SQL_CORS_PATH   "SELECT path FROM cors_config WHERE id = ?"
#define MAX_AGE_SECONDS 3600 /* of a new record, as `weir cors add` has it */
#define MASK_MAX        127  /* all of enum method */

/* A record as sent. */
struct sent {
	struct system_write *w;
	struct input in;
};

/* What is empty is none. */
static enum status
text_take(
    const struct sent *s, const char *name, struct str *out, struct error *err)
{
	enum status st = input_text(&s->in, name, out, err);

	if (st == ST_OK && out->n == 0)
		*out = STR_NULL;
	return st;
}

/* ["GET", "POST"]. */
static enum status
methods_take(
    const struct sent *s, struct json list, unsigned *mask, struct error *err)
{
	struct json_walk walk = json_walk(s->w->arena, list);
	struct json_member element;
	enum status st = ST_OK;

	*mask = 0;
	while (st == ST_OK && json_next(&walk, &element)) {
		unsigned one = 0;

		st = json_kind(element.value) == JSON_STRING
			 ? cors_methods_parse(
			       json_to_str(s->w->arena, element.value), &one,
			       err)
			 : error_set(err, ST_INVALID,
			       "method must be an array of strings.");
		*mask |= one;
	}
	return st;
}

/* An array of names, one text of them, or a mask (dreamfactory.md 8.10). */
static enum status
method_take(const struct sent *s, unsigned *mask, struct error *err)
{
	struct json value = input_get(&s->in, "method");
	int64_t number = 0;

	switch (json_kind(value)) {
	case JSON_NONE:
		return ST_OK;
	case JSON_ARRAY:
		return methods_take(s, value, mask, err);
	case JSON_STRING:
		return cors_methods_parse(
		    json_to_str(s->w->arena, value), mask, err);
	default:
		break;
	}
	if (input_number(&s->in, "method", &number, NULL) != ST_OK ||
	    number < 0 || number > MASK_MAX)
		return error_set(err, ST_INVALID,
		    "method must be an array of GET, HEAD, POST, PUT, PATCH, "
		    "DELETE and OPTIONS, or their mask.");
	*mask = (unsigned)number;
	return ST_OK;
}

static enum status
lists_take(const struct sent *s, struct cors_record *r, struct error *err)
{
	enum status st = text_take(s, "path", &r->path, err);

	if (st == ST_OK)
		st = text_take(s, "description", &r->description, err);
	if (st == ST_OK)
		st = text_take(s, "origin", &r->origin, err);
	if (st == ST_OK)
		st = text_take(s, "header", &r->header, err);
	return st == ST_OK
		   ? text_take(s, "exposed_header", &r->exposed_header, err)
		   : st;
}

static enum status
cors_take(void *ctx, struct cors_record *r, struct error *err)
{
	const struct sent *s = ctx;
	enum status st = lists_take(s, r, err);

	if (st == ST_OK)
		st = input_number(&s->in, "max_age", &r->max_age, err);
	if (st == ST_OK)
		st = method_take(s, &r->verb_mask, err);
	if (st == ST_OK)
		st = input_switch(
		    &s->in, "supports_credentials", &r->credentials, err);
	return st == ST_OK ? input_switch(&s->in, "enabled", &r->enabled, err)
			   : st;
}

/* What is not said is as with `weir cors add`. */
enum status
cors_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct sent s = { w, { w->arena, record } };
	struct cors_record r = { .header = STR("*"),
		.max_age = MAX_AGE_SECONDS,
		.verb_mask = MASK_MAX,
		.enabled = true };
	enum status st = cors_take(&s, &r, err);

	if (st == ST_OK)
		st = cors_record_add(w->db, &r, err);
	if (st == ST_OK)
		*id = r.id;
	return st;
}

enum status
cors_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct sent s = { w, { w->arena, record } };
	struct cors_record r = { 0 };
	struct str path;
	enum status st = system_write_name(w, SQL_CORS_PATH, id, &path, err);

	return st == ST_OK ? cors_record_set(
				 w->db, w->arena, path, cors_take, &s, &r, err)
			   : st;
}

enum status
cors_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct str path;
	enum status st = system_write_name(w, SQL_CORS_PATH, id, &path, err);

	return st == ST_OK ? cors_record_remove(w->db, path, err) : st;
}
