"""Lookups (dreamfactory.md 3.4): in row filters and in configs of services."""

import json
import os
import subprocess
import urllib.parse

import pytest

from support import accounts
from support.accounts import Person, enter
from support.process import wait_until
from support.weir import PROGRAM, Installation, environment, run

ENGINES = ("sqlite", "mysql")

NOTES = """
CREATE TABLE notes (
    id {key}, region VARCHAR(20), owner INTEGER, text VARCHAR(40));
INSERT INTO notes (id, region, owner, text) VALUES
    (1, 'north', 1, 'a'), (2, 'south', 2, 'b'), (3, 'NORTH!', 1, 'c'),
    (4, '%', 3, 'd'), (5, 'a,b', 3, 'e'), (6, 'a', 3, 'f'), (7, 'b', 3, 'g'),
    (8, NULL, NULL, 'h');
"""

SECRET = "hush-hush-hush"


def on(name, operator, value):
    return json.dumps([{"name": name, "operator": operator, "value": value}])


class Notes:
    """A service of notes, and apps with roles that see some of them."""

    def __init__(self, folder, engine):
        self.site = Installation(folder, **accounts.SETTINGS)
        self.site.engine = engine
        self.site.add_service(
            "rows", engine.type, cache_enabled=True, cache_ttl=300,
            **engine.create("lookups",
                            NOTES.format(key=engine.key)))
        self.keys = {}

    def role(self, name, *words, filters=None, verbs="GET"):
        self.site.add_role(name)
        more = ["--filters", filters] if filters else []
        self.site.weir("role", "grant", name, "--service", "rows",
                       "--component", "_table/*", "--verbs", verbs, *more,
                       *words)
        self.keys[name] = self.site.add_key(name, name)

    def app(self, name, role):
        self.keys[name] = self.site.add_key(name, role)

    def lookup(self, name, value, *words):
        self.site.weir("lookup", "add", name, "--value", value, *words)

    def count(self, condition):
        return int(self.site.ask(
            f"SELECT COUNT(*) FROM notes WHERE {condition}")[0])


class Calls:
    """A running server, and calls as any app."""

    def __init__(self, notes, name):
        self.keys = notes.keys
        self.server = notes.site.serve(name)
        self.client = self.server.connect()

    def call(self, app, method="GET", path="notes", body=b"", **options):
        query = "?" + urllib.parse.urlencode(options) if options else ""
        return self.client.call(
            f"/api/v2/rows/_table/{path}{query}", method,
            {"X-DreamFactory-API-Key": self.keys[app]}, body)

    def ids(self, app):
        """Of the notes it sees; the status when it sees none for sure."""
        answer = self.call(app, fields="id")
        if answer.status != 200:
            return answer.status
        return [note["id"] for note in answer.json["resource"]]

    def stop(self):
        self.client.close()
        self.server.stop()


@pytest.fixture
def notes(engine, tmp_path):
    return Notes(tmp_path, engine)


@pytest.fixture
def serve(notes):
    running = []

    def serve(name="weir"):
        running.append(Calls(notes, name))
        return running[-1]

    yield serve
    for calls in running:
        calls.stop()


def test_a_lookup_is_the_nearest_one_of_its_name(notes, serve):
    notes.role("reader", filters=on("region", "=", "{region}"))
    notes.app("desk", "reader")
    calls = serve()
    assert calls.ids("reader") == 401
    notes.lookup("region", "north")
    assert wait_until(lambda: calls.ids("reader") == [1])
    assert calls.ids("desk") == [1]
    notes.lookup("region", "south", "--app", "desk")
    assert wait_until(lambda: calls.ids("desk") == [2])
    assert calls.ids("reader") == [1]
    notes.lookup("region", "a", "--role", "reader")
    assert wait_until(lambda: calls.ids("desk") == [6])
    assert calls.ids("reader") == [6]
    notes.site.weir("lookup", "set", "region", "--role", "reader",
                    "--value", "b")
    assert wait_until(lambda: calls.ids("reader") == [7])
    notes.site.weir("lookup", "remove", "region", "--role", "reader")
    assert wait_until(lambda: calls.ids("desk") == [2])
    assert calls.ids("reader") == [1]


def test_cached_answers_are_shared_by_those_who_look_up_the_same(
        notes, serve):
    notes.role("reader", filters=on("region", "=", "{region}"))
    for app, region in (("one", "north"), ("two", "north"), ("six", "a")):
        notes.app(app, "reader")
        notes.lookup("region", region, "--app", app)
    calls = serve()
    first = calls.call("one")
    assert "hit" not in first.headers["cache-status"]
    assert "hit" in calls.call("one").headers["cache-status"]
    second = calls.call("two")
    assert "hit" in second.headers["cache-status"]
    assert second.body == first.body
    third = calls.call("six")
    assert "hit" not in third.headers["cache-status"]
    assert [note["id"] for note in third.json["resource"]] == [6]
    assert "hit" in calls.call("six").headers["cache-status"]
    assert "hit" in calls.call("one").headers["cache-status"]


@pytest.mark.parametrize("filters, expected", [
    (on("region", "=", "{app.name}"), [1]),
    (on("region", "=", "{strtoupper(app.name)}!"), [3]),
    (on("region", "=", "{role.name}"), []),
    (on("region", "in", "{list}"), [6, 7]),
    (on("region", "in", "[{list}]"), []),
    (on("region", "in", ["{list}"]), [5]),
    (on("region", "like", "{all}"), [4]),
    (on("region", "contains", "{all}"), [4]),
    (on("region", "=", "{null}"), []),
    (on("owner", "=", "{one}"), [1, 3]),
    (on("owner", "=", "{list}"), 403),
    (on("region", "=", "{nix}"), 401),
    (on("region", "!=", "{nix}"), 401),
    (on("region", "=", "{hidden}"), 401),
    (on("region", "=", "{user.id}"), 401),
    (on("region", "=", "{app.api_key}"), 401),
    (on("region", "=", "{session.token}"), 401),
    (on("region", "=", "{system(app.name)}"), 401),
    (on("{column}", "=", "north"), 403),
])
def test_what_a_filter_with_lookups_opens(notes, serve, filters, expected):
    notes.role("rolename", filters=filters)
    notes.app("north", "rolename")
    for name, value in (("list", "a,b"), ("all", "%"), ("null", "null"),
                        ("one", "1"), ("column", "region")):
        notes.lookup(name, value)
    notes.lookup("hidden", "north", "--private")
    calls = serve()
    assert calls.ids("north") == expected


def test_what_is_written_stays_within_the_filter(notes, serve):
    notes.role("writer", filters=on("region", "=", "{region}"), verbs="all")
    notes.lookup("region", "south")
    calls = serve()
    good = calls.call("writer", "POST", body=json.dumps(
        {"resource": [{"region": "south", "text": "new"}]}).encode())
    assert good.status == 200, good.body
    bad = calls.call("writer", "POST", body=json.dumps(
        {"resource": [{"region": "north", "text": "new"}]}).encode())
    assert bad.status in (400, 401, 403), bad.body
    assert calls.call("writer", "DELETE", "notes/1").status == 404
    assert notes.count("region = 'north' AND text = 'new'") == 0
    notes.site.weir("lookup", "remove", "region")
    assert wait_until(lambda: calls.ids("writer") == 401)
    assert calls.call("writer", "DELETE", "notes/2").status == 401
    assert notes.count("1 = 1") == 9


# -- users -------------------------------------------------------------------

NOTES_OF = "rows/_table/notes?fields=id"
CACHED = "rows/_table/notes"


def log_in(notes, calls, email, app):
    return enter(calls.client, email, key=notes.keys[app])


def seen_by(person):
    """The ids of what it sees; the status when it sees none for sure."""
    answer = person.get(NOTES_OF)
    if answer.status != 200:
        return answer.status
    return [note["id"] for note in answer.rows]


def post(person, **note):
    return person.call("POST", "rows/_table/notes", {"resource": [note]})


def test_users_share_a_role_and_no_rows(notes, serve):
    """Nor cached answers, which one of them has read before."""
    notes.role("mine", filters=on("owner", "=", "{user.id}"), verbs="all")
    numbers = {email: accounts.add(notes.site, email)
               for email in ("ann@x.org", "bob@x.org")}
    notes.role("boss", verbs="all")
    calls = serve()
    assert calls.call("boss", "PATCH", body=b'{"owner":99}',
                      filter="id>0").status == 200
    people = {email: log_in(notes, calls, email, "mine")
              for email in numbers}
    for email, person in people.items():
        for other, number in numbers.items():
            answer = post(person, owner=number, text=email)
            assert answer.status == (200 if other == email else 403), answer
    for email, person in people.items():
        for _ in range(3):
            rows = person.get(CACHED).rows
            assert [row["text"] for row in rows] == [email]
        assert "hit" in person.get(CACHED).headers["cache-status"]
    ann, bob = people.values()
    hidden = seen_by(bob)[0]
    for method in ("GET", "DELETE"):
        assert ann.call(method, f"rows/_table/notes/{hidden}").status == 404
    assert ann.call("PATCH", f"rows/_table/notes/{hidden}",
                    {"text": "x"}).status == 404
    assert ann.call("PATCH", f"rows/_table/notes/{seen_by(ann)[0]}",
                    {"owner": numbers["bob@x.org"]}).status == 403
    assert ann.call("DELETE", "rows/_table/notes?force=true").status == 200
    assert (seen_by(ann), seen_by(bob)) == ([], [hidden])
    assert calls.ids("mine") == 401


@pytest.mark.parametrize("expression, value", [
    ("{user.email}", "ann@x.org"),
    ("{strtoupper(user.email)}", "ANN@X.ORG"),
    ("{user.username}", "anna"),
    ("{user.name}", "Ann Bell"),
    ("{user.first_name}", "Ann"),
    ("{user.last_name}", "Bell"),
    ("{user.phone}", "+1 2"),
    ("{app.name}/{user.username}/{role.name}", "named/anna/named"),
])
def test_what_a_filter_knows_of_a_user(notes, serve, expression, value):
    notes.role("named", filters=on("text", "=", expression), verbs="all")
    accounts.add(notes.site, "ann@x.org", username="anna", name="Ann Bell",
                 first_name="Ann", last_name="Bell", phone="+1 2")
    ann = log_in(notes, serve(), "ann@x.org", "named")
    assert seen_by(ann) == []
    assert post(ann, text="other").status == 403
    assert post(ann, text=value).status == 200
    assert [row["text"] for row in ann.get(CACHED).rows] == [value]


@pytest.mark.parametrize("expression", [
    "{nix}", "{user.phone}", "{user.password}", "{user.security_answer}",
    "{user.is_sys_admin}", "{session.token}", "{hidden}"])
def test_what_a_filter_cannot_know_of_a_user(notes, serve, expression):
    notes.role("blind", filters=on("text", "!=", expression), verbs="all")
    accounts.add(notes.site, "ann@x.org")
    notes.lookup("hidden", "x", "--private", "--user", "ann@x.org")
    calls = serve()
    ann = log_in(notes, calls, "ann@x.org", "blind")
    for _ in range(2):  # as one who is not known yet, and as one who is
        assert seen_by(ann) == 403
        answer = post(ann, text="x")
        assert answer.status == 403
        assert "row filters" in answer.error["message"]
    assert calls.ids("blind") == 401


def test_the_lookup_of_a_user_is_the_nearest(notes, serve):
    """And a change of it counts at once, for every process."""
    notes.role("reader", filters=on("region", "=", "{region}"))
    for email in ("ann@x.org", "bob@x.org"):
        accounts.add(notes.site, email)
    notes.lookup("region", "north")
    notes.lookup("region", "a", "--role", "reader")
    both = [serve("first"), serve("second")]
    token = log_in(notes, both[0], "ann@x.org", "reader").token
    anns = [Person(calls.client, token, notes.keys["reader"])
            for calls in both]
    bob = log_in(notes, both[0], "bob@x.org", "reader")

    def everybody_sees(ids):
        assert [seen_by(ann) for ann in anns] == [ids, ids]
        assert [seen_by(ann) for ann in anns] == [ids, ids]
        assert seen_by(bob) == [6]

    everybody_sees([6])
    notes.lookup("region", "south", "--user", "ann@x.org")
    everybody_sees([2])
    notes.site.weir("lookup", "set", "region", "--user", "ann@x.org",
                    "--value", "b")
    everybody_sees([7])
    notes.site.weir("lookup", "remove", "region", "--user", "ann@x.org")
    everybody_sees([6])


def test_what_a_user_changes_of_itself_counts_at_once(notes, serve):
    notes.role("named", filters=on("region", "=", "{user.first_name}"))
    accounts.add(notes.site, "ann@x.org", first_name="north")
    ann = log_in(notes, serve(), "ann@x.org", "named")
    for name, ids in (("north", [1]), ("south", [2]), ("%", [4]),
                      ("' OR 1=1", [])):
        assert ann.call("PATCH", "user/profile",
                        {"first_name": name}).status == 200
        assert [seen_by(ann) for _ in range(2)] == [ids, ids]


@pytest.mark.parametrize("filters", [
    on("region", "in", "{user.first_name}"),
    on("region", "in", "({user.first_name})"),
    on("region", "in", "('nix',{user.first_name})"),
    on("region", "in", "{trim(user.first_name)}"),
    on("region", "in", ["{user.first_name}"])])
def test_what_users_call_themselves_is_one_element_of_a_list(
        notes, serve, filters):
    notes.role("named", filters=filters)
    accounts.add(notes.site, "ann@x.org", first_name="a")
    ann = log_in(notes, serve(), "ann@x.org", "named")
    for name, ids in (("a", [6]), ("a,b", [5]), ("'a','b'", []),
                      ("a) or (1=1", []), ("null", [])):
        assert ann.call("PATCH", "user/profile",
                        {"first_name": name}).status == 200
        assert seen_by(ann) == ids


# -- configs of services -----------------------------------------------------

def test_a_config_follows_the_lookups_it_names(notes, serve, engine):
    site = notes.site
    other = engine.create("other", "CREATE TABLE notes (id {key});"
                          "INSERT INTO notes (id) VALUES (77);".format(
                              key=engine.key))
    config = {"cache_enabled": True, "cache_ttl": 300} | other
    names = {"database": config["database"]}
    if "password" in config:
        names["password"] = config["password"]
    for name in names:
        private = ["--private"] if name == "password" else []
        notes.lookup("my_" + name, names[name], *private)
        config[name] = "{my_" + name + "}"
    site.add_service("looks", engine.type, **config)
    site.add_role("all")
    site.grant("all", "looks", "*", "all")
    notes.keys["all"] = site.add_key("all", "all")
    calls = serve()

    def seen():
        answer = calls.client.call(
            "/api/v2/looks/_table/notes?fields=id", "GET",
            {"X-DreamFactory-API-Key": calls.keys["all"]})
        if answer.status != 200:
            return answer.status
        return [note["id"] for note in answer.json["resource"]]

    assert wait_until(lambda: seen() == [77])
    assert seen() == [77]
    rows = engine.create("lookups2", NOTES.format(key=engine.key))
    site.weir("lookup", "set", "my_database", "--value", rows["database"])
    assert wait_until(lambda: seen() == [1, 2, 3, 4, 5, 6, 7, 8])
    site.weir("lookup", "set", "my_database", "--name", "other")
    assert wait_until(lambda: seen() == 503)
    listed, = [service for service in site.listed("service")
               if service["name"] == "looks"]
    assert listed["config"]["database"] == "{my_database}"


def test_a_private_lookup_is_no_part_of_what_logs_and_errors_show(notes):
    site = notes.site
    notes.lookup("hush", "hushhush77", "--private")
    site.add_service("hushed", "sqlite", database="/x/{hush}.sqlite")
    site.add_service("hushed2", "cache_redis",
                     host="{hush}.invalid")
    status, out, err = run("check", "--env", site.env_file)
    site.weir("service", "remove", "hushed")
    site.weir("service", "remove", "hushed2")
    assert status == 1
    assert "hushhush77" not in out + err + site.read("weir.log")
    for member in ("hushed (sqlite): database", "(cache_redis): host"):
        assert f'{member}: the lookup "hush" is private' in out


# -- commands ----------------------------------------------------------------

@pytest.fixture
def site(tmp_path, system):
    site = Installation(tmp_path, ARGON_MEMORY="8192", ARGON_TIME="1",
                        **system)
    site.add_role("reader")
    site.weir("user", "add", "a@x.org", "--username", "ann")
    return site


def test_lookups_are_listed_as_they_were_added(site):
    added = json.loads(site.weir(
        "lookup", "add", "region", "--value", "north", "--description",
        "where", "--role", "reader", "--json"))
    assert added == {
        "id": added["id"], "name": "region", "value": "north",
        "private": False, "description": "where", "scope": "role",
        "owner": "reader"}
    assert site.listed("lookup") == [added]
    site.weir("lookup", "add", "region", "--value", "s", "--user", "ann")
    site.weir("lookup", "add", "region", "--value", "s", "--app", "admin")
    site.weir("lookup", "add", "region", "--value", "s")
    assert [(row["scope"], row["owner"]) for row in site.listed("lookup")
            ] == [("system", None), ("app", "admin"), ("role", "reader"),
                  ("user", "a@x.org")]
    lines = site.weir("lookup", "list").splitlines()
    assert lines[0].split() == ["NAME", "VALUE", "PRIVATE", "SCOPE", "OWNER",
                                "DESCRIPTION"]
    assert lines[3].split() == ["region", "north", "no", "role", "reader",
                                "where"]
    site.weir("user", "remove", "ann")
    assert len(site.listed("lookup")) == 3


def test_a_private_value_is_never_shown_or_stored_in_clear(site):
    done = subprocess.run(
        [PROGRAM, "lookup", "add", "pass", "--value-file", "-", "--private",
         "--json", "--env", site.env_file], input=SECRET + "\n",
        env=environment(), capture_output=True, text=True, check=True)
    told = done.stdout + done.stderr + site.weir("lookup", "list")
    told += site.weir("lookup", "list", "--json")
    told += site.weir("audit", "list")
    site.weir("lookup", "set", "pass", "--description", "d")
    told += site.weir("audit", "list")
    assert SECRET not in told
    assert "**********" in told
    for name in os.listdir(site.folder):
        if name.startswith("system"):
            with open(site.path(name), "rb") as file:
                assert SECRET.encode() not in file.read()


@pytest.mark.parametrize("words, status, why", [
    (["add", "a", "--value", "x"], 1, "already"),
    (["add", "b"], 2, "--value"),
    (["add", "user.id", "--value", "x"], 1, "built in"),
    (["add", "a b", "--value", "x"], 1, "letters"),
    (["add", "b", "--value", "x", "--role", "nix"], 1, "weir role list"),
    (["add", "b", "--value", "x", "--app", "nix"], 1, "weir app list"),
    (["add", "b", "--value", "x", "--user", "nix"], 1, "nix"),
    (["add", "b", "--value", "x", "--app", "admin", "--role", "reader"], 2,
     "one is expected"),
    (["add", "b", "--value-file", "/nix"], 1, "No such file"),
    (["set", "nix", "--value", "x"], 1, "weir lookup list"),
    (["set", "a", "--role", "reader", "--value", "x"], 1,
     "weir lookup list"),
    (["set", "a", "--private", "perhaps"], 1, "yes or no"),
    (["remove", "nix"], 1, "weir lookup list"),
])
def test_what_is_wrong_is_refused_with_the_cause(site, words, status, why):
    site.weir("lookup", "add", "a", "--value", "x")
    before = site.listed("lookup")
    got, _, err = run("lookup", *words, "--env", site.env_file)
    assert got == status
    assert why in err
    assert site.listed("lookup") == before
