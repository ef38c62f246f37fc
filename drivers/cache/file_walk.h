/* Ways through the files of a store, wherever their spaces are. */
#ifndef WEIR_CACHE_FILE_WALK_H
#define WEIR_CACHE_FILE_WALK_H

#include <stdbool.h>

struct file_store;

/* A file that was met: its name below the folder of the shard, which stays
 * open during the call. */
struct file_met {
	int folder;
	const char *space; /* the name of the space's folder */
	const char *name;
	unsigned shard;
};

/* False ends the walk. */
typedef bool file_met_f(void *ctx, const struct file_met *met);

/*
 * Meets every file of a shard in all folders of `top`, FILE_ENTRIES or
 * FILE_TRASH. Folders that come or go meanwhile may be met or not.
 */
void file_walk(const struct file_store *store, const char *top, unsigned shard,
    file_met_f *meet, void *ctx);

/* The names in a folder, which is open during the call and closed at the end.
 * False ends it. */
typedef bool file_named_f(void *ctx, int folder, const char *name);
void file_names(int folder, file_named_f *meet, void *ctx);

#endif
