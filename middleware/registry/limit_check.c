#include "middleware/registry/limit_check.h"

#include "app/base/buf.h"
#include "middleware/registry/limit_records.h"
#include "middleware/registry/words.h"

void
limit_record_trim(struct limit_record *r)
{
	const struct limit_scope *scope = limit_scope(r->type);

	if (!scope->app)
		r->app_name = STR_NULL;
	if (!scope->user)
		r->user_email = STR_NULL;
	if (!scope->role)
		r->role_name = STR_NULL;
	if (!scope->service)
		r->service_name = STR_NULL;
	if (!scope->endpoint)
		r->endpoint = STR_NULL;
	if (r->algorithm != CACHE_GCRA)
		r->burst = 0;
}

struct part {
	const char *what, *member;
	bool taken, needed; /* by limits of the type */
	struct str name;
};

static enum status
part_check(
    const struct limit_record *r, const struct part *part, struct error *err)
{
	if (part->name.n > 0 && !part->taken)
		return error_set(err, ST_INVALID,
		    "a limit of type %.*s takes no %s",
		    STR_ARG(limit_type_name(r->type)), part->what);
	if (part->name.n == 0 && part->needed)
		return error_set(err, ST_INVALID,
		    "%s must be specified with this limit type. Limit: %.*s",
		    part->member, STR_ARG(r->name));
	return ST_OK;
}

/* Where a type is about apps nothing need be named: each is counted on its own
 * then. */
static enum status
parts_check(const struct limit_record *r, struct error *err)
{
	const struct limit_scope *s = limit_scope(r->type);
	const struct part parts[] = {
		{ "app", "app_id", s->app, false, r->app_name },
		{ "service", "service_id", s->service, s->service && !s->app,
		    r->service_name },
		{ "endpoint", "endpoint", s->endpoint, s->endpoint,
		    r->endpoint },
		{ "user", "user_id", s->user, s->user, r->user_email },
		{ "role", "role_id", s->role, s->role, r->role_name },
	};
	enum status st = ST_OK;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (st == ST_OK)
			st = part_check(r, &parts[i], err);
	}
	return st;
}

static enum status
endpoint_check(struct str endpoint, struct error *err)
{
	if (endpoint.n > LIMIT_ENDPOINT_MAX)
		return error_set(err, ST_INVALID,
		    "endpoint: at most %d bytes are expected",
		    LIMIT_ENDPOINT_MAX);
	for (size_t i = 0; i < endpoint.n; i++) {
		if ((unsigned char)endpoint.p[i] < ' ' || endpoint.p[i] == 0x7f)
			return error_set(err, ST_INVALID,
			    "endpoint: no control characters are expected");
	}
	return ST_OK;
}

static enum status
burst_check(const struct limit_record *r, struct error *err)
{
	if (r->burst != 0 && r->algorithm != CACHE_GCRA)
		return error_set(
		    err, ST_INVALID, "burst: only the algorithm gcra has one");
	if (r->burst < 0 || r->burst > r->rate)
		return error_set(err, ST_INVALID,
		    "burst: 1 to the rate, %lld, is expected, or 0 for as many",
		    (long long)r->rate);
	return ST_OK;
}

static enum status
pace_check(const struct limit_record *r, struct error *err)
{
	if (r->algorithm == CACHE_GCRA &&
	    r->rate > (int64_t)LIMIT_PACE_MAX * r->period)
		return error_set(err, ST_INVALID,
		    "rate: the algorithm gcra counts up to %d a second, so at "
		    "most %lld are expected with this period; the others "
		    "count more",
		    LIMIT_PACE_MAX, (long long)LIMIT_PACE_MAX * r->period);
	return ST_OK;
}

enum status
limit_record_check(const struct limit_record *r, struct error *err)
{
	enum status st = record_name_check(r->name, "limit", err);

	if (st != ST_OK)
		return st;
	if (r->rate < 1 || r->rate > CACHE_COUNT_MAX)
		return error_set(err, ST_INVALID, "rate: 1 to %d are expected",
		    CACHE_COUNT_MAX);
	st = burst_check(r, err);
	if (st == ST_OK)
		st = pace_check(r, err);
	if (st == ST_OK)
		st = parts_check(r, err);
	if (st == ST_OK)
		st = endpoint_check(r->endpoint, err);
	return st == ST_OK ? description_check(r->description, err) : st;
}

static void
part_put(struct buf *b, const char *what, bool taken, int64_t id)
{
	if (id != 0)
		buf_printf(b, ".%s:%lld", what, (long long)id);
	else if (taken)
		buf_printf(b, ".each_%s", what);
}

void
limit_key_text_put(struct buf *b, const struct limit_record *r)
{
	const struct limit_scope *scope = limit_scope(r->type);

	buf_put_lit(b, "instance");
	part_put(b, "app", scope->app, r->app_id);
	part_put(b, "role", scope->role, r->role_id);
	part_put(b, "user", scope->user || scope->each_user, r->user_id);
	part_put(b, "service", scope->service, r->service_id);
	if (scope->endpoint) {
		buf_put_lit(b, ".endpoint:");
		buf_put(b, r->endpoint);
	}
	if (r->verb_mask != 0) {
		buf_put_lit(b, ".verb:");
		verbs_put(b, r->verb_mask);
	}
	buf_put_char(b, '.');
	period_put(b, r->period);
}
