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
ENTRIES = """
CREATE TABLE entries (
    id {key},
    name VARCHAR(60) NOT NULL,
    amount DECIMAL(10, 2) NOT NULL,
    note TEXT
);
"""
TABLES = {
    "country": """
CREATE TABLE country (
    code CHAR(2) PRIMARY KEY,
    alpha_3 CHAR(3) NOT NULL,
    numeric_code CHAR(3) NOT NULL,
    name VARCHAR(100) NOT NULL,
    official_name VARCHAR(200),
    flag VARCHAR(8) NOT NULL
);
""",
    "orders": """
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
    note TEXT,
    FOREIGN KEY (country_code) REFERENCES country (code)
);
""",
}


def missing(responder):
    """Why there can be no rows for MariaDB, or None."""
    if not os.path.exists(responder):
        return "weir is built without the driver \"mysql\""
    if not shutil.which("mariadbd"):
        return "there is no mariadbd (apt install mariadb-server)"
    return None


def literal(value):
    """The demo data holds no backslashes."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def table_sql(source, name):
    """Statements that make a table of a SQLite database."""
    parts = [TABLES[name], "BEGIN;"]
    rows = source.execute(f"SELECT * FROM {name} ORDER BY 1")
    while some := list(itertools.islice(rows, ROWS_A_STATEMENT)):
        tuples = (f"({','.join(map(literal, row))})" for row in some)
        parts.append(f"INSERT INTO {name} VALUES {','.join(tuples)};")
    return "\n".join(parts + ["COMMIT;", f"ANALYZE TABLE {name};"])


def copy_sql(path):
    """The same for all tables of a SQLite database, and one to write to."""
    source = sqlite3.connect(path)
    parts = [table_sql(source, name) for name in TABLES]
    source.close()
    return "\n".join(parts) + ENTRIES.format(
        key="INTEGER PRIMARY KEY AUTO_INCREMENT")


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
