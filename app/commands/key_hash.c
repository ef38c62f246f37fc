#include "app/commands/key_hash.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/command.h"
#include "app/commands/key_text.h"
#include "middleware/registry/settings_hold.h"
#include "middleware/registry/words.h"

/* The app's name as part of a variable's; STR_NULL when it cannot be one. */
static struct str
variable_part(struct arena *arena, struct str name)
{
	char *out = arena_alloc(arena, name.n + 1);

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool lower = c >= 'a' && c <= 'z';

		if (!lower && !(c >= 'A' && c <= 'Z') &&
		    !(c >= '0' && c <= '9') && c != '_')
			return STR_NULL;
		out[i] = lower ? (char)(c - 'a' + 'A') : c;
	}
	return name.n == 0 || name.n > RECORD_NAME_MAX ? STR_NULL
						       : str_make(out, name.n);
}

static enum status
line_print(const struct command_call *call, struct str app, struct error *err)
{
	char text[KEY_TEXT_BYTES], hex[2 * SECRET_HASH_BYTES];
	uint8_t pepper[SECRET_KEY_BYTES], hash[SECRET_HASH_BYTES];
	struct str key = key_text(call, text);
	enum status st = key_record_check(key, err);

	if (st == ST_OK)
		st = settings_pepper(call->settings, pepper, err);
	if (st == ST_OK) {
		secret_hash(pepper, key, hash);
		hex_encode(hex, hash, sizeof(hash));
		if (command_value(call, "--key") == NULL)
			(void)printf("%.*s\n", STR_ARG(key));
		(void)printf("KEY_%.*s_HASH=%.*s\n", STR_ARG(app),
		    (int)sizeof(hex), hex);
	}
	secret_wipe(pepper, sizeof(pepper));
	secret_wipe(text, sizeof(text));
	return st;
}

int
key_hash(struct command_call *call)
{
	struct str app = variable_part(call->arena, str_of(call->operands[0]));
	struct error err = { 0 };

	if (str_is_null(app))
		return command_fail("app \"%s\": letters, digits and _ are "
				    "expected in a name for the env file",
		    call->operands[0]);
	if (line_print(call, app, &err) != ST_OK)
		return command_fail("%s", err.text);
	if (command_value(call, "--key") == NULL)
		(void)fprintf(stderr,
		    "weir: the first line is a new key, shown only now; the "
		    "second is for the env file, beside KEY_%.*s_ROLE\n",
		    STR_ARG(app));
	return 0;
}
