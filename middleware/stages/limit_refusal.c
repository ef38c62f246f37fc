#include "middleware/stages/limit_refusal.h"

#include "app/base/jsonout.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/words.h"
#include "middleware/request.h"
#include "middleware/stages/limit_slot.h"

static void
number_put(struct buf *b, const char *name, int64_t number)
{
	json_put_name(b, str_of(name));
	buf_put_i64(b, number);
}

/* 0: none. */
static void
id_put(struct buf *b, const char *name, int64_t id)
{
	json_put_name(b, str_of(name));
	if (id == 0)
		buf_put_lit(b, "null");
	else
		buf_put_i64(b, id);
}

/* "": none. */
static void
text_put(struct buf *b, const char *name, struct str text)
{
	json_put_name(b, str_of(name));
	if (text.n == 0)
		buf_put_lit(b, "null");
	else
		json_put_str(b, text);
}

static void
switch_put(struct buf *b, const char *name, bool on)
{
	json_put_name(b, str_of(name));
	json_put_bool(b, on);
}

static void
words_put(struct buf *b, struct arena *arena, const struct limit *limit)
{
	struct buf period = buf_in(arena), verb = buf_in(arena);
	struct buf endpoint = buf_in(arena);

	period_put(&period, limit->period);
	if (limit->verb_mask != 0)
		verbs_put(&verb, limit->verb_mask);
	buf_put(&endpoint, limit->endpoint);
	if (limit->is_prefix)
		buf_put_char(&endpoint, '*');
	text_put(b, "period", buf_str(&period));
	text_put(b, "verb", buf_str(&verb));
	text_put(b, "endpoint", buf_str(&endpoint));
}

/* As the System API shows it, without who wrote it when. */
static void
record_put(struct buf *b, struct arena *arena, const struct limit *limit)
{
	buf_put_char(b, '{');
	number_put(b, "id", limit->id);
	text_put(b, "name", limit->name);
	text_put(b, "description", limit->description);
	text_put(b, "type", limit_type_name(limit->type));
	number_put(b, "rate", limit->rate);
	words_put(b, arena, limit);
	text_put(b, "algorithm", limit_algorithm_name(limit->algorithm));
	id_put(b, "burst", limit->own_burst ? limit->burst : 0);
	id_put(b, "app_id", limit->app_id);
	id_put(b, "user_id", limit->user_id);
	id_put(b, "role_id", limit->role_id);
	id_put(b, "service_id", limit->service_id);
	text_put(b, "key_text", limit->key_text);
	switch_put(b, "lockout", limit->lockout);
	switch_put(b, "dry_run", limit->dry_run);
	switch_put(b, "is_active", true);
	buf_put_char(b, '}');
}

void
limit_refuse(struct request *req, const struct limit_slot *slot)
{
	struct buf context = buf_in(req->arena);

	buf_put_char(&context, '[');
	for (size_t i = 0; i < slot->n; i++) {
		const struct limit_applied *a = &slot->list[i];

		if (a->op->soft || !limit_is_used_up(a))
			continue;
		buf_put(&context, context.n > 1 ? STR(",{") : STR("{"));
		number_put(&context, "id", a->limit->id);
		text_put(&context, "name", a->limit->name);
		json_put_name(&context, STR("object"));
		record_put(&context, req->arena, a->limit);
		buf_put_char(&context, '}');
	}
	buf_put_char(&context, ']');
	response_fail_context(
	    req, 429, 429, buf_str(&context), STR("API limit(s) exceeded. "));
	response_header_i64(&req->response, STR("Retry-After"),
	    limit_reset_seconds(limit_nearest(slot)));
}
