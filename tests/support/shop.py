"""The demo database of the tests: a shop, small enough to know by heart.

Its script runs on every engine of engine.py.
"""

ORDERS = 500
TEXTS = 60
ITEMS = ("bolt", "nut", "washer", "scrëw")

TABLES = """
CREATE TABLE orders (
    id {key},
    item TEXT NOT NULL,
    amount DECIMAL(10,2),
    day DATE,
    version INTEGER NOT NULL DEFAULT 0);
CREATE TABLE notes (id {key}, text TEXT);
CREATE TABLE texts (id {key}, text TEXT);
CREATE TABLE words (
    id {key}, "order" INTEGER, "limit" INTEGER,
    "fields" TEXT, "group" TEXT, "a ""b"" -- c" TEXT);
CREATE TABLE secrets (id {key}, text TEXT);
CREATE TABLE kinds (
    id {key},
    truth BOOLEAN,
    small INTEGER,
    big BIGINT,
    ratio REAL,
    price DECIMAL(12,2),
    label VARCHAR(40) UNIQUE,
    raw BLOB,
    day DATE);
CREATE VIEW totals AS
    SELECT item, count(*) AS orders FROM orders GROUP BY item;
INSERT INTO notes VALUES (1, 'first');
INSERT INTO secrets VALUES (1, 'hidden');
INSERT INTO kinds VALUES
    (1, 1, -5, 9007199254740993, 0.1, 10.00, 'a "b" \\ /é', x'00ff10',
     '2024-02-29'),
    (2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
"""

SLOW_ORDERS = """
CREATE VIEW slow_orders AS
    SELECT * FROM orders WHERE (SELECT id FROM slow) > 0;
"""


def order(id):
    """The order of that id as its row was made."""
    return {"id": id, "item": ITEMS[id % len(ITEMS)],
            "amount": id + 0.5, "day": f"2024-01-{id % 28 + 1:02}",
            "version": 0}


def text(id):
    """The text of that id: long, and of every kind of character."""
    return f'{id}: "quoted" \\ é 漢 \t' * 250


def rows_sql():
    orders = ("INSERT INTO orders VALUES "
              "({id}, '{item}', {amount}, '{day}', 0);\n"
              .format(**order(id)) for id in range(1, ORDERS + 1))
    texts = (f"INSERT INTO texts VALUES ({id}, '{text(id)}');\n"
             for id in range(1, TEXTS + 1))
    return "BEGIN;\n" + "".join(orders) + "".join(texts) + "COMMIT;\n"


def slow_views(engine):
    """Views whose query keeps a worker busy for about a second."""
    return engine.counting.format(
        name="slow", steps=engine.steps_in_a_second()) + SLOW_ORDERS


def sql(engine):
    return TABLES.format(key=engine.key) + rows_sql() + slow_views(engine)
