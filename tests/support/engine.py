"""The databases behind the Data API: what tests run on, on each alike.

An engine makes a database of a script that both understand (see shop.py)
and says how a service reaches it.
"""

import contextlib
import itertools
import os
import sqlite3
import subprocess
import time

NUMBER = itertools.count(1)


class SQLite:
    """Databases are files of a folder."""

    type = "sqlite"
    key = "INTEGER PRIMARY KEY"
    counting = """
        CREATE VIEW {name} AS
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL
                SELECT i + 1 FROM n WHERE i < {steps})
            SELECT max(i) AS id, 'counted' AS name FROM n;
        """

    def __init__(self, folder):
        self.folder = str(folder)
        self.path = None

    def create(self, name, sql):
        """Makes a database, in place of an earlier one; the config of a
        service on it."""
        self.path = os.path.join(self.folder, name + ".sqlite")
        for suffix in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self.path + suffix)
        self.run("PRAGMA journal_mode = WAL;" + sql)
        return {"database": self.path}

    def again(self):
        """The config of one more service on the database made last."""
        return {"database": self.path}

    def run(self, sql):
        """Statements in the database made last, past weir."""
        with sqlite3.connect(self.path) as db:
            db.executescript(sql)
        db.close()

    @contextlib.contextmanager
    def held(self, table, condition):
        """Someone else is about to write these rows."""
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute(f"SELECT * FROM {table} WHERE {condition}").fetchall()
            yield

    @contextlib.contextmanager
    def changing(self, sql):
        """Someone else changes rows; the function given commits it, once
        who waits for that does."""
        with contextlib.closing(sqlite3.connect(self.path)) as db:
            db.execute("BEGIN IMMEDIATE")
            db.execute(sql)

            def commit():
                time.sleep(0.1)  # nobody can say who waits
                db.commit()
            yield commit

    def ask(self, sql, *values):
        """One row of the database made last, past weir."""
        with sqlite3.connect(self.path) as db:
            row = db.execute(sql, values).fetchone()
        db.close()
        return row

    def steps_in_a_second(self):
        """How far it counts in a second on this machine."""
        steps = 200_000
        with sqlite3.connect(":memory:") as db:
            db.executescript(self.counting.format(name="slow", steps=steps))
            began = time.perf_counter()
            db.execute("SELECT * FROM slow").fetchall()
            took = time.perf_counter() - began
        db.close()
        return int(steps / took)


class MySQL:
    """Databases of a running MariaDB; each has a name of its own."""

    type = "mysql"
    key = "INTEGER PRIMARY KEY AUTO_INCREMENT"
    counting = """
        CREATE VIEW {name} AS
            SELECT sum(seq % 7) AS id, 'counted' AS name
            FROM seq_1_to_{steps};
        """
    dialect = """
        SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES';
        """

    def __init__(self, server):
        self.server = server
        self.database = None

    def create(self, name, sql):
        """Makes a database; the config of a service on it."""
        self.database = f"{name}_{next(NUMBER)}"
        self.server.create_database(self.database)
        self.run(sql)
        return self.config(self.database)

    def config(self, database):
        return {"host": "127.0.0.1", "port": self.server.port,
                "username": self.server.user,
                "password": self.server.password, "database": database}

    def again(self):
        """The config of one more service on the database made last."""
        return self.config(self.database)

    def run(self, sql):
        """Statements in the database made last, past weir."""
        self.server.sql(self.dialect + sql, self.database)

    @contextlib.contextmanager
    def held(self, table, condition):
        """Someone else is about to write these rows."""
        with self.client(f"BEGIN; SELECT * FROM {table} WHERE {condition} "
                         "FOR UPDATE;\n"):
            yield

    @contextlib.contextmanager
    def changing(self, sql):
        """Someone else changes rows; the function given commits it, once
        who waits for that does."""
        with self.client(f"BEGIN; {sql}; SELECT 1;\n") as say:
            def commit():
                self.wait_for_waiter()
                say("COMMIT; SELECT 1;\n")
            yield commit

    @contextlib.contextmanager
    def client(self, sql):
        """A client that has said that, and been answered; says more."""
        words = ["mariadb", "--no-defaults", "--user=root", "--unbuffered",
                 "--batch", "--skip-column-names",
                 "--socket=" + self.server.socket,
                 "--database=" + self.database]
        with subprocess.Popen(words, stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.PIPE) as client:
            def say(sql):
                client.stdin.write(sql)
                client.stdin.flush()
                assert client.stdout.readline()
            say(sql)
            yield say
            client.kill()

    def wait_for_waiter(self, seconds=10):
        """Until somebody waits for the rows of another."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.ask("SELECT count(*) FROM information_schema.innodb_trx "
                        "WHERE trx_state = 'LOCK WAIT'") == ("1",):
                return
            time.sleep(0.2)  # asked more often, InnoDB does not look
        raise AssertionError("nobody waits")

    def ask(self, sql):
        """One row, as text, of the database made last, past weir."""
        return self.server.sql(self.dialect + sql, self.database)[0]

    def steps_in_a_second(self):
        """How far it counts in a second on this machine."""
        steps = 2_000_000
        began = time.perf_counter()
        self.server.sql(f"SELECT sum(seq % 7) FROM seq_1_to_{steps}", "mysql")
        return int(steps / (time.perf_counter() - began))
