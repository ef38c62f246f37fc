#include "app/services/file/docs.h"

#include "app/services/docs/doc.h"
#include "app/services/file/file.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

#define WRITES (DOC_MISSING | DOC_PRECONDITION | DOC_UNSUPPORTED | DOC_FULL)
#define MANY   "{'anyOf':[@Files,@FileNamed]}"

/* The first alone where the service is read-only. */
static const struct doc_operation of_file[] = {
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "Read a file",
	    .about = "Its content, as it is, or a part of it. With "
		     "include_properties what is known of it.",
	    .parameters = "download file_properties file_content is_base64 "
			  "refresh IfNoneMatch Range CacheControl",
	    .answer = "@FileNamed",
	    .also = 206,
	    .errors = DOC_MISSING | DOC_RANGE,
	    .is_file = true,
	    .is_cached = true },
	{ .method = METHOD_PUT,
	    .name = "put",
	    .summary = "Write a file",
	    .about = "200 when it replaces one. The folder must be there.",
	    .parameters = "IfMatch",
	    .body = "{}",
	    .body_file = true,
	    .answer = "@FileNamed",
	    .status = 201,
	    .also = 200,
	    .errors = WRITES },
	{ .method = METHOD_POST,
	    .name = "post",
	    .summary = "Write a file",
	    .about = "With check_exist only one that is not there.",
	    .parameters = "check_exist IfMatch",
	    .body = "{}",
	    .body_file = true,
	    .answer = "@FileNamed",
	    .status = 201,
	    .errors = WRITES },
	{ .method = METHOD_PATCH,
	    .name = "append",
	    .summary = "Put something behind what is in a file",
	    .about = "Where there is none it is a new file.",
	    .parameters = "IfMatch",
	    .body = "{}",
	    .body_file = true,
	    .answer = "@FileNamed",
	    .also = 201,
	    .errors = WRITES },
	{ .method = METHOD_DELETE,
	    .name = "delete",
	    .summary = "Delete a file",
	    .parameters = "no_check IfMatch",
	    .answer = MANY,
	    .errors = WRITES },
};

#define MAKE(verb, id)                                                         \
	{                                                                      \
		.method = (verb), .name = (id),                                \
		.summary = "Make a folder, or what lies in it",                \
		.about = "Without a body the folder itself. With resource "    \
			 "up to 1000 files and folders in it: new ones, "      \
			 "copies or, with delete_source, what is moved; each " \
			 "is done for itself. With X-File-Name the body is "   \
			 "the content of a file of that name, which may have " \
			 "conditions; other writes to a folder have none.",    \
		.parameters = "check_exist XFileName XFolderName",             \
		.body = "@FileBatch", .body_file = true, .is_optional = true,  \
		.answer = MANY, .status = 201, .errors = WRITES                \
	}

static const struct doc_operation of_folder[] = {
	{ .method = METHOD_GET,
	    .name = "list",
	    .summary = "List a folder",
	    .parameters = "include_files include_folders full_tree search "
			  "type_fields as_list folder_limit offset "
			  "include_count file_properties refresh IfNoneMatch "
			  "CacheControl",
	    .answer = "{'anyOf':[@Files,@FileNamed,@Condensed]}",
	    .errors = DOC_MISSING | DOC_UNSUPPORTED,
	    .is_cached = true },
	MAKE(METHOD_POST, "make"),
	MAKE(METHOD_PUT, "makeOrReplace"),
	{ .method = METHOD_DELETE,
	    .name = "remove",
	    .summary = "Delete a folder, or what the body names in it",
	    .about =
		"Without a body the folder, which must be empty unless "
		"force; then the role must allow it for all that it holds.",
	    .parameters = "force_folder",
	    .body = "@FileBatch",
	    .answer = MANY,
	    .errors = WRITES },
};

/* What is made in a folder takes POST, whatever the method. */
static void
put_folder(struct doc *d, struct str component, bool only_read)
{
	size_t n = only_read ? 1 : LENGTH(of_folder);

	for (size_t i = 0; i < n; i++) {
		if (of_folder[i].method != METHOD_PUT ||
		    doc_may(d, component, METHOD_POST))
			doc_operation(d, component, &of_folder[i]);
	}
}

/* A row is about a path, be it one of a file or of a folder. */
static void
put_place(struct doc *d, const struct doc_place *place, bool only_read)
{
	static const char *const slashes[] = { "", "/" };
	static const char *const names[] = { "file", "folder" };
	bool is_any = place->is_open && place->path.p[1] == '{';

	for (size_t i = 0; i < LENGTH(slashes); i++) {
		doc_subject(d, is_any
				   ? str_of(names[i])
				   : arena_printf(d->req->arena, "%s/%.*s",
					 names[i], STR_ARG(place->component)));
		doc_path(d, arena_printf(d->req->arena, "%.*s%s",
				STR_ARG(place->path), slashes[i]));
		if (place->is_open)
			doc_own(d, "path",
			    "{'type':'string','minLength':1,"
			    "'maxLength':1024,'example':'a.txt'}",
			    "A path, or what follows of it; a slash in it is "
			    "%2F.");
		if (i == 0)
			doc_operations(d, place->component, of_file,
			    only_read ? 1 : LENGTH(of_file));
		else
			put_folder(d, place->component, only_read);
	}
}

void
file_describe(struct doc *d, const struct service *service)
{
	const struct file_service *instance = service->instance;
	size_t n;
	struct doc_place *places = doc_places(d, STR(""), "path", &n);

	doc_path(d, STR(""));
	put_folder(d, STR(""), instance->read_only);
	for (size_t i = 0; i < n; i++)
		put_place(d, &places[i], instance->read_only);
	doc_subject(d, STR(""));
}
