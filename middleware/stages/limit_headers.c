#include "middleware/stages/limit_headers.h"

#include "middleware/registry/snapshot.h"
#include "middleware/response.h"
#include "middleware/stages/limit_slot.h"

/* What a structured-field string has no room for goes as in a URL. */
static void
char_put(struct buf *b, unsigned char c)
{
	if (c < ' ' || c > '~') {
		buf_printf(b, "%%%02x", c);
		return;
	}
	if (c == '"' || c == '\\')
		buf_put_char(b, '\\');
	buf_put_char(b, (char)c);
}

static void
name_put(struct buf *b, struct str name)
{
	buf_put_char(b, '"');
	for (size_t i = 0; i < name.n; i++)
		char_put(b, (unsigned char)name.p[i]);
	buf_put_char(b, '"');
}

/* Seconds in which a counter that is full of it forgets the quota. */
static uint64_t
window_of(const struct limit *limit, uint32_t quota)
{
	uint64_t all = (uint64_t)quota * limit->period;

	return (all + limit->rate - 1) / limit->rate;
}

static void
policies_put(struct buf *b, const struct limit_slot *slot)
{
	const char *comma = "RateLimit-Policy: ";

	for (size_t i = 0; i < slot->n; i++) {
		const struct limit_applied *a = &slot->list[i];
		uint32_t quota = cache_op_quota(a->op);

		if (a->op->soft)
			continue;
		buf_put(b, str_of(comma));
		name_put(b, a->limit->name);
		buf_put_lit(b, ";q=");
		buf_put_u64(b, quota);
		buf_put_lit(b, ";w=");
		buf_put_u64(b, window_of(a->limit, quota));
		comma = ", ";
	}
	buf_put_lit(b, "\r\n");
}

static void
state_put(struct buf *b, const struct limit_applied *a)
{
	buf_put_lit(b, "RateLimit: ");
	name_put(b, a->limit->name);
	buf_put_lit(b, ";r=");
	buf_put_u64(b, limit_remaining(a));
	buf_put_lit(b, ";t=");
	buf_put_i64(b, limit_reset_seconds(a));
	buf_put_lit(b, "\r\n");
}

void
limit_headers_put(
    struct response *res, const struct limit_slot *slot, int64_t now)
{
	const struct limit_applied *a = limit_nearest(slot);

	if (a == NULL)
		return;
	response_header_i64(
	    res, STR("X-RateLimit-Limit"), cache_op_quota(a->op));
	response_header_i64(
	    res, STR("X-RateLimit-Remaining"), limit_remaining(a));
	response_header_i64(
	    res, STR("X-RateLimit-Reset"), now + limit_reset_seconds(a));
	policies_put(&res->head, slot);
	state_put(&res->head, a);
}
