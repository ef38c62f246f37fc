#include "app/import/id_map.h"

#include "app/base/arena.h"

static struct str
key_of(const int64_t *id)
{
	return str_make((const char *)id, sizeof(*id));
}

void
id_map_init(struct id_map *map, struct arena *arena, size_t n)
{
	map->arena = arena;
	table_init(&map->by_id, arena, n);
}

void
id_map_put(struct id_map *map, const struct id_entry *entry)
{
	struct id_entry *kept = arena_alloc(map->arena, sizeof(*kept));

	*kept = *entry;
	(void)table_add(&map->by_id, key_of(&kept->from), kept);
}

const struct id_entry *
id_map_get(const struct id_map *map, int64_t from)
{
	return from == 0 ? NULL : table_get(&map->by_id, key_of(&from));
}
