/* A line that nobody may see, from a file or from whoever sits there. */
#ifndef WEIR_COMMANDS_SECRET_LINE_H
#define WEIR_COMMANDS_SECRET_LINE_H

#include <stdbool.h>

#define SECRET_LINE_BYTES 4096

/* Would somebody type it, so that it is asked for? */
bool secret_line_is_typed(const char *path);

/*
 * Reads the first line of a file, or of standard input for "-" (a terminal
 * shows `what` and not the line). False after it has said what is wrong. The
 * caller wipes, in either case.
 */
bool secret_line_read(
    const char *what, const char *path, char line[SECRET_LINE_BYTES]);

#endif
