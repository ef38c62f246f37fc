"""Moving from DreamFactory: `weir import dreamfactory`."""

import json
import os
import sqlite3

import pytest

from support import accounts, dreamfactory
from support.answer import check_error
from support.dreamfactory import (HASH, PASSWORD, DreamFactory, damage,
                                  encrypt)
from support.engine import SQLite
from support.process import wait_until
from support.weir import Installation, environment, run

ENGINES = ("sqlite", "mysql")

ORDERS = """
CREATE TABLE orders (id {key}, region VARCHAR(20), item VARCHAR(20));
INSERT INTO orders (id, region, item) VALUES
    (1, 'north', 'bolt'), (2, 'south', 'nut'), (3, 'north', 'washer');
"""

WEBSITE_KEY = "a1" * 32
CONSOLE_KEY = "b2" * 32
REDIS_PASSWORD = "hush-of-redis"
TOKEN = "lookup's-own-\u00fc"


def sql_service(df, engine, config):
    """The service of orders, its secrets as DreamFactory keeps them."""
    connection = dict(config)
    if engine.type == "mysql":
        connection |= {"username": encrypt(config["username"]),
                       "password": encrypt(config["password"]),
                       "charset": "utf8", "strict": True}
    df.add_sql_service(4, "Shop", engine.type, connection,
                       config={"allow_upsert": True, "max_records": 500})
    df.add("service_cache_config", service_id=4, cache_enabled=1,
           cache_ttl=60)


def services(df, engine, config):
    for id, name, type in ((1, "system", "system"),
                           (2, "api_docs", "swagger"),
                           (3, "files", "local_file"), (6, "docs", "mongodb"),
                           (17, "shared", "local_file")):
        df.add("service", id=id, name=name, label=name, is_active=1, type=type)
    df.add("file_service_config", service_id=3, container="local")
    df.add("file_service_config", service_id=17, container="/srv/shared")
    sql_service(df, engine, config)
    df.add("service", id=5, name="mem", label="Memory", is_active=0,
           type="cache_redis")
    df.add("redis_config", service_id=5, host="10.0.0.9", port=6380,
           password=encrypt(REDIS_PASSWORD), database_index=2,
           default_ttl=30,
           options={"ssl": json.dumps({"verify_peer": False})})
    df.add_sql_service(7, "damaged", "mysql", {
        "host": "h", "database": "d", "username": "u",
        "password": damage(encrypt("x"))})
    df.add_sql_service(8, "local", "sqlite", {"database": "some.sqlite"})


def roles(df):
    for id, name, active in ((1, "reader", 1), (2, "writer", 1),
                             (3, "odd", 1), (4, "idle", 0)):
        df.add("role", id=id, name=name, description=name + "s",
               is_active=active)
    north = [{"name": "region", "operator": "=", "value": "{region}"}]
    for row in (
            (1, 4, "_table/orders/*", 1, 1, north),
            (1, 4, "_schema", 0, 1, None),
            (1, 1, "environment", 1, 1, None),
            (1, 6, "_table/x", 1, 1, None),
            (1, 2, "*", 1, 1, None),
            (2, 4, "*", 1, 1, []),
            (2, 4, "*", 1023 - 1, 1, None),
            (2, 4, "", 1, 3, None),
            (2, None, "*", 1, 2, None),
            (2, 4, "_proc/*", 1, 0, None),
            (3, 4, "*", 31, 1, None),
            (3, 4, "_table/orders/*", 31, 1,
             [{"name": "region", "operator": "resembles", "value": "n"}])):
        df.add("role_service_access", role_id=row[0], service_id=row[1],
               component=row[2], verb_mask=row[3], requestor_mask=row[4],
               filters=row[5], filter_op="AND")


def apps(df):
    df.add("app", id=1, name="admin", is_active=1,
           api_key=dreamfactory.SEEDED_ADMIN_KEY, type=3)
    df.add("app", id=2, name="website", is_active=1, api_key=WEBSITE_KEY,
           role_id=1, description="the shop's")
    df.add("app", id=3, name="console", is_active=1, api_key=CONSOLE_KEY,
           type=2)
    df.add("app", id=4, name="short", is_active=0, api_key="tiny", role_id=9)


def users(df):
    plain = {"is_active": 1, "password": HASH}
    df.add("user", id=1, name="The Boss", email="Boss@x.org", is_sys_admin=1,
           **plain)
    df.add("user", id=2, name="Jane Doe", first_name="Jane", last_name="Doe",
           email="jane@x.org", username="Jane", phone="1", default_app_id=3,
           security_question="Whose?", security_answer=HASH,
           **plain)
    df.add("user", id=3, name="Twin", email="twin@x.org", username="jane",
           **plain)
    df.add("user", id=4, name="Bound", email="bound@x.org", is_sys_admin=1,
           **plain)
    df.add("user", id=5, name="Elsewhere", email="else@x.org",
           oauth_provider="github", **plain)
    df.add("user", id=6, name="Old", email="old@x.org", is_active=0,
           password="$1$no$such")
    df.add("user", id=7, name="Nowhere", email="no address", **plain)
    df.add("user", id=8, name="Limited", email="limited@x.org",
           is_sys_admin=1, **plain)
    for user, app, role in (
            (2, 3, 2), (4, 3, 9), (8, 3, 1), (2, 9, 1), (2, 3, 1),
            (4, 3, 1)):
        df.add("user_to_app_to_role", user_id=user, app_id=app, role_id=role)


def rest(df):
    for id, row in enumerate((
            ("instance", 10000, 0, None, None, None, "all", None),
            ("instance.service", 50, 2, None, None, 4, "shop", "GET"),
            ("instance.role", 7, 4, None, 1, None, "readers", None),
            ("instance.each_user", 5, 1, None, None, None, "users", None),
            ("instance.user.service.endpoint", 3, 0, 2, 9, 4, "jane", "POST"),
            ("instance.user", 3, 0, 99, None, None, "gone", None),
            ("instance.service", 5, 1, None, None, 3, "files", None)), 1):
        df.add("limits", type=row[0], rate=row[1], period=row[2],
               user_id=row[3], role_id=row[4], service_id=row[5],
               name=row[6], verb=row[7], key_text=f"key{id}", is_active=1,
               endpoint="_table/orders*", description="of " + row[6])
    df.add("cors_config", path="*", origin="https://app.example,http://b:8",
           header="*", exposed_header="ETag", method=127, max_age=60,
           supports_credentials=1, enabled=1)
    df.add("cors_config", path="api/v2/old", origin="", header=None,
           method=1, enabled=0)
    df.add("cors_config", path="api/v2/all", origin="*", method=1,
           supports_credentials=1, enabled=1)
    for name, value, private, scope in (
            ("region", encrypt("north"), 0, {}),
            ("token", encrypt(TOKEN, plain=True), 1, {}),
            ("hand", "written by hand", 0, {}),
            ("broken", damage(encrypt("x")), 1, {}),
            ("region", encrypt("south"), 0, {"role_id": 2}),
            ("mail", encrypt("jane"), 0, {"user_id": 2}),
            ("lost", encrypt("x"), 0, {"app_id": 77})):
        df.add("lookup", name=name, value=value, private=private, **scope)
    df.add("email_template", id=1, name="welcome")
    df.add("user_config", service_id=9, allow_open_registration=1)
    df.add("event_script", name="shop.get", content="return;")


@pytest.fixture(scope="module")
def config(engine):
    """Of a service on the orders."""
    return engine.create("orders", ORDERS.format(key=engine.key))


@pytest.fixture(scope="module")
def df(engine, config):
    # Its own object, since those of the module ask the orders.
    made = DreamFactory(type(engine)(
        engine.folder if engine.type == "sqlite" else engine.server))
    services(made, engine, config)
    roles(made)
    apps(made)
    users(made)
    rest(made)
    return made


def move(site, df, *words, key=dreamfactory.KEY, **more):
    """(status, stdout, stderr) of the command."""
    if key:
        more["DREAMFACTORY_APP_KEY"] = key
    return run("import", "dreamfactory", *df.words, *words, "--env",
               site.env_file, env=environment(**df.secrets | more))


def moved_lines(site, df, *words):
    status, out, err = move(site, df, "--json", *words)
    assert status == 0, err
    return [(line["verdict"], line["kind"], line["name"], line["reason"])
            for line in json.loads(out)]


@pytest.fixture
def site(tmp_path):
    return Installation(tmp_path, **accounts.SETTINGS)


@pytest.fixture(scope="module")
def moved(df, tmp_path_factory):
    """An installation after the move, with what the command said."""
    site = Installation(tmp_path_factory.mktemp("moved"),
                        **accounts.SETTINGS)
    site.lines = moved_lines(site, df)
    site.server = site.serve()
    yield site
    site.server.stop()


@pytest.fixture
def client(moved):
    with moved.server.connect() as client:
        yield client


def said(site, kind):
    """{name: (verdict, reason)}"""
    return {name: (verdict, reason) for verdict, of, name, reason
            in site.lines if of == kind}


def dump(site):
    """All that the system database holds, but for the audit's time."""
    with sqlite3.connect(site.path("system.sqlite")) as db:
        return list(db.iterdump())


def test_services_come_with_their_secrets(moved, engine, config):
    lines = said(moved, "service")
    assert lines["system"] == ("present", None)
    assert lines["api_docs"] == ("present", None)
    assert lines["files"][0] == "left"
    assert "absolute path as root" in lines["files"][1]
    assert lines["shared"] == ("brought", None)
    assert lines["docs"][0] == "left"
    assert lines["shop"][0] == "changed"
    assert "lower case" in lines["shop"][1]
    assert ("strict is not known" in lines["shop"][1]) == (
        engine.type == "mysql")
    assert lines["damaged"] == (
        "left", "its password cannot be decrypted: it is damaged, or of "
        "another APP_KEY")
    assert "--sqlite-dir" in lines["local"][1]
    listed = {row["name"]: row for row in moved.listed("service")}
    assert sorted(listed) == ["mem", "shared", "shop"]
    shop = listed["shop"]
    assert (shop["type"], shop["label"], shop["is_active"]) == (
        engine.type, "Shop", True)
    assert (shop["cache_enabled"], shop["cache_ttl"]) == (True, 60)
    assert shop["config"]["database"] == config["database"]
    assert shop["config"]["max_records"] == 500
    assert shop["config"]["allow_upsert"] is True
    mem = listed["mem"]
    assert (mem["config"]["host"], mem["config"]["port"],
            mem["config"]["database_index"]) == ("10.0.0.9", 6380, 2)
    assert mem["config"]["tls"] is True
    assert mem["config"]["tls_verify"] is False
    assert mem["is_active"] is False
    assert mem["config"]["password"] == "**********"


def test_roles_come_with_their_rows(moved):
    lines = said(moved, "role")
    assert lines["reader"] == ("brought", None)
    assert lines["idle"] == ("brought", None)
    assert lines["odd"][0] == "changed"
    assert "switched off" in lines["odd"][1]
    access = said(moved, "access")
    assert access["reader: system/environment"] == ("brought", None)
    assert access["reader: api_docs/*"] == ("brought", None)
    assert access["reader: ?/_table/x"][0] == "left"
    assert access["writer: shop/_proc/*"] == (
        "left", "it is for no requestor")
    assert access["odd: shop/_table/orders/*"][0] == "left"
    listed = {row["name"]: row for row in moved.listed("role")}
    assert [name for name in sorted(listed) if listed[name]["is_active"]] == [
        "reader", "writer"]
    rows = {(row["service"], row["component"], row["requestors"]):
            row["verbs"] for row in json.loads(
                moved.weir("role", "show", "writer", "--json"))["access"]}
    assert rows == {("shop", "*", "api"): "GET,POST,PUT,PATCH,DELETE",
                    ("shop", "", "api,script"): "GET",
                    (None, "*", "script"): "GET"}


def test_apps_come_with_their_keys(moved):
    lines = said(moved, "app")
    assert lines["admin"] == ("present", None)
    assert lines["website"] == ("brought", None)
    assert lines["console"] == (
        "changed", "its pages are not served here")
    assert "its role is not here" in lines["short"][1]
    assert "without its key" in lines["short"][1]
    listed = {row["name"]: row for row in moved.listed("app")}
    assert listed["website"]["role"] == "reader"
    assert listed["website"]["description"] == "the shop's"
    assert listed["console"]["role"] is None
    assert listed["short"]["is_active"] is False


def test_users_come_with_their_roles(moved):
    lines = said(moved, "user")
    assert lines["boss@x.org"] == ("brought", None)
    assert "without a role in an app" in lines["jane@x.org"][1]
    assert "without a second role" in lines["jane@x.org"][1]
    assert "username" in lines["twin@x.org"][1]
    assert "no administrator here" in lines["bound@x.org"][1]
    assert lines["limited@x.org"] == ("brought", None)
    assert "github" in lines["else@x.org"][1]
    assert "hash is not known" in lines["old@x.org"][1]
    assert lines["no address"][0] == "left"
    assert [row["email"] for row in moved.listed("admin")] == [
        "boss@x.org", "limited@x.org"]
    jane = json.loads(moved.weir("user", "show", "jane@x.org", "--json"))
    assert (jane["username"], jane["first_name"]) == ("jane", "Jane")
    assert moved.weir("user", "show", "old@x.org")


def test_limits_cors_and_lookups_come(moved):
    lines = said(moved, "limit")
    assert {name: verdict for name, (verdict, _) in lines.items()} == {
        "all": "brought", "shop": "brought", "readers": "brought",
        "users": "brought", "jane": "brought", "gone": "left",
        "files": "left"}
    listed = {row["name"]: row for row in moved.listed("limit")}
    assert listed["shop"]["period"] == "day"
    assert listed["shop"]["verb"] == "GET"
    assert listed["readers"]["period"] == "30-day"
    assert listed["readers"]["role"] == "reader"
    assert listed["users"]["type"] == "instance.each_user"
    assert listed["users"]["endpoint"] is None
    assert {"type": "instance.user.service.endpoint", "rate": 3,
            "user": "jane@x.org", "role": None, "service": "shop",
            "endpoint": "_table/orders*", "verb": "POST",
            "description": "of jane"}.items() <= listed["jane"].items()
    lines = said(moved, "cors")
    assert lines["*"] == ("brought", None)
    assert lines["api/v2/old"][0] == "left"
    assert lines["api/v2/all"][0] == "changed"
    assert "any page" in lines["api/v2/all"][1]
    shown = moved.weir("cors", "show", "api/v2/all", "--json")
    assert json.loads(shown)["supports_credentials"] is False
    lines = said(moved, "lookup")
    assert {name: verdict for name, (verdict, _) in lines.items()} == {
        "region": "brought", "token": "brought", "hand": "brought",
        "broken": "left", "region of role writer": "brought",
        "mail of user jane@x.org": "brought", "lost of app 77": "left"}
    listed = {(row["name"], row["owner"]): row["value"]
              for row in moved.listed("lookup")}
    assert listed[("region", None)] == "north"
    assert listed[("region", "writer")] == "south"
    assert listed[("hand", None)] == "written by hand"
    assert listed[("token", None)] == "**********"


def test_what_there_is_nothing_for_is_said(moved):
    lines = said(moved, "table")
    assert set(lines) == {"email_template", "event_script", "user_config"}
    assert "open registration" in lines["user_config"][1]
    assert lines["event_script"] == (
        "left", "1 rows: there are no scripts of events here")


def ids(answer):
    assert answer.status == 200, answer
    return [row["id"] for row in answer.rows]


def test_a_key_opens_what_it_did(client):
    key = {"X-DreamFactory-API-Key": WEBSITE_KEY}
    path = "/api/v2/Shop/_table/orders"
    assert ids(client.call(path, "GET", key)) == [1, 3]
    check_error(client.call(path + "/1", "DELETE", key), 401)
    check_error(client.call("/api/v2/shop/_schema", "GET", key), 401)


def login(client, path, email, password=PASSWORD):
    body = json.dumps({"email": email, "password": password}).encode()
    return client.call("/api/v2/" + path, "POST",
                       {"X-DreamFactory-API-Key": CONSOLE_KEY}, body)


def test_a_user_logs_in_with_the_old_password(client):
    check_error(login(client, "user/session", "jane@x.org", "wrong"), 401)
    answer = login(client, "user/session", "jane@x.org")
    assert answer.status == 200, answer
    assert answer.json["role"] == "writer"
    token = {"X-DreamFactory-API-Key": CONSOLE_KEY,
             "X-DreamFactory-Session-Token": answer.json["session_token"]}
    path = "/api/v2/shop/_table/orders"
    assert len(ids(client.call(path, "GET", token))) >= 3
    body = json.dumps({"resource": [{"item": "rivet"}]}).encode()
    assert client.call(path, "POST", token, body).status == 200


def test_an_administrator_does_as_well(client):
    check_error(login(client, "user/session", "boss@x.org"), 401)
    answer = login(client, "system/admin/session", "boss@x.org")
    assert answer.status == 200, answer
    token = {"X-DreamFactory-Session-Token": answer.json["session_token"]}
    path = "/api/v2/shop/_table/orders"
    assert client.call(path, "GET", token).status == 200


@pytest.mark.parametrize("email", ["else@x.org", "old@x.org"])
def test_who_has_no_password_here_does_not(client, email):
    check_error(login(client, "user/session", email), 401)


def test_who_was_bound_is_no_administrator(client):
    check_error(login(client, "system/admin/session", "bound@x.org"), 401)


def test_no_secret_stands_anywhere_in_clear(moved):
    with open(moved.path("system.sqlite"), "rb") as database:
        held = database.read()
    told = json.dumps(moved.lines) + moved.weir("audit", "list", "--json")
    for secret in (REDIS_PASSWORD, TOKEN, WEBSITE_KEY, PASSWORD):
        assert secret.encode() not in held
        assert secret not in told
    assert "$2y$" not in told


def test_once_more_changes_nothing(moved, df):
    before = dump(moved)
    lines = moved_lines(moved, df)
    assert dump(moved) == before
    assert {verdict for verdict, *_ in lines} == {"present", "left"}
    left = [line for line in lines if line[0] == "left"]
    earlier = [line for line in moved.lines if line[0] == "left"
               and line[1] != "access"]
    assert left == earlier


def test_a_running_server_sees_it(site, df):
    server = site.serve()
    with server.connect() as client:
        def status():
            return client.call("/api/v2/shop/_table/orders", "GET", {
                "X-DreamFactory-API-Key": WEBSITE_KEY}).status
        assert status() == 401
        moved_lines(site, df)
        assert wait_until(lambda: status() == 200)
    server.stop()


def test_what_is_new_there_comes_later(site, df):
    moved_lines(site, df)
    df.add("role", id=20, name="late", is_active=1)
    df.add("app", id=20, name="late", is_active=1, api_key="c3" * 32,
           role_id=20)
    try:
        lines = moved_lines(site, df)
    finally:
        df.run("DELETE FROM role WHERE id = 20;"
               "DELETE FROM app WHERE id = 20;")
    assert [line for line in lines if line[0] == "brought"] == [
        ("brought", "role", "late", None), ("brought", "app", "late", None)]


def test_what_is_here_stays_as_it_is(site, df):
    site.add_role("reader")
    site.add_service("shop", "sqlite", database=site.path("own.sqlite"))
    site.add_key("website", "reader")
    lines = moved_lines(site, df)
    assert ("present", "role", "reader", None) in lines
    assert json.loads(site.weir("role", "show", "reader",
                                "--json"))["access"] == []
    reasons = {(kind, name): reason for _, kind, name, reason in lines}
    if df.engine.type == "mysql":
        assert "type sqlite has that name" in reasons[("service", "Shop")]
    assert "without the key of this one" in reasons[("app", "website")]


def test_a_dry_run_says_the_same_and_writes_nothing(site, df):
    before = dump(site)
    status, dry, err = move(site, df, "--dry-run")
    assert (status, err) == (0, "weir: nothing was written\n")
    assert dump(site) == before
    status, wet, err = move(site, df)
    assert (status, err) == (0, "")
    assert wet == dry
    assert dump(site) != before
    assert wet.splitlines()[0].split() == [
        "VERDICT", "KIND", "NAME", "REASON"]
    assert wet.splitlines()[-1].endswith("present")


@pytest.mark.parametrize("key,why", [
    (dreamfactory.OTHER_KEY, "decrypts none"),
    ("", "--app-key"), ("base64:xyz", "32 bytes"), ("short", "32 bytes")])
def test_a_wrong_key_writes_nothing(site, df, key, why):
    before = dump(site)
    status, out, err = move(site, df, key=key)
    assert (status, out) == (1, "")
    assert why in err
    assert "APP_KEY" in err
    assert dump(site) == before


def test_the_key_may_come_from_a_file(site, df):
    path = site.path("key")
    with open(path, "w", encoding="ascii") as out:
        out.write(f'APP_KEY="{dreamfactory.KEY}"\n')
    for words in (["--app-key-file", path], ["--app-key", dreamfactory.KEY]):
        status, _, err = move(site, df, "--dry-run", *words, key=None)
        assert status == 0, err


def test_so_may_the_password_of_the_server(site, df):
    path = site.path("password")
    with open(path, "w", encoding="ascii") as out:
        out.write(df.secrets.get("DREAMFACTORY_DB_PASSWORD", "") + "\n")
    status, _, err = move(site, df, "--dry-run", "--password-file", path,
                          DREAMFACTORY_DB_PASSWORD="wrong")
    assert status == 0, err
    if df.engine.type == "mysql":
        status, out, err = move(
            site, df, "--dry-run", DREAMFACTORY_DB_PASSWORD="wrong")
        assert (status, out) == (1, "")
        assert "wrong" not in err


def test_files_of_sqlite_are_found(site, df, tmp_path):
    if df.engine.type != "sqlite":
        pytest.skip("it is the same there")
    lines = moved_lines(site, df, "--sqlite-dir", str(tmp_path) + "/")
    assert ("brought", "service", "local", None) in lines
    listed = {row["name"]: row for row in site.listed("service")}
    assert listed["local"]["config"]["database"] == os.path.join(
        tmp_path, "some.sqlite")


def damaged(engine):
    """Rows that no DreamFactory has written so."""
    df = DreamFactory(type(engine)(
        engine.folder if engine.type == "sqlite" else engine.server),
        "damaged")
    df.add("service", id=1, name="a/b", label="", is_active=1, type="mysql")
    df.add_sql_service(2, "nojson", "mysql", "{not json")
    df.add_sql_service(3, "list", "mysql", [1, 2])
    df.add_sql_service(4, "port", "mysql", {
        "database": "d", "username": "u", "port": "many"})
    df.add_sql_service(5, "good", "mysql", {
        "database": "d", "username": "u", "port": "", "host": None,
        "charset": "latin1", "password": "{lookup}"},
        config='{"max_records":"-"}')
    df.add("service_cache_config", service_id=5, cache_enabled=1)
    df.add_sql_service(6, "fine", "mysql", {
        "database": "d", "username": "u", "charset": "latin1",
        "password": "{lookup}"}, config="")
    df.add("service_cache_config", service_id=6, cache_enabled=1)
    df.add_sql_service(7, "secure", "mysql", {
        "database": "d", "username": "u"})
    df.run("""UPDATE sql_db_config SET attributes =
        '{"1009":"/etc/ca.pem","1002":"SET x = 1"}' WHERE service_id = 7;""")
    df.add_sql_service(8, "secure2", "mysql", {
        "database": "d", "username": "u"})
    df.run("""UPDATE sql_db_config SET options =
        '{"1009":"/etc/ca.pem","1014":false}' WHERE service_id = 8;""")
    df.add("role", id=1, name="r", is_active=1)
    df.add("role", id=2, name=" blank ", is_active=1)
    for component, filters in (("x/*/y", None), ("a/*", "[{"), ("b", "{}"),
                               ("c/*", [{"name": 5}])):
        df.add("role_service_access", role_id=1, service_id=6, verb_mask=2**31,
               component=component, filters=filters, requestor_mask=255)
    df.add("role_service_access", role_id=77, service_id=6)
    for id, key in ((1, WEBSITE_KEY), (2, WEBSITE_KEY), (3, "a\tb" * 20)):
        df.add("app", id=id, name=f"app{id}", api_key=key, is_active=1)
    df.add("user", id=1, name="", email="a@x.org", phone="9" * 32,
           password="$2y$99$damaged")
    df.add("user", id=2, name="x" * 255, email="A@X.org")
    for user, app, role in ((1, 1, 1), (1, 1, 1), (7, 1, 1)):
        df.add("user_to_app_to_role", user_id=user, app_id=app, role_id=role)
    for id, (rate, period, verb) in enumerate((
            (0, 0, None), (5, 9, None), (5, 0, "FETCH"), (-1, 0, None)), 1):
        df.add("limits", type="instance", rate=rate, period=period, verb=verb,
               name=f"l{id}", key_text=str(id))
    for path, origin, method in (("^\\d", "*", 1), ("a b", "*", 1),
                                 ("c", None, 1), ("d", "*", 2**31 + 1)):
        df.add("cors_config", path=path, origin=origin, method=method)
    for name, value, scope in (
            ("\x1b[2J", "x", {}), ("user.id", "x", {}), ("long", "x" * 5000, {}),
            ("null", None, {}), ("null", "again", {}),
            ("both", "x", {"app_id": 1, "user_id": 1}),
            ("odd", "eyJpdiI6IngiLCJ2YWx1ZSI6InkiLCJtYWMiOiJ6In0=" * 2, {})):
        df.add("lookup", name=name, value=value, **scope)
    return df


def test_damaged_rows_are_left(site, engine):
    df = damaged(engine)
    lines = moved_lines(site, df)
    verdicts = {}
    for verdict, kind, name, reason in lines:
        assert verdict in ("brought", "present") or reason
        verdicts.setdefault(kind, []).append((name, verdict))
    assert verdicts["service"] == [
        ("a/b", "left"), ("nojson", "left"), ("list", "left"),
        ("port", "left"), ("good", "left"), ("fine", "changed"),
        ("secure", "changed"), ("secure2", "changed")]
    config = {row["name"]: row["config"] for row in site.listed("service")}
    assert config["secure"]["tls"] == "verify"
    assert config["secure"]["tls_ca"] == "/etc/ca.pem"
    assert config["secure2"]["tls"] == "require"
    assert "tls_ca" not in config["secure2"]
    assert verdicts["role"] == [
        ("r", "brought"), ("r", "changed"), (" blank ", "left")]
    assert verdicts["app"] == [
        ("app1", "brought"), ("app2", "present"), ("app3", "changed")]
    assert verdicts["user"] == [("a@x.org", "changed"), ("A@X.org", "present")]
    assert verdicts["limit"] == [
        (f"l{id}", "left") for id in (1, 2, 3, 4)]
    assert [verdict for _, verdict in verdicts["cors"]] == [
        "left", "left", "left", "changed"]
    assert [verdict for _, verdict in verdicts["lookup"]] == [
        "left", "left", "left", "brought", "present", "brought", "brought"]
    assert verdicts["lookup"][0][0] == "?[2J"
    assert [row["is_active"] for row in site.listed("role")] == [False]
    before = dump(site)
    assert {line[0] for line in moved_lines(site, df)} == {"left", "present"}
    assert dump(site) == before


@pytest.mark.parametrize("words,why", [
    (["--from", "sqlite:/no/such/file"], "there is no database"),
    (["--from", "postgres:x"], "sqlite:FILE or mysql:DSN"),
    (["--from", "mysql:host=h"], "dbname"),
    (["--from", "mysql:hos=h;dbname=x;user=y"], '"hos"'),
    (["--from", "mysql:host=127.0.0.1;port=1;dbname=x;user=y"], ""),
    ([], "--from is required")])
def test_a_source_that_makes_no_sense_is_refused(site, words, why):
    status, out, err = run("import", "dreamfactory", *words, "--env",
                           site.env_file)
    assert status != 0
    assert out == ""
    assert why in err


def test_another_database_is_none_of_dreamfactory(site, tmp_path):
    path = SQLite(tmp_path).create("other", "CREATE TABLE user (id INTEGER);")
    status, out, err = run(
        "import", "dreamfactory", "--from", "sqlite:" + path["database"],
        "--env", site.env_file)
    assert (status, out) == (1, "")
    assert "no system database of DreamFactory" in err


def test_it_moves_to_any_system_database(df, system, tmp_path):
    site = Installation(tmp_path, **accounts.SETTINGS, **system)
    first = moved_lines(site, df)
    assert len([line for line in first if line[0] == "left"]) > 5
    again = moved_lines(site, df)
    assert {verdict for verdict, *_ in again} == {"present", "left"}
