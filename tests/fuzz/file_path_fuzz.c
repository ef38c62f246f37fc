/* A path that is taken names nothing but what lies below the root in one way
 * alone; and whatever text is resolved, checked or not, nothing outside the
 * root is ever opened. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "drivers/file/local_tree.h"
#include "tests/fuzz/fuzz.h"

#define PLACE_BYTES 4096

static char root[] = "/tmp/weir-fuzz-XXXXXX";

/* Links of all kinds, and what they lead to. */
static const struct {
	const char *name;
	const char *to; /* NULL: a folder; "": a file */
} things[] = {
	{ "a", NULL },
	{ "a/b", NULL },
	{ "a/b/f", "" },
	{ "f", "" },
	{ "in", "a/b" },
	{ "a/up", "../f" },
	{ "out", ".." },
	{ "o", "../../etc" },
	{ "abs", "/etc" },
	{ "a/abs", "/etc/passwd" },
	{ "loop", "loop" },
	{ "a/far", "../../../../../../etc/passwd" },
	{ "p", "/proc/self/root" },
};

#define THINGS (sizeof(things) / sizeof(things[0]))

static int tree_fd;

static void
tree_remove(void)
{
	for (size_t i = THINGS; i-- > 0;)
		(void)unlinkat(tree_fd, things[i].name,
		    things[i].to == NULL ? AT_REMOVEDIR : 0);
	(void)rmdir(root);
}

static void
tree_make(void)
{
	HOLDS(mkdtemp(root) != NULL);
	tree_fd = open(root, O_PATH | O_DIRECTORY);
	for (size_t i = 0; i < THINGS; i++) {
		const char *to = things[i].to;
		int fd = 0;

		if (to == NULL)
			fd = mkdirat(tree_fd, things[i].name, 0700);
		else if (to[0] != '\0')
			fd = symlinkat(to, tree_fd, things[i].name);
		else
			fd = openat(
			    tree_fd, things[i].name, O_CREAT | O_WRONLY, 0600);
		HOLDS(fd >= 0);
	}
	(void)atexit(tree_remove);
}

static bool
is_inside(int fd)
{
	char link[64], place[PLACE_BYTES];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, place, sizeof(place));
	return n >= (ssize_t)strlen(root) &&
	       memcmp(place, root, strlen(root)) == 0 &&
	       (place[strlen(root)] == '/' || (size_t)n == strlen(root));
}

static void
resolve(struct str text, enum local_links links)
{
	const struct file_tree tree = { .root = tree_fd };
	int fd = local_open_at(&tree, text, O_PATH, links);

	if (fd < 0)
		return;
	HOLDS(is_inside(fd));
	(void)close(fd);
}

static void
path_hold(const struct file_path *path)
{
	struct str rest = path->text;
	size_t names = 0;

	while (rest.n > 0) {
		struct str name = str_cut(&rest, '/');

		names++;
		HOLDS(name.n > 0 && name.n <= FILE_NAME_MAX);
		HOLDS(!str_eq(name, STR(".")) && !str_eq(name, STR("..")));
		HOLDS(str_find(name, '\\') == name.n);
		HOLDS(!str_starts(name, FILE_HIDDEN));
		for (size_t i = 0; i < name.n; i++)
			HOLDS((unsigned char)name.p[i] >= 0x20);
	}
	HOLDS(names <= FILE_DEPTH_MAX);
	HOLDS(path->is_folder || names > 0);
	HOLDS(file_path_folder(path->text).n < path->text.n || names == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = str_make((const char *)data, size);
	struct file_path path;
	struct error err = { .text = "" };

	if (tree_fd == 0)
		tree_make();
	resolve(text, LOCAL_LINKS_INSIDE);
	resolve(text, LOCAL_LINKS_NONE);
	if (file_path_read(text, &path, &err) == ST_OK)
		path_hold(&path);
	else
		HOLDS(err.text[0] != '\0');
	return 0;
}
