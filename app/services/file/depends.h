/*
 * On which tags an answer depends, and which a write makes outdated. Each
 * folder has two: of what lies in it, and of all that lies below it; and each
 * service one of all its answers. A tag goes by the place of its folder, not by
 * its service, so a write through one service is seen by all.
 */
#ifndef WEIR_SERVICES_FILE_DEPENDS_H
#define WEIR_SERVICES_FILE_DEPENDS_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct file_service;
struct request;

/* Sets tag_all of a service by its place. */
void file_depends_open(struct file_service *service);

/* The tags of an answer that shows what lies in a folder; `tree`: and below it.
 * Their number. */
size_t file_depends_read(struct arena *arena,
    const struct file_service *service, struct str folder, bool tree,
    struct str *tags);

/* The tags of one write, gathered: any number. */
struct outdated {
	struct request *req;
	const struct file_service *service;
	struct buf tags; /* of struct str */
	size_t n;
};

void outdated_init(struct outdated *o, struct request *req);

/* A file is written or removed, made or moved. */
void outdated_file(struct outdated *o, struct str path);

/* The same of a folder, and of nothing that lies in it. */
void outdated_folder(struct outdated *o, struct str path);

/* A folder that is below one of which outdated_folder() has told, and goes or
 * comes with it. */
void outdated_below(struct outdated *o, struct str path);

/* Before the write: as tags_bump_before(). ST_UNAVAILABLE with err: it must not
 * be done. */
enum status outdated_before(struct outdated *o, struct error *err);

/* After it, and before the answer. */
void outdated_after(struct outdated *o);

#endif
