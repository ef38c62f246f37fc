#include "middleware/accept.h"

#define WEIGHT_MAX 1000

/* How a range names a type; higher is more exactly. */
enum named { NAMED_NOT, NAMED_BY_ANY, NAMED_BY_MAIN_TYPE, NAMED_EXACTLY };

/* The best that the field says of a type so far. */
struct wish {
	enum named named;
	int weight;   /* thousandths */
	size_t place; /* of the range that says it */
};

/* "0.5" as 500; what is no weight counts as the most. */
static int
weight_read(struct str text)
{
	int weight = 0, unit = WEIGHT_MAX;

	if (text.n == 0 || text.p[0] == '1')
		return WEIGHT_MAX;
	for (size_t i = 0; i < text.n && unit > 0; i++) {
		if (text.p[i] == '.') {
			unit = WEIGHT_MAX / 10;
		} else if (text.p[i] >= '0' && text.p[i] <= '9') {
			weight += (text.p[i] - '0') * unit;
			unit /= 10;
		}
	}
	return weight > WEIGHT_MAX ? WEIGHT_MAX : weight;
}

/* The weight among the parameters of a range. */
static int
weight_of(struct str params)
{
	while (params.p != NULL) {
		struct str value = str_cut(&params, ';');
		struct str name = str_trim(str_cut(&value, '='));

		if (str_eq_nocase(name, STR("q")))
			return weight_read(str_trim(value));
	}
	return WEIGHT_MAX;
}

static enum named
named_by(struct str range, struct str type)
{
	struct str main_type = str_make(type.p, str_find(type, '/') + 1);

	if (str_eq_nocase(range, type))
		return NAMED_EXACTLY;
	if (str_eq(range, STR("*/*")))
		return NAMED_BY_ANY;
	if (range.n == main_type.n + 1 && range.p[main_type.n] == '*' &&
	    str_eq_nocase(str_make(range.p, main_type.n), main_type))
		return NAMED_BY_MAIN_TYPE;
	return NAMED_NOT;
}

/* The range that names the type most exactly says how much it is wanted. */
static struct wish
wish_for(struct str field, struct str type)
{
	struct wish wish = { NAMED_NOT, 0, 0 };

	for (size_t place = 0; field.p != NULL; place++) {
		struct str params = str_cut(&field, ',');
		struct str range = str_trim(str_cut(&params, ';'));
		enum named named = named_by(range, type);

		if (named > wish.named)
			wish = (struct wish){ named, weight_of(params), place };
	}
	return wish;
}

bool
accept_wants_text(struct str field)
{
	struct wish text = wish_for(field, STR("text/plain"));
	struct wish json = wish_for(field, STR("application/json"));

	if (text.weight != json.weight)
		return text.weight > json.weight;
	return text.weight > 0 && text.named > json.named;
}

static bool
is_better(const struct wish *a, const struct wish *b)
{
	if (a->weight != b->weight)
		return a->weight > b->weight;
	if (a->named != b->named)
		return a->named > b->named;
	return a->place < b->place;
}

size_t
accept_best(struct str field, const struct str *types, size_t n)
{
	struct wish best = { NAMED_NOT, 0, 0 };
	size_t chosen = n;

	for (size_t i = 0; i < n; i++) {
		struct wish wish = wish_for(field, types[i]);

		if (wish.weight > 0 && is_better(&wish, &best)) {
			best = wish;
			chosen = i;
		}
	}
	return chosen;
}
