/* The key that an option --key gives. */
#ifndef WEIR_COMMANDS_KEY_TEXT_H
#define WEIR_COMMANDS_KEY_TEXT_H

#include "app/base/str.h"
#include "middleware/registry/key_records.h"

struct command_call;

#define KEY_TEXT_BYTES (KEY_MAX_BYTES + 2)

/* The key given, read from standard input for "-", or a new one; a view of the
 * option or of text, which the caller wipes. It is not checked. */
struct str key_text(const struct command_call *call, char text[KEY_TEXT_BYTES]);

#endif
