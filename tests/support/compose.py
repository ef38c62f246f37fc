"""What the Compose specification says of the files we ship, as far as we use
it: unknown keys and wrong types are found, as `docker compose config` does."""

import re

DURATION = re.compile(r"(\d+(us|ms|s|m|h))+")
PORT = re.compile(r"((\d+\.){3}\d+:)?(\d+:)?\d+(/(tcp|udp))?")
VOLUME = re.compile(r"[^:]+:/[^:]*(:(ro|rw))?")
IMAGE = re.compile(r"[a-z0-9./_-]+:(?!latest$)[\w.-]+")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def text(value):
    return isinstance(value, str) and value != ""


def yes_or_no(value):
    return isinstance(value, bool)


def matching(pattern):
    return lambda value: text(value) and pattern.fullmatch(value) is not None


def list_of(one):
    return lambda value: isinstance(value, list) and all(map(one, value))


def one_of(*words):
    return lambda value: value in words


def table_of(one):
    return lambda value: isinstance(value, dict) and all(
        text(name) and one(each) for name, each in value.items())


def scalar(value):
    return isinstance(value, (str, int, float)) and not isinstance(value, bool)


def number(value):
    return isinstance(value, int) and not isinstance(value, bool)


BUILD = {"context": text, "dockerfile": text, "target": text,
         "args": table_of(scalar)}
SERVICE = {
    "build": BUILD, "image": matching(IMAGE),
    "restart": one_of("no", "always", "on-failure", "unless-stopped"),
    "environment": table_of(scalar), "volumes": list_of(matching(VOLUME)),
    "networks": list_of(text), "depends_on": list_of(text),
    "stop_grace_period": matching(DURATION), "read_only": yes_or_no,
    "tmpfs": list_of(text), "cap_drop": list_of(text),
    "cap_add": list_of(text), "security_opt": list_of(text),
    "ulimits": table_of(number), "command": list_of(lambda v: text(v)
                                                    or v == ""),
    "ports": list_of(matching(PORT)), "init": yes_or_no, "user": text}
NETWORK = {"internal": yes_or_no, "driver": text}
VOLUMES = {"driver": text}


def members(where, value, known):
    """Of an object: which are unknown, and which of another kind."""
    if not isinstance(value, dict):
        return [f"{where}: expected an object"]
    found = []
    for name, one in value.items():
        if name not in known:
            found.append(f"{where}.{name}: unknown")
        elif isinstance(known[name], dict):
            found += members(f"{where}.{name}", one, known[name])
        elif not known[name](one):
            found.append(f"{where}.{name}: {one!r} will not do")
    return found


def each(where, value, known):
    if not isinstance(value, dict):
        return [f"{where}: expected an object"]
    return [fault for name, one in value.items()
            for fault in members(f"{where}.{name}", one or {}, known)]


def faults(file):
    """What is wrong with what was read, a line each."""
    if not isinstance(file, dict):
        return ["expected an object"]
    found = [f"{name}: unknown" for name in file
             if name not in ("name", "services", "networks", "volumes")]
    if not matching(NAME)(file.get("name", "x")):
        found.append("name: will not do")
    services = file.get("services", {})
    found += each("services", services, SERVICE)
    found += each("networks", file.get("networks", {}), NETWORK)
    found += each("volumes", file.get("volumes", {}), VOLUMES)
    return found + (links(file, services) if isinstance(services, dict)
                    else [])


def links(file, services):
    """What names something that is not there."""
    found = []
    whole = {name: service for name, service in services.items()
             if isinstance(service, dict)}
    for name, service in whole.items():
        if ("build" in service) == ("image" in service):
            found.append(f"services.{name}: a build or an image")
        for kind, there in (("networks", file.get("networks") or {}),
                            ("depends_on", services)):
            found += [f"services.{name}.{kind}: no {one}"
                      for one in service.get(kind) or [] if one not in there]
        for volume in service.get("volumes") or []:
            source = str(volume).split(":", maxsplit=1)[0]
            if source[0] not in "./" and source not in (
                    file.get("volumes") or {}):
                found.append(f"services.{name}.volumes: no {source}")
    return found
