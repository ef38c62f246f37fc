#include "app/base/settings.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/env.h"
#include "app/base/envdeclared.h"
#include "app/base/option.h"

#define FILE_MAX_BYTES (1u << 20)
#define READ_BYTES     8192u
#define SHOWN_BYTES    64 /* of a wrong value, in a message */
#define DEL            0x7f

extern char **environ;

/* One reading of the settings. */
struct reading {
	struct arena *arena;
	const char *path; /* of the file, NULL: there is none */
	struct env env;   /* what it says */
	struct buf *warnings;
	struct buf *problems;
	bool failed;
};

static void
problem(struct reading *r, struct str text)
{
	buf_put(r->problems, text);
	buf_put_char(r->problems, '\n');
	r->failed = true;
}

/* Where an entry stands: "FILE:LINE: " or "environment: ". */
static void
place_put(
    const struct reading *r, const struct env_entry *entry, struct buf *out)
{
	if (entry->line == 0)
		buf_put_lit(out, "environment: ");
	else
		buf_printf(out, "%s:%u: ", r->path, entry->line);
}

/* NULL: no file was asked for and none stands where one may. */
static const char *
file_find(const char *given)
{
	static const char *const places[] = { "./.env", "/etc/weir/weir.env" };

	if (given != NULL)
		return given;
	given = getenv("WEIR_ENV");
	if (given != NULL && given[0] != '\0')
		return given;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], F_OK) == 0)
			return places[i];
	}
	return NULL;
}

/* All of the file, in the arena; false with errno. */
static bool
file_bytes(struct arena *a, int fd, struct str *out)
{
	struct buf bytes = buf_in(a);
	ssize_t got;

	do {
		got = read(fd, buf_reserve(&bytes, READ_BYTES), READ_BYTES);
		if (got > 0)
			bytes.n += (size_t)got;
	} while (got > 0 && bytes.n <= FILE_MAX_BYTES);
	if (bytes.n > FILE_MAX_BYTES)
		errno = EFBIG;
	*out = buf_str(&bytes);
	return got == 0;
}

static bool
outer_get(void *ctx, struct str name, struct str *value)
{
	struct reading *r = ctx;
	const char *found = getenv(arena_dup(r->arena, name).p);

	*value = str_of(found);
	return found != NULL;
}

/* env_parse() says "line 3: ..."; people click on "FILE:3: ...". */
static void
file_parse(struct reading *r, struct str text)
{
	struct error err = { 0 };
	struct str why;

	if (env_parse(r->arena, text, outer_get, r, &r->env, &err) == ST_OK)
		return;
	why = str_skip(str_of(err.text), sizeof("line ") - 1);
	r->env = (struct env){ 0 };
	problem(r, arena_printf(r->arena, "%s:%.*s", r->path, STR_ARG(why)));
}

static void
file_read(struct reading *r)
{
	struct str text;
	struct stat st;
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);
	bool good =
	    fd >= 0 && fstat(fd, &st) == 0 && file_bytes(r->arena, fd, &text);

	if (!good)
		problem(r,
		    arena_printf(r->arena, "%s: %s", r->path, strerror(errno)));
	if (fd >= 0)
		(void)close(fd); /* it was only read */
	if (!good)
		return;
	if ((st.st_mode & S_IROTH) != 0)
		buf_printf(r->warnings,
		    "%s: everyone may read this file; it holds secrets "
		    "(chmod 640)\n",
		    r->path);
	file_parse(r, text);
}

static bool
process_get(const char *name, struct env_entry *out)
{
	const char *value = name == NULL ? NULL : getenv(name);

	*out = (struct env_entry){ str_of(name), str_of(value), 0 };
	return value != NULL;
}

/*
 * The entry that sets the option, under either name: the process environment's,
 * else the last one of the file.
 */
static bool
entry_get(
    const struct reading *r, const struct option *opt, struct env_entry *out)
{
	const struct env_entry *found, *other = NULL;

	if (process_get(opt->name, out) || process_get(opt->alias, out))
		return true;
	found = env_get(&r->env, str_of(opt->name));
	if (opt->alias != NULL)
		other = env_get(&r->env, str_of(opt->alias));
	if (found == NULL || (other != NULL && other->line > found->line))
		found = other;
	if (found != NULL)
		*out = *found;
	return found != NULL;
}

/* A value for a message: cut short, and on one line whatever it holds. */
static void
value_put(const struct option *opt, struct str value, struct buf *out)
{
	if (opt->type == OPTION_SECRET)
		value = STR("***");
	if (value.n > SHOWN_BYTES)
		value.n = SHOWN_BYTES;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		buf_put_char(out, c < ' ' || c == DEL ? '?' : (char)c);
	}
}

static void
value_problem(
    struct reading *r, const struct option *opt, const struct env_entry *entry)
{
	struct buf text = buf_in(r->arena);

	place_put(r, entry, &text);
	buf_printf(&text, "%.*s: value \"", STR_ARG(entry->name));
	value_put(opt, entry->value, &text);
	buf_put_lit(&text, "\": expected ");
	option_expected(opt, &text);
	problem(r, buf_str(&text));
}

static void
option_read(struct reading *r, const struct option *opt, struct settings *out)
{
	struct env_entry entry;
	bool is_text = opt->type == OPTION_TEXT || opt->type == OPTION_SECRET;
	bool stored = option_store(opt, str_of(opt->fallback), r->arena, out);
	struct str value;

	assert(stored);
	if (!entry_get(r, opt, &entry))
		return;
	value = env_word(entry.value);
	if (str_is_null(value) || (value.n == 0 && !is_text))
		return;
	if (!option_store(opt, value, r->arena, out))
		value_problem(r, opt, &entry);
}

/* Does the name begin as settings do, so that it must be a slip? */
static bool
looks_ours(struct str name)
{
	static const char *const prefixes[] = { "WEIR_", "CACHE_", "REDIS_",
		"MEMCACHED_", "DB_", "LIMIT_" };

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (str_starts(name, str_of(prefixes[i])))
			return true;
	}
	return false;
}

static void
name_check(struct reading *r, const struct env_entry *entry)
{
	const char *near;
	bool ours = looks_ours(entry->name);

	if (option_find(entry->name) != NULL || env_declares(entry->name) ||
	    str_eq(entry->name, STR("WEIR_ENV")) || (entry->line == 0 && !ours))
		return;
	near = option_nearest(entry->name);
	if (near == NULL && !ours)
		return;
	place_put(r, entry, r->warnings);
	buf_printf(r->warnings, "%.*s: unknown name", STR_ARG(entry->name));
	if (near != NULL)
		buf_printf(r->warnings, ", did you mean %s?", near);
	buf_put_char(r->warnings, '\n');
}

static void
names_check(struct reading *r)
{
	for (size_t i = 0; i < r->env.n; i++)
		name_check(r, &r->env.list[i]);
	for (char **at = environ; at != NULL && *at != NULL; at++) {
		struct str rest = str_of(*at);
		struct env_entry entry = { .name = str_cut(&rest, '=') };

		name_check(r, &entry);
	}
}

enum status
settings_check(struct arena *a, const char *file, struct settings *out,
    struct str *path_used, struct buf *warnings, struct buf *problems)
{
	struct reading r = {
		.arena = a, .warnings = warnings, .problems = problems
	};
	const struct option *opt;

	r.path = file_find(file);
	*path_used = r.path == NULL ? STR_NULL : arena_dup(a, str_of(r.path));
	if (r.path != NULL)
		file_read(&r);
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++)
		option_read(&r, opt, out);
	names_check(&r);
	out->env_path = str_is_null(*path_used) ? "" : path_used->p;
	out->declared = env_declared(a, &r.env);
	return r.failed ? ST_INVALID : ST_OK;
}

enum status
settings_read(struct arena *a, const char *file, struct settings *out,
    struct str *path_used, struct buf *warnings, struct error *err)
{
	struct buf problems = buf_in(a);
	enum status st =
	    settings_check(a, file, out, path_used, warnings, &problems);
	struct str rest = buf_str(&problems);
	struct str first = str_cut(&rest, '\n');

	return st == ST_OK ? ST_OK : error_set(err, st, "%.*s", STR_ARG(first));
}

void
settings_keep(const struct settings *start, struct settings *fresh)
{
	const struct option *opt;

	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		if (!opt->reload)
			option_copy(opt, start, fresh);
	}
}
