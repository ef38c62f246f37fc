#include "middleware/condition.h"

#include "middleware/etag.h"
#include "middleware/http_date.h"
#include "middleware/request.h"

static const enum request_param fields[] = { PARAM_IF_MATCH,
	PARAM_IF_UNMODIFIED_SINCE, PARAM_IF_NONE_MATCH,
	PARAM_IF_MODIFIED_SINCE };

bool
condition_asked(const struct request *req)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (!str_is_null(req->param[fields[i]]))
			return true;
	}
	return false;
}

/* Has it been changed after the date of that field? What is no date, and what
 * has no date, says nothing. */
static bool
date_holds(const struct request *req, enum request_param field,
    const struct standing *now, int64_t *date)
{
	struct str text = req->param[field];

	return !str_is_null(text) && now->exists && now->modified != 0 &&
	       http_date_read(
		   str_trim(text), req->arrived.wall_ms / 1000, date);
}

static bool
is_first_met(const struct request *req, const struct standing *now)
{
	struct str tags = req->param[PARAM_IF_MATCH];
	int64_t date;

	if (!str_is_null(tags))
		return now->exists && etag_matched(tags, now->etag);
	return !date_holds(req, PARAM_IF_UNMODIFIED_SINCE, now, &date) ||
	       now->modified <= date;
}

static bool
is_unchanged(const struct request *req, const struct standing *now)
{
	struct str tags = req->param[PARAM_IF_NONE_MATCH];
	int64_t date;

	if (!str_is_null(tags))
		return now->exists && etag_listed(tags, now->etag);
	return request_reads(req) &&
	       date_holds(req, PARAM_IF_MODIFIED_SINCE, now, &date) &&
	       now->modified <= date;
}

enum condition
condition_judge(const struct request *req, const struct standing *now)
{
	if (!is_first_met(req, now))
		return CONDITION_FAILED;
	if (!is_unchanged(req, now))
		return CONDITION_MET;
	return request_reads(req) ? CONDITION_UNCHANGED : CONDITION_FAILED;
}
