"""What people see of a table, on a terminal of 80 columns and in a pipe, beside `snapshots/` of the test."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from fondly.cli.output import console

Show = Callable[[Console], None]


def on_terminal(show: Show) -> str:
    """Return what a terminal of 80 columns shows, without colours."""
    file = StringIO()
    show(Console(file=file, width=80, force_terminal=True, color_system=None, highlight=False, emoji=False))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def in_pipe(show: Show, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a pipe gets."""
    show(console())
    return capsys.readouterr().out


def compare(test: str, name: str, text: str) -> None:
    """Compare with the snapshot beside the test's file; write it and fail if there is none."""
    path = Path(test).parent / f"snapshots/{name}.txt"
    if not path.exists():
        path.write_text(text)
        pytest.fail(f"{path} is new: check it")
    assert text == path.read_text()


def assert_nothing_is_broken(show: Show, capsys: pytest.CaptureFixture[str], *, may_fold: str = "") -> None:
    """Require every word with a digit that a pipe gets to be whole on the terminal."""
    piped = in_pipe(show, capsys).replace(may_fold, "") if may_fold else in_pipe(show, capsys)
    words = {word for word in piped.split() if any(map(str.isdigit, word))}
    assert words
    text = on_terminal(show)
    assert {word for word in words if word not in text} == set()
    assert "…" not in text
