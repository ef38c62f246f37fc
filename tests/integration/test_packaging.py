"""What is shipped to install weir: lists that stand twice agree."""

import os
import re
import shlex
import shutil
import subprocess

import pytest
import yaml

from support import dockerfile
from support.weir import PROGRAM, ROOT

DOCKER = os.path.join(ROOT, "deploy", "docker")
# Of Debian's build-essential, or of every container.
ESSENTIAL = {"gcc", "libc6-dev", "make"}
# debhelper brings them.
HELPED = {"autoconf", "automake"}


def text_of(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as text:
        return text.read()


def words_of(found):
    return set(found[1].replace("\\\n", " ").split())


def packages_build():
    return words_of(re.search(r"^packages_build=\(([^)]*)\)",
                              text_of("deploy", "lib.sh"), re.M))


def instructions():
    return dockerfile.instructions(text_of("deploy", "docker", "Dockerfile"))


def test_the_guide_names_what_a_build_takes():
    named = re.search(r"^apt install (autoconf(?:.*\\\n)*.*)$",
                      text_of("README.md"), re.M)
    assert words_of(named) == packages_build()


def test_the_package_says_what_a_build_takes():
    needed = re.search(r"^Build-Depends:((?:.*\n )*.*)$",
                       text_of("deploy", "debian", "control"), re.M)[1]
    named = {word.split()[0] for word in needed.split(",")}
    assert named - {"debhelper-compat"} == \
        packages_build() - ESSENTIAL - HELPED


def test_the_package_has_the_version_of_the_program():
    version = re.match(r"weir \((.*?)\)",
                       text_of("deploy", "debian", "changelog"))[1]
    assert f"[{version}]" in text_of("configure.ac")


def test_the_image_has_the_libraries_of_the_program():
    """Each library that the program names, by the package that has it."""
    if not shutil.which("dpkg-query"):
        pytest.skip("needs Debian's packages")
    needed = subprocess.run(["readelf", "-d", PROGRAM], check=True, text=True,
                            capture_output=True).stdout
    names = re.findall(r"\(NEEDED\).*\[(.*)\]", needed)
    owners = subprocess.run(["dpkg-query", "-S", *("*/" + n for n in names)],
                            check=False, text=True, capture_output=True).stdout
    packages = {line.split(":")[0] for line in owners.splitlines()}
    listed = {word for _, rest in instructions() for word in rest.split()
              if re.match(r"lib[a-z]", word)}
    ours = {name for name in packages
            if not re.match(r"libc6|libgcc|lib[a-z]+san\d|libstdc", name)
            and not name.endswith("-dev")}
    assert listed <= ours
    # A sanitizer's libraries bring others along.
    assert ours == listed or any("san.so" in name for name in names)


def test_the_services_fit_together():
    """Where no engine runs to say so."""
    compose = yaml.safe_load(text_of("deploy", "docker", "compose.yaml"))
    services = compose["services"]
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source in compose["volumes"] or os.path.exists(
                os.path.join(DOCKER, source)), volume
    build = services["weir"]["build"]
    context = os.path.join(DOCKER, build["context"])
    assert os.path.samefile(context, ROOT)
    assert os.path.exists(os.path.join(context, build["dockerfile"]))
    assert [name for name, service in services.items()
            if "ports" in service] == ["web"]


def test_the_web_server_is_given_the_address_of_the_service():
    compose = yaml.safe_load(text_of("deploy", "docker", "compose.yaml"))
    script = compose["services"]["web"]["command"][-1]
    edit = shlex.split(script)[1]
    shipped = os.path.join(ROOT, "deploy", "nginx", "weir.conf")
    done = subprocess.run(["sed", edit, shipped], check=True, text=True,
                          capture_output=True).stdout
    assert "server weir:9000 fail_timeout" in done
    assert not re.search(r"^\s*server unix:", done, re.M)


def test_a_linter_finds_nothing():
    if not shutil.which("hadolint"):
        pytest.skip("hadolint is not installed")
    done = subprocess.run(["hadolint", os.path.join(DOCKER, "Dockerfile")],
                          check=False, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
