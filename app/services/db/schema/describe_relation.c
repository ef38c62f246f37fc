#include "app/services/db/schema/describe.h"

#include "app/base/jsonmember.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/label.h"
#include "drivers/db/catalog.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static const char *const kinds[] = {
	[RELATION_BELONGS_TO] = "belongs_to",
	[RELATION_HAS_ONE] = "has_one",
	[RELATION_HAS_MANY] = "has_many",
	[RELATION_MANY_MANY] = "many_many",
};

/* One column, or all of a key that has several. */
static void
put_columns(struct buf *out, struct arena *arena, const char *name,
    const struct column *const *columns, size_t n)
{
	struct buf text = buf_in(arena);

	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_put_char(&text, ',');
		buf_put(&text, columns[i]->name);
	}
	put_text(out, name, n == 0 ? STR_NULL : buf_str(&text));
}

static void
put_junction(
    struct buf *out, struct request *req, const struct relation *relation)
{
	const struct db_table *junction = relation->junction;
	size_t n = junction == NULL ? 0 : relation->joint.n;

	put_bound(out, "junction_service_id",
	    junction == NULL ? 0 : req->service->id);
	put_text(out, "junction_table",
	    junction == NULL ? STR_NULL : junction->name);
	put_columns(
	    out, req->arena, "junction_field", relation->joint.right, n);
	put_columns(out, req->arena, "junction_ref_field", relation->far.left,
	    relation->far.n);
}

void
describe_relation(
    struct buf *out, struct request *req, const struct relation *relation)
{
	bool direct = relation->junction == NULL;
	const struct joint *last = direct ? &relation->joint : &relation->far;

	buf_put_char(out, '{');
	put_text(out, "name", relation->name);
	put_null(out, "alias");
	put_text(out, "label", label_of(req->arena, relation->name));
	put_null(out, "description");
	put_text(out, "type", str_of(kinds[relation->kind]));
	put_columns(
	    out, req->arena, "field", relation->joint.left, relation->joint.n);
	put_bool(out, "is_virtual", false);
	put_bound(out, "ref_service_id", req->service->id);
	put_text(out, "ref_table", relation->ref->name);
	put_columns(out, req->arena, "ref_field", last->right, last->n);
	put_text(out, "ref_on_update", relation->key->on_update);
	put_text(out, "ref_on_delete", relation->key->on_delete);
	put_junction(out, req, relation);
	put_bool(out, "always_fetch", false);
	put_bool(out, "flatten", false);
	put_bool(out, "flatten_drop_prefix", false);
	buf_put_char(out, '}');
}
