/* Limits of the System API. */
#include "app/services/system/input.h"
#include "app/services/system/resources.h"
#include "app/services/system/write.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/words.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* A limit as sent. */
struct sent {
	struct system_write *w;
	struct input in;
};

/* Periods by the numbers that DreamFactory keeps (dreamfactory.md 4.2). */
static const char *const periods[] = { "minute", "hour", "day", "7-day",
	"30-day" };

static enum status
period_take(const struct sent *s, uint32_t *seconds, struct error *err)
{
	enum json_kind kind = json_kind(input_get(&s->in, "period"));
	struct str word = STR_NULL;
	int64_t number = -1;
	struct error why = { 0 };

	if (kind == JSON_NONE || kind == JSON_NULL)
		return ST_OK;
	if (input_number(&s->in, "period", &number, &why) == ST_OK &&
	    number >= 0 && number < (int64_t)LENGTH(periods))
		word = str_of(periods[number]);
	else if (input_text(&s->in, "period", &word, err) != ST_OK)
		return ST_INVALID;
	return period_parse(word, seconds, err);
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
verb_take(const struct sent *s, unsigned *mask, struct error *err)
{
	struct str word = STR_NULL;
	enum status st = input_text(&s->in, "verb", &word, err);

	if (st != ST_OK || str_is_null(word))
		return st;
	*mask = 0;
	return word.n == 0 ? ST_OK : verbs_parse(word, mask, err);
}

/* Is a limit of the type about one of those? What it is not about does not
 * matter (dreamfactory.md 4.5). */
static bool
is_about(enum limit_type type, const char *what)
{
	struct str rest = limit_type_name(type);

	while (!str_is_null(rest)) {
		if (str_eq(str_cut(&rest, '.'), str_of(what)))
			return true;
	}
	return false;
}

struct part {
	const char *what;   /* "role" */
	const char *member; /* "role_id" */
	const char *sql;
};

static enum status
part_take(const struct sent *s, const struct part *part, enum limit_type type,
    struct str *name, struct error *err)
{
	int64_t id = 0;
	enum status st = input_number(&s->in, part->member, &id, err);

	if (!is_about(type, part->what)) {
		*name = STR_NULL;
		return ST_OK;
	}
	if (st != ST_OK ||
	    json_kind(input_get(&s->in, part->member)) == JSON_NONE)
		return st;
	return system_write_refer(s->w, part->member, part->sql, id, name, err);
}

static enum status
parts_take(const struct sent *s, struct limit_record *r, struct error *err)
{
	static const struct part app = { "app", "app_id", SQL_APP_NAME };
	static const struct part role = { "role", "role_id", SQL_ROLE_NAME };
	static const struct part service = { "service", "service_id",
		SQL_SERVICE_NAME };
	enum status st = part_take(s, &app, r->type, &r->app_name, err);

	if (st == ST_OK)
		st = part_take(s, &role, r->type, &r->role_name, err);
	return st == ST_OK
		   ? part_take(s, &service, r->type, &r->service_name, err)
		   : st;
}

static enum status
limit_take(void *ctx, struct limit_record *r, struct error *err)
{
	const struct sent *s = ctx;
	enum status st = input_text(&s->in, "name", &r->name, err);

	if (st == ST_OK)
		st = type_take(s, &r->type, err);
	if (st == ST_OK)
		st = input_number(&s->in, "rate", &r->rate, err);
	if (st == ST_OK)
		st = period_take(s, &r->period, err);
	if (st == ST_OK)
		st = verb_take(s, &r->verb_mask, err);
	if (st == ST_OK)
		st = input_switch(&s->in, "is_active", &r->active, err);
	return st == ST_OK ? parts_take(s, r, err) : st;
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
