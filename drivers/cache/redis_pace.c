#include "drivers/cache/redis_pace.h"

#include "drivers/cache/cache.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_script.h"
#include "drivers/cache/redis_window.h"

#define MARKED 't' /* a count whose answer has its mark */
#define BACK   'b' /* takes such a count back */

/*
 * KEYS: counters, the members of a group next to each other. ARGV, for each:
 * four letters: its kind, "c"ount, "l"ook or "d"elete, or one of those above;
 * its algorithm, "p"lain, "f"ixed, "s"liding or "g"cra; "l" for lockout, "s"
 * for soft, else "-"; seconds of the window; the limit; the burst, or the mark
 * of the count that is taken back; how many members its group has, of the first
 * of them. Tests add the time, in ms, instead of the server's. Answers, for
 * each: 1 when it was counted, looked at or ended, else 0; the count;
 * milliseconds, as cache_op.reset_ms.
 */
static const char text[] =
    "local function words(i)\n"
    " local what, ttl = ARGV[5 * i - 4], ARGV[5 * i - 3] * 1000\n"
    " local limit = tonumber(ARGV[5 * i - 2])\n"
    " local number = tonumber(ARGV[5 * i - 1])\n"
    " local o = { at = 3 * i - 2, key = KEYS[i], kind = what:sub(1, 1),\n"
    "  a = what:sub(2, 2), lock = what:sub(3, 4) == 'l-',\n"
    "  soft = what:sub(4, 4) == 's', ttl = ttl, quota = limit, m = number,\n"
    "  step = 0, fits = false, w = false, e = 0, n = 0, p = 0, d = false }\n"
    " if o.a == 's' then\n"
    "  o.step = up(ttl, 15)\n"
    " elseif o.a == 'g' then\n"
    "  o.step, o.quota = up(ttl * 1000, limit), number\n"
    " end\n"
    " if o.kind ~= 'd' then o.w = open(o) end\n"
    " return o\n"
    "end\n"

    "local function say(o, done, count, ms)\n"
    " out[o.at], out[o.at + 1], out[o.at + 2] = done, count, ms\n"
    "end\n"

    "local function alone(o)\n"
    " local w = o.w or windows[o.key]\n"
    " if o.kind == 'l' then\n"
    "  say(o, 1, look(w, o))\n"
    " elseif o.kind == 'b' then\n"
    "  back(w, o)\n"
    "  say(o, 1, 0, 0)\n"
    " else\n"
    "  local there = call('DEL', o.key)\n"
    "  say(o, w and min(w.n, 1) or there, 0, 0)\n"
    "  if w then\n"
    "   clear(w, w.o)\n"
    "   w.d, w.s, w.was = false, false, nil\n"
    "  end\n"
    " end\n"
    "end\n"

    "local function try(g)\n"
    " local room = true\n"
    " for _, o in ipairs(g) do\n"
    "  local w = o.w\n"
    "  local count, ms = look(w, o)\n"
    "  w.d = w.d or w.s\n"
    "  o.e, o.n, o.m, o.p, o.d = w.e, w.n, w.m, w.p, w.d\n"
    "  o.fits = count < o.quota\n"
    "  if o.fits then\n"
    "   add(w, o)\n"
    "   count, ms = look(w, o)\n"
    "  end\n"
    "  say(o, o.fits and 1 or 0, count, ms)\n"
    "  room = room and (o.fits or o.soft)\n"
    " end\n"
    " return room\n"
    "end\n"

    "local function undo(g)\n"
    " for i = #g, 1, -1 do\n"
    "  local o, w = g[i], g[i].w\n"
    "  if o.fits then\n"
    "   w.e, w.n, w.m, w.p, w.d = o.e, o.n, o.m, o.p, o.d\n"
    "  end\n"
    " end\n"
    " for _, o in ipairs(g) do\n"
    "  if o.fits then say(o, 0, look(o.w, o)) end\n"
    " end\n"
    "end\n"

    "local function together(g)\n"
    " if not try(g) then undo(g) end\n"
    " for _, o in ipairs(g) do\n"
    "  if o.lock and not o.fits then\n"
    "   lock(o.w, o)\n"
    "   say(o, 0, look(o.w, o))\n"
    "  end\n"
    " end\n"
    "end\n"

    "local i = 1\n"
    "while i <= #KEYS do\n"
    " local g = {}\n"
    " for k = i, i + ARGV[5 * i] - 1 do g[#g + 1] = words(k) end\n"
    " local o = g[1]\n"
    " if o.kind == 'c' or o.kind == 't' then\n"
    "  together(g)\n"
    " else\n"
    "  alone(o)\n"
    " end\n"
    " if o.kind == 't' then out[4] = o.a == 'f' and o.w.e or o.w.m end\n"
    " i = i + #g\n"
    "end\n"
    "for _, w in ipairs(list) do\n"
    " if w.d then write(w) end\n"
    "end\n"
    "return out\n";

static const struct str batch = { text, sizeof(text) - 1 };

static const struct redis_script script = {
	.parts = { &redis_window, &batch },
	.digest = { "67a79c3f9a06c421bf547dbc6cbdb1e78f85b61c",
	    REDIS_DIGEST_CHARS },
};

const struct redis_script *
redis_pace_script(void)
{
	return &script;
}

bool
redis_pace_takes(const struct cache_op *op)
{
	return op->kind == CACHE_LOOK ||
	       (op->kind == CACHE_COUNT &&
		   (op->soft || !cache_op_is_fixed(op)));
}

static char
kind_of(const struct cache_op *op)
{
	if (op->kind == CACHE_LOOK)
		return 'l';
	return op->kind == CACHE_COUNT ? 'c' : 'd';
}

static char
algorithm_of(const struct cache_op *op)
{
	static const char letters[] = {
		[CACHE_FIXED] = 'f',
		[CACHE_SLIDING] = 's',
		[CACHE_GCRA] = 'g',
	};

	return cache_op_is_fixed(op) ? 'p' : letters[op->algorithm];
}

static void
put(struct buf *out, const struct cache_op *op, char kind, uint64_t number,
    size_t members)
{
	const char what[] = { kind, algorithm_of(op), op->lockout ? 'l' : '-',
		op->soft ? 's' : '-' };

	redis_put(out, str_make(what, sizeof(what)));
	redis_put_number(out, op->ttl);
	redis_put_number(out, op->limit);
	redis_put_number(out, number);
	redis_put_number(out, members);
}

void
redis_pace_put(struct buf *out, const struct cache_op *op, size_t members)
{
	put(out, op, kind_of(op), op->burst, members);
}

void
redis_pace_put_marked(struct buf *out, const struct cache_op *op)
{
	put(out, op, MARKED, op->burst, 1);
}

void
redis_pace_put_back(struct buf *out, const struct cache_op *op, int64_t mark)
{
	put(out, op, BACK, (uint64_t)mark, 1);
}
