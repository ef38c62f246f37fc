#include "tests/bench/entries.h"

#include <err.h>
#include <stdlib.h>

#include <json.h>

void
entries_read(FCGX_Request *r, struct entries *out)
{
	const char *announced = FCGX_GetParam("CONTENT_LENGTH", r->envp);
	int n = announced == NULL ? 0 : atoi(announced);
	char *text = malloc((size_t)n + 1);

	if (text == NULL || FCGX_GetStr(text, n, r->in) != n)
		errx(1, "no body");
	text[n] = '\0';
	out->body = json_tokener_parse(text);
	free(text);
	if (!json_object_object_get_ex(out->body, "resource", &out->records) ||
	    !json_object_is_type(out->records, json_type_array))
		errx(1, "the body holds no records");
	out->n = json_object_array_length(out->records);
}

void
entries_values(const struct entries *entries, size_t i,
    struct orders_value out[ENTRY_VALUES])
{
	static const char *const names[ENTRY_VALUES] = { "name", "amount",
		"note" };
	struct json_object *record =
	    json_object_array_get_idx(entries->records, i);

	for (size_t k = 0; k < ENTRY_VALUES; k++)
		out[k].text = json_object_get_string(
		    json_object_object_get(record, names[k]));
}

void
entries_free(struct entries *entries)
{
	(void)json_object_put(entries->body);
}
