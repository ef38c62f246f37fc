#include "app/services/db/cascades.h"

#include "app/services/db/db.h"

/* Tables with a key that cascades, by the table that it refers to. */
struct referrer {
	const struct db_table *table;
	const struct referrer *next;
};

struct map {
	const struct catalog *catalog;
	const struct referrer **first; /* beside catalog->tables */
};

static void
referrers_add(
    struct map *map, struct arena *arena, const struct db_table *table)
{
	for (size_t i = 0; i < table->n_foreign_keys; i++) {
		const struct foreign_key *key = &table->foreign_keys[i];
		const struct db_table *to =
		    catalog_table(map->catalog, key->ref_table);
		struct referrer *referrer;

		if (!key->cascades || to == NULL)
			continue;
		referrer = arena_alloc(arena, sizeof(*referrer));
		referrer->table = table;
		referrer->next = map->first[to - map->catalog->tables];
		map->first[to - map->catalog->tables] = referrer;
	}
}

static bool
has(const struct cascade *c, const struct db_table *table)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->tables[i] == table)
			return true;
	}
	return false;
}

static void
reach_from(const struct map *map, const struct db_table *from,
    const struct db_table *origin, struct cascade *c)
{
	const struct referrer *r = map->first[from - map->catalog->tables];

	for (; r != NULL && !c->beyond; r = r->next) {
		if (r->table == origin || has(c, r->table))
			continue;
		c->beyond = r->table->has_triggers || c->n == CASCADE_MAX;
		if (!c->beyond)
			c->tables[c->n++] = r->table;
	}
}

/* Those that are reached are gone through in turn. What is hidden from the
 * user of the service may go on from any of them. */
static struct cascade *
cascade_make(
    const struct map *map, struct arena *arena, const struct db_table *origin)
{
	struct cascade *c = arena_zalloc(arena, sizeof(*c));

	c->beyond = map->catalog->hides;
	reach_from(map, origin, origin, c);
	for (size_t i = 0; i < c->n && !c->beyond; i++)
		reach_from(map, c->tables[i], origin, c);
	return c;
}

void
cascades_open(struct db_service *service)
{
	const struct catalog *catalog = &service->catalog;
	struct arena *arena = &service->arena;
	size_t n = catalog->n_tables;
	struct map map = {
		.catalog = catalog,
		.first = arena_zalloc(arena, n * sizeof(map.first[0])),
	};
	const struct cascade **all = arena_zalloc(arena, n * sizeof(all[0]));

	for (size_t i = 0; i < n; i++)
		referrers_add(&map, arena, &catalog->tables[i]);
	for (size_t i = 0; i < n; i++) {
		if (map.first[i] != NULL)
			all[i] = cascade_make(&map, arena, &catalog->tables[i]);
	}
	service->cascades = all;
}
