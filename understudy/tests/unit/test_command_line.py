import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from understudy import __main__ as command
from understudy import __version__

README = Path(__file__).parents[2] / "README.md"
Run = Callable[..., int]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """A way to run the command: the arguments to the exit code."""

    def call(*arguments: str) -> int:
        monkeypatch.setattr(sys, "argv", ["understudy", *arguments])
        try:
            command.main()
        except SystemExit as ended:
            return int(ended.code or 0)
        return 0

    return call


@pytest.mark.parametrize(
    ("arguments", "checks"),
    [((), False), (("--check",), True), (("serve",), False), (("serve", "--check"), True)],
)
def test_serving_is_what_it_does_unless_told_otherwise(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    checks: bool,  # noqa: FBT001 - a column
) -> None:
    """With or without the name of the command."""
    seen: list[bool] = []
    monkeypatch.setattr(command, "serve", lambda given: seen.append(given.check))
    assert run(*arguments) == 0
    assert seen == [checks]


def test_the_version_is_the_packages(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """As everywhere else."""
    assert run("--version") == 0
    assert capsys.readouterr().out == f"understudy {__version__}\n"


def test_help_names_the_commands(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with what it does."""
    assert run("--help") == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("serve", "coverage", "conform"))


@pytest.mark.parametrize("arguments", [("sing",), ("--loud",), ("coverage", "--check")])
def test_what_there_is_not_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    """With the usage, and the code of a mistake."""
    assert run(*arguments) == 2


def test_coverage_is_printed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """And belongs into the README."""
    assert run("coverage") == 0
    printed = capsys.readouterr().out
    assert "| Amazon Comprehend (`comprehend`) |" in printed
    assert printed in README.read_text("utf-8")
