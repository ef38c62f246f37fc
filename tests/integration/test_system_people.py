"""Users, administrators, lookups and limits by the System API."""

import itertools

import pytest

from support.accounts import WORD, enter, login
from support.answer import check_error
from support.offices import BOSS, MASK
from support.process import wait_until

SYSTEMS = ("sqlite", "mysql")
ROLES = "user_to_app_to_role_by_user_id"
NUMBER = itertools.count(1)


def email():
    return f"person{next(NUMBER)}@x.org"


@pytest.fixture(scope="module")
def shop_id(office):
    return office.shop_id


@pytest.fixture
def role(office):
    return office.add_role()


@pytest.fixture
def app(office, role):
    return office.add_app(role_id=role)


class TestUsers:
    def test_makes_one_that_logs_in(self, office, role, app):
        address = email()
        id = office.make("user", email=address.upper(), password=WORD,
                         first_name="Ann", last_name="Lee",
                         **{ROLES: [{"app_id": app[0], "role_id": role}]})
        record = office.get(f"user/{id}?related={ROLES}")
        assert record["email"] == address
        assert record["name"] == "Ann Lee"
        assert record["is_active"] is True
        assert record["created_by_id"] == office.boss_id
        assert [(row["app_id"], row["role_id"]) for row in record[ROLES]] == [
            (app[0], role)]
        person = enter(office.clients[0], address, key=app[1])
        assert person.get("shop/_table/orders?limit=1").status == 200

    @pytest.mark.parametrize("members", [
        {"password": WORD + "2"}, {"is_active": False},
        {"email": "other@x.org"}])
    def test_ends_sessions_at_once(self, office, app, members):
        address = email()
        id = office.make("user", email=address, password=WORD)
        persons = [enter(client, address, key=app[1])
                   for client in office.clients]
        if "email" in members:
            members = {"email": email()}
        office.change(f"user/{id}", **members)
        assert [person.get("user/session").status for person in persons] in (
            [401, 401], [403, 403])
        if "password" in members:
            assert login(office.clients[1], address).status == 401
            assert login(office.clients[1], address,
                         members["password"]).status == 200

    def test_changes_roles_at_once(self, office, role, app):
        address = email()
        id = office.make("user", email=address, password=WORD)
        other = office.make("role", name=office.name("none"), is_active=True)
        persons = [enter(client, address, key=app[1])
                   for client in office.clients]
        def statuses():
            return [person.get("shop/_table/orders?limit=1").status
                    for person in persons]
        wait_until(lambda: statuses() == [200, 200])
        path = f"user/{id}?related={ROLES}"
        office.change(path, **{ROLES: [{"app_id": app[0], "role_id": other}]})
        assert statuses()[0] == 403
        [row] = office.get(path)[ROLES]
        office.change(path, **{ROLES: [{"id": row["id"], "role_id": role}]})
        assert statuses()[0] == 200
        office.change(path, **{ROLES: [{"id": row["id"], "user_id": None}]})
        assert office.get(path)[ROLES] == []

    def test_has_lookups(self, office):
        id = office.make("user", email=email(), lookup_by_user_id=[
            {"name": "region", "value": "north"},
            {"name": "pin", "value": "1234", "private": True}])
        rows = office.get(f"user/{id}?related=lookup_by_user_id")[
            "lookup_by_user_id"]
        assert [row["value"] for row in rows] == ["north", MASK]

    def test_keeps_users_and_administrators_apart(self, office):
        id = office.make("user", email=email())
        for method in ("GET", "PATCH", "DELETE"):
            check_error(office.call(method, f"admin/{id}", {"name": "x"}),
                        404, f"Record with identifier '{id}' not found.")
        check_error(office.call("PATCH", f"user/{office.boss_id}",
                                {"name": "x"}), 404)
        assert office.remove(f"user/{id}") == {"id": id}

    def test_cannot_make_an_administrator_of_a_user(self, office):
        id = office.make("user", email=email(), is_sys_admin=True)
        assert office.get(f"user/{id}")["id"] == id
        office.change(f"user/{id}", is_sys_admin=True)
        assert office.get(f"user/{id}")["id"] == id

    @pytest.mark.parametrize("record, status, word", [
        ({"email": None}, 400, "email"),
        ({"email": "nobody"}, 400, "mail"),
        ({"email": BOSS}, 409, BOSS),
        ({"email": "JOE@x.org"}, 409, "joe@x.org"),
        ({"password": "short"}, 400, ""),
        ({"password": 9999999999}, 400, "password"),
        ({"password": ["a long word"]}, 400, "password"),
        ({"password": ""}, 400, "password"),
        ({"security_answer": 5}, 400, "security_answer"),
        ({"default_app_id": 99999}, 400, "default_app_id"),
        ({"first_name": 5}, 400, "first_name"),
        ({ROLES: [{"app_id": 99999, "role_id": 1}]}, 400, "app_id"),
        ({ROLES: [{"role_id": 1}]}, 400, "app_id"),
        ({ROLES: {}}, 400, ROLES),
    ])
    def test_refuses_what_is_wrong(self, office, record, status, word):
        record = {"email": "wrong@x.org"} | record
        check_error(office.call("POST", "user", {"resource": [record]}),
                    status, word)
        assert not office.get("user?filter=email='wrong@x.org'")["resource"]

    def test_hides_passwords(self, office):
        address = email()
        answer = office.call("POST", "user?fields=*", {"resource": [{
            "email": address, "password": WORD, "security_question": "who?",
            "security_answer": "me"}]})
        assert answer.status == 201
        assert not {"password", "security_answer"} & set(answer.rows[0])
        assert answer.rows[0]["security_question"] == "who?"
        rows = office.get("audit?order=id desc&limit=1")["resource"]
        assert WORD not in str(rows) and "$argon2" not in str(rows)


    def test_a_row_keeps_what_is_not_sent(self, office, role, app):
        id = office.make("user", email=email(), **{
            ROLES: [{"app_id": app[0], "role_id": role}]})
        path = f"user/{id}?related={ROLES}"
        [row] = office.get(path)[ROLES]
        other, _ = office.add_app()
        office.change(path, **{ROLES: [{"id": row["id"], "app_id": other}]})
        [row] = office.get(path)[ROLES]
        assert (row["app_id"], row["role_id"]) == (other, role)

    def test_null_leaves_the_password(self, office):
        address = email()
        id = office.make("user", email=address, password=WORD)
        office.change(f"user/{id}", password=None, phone="1")
        assert login(office.clients[0], address).status == 200


class TestAdministrators:
    def test_makes_one_that_logs_in(self, office):
        address = email()
        id = office.make("admin", email=address, password=WORD)
        person = enter(office.clients[0], address,
                       path="system/admin/session")
        assert person.get("system/role").status == 200
        assert office.remove(f"admin/{id}") == {"id": id}
        check_error(person.get("system/role"), 404, "User not found.")

    def test_leaves_one(self, office):
        path = f"admin/{office.boss_id}"
        check_error(office.call("DELETE", path), 409, "administrator")
        check_error(office.call("PATCH", path, {"is_active": False}), 409,
                    "administrator")
        assert office.get(path)["is_active"] is True


class TestLookups:
    def test_is_made_changed_and_removed(self, office):
        name = office.name("lookup")
        id = office.make("lookup", name=name, value="a",
                         description="for tests")
        assert office.get(f"lookup/{id}")["value"] == "a"
        office.change(f"lookup/{id}", value="b")
        assert office.get(f"lookup/{id}")["value"] == "b"
        assert office.get(f"lookup/{id}")["description"] == "for tests"
        assert office.remove(f"lookup/{id}") == {"id": id}

    def test_keeps_a_secret(self, office):
        id = office.make("lookup", name=office.name("secret"), private=True,
                         value="not to be seen")
        record = office.get(f"lookup/{id}")
        assert record["value"] == MASK
        office.change(f"lookup/{id}", **record)
        check_error(office.call("PATCH", f"lookup/{id}", {"private": False}),
                    400, "new value")
        office.change(f"lookup/{id}", private=False, value="for all")
        assert office.get(f"lookup/{id}")["value"] == "for all"

    def test_is_of_the_system_alone(self, office):
        role = office.make("role", name=office.name("role"),
                           lookup_by_role_id=[{"name": "x", "value": "1"}])
        [row] = office.get(f"role/{role}?related=lookup_by_role_id")[
            "lookup_by_role_id"]
        for method in ("GET", "PATCH", "DELETE"):
            check_error(office.call(method, f"lookup/{row['id']}",
                                    {"value": "2"}), 404)

    @pytest.mark.parametrize("record, status, word", [
        ({"name": None}, 400, "name"),
        ({"name": "user.id"}, 400, ""),
        ({"value": "x" * 5000}, 400, ""),
    ])
    def test_refuses_what_is_wrong(self, office, record, status, word):
        record = {"name": "wrong", "value": "x"} | record
        check_error(office.call("POST", "lookup", {"resource": [record]}),
                    status, word)

    def test_refuses_a_name_that_is_taken(self, office):
        name = office.name("lookup")
        office.make("lookup", name=name, value="1")
        check_error(office.call("POST", "lookup", {"name": name,
                                                   "value": "2"}), 409, name)


class TestLimits:
    def test_counts_at_once(self, office, app, role):
        id, key = app
        answer = office.call("POST", "limit", {"resource": [{
            "name": office.name("limit"), "type": "instance.role",
            "role_id": role, "rate": "2", "period": 0, "cache_data": {},
            "user_id": None, "endpoint": None, "verb": None}]})
        assert answer.status == 200, answer
        limit = answer.rows[0]["id"]
        record = office.get(f"limit/{limit}")
        assert (record["rate"], record["period"]) == (2, "minute")
        assert record["created_by_id"] == office.boss_id
        assert record["last_modified_by_id"] == office.boss_id
        assert record["key_text"] == f"instance.role:{role}.minute"
        assert [office.orders(key) for _ in range(3)] == [200, 200, 429]
        office.change(f"limit/{limit}", is_active=False)
        assert office.orders(key) == 200
        office.change(f"limit/{limit}", is_active=True, rate=1,
                      period="hour")
        assert [office.orders(key) for _ in range(2)] == [200, 429]
        office.remove(f"limit/{limit}")
        assert office.orders(key) == 200

    def test_takes_back_what_it_shows(self, office, role):
        id = office.make("limit", name=office.name("limit"),
                         type="instance.role", role_id=role, rate=5,
                         period="7-day", verb="GET")
        record = office.get(f"limit/{id}")
        office.change(f"limit/{id}", **record)
        again = office.get(f"limit/{id}")
        assert again["verb"] == "GET"
        assert again["key_text"] == record["key_text"]

    def test_counts_as_it_is_told(self, office, shop_id):
        id = office.make("limit", name=office.name("limit"), rate=9,
                         type="instance.user.service.endpoint", period="10s",
                         user_id=office.boss_id, service_id=str(shop_id),
                         endpoint="/_table/orders*/", verb="get", burst="3",
                         algorithm="gcra", lockout=True, dry_run=1,
                         description="why")
        record = office.get(f"limit/{id}?related=user_by_user_id")
        assert record["user_by_user_id"]["id"] == office.boss_id
        assert record | {
            "user_id": office.boss_id, "service_id": shop_id,
            "endpoint": "_table/orders*", "verb": "GET", "burst": 3,
            "algorithm": "gcra", "lockout": True, "dry_run": True,
            "period": "10s", "description": "why",
            "key_text": f"instance.user:{office.boss_id}.service:{shop_id}"
                        ".endpoint:_table/orders*.verb:GET.10s"} == record
        office.call("PUT", f"limit/{id}", {
            "type": "instance.each_user", "algorithm": "default",
            "lockout": False, "dry_run": False, "verb": None})
        record = office.get(f"limit/{id}")
        assert record | {
            "user_id": None, "service_id": None, "endpoint": None,
            "burst": None, "algorithm": "fixed", "lockout": False,
            "dry_run": False, "verb": None, "rate": 9,
            "key_text": "instance.each_user.10s"} == record

    @pytest.mark.parametrize("words, on", [
        ((True, 1, "1", "true", "TRUE", "yes", "on"), True),
        ((False, 0, "0", "false", "no", "Off", None), False)])
    def test_takes_a_switch_as_a_word(self, office, words, on):
        id = office.make("limit", name=office.name("limit"), dry_run=True,
                         type="instance", rate=1000, period="311s")
        for word in words:
            office.change(f"limit/{id}", dry_run=word, lockout=word)
            record = office.get(f"limit/{id}")
            assert (record["dry_run"], record["lockout"]) == (on, on)
        office.remove(f"limit/{id}")

    def test_is_not_about_what_does_not_matter(self, office, role, shop_id):
        id = office.make("limit", name=office.name("limit"),
                         type="instance.service", service_id=shop_id,
                         role_id=role, rate=1000, period=4, verb="DELETE")
        record = office.get(f"limit/{id}")
        assert record["role_id"] is None
        assert record["period"] == "30-day"

    @pytest.mark.parametrize("record, status, word", [
        ({"type": "instance.user"}, 400,
         "user_id must be specified with this limit type. Limit: wrong"),
        ({"type": "instance.role"}, 400, "role_id must be specified"),
        ({"type": "instance.service"}, 400,
         "service_id must be specified with this limit type."),
        ({"type": "instance.service", "service_id": 99999}, 400,
         "No service exists for wrong limit."),
        ({"type": "instance.user", "user_id": 99999}, 400,
         "No user exists for wrong limit."),
        ({"type": "instance.service.endpoint", "service_id": 1}, 400,
         "endpoint must be specified with this limit type."),
        ({"type": "instance.nobody"}, 400, "instance.nobody"),
        ({"type": None}, 400, "type"),
        ({"algorithm": "leaky"}, 400, "leaky"),
        ({"algorithm": "gcra", "burst": 1001}, 400, "burst"),
        ({"verb": "GET,POST"}, 400, "Verb is invalid or not allowed."),
        ({"verb": "none"}, 400, "Verb is invalid or not allowed."),
        ({"rate": "1.5"}, 400,
         "Limit rate must be an integer. Limit not saved."),
        ({"rate": 0}, 400, "rate"),
        ({"rate": "x"}, 400, "rate"),
        ({"period": 9}, 400, "period"),
        ({"period": None}, 400, "period"),
        ({"verb": "LOOK"}, 400, "LOOK"),
        ({"dry_run": "x"}, 400, "dry_run must be true or false."),
        ({"dry_run": ""}, 400, "dry_run must be true or false."),
        ({"lockout": "flase"}, 400, "lockout must be true or false."),
        ({"is_active": [1]}, 400, "is_active must be true or false."),
        ({"type": "instance.role", "role_id": 99999}, 400, "role_id"),
    ])
    def test_refuses_what_is_wrong(self, office, record, status, word):
        record = {"name": "wrong", "type": "instance", "rate": 1000,
                  "period": "day"} | record
        check_error(office.call("POST", "limit", {"resource": [record]}),
                    status, word)

    def test_refuses_a_second_one_on_the_same(self, office, role):
        same = {"type": "instance.role", "role_id": role, "rate": 1000,
                "period": "day"}
        office.make("limit", name=office.name("limit"), **same)
        answer = office.call("POST", "limit", {"resource": [
            same | {"name": office.name("limit")}]})
        assert answer.error["message"].endswith(
            "A limit already exists with those parameters. No records added.")
        check_error(answer, 409)

    def test_refuses_a_second_one_of_a_name(self, office):
        name = office.name("limit")
        office.make("limit", name=name, type="instance", rate=1000,
                    period="312s")
        answer = office.call("POST", "limit", {"resource": [{
            "name": name, "type": "instance", "rate": 1000,
            "period": "313s"}]})
        check_error(answer, 409, f'"{name}" already.')
        assert "weir limit" not in answer.error["message"]
