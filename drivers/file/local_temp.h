/*
 * A file without a name in a folder, which is given one when it is whole. A
 * process that ends before leaves nothing of it; where the file system knows no
 * files without names it has a hidden one, with a lock on it as long as its
 * writer lives.
 */
#ifndef WEIR_FILE_LOCAL_TEMP_H
#define WEIR_FILE_LOCAL_TEMP_H

#include <stdbool.h>

#include "drivers/file/local_tree.h"

/* Is it a name as local_temp gives them? */
bool local_temp_is_name(struct str name);

struct local_temp {
	int fd;                      /* -1: none */
	char name[LOCAL_NAME_BYTES]; /* "": it has none */
};

/* 0, or errno. */
int local_temp_open(struct local_temp *t, int folder, bool named_only);

/* Appends all of another file. 0, or errno. */
int local_temp_copy(struct local_temp *t, int from);
int local_temp_put(struct local_temp *t, struct str bytes);

/*
 * Puts it in the place of what has the name now, if anything has; only when the
 * disk has it, and the folder has it too. 0, or errno. It is closed by
 * local_temp_close().
 */
int local_temp_place(
    struct local_temp *t, int folder, const char *name, bool replaces);

/* Closes it; what was not placed is gone. */
void local_temp_close(struct local_temp *t, int folder);

#endif
