"""Generated queries give the rows that Python finds, in the same order.

Python judges each row of a small table (things.py) with SQL's logic of three
values (filters.py); of related rows one has to meet a condition. Texts compare byte
by byte, in order and in comparisons, on each engine; LIKE takes ASCII letters
of either case for each other on SQLite, and on MariaDB it does as the column's
collation does, which here is to tell them apart. Null sorts below everything
else. A failure names the seed of its query.
"""

import json
import random
import urllib.parse

import pytest

from support import things
from support.filters import Generator, Spelling

ENGINES = ("sqlite", "mysql")
QUERIES = 10_000
BATCH = 1_000
SEED = 20240229
DEPTH = 3
BODY_SHARE = 0.1
ROWS = things.rows()
RELATIONS = things.relations(ROWS, things.links())


class Query:
    """A filter, an order and a page; the same dice make the same query."""

    def __init__(self, seed):
        dice = random.Random(seed)
        self.seed = seed
        self.tree = Generator(dice, ROWS, RELATIONS).tree(DEPTH)
        self.order = [
            (name, dice.random() < 0.5, dice.choice((None, "first", "last")))
            for name in dice.sample(list(ROWS[0]), dice.choice((0, 1, 1, 2)))]
        self.limit = dice.choice((None, None, 1, 5, 20, 100))
        self.offset = dice.choice((None, None, None, 1, 7, 70))
        self.in_body = dice.random() < BODY_SHARE
        spelling = Spelling(dice)
        self.text = self.tree.text(spelling)
        self.params = spelling.params

    def options(self):
        """As a client names them, without the params."""
        order = ",".join(
            name + (" desc" if descending else "") +
            (f" nulls {nulls}" if nulls else "")
            for name, descending, nulls in self.order)
        given = {"filter": self.text, "fields": "id", "order": order,
                 "limit": self.limit, "offset": self.offset,
                 "include_count": "true"}
        return {name: value for name, value in given.items()
                if value not in (None, "")}

    def matching(self, ignores_case):
        rows = [row for row in ROWS
                if self.tree.holds(row, ignores_case) is True]
        for name, descending, nulls in reversed(self.order):
            rows.sort(key=lambda row, name=name: (
                row[name] is not None, row[name] if row[name] is not None
                else 0), reverse=descending)
            if nulls:
                rows.sort(key=lambda row, name=name, last=nulls == "last": (
                    (row[name] is None) == last))
        return [row["id"] for row in rows]

    def page(self, ids):
        offset = self.offset or 0
        return ids[offset:offset + (self.limit or len(ids))]

    def __str__(self):
        return (f"seed: {self.seed}\nquery: {self.options()}\n"
                f"params: {self.params}\nSQL: WHERE {self.tree.sql()}")


class Caller:
    """Sends queries over one connection, without a web server."""

    def __init__(self, server, key):
        self.client = server.connect()
        self.headers = {"X-DreamFactory-API-Key": key}

    def ask(self, query):
        if query.in_body:
            return self.post(query)
        params = {f"params[:{name}]": str(value).lower()
                  if isinstance(value, bool) else value
                  for name, value in query.params.items()}
        words = urllib.parse.urlencode(query.options() | params)
        return self.client.call(f"{things.TABLE}?{words}",
                                headers=self.headers)

    def post(self, query):
        params = {":" + name: value if isinstance(value, (bool, int, str))
                  else str(value) for name, value in query.params.items()}
        body = json.dumps(query.options() | {"params": params}).encode()
        headers = self.headers | {"X-HTTP-Method": "GET"}
        return self.client.call(things.TABLE, "POST", headers, body)


@pytest.fixture(name="caller", scope="module")
def caller_of_things(site, engine, owner):
    site.add_service(things.SERVICE, engine.type, cache_enabled=True,
                     **engine.create("things", things.sql(engine)))
    site.grant("owner", things.SERVICE, "*", "all")
    server = site.serve("things")
    yield Caller(server, owner)
    server.stop()


def check(caller, query, ignores_case):
    answer = caller.ask(query)
    assert answer.status == 200, f"{answer}\n{query}"
    ids = query.matching(ignores_case)
    found = [row["id"] for row in answer.rows]
    assert found == query.page(ids), str(query)
    assert answer.json["meta"]["count"] == len(ids), str(query)


@pytest.mark.parametrize("batch", range(QUERIES // BATCH))
def test_generated_queries_give_the_rows_that_python_finds(
        caller, engine, batch):
    ignores_case = engine.type == "sqlite"
    for number in range(BATCH):
        check(caller, Query(f"{SEED}/{batch * BATCH + number}"),
              ignores_case)
