/* What documents say of the calls that people make about themselves. */
#include "app/services/user/docs.h"

#include "app/services/docs/doc.h"
#include "app/services/user/user.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const struct doc_operation of_session[] = {
	{ .method = METHOD_POST,
	    .name = "login",
	    .summary = "Log in",
	    .about = "Whatever is wrong with name or password is 401; 429 when "
		     "too many log-ins have failed.",
	    .body = "@Login",
	    .answer = "@Session",
	    .is_once = true },
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "The session of the token that is shown",
	    .answer = "@Session",
	    .errors = DOC_MISSING,
	    .needs_token = true,
	    .is_once = true },
	{ .method = METHOD_PUT,
	    .name = "renew",
	    .summary = "Another token in place of the one that is shown",
	    .about = "It may have expired, until DF_JWT_REFRESH_TTL minutes "
		     "after the log-in.",
	    .answer = "@Session",
	    .errors = DOC_MISSING,
	    .needs_token = true,
	    .is_once = true },
	{ .method = METHOD_DELETE,
	    .name = "logout",
	    .summary = "Log out",
	    .parameters = "all_sessions",
	    .answer = "@Success",
	    .errors = DOC_MISSING,
	    .needs_token = true,
	    .is_once = true },
};

#define PROFILE_CHANGE(verb, id)                                               \
	{                                                                      \
		.method = (verb), .name = (id),                                \
		.summary = "Change the profile of who has logged in",          \
		.about = "What is not sent stays. Another email comes with "   \
			 "another token in the answer.",                       \
		.body = "@ProfileChange", .answer = "@Welcome",                \
		.errors = DOC_CONFLICT | DOC_MISSING, .needs_token = true,     \
		.is_once = true                                                \
	}

static const struct doc_operation of_profile[] = {
	{ .method = METHOD_GET,
	    .name = "get",
	    .summary = "The profile of who has logged in",
	    .answer = "@Profile",
	    .errors = DOC_MISSING,
	    .needs_token = true,
	    .is_once = true },
	PROFILE_CHANGE(METHOD_POST, "post"),
	PROFILE_CHANGE(METHOD_PUT, "put"),
	PROFILE_CHANGE(METHOD_PATCH, "patch"),
};

static const struct doc_operation of_password = {
	.method = METHOD_POST,
	.name = "set",
	.summary = "Set a password",
	.about = "By the old one, by a code that was mailed, or have such a "
		 "code mailed. It ends all sessions of the user, and answers "
		 "with the token of a new one.",
	.parameters = "login reset",
	.body = "@PasswordChange",
	.answer = "@Welcome",
	.errors = DOC_MISSING | DOC_UNSUPPORTED,
	.is_once = true,
};

static const struct doc_operation of_register = {
	.method = METHOD_POST,
	.name = "register",
	.summary = "Become a user",
	.parameters = "login",
	.body = "@Registration",
	.answer = "@Welcome",
	.errors = DOC_CONFLICT | DOC_UNSUPPORTED,
	.is_once = true,
};

static const struct doc_operation of_root = {
	.method = METHOD_GET,
	.name = "resources",
	.summary = "The resources of %",
	.parameters = "IfNoneMatch",
	.answer = "@Names",
	.has_rows = true,
};

static void
put_part(struct doc *d, const char *prefix, const char *name,
    const struct doc_operation *operations, size_t n)
{
	struct arena *arena = d->req->arena;
	struct str component = arena_printf(arena, "%s%s", prefix, name);

	doc_subject(d, component);
	doc_path(d, arena_printf(arena, "/%.*s", STR_ARG(component)));
	doc_operations(d, component, operations, n);
}

void
account_describe(struct doc *d, const char *prefix)
{
	put_part(d, prefix, "session", of_session, LENGTH(of_session));
	put_part(d, prefix, "profile", of_profile, LENGTH(of_profile));
	put_part(d, prefix, "password", &of_password, 1);
}

void
user_describe(struct doc *d, const struct service *service)
{
	const struct user_service *instance = service->instance;

	doc_path(d, STR(""));
	doc_operation(d, STR(""), &of_root);
	account_describe(d, "");
	if (instance->open_registration)
		put_part(d, "", "register", &of_register, 1);
}
