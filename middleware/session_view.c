#include "middleware/session_view.h"

#include "app/base/arena.h"
#include "app/base/buf.h"

/* Changes with the layout: what another weir has stored is read anew. */
#define FORMAT 0x77657331u

/* Of the fixed length at the start. */
struct head {
	uint32_t format;
	uint32_t state;
	struct session_version version;
	char subject[SESSION_SUBJECT_BYTES];
	int64_t user_id;
	int64_t session_id;
	uint32_t is_sys_admin;
	uint32_t n_roles;
	uint32_t n_lookups;
	uint32_t none; /* 0: no byte of a head is left to chance */
};

_Static_assert(sizeof(struct head) == 8 + sizeof(struct session_version) +
					  SESSION_SUBJECT_BYTES + 32,
    "no gaps");

void
session_subject(struct str email, char out[SESSION_SUBJECT_BYTES])
{
	uint8_t hash[DIGEST_BYTES];

	digest(email, hash);
	hex_encode(out, hash, sizeof(hash));
}

static void
put_text(struct buf *b, struct str text)
{
	uint32_t n = (uint32_t)text.n;

	buf_put(b, str_make((const char *)&n, sizeof(n)));
	buf_put(b, text);
}

static void
put_texts(struct buf *b, const struct principal *who)
{
	put_text(b, who->name);
	put_text(b, who->first_name);
	put_text(b, who->last_name);
	put_text(b, who->email);
	put_text(b, who->username);
	put_text(b, who->phone);
	put_text(b, who->last_login_date);
}

struct str
session_view_pack(struct arena *arena, const struct session_view *view,
    const struct session_version *version)
{
	const struct principal *who = &view->who;
	struct head head = {
		.format = FORMAT,
		.state = view->state,
		.version = *version,
		.user_id = who->id,
		.session_id = who->session_id,
		.is_sys_admin = who->is_sys_admin,
		.n_roles = (uint32_t)who->n_roles,
		.n_lookups = (uint32_t)who->n_lookups,
	};
	struct buf b = buf_in(arena);

	memcpy(head.subject, view->subject, sizeof(head.subject));
	buf_put(&b, str_make((const char *)&head, sizeof(head)));
	buf_put(&b, str_make((const char *)who->roles,
			who->n_roles * sizeof(who->roles[0])));
	put_texts(&b, who);
	for (size_t i = 0; i < who->n_lookups; i++) {
		put_text(&b, who->lookups[i].name);
		put_text(&b, who->lookups[i].value);
	}
	return buf_str(&b);
}

/* Each take is false when the bytes do not hold what is asked for. */
static bool
take(struct str *rest, void *out, size_t n)
{
	if (rest->n < n)
		return false;
	if (n > 0)
		memcpy(out, rest->p, n);
	*rest = str_skip(*rest, n);
	return true;
}

static bool
take_text(struct str *rest, struct str *out)
{
	uint32_t n;

	if (!take(rest, &n, sizeof(n)) || rest->n < n)
		return false;
	*out = str_make(rest->p, n);
	*rest = str_skip(*rest, n);
	return true;
}

static bool
take_texts(struct str *rest, struct principal *who)
{
	return take_text(rest, &who->name) &&
	       take_text(rest, &who->first_name) &&
	       take_text(rest, &who->last_name) &&
	       take_text(rest, &who->email) &&
	       take_text(rest, &who->username) &&
	       take_text(rest, &who->phone) &&
	       take_text(rest, &who->last_login_date);
}

/* What is counted is bounded by the bytes there are. */
static bool
take_roles(
    struct arena *arena, struct str *rest, size_t n, struct principal *who)
{
	struct principal_role *roles;

	if (n > rest->n / sizeof(*roles))
		return false;
	roles = arena_alloc(arena, (n + 1) * sizeof(*roles));
	who->roles = roles;
	who->n_roles = n;
	return take(rest, roles, n * sizeof(*roles));
}

static bool
take_lookups(
    struct arena *arena, struct str *rest, size_t n, struct principal *who)
{
	struct principal_lookup *lookups;

	if (n > rest->n / (2 * sizeof(uint32_t)))
		return false;
	lookups = arena_alloc(arena, (n + 1) * sizeof(*lookups));
	who->lookups = lookups;
	for (; who->n_lookups < n; who->n_lookups++) {
		if (!take_text(rest, &lookups[who->n_lookups].name) ||
		    !take_text(rest, &lookups[who->n_lookups].value))
			return false;
	}
	return true;
}

bool
session_view_version(struct str bytes, struct session_version *out)
{
	struct head head;

	if (!take(&bytes, &head, sizeof(head)) || head.format != FORMAT)
		return false;
	*out = head.version;
	return true;
}

bool
session_view_unpack(struct arena *arena, struct str bytes,
    const struct session_version *now, struct session_view *out)
{
	struct head head;

	memset(out, 0, sizeof(*out));
	if (!take(&bytes, &head, sizeof(head)) || head.format != FORMAT ||
	    head.state > SESSION_NOBODY ||
	    memcmp(&head.version, now, sizeof(*now)) != 0)
		return false;
	out->state = (enum session_state)head.state;
	memcpy(out->subject, head.subject, sizeof(out->subject));
	out->who.id = head.user_id;
	out->who.session_id = head.session_id;
	out->who.is_sys_admin = head.is_sys_admin != 0;
	return take_roles(arena, &bytes, head.n_roles, &out->who) &&
	       take_texts(&bytes, &out->who) &&
	       take_lookups(arena, &bytes, head.n_lookups, &out->who) &&
	       bytes.n == 0;
}
