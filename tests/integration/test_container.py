"""The Dockerfile and the compose file are as an engine wants them.

None runs here, so they are linted: by rules that are shown to find what is
wrong.
"""

import copy
import os
import re
import subprocess

import pytest
import yaml

from support import compose, dockerfile
from support.weir import ROOT, run

DOCKER = os.path.join(ROOT, "deploy", "docker")


def text_of(name):
    with open(os.path.join(DOCKER, name), encoding="utf-8") as text:
        return text.read()


def services():
    return yaml.safe_load(text_of("compose.yaml"))


def test_the_dockerfile_has_no_faults():
    assert not dockerfile.faults(text_of("Dockerfile"), ROOT)


@pytest.mark.parametrize("old, new, fault", [
    ("FROM debian:bookworm-slim\n", "FROM debian\n", "DL3006"),
    ("FROM debian:bookworm-slim\n", "FROM debian:latest\n", "DL3006"),
    ("FROM debian:bookworm-slim AS build", "# none", "DL3061"),
    ("COPY --from=build", "COPY --from=other", "DL3022"),
    ("COPY deploy/docker/start", "COPY deploy/docker/stop", "not there"),
    ("COPY . /src", "ADD . /src", "DL3020"),
    ("install -y", "install", "DL3014"),
    ("--no-install-recommends", "", "DL3015"),
    ("&& rm -rf /var/lib/apt/lists/*", "", "DL3009"),
    ("RUN mkdir /build", "RUN sudo mkdir /build", "DL3004"),
    ("RUN mkdir /build", "RUN mkdir $x /build", "SC2086"),
    ("RUN mkdir /build", "RUN mkdir /build &&& true", "SC"),
    ('SHELL ["/bin/bash", "-e", "-o", "pipefail", "-c"]\n', "", "SC"),
    ("&& chmod 750", "&& ls | cat && chmod 750", "DL4006"),
    ("USER weir", "USER root", "DL3002"),
    ("USER weir", "", "DL3002"),
    ('CMD ["weir", "serve"]', "CMD weir serve", "DL3025"),
    ('CMD ["weir", "serve"]', 'CMD ["weir", "serve",]', "DL3025"),
    ('CMD ["weir", "serve"]', 'CMD ["a"]\nCMD ["b"]', "DL4003"),
    ('CMD ["weir", "check"]', "CMD weir check", "DL3025"),
    ("WORKDIR /var", "WORKDIR var", "DL3000"),
    ("EXPOSE 9000", "EXPOSE 90000", "DL3011"),
    ("LISTEN=0.0.0.0:9000", "LISTEN", "ENV"),
    ("VOLUME /", "VOLUMES /", "unknown")])
def test_a_fault_of_a_dockerfile_is_found(old, new, fault):
    text = text_of("Dockerfile")
    assert old in text
    found = dockerfile.faults(text.replace(old, new), ROOT)
    assert any(fault in one for one in found), found


def test_the_services_have_no_faults():
    assert not compose.faults(services())


def changed(path, value):
    """The file with another value at a path; None takes it out."""
    file = copy.deepcopy(services())
    *way, last = path
    there = file
    for name in way:
        there = there[name]
    if value is None:
        del there[last]
    else:
        there[last] = value
    return file


WEIR = ("services", "weir")


@pytest.mark.parametrize("path, value, fault", [
    (("version",), "3", "version: unknown"),
    (("name",), "A Name", "name"),
    (("services",), ["weir"], "expected an object"),
    ((*WEIR, "enviroment"), {}, "unknown"),
    ((*WEIR, "image"), "weir:1", "a build or an image"),
    ((*WEIR, "build"), None, "a build or an image"),
    ((*WEIR, "build", "file"), "x", "unknown"),
    ((*WEIR, "restart"), False, "restart"),
    ((*WEIR, "networks"), ["outer"], "no outer"),
    ((*WEIR, "depends_on"), ["mariadb"], "no mariadb"),
    ((*WEIR, "volumes"), ["other:/var/lib/weir"], "no other"),
    ((*WEIR, "volumes"), ["data"], "will not do"),
    ((*WEIR, "stop_grace_period"), "60", "will not do"),
    ((*WEIR, "read_only"), "yes", "will not do"),
    ((*WEIR, "ulimits", "nofile"), "65536", "will not do"),
    (("services", "redis", "image"), "redis", "will not do"),
    (("services", "redis", "image"), "redis:latest", "will not do"),
    (("services", "web", "ports"), ["http:80"], "will not do"),
    (("networks", "inside", "internal"), "true", "will not do")])
def test_a_fault_of_the_services_is_found(path, value, fault):
    found = compose.faults(changed(path, value))
    assert any(fault in one for one in found), found


def test_variables_of_the_container_are_settings():
    """Of the image and of the services."""
    _, listed, _ = run("options")
    known = set(re.findall(r"^([A-Z0-9_]+)=", listed, re.M)) | {"WEIR_ENV"}
    image = {name for word, rest in dockerfile.instructions(
        text_of("Dockerfile")) if word == "ENV"
        for name in re.findall(r"([A-Z_]+)=", rest)}
    assert image and image <= known
    assert set(services()["services"]["weir"]["environment"]) <= known


def test_the_container_is_given_time_to_drain():
    _, listed, _ = run("options")
    drain = re.search(r"^DRAIN_TIMEOUT=(\d+)s$", listed, re.M)
    grace = services()["services"]["weir"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > int(drain[1]) + 2


def test_the_script_that_it_starts_with_is_sound():
    done = subprocess.run(
        ["shellcheck", os.path.join(DOCKER, "start")], text=True,
        capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
    assert os.access(os.path.join(DOCKER, "start"), os.X_OK)
