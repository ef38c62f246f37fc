"""System databases of DreamFactory 7, as far as they matter to a move.

Tables and columns are those that its releases have; what they hold is ours.
"""

import base64
import hashlib
import hmac
import json
import os
import subprocess

KEY = "base64:" + base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = "base64:" + base64.b64encode(bytes(32)).decode()

DATES = """created_date TIMESTAMP NULL, last_modified_date TIMESTAMP NULL,
    created_by_id INTEGER, last_modified_by_id INTEGER"""

TABLES = """
CREATE TABLE "user" (id {key}, name VARCHAR(255) NOT NULL,
    username VARCHAR(255), first_name VARCHAR(255), last_name VARCHAR(255),
    last_login_date DATETIME, email VARCHAR(255) NOT NULL UNIQUE,
    password TEXT, is_sys_admin TINYINT(1) NOT NULL DEFAULT 0,
    is_active TINYINT(1) NOT NULL DEFAULT 1, phone VARCHAR(32),
    security_question VARCHAR(255), security_answer TEXT,
    confirm_code VARCHAR(255), default_app_id INTEGER {unsigned},
    remember_token VARCHAR(100), adldap VARCHAR(50),
    oauth_provider VARCHAR(50), saml VARCHAR(50), {dates});
CREATE TABLE service (id {key}, name VARCHAR(40) NOT NULL UNIQUE,
    label VARCHAR(80) NOT NULL, description VARCHAR(255),
    is_active TINYINT(1) NOT NULL DEFAULT 0, type VARCHAR(40) NOT NULL,
    mutable TINYINT(1) NOT NULL DEFAULT 1,
    deletable TINYINT(1) NOT NULL DEFAULT 1, {dates}, config TEXT);
CREATE TABLE service_cache_config (
    service_id INTEGER {unsigned} NOT NULL PRIMARY KEY,
    cache_enabled TINYINT(1) NOT NULL DEFAULT 0,
    cache_ttl INTEGER {unsigned} NOT NULL DEFAULT 0);
CREATE TABLE sql_db_config (
    service_id INTEGER {unsigned} NOT NULL PRIMARY KEY, dsn VARCHAR(255),
    username TEXT, password TEXT, options TEXT, attributes TEXT,
    connection TEXT, statements TEXT);
CREATE TABLE file_service_config (
    service_id INTEGER NOT NULL PRIMARY KEY, public_path TEXT,
    container VARCHAR(255));
CREATE TABLE redis_config (
    service_id INTEGER {unsigned} NOT NULL PRIMARY KEY,
    host VARCHAR(255) NOT NULL, port INTEGER, password TEXT,
    database_index INTEGER NOT NULL DEFAULT 0,
    default_ttl INTEGER NOT NULL DEFAULT 300, options TEXT);
CREATE TABLE role (id {key}, name VARCHAR(64) NOT NULL UNIQUE,
    description VARCHAR(255), is_active TINYINT(1) NOT NULL DEFAULT 0,
    {dates});
CREATE TABLE role_service_access (id {key},
    role_id INTEGER {unsigned} NOT NULL, service_id INTEGER {unsigned},
    component VARCHAR(255), verb_mask INTEGER {unsigned} NOT NULL DEFAULT 0,
    requestor_mask INTEGER {unsigned} NOT NULL DEFAULT 0, filters TEXT,
    filter_op VARCHAR(32) NOT NULL DEFAULT 'and', {dates});
CREATE TABLE app (id {key}, name VARCHAR(64) NOT NULL UNIQUE,
    api_key VARCHAR(255), description VARCHAR(255),
    is_active TINYINT(1) NOT NULL DEFAULT 0,
    type INTEGER {unsigned} NOT NULL DEFAULT 0, path TEXT, url TEXT,
    storage_service_id INTEGER, storage_container VARCHAR(255),
    requires_fullscreen TINYINT(1) NOT NULL DEFAULT 0,
    allow_fullscreen_toggle TINYINT(1) NOT NULL DEFAULT 1,
    toggle_location VARCHAR(64) NOT NULL DEFAULT 'top',
    role_id INTEGER {unsigned}, {dates});
CREATE TABLE user_to_app_to_role (id {key},
    user_id INTEGER {unsigned} NOT NULL, app_id INTEGER {unsigned} NOT NULL,
    role_id INTEGER {unsigned} NOT NULL);
CREATE TABLE lookup (id {key}, app_id INTEGER {unsigned},
    role_id INTEGER {unsigned}, user_id INTEGER {unsigned},
    name VARCHAR(255) NOT NULL, value TEXT,
    private TINYINT(1) NOT NULL DEFAULT 0, description TEXT, {dates});
CREATE TABLE cors_config (id {key}, path VARCHAR(255) NOT NULL UNIQUE,
    description VARCHAR(255), origin VARCHAR(255), header TEXT,
    exposed_header TEXT, method INTEGER {unsigned} NOT NULL DEFAULT 0,
    max_age INTEGER {unsigned} NOT NULL DEFAULT 0,
    supports_credentials TINYINT(1) NOT NULL DEFAULT 0,
    enabled TINYINT(1) NOT NULL DEFAULT 1, {dates});
CREATE TABLE limits (id {key}, type VARCHAR(50) NOT NULL,
    key_text VARCHAR(100) NOT NULL UNIQUE, rate INTEGER NOT NULL,
    period INTEGER NOT NULL, user_id INTEGER {unsigned},
    role_id INTEGER {unsigned}, service_id INTEGER {unsigned},
    name VARCHAR(255) NOT NULL, description VARCHAR(255),
    is_active TINYINT NOT NULL DEFAULT 1, endpoint TEXT, verb VARCHAR(10),
    created_date TIMESTAMP NULL, last_modified_date TIMESTAMP NULL);
CREATE TABLE user_config (service_id INTEGER NOT NULL PRIMARY KEY,
    allow_open_registration TINYINT(1) NOT NULL DEFAULT 0);
CREATE TABLE email_template (id {key}, name VARCHAR(64) NOT NULL UNIQUE);
CREATE TABLE event_script (name VARCHAR(80) NOT NULL PRIMARY KEY,
    content TEXT);
"""

# A password, and the bcrypt hash of it that PHP would make.
PASSWORD = "a pass phrase of Jane's"
HASH = "$2y$04$abcdefghijklmnopqrstuOm1R5zAmVCFfNkoiTZmZKMaP/pijvPje"

SEEDED_ADMIN_KEY = (
    "6498a8ad1beb9d84d63035c5d1120c007fad6de706734db9689f8996707e0f7d")


def serialize(text):
    """What PHP's serialize() makes of a string."""
    return f's:{len(text.encode())}:"{text}";'


def pack(envelope):
    """As PHP's json_encode() writes it."""
    text = json.dumps(envelope, separators=(",", ":")).replace("/", "\\/")
    return base64.b64encode(text.encode()).decode()


def encrypt(text, key=KEY, plain=False):
    """What Crypt::encrypt(), or with `plain` Crypt::encryptString() makes."""
    raw = base64.b64decode(key.removeprefix("base64:"))
    iv = os.urandom(16)
    clear = text if plain else serialize(text)
    sealed = subprocess.run(
        ["openssl", "enc", "-aes-256-cbc", "-K", raw.hex(), "-iv", iv.hex()],
        input=clear.encode(), capture_output=True, check=True).stdout
    parts = [base64.b64encode(part).decode() for part in (iv, sealed)]
    mac = hmac.new(raw, "".join(parts).encode(), hashlib.sha256).hexdigest()
    return pack({"iv": parts[0], "value": parts[1], "mac": mac, "tag": ""})


def damage(text):
    """The same envelope, of which one byte is another."""
    envelope = json.loads(base64.b64decode(text))
    first = "A" if envelope["value"][0] != "A" else "B"
    envelope["value"] = first + envelope["value"][1:]
    return pack(envelope)


def literal(value):
    if value is None:
        return "NULL"
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, (dict, list)):
        value = json.dumps(value)
    return "'" + value.replace("'", "''") + "'"


class DreamFactory:
    """A system database on an engine of engine.py."""

    def __init__(self, engine, name="dreamfactory"):
        self.engine = engine
        unsigned = "UNSIGNED" if engine.type == "mysql" else ""
        self.config = engine.create(name, TABLES.format(
            key=engine.key, unsigned=unsigned, dates=DATES))

    @property
    def words(self):
        """The options that lead to it."""
        config = self.config
        if self.engine.type == "sqlite":
            return ["--from", "sqlite:" + config["database"]]
        return ["--from",
                f"mysql:host={config['host']};port={config['port']};"
                f"dbname={config['database']};user={config['username']}"]

    @property
    def secrets(self):
        """What goes with them in the environment."""
        if self.engine.type == "sqlite":
            return {}
        return {"DREAMFACTORY_DB_PASSWORD": self.config["password"]}

    def add(self, table, **values):
        names = ", ".join(f'"{name}"' for name in values)
        texts = ", ".join(literal(value) for value in values.values())
        self.run(f'INSERT INTO "{table}" ({names}) VALUES ({texts});')

    def run(self, sql):
        self.engine.run(sql)

    def add_sql_service(self, id, name, type, connection, **more):
        self.add("service", id=id, name=name, label=name.title(),
                 is_active=1, type=type, config=more.pop("config", None),
                 **more)
        self.add("sql_db_config", service_id=id, connection=connection)
