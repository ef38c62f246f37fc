"""A table small enough to say by heart which rows a filter finds."""

from support.things import BY_BYTES

SERVICE = "people"
TABLE = "/api/v2/people/_table/people"
SQL = """
CREATE TABLE people (
    id INTEGER PRIMARY KEY,
    name VARCHAR(40) {by_bytes},
    age INTEGER,
    big BIGINT,
    height DECIMAL(5,2),
    weight DOUBLE,
    member BOOLEAN,
    born DATE,
    wakes TIME,
    seen DATETIME,
    token BLOB,
    "odd, `name`" VARCHAR(40) {by_bytes},
    "not" VARCHAR(40) {by_bytes});
INSERT INTO people VALUES
    (1, 'Ann', 30, 9007199254740993, 1.70, 60.5, 1, '1994-01-05',
     '06:30:00', '2024-01-01 08:00:00', x'00ff10', 'x', 'yes'),
    (2, 'Bob', 25, 9007199254740992, 1.80, 70, 0, '1999-02-28',
     '07:00:00', '2024-01-02 09:30:00', x'61', 'y', 'no'),
    (3, 'John Smith', 40, -5, 1.75, 80.25, 1, '1984-12-31',
     '05:45:00', '2024-02-29 23:59:59', x'', '(z)', NULL),
    (4, 'O''Brien', NULL, NULL, NULL, NULL, NULL, NULL,
     NULL, NULL, NULL, NULL, NULL),
    (5, '50% off!', 30, 0, 0.05, -1, 0, '2000-02-29',
     '00:00:00', '2000-02-29 00:00:00', x'ff', 'it''s', 'no'),
    (6, NULL, 35, 6, 2.00, 0, 1, '1989-06-15',
     '23:59:59', '2024-01-01 00:00:00', NULL, '', 'maybe'),
    (7, 'a_b\\c', 70, 7, 1.55, 1e3, 0, '1954-07-07',
     '12:00:00', '2024-01-01 12:00:00', x'07', 'null', 'a and b'),
    (8, 'OR', 18, 8, 1.66, 55, 1, '2006-08-08',
     '08:08:08', '2024-08-08 08:08:08', x'0808', 'or', 'or');
"""


def sql(engine):
    """The script that makes the table on an engine of engine.py."""
    return SQL.format(by_bytes=BY_BYTES[engine.type])
