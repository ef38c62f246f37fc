#include "app/services/db/write/results.h"

#include "app/base/jsonout.h"
#include "middleware/request.h"

#define BATCH_CODE 1000

void
results_open(struct results *r, struct arena *arena)
{
	*r = (struct results){
		.list = buf_in(arena),
		.failed = buf_in(arena),
	};
}

struct buf *
results_next(struct results *r)
{
	if (r->n++ > 0)
		buf_put_char(&r->list, ',');
	return &r->list;
}

void
results_add(struct results *r, struct str list, size_t n)
{
	buf_put(results_next(r), list);
	r->n += n - 1;
}

void
results_fail(struct results *r, enum status st, const struct error *err)
{
	int status = response_status_of(st);
	struct buf *b = results_next(r);

	if (r->n_failed++ > 0)
		buf_put_char(&r->failed, ',');
	buf_put_u64(&r->failed, r->n - 1);
	buf_printf(b, "{\"code\":%d,\"context\":null", status);
	json_put_name(b, STR("message"));
	json_put_str(b, str_of(err->text));
	buf_printf(b, ",\"status_code\":%d}", status);
}

void
results_refuse(struct request *req, const struct results *r, const char *done,
    bool rolled_back)
{
	struct buf context = buf_in(req->arena);
	struct buf message = buf_in(req->arena);

	buf_put_lit(&context, "{\"error\":[");
	buf_put(&context, buf_str(&r->failed));
	buf_put_lit(&context, "],\"resource\":[");
	buf_put(&context, buf_str(&r->list));
	buf_put_lit(&context, "]}");
	buf_printf(&message,
	    "Batch Error: Not all requested records could be %s.%s", done,
	    rolled_back ? " All changes rolled back." : "");
	response_fail_context(
	    req, 400, BATCH_CODE, buf_str(&context), buf_str(&message));
}
