/* The schemas of the platform's records: their columns, as show.h shows them.
 */
#include "app/base/jsonmember.h"
#include "app/services/db/db.h"
#include "app/services/db/docs/field.h"
#include "app/services/db/relation/relation.h"
#include "app/services/docs/doc.h"
#include "app/services/system/docs/docs.h"
#include "app/services/system/member.h"
#include "app/services/system/resource.h"
#include "app/services/system/rights.h"
#include "app/services/system/tables.h"
#include "middleware/request.h"

/* Members that are not what their column holds, or that no column does. */
static const struct {
	const char *table;
	const char *member;
	const char *schema;
} others[] = {
	{ "app", "api_key",
	    "{'type':'~string','description':'In clear only in the answer that "
	    "makes it; afterwards its first six characters.'}" },
	{ "audit", "before", "{'description':'The record before, or null.'}" },
	{ "audit", "after", "{'description':'The record after, or null.'}" },
	{ "cors_config", "method",
	    "{'description':'A list such as GET and POST; a mask is taken, "
	    "too.'}" },
	{ "limits", "period",
	    "{'description':'minute, hour, day, 7-day, 30-day, or seconds as "
	    "in "
	    "10s.'}" },
	{ "limits", "limit_cache_by_limit_id",
	    "{'type':'array','items':{'type':'object'},"
	    "'description':'Its counters, when related asks for them.'}" },
	{ "service", "config",
	    "{'type':'object','description':'The members of the type, and "
	    "cache_enabled and cache_ttl; secrets read as **********.'}" },
	{ "user", "confirmed", "{'type':'boolean','readOnly':true}" },
	{ "user", "expired", "{'type':'boolean','readOnly':true}" },
	{ "user", "password", "{'type':'string','writeOnly':true}" },
	{ "user", "security_answer", "{'type':'string','writeOnly':true}" },
};

#define OTHERS (sizeof(others) / sizeof(others[0]))

static bool
is_hidden(const struct members *m, struct str column)
{
	for (size_t i = 0; m != NULL && m->hidden != NULL && m->hidden[i];
	     i++) {
		if (str_eq(column, str_of(m->hidden[i])))
			return true;
	}
	return false;
}

static bool
is_other(const char *table, struct str member)
{
	for (size_t i = 0; i < OTHERS; i++) {
		if (strcmp(others[i].table, table) == 0 &&
		    str_eq(member, str_of(others[i].member)))
			return true;
	}
	return false;
}

static void
put_columns(struct doc *d, struct buf *out, const struct db_table *table,
    const char *name)
{
	const struct members *m = members_of(table->name);

	for (size_t i = 0; i < table->n_columns; i++) {
		const struct column *c = &table->columns[i];

		if (is_hidden(m, c->name) || is_other(name, c->name))
			continue;
		json_put_name(out, c->name);
		docs_field(d, out, table, c, false);
	}
	for (size_t i = 0; i < OTHERS; i++) {
		if (strcmp(others[i].table, name) != 0)
			continue;
		json_put_name(out, str_of(others[i].member));
		doc_text(d, out, others[i].schema);
	}
}

/* Those that lead to records which the caller may read. */
static void
put_relations(struct doc *d, struct buf *out,
    const struct system_resource *resource, const struct relations *relations)
{
	for (size_t i = 0; i < relations->n; i++) {
		const struct relation *r = &relations->list[i];

		if (!system_rights_relate(
			d->req->role, d->service->id, resource, r->ref->name))
			continue;
		json_put_name(out, r->name);
		doc_text(d, out,
		    relation_is_single(r)
			? "{'description':'A related record, when related asks "
			  "for it.'}"
			: "{'type':'array','items':{'type':'object'},"
			  "'description':'Related records, when related asks "
			  "for "
			  "them.'}");
	}
}

void
docs_resource(struct doc *d, const struct system_tables *tables,
    const struct system_resource *resource)
{
	struct buf *out = &d->schemas;
	const struct db_table *table =
	    db_service_table(tables->db, str_of(resource->table));

	if (table == NULL)
		return;
	doc_schema(d, "");
	buf_put_lit(out, "{\"type\":\"object\",\"properties\":{");
	put_columns(d, out, table, resource->table);
	put_relations(d, out, resource, system_tables_relations(tables, table));
	buf_put_lit(out, "}}");
	if ((d->wanted & DOC_LIST) == 0)
		return;
	doc_schema(d, "list");
	doc_text(d, out,
	    "{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','items':@.},'meta':@Meta}}");
}
