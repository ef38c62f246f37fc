/*
 * What the files of the driver "local" share. A path is only ever resolved by
 * openat2(2) beneath the descriptor of the root, so that the kernel confines
 * it, whoever moves folders and links about meanwhile. Links: one that stays
 * below the root is followed when a path is read, if it is relative and says
 * so step by step; nothing is written or removed through one.
 */
#ifndef WEIR_FILE_LOCAL_TREE_H
#define WEIR_FILE_LOCAL_TREE_H

#include <sys/stat.h>

#include "drivers/file/file.h"
#include "drivers/file/path.h"

#define LOCAL_NAME_BYTES (FILE_NAME_MAX + 1)

struct file_tree {
	int root; /* O_PATH */
	bool named_only, read_only;
	char *name;          /* of the root, as it was given */
	char *place;         /* the real path of the root, for identity() */
	uint64_t device, id; /* of the root */
	bool is_shared;      /* other machines may have it, too */
};

/* Which links a path may lead through. */
enum local_links { LOCAL_LINKS_INSIDE, LOCAL_LINKS_NONE };

/* Opens a root by its own path; known: from memory alone, as below. */
int local_open_root(const char *path, int flags, bool known);

/* Opens what a path names, "" the root; -1 and errno. */
int local_open_at(const struct file_tree *tree, struct str path, int flags,
    enum local_links links);

/* The same, and whether a link led there, and to where; is_linked is told of a
 * failure, too. Most paths have no link in them. */
int local_open_told(const struct file_tree *tree, struct str path, int flags,
    bool *is_linked, struct file_place *place);

/* The same as local_open_at() from memory alone; errno EAGAIN: that is not
 * enough. No links. */
int local_open_known(const struct file_tree *tree, struct str path, int flags);

/* The folder that a path lies in, without links, to change it; its name goes
 * to `name`. -1: err says why. */
int local_open_folder(const struct file_tree *tree, struct str path,
    char name[LOCAL_NAME_BYTES], enum status *st, struct error *err);

/* What errno means for a path, told by the verb: "read". */
enum status local_fail(
    struct error *err, int code, const char *verb, struct str path);

/* What the system says of it; nothing of links. */
void local_info(const struct stat *st, struct file_info *out);

/*
 * Takes the folder for the time of one change: nobody else of weir, in any
 * process, changes it meanwhile. Waits to the deadline. ST_TIMEOUT with err.
 */
enum status local_lock(
    int folder, int64_t deadline_ms, struct str path, struct error *err);

/* What stands at a name now, links not followed, and what the judge says of
 * it. ST_DENIED: it is a link, and must not be. *found: something is there. */
enum status local_judge(int folder, const char *name, struct str path,
    const struct file_judge *judge, struct stat *now, bool *found,
    struct error *err);

/* Removes what has the name of a file that is being written, unless it is none,
 * its writer still lives, or the tree is only read. */
void local_leftover_remove(
    const struct file_tree *tree, int folder, const char *name);

/* The same of the whole tree, as far as a start may look. */
void local_sweep(struct file_tree *tree);

/* See struct file_driver. */
enum status local_names(struct file_tree *tree, struct str path, size_t max,
    struct arena *arena, struct file_names *out, struct error *err);
enum status local_write_begin(struct file_tree *tree, struct str path,
    struct file_writer **out, struct error *err);
enum status local_write(
    struct file_writer *w, struct str bytes, struct error *err);
enum status local_write_end(struct file_writer *w, enum file_mode mode,
    const struct file_judge *judge, bool *made, struct error *err);
void local_write_drop(struct file_writer *w);
enum status local_make_folder(
    struct file_tree *tree, struct str path, struct error *err);
enum status local_remove(struct file_tree *tree, struct str path,
    const struct file_judge *judge, struct error *err);
enum status local_remove_folder(
    struct file_tree *tree, struct str path, struct error *err);
enum status local_move(struct file_tree *tree,
    const struct file_transfer *transfer, struct error *err);

#endif
