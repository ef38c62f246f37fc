#include "app/services/file/depends.h"

#include "app/base/secret.h"
#include "app/services/file/file.h"
#include "drivers/file/path.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/tags.h"

/* Longer names of tags are told by their digest; what kind of tag it is stays
 * to be seen. */
#define NAME_MAX_ 512

/*
 * A tag is the shard and a name: the place of a folder, and what of it. The
 * shard is that of all trees, and not one of each system: what lies in a tree
 * may be mounted there from another, and still a write by either is one to
 * both. That trees of other hosts at the same place are read anew, too, harms
 * less than a write that is not seen.
 */
#define SHARD STR("t:files:")

enum about { ABOUT_FOLDER, ABOUT_TREE, ABOUT_SERVICE };

static void
put_digest(struct buf *tag, struct str name)
{
	uint8_t bytes[DIGEST_BYTES];
	char hex[2 * DIGEST_BYTES];

	digest(name, bytes);
	hex_encode(hex, bytes, sizeof(bytes));
	buf_put(tag, str_make(hex, sizeof(hex)));
}

static struct str
tag_of(struct arena *arena, enum about about, struct str place)
{
	struct buf tag = buf_in(arena);

	(void)buf_reserve(&tag, SHARD.n + place.n + 4);
	buf_put(&tag, SHARD);
	if (about == ABOUT_SERVICE)
		buf_put_char(&tag, '*');
	if (place.n <= NAME_MAX_) {
		buf_put(&tag, place);
	} else {
		buf_put_char(&tag, '/');
		put_digest(&tag, place);
	}
	if (about == ABOUT_TREE)
		buf_put_lit(&tag, "**");
	return buf_str(&tag);
}

/* A folder by its place, with a slash at its end. */
static struct str
place_of(
    struct arena *arena, const struct file_service *service, struct str folder)
{
	struct buf place = buf_in(arena);

	(void)buf_reserve(&place, service->place.n + folder.n + 1);
	buf_put(&place, service->place);
	buf_put(&place, folder);
	if (folder.n > 0)
		buf_put_char(&place, '/');
	return buf_str(&place);
}

void
file_depends_open(struct file_service *service)
{
	service->tag_all =
	    tag_of(&service->arena, ABOUT_SERVICE, service->place);
}

size_t
file_depends_read(struct arena *arena, const struct file_service *service,
    struct str folder, bool tree, struct str *tags)
{
	tags[0] = service->tag_all;
	tags[1] = tag_of(arena, tree ? ABOUT_TREE : ABOUT_FOLDER,
	    place_of(arena, service, folder));
	return 2;
}

void
outdated_init(struct outdated *o, struct request *req)
{
	*o = (struct outdated){
		.req = req,
		.service = req->service->instance,
		.tags = buf_in(req->arena),
	};
}

static void
append(struct outdated *o, struct str tag)
{
	buf_put(&o->tags, str_make((const char *)&tag, sizeof(tag)));
	o->n++;
}

static void
add(struct outdated *o, struct str tag)
{
	const struct str *tags = (const struct str *)(const void *)o->tags.p;

	for (size_t i = 0; i < o->n; i++) {
		if (str_eq(tags[i], tag))
			return;
	}
	append(o, tag);
}

/* "/a/b/" to "/a/"; "" of "/". */
static struct str
place_above(struct str place)
{
	size_t n = place.n - 1;

	while (n > 0 && place.p[n - 1] != '/')
		n--;
	return str_make(place.p, n);
}

/* Something in this place changed: its own lists, that of the folder above,
 * which shows when it was changed, and the trees of all above. */
static void
add_place(struct outdated *o, struct str place)
{
	struct arena *arena = o->req->arena;
	struct str above = place_above(place);

	add(o, tag_of(arena, ABOUT_FOLDER, place));
	if (above.n > 0)
		add(o, tag_of(arena, ABOUT_FOLDER, above));
	for (; place.n > 0; place = place_above(place))
		add(o, tag_of(arena, ABOUT_TREE, place));
}

void
outdated_file(struct outdated *o, struct str path)
{
	add_place(
	    o, place_of(o->req->arena, o->service, file_path_folder(path)));
}

void
outdated_folder(struct outdated *o, struct str path)
{
	struct str place = place_of(o->req->arena, o->service, path);

	add(o, tag_of(o->req->arena, ABOUT_FOLDER, place));
	add(o, tag_of(o->req->arena, ABOUT_TREE, place));
	outdated_file(o, path);
}

void
outdated_below(struct outdated *o, struct str path)
{
	struct str place = place_of(o->req->arena, o->service, path);

	append(o, tag_of(o->req->arena, ABOUT_FOLDER, place));
	append(o, tag_of(o->req->arena, ABOUT_TREE, place));
}

static size_t
chunk(const struct outdated *o, size_t at)
{
	return o->n - at < TAGS_MAX ? o->n - at : TAGS_MAX;
}

enum status
outdated_before(struct outdated *o, struct error *err)
{
	const struct str *tags = (const struct str *)(const void *)o->tags.p;

	for (size_t at = 0; at < o->n; at += TAGS_MAX) {
		if (tags_bump_before(o->req, tags + at, chunk(o, at)) != ST_OK)
			return error_set(err, ST_UNAVAILABLE,
			    "The cache store cannot be reached: nothing has "
			    "been written.");
	}
	return ST_OK;
}

void
outdated_after(struct outdated *o)
{
	const struct str *tags = (const struct str *)(const void *)o->tags.p;

	for (size_t at = 0; at < o->n; at += TAGS_MAX)
		tags_bump_after(o->req, tags + at, chunk(o, at));
}
