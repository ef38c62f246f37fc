/* Limits of the System API. */
#include "app/services/system/input.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/registry/limit_check.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/words.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A limit as sent. */
struct sent {
	struct system_write *w;
	struct input in;
};

/* Clients send the number of a period as well (dreamfactory.md 4.2). */
static enum status
period_take(const struct sent *s, uint32_t *seconds, struct error *err)
{
	struct json value = input_get(&s->in, "period");
	struct str word = STR_NULL;
	enum status st = ST_OK;

	if (json_kind(value) == JSON_NUMBER)
		word = value.text;
	else
		st = input_text(&s->in, "period", &word, err);
	return st == ST_OK && !str_is_null(word)
		   ? period_parse_sent(word, seconds, err)
		   : st;
}

static enum status
rate_take(const struct sent *s, int64_t *rate, struct error *err)
{
	if (input_number(&s->in, "rate", rate, NULL) == ST_OK)
		return ST_OK;
	return error_set(
	    err, ST_INVALID, "Limit rate must be an integer. Limit not saved.");
}

static enum status
type_take(const struct sent *s, enum limit_type *type, struct error *err)
{
	struct str word = STR_NULL;
	enum status st = input_text(&s->in, "type", &word, err);

	return st == ST_OK && !str_is_null(word)
		   ? limit_type_parse(word, type, err)
		   : st;
}

static enum status
algorithm_take(
    const struct sent *s, enum cache_algorithm *algorithm, struct error *err)
{
	struct str word = STR_NULL;
	enum status st = input_text(&s->in, "algorithm", &word, err);

	return st == ST_OK && !str_is_null(word)
		   ? limit_algorithm_parse(word, algorithm, err)
		   : st;
}

static enum status
verb_take(const struct sent *s, unsigned *mask, struct error *err)
{
	struct str word = STR_NULL;
	enum status st = input_text(&s->in, "verb", &word, err);

	return st == ST_OK && !str_is_null(word)
		   ? limit_verb_parse(word, mask, err)
		   : st;
}

struct part {
	const char *what;   /* "service" */
	const char *member; /* "service_id" */
	const char *sql;
	bool taken; /* by limits of the type */
};

/* What the type is not about does not matter (dreamfactory.md 4.5). */
static enum status
part_take(const struct sent *s, const struct part *part,
    const struct limit_record *r, struct str *name, struct error *err)
{
	int64_t id = 0;
	enum status st;

	if (!part->taken ||
	    json_kind(input_get(&s->in, part->member)) == JSON_NONE)
		return ST_OK;
	*name = STR_NULL;
	st = input_number(&s->in, part->member, &id, err);
	if (st != ST_OK || id == 0)
		return st;
	st = system_write_name(s->w, part->sql, id, name, err);
	if (st != ST_MISSING)
		return st;
	return error_set(err, ST_INVALID,
	    "No %s exists for %.*s limit. %s: there is none of the id %lld.",
	    part->what, STR_ARG(r->name), part->member, (long long)id);
}

static enum status
parts_take(const struct sent *s, struct limit_record *r, struct error *err)
{
	const struct limit_scope *scope = limit_scope(r->type);
	const struct {
		struct part part;
		struct str *name;
	} parts[] = {
		{ { "app", "app_id", SQL_APP_NAME, scope->app }, &r->app_name },
		{ { "user", "user_id", SQL_USER_EMAIL, scope->user },
		    &r->user_email },
		{ { "role", "role_id", SQL_ROLE_NAME, scope->role },
		    &r->role_name },
		{ { "service", "service_id", SQL_SERVICE_NAME, scope->service },
		    &r->service_name },
	};
	enum status st = ST_OK;

	for (size_t i = 0; i < LENGTH(parts) && st == ST_OK; i++)
		st = part_take(s, &parts[i].part, r, parts[i].name, err);
	return st;
}

static enum status
counting_take(const struct sent *s, struct limit_record *r, struct error *err)
{
	enum status st = rate_take(s, &r->rate, err);

	if (st == ST_OK)
		st = period_take(s, &r->period, err);
	if (st == ST_OK)
		st = algorithm_take(s, &r->algorithm, err);
	if (st == ST_OK)
		st = input_number(&s->in, "burst", &r->burst, err);
	return st == ST_OK ? input_switch(&s->in, "lockout", &r->lockout, err)
			   : st;
}

static enum status
limit_take(void *ctx, struct limit_record *r, struct error *err)
{
	const struct sent *s = ctx;
	enum status st = input_text(&s->in, "name", &r->name, err);

	if (st == ST_OK)
		st = input_text(&s->in, "description", &r->description, err);
	if (st == ST_OK)
		st = type_take(s, &r->type, err);
	if (st == ST_OK)
		st = counting_take(s, r, err);
	if (st == ST_OK)
		st = verb_take(s, &r->verb_mask, err);
	if (st == ST_OK)
		st = input_text(&s->in, "endpoint", &r->endpoint, err);
	if (st == ST_OK)
		st = input_switch(&s->in, "dry_run", &r->dry_run, err);
	if (st == ST_OK)
		st = input_switch(&s->in, "is_active", &r->active, err);
	if (st == ST_OK)
		st = parts_take(s, r, err);
	limit_record_trim(r);
	return st;
}

enum status
limit_create(
    struct system_write *w, struct json record, int64_t *id, struct error *err)
{
	struct sent s = { w, { w->arena, record } };
	struct limit_record r = { .active = true };
	enum status st = limit_take(&s, &r, err);

	if (st == ST_OK && json_kind(input_get(&s.in, "type")) != JSON_STRING)
		st = error_set(err, ST_INVALID, "type is required.");
	if (st == ST_OK && r.period == 0)
		st = error_set(err, ST_INVALID, "period is required.");
	if (st == ST_OK)
		st = limit_record_add(w->db, &r, err);
	*id = r.id;
	return st;
}

enum status
limit_update(
    struct system_write *w, int64_t id, struct json record, struct error *err)
{
	struct sent s = { w, { w->arena, record } };
	struct limit_record r = { .active = true };
	struct str name;
	enum status st = system_write_name(w, SQL_LIMIT_NAME, id, &name, err);

	return st == ST_OK ? limit_record_set(
				 w->db, w->arena, name, limit_take, &s, &r, err)
			   : st;
}

enum status
limit_remove(struct system_write *w, int64_t id, struct error *err)
{
	struct str name;
	enum status st = system_write_name(w, SQL_LIMIT_NAME, id, &name, err);

	return st == ST_OK ? limit_record_remove(w->db, name, err) : st;
}
