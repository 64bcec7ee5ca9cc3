"""What the emails of a run have led to, as tables."""

from io import StringIO

from rich.console import Console

from fondly.cli.tables.drawing import draw
from fondly.cli.tables.results import result_sections
from fondly.operations.results.groups import Groups
from tools.operations.tests.results import (
    AT,
    dispatch,
    grouped,
    many,
    shown,
    together,
)


def test_no_clicks_are_shown_where_none_are_counted() -> None:
    """A zero would say that nobody was interested."""
    unknown = together(many("named", 100, 10, first=0), many("plain", 100, 5, first=500))
    counted = grouped((dispatch(1, "named", clicked_at=AT), []), (dispatch(2, "plain"), []))
    rows = {name: _row(groups, "named") for name, groups in (("unknown", unknown), ("counted", counted))}
    assert rows["unknown"][:4] == ["named", "100", "100", "\N{EN DASH}"]
    assert rows["counted"][:4] == ["named", "1", "1", "1"]


def _row(groups: Groups, name: str) -> list[str]:
    """The words of a group's first row."""
    file = StringIO()
    draw(result_sections(shown(groups)), Console(file=file, width=80))
    return next(line.split() for line in file.getvalue().splitlines() if line.split()[:1] == [name])


def test_the_tables_fit_a_terminal() -> None:
    """80 columns, with large figures, and every group and comparison in them."""
    groups = together(
        many("a-variant-with-a-long-name", 3_000, 150, first=0),
        many("plain", 3_000, 90, first=10_000),
        many("", 1_000, 20, first=20_000, held_out=True),
    )
    text = StringIO()
    draw(result_sections(shown(groups)), Console(file=text, width=80, color_system=None, highlight=False))
    tables = text.getvalue().partition("\n!")[0]
    assert max(map(len, tables.splitlines())) <= 80
    for expected in (
        "a-variant-with-a-long-name against plain",
        "not held out against holdout",
        "+2.00 pt",
        "more",
        "what the emails brought",
    ):
        assert expected in tables
