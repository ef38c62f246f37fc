#include "middleware/principal.h"

#include "middleware/registry/access.h"
#include "middleware/registry/snapshot.h"

#define EVERY_VERB (~0u)

static const struct access everything = {
	.service_id = 0,
	.component = { "*", 1 },
	.verb_mask = EVERY_VERB,
	.requestor_mask = REQUESTOR_API | REQUESTOR_SCRIPT,
};

/* Its fingerprint is the digest of no role's rows. */
static const struct role free_role = {
	.name = { "", 0 },
	.active = true,
	.rows = &everything,
	.n_rows = 1,
	.fingerprint = "may do anything",
};

bool
principal_is_free(const struct principal *who)
{
	return who->is_sys_admin && who->n_roles == 0;
}

/* The role given for the app, or with 0 for any. What has been removed since,
 * be it the role or the app it was given for, does not count. */
static const struct role *
role_given(const struct principal *who, const struct snapshot *snapshot,
    int64_t app_id)
{
	for (size_t i = 0; i < who->n_roles; i++) {
		const struct principal_role *given = &who->roles[i];
		const struct role *role = NULL;

		if (app_id == 0 || given->app_id == app_id)
			role = snapshot_role(snapshot, given->role_id);
		if (role != NULL &&
		    snapshot_app(snapshot, given->app_id) != NULL)
			return role;
	}
	return NULL;
}

const struct role *
principal_role(const struct principal *who, const struct snapshot *snapshot,
    const struct app *app)
{
	const struct role *role;

	if (principal_is_free(who))
		return &free_role;
	if (app == NULL)
		return NULL;
	role = role_given(who, snapshot, app->id);
	if (role == NULL)
		role = role_given(who, snapshot, 0);
	return role == NULL ? app->role : role;
}
