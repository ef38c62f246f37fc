"""Users and administrators, their log-ins, and tokens made by hand."""

import base64
import hashlib
import hmac
import json
import time

WORD = "correct horse battery"

# Passwords that cost little to hash; tokens that tests can sign.
SECRET = "a secret of more than thirty-two bytes"
SETTINGS = {"ARGON_MEMORY": "8192", "ARGON_TIME": "1",
            "JWT_SECRET": f'"{SECRET}"'}

KEY = "X-DreamFactory-API-Key"
TOKEN = "X-DreamFactory-Session-Token"
USERS = "/api/v2/user/session"
ADMINS = "/api/v2/system/admin/session"

ENDED = "The token has been blacklisted: Session terminated. Please re-login."


def add(site, email, noun="user", password=WORD, **more):
    """A user with that password; `more` are options of the command."""
    with open(site.path("password"), "w", encoding="utf-8") as out:
        out.write(password + "\n")
    words = [word for name, value in more.items()
             for word in ("--" + name.replace("_", "-"), value)]
    added = site.weir(noun, "add", email, "--password",
                      site.path("password"), "--json", *words)
    return json.loads(added)["id"]


def grant(site, email, app, role):
    site.weir("user", "grant", email, "--app", app, "--role", role)


def set_password(site, email, password, noun="user"):
    with open(site.path("password"), "w", encoding="utf-8") as out:
        out.write(password + "\n")
    site.weir(noun, "set", email, "--password", site.path("password"))


def lines(token=None, key=None, **more):
    """Header lines."""
    found = dict(more)
    if token:
        found[TOKEN] = token
    if key:
        found[KEY] = key
    return found


def basic(email, password=WORD):
    pair = base64.b64encode(f"{email}:{password}".encode()).decode()
    return {"Authorization": "Basic " + pair}


class Person:
    """Calls of one client of a weir (support/fcgi.py), as somebody."""

    def __init__(self, client, token=None, key=None):
        self.client = client
        self.token = token
        self.key = key

    def call(self, method, path, body=None, headers=None):
        body = b"" if body is None else json.dumps(body).encode()
        found = lines(self.token, self.key) | (headers or {})
        return self.client.call("/api/v2/" + path, method, found, body)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    @property
    def is_in(self):
        """Does the session live? Fails unless it lives or has ended."""
        answer = self.get("user/session")
        assert answer.status == 200 or (
            answer.status, answer.error["message"]) == (401, ENDED), answer
        return answer.status == 200


def login(client, email, password=WORD, path="user/session", key=None,
          **more):
    """The answer of a log-in."""
    return Person(client, key=key).call(
        "POST", path, {"email": email, "password": password} | more)


def enter(client, email, key=None, **more):
    """Somebody who has logged in."""
    answer = login(client, email, key=key, **more)
    assert answer.status == 200, answer
    return Person(client, answer.json["session_token"], key)


def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(claims, secret=SECRET, algorithm="HS256"):
    """A token of those claims, whoever would make it."""
    header = {"alg": algorithm, "typ": "JWT"}
    text = ".".join(encode(json.dumps(part).encode())
                    for part in (header, claims))
    mac = hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()
    return text + "." + ("" if algorithm == "none" else encode(mac))


def claims_of(token):
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def changed(token, **claims):
    """The same token with other claims, well signed; None takes one out."""
    merged = claims_of(token) | claims
    return sign({name: value for name, value in merged.items()
                 if value is not None})


def past(token, seconds=10):
    """The same token, expired."""
    return changed(token, exp=int(time.time()) - seconds)
