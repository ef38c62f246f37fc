/* The schemas of a table's records: as they are read, with what may be related
 * to them, and as they are written. */
#include "app/base/jsonmember.h"
#include "app/services/db/db.h"
#include "app/services/db/docs/docs.h"
#include "app/services/db/docs/field.h"
#include "app/services/db/relation/relation.h"
#include "app/services/docs/doc.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

static bool
may_get(struct doc *d, const struct db_table *table)
{
	struct str component =
	    arena_printf(d->req->arena, "_table/%.*s", STR_ARG(table->name));

	return doc_may(d, component, METHOD_GET);
}

/* The record that it leads to: by its schema, if that is in the document. */
static void
put_ref(struct doc *d, struct buf *out, const struct db_table *table)
{
	struct str subject = d->subject;

	if (!docs_has_table(d, table)) {
		doc_text(d, out, "{'type':'object'}");
		return;
	}
	d->subject = table->name;
	doc_reference(d, out, STR(""));
	d->subject = subject;
}

static void
put_relation(struct doc *d, struct buf *out, const struct relation *r)
{
	if (!may_get(d, r->ref) ||
	    (r->junction != NULL && !may_get(d, r->junction)))
		return;
	json_put_name(out, r->name);
	if (r->kind == RELATION_BELONGS_TO || r->kind == RELATION_HAS_ONE) {
		buf_put_lit(out, "{\"anyOf\":[");
		put_ref(d, out, r->ref);
		/* null, or an empty list */
		doc_text(d, out,
		    d->is_old ? ",{'type':'object','nullable':true,"
				"'maxProperties':0},{'type':'array',"
				"'items':{},'maxItems':0}]}"
			      : ",{'type':'null'},{'type':'array','maxItems':"
				"0}]}");
		return;
	}
	buf_put_lit(out, "{\"type\":\"array\",\"items\":");
	put_ref(d, out, r->ref);
	buf_put_char(out, '}');
}

static void
put_read(struct doc *d, const struct db_service *service,
    const struct db_table *table)
{
	struct buf *out = &d->schemas;
	const struct relations *relations =
	    &service->relations[table - service->catalog.tables];

	doc_schema(d, "");
	buf_put_lit(out, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < table->n_columns; i++) {
		json_put_name(out, table->columns[i].name);
		docs_field(d, out, table, &table->columns[i], false);
	}
	for (size_t i = 0; i < relations->n; i++)
		put_relation(d, out, &relations->list[i]);
	buf_put_lit(out, "}}");
}

static void
put_list(struct doc *d)
{
	doc_schema(d, "list");
	doc_text(d, &d->schemas,
	    "{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','items':@.},'meta':@Meta}}");
}

/* Members that stand for related records are records of their tables. */
static void
put_written(struct doc *d, const struct db_table *table)
{
	struct buf *out = &d->schemas;

	doc_schema(d, "fields");
	buf_put_lit(out, "{\"type\":\"object\",\"properties\":{");
	for (size_t i = 0; i < table->n_columns; i++) {
		if (table->columns[i].generated)
			continue;
		json_put_name(out, table->columns[i].name);
		docs_field(d, out, table, &table->columns[i], true);
	}
	buf_put_lit(out, "}}");
}

static void
put_new(struct doc *d, const struct db_table *table)
{
	struct buf *out = &d->schemas;
	size_t n = 0;

	doc_schema(d, "new");
	doc_text(d, out, "{'allOf':[@.fields");
	for (size_t i = 0; i < table->n_columns; i++) {
		if (!docs_field_required(&table->columns[i]))
			continue;
		buf_put(out, n++ == 0 ? STR(",{\"required\":[") : STR(","));
		json_put_str(out, table->columns[i].name);
	}
	buf_put(out, n > 0 ? STR("]}]}") : STR("]}"));
}

void
docs_record(struct doc *d, const struct db_service *service,
    const struct db_table *table)
{
	if ((d->wanted & DOC_NEW) != 0)
		put_new(d, table);
	if ((d->wanted & DOC_FIELDS) != 0)
		put_written(d, table);
	if ((d->wanted & DOC_LIST) != 0)
		put_list(d);
	put_read(d, service, table);
}
