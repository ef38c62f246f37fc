"""The orders of the demo database in a MariaDB of the benchmark's own."""

import itertools
import os
import shutil
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))

from support.mariadb import MariaDB  # noqa: E402

DATABASE = "demo"
ROWS_A_STATEMENT = 1000
TABLE = """
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    customer VARCHAR(60) NOT NULL,
    country_code CHAR(2) NOT NULL,
    currency_code CHAR(3) NOT NULL,
    language_code CHAR(3) NOT NULL,
    status VARCHAR(10) NOT NULL,
    amount DECIMAL(10, 2) NOT NULL,
    paid BOOLEAN NOT NULL,
    ordered_on DATE NOT NULL,
    note TEXT
);
BEGIN;
"""


def missing(responder):
    """Why there can be no rows for MariaDB, or None."""
    if not os.path.exists(responder):
        return "weir is built without the driver \"mysql\""
    if not shutil.which("mariadbd"):
        return "there is no mariadbd (apt install mariadb-server)"
    return None


def literal(value):
    """The demo data holds neither quotes nor backslashes."""
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else repr(value)


def copy_sql(path):
    """Statements that make the orders table of a SQLite database."""
    parts = [TABLE]
    source = sqlite3.connect(path)
    rows = source.execute("SELECT * FROM orders ORDER BY id")
    while some := list(itertools.islice(rows, ROWS_A_STATEMENT)):
        tuples = (f"({','.join(map(literal, row))})" for row in some)
        parts.append(f"INSERT INTO orders VALUES {','.join(tuples)};")
    source.close()
    return "\n".join(parts) + "COMMIT; ANALYZE TABLE orders;"


def start(path):
    """A server with the orders of a SQLite database; stop() ends it."""
    server = MariaDB()
    try:
        server.create_database(DATABASE, copy_sql(path))
    except BaseException:
        server.stop()
        raise
    return server


def config(server):
    """How a service reaches it."""
    return {"host": "127.0.0.1", "port": server.port, "database": DATABASE,
            "username": server.user, "password": server.password}


def words(server):
    """The same for the minimal responder's command line."""
    return [str(server.port), server.user, server.password, DATABASE]
