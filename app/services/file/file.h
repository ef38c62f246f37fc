/*
 * A tree of files as an API: the instance of a file service, shared by all
 * threads, and never changed.
 */
#ifndef WEIR_SERVICES_FILE_H
#define WEIR_SERVICES_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/file.h"
#include "middleware/freshness.h"
#include "middleware/handoff.h"

struct cache_plan;
struct request;
struct sql_list;

#define FILE_ZIP_REFUSAL "Folders are not packed here."

struct file_service {
	struct arena arena; /* of the texts below */
	const struct file_driver *driver;
	struct file_tree *tree;
	/* Which system's the tree is, and where it lies there: a slash at both
	 * ends. What is cached of two trees, one of which lies in the other,
	 * depends on the same tags, which go by the place alone. */
	struct str system;
	struct str place;
	struct str root; /* as the config has it */
	struct str tag_all;
	struct freshness fresh;
	struct handoff handoff;
	int64_t max_file_size;
	bool read_only;
	bool checks; /* cache_check=mtime */
};

/* cache_plan of struct service_type. */
enum status file_cache_plan(struct request *req, struct cache_plan *plan);

/* explain of struct service_type: why a read would be refused, as far as its
 * path and its parameters tell. */
enum status file_explain(
    struct request *req, struct sql_list *out, struct error *err);

#endif
