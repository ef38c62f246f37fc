/* The tables of a database in short, for who must know what there is before
 * anything is asked: a person, or a language model. */
#include "app/base/jsonmember.h"
#include "app/services/db/db.h"
#include "app/services/db/docs/docs.h"
#include "app/services/db/relation/relation.h"
#include "app/services/db/schema/column_type.h"
#include "app/services/db/table_rights.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static void
put_member(struct buf *out, const struct relation *relation)
{
	json_put_name(out, relation->name);
	json_put_str(out, relation->ref->name);
}

static void
put_relations(struct doc *d, struct buf *out, const struct relations *relations)
{
	json_put_name(out, STR("relations"));
	buf_put_char(out, '{');
	for (size_t i = 0; i < relations->n; i++) {
		if (docs_has_table(d, relations->list[i].ref))
			put_member(out, &relations->list[i]);
	}
	buf_put_char(out, '}');
}

static void
put_table(struct doc *d, struct buf *out, const struct db_service *service,
    const struct db_table *table)
{
	struct str component =
	    arena_printf(d->req->arena, "_table/%.*s", STR_ARG(table->name));
	unsigned verbs = access_verbs(
	    d->req->role, d->service->id, component, REQUESTOR_API);

	json_put_name(out, table->name);
	buf_put_char(out, '{');
	json_put_name(out, STR("access"));
	table_rights_put(out, verbs);
	json_put_name(out, STR("key"));
	buf_put_char(out, '[');
	for (size_t i = 0; i < table->n_key; i++) {
		if (i > 0)
			buf_put_char(out, ',');
		json_put_str(out, table->key[i]->name);
	}
	buf_put_lit(out, "],\"fields\":{");
	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *c = &table->columns[i];

		json_put_name(out, c->name);
		json_put_str(out, column_type(table, c));
	}
	buf_put_char(out, '}');
	put_relations(
	    d, out, &service->relations[table - service->catalog.tables]);
	buf_put_char(out, '}');
}

void
db_model(struct doc *d, const struct service *service, struct buf *out)
{
	const struct db_service *instance = service->instance;
	const struct catalog *c = &instance->catalog;

	buf_put_char(out, '{');
	put_text(out, "service", service->name);
	put_text(out, "type", service->type_name);
	json_put_name(out, STR("tables"));
	buf_put_char(out, '{');
	for (size_t i = 0; i < c->n_tables && !doc_is_over(d); i++) {
		if (docs_has_table(d, &c->tables[i]))
			put_table(d, out, instance, &c->tables[i]);
	}
	if (!doc_is_over(d))
		buf_put_lit(out, "}}");
}
