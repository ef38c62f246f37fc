"""A table with a column of every kind that filters tell apart, and links
between its rows.

Texts compare byte by byte on every engine, so that one evaluator knows what
each of them will say; how LIKE takes letters is left (see filters.py).
"""

import datetime
import decimal
import random

SERVICE = "things"
TABLE = "/api/v2/things/_table/things"
ROWS = 80
SEED = 7
BY_BYTES = {"sqlite": "", "mysql": "COLLATE utf8mb4_nopad_bin"}
SQL = """
CREATE TABLE things (
    id INTEGER PRIMARY KEY,
    small INTEGER,
    name VARCHAR(40) {by_bytes},
    price DECIMAL(10,2),
    ratio DOUBLE,
    truth BOOLEAN,
    day DATE,
    moment DATETIME,
    "odd `name" VARCHAR(40) {by_bytes});
CREATE TABLE links (
    id INTEGER PRIMARY KEY, thing INTEGER, peer INTEGER, weight INTEGER,
    FOREIGN KEY (thing) REFERENCES things (id),
    FOREIGN KEY (peer) REFERENCES things (id));
"""
LINKS = 60

NAMES = ("", "a", "A", "b", "ab", "Ab", "a b", "rock and roll", "O'Brien",
         'say "x"', "50%", "5_0", "x!y", "back\\slash", "é", "É", "漢字",
         "null", "(or)", "a,b", ":p", "zebra ", " zebra", "--", "007")


def random_row(dice, id):
    """NULL is common, and so are equal values."""
    def maybe(value):
        return None if dice.random() < 0.15 else value

    day = datetime.date(2024, 1, 1) + datetime.timedelta(dice.randrange(60))
    return {
        "id": id,
        "small": maybe(dice.randrange(-10, 30)),
        "name": maybe(dice.choice(NAMES)),
        "price": maybe(decimal.Decimal(dice.randrange(-500, 2000)) / 100),
        "ratio": maybe(dice.randrange(-8, 40) / 8),
        "truth": maybe(dice.random() < 0.5),
        "day": maybe(day.isoformat()),
        "moment": maybe(f"{day} {dice.randrange(24):02}:30:00"),
        "odd `name": maybe(dice.choice(NAMES)),
    }


def rows():
    dice = random.Random(SEED)
    return [random_row(dice, id) for id in range(1, ROWS + 1)]


def links():
    dice = random.Random(SEED + 1)

    def maybe(value):
        return None if dice.random() < 0.15 else value

    return [{"id": id, "thing": maybe(dice.randrange(1, ROWS // 2)),
             "peer": maybe(dice.randrange(1, ROWS + 1)),
             "weight": maybe(dice.randrange(5))}
            for id in range(1, LINKS + 1)]


def relations(things, links):
    """By what they are called, the related rows of each thing by its id;
    those that are two relations away too."""
    def linked(column):
        return {thing["id"]: [link for link in links
                              if link[column] == thing["id"]]
                for thing in things}

    def ends(column, other):
        return {id: [thing for link in some for thing in things
                     if thing["id"] == link[other]]
                for id, some in linked(column).items()}

    return {
        "links_by_thing": linked("thing"),
        "links_by_peer": linked("peer"),
        "links_by_thing.things_by_peer": ends("thing", "peer"),
        "links_by_peer.things_by_thing": ends("peer", "thing"),
    }


def literal(value):
    """The value as SQL that every engine reads alike."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, bool):
        return str(int(value))
    return str(value)


def sql(engine):
    """The script that makes the tables on an engine of engine.py."""
    lines = [SQL.format(by_bytes=BY_BYTES[engine.type])]
    for row in rows():
        values = ", ".join(map(literal, row.values()))
        lines.append(f"INSERT INTO things VALUES ({values});\n")
    for link in links():
        values = ", ".join(map(literal, link.values()))
        lines.append(f"INSERT INTO links VALUES ({values});\n")
    return "".join(lines)
