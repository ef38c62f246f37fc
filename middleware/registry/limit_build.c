#include "middleware/registry/limit_build.h"

#include "app/base/buf.h"
#include "middleware/registry/limit_records.h"

/* Whatever changes what a count means is in the key: then it starts anew. */
static struct str
limit_key(struct arena *arena, const struct limit_record *r)
{
	struct buf key = buf_in(arena);

	buf_printf(&key, "limit:%lld:%lld:%u", (long long)r->id,
	    (long long)r->rate, r->period);
	if (r->algorithm != CACHE_FIXED) {
		buf_put_char(&key, ':');
		buf_put(&key, limit_algorithm_name(r->algorithm));
	}
	if (r->burst != 0)
		buf_printf(&key, ":%lld", (long long)r->burst);
	if (r->lockout)
		buf_put_lit(&key, ":lockout");
	return buf_str(&key);
}

/* Where it stands; the text's length when there is none. */
static size_t
last_star(struct str text)
{
	size_t i = text.n;

	while (i > 0 && text.p[i - 1] != '*')
		i--;
	return i == 0 ? text.n : i - 1;
}

struct limit
limit_build(struct arena *arena, const struct limit_record *r)
{
	size_t star = last_star(r->endpoint);
	bool is_prefix = star < r->endpoint.n;

	return (struct limit){
		.id = r->id,
		.name = r->name,
		.description = r->description,
		.type = r->type,
		.app_id = r->app_id,
		.user_id = r->user_id,
		.role_id = r->role_id,
		.service_id = r->service_id,
		.endpoint =
		    is_prefix ? str_make(r->endpoint.p, star) : r->endpoint,
		.is_prefix = is_prefix,
		.verb_mask = r->verb_mask,
		.rate = (uint32_t)r->rate,
		.period = r->period,
		.algorithm = r->algorithm,
		.burst = (uint32_t)(r->burst == 0 ? r->rate : r->burst),
		.own_burst = r->burst != 0,
		.lockout = r->lockout,
		.dry_run = r->dry_run,
		.key = limit_key(arena, r),
		.key_text = r->key_text,
	};
}
