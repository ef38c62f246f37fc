"""Filters as trees: each can be written down, and judged on a row.

A filter is a Condition, a Not or a Joined. text() writes it as a client might,
with the spelling left to the dice; holds() says True, False or None (unknown),
as SQL's logic of three values does; sql() is the same condition for a person
who looks into a failure.
"""

import decimal
import re

from support.things import literal

TIGHTNESS = {"nor": 0, "or": 1, "xor": 2, "and": 3}
SIGNS = {"and": ("and", "&&"), "or": ("or", "||")}
COMPARISONS = {
    "=": (("=", "eq"), lambda a, b: a == b),
    "<>": (("!=", "<>", "ne"), lambda a, b: a != b),
    "<": (("<", "lt"), lambda a, b: a < b),
    "<=": (("<=", "lte"), lambda a, b: a <= b),
    ">": ((">", "gt"), lambda a, b: a > b),
    ">=": ((">=", "gte"), lambda a, b: a >= b),
}
MATCHES = {"contains": ".*{}.*", "starts with": "{}.*", "ends with": ".*{}"}


def negate(truth):
    return None if truth is None else not truth


def both(a, b):
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


def either(a, b):
    return negate(both(negate(a), negate(b)))


def one(a, b):
    return None if a is None or b is None else a != b


def neither(a, b):
    return negate(either(a, b))


LOGIC = {"and": both, "or": either, "xor": one, "nor": neither}


class Spelling:
    """How a client happens to write things."""

    def __init__(self, dice):
        self.dice = dice
        self.params = {}

    def word(self, word):
        return self.dice.choice((word, word.upper(), word.title()))

    def blank(self):
        return self.dice.choice(("", " ", "  ", "\t"))

    def name(self, name):
        if not name.isidentifier() or self.dice.random() < 0.1:
            return "`" + name.replace("`", "``") + "`"
        return name

    def quoted(self, text):
        quote = self.dice.choice("'\"")
        return quote + text.replace(quote, quote * 2) + quote

    def param(self, value):
        name = f"p{len(self.params)}"
        self.params[name] = value
        return ":" + name

    def value(self, value):
        """Texts always in quotes, for some of them read like filters."""
        if value is None:
            return self.word("null")
        if self.dice.random() < 0.05:
            return self.param(value)
        if isinstance(value, bool):
            return self.dice.choice(("true", "1") if value else
                                    ("false", "0"))
        if isinstance(value, str):
            return self.quoted(value)
        return self.dice.choice((str(value), f"'{value}'"))

    def list(self, values):
        return "(" + ",".join(self.blank() + self.value(value) + self.blank()
                              for value in values) + ")"


def like_source(pattern):
    """LIKE's wildcards as a regular expression."""
    wild = {"%": ".*", "_": "."}
    pieces = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    return "".join(wild.get(piece) or re.escape(piece[-1])
                   for piece in pieces)


def matches(op, value, text, ignores_case):
    """`text op value`; of what ignores case only ASCII letters are alike."""
    flags = re.DOTALL | re.ASCII | (re.IGNORECASE if ignores_case else 0)
    source = (like_source(value) if op == "like"
              else MATCHES[op].format(re.escape(value)))
    return bool(re.fullmatch(source, text, flags))


class Condition:
    """name [not] op value: a comparison, in, like and its kin, or is null."""

    def __init__(self, name, op, value, negated=False):
        self.name = name
        self.op = op
        self.value = value
        self.negated = negated

    def text(self, spelling):
        words = [spelling.name(self.name)]
        if self.negated:
            words.append(spelling.word("not"))
        if self.op in COMPARISONS:
            words.append(spelling.dice.choice(COMPARISONS[self.op][0]))
            words.append(spelling.value(self.value))
        else:
            words.append(spelling.word(self.op))
        if self.op == "in":
            words.append(spelling.list(self.value))
        elif self.op in ("like", *MATCHES):
            words.append(spelling.quoted(self.value))
        return " ".join(words)

    def holds(self, row, ignores_case):
        truth = self.judge(row[self.name], ignores_case)
        return negate(truth) if self.negated else truth

    def judge(self, cell, ignores_case):
        """Null is looked for by =, <>, and in; else it makes all unknown."""
        if self.op == "is null" or (self.op == "=" and self.value is None):
            return cell is None
        if self.op == "<>" and self.value is None:
            return cell is not None
        if self.op == "in" and None in self.value:
            return cell in self.value
        if cell is None:
            return None
        if self.op == "in":
            return cell in self.value
        if self.op in COMPARISONS:
            return COMPARISONS[self.op][1](cell, self.value)
        return matches(self.op, self.value, str(cell), ignores_case)

    def sql(self):
        value = self.value if self.op == "in" else [self.value]
        values = ", ".join(map(literal, value))
        no = "NOT " if self.negated else ""
        return f'{no}"{self.name}" {self.op.upper()} ({values})'


class Related:
    """A condition on related rows, of which one has to meet it."""

    def __init__(self, relation, rows, inner):
        self.relation = relation
        self.rows = rows
        self.inner = inner

    def text(self, spelling):
        names = [spelling.name(name) for name in self.relation.split(".")]
        return ".".join(names) + "." + self.inner.text(spelling)

    def holds(self, row, ignores_case):
        return any(self.inner.holds(one, ignores_case) is True
                   for one in self.rows[row["id"]])

    def sql(self):
        return f"EXISTS ({self.relation}: {self.inner.sql()})"


class Not:
    def __init__(self, inner):
        self.inner = inner

    def text(self, spelling):
        return (spelling.word("not") + spelling.blank() +
                "(" + self.inner.text(spelling) + ")")

    def holds(self, row, ignores_case):
        return negate(self.inner.holds(row, ignores_case))

    def sql(self):
        return f"NOT ({self.inner.sql()})"


class Joined:
    """Two or more filters, from left to right."""

    def __init__(self, logic, parts):
        self.logic = logic
        self.parts = parts

    def part_text(self, part, spelling):
        """Parentheses where they change the meaning, and now and then."""
        text = part.text(spelling)
        needed = (isinstance(part, Joined) and
                  TIGHTNESS[part.logic] <= TIGHTNESS[self.logic])
        if needed or spelling.dice.random() < 0.2:
            text = "(" + spelling.blank() + text + spelling.blank() + ")"
        return text

    def text(self, spelling):
        texts = [self.part_text(part, spelling) for part in self.parts]
        sign = spelling.dice.choice(SIGNS.get(self.logic, (self.logic,)))
        return f" {spelling.word(sign)} ".join(texts)

    def holds(self, row, ignores_case):
        truth = self.parts[0].holds(row, ignores_case)
        for part in self.parts[1:]:
            truth = LOGIC[self.logic](truth, part.holds(row, ignores_case))
        return truth

    def sql(self):
        return f" {self.logic.upper()} ".join(
            f"({part.sql()})" for part in self.parts)


class Generator:
    """Filters on rows like those given, for which they often hold; some on
    rows that are related to them, which relations has by name."""

    def __init__(self, dice, rows, relations=None):
        self.dice = dice
        self.rows = rows
        self.names = list(rows[0])
        self.texts = ("name", "odd `name", "small")
        self.relations = relations or {}

    def value(self, name):
        """One that stands in a row, or one beside it."""
        value = self.dice.choice(self.rows)[name]
        if isinstance(value, (int, float, decimal.Decimal)) and (
                not isinstance(value, bool)):
            value += self.dice.choice((0, 0, 0, 1, -1))
        return value

    def solid(self, name):
        """A value that is not null."""
        values = [row[name] for row in self.rows if row[name] is not None]
        return self.dice.choice(values)

    def some(self, name):
        return [self.value(name) for _ in range(self.dice.randrange(1, 5))]

    def pattern(self, name, op):
        text = str(self.solid(name))
        cut = self.dice.randrange(len(text) + 1)
        piece = text[cut:cut + 3]
        if op != "like":
            return piece
        return self.dice.choice((
            piece + "%", "%" + piece, "%" + piece + "%", "_" + piece + "%",
            piece, text.replace("%", "\\%").replace("_", "\\_")))

    def condition(self):
        name = self.dice.choice(self.names)
        kind = self.dice.random()
        negated = self.dice.random() < 0.15
        if kind < 0.2:
            return Condition(name, "in", self.some(name), negated)
        if kind < 0.3:
            return Condition(name, "is null", None, negated)
        if kind < 0.6 and name in self.texts:
            op = self.dice.choice(("like", *MATCHES))
            return Condition(name, op, self.pattern(name, op), negated)
        op = self.dice.choice(list(COMPARISONS))
        may_be_null = op in ("=", "<>")
        value = self.value(name) if may_be_null else self.solid(name)
        return Condition(name, op, value, negated)

    def related(self):
        name = self.dice.choice(list(self.relations))
        rows = self.relations[name]
        like = [one for some in rows.values() for one in some]
        inner = Generator(self.dice, like).condition()
        return Related(name, rows, inner)

    def leaf(self):
        if self.relations and self.dice.random() < 0.1:
            return self.related()
        return self.condition()

    def tree(self, depth):
        if depth == 0 or self.dice.random() < 0.3:
            return self.leaf()
        if self.dice.random() < 0.15:
            return Not(self.tree(depth - 1))
        logic = self.dice.choice(("and", "and", "or", "or", "xor", "nor"))
        return Joined(logic, [self.tree(depth - 1) for _ in range(
            self.dice.choice((2, 2, 2, 3)))])
