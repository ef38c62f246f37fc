#include "app/services/db/schema_call.h"

#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/schema_fresh.h"
#include "middleware/json.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

enum segment {
	SEGMENT_KIND,
	SEGMENT_TABLE,
	SEGMENT_PART,
	SEGMENT_NAME,
	SEGMENTS
};

static const struct {
	const char *word;
	enum schema_part part;
} parts[] = {
	{ "_field", SCHEMA_FIELD },
	{ "_related", SCHEMA_RELATED },
};

static enum status
part_take(struct schema_call *c, struct error *err)
{
	const struct request *req = c->req;
	struct str word = req->segment[SEGMENT_PART];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!str_eq(word, str_of(parts[i].word)))
			continue;
		c->part = parts[i].part;
		if (req->n_segments > SEGMENT_NAME)
			c->name = req->segment[SEGMENT_NAME];
		return ST_OK;
	}
	if (req->n_segments > SEGMENT_NAME)
		return error_set(
		    err, ST_INVALID, "Invalid schema path in request.");
	c->part = SCHEMA_FIELD;
	c->name = word;
	return ST_OK;
}

/* No I/O, no response. */
static enum status
path_take(struct schema_call *c, struct error *err)
{
	const struct request *req = c->req;

	if (req->n_segments > SEGMENTS)
		return error_set(
		    err, ST_INVALID, "Invalid schema path in request.");
	if (req->n_segments <= SEGMENT_TABLE)
		return ST_OK;
	c->table_name = req->segment[SEGMENT_TABLE];
	c->table = db_service_table(c->service, c->table_name);
	return req->n_segments > SEGMENT_PART ? part_take(c, err) : ST_OK;
}

void
schema_handle(struct request *req)
{
	struct schema_call c = { .req = req };
	struct error err = { .text = "" };
	enum status st;

	if (json_body(req, &c.body) != ST_OK || !schema_wanted_fresh(req))
		return;
	c.service = req->service->instance;
	st = path_take(&c, &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	else if (request_reads(req))
		schema_read(&c);
	else
		answer_not_allowed(
		    req, "The schema is only read.", "GET, HEAD, OPTIONS");
}
