#include "drivers/file/path.h"

static enum status
names_check(struct str text, struct error *err)
{
	size_t depth = 0;

	while (text.p != NULL) {
		const char *fault = file_name_fault(str_cut(&text, '/'));

		depth++;
		if (fault != NULL)
			return error_set(err, ST_INVALID,
			    "Name %zu of the path %s.", depth, fault);
		if (depth > FILE_DEPTH_MAX)
			return error_set(err, ST_INVALID,
			    "The path has more than %d names.", FILE_DEPTH_MAX);
	}
	return ST_OK;
}

enum status
file_path_read(struct str text, struct file_path *out, struct error *err)
{
	*out = (struct file_path){ .text = STR(""), .is_folder = true };
	if (text.n == 0)
		return ST_OK;
	if (text.n > FILE_PATH_MAX)
		return error_set(err, ST_INVALID,
		    "The path is longer than %d bytes.", FILE_PATH_MAX);
	if (text.p[0] == '/')
		return error_set(err, ST_INVALID,
		    "The path must not begin with a slash: it is taken from "
		    "the root of the service.");
	out->is_folder = text.p[text.n - 1] == '/';
	if (out->is_folder)
		text.n--;
	out->text = text;
	return names_check(text, err);
}

static size_t
name_at(struct str path)
{
	size_t at = path.n;

	while (at > 0 && path.p[at - 1] != '/')
		at--;
	return at;
}

struct str
file_path_name(struct str path)
{
	return str_skip(path, name_at(path));
}

struct str
file_path_folder(struct str path)
{
	size_t at = name_at(path);

	return str_make(path.p, at == 0 ? 0 : at - 1);
}
