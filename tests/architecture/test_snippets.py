"""What documents tell people to type is something that exists, and what they show can be read."""

import ast
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import hcl2
import pytest
import yaml
from typer import Context
from typer._click.exceptions import UsageError
from typer.main import get_command

from fondly.cli.app import app
from tests.architecture.test_documents import DOCUMENTS, ROOT, parsed
from tests.support.setting_names import PROCESSES, variables

SHELL = {"sh", "console"}
READERS: Mapping[str, Callable[[str], object]] = {
    "hcl": hcl2.loads,
    "json": json.loads,
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "python": ast.parse,
    "toml": tomllib.loads,
    "yaml": lambda text: [*yaml.safe_load_all(text)],
}
ROOT_COMMAND = get_command(app)
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
MAKE_VARIABLES = set(re.findall(r"\$[({]+(\w+)", MAKEFILE)) | set(
    re.findall(r"^(\w+) ?[?:]?=", MAKEFILE, re.MULTILINE)
)
FORMER = re.compile(r"CHANGELOG|upgrading|adr/")
"""Where names of earlier releases stand."""
NOTATION = re.compile(
    r"\\\n| \| (?:jq|head|tee)\b[^)\n]*| \| [^\[\]\n]*(?=\])|[\[\]]…?| \| [\w.-]+|\d?[<>]+ ?\S+|\s#.*$",
    re.MULTILINE,
)
"""What says nothing of arguments: joined lines, pipes, alternatives, brackets, redirections, comments."""
BEFORE = r"(?:^ *|[;&|(] *|bin/|\w=\S* |uvx |pipx run |exec )"
WORDS = r"""(?:[^;&|)\n"'`]|"[^"]*"|'[^']*')*"""


def snippets(kinds: set[str]) -> Iterator[tuple[str, str, str]]:
    """The document, kind and text of each block of code."""
    for name, path in DOCUMENTS.items():
        for token in parsed(path):
            if token.type == "fence" and token.info in kinds:
                yield name, token.info, token.content


def typed(program: str) -> Iterator[tuple[str, list[str]]]:
    """The document, and the arguments that a program is given there; of alternatives the first."""
    for name, kind, text in snippets(SHELL):
        lines = "\n".join(re.findall(r"^\$ (.*)$", text, re.MULTILINE)) if kind == "console" else text
        called = BEFORE + program + rf"((?: {WORDS})?)(?=$|[;&|)`\n])"
        for found in re.findall(called, NOTATION.sub(" ", lines), re.MULTILINE):
            yield name, shlex.split(found)


def wrong(arguments: list[str]) -> str | None:
    """What `fondly` would refuse of these arguments, whatever files there are."""
    command: Any = ROOT_COMMAND
    while True:
        context = Context(command)
        given, rest, _ = command.make_parser(context).parse_args(list(arguments))
        lacking = [each.name for each in command.params if each.required and not given.get(each.name)]
        if not hasattr(command, "commands"):
            return f"lacks {lacking}" if lacking else f"takes no {rest}" if rest else None
        if not rest:
            return None if command.invoke_without_command or given.get("help") else "is a group"
        if (command := command.get_command(context, rest[0])) is None:
            return f"has no {rest[0]}"
        arguments = rest[1:]


def refused(arguments: list[str]) -> str | None:
    """The same, or an option that does not exist or lacks its value."""
    try:
        return wrong(arguments)
    except UsageError as error:
        return error.message


def test_commands_exist() -> None:
    """Every command of `fondly` in a block, with its options and as many arguments as it takes."""
    lines = list(typed("fondly"))
    assert len(lines) > 50
    found = {f"{name}: {arguments}": refused(arguments) for name, arguments in lines}
    assert {line: problem for line, problem in found.items() if problem} == {}


def test_targets_exist() -> None:
    """Every `make` in a block, with variables that the Makefile reads."""
    lines = list(typed("make"))
    assert len(lines) > 20
    for name, words in lines:
        variables_given = {each.partition("=")[0] for each in words if "=" in each}
        assert {each for each in words if "=" not in each} <= TARGETS, name
        assert variables_given <= MAKE_VARIABLES, name


@pytest.mark.parametrize("kind", READERS)
def test_what_is_shown_can_be_read(kind: str) -> None:
    """Every block of a language is valid in it."""
    found = [(name, text) for name, _, text in snippets({kind})]
    assert found
    for _, text in found:
        READERS[kind](text)


def test_settings_exist() -> None:
    """Every variable that a document names is read by a process, a command, compose or a workflow."""
    places = ("*/src/*.py", "docker-compose*.yml", ".github/workflows")
    command = ["git", "grep", "-hoE", r"\bFONDLY_[A-Z0-9_]+\b", "--", *places]
    read = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout  # noqa: S603 - ours
    known = {*read.split(), *(name for kind in PROCESSES.values() for name in variables(kind))}
    named = {
        f"{name}: {variable}"
        for name, path in DOCUMENTS.items()
        if not FORMER.search(name)
        for variable in re.findall(r"\bFONDLY_[A-Z0-9_]*[A-Z0-9]\b(?![_…])", path.read_text("utf-8"))
        if variable.partition("__2")[0] not in known and not variable.startswith("FONDLY_TEST_")
    }
    assert named == set()
