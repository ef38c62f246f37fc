#include "tests/contract/cache_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define WORD_BYTES 256

const struct place_kind *
place_kind_find(const char *name)
{
	for (size_t i = 0; place_kinds[i] != NULL; i++)
		if (strcmp(place_kinds[i]->name, name) == 0)
			return place_kinds[i];
	return NULL;
}

void
place_join(
    struct place *place, const struct place_kind *kind, const char *folder)
{
	memset(place, 0, sizeof(*place));
	place->kind = kind;
	(void)snprintf(place->folder, sizeof(place->folder), "%s", folder);
}

void
place_start(struct place *place, const struct place_kind *kind)
{
	char folder[FOLDER_PATH_BYTES];

	folder_make(folder);
	place_join(place, kind, folder);
	if (kind->start != NULL)
		kind->start(place);
}

void
place_stop(struct place *place)
{
	if (place->kind->stop != NULL)
		place->kind->stop(place);
	place_servers_stop(place);
	folder_remove(place->folder);
}

struct daemon *
place_serve(
    struct place *place, const char *const *argv, int port, const char *socket)
{
	struct daemon *d = &place->servers[place->n_servers];
	char log[WORD_BYTES];
	const struct daemon_plan plan = {
		.argv = argv, .log = log, .port = port, .socket = socket
	};

	assert_in_range(place->n_servers, 0, PLACE_SERVERS - 1);
	(void)snprintf(log, sizeof(log), "%s/server-%zu.log", place->folder,
	    place->n_servers);
	place->n_servers++;
	daemon_start(d, &plan);
	return d;
}

static void
each(struct place *place, void (*act)(struct daemon *d))
{
	for (size_t i = 0; i < place->n_servers; i++)
		act(&place->servers[i]);
}

void
place_servers_stop(struct place *place)
{
	each(place, daemon_stop);
}

void
place_servers_kill(struct place *place)
{
	each(place, daemon_kill);
}

void
place_servers_restart(struct place *place)
{
	each(place, daemon_restart);
}

void
place_servers_pause(struct place *place)
{
	each(place, daemon_pause);
}

void
place_servers_resume(struct place *place)
{
	each(place, daemon_resume);
}

const char *
place_text(struct place *place, const char *fmt, ...)
{
	char *text = place->text + place->text_used;
	size_t room = sizeof(place->text) - place->text_used;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(text, room, fmt, args);
	va_end(args);
	assert_in_range(n, 0, room - 1);
	place->text_used += (size_t)n + 1;
	return text;
}

void
place_save(struct place *place, const char *name, const char *word)
{
	char path[WORD_BYTES];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	(void)fputs(word, file);
	assert_int_equal(fclose(file), 0);
}

const char *
place_load(struct place *place, const char *name)
{
	char path[WORD_BYTES];
	char word[WORD_BYTES];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", place->folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	if (fgets(word, sizeof(word), file) == NULL)
		word[0] = '\0'; /* an empty word */
	(void)fclose(file);
	return place_text(place, "%s", word);
}
