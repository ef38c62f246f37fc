#include "tests/support/file_place.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/secret.h"

void
place_open(struct place *p, bool named_only)
{
	const struct file_config config = { .root = p->root,
		.named_only = named_only };

	assert_int_equal(D->open(&config, &p->tree, &p->err), ST_OK);
}

static int
setup_as(void **state, bool named_only)
{
	struct place *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	assert_true(secret_init());
	folder_make(p->folder);
	(void)snprintf(p->root, sizeof(p->root), "%s/root", p->folder);
	assert_int_equal(mkdir(p->root, 0700), 0);
	arena_init(&p->arena, 4096);
	place_open(p, named_only);
	*state = p;
	return 0;
}

int
place_setup(void **state)
{
	return setup_as(state, false);
}

/* As on a file system that knows no files without names. */
int
place_setup_named(void **state)
{
	return setup_as(state, true);
}

int
place_teardown(void **state)
{
	struct place *p = *state;

	D->close(p->tree);
	arena_close(&p->arena);
	folder_remove(p->folder);
	free(p);
	return 0;
}

const char *
place_at(struct place *p, const char *path)
{
	return arena_printf(&p->arena, "%s/%s", p->root, path).p;
}

void
place_make(struct place *p, const char *path, const char *text)
{
	FILE *f = fopen(place_at(p, path), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static struct str
content_of(struct place *p, const char *path)
{
	FILE *f = fopen(place_at(p, path), "r");
	struct buf b = buf_in(&p->arena);
	int c;

	if (f == NULL)
		return STR_NULL;
	while ((c = getc(f)) != EOF)
		buf_put_char(&b, (char)c);
	(void)fclose(f);
	return buf_str(&b);
}

void
place_assert_content(struct place *p, const char *path, const char *text)
{
	assert_true(str_eq(content_of(p, path), str_of(text)));
}

void
place_no_error(struct place *p)
{
	p->err.text[0] = '\0';
}

enum status
place_put_judged(struct place *p, const char *path, const char *text,
    enum file_mode mode, struct file_judge judge)
{
	struct file_writer *w;
	bool made = false;
	enum status st;

	place_no_error(p);
	judge.deadline_ms = clock_boot_ms() + 50;
	st = D->write_begin(p->tree, str_of(path), &w, &p->err);
	if (st != ST_OK)
		return st;
	assert_int_equal(D->write(w, str_of(text), &p->err), ST_OK);
	return D->write_end(w, mode, &judge, &made, &p->err);
}

enum status
place_put(
    struct place *p, const char *path, const char *text, enum file_mode mode)
{
	return place_put_judged(
	    p, path, text, mode, (struct file_judge){ .ask = NULL });
}

enum status
place_look(struct place *p, const char *path, struct file_info *info)
{
	place_no_error(p);
	return D->look(p->tree, str_of(path), info, &p->err);
}

enum status
place_read(struct place *p, const char *path, const char *text)
{
	char bytes[64];
	struct file_info info;
	int fd;
	enum status st;

	place_no_error(p);
	st = D->read(p->tree, str_of(path), &fd, &info, &p->err);
	if (st != ST_OK) {
		assert_int_equal(fd, -1);
		return st;
	}
	assert_int_equal(read(fd, bytes, sizeof(bytes)), strlen(text));
	assert_memory_equal(bytes, text, strlen(text));
	assert_int_equal(info.bytes, strlen(text));
	(void)close(fd);
	return st;
}

/* The names of a folder, "a b/ c@". */
static struct str
listed(struct place *p, const char *path)
{
	struct file_names names;
	struct buf b = buf_in(&p->arena);

	place_no_error(p);
	assert_int_equal(
	    D->list(p->tree, str_of(path), 100, &p->arena, &names, &p->err),
	    ST_OK);
	for (size_t i = 0; i < names.n; i++) {
		buf_put(&b, i > 0 ? STR(" ") : STR(""));
		buf_put(&b, names.list[i].name);
		if (names.list[i].kind == FILE_KIND_FOLDER)
			buf_put_char(&b, '/');
		if (names.list[i].kind == FILE_KIND_LINK)
			buf_put_char(&b, '@');
	}
	return buf_str(&b);
}

void
place_assert_listed(struct place *p, const char *path, const char *names)
{
	struct str all = listed(p, path);

	if (!str_eq(all, str_of(names)))
		fail_msg("%.*s, not %s", STR_ARG(all), names);
}
