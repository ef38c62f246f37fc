#include "drivers/file/name.h"

#include "app/base/utf8.h"

/* How often a name is decoded in search of what it might hide. */
#define DECODED_MAX 3

/* U+2024 and the like: characters that are drawn as ASCII ones are. Texts are
 * compared with them after decoding; none is refused for its own sake. */
static const struct {
	const char *utf8;
	const char *like;
} lookalikes[] = {
	{ "\xE2\x80\xA4", "." },  /* one dot leader */
	{ "\xE2\x80\xA5", ".." }, /* two dot leader */
	{ "\xEF\xBC\x8E", "." },  /* fullwidth full stop */
	{ "\xEF\xB9\x92", "." },  /* small full stop */
	{ "\xEF\xBC\x8F", "/" },  /* fullwidth solidus */
	{ "\xE2\x81\x84", "/" },  /* fraction slash */
	{ "\xE2\x88\x95", "/" },  /* division slash */
	{ "\xE2\xA7\xB8", "/" },  /* big solidus */
	{ "\xEF\xBC\xBC", "/" },  /* fullwidth reverse solidus */
	{ "\xEF\xB9\xA8", "/" },  /* small reverse solidus */
	{ "\xE2\x88\x96", "/" },  /* set minus */
	{ "\xE2\xA7\xB9", "/" },  /* big reverse solidus */
};

#define LOOKALIKES (sizeof(lookalikes) / sizeof(lookalikes[0]))

static uint32_t
code_of(struct str character)
{
	static const unsigned char firsts[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t code = (unsigned char)character.p[0] & firsts[character.n];

	for (size_t i = 1; i < character.n; i++)
		code = code << 6 | ((unsigned char)character.p[i] & 0x3F);
	return code;
}

/* C0, DEL, C1, and what turns the direction of the text around it or ends its
 * line: a name with one is shown as another. */
static bool
is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7F && code < 0xA0) ||
	       (code >= 0x2028 && code <= 0x202E) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF ||
	       (code & 0xFFFE) == 0xFFFE;
}

static const char *
characters_fault(struct str name)
{
	size_t n;

	for (size_t i = 0; i < name.n; i += n) {
		n = utf8_first(str_skip(name, i));
		if (n == 0)
			return "is not UTF-8";
		if (is_control(code_of(str_make(name.p + i, n))))
			return "holds a control character";
		if (name.p[i] == '/')
			return "holds a slash";
		if (name.p[i] == '\\')
			return "holds a backslash";
	}
	return NULL;
}

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes what is well encoded, and leaves the rest; the bytes there are. */
static size_t
decode_once(char *text, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		int high = i + 2 < n ? digit_of(text[i + 1]) : -1;
		int low = i + 2 < n ? digit_of(text[i + 2]) : -1;

		if (text[i] == '%' && high >= 0 && low >= 0) {
			text[out++] = (char)(high << 4 | low);
			i += 2;
		} else {
			text[out++] = text[i];
		}
	}
	return out;
}

/* The ASCII text that a character looks like, or STR_NULL. */
static struct str
lookalike(struct str rest)
{
	if ((unsigned char)rest.p[0] < 0x80)
		return STR_NULL;
	for (size_t i = 0; i < LOOKALIKES; i++) {
		if (str_starts(rest, str_of(lookalikes[i].utf8)))
			return str_of(lookalikes[i].like);
	}
	return STR_NULL;
}

static bool
climbs(struct str text)
{
	while (text.p != NULL) {
		struct str piece = str_cut(&text, '/');

		if (str_eq(piece, STR("..")) || str_eq(piece, STR(".")))
			return true;
	}
	return false;
}

/* Would it climb for someone who takes characters for what they look like? No
 * text grows by that. */
static bool
seems_to_climb(struct str name)
{
	char text[FILE_NAME_MAX];
	size_t n = 0;

	for (size_t i = 0; i < name.n;) {
		struct str like = lookalike(str_skip(name, i));

		if (str_is_null(like)) {
			text[n++] = name.p[i++];
			continue;
		}
		memcpy(text + n, like.p, like.n);
		n += like.n;
		i += 3;
	}
	return climbs(str_make(text, n));
}

/* What it would be for someone who decodes it once more. */
static const char *
encoded_fault(struct str name)
{
	char text[FILE_NAME_MAX];
	size_t n = name.n, before;

	memcpy(text, name.p, name.n);
	for (int i = 0; i < DECODED_MAX; i++) {
		before = n;
		n = decode_once(text, n);
		if (n == before)
			return NULL;
		for (size_t k = 0; k < n; k++) {
			unsigned char c = (unsigned char)text[k];

			if (c < 0x20 || c == 0x7F || c == '/' || c == '\\')
				return "is encoded twice";
		}
		if (seems_to_climb(str_make(text, n)))
			return "is encoded twice";
	}
	return "is encoded many times";
}

const char *
file_name_fault(struct str name)
{
	const char *fault;

	if (name.n == 0)
		return "is empty";
	if (name.n > FILE_NAME_MAX)
		return "is longer than 255 bytes";
	fault = characters_fault(name);
	if (fault != NULL)
		return fault;
	if (str_eq(name, STR(".")) || str_eq(name, STR("..")))
		return "is '.' or '..'";
	if (seems_to_climb(name))
		return "looks like '.' or '..'";
	if (str_starts(name, FILE_HIDDEN))
		return "is one of weir's own, as all are that begin with "
		       "\".weir-\"";
	return str_find(name, '%') == name.n ? NULL : encoded_fault(name);
}
