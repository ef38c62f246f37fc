/*
 * Trees of files behind one interface, so that a file service need not know
 * where they lie. Paths are those of path.h, below the tree's root and checked
 * by the caller; a driver refuses on its own what leads out of the root. Any
 * thread may use a tree; all calls but peek() may block.
 *
 * Statuses of every call: ST_MISSING, there is no such thing (or it is neither
 * file nor folder); ST_DENIED, the path leads through a link where none may, or
 * out of the root, or weir may not do that there; ST_FULL, no room;
 * ST_UNAVAILABLE, the tree cannot be reached; ST_ERROR, the rest. The error
 * names a path as the caller gave it, never where the root lies.
 */
#ifndef WEIR_FILE_H
#define WEIR_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/path.h"

struct arena;
struct buf;

struct file_config {
	const char *root; /* absolute path of a folder that exists */
	bool named_only;  /* what is written has a name from the start, as it
			   * must where the file system knows no other way */
	bool read_only;   /* not even what a killed writer left is removed */
};

/* Where a link led, below the root. */
struct file_place {
	bool is_told; /* false: nobody knows a name for it */
	size_t n;
	char text[FILE_PATH_MAX];
};

/* What stands at a path. What is said of links holds whatever the status. */
struct file_info {
	bool is_folder;
	bool is_linked;          /* the path leads through a link */
	struct file_place place; /* only if it does */
	int64_t bytes;
	int64_t modified_ns; /* Unix time */
	int64_t changed_ns;  /* of the file or anything about it */
	uint64_t id;         /* in its file system */
};

enum file_kind {
	FILE_KIND_FILE,
	FILE_KIND_FOLDER,
	FILE_KIND_LINK /* only a look tells to what, or that it leads nowhere */
};

struct file_name {
	struct str name;
	enum file_kind kind;
};

/* The names in one folder, in the order of their bytes; links as above. */
struct file_names {
	struct file_name *list;
	size_t n;
	bool is_linked;
	struct file_place place;
};

enum file_mode {
	FILE_REPLACE, /* a new content, or a new file */
	FILE_APPEND   /* behind what the file holds then, or a new file */
};

/*
 * Asked before a change takes place, when nobody else can change the folder:
 * does it still fit? now: what stands at the path; NULL: nothing. Any other
 * status than ST_OK ends the change and is what the call returns.
 */
typedef enum status file_judge_f(
    void *ctx, const struct file_info *now, struct error *err);

struct file_judge {
	file_judge_f *ask; /* NULL: it fits */
	void *ctx;
	int64_t deadline_ms; /* clock_boot_ms() time; beyond it: ST_TIMEOUT */
};

/* A move within the tree. */
struct file_transfer {
	struct str from, to;
	bool is_folder;      /* what the caller takes it for, which it must be
			      * when it moves */
	int64_t deadline_ms; /* as that of a judge */
};

struct file_tree;
struct file_writer;

struct file_driver {
	const char *name; /* "local" */
	/* ST_UNAVAILABLE: there is no such folder now. */
	enum status (*open)(const struct file_config *config,
	    struct file_tree **out, struct error *err);
	void (*close)(struct file_tree *tree);

	/* Appends what the tree is called, alike wherever the same tree is
	 * opened: words, and its place with a slash at its end, so that of two
	 * trees one of which lies in the other one name begins with the other.
	 * False: so it is called on this machine, in this life of it, alone. */
	bool (*identity)(const struct file_tree *tree, struct buf *out);

	/* Is it still what its root leads to? False when another folder stands
	 * there now, or none. Optional: always. */
	bool (*stands)(const struct file_tree *tree);

	enum status (*look)(struct file_tree *tree, struct str path,
	    struct file_info *out, struct error *err);
	/* The same, at once and from memory alone; ST_TIMEOUT: that is not
	 * enough. ST_DENIED, too, of a path through a link. Optional. */
	enum status (*peek)(
	    struct file_tree *tree, struct str path, struct file_info *out);
	/* A descriptor to read a file by, which is the caller's then. */
	enum status (*read)(struct file_tree *tree, struct str path, int *fd,
	    struct file_info *info, struct error *err);
	/* Names that can be asked for, in the arena. ST_TOO_BIG: more than
	 * max. */
	enum status (*list)(struct file_tree *tree, struct str path, size_t max,
	    struct arena *arena, struct file_names *out, struct error *err);

	/*
	 * A file is written beside its place and takes it at the end, whole: a
	 * process or machine that ends before leaves what stood there. The
	 * folder must exist. write_end() ends the writer however it goes, and
	 * returns only when the content cannot be lost; made: there was none.
	 */
	enum status (*write_begin)(struct file_tree *tree, struct str path,
	    struct file_writer **out, struct error *err);
	enum status (*write)(
	    struct file_writer *w, struct str bytes, struct error *err);
	enum status (*write_end)(struct file_writer *w, enum file_mode mode,
	    const struct file_judge *judge, bool *made, struct error *err);
	void (*write_drop)(struct file_writer *w);

	/* ST_EXISTS: something stands there; ST_MISSING: its folder does not.
	 */
	enum status (*make_folder)(
	    struct file_tree *tree, struct str path, struct error *err);
	/* Of a file, or of a link, which goes itself. */
	enum status (*remove)(struct file_tree *tree, struct str path,
	    const struct file_judge *judge, struct error *err);
	/* ST_EXISTS: it is not empty. */
	enum status (*remove_folder)(
	    struct file_tree *tree, struct str path, struct error *err);
	/* ST_EXISTS: something stands at its new place; ST_MISSING: what stands
	 * at the old one is of another kind; ST_DENIED: it is a link, which
	 * would lead elsewhere from its new place. */
	enum status (*move)(struct file_tree *tree,
	    const struct file_transfer *transfer, struct error *err);
};

extern const struct file_driver file_local;

#endif
