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

/* "t:SHARD:" and the name; the shard goes by the system, so that trees which
 * lie in each other lie together. */
static struct str
tag_of(struct arena *arena, const struct file_service *service, struct str name)
{
	uint8_t bytes[DIGEST_BYTES];
	char shard[2 * DIGEST_BYTES], short_name[2 * DIGEST_BYTES];

	digest(service->system, bytes);
	hex_encode(shard, bytes, sizeof(bytes));
	if (name.n > NAME_MAX_) {
		digest(name, bytes);
		hex_encode(short_name, bytes, sizeof(bytes));
		name = arena_printf(arena, "%s/%.*s%s",
		    name.p[0] == '*' ? "*" : "", (int)sizeof(short_name),
		    short_name, str_ends(name, STR("**")) ? "**" : "");
	}
	return arena_printf(
	    arena, "t:%.*s:%.*s", (int)sizeof(shard), shard, STR_ARG(name));
}

/* A folder by its place, with a slash at its end. */
static struct str
place_of(
    struct arena *arena, const struct file_service *service, struct str folder)
{
	return arena_printf(arena, "%.*s%.*s%s", STR_ARG(service->place),
	    STR_ARG(folder), folder.n > 0 ? "/" : "");
}

static struct str
tag_of_folder(
    struct arena *arena, const struct file_service *service, struct str place)
{
	return tag_of(arena, service, place);
}

static struct str
tag_of_tree(
    struct arena *arena, const struct file_service *service, struct str place)
{
	return tag_of(
	    arena, service, arena_printf(arena, "%.*s**", STR_ARG(place)));
}

struct str
file_depends_all(struct arena *arena, const struct file_service *service)
{
	return tag_of(arena, service,
	    arena_printf(arena, "*%.*s", STR_ARG(service->place)));
}

size_t
file_depends_read(struct arena *arena, const struct file_service *service,
    struct str folder, bool tree, struct str *tags)
{
	struct str place = place_of(arena, service, folder);

	tags[0] = service->tag_all;
	tags[1] = tree ? tag_of_tree(arena, service, place)
		       : tag_of_folder(arena, service, place);
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

	add(o, tag_of_folder(arena, o->service, place));
	if (above.n > 0)
		add(o, tag_of_folder(arena, o->service, above));
	for (; place.n > 0; place = place_above(place))
		add(o, tag_of_tree(arena, o->service, place));
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

	add(o, tag_of_folder(o->req->arena, o->service, place));
	add(o, tag_of_tree(o->req->arena, o->service, place));
	outdated_file(o, path);
}

void
outdated_below(struct outdated *o, struct str path)
{
	struct str place = place_of(o->req->arena, o->service, path);

	append(o, tag_of_folder(o->req->arena, o->service, place));
	append(o, tag_of_tree(o->req->arena, o->service, place));
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
