"""What people do about themselves: log in, profile, password, registration."""

import itertools
import json
import os
import re
import sqlite3
import stat
import time

import pytest

from support import accounts
from support.accounts import (ADMINS, ENDED, USERS, WORD, Person, add,
                              claims_of, enter, login)
from support.answer import check_error
from support.process import wait_until
from support.weir import Failed

SETTINGS = accounts.SETTINGS | {
    "LOGIN_FAILURES_HOST": "1000", "DF_ALLOW_FOREVER_SESSIONS": "true",
    "DF_CONFIRM_CODE_TTL": "1h", "MAIL_FROM_ADDRESS": "weir@x.org"}
NUMBER = itertools.count(1)
WRONG = "Invalid credentials supplied."
ORDERS = "shop/_table/orders?limit=1"
BCRYPT = ("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
          "U*U")


@pytest.fixture(scope="module")
def mailbox(site):
    """A folder into which the program that sends mail puts each."""
    folder = site.path("mails")
    os.mkdir(folder)
    program = site.path("sendmail")
    with open(program, "w", encoding="utf-8") as out:
        out.write(f'#!/bin/sh\n[ "$1" = -t ] || exit 3\n'
                  f'name=$(mktemp {folder}/.XXXXXX)\ncat >"$name"\n'
                  f'mv "$name" {folder}/mail.$$\n')
    os.chmod(program, stat.S_IRWXU)
    site.configure(SENDMAIL=f'"{program} -t"')
    return folder


@pytest.fixture(scope="module")
def servers(site, mailbox):
    del mailbox
    add(site, "boss@x.org", "admin")
    servers = [site.serve(name) for name in ("first", "second")]
    yield servers
    for server in servers:
        server.stop()


@pytest.fixture
def client(servers):
    with servers[0].connect() as client:
        yield client


@pytest.fixture
def other(servers):
    with servers[1].connect() as client:
        yield client


@pytest.fixture
def email(site):
    email = f"user{next(NUMBER)}@x.org"
    add(site, email)
    return email


@pytest.fixture
def joe(client, email, reader):
    return enter(client, email, key=reader)


@pytest.fixture
def boss(client):
    return enter(client, "boss@x.org", path="system/admin/session")


def in_database(site, sql, *values):
    with sqlite3.connect(site.path("system.sqlite")) as db:
        row = db.execute(sql, values).fetchone()
    db.close()
    return row


# -- logging in ---------------------------------------------------------------

@pytest.mark.parametrize("body, words", [
    ({}, "email"), ({"password": "x"}, "email"),
    ({"email": "", "password": "x"}, "email"),
    ({"email": 5, "password": "x"}, "email"),
    ({"email": "a@x.org"}, "password"),
    ({"email": "a@x.org", "password": None}, "password"),
])
@pytest.mark.parametrize("path", ["user/session", "system/admin/session"])
def test_a_log_in_needs_a_name_and_a_password(client, path, body, words):
    check_error(Person(client).call("POST", path, body), 400,
                f"Login request is missing required {words}.")


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"{", 400), (b"[]", 400), (b'"x"', 400), (b"1", 400)])
def test_a_log_in_must_be_an_object(client, body, status):
    assert client.call(USERS, "POST", body=body).status == status


def test_what_is_no_json_is_told_so(client):
    answer = client.call(USERS, "POST", {"Content-Type": "text/csv"}, b"a,b")
    assert answer.status == 415


def test_nobody_learns_which_users_there_are(client, site, email):
    site.weir("user", "set", email, "--active", "no")
    answers = [
        login(client, "nobody@x.org"),
        login(client, "boss@x.org"),
        login(client, "boss@x.org", "wrong password"),
        login(client, email),
        login(client, "no address at all"),
        login(client, "x" * 3000 + "@x.org"),
        login(client, email, path="system/admin/session")]
    for answer in answers:
        check_error(answer, 401, WRONG)
        assert answer.headers["WWW-Authenticate"]
    texts = {json.dumps(answer.error | {"request_id": ""})
             for answer in answers}
    assert len(texts) == 1


def test_each_logs_in_at_their_own_door(client, email):
    assert login(client, email).status == 200
    assert login(client, "boss@x.org",
                 path="system/admin/session").status == 200
    check_error(login(client, "boss@x.org"), 401, WRONG)
    check_error(login(client, email, path="system/admin/session"), 401,
                WRONG)


def test_the_case_of_an_e_mail_does_not_matter(client, email):
    assert login(client, email.upper()).status == 200


def test_a_log_in_leaves_its_date(client, email):
    session = login(client, email).json
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d",
                        session["last_login_date"])
    assert session["token_expiry_date"] > session["last_login_date"]


def test_a_user_without_a_password_does_not_log_in(client, site):
    site.weir("user", "add", "passwordless@x.org", "--no-password")
    for word in ("", WORD, "x"):
        answer = login(client, "passwordless@x.org", word)
        assert answer.status in (400, 401)


def test_a_role_that_is_switched_off_lets_nobody_in(client, site, email):
    site.add_role("resting")
    site.weir("role", "set", "resting", "--active", "no")
    key = site.add_key("resting", "resting")
    assert wait_until(lambda: Person(client, key=key).get(
        ORDERS).status == 403)
    check_error(login(client, email, key=key), 403, "Role is not active.")
    assert login(client, email).status == 200


def test_an_old_hash_is_made_anew(client, site, email):
    in_database(site, "UPDATE user SET password = ? WHERE email = ?",
                BCRYPT[0], email)
    assert login(client, email, "U*V").status == 401
    assert login(client, email, BCRYPT[1]).status == 200
    row = in_database(
        site, "SELECT password FROM user WHERE email = ?", email)
    assert row[0].startswith("$argon2id$")
    assert login(client, email, BCRYPT[1]).status == 200


@pytest.mark.parametrize("path", ["user/session", "system/admin/session"])
def test_other_methods_are_refused_with_those_there_are(client, path):
    for method in ("PATCH",):
        answer = Person(client, None).call(method, path)
        assert answer.status in (401, 405)
    answer = Person(client).call("OPTIONS", path)
    assert answer.status == 200
    assert answer.headers["Allow"] == (
        "GET, HEAD, POST, PUT, DELETE, OPTIONS")


def test_a_session_may_go_on_for_ever(client, email):
    mortal = enter(client, email)
    eternal = enter(client, email, remember_me=True)
    assert claims_of(eternal.token)["forever"] is True
    renewed = eternal.call("PUT", "user/session").json["session_token"]
    assert claims_of(renewed)["forever"] is True
    renewed = mortal.call("PUT", "user/session").json["session_token"]
    assert claims_of(renewed)["forever"] is False


def test_other_sessions_end_with_their_window(client, site, email):
    for forever in (False, True):
        person = enter(client, email, remember_me=forever)
        claims = claims_of(person.token)
        in_database(
            site, "UPDATE user_session SET expires = ? WHERE token_id = ?",
            claims["iat"] + 100, claims["jti"])
        answer = person.call("PUT", "user/session")
        claims = claims_of(answer.json["session_token"])
        ends, = in_database(
            site, "SELECT expires FROM user_session WHERE token_id = ?",
            claims["jti"])
        if forever:
            assert claims["exp"] - claims["iat"] == 1440 * 60
            assert ends - claims["iat"] == 20160 * 60
        else:
            assert claims["exp"] <= claims["iat"] + 100
            assert ends == claims["exp"]
        in_database(
            site, "UPDATE user_session SET expires = 1 WHERE token_id = ?",
            claims["jti"])
        late = Person(client, answer.json["session_token"])
        check_error(late.call("PUT", "user/session"), 401,
                    "Token refresh failed. ")


# -- HTTP Basic -----------------------------------------------------------------

def test_basic_is_good_for_one_request(client, email, reader):
    headers = accounts.basic(email) | accounts.lines(key=reader)
    assert client.call("/api/v2/" + ORDERS, headers=headers).status == 200
    shown = client.call(USERS, headers=headers)
    assert shown.status == 200
    assert shown.json["session_token"] is None
    assert shown.json["email"] == email
    assert "token_expiry_date" not in shown.json
    assert client.call(USERS, headers=accounts.lines(
        key=reader)).status == 401


def test_a_token_comes_before_basic(client, joe):
    headers = accounts.basic("nobody@x.org") | accounts.lines(
        joe.token, joe.key)
    assert client.call("/api/v2/" + ORDERS, headers=headers).status == 200


def test_a_body_is_kept_while_the_password_is_looked_at(
        client, site, email):
    site.add_role("clerk")
    site.grant("clerk", "shop", "*", "all")
    key = site.add_key("clerk", "clerk")
    headers = accounts.basic(email) | accounts.lines(key=key)
    body = json.dumps({"resource": [
        {"item": "x" * 70, "amount": n} for n in range(3)]}).encode()
    assert wait_until(lambda: client.call(
        "/api/v2/" + ORDERS, headers=headers).status == 200)
    answer = client.call("/api/v2/shop/_table/orders", "POST", headers, body)
    assert answer.status == 200
    long = json.dumps({"resource": [
        {"item": "y" * 200, "amount": n} for n in range(900)]}).encode()
    assert len(long) > 2 * 65536
    answer = client.call("/api/v2/shop/_table/orders", "POST", headers, long)
    assert answer.status == 200
    assert len(answer.rows) == 900


def test_a_page_of_another_origin_does_not_write_with_basic(
        client, site, email, joe):
    site.weir("cors", "add", "api/v2/user/*", "--origin",
              "https://good.example,https://bad.example", "--credentials",
              "--methods", "GET,PATCH")
    host = "weir.example:8443"

    def edit(origin=None, method="PATCH", query="", lines=None):
        headers = (lines or accounts.basic(email)) | {"Host": host}
        if origin:
            headers["Origin"] = origin
        return client.call("/api/v2/user/profile" + query, method, headers,
                           b'{"first_name":"Ann"}')

    wait_until(lambda: edit("https://good.example").status == 200)
    assert edit().status == 200
    assert edit("https://WEIR.example:8443").status == 200
    for origin in ("https://evil.example", "null", "https://weir.example",
                   "https://", "weir.example:8443"):
        check_error(edit(origin), 403, "another origin")
    check_error(edit("https://good.example", "PUT"), 403, "another origin")
    assert edit("https://evil.example", "GET").status == 200
    assert edit("https://evil.example",
                lines=accounts.lines(joe.token)).status == 200
    # a form needs no script, and may come without an origin
    for query in ("?method=PATCH", "?_method=put"):
        check_error(edit(None, "POST", query), 403, "in the query")
        assert edit(None, "POST", query,
                    accounts.lines(joe.token)).status == 200
    assert edit(None, "POST", "?method=GET").status == 200
    assert edit(None, "POST", "", accounts.basic(email) | {
        "X-HTTP-Method": "PATCH"}).status == 200
    site.weir("cors", "remove", "api/v2/user/*")


# -- the profile ------------------------------------------------------------------

PROFILE = ["first_name", "last_name", "name", "username", "email", "phone",
           "security_question", "default_app_id"]


def test_a_profile_is_shown_and_changed(joe, email):
    shown = joe.get("user/profile").json
    assert list(shown) == PROFILE
    assert shown["email"] == email
    for method in ("PUT", "PATCH", "POST"):
        changes = {"first_name": method, "last_name": "Doe", "phone": "+1",
                   "username": "joe" + email.split("@")[0],
                   "security_question": "Why?", "security_answer": "So",
                   "default_app_id": 1, "nosuch": [1]}
        answer = joe.call(method, "user/profile", changes)
        assert (answer.status, answer.json) == (200, {"success": True})
        shown = joe.get("user/profile").json
        assert {name: shown[name] for name in changes
                if name in PROFILE} == {
            name: changes[name] for name in changes if name in PROFILE}
    answer = joe.call("PATCH", "user/profile", {"phone": None})
    assert answer.status == 200
    assert joe.get("user/profile").json["phone"] is None


def test_an_answer_is_kept_as_a_hash(site, joe, email):
    joe.call("PATCH", "user/profile", {"security_answer": "a blue horse"})
    row = in_database(
        site, "SELECT security_answer FROM user WHERE email = ?", email)
    assert row[0].startswith("$argon2id$")


@pytest.mark.parametrize("changes, words", [
    ({"email": "none"}, "email: "), ({"email": None}, "email: "),
    ({"first_name": 5}, "first_name must be a string"),
    ({"phone": ["1"]}, "phone must be a string"),
    ({"default_app_id": "1"}, "default_app_id"),
    ({"default_app_id": 9999}, "default_app_id: there is none"),
    ({"first_name": "x" * 300}, "255"),
])
def test_a_wrong_profile_changes_nothing(joe, changes, words):
    before = joe.get("user/profile").json
    check_error(joe.call("PATCH", "user/profile",
                         {"last_name": "Changed"} | changes), 400, words)
    assert joe.get("user/profile").json == before


def test_an_e_mail_that_is_taken_is_409(joe):
    check_error(joe.call("PATCH", "user/profile", {"email": "boss@x.org"}),
                409, "already")


def test_nobody_makes_an_administrator_of_themselves(site, joe, email):
    joe.call("PATCH", "user/profile", {
        "is_sys_admin": True, "is_active": False, "password": "x" * 20})
    assert in_database(
        site, "SELECT is_sys_admin, is_active FROM user WHERE email = ?",
        email) == (0, 1)
    assert login(joe.client, email).status == 200


def test_administrators_have_a_profile_of_their_own(boss, joe):
    assert boss.get("system/admin/profile").json["email"] == "boss@x.org"
    assert boss.call("PATCH", "system/admin/profile",
                     {"phone": "9"}).status == 200
    assert boss.get("system/admin/profile").json["phone"] == "9"
    assert joe.get("system/admin/profile").status == 403


# -- the password -------------------------------------------------------------------

NEW = "an even better password"


def test_a_password_is_changed_by_who_knows_it(client, other, joe, email):
    aside = enter(other, email)
    answer = joe.call("POST", "user/password", {
        "old_password": WORD, "new_password": NEW})
    assert answer.status == 200
    assert list(answer.json) == ["success", "session_token"]
    assert not joe.is_in
    assert not aside.is_in
    for process in (client, other):
        assert Person(process, answer.json["session_token"]).is_in
        assert login(process, email).status == 401
    assert login(client, email, NEW).status == 200


def test_without_another_session(joe, email):
    answer = joe.call("POST", "user/password?login=false", {
        "old_password": WORD, "new_password": NEW})
    assert answer.json == {"success": True}
    assert not joe.is_in
    assert login(joe.client, email, NEW).status == 200


def test_a_wrong_password_changes_none(joe, email):
    answer = joe.call("POST", "user/password", {
        "old_password": "wrong", "new_password": NEW})
    check_error(answer, 401, "The password supplied does not match.")
    assert joe.is_in
    assert login(joe.client, email).status == 200


@pytest.mark.parametrize("new", ["short", "", None, "x" * 1025])
def test_a_bad_password_is_not_set(joe, email, new):
    answer = joe.call("POST", "user/password", {
        "old_password": WORD, "new_password": new})
    check_error(answer, 400, "8 to 1024")
    assert joe.is_in
    assert login(joe.client, email).status == 200


def test_who_is_nobody_changes_no_password(client):
    body = {"old_password": WORD, "new_password": NEW}
    assert Person(client).call("POST", "user/password", body).status == 401
    check_error(Person(client).call("POST", "user/password", {}), 400,
                "old_password")
    assert Person(client).call("GET", "user/password").status == 401


def test_administrators_change_theirs_at_their_own_door(site, client, joe):
    add(site, "chief@x.org", "admin")
    chief = enter(client, "chief@x.org", path="system/admin/session")
    body = {"old_password": WORD, "new_password": NEW}
    assert joe.call("POST", "system/admin/password", body).status == 401
    answer = chief.call("POST", "system/admin/password", body)
    assert answer.status == 200
    assert Person(client, answer.json["session_token"]).get(
        "system/session").status == 200
    assert login(client, "chief@x.org", NEW,
                 path="system/admin/session").status == 200


def mails(mailbox):
    """Those that have come since, read and taken away."""
    found = []
    for name in os.listdir(mailbox):
        if not name.startswith("."):
            with open(os.path.join(mailbox, name), encoding="utf-8") as text:
                found.append(text.read())
            os.unlink(os.path.join(mailbox, name))
    return found


def ask_for_code(client, email, path="user/password"):
    answer = Person(client).call("POST", path + "?reset=true",
                                 {"email": email})
    assert (answer.status, answer.json) == (200, {"success": True})


def code_for(client, mailbox, email, path="user/password"):
    ask_for_code(client, email, path)
    found = []
    assert wait_until(lambda: found.extend(mails(mailbox)) or found)
    mail, = found
    head, _, text = mail.partition("\n\n")
    assert f"To: {email}" in head.splitlines()
    assert "From: weir@x.org" in head.splitlines()
    return re.search(r"^[0-9a-f]{32}$", text, re.MULTILINE).group()


def test_a_forgotten_password_is_set_by_a_code(
        client, other, mailbox, joe, email):
    code = code_for(client, mailbox, email)
    assert joe.is_in
    body = {"email": email, "code": code, "new_password": NEW}
    short = Person(other).call("POST", "user/password",
                               body | {"new_password": "short"})
    check_error(short, 400)
    answer = Person(other).call("POST", "user/password", body)
    assert answer.status == 200
    assert not joe.is_in
    assert Person(client, answer.json["session_token"]).is_in
    assert login(client, email, NEW).status == 200
    check_error(Person(client).call("POST", "user/password", body), 401,
                "confirmation code")


def test_a_code_is_its_users_and_ends(client, site, mailbox, email):
    code = code_for(client, mailbox, email)
    body = {"email": email, "code": code, "new_password": NEW}
    for wrong in ({"code": "0" * 32}, {"email": "nobody@x.org"}):
        check_error(Person(client).call("POST", "user/password",
                                        body | wrong), 401)
    in_database(site, "UPDATE user SET confirm_expires = ? WHERE email = ?",
                int(time.time() * 1000) - 1, email)
    check_error(Person(client).call("POST", "user/password", body), 401)
    assert login(client, email, NEW).status in (401, 429)


@pytest.mark.parametrize("change", [
    {"password": "another word 12"}, {"email": "moved@x.org"},
    {"is_active": False}])
def test_a_code_ends_with_what_it_was_mailed_for(
        client, mailbox, boss, email, change):
    code = code_for(client, mailbox, email)
    [row] = boss.get("system/user?fields=id&filter=email=" + email).rows
    path = f"system/user/{row['id']}"
    assert boss.call("PATCH", path, change).status == 200
    assert boss.call("PATCH", path, {"is_active": True}).status == 200
    check_error(Person(client).call("POST", "user/password", {
        "email": change.get("email", email), "code": code,
        "new_password": NEW}), 401)


def test_a_code_outlives_other_changes(client, mailbox, boss, email):
    code = code_for(client, mailbox, email)
    [row] = boss.get("system/user?fields=id&filter=email=" + email).rows
    assert boss.call("PATCH", f"system/user/{row['id']}",
                     {"first_name": "Joe"}).status == 200
    assert Person(client).call("POST", "user/password", {
        "email": email, "code": code, "new_password": NEW}).status == 200


def test_nobody_learns_whom_a_code_is_mailed_to(client, mailbox, email):
    ask_for_code(client, "nobody@x.org")
    ask_for_code(client, "boss@x.org")  # at the other door
    code_for(client, mailbox, "boss@x.org", "system/admin/password")
    ask_for_code(client, email, "system/admin/password")
    code_for(client, mailbox, email)  # which comes last
    assert not mails(mailbox)


def test_no_mailbox_is_filled(client, mailbox, email):
    for _ in range(10):
        ask_for_code(client, email)
    answer = Person(client).call("POST", "user/password?reset=true",
                                 {"email": email})
    check_error(answer, 429)
    found = []
    assert wait_until(
        lambda: found.extend(mails(mailbox)) or len(found) == 10)


def test_without_mail_administrators_set_passwords(site, email):
    server = site.serve("mailless", SENDMAIL="")
    with server.connect() as client:
        answer = Person(client).call("POST", "user/password?reset=true",
                                     {"email": email})
        check_error(answer, 501, "administrator")
    server.stop()


def test_who_ends_sessions_of_others_is_audited(site, boss, joe):
    user_id = joe.get("user/session").json["id"]
    [one] = boss.get(f"system/session?user_id={user_id}").rows
    assert boss.call("DELETE",
                     f"system/session/{one['id']}").status == 200
    assert boss.call("DELETE",
                     f"system/session?user_id={user_id}").status == 200
    rows = json.loads(site.weir("audit", "list", "--json", "--resource",
                                "session"))[:2]
    assert [(row["action"], row["actor"], row["record_id"], row["before"])
            for row in rows] == [
        ("delete", "boss@x.org", id, {"user_id": user_id})
        for id in (0, one["id"])]
    assert "audit: delete session" in site.read("weir.log")


# -- registration ---------------------------------------------------------------------

@pytest.fixture(scope="module", name="open_doors")
def open_registration(site, servers):
    role = next(role["id"] for role in site.listed("role")
                if role["name"] == "reader")
    site.weir("service", "set", "user", "allow_open_registration=true",
              f"open_reg_role_id={role}")
    with servers[0].connect() as client, servers[1].connect() as other:
        for each in (client, other):
            assert wait_until(lambda e=each: Person(e).call(
                "POST", "user/register", {}).status == 400)
    yield
    site.weir("service", "set", "user", "allow_open_registration=false")


def test_who_may_registers(client, open_doors, owner):
    del open_doors
    body = {"email": "New@x.org", "password": WORD, "first_name": "New",
            "is_sys_admin": True}
    answer = Person(client).call("POST", "user/register", body)
    assert (answer.status, answer.json) == (200, {"success": True})
    person = enter(client, "new@x.org", key=owner)
    session = person.get("user/session").json
    assert session["role"] == "reader"  # in every app
    assert session["is_sys_admin"] is False
    check_error(Person(client).call("POST", "user/register", body), 409)


def test_the_role_of_who_registers_is_one(site, boss):
    with pytest.raises(Failed, match="no role of that id"):
        site.weir("service", "set", "user", "open_reg_role_id=9999")
    [service] = boss.get("system/service?filter=name=user&fields=id").rows
    check_error(boss.call("PATCH", f"system/service/{service['id']}", {
        "config": {"open_reg_role_id": 9999}}), 400, "open_reg_role_id")


def test_what_who_registers_may_is_audited(site, client, open_doors):
    del open_doors
    Person(client).call("POST", "user/register", {
        "email": "told@x.org", "password": WORD})
    [row] = json.loads(site.weir("audit", "list", "--json", "--limit", "1"))
    assert (row["action"], row["resource"], row["actor"]) == (
        "create", "user_to_app_to_role", "nobody")
    assert set(row["after"]) == {"user_id", "app_id", "role_id"}
    assert row["after"]["app_id"] == "*"


def test_who_registers_may_be_in_at_once(client, open_doors):
    del open_doors
    answer = Person(client).call("POST", "user/register?login=true", {
        "email": "quick@x.org", "new_password": WORD})
    assert Person(client, answer.json["session_token"]).is_in


@pytest.mark.parametrize("body", [
    {}, {"email": "a@x.org"}, {"password": WORD},
    {"email": "none", "password": WORD},
    {"email": "a@x.org", "password": "short"},
    {"email": "a@x.org\nBcc: b@x.org", "password": WORD}])
def test_who_says_too_little_does_not(client, open_doors, body):
    del open_doors
    check_error(Person(client).call("POST", "user/register", body), 400)


# -- what there is ----------------------------------------------------------------------

def test_the_services_list_what_they_have(boss):
    assert [row["name"] for row in boss.get("user").rows] == [
        "password", "profile", "register", "session"]
    assert {"admin/password", "admin/profile", "admin/session",
            "session"} <= {row["name"] for row in boss.get("system").rows}
    check_error(boss.get("user/nosuch"), 404,
                "Resource 'nosuch' not found for service 'user'.")
    check_error(boss.get("system/admin/nosuch"), 400, "number")
    check_error(boss.get("user/session/1"), 404)
    answer = boss.call("DELETE", "user")
    check_error(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


def test_the_root_shows_administrators_all_services(boss):
    names = [service["name"] for service in boss.get("").json["services"]]
    assert names == ["api_docs", "shop", "system", "user"]


def test_the_audit_names_who_changed_what(
        site, client, mailbox, open_doors, joe, email):
    del open_doors
    joe.call("PATCH", "user/profile", {"phone": "+1 2"})
    joe.call("POST", "user/password", {
        "old_password": WORD, "new_password": "changed by itself"})
    code = code_for(client, mailbox, email)
    Person(client).call("POST", "user/password", {
        "email": email, "code": code, "new_password": NEW})
    Person(client).call("POST", "user/register", {
        "email": "new." + email, "password": WORD})
    rows = json.loads(site.weir("audit", "list", "--json", "--resource",
                                "user", "--limit", "5"))
    found = [(row["action"], row["actor"], row["source"]) for row in rows
             if row["source"] != "command"]
    assert found[0] == ("create", "nobody", "127.0.0.1")
    assert ("update", "nobody", "127.0.0.1") in found[1:]
    assert found[-2:] == [("update", email, "127.0.0.1")] * 2
    assert rows[len(found) - 1]["after"]["phone"] == "+1 2"
    assert "by nobody (127.0.0.1)" in site.read("weir.log")
    assert f"by {email} (127.0.0.1)" in site.read("weir.log")


def test_no_secret_is_kept_or_logged(site, client, joe, email):
    code = "0123456789abcdef" * 2
    for answer in (
            joe.get("user/session?session_token=" + joe.token),
            login(client, email, "a wrong password indeed"),
            Person(client).call("POST", "user/password", {
                "email": email, "code": code, "new_password": NEW}),
            Person(client, joe.token + "x").get(ORDERS)):
        assert answer.status in (200, 401)
    secrets = [joe.token, joe.token.split(".")[2], WORD,
               "a wrong password indeed", NEW, code, accounts.SECRET]
    for folder, _, names in os.walk(site.folder):
        for name in names:
            if name in ("weir.env", "password") or name.endswith(".sock"):
                continue
            with open(os.path.join(folder, name), "rb") as content:
                data = content.read()
            for secret in secrets:
                assert secret.encode() not in data, name


def test_a_session_that_has_ended_is_counted(site, client, email):
    site.add_role("counted")
    site.grant("counted", "shop", "*", "all")
    key = site.add_key("counted", "counted")
    site.add_limit("counted", 3, "hour", app="counted")
    assert wait_until(lambda: "X-RateLimit-Limit" in Person(
        client, key=key).get(ORDERS).headers)
    person = enter(client, email)
    person.call("DELETE", "user/session")
    person.key = key
    answer = person.get(ORDERS)
    assert answer.error["message"] in (ENDED, "API limit(s) exceeded. ")
    assert "X-RateLimit-Remaining" in answer.headers
    assert wait_until(lambda: person.get(ORDERS).status == 429)
    bad = Person(client, "x.y.z", key).get(ORDERS)
    assert bad.status == 401
    assert "X-RateLimit-Remaining" not in bad.headers


def test_administrators_are_not_limited(site, client, boss):
    site.add_limit("everybody", 1000, "hour")
    assert wait_until(lambda: "X-RateLimit-Limit" in Person(
        client, key=site.keys["owner"]).get(ORDERS).headers)
    answer = Person(client, boss.token, site.keys["owner"]).get(ORDERS)
    assert answer.status == 200
    assert "X-RateLimit-Limit" not in answer.headers
    site.weir("limit", "remove", "everybody")


def test_the_access_log_names_the_user(site, joe):
    who = claims_of(joe.token)["user_id"]
    joe.get(ORDERS, headers={"X-Request-Id": "named-user"})
    assert wait_until(lambda: any(
        line["request_id"] == "named-user" and line["user_id"] == who
        for line in site.access_lines()))


def test_a_log_in_by_username(site):
    add(site, "byname@x.org", username="ByName")
    server = site.serve("names", DF_LOGIN_ATTRIBUTE="username")
    with server.connect() as client:
        for name in ("byname", "BYNAME"):
            answer = Person(client).call("POST", "user/session", {
                "username": name, "password": WORD})
            assert answer.status == 200
        check_error(login(client, "byname@x.org"), 400,
                    "missing required username")
        headers = accounts.basic("byname")
        assert client.call(USERS, headers=headers).status == 200
    server.stop()


def test_both_doors_are_open_to_who_asks(client):
    assert client.call(ADMINS, "DELETE").json == {"success": True}
    assert client.call(USERS, "DELETE").json == {"success": True}
