"""A database whose tables relate in every way there is.

Its script runs on every engine of engine.py. Rows are put there through weir,
so that its cache knows of them.
"""

import json

from support.desk import IGNORES_CASE, options_of

SERVICE = "library"
SMALL = "library_small"
SMALL_MAX = 2
LOCAL = {"books": [{"name": "year", "operator": ">", "value": "2000"}],
         "taggings": [{"name": "tag", "operator": "=", "value": "1"}],
         "authors": [{"name": "name", "operator": "!=", "value": "Bob"}]}
VISITOR = {"_table/books/*": "GET", "_table/authors/*": "GET",
           "_table/tags/*": "GET", "_table/readers/*": "POST"}

LATIN = {"sqlite": "COLLATE NOCASE", "mysql": "CHARACTER SET latin1"}
TABLES = """
CREATE TABLE authors (
    id {key}, name VARCHAR(40), code VARCHAR(10) {ignores_case} UNIQUE);
CREATE TABLE profiles (
    id {key}, author INTEGER UNIQUE, bio VARCHAR(40),
    FOREIGN KEY (author) REFERENCES authors (id));
CREATE TABLE books (
    id {key}, title VARCHAR(40), year INTEGER, lent BOOLEAN,
    price DECIMAL(6,2), author INTEGER, editor INTEGER,
    FOREIGN KEY (author) REFERENCES authors (id),
    FOREIGN KEY (editor) REFERENCES authors (id));
CREATE TABLE tags (id {key}, name VARCHAR(40));
CREATE TABLE taggings (
    book INTEGER NOT NULL, tag INTEGER NOT NULL, PRIMARY KEY (book, tag),
    FOREIGN KEY (book) REFERENCES books (id) ON DELETE CASCADE,
    FOREIGN KEY (tag) REFERENCES tags (id) ON DELETE CASCADE);
CREATE TABLE readers (id {key}, name VARCHAR(40));
CREATE TABLE loans (
    id {key}, book INTEGER, reader INTEGER, day VARCHAR(10),
    FOREIGN KEY (book) REFERENCES books (id),
    FOREIGN KEY (reader) REFERENCES readers (id));
CREATE TABLE staff (
    id {key}, name VARCHAR(40), boss INTEGER,
    FOREIGN KEY (boss) REFERENCES staff (id));
CREATE TABLE friends (
    a INTEGER NOT NULL, b INTEGER NOT NULL, PRIMARY KEY (a, b),
    FOREIGN KEY (a) REFERENCES staff (id),
    FOREIGN KEY (b) REFERENCES staff (id));
CREATE TABLE lands (
    code VARCHAR(10) {ignores_case} NOT NULL PRIMARY KEY, name VARCHAR(40));
CREATE TABLE cities (
    id {key}, name VARCHAR(40), land VARCHAR(10) {ignores_case},
    FOREIGN KEY (land) REFERENCES lands (code));
CREATE TABLE coins (code VARCHAR(10) {latin} NOT NULL PRIMARY KEY);
CREATE TABLE prices (
    id {key}, coin VARCHAR(10) {latin},
    FOREIGN KEY (coin) REFERENCES coins (code));
CREATE TABLE twins (
    a VARCHAR(10) {ignores_case}, b VARCHAR(10) {ignores_case},
    FOREIGN KEY (a) REFERENCES lands (code),
    FOREIGN KEY (b) REFERENCES lands (code));
CREATE TABLE rooms (
    house INTEGER NOT NULL, room VARCHAR(10) {ignores_case} NOT NULL,
    size INTEGER, PRIMARY KEY (house, room));
CREATE TABLE beds (
    id {key}, house INTEGER, room VARCHAR(10) {ignores_case},
    FOREIGN KEY (house, room) REFERENCES rooms (house, room));
CREATE VIEW titles AS SELECT id, title, author FROM books;
"""

ROWS = {
    "authors": [
        {"id": 1, "name": "Ann", "code": "A"},
        {"id": 2, "name": "Bob", "code": "B"},
        {"id": 3, "name": "Cyd", "code": None},
    ],
    "profiles": [
        {"id": 1, "author": 2, "bio": "b"},
        {"id": 2, "author": None, "bio": "nobody"},
    ],
    "books": [
        {"id": 1, "title": "one", "year": 2001, "lent": True, "price": 1.5,
         "author": 1, "editor": 2},
        {"id": 2, "title": "two", "year": 1999, "lent": False, "price": None,
         "author": 1, "editor": None},
        {"id": 3, "title": "three", "year": None, "lent": None, "price": 3,
         "author": 2, "editor": 2},
        {"id": 4, "title": "four", "year": 2001, "lent": False, "price": 4,
         "author": None, "editor": 1},
        {"id": 5, "title": "five", "year": 2005, "lent": True, "price": 5,
         "author": 1, "editor": None},
    ],
    "tags": [{"id": 1, "name": "x"}, {"id": 2, "name": "y"},
             {"id": 3, "name": "z"}],
    "taggings": [{"book": 1, "tag": 2}, {"book": 1, "tag": 1},
                 {"book": 2, "tag": 2}, {"book": 5, "tag": 1}],
    "readers": [{"id": 1, "name": "r"}, {"id": 2, "name": "s"}],
    "loans": [
        {"id": 1, "book": 1, "reader": 1, "day": "1"},
        {"id": 2, "book": 1, "reader": 1, "day": "2"},
        {"id": 3, "book": 1, "reader": 2, "day": "3"},
        {"id": 4, "book": 2, "reader": None, "day": "4"},
    ],
    "staff": [{"id": 1, "name": "top", "boss": None},
              {"id": 2, "name": "mid", "boss": 1},
              {"id": 3, "name": "low", "boss": 2},
              {"id": 4, "name": "own", "boss": 4}],
    "friends": [{"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 3, "b": 2}],
    "lands": [{"code": "abc", "name": "Abe"}, {"code": "DEF", "name": "Def"}],
    "cities": [{"id": 1, "name": "p", "land": "ABC"},
               {"id": 2, "name": "q", "land": "abc"},
               {"id": 3, "name": "r", "land": "def"},
               {"id": 4, "name": "s", "land": None}],
    "coins": [{"code": "né"}, {"code": "Zé"}],
    "prices": [{"id": 1, "coin": "Né"}, {"id": 2, "coin": "né"},
               {"id": 3, "coin": "zé"}],
    "twins": [{"a": "ABC", "b": "def"}, {"a": "abc", "b": "DEF"}],
    "rooms": [{"house": 1, "room": "a", "size": 10},
              {"house": 1, "room": "b", "size": 20},
              {"house": 2, "room": "a", "size": 30}],
    "beds": [{"id": 1, "house": 1, "room": "A"},
             {"id": 2, "house": 1, "room": "b"},
             {"id": 3, "house": 1, "room": None},
             {"id": 4, "house": 2, "room": "a"},
             {"id": 5, "house": 1, "room": "a"}],
}


def sql(engine):
    return TABLES.format(
        key=engine.key, ignores_case=IGNORES_CASE[engine.type],
        latin=LATIN[engine.type])


def row(table, id):
    """As it is filled in."""
    return next(row for row in ROWS[table] if row["id"] == id)


class Library:
    """Calls on the tables, as whoever has the key."""

    def __init__(self, client, key):
        self.client = client
        self.key = key

    def call(self, method, path, body=None, service=SERVICE, headers=None,
             **options):
        body = b"" if body is None else json.dumps(body).encode()
        named = {name.replace("__", "."): value
                 for name, value in options.items()}
        uri = f"/api/v2/{service}/_table/{path}{options_of(named)}"
        return self.client.call(
            uri, method, self.key | (headers or {}), body)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def rows(self, path, **more):
        answer = self.get(path, **more)
        assert answer.status == 200, answer
        return answer.rows

    def fill(self):
        """Puts the rows back as they were."""
        self.call("PATCH", "staff", {"resource": [{"boss": None}]},
                  filter="id > 0")
        for table in reversed(ROWS):
            answer = self.call("DELETE", table, force="true")
            assert answer.status == 200, answer
        for table, rows in ROWS.items():
            answer = self.call("POST", table, {"resource": rows})
            assert answer.status == 200, answer
