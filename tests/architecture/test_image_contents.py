"""What the Dockerfile leaves out of images, and what must be left in."""

import re
from pathlib import Path

import botocore.session

ROOT = Path(__file__).parents[2]
OTHERWISE = {"account", "logs", "schemas", "ses", "signer"}
"""Words of modules with clients that are names of services, too."""


def test_images_have_the_descriptions_of_the_aws_services_that_are_called() -> None:
    """A service is called by its name, in a module that has to do with clients or descriptions."""
    [kept] = re.findall(r'^ARG AWS_SERVICES="(.*)"$', (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    sources = [path for path in ROOT.glob("*/**/src/**/*.py") if path.parts[len(ROOT.parts)] != "lab"]
    texts = [text for path in sources if re.search("client|load_description", text := path.read_text())]
    words = {word for text in texts for word in re.findall(r'"([a-z0-9-]+)"', text)}
    called = words.intersection(botocore.session.get_session().get_available_services()) - OTHERWISE
    assert sorted(called) == kept.split("|")


def test_all_stages_have_one_base() -> None:
    """Its digest is an argument, which `make images` and `make push` give from the Makefile."""
    bases = re.findall(r"^FROM (\S+) AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    stages = {stage for _, stage in bases} | {"scratch"}
    [pinned] = [base for base, _ in bases if base not in stages]
    assert pinned == "python:3.13-slim${PYTHON_DIGEST:+@$PYTHON_DIGEST}"
    assert re.search(
        r"^PYTHON_DIGEST :=( sha256:[0-9a-f]{64})?$", (ROOT / "Makefile").read_text(), re.MULTILINE
    )


def test_no_image_contains_the_base_but_what_is_kept_of_it() -> None:
    """What reaches AWS begins with nothing, so no layer hides a package manager below one that deletes it."""
    found = re.findall(r"^FROM (\S+) AS (\w+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    bases = {stage: base for base, stage in found}
    assert bases["runtime"] == "scratch"
    assert {bases[stage] for stage in ("service", "understudy", "command")} == {"runtime"}


def test_packages_are_pinned_by_hash() -> None:
    """A package a line, so that a change of versions can be read; and no address of a registry."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert [
        line for line in lines if not re.fullmatch(r"\S+==\S+( ;.*)?( --hash=sha256:[0-9a-f]{64})+", line)
    ] == []
