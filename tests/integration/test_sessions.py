"""Sessions, on each store: what two processes know of them, at once.

Whatever ends or changes one is done at one process, or from the shell, and
asked of both without waiting.
"""

import itertools
import threading
import time

import pytest

from support import accounts, fcgi
from support.accounts import Person, claims_of, enter, login
from support.process import wait_until
from support.store import STORES
from support.weir import run

SETTINGS = accounts.SETTINGS | {"STORE_TIMEOUT": "500ms"}
NUMBER = itertools.count(1)
ORDERS = "shop/_table/orders?limit=1"
SECRETS = "shop/_table/secrets?limit=1"

assert STORES  # each test of this file runs on each


@pytest.fixture(scope="module")
def boss(site):
    """An administrator's e-mail."""
    accounts.add(site, "boss@x.org", "admin")
    return "boss@x.org"


@pytest.fixture(scope="module")
def clients(site, boss):
    """A client of each of two processes."""
    del boss
    servers = [site.serve(name) for name in ("first", "second")]
    both = [server.connect() for server in servers]
    yield both
    for server in servers:
        server.stop()


@pytest.fixture
def email(site):
    """A user of this test alone."""
    email = f"user{next(NUMBER)}@x.org"
    accounts.add(site, email)
    return email


@pytest.fixture
def everywhere(clients):
    """The same person, as a client of each process."""
    def everywhere(person):
        return [Person(client, person.token, person.key)
                for client in clients]
    return everywhere


@pytest.fixture
def joe(clients, email, reader, everywhere):
    """A user logged in, known to both processes, with the reader's key."""
    person = enter(clients[0], email, key=reader)
    both = everywhere(person)
    assert all(each.is_in for each in both)
    assert all(each.get(ORDERS).status == 200 for each in both)
    return person


def is_in(both):
    answers = {each.is_in for each in both}
    assert len(answers) == 1
    return answers.pop()


def test_a_log_in_is_good_for_every_process(clients, email, reader):
    answer = login(clients[0], email, key=reader)
    assert answer.status == 200
    session = answer.json
    assert list(session) == [
        "session_token", "session_id", "id", "name", "first_name",
        "last_name", "email", "is_sys_admin", "last_login_date", "host",
        "token_expiry_date", "role", "role_id"]
    assert session["session_id"] == session["session_token"]
    assert session["email"] == email
    assert session["is_sys_admin"] is False
    assert session["role"] == "reader"
    assert answer.headers["Cache-Control"] == "no-store"
    for client in clients:
        shown = Person(client, session["session_token"], reader).get(
            "user/session")
        assert shown.json == session
        assert shown.headers["Cache-Control"] == "no-store"


def test_a_token_says_what_it_must(clients, email):
    claims = claims_of(enter(clients[0], email).token)
    assert set(claims) == {"iss", "iat", "exp", "nbf", "jti", "sub",
                           "user_id", "forever"}
    assert claims["exp"] - claims["iat"] == 1440 * 60
    assert claims["forever"] is False
    assert abs(claims["iat"] - time.time()) < 60


def test_each_place_of_a_token_will_do(clients, joe):
    client = clients[1]
    uri = "/api/v2/" + ORDERS
    key = accounts.lines(key=joe.key)
    for headers, more in (
            ({accounts.TOKEN: joe.token}, ""),
            ({"Authorization": "Bearer " + joe.token}, ""),
            ({"Authorization": "bearer " + joe.token}, ""),
            ({}, "&session_token=" + joe.token)):
        assert client.call(
            uri + more, headers=key | headers).status == 200
    answer = Person(client).call(
        "POST", "shop/_table/orders",
        {"api_key": joe.key, "session_token": joe.token, "item": "x"})
    assert answer.status == 403  # it is known who asks
    wrong = key | {"Authorization": "Bearer x", accounts.TOKEN: joe.token}
    assert client.call(uri, headers=wrong).status == 401


def test_logging_out_ends_it_everywhere(joe, everywhere):
    both = everywhere(joe)
    answer = both[0].call("DELETE", "user/session")
    assert (answer.status, answer.json) == (200, {"success": True})
    assert not is_in(both)
    assert [each.get(ORDERS).status for each in both] == [401, 401]
    assert both[1].call("DELETE", "user/session").status == 200


def test_one_session_ends_and_the_others_go_on(clients, joe, everywhere):
    other = everywhere(enter(clients[1], claim_email(joe)))
    assert is_in(other)
    joe.call("DELETE", "user/session")
    assert not is_in(everywhere(joe))
    assert is_in(other)


def claim_email(person):
    return person.get("user/session").json["email"]


def test_all_of_a_user_end_at_once(clients, joe, everywhere):
    email = claim_email(joe)
    others = [everywhere(enter(client, email)) for client in clients]
    assert all(is_in(other) for other in others)
    assert joe.call("DELETE", "user/session?all=true").status == 200
    assert not is_in(everywhere(joe))
    assert not any(is_in(other) for other in others)
    assert is_in(everywhere(enter(clients[0], email)))


def test_an_administrator_lists_and_ends_them(clients, boss, joe,
                                              everywhere):
    user_id = claims_of(joe.token)["user_id"]
    other = everywhere(enter(clients[1], claim_email(joe)))
    admin = enter(clients[1], boss, path="system/admin/session")
    listed = admin.get(f"system/session?user_id={user_id}").rows
    assert len(listed) == 2
    assert listed[0]["id"] > listed[1]["id"]
    assert listed[1]["ip_address"] == "127.0.0.1"
    assert {row["user_id"] for row in listed} == {user_id}
    path = f"system/session?user_id={user_id}&"
    assert admin.get(path + "limit=1").rows == listed[:1]
    assert admin.get(path + "limit=1&offset=1").rows == listed[1:]
    assert admin.get(path + "offset=2").rows == []
    for wrong in ("filter=id=1", "fields=id", "order=id", "limit=x",
                  "limit=0", "offset=-1"):
        assert admin.get(path + wrong).status == 400
    one = f"system/session/{listed[1]['id']}"
    assert admin.get(one).json == listed[1]
    answer = admin.call("DELETE", one)
    assert (answer.status, answer.json) == (200, {"id": listed[1]["id"]})
    assert admin.get(one).status == 404
    assert not is_in(everywhere(joe))
    assert is_in(other)
    assert admin.call(
        "DELETE", f"system/session?user_id={user_id}").status == 200
    assert not is_in(other)
    assert admin.call("DELETE", "system/session").status == 400
    assert admin.get("system/session/x").status == 400
    assert admin.get("system/session?user_id=x").status == 400


def test_the_shell_lists_and_ends_them(site, clients, joe, everywhere):
    email = claim_email(joe)
    other = everywhere(enter(clients[1], email))
    mine = [row for row in site.listed("session") if row["email"] == email]
    assert len(mine) == 2
    site.weir("session", "end", "--id", str(mine[1]["id"]))
    assert not is_in(everywhere(joe))
    assert is_in(other)
    site.weir("session", "end", email)
    assert not is_in(other)
    assert email not in site.weir("session", "list")


def test_who_is_switched_off_is_out_at_once(site, joe, everywhere):
    email = claim_email(joe)
    site.weir("user", "set", email, "--active", "no")
    for each in everywhere(joe):
        answer = each.get(ORDERS)
        assert (answer.status, answer.error["message"]) == (
            403, "User is not active.")
    site.weir("user", "set", email, "--active", "yes")
    assert not is_in(everywhere(joe))  # and does not come back by itself


def test_who_is_removed_is_out_at_once(site, joe, everywhere):
    site.weir("user", "remove", claim_email(joe))
    for each in everywhere(joe):
        answer = each.get(ORDERS)
        assert (answer.status, answer.error["message"]) == (
            404, "User not found.")


def test_another_password_ends_all_sessions(site, clients, joe, everywhere):
    email = claim_email(joe)
    accounts.set_password(site, email, "another good password")
    assert not is_in(everywhere(joe))
    assert login(clients[0], email).status == 401
    answer = login(clients[1], email, "another good password")
    assert answer.status == 200


def test_another_role_counts_at_once(site, joe, everywhere):
    email = claim_email(joe)
    both = everywhere(joe)
    assert [each.get(SECRETS).status for each in both] == [403, 403]
    accounts.grant(site, email, "reader", "owner")
    assert [each.get(SECRETS).status for each in both] == [200, 200]
    assert {each.get("user/session").json["role"] for each in both} == {
        "owner"}
    site.weir("user", "revoke", email, "--app", "reader")
    assert [each.get(SECRETS).status for each in both] == [403, 403]
    assert is_in(both)


def test_a_change_of_a_role_counts_for_who_has_it(site, joe, everywhere):
    site.add_role("passing")
    site.grant("passing", "shop", "*", "all")
    accounts.grant(site, claim_email(joe), "reader", "passing")
    both = everywhere(joe)

    def answered(status):
        return [each.get(SECRETS).status for each in both] == [status] * 2

    assert wait_until(lambda: answered(200))
    site.weir("role", "set", "passing", "--active", "no")
    assert wait_until(lambda: answered(403))
    site.weir("role", "set", "passing", "--active", "yes")
    assert wait_until(lambda: answered(200))
    site.weir("role", "revoke", "passing", "--service", "shop",
              "--component", "*")
    assert wait_until(lambda: answered(403))
    status, _, why = run("role", "remove", "passing",
                         "--env", site.env_file)
    assert status == 1 and claim_email(joe) in why
    site.weir("user", "revoke", claim_email(joe), "--app", "reader")
    site.weir("role", "remove", "passing")
    assert is_in(both)


def test_administrators_are_out_at_once_as_well(site, clients, everywhere):
    email = f"boss{next(NUMBER)}@x.org"
    accounts.add(site, email, "admin")

    def log_in():
        both = everywhere(enter(clients[0], email,
                                path="system/admin/session"))
        assert [each.get(SECRETS).status for each in both] == [200, 200]
        return both

    both = log_in()
    accounts.set_password(site, email, accounts.WORD, noun="admin")
    assert [each.get(SECRETS).status for each in both] == [401, 401]
    both = log_in()
    site.weir("admin", "set", email, "--active", "no")
    assert [each.get(SECRETS).status for each in both] == [403, 403]
    site.weir("admin", "set", email, "--active", "yes")
    assert [each.get(SECRETS).status for each in both] == [401, 401]
    both = log_in()
    site.weir("admin", "remove", email)
    assert [each.get(SECRETS).status for each in both] == [404, 404]


def test_a_role_goes_with_the_app_it_was_given_for(site, joe, everywhere):
    """Also for a session that was read before."""
    site.add_key("passing", "reader")
    accounts.grant(site, claim_email(joe), "passing", "owner")
    both = everywhere(joe)

    def answered(status):
        return [each.get(SECRETS).status for each in both] == [status] * 2

    assert wait_until(lambda: answered(200))
    site.weir("app", "remove", "passing")
    assert wait_until(lambda: answered(403))
    assert is_in(both)


def test_another_name_is_seen_at_once(joe, everywhere):
    both = everywhere(joe)
    answer = both[0].call("PATCH", "user/profile", {"first_name": "Joanna"})
    assert (answer.status, answer.json) == (200, {"success": True})
    assert {each.get("user/session").json["first_name"]
            for each in both} == {"Joanna"}


def test_a_token_of_an_earlier_e_mail_is_none(site, joe, everywhere):
    email = claim_email(joe)
    site.weir("user", "set", email, "--email", "new." + email)
    for each in everywhere(joe):
        refused = each.get(ORDERS)
        assert refused.status == 401
        assert refused.error["message"].startswith("Invalid token: ")
        assert each.call("PUT", "user/session").status == 401


def test_another_e_mail_of_ones_own_comes_with_a_token(joe, everywhere):
    email = "new." + claim_email(joe)
    answer = joe.call("PATCH", "user/profile", {"email": email})
    assert answer.status == 200
    assert not is_in(everywhere(joe))
    renewed = everywhere(Person(joe.client, answer.json["session_token"],
                                joe.key))
    assert is_in(renewed)
    assert claim_email(renewed[1]) == email


def test_a_refresh_gives_another_token(joe, everywhere):
    before = joe.get("user/session").json
    answer = joe.call("PUT", "user/session")
    assert answer.status == 200
    token = answer.json["session_token"]
    assert token != joe.token
    assert answer.json["id"] == before["id"]
    assert answer.json["role"] == "reader"
    assert not is_in(everywhere(joe))
    assert is_in(everywhere(Person(joe.client, token)))
    refused = joe.call("PUT", "user/session")
    assert refused.status == 401
    assert refused.error["message"].startswith("Token refresh failed. ")


def test_an_expired_token_is_refreshed_within_the_window(joe, everywhere):
    late = Person(joe.client, accounts.past(joe.token), joe.key)
    assert late.get(ORDERS).status == 401
    answer = late.call("PUT", "user/session")
    assert answer.status == 200
    assert is_in(everywhere(Person(
        joe.client, answer.json["session_token"])))
    assert not is_in(everywhere(joe))


def test_an_expired_token_still_logs_out(joe, everywhere):
    late = Person(joe.client, accounts.past(joe.token))
    assert late.call("DELETE", "user/session").json == {"success": True}
    assert not is_in(everywhere(joe))


def test_a_refresh_needs_a_token_of_ours(joe, everywhere):
    for token in (None, "x.y.z", accounts.sign(claims_of(joe.token),
                                               "y" * 40)):
        answer = Person(joe.client, token).call("PUT", "user/session")
        assert answer.status == 401, answer
    assert is_in(everywhere(joe))


def test_a_token_may_come_in_the_body_of_a_refresh(joe, everywhere):
    answer = Person(joe.client, key=joe.key).call(
        "PUT", "user/session", {"session_token": joe.token})
    assert answer.status == 200
    assert not is_in(everywhere(joe))


def test_a_flush_of_the_cache_ends_and_revives_nothing(
        site, clients, joe, everywhere):
    gone = enter(clients[0], claim_email(joe))
    assert is_in(everywhere(gone))
    gone.call("DELETE", "user/session")
    site.weir("cache", "flush")
    assert is_in(everywhere(joe))
    assert not is_in(everywhere(gone))


def test_a_logout_is_never_answered_too_early(clients, site, email,
                                              everywhere):
    """Calls from several threads: none that begins behind the answer of the
    log-out gets through."""
    for _ in range(5):
        person = enter(clients[0], email)
        late, go_on = [], [True]
        ended = threading.Event()

        def ask(address, token=person.token):
            with site_client(site, address) as client:
                while go_on[0]:
                    began_after = ended.is_set()
                    if Person(client, token).get(
                            "user/session").status == 200 and began_after:
                        late.append(address)

        threads = [threading.Thread(target=ask, args=[name])
                   for name in ("first", "second") * 2]
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        assert person.call("DELETE", "user/session").status == 200
        ended.set()
        time.sleep(0.1)
        go_on[0] = False
        for thread in threads:
            thread.join()
        assert not late
        assert not is_in(everywhere(person))


def site_client(site, name):
    return fcgi.Client(site.path(name + ".sock"))


def test_a_token_of_the_earlier_app_key_still_counts(site, clients, joe):
    """JWT_SECRET signs alone; without one, APP_KEY and the earlier ones."""
    assert joe.is_in
    site.configure(JWT_SECRET=None)
    server = site.serve("derived")
    with server.connect() as client:
        assert Person(client, joe.token).get("user/session").status == 401
        person = enter(client, "boss@x.org", path="system/admin/session")
        assert person.get("system/session").status == 200
        assert Person(clients[0], person.token).get(
            "system/session").status == 401
    server.stop()
    site.configure(JWT_SECRET=accounts.SETTINGS["JWT_SECRET"])
