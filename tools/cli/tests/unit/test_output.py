"""Output is harmless to a terminal, and short."""

import json
import os
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from rich.console import Console

from fondly.cli.output import plain, print_json, say
from fondly.cli.tables import cell, table
from fondly.operations.formatting import age, counted


class Answer(BaseModel):
    """Text from outside."""

    text: str


def test_a_line_for_a_terminal_breaks_between_words(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is broken in a pipe; what is longer than a terminal stays whole."""
    line = f"  fondly run approve {'x' * 30} lets the rest go out"
    say(line)
    assert capfd.readouterr().err == f"{line}\n"
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((20, 50)))
    say(line)
    assert capfd.readouterr().err == f"  fondly run approve\n{'x' * 30}\nlets the rest go out\n"


@given(st.text())
def test_no_text_can_steer_a_terminal(text: str) -> None:
    """Control characters, direction marks and line breaks become escapes."""
    assert plain(text).isprintable() or text == ""


@pytest.mark.parametrize("text", ["Zoë's 5 % [sale]", "日本語"])
def test_readable_text_stays_as_it_is(text: str) -> None:
    """Only unprintable characters are changed."""
    assert plain(text) == text


def test_a_cell_takes_no_markup() -> None:
    """Square brackets and escape sequences are text."""
    shown = table("reason")
    shown.add_row(cell("[red]x[/red] \x1b[31m"))
    file = StringIO()
    Console(file=file, width=60).print(shown)
    assert r"[red]x[/red] \x1b[31m" in file.getvalue()


def test_json_is_ascii_and_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Programs get every character, terminals only printable ASCII."""
    text = "\x1b[31m\x9b\u202eé"
    print_json(Answer(text=text), lines=True)
    printed = capsys.readouterr().out
    assert printed.removesuffix("\n").isascii()
    assert printed.removesuffix("\n").isprintable()
    assert json.loads(printed) == {"text": text}


def test_one_of_a_kind_is_no_plural() -> None:
    """`1 customer`, and large numbers with commas."""
    assert [counted(number, "customer") for number in (0, 1, 1_500)] == [
        "0 customers",
        "1 customer",
        "1,500 customers",
    ]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "\N{EN DASH}"),
        (-3, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3_600, "1 h"),
        (12_000, "3 h 20 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_an_age_has_two_units_at_most(seconds: float | None, words: str) -> None:
    """No more is needed."""
    assert age(seconds) == words
