"""Who shares cached answers: only callers whose rights are the same."""

import itertools
import json

import pytest

from support import accounts
from support.accounts import Person, enter

ENGINES = ("sqlite", "mysql")
SETTINGS = accounts.SETTINGS

TABLES = """
CREATE TABLE notes (id {key}, owner INTEGER, text VARCHAR(20));
CREATE TABLE plain (id {key}, v INTEGER);
"""

REQUESTS = [
    "notes", "notes/1", "notes/2", "notes/3", "notes/99", "notes?ids=1,3",
    "notes?fields=id", "notes?fields=text,id", "notes?limit=1",
    "notes?limit=1&offset=1", "notes?order=id%20desc",
    "notes?filter=id%3E1", "notes?filter=text%20is%20not%20null",
    "notes?include_count=true", "notes?count_only=true",
    "notes?as_list=true", "notes?wrap=false", "plain?fields=v",
    "plain", "plain/1",
]


def own(owner):
    return [{"name": "owner", "operator": "=", "value": owner}]


# The rows of each role, in some order, which is none of its rights.
ROLES = {
    "all": [("_table/notes/*", None), ("_table/plain/*", None)],
    "twin": [("_table/plain/*", None), ("_table/notes/*", None)],
    "one": [("_table/notes/*", own(1)), ("_table/plain/*", None)],
    "like": [("_table/notes/*", own(1)), ("_table/plain/*", None)],
    "mine": [("_table/notes/*", own("{user.id}")), ("_table/plain/*", None)],
}

USERS = {"ann": 1, "bob": 2}


def rights(who):
    """What the model says of a caller: its rows with what they look up."""
    rows = ROLES["mine" if who in USERS else who]
    value = f"user {USERS[who]}" if who in USERS else ""
    return sorted(json.dumps(row) for row in rows), value


@pytest.fixture(name="scopes", scope="module")
def six_callers_and_the_owner(site, engine):
    config = engine.create("scopes", TABLES.format(key=engine.key))
    site.add_service("rows", engine.type, cache_enabled=True, cache_ttl=300,
                     **config)
    site.add_service("bare", engine.type, **config)
    site.grant("owner", "rows", "*", "all")
    for role, rows in ROLES.items():
        site.add_role(role)
        for service, (part, filters) in itertools.product(
                ("rows", "bare"), rows):
            site.grant(role, service, part, "GET", filters)
        site.keys[role] = site.add_key(role, role)
    for name in USERS:
        accounts.add(site, f"{name}@example.org")
        accounts.grant(site, f"{name}@example.org", "mine", "mine")
    server = site.serve("scopes")
    with server.connect() as client:
        callers = {role: Person(client, key=site.keys[role])
                   for role in ROLES if role != "mine"}
        callers |= {name: enter(client, f"{name}@example.org",
                                site.keys["mine"]) for name in USERS}
        owner = Person(client, key=site.keys["owner"])
        yield callers, owner
    server.stop()


def test_only_equal_rights_share_an_answer(scopes):
    """All pairs of callers, in both orders, and each of the requests."""
    callers, owner = scopes
    owner.call("POST", "rows/_table/notes", [
        {"id": i, "owner": i % 2 + 1, "text": f"t{i}"} for i in range(1, 6)])
    owner.call("POST", "rows/_table/plain", [{"id": 1, "v": 1}])
    truth = {(who, path): caller.get("bare/_table/" + path)
             for who, caller in callers.items() for path in REQUESTS}
    assert len(callers) == 6 and len(REQUESTS) == 20
    for count, (first, second) in enumerate(
            itertools.permutations(callers, 2)):
        for table in ("notes", "plain"):
            owner.call("PATCH", f"rows/_table/{table}/1",
                       {"id": 1} | ({"v": 1} if table == "plain" else
                                    {"text": "t1"}))
        for path in REQUESTS:
            miss = callers[first].get("rows/_table/" + path)
            hit = callers[second].get("rows/_table/" + path)
            case = (count, first, second, path)
            assert not miss.hit, case
            kept = truth[first, path].status in (200, 404)
            assert hit.hit == (
                kept and rights(first) == rights(second)), case
            for who, answer in ((first, miss), (second, hit)):
                want = truth[who, path]
                assert answer.status == want.status, case
                if want.status == 200:
                    assert answer.body == want.body, case
