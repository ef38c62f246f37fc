/*
 * Stands in for libFuzzer: runs the target on every file of its corpus
 * (tests/fuzz/corpus/NAME for NAME_fuzz, or the folder given), says so in TAP.
 */
#include <dirent.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/base/buf.h"
#include "tests/fuzz/fuzz.h"

#define PATH_BYTES 4096
#define NAME_BYTES 256 /* of a directory entry */
#define SUFFIX     "_fuzz"

static const char *
corpus_path(char *program, char path[PATH_BYTES])
{
	const char *top = getenv("top_srcdir");
	char *name = basename(program);
	char *suffix = strstr(name, SUFFIX);

	if (suffix != NULL)
		*suffix = '\0';
	(void)snprintf(path, PATH_BYTES, "%s/tests/fuzz/corpus/%s",
	    top == NULL ? "." : top, name);
	return path;
}

/* The file's bytes in an allocation of just their size, so that ASan sees the
 * first byte read too far. */
static bool
replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	struct buf bytes = { 0 };
	uint8_t *exact;
	int c;

	if (file == NULL)
		return false;
	while ((c = getc(file)) != EOF)
		buf_put_char(&bytes, (char)c);
	(void)fclose(file);
	exact = malloc(bytes.n > 0 ? bytes.n : 1);
	if (exact == NULL)
		abort();
	if (bytes.n > 0)
		memcpy(exact, bytes.p, bytes.n);
	(void)LLVMFuzzerTestOneInput(exact, bytes.n);
	free(exact);
	buf_free(&bytes);
	return true;
}

/* Files replayed, or -1. */
static int
replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	char path[PATH_BYTES + NAME_BYTES];
	int n = 0;

	if (dir == NULL)
		return -1;
	while (n >= 0 && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(
		    path, sizeof(path), "%s/%s", folder, entry->d_name);
		n = replay_file(path) ? n + 1 : -1;
	}
	(void)closedir(dir);
	return n;
}

int
main(int argc, char **argv)
{
	char path[PATH_BYTES];
	const char *folder = argc > 1 ? argv[1] : corpus_path(argv[0], path);
	int n = replay_folder(folder);

	(void)printf("1..1\n%s 1 - the corpus holds, %d inputs\n",
	    n > 0 ? "ok" : "not ok", n);
	return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
