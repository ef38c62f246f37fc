"""Cache services as an operator sets them up."""

import json
import re

import pytest

from support.http import Caller
from support.nginx import Nginx
from support.weir import Failed, Installation, run


@pytest.fixture
def site(tmp_path):
    return Installation(tmp_path)


def refused(site, *words):
    with pytest.raises(Failed) as failed:
        site.weir("service", "add", "cache", "--type", *words)
    return str(failed.value)


@pytest.mark.parametrize("kind,config,words", [
    ("cache_file", [], 'path must be the absolute path of a folder'),
    ("cache_file", ["path=relative"], '"path" must be an absolute path'),
    ("cache_file", ["store=file"], '"store" must be one of default'),
    ("cache_local", ["store=nothing"], '"store" must be one of local, default'),
    ("cache_local", ["default_ttl=-1"], '"default_ttl" must be an integer'),
    ("cache_local", ["timeout=0"], '"timeout" must be an integer'),
    ("cache_local", ["path=/tmp"], '"path" is not known'),
    ("cache_local", ["--cache-ttl", "5"], "are not cached"),
    ("cache_database", [], "database is missing"),
    ("cache_database", ["database=c.sqlite"], "absolute path of a file"),
    ("cache_database", ["connection=oracle"], "must be one of sqlite"),
    ("cache_redis", ["cluster=true", "sentinel_host=s"], "exclude each other"),
    ("cache_redis", ["port=0"], '"port" must be an integer'),
    ("cache_memcached", ["weights=1"], '"weights" is not known'),
    ("cache_nothing", [], "does not exist"),
])
def test_a_config_that_cannot_be_is_refused(site, kind, config, words):
    assert words in refused(site, kind, *config)
    assert not site.listed("service")


def test_a_config_has_its_defaults(site):
    site.weir("service", "add", "cache", "--type", "cache_local")
    [service] = site.listed("service")
    assert service["config"] == {
        "default_ttl": 300, "bare_values": False, "timeout": 250}
    site.weir("service", "set", "cache", "default_ttl=0", "store=default")
    [service] = site.listed("service")
    assert service["config"]["default_ttl"] == 0
    assert service["config"]["store"] == "default"


def test_the_types_are_listed(site):
    out = site.weir("service", "types")
    assert re.search("^cache_local +Cache ", out, re.M)
    assert "\ndefault_ttl=300\n" in site.weir(
        "service", "types", "cache_local")
    types = {kind["name"]: kind
             for kind in json.loads(site.weir("service", "types", "--json"))}
    names = [field["name"] for field in types["cache_local"]["config"]]
    assert names == ["store", "default_ttl", "bare_values", "timeout"]
    status, _, said = run("service", "types", "cache_nothing")
    assert status == 1 and "weir service types" in said


def test_check_tries_them(site):
    site.weir("service", "add", "cache", "--type", "cache_local")
    site.weir("service", "add", "files", "--type", "cache_file",
              "path=" + site.path("files"))
    out = site.weir("check")
    assert "ok    service cache (cache_local)\n" in out
    assert "ok    service files (cache_file)\n" in out


def test_they_may_be_declared(tmp_path):
    """With the role and the key of who uses them, in one file."""
    site = Installation(
        tmp_path, SERVICE_KV_TYPE="cache_file",
        SERVICE_KV_PATH=str(tmp_path / "kv"), SERVICE_KV_DEFAULT_TTL="0",
        SERVICE_OLD_TYPE="cache_local", SERVICE_OLD_BARE_VALUES="true",
        ROLE_APP_ACCESS='"*:*:all"')
    key, line = site.weir("key", "hash", "web").splitlines()
    site.configure(KEY_WEB_ROLE="app", KEY_WEB_HASH=line.split("=")[1])
    server = site.serve()
    nginx = Nginx(site.path("nginx"), [(server.address, 2)])
    with Caller(nginx.ports[0], key) as caller:
        assert caller.post("/api/v2/kv/k", 1).status == 201
        assert caller.get("/api/v2/kv/k").json == {"key": "k", "value": 1}
        assert caller.post("/api/v2/old", {"a": 1}).json == {"success": True}
        assert caller.get("/api/v2/old/a").body == b"1"
    nginx.stop()
    server.stop()


def test_what_is_declared_wrongly_stops_the_start(tmp_path):
    site = Installation(tmp_path)
    site.configure(SERVICE_KV_TYPE="cache_file")
    status, out, err = run("check", "--env", site.env_file)
    assert status == 1
    assert "path must be the absolute path" in out + err
