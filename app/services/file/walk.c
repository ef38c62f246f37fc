#include "app/services/file/walk.h"

#include "app/services/file/call.h"
#include "app/services/file/reach.h"
#include "middleware/request.h"

static bool
is_entered(const struct walk *w, const struct walk_step *step)
{
	return w->tree && step->kind == FILE_KIND_FOLDER &&
	       (w->verb == 0 || file_call_allows(w->call, step->path, w->verb));
}

/* A folder that has gone meanwhile, or may not be read, has nothing in it. */
static enum status
folder_run(struct walk *w, struct str folder, struct error *err)
{
	struct error inner = { .text = "" };
	enum status st = walk_run(w, folder, &inner);

	if (st == ST_MISSING || st == ST_DENIED)
		return ST_OK;
	return st == ST_OK ? st : error_set(err, st, "%s", inner.text);
}

enum status
walk_run(struct walk *w, struct str folder, struct error *err)
{
	struct arena *arena = w->call->req->arena;
	struct file_names names;
	enum status st;

	if (w->n == 0 && w->steps.arena == NULL)
		w->steps = buf_in(arena);
	st = file_call_timely(w->call, err);
	if (st != ST_OK)
		return st;
	st = reach_list(w->call, folder, WALK_MAX - w->n, &names, err);
	for (size_t i = 0; i < names.n && st == ST_OK; i++) {
		struct walk_step step = { .kind = names.list[i].kind };

		if (file_call_below(w->call, folder, names.list[i].name,
			&step.path, NULL) != ST_OK)
			continue; /* too deep to be asked for */
		buf_put(&w->steps, str_make((const char *)&step, sizeof(step)));
		w->n++;
		w->has_links |= step.kind == FILE_KIND_LINK;
		if (is_entered(w, &step))
			st = folder_run(w, step.path, err);
	}
	return st;
}
