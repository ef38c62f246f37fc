"""A database of procedures and functions, for tests of calls (MariaDB)."""

import json
import urllib.parse

SERVICE = "calls"
READ_ONLY = "calls_read_only"
SMALL = "calls_small"
SMALL_MAX = 3
TOLD = "calls_told"
WRITES = "WRITE_NOTE=notes, halfway=notes strict_notes, quiet=, write_one=gone"
SERVICES = {SERVICE: {}, READ_ONLY: {"read_only": True},
            SMALL: {"max_records": SMALL_MAX},
            TOLD: {"cache_tables_by_routine": WRITES}}

TABLES = """
CREATE TABLE notes (id INTEGER PRIMARY KEY, note VARCHAR(40));
INSERT INTO notes VALUES (1, 'one'), (2, 'two'), (3, 'three'), (4, 'four');
CREATE TABLE strict_notes (id INTEGER PRIMARY KEY);
CREATE VIEW shown_notes AS SELECT id, note FROM notes;
"""

# Each with its own terminator, since bodies hold semicolons.
ROUTINES = """
CREATE PROCEDURE quiet() COMMENT 'says nothing' BEGIN END
CREATE PROCEDURE notes_from(IN first INT, most INT)
    SELECT id, note FROM notes WHERE id >= first ORDER BY id LIMIT most
CREATE PROCEDURE two_sets() BEGIN
    SELECT 1 AS a, 'x' AS b;
    SELECT 'y' AS c UNION ALL SELECT 'z'; END
CREATE PROCEDURE first_is_empty() BEGIN
    SELECT 1 AS a FROM notes WHERE id < 0; SELECT 2 AS b; END
CREATE PROCEDURE one_empty() SELECT 1 AS a FROM notes WHERE id < 0
CREATE PROCEDURE sum_up(IN a INT, OUT total DECIMAL(10,2), INOUT seen INT)
    BEGIN SET total = a * 1.5; SET seen = seen + 1; END
CREATE PROCEDURE rows_and_outs(IN a INT, OUT b VARCHAR(20), INOUT c INT) BEGIN
    SELECT id, note FROM notes WHERE id <= a; SET b = 'out'; SET c = c * 2; END
CREATE PROCEDURE empty_and_out(OUT b INT) BEGIN
    SELECT 1 AS a FROM notes WHERE id < 0; SET b = 5; END
CREATE PROCEDURE clashes(OUT resource INT) SET resource = 1
CREATE PROCEDURE doubled() SELECT 1 AS a, 2 AS b, 3 AS a
CREATE PROCEDURE odd_names(IN `fields` INT, `wi th``"(` INT)
    SELECT `fields` AS f, `wi th``"(` AS "w""x"
CREATE PROCEDURE write_note(IN new_id INT, IN text_of VARCHAR(40))
    REPLACE INTO notes VALUES (new_id, text_of)
CREATE PROCEDURE claims_to_read(IN new_id INT, IN text_of VARCHAR(40))
    READS SQL DATA REPLACE INTO notes VALUES (new_id, text_of)
CREATE PROCEDURE halfway(IN n INT) BEGIN
    REPLACE INTO notes VALUES (n, 'half'); INSERT INTO strict_notes VALUES
    (7), (7); END
CREATE PROCEDURE refuses(IN why VARCHAR(60)) BEGIN
    REPLACE INTO notes VALUES (50, why);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = why; END
CREATE PROCEDURE fails_late() BEGIN
    SELECT 1 AS a; SELECT * FROM nowhere; END
CREATE PROCEDURE many(IN n INT)
    SELECT seq AS id FROM seq_1_to_100 LIMIT n
CREATE PROCEDURE many_and_writes(IN n INT, IN new_id INT) BEGIN
    SELECT seq AS id FROM seq_1_to_100 LIMIT n;
    REPLACE INTO notes VALUES (new_id, 'behind'); END
CREATE PROCEDURE endless_sets() BEGIN
    DECLARE i INT DEFAULT 0;
    WHILE i < 1001 DO SELECT i AS i; SET i = i + 1; END WHILE; END
CREATE PROCEDURE sleeps(IN s INT) BEGIN
    DO SLEEP(s); REPLACE INTO notes VALUES (60, 'slept'); END
CREATE PROCEDURE leaves_open(IN n INT) BEGIN
    SET autocommit = 0; START TRANSACTION;
    REPLACE INTO notes VALUES (n, 'open'); END
CREATE PROCEDURE messes() BEGIN
    SET @left = 'behind'; SET sql_mode = ''; SET SESSION time_zone = '+05:00';
    SET NAMES latin1; CREATE TEMPORARY TABLE notes (z INT); END
CREATE PROCEDURE looks() SELECT @left AS l, @@sql_mode AS m,
    @@time_zone AS t, @@character_set_client AS c
CREATE FUNCTION twice(n INT) RETURNS INT DETERMINISTIC RETURN n * 2
CREATE FUNCTION greet(name VARCHAR(20) CHARSET utf8mb4)
    RETURNS VARCHAR(40) CHARSET utf8mb4 DETERMINISTIC
    RETURN CONCAT('hi ', name)
CREATE FUNCTION abs(n INT) RETURNS VARCHAR(20) DETERMINISTIC RETURN 'ours'
CREATE FUNCTION nothing() RETURNS INT DETERMINISTIC RETURN NULL
CREATE FUNCTION note_of(n INT) RETURNS VARCHAR(40) CHARSET utf8mb4
    READS SQL DATA RETURN (SELECT note FROM notes WHERE id = n)
CREATE FUNCTION write_one(n INT) RETURNS INT BEGIN
    REPLACE INTO notes VALUES (n, 'by function'); RETURN n; END
CREATE FUNCTION bits(n BIT(9)) RETURNS BIT(9) DETERMINISTIC RETURN n
CREATE FUNCTION refuse(n INT) RETURNS INT BEGIN
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not that'; RETURN 1; END
"""

# A procedure that hands values of one type through, for each.
TYPES = {
    "tinyint": "TINYINT", "smallint": "SMALLINT", "mediumint": "MEDIUMINT",
    "int": "INT", "uint": "INT UNSIGNED", "bigint": "BIGINT",
    "ubigint": "BIGINT UNSIGNED", "bool": "BOOLEAN", "bit1": "BIT(1)",
    "bit9": "BIT(9)", "bit64": "BIT(64)", "decimal": "DECIMAL(20,5)", "float": "FLOAT",
    "double": "DOUBLE", "char": "CHAR(5)", "varchar": "VARCHAR(20)",
    "text": "TEXT", "longtext": "LONGTEXT", "json": "JSON",
    "enum": "ENUM('a','b')", "set": "SET('a','b','c')", "date": "DATE",
    "time": "TIME(3)", "datetime": "DATETIME(6)", "timestamp": "TIMESTAMP",
    "year": "YEAR", "binary": "BINARY(3)", "varbinary": "VARBINARY(20)",
    "blob": "BLOB",
}


def through(name):
    """IN to OUT, and INOUT as it comes."""
    kind = TYPES[name]
    return (f"CREATE PROCEDURE through_{name}(IN i {kind}, OUT o {kind}, "
            f"INOUT io {kind}) SET o = i")


def statements(text):
    """The CREATEs of a text, of which each begins a line."""
    made = []
    for line in text.strip().splitlines():
        if line.startswith("CREATE"):
            made.append(line)
        else:
            made[-1] += "\n" + line
    return made


def sql():
    made = statements(ROUTINES) + [through(name) for name in TYPES]
    return (TABLES + "DELIMITER //\n" +
            "".join(statement + "\n//\n" for statement in made))


class Routines:
    """Calls of routines as the role of that key."""

    def __init__(self, client, key):
        self.client = client
        self.key = key

    def ask(self, path, method="GET", body=None, headers=None,
            service=SERVICE, **query):
        text = urllib.parse.urlencode(query)
        body = b"" if body is None else json.dumps(body).encode()
        return self.client.call(
            f"/api/v2/{service}/{path}" + ("?" + text if text else ""),
            method, self.key | (headers or {}), body)

    def call(self, name, params=None, kind="_proc", **more):
        """By POST, with these params in the body."""
        body = dict(more.pop("options", {}))
        if params is not None:
            body["params"] = params
        return self.ask(f"{kind}/{name}", "POST", body, **more)

    def answer(self, name, params=None, **more):
        """What a call that succeeds answers."""
        answer = self.call(name, params, **more)
        assert answer.status == 200, answer
        return answer.json
