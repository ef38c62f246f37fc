#include "drivers/cache/file_walk.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "drivers/cache/file_store.h"

struct walk {
	const struct file_store *store;
	file_met_f *meet;
	void *ctx;
	struct file_met met;
	bool goes_on;
	char shard[3];
};

void
file_names(int folder, file_named_f *meet, void *ctx)
{
	DIR *dir = fdopendir(folder);
	const struct dirent *entry;

	if (dir == NULL) {
		(void)close(folder);
		return;
	}
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.' &&
		    !meet(ctx, dirfd(dir), entry->d_name))
			break;
	(void)closedir(dir);
}

static bool
meet_file(void *ctx, int folder, const char *name)
{
	struct walk *w = ctx;

	w->met.folder = folder;
	w->met.name = name;
	w->goes_on = w->meet(w->ctx, &w->met);
	return w->goes_on;
}

static bool
meet_space(void *ctx, int folder, const char *name)
{
	struct walk *w = ctx;
	int space = file_store_folder(w->store, folder, name, false);
	int shard;

	if (space < 0)
		return true;
	shard = file_store_folder(w->store, space, w->shard, false);
	(void)close(space);
	if (shard < 0)
		return true;
	w->met.space = name;
	file_names(shard, meet_file, w);
	return w->goes_on;
}

void
file_walk(const struct file_store *store, const char *top, unsigned shard,
    file_met_f *meet, void *ctx)
{
	struct walk w = {
		.store = store,
		.meet = meet,
		.ctx = ctx,
		.met = { .shard = shard },
		.goes_on = true,
	};
	int folder = file_store_folder(store, store->folder.fd, top, false);

	if (folder < 0)
		return;
	(void)snprintf(w.shard, sizeof(w.shard), "%02x", shard);
	file_names(folder, meet_space, &w);
}
