"""A linter of Dockerfiles, with the rules of hadolint that matter to us.

Where hadolint itself is installed it is asked, too (test_packaging.py); no
distribution ships it, so these run everywhere.
"""

import functools
import json
import os
import re
import subprocess

KNOWN = {"FROM", "SHELL", "COPY", "RUN", "ENV", "USER", "WORKDIR", "VOLUME",
         "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "LABEL", "ARG",
         "STOPSIGNAL"}
ONCE = ("CMD", "ENTRYPOINT", "HEALTHCHECK")
# Files that are not there when it is looked at, and what they set.
UNSEEN = "SC1091,SC2154"


def instructions(text):
    """As (word, rest), with continued lines made one."""
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip()]
    return [(line[0], line[1].strip() if len(line) > 1 else "")
            for line in lines]


def stages(text):
    """Each as its instructions; the first of each is FROM."""
    found = []
    for word, rest in instructions(text):
        if word == "FROM" or not found:
            found.append([])
        found[-1].append((word, rest))
    return found


def words_of(rest):
    """A list of strings in JSON, else None."""
    try:
        words = json.loads(rest)
    except ValueError:
        return None
    good = isinstance(words, list) and words and all(
        isinstance(word, str) for word in words)
    return words if good else None


@functools.cache
def shell_faults(script, shell):
    done = subprocess.run(
        ["shellcheck", "-s", shell, "-e", UNSEEN, "-f", "gcc", "-"],
        input=script, text=True, capture_output=True, check=False)
    return [line.split(": ", 1)[1] for line in done.stdout.splitlines()]


def run_faults(rest, shell):
    name = os.path.basename(shell[0]) if shell else "sh"
    yield from shell_faults(rest + "\n", name)
    if re.search(r"\bsudo\b", rest):
        yield "DL3004: no sudo"
    for call in re.findall(r"apt-get [^&|;]*\binstall\b[^&|;]*", rest):
        if not re.search(r"\s(-y|--yes|-qy)\b", call):
            yield "DL3014: apt-get install asks without -y"
        if "--no-install-recommends" not in call:
            yield "DL3015: --no-install-recommends is missing"
    if re.search(r"\bapt (install|update)\b", rest):
        yield "DL3027: apt-get, not apt"
    plain = re.sub(r"'[^']*'|\"[^\"]*\"|\|\|", "", rest)
    if "|" in plain and "pipefail" not in shell:
        yield "DL4006: a pipe without pipefail"


def from_faults(rest, names):
    match = re.fullmatch(r"(\S+?)(?::(\S+))?(?: AS ([a-z][a-z0-9_-]*))?", rest)
    if not match:
        yield f"FROM {rest}: not understood"
        return
    image, tag, name = match.groups()
    if image not in names and (tag or "latest") == "latest":
        yield f"DL3006: {image} without a version"
    if name in names:
        yield f"DL3024: {name} comes twice"
    names.append(name)


def copy_faults(rest, names, context):
    words = rest.split()
    origin = [word[7:] for word in words if word.startswith("--from=")]
    paths = [word for word in words if not word.startswith("--")]
    if len(paths) < 2:
        yield f"COPY {rest}: from where to where?"
    if origin and origin[0] not in names[:-1]:
        yield f"DL3022: no stage {origin[0]} before this one"
    for path in paths[:-1]:
        if not origin and not os.path.exists(os.path.join(context, path)):
            yield f"COPY {path}: not there"


def form_faults(word, rest):
    """How instructions without a rule of their own must look."""
    if word == "SHELL" and not words_of(rest):
        yield "SHELL: expected a list"
    if word in ("CMD", "ENTRYPOINT") and not words_of(rest):
        yield f"DL3025: {word} is no list"
    if word == "HEALTHCHECK" and not words_of(
            rest.partition("CMD ")[2]):
        yield "DL3025: HEALTHCHECK is no list"
    if word == "WORKDIR" and not rest.startswith("/"):
        yield "DL3000: WORKDIR is relative"
    if word == "ENV" and not re.fullmatch(r"([A-Z_]+=\S+\s*)+", rest):
        yield "ENV: expected NAME=VALUE"
    if word == "EXPOSE" and not all(
            0 < int(port) < 65536 if port.isdigit() else False
            for port in rest.split()):
        yield "DL3011: EXPOSE takes ports"


def stage_faults(stage, names, context):
    shell, seen = [], [word for word, _ in stage]
    for word, rest in stage:
        if word not in KNOWN:
            yield f"{word}: unknown, or not for us (DL3020: COPY, not ADD)"
        if word == "SHELL":
            shell = words_of(rest) or []
        if word == "FROM":
            yield from from_faults(rest, names)
        if word == "COPY":
            yield from copy_faults(rest, names, context)
        if word == "RUN":
            yield from run_faults(rest, shell)
        yield from form_faults(word, rest)
    for word in ONCE:
        if seen.count(word) > 1:
            yield f"DL4003: {word} comes twice"


def faults(text, context):
    """What is wrong, a line each; context: the folder that COPY is from."""
    all_stages, names, found = stages(text), [], []
    if not all_stages or all_stages[0][0][0] != "FROM":
        return ["DL3061: FROM comes first"]
    for stage in all_stages:
        found += stage_faults(stage, names, context)
    last = all_stages[-1]
    script = " ".join(rest for word, rest in last if word == "RUN")
    if "apt-get" in script and "rm -rf /var/lib/apt/lists" not in script:
        found.append("DL3009: the lists of apt stay in the image")
    users = [rest for word, rest in last if word == "USER"]
    if not users or users[-1] in ("root", "0"):
        found.append("DL3002: it runs as root")
    return found
