"""Who may do what: the decision table, row by row.

The rows are those of dreamfactory.md 2.2 with the status codes of contract.md
section 3. Each says who calls what, and what comes of it.
"""

import sqlite3
import time

import pytest

from support import accounts
from support.process import wait_until

SETTINGS = accounts.SETTINGS

APP_INACTIVE = "App is not active."
USER_INACTIVE = "User is not active."
USER_MISSING = "User not found."
EXPIRED = ("Token has expired: Session expired. Please refresh your token "
           "(if still within refresh window) or re-login.")
ENDED = accounts.ENDED
INVALID = "Invalid token: "
WRONG_BASIC = "Unauthorized. User credentials did not match."
NOTHING = ("No session token (JWT) or API Key detected in request. Please "
           "send in X-DreamFactory-Session-Token and/or "
           "X-DreamFactory-API-Key request header. You can also use URL "
           "query parameters session_token and/or api_key.")
NO_KEY = ("No API Key provided. Please provide a valid API Key using "
          "X-DreamFactory-API-Key request header or 'api_key' url query "
          "parameter.")
NO_TOKEN = ("No session token (JWT) provided. Please provide a valid JWT "
            "using X-DreamFactory-Session-Token request header or "
            "'session_token' url query parameter.")
NO_ROLE = ("Role not found. A role may not be assigned to you or your "
           "application.")
ROLE_INACTIVE = ("Access Forbidden. The role assigned to you or your "
                 "application or the default role of your application is not "
                 "active.")
KEY_FORBIDDEN = "Unauthorized. User is not authenticated."
FORBIDDEN = ("Access Forbidden. {verb} access to {what}service '{service}' "
             "is not allowed by this user's role.")


def forbidden(verb, service, component=""):
    what = f"component '{component}' of " if component else ""
    return FORBIDDEN.format(verb=verb, what=what, service=service)


ORDERS = "shop/_table/orders?limit=1"
SECRETS = "shop/_table/secrets?limit=1"

# who: (key, user); what: METHOD path; then the status, and the message.
TABLE = [
    # a key of an inactive app, whoever comes with it
    ("off", None, "GET", ORDERS, 403, APP_INACTIVE),
    ("off", "plain", "GET", ORDERS, 403, APP_INACTIVE),
    ("off", "admin", "GET", ORDERS, 403, APP_INACTIVE),
    ("off", None, "GET", "", 403, APP_INACTIVE),
    ("off", None, "POST", "user/session", 403, APP_INACTIVE),
    # users who are switched off or gone
    ("reader", "inactive", "GET", ORDERS, 403, USER_INACTIVE),
    (None, "inactive", "GET", "user/session", 403, USER_INACTIVE),
    (None, "inactive", "GET", "", 403, USER_INACTIVE),
    ("reader", "deleted", "GET", ORDERS, 404, USER_MISSING),
    (None, "deleted", "GET", "user/session", 404, USER_MISSING),
    # tokens that are none any more, or never were one
    ("reader", "expired", "GET", ORDERS, 401, EXPIRED),
    (None, "expired", "GET", "user/session", 401, EXPIRED),
    (None, "expired", "GET", "", 401, EXPIRED),
    ("reader", "ended", "GET", ORDERS, 401, ENDED),
    (None, "ended", "GET", ORDERS, 401, ENDED),
    (None, "ended", "GET", "user/session", 401, ENDED),
    (None, "ended", "GET", "", 401, ENDED),
    ("reader", "garbage", "GET", ORDERS, 401, INVALID),
    ("reader", "tampered", "GET", ORDERS, 401, INVALID),
    ("reader", "unsigned", "GET", ORDERS, 401, INVALID),
    ("reader", "forged", "GET", ORDERS, 401, INVALID),
    ("reader", "renamed", "GET", ORDERS, 401, INVALID),
    ("reader", "tomorrow", "GET", ORDERS, 401, INVALID),
    ("reader", "claimless", "GET", ORDERS, 401, INVALID),
    (None, "garbage", "GET", "", 401, INVALID),
    # HTTP Basic
    ("reader", "wrong basic", "GET", ORDERS, 401, WRONG_BASIC),
    ("reader", "odd basic", "GET", ORDERS, 401, WRONG_BASIC),
    ("reader", "inactive basic", "GET", ORDERS, 401, WRONG_BASIC),
    ("reader", "basic", "GET", ORDERS, 200, None),
    ("reader", "basic", "GET", SECRETS, 403,
     forbidden("GET", "shop", "_table/secrets")),
    (None, "basic", "GET", ORDERS, 401, NO_KEY),
    (None, "admin basic", "GET", SECRETS, 200, None),
    # the root
    (None, None, "GET", "", 200, None),
    ("unknown", None, "GET", "", 200, None),
    ("roleless", None, "GET", "", 200, None),
    (None, "plain", "GET", "", 200, None),
    (None, "admin", "GET", "", 200, None),
    # what is open to everybody
    (None, None, "DELETE", "user/session", 200, None),
    (None, None, "GET", "user/session", 401,
     "There is no valid session for the current request."),
    (None, None, "GET", "system/admin/session", 404,
     "No user session found."),
    (None, "plain", "GET", "system/admin/session", 401,
     "You are not authorized to perform this action."),
    (None, "admin", "GET", "system/admin/session", 200, None),
    (None, None, "GET", "user/profile", 401,
     "There is no valid session for the current request."),
    (None, "plain", "GET", "user/profile", 200, None),
    (None, None, "POST", "user/register", 403,
     "Open Registration is not enabled."),
    (None, "garbage", "POST", "user/session", 400,
     "Login request is missing required email."),
    ("roleless", None, "POST", "user/session", 400,
     "Login request is missing required email."),
    # what is not
    (None, None, "GET", "user", 401, NOTHING),
    (None, None, "DELETE", "user/profile", 401, NOTHING),
    (None, None, "GET", "system/admin/profile", 401, NOTHING),
    (None, None, "GET", "system/session", 401, NOTHING),
    ("reader", "plain", "GET", "system/session", 403,
     forbidden("GET", "system", "session")),
    # neither key nor token
    (None, None, "GET", ORDERS, 401, NOTHING),
    (None, None, "GET", "nosuch/thing", 401, NOTHING),
    # a token without a key, or with one that nobody knows
    (None, "plain", "GET", ORDERS, 401, NO_KEY),
    (None, "granted", "GET", ORDERS, 401, NO_KEY),
    ("unknown", "plain", "GET", ORDERS, 401, NO_KEY),
    ("expired key", "plain", "GET", ORDERS, 401, NO_KEY),
    ("revoked", "plain", "GET", ORDERS, 401, NO_KEY),
    # a key without a role, or that nobody knows, and no token
    ("roleless", None, "GET", ORDERS, 401, NO_TOKEN),
    ("unknown", None, "GET", ORDERS, 401, NO_TOKEN),
    ("expired key", None, "GET", ORDERS, 401, NO_TOKEN),
    ("revoked", None, "GET", ORDERS, 401, NO_TOKEN),
    # key and token, but no role
    ("roleless", "plain", "GET", ORDERS, 403, NO_ROLE),
    # the role that counts: the app's own, the user's in it, any of the user's
    ("reader", "plain", "GET", ORDERS, 200, None),
    ("reader", "granted", "GET", SECRETS, 200, None),
    ("roleless", "granted", "GET", SECRETS, 200, None),
    ("roleless", "elsewhere", "GET", SECRETS, 200, None),
    ("reader", "elsewhere", "GET", SECRETS, 200, None),
    # roles that are switched off
    ("resting", None, "GET", ORDERS, 403, ROLE_INACTIVE),
    ("resting", "plain", "GET", ORDERS, 403, ROLE_INACTIVE),
    ("reader", "resting user", "GET", ORDERS, 403, ROLE_INACTIVE),
    ("resting", "granted", "GET", SECRETS, 200, None),
    # what a role does not allow: to a key alone, and to a user
    ("reader", None, "GET", SECRETS, 401, KEY_FORBIDDEN),
    ("reader", None, "DELETE", "shop/_table/orders/1", 401, KEY_FORBIDDEN),
    ("reader", None, "GET", "nosuch/thing", 401, KEY_FORBIDDEN),
    ("reader", "plain", "GET", SECRETS, 403,
     forbidden("GET", "shop", "_table/secrets")),
    ("reader", "plain", "DELETE", "shop/_table/orders/1", 403,
     forbidden("DELETE", "shop", "_table/orders/1")),
    ("reader", "plain", "PATCH", "shop/_table/orders/1", 403,
     forbidden("PATCH", "shop", "_table/orders/1")),
    ("reader", "plain", "GET", "shop", 403, forbidden("GET", "shop")),
    ("reader", "plain", "GET", "NoSuch/thing", 403,
     forbidden("GET", "nosuch", "thing")),
    # an administrator, with any key or none
    (None, "admin", "GET", SECRETS, 200, None),
    ("unknown", "admin", "GET", SECRETS, 200, None),
    ("reader", "admin", "GET", SECRETS, 200, None),
    ("resting", "admin", "GET", SECRETS, 200, None),
    (None, "admin", "GET", "system/session", 200, None),
    (None, "admin", "GET", "user", 200, None),
    # who has been given roles administers with these only
    (None, "bound admin", "GET", ORDERS, 401, NO_KEY),
    ("reader", "bound admin", "GET", ORDERS, 200, None),
    ("reader", "bound admin", "GET", SECRETS, 403,
     forbidden("GET", "shop", "_table/secrets")),
    # services that there are not, or that are switched off
    (None, "admin", "GET", "NoSuch/thing", 404,
     "Could not find a service for nosuch"),
    ("almighty", None, "GET", "nosuch/thing", 404,
     "Could not find a service for nosuch"),
    (None, "admin", "GET", "idle/_table/t", 403,
     "Service idle is deactivated."),
    ("almighty", None, "GET", "idle/_table/t", 403,
     "Service idle is deactivated."),
    ("reader", None, "GET", "idle/_table/t", 401, KEY_FORBIDDEN),
    (None, None, "GET", "idle/_table/t", 401, NOTHING),
]


def titles():
    return [f"{key or 'no key'}, {user or 'nobody'}: {method} /{path}"
            for key, user, method, path, _, _ in TABLE]


def run_past_weir(site, *statements):
    with sqlite3.connect(site.path("system.sqlite")) as system:
        for statement in statements:
            system.execute(statement)
    system.close()


@pytest.fixture(name="keys", scope="module")
def make_keys(site):
    site.add_database("idle", "CREATE TABLE t (id INTEGER PRIMARY KEY);")
    site.weir("service", "set", "idle", "--active", "no")
    for role in ("writer", "resting", "almighty"):
        site.add_role(role)
    site.grant("writer", "shop", "*", "all")
    site.grant("resting", "shop", "*", "all")
    site.grant("almighty", "*", "*", "all")
    keys = site.keys | {
        name: site.add_key(name, role) for name, role in (
            ("off", "reader"), ("roleless", "reader"),
            ("resting", "resting"), ("expired key", "reader"),
            ("revoked", "reader"), ("almighty", "almighty"))}
    site.weir("app", "set", "off", "--active", "no")
    site.weir("app", "set", "roleless", "--no-role")
    site.weir("role", "set", "resting", "--active", "no")
    run_past_weir(site, "UPDATE app_key SET expires = 1 WHERE app_id = "
                  "(SELECT id FROM app WHERE name = 'expired key')",
                  "UPDATE registry_version SET number = number + 1")
    site.weir("key", "revoke", "revoked")
    return keys | {"unknown": "x" * 64, None: None}


def add_people(site):
    for name in ("plain", "granted", "elsewhere", "resting", "inactive",
                 "deleted", "ended", "renamed"):
        accounts.add(site, name + "@x.org")
    for name in ("admin", "bound"):
        accounts.add(site, name + "@x.org", "admin")
    for app, role, name in (
            ("reader", "writer", "granted"),
            ("roleless", "writer", "granted"),
            ("resting", "writer", "granted"),
            ("almighty", "writer", "elsewhere"),
            ("reader", "resting", "resting")):
        accounts.grant(site, name + "@x.org", app, role)
    run_past_weir(
        site, "INSERT INTO user_to_app_to_role (user_id, app_id, role_id) "
        "SELECT u.id, a.id, r.id FROM user u, app a, role r WHERE u.email = "
        "'bound@x.org' AND a.name = 'reader' AND r.name = 'reader'")


def made_by_hand(plain):
    """Tokens that weir did not make so."""
    head, body, mac = plain.split(".")
    unsigned = accounts.sign(accounts.claims_of(plain), algorithm="none")
    return {
        "expired": accounts.past(plain),
        "garbage": "not.a.token",
        "tampered": ".".join((head, body[:-2] + "AA", mac)),
        "unsigned": unsigned,
        "forged": accounts.sign(accounts.claims_of(plain), "x" * 40),
        "tomorrow": accounts.changed(plain, nbf=int(time.time()) + 9999),
        "claimless": accounts.changed(plain, user_id=None),
    }


@pytest.fixture(name="people", scope="module")
def make_people(site, server):
    """Header lines of each."""
    add_people(site)
    with server.connect() as client:
        tokens = {
            name: accounts.enter(client, name + "@x.org").token
            for name in ("plain", "granted", "elsewhere", "inactive",
                         "deleted", "ended", "renamed")}
        tokens["resting user"] = accounts.enter(
            client, "resting@x.org").token
        for name, email in (("admin", "admin"), ("bound admin", "bound")):
            tokens[name] = accounts.enter(
                client, email + "@x.org", path="system/admin/session").token
        answer = accounts.Person(client, tokens["ended"]).call(
            "DELETE", "user/session")
        assert answer.status == 200
    site.weir("user", "set", "inactive@x.org", "--active", "no")
    site.weir("user", "remove", "deleted@x.org")
    site.weir("user", "set", "renamed@x.org", "--email", "other@x.org")
    tokens |= made_by_hand(tokens["plain"])
    return {name: accounts.lines(token)
            for name, token in tokens.items()} | {
        "basic": accounts.basic("plain@x.org"),
        "admin basic": accounts.basic("admin@x.org"),
        "wrong basic": accounts.basic("plain@x.org", "wrong"),
        "inactive basic": accounts.basic("inactive@x.org"),
        "odd basic": {"Authorization": "Basic ???"},
        None: {}}


@pytest.fixture(name="knows", scope="module")
def wait_for_news(server, keys, people):
    """The server knows all keys and what is switched off."""
    del people
    with server.connect() as client:
        def message(key):
            answer = client.call("/api/v2/" + ORDERS, headers={
                accounts.KEY: keys[key]})
            return answer.error["message"] if answer.status > 200 else None
        assert wait_until(lambda: message("revoked") == NO_TOKEN)
        assert wait_until(lambda: message("expired key") == NO_TOKEN)
        assert wait_until(lambda: message("resting") == ROLE_INACTIVE)


@pytest.mark.parametrize(
    "key, user, method, path, status, message", TABLE, ids=titles())
def test_row(server, keys, people, knows, key, user, method, path, status,
             message):
    del knows
    headers = people[user] | accounts.lines(key=keys[key])
    for _ in range(2):  # as one who is not known yet, and as one who is
        with server.connect() as client:
            answer = client.call("/api/v2/" + path, method, headers)
        assert answer.status == status, answer
        if message is None:
            continue
        assert (answer.error["message"] == message or
                message == INVALID and
                answer.error["message"].startswith(INVALID)), answer
        assert answer.error["status_code"] == status
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)
