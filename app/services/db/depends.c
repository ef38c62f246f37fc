#include "app/services/db/depends.h"

#include "app/base/secret.h"
#include "app/services/db/cascades.h"
#include "app/services/db/db.h"
#include "app/services/db/filter/filter.h"
#include "app/services/db/relation/related.h"
#include "app/services/db/relation/relation.h"
#include "middleware/tags.h"

/* Tags, each once. */
struct collection {
	const struct db_service *service;
	struct str *tags;
	size_t n;     /* more than TAGS_MAX: they do not fit */
	uint32_t ttl; /* of a read: the least of its tables */
};

static struct str
tag_of(struct db_service *service, struct str name)
{
	uint8_t bytes[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES];
	struct buf tag = buf_in(&service->arena);

	digest(service->identity, bytes);
	hex_encode(hex, bytes, sizeof(bytes));
	buf_put_lit(&tag, "t:");
	buf_put(&tag, str_make(hex, sizeof(hex)));
	buf_put_char(&tag, ':');
	buf_put(&tag, name);
	return buf_str(&tag);
}

void
depends_open(struct db_service *service)
{
	const struct catalog *c = &service->catalog;

	service->tag_all = tag_of(service, STR("*"));
	service->tag_any = tag_of(service, STR("?"));
	service->table_tags = arena_alloc(
	    &service->arena, c->n_tables * sizeof(service->table_tags[0]));
	for (size_t i = 0; i < c->n_tables; i++)
		service->table_tags[i] = tag_of(service, c->tables[i].name);
}

static struct str
tag_of_table(const struct db_service *service, const struct db_table *table)
{
	return service->table_tags[table - service->catalog.tables];
}

/* Rows of a view, or of a virtual table, may come from any other table. */
static bool
shows_others(const struct db_table *table)
{
	return table->is_view || table->is_virtual;
}

/* Its writes may reach tables that the statement does not name. */
static bool
reaches_others(const struct db_table *table)
{
	return table->has_triggers || shows_others(table);
}

static void
tag_add(struct collection *c, struct str tag)
{
	for (size_t i = 0; i < c->n && i < TAGS_MAX; i++) {
		if (str_eq(c->tags[i], tag))
			return;
	}
	if (c->n < TAGS_MAX)
		c->tags[c->n] = tag;
	c->n++;
}

struct str
depends_table(const struct db_service *service, const struct db_table *table)
{
	return shows_others(table) ? service->tag_any
				   : tag_of_table(service, table);
}

static void
read_add(struct collection *c, const struct db_table *table, uint32_t usual)
{
	uint32_t ttl =
	    c->service->table_ttl[table - c->service->catalog.tables];

	if (ttl == TABLE_TTL_UNSET)
		ttl = usual;
	if (ttl < c->ttl)
		c->ttl = ttl;
	tag_add(c, depends_table(c->service, table));
}

static void
query_add(struct collection *c, const struct query *q, uint32_t usual)
{
	const struct filter_reach *reach = q->reach;

	read_add(c, q->table, usual);
	for (size_t i = 0; reach != NULL && i < reach->n; i++)
		read_add(c, reach->tables[i], usual);
	for (size_t i = 0; i < q->n_related; i++) {
		const struct relation *relation = q->related[i]->relation;

		if (relation->junction != NULL)
			read_add(c, relation->junction, usual);
		query_add(c, &q->related[i]->query, usual);
	}
}

size_t
depends_read(const struct db_service *service, const struct query *q,
    struct str *tags, uint32_t *ttl)
{
	struct collection c = {
		.service = service, .tags = tags, .ttl = UINT32_MAX
	};

	query_add(&c, q, *ttl);
	*ttl = c.ttl;
	tag_add(&c, service->tag_all);
	return c.n > TAGS_MAX ? 0 : c.n;
}

/* Where they do not fit, the tag of all answers stands for them. */
static size_t
written_end(struct collection *c, bool reaches)
{
	tag_add(c, c->service->tag_any);
	if (reaches)
		tag_add(c, c->service->tag_all);
	if (c->n <= TAGS_MAX)
		return c->n;
	c->tags[0] = c->service->tag_all;
	return 1;
}

/* Adds what a write of the table reaches; true: that may be any table. */
static bool
written_add(struct collection *c, const struct db_table *table)
{
	const struct db_service *service = c->service;
	const struct cascade *cascade =
	    service->cascades[table - service->catalog.tables];

	tag_add(c, tag_of_table(service, table));
	for (size_t i = 0; cascade != NULL && i < cascade->n; i++)
		tag_add(c, tag_of_table(service, cascade->tables[i]));
	return reaches_others(table) || (cascade != NULL && cascade->beyond);
}

size_t
depends_write(const struct table_call *call, struct str *tags)
{
	struct collection c = { .service = call->service, .tags = tags };
	bool reaches = written_add(&c, call->table);

	for (size_t i = 0; i < call->n_also; i++)
		reaches = written_add(&c, call->also[i]) || reaches;
	return written_end(&c, reaches || call->outdated);
}

size_t
depends_routine(
    const struct db_service *service, struct str routine, struct str *tags)
{
	struct collection c = { .service = service, .tags = tags };
	const struct routine_writes *writes =
	    routine_tables_find(&service->routine_tables, routine);
	struct str rest = writes == NULL ? STR_NULL : writes->tables;
	bool reaches = writes == NULL;

	if (writes != NULL && rest.n == 0)
		return 0;
	while (rest.n > 0) {
		struct str name = str_cut(&rest, ' ');
		const struct db_table *table = db_service_table(service, name);

		if (table != NULL)
			reaches = written_add(&c, table) || reaches;
		else if (name.n > 0)
			reaches = true;
	}
	return written_end(&c, reaches);
}
