"""What the System API lets nobody do: get rights by way of others, or shut
everybody out."""

import pytest

from support.accounts import WORD, Person, enter
from support.answer import check_error

SYSTEMS = ("sqlite", "mysql")
ACCESS = "role_service_access_by_role_id"
ROLES = "user_to_app_to_role_by_user_id"


@pytest.fixture(scope="module")
def system_id(office):
    [row] = office.get("service?filter=name=system&fields=id")["resource"]
    return row["id"]


@pytest.fixture(scope="module")
def almighty(office):
    """A role that may do everything."""
    return office.make("role", name=office.name("almighty"), is_active=True,
                       **{ACCESS: [{"component": "*", "verb_mask": 31}]})


@pytest.fixture
def clerk(office, system_id):
    """Who writes users and apps and nothing else: as a person, with the id,
    the row of its role, and its app."""
    role = office.make("role", name=office.name("clerk"), is_active=True,
                       **{ACCESS: [{"service_id": system_id,
                                    "component": component,
                                    "verb_mask": 31}
                                   for component in ("user/*", "app/*")]})
    app, key = office.add_app()
    email = office.name("clerk") + "@x.org"
    id = office.make("user", email=email, password=WORD, **{
        ROLES: [{"app_id": app, "role_id": role}]})
    [row] = office.get(f"user/{id}?related={ROLES}")[ROLES]
    person = enter(office.clients[0], email, key=key)
    person.id, person.row, person.app = id, row, app
    return person


class TestRights:
    def test_nobody_gives_itself_another_role(self, clerk, almighty):
        row = {"id": clerk.row["id"], "role_id": almighty}
        check_error(clerk.call("PATCH", f"system/user/{clerk.id}",
                               {ROLES: [row]}), 403, "role_id")
        check_error(clerk.call("PATCH", f"system/user/{clerk.id}", {ROLES: [
            {"app_id": clerk.app, "role_id": almighty}]}), 403)
        check_error(clerk.call("POST", "system/admin", {"resource": [
            {"email": "a@x.org"}]}), 403)

    def test_nor_to_another(self, office, clerk, almighty):
        email = office.name("other") + "@x.org"
        check_error(clerk.call("POST", "system/user", {"resource": [
            {"email": email, ROLES: [
                {"app_id": clerk.app, "role_id": almighty}]}]}), 403)
        assert not office.get("user?filter=email=" + email)["resource"]

    def test_nor_to_an_app(self, office, clerk, almighty):
        check_error(clerk.call("POST", "system/app", {"resource": [
            {"name": office.name("app"), "role_id": almighty}]}), 403)
        check_error(clerk.call("PATCH", f"system/app/{clerk.app}",
                               {"role_id": almighty}), 403, "role_id")

    def test_gives_its_own_and_keeps_what_stands(self, office, clerk,
                                                 almighty):
        own = clerk.row["role_id"]
        answer = clerk.call("POST", "system/user", {"resource": [
            {"email": office.name("other") + "@x.org",
             ROLES: [{"app_id": clerk.app, "role_id": own}]}]})
        assert answer.status == 201, answer
        id = answer.rows[0]["id"]
        office.change(f"user/{id}", **{ROLES: [
            {"app_id": clerk.app, "role_id": almighty}]})
        [row] = office.get(f"user/{id}?related={ROLES}")[ROLES]
        assert clerk.call("PATCH", f"system/user/{id}",
                          {ROLES: [row]}).status == 200
        app, _ = office.add_app(role_id=almighty)
        assert clerk.call("PATCH", f"system/app/{app}",
                          {"role_id": almighty}).status == 200

    def test_who_changes_roles_gives_them(self, office, system_id, almighty):
        role = office.make("role", name=office.name("chief"), is_active=True,
                           **{ACCESS: [{"service_id": system_id,
                                        "component": "*", "verb_mask": 31}]})
        app, key = office.add_app(role_id=role)
        chief = Person(office.clients[0], key=key)
        assert chief.call("PATCH", f"system/app/{app}",
                          {"role_id": almighty}).status == 200


class TestLocks:
    def test_the_service_itself_stays(self, office, system_id):
        path = f"service/{system_id}"
        for change in ({"is_active": False}, {"name": "other"}):
            check_error(office.call("PATCH", path, change), 409, "system")
        assert office.change(path, is_active=True, name="system",
                             label="Administration") == {"id": system_id}
        assert office.get(path)["label"] == "Administration"

    @pytest.fixture
    def bound(self, office, almighty):
        """The id of an administrator who may what a role allows."""
        app, _ = office.add_app()
        return office.make(
            "admin", email=office.name("bound") + "@x.org", password=WORD,
            **{ROLES: [{"app_id": app, "role_id": almighty}]})

    def test_one_administrator_stays_free(self, office, almighty, bound):
        app, _ = office.add_app()
        path = f"admin/{office.boss_id}"
        for method, body in (
                ("DELETE", None), ("PATCH", {"is_active": False}),
                ("PATCH", {ROLES: [{"app_id": app, "role_id": almighty}]})):
            check_error(office.call(method, path, body), 409,
                        "administrator")
        assert office.get(path + "?related=" + ROLES)[ROLES] == []
        assert office.remove(f"admin/{bound}") == {"id": bound}

    def test_others_go(self, office):
        id = office.make("admin", email=office.name("free") + "@x.org",
                         password=WORD)
        office.change(f"admin/{id}", is_active=False)
        assert office.remove(f"admin/{id}") == {"id": id}


class TestAnswers:
    @pytest.mark.parametrize("query", [
        "fields=nope", "fields=id,nope",
        f"related={ROLES}&related.nope.fields=id"])
    def test_what_cannot_be_answered_is_not_done(self, office, query):
        address = office.name("unseen") + "@x.org"
        for body in ({"email": address}, {"resource": [{"email": address}]}):
            check_error(office.call("POST", "user?" + query, body), 400,
                        "nope")
        assert not office.get("user?filter=email=" + address)["resource"]
        id = office.make("user", email=address)
        for path, body in ((f"user/{id}", {"phone": "1"}),
                           (f"user?ids={id}", {"resource": [{"phone": "1"}]}),
                           ("user", {"resource": [{"id": id, "phone": "1"}]})):
            path += ("&" if "?" in path else "?") + query
            check_error(office.call("PATCH", path, body), 400,
                        "nope")
        assert office.get(f"user/{id}")["phone"] is None

    def test_nor_is_what_shows_more_than_may_be_read(self, office, clerk):
        address = office.name("unseen") + "@x.org"
        answer = clerk.call(
            "POST", f"system/user?fields=*&related={ROLES}.role_by_role_id",
            {"resource": [{"email": address}]})
        assert answer.status in (201, 403), answer
        assert len(office.get("user?filter=email=" + address)[
            "resource"]) == (answer.status == 201)


class TestFilters:
    """What opens rows is changed as it is sent, or not at all."""

    FILTERS = [{"name": "id", "operator": ">", "value": 0},
               {"name": "id", "operator": "<", "value": 3}]

    @pytest.fixture
    def row(self, office):
        """A role's path and the id of its row, with an app that has it."""
        role = office.make("role", name=office.name("role"), is_active=True,
                           **{ACCESS: [{"service_id": office.shop_id,
                                        "component": "_table/orders",
                                        "verb_mask": 1, "filter_op": "or",
                                        "filters": self.FILTERS}]})
        path = f"role/{role}?related={ACCESS}"
        _, key = office.add_app(role_id=role)
        return path, office.get(path)[ACCESS][0]["id"], key

    def seen(self, office, row):
        """How the filters are joined, and how many rows they leave."""
        path, _, key = row
        answer = Person(office.clients[0], key=key).get(
            "shop/_table/orders?count_only=true")
        [stored] = office.get(path)[ACCESS]
        assert stored["filters"] == self.FILTERS
        return stored["filter_op"], answer.json

    def change(self, office, row, **members):
        return office.call("PATCH", row[0], {ACCESS: [
            {"id": row[1]} | members]})

    def test_the_joint_changes_by_itself(self, office, row):
        joint, n = self.seen(office, row)
        assert joint == "or" and n > 2
        assert self.change(office, row, filter_op="AND").status == 200
        assert self.seen(office, row) == ("AND", 2)
        assert self.change(office, row, filter_op=None).status == 200
        assert self.seen(office, row) == ("and", 2)

    def test_it_stays_when_others_change(self, office, row):
        for members in ({"filters": self.FILTERS}, {"verb_mask": 3}):
            assert self.change(office, row, **members).status == 200
            assert self.seen(office, row)[0] == "or"
        assert office.call("PATCH", row[0], {ACCESS: [
            {"service_id": office.shop_id, "component": "_table/orders",
             "verb_mask": 1}]}).status == 200
        assert self.seen(office, row)[0] == "or"

    @pytest.mark.parametrize("members, word", [
        ({"filter_op": "XOR"}, "XOR"),
        ({"filter_op": "XOR", "filters": None}, "XOR"),
        ({"filter_op": 1}, "filter_op"), ({"service_id": None}, "service")])
    def test_what_makes_no_sense_is_refused(self, office, row, members,
                                            word):
        check_error(self.change(office, row, **members), 400, word)
        assert self.seen(office, row)[0] == "or"
        check_error(office.call("POST", "role", {"resource": [
            {"name": office.name("role"), ACCESS: [
                {"service_id": office.shop_id, "component": "_table/*",
                 "verb_mask": 1, "filter_op": "XOR"}]}]}), 400, "XOR")


class TestMembers:
    """What is misspelt is not dropped."""

    @pytest.mark.parametrize("resource, record, words", [
        ("role", {"name": "x", "is_activ": True}, ["is_activ", '"is_active"']),
        ("role", {"name": "x", "Name": "x"}, ['"Name"', '"name"']),
        ("role", {"name": "x", "colour": 1}, ["colour", "is not known"]),
        ("role", {"name": "x", ACCESS: [{"component": "*", "verbmask": 1}]},
         [ACCESS, "verbmask", '"verb_mask"']),
        ("role", {"name": "x", "lookup_by_role_id": [
            {"name": "a", "valu": "b"}]}, ["valu", '"value"']),
        ("user", {"email": "x@x.org", "pasword": WORD}, ['"password"']),
        ("user", {"email": "x@x.org", ROLES: [{"app": 1, "role_id": 1}]},
         [ROLES, '"app"']),
        ("admin", {"email": "x@x.org", "e_mail": "x"}, ['"email"']),
        ("app", {"name": "x", "expires_inn": 5}, ['"expires_in"']),
        ("limit", {"name": "x", "rat": 5}, ['"rate"']),
        ("limit", {"name": "x", "lock_out": True}, ['"lockout"']),
        ("lookup", {"name": "x", "privat": True}, ['"private"']),
        ("cors", {"path": "x", "origin": "*", "methods": []}, ['"method"']),
        ("service", {"name": "x", "lable": "y"}, ['"label"']),
    ])
    def test_the_nearest_is_named(self, office, resource, record, words):
        check_error(office.call("POST", resource, {"resource": [record]}),
                    400, *words)
        [name] = [key for key in ("name", "email", "path") if key in record]
        assert not office.get(f"{resource}?filter={name}={record[name]}")[
            "resource"]
        check_error(office.call("PATCH", resource + "?ids=1",
                                {"resource": [record]}), 400, *words)

    def test_what_is_read_can_be_sent_back(self, office, bound_user):
        role, app, user = bound_user
        [cors] = office.call("POST", "cors?fields=*", {"resource": [
            {"path": "api/back/*", "origin": "*"}]}).rows
        limit = office.make("limit", name=office.name("limit"), rate=5,
                            type="instance", period="day")
        lookup = office.make("lookup", name=office.name("lookup"), value="1")
        for path in (f"role/{role}?related=*", f"app/{app}?related=*",
                     f"user/{user}?related=*", f"cors/{cors['id']}",
                     f"service/{office.shop_id}?related=*",
                     f"limit/{limit}", f"lookup/{lookup}?related=*",
                     f"admin/{office.boss_id}?related=*"):
            record = office.get(path)
            answer = office.call("PUT", path.partition("?")[0], record)
            assert answer.status == 200, (path, answer)

    @pytest.fixture
    def bound_user(self, office):
        role = office.add_role(lookup_by_role_id=[
            {"name": "a", "value": "b"}])
        app, _ = office.add_app(role_id=role)
        return role, app, office.make(
            "user", email=office.name("back") + "@x.org", password=WORD,
            lookup_by_user_id=[{"name": "a", "value": "b"}],
            **{ROLES: [{"app_id": app, "role_id": role}]})

    def test_what_other_clients_send_is_taken(self, office):
        office.make("app", name=office.name("app"), type=0, path=None,
                    url=None, requires_fullscreen=False,
                    storage_service_id=None)
        office.make("user", email=office.name("df") + "@x.org", adldap=None,
                    oauth_provider=None, is_sys_admin=False)


def test_an_app_in_use_stays(office):
    role = office.add_role()
    id, key = office.add_app(role_id=role)
    email, limit = office.name("user") + "@x.org", office.name("limit")
    user = office.make("user", email=email, **{
        ROLES: [{"app_id": id, "role_id": role}]})
    office.make("limit", name=limit, type="instance.app", app_id=id, rate=99,
                period="day")
    check_error(office.call("DELETE", f"app/{id}"), 409, email, limit)
    assert office.orders(key) == 200
    assert office.remove(f"app/{id}?force=true") == {"id": id}
    assert office.get(f"user/{user}?related={ROLES}")[ROLES] == []
    assert not office.get("limit?filter=name=" + limit)["resource"]


@pytest.mark.parametrize("option", [
    "count_only=true", "as_list=true", "include_count=true",
    "count_only=true&fields=id"])
def test_a_filter_finds_what_is_written_whatever_is_shown(office, option):
    name = office.name("found")
    id = office.make("role", name=name)
    answer = office.call("PATCH", f"role?filter=name={name}&{option}",
                         {"resource": [{"description": "here"}]})
    assert answer.status == 200, answer
    assert office.get(f"role/{id}")["description"] == "here"
    assert office.call("DELETE", f"role?filter=name={name}&{option}").rows == [
        {"id": id}]


@pytest.mark.parametrize("ids", ["abc", "1,b", "0", "1,,2"])
def test_ids_are_numbers(office, ids):
    answer = office.call("GET", "role?ids=" + ids)
    check_error(answer, 400, "'ids'")
    assert answer.error["code"] == 400


@pytest.mark.parametrize("resource, record", [
    ("role", {"name": "esc", "description": "a\x1b[31mb"}),
    ("app", {"name": "esc", "description": "a\x7fb"}),
    ("role", {"name": "esc", ACCESS: [
        {"component": "_table/\x1b[31m", "verb_mask": 1}]}),
    ("cors", {"path": "esc", "origin": "*", "description": "\x07"}),
    ("lookup", {"name": "esc", "description": "\x1b"}),
])
def test_nothing_steers_a_terminal(office, resource, record):
    if ACCESS in record:
        record[ACCESS][0]["service_id"] = office.shop_id
    check_error(office.call("POST", resource, {"resource": [record]}), 400,
                "control")


def test_no_command_is_named(office, system_id):
    """To whom calls, and may have no shell."""
    role = office.add_role()
    name = office.get(f"role/{role}?fields=name")["name"]
    app, _ = office.add_app(role_id=role)
    email = office.name("user") + "@x.org"
    office.make("user", email=email, **{
        ROLES: [{"app_id": app, "role_id": role}]})
    for call, status, words in (
            (("POST", "role", {"name": name}), 409, [name]),
            (("DELETE", f"role/{role}?force=true"), 409, ["app", email]),
            (("DELETE", f"service/{system_id}"), 400, ["platform"])):
        answer = office.call(*call)
        check_error(answer, status, *words)
        assert "weir " not in answer.error["message"]
