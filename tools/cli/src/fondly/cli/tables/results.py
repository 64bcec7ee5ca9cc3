"""The results of a run, at most 80 columns wide."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from fondly.cli.tables.declaration import GAP, Column, Columns, Line, Shown, Table
from fondly.operations.formatting import count
from fondly.operations.results.comparing import SHOWN, Comparison, Verdict
from fondly.operations.results.groups import HOLDOUT
from fondly.operations.results.views import GroupView, Results

STYLES: Mapping[Verdict, str] = {
    Verdict.HIGHER: "bold green",
    Verdict.LOWER: "bold red",
    Verdict.UNCLEAR: "",
    Verdict.TOO_FEW: "dim",
}


def result_sections(found: Results) -> Iterator[Shown]:
    """Yield everything about a run's results."""
    yield from (Line(found.run_id, "bold"), Line(found.when, wraps=True), GAP)
    yield from (_groups(found.groups), GAP, _spending(found), GAP)
    for names, comparisons in groupby(found.comparisons, key=lambda each: (each.group, each.against)):
        some = list(comparisons)
        yield from (Line(f"{names[0]} against {names[1]}", "bold"), _comparisons(some))
        hints = (Line(each.hint, "dim", wraps=True) for each in some if each.hint)
        yield from (*hints, GAP)
    if found.extra:
        brought = (Line(each.words, wraps=True) for each in found.extra)
        yield from (Line("what the emails brought", "bold"), *brought, GAP)
    yield from (Line(f"! {note}", "yellow", wraps=True) for note in found.notes)


def _groups(groups: Sequence[GroupView]) -> Table[GroupView]:
    counts_clicks = any(each.clicked for each in groups)  # else a zero would say that nobody is interested
    columns: Columns[GroupView] = (
        Column("", lambda group: group.name),
        Column("customers", lambda group: group.customers, right=True),
        Column("delivered", lambda group: group.delivered if group.name != HOLDOUT else None, right=True),
        Column(
            "clicked",
            lambda group: group.clicked if counts_clicks and group.name != HOLDOUT else None,
            right=True,
        ),
        Column("bought", lambda group: f"{count(group.bought)}  {group.bought_share:.1%}", right=True),
        Column(
            "95 % interval", lambda group: f"{group.bought_low:.1%} to {group.bought_high:.1%}", right=True
        ),
    )
    return Table(columns, groups)


def _spending(found: Results) -> Table[GroupView]:
    columns: Columns[GroupView] = (
        Column("", lambda group: group.name),
        Column("purchases", lambda group: group.purchases, right=True),
        Column(f"revenue {found.currency}".strip(), lambda group: f"{group.revenue:,.2f}", right=True),
        Column("a customer", lambda group: f"{group.revenue_per_customer:,.2f}", right=True),
    )
    return Table(columns, found.groups)


def _comparisons(comparisons: Sequence[Comparison]) -> Table[Comparison]:
    level = f"{comparisons[0].level:.3g}".removeprefix("0.")
    interval = f"{float(f'0.{level}') * 100:.3g} % interval"
    columns: Columns[Comparison] = (
        Column("", lambda each: SHOWN[each.measure]),
        Column("difference", lambda each: each.signed(each.difference), right=True),
        Column(interval, lambda each: each.interval, right=True),
        Column("lift", lambda each: None if each.lift is None else f"{each.lift:+.0%}", right=True),
        Column("shows", lambda each: each.says, lambda each: STYLES[each.verdict]),
    )
    return Table(columns, comparisons)
