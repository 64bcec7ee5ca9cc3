"""The tutorial does what it says: its commands are copied, and readers see what it shows."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

pytestmark = pytest.mark.timeout(600)
PAGES = sorted((Path(__file__).parents[2] / "docs" / "tutorial").glob("[0-9]-*.md"))
COMMANDS, SEEN = "sh", "text"
"""What the blocks of a page are: to copy; some of what the commands before have printed."""


def steps(page: Path) -> list[tuple[str, list[str]]]:
    """A page's blocks of commands, in order, each with all that it should print."""
    found: list[tuple[str, list[str]]] = []
    for block in (each for each in MarkdownIt().parse(page.read_text("utf-8")) if each.type == "fence"):
        if block.info == COMMANDS:
            found.append((block.content, []))
        elif block.info == SEEN:
            found[-1][1].append(block.content)
    return found


def pattern(shown: str) -> str:
    """The expression for what a page shows: `…` is anything in a line, and alone any lines."""
    lines = (re.escape(line).replace("…", ".*") + "\n" for line in shown.splitlines())
    return "^" + "".join("(?:.*\n)*?" if line == ".*\n" else line for line in lines)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A reader's: `fondly` on the path, nothing of AWS, a state of their own; whatever is up is stopped."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PATH": path, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    theirs = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "FONDLY_"))}
    yield theirs | own
    subprocess.run(["fondly", "down"], check=False, env=theirs | own)  # noqa: S607 - of the path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty folder in which the whole tutorial is done."""
    return tmp_path_factory.mktemp("tutorial")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_part_does_what_it_shows(page: Path, folder: Path, environment: dict[str, str]) -> None:
    """Its commands, copied in order after those of the parts before, succeed and print what it shows."""
    for commands, shown in steps(page):
        done = subprocess.run(  # noqa: S603 - our own page's
            ["bash", "-ec", commands],  # noqa: S607 - of the path
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{commands}{done.stdout}"
        lost = [each for each in shown if not re.search(pattern(each), done.stdout, re.MULTILINE)]
        assert lost == [], f"{commands}{done.stdout}"
