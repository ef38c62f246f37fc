/*
 * The env-style file in phpdotenv's dialect (contract.md section 8): parsed
 * into names and values with the line each stands on. Nothing is put into the
 * process environment.
 */
#ifndef WEIR_BASE_ENV_H
#define WEIR_BASE_ENV_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct arena;

struct env_entry {
	struct str name;
	struct str value; /* STR_NULL for a bare name without "=" */
	unsigned line;    /* 1 is the first; 0: from the process environment */
};

/* In the order of the file; a name may stand twice, the last one counts. */
struct env {
	struct env_entry *list;
	size_t n;
};

/* What ${NAME} finds first; then it is what an earlier line says. */
typedef bool env_outer_f(void *ctx, struct str name, struct str *value);

/*
 * Parses text (BOM, CRLF and CR accepted). Values live in the arena. On an
 * error: ST_INVALID, err says "line N: NAME: what was expected", without the
 * value.
 */
enum status env_parse(struct arena *a, struct str text, env_outer_f *outer,
    void *ctx, struct env *out, struct error *err);

/*
 * Laravel's words: what its env() makes of a value. "(true)" is true, "empty"
 * is empty; null is STR_NULL, as if nothing were said.
 */
struct str env_word(struct str value);

/* The last entry of that name, or NULL. */
const struct env_entry *env_get(const struct env *env, struct str name);

#endif
