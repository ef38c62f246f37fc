/* The pages of page.h that take a worker. */
#include "middleware/page.h"
#include "app/base/jsonmember.h"
#include "app/services/metrics.h"
#include "middleware/principal.h"
#include "middleware/readiness.h"
#include "middleware/request.h"
#include "middleware/service.h"

static bool
is_for_admin(const struct request *req)
{
	return req->principal != NULL && principal_is_free(req->principal);
}

static struct str
word_of(const struct readiness_told *told)
{
	if (told->stopping)
		return STR("stopping");
	return told->ready ? STR("ready") : STR("unready");
}

/* Who is no administrator learns nothing of what there is. */
static void
ready_page(struct request *req)
{
	struct readiness_told told;
	struct buf b = buf_in(req->arena);

	if (readiness_ask(req, &told) != ST_OK) {
		response_busy(req, "It is not known yet what answers.");
		return;
	}
	buf_put_char(&b, '{');
	put_text(&b, "status", word_of(&told));
	if (is_for_admin(req)) {
		put_number(&b, "age_ms", told.age_ms);
		json_put_name(&b, STR("checks"));
		buf_put(&b, told.all);
	}
	buf_put_char(&b, '}');
	page_answer(req, told.ready ? 200 : 503, buf_str(&b));
}

void
service_page(struct request *req)
{
	if (req->page == PAGE_READY)
		ready_page(req);
	else
		metrics_page(req);
}
