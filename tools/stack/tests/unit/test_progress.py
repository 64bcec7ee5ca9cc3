"""Progress is live on a terminal, and a few plain lines elsewhere."""

import re
from collections.abc import Iterator
from contextlib import suppress
from io import StringIO

import pytest
from rich.console import Console

from fondly.operations.runs.follow import StageSnapshot
from fondly.stack.progress import RunProgress


@pytest.fixture
def file() -> StringIO:
    """Return where the output goes."""
    return StringIO()


def plain(file: StringIO) -> Console:
    """Return a console that is no terminal."""
    return Console(file=file, width=100, force_terminal=False)


def ticks() -> Iterator[float]:
    """Yield the seconds 0, 1, 2, ..."""
    return iter(map(float, range(1000)))


def test_plain_lines_report_starts_changes_and_ends(file: StringIO) -> None:
    """Without a terminal there is a line per change of a stage, and its duration at the end."""
    with RunProgress(plain(file), clock=ticks().__next__) as progress:
        for detail in ("", "importing", "importing", "training", "training"):
            progress.update([StageSnapshot("recommender", 0, None, detail)])
        progress.update([StageSnapshot("recommender", 3, 3)])
    assert file.getvalue().splitlines() == [
        "recommender  importing",
        "recommender  training",
        "recommender  3/3  finished in 4.0 s",
    ]


def test_plain_lines_are_few(file: StringIO) -> None:
    """A change in numbers only, in the count or the detail, makes no line."""
    with RunProgress(plain(file)) as progress:
        for done in range(1, 500):
            progress.update([StageSnapshot("sentiment", done, 500, f"{done * 25:,} reviews")])
    assert len(file.getvalue().splitlines()) == 1


def test_waiting_stages_are_silent(file: StringIO) -> None:
    """A stage that has not started has no line."""
    with RunProgress(plain(file)) as progress:
        progress.update([StageSnapshot("mailer", 0, None), StageSnapshot("ingest", 0, 4)])
    assert file.getvalue() == ""


def test_growing_total_reopens_a_stage(file: StringIO) -> None:
    """A stage that has done all parts known so far continues when there are more."""
    with RunProgress(plain(file), clock=ticks().__next__) as progress:
        for done, total in ((1, 1), (1, 2), (2, 2)):
            progress.update([StageSnapshot("sentiment", done, total)])
    assert file.getvalue().splitlines() == [
        "sentiment  1/1  finished",
        "sentiment  1/2",
        "sentiment  2/2  finished in 2.0 s",
    ]


def test_plain_lines_are_verbatim(file: StringIO) -> None:
    """Details are not markup."""
    with RunProgress(plain(file)) as progress:
        progress.update([StageSnapshot("ingest", 1, 2, "[red]part[/]")])
    assert file.getvalue() == "ingest  1/2  [red]part[/]\n"


def test_terminal_shows_all_stages(file: StringIO) -> None:
    """On a terminal every stage has a row, started or not, and the last state stays on screen."""
    console = Console(file=file, width=110, force_terminal=True, color_system=None)
    with RunProgress(console) as progress:
        progress.update(
            [
                StageSnapshot("ingest", 3, 3),
                StageSnapshot("sentiment", 1200, 2545),
                StageSnapshot("recommender", 0, None, "training"),
                StageSnapshot("mailer", 0, None),
            ]
        )
    ingest, sentiment, recommender, mailer = file.getvalue().removesuffix("\x1b[?25h").splitlines()[-4:]
    assert re.search(r"✓ +ingest.*3/3", ingest)
    assert re.search(r"sentiment.*1,200/2,545", sentiment)
    assert re.search(r"recommender.*training", recommender)
    assert re.search(r"· +mailer", mailer)


def test_terminal_is_left_in_order_after_an_interrupt(file: StringIO) -> None:
    """The cursor comes back when the run is interrupted."""
    console = Console(file=file, width=100, force_terminal=True)
    with suppress(KeyboardInterrupt), RunProgress(console) as progress:
        progress.update([StageSnapshot("ingest", 1, 2)])
        raise KeyboardInterrupt
    assert file.getvalue().endswith("\x1b[?25h")
