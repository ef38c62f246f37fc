#include "app/services/db/read/meta.h"

#include "app/base/jsonout.h"
#include "app/services/db/read/query.h"
#include "app/services/db/schema/describe.h"

static void
put_count(struct buf *out, const struct query *q, int64_t count)
{
	json_put_name(out, STR("count"));
	buf_put_i64(out, count);
	if (q->n_ids > 0 || count - q->limit <= q->offset)
		return;
	json_put_name(out, STR("next"));
	buf_put_i64(out, q->offset + q->limit);
}

bool
meta_put(struct buf *out, struct request *req, const struct query *q,
    const int64_t *count)
{
	if (count == NULL && !q->include_schema)
		return false;
	buf_put_lit(out, ",\"meta\":{");
	if (count != NULL)
		put_count(out, q, *count);
	if (q->include_schema) {
		json_put_name(out, STR("schema"));
		describe_table(out, req, q->table);
	}
	buf_put_char(out, '}');
	return true;
}
