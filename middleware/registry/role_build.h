/* Roles as requests ask for them, made from their records. */
#ifndef WEIR_ROLE_BUILD_H
#define WEIR_ROLE_BUILD_H

#include <stddef.h>

struct arena;
struct role;
struct role_record;

/*
 * n roles in the order of the records. Their texts are views of the records',
 * or live in the arena.
 */
struct role *roles_build(
    struct arena *arena, const struct role_record *records, size_t n);

#endif
