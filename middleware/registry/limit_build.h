/* A limit as requests ask for it, made of its record. */
#ifndef WEIR_LIMIT_BUILD_H
#define WEIR_LIMIT_BUILD_H

#include "middleware/registry/snapshot.h"

struct arena;
struct limit_record;

/* Its texts are those of the record, or in the arena. */
struct limit limit_build(struct arena *arena, const struct limit_record *r);

#endif
