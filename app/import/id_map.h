/* Which record here a record of the other platform has become. */
#ifndef WEIR_IMPORT_ID_MAP_H
#define WEIR_IMPORT_ID_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/str.h"
#include "app/base/table.h"

struct arena;

struct id_map {
	struct arena *arena;
	struct table by_id;
};

struct id_entry {
	int64_t from;
	int64_t to;
	struct str name; /* here */
	bool fresh;      /* it has just been brought */
};

/* Room for at most n. */
void id_map_init(struct id_map *map, struct arena *arena, size_t n);

/* In the arena, where the name is to live as well. */
void id_map_put(struct id_map *map, const struct id_entry *entry);

/* NULL: none, nor any for 0. */
const struct id_entry *id_map_get(const struct id_map *map, int64_t from);

#endif
