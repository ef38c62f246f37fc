#include "app/services/db/schema/label.h"

#include "app/base/buf.h"

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
is_gap(char c)
{
	return c == '_' || c == '-' || c == ' ';
}

static struct buf
label_make(struct arena *arena, struct str name)
{
	struct buf label = buf_in(arena);
	bool begins = true;

	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];

		if (is_gap(c)) {
			begins = true;
			continue;
		}
		if (begins && label.n > 0)
			buf_put_char(&label, ' ');
		buf_put_char(&label, begins ? upper(c) : c);
		begins = false;
	}
	return label;
}

struct str
label_of(struct arena *arena, struct str name)
{
	struct buf label = label_make(arena, name);

	return buf_str(&label);
}

/* "boxes", "churches"; a word that ends so takes more than an s. */
static bool
hisses(struct str s)
{
	return str_ends(s, STR("x")) || str_ends(s, STR("z")) ||
	       str_ends(s, STR("ch")) || str_ends(s, STR("sh")) ||
	       str_ends(s, STR("ss"));
}

/* "categories", but "days". */
static bool
ends_in_single_y(struct str s)
{
	static const char vowels[] = "aeiouAEIOU";

	return s.n > 1 && str_ends(s, STR("y")) &&
	       memchr(vowels, s.p[s.n - 2], sizeof(vowels) - 1) == NULL;
}

struct str
label_plural(struct arena *arena, struct str name)
{
	struct buf label = label_make(arena, name);
	struct str s = buf_str(&label);

	if (ends_in_single_y(s)) {
		label.n--;
		buf_put_lit(&label, "ies");
	} else if (hisses(s)) {
		buf_put_lit(&label, "es");
	} else if (!str_ends(s, STR("s"))) {
		buf_put_lit(&label, "s");
	}
	return buf_str(&label);
}
