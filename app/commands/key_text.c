#include "app/commands/key_text.h"

#include <stdio.h>

#include "app/command.h"

#define NEW_KEY_BYTES 64

struct str
key_text(const struct command_call *call, char text[KEY_TEXT_BYTES])
{
	const char *given = command_value(call, "--key");

	if (given == NULL) {
		secret_new_token(text, NEW_KEY_BYTES);
		return str_make(text, NEW_KEY_BYTES);
	}
	if (strcmp(given, "-") != 0)
		return str_of(given);
	if (fgets(text, KEY_TEXT_BYTES, stdin) == NULL)
		text[0] = '\0';
	return str_trim(str_of(text));
}
